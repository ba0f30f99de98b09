"""An invitation to join and take up an office or a seat."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

LIFETIME = timedelta(days=21)


def new_token() -> str:
    return secrets.token_urlsafe(24)


def expiry() -> datetime:
    return timezone.now() + LIFETIME


class Invitation(models.Model):
    """A link that lets somebody in. `email` is empty for a link that several may use.

    `purpose` names what is offered: an office of the organisation ("office:member"), or something
    of a higher room, which answers when it is accepted ("seat:12", see `config/wiring.py`).
    """

    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    email = models.EmailField(max_length=254, blank=True)
    name = models.CharField(max_length=120, blank=True)
    purpose = models.CharField(max_length=60)
    branch = models.ForeignKey("branches.Branch", models.CASCADE, null=True, blank=True)
    invited_by = models.ForeignKey(
        "people.Person", models.SET_NULL, null=True, related_name="invitations_sent"
    )
    created = models.DateTimeField(default=timezone.now)
    expires = models.DateTimeField(default=expiry)
    withdrawn = models.DateTimeField(null=True, blank=True)
    uses_left = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return f"{self.email or 'link'}: {self.purpose}"

    @property
    def is_open(self) -> bool:
        """Whether it can still be accepted."""
        return self.withdrawn is None and self.uses_left > 0 and self.expires > timezone.now()
