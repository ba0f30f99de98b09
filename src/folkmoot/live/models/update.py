"""One step of a text's history, as a client sent it."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Update(models.Model):
    """A stored update: bytes of the Yjs update format, version 1.

    Together they are the evidence of who wrote what, and `seq` is the order in which the document
    took them. They are never changed, until those of an old session of editing become one (see
    `history/thinning.py`). `author` is nobody for what the server itself put right, and for what
    several wrote at once, when it was thinned.
    """

    document = models.ForeignKey(
        "live.Document", models.CASCADE, related_name="updates", db_index=False
    )
    seq = models.BigIntegerField()
    author = models.ForeignKey(
        "people.Person", models.SET_NULL, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField(default=timezone.now)
    data = models.BinaryField()

    class Meta:
        ordering = ["document", "seq"]
        constraints = [models.UniqueConstraint(fields=["document", "seq"], name="update_once")]

    def __str__(self) -> str:
        return f"update {self.seq}"
