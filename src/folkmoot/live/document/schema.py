"""What a live document may hold: its roots, elements, attributes, marks, and how much of each.

A document is what ProseMirror's Yjs binding makes of our schema: a root fragment whose children are
passages, in order, and a second one with the other wordings that are being written together. All
attributes are strings; one that is absent has its default.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Final

from folkmoot.algorithms.wording import KINDS, LEVELS, MARKS

SCHEMA: Final = 1
"""Raised whenever a client that knows only the schema before could damage a document."""

TEXT: Final = "prosemirror"
VARIANTS: Final = "variants"
ROOTS: Final = frozenset({TEXT, VARIANTS})

ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_ID: Final = re.compile(rf"[{ALPHABET}]{{10}}")

MOST_FRAME: Final = 4 * 2**20
"""Bytes of one update."""
MOST_DOCUMENT: Final = 16 * 2**20
"""Bytes of a whole document, encoded."""
MOST_PASSAGES: Final = 20_000
MOST_CHARACTERS: Final = 60_000
"""Characters of one passage, its notes and cells included."""
MOST_ADDRESS: Final = 8_000
"""Characters of an address that a link leads to."""

_SHORT: Final = re.compile(r".{0,200}", re.DOTALL)
_LONG: Final = re.compile(r".{0,10000}", re.DOTALL)
_YES: Final = re.compile(r"yes|always")

ATTRIBUTES: Final[Mapping[str, Mapping[str, re.Pattern[str]]]] = {
    "passage": {
        "id": _SHORT,
        "kind": re.compile("|".join(kind for kind in KINDS if kind != "table")),
        "depth": re.compile(r"[0-9]"),
        "ordered": _YES,
        "quoted": _YES,
        "language": _SHORT,
        "label": _SHORT,
        "image": re.compile(r"[0-9a-f]{64}"),
        "alt": _LONG,
        "area": _LONG,
        "addressee": _LONG,
        "level": re.compile("|".join(LEVELS)),
    },
    "table": {
        "id": _SHORT,
        "depth": re.compile(r"[0-9]"),
        "ordered": _YES,
        "quoted": _YES,
        "language": _SHORT,
        "label": _SHORT,
        "headers": re.compile(r"-?[0-9]{1,4}"),
    },
    "caption": {},
    "row": {},
    "cell": {},
    "footnote": {"label": _SHORT},
    "break": {},
    "variant": {"id": _SHORT, "of": _ID, "by": re.compile(r".{0,64}", re.DOTALL)},
}
"""Every element, its attributes and the values each may have."""

BLOCKS: Final = frozenset({"passage", "table"})

_NAMES: Final = frozenset(name for names in ATTRIBUTES.values() for name in names)
_OVERLAPPING: Final = re.compile(r"(.+)--[a-zA-Z0-9+/=]{1,24}", re.DOTALL)
_UNSAFE: Final = re.compile(r"(?:javascript|vbscript|data):", re.IGNORECASE)
_UNSEEN: Final = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028\u2029\u2060\ufeff]+")


class OutOfSchema(ValueError):
    """Something that may not enter a document.

    `code` is "malformed" (not an update at all), "schema" (names, values or nesting that are not
    ours), "too-large", "passage-limit", or "gap" (what it builds on has not arrived: nothing wrong
    with it, ask its sender for what is missing). `say` is a sentence for people.
    """

    def __init__(self, code: str, say: str) -> None:
        super().__init__(say)
        self.code = code
        self.say = say


def malformed(detail: str = "") -> OutOfSchema:
    """The refusal of bytes that are no update."""
    more = f" ({detail})" if detail else ""
    return OutOfSchema("malformed", f"What was sent could not be read.{more}")


def foreign(what: str) -> OutOfSchema:
    """The refusal of what the schema does not have; `what` names it, for the log."""
    return OutOfSchema("schema", f"What was sent does not fit a text of this kind ({what[:100]}).")


def new_id() -> str:
    """A fresh id: ten characters of Crockford's base 32, fifty random bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(10))


def is_id(value: object) -> bool:
    """Whether this can be the id of a passage."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def is_attribute(name: str) -> bool:
    """Whether any element has an attribute of this name."""
    return name in _NAMES


def mark_name(key: str) -> str:
    """The mark that a formatting key stands for. The binding adds a hash to the keys of marks that
    may overlap one another: `link--3fA=` is a link."""
    if key in MARKS:
        return key
    found = _OVERLAPPING.fullmatch(key)
    return found[1] if found else key


def is_mark(key: str, value: object) -> bool:
    """Whether this formatting is one of our marks with the value it may have."""
    name = mark_name(key)
    if name not in MARKS or not isinstance(value, dict):
        return False
    if name != "link":
        return not value
    address = value.get("href")
    return len(value) == 1 and isinstance(address, str) and len(address) <= MOST_ADDRESS


def is_harmful(address: str) -> bool:
    """Whether an address would run as a program in a reader's browser."""
    return _UNSAFE.match(_UNSEEN.sub("", address)) is not None
