"""Why a passage stands where it stands, and what it waits for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from folkmoot.algorithms.consent.book import Book
from folkmoot.algorithms.consent.passage import Passage, stance_of
from folkmoot.algorithms.consent.stance import Carried, Named, Stance, conditions_of
from folkmoot.algorithms.consent.verdict import Status, Verdict, locally_agreed


class Freshness(StrEnum):
    """How a seat's stance belongs to a wording."""

    FRESH = "fresh"
    """Given in person on exactly this wording."""
    REVIVED = "revived"
    """Given in person on exactly this wording, which then went and came back."""
    CARRIED = "carried"
    """Given in person on an earlier wording and carried over an editorial change."""
    STALE = "stale"
    """Given on a wording that is no longer on the table; counts for nothing."""
    MISSING = "missing"
    """Nothing was said yet."""


@dataclass(frozen=True, slots=True)
class Stand:
    """One seat and one wording.

    `seq` and `digest` name the event the stance rests on and the wording it was made on; `counts`
    says whether it counts as agreeing here and now.
    """

    seat: str
    state: Freshness
    stance: Stance | None = None
    seq: int | None = None
    digest: str | None = None
    counts: bool = False
    conditions: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True)
class Objection:
    """An open objection: whose, made on which wording by which event, and who answered it."""

    seat: str
    digest: str
    seq: int
    addressed_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Orphaned:
    """An objection whose seat left with event `since`; `waiting` have not spoken after it."""

    seat: str
    digest: str
    seq: int
    since: int
    waiting: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Failing:
    """A condition that does not hold: `seat` wants `digest` of `passage` to be in."""

    seat: str
    passage: str
    digest: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything a status rests on, for one wording of one passage.

    `stands` has every seat of the roster. `orphans` are those that still wait for somebody.
    `recall` says that a seat left since the last call for consensus and a new one is needed.
    `disputed_by` is the seat whose dispute took away what the last edit had carried. `failing` are
    the conditions that keep a locally agreed passage out. `missing` are the seats without a
    current stance.
    """

    passage: str
    digest: str
    status: Status
    stands: Mapping[str, Stand]
    objections: tuple[Objection, ...]
    orphans: tuple[Orphaned, ...]
    recall: bool
    disputed_by: str | None
    failing: tuple[Failing, ...]
    missing: tuple[str, ...]


class Why(StrEnum):
    """Why a passage waits for a seat, or what keeps it out."""

    STALE = "stale"
    ORPHAN = "orphan"
    NEVER_ANSWERED = "never answered"
    RECALL = "recall"
    CARRIED = "carried"
    OBJECTS = "objects"
    UNDECIDED = "undecided"
    STANDS_ASIDE = "stands aside"
    CONDITION = "condition"
    TIE = "tie"
    NOBODY = "nobody seated"
    NOT_OPEN = "not open"
    WITHDRAWN = "withdrawn"


_QUEUE: Final = (Why.STALE, Why.ORPHAN, Why.NEVER_ANSWERED, Why.RECALL, Why.CARRIED)


class Need(NamedTuple):
    """A passage that waits for a seat, and why."""

    passage: str
    why: Why


class Blocker(NamedTuple):
    """One thing that keeps a passage out.

    `seat` is whose answer would remove it, `None` when no seat's answer does; `needed` is the
    wording a condition asks for.
    """

    why: Why
    seat: str | None = None
    needed: Named | None = None


class OneAway(NamedTuple):
    """A passage that one seat alone keeps out, and how."""

    passage: str
    seat: str
    why: Why


def stand(book: Book, passage: Passage, seat: str, digest: str) -> Stand:
    """How one seat stands to a wording on the table."""
    word = passage.word(seat, digest)
    if word is None:
        earlier = _earlier(passage, seat)
        if earlier is None:
            return Stand(seat, Freshness.MISSING)
        seq, spoken_on, stance = earlier
        return Stand(seat, Freshness.STALE, Stance(stance), seq, spoken_on)
    counts = passage.counting(seat, digest, book.weights)
    if isinstance(word, Carried):
        return Stand(
            seat,
            Freshness.CARRIED,
            Stance(word.stance),
            word.seq,
            word.digest,
            counts,
            word.conditions,
        )
    returned = passage.past.returned.get(digest, 0) if passage.past else 0
    state = Freshness.REVIVED if word.seq < returned else Freshness.FRESH
    stance_given = Stance(stance_of(word))
    return Stand(seat, state, stance_given, word.seq, digest, counts, conditions_of(word))


def stand_of_all(book: Book, verdict: Verdict, passage: Passage, digest: str) -> Standing:
    """How every seat stands to a wording on the table, and what follows."""
    stands = {seat: stand(book, passage, seat, digest) for seat in book.seats}
    past = passage.past
    orphans = []
    for orphan in past.orphans if past else ():
        if orphan.follows or orphan.digest == digest:
            waiting = tuple(
                seat
                for seat, one in stands.items()
                if one.state in (Freshness.STALE, Freshness.MISSING)
                or (one.seq or 0) <= orphan.since
            )
            if waiting:
                orphans.append(
                    Orphaned(orphan.seat, orphan.digest, orphan.seq, orphan.since, waiting)
                )
    return Standing(
        passage=passage.identifier,
        digest=digest,
        status=_status(book, verdict, passage, digest),
        stands=stands,
        objections=tuple(
            Objection(
                seat,
                event.payload["digest"],
                event.seq,
                past.addressed.get(event.seq, ()) if past else (),
            )
            for seat, event in passage.objections_to(digest).items()
        ),
        orphans=tuple(orphans),
        recall=bool(passage.recall) or bool(past and digest in past.recalled),
        disputed_by=past.disputed[0]
        if past and past.disputed and digest == passage.current
        else None,
        failing=failing(book, verdict, passage) if digest == passage.current else (),
        missing=tuple(
            seat
            for seat, one in stands.items()
            if one.state in (Freshness.STALE, Freshness.MISSING)
        ),
    )


def failing(book: Book, verdict: Verdict, passage: Passage) -> tuple[Failing, ...]:
    """The conditions that keep a locally agreed passage out."""
    if passage.identifier not in verdict.candidates:
        return ()
    return tuple(
        Failing(seat, needed, digest)
        for seat, needed, digest in passage.conditions(book.seats)
        if verdict.included.get(needed) != digest
    )


def needs(book: Book, seat: str) -> list[Need]:
    """What waits for a seat of the roster: stale first, then in the order of `Why`, each in the
    order of the passages. An answer given in person to every one of them empties the list."""
    queue: dict[Why, list[Need]] = {why: [] for why in _QUEUE}
    for name, passage in book.passages.items():
        why = waits(passage, seat)
        if why is not None:
            queue[why].append(Need(name, why))
    return [need for why in _QUEUE for need in queue[why]]


def waits(passage: Passage, seat: str) -> Why | None:
    """Why a passage waits for a seat of the roster, if it does."""
    return None if passage.fast is None else _why(passage, seat)


def blockers(book: Book, verdict: Verdict, passage: Passage) -> tuple[Blocker, ...]:
    """Everything that keeps the current wording of a passage out."""
    if passage.withdrawn:
        return (Blocker(Why.WITHDRAWN),)
    if not passage.open:
        return (Blocker(Why.NOT_OPEN),)
    found = [] if book.seats else [Blocker(Why.NOBODY)]
    for seat in book.seats:
        why = _against(book, passage, seat)
        if why is not None:
            found.append(Blocker(why, seat))
    if passage.recall:
        found.append(Blocker(Why.RECALL))
    if passage.identifier in verdict.ties:
        found.append(Blocker(Why.TIE))
    found.extend(
        Blocker(Why.CONDITION, one.seat, (one.passage, one.digest))
        for one in failing(book, verdict, passage)
    )
    return tuple(found)


def one_away(book: Book, verdict: Verdict) -> list[OneAway]:
    """Passages with blockers of exactly one seat and no others, in the order of the passages."""
    found = []
    for name, passage in book.passages.items():
        if passage.fast is None or passage.recall or name in verdict.included:
            continue
        if (book.roster & ~passage.yes).bit_count() > 1 or len(passage.objections) > 1:
            continue
        against = blockers(book, verdict, passage)
        seats = {one.seat for one in against}
        if len(seats) == 1 and against[0].seat is not None:
            found.append(OneAway(name, against[0].seat, against[0].why))
    return found


def _status(book: Book, verdict: Verdict, passage: Passage, digest: str) -> Status:
    if digest == passage.current:
        return verdict.statuses[passage.identifier]
    if passage.withdrawn:
        return Status.WITHDRAWN
    if not passage.open:
        return Status.NOT_OPEN
    agreed = locally_agreed(book, passage)
    if digest in agreed:
        return Status.LOCALLY_AGREED if len(agreed) == 1 else Status.TIE
    return Status.CONTESTED if passage.objections_to(digest) else Status.AWAITING


def _earlier(passage: Passage, seat: str) -> tuple[int, str, str] | None:
    """The last a seat said of a wording that is no longer on the table, or that has lapsed."""
    table = (passage.current, *passage.variants)
    lapsed = passage.past.lapsed if passage.past else {}
    spoken = [
        (event.seq, digest, stance_of(event))
        for digest, event in passage.spoken(seat)
        if digest not in table or lapsed.get(digest, {}).get(seat) is event
    ]
    return max(spoken, default=None)


def _why(passage: Passage, seat: str) -> Why | None:
    word = passage.word(seat, passage.current)
    if word is None:
        return Why.NEVER_ANSWERED if _earlier(passage, seat) is None else Why.STALE
    if word.seq <= passage.floor:
        return Why.ORPHAN
    if word.seq < passage.recall:
        return Why.RECALL
    return Why.CARRIED if isinstance(word, Carried) else None


def _against(book: Book, passage: Passage, seat: str) -> Why | None:
    """How one seat keeps the current wording from being locally agreed, if it does."""
    if seat in passage.objections:
        return Why.OBJECTS
    word = passage.word(seat, passage.current)
    if word is None:
        return _why(passage, seat)
    if passage.counting(seat, passage.current, book.weights):
        return None
    stance = stance_of(word)
    if stance == Stance.UNDECIDED:
        return Why.UNDECIDED
    if stance == Stance.STAND_ASIDE and word.seq > passage.floor:
        return Why.STANDS_ASIDE
    return Why.ORPHAN
