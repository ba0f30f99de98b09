"""The state of a commission's agreement: a function of the events, kept up to date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, Self

from folkmoot.algorithms.consent.act import ACTS, JUDGED
from folkmoot.algorithms.consent.book import Book
from folkmoot.algorithms.consent.candidate import Call, Candidate
from folkmoot.algorithms.consent.charter import Charter
from folkmoot.algorithms.consent.event import Event
from folkmoot.algorithms.consent.guard import GUARDS
from folkmoot.algorithms.consent.passage import Passage
from folkmoot.algorithms.consent.refusal import Refused
from folkmoot.algorithms.consent.standing import (
    Blocker,
    Need,
    OneAway,
    Standing,
    Why,
    blockers,
    needs,
    one_away,
    stand_of_all,
    waits,
)
from folkmoot.algorithms.consent.verdict import Status, Verdict

_PLAIN: Final = {"passage", "digest", "open"}

type Touched = frozenset[str]
"""The passages whose status may have changed."""


class State:
    """What has been said, and what is agreed because of it.

    It begins empty and takes in one event after the other; the same events always give the same
    state. Nothing agreed is ever stored in an event: it is computed from the stances.
    """

    __slots__ = ("_book", "_verdict")

    def __init__(self) -> None:
        self._book = Book()
        self._verdict = Verdict()

    # Taking events in

    def check(self, event: Event) -> None:
        """Raise `Refused` if this event may not come next. Changes nothing."""
        if type(event.seq) is not int or event.seq != self._book.head + 1:
            raise Refused("bad_sequence")
        guard = GUARDS.get(event.act)
        if guard is None:
            raise Refused("unknown_act")
        try:
            guard(self._book, self._verdict, event.payload)
        except (KeyError, TypeError, ValueError) as error:
            raise Refused("incomplete") from error

    def apply(self, event: Event) -> Touched:
        """Take one event in and return the passages whose status may have changed.

        Raises `Refused`, and then nothing has changed.
        """
        self.check(event)
        changed = ACTS[event.act](self._book, self._verdict, event)
        self._book.head = event.seq
        if event.act == "seat.joined":
            return self._verdict.nobody_agrees(self._book)
        if changed is None:
            self._verdict.settle(self._book)
            return frozenset(self._book.passages)
        return self._verdict.refresh(self._book, changed)

    def copy(self) -> State:
        """An independent state with the same past, for trying things out; takes microseconds."""
        other = State()
        other._book = self._book.copy()
        other._verdict = self._verdict.copy()
        return other

    def _read(self, events: Sequence[Event]) -> Self:
        """Take in all events at once: the same checks, and one verdict at the end.

        Stances are nearly all of a log, so the usual one - by a seat of the roster on the current
        wording of an open passage, without conditions - is taken in right here, exactly as its
        guard and its act would; so is a new passage. Everything else goes through those.
        """
        book, verdict = self._book, self._verdict
        passages, agreeing = book.passages, book.agreeing
        for number, event in enumerate(events, 1):
            seq, act, payload = event
            if act == "stance.given" and seq == number:
                try:
                    passage = passages[payload["passage"]]
                    if passage.fast == payload["digest"] and "conditions" not in payload:
                        seat = payload["seat"]
                        passage.yes |= agreeing[payload["stance"]][seat]
                        passage.words[seat] = event
                        if passage.objections:
                            passage.objections.pop(seat, None)
                        continue
                except (KeyError, TypeError):
                    # Not the usual stance; the guard will say what is the matter, if anything is.
                    pass
            elif act == "passage.added" and seq == number and payload.keys() == _PLAIN:
                name, digest, is_open = payload["passage"], payload["digest"], payload["open"]
                if (
                    type(name) is type(digest) is str
                    and type(is_open) is bool
                    and name
                    and digest
                    and name not in passages
                    and book.candidate is None
                ):
                    passages[name] = Passage(name, digest, is_open, book.blank.copy(), book.owner)
                    continue
            book.head = number - 1
            if act in JUDGED:
                verdict.settle(book)
            self.check(event)
            ACTS[act](book, verdict, event)
            agreeing = book.agreeing
        book.head = len(events)
        verdict.settle(book)
        return self

    # Reading

    @property
    def head(self) -> int:
        """The sequence number of the last event; 0 before the first."""
        return self._book.head

    @property
    def roster(self) -> frozenset[str]:
        """The seats whose agreement is needed."""
        return frozenset(self._book.seats)

    @property
    def charter(self) -> Charter:
        """The rule in force; before one is adopted, unanimity in private."""
        return self._book.charter

    @property
    def proposed_charter(self) -> Charter | None:
        """The change of the charter that waits for every seat, if there is one."""
        return self._book.proposal

    @property
    def candidate(self) -> Candidate | None:
        """The candidate being signed, if there is one."""
        return self._book.candidate

    @property
    def calls(self) -> Mapping[str, Call]:
        """Every call for consensus, by name."""
        return MappingProxyType(self._book.calls)

    @property
    def editions(self) -> Mapping[str | int, Candidate]:
        """What was published, by edition."""
        return MappingProxyType(self._book.editions)

    def passages(self) -> tuple[str, ...]:
        """All passages in the order they were added, withdrawn ones too."""
        return tuple(self._book.passages)

    def current(self, passage: str) -> str:
        """The digest of the current wording. Raises `Refused` ("unknown_passage")."""
        return self._record(passage).current

    def variants(self, passage: str) -> tuple[str, ...]:
        """The digests proposed beside the current one, in the order proposed."""
        return self._record(passage).variants

    def status(self, passage: str) -> Status:
        """Where a passage stands. Raises `Refused` ("unknown_passage")."""
        try:
            return self._verdict.statuses[passage]
        except KeyError as error:
            raise Refused("unknown_passage") from error

    def statuses(self) -> Mapping[str, Status]:
        """Where every passage stands: a view that follows the state and cannot be written to."""
        return MappingProxyType(self._verdict.statuses)

    def counts(self) -> Counter[Status]:
        """How many passages have each status."""
        return Counter(self._verdict.statuses.values())

    def included(self) -> dict[str, str]:
        """What an edition would contain now: passage to digest, in no particular order."""
        return self._verdict.included.copy()

    def standing(self, passage: str, digest: str | None = None) -> Standing:
        """Why a passage, or one of its variants, stands where it stands.

        Raises `Refused` ("unknown_passage", "unknown_variant").
        """
        record = self._record(passage)
        if digest not in (None, record.current, *record.variants):
            raise Refused("unknown_variant", current=record.current)
        return stand_of_all(self._book, self._verdict, record, digest or record.current)

    def needs(self, seat: str) -> list[Need]:
        """What waits for a seat, stale ones first. Raises `Refused` ("not_on_roster")."""
        if seat not in self._book.seats:
            raise Refused("not_on_roster")
        return needs(self._book, seat)

    def waits(self, seat: str, passage: str) -> Why | None:
        """Why a passage waits for a seat of the roster, as `needs` says it; None when it does not.
        Raises `Refused` ("unknown_passage", "not_on_roster")."""
        if seat not in self._book.seats:
            raise Refused("not_on_roster")
        return waits(self._record(passage), seat)

    def blockers(self, passage: str) -> tuple[Blocker, ...]:
        """Everything that keeps a passage out; empty when it is agreed."""
        return blockers(self._book, self._verdict, self._record(passage))

    def one_away(self) -> list[OneAway]:
        """Passages that one seat alone keeps out, by an answer given or missing."""
        return one_away(self._book, self._verdict)

    def last_accepted(self, seat: str, passage: str) -> str | None:
        """The digest a seat's standing on a passage rests on: the one it accepted in person.

        Where nothing stands, the digest it accepted last; `None` if it never accepted one. Use it
        to show what has changed since, and to measure whether an edit is still editorial.
        """
        return self._record(passage).last_accepted(seat)

    def price(self, passage: str) -> int:
        """How many counting stances an edit of substance would unsettle."""
        return (self._record(passage).yes & self._book.roster).bit_count()

    def _record(self, passage: str) -> Passage:
        try:
            return self._book.passages[passage]
        except KeyError as error:
            raise Refused("unknown_passage") from error


def replay(events: Iterable[Event]) -> State:
    """The state after all these events, from the first.

    Raises `Refused` at the first one that may not happen, as `State.apply` would.
    """
    return State()._read(events if isinstance(events, list | tuple) else list(events))
