"""One ledger: a chain of entries with a head."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime

from django.db import models, transaction

from folkmoot.algorithms.chain import GENESIS, Broken, entry_digest, first_break, seal
from folkmoot.ledger import clock

from .entry import Act, Entry


class Stream(models.Model):
    """A chain of entries about one thing, such as a text. Entries are only ever added."""

    key = models.CharField(max_length=80, unique=True)
    head_seq = models.PositiveIntegerField(default=0)
    head_digest = models.CharField(max_length=64, default=GENESIS)

    def __str__(self) -> str:
        return self.key

    @classmethod
    def locked(cls, key: str) -> Stream:
        """The stream, made if need be, with its row locked until the transaction ends."""
        if not transaction.get_connection().in_atomic_block:
            raise transaction.TransactionManagementError("A ledger is locked in a transaction.")
        cls.objects.get_or_create(key=key)
        return cls.objects.select_for_update().get(key=key)

    def extend(self, acts: Iterable[Act]) -> list[Entry]:
        """Append acts in order. The stream must have come from `locked`. Returns the entries."""
        entries = []
        for act in acts:
            salts = {name: secrets.token_hex(16) for name in act.sealed}
            sealed = {n: {"salt": salts[n], "value": value} for n, value in act.sealed.items()}
            payload = dict(act.payload)
            if sealed:
                payload["sealed"] = {n: seal(salts[n], v) for n, v in act.sealed.items()}
            at = (act.at or clock.now()).astimezone(UTC)
            self.head_seq += 1
            previous = self.head_digest
            self.head_digest = entry_digest(
                stream=self.key,
                seq=self.head_seq,
                act=act.act,
                actor=act.actor,
                at=stamp(at),
                payload=payload,
                previous=previous,
            )
            entries.append(
                Entry(
                    stream=self,
                    seq=self.head_seq,
                    act=act.act,
                    actor=act.actor,
                    at=at,
                    payload=payload,
                    sealed=sealed,
                    previous=previous,
                    digest=self.head_digest,
                )
            )
        Entry.objects.bulk_create(entries, batch_size=500)
        self.save(update_fields=["head_seq", "head_digest"])
        return entries

    def broken(self) -> Broken | None:
        """The first fault in the stored chain, or None when it holds up to the head."""
        fault = first_break(
            entry.as_link()
            for entry in self.entries.select_related("stream").order_by("seq").iterator()
        )
        if fault:
            return fault
        last = self.entries.order_by("-seq").first()
        if (last.seq if last else 0) != self.head_seq:
            return Broken(self.head_seq, f"entry {self.head_seq} is missing at the end")
        if (last.digest if last else GENESIS) != self.head_digest:
            return Broken(self.head_seq, f"entry {self.head_seq} was changed after it was written")
        return None


def stamp(at: datetime) -> str:
    """A time as it stands in the chain: ISO 8601, UTC, microseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
