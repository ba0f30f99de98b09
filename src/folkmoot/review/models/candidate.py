"""What is about to be published, put before the seats to sign."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from folkmoot.algorithms.consent import Refused, Why
from folkmoot.algorithms.edition import manifest_digest
from folkmoot.commission.consent_log import reading, recording
from folkmoot.commission.drafts import settled_or_refused
from folkmoot.commission.models import Passage, Seat, Stance, Text
from folkmoot.people.models import Person
from folkmoot.review.assembly import assemble


class Carried(NamedTuple):
    """A stance that waits to be re-affirmed: on which words it stands now, on which it was given,
    and by which entry of the ledger."""

    passage: str
    digest: str
    given_on: str
    seq: int


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
    def freeze(cls, text: Text, by: Person) -> Candidate:
        """Freeze what all agree to as the candidate for the next edition.

        Raises `Refused` when nothing is agreed or another candidate is open. Stances that were
        carried over an edit are re-affirmed by each seat before it signs. What is being written in
        the live room is recorded first, and `Refused` raised when some of it is not finished.
        """
        settled_or_refused(text)
        with transaction.atomic(), recording(text, by.actor) as log:
            if log.state.candidate is not None:
                raise Refused("candidate_frozen")
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
        """Send the candidate back before all have signed. The text can be edited again.

        Also possible later when it could not be published any more: the seats have changed, or a
        name or number that stands in the manifest.
        """
        with recording(self.text, seat.actor) as log:
            payload = {"candidate": str(self.pk), "seat": seat.key}
            now = manifest_digest(assemble(self.text, log.state))
            if now != self.digest:
                payload["now"] = now
            log.record("candidate.returned", payload)
            self.returned, self.returned_by = timezone.now(), seat
            self.return_reason = reason
            self.save(update_fields=["returned", "returned_by", "return_reason"])

    def carried(self, seat: Seat) -> list[Carried]:
        """What this seat has to re-affirm before it signs: included passages on which its stance
        was carried over an edit declared editorial, in the order of the text."""
        with reading(self.text) as state:
            if seat.key not in state.roster:
                return []
            included = {entry["id"]: entry["digest"] for entry in self.passages()}
            waiting = {n.passage for n in state.needs(seat.key) if n.why is Why.CARRIED}
            found = []
            for passage, digest in included.items():
                if passage not in waiting or state.current(passage) != digest:
                    continue
                stand = state.standing(passage).stands[seat.key]
                found.append(Carried(passage, digest, stand.digest or "", stand.seq or 0))
        return found

    @transaction.atomic
    def reaffirm(self, seat: Seat, shown: Iterable[tuple[str, str]]) -> int:
        """Say again, on exactly the words shown, what the seat said before they were edited.

        `shown` are pairs (passage, digest). Each becomes a stance of its own; what does not wait
        any more is passed over, so that a form sent twice counts once. Returns how many were
        recorded. Raises `Refused` when words have changed since they were shown.
        """
        waiting = {(c.passage, c.digest): c for c in self.carried(seat)}
        chosen = [waiting[pair] for pair in dict.fromkeys(shown) if pair in waiting]
        passages = Passage.objects.in_bulk([c.passage for c in chosen])
        said = Stance.objects.filter(
            passage__text=self.text, seat=seat, seq__in=[c.seq for c in chosen]
        )
        by_seq = {stance.seq: stance for stance in said}
        for carried in chosen:
            before = by_seq[carried.seq]
            passage = passages[carried.passage]
            passage.text = self.text
            passage.take_stance(
                seat,
                carried.digest,
                before.position,
                reason=before.reason,
                would_accept=before.would_accept,
                conditions=[(p, d) for p, d in before.conditions],
            )
        return len(chosen)

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
