"""What is about to be published, put before the seats to sign."""

from __future__ import annotations

from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from folkmoot.algorithms.consent import Refused
from folkmoot.algorithms.edition import manifest_digest
from folkmoot.commission.consent_log import recording
from folkmoot.commission.models import Seat, Text
from folkmoot.people.models import Person
from folkmoot.review.assembly import assemble


class CandidateQuerySet(models.QuerySet["Candidate"]):
    def open(self) -> CandidateQuerySet:
        """Those neither sent back nor published."""
        return self.filter(returned=None, published=None)


class Candidate(models.Model):
    """A frozen manifest. While it is open the text cannot be edited."""

    text = models.ForeignKey("commission.Text", models.CASCADE, related_name="candidates")
    number = models.PositiveSmallIntegerField(help_text="The number the edition will have.")
    manifest = models.JSONField()
    digest = models.CharField(max_length=64)
    frozen_by = models.ForeignKey("people.Person", models.SET_NULL, null=True, related_name="+")
    frozen = models.DateTimeField(default=timezone.now)
    returned = models.DateTimeField(null=True, blank=True)
    returned_by = models.ForeignKey(
        "commission.Seat", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    return_reason = models.TextField(blank=True)
    published = models.DateTimeField(null=True, blank=True)

    objects = CandidateQuerySet.as_manager()

    class Meta:
        ordering = ["-frozen"]
        constraints = [
            models.UniqueConstraint(
                fields=["text"],
                condition=Q(returned=None, published=None),
                name="one_open_candidate",
            )
        ]

    def __str__(self) -> str:
        return f"{self.text}, candidate for edition {self.number}"

    @classmethod
    @transaction.atomic
    def freeze(cls, text: Text, by: Person) -> Candidate:
        """Freeze what all agree to as the candidate for the next edition.

        Raises `Refused` when nothing is agreed, carried stances wait to be re-affirmed, or another
        candidate is open.
        """
        with recording(text, by.actor) as log:
            manifest = assemble(text, log.state)
            if not manifest["passages"]:
                raise Refused(
                    "nothing_agreed", _("Nothing is agreed yet, so nothing can be published.")
                )
            candidate = cls.objects.create(
                text=text,
                number=manifest["edition"],
                manifest=manifest,
                digest=manifest_digest(manifest),
                frozen_by=by,
            )
            log.record(
                "candidate.frozen",
                {"candidate": str(candidate.pk), "manifest": candidate.digest},
            )
        return candidate

    @property
    def is_open(self) -> bool:
        return self.returned is None and self.published is None

    @transaction.atomic
    def sign(self, seat: Seat) -> SignOff:
        """Sign the manifest for one seat. Signing twice signs once."""
        with recording(self.text, seat.actor) as log:
            signed = self.sign_offs.filter(seat=seat).first()
            if signed:
                return signed
            seq = log.record(
                "candidate.signed",
                {"candidate": str(self.pk), "seat": seat.key, "manifest": self.digest},
            )
            return SignOff.objects.create(candidate=self, seat=seat, seq=seq)

    @transaction.atomic
    def send_back(self, seat: Seat, reason: str) -> None:
        """Send the candidate back before all have signed. The text can be edited again."""
        with recording(self.text, seat.actor) as log:
            log.record("candidate.returned", {"candidate": str(self.pk), "seat": seat.key})
            self.returned, self.returned_by = timezone.now(), seat
            self.return_reason = reason
            self.save(update_fields=["returned", "returned_by", "return_reason"])

    def missing(self) -> list[Seat]:
        """The current seats that have not signed."""
        signed = self.sign_offs.values("seat")
        return list(self.text.commission.seats.current().exclude(pk__in=signed))

    def passages(self) -> list[dict[str, Any]]:
        """The manifest's passages in order."""
        return list(self.manifest["passages"])


class SignOff(models.Model):
    """One seat's signature under a candidate."""

    candidate = models.ForeignKey("review.Candidate", models.CASCADE, related_name="sign_offs")
    seat = models.ForeignKey("commission.Seat", models.CASCADE, related_name="+")
    seq = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["seq"]
        constraints = [
            models.UniqueConstraint(fields=["candidate", "seat"], name="signed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.seat} signed {self.candidate}"
