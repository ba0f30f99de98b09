"""One change of the words of a passage."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Edit(models.Model):
    class Kind(models.TextChoices):
        EDITORIAL = "editorial", _("Editorial")
        SUBSTANTIVE = "substantive", _("Substantive")
        VARIANT = "variant", _("A proposed wording made current")
        SPLIT = "split", _("Cut in two")
        MERGE = "merge", _("Joined with another passage")

    passage = models.ForeignKey("commission.Passage", models.CASCADE, related_name="edits")
    before = models.ForeignKey("commission.StoredWording", models.PROTECT, related_name="+")
    after = models.ForeignKey("commission.StoredWording", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind)
    reason = models.CharField(max_length=500, blank=True)
    editor = models.ForeignKey("people.Person", models.SET_NULL, null=True, related_name="+")
    seq = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-seq"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.seq}"

    @property
    def disputable_until(self) -> datetime:
        """When the window closes in which a seat may dispute that this was editorial."""
        days = self.passage.text.commission.editorial_window
        return self.at + timedelta(days=days)
