"""Somebody of the demonstration's cast."""

from __future__ import annotations

from django.db import models


class DemoPerson(models.Model):
    """Marks a person as one of the cast, who can be signed in with one click in the demo.

    `role` says in a few words who it is, `about` what they can do here.
    """

    key = models.SlugField(max_length=40, unique=True)
    person = models.OneToOneField("people.Person", models.CASCADE, related_name="demo")
    order = models.PositiveSmallIntegerField(default=0)
    role = models.CharField(max_length=120, blank=True)
    about = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["order", "key"]

    def __str__(self) -> str:
        return self.key
