"""One block of a text, with a permanent id."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone

from folkmoot.algorithms.editorial import obstacles
from folkmoot.algorithms.wording import Wording
from folkmoot.people.models import Person

from .edit import Edit
from .seat import Seat
from .stance import Stance
from .variant import Variant
from .wording import StoredWording

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
STEP = 1 << 16
"""The gap left between places, so that passages can be put in between."""


def new_id() -> str:
    """A fresh passage id: ten characters of Crockford's base 32, fifty random bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(10))


class Passage(models.Model):
    """A passage keeps its id through every edit and every edition."""

    id = models.CharField(max_length=10, primary_key=True, default=new_id, editable=False)
    text = models.ForeignKey("commission.Text", models.CASCADE, related_name="passages")
    place = models.BigIntegerField()
    wording = models.ForeignKey("commission.StoredWording", models.PROTECT, related_name="+")
    label = models.CharField(max_length=20, blank=True)
    withdrawn = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["place"]
        indexes = [models.Index(fields=["text", "place"])]

    def __str__(self) -> str:
        return self.wording.plain[:60]

    def get_absolute_url(self) -> str:
        return reverse("commission:passage", args=[self.text.slug, self.id])

    @property
    def value(self) -> Wording:
        """The current wording as a plain value."""
        return self.wording.value

    @transaction.atomic
    def edit(
        self, wording: Wording, by: Person, *, editorial: bool = False, reason: str = ""
    ) -> Edit | None:
        """Replace the words in place.

        A presentational change (same digest) records nothing and returns None. An edit declared
        editorial carries the stances of those seats for which it is editorial measured against
        what they last accepted in person; the machine turns it into a substantive one when the
        words say so. Raises `consent.Refused` when the text is frozen as a candidate.
        """
        from folkmoot.commission.consent_log import recording

        with recording(self.text, by.actor) as log:
            self.refresh_from_db(fields=["wording"])
            before = self.value
            if wording.digest == before.digest:
                return None
            editorial = editorial and not obstacles(before, wording)
            payload: dict[str, object] = {
                "passage": self.id,
                "class": "editorial" if editorial else "substantive",
                "editor": by.key,
            }
            if editorial:
                payload["seats_beyond"] = self._seats_beyond(log.state, wording)
            StoredWording.keep(wording)
            seq = log.record(
                "passage.edited",
                payload,
                words={"before": before.digest, "after": wording.digest},
            )
            return self._replaced(before, wording, by, payload["class"], reason, seq)

    def _seats_beyond(self, state: object, wording: Wording) -> list[str]:
        """Seats for which the chain of edits since they spoke in person is no longer editorial."""
        beyond, known = [], {}
        for seat in sorted(state.roster):  # type: ignore[attr-defined]
            accepted = state.last_accepted(seat, self.id)  # type: ignore[attr-defined]
            if accepted is None:
                continue
            if accepted not in known:
                earlier = StoredWording.objects.get(digest=accepted).value
                known[accepted] = bool(obstacles(earlier, wording))
            if known[accepted]:
                beyond.append(seat)
        return beyond

    def _replaced(
        self, before: Wording, after: Wording, by: Person, kind: object, reason: str, seq: int
    ) -> Edit:
        self.wording_id = after.digest
        self.save(update_fields=["wording"])
        self.variants.filter(wording_id=after.digest, withdrawn=None).update(adopted=timezone.now())
        return Edit.objects.create(
            passage=self,
            before_id=before.digest,
            after_id=after.digest,
            kind=str(kind),
            reason=reason,
            editor=by,
            seq=seq,
        )

    @transaction.atomic
    def withdraw(self, by: Person) -> None:
        """Take the passage out of the text. It keeps its id and can be restored."""
        from folkmoot.commission.consent_log import recording

        with recording(self.text, by.actor) as log:
            log.record("passage.withdrawn", {"passage": self.id})
            self.withdrawn = timezone.now()
            self.save(update_fields=["withdrawn"])

    @transaction.atomic
    def restore(self, by: Person) -> None:
        """Put a withdrawn passage back where it stood."""
        from folkmoot.commission.consent_log import recording

        with recording(self.text, by.actor) as log:
            log.record("passage.restored", {"passage": self.id})
            self.withdrawn = None
            self.save(update_fields=["withdrawn"])

    @transaction.atomic
    def move(self, after: Passage | None, by: Person) -> None:
        """Put the passage after another one of the same text, or first. Stances are untouched."""
        from folkmoot.commission.consent_log import recording

        with recording(self.text, by.actor):
            if after is not None:
                self.place = self.text._places(1, after)[0]
            else:
                first = self.text.passages.aggregate(models.Min("place"))["place__min"]
                self.place = (first or STEP) - STEP
            self.save(update_fields=["place"])

    @transaction.atomic
    def propose(
        self, wording: Wording, by: Person, *, note: str = "", seat: Seat | None = None
    ) -> Variant:
        """Propose another wording. Proposing words that are already proposed returns the first
        proposal; proposing the current words raises `consent.Refused`."""
        from folkmoot.commission.consent_log import recording

        with recording(self.text, by.actor) as log:
            self.refresh_from_db(fields=["wording"])
            standing = self.variants.filter(wording_id=wording.digest, withdrawn=None).first()
            if standing:
                return standing
            StoredWording.keep(wording)
            log.record("variant.proposed", {"passage": self.id}, words={"digest": wording.digest})
            return Variant.objects.create(
                passage=self, wording_id=wording.digest, proposer=by, seat=seat, note=note
            )

    @transaction.atomic
    def take_stance(
        self,
        seat: Seat,
        digest: str,
        position: str,
        *,
        reason: str = "",
        would_accept: str = "",
        conditions: Sequence[tuple[str, str]] = (),
    ) -> Stance | None:
        """Record a seat's stance on exactly the wording `digest`.

        Returns None, and records nothing, when the seat's latest word is the same already (a form
        sent twice). Raises `consent.Refused` with code `stale_wording` when the words have changed.
        """
        from folkmoot.commission.consent_log import recording

        with recording(self.text, seat.actor) as log:
            latest = self.stances.filter(seat=seat).order_by("-seq").first()
            said = (position, reason, would_accept, [list(c) for c in conditions])
            same = latest and latest.wording_id == digest and latest.said == said
            if same and not log.state.must_repeat(seat.key, self.id):
                return None
            seq = log.record(
                "stance.given",
                {"seat": seat.key, "passage": self.id},
                on={"digest": digest},
                counts={"counts": COUNTS[position]},
                stance={"stance": position, "conditions": [list(c) for c in conditions]},
                **({"reason": {"reason": reason, "would_accept": would_accept}} if reason else {}),
            )
            return Stance.objects.create(
                passage=self,
                seat=seat,
                wording_id=digest,
                position=position,
                reason=reason,
                would_accept=would_accept,
                conditions=[list(c) for c in conditions],
                seq=seq,
            )

    @transaction.atomic
    def dispute(self, seat: Seat) -> None:
        """Say that an edit declared editorial was not. It becomes substantive at once."""
        from folkmoot.commission.consent_log import recording

        with recording(self.text, seat.actor) as log:
            log.record("edit.disputed", {"passage": self.id, "seat": seat.key})

    @transaction.atomic
    def address(self, seat: Seat, by: Person) -> None:
        """Note that an answer was given to a seat's objection. The objection stays open."""
        from folkmoot.commission.consent_log import recording

        with recording(self.text, by.actor) as log:
            log.record("objection.addressed", {"passage": self.id, "seat": seat.key, "by": by.key})


COUNTS = {
    "endorse": "agrees",
    "accept": "agrees",
    "reserve": "agrees",
    "stand_aside": "aside",
    "undecided": "no",
    "object": "no",
}
"""What an edition's proof says of a stance: only whether it counts, not which one it was."""
