"""Adding up steps of a log into sessions of editing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from folkmoot.algorithms.wording import Wording

PAUSE = timedelta(minutes=15)
"""Somebody who pauses this long begins another session."""


@dataclass(frozen=True, slots=True)
class Touch:
    """What one step did to one passage; None for words that are not there. `added` and `removed`
    are characters."""

    passage: str
    before: Wording | None
    after: Wording | None
    added: int = 0
    removed: int = 0
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One update or one entry: its number, who made it (None: the room itself) and when."""

    seq: int
    person: int | None
    at: datetime
    touches: tuple[Touch, ...]


@dataclass(slots=True)
class Touched:
    """What a session did to one passage, so far. The digests are empty where it was not there."""

    passage: str
    first: int
    last: int
    at: datetime
    before: str
    after: str
    added: int = 0
    removed: int = 0
    moved: bool = False


@dataclass(slots=True)
class Session:
    """A session of editing, so far. `pk` when it is stored already, with the passages that were
    touched before in `touched`; `changed` are those touched since."""

    person: int | None
    first: int
    last: int
    began: datetime
    ended: datetime
    added: int = 0
    removed: int = 0
    pk: int | None = None
    touched: dict[str, Touched] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)

    def goes_on(self, at: datetime) -> bool:
        """Whether a step at this time still belongs to it."""
        return at - self.ended < PAUSE


class Tally:
    """Takes steps in their order. `sessions` are those that were begun or went on."""

    def __init__(self, unfinished: Iterable[Session] = ()) -> None:
        """`unfinished`: the latest session of each person, which may go on."""
        self._latest = {session.person: session for session in unfinished}
        self.sessions: list[Session] = []
        self._known: set[int] = set()
        self._before: list[Wording] = []
        self._after: dict[tuple[int, str], tuple[Touched, Wording | None]] = {}

    def add(self, step: Step) -> None:
        session = self._session(step)
        session.last = max(session.last, step.seq)
        session.ended = max(session.ended, step.at)
        for touch in step.touches:
            self._touch(session, step, touch)

    def finish(self) -> list[Wording]:
        """Name the words that were left by their digests; returns the wordings behind every
        digest of what was touched."""
        for one, words in self._after.values():
            one.after = _digest(words)
        return [*self._before, *(words for _one, words in self._after.values() if words)]

    def _session(self, step: Step) -> Session:
        session = self._latest.get(step.person)
        if session is None or not session.goes_on(step.at):
            session = Session(step.person, step.seq, step.seq, step.at, step.at)
            self._latest[step.person] = session
        if id(session) not in self._known:
            self._known.add(id(session))
            self.sessions.append(session)
        return session

    def _touch(self, session: Session, step: Step, touch: Touch) -> None:
        one = session.touched.get(touch.passage)
        if one is None:
            before = _digest(touch.before)
            one = Touched(touch.passage, step.seq, step.seq, step.at, before, before)
            session.touched[touch.passage] = one
            if touch.before is not None:
                self._before.append(touch.before)
        # Most words stand for one keystroke only: a digest is made of those that stay.
        self._after[id(session), touch.passage] = one, touch.after
        one.last, one.at = step.seq, step.at
        one.added += touch.added
        one.removed += touch.removed
        one.moved |= touch.moved
        session.added += touch.added
        session.removed += touch.removed
        session.changed.add(touch.passage)


def _digest(wording: Wording | None) -> str:
    return "" if wording is None else wording.digest


def typed(before: str, after: str) -> tuple[int, int]:
    """Characters added and removed between two states of some words, taking the change to be in
    one place: what is left when the same beginning and the same end are set aside."""
    start = _alike(before, after)
    rest = min(len(before), len(after)) - start
    end = _alike(before[::-1][:rest], after[::-1][:rest])
    return len(after) - start - end, len(before) - start - end


def _alike(one: str, other: str) -> int:
    """How many characters two strings begin with in common, by halving."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
