"""A call for consensus: a dated request for stances."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.utils import timezone

from folkmoot.people.models import Person

if TYPE_CHECKING:
    from .text import Text


class Call(models.Model):
    """Pins the wordings of some passages and asks every seat by a closing time.

    Closing changes no stance and includes nothing; it only ends the asking.
    """

    text = models.ForeignKey("commission.Text", models.CASCADE, related_name="calls")
    title = models.CharField(max_length=160)
    closes = models.DateTimeField()
    opened_by = models.ForeignKey("people.Person", models.SET_NULL, null=True, related_name="+")
    opened = models.DateTimeField(default=timezone.now)
    closed = models.DateTimeField(null=True, blank=True)
    items = models.JSONField(default=list)

    class Meta:
        ordering = ["-opened"]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether it still asks: not closed by hand, and its time has not passed."""
        return self.closed is None and self.closes > timezone.now()

    @classmethod
    def open(
        cls,
        text: Text,
        title: str,
        passages: Sequence[object],
        closes: datetime,
        by: Person,
    ) -> Call:
        """Open a call on the current wordings of `passages`."""
        from folkmoot.commission.consent_log import recording
        from folkmoot.commission.drafts import settle

        settle(text)
        with transaction.atomic(), recording(text, by.actor) as log:
            items = [[p.id, log.state.current(p.id)] for p in passages]  # type: ignore[attr-defined]
            call = cls.objects.create(
                text=text, title=title, closes=closes, opened_by=by, items=items
            )
            log.record("call.opened", {"call": str(call.pk)}, items={"items": items})
        return call

    @transaction.atomic
    def close(self, by: Person) -> None:
        """End the call. Nothing else changes."""
        from folkmoot.commission.consent_log import recording

        self.refresh_from_db(fields=["closed"])
        if self.closed:
            return
        with recording(self.text, by.actor) as log:
            log.record("call.closed", {"call": str(self.pk)})
            self.closed = timezone.now()
            self.save(update_fields=["closed"])
