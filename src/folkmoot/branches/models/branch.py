"""A local unit of the organisation."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.urls import reverse


class BranchQuerySet(models.QuerySet["Branch"]):
    def matching(self, words: str) -> Self:
        """Those whose name, or whose region's name, contains every one of the words."""
        found = self
        for word in words.split():
            found = found.filter(
                models.Q(name__icontains=word) | models.Q(region__name__icontains=word)
            )
        return found


class Branch(models.Model):
    """A branch in a region. `q` and `r` are its cell on the map: column and row of pointed
    hexagons, rows counted upwards, odd rows half a step to the right ("odd-r" of hexjson)."""

    code = models.CharField(max_length=20, unique=True)
    slug = models.SlugField(max_length=140, unique=True)
    name = models.CharField(max_length=140)
    region = models.ForeignKey("branches.Region", models.PROTECT, related_name="branches")
    q = models.SmallIntegerField(null=True, blank=True)
    r = models.SmallIntegerField(null=True, blank=True)
    electorate = models.PositiveIntegerField(null=True, blank=True)

    objects = BranchQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "branches"

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("branches:branch", args=[self.slug])
