"""What gathers for a room's next turn, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from .document.paper import Outcome, Written
from .member import Member
from .reconciling import Facts
from .store import Row
from .worker import Declared


@dataclass(slots=True)
class Update:
    """Something a member wrote, and the how-manieth of their writing frames it was. `whole` is the
    answer to our question for all that we lack."""

    member: Member
    data: bytes
    whole: bool
    number: int


@dataclass(slots=True)
class Question:
    """A member asks for what they lack; with b"" we are to ask them."""

    member: Member
    vector: bytes


@dataclass(slots=True)
class Batch:
    """What one turn stores and sends: rows of the log, merged updates (each with the one member
    who need not have it), what became of passages, and what else belongs to the transaction."""

    rows: list[Row] = field(default_factory=list)
    sent: list[tuple[bytes, Member | None]] = field(default_factory=list)
    written: dict[str, Written] = field(default_factory=dict)
    order: tuple[str, ...] | None = None
    writers: dict[str, set[str]] = field(default_factory=dict)
    declared: list[Declared] = field(default_factory=list)
    outside: Facts | None = None

    def add(self, outcome: Outcome, rows: list[Row], but: Member | None = None) -> None:
        """Take in what the document made of something: its `rows` are stored, and everybody gets
        it `but` the one who wrote it."""
        self.rows += rows
        self.sent.append((outcome.merged, but))
        for one in outcome.written:
            # A passage that was gone and is back within a batch is at the end of it where it is.
            self.written.pop(one.id, None)
            self.written[one.id] = one
        if outcome.order is not None:
            self.order = outcome.order
        for name, keys in outcome.writers.items():
            self.writers.setdefault(name, set()).update(keys)

    def __bool__(self) -> bool:
        return bool(self.rows or self.written or self.declared or self.outside)
