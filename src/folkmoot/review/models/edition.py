"""A frozen, numbered publication."""

from __future__ import annotations

import hashlib
from functools import cached_property

import rfc8785
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from folkmoot.algorithms import bundle, edition
from folkmoot.algorithms.consent import Refused
from folkmoot.algorithms.numbering import title
from folkmoot.algorithms.wording import Wording
from folkmoot.commission.consent_log import recording
from folkmoot.commission.models import StoredWording
from folkmoot.people.models import Person
from folkmoot.review.assembly import OPENING, assemble, laid_out
from folkmoot.search.index import Document, put

from .candidate import Candidate


class Edition(models.Model):
    """A published edition. No later event changes it."""

    text = models.ForeignKey("commission.Text", models.PROTECT, related_name="editions")
    candidate = models.OneToOneField("review.Candidate", models.PROTECT, related_name="edition")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    language = models.CharField(max_length=20)
    headings = models.CharField(max_length=12, default="decimal")
    manifest = models.JSONField()
    digest = models.CharField(max_length=64)
    published = models.DateTimeField(default=timezone.now)
    published_by = models.ForeignKey("people.Person", models.SET_NULL, null=True, related_name="+")
    last_seq = models.PositiveIntegerField()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["text", "number"], name="edition_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.title}, edition {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("review:edition", args=[self.text.slug, self.number])

    @classmethod
    @transaction.atomic
    def publish(cls, candidate: Candidate, by: Person) -> Edition:
        """Publish a candidate that every current seat has signed.

        The manifest is computed afresh and must be the one that was signed. Raises `Refused`.
        """
        text = candidate.text
        with recording(text, by.actor) as log:
            candidate.refresh_from_db()
            if candidate.published:
                return cls.objects.get(candidate=candidate)
            fresh = edition.manifest_digest(assemble(text, log.state))
            if fresh != candidate.digest:
                raise Refused(
                    "wrong_manifest",
                    _(
                        "What is agreed, or how it is shown, has changed since this candidate"
                        " was frozen. Send it back and freeze a new one."
                    ),
                )
            wordings = wordings_of(candidate.manifest)
            files = {
                bundle.WORDINGS: edition_wordings(wordings),
                bundle.PAGE: edition.page(
                    candidate.manifest, wordings, bundle.picture_name
                ).encode(),
                bundle.ABOUT: bundle.README.encode(),
            }
            seq = log.record(
                "edition.published",
                {
                    "candidate": str(candidate.pk),
                    "edition": candidate.number,
                    "manifest": candidate.digest,
                    "files": {n: hashlib.sha256(b).hexdigest() for n, b in files.items()},
                },
            )
            candidate.published = timezone.now()
            candidate.save(update_fields=["published"])
            published = cls.objects.create(
                text=text,
                candidate=candidate,
                number=candidate.number,
                title=candidate.manifest["title"],
                language=candidate.manifest["language"],
                headings=text.headings,
                manifest=candidate.manifest,
                digest=candidate.digest,
                published_by=by,
                last_seq=seq,
            )
            outline = laid_out(candidate.manifest["passages"], wordings, text.headings)
            address = {p: c.slug for c in outline.chapters for p in c.passages}
            EditionPassage.objects.bulk_create(
                [
                    EditionPassage(
                        edition=published,
                        passage_id=entry["id"],
                        position=position,
                        wording_id=entry["digest"],
                        number=entry["number"],
                        marker=entry["marker"],
                        chapter=address.get(entry["id"], OPENING),
                    )
                    for position, entry in enumerate(candidate.manifest["passages"])
                ],
                batch_size=300,
            )
            published.index()
        return published

    def index(self) -> None:
        """Put the words of the edition where they can be searched."""
        wordings = self.wordings
        documents, chapter = [], ""
        for entry in self.manifest["passages"]:
            wording = wordings[entry["digest"]]
            if wording.kind == "heading" and not wording.quoted:
                chapter = title(wording)
                documents.append(Document(entry["id"], chapter, ""))
            else:
                documents.append(Document(entry["id"], chapter, wording.plain))
        put(self.scope, documents)

    @property
    def scope(self) -> str:
        """The name under which its words are searched."""
        return f"edition:{self.pk}"

    @property
    def claim(self) -> str:
        """What the rule lets this edition say of itself."""
        seats, aside = len(self.manifest["roster"]), len(self.manifest["aside"])
        return edition.rule_in_words(self.manifest["rule"], seats, aside)

    @cached_property
    def wordings(self) -> dict[str, Wording]:
        """The words of the edition by digest."""
        return wordings_of(self.manifest)


class EditionPassage(models.Model):
    """A passage as it stands in an edition: its frozen place, number and wording."""

    edition = models.ForeignKey("review.Edition", models.CASCADE, related_name="passages")
    passage = models.ForeignKey("commission.Passage", models.PROTECT, related_name="published_in")
    position = models.PositiveIntegerField()
    wording = models.ForeignKey("commission.StoredWording", models.PROTECT, related_name="+")
    number = models.CharField(max_length=40, blank=True)
    marker = models.CharField(max_length=20, blank=True)
    chapter = models.CharField(max_length=80, help_text="The address of its page, which stays.")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "passage"], name="passage_once_an_edition")
        ]

    def __str__(self) -> str:
        return f"{self.edition}: {self.passage_id}"

    def get_absolute_url(self) -> str:
        book = self.edition
        page = reverse("review:chapter", args=[book.text.slug, book.number, self.chapter])
        return f"{page}#p-{self.passage_id}"


def wordings_of(manifest: dict[str, list[dict[str, str]]]) -> dict[str, Wording]:
    """The wordings that a manifest names, by digest."""
    digests = {entry["digest"] for entry in manifest["passages"]}
    rows = StoredWording.objects.in_bulk(digests)
    return {digest: row.value for digest, row in rows.items()}


def edition_wordings(wordings: dict[str, Wording]) -> bytes:
    """The file of a bundle that holds the words."""
    return rfc8785.dumps({digest: wording.to_json() for digest, wording in wordings.items()})
