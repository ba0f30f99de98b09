"""One passage as the state keeps it: its wordings, and what each seat has said of each.

A seat's word on a wording stands until that seat speaks of the passage again at a time when the
wording is not on the table, that is neither current nor proposed as a variant. So a stance on a
variant leaves the stance on the current wording alone, and going back to an earlier digest revives
exactly the stances of seats that have not spoken since it went.

An objection is more stubborn. Made on a wording that is, or becomes, the current one, it stays
against the passage through every edit until its seat speaks later of a current wording.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from folkmoot.algorithms.consent.event import Event
from folkmoot.algorithms.consent.stance import (
    AGREEING,
    COUNTS,
    Carried,
    Stance,
    carry,
    conditions_of,
    weakest,
)

LETS_STAND: Final = AGREEING | {Stance.STAND_ASIDE}


class Orphan(NamedTuple):
    """An objection whose seat has left.

    `seq` is the stance that opened it, `since` the departure: every seat of the roster has to
    speak after that. `follows` says whether it is against the passage, whatever its wording, or
    only against the wording `digest`, which was not the current one.
    """

    seat: str
    digest: str
    seq: int
    since: int
    follows: bool


class Past:
    """What a passage has once it was edited, got a variant or lost a seat; most never do."""

    __slots__ = (
        "addressed",
        "carried",
        "carrying",
        "disputed",
        "floor",
        "lapsed",
        "left",
        "orphans",
        "recalled",
        "returned",
        "shelf",
        "variants",
    )

    def __init__(self) -> None:
        self.variants: tuple[str, ...] = ()
        self.shelf: dict[str, dict[str, Event]] = {}
        """Stances on wordings other than the current one, by digest and seat."""
        self.lapsed: dict[str, dict[str, Event]] = {}
        """Stances that going back to their wording does not revive; kept for comparison only."""
        self.left: dict[str, int] = {}
        """When a wording went from the table, by digest."""
        self.returned: dict[str, int] = {}
        """When a wording came back to the table, by digest."""
        self.carried: dict[str, Carried] = {}
        self.carrying = False
        self.disputed: tuple[str, int] | None = None
        self.orphans: tuple[Orphan, ...] = ()
        self.floor = 0
        """Stances on the current wording count only from events after this one."""
        self.addressed: dict[int, tuple[str, ...]] = {}
        self.recalled: dict[str, int] = {}
        """Other wordings a seat left without agreeing to, and when: they need a new call too."""

    def copy(self) -> Past:
        """The same past, sharing nothing that can change."""
        other = Past()
        other.variants = self.variants
        other.shelf = {digest: dict(words) for digest, words in self.shelf.items()}
        other.lapsed = {digest: dict(words) for digest, words in self.lapsed.items()}
        other.left = dict(self.left)
        other.returned = dict(self.returned)
        other.carried = dict(self.carried)
        other.carrying = self.carrying
        other.disputed = self.disputed
        other.orphans = self.orphans
        other.floor = self.floor
        other.addressed = dict(self.addressed)
        other.recalled = dict(self.recalled)
        return other


class Passage:
    """The record of one passage. Seats are bits in `yes`; which bit is whose, the book knows."""

    __slots__ = (
        "conditional",
        "current",
        "fast",
        "identifier",
        "objections",
        "open",
        "owner",
        "past",
        "recall",
        "withdrawn",
        "words",
        "yes",
    )

    def __init__(
        self,
        identifier: str,
        current: str,
        open: bool,
        words: dict[str, Event | None],
        owner: object,
    ) -> None:
        self.identifier = identifier
        self.current = current
        self.fast = current if open else None
        """The current digest while stances may be given, else nothing: one test for three."""
        self.open = open
        self.withdrawn = False
        self.words = words
        """Stances given in person on the current wording."""
        self.yes = 0
        """Seats whose stance on the current wording counts, in person or carried."""
        self.objections: dict[str, Event] = {}
        """Open objections against the passage as it is, by seat."""
        self.recall = 0
        """The departure since which a new call is needed, or 0."""
        self.conditional = False
        """Whether any stance here ever named a condition."""
        self.past: Past | None = None
        self.owner = owner

    def copy(self, owner: object) -> Passage:
        """The same record for another owner, sharing nothing that can change."""
        other = Passage(self.identifier, self.current, self.open, dict(self.words), owner)
        other.fast = self.fast
        other.withdrawn = self.withdrawn
        other.yes = self.yes
        other.objections = dict(self.objections)
        other.recall = self.recall
        other.conditional = self.conditional
        other.past = self.past and self.past.copy()
        return other

    def history(self) -> Past:
        """The past of this passage, begun if there was none."""
        if self.past is None:
            self.past = Past()
        return self.past

    @property
    def variants(self) -> tuple[str, ...]:
        """Digests proposed beside the current one, in the order proposed."""
        return self.past.variants if self.past else ()

    @property
    def floor(self) -> int:
        """The departure after which stances must be given because of an orphaned objection."""
        return self.past.floor if self.past else 0

    # Reading

    def word(self, seat: str, digest: str) -> Event | Carried | None:
        """What a seat's stance on a wording on the table rests on, if it has one."""
        if digest != self.current:
            return self.past.shelf.get(digest, {}).get(seat) if self.past else None
        spoken = self.words.get(seat)
        if spoken is not None or self.past is None:
            return spoken
        return self.past.carried.get(seat)

    def counting(self, seat: str, digest: str, weights: Mapping[str, int]) -> bool:
        """Whether that seat's stance on a wording on the table counts as agreeing."""
        word = self.word(seat, digest)
        return (
            word is not None
            and weights[stance_of(word)] == COUNTS
            and word.seq > self.floor_of(digest)
        )

    def floor_of(self, digest: str) -> int:
        """As `floor`, for any wording on the table."""
        if self.past is None:
            return 0
        side = (o.since for o in self.past.orphans if o.digest == digest)
        return max(self.past.floor, max(side, default=0))

    def objections_to(self, digest: str) -> dict[str, Event]:
        """Open objections against a wording on the table, by seat."""
        if digest == self.current or self.past is None:
            return self.objections
        spoken = self.past.shelf.get(digest, {})
        against = {
            seat: objection
            for seat, objection in self.objections.items()
            if seat not in spoken or spoken[seat].seq < objection.seq
        }
        against.update(
            (seat, event) for seat, event in spoken.items() if stance_of(event) == Stance.OBJECT
        )
        return against

    def opened_by(self, seat: str) -> set[int]:
        """The events with which a seat opened its objections to what is on the table."""
        against = (self.objections_to(digest) for digest in (self.current, *self.variants))
        return {objections[seat].seq for objections in against if seat in objections}

    def spoken(self, seat: str) -> Iterator[tuple[str, Event]]:
        """Every stance kept of a seat, with its digest; the lapsed too."""
        event = self.words.get(seat)
        if event is not None:
            yield self.current, event
        if self.past is not None:
            for digest, words in self.past.shelf.items():
                if seat in words:
                    yield digest, words[seat]
            for digest, words in self.past.lapsed.items():
                if seat in words:
                    yield digest, words[seat]

    def last_accepted(self, seat: str) -> str | None:
        """The digest a seat's standing rests on, or else the last it accepted in person."""
        spoken = self.words.get(seat)
        if spoken is not None and stance_of(spoken) in LETS_STAND:
            return self.current
        if spoken is None and self.past and seat in self.past.carried:
            carried = self.past.carried[seat]
            if carried.stance in LETS_STAND:
                return carried.digest
        latest: dict[str, Event] = {}
        for digest, event in self.spoken(seat):
            if digest not in latest or event.seq > latest[digest].seq:
                latest[digest] = event
        accepted = [(e.seq, d) for d, e in latest.items() if stance_of(e) in LETS_STAND]
        return max(accepted)[1] if accepted else None

    # Changing

    def say(self, seat: str, event: Event, digest: str, bit: int, weight: int) -> None:
        """Take a stance in; the guard has seen to it that the wording is on the table."""
        if event.payload.get("conditions"):
            self.conditional = True
        if digest != self.current:
            self.history().shelf.setdefault(digest, {})[seat] = event
            return
        self.words[seat] = event
        if weight == COUNTS:
            self.yes |= bit
        else:
            self.yes &= ~bit
        if stance_of(event) == Stance.OBJECT:
            self.objections[seat] = event
        else:
            self.objections.pop(seat, None)

    def edit(
        self,
        seq: int,
        after: str,
        *,
        carrying: bool,
        beyond: Collection[str],
        joined: Sequence[Passage],
        seats: Mapping[str, int],
        weights: Mapping[str, int],
    ) -> None:
        """Put another wording in the place of the current one.

        `carrying` edits let stances stand, save those of the seats `beyond`. `joined` are the
        passages whose words are merged into this one: a stance stands only if the seat has one on
        each of them, and their objections, recalls and orphans come along.
        """
        past = self.history()
        carried = self._carried((self, *joined), seats, beyond) if carrying else {}
        for other in joined:
            self.inherit(other)
        before = {seat: event for seat, event in self.words.items() if event is not None}
        if before:
            past.shelf[self.current] = before
        past.left[self.current] = seq
        past.returned.pop(self.current, None)
        if after in past.variants:
            past.variants = tuple(v for v in past.variants if v != after)
        else:
            self.bring_back(seq, after)
        own = past.shelf.pop(after, None) or {}
        self.words = dict(own)
        self.current = after
        self.fast = after if self.open else None
        past.carried = {seat: word for seat, word in carried.items() if seat not in own}
        past.carrying = carrying
        past.disputed = None
        self.recall = max(self.recall, past.recalled.pop(after, 0))
        for seat, event in own.items():
            if seat not in seats:
                continue
            if stance_of(event) == Stance.OBJECT:
                self.objections[seat] = event
            elif seat in self.objections and self.objections[seat].seq < event.seq:
                del self.objections[seat]
        if any(o.digest == after and not o.follows for o in past.orphans):
            past.orphans = tuple(
                o._replace(follows=o.follows or o.digest == after) for o in past.orphans
            )
            past.floor = max(o.since for o in past.orphans if o.follows)
        if own or carried:
            self.recount(seats, weights)
        else:
            self.yes = 0

    def inherit(self, other: Passage) -> None:
        """Take over what stands against another passage whose words this one now has."""
        for seat, objection in other.objections.items():
            if seat not in self.objections or self.objections[seat].seq < objection.seq:
                self.objections[seat] = objection
            if other.past and objection.seq in other.past.addressed:
                self.history().addressed[objection.seq] = other.past.addressed[objection.seq]
        self.recall = max(self.recall, other.recall)
        self.conditional = self.conditional or other.conditional
        if other.floor and other.past:
            past = self.history()
            past.orphans += tuple(o for o in other.past.orphans if o.follows)
            past.floor = max(past.floor, other.floor)

    def split_from(
        self, other: Passage, seats: Mapping[str, int], weights: Mapping[str, int]
    ) -> None:
        """Begin with what stands for and against the passage these words were part of."""
        past = self.history()
        past.carried = self._carried((other,), seats, ())
        past.carrying = True
        self.inherit(other)
        self.recount(seats, weights)

    def dispute(
        self, seat: str, seq: int, seats: Mapping[str, int], weights: Mapping[str, int]
    ) -> None:
        """Make the edit that led to the current wording one of substance."""
        past = self.history()
        past.carried = {}
        past.disputed = (seat, seq)
        self.recount(seats, weights)

    def bring_back(self, seq: int, digest: str) -> None:
        """Put a wording on the table again: stances of seats that spoke meanwhile have lapsed."""
        past = self.history()
        left = past.left.pop(digest, None)
        if left is None:
            return
        past.returned[digest] = seq
        words = past.shelf.get(digest, {})
        for seat in list(words):
            if self._latest(seat) > left:
                past.lapsed.setdefault(digest, {})[seat] = words.pop(seat)

    def take_away(self, seq: int, digest: str) -> None:
        """Take a variant off the table."""
        past = self.history()
        past.variants = tuple(v for v in past.variants if v != digest)
        past.left[digest] = seq
        past.returned.pop(digest, None)

    def call_back(self, seq: int, agreed: bool) -> None:
        """Ask for a new call after a departure, for every wording that was not agreed."""
        if not agreed:
            self.recall = seq
        if self.past is not None and (self.past.shelf or self.past.variants):
            wordings = (*self.past.shelf, *self.past.variants)
            self.past.recalled.update(dict.fromkeys(wordings, seq))

    def call(self) -> None:
        """Note that the seats were called to answer since anybody left."""
        self.recall = 0
        if self.past is not None:
            self.past.recalled = {}

    def orphan(self, seat: str, seq: int) -> bool:
        """Turn the objections of a seat that leaves into orphans; whether there were any."""
        past = self.past
        if past is None and seat not in self.objections:
            return False
        orphans = []
        objection = self.objections.pop(seat, None)
        if objection is not None:
            orphans.append(Orphan(seat, objection.payload["digest"], objection.seq, seq, True))
        if past is not None:
            for digest, words in past.shelf.items():
                event = words.get(seat)
                if event is None or event is objection or stance_of(event) != Stance.OBJECT:
                    continue
                left = past.left.get(digest)
                if left is None or self._latest(seat) <= left:
                    orphans.append(Orphan(seat, digest, event.seq, seq, False))
        if orphans:
            past = self.history()
            past.orphans += tuple(orphans)
            past.floor = max((o.since for o in past.orphans if o.follows), default=0)
        return bool(orphans)

    def forget(self, seat: str) -> None:
        """Drop what an earlier holder of a seat said, before somebody new takes it."""
        self.words.pop(seat, None)
        if self.past is not None:
            self.past.carried.pop(seat, None)
            for words in (*self.past.shelf.values(), *self.past.lapsed.values()):
                words.pop(seat, None)

    def recount(self, seats: Mapping[str, int], weights: Mapping[str, int]) -> None:
        """Work out anew which seats' stances on the current wording count."""
        self.yes = 0
        for seat, bit in seats.items():
            if self.counting(seat, self.current, weights):
                self.yes |= bit

    def conditions(self, seats: Collection[str]) -> list[tuple[str, str, str]]:
        """What the seats' stances on the current wording ask for: (seat, passage, digest)."""
        found: list[tuple[str, str, str]] = []
        if self.conditional:
            for seat in seats:
                word = self.word(seat, self.current)
                if word is not None:
                    wanted = word.conditions if isinstance(word, Carried) else conditions_of(word)
                    found.extend((seat, passage, digest) for passage, digest in wanted)
        return found

    @staticmethod
    def _carried(
        sources: Sequence[Passage], seats: Mapping[str, int], beyond: Collection[str]
    ) -> dict[str, Carried]:
        carried = {}
        for seat in seats:
            if seat in beyond:
                continue
            words = [source.word(seat, source.current) for source in sources]
            found = [w for w in words if w is not None and stance_of(w) != Stance.OBJECT]
            if len(found) == len(sources):
                carried[seat] = (
                    carry(found[0]) if len(found) == 1 else weakest([carry(w) for w in found])
                )
        return carried

    def _latest(self, seat: str) -> int:
        return max((event.seq for _, event in self.spoken(seat)), default=0)


def stance_of(word: Event | Carried) -> str:
    """The stance a seat took, in person or carried."""
    if isinstance(word, Carried):
        return word.stance
    stance: str = word.payload["stance"]
    return stance
