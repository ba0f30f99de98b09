"""A point made on a passage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from folkmoot.people.models import Person

if TYPE_CHECKING:
    from .passage import Passage


class CommentQuerySet(models.QuerySet["Comment"]):
    def points(self) -> CommentQuerySet:
        """Comments that start a thread; each needs a disposition."""
        return self.filter(parent=None)

    def open(self) -> CommentQuerySet:
        """Points that have no disposition yet."""
        return self.points().filter(disposition="")


class Comment(models.Model):
    """A comment, or an answer in its thread. Never resolved in silence."""

    class Disposition(models.TextChoices):
        TAKEN = "taken", _("Taken")
        PARTLY = "partly", _("Partly taken")
        DECLINED = "declined", _("Declined")
        MERGED = "merged", _("Merged with another comment")
        WITHDRAWN = "withdrawn", _("Withdrawn by its author")

    class Kept(models.TextChoices):
        """What the author said when asked whether the answer keeps the point."""

        YES = "yes", _("My point is kept")
        NO = "no", _("My point is lost")

    NEEDS_REASON = frozenset({Disposition.PARTLY, Disposition.DECLINED})

    passage = models.ForeignKey("commission.Passage", models.CASCADE, related_name="comments")
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="answers"
    )
    author = models.ForeignKey(
        "people.Person", models.SET_NULL, null=True, blank=True, related_name="comments"
    )
    imported_author = models.CharField(max_length=120, blank=True)
    body = models.TextField()
    quote = models.TextField(blank=True)
    prefix = models.CharField(max_length=48, blank=True)
    suffix = models.CharField(max_length=48, blank=True)
    wording = models.ForeignKey(
        "commission.StoredWording", models.PROTECT, null=True, related_name="+"
    )
    created = models.DateTimeField(default=timezone.now)
    disposition = models.CharField(max_length=10, choices=Disposition, blank=True)
    disposition_reason = models.TextField(blank=True)
    disposed_by = models.ForeignKey(
        "people.Person", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    disposed = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, blank=True)
    kept = models.CharField(max_length=3, choices=Kept, blank=True)
    once = models.CharField(max_length=40, blank=True)

    is_own = False
    """Whether the visitor may take it back; the page that shows it says so."""

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["created", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["once"], condition=~Q(once=""), name="comment_sent_once"
            )
        ]

    def __str__(self) -> str:
        return self.body[:60]

    @property
    def author_name(self) -> str:
        """Who made the point: a person here, or the name an imported file gave."""
        return self.author.shown_name if self.author else self.imported_author

    def dispose(self, disposition: str, by: Person, reason: str = "") -> None:
        """End the point with an answer. `ValueError` when a reason is needed and missing."""
        if disposition in self.NEEDS_REASON and not reason.strip():
            raise ValueError("Say why, so that its author can see the reason.")
        self.disposition, self.disposition_reason = disposition, reason.strip()
        self.disposed_by, self.disposed, self.kept = by, timezone.now(), ""
        self.save(
            update_fields=[
                "disposition",
                "disposition_reason",
                "disposed_by",
                "disposed",
                "kept",
            ]
        )

    def reopen(self) -> None:
        """Take the answer back; the point waits again."""
        self.disposition = self.disposition_reason = ""
        self.disposed_by = self.disposed = self.merged_into = None
        self.save(
            update_fields=[
                "disposition",
                "disposition_reason",
                "disposed_by",
                "disposed",
                "merged_into",
            ]
        )

    def merge(self, into: Comment, by: Person, reason: str = "") -> None:
        """End the point as the same as another one; both authors stay named."""
        self.merged_into = into
        self.save(update_fields=["merged_into"])
        self.dispose(self.Disposition.MERGED, by, reason)

    def say_kept(self, kept: bool) -> None:
        """The author's answer to "is your point kept?". A lost point waits for an answer again."""
        self.kept = self.Kept.YES if kept else self.Kept.NO
        self.save(update_fields=["kept"])
        if not kept:
            self.reopen()

    @classmethod
    def make(
        cls,
        passage: Passage,
        author: Person,
        body: str,
        *,
        quote: str = "",
        parent: Comment | None = None,
        once: str = "",
    ) -> tuple[Comment, bool]:
        """A comment, or an answer to one; whether it is new. The same `once` by the same author
        gives the first one back."""
        if once:
            once = f"{author.pk}:{once}"[:40]
            earlier = cls.objects.filter(once=once).first()
            if earlier is not None:
                return earlier, False
        return cls.objects.create(
            passage=passage,
            parent=parent,
            author=author,
            body=body,
            quote=quote,
            wording_id=passage.wording_id,
            once=once,
        ), True
