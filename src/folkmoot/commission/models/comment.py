"""A point made on a passage."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from folkmoot.algorithms.anchoring import Anchor, find, find_loosely
from folkmoot.commission.changes import announce
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

    def readable(self, person: Person, writes: bool) -> CommentQuerySet:
        """Those that a person inside the commission may read: all but the confidential ones of
        others; everything for the offices (`writes`). Answers are as confidential as their
        point."""
        if writes:
            return self
        own = Q(author=person, parent=None) | Q(parent__author=person)
        return self.filter(Q(confidential=False) | own)

    def in_tray(self) -> CommentQuerySet:
        """Open points whose words are gone."""
        return self.open().exclude(orphaned=None)


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
    """The words it is about, as they stand now; those that were last seen, for an orphan."""
    quote_then = models.TextField(blank=True)
    """The words it was made on, as they were then."""
    prefix = models.CharField(max_length=48, blank=True)
    suffix = models.CharField(max_length=48, blank=True)
    start = models.PositiveIntegerField(default=0)
    orphaned = models.DateTimeField(null=True, blank=True)
    """When its words were lost; empty while they stand."""
    confidential = models.BooleanField(default=False)
    """Read by its author, the secretary and the report author alone."""
    mentions = models.ManyToManyField("people.Person", blank=True, related_name="mentioned_in")
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

    may_be_placed = False
    """Whether the visitor may put it on other words; the page that shows it says so."""

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

    def get_absolute_url(self) -> str:
        """Its place on the page of its passage."""
        return f"{self.passage.get_absolute_url()}#comment-{self.parent_id or self.pk}"

    @property
    def author_name(self) -> str:
        """Who made the point: a person here, or the name an imported file gave."""
        return self.author.shown_name if self.author else self.imported_author

    @property
    def anchor(self) -> Anchor:
        """Where it stands, or stood last."""
        return Anchor(self.passage_id, self.quote, self.prefix, self.suffix, self.start)

    @anchor.setter
    def anchor(self, anchor: Anchor) -> None:
        self.passage_id, self.quote, self.start = anchor.passage, anchor.quote, anchor.start
        self.prefix, self.suffix = anchor.prefix[-48:], anchor.suffix[:48]

    @property
    def reworded(self) -> bool:
        """Whether the words it is about are not any more those it was made on."""
        return bool(self.quote_then) and self.quote_then != self.quote

    @transaction.atomic
    def place(self, anchor: Anchor) -> None:
        """Put the point, with its answers, on words by hand."""
        slug = self.passage.text.slug
        self.anchor, self.orphaned = anchor, None
        self.save(update_fields=["passage", "quote", "prefix", "suffix", "start", "orphaned"])
        self.answers.update(passage=self.passage_id)
        announce(slug)

    def _announce(self) -> None:
        announce(self.passage.text.slug)

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
        self._announce()

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
        self._announce()

    def merge(self, into: Comment, by: Person, reason: str = "") -> None:
        """End the point as the same as another one; both authors stay named."""
        self.merged_into = into
        self.save(update_fields=["merged_into"])
        self.dispose(self.Disposition.MERGED, by, reason)

    def say_kept(self, kept: bool) -> None:
        """The author's answer to "is your point kept?". A lost point waits for an answer again."""
        self.kept = self.Kept.YES if kept else self.Kept.NO
        self.save(update_fields=["kept"])
        self._announce()
        if not kept:
            self.reopen()

    @classmethod
    @transaction.atomic
    def make(
        cls,
        passage: Passage,
        author: Person,
        body: str,
        *,
        quote: str = "",
        anchor: Anchor | None = None,
        parent: Comment | None = None,
        confidential: bool = False,
        mentions: Iterable[Person] = (),
        once: str = "",
    ) -> tuple[Comment, bool]:
        """A comment, or an answer to one; whether it is new. The same `once` by the same author
        gives the first one back.

        It is about the words at `anchor`, or about `quote`, which is looked up; without either,
        about the whole passage. An answer is as confidential as the point it answers.
        """
        if once:
            once = f"{author.pk}:{once}"[:40]
            earlier = cls.objects.filter(once=once).first()
            if earlier is not None:
                return earlier, False
        if anchor is None:
            anchor = on_words(passage.pk, quote, passage.value.plain)
        comment = cls(
            passage=passage,
            parent=parent,
            author=author,
            body=body,
            quote_then=anchor.quote,
            wording_id=passage.wording_id,
            confidential=parent.confidential if parent else confidential,
            once=once,
        )
        comment.anchor = anchor
        comment.save()
        comment.mentions.set(mentions)
        comment._announce()
        return comment, True


def on_words(passage: str, quote: str, text: str, prefix: str = "", suffix: str = "") -> Anchor:
    """An anchor on words of a passage whose plain text is `text`, as they stand there if they can
    be found; otherwise on the words as they were given, which are looked for when they change."""
    given = Anchor(passage, quote, prefix, suffix)
    return find(given, text, hint=False) or find_loosely(given, text) or given
