"""A local unit of the organisation."""

from __future__ import annotations

from django.db import models
from django.urls import reverse


class Branch(models.Model):
    """A branch in a region. `q` and `r` are its cell on the map, in the layout of the map file."""

    code = models.CharField(max_length=20, unique=True)
    slug = models.SlugField(max_length=140, unique=True)
    name = models.CharField(max_length=140)
    region = models.ForeignKey("branches.Region", models.PROTECT, related_name="branches")
    q = models.SmallIntegerField(null=True, blank=True)
    r = models.SmallIntegerField(null=True, blank=True)
    electorate = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "branches"

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("branches:branch", args=[self.slug])
