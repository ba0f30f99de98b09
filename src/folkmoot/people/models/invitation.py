"""An invitation to join and take up an office or a seat."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

LIFETIME = timedelta(days=21)


def new_token() -> str:
    return secrets.token_urlsafe(24)


def expiry() -> datetime:
    return timezone.now() + LIFETIME


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> Self:
        """Those that can still be accepted."""
        return self.filter(withdrawn=None, uses_left__gt=0, expires__gt=timezone.now())


class Invitation(models.Model):
    """A link that lets somebody in. `email` is empty for a link that several may use.

    `purpose` names what is offered: an office of the organisation ("office:member"), or something
    of a higher room, which answers when it is accepted ("seat:12", see `people/invitations.py`).
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
    sent = models.DateTimeField(null=True, blank=True)
    expires = models.DateTimeField(default=expiry)
    withdrawn = models.DateTimeField(null=True, blank=True)
    uses_left = models.PositiveIntegerField(default=1)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(email="") | Q(uses_left__lte=1), name="invitation_by_email_is_for_one"
            )
        ]

    def __str__(self) -> str:
        return f"{self.email or 'link'}: {self.purpose}"

    def get_absolute_url(self) -> str:
        return reverse("people:invitation", args=[self.token])

    @property
    def is_open(self) -> bool:
        """Whether it can still be accepted."""
        return self.withdrawn is None and self.uses_left > 0 and self.expires > timezone.now()

    @property
    def subject(self) -> tuple[str, str]:
        """What the purpose is about: its first word, and the rest."""
        first, _, rest = self.purpose.partition(":")
        return first, rest

    def use(self) -> bool:
        """Take one use away, if there is one. Two people cannot take the last one."""
        taken = Invitation.objects.open().filter(pk=self.pk).update(uses_left=F("uses_left") - 1)
        self.refresh_from_db(fields=["uses_left", "withdrawn", "expires"])
        return bool(taken)


class Acceptance(models.Model):
    """That somebody accepted an invitation."""

    invitation = models.ForeignKey("people.Invitation", models.CASCADE, related_name="acceptances")
    person = models.ForeignKey("people.Person", models.CASCADE, related_name="acceptances")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invitation", "person"], name="invitation_taken_once")
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.at:%Y-%m-%d}"
