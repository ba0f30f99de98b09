"""Reservations on an edition: what a seat that accepted wants noted, published by it alone."""

from __future__ import annotations

from django.db.models import F, QuerySet

from folkmoot.commission.models import Seat, Stance
from folkmoot.review.models import Edition


def _of(edition: Edition) -> QuerySet[Stance]:
    """Reservations on words that stand in the edition, given before it was published."""
    return (
        Stance.objects.filter(
            position=Stance.Position.RESERVE,
            seq__lte=edition.last_seq,
            passage__published_in__edition=edition,
            passage__published_in__wording=F("wording"),
        )
        .select_related("seat")
        .order_by("passage__published_in__position", "seat__number", "seq")
    )


def _latest(stances: QuerySet[Stance], edition: Edition) -> list[Stance]:
    """Only what was a seat's last word on these words when the edition was published."""
    later = {
        (row[0], row[1], row[2]): row[3]
        for row in Stance.objects.filter(
            passage__in=[s.passage_id for s in stances], seq__lte=edition.last_seq
        )
        .order_by("seq")
        .values_list("passage", "seat", "wording", "seq")
    }
    return [s for s in stances if later[s.passage_id, s.seat_id, s.wording_id] == s.seq]


def published(edition: Edition, passage: str = "") -> list[Stance]:
    """Published reservations on an edition, or on one passage of it, in the order of the text."""
    found = _of(edition).filter(published=True)
    return _latest(found.filter(passage=passage) if passage else found, edition)


def of_seat(edition: Edition, seat: Seat) -> list[Stance]:
    """The reservations of one seat, published or not, which it may publish."""
    return _latest(_of(edition).filter(seat=seat), edition)
