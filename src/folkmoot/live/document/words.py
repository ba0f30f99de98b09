"""Passages as elements of the live document: read as wordings, and written from them.

Reading gives the wording that the forms would store for the same words. It never fails: what does
not belong is left out and named in `Reading.fault`, so that a document is always readable and an
update that brings something foreign can be refused.

Elements are used as pycrdt's engine gives them, with a transaction passed along: its wrappers open
one for every attribute and cost several times as much.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple, cast

from pycrdt._pycrdt import Transaction, XmlElement, XmlFragment, XmlText

from folkmoot.algorithms.wording import (
    Asks,
    Break,
    Content,
    Figure,
    Footnote,
    Inline,
    Kind,
    Level,
    Mark,
    Run,
    Table,
    Wording,
)
from folkmoot.live.document.schema import ATTRIBUTES, BLOCKS, is_mark, mark_name

type Node = XmlElement | XmlText | XmlFragment

_WIDE: Final = re.compile("[\U00010000-\U0010ffff]")
_PLAIN: Final = frozenset[Mark]()
_NOTHING: Final = Wording("paragraph")


class Reading(NamedTuple):
    """What an element says. `id` is as it stands there, which may be missing, malformed or taken.

    `of` and `by` are a variant's: the passage it would stand for, and the key of its author.
    `size` is its characters; `fault` names the first thing in it that the schema does not have.
    """

    id: str
    label: str
    wording: Wording
    of: str
    by: str
    size: int
    fault: str


def read(element: XmlElement, txn: Transaction) -> Reading:
    """The passage, table or variant that an element is."""
    return _Reader(txn).block(element)


def is_wide(reading: Reading) -> bool:
    """Whether any character of it takes two units in UTF-16."""
    return any(
        _WIDE.search(run.text)
        for content in reading.wording.contents()
        for inline in content
        for run in (inline.content if isinstance(inline, Footnote) else (inline,))
        if isinstance(run, Run)
    )


def read_content(element: XmlElement, txn: Transaction) -> Content:
    """The words that an element holds."""
    return _Reader(txn).content(element, notes=True)


def read_inline(element: XmlElement, txn: Transaction) -> Break | Footnote:
    """The line break or note that an element among words is."""
    return _Reader(txn).inline(element)


def read_marks(formatting: Mapping[str, Any]) -> frozenset[Mark]:
    """The marks that formatting stands for."""
    marks = []
    for key, value in formatting.items():
        if is_mark(key, value):
            name = mark_name(key)
            marks.append(Mark(name, value["href"] if name == "link" else ""))
    return frozenset(marks)


def tag_of(element: XmlElement) -> str:
    """The name of an element."""
    return str(element.tag())  # type: ignore[attr-defined]  # left out of pycrdt's stubs


class _Reader:
    def __init__(self, txn: Transaction) -> None:
        self._txn = txn
        self._size = 0
        self._fault = ""

    def block(self, element: XmlElement) -> Reading:
        tag = tag_of(element)
        attributes = self._attributes(element, tag)
        of = by = ""
        given = attributes
        if tag == "variant":
            of, by = given.get("of", ""), given.get("by", "")
            inside = [child for child in self._children(element) if tag_of(child) in BLOCKS]
            if len(inside) != len(self._children(element)):
                self._foreign("something other than a passage in a variant")
            # Two people may have begun the same variant at once: the first one stands.
            if inside:
                tag = tag_of(inside[0])
                attributes = self._attributes(inside[0], tag)
                wording = self._wording(inside[0], tag, attributes)
            else:
                wording = _NOTHING
        elif tag in BLOCKS:
            wording = self._wording(element, tag, attributes)
        else:
            self._foreign(f"an element named “{tag}” among the passages")
            wording = _NOTHING
        return Reading(
            given.get("id", ""),
            attributes.get("label", ""),
            wording,
            of,
            by,
            self._size,
            self._fault,
        )

    def _foreign(self, what: str) -> None:
        self._fault = self._fault or what

    def _attributes(self, element: XmlElement, tag: str) -> dict[str, str]:
        known = ATTRIBUTES.get(tag, {})
        out: dict[str, str] = {}
        for name, value in cast(list[tuple[str, object]], element.attributes(self._txn)):
            allowed = known.get(name)
            if allowed is None:
                self._foreign(f"an attribute named “{name}” on “{tag}”")
            elif not isinstance(value, str) or not allowed.fullmatch(value):
                self._foreign(f"the value of the attribute “{name}”")
            else:
                out[name] = value
        return out

    def _children(self, element: XmlElement) -> list[XmlElement]:
        """The elements in an element that holds only elements."""
        children = element.children(self._txn)
        elements = [child for child in children if isinstance(child, XmlElement)]
        if len(elements) != element.len(self._txn):
            self._foreign(f"text between the parts of “{tag_of(element)}”")
        return elements

    def _wording(self, element: XmlElement, tag: str, attributes: Mapping[str, str]) -> Wording:
        table: Table | None = None
        figure: Figure | None = None
        asks: Asks | None = None
        if tag == "table":
            kind: Kind = "table"
            content, rows = self._table(element)
            table = Table(rows, int(attributes.get("headers", "1")))
        else:
            kind = cast(Kind, attributes.get("kind", "paragraph"))
            content = self.content(element, notes=True)
            if kind == "figure":
                figure = Figure(attributes.get("image", ""), attributes.get("alt", ""))
            elif kind == "recommendation":
                asks = Asks(
                    attributes.get("area", ""),
                    attributes.get("addressee", ""),
                    cast(Level, attributes.get("level", "both")),
                )
        depth = attributes.get("depth")
        ordered, quoted = attributes.get("ordered"), attributes.get("quoted")
        return Wording(
            kind,
            content,
            int(depth) if depth is not None else 1 if kind in _DEEP else 0,
            attributes.get("language", ""),
            ordered == "always" or (ordered == "yes" and kind == "item"),
            quoted == "always" or (quoted == "yes" and kind != "quote"),
            table,
            figure,
            asks,
        )

    def _table(self, element: XmlElement) -> tuple[Content, tuple[tuple[Content, ...], ...]]:
        caption: Content = ()
        rows: list[tuple[Content, ...]] = []
        for child in self._children(element):
            tag = tag_of(child)
            self._attributes(child, tag)
            if tag == "caption":
                # Two people may have made one at once: both stand.
                words = self.content(child, notes=True)
                caption += (Break(), *words) if caption and words else words
            elif tag == "row":
                rows.append(tuple(self._cells(child)))
            else:
                self._foreign(f"an element named “{tag}” in a table")
        return caption, tuple(rows)

    def _cells(self, row: XmlElement) -> Iterable[Content]:
        for cell in self._children(row):
            if tag_of(cell) != "cell":
                self._foreign(f"an element named “{tag_of(cell)}” in a row")
                continue
            self._attributes(cell, "cell")
            yield self.content(cell, notes=True)

    def content(self, element: XmlElement, *, notes: bool) -> Content:
        txn = self._txn
        out: list[Inline] = []
        count = 0
        for child in element.children(txn):
            count += 1
            if isinstance(child, XmlText):
                self._text(child, out)
            elif isinstance(child, XmlElement):
                tag = tag_of(child)
                if tag == "break" or (tag == "footnote" and notes):
                    out.append(self.inline(child))
                else:
                    self._foreign(f"an element named “{tag}” among words")
        if count != element.len(txn):
            self._foreign("something other than words among words")
        return tuple(out)

    def inline(self, element: XmlElement) -> Break | Footnote:
        txn = self._txn
        if tag_of(element) == "break":
            if element.len(txn) or element.attributes(txn):
                self._foreign("something in a line break")
            return Break()
        attributes = self._attributes(element, "footnote")
        inside = self.content(element, notes=False)
        return Footnote(cast(tuple[Run | Break, ...], inside), attributes.get("label", ""))

    def _text(self, text: XmlText, out: list[Inline]) -> None:
        txn = self._txn
        if text.attributes(txn):
            self._foreign("an attribute on text")
        for words, formatting in text.diff(txn):
            if not isinstance(words, str):
                self._foreign("something embedded in text")
                continue
            if not words:
                continue
            self._size += len(words)
            marks = self._marks(formatting) if formatting else _PLAIN
            last = out[-1] if out else None
            # Neighbouring pieces of text are one to a reader; so they are here.
            if isinstance(last, Run) and last.marks == marks:
                out[-1] = Run(last.text + words, marks)
            else:
                out.append(Run(words, marks))

    def _marks(self, formatting: Mapping[str, Any]) -> frozenset[Mark]:
        for key, value in formatting.items():
            if value is not None and not is_mark(key, value):
                self._foreign(f"a mark named “{key}” or its value")
        return read_marks(formatting)


_DEEP: Final = frozenset({"heading", "item"})


def attributes(wording: Wording, id: str = "", label: str = "") -> dict[str, str]:
    """The attributes of the element that holds a wording; what is the default is left out.

    A few wordings have what their kind has no use for (an ordered paragraph). They are written
    with the value "always", so that they are read back as they were, while what a change of kind
    leaves behind ("yes") means nothing.
    """
    out: dict[str, str] = {}
    if id:
        out["id"] = id
    if wording.kind != "table":
        out["kind"] = wording.kind
    if wording.depth != (1 if wording.kind in _DEEP else 0) or (
        wording.depth and wording.kind in _DEEP
    ):
        out["depth"] = str(wording.depth)
    if wording.ordered:
        out["ordered"] = "yes" if wording.kind == "item" else "always"
    if wording.quoted:
        out["quoted"] = "yes" if wording.kind != "quote" else "always"
    if wording.language:
        out["language"] = wellformed(wording.language)
    if label:
        out["label"] = wellformed(label)
    if wording.table is not None and wording.table.header_rows != 1:
        out["headers"] = str(wording.table.header_rows)
    if wording.figure is not None:
        if wording.figure.image:
            out["image"] = wording.figure.image
        if wording.figure.alt:
            out["alt"] = wellformed(wording.figure.alt)
    if wording.asks is not None:
        if wording.asks.area:
            out["area"] = wellformed(wording.asks.area)
        if wording.asks.addressee:
            out["addressee"] = wellformed(wording.asks.addressee)
        if wording.asks.level != "both":
            out["level"] = wording.asks.level
    return out


def write(
    parent: XmlFragment | XmlElement,
    at: int,
    wording: Wording,
    txn: Transaction,
    *,
    id: str = "",
    label: str = "",
) -> XmlElement:
    """Put the element for a wording into `parent` before its child number `at`."""
    element = parent.insert_element_prelim(txn, at, "table" if wording.table else "passage")
    for name, value in attributes(wording, id, label).items():
        element.insert_attribute(txn, name, value)
    if wording.table is None:
        write_content(element, wording.content, txn)
        return element
    write_content(element.insert_element_prelim(txn, 0, "caption"), wording.content, txn)
    write_rows(element, 1, wording.table.rows, txn)
    return element


def copy(
    parent: XmlFragment, at: int, element: XmlElement, reading: Reading, txn: Transaction
) -> XmlElement:
    """Put an element that says and bears what another does before child number `at`."""
    if reading.of or tag_of(element) == "variant":
        made = parent.insert_element_prelim(txn, at, "variant")
        write(made, 0, reading.wording, txn)
    else:
        made = write(parent, at, reading.wording, txn, id=reading.id, label=reading.label)
    for name, value in element.attributes(txn):
        if isinstance(value, str) and made.attribute(txn, name) != value:
            made.insert_attribute(txn, name, value)
    return made


def write_rows(
    table: XmlElement, at: int, rows: Sequence[Sequence[Content]], txn: Transaction
) -> None:
    """Put rows into a table before its child number `at`."""
    for index, cells in enumerate(rows):
        row = table.insert_element_prelim(txn, at + index, "row")
        for number, cell in enumerate(cells):
            write_content(row.insert_element_prelim(txn, number, "cell"), cell, txn)


def write_content(element: XmlElement, content: Iterable[Inline], txn: Transaction) -> None:
    """Put words after all that an element holds."""
    at = element.len(txn)
    text: XmlText | None = None
    end = 0
    for inline in content:
        if isinstance(inline, Run):
            if not inline.text:
                continue
            if text is None:
                text, end = element.insert_str(txn, at, ""), 0
                at += 1
            words = wellformed(inline.text)
            text.insert(txn, end, words, iter(formatting(inline.marks).items()))
            end += len(words.encode())
            continue
        text = None
        write_inline(element, at, inline, txn)
        at += 1


def write_inline(
    element: XmlElement, at: int, inline: Break | Footnote, txn: Transaction
) -> XmlElement:
    """Put a line break or a note into an element before its child number `at`."""
    if isinstance(inline, Break):
        return element.insert_element_prelim(txn, at, "break")
    note = element.insert_element_prelim(txn, at, "footnote")
    if inline.label:
        note.insert_attribute(txn, "label", wellformed(inline.label))
    write_content(note, inline.content, txn)
    return note


def formatting(marks: Iterable[Mark]) -> dict[str, dict[str, str]]:
    """Marks as the binding writes them."""
    out: dict[str, dict[str, str]] = {}
    for mark in sorted(marks):
        if mark.name != "link":
            out[mark.name] = {}
        else:
            # Links do not overlap in the editor, but an imported text may have two on one word.
            key = f"link--{len(out):08d}" if "link" in out else "link"
            out[key] = {"href": wellformed(mark.value)}
    return out


def wellformed(words: str) -> str:
    """Lone surrogates, which no UTF-8 can carry, become replacement characters, as in digests."""
    try:
        words.encode()
    except UnicodeEncodeError:
        return words.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return words
