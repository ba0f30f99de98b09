from .demo_person import DemoPerson
from .invitation import Acceptance, Invitation
from .office import LastAdministrator, Office
from .person import Person
from .tenure import Tenure

__all__ = [
    "Acceptance",
    "DemoPerson",
    "Invitation",
    "LastAdministrator",
    "Office",
    "Person",
    "Tenure",
]
