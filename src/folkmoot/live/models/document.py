"""The live document of a text: what it was begun as, how far its log reaches, and who owns it."""

from __future__ import annotations

import secrets

from django.db import models


def new_epoch() -> str:
    """A name for a history. A document that is begun anew is another history."""
    return secrets.token_hex(8)


class Document(models.Model):
    """The head of a text's log of updates.

    Once a text has been opened live the log is the only source of its words. `epoch` names this
    history, so that a client which kept another one is told instead of being merged in. `fence`
    grows by one whenever a process takes the document over; every append names the fence it holds,
    so a process that lost the document cannot write. `owner` and `expires` are the lease itself:
    empty while nobody has it open. `turned_away` is when somebody last came to a process that could
    not reach the owner.
    """

    text = models.OneToOneField("commission.Text", models.CASCADE, related_name="document")
    epoch = models.CharField(max_length=32, default=new_epoch, editable=False)
    seq = models.BigIntegerField(default=0)
    fence = models.BigIntegerField(default=0)
    owner = models.CharField(max_length=200, blank=True)
    expires = models.DateTimeField(null=True, blank=True)
    turned_away = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["text"]

    def __str__(self) -> str:
        return f"{self.text} up to {self.seq}"
