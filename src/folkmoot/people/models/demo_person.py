"""Somebody of the demonstration's cast."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class DemoPerson(models.Model):
    """Marks a person as one of the cast, who can be signed in with one click in the demo.

    `role` says in a few words who it is, `about` what they can do here.
    """

    class Part(models.TextChoices):
        """Where on the page of the cast somebody stands, in this order."""

        OFFICE = "office", _("They write, run and look after it")
        SEAT = "seat", _("They have a seat and must agree")
        BRANCH = "branch", _("They work in branches")

    key = models.SlugField(max_length=40, unique=True)
    person = models.OneToOneField("people.Person", models.CASCADE, related_name="demo")
    order = models.PositiveSmallIntegerField(default=0)
    part = models.CharField(max_length=8, choices=Part, default=Part.BRANCH)
    role = models.CharField(max_length=120, blank=True)
    about = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["order", "key"]

    def __str__(self) -> str:
        return self.key
