"""An area that has branches."""

from __future__ import annotations

from django.db import models
from django.urls import reverse


class Region(models.Model):
    """A region. `tint` from 1 to 12 is its colour on the map."""

    code = models.SlugField(max_length=12, unique=True)
    name = models.CharField(max_length=120)
    tint = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("branches:region", args=[self.code])
