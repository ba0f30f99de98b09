"""A seat's position on one wording."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Stance(models.Model):
    """What a seat said, in words. The ledger decides what counts; this row keeps it readable."""

    class Position(models.TextChoices):
        ENDORSE = "endorse", _("I support this")
        ACCEPT = "accept", _("I can live with this")
        RESERVE = "reserve", _("I can live with this; note my reservation")
        STAND_ASIDE = "stand_aside", _("I will not stop it; do not count me as agreeing")
        OBJECT = "object", _("I object")
        UNDECIDED = "undecided", _("I need more discussion")

    NEEDS_REASON = frozenset({Position.RESERVE, Position.STAND_ASIDE, Position.OBJECT})

    passage = models.ForeignKey("commission.Passage", models.CASCADE, related_name="stances")
    seat = models.ForeignKey("commission.Seat", models.CASCADE, related_name="stances")
    wording = models.ForeignKey("commission.StoredWording", models.PROTECT, related_name="+")
    position = models.CharField(max_length=12, choices=Position)
    reason = models.TextField(blank=True)
    would_accept = models.TextField(blank=True)
    conditions = models.JSONField(default=list)
    published = models.BooleanField(default=False)
    seq = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["seq"]
        indexes = [models.Index(fields=["passage", "seat", "seq"])]

    def __str__(self) -> str:
        return f"{self.seat}: {self.get_position_display()}"

    @property
    def said(self) -> tuple[str, str, str, list[list[str]]]:
        """Everything the seat said, for telling a repetition from a new stance."""
        return (self.position, self.reason, self.would_accept, self.conditions)
