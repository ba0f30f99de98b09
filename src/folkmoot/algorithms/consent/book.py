"""All that the events have said so far, kept together; who judges it is the verdict."""

from __future__ import annotations

from folkmoot.algorithms.consent.candidate import Call, Candidate
from folkmoot.algorithms.consent.charter import Charter
from folkmoot.algorithms.consent.event import Event
from folkmoot.algorithms.consent.passage import Passage
from folkmoot.algorithms.consent.stance import COUNTS, WEIGHTS


class Book:
    """Roster, charter, passages, calls, candidate and editions.

    A copy shares its passages with the original; whoever changes one first makes it their own
    (`mine`), which is what makes trying things out cheap.
    """

    __slots__ = (
        "accepted",
        "agreeing",
        "blank",
        "calls",
        "candidate",
        "candidate_names",
        "charter",
        "editions",
        "head",
        "holders",
        "owner",
        "passages",
        "proposal",
        "roster",
        "seats",
        "spoken",
    )

    def __init__(self) -> None:
        self.owner = object()
        self.head = 0
        self.charter = Charter()
        self.proposal: Charter | None = None
        self.accepted: frozenset[str] = frozenset()
        self.spoken: dict[str, int] = {}
        """The weights of the charter's rule once a stance was given; before that, nothing."""
        self.agreeing: dict[str, dict[str, int]] = {}
        """For each stance that counts, the bit of each seat; nothing before the first stance."""
        self.seats: dict[str, int] = {}
        """Each seat of the roster with its bit; a seat taken anew gets a new bit."""
        self.holders: dict[str, int] = {}
        """How often each seat was taken."""
        self.roster = 0
        """The bits of all seats together."""
        self.blank: dict[str, Event | None] = {}
        """The stances of a wording on which nobody has spoken."""
        self.passages: dict[str, Passage] = {}
        self.calls: dict[str, Call] = {}
        self.candidate: Candidate | None = None
        self.candidate_names: frozenset[str] = frozenset()
        self.editions: dict[str | int, Candidate] = {}

    @property
    def weights(self) -> dict[str, int]:
        """What each stance does under the charter's rule."""
        return WEIGHTS[self.charter.rule]

    def tabulate(self) -> None:
        """Renew `agreeing` when the rule is fixed or changed; it follows the roster by itself."""
        self.agreeing = {s: self.seats for s, weight in self.spoken.items() if weight == COUNTS}

    def mine(self, passage: str) -> Passage:
        """The record of a passage, safe to change."""
        record = self.passages[passage]
        if record.owner is not self.owner:
            record = self.passages[passage] = record.copy(self.owner)
        return record

    def copy(self) -> Book:
        """The same book; neither sees what the other is told from now on."""
        other = Book()
        self.owner = object()
        other.head = self.head
        other.charter = self.charter
        other.proposal = self.proposal
        other.accepted = self.accepted
        other.spoken = self.spoken
        other.seats = dict(self.seats)
        other.tabulate()
        other.holders = dict(self.holders)
        other.roster = self.roster
        other.blank = dict(self.blank)
        other.passages = dict(self.passages)
        other.calls = dict(self.calls)
        other.candidate = self.candidate
        other.candidate_names = self.candidate_names
        other.editions = dict(self.editions)
        return other
