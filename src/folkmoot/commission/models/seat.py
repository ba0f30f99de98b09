"""One commissioner's place."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from folkmoot.people.models import Invitation, Person, Tenure

if TYPE_CHECKING:
    from .commission import Commission

NOT_YET = datetime(9999, 1, 1, tzinfo=UTC)
"""The start of a seat that nobody has taken yet."""


class Seat(Tenure):
    """A seat in a commission. Stances belong to the seat for as long as it is held.

    `key` names it in ledgers ("s07"). A seat that is left is not filled again: whoever comes
    takes a new seat, which has said nothing yet.
    """

    commission = models.ForeignKey("commission.Commission", models.CASCADE, related_name="seats")
    number = models.PositiveSmallIntegerField()
    person = models.ForeignKey(
        "people.Person", models.PROTECT, null=True, blank=True, related_name="seats"
    )
    public_name = models.CharField(max_length=120)
    public_description = models.CharField(max_length=200, blank=True)

    waiting: Invitation | None = None
    """The open invitation to it; the page that shows it says so."""

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["commission", "number"], name="seat_number_once"),
            models.UniqueConstraint(
                fields=["commission", "person"],
                condition=Q(ended=None) & ~Q(person=None),
                name="one_seat_each",
            ),
        ]

    def __str__(self) -> str:
        return self.public_name

    @property
    def key(self) -> str:
        """The seat's name in ledgers, such as "s07"."""
        return f"s{self.number:02d}"

    @property
    def actor(self) -> str:
        """How ledgers name an act of this seat."""
        return f"seat:{self.key}"

    @classmethod
    @transaction.atomic
    def keep(cls, commission: Commission, name: str = "") -> Seat:
        """A seat kept for somebody who is invited. It counts from when it is taken."""
        last = commission.seats.aggregate(models.Max("number"))["number__max"] or 0
        return cls.objects.create(
            commission=commission, number=last + 1, public_name=name[:120], started=NOT_YET
        )

    @transaction.atomic
    def take(self, person: Person) -> None:
        """Let a person take a seat that was kept. Its agreement is needed from now on."""
        self.person = person
        self.started = timezone.now()
        self.public_name = self.public_name or person.shown_name
        self.save(update_fields=["person", "started", "public_name"])
        self.join(person)

    @transaction.atomic
    def join(self, by: Person) -> None:
        """Record in every text of the commission that this seat's agreement is needed now."""
        from folkmoot.commission.consent_log import recording

        for text in self.commission.texts.all():
            with recording(text, by.actor) as log:
                log.record("seat.joined", {"seat": self.key})

    @transaction.atomic
    def leave(self, by: Person) -> None:
        """End the seat. Its open objections are orphaned and agreement is asked for again."""
        from folkmoot.commission.consent_log import recording

        if self.ended is not None:
            return
        for text in self.commission.texts.all():
            with recording(text, by.actor) as log:
                if self.key in log.state.roster:
                    log.record("seat.left", {"seat": self.key})
        self.end()

    @property
    def is_kept(self) -> bool:
        """Whether it waits for somebody to take it."""
        return self.person_id is None and self.ended is None
