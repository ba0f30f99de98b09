"""A whole document at one point of its log."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Snapshot(models.Model):
    """Everything up to and including update `seq` as one update. Opening a text reads the newest
    one and the updates after it. A snapshot was loaded and compared before it was stored."""

    document = models.ForeignKey(
        "live.Document", models.CASCADE, related_name="snapshots", db_index=False
    )
    seq = models.BigIntegerField()
    at = models.DateTimeField(default=timezone.now)
    data = models.BinaryField()

    class Meta:
        ordering = ["document", "seq"]
        constraints = [models.UniqueConstraint(fields=["document", "seq"], name="snapshot_once")]

    def __str__(self) -> str:
        return f"snapshot at {self.seq}"
