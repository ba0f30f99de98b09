"""The log of a document, read update by update.

Stored updates were checked and put right before they were stored, so nothing of that is done again
here: the room's own repairs follow in the log. Until they do, two passages may have one id; the
first of them is the passage, and the other is not counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pycrdt import Doc, XmlFragment
from pycrdt._pycrdt import XmlElement

from folkmoot.algorithms.redline.alignment import increasing
from folkmoot.algorithms.wording import Wording
from folkmoot.live.document.schema import TEXT, VARIANTS, is_id
from folkmoot.live.document.words import read
from folkmoot.live.models import Document, Snapshot, Update

from .reading import Reading
from .tally import Touch, typed

LOADED_AT_ONCE = 5_000


class _Block:
    """One child of the text's root, and what it says."""

    __slots__ = ("element", "id", "label", "wording")

    def __init__(self, element: XmlElement) -> None:
        self.element = element
        self.id = ""
        self.label = ""
        self.wording: Wording | None = None

    def read(self, txn: Any) -> None:
        said = read(self.element, txn)
        self.id, self.label = said.id if is_id(said.id) else "", said.label
        # What was read before is kept when it is the same, with the digest that was made of it.
        if said.wording != self.wording:
            self.wording = said.wording


class Replay:
    """A document as it was after update `seq` of its log, which then takes one update after the
    other. Made, used and closed in one thread."""

    def __init__(self, document: Document, seq: int) -> None:
        self.seq = seq
        self._doc: Doc[Any] = Doc()
        for data in stored(document, seq):
            self._doc.apply_update(data)
        self._root = self._doc.get(TEXT, type=XmlFragment)
        self._changed: set[int] = set()
        self._delta: list[dict[str, Any]] = []
        with self._doc.transaction() as transaction:
            txn: Any = transaction._txn
            engine = self._root.integrated
            self._blocks = [_Block(e) for e in engine.children(txn) if isinstance(e, XmlElement)]
            for block in self._blocks:
                block.read(txn)
        self._first = self._holders()
        self._watching = engine.observe_deep(self._notice)

    def step(self, seq: int, data: bytes) -> tuple[Touch, ...]:
        """Take the next update; returns what it did to which passages."""
        self.seq = seq
        self._changed.clear()
        self._delta = []
        self._doc.apply_update(data)
        if not self._changed and not self._delta:
            return ()
        with self._doc.transaction() as transaction:
            txn = transaction._txn
            if self._delta:
                return tuple(self._restructured(txn))
            return tuple(self._reworded(txn))

    def reading(self) -> Reading:
        """The whole text as it stands."""
        held = self._first.values()
        return Reading(
            tuple((block.id, block.wording) for block in held if block.wording is not None),
            {block.id: block.label for block in held if block.label},
        )

    def order(self) -> list[str]:
        """The ids of the passages in order."""
        return list(self._first)

    def wording(self, id: str) -> Wording | None:
        """The words of a passage; None when it is not there."""
        block = self._first.get(id)
        return None if block is None else block.wording

    def prepared(self) -> list[tuple[str, str, Wording]]:
        """The other wordings being prepared: id, the passage they are for, and the words."""
        root = self._doc.get(VARIANTS, type=XmlFragment).integrated
        with self._doc.transaction() as transaction:
            txn: Any = transaction._txn
            said = [read(e, txn) for e in root.children(txn) if isinstance(e, XmlElement)]
        return [(one.id, one.of, one.wording) for one in said]

    def sent(self) -> dict[int, int]:
        """How much of each client the document has: its state vector."""
        numbers = _numbers(self._doc.get_state())
        return {next(numbers): next(numbers) for _client in range(next(numbers))}

    def close(self) -> None:
        """Let the document go. What still watches it would keep it for ever."""
        self._watching.drop()

    def _notice(self, events: list[Any]) -> None:
        for event in events:
            path = event.path
            if path:
                self._changed.add(path[0])
            elif event.delta:
                self._delta = event.delta

    def _holders(self) -> dict[str, _Block]:
        """The passages in order: the first block of each id."""
        held: dict[str, _Block] = {}
        for block in self._blocks:
            if block.id and block.id not in held:
                held[block.id] = block
        return held

    def _reworded(self, txn: Any) -> Iterator[Touch]:
        for index in sorted(self._changed):
            block = self._blocks[index]
            id, before = block.id, block.wording
            block.read(txn)
            if block.id != id:
                yield from self._restructured(txn, {id: before} if id else {})
                return
            if id and block.wording is not before and self._first[id] is block:
                yield _touch(id, before, block.wording)

    def _restructured(
        self, txn: Any, read_already: dict[str, Wording | None] | None = None
    ) -> Iterator[Touch]:
        """Passages came, went or moved, or one has another id now."""
        before = {id: block.wording for id, block in self._first.items()}
        before.update(read_already or {})
        if self._delta:
            self._blocks = self._followed()
        for index in sorted(self._changed):
            self._blocks[index].read(txn)
        for block in self._blocks:
            if block.wording is None:
                block.read(txn)
        self._first = self._holders()
        moved = _moved(list(before), list(self._first))
        for id, words in before.items():
            if id not in self._first:
                yield _touch(id, words, None)
        for id, block in self._first.items():
            if block.wording != before.get(id) or id in moved:
                yield _touch(id, before.get(id), block.wording, id in moved)

    def _followed(self) -> list[_Block]:
        """The blocks after the change of the root's children that was noticed."""
        blocks: list[_Block] = []
        at = 0
        for part in self._delta:
            if "retain" in part:
                blocks.extend(self._blocks[at : at + part["retain"]])
                at += part["retain"]
            elif "delete" in part:
                at += part["delete"]
            else:
                blocks.extend(_Block(e) for e in part["insert"])
        return blocks + self._blocks[at:]


def stored(document: Document, seq: int) -> Iterator[bytes]:
    """What makes a document as it was after update `seq`: the nearest snapshot, and the updates
    from there."""
    snapshot = Snapshot.objects.filter(document=document, seq__lte=seq).order_by("-seq").first()
    last = 0
    if snapshot is not None:
        last = snapshot.seq
        yield bytes(snapshot.data)
    while last < seq:
        rows = list(
            Update.objects.filter(document=document, seq__gt=last, seq__lte=seq)
            .order_by("seq")
            .values_list("seq", "data")[:LOADED_AT_ONCE]
        )
        if not rows:
            return
        yield from (bytes(data) for _seq, data in rows)
        last = rows[-1][0]


def _numbers(data: bytes) -> Iterator[int]:
    """Numbers of variable length, seven bits in a byte, the lowest first."""
    value = shift = 0
    for byte in data:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield value
            value = shift = 0


def _touch(id: str, before: Wording | None, after: Wording | None, moved: bool = False) -> Touch:
    added, removed = typed(before.plain if before else "", after.plain if after else "")
    return Touch(id, before, after, added, removed, moved)


def _moved(before: list[str], after: list[str]) -> set[str]:
    """The fewest passages whose moving makes the one order of the other."""
    place = {id: index for index, id in enumerate(before)}
    shared = [id for id in after if id in place]
    stays = increasing([place[id] for id in shared])
    if len(stays) == len(shared):
        return set()
    return set(shared) - {shared[at] for at in stays}
