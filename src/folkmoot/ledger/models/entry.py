"""One line of a ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models


class Sealed(RuntimeError):
    """Somebody tried to change or delete what was recorded."""


@dataclass(frozen=True)
class Act:
    """Something to record: what was done, by whom, and its particulars.

    `payload` stands in the chain for all to see. Each value of `sealed` (a mapping) stands there
    only as a salted digest; the value itself is kept beside it.
    """

    act: str
    actor: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    sealed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    at: datetime | None = None


class EntryQuerySet(models.QuerySet["Entry"]):
    def delete(self) -> tuple[int, dict[str, int]]:
        raise Sealed("Entries of a ledger cannot be deleted.")

    def update(self, **fields: Any) -> int:
        raise Sealed("Entries of a ledger cannot be changed.")


class Entry(models.Model):
    """A recorded act, bound to the entry before it by its digest."""

    stream = models.ForeignKey("ledger.Stream", models.PROTECT, related_name="entries")
    seq = models.PositiveIntegerField()
    act = models.CharField(max_length=40)
    actor = models.CharField(max_length=60)
    at = models.DateTimeField()
    payload = models.JSONField(default=dict)
    sealed = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    objects = EntryQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "seq"], name="entry_once")]
        ordering = ["stream", "seq"]

    def __str__(self) -> str:
        return f"{self.seq} {self.act}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk:
            raise Sealed("Entries of a ledger cannot be changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise Sealed("Entries of a ledger cannot be deleted.")

    @property
    def opened(self) -> dict[str, Any]:
        """The payload with every sealed value laid open in it."""
        return opened(self.payload, self.sealed)

    def as_link(self) -> dict[str, Any]:
        """The entry as it is checked and published: without what is sealed."""
        from .stream import stamp

        return {
            "stream": self.stream.key,
            "seq": self.seq,
            "act": self.act,
            "actor": self.actor,
            "at": stamp(self.at),
            "payload": self.payload,
            "previous": self.previous,
            "digest": self.digest,
        }


def opened(payload: Mapping[str, Any], sealed: Mapping[str, Any]) -> dict[str, Any]:
    """A payload with the values that were sealed in it."""
    fields = {name: value for name, value in payload.items() if name != "sealed"}
    for item in sealed.values():
        fields.update(item["value"])
    return fields
