"""Tracked changes of Word, accepted or rejected on the XML itself.

pandoc knows insertions and deletions of runs and paragraph marks; reports from committees also
hold moves, deleted rows and cells, changed styles and numbering, revised fields and equations.
So all of them are settled here, before pandoc sees the document, by the rules of ECMA-376
Part 1, 17.13.5 ("Revisions").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from folkmoot.documents.package import Element
from folkmoot.documents.word_names import KEY, W, keys, paragraphs, remove, unwrap, value

type Choice = Literal["accept", "reject"]

_ADDED: Final = (W + "ins", W + "moveTo")
_TAKEN: Final = (W + "del", W + "moveFrom")
_PROPERTY_HOLDERS: Final = (W + "rPr", W + "trPr", W + "numPr", W + "tcPr")
_EARLIER_PROPERTIES: Final = tuple(
    W + name
    for name in (
        "rPrChange",
        "pPrChange",
        "sectPrChange",
        "tblPrChange",
        "tblPrExChange",
        "tblGridChange",
        "trPrChange",
        "tcPrChange",
    )
)
_RANGE_MARKS: Final = tuple(
    f"{W}{name}{end}"
    for name in (
        "customXmlInsRange",
        "customXmlDelRange",
        "customXmlMoveFromRange",
        "customXmlMoveToRange",
        "moveFromRange",
        "moveToRange",
    )
    for end in ("Start", "End")
)
_MARK_CARRIED: Final = (W + "rPr", W + "sectPr")
"""What `w:pPrChange` does not hold: the properties of the paragraph mark and of the section."""
_POINTS: Final = tuple(
    W + name
    for name in (
        "bookmarkStart",
        "bookmarkEnd",
        "commentRangeStart",
        "commentRangeEnd",
        "permStart",
        "permEnd",
        "proofErr",
    )
)
"""Elements between paragraphs that hold no words and may be stepped over."""


@dataclass(frozen=True, slots=True)
class Revision:
    """Who changed a paragraph, and when (ISO 8601, as in the file)."""

    author: str
    date: str | None


def number_paragraphs(root: Element, first: int = 0) -> int:
    """Give every paragraph its number in the file as `KEY`; returns the next free number."""
    number = first
    for paragraph in paragraphs(root):
        paragraph.set(KEY, str(number))
        number += 1
    return number


def revisions(root: Element) -> dict[int, list[Revision]]:
    """By paragraph number, who made its tracked changes, in order, each once."""
    found: dict[int, list[Revision]] = {}
    for element in root.iter(
        *_ADDED, *_TAKEN, *_EARLIER_PROPERTIES, W + "cellIns", W + "cellDel", W + "numberingChange"
    ):
        revision = Revision(value(element, "author"), value(element, "date") or None)
        for paragraph in _paragraphs_touched(element):
            for key in keys(paragraph):
                listed = found.setdefault(key, [])
                if revision not in listed:
                    listed.append(revision)
    return found


def _paragraphs_touched(element: Element) -> Iterator[Element]:
    for ancestor in element.iterancestors():
        if ancestor.tag == W + "p":
            yield ancestor
            return
        if ancestor.tag in (W + "trPr", W + "tcPr"):
            holder = ancestor.getparent()
            if holder is not None:
                yield from paragraphs(holder)
            return
    yield from paragraphs(element)


def settle(root: Element, choice: Choice) -> None:
    """Accept or reject every tracked change of one part, in place.

    Afterwards no revision mark is left, and each paragraph's `KEY` names all the paragraphs of
    the file whose words it holds. Content controls are expected to be unwrapped already.
    """
    kept, dropped = (_ADDED, _TAKEN) if choice == "accept" else (_TAKEN, _ADDED)
    _settle_properties(root, choice)
    _settle_tables(root, dropped)
    for element in list(root.iter(*_RANGE_MARKS)):
        remove(element)
    ends = _dropped_ends(root, dropped)
    for element in list(root.iter(*dropped)):
        if not _is_property(element):
            _remove_keeping_points(element)
    for element in list(root.iter(*kept)):
        if not _is_property(element):
            unwrap(element)
    if choice == "reject":
        for element in root.iter(W + "delText"):
            element.tag = W + "t"
        for element in root.iter(W + "delInstrText"):
            element.tag = W + "instrText"
    _join(ends)
    for element in list(root.iter(*_ADDED, *_TAKEN)):
        remove(element)
    for cell in root.iter(W + "tc"):
        if cell.find(W + "p") is None and cell.find(W + "tbl") is None:
            cell.append(cell.makeelement(W + "p", {}))


def _is_property(element: Element) -> bool:
    parent = element.getparent()
    return parent is not None and parent.tag in _PROPERTY_HOLDERS


def _remove_keeping_points(element: Element) -> None:
    """A dropped run may hold the end of a comment's range, which must not be lost with it."""
    for point in list(element.iter(*_POINTS)):
        element.addprevious(point)
    remove(element)


def _settle_properties(root: Element, choice: Choice) -> None:
    for change in list(root.iter(*_EARLIER_PROPERTIES)):
        holder = change.getparent()
        if holder is None:
            continue
        holder.remove(change)
        if choice == "accept" or change.tag == W + "tblGridChange":
            continue
        earlier = next(iter(change), None)
        carried = [child for child in holder if child.tag in _MARK_CARRIED]
        marks = [child for child in holder if child.tag in (*_ADDED, *_TAKEN)]
        cells = [c for c in holder if c.tag in (W + "cellIns", W + "cellDel", W + "cellMerge")]
        is_paragraph = change.tag == W + "pPrChange"
        had = list(earlier) if earlier is not None else []
        holder[:] = []
        if is_paragraph:
            holder[:] = had + carried
        else:
            tags = {child.tag for child in had}
            holder[:] = marks + [c for c in cells if c.tag not in tags] + had
    for numbering in list(root.iter(W + "numPr")):
        if numbering.find(W + "ins") is not None and choice == "reject":
            remove(numbering)
    for element in list(root.iter(W + "numberingChange")):
        remove(element)


def _settle_tables(root: Element, dropped: tuple[str, ...]) -> None:
    rejecting = dropped == _ADDED
    for row in list(root.iter(W + "tr")):
        properties = row.find(W + "trPr")
        if properties is not None and any(properties.find(tag) is not None for tag in dropped):
            remove(row)
    gone = W + ("cellIns" if rejecting else "cellDel")
    for cell in list(root.iter(W + "tc")):
        properties = cell.find(W + "tcPr")
        if properties is None:
            continue
        if properties.find(gone) is not None:
            remove(cell)
            continue
        merge = properties.find(W + "cellMerge")
        if merge is None:
            continue
        properties.remove(merge)
        how = value(merge, "vMergeOrig" if rejecting else "vMerge")
        for earlier in properties.findall(W + "vMerge"):
            properties.remove(earlier)
        if how:
            vertical = properties.makeelement(W + "vMerge", {})
            vertical.set(W + "val", "restart" if how == "rest" else "continue")
            properties.append(vertical)
    for row in list(root.iter(W + "tr")):
        if row.find(W + "tc") is None:
            remove(row)
    for table in list(root.iter(W + "tbl")):
        if table.find(W + "tr") is None:
            remove(table)


def _dropped_ends(root: Element, dropped: tuple[str, ...]) -> list[Element]:
    """The paragraphs whose end mark goes, so that the next paragraph is joined to them."""
    found = []
    for paragraph in paragraphs(root):
        mark = paragraph.find(f"{W}pPr/{W}rPr")
        if mark is not None and any(mark.find(tag) is not None for tag in dropped):
            found.append(paragraph)
    return found


def _join(ends: list[Element]) -> None:
    """Join each paragraph that lost its end mark with the one after it, last first.

    The words that stay keep the look of the paragraph they stood in; when the first has no words
    left, the look of the second is the right one.
    """
    for paragraph in reversed(ends):
        parent = paragraph.getparent()
        if parent is None:
            continue
        following = paragraph.getnext()
        while following is not None and following.tag in _POINTS:
            following = following.getnext()
        if following is None or following.tag != W + "p":
            if _is_empty(paragraph):
                for point in list(paragraph.iter(*_POINTS)):
                    paragraph.addprevious(point)
                parent.remove(paragraph)
            continue
        new = following.find(W + "pPr")
        if _is_empty(paragraph):
            old = paragraph.find(W + "pPr")
            if old is not None:
                paragraph.remove(old)
            if new is not None:
                paragraph.insert(0, new)
            paragraph.set(KEY, following.get(KEY) or "")
        else:
            if new is not None:
                following.remove(new)
            if not _is_empty(following):
                both = f"{paragraph.get(KEY) or ''} {following.get(KEY) or ''}"
                paragraph.set(KEY, both.strip())
        paragraph.extend(list(following))
        parent.remove(following)


def _is_empty(paragraph: Element) -> bool:
    return all(child.tag == W + "pPr" or child.tag in _POINTS for child in paragraph)
