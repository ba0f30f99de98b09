"""A time during which somebody holds something."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone


class TenureQuerySet[M: models.Model](models.QuerySet[M]):
    def current(self, at: datetime | None = None) -> Self:
        """Those that have begun and not ended at a moment (now, unless given)."""
        at = at or timezone.now()
        return self.filter(Q(ended=None) | Q(ended__gt=at), started__lte=at)


class Tenure(models.Model):
    """Something held from a start until an end, if it has one."""

    started = models.DateTimeField(default=timezone.now)
    ended = models.DateTimeField(null=True, blank=True)

    objects = TenureQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def is_current(self) -> bool:
        """Whether it is held now."""
        now = timezone.now()
        return self.started <= now and (self.ended is None or self.ended > now)

    def end(self, at: datetime | None = None) -> None:
        """Let it end, now unless a time is given. Ending twice keeps the first end."""
        if self.ended is None:
            self.ended = at or timezone.now()
            self.save(update_fields=["ended"])
