"""Words being written, which the ledger has not recorded yet."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone

from folkmoot.algorithms.wording import Wording, from_json
from folkmoot.people.models import Person

if TYPE_CHECKING:
    from .passage import Passage

RESTING = timedelta(seconds=3)
"""Words that nobody touched for so long are offered for answers, though not recorded yet."""


class DraftQuerySet(models.QuerySet["Draft"]):
    def of_passages(self) -> DraftQuerySet:
        """Those of the passages of a text, in distinction to other wordings being prepared."""
        return self.filter(of="")

    def of_passage(self, passage: Passage) -> Draft | None:
        """What is being written in one passage, if it is anything else than what stands."""
        draft = self.of_passages().filter(text=passage.text_id, name=passage.pk).first()
        if draft is None or (draft.digest == passage.wording_id and not passage.withdrawn):
            return None
        return draft

    def prepared_for(self, passage: Passage) -> DraftQuerySet:
        """Other wordings of a passage that somebody is preparing, the first begun first."""
        return self.filter(text=passage.text_id, of=passage.pk, content__isnull=False)


class Draft(models.Model):
    """The words of a passage as they stand in the live room while they differ from those that the
    ledger has.

    A draft is stored with the keystrokes it comes from, so nothing of it can be lost, and goes when
    the words are recorded or are again what they were. `of` is empty for a passage of the text; for
    another wording being prepared it names the passage, and `name` is the id of the preparation.
    """

    text = models.ForeignKey("commission.Text", models.CASCADE, related_name="drafts")
    name = models.CharField(max_length=10)
    of = models.CharField(max_length=10, blank=True)
    digest = models.CharField(max_length=64)
    content = models.JSONField(null=True)
    label = models.CharField(max_length=20, blank=True)
    after = models.CharField(max_length=10, blank=True)
    writers = models.JSONField(default=list)
    editorial = models.BooleanField(default=False)
    reason = models.CharField(max_length=500, blank=True)
    since = models.DateTimeField()
    changed = models.DateTimeField()

    objects = DraftQuerySet.as_manager()

    class Meta:
        ordering = ["since", "pk"]
        constraints = [models.UniqueConstraint(fields=["text", "name"], name="draft_once")]

    def __str__(self) -> str:
        return f"{self.name} being written"

    @property
    def gone(self) -> bool:
        """Whether the passage was taken out of the text."""
        return self.content is None

    @cached_property
    def value(self) -> Wording | None:
        """The words, or None when the passage was taken out."""
        return None if self.content is None else from_json(self.content)

    @property
    def rests(self) -> bool:
        """Whether nobody has touched the words for a moment."""
        return timezone.now() - self.changed >= RESTING

    @property
    def people(self) -> list[str]:
        """The names of those who wrote, whoever wrote last being last."""
        names = {p.key: p.shown_name for p in Person.objects.filter(key__in=self.writers)}
        return [names[key] for key in self.writers if key in names]
