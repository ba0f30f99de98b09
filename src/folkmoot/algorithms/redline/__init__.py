"""What changed from one wording to another, and from one text to another.

`redline` compares two wordings word by word, `compare` two orders of passages whose ids are known,
`match` a text with one that comes without ids.
"""

from folkmoot.algorithms.redline.change import (
    SPOKEN,
    Cell,
    Difference,
    Redline,
    Row,
    redline,
    summary,
)
from folkmoot.algorithms.redline.passages import Change, Pairing, compare, match
from folkmoot.algorithms.redline.pieces import Piece, pieces
from folkmoot.algorithms.redline.rendering import Spoken, pieces_html, to_html

__all__ = [
    "SPOKEN",
    "Cell",
    "Change",
    "Difference",
    "Pairing",
    "Piece",
    "Redline",
    "Row",
    "Spoken",
    "compare",
    "match",
    "pieces",
    "pieces_html",
    "redline",
    "summary",
    "to_html",
]
