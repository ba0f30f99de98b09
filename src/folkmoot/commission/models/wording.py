"""A wording in the database, named by its digest."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Self

from django.db import models

from folkmoot.algorithms.wording import Wording, from_json


class StoredWordingQuerySet(models.QuerySet["StoredWording"]):
    def keep(self, wordings: Iterable[Wording]) -> None:
        """Store wordings; those already there stay as they are."""
        rows = {
            w.digest: StoredWording(
                digest=w.digest, content=w.to_json(), plain=w.plain, kind=w.kind, depth=w.depth
            )
            for w in wordings
        }
        self.bulk_create(rows.values(), ignore_conflicts=True, batch_size=200)


class StoredWording(models.Model):
    """The content behind a digest. Never changed.

    `plain`, `kind` and `depth` repeat what `content` says, so that an outline of thousands of
    passages is read without opening every content.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    content = models.JSONField()
    plain = models.TextField()
    kind = models.CharField(max_length=16)
    depth = models.PositiveSmallIntegerField(default=0)

    objects = StoredWordingQuerySet.as_manager()

    def __str__(self) -> str:
        return self.plain[:80]

    @classmethod
    def keep(cls, wording: Wording) -> Self:
        """Store one wording and return its row."""
        row, _ = cls.objects.get_or_create(
            digest=wording.digest,
            defaults={
                "content": wording.to_json(),
                "plain": wording.plain,
                "kind": wording.kind,
                "depth": wording.depth,
            },
        )
        return row

    @cached_property
    def value(self) -> Wording:
        """The wording as a plain value."""
        return from_json(self.content)
