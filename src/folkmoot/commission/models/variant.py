"""Another wording proposed for a passage."""

from __future__ import annotations

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from folkmoot.people.models import Person


class VariantQuerySet(models.QuerySet["Variant"]):
    def standing(self) -> VariantQuerySet:
        """Those neither withdrawn nor made current."""
        return self.filter(withdrawn=None, adopted=None)


class Variant(models.Model):
    """A proposed wording on which seats can take stances while the current one stands."""

    passage = models.ForeignKey("commission.Passage", models.CASCADE, related_name="variants")
    wording = models.ForeignKey("commission.StoredWording", models.PROTECT, related_name="+")
    proposer = models.ForeignKey("people.Person", models.SET_NULL, null=True, related_name="+")
    seat = models.ForeignKey("commission.Seat", models.SET_NULL, null=True, related_name="+")
    note = models.TextField(blank=True)
    created = models.DateTimeField(default=timezone.now)
    withdrawn = models.DateTimeField(null=True, blank=True)
    adopted = models.DateTimeField(null=True, blank=True)

    objects = VariantQuerySet.as_manager()

    class Meta:
        ordering = ["created"]
        constraints = [
            models.UniqueConstraint(
                fields=["passage", "wording"],
                condition=Q(withdrawn=None, adopted=None),
                name="variant_once",
            )
        ]

    def __str__(self) -> str:
        return self.wording.plain[:60]

    @transaction.atomic
    def withdraw(self, by: Person) -> None:
        """Take the proposal back."""
        from folkmoot.commission.consent_log import recording

        with recording(self.passage.text, by.actor) as log:
            self.refresh_from_db(fields=["withdrawn", "adopted"])
            if self.withdrawn or self.adopted:
                return
            log.record(
                "variant.withdrawn",
                {"passage": self.passage_id},
                words={"digest": self.wording_id},
            )
            self.withdrawn = timezone.now()
            self.save(update_fields=["withdrawn"])

    def make_current(self, by: Person) -> None:
        """Let this wording stand in the text. Stances given on it count at once.

        The wording that stood before goes from the table: were it kept as a proposal, two wordings
        that all accept would keep each other out. It stays in the history and can be proposed.
        """
        from folkmoot.commission.consent_log import recording
        from folkmoot.commission.drafts import settle

        passage = self.passage
        settle(passage.text, [passage.pk])
        with transaction.atomic(), recording(passage.text, by.actor) as log:
            self.refresh_from_db(fields=["withdrawn", "adopted"])
            if self.withdrawn or self.adopted:
                return
            passage.refresh_from_db(fields=["wording"])
            before = passage.value
            seq = log.record(
                "passage.edited",
                {"passage": passage.id, "class": "variant", "editor": by.key},
                words={"before": before.digest, "after": self.wording_id},
            )
            passage._replaced(before, self.wording.value, by, "variant", self.note[:500], seq)
