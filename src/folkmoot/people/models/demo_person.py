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

        SEAT = "seat", _("Commissioners: each has a seat and must agree")
        OFFICE = "office", _("Secretary and author: they run it and write it")
        BRANCH = "branch", _("Branches and members: they read and comment")
        ADMIN = "admin", _("Administrator: looks after the site, and has no say in a text")

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
