"""One text as it is being written: the live document, and what stands in it.

A paper takes batches of updates, each with its author, and answers with what to send on and which
passages now say what. An update is checked before anybody else can see it; one that does not fit
leaves no trace, and the others of its batch count. The words of passages follow the document
incrementally: only what a batch touched is read again.

Everything runs in one thread: pycrdt's documents must not be used from another.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from pycrdt import Doc, merge_updates
from pycrdt._pycrdt import Subscription, Transaction, XmlElement, XmlFragment

from folkmoot.algorithms.redline.alignment import increasing
from folkmoot.algorithms.wording import Wording
from folkmoot.live.document import words as elements
from folkmoot.live.document.edits import Desk, Edit
from folkmoot.live.document.identity import Claim, Gone, settle
from folkmoot.live.document.schema import (
    BLOCKS,
    MOST_CHARACTERS,
    MOST_DOCUMENT,
    MOST_PASSAGES,
    TEXT,
    VARIANTS,
    OutOfSchema,
    foreign,
    is_id,
    malformed,
    new_id,
)
from folkmoot.live.document.update import Halves, Update, read_state_vector
from folkmoot.live.document.words import Reading

__all__ = ["OutOfSchema", "Outcome", "Paper", "Written"]

_EMPTY: Final = b"\x00\x00"
_KEPT_TAIL: Final = 2_000
"""After so many updates, or as many bytes again, the state to go back to is taken afresh."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a batch made of one passage, or of another wording being written (`of` a passage).

    `wording` is None when it is gone. While a passage is incomplete (a figure without its picture,
    a recommendation that asks nobody yet) `wording` is what there is, with empty fields. `before`
    and `after` are the plain words, empty for what was not there or is gone.
    """

    id: str
    of: str
    wording: Wording | None
    digest: str
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a batch did.

    `merged` is one update with everything that is to be sent on, `repairs` the part of it that the
    paper wrote itself to set things right, to be stored as well; both b"" when there is nothing.
    `order` are the ids of the passages when their order or number changed. `writers` are the author
    keys by id of passage or variant, those that are gone included. `refused` are indices in the
    batch, with reasons. `cut` are updates, by index, of which a part was known already: what to
    store in their place.
    """

    merged: bytes = b""
    written: tuple[Written, ...] = ()
    order: tuple[str, ...] | None = None
    writers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    refused: tuple[tuple[int, OutOfSchema], ...] = ()
    repairs: bytes = b""
    cut: Mapping[int, bytes] = field(default_factory=dict)


class Paper:
    """A live document. Close it when done with it."""

    def __init__(self, state: bytes = b"") -> None:
        """With `state`, a whole document as `state()` gave it. Raises `OutOfSchema` when that is
        no such thing."""
        self._nodes: dict[int, XmlElement] = {}
        self._readings: dict[int, Reading] = {}
        self._ids: dict[str, int] = {}
        self._orders: dict[str, list[int]] = {TEXT: [], VARIANTS: []}
        self._order: tuple[str, ...] | None = None
        self._gone = Gone()
        self._astray = False
        self._begin([state] if state else [])

    @classmethod
    def of_passages(cls, passages: Iterable[tuple[str, str, Wording]]) -> Paper:
        """A fresh document of passages, each an id, a label and a wording. One without any has an
        empty paragraph."""
        paper = cls()
        given = list(passages) or [(new_id(), "", Wording("paragraph"))]
        paper._close_observers()
        with _Writing(paper._doc) as txn:
            for at, (id, label, wording) in enumerate(given):
                elements.write(paper._roots[TEXT], at, wording, txn, id=id, label=label)
        paper._begin([paper._doc.get_update()])
        return paper

    def load(self, updates: Iterable[bytes]) -> None:
        """Take in what was stored: a snapshot and what followed, or all updates in order. They are
        trusted; raises `OutOfSchema` when one cannot be read at all."""
        self._close_observers()
        self._begin([self._doc.get_update(), *updates])

    def apply(self, batch: Sequence[tuple[bytes, str]]) -> Outcome:
        """Take in updates, each with the key of its author, all as one."""
        turn = _Turn(self)
        todo = list(enumerate(batch))
        while todo:
            waiting = []
            for index, (data, author) in todo:
                if not turn.admit(index, data, author):
                    waiting.append((index, (data, author)))
            if len(waiting) == len(todo):
                break
            # What builds on a later update of the same batch gets another chance.
            todo = waiting
        for index, _ in todo:
            turn.refuse(index, _gap())
        turn.take()
        if turn.crooked:
            turn.compare()
        return turn.outcome()

    def edit(self, edits: Sequence[Edit], author: str) -> Outcome:
        """Make edits of the server's own, for `author`, all as one. What an edit names and the
        text does not have any more is left alone."""
        turn = _Turn(self)
        turn.make(edits, author)
        return turn.outcome()

    def mend(self) -> Outcome:
        """Set ids right that were not when the document was loaded. Changes nothing otherwise."""
        turn = _Turn(self)
        return turn.outcome()

    def verify(self) -> Outcome:
        """Read the encoded document as a newcomer does, and write anew whatever comes out
        differently, so that all have the same again.

        An update can name neighbours for its words that contradict each other. No honest client
        does, and nothing tells at once, but from then on the place of those words depends on the
        order in which updates were taken in. To be called before a snapshot stands for the updates
        it was made of; takes as long as opening the document.
        """
        turn = _Turn(self)
        turn.compare()
        return turn.outcome()

    def state(self) -> bytes:
        """The whole document as one update."""
        return self._doc.get_update()

    def state_vector(self) -> bytes:
        """Which updates the document has, as Yjs encodes it."""
        return self._doc.get_state()

    def missing(self, state_vector: bytes) -> bytes:
        """What somebody with this state vector lacks, as an update. Raises `OutOfSchema` for bytes
        that are no state vector."""
        read_state_vector(state_vector)
        return self._doc.get_update(state_vector)

    def brings(self, data: bytes) -> bool:
        """Whether an update holds anything that the document does not have yet, deletions apart.
        Raises `OutOfSchema` when it cannot be read."""
        return Update(data).brings(self._clocks)

    @property
    def order(self) -> tuple[str, ...]:
        """The ids of the passages, as they stand."""
        self._know()
        if self._order is None:
            self._order = tuple(self._readings[key].id for key in self._orders[TEXT])
        return self._order

    @property
    def passages(self) -> Mapping[str, Wording]:
        """The wordings of all passages by id, in order."""
        return {r.id: r.wording for r in self._listed(TEXT)}

    @property
    def variants(self) -> Mapping[str, tuple[str, Wording]]:
        """The other wordings being written, by id: the passage each is of, and its words."""
        return {r.id: (r.of, r.wording) for r in self._listed(VARIANTS)}

    def wording(self, id: str) -> Wording | None:
        """The words of a passage or variant, or None when there is none with this id."""
        reading = self._reading(id)
        return None if reading is None else reading.wording

    def label(self, id: str) -> str:
        """The author's number of a passage, empty when it has none or is not there."""
        reading = self._reading(id)
        return "" if reading is None else reading.label

    def plain(self, id: str) -> str:
        """The plain words of a passage or variant, empty when it is not there."""
        reading = self._reading(id)
        return "" if reading is None else reading.wording.plain

    def full_reading(self) -> tuple[tuple[str, Reading], ...]:
        """Everything read anew, as (root, reading) in order; must equal `standing`."""
        with _Writing(self._doc) as txn:
            return tuple(
                (name, elements.read(node, txn))
                for name, root in self._roots.items()
                for node in _elements(root, txn)
            )

    @property
    def standing(self) -> tuple[tuple[str, Reading], ...]:
        """Everything as the paper knows it, as (root, reading) in order."""
        self._know()
        return tuple(
            (name, self._readings[key]) for name, keys in self._orders.items() for key in keys
        )

    def close(self) -> None:
        """Let go of the document. An observer that stays would keep it in memory for ever."""
        self._close_observers()
        self._nodes.clear()
        self._readings.clear()

    # --- within ---------------------------------------------------------------------------------

    def _reading(self, id: str) -> Reading | None:
        self._know()
        key = self._ids.get(id)
        return None if key is None else self._readings[key]

    def _listed(self, root: str) -> Iterable[Reading]:
        self._know()
        return (self._readings[key] for key in self._orders[root])

    def _begin(self, updates: Sequence[bytes]) -> None:
        """Open a document with these updates. It is read when somebody first asks what it says, so
        that it can be sent to whoever waits for it before that."""
        self._open(updates)
        self._base = updates[0] if len(updates) == 1 else self._doc.get_update()
        self._tail: list[bytes] = []
        self._tail_size = 0
        self._clocks = read_state_vector(self._doc.get_state())
        self._halves = Halves()
        self._read = False

    def _know(self) -> None:
        """Read all of it, unless that has been done."""
        if self._read:
            return
        self._read = True
        self._readings.clear()
        self._ids.clear()
        self._order = None
        self._find_nodes()
        with _Writing(self._doc) as txn:
            for key, node in self._nodes.items():
                self._readings[key] = elements.read(node, txn)
        if any(map(elements.is_wide, self._readings.values())):
            # Rare in our texts, and reading every structure takes a while. What was stored with
            # something foreign in it can be opened all the same.
            with suppress(OutOfSchema):
                self._halves.add(Update(self._doc.get_update(), trusted=True).halves)
        for keys in self._orders.values():
            for key in keys:
                id = self._readings[key].id
                if not is_id(id) or id in self._ids:
                    self._astray = True
                else:
                    self._ids[id] = key

    def _find_nodes(self) -> None:
        with _Writing(self._doc) as txn:
            self._nodes = {}
            for name, root in self._roots.items():
                found = {hash(node): node for node in _elements(root, txn)}
                self._orders[name] = list(found)
                self._nodes.update(found)

    def _open(self, updates: Iterable[bytes], *, client: int | None = None) -> None:
        """A new document with these updates, observed. What is known of the words stays."""
        self._doc: Doc[Any] = Doc(client_id=client)
        self._roots: dict[str, XmlFragment] = {}
        with _Writing(self._doc) as txn:
            for update in updates:
                try:
                    self._doc._doc.apply_update(txn, update)
                except ValueError as error:
                    raise malformed("it was stored like this") from error
        with _Writing(self._doc) as txn:
            for name in (TEXT, VARIANTS):
                self._roots[name] = self._doc._doc.get_or_insert_xml_fragment(txn, name)
        self._trace = _Trace()
        self._observers: list[Subscription] = [
            self._doc._doc.observe(self._trace.changed),
            *(root.observe_deep(self._trace.within(name)) for name, root in self._roots.items()),
        ]

    def _close_observers(self) -> None:
        for observer in self._observers:
            observer.drop()
        self._observers = []

    def _go_back(self) -> None:
        """Drop the document and open it again without what was not kept."""
        self._close_observers()
        # Under the same client: what it wrote and was not kept, nobody has seen.
        self._open([self._base, *self._tail], client=self._doc.client_id)
        self._find_nodes()

    def _keep(self, update: bytes) -> None:
        """An update is part of the document from now on."""
        self._tail.append(update)
        self._tail_size += len(update)

    def _size(self) -> int:
        """About how many bytes the document has, encoded; rather more than fewer."""
        return len(self._base) + self._tail_size

    def _rest(self) -> None:
        """Between batches: when what was kept has grown long, take the whole state instead."""
        if len(self._tail) > _KEPT_TAIL or self._tail_size > len(self._base) + 2**20:
            self._rebase()

    def _rebase(self) -> None:
        self._base = self._doc.get_update()
        self._tail = []
        self._tail_size = 0


class _Writing:
    """A transaction of the engine's own, as a context."""

    def __init__(self, doc: Doc[Any]) -> None:
        self._txn = doc._doc.create_transaction()

    def __enter__(self) -> Transaction:
        return self._txn

    def __exit__(self, *_: object) -> None:
        self._txn.commit()
        self._txn.drop()


class _Trace:
    """What the last transaction did. It knows neither the document nor the paper, so that the
    engine, which holds on to it, does not hold on to them."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.updates: list[bytes] = []
        self.touched: dict[int, XmlElement] = {}
        self.moved: set[str] = set()
        self.foreign = False

    def changed(self, event: Any) -> None:
        self.updates.append(event.update)

    def within(self, root: str) -> Callable[[list[Any]], None]:
        def observed(events: list[Any]) -> None:
            for event in events:
                node = event.target
                if isinstance(node, XmlFragment):
                    self.moved.add(root)
                    self.foreign = self.foreign or bool(event.keys)
                    continue
                above = node.parent()
                while above is not None and not isinstance(above, XmlFragment):
                    node, above = above, above.parent()
                if above is not None:
                    self.touched[hash(node)] = node

        return observed


class _Dirty(Exception):
    """The document holds what it must not. `reason` is what to tell whoever sent it."""

    def __init__(self, reason: OutOfSchema) -> None:
        super().__init__(reason.say)
        self.reason = reason


@dataclass(slots=True)
class _Admitted:
    """An update that was read and fits onto what has arrived."""

    index: int
    author: str
    read: Update


class _Step:
    """What some transactions did, before it is believed: the paper does not know of it yet."""

    def __init__(self, paper: Paper) -> None:
        self._paper = paper
        self.orders: dict[str, list[int]] = {}
        self.nodes: dict[int, XmlElement] = {}
        self.removed: dict[int, None] = {}
        self.authors: dict[int, set[str]] = {}
        self.readings: dict[int, Reading] = {}
        self.updates: list[bytes] = []
        self._under: dict[int, str] = {}

    def run(self, author: str, act: Callable[[Transaction], None]) -> None:
        """One transaction, and what it touched."""
        trace = self._paper._trace
        trace.clear()
        try:
            with _Writing(self._paper._doc) as txn:
                act(txn)
        except (KeyboardInterrupt, SystemExit, MemoryError):
            raise
        except BaseException as error:
            # The engine panics on a few malformed updates, which is no Exception.
            raise _Dirty(malformed()) from error
        if trace.foreign:
            raise _Dirty(foreign("an attribute on the whole text"))
        self.updates += trace.updates
        for key, node in trace.touched.items():
            self._touch(key, node, author)
        if trace.moved:
            with _Writing(self._paper._doc) as txn:
                for root in trace.moved:
                    self._reorder(root, author, txn)

    def _touch(self, key: int, node: XmlElement, author: str) -> None:
        self.nodes[key] = node
        self.authors.setdefault(key, set()).add(author)

    def _reorder(self, root: str, author: str, txn: Transaction) -> None:
        """Read again which elements stand where. The engine says what changed, too, but counts
        wrongly among words that contradict each other; an id must never go to the wrong passage."""
        old = self.orders.get(root)
        if old is None:
            old = self._paper._orders[root]
        children = self._paper._roots[root].children(txn)
        nodes = {hash(node): node for node in children if isinstance(node, XmlElement)}
        if len(nodes) != self._paper._roots[root].len(txn):
            raise _Dirty(foreign("text between the passages"))
        stood = set(old)
        for key in stood - nodes.keys():
            self.removed[key] = None
            self.authors.setdefault(key, set()).add(author)
        for key in nodes.keys() - stood:
            self.removed.pop(key, None)
            self._under[key] = root
            self._touch(key, nodes[key], author)
        self.orders[root] = list(nodes)

    def read(self) -> None:
        """Read what was touched; raises `_Dirty` when something in it is not ours."""
        paper = self._paper
        with _Writing(paper._doc) as txn:
            for key, node in self.nodes.items():
                if key in self.removed:
                    continue
                self.readings[key] = reading = elements.read(node, txn)
                before = paper._readings.get(key)
                if reading.fault and (before is None or not before.fault):
                    raise _Dirty(foreign(reading.fault))
                if reading.size > MOST_CHARACTERS and (
                    before is None or reading.size > before.size
                ):
                    raise _Dirty(_too_long())
                if before is None and (self._under[key] == TEXT) != (
                    elements.tag_of(node) in BLOCKS
                ):
                    raise _Dirty(
                        foreign(f"an element named “{elements.tag_of(node)}” at the wrong place")
                    )
        for root, order in self.orders.items():
            if len(order) > MOST_PASSAGES and len(order) > len(paper._orders[root]):
                raise _Dirty(_too_many())


class _Turn:
    """One batch on its way into a paper."""

    def __init__(self, paper: Paper) -> None:
        paper._know()
        self._paper = paper
        self._order = paper.order
        self._read: dict[int, Update] = {}
        self._ahead: dict[int, int] = {}
        self._admitted: list[_Admitted] = []
        self._refused: list[tuple[int, OutOfSchema]] = []
        self._cut: dict[int, bytes] = {}
        self._updates: list[bytes] = []
        self._repairs: list[bytes] = []
        self._added = 0
        # By element: who touched it, and the id it had; by id: what it was before this batch.
        self._authors: dict[int, set[str]] = {}
        self._held: dict[int, str | None] = {}
        self._before: dict[str, Reading | None] = {}
        self._writers: dict[str, set[str]] = {}
        self._unsettled = paper._astray
        self._named = False
        self._moved = False

    # --- updates in

    def admit(self, index: int, data: bytes, author: str) -> bool:
        """Look at an update. False when it builds on what has not arrived (yet)."""
        paper = self._paper
        try:
            update = self._read.get(index)
            if update is None:
                update = self._read[index] = Update(data)
            own = paper._doc.client_id
            if any(c == own and end > paper._clocks.get(own, 0) for c, _, end in update.spans):
                raise malformed("it was written in the name of the server")
            clocks = self._clocks()
            ends = update.after(clocks)
            if ends is None:
                return False
            paper._halves.check(update, clocks)
            if update.repeats(clocks):
                update = update.rest(clocks)
                self._cut[index] = update.data
            if update.spans and paper._size() + self._added + update.size > MOST_DOCUMENT:
                self._weigh(update)
        except OutOfSchema as reason:
            self.refuse(index, reason)
            return True
        self._added += update.size
        self._ahead.update(ends)
        paper._halves.add(update.halves)
        self._admitted.append(_Admitted(index, author, update))
        return True

    def refuse(self, index: int, reason: OutOfSchema) -> None:
        self._refused.append((index, reason))

    def _clocks(self) -> Mapping[int, int]:
        return ChainMap(self._ahead, self._paper._clocks) if self._ahead else self._paper._clocks

    def _weigh(self, update: Update) -> None:
        """The estimate says too large: take the exact size, and refuse what is too much."""
        paper = self._paper
        paper._rebase()
        if paper._size() + self._added + update.size > MOST_DOCUMENT:
            raise OutOfSchema(
                "too-large",
                "The text is too large for one document. Words can still be taken out.",
            )

    @property
    def crooked(self) -> bool:
        """Whether something that was taken may come out differently for newcomers."""
        return any(one.read.crooked for one in self._admitted)

    # --- into the document

    def take(self) -> None:
        """Apply what was admitted: all at once, and one by one only when something is wrong."""
        if not self._admitted:
            return
        by_author: dict[str, list[bytes]] = {}
        for one in self._admitted:
            by_author.setdefault(one.author, []).append(one.read.data)
        step = _Step(self._paper)
        try:
            for author, datas in by_author.items():
                step.run(author, self._applying(datas))
            self._check_clocks(self._admitted)
            step.read()
        except _Dirty:
            self._one_by_one()
            return
        self._believe(step)
        self._paper._clocks.update(self._ahead)

    def _applying(self, datas: Sequence[bytes]) -> Callable[[Transaction], None]:
        engine = self._paper._doc._doc

        def act(txn: Transaction) -> None:
            for data in datas:
                engine.apply_update(txn, data)

        return act

    def _check_clocks(self, admitted: Iterable[_Admitted]) -> None:
        """Parts of different clients that build on one another in a circle never arrive."""
        if all(len(one.read.spans) < 2 for one in admitted):
            return
        if read_state_vector(self._paper._doc.get_state()) != {
            **self._paper._clocks,
            **self._ahead,
        }:
            raise _Dirty(malformed("it builds on itself"))

    def _one_by_one(self) -> None:
        paper = self._paper
        paper._go_back()
        guilty: dict[str, OutOfSchema] = {}
        for one in self._admitted:
            self._ahead = {}
            reason = guilty.get(one.author)
            ends = None if reason else one.read.after(paper._clocks)
            if ends is None:
                self.refuse(one.index, reason or _gap())
                paper._halves.drop(one.read.halves)
                continue
            self._ahead = ends
            step = _Step(paper)
            try:
                step.run(one.author, self._applying([one.read.data]))
                self._check_clocks([one])
                step.read()
            except _Dirty as dirty:
                # Going back takes a while: whoever sent one such update does not get it twice.
                guilty[one.author] = dirty.reason
                self.refuse(one.index, dirty.reason)
                paper._halves.drop(one.read.halves)
                paper._go_back()
                continue
            self._believe(step)
            paper._clocks.update(ends)

    def make(self, edits: Sequence[Edit], author: str) -> None:
        """Edits of the server's own."""
        paper = self._paper
        if self._unsettled:
            # Edits name passages by their ids.
            self._settle()
        self._named = True
        step = _Step(paper)

        def act(txn: Transaction) -> None:
            desk = Desk(
                txn,
                paper._roots[TEXT],
                {paper._readings[key].id: paper._nodes[key] for key in paper._orders[TEXT]},
                paper._roots[VARIANTS],
                {paper._readings[key].id: paper._nodes[key] for key in paper._orders[VARIANTS]},
            )
            for edit in edits:
                desk.perform(edit)

        try:
            step.run(author, act)
            step.read()
        except _Dirty as dirty:
            self._paper._go_back()
            raise dirty.__cause__ or dirty.reason from None
        self._believe(step)
        self._count(step.updates)

    def compare(self) -> None:
        """Write anew the elements that a newcomer would read differently, or elsewhere."""
        paper = self._paper
        newcomer = Paper(paper._doc.get_update())
        newcomer._know()
        wrong: dict[str, dict[int, int]] = {}
        for name, keys in paper._orders.items():
            found = newcomer._orders[name]
            places = {key: place for place, key in enumerate(found)}
            stay = increasing([places.get(key, -1) for key in keys])
            kept = {keys[place] for place in stay if keys[place] in places}
            bad = {
                key: place
                for place, key in enumerate(keys)
                if key not in kept or paper._readings[key] != newcomer._readings[key]
            }
            if bad:
                wrong[name] = bad
        newcomer.close()
        if not wrong:
            return

        def act(txn: Transaction) -> None:
            for name, bad in wrong.items():
                root = paper._roots[name]
                for key, place in bad.items():
                    elements.copy(root, place, paper._nodes[key], paper._readings[key], txn)
                    root.remove_range(txn, place + 1, 1)

        step = _Step(paper)
        step.run("", act)
        step.read()
        self._believe(step)
        self._repairs += step.updates
        self._count(step.updates)

    def _count(self, updates: Iterable[bytes]) -> None:
        """The server's own clock, after it wrote these updates."""
        own = self._paper._doc.client_id
        told = read_state_vector(self._paper._doc.get_state())
        if own in told:
            self._paper._clocks[own] = told[own]
        for update in updates:
            self._paper._halves.add(Update(update, trusted=True).halves)

    def _believe(self, step: _Step) -> None:
        """A step is part of the document: let the paper know."""
        paper = self._paper
        for update in step.updates:
            paper._keep(update)
        self._updates += step.updates
        for key in step.removed:
            old = paper._readings.pop(key, None)
            paper._nodes.pop(key, None)
            if old is not None:
                self._note(key, old)
                if paper._ids.get(old.id) == key:
                    self._writers.setdefault(old.id, set()).update(step.authors[key])
            self._unsettled = True
        for key, reading in step.readings.items():
            old = paper._readings.get(key)
            self._note(key, old)
            self._authors.setdefault(key, set()).update(step.authors[key])
            if old is None or old.id != reading.id:
                self._unsettled = True
                holder = paper._ids.get(reading.id)
                if holder is not None and holder in paper._readings:
                    self._before.setdefault(reading.id, paper._readings[holder])
                else:
                    self._before.setdefault(reading.id, None)
            paper._readings[key] = reading
            paper._nodes[key] = step.nodes[key]
        if step.orders:
            paper._orders.update(step.orders)
            paper._order = None
            self._moved = True

    def _note(self, key: int, old: Reading | None) -> None:
        """Remember what an element was before this batch."""
        if key in self._held:
            return
        if old is None:
            self._held[key] = None
            return
        owns = self._paper._ids.get(old.id) == key
        self._held[key] = old.id if owns else None
        if owns:
            self._before.setdefault(old.id, old)

    # --- ids

    def _settle(self) -> None:
        """Give every element its own id, and forget those that are gone."""
        paper = self._paper
        self._unsettled = False
        places = {key: place for place, key in enumerate(paper._orders[TEXT])}
        asked = {key for key in self._held if key in places}
        if paper._astray:
            asked |= {k for k in places if paper._ids.get(paper._readings[k].id) != k}
        for key in tuple(asked):
            holder = paper._ids.get(paper._readings[key].id)
            if holder in places:
                asked.add(holder)
        before = {
            id: old.wording.plain
            for id, old in self._before.items()
            if old is not None and not old.of
        }
        claims = []
        for key in sorted(asked, key=places.__getitem__):
            reading = paper._readings[key]
            held = self._held.get(key, reading.id if paper._ids.get(reading.id) == key else None)
            claims.append(Claim(key, reading.id, held, reading.wording.plain))
            if held and key not in self._held:
                before[held] = reading.wording.plain
                self._before.setdefault(held, reading)

        def taken(id: str) -> bool:
            holder = paper._ids.get(id)
            return holder is not None and holder in paper._readings and holder not in asked

        if self._named:
            # The server's own edits name passages as they mean them.
            given = {claim.key: claim.id for claim in claims}
        else:
            given = settle(claims, before, taken=taken, lately=paper._gone)
        lost = {*self._before, *(claim.held for claim in claims if claim.held)}
        for id in lost & paper._ids.keys():
            key = paper._ids[id]
            bears = paper._readings[key].id if key in paper._readings else ""
            if given.get(key, bears) != id:
                del paper._ids[id]
        for key, id in given.items():
            paper._ids[id] = key
        self._settle_variants(given)
        self._write(given)
        paper._astray = False
        paper._order = None
        self._moved = True
        for id, old in self._before.items():
            if id in paper._ids:
                paper._gone.drop(id)
            elif old is not None and not old.of:
                paper._gone.add(id, old.wording.plain)

    def _settle_variants(self, given: dict[int, str]) -> None:
        paper = self._paper
        for key in paper._orders[VARIANTS]:
            reading = paper._readings[key]
            if paper._ids.get(reading.id) == key:
                continue
            held = self._held.get(key)
            for id in (reading.id, held):
                if id and is_id(id) and paper._ids.get(id) in (None, key):
                    break
            else:
                id = new_id()
            given[key] = id
            paper._ids[id] = key

    def _write(self, given: Mapping[int, str]) -> None:
        """Put the ids that were given out into the document."""
        paper = self._paper
        wrong = {key: id for key, id in given.items() if paper._readings[key].id != id}
        if not wrong:
            return
        paper._trace.clear()
        with _Writing(paper._doc) as txn:
            for key, id in wrong.items():
                paper._nodes[key].insert_attribute(txn, "id", id)
        for key, id in wrong.items():
            old = paper._readings[key]
            paper._readings[key] = old._replace(id=id)
            self._before.setdefault(id, None)
        for update in paper._trace.updates:
            paper._keep(update)
        self._count(paper._trace.updates)
        self._updates += paper._trace.updates
        self._repairs += paper._trace.updates

    # --- out

    def outcome(self) -> Outcome:
        paper = self._paper
        if self._unsettled:
            self._settle()
        for key, authors in self._authors.items():
            reading = paper._readings.get(key)
            if reading is not None:
                self._writers.setdefault(reading.id, set()).update(authors)
        written = []
        for id, old in self._before.items():
            new = paper._reading(id)
            if old == new:
                continue
            self._writers.setdefault(id, {one.author for one in self._admitted})
            written.append(_written(id, old, new))
        order = None
        if self._moved and paper.order != self._order:
            order = paper.order
        names = {one.id for one in written}
        refused = dict(self._refused)
        result = Outcome(
            merged=_merged(self._updates),
            written=tuple(written),
            order=order,
            writers={id: frozenset(who) for id, who in self._writers.items() if id in names},
            refused=tuple(sorted(refused.items())),
            repairs=_merged(self._repairs),
            cut={index: data for index, data in self._cut.items() if index not in refused},
        )
        paper._rest()
        return result


def _elements(root: XmlFragment, txn: Transaction) -> list[XmlElement]:
    return [node for node in root.children(txn) if isinstance(node, XmlElement)]


def _merged(updates: Sequence[bytes]) -> bytes:
    if not updates:
        return b""
    return updates[0] if len(updates) == 1 else merge_updates(*updates)


def _written(id: str, old: Reading | None, new: Reading | None) -> Written:
    now = new or old
    return Written(
        id=id,
        of=now.of if now is not None else "",
        wording=None if new is None else new.wording,
        digest="" if new is None else new.wording.digest,
        label="" if new is None else new.label,
        before="" if old is None else old.wording.plain,
        after="" if new is None else new.wording.plain,
    )


def _gap() -> OutOfSchema:
    return OutOfSchema("gap", "Something that this builds on has not arrived yet.")


def _too_long() -> OutOfSchema:
    return OutOfSchema(
        "passage-limit",
        f"A passage can have at most {MOST_CHARACTERS:,} characters. Part it into several.",
    )


def _too_many() -> OutOfSchema:
    return OutOfSchema("passage-limit", f"A text can have at most {MOST_PASSAGES:,} passages.")
