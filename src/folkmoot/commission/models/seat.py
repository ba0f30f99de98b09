"""One commissioner's place."""

from __future__ import annotations

from django.db import models, transaction
from django.db.models import Q

from folkmoot.people.models import Person, Tenure


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

        for text in self.commission.texts.all():
            with recording(text, by.actor) as log:
                log.record("seat.left", {"seat": self.key})
        self.end()
