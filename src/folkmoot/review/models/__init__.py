from .candidate import Candidate, SignOff
from .edition import Edition, EditionPassage
from .erratum import Erratum

__all__ = ["Candidate", "Edition", "EditionPassage", "Erratum", "SignOff"]
