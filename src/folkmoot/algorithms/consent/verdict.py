"""The status of every passage, kept up to date as the book changes.

Only what an event can have changed is worked out again: the passages it is about and, when one of
them becomes or ceases to be locally agreed, those whose conditions lead there.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Self

from folkmoot.algorithms.consent.book import Book
from folkmoot.algorithms.consent.inclusion import consistent
from folkmoot.algorithms.consent.passage import Passage
from folkmoot.algorithms.consent.stance import Named


class Status(StrEnum):
    """Where a passage stands. `LOCALLY_AGREED` is said of a variant that could be made current:
    of a current wording it always goes with being in, tied, or held by a condition."""

    NOT_OPEN = "not_open"
    AWAITING = "awaiting"
    CONTESTED = "contested"
    LOCALLY_AGREED = "locally_agreed"
    AGREED = "agreed"
    HELD_BY_CONDITION = "held_by_condition"
    TIE = "tie"
    WITHDRAWN = "withdrawn"


class Verdict:
    """Statuses, and the consistent set they rest on.

    `candidates` are the locally agreed passages without a tie, `included` those of them in the
    consistent set, `links` the conditions of candidates, `dependents` the same arrows backwards.
    """

    __slots__ = ("candidates", "dependents", "included", "links", "statuses", "ties")

    def __init__(self) -> None:
        self.statuses: dict[str, Status] = {}
        self.candidates: dict[str, str] = {}
        self.included: dict[str, str] = {}
        self.links: dict[str, tuple[Named, ...]] = {}
        self.dependents: dict[str, set[str]] = {}
        self.ties: set[str] = set()

    def copy(self) -> Verdict:
        """The same verdict, sharing nothing that can change."""
        other = Verdict()
        other.statuses = self.statuses.copy()
        other.candidates = self.candidates.copy()
        other.included = self.included.copy()
        other.links = self.links.copy()
        other.dependents = {needed: set(who) for needed, who in self.dependents.items()}
        other.ties = set(self.ties)
        return other

    def settle(self, book: Book) -> Self:
        """Work everything out from nothing."""
        self.candidates, self.links, self.dependents, self.ties = {}, {}, {}, set()
        statuses: dict[str, Status] = {}
        candidates, roster = self.candidates, book.roster
        agreed, awaiting, contested = Status.AGREED, Status.AWAITING, Status.CONTESTED
        for name, passage in book.passages.items():
            if passage.past is not None or passage.conditional or passage.fast is None:
                self._enter(book, passage)
                statuses[name] = awaiting
            elif passage.objections:
                statuses[name] = contested
            elif passage.yes & roster == roster and roster and not passage.recall:
                candidates[name] = passage.fast
                statuses[name] = agreed
            else:
                statuses[name] = awaiting
        self.included = consistent(candidates, self.links) if self.links else dict(candidates)
        self.statuses = statuses
        for name, passage in book.passages.items():
            if passage.past is not None or passage.conditional or passage.fast is None:
                statuses[name] = self._judge(passage)
        return self

    def refresh(self, book: Book, changed: Collection[str]) -> frozenset[str]:
        """Work out anew what follows from a change to these passages; all that may differ."""
        touched = set(changed)
        moved = [name for name in changed if self._enter(book, book.passages[name])]
        if moved:
            touched.update(self._reconsider(moved))
        for name in touched:
            self.statuses[name] = self._judge(book.passages[name])
        return frozenset(touched)

    def nobody_agrees(self, book: Book) -> frozenset[str]:
        """A seat has joined, so nothing is agreed by all any more; what was, until now."""
        touched = frozenset((*self.candidates, *self.ties))
        self.statuses.update(dict.fromkeys(self.candidates, Status.AWAITING))
        ties = self.ties
        self.candidates, self.included, self.links, self.dependents = {}, {}, {}, {}
        self.ties = set()
        for name in ties:
            # Two variants may have been agreed on beside a contested current wording.
            self.statuses[name] = self._judge(book.passages[name])
        return touched

    def waiting_in(self) -> set[str]:
        """The passages that all the seats had agreed on and that are not in all the same."""
        return {*(self.candidates.keys() - self.included.keys()), *self.ties}

    def _enter(self, book: Book, passage: Passage) -> bool:
        """Note whether a passage is a candidate, and what it needs; whether that has changed."""
        name = passage.identifier
        agreed = locally_agreed(book, passage)
        candidate = passage.current if agreed == [passage.current] else None
        links: tuple[Named, ...] = ()
        if candidate is not None and passage.conditional:
            wanted = passage.conditions(book.seats)
            links = tuple(dict.fromkeys((needed, digest) for _, needed, digest in wanted))
        if len(agreed) > 1:
            self.ties.add(name)
        else:
            self.ties.discard(name)
        if candidate == self.candidates.get(name) and links == self.links.get(name, ()):
            return False
        if candidate is None:
            self.candidates.pop(name, None)
        else:
            self.candidates[name] = candidate
        for needed, _ in self.links.pop(name, ()):
            self.dependents[needed].discard(name)
        if links:
            self.links[name] = links
        for needed, _ in links:
            self.dependents.setdefault(needed, set()).add(name)
        return True

    def _reconsider(self, moved: list[str]) -> set[str]:
        """Renew the consistent set where it can depend on these; the passages looked at."""
        region = set(moved)
        pending = list(moved)
        while pending:
            fresh = self.dependents.get(pending.pop(), set()) - region
            region |= fresh
            pending.extend(fresh)
        for name in region:
            self.included.pop(name, None)
        candidates = {name: self.candidates[name] for name in region if name in self.candidates}
        self.included.update(consistent(candidates, self.links, self.included))
        return region

    def _judge(self, passage: Passage) -> Status:
        name = passage.identifier
        if passage.withdrawn:
            return Status.WITHDRAWN
        if not passage.open:
            return Status.NOT_OPEN
        if name in self.included:
            return Status.AGREED
        if name in self.candidates:
            return Status.HELD_BY_CONDITION
        if name in self.ties:
            return Status.TIE
        return Status.CONTESTED if passage.objections else Status.AWAITING


def locally_agreed(book: Book, passage: Passage) -> list[str]:
    """The wordings of a passage, current or proposed, on which every seat of the roster agrees.

    That is: the passage is open, the wording is not recalled, and every seat has a counting
    stance on that wording, given after any orphaned objection, with no open objection against it.
    """
    if passage.fast is None or passage.recall or not book.roster:
        return []
    agreed = []
    if not passage.objections and passage.yes & book.roster == book.roster:
        agreed.append(passage.current)
    for digest in passage.variants:
        if passage.past is not None and digest in passage.past.recalled:
            continue
        everyone = all(passage.counting(seat, digest, book.weights) for seat in book.seats)
        if everyone and not passage.objections_to(digest):
            agreed.append(digest)
    return agreed
