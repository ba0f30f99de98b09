"""Changes the server makes in a live document: what a form, an import or a restored version wrote.

Each is made of as few and as small operations as it needs, so that whatever people are typing at
that moment in the same passage, and has not arrived yet, finds its place afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from pycrdt._pycrdt import Transaction, XmlElement, XmlFragment, XmlText

from folkmoot.algorithms.redline.alignment import common
from folkmoot.algorithms.wording import Break, Content, Footnote, Mark, Run, Wording
from folkmoot.live.document import words as elements
from folkmoot.live.document.schema import BLOCKS, mark_name
from folkmoot.live.document.threeway import Letter, align, content, letters, merge


@dataclass(frozen=True, slots=True)
class Replace:
    """Somebody made `after` of `before`: lay that change over whatever stands there now."""

    id: str
    before: Wording
    after: Wording


@dataclass(frozen=True, slots=True)
class Insert:
    """A new passage after the one with id `after`; at the start when that is empty, at the end
    when it is not there. Nothing when there is a passage with this id already."""

    id: str
    label: str
    wording: Wording
    after: str


@dataclass(frozen=True, slots=True)
class Remove:
    """Take out a passage, or another wording that is being written."""

    id: str


@dataclass(frozen=True, slots=True)
class Move:
    """Put a passage after the one with id `after`; at the start when that is empty, at the end when
    it is not there."""

    id: str
    after: str


@dataclass(frozen=True, slots=True)
class Relabel:
    """Give a passage the author's own number, or none."""

    id: str
    label: str


type Edit = Replace | Insert | Remove | Move | Relabel


class Desk:
    """The passages of a document during one transaction of the server's own.

    `text` and `variants` are their roots, the mappings their elements by id, in order.
    """

    def __init__(
        self,
        txn: Transaction,
        text: XmlFragment,
        passages: Mapping[str, XmlElement],
        variants_root: XmlFragment,
        variants: Mapping[str, XmlElement],
    ) -> None:
        self._txn = txn
        self._text = text
        self._nodes = dict(passages)
        self._order = list(passages)
        self._variants_root = variants_root
        self._variants = dict(variants)

    def perform(self, edit: Edit) -> None:
        """Make one edit. What it names and is not there is left alone."""
        match edit:
            case Replace(id, before, after):
                self._replace(id, before, after)
            case Insert(id, label, wording, behind):
                if id not in self._nodes:
                    self._put(id, self._place(behind), wording, label)
            case Remove(id) if id in self._nodes:
                self._take(id)
            case Remove(id) if id in self._variants:
                at = list(self._variants).index(id)
                self._variants_root.remove_range(self._txn, at, 1)
                del self._variants[id]
            case Move(id, behind) if id in self._nodes and behind != id:
                self._move(id, behind)
            case Relabel(id, label) if id in self._nodes:
                _set(self._nodes[id], "label", elements.wellformed(label), self._txn)

    def _place(self, behind: str) -> int:
        if not behind:
            return 0
        return self._order.index(behind) + 1 if behind in self._nodes else len(self._order)

    def _put(self, id: str, at: int, wording: Wording, label: str) -> XmlElement:
        node = elements.write(self._text, at, wording, self._txn, id=id, label=label)
        self._order.insert(at, id)
        self._nodes[id] = node
        return node

    def _take(self, id: str) -> int:
        at = self._order.index(id)
        self._text.remove_range(self._txn, at, 1)
        del self._order[at]
        del self._nodes[id]
        return at

    def _move(self, id: str, behind: str) -> None:
        node = self._nodes[id]
        at = self._order.index(id)
        if self._order[at - 1 : at] == ([behind] if behind else []) and (at == 0) == (not behind):
            return
        reading = elements.read(node, self._txn)
        # An element cannot be moved: it is written again, with all that it bears.
        place = self._place(behind)
        self._nodes[id] = elements.copy(self._text, place, node, reading, self._txn)
        self._text.remove_range(self._txn, at + (place <= at), 1)
        del self._order[at]
        self._order.insert(place - (place > at), id)

    def _replace(self, id: str, before: Wording, after: Wording) -> None:
        txn = self._txn
        node = self._nodes.get(id)
        variant = None
        if node is None:
            variant = self._variants.get(id)
            inside = [] if variant is None else variant.children(txn)
            node = next(
                (n for n in inside if isinstance(n, XmlElement) and elements.tag_of(n) in BLOCKS),
                None,
            )
        if node is None:
            return
        reading = elements.read(node, txn)
        live = reading.wording
        wanted = merge(before, after, live)
        if wanted == live:
            return
        if (wanted.table is None) != (live.table is None):
            if variant is not None:
                variant.remove_range(txn, 0, variant.len(txn))
                elements.write(variant, 0, wanted, txn)
            else:
                self._put(id, self._take(id), wanted, reading.label)
            return
        _lay_attributes(node, live, wanted, txn)
        if wanted.table is None:
            lay(node, wanted.content, txn)
        else:
            _lay_table(node, wanted.content, wanted.table.rows, txn)


def _set(node: XmlElement, name: str, value: str, txn: Transaction) -> None:
    if not value:
        if node.attribute(txn, name) is not None:
            node.remove_attribute(txn, name)
    elif node.attribute(txn, name) != value:
        node.insert_attribute(txn, name, value)


_OWN: Final = frozenset({"id", "label"})


def _lay_attributes(node: XmlElement, live: Wording, wanted: Wording, txn: Transaction) -> None:
    stood, meant = elements.attributes(live), elements.attributes(wanted)
    if stood == meant:
        return
    borne = dict(node.attributes(txn))
    for name, value in meant.items():
        if borne.get(name) != value:
            node.insert_attribute(txn, name, value)
    for name in borne.keys() - meant.keys() - _OWN:
        # What an earlier kind left behind stays, unless it would mean something to the new one.
        if name in stood or live.kind != wanted.kind:
            node.remove_attribute(txn, name)


class _Spot(NamedTuple):
    """Where an atom stands: the number of the child, and for a character its bytes within it."""

    child: int
    start: int
    end: int


class _Spread:
    """The words of an element, one atom after another, each with its place."""

    def __init__(self, element: XmlElement, txn: Transaction) -> None:
        self.letters: list[Letter] = []
        self.spots: list[_Spot] = []
        self.keys: list[tuple[str, ...]] = []
        self.children = element.children(txn)
        for number, child in enumerate(self.children):
            if isinstance(child, XmlText):
                self._text(number, child, txn)
            elif isinstance(child, XmlElement):
                atom = elements.read_inline(child, txn)
                self.letters.append(Letter(atom, frozenset()))
                self.spots.append(_Spot(number, 0, 0))
                self.keys.append(())

    def _text(self, number: int, text: XmlText, txn: Transaction) -> None:
        at = 0
        for words, formatting in text.diff(txn):
            if not isinstance(words, str):
                continue
            marks = elements.read_marks(formatting or {})
            keys = tuple(formatting or ())
            for character in words:
                end = at + len(character.encode())
                self.letters.append(Letter(character, marks))
                self.spots.append(_Spot(number, at, end))
                self.keys.append(keys)
                at = end


def lay(element: XmlElement, wanted: Content, txn: Transaction) -> None:
    """Make an element hold these words, touching only what differs.

    From the end to the start, so that the places of what is still to be done stay right.
    """
    spread = _Spread(element, txn)
    now, new = spread.letters, letters(wanted)
    end, new_end = len(now), len(new)
    formats: list[tuple[int, int]] = []
    for i, j in [*reversed(align(now, new)), (-1, -1)]:
        if end > i + 1 or new_end > j + 1:
            _format(spread, new, formats, txn)
            formats = []
            # What comes in goes in behind what goes out, which keeps it beside its neighbour.
            _insert(element, spread, end, new[j + 1 : new_end], txn)
            _delete(element, spread, i + 1, end, txn)
        if i < 0:
            break
        end, new_end = i, j
        atom = new[j].atom
        if isinstance(atom, Footnote):
            _lay_note(spread, i, atom, txn)
        elif now[i].marks != new[j].marks:
            formats.append((i, j))
    _format(spread, new, formats, txn)


def _lay_note(spread: _Spread, at: int, wanted: Footnote, txn: Transaction) -> None:
    node = spread.children[spread.spots[at].child]
    if isinstance(node, XmlElement):
        _set(node, "label", elements.wellformed(wanted.label), txn)
        if spread.letters[at].atom != wanted:
            lay(node, wanted.content, txn)


def _format(
    spread: _Spread, new: Sequence[Letter], pairs: Sequence[tuple[int, int]], txn: Transaction
) -> None:
    """Change the marks of characters that stay, in as few stretches as they are."""
    run: list[tuple[int, int]] = []
    for pair in [*reversed(pairs), (-1, -1)]:
        if run and not (
            pair[0] == run[-1][0] + 1
            and spread.spots[pair[0]].child == spread.spots[run[0][0]].child
            and spread.keys[pair[0]] == spread.keys[run[0][0]]
            and spread.letters[pair[0]].marks == spread.letters[run[0][0]].marks
            and new[pair[1]].marks == new[run[0][1]].marks
        ):
            first, last = run[0][0], run[-1][0]
            text = spread.children[spread.spots[first].child]
            if isinstance(text, XmlText):
                start = spread.spots[first].start
                changes = _changes(spread, first, new[run[0][1]].marks)
                text.format(txn, start, spread.spots[last].end - start, iter(changes.items()))
            run = []
        run.append(pair)


def _changes(spread: _Spread, at: int, wanted: frozenset[Mark]) -> dict[str, dict[str, str] | None]:
    marks = spread.letters[at].marks
    names = {mark.name for mark in marks - wanted}
    changes: dict[str, dict[str, str] | None] = {
        key: None for key in spread.keys[at] if mark_name(key) in names
    }
    changed = {mark.name for mark in wanted - marks}
    for key, value in elements.formatting(wanted).items():
        if mark_name(key) in changed | names:
            changes[key] = value
    return changes


def _delete(element: XmlElement, spread: _Spread, start: int, end: int, txn: Transaction) -> None:
    while end > start:
        spot = spread.spots[end - 1]
        node = spread.children[spot.child]
        if not isinstance(node, XmlText):
            element.remove_range(txn, spot.child, 1)
            end -= 1
            continue
        first = end - 1
        while first > start and spread.spots[first - 1].child == spot.child:
            first -= 1
        node.remove_range(txn, spread.spots[first].start, spot.end - spread.spots[first].start)
        end = first


def _insert(
    element: XmlElement, spread: _Spread, at: int, parts: Sequence[Letter], txn: Transaction
) -> None:
    """Put atoms in before the atom number `at` of an element."""
    if not parts:
        return
    child = spread.spots[at - 1].child if at else -1
    text = spread.children[child] if at else None
    if isinstance(text, XmlText):
        offset = spread.spots[at - 1].end
        child += 1
    else:
        text, offset, child = _next_text(element, child + 1, txn)
    # `child` is where an element right behind `text` goes, or right here when there is no text.
    for atom, marks in _stretches(parts):
        if isinstance(atom, str):
            if text is None:
                text, offset = element.insert_str(txn, child, ""), 0
                child += 1
            text.insert(txn, offset, atom, iter(elements.formatting(marks).items()))
            offset += len(atom.encode())
            continue
        if text is not None and offset == 0:
            elements.write_inline(element, child - 1, atom, txn)
            child += 1
            continue
        rest = _cut(text, offset, txn) if text is not None else []
        elements.write_inline(element, child, atom, txn)
        if rest:
            text = element.insert_str(txn, child + 1, "")
            for words, formatting in reversed(rest):
                text.insert(txn, 0, words, iter(formatting.items()))
            offset, child = 0, child + 2
        else:
            text, offset, child = _next_text(element, child + 1, txn)


def _next_text(
    element: XmlElement, child: int, txn: Transaction
) -> tuple[XmlText | None, int, int]:
    """The start of the text that is child number `child`, if there is one."""
    if child < element.len(txn):
        node = element.get(txn, child)
        if isinstance(node, XmlText):
            return node, 0, child + 1
    return None, 0, child


def _cut(text: XmlText, offset: int, txn: Transaction) -> list[tuple[str, dict[str, object]]]:
    """Take off what a text holds from `offset` on, as stretches with their formatting."""
    rest: list[tuple[str, dict[str, object]]] = []
    at = 0
    for words, formatting in text.diff(txn):
        said = words.encode()
        if at + len(said) > offset:
            kept = {key: value for key, value in (formatting or {}).items() if value is not None}
            rest.append((said[max(0, offset - at) :].decode(), kept))
        at += len(said)
    if rest:
        text.remove_range(txn, offset, at - offset)
    return rest


def _stretches(parts: Iterable[Letter]) -> Iterable[tuple[str | Break | Footnote, frozenset[Mark]]]:
    """Characters with the same marks together; line breaks and notes alone."""
    for inline in content(parts):
        if isinstance(inline, Run):
            yield elements.wellformed(inline.text), inline.marks
        else:
            yield inline, frozenset()


def _lay_table(
    node: XmlElement, caption: Content, rows: Sequence[Sequence[Content]], txn: Transaction
) -> None:
    """Make a table hold this caption and these rows."""
    children = [child for child in node.children(txn) if isinstance(child, XmlElement)]
    stood = [number for number, child in enumerate(children) if elements.tag_of(child) == "row"]
    live = [_cells(children[number], txn) for number in stood]
    end, new_end = len(live), len(rows)
    for i, j in [*reversed(common(live, [tuple(row) for row in rows])), (-1, -1)]:
        # Rows between two that stay are taken for one another in turn.
        both = min(end - i, new_end - j) - 1
        behind = stood[end - 1] + 1 if end else len(children)
        elements.write_rows(node, behind, rows[j + 1 + both : new_end], txn)
        for number in reversed(stood[i + 1 + both : end]):
            node.remove_range(txn, number, 1)
        for place in range(both, 0, -1):
            _lay_row(children[stood[i + place]], rows[j + place], txn)
        end, new_end = i, j
    captions = [
        number for number, child in enumerate(children) if elements.tag_of(child) == "caption"
    ]
    for number in reversed(captions[1:]):
        node.remove_range(txn, number, 1)
    if captions:
        lay(children[captions[0]], caption, txn)
    else:
        elements.write_content(node.insert_element_prelim(txn, 0, "caption"), caption, txn)


def _cells(row: XmlElement, txn: Transaction) -> tuple[Content, ...]:
    return tuple(
        elements.read_content(cell, txn)
        for cell in row.children(txn)
        if isinstance(cell, XmlElement)
    )


def _lay_row(row: XmlElement, cells: Sequence[Content], txn: Transaction) -> None:
    stood = [cell for cell in row.children(txn) if isinstance(cell, XmlElement)]
    for number in range(len(stood) - 1, len(cells) - 1, -1):
        row.remove_range(txn, number, 1)
    for number, cell in enumerate(cells):
        if number < len(stood):
            lay(stood[number], cell, txn)
        else:
            elements.write_content(row.insert_element_prelim(txn, number, "cell"), cell, txn)
