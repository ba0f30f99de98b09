"""A redline as HTML: what was removed struck out, what was added underlined, and said aloud."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Final

from folkmoot.algorithms.markup import inline_html
from folkmoot.algorithms.redline.change import SPOKEN, Cell, Difference, Name, Redline, Row
from folkmoot.algorithms.redline.pieces import Piece
from folkmoot.algorithms.wording import Content, Footnote, Inline, Run


@dataclass(frozen=True, slots=True)
class Spoken:
    """The fixed words of a redline, in the language of the page."""

    added: str = "added:"
    removed: str = "removed:"
    end: str = "end of change."
    became: str = "became"
    nothing: str = "none"
    replaced: str = "replaced"
    names: Mapping[Name, str] = field(default_factory=lambda: SPOKEN)
    values: Mapping[str, str] = field(
        default_factory=lambda: {
            "branch": "branches",
            "both": "centre and branches",
            "item": "list item",
        }
    )
    """How the fixed values of kinds and levels are said; one that is missing stands as it is."""


ENGLISH: Final = Spoken()


def to_html(change: Redline, *, spoken: Spoken = ENGLISH) -> str:
    """A redline as one safe `<div class="redline">`.

    Changes are `<ins class="redline-added">` and `<del class="redline-removed">`, each with
    visually hidden words at both ends for people who listen. Attributes that changed come first
    as a list, then the words, then the rows of a table. Notes stand in brackets in their place.
    Everything is escaped; a link is only made of http, https and mailto addresses.
    """
    parts = []
    if change.differences:
        lines = "".join(_difference(d, spoken) for d in change.differences)
        parts.append(f'<ul class="redline-differences">{lines}</ul>')
    if change.pieces:
        parts.append(f'<p class="redline-words">{pieces_html(change.pieces, spoken=spoken)}</p>')
    if change.rows:
        parts.append(_table(change.rows, spoken))
    return f'<div class="redline">{"".join(parts)}</div>'


def pieces_html(shown: Iterable[Piece], *, spoken: Spoken = ENGLISH) -> str:
    """Pieces as phrasing HTML, to stand in an element of the caller's."""
    return "".join(_piece(piece, spoken) for piece in shown)


def _piece(piece: Piece, spoken: Spoken) -> str:
    match piece.state:
        case "added":
            return _inserted(inline_html(_demoted(piece.content)), spoken)
        case "removed":
            return _deleted(inline_html(_demoted(piece.content)), spoken)
        case "note":
            inside = pieces_html(piece.note, spoken=spoken)
            return f'<span class="footnote" role="note"> [{inside}]</span>'
        case "same":
            return inline_html(_demoted(piece.content))


def _inserted(shown: str, spoken: Spoken) -> str:
    said, end = _hidden(spoken.added, before=""), _hidden(spoken.end, after="")
    return f'<ins class="redline-added">{said}{shown}{end}</ins>'


def _deleted(shown: str, spoken: Spoken) -> str:
    said, end = _hidden(spoken.removed, before=""), _hidden(spoken.end, after="")
    return f'<del class="redline-removed">{said}{shown}{end}</del>'


def _hidden(words: str, *, before: str = " ", after: str = " ") -> str:
    return f'<span class="visually-hidden">{before}{escape(words)}{after}</span>'


def _demoted(content: Iterable[Inline]) -> Content:
    """Links that lead elsewhere than to the web or to a mailbox become plain words: in a page of
    changes a link within the old page would lead nowhere."""
    out: list[Inline] = []
    for inline in content:
        match inline:
            case Run(words, marks):
                out.append(Run(words, frozenset(m for m in marks if _kept(m.name, m.value))))
            case Footnote():
                inside = _demoted(inline.content)
                out.append(Footnote(tuple(i for i in inside if not isinstance(i, Footnote))))
            case _:
                out.append(inline)
    return tuple(out)


def _kept(name: str, value: str) -> bool:
    return name != "link" or value.lower().startswith(("http://", "https://", "mailto:"))


def _difference(difference: Difference, spoken: Spoken) -> str:
    name = escape(spoken.names[difference.name])
    if difference.name == "picture" and difference.before and difference.after:
        # The value is a digest, which says nothing to a reader.
        return f"<li>{name}: {escape(spoken.replaced)}</li>"
    before = _deleted(_value(difference.name, difference.before, spoken), spoken)
    after = _inserted(_value(difference.name, difference.after, spoken), spoken)
    return f"<li>{name}: {before} {escape(spoken.became)} {after}</li>"


def _value(name: Name, value: str, spoken: Spoken) -> str:
    if name in ("kind", "level"):
        value = spoken.values.get(value, value)
    return escape(value or spoken.nothing)


def _table(rows: Iterable[Row], spoken: Spoken) -> str:
    lines = []
    for row in rows:
        tag = "th" if row.header else "td"
        cells = "".join(_cell(cell, tag, spoken) for cell in row.cells)
        lines.append(f"<tr{_class(row.state)}>{cells}</tr>")
    return f'<table class="redline-table"><tbody>{"".join(lines)}</tbody></table>'


def _cell(cell: Cell, tag: str, spoken: Spoken) -> str:
    scope = ' scope="col"' if tag == "th" else ""
    inside = pieces_html(cell.pieces, spoken=spoken)
    return f"<{tag}{scope}{_class(cell.state)}>{inside}</{tag}>"


def _class(state: str) -> str:
    return f' class="redline-{state}-part"' if state in ("added", "removed") else ""
