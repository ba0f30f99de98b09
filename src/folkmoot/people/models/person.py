"""Somebody who can sign in."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models, transaction
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from .office import Office

PROOF_DAYS = 2
"""How long somebody may take to show that an address is theirs before it is forgotten."""


def new_key() -> str:
    """A random name for a person in ledgers, which outlives their other data."""
    return secrets.token_hex(8)


class PersonQuerySet(models.QuerySet["Person"]):
    def by_name(self, words: str) -> Self:
        """Those whose name contains all the words."""
        found = self
        for word in words.split():
            found = found.filter(name__icontains=word)
        return found

    def unproven(self) -> Self:
        """Those who typed an address days ago and never showed that it is theirs."""
        return self.filter(waiting=True, joined__lt=timezone.now() - timedelta(days=PROOF_DAYS))


class PersonManager(BaseUserManager.from_queryset(PersonQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str, name: str = "", **fields: Any) -> Person:
        """A new person. E-mail addresses are kept in lower case and are unique. The address
        counts as theirs when they first sign in with a code that was sent to it."""
        from allauth.account.models import EmailAddress

        person: Person = self.model(email=email.strip().lower(), name=name.strip(), **fields)
        person.set_unusable_password()
        with transaction.atomic(using=self._db):
            person.save(using=self._db)
            EmailAddress.objects.using(self._db).create(
                user=person, email=person.email, primary=True
            )
        return person

    def by_email(self, email: str) -> Person | None:
        """The person with this address, however it is capitalised."""
        found: Person | None = self.filter(email=email.strip().lower()).first()
        return found


class Person(AbstractBaseUser):
    """A person with an e-mail address and the name they chose. What they may do comes from the
    offices they hold, never from this row."""

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120, blank=True)
    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    branch = models.ForeignKey(
        "branches.Branch", models.SET_NULL, null=True, blank=True, related_name="members"
    )
    about = models.CharField(max_length=300, blank=True)
    is_active = models.BooleanField(default=True)
    joined = models.DateTimeField(default=timezone.now)
    waiting = models.BooleanField(
        default=False, help_text="Has signed up and not yet shown that the address is theirs."
    )
    closed = models.DateTimeField(null=True, blank=True)

    objects = PersonManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ["name", "email"]
        constraints = [models.UniqueConstraint(Lower("email"), name="person_email_once")]

    def __str__(self) -> str:
        return self.shown_name

    def get_absolute_url(self) -> str:
        return reverse("people:person", args=[self.key])

    @property
    def shown_name(self) -> str:
        """The chosen name, or the part of the address before the @ for somebody without one."""
        if self.closed:
            return _("Somebody who has left")
        return self.name or self.email.partition("@")[0]

    @cached_property
    def current_offices(self) -> list[Office]:
        """The offices held now, in the organisation and in branches. Asked once per instance."""
        return list(self.offices.current().select_related("branch"))

    @property
    def actor(self) -> str:
        """How ledgers name this person."""
        return f"person:{self.key}"
