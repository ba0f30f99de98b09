"""A note on an edition. The edition itself stays as it is."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Erratum(models.Model):
    edition = models.ForeignKey("review.Edition", models.CASCADE, related_name="errata")
    passage = models.ForeignKey(
        "commission.Passage", models.PROTECT, null=True, blank=True, related_name="errata"
    )
    note = models.TextField()
    by = models.ForeignKey("people.Person", models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at"]
        verbose_name_plural = "errata"

    def __str__(self) -> str:
        return self.note[:60]
