"""The exact content of a passage at a moment, and the digest that names it.

A wording is what a seat takes a stance on. Two wordings with the same digest say the same thing;
what the canonical form leaves out (how white space is written, how runs are cut, footnote labels)
is presentational by definition. The canonical form is RFC 8785 JSON; the digest is its SHA-256.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal

import rfc8785

type Kind = Literal[
    "heading", "paragraph", "item", "quote", "table", "figure", "recommendation", "code"
]
type Level = Literal["centre", "branch", "both"]
type Json = dict[str, Any]

KINDS: Final = (
    "heading",
    "paragraph",
    "item",
    "quote",
    "table",
    "figure",
    "recommendation",
    "code",
)
LEVELS: Final = ("centre", "branch", "both")
MARKS: Final = ("code", "em", "link", "strike", "strong", "sub", "sup")
"""Marks that carry meaning; all others are presentation and are not kept."""

CANONICAL_VERSION: Final = 1
MAX_DEPTH: Final = 9
_INVISIBLE: Final = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))


class Malformed(ValueError):
    """The value is not a wording; the message says what is wrong, in words for people."""


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """One mark on a run: its name and, for a link, the address it leads to."""

    name: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """Text with the same marks throughout."""

    text: str
    marks: frozenset[Mark] = frozenset()


@dataclass(frozen=True, slots=True)
class Break:
    """A line break inside a passage. White space, as far as agreement goes."""


@dataclass(frozen=True, slots=True)
class Footnote:
    """A note that belongs to the words it stands in.

    `label` ties together several references to one note; it is not part of what is agreed.
    """

    content: tuple[Run | Break, ...]
    label: str = field(default="", compare=False)


type Inline = Run | Break | Footnote
type Content = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; the first `header_rows` rows name the columns."""

    rows: tuple[tuple[Content, ...], ...]
    header_rows: int = 1


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture named by the SHA-256 of its bytes, and what it shows in words."""

    image: str
    alt: str


@dataclass(frozen=True, slots=True)
class Asks:
    """What makes a recommendation one: who is asked, in which area, and at which level."""

    area: str
    addressee: str
    level: Level


@dataclass(frozen=True)
class Wording:
    """The content of one passage.

    `depth` is the level of a heading (1 is a chapter), the nesting of a list item (1 is outermost)
    or the indentation of a paragraph that continues a list item; otherwise 0. `content` is the
    words; for a table its caption, for a figure its caption. `quoted` marks an item or heading
    inside a quotation. `language` is a BCP 47 tag, empty for the language of the text.
    """

    kind: Kind
    content: Content = ()
    depth: int = 0
    language: str = ""
    ordered: bool = False
    quoted: bool = False
    table: Table | None = None
    figure: Figure | None = None
    asks: Asks | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise Malformed(f"“{self.kind}” is not a kind of passage.")
        if not 0 <= self.depth <= MAX_DEPTH:
            raise Malformed(f"A passage can be at most {MAX_DEPTH} levels deep.")
        if (self.table is not None) != (self.kind == "table"):
            raise Malformed("A table has rows, and nothing else has.")
        if (self.figure is not None) != (self.kind == "figure"):
            raise Malformed("A figure has a picture, and nothing else has.")
        if (self.asks is not None) != (self.kind == "recommendation"):
            raise Malformed("A recommendation says whom it asks, and nothing else does.")

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical form, 64 lower-case hex digits."""
        return hashlib.sha256(canonical_bytes(self)).hexdigest()

    @cached_property
    def plain(self) -> str:
        """The words without marks; footnotes follow in brackets where they stand."""
        parts = [_plain(self.content)]
        if self.table is not None:
            for row in self.table.rows:
                parts.append(" | ".join(_plain(cell) for cell in row))
        return "\n".join(part for part in parts if part)

    @property
    def words(self) -> int:
        """How many words there are, by white space."""
        return len(self.plain.split())

    def footnotes(self) -> Iterator[Footnote]:
        """The notes in reading order, repeated references included."""
        for content in self.contents():
            for inline in content:
                if isinstance(inline, Footnote):
                    yield inline

    def contents(self) -> Iterator[Content]:
        """Every stretch of inline content: cells row by row, then words or caption."""
        if self.table is not None:
            for row in self.table.rows:
                yield from row
        yield self.content

    def to_json(self) -> Json:
        """The plain value stored and sent; `from_json` reads it back."""
        value: Json = {"kind": self.kind, "content": [_inline_json(i) for i in self.content]}
        if self.depth:
            value["depth"] = self.depth
        if self.language:
            value["language"] = self.language
        if self.ordered:
            value["ordered"] = True
        if self.quoted:
            value["quoted"] = True
        if self.table is not None:
            value["table"] = {
                "header_rows": self.table.header_rows,
                "rows": [[[_inline_json(i) for i in c] for c in row] for row in self.table.rows],
            }
        if self.figure is not None:
            value["figure"] = {"image": self.figure.image, "alt": self.figure.alt}
        if self.asks is not None:
            value["asks"] = {
                "area": self.asks.area,
                "addressee": self.asks.addressee,
                "level": self.asks.level,
            }
        return value


def text(kind: Kind, words: str, **attributes: Any) -> Wording:
    """A wording of unmarked words, for short cases: `text("paragraph", "We met twice.")`."""
    return Wording(kind=kind, content=(Run(words),), **attributes)


def from_json(value: Mapping[str, Any]) -> Wording:
    """Read a wording from the value `to_json` writes.

    Raises `Malformed` for anything else, so it is safe on what a stranger sent.
    """
    try:
        table = value.get("table")
        figure = value.get("figure")
        asks = value.get("asks")
        wording = Wording(
            kind=value["kind"],
            content=_content(value.get("content", ())),
            depth=int(value.get("depth", 0)),
            language=str(value.get("language", "")),
            ordered=bool(value.get("ordered", False)),
            quoted=bool(value.get("quoted", False)),
            table=None
            if table is None
            else Table(
                rows=tuple(tuple(_content(cell) for cell in row) for row in table["rows"]),
                header_rows=int(table.get("header_rows", 1)),
            ),
            figure=None
            if figure is None
            else Figure(image=str(figure["image"]), alt=str(figure["alt"])),
            asks=None
            if asks is None
            else Asks(
                area=str(asks["area"]), addressee=str(asks["addressee"]), level=asks["level"]
            ),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, Malformed):
            raise
        raise Malformed("This is not the content of a passage.") from error
    if wording.asks is not None and wording.asks.level not in LEVELS:
        raise Malformed("A recommendation is for the centre, for branches, or for both.")
    return wording


def canonical(wording: Wording) -> Json:
    """The value whose bytes are digested: meaning only, one form for each meaning."""
    value: Json = {
        "v": CANONICAL_VERSION,
        "kind": wording.kind,
        "depth": wording.depth,
        "content": _canonical_content(wording.content),
    }
    if wording.language:
        value["language"] = wording.language.lower()
    if wording.ordered:
        value["ordered"] = True
    if wording.quoted:
        value["quoted"] = True
    if wording.table is not None:
        value["table"] = {
            "header_rows": wording.table.header_rows,
            "rows": [[_canonical_content(cell) for cell in row] for row in wording.table.rows],
        }
    if wording.figure is not None:
        value["figure"] = {"image": wording.figure.image, "alt": fold(wording.figure.alt)}
    if wording.asks is not None:
        value["asks"] = {
            "area": fold(wording.asks.area),
            "addressee": fold(wording.asks.addressee),
            "level": wording.asks.level,
        }
    return value


def canonical_bytes(wording: Wording) -> bytes:
    """RFC 8785 bytes of the canonical form."""
    return rfc8785.dumps(canonical(wording))


def fold(words: str) -> str:
    """NFC, invisible characters dropped, white space folded to single spaces, ends trimmed."""
    return " ".join(unicodedata.normalize("NFC", _wellformed(words)).translate(_INVISIBLE).split())


def _wellformed(words: str) -> str:
    """Lone surrogates, which no UTF-8 can carry, become the replacement character."""
    return words.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _canonical_content(content: Iterable[Inline]) -> list[Any]:
    """Runs merged and folded. White space takes the marks common to the words on its two sides,
    so that where a mark begins or ends within white space makes no difference."""
    pieces: list[tuple[str, frozenset[Mark]] | Footnote] = []
    gap = False
    for inline in content:
        if isinstance(inline, Footnote):
            # White space before a note that opens the passage is trimmed like any at the start.
            gap = gap and bool(pieces)
            pieces.append(inline)
            continue
        words = " " if isinstance(inline, Break) else inline.text
        words = unicodedata.normalize("NFC", _wellformed(words)).translate(_INVISIBLE)
        marks = frozenset() if isinstance(inline, Break) else inline.marks
        folded = " ".join(words.split())
        if not folded:
            gap = gap or bool(words)
            continue
        gap = gap or words[0].isspace()
        if pieces and gap:
            before = pieces[-1]
            shared = before[1] & marks if isinstance(before, tuple) else frozenset()
            pieces.append((" ", shared))
        pieces.append((folded, marks))
        gap = words[-1].isspace()
    out: list[Any] = []
    held, held_marks = "", frozenset[Mark]()
    for piece in pieces:
        if isinstance(piece, tuple) and held and piece[1] == held_marks:
            held += piece[0]
            continue
        if held:
            out.append(_canonical_run(held, held_marks))
        held, held_marks = piece if isinstance(piece, tuple) else ("", frozenset())
        if isinstance(piece, Footnote):
            out.append({"footnote": _canonical_content(piece.content)})
    if held:
        out.append(_canonical_run(held, held_marks))
    return out


def _canonical_run(words: str, marks: frozenset[Mark]) -> Any:
    # Merging runs can bring a combining character next to its letter, so compose once more.
    words = unicodedata.normalize("NFC", words)
    if not marks:
        return words
    return {"text": words, "marks": [[m.name, m.value] for m in sorted(marks)]}


def _inline_json(inline: Inline) -> Json:
    match inline:
        case Run(words, marks):
            value: Json = {"text": words}
            if marks:
                value["marks"] = [[m.name, m.value] if m.value else [m.name] for m in sorted(marks)]
            return value
        case Break():
            return {"break": True}
        case Footnote(content, label):
            value = {"footnote": [_inline_json(i) for i in content]}
            if label:
                value["label"] = label
            return value


def _content(value: Iterable[Any]) -> Content:
    return tuple(_inline(item) for item in value)


def _inline(value: Any) -> Inline:
    if isinstance(value, str):
        return Run(value)
    if "text" in value:
        return Run(str(value["text"]), frozenset(_mark(mark) for mark in value.get("marks", ())))
    if "break" in value:
        return Break()
    notes = _content(value["footnote"])
    if any(isinstance(note, Footnote) for note in notes):
        raise Malformed("A footnote cannot stand inside a footnote.")
    return Footnote(
        tuple(n for n in notes if not isinstance(n, Footnote)), str(value.get("label", ""))
    )


def _mark(value: Any) -> Mark:
    name, *rest = value
    if name not in MARKS:
        raise Malformed(f"“{name}” is not a mark that words can carry.")
    return Mark(str(name), str(rest[0]) if rest else "")


def _plain(content: Iterable[Inline]) -> str:
    parts = []
    for inline in content:
        match inline:
            case Run(words, _):
                parts.append(words)
            case Break():
                parts.append(" ")
            case Footnote(notes, _):
                parts.append(f" [{_plain(notes)}]")
    return " ".join("".join(parts).split())
