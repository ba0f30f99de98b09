"""A document that came in, and what it proposes to a text that is already there."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Intake(models.Model):
    """One import: the file's name, its loss report, and, over an existing text, proposals."""

    text = models.ForeignKey("commission.Text", models.CASCADE, related_name="intakes")
    filename = models.CharField(max_length=255)
    source_format = models.CharField(max_length=20)
    by = models.ForeignKey("people.Person", models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    losses = models.JSONField(default=list)
    passages = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return self.filename


class Proposal(models.Model):
    """One change that an intake proposes. Nothing happens until a person decides."""

    class Kind(models.TextChoices):
        NEW = "new", _("New")
        CHANGED = "changed", _("Changed")
        GONE = "gone", _("Gone")
        RECOMMENDATION = "recommendation", _("Reads like a recommendation")

    class Decision(models.TextChoices):
        TAKEN = "taken", _("Taken")
        AS_VARIANT = "variant", _("Proposed as another wording")
        DECLINED = "declined", _("Left as it was")

    intake = models.ForeignKey("commission.Intake", models.CASCADE, related_name="proposals")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=16, choices=Kind)
    passage = models.ForeignKey(
        "commission.Passage", models.CASCADE, null=True, related_name="proposals"
    )
    after = models.ForeignKey("commission.Passage", models.SET_NULL, null=True, related_name="+")
    wording = models.ForeignKey(
        "commission.StoredWording", models.PROTECT, null=True, related_name="+"
    )
    label = models.CharField(max_length=20, blank=True)
    why = models.CharField(max_length=300, blank=True)
    comments = models.JSONField(default=list, blank=True)
    decision = models.CharField(max_length=10, choices=Decision, blank=True)
    decided_by = models.ForeignKey("people.Person", models.SET_NULL, null=True, related_name="+")
    decided = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.position}"

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided yet."""
        return not self.decision
