"""The shared document being written."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from folkmoot.algorithms.wording import Wording
from folkmoot.commission.changes import announce
from folkmoot.people.models import Person

from .commission import Commission
from .passage import STEP, Passage, new_id
from .wording import StoredWording

if TYPE_CHECKING:
    from folkmoot.commission.consent_log import Recorder


@dataclass(frozen=True)
class Incoming:
    """A passage about to be added: its words and the author's own number, if it has one.

    `id` is chosen beforehand where a form sent twice must add one passage, empty for a fresh one.
    """

    wording: Wording
    label: str = ""
    id: str = ""


def new_revision() -> str:
    """A name for the text as it is now. Random, so that one that was rolled back never returns."""
    return secrets.token_hex(8)


class Text(models.Model):
    class Paragraphs(models.TextChoices):
        NONE = "none", _("Paragraphs have no numbers")
        CONTINUOUS = "continuous", _("Paragraphs are numbered through the whole text")
        BY_CHAPTER = "by chapter", _("Paragraphs are numbered within each chapter")
        KEPT = "kept", _("Paragraphs keep the numbers they came with")

    class Headings(models.TextChoices):
        NONE = "none", _("Headings have no numbers")
        DECIMAL = "decimal", _("Headings are numbered 1, 1.1, 1.1.1")
        PARTS = "parts", _("Parts are I, II, III; chapters run through")
        KEPT = "kept", _("Headings keep the numbers they came with")

    commission = models.ForeignKey("commission.Commission", models.CASCADE, related_name="texts")
    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=200)
    language = models.CharField(max_length=20, default="en-GB")
    paragraphs = models.CharField(max_length=12, choices=Paragraphs, default=Paragraphs.NONE)
    headings = models.CharField(max_length=12, choices=Headings, default=Headings.DECIMAL)
    created = models.DateTimeField(default=timezone.now)
    revision = models.CharField(max_length=16, default=new_revision, editable=False)

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("commission:text", args=[self.slug])

    @property
    def stream_key(self) -> str:
        """The name of this text's ledger."""
        return f"text:{self.slug}"

    @classmethod
    @transaction.atomic
    def begin(
        cls, commission: Commission, slug: str, title: str, by: Person, **fields: str
    ) -> Text:
        """A new, empty text whose ledger starts with the charter and the seats."""
        from folkmoot.commission.consent_log import recording

        text = cls.objects.create(commission=commission, slug=slug, title=title, **fields)
        with recording(text, by.actor) as log:
            log.record("charter.adopted", commission.charter)
            for seat in commission.seats.current().order_by("number"):
                log.record("seat.joined", {"seat": seat.key})
        return text

    @transaction.atomic
    def add(
        self, incoming: Sequence[Incoming], by: Person, *, after: Passage | None = None
    ) -> list[Passage]:
        """Add passages in order after another one, or at the end. They are open for stances."""
        from folkmoot.commission.consent_log import recording

        with recording(self, by.actor) as log:
            return self.take_in(log, incoming, self._places(len(incoming), after))

    def take_in(
        self,
        log: Recorder,
        incoming: Sequence[Incoming],
        places: Sequence[int],
        *,
        split_from: Sequence[str] | None = None,
    ) -> list[Passage]:
        """Record passages as added at these places, in the ledger held open as `log`. `split_from`
        are the id and digest of the passage they were cut from, when they were."""
        StoredWording.objects.keep(item.wording for item in incoming)
        passages = [
            Passage(
                id=item.id or new_id(),
                text=self,
                place=place,
                wording_id=item.wording.digest,
                label=item.label[:20],
            )
            for item, place in zip(incoming, places, strict=True)
        ]
        Passage.objects.bulk_create(passages, batch_size=300)
        for passage in passages:
            log.record(
                "passage.added",
                {"passage": passage.id, "open": True},
                words={"digest": passage.wording_id}
                | ({"split_from": list(split_from)} if split_from else {}),
            )
        for passage, item in zip(passages, incoming, strict=True):
            log.changed(passage.id, None, item.wording.plain)
        self.changed()
        return passages

    def changed(self) -> None:
        """Note a change of words, order or membership, so that what was drawn is drawn anew."""
        self.revision = new_revision()
        self.save(update_fields=["revision"])
        announce(self.slug)

    def _places(self, count: int, after: Passage | None) -> list[int]:
        """Free places for `count` passages. Makes room by moving all when a gap is full."""
        if after is None:
            last = self.passages.aggregate(models.Max("place"))["place__max"] or 0
            return [last + STEP * (n + 1) for n in range(count)]
        after.refresh_from_db(fields=["place"])
        following = (
            self.passages.filter(place__gt=after.place).order_by("place").values_list("place")
        ).first()
        if following is None:
            return [after.place + STEP * (n + 1) for n in range(count)]
        gap = (following[0] - after.place) // (count + 1)
        if gap < 1:
            room = STEP * (count + 1)
            self.passages.filter(place__gt=after.place).update(place=models.F("place") + room)
            gap = STEP
        return [after.place + gap * (n + 1) for n in range(count)]

    def outline(self) -> list[Passage]:
        """All passages that stand in the text, in order, each with its wording."""
        return list(
            self.passages.filter(withdrawn=None).order_by("place").select_related("wording")
        )
