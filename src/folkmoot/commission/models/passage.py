"""One block of a text, with a permanent id."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Concatenate

from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone

from folkmoot.algorithms.consent import Freshness, Refused, State
from folkmoot.algorithms.editorial import obstacles
from folkmoot.algorithms.wording import Wording
from folkmoot.people.models import Person

from .edit import Edit
from .seat import Seat
from .stance import Stance
from .variant import Variant
from .wording import StoredWording

if TYPE_CHECKING:
    from folkmoot.commission.consent_log import Recorder

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
STEP = 1 << 16
"""The gap left between places, so that passages can be put in between."""


def new_id() -> str:
    """A fresh passage id: ten characters of Crockford's base 32, fifty random bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(10))


class Overtaken(Exception):
    """Somebody else changed the words in the meantime. `current` is what stands there now."""

    def __init__(self, current: Wording) -> None:
        super().__init__("The words changed while you were writing.")
        self.current = current


class ReasonNeeded(ValueError):
    """This stance is only taken with a reason."""


def once_recorded[**P, R](
    act: Callable[Concatenate[Passage, P], R],
) -> Callable[Concatenate[Passage, P], R]:
    """An act on a passage, in a transaction of its own, after what is being written in it in the
    live room has been recorded: so that nobody acts on words that do not stand there any more."""

    @wraps(act)
    def acting(self: Passage, /, *args: P.args, **kwargs: P.kwargs) -> R:
        from folkmoot.commission.drafts import settle

        # Before the transaction of the act: when the act is refused, this stays recorded.
        settle(self.text, [self.pk])
        with transaction.atomic():
            return act(self, *args, **kwargs)

    return acting


class Passage(models.Model):
    """A passage keeps its id through every edit and every edition."""

    id = models.CharField(max_length=10, primary_key=True, default=new_id, editable=False)
    text = models.ForeignKey("commission.Text", models.CASCADE, related_name="passages")
    place = models.BigIntegerField()
    wording = models.ForeignKey("commission.StoredWording", models.PROTECT, related_name="+")
    label = models.CharField(max_length=20, blank=True)
    withdrawn = models.DateTimeField(null=True, blank=True)
    taken_up = models.CharField(max_length=64, blank=True, editable=False)
    """The digest that the document of the live room has of this passage or began from; empty while
    it has none. It differs from the wording when somebody changed the passage outside the room."""
    moved = models.BooleanField(default=False, editable=False)
    """Whether a form put the passage somewhere else and the live room has not heard of it yet."""
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

    @once_recorded
    def edit(
        self,
        wording: Wording,
        by: Person,
        *,
        editorial: bool = False,
        reason: str = "",
        seen: str = "",
    ) -> Edit | None:
        """Replace the words in place.

        `seen` is the digest the editor had before them: when other words stand there by now,
        nothing is written and `Overtaken` carries them. A presentational change (same digest)
        records nothing and returns None. An edit declared editorial carries the stances of those
        seats for which it is editorial measured against what they last accepted in person; the
        machine turns it into a substantive one when the words say so. Raises `consent.Refused`
        when the text is frozen as a candidate.
        """
        from folkmoot.commission.consent_log import recording

        with recording(self.text, by.actor) as log:
            self.refresh_from_db(fields=["wording"])
            before = self.value
            if wording.digest == before.digest:
                return None
            if seen and seen != before.digest:
                raise Overtaken(before)
            return self.replace_words(log, before, wording, by, editorial=editorial, reason=reason)

    def replace_words(
        self,
        log: Recorder,
        before: Wording,
        wording: Wording,
        by: Person | None,
        *,
        editorial: bool,
        reason: str,
    ) -> Edit:
        """Record that `wording` stands where `before` stood. Part of an act that holds the ledger
        open as `log`; the passage must be as it is in the database. `by` is None when whoever
        wrote has closed their account since."""
        editorial = editorial and not obstacles(before, wording)
        kind = "editorial" if editorial else "substantive"
        # Which seats had accepted an earlier wording is theirs to show, so it is sealed.
        beyond = self._seats_beyond(log.state, wording) if editorial else []
        StoredWording.keep(wording)
        seq = log.record(
            "passage.edited",
            {"passage": self.id, "class": kind, "editor": by.key if by else ""},
            words={"before": before.digest, "after": wording.digest},
            beyond={"seats_beyond": beyond},
        )
        log.changed(self.id, before.plain, wording.plain)
        return self._replaced(before, wording, by, kind, reason, seq)

    def cut_or_join(
        self,
        log: Recorder,
        before: Wording,
        after: Wording,
        by: Person | None,
        kind: str,
        merged: Sequence[tuple[str, str]],
    ) -> Edit:
        """Record that the passage was cut in two ("split"), or that the passages `merged` (id and
        digest) were joined to it ("merge"), without a word changed: stances are carried."""
        StoredWording.keep(after)
        seq = log.record(
            "passage.edited",
            {"passage": self.id, "class": kind, "editor": by.key if by else ""},
            words={
                "before": before.digest,
                "after": after.digest,
                **({"merged": [list(pair) for pair in merged]} if merged else {}),
            },
        )
        log.changed(self.id, before.plain, after.plain)
        return self._replaced(before, after, by, kind, "", seq)

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
        self,
        before: Wording,
        after: Wording,
        by: Person | None,
        kind: object,
        reason: str,
        seq: int,
    ) -> Edit:
        self.wording_id = after.digest
        self.save(update_fields=["wording"])
        self.variants.standing().filter(wording_id=after.digest).update(adopted=timezone.now())
        self.text.changed()
        return Edit.objects.create(
            passage=self,
            before_id=before.digest,
            after_id=after.digest,
            kind=str(kind),
            reason=reason,
            editor=by,
            seq=seq,
        )

    @once_recorded
    def withdraw(self, by: Person) -> None:
        """Take the passage out of the text. It keeps its id and can be restored."""
        from folkmoot.commission.consent_log import recording

        with recording(self.text, by.actor) as log:
            self.take_out(log)

    def take_out(self, log: Recorder) -> None:
        """Record that the passage stands in the text no more, in the ledger held open as `log`."""
        log.record("passage.withdrawn", {"passage": self.id})
        log.changed(self.id, self.wording.plain, None)
        self.withdrawn = timezone.now()
        self.save(update_fields=["withdrawn"])
        self.text.changed()

    @once_recorded
    def restore(self, by: Person) -> None:
        """Put a withdrawn passage back where it stood."""
        from folkmoot.commission.consent_log import recording

        with recording(self.text, by.actor) as log:
            self.put_back(log)

    def put_back(self, log: Recorder) -> None:
        """Record that the passage stands in the text again, in the ledger held open as `log`."""
        log.record("passage.restored", {"passage": self.id})
        log.changed(self.id, None, self.wording.plain)
        self.withdrawn = None
        self.save(update_fields=["withdrawn"])
        self.text.changed()

    @transaction.atomic
    def move(self, after: Passage | None, by: Person) -> None:
        """Put the passage after another one of the same text, or first. Stances are untouched.

        The order of a text is no part of what is agreed word for word, so the ledger says nothing
        of it; a candidate freezes the order it was made with, so nothing is moved while one is
        open.
        """
        from folkmoot.commission.consent_log import recording

        with recording(self.text, by.actor) as log:
            if log.state.candidate is not None:
                raise Refused("candidate_frozen")
            if after is not None:
                if after.pk == self.pk:
                    return
                self.place = self.text._places(1, after)[0]
            else:
                first = self.text.passages.aggregate(models.Min("place"))["place__min"]
                self.place = (first or STEP) - STEP
            self.moved = True
            self.save(update_fields=["place", "moved"])
            self.text.changed()

    @once_recorded
    def propose(
        self, wording: Wording, by: Person, *, note: str = "", seat: Seat | None = None
    ) -> Variant:
        """Propose another wording. Proposing words that are already proposed returns the first
        proposal; proposing the current words raises `consent.Refused`."""
        from folkmoot.commission.consent_log import recording

        with recording(self.text, by.actor) as log:
            self.refresh_from_db(fields=["wording"])
            standing = self.variants.standing().filter(wording_id=wording.digest).first()
            if standing:
                return standing
            StoredWording.keep(wording)
            log.record("variant.proposed", {"passage": self.id}, words={"digest": wording.digest})
            return Variant.objects.create(
                passage=self, wording_id=wording.digest, proposer=by, seat=seat, note=note
            )

    @once_recorded
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
        sent twice). Raises `consent.Refused` with code `stale_wording` when the words have changed,
        and `ReasonNeeded` for a stance that is not taken without one.
        """
        from folkmoot.commission.consent_log import recording

        if seat.commission_id != self.text.commission_id:
            raise Refused("not_on_roster")
        if position in Stance.NEEDS_REASON and not reason.strip():
            raise ReasonNeeded(position)
        with recording(self.text, seat.actor) as log:
            latest = self.stances.filter(seat=seat).order_by("-seq").first()
            said = (position, reason, would_accept, [list(c) for c in conditions])
            repeated = latest and latest.wording_id == digest and latest.said == said
            if repeated and not _asked_again(log.state, seat.key, self.id, digest):
                return None
            seq = log.record(
                "stance.given",
                {"seat": seat.key, "passage": self.id},
                on={"digest": digest},
                counts={"counts": COUNTS[position]},
                stance={"stance": position, "conditions": [list(c) for c in conditions]},
                # Sealed even when empty: a missing reason would show that nobody minded.
                reason={"reason": reason, "would_accept": would_accept},
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

    @once_recorded
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
            # That a seat objects is sealed like the objection itself.
            log.record(
                "objection.addressed",
                {},
                to={"passage": self.id, "seat": seat.key, "by": by.key},
            )


def _asked_again(state: State, seat: str, passage: str, digest: str) -> bool:
    """Whether the same words from the same seat say something new: what it said before went stale,
    was carried, or came before a departure."""
    try:
        stand = state.standing(passage, digest).stands.get(seat)
    except Refused:
        return True
    if stand is None or stand.state not in (Freshness.FRESH, Freshness.REVIVED):
        return True
    return digest == state.current(passage) and any(
        need.passage == passage for need in state.needs(seat)
    )


COUNTS = {
    "endorse": "agrees",
    "accept": "agrees",
    "reserve": "agrees",
    "stand_aside": "aside",
    "undecided": "no",
    "object": "no",
}
"""What an edition's proof says of a stance: only whether it counts, not which one it was."""
