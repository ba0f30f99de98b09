"""The ledger of a text, read and written through the consent rules.

The state of agreement is a pure function of a text's ledger. It is computed once per process and
kept up to date with the entries that have come since, so that a page costs one look at the head of
the ledger. Whoever records holds the ledger's row lock, so the order of events is the order in the
database, whatever the number of processes.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from folkmoot.algorithms.chain import GENESIS
from folkmoot.algorithms.consent import Event, State
from folkmoot.ledger.models import Act, Entry, Stream
from folkmoot.ledger.models.entry import opened

from .changes import announce
from .models import Text

KEPT = 16
"""How many texts' states one process keeps."""


REMEMBERED = 1000
"""Of how many entries it is remembered which passages they were about."""
_OF_ONE_PASSAGE = frozenset(
    {
        "edit.disputed",
        "passage.added",
        "passage.edited",
        "passage.restored",
        "passage.withdrawn",
        "stance.given",
        "variant.proposed",
        "variant.withdrawn",
    }
)
"""Acts that leave everything alone but the passages that `State.apply` says they touch."""

type Mark = tuple[object, int]
"""Where somebody had read to: in which computation of the state, and up to which entry."""


@dataclass
class _Held:
    state: State = field(default_factory=State)
    digest: str = GENESIS
    name: object = field(default_factory=object)
    touched: deque[tuple[int, frozenset[str] | None]] = field(
        default_factory=lambda: deque(maxlen=REMEMBERED)
    )

    def take(self, event: Event) -> None:
        """Apply an event and remember which passages it was about; None: perhaps all."""
        touched: frozenset[str] | None = self.state.apply(event)
        if event.act in _OF_ONE_PASSAGE and touched is not None:
            touched |= {str(event.payload["passage"])}
        else:
            touched = None
        self.touched.append((event.seq, touched))

    def since(self, mark: Mark | None) -> frozenset[str] | None:
        """The passages that what came after `mark` was about; None when that is not known."""
        if mark is None or mark[0] is not self.name:
            return None
        found: set[str] = set()
        for seq, touched in reversed(self.touched):
            if seq <= mark[1]:
                return frozenset(found)
            if touched is None:
                return None
            found |= touched
        return frozenset(found) if mark[1] == self.state.head else None


class _States:
    """The states this process holds, newest use last. One lock: Python computes one at a time."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._held: OrderedDict[str, _Held] = OrderedDict()

    def current(self, key: str) -> _Held:
        """The state up to the head of the ledger `key`. The lock must be held."""
        stream = Stream.objects.filter(key=key).first()
        held = self._held.get(key) or _Held()
        if stream is None:
            return _Held()
        if held.state.head > stream.head_seq or not self._catch_up(held, stream):
            # What is held was never committed (or the database was restored): start again.
            held = _Held()
            self._catch_up(held, stream)
        self._held[key] = held
        self._held.move_to_end(key)
        while len(self._held) > KEPT:
            self._held.popitem(last=False)
        return held

    def forget(self, key: str) -> None:
        self._held.pop(key, None)

    @staticmethod
    def _catch_up(held: _Held, stream: Stream) -> bool:
        """Apply what has come since. False when what is held is not a beginning of the ledger."""
        if held.state.head == stream.head_seq:
            return held.digest == stream.head_digest
        rows = (
            Entry.objects.filter(stream=stream, seq__gt=held.state.head)
            .order_by("seq")
            .values_list("seq", "act", "payload", "sealed", "previous", "digest")
        )
        for seq, act, payload, sealed, previous, digest in rows.iterator(chunk_size=5000):
            if previous != held.digest:
                return False
            held.take(Event(seq, act, opened(payload, sealed)))
            held.digest = digest
        return True


_states = _States()


@contextmanager
def reading(text: Text) -> Iterator[State]:
    """The state of agreement of a text, for reading only and only within the `with`."""
    with _states.lock:
        yield _states.current(text.stream_key).state


@contextmanager
def looking(text: Text) -> Iterator[tuple[State, str]]:
    """As `reading`, with the digest of the ledger's head, which names this state."""
    with _states.lock:
        held = _states.current(text.stream_key)
        yield held.state, held.digest


@contextmanager
def watching(
    text: Text, mark: Mark | None
) -> Iterator[tuple[State, str, Mark, frozenset[str] | None]]:
    """As `looking`, for somebody who comes again: with a mark for the next time, and the passages
    that the entries since `mark` were about (None: perhaps all)."""
    with _states.lock:
        held = _states.current(text.stream_key)
        yield held.state, held.digest, (held.name, held.state.head), held.since(mark)


@dataclass
class Recorder:
    """Checks events against the rules and gathers them for the ledger."""

    held: _Held
    actor: str
    acts: list[Act] = field(default_factory=list)
    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)
    followed: list[int] = field(default_factory=list)
    """The comments that followed their words, once all is recorded."""

    @property
    def state(self) -> State:
        """The state with all that was recorded so far."""
        return self.held.state

    def changed(self, passage: str, before: str | None, after: str | None) -> None:
        """Note the plain words of a passage before and after an act; None where it is not in the
        text. Comments follow their words when all acts of this recording are known."""
        known = passage in self.before or passage in self.after
        if before is not None and not known:
            self.before[passage] = before
        self.after.pop(passage, None)
        if after is not None:
            self.after[passage] = after

    def record(self, act: str, payload: Mapping[str, Any], **sealed: Mapping[str, Any]) -> int:
        """Record an act; keyword arguments are sealed under their names.

        Returns its sequence number. Raises `consent.Refused`, recording nothing, when the rules
        do not allow it.
        """
        return self.record_as(Act(act, self.actor, payload, sealed))

    def record_as(self, act: Act) -> int:
        """Record an act of any actor and time, as a loader of demo data or of an archive does."""
        fields = dict(act.payload)
        for value in act.sealed.values():
            fields.update(value)
        seq = self.state.head + 1
        self.held.take(Event(seq, act.act, fields))
        self.acts.append(act)
        return seq


@contextmanager
def recording(text: Text, actor: str) -> Iterator[Recorder]:
    """Record acts in the ledger of a text, inside a transaction. All are kept or none.

    The ledger's row is locked before the state is read, so two writers cannot both act on the same
    state; the state is locked after the row, so that no one waits in a circle.
    """
    stream = Stream.locked(text.stream_key)
    with _states.lock:
        held = _states.current(text.stream_key)
        recorder = Recorder(held, actor)
        try:
            yield recorder
            if recorder.acts:
                stream.extend(recorder.acts)
                held.digest = stream.head_digest
                announce(text.slug)
        except BaseException:
            if recorder.acts:
                _states.forget(text.stream_key)
            raise
    if recorder.before or recorder.after:
        # Here, because anchors build on comments, which build on passages, which record here.
        from .anchors import follow

        recorder.followed = follow(text.pk, recorder.before, recorder.after)
