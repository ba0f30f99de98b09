"""An area that has branches."""

from __future__ import annotations

from django.db import models


class Region(models.Model):
    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=120)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
