from .call import Call
from .comment import Comment
from .commission import Commission
from .draft import Draft
from .edit import Edit
from .intake import Intake, Proposal
from .office import CommissionOffice
from .passage import Passage
from .picture import Picture
from .seat import Seat
from .stance import Stance
from .text import Text
from .variant import Variant
from .wording import StoredWording

__all__ = [
    "Call",
    "Comment",
    "Commission",
    "CommissionOffice",
    "Draft",
    "Edit",
    "Intake",
    "Passage",
    "Picture",
    "Proposal",
    "Seat",
    "Stance",
    "StoredWording",
    "Text",
    "Variant",
]
