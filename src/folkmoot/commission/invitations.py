"""Invitations to a seat or an office of a commission, and what happens when one is accepted."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from folkmoot.people.invitations import Unavailable
from folkmoot.people.models import Invitation, Person

from .models import Commission, CommissionOffice, Seat


def seat_purpose(seat: Seat) -> str:
    return f"seat:{seat.pk}"


def office_purpose(commission: Commission, kind: str) -> str:
    return f"commission-office:{commission.pk}:{kind}"


@transaction.atomic
def take_seat(invitation: Invitation, person: Person) -> Seat:
    """Let the person take the seat that is kept for them. From now on its agreement is needed."""
    seat = _seat(invitation)
    if seat is not None:
        # The row is locked, so that two people cannot take the seat at once.
        seat = Seat.objects.select_for_update().get(pk=seat.pk)
    if seat is None or seat.ended is not None:
        raise Unavailable(_("This seat no longer exists."))
    if seat.person_id is not None:
        raise Unavailable(_("Somebody has taken this seat already."))
    if seat.commission.seats.current().filter(person=person).exists():
        raise Unavailable(_("You hold a seat in this commission already."))
    seat.take(person)
    return seat


def describe_seat(invitation: Invitation) -> str:
    """What is offered, in a few words."""
    seat = _seat(invitation)
    return _("A seat in %(commission)s") % {"commission": seat.commission} if seat else _("A seat")


@transaction.atomic
def take_office(invitation: Invitation, person: Person) -> CommissionOffice:
    """Give the person the office of a commission that the invitation offers."""
    commission, kind = _office(invitation)
    if commission is None:
        raise Unavailable(_("This invitation offers something that no longer exists."))
    held = commission.commission_offices.current().filter(person=person, kind=kind).first()
    if held is not None:
        return held
    return CommissionOffice.objects.create(
        commission=commission, person=person, kind=kind, started=timezone.now()
    )


def describe_office(invitation: Invitation) -> str:
    """What is offered, in a few words."""
    commission, kind = _office(invitation)
    if commission is None:
        return _("An office")
    return f"{CommissionOffice.Kind(kind).label}, {commission}"


def _seat(invitation: Invitation) -> Seat | None:
    number = invitation.subject[1]
    if not number.isdecimal():
        return None
    return Seat.objects.select_related("commission").filter(pk=int(number)).first()


def _office(invitation: Invitation) -> tuple[Commission | None, str]:
    number, _colon, kind = invitation.subject[1].partition(":")
    if not number.isdecimal() or kind not in CommissionOffice.Kind.values:
        return None, ""
    return Commission.objects.filter(pk=int(number)).first(), kind
