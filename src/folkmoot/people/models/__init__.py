from .invitation import Invitation
from .office import Office
from .person import Person
from .tenure import Tenure

__all__ = ["Invitation", "Office", "Person", "Tenure"]
