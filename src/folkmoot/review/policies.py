"""Who may do what with candidates and editions. Asked of seats and offices, never of names."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from folkmoot.commission.models import Text
from folkmoot.commission.policies import standing
from folkmoot.people.policies import Right, Visitor, declare


def may_prepare(visitor: Visitor, text: Text) -> bool:
    """Sees what the next edition would contain and what is left out, and freezes a candidate."""
    return standing(visitor, text.commission).writes


def may_publish(visitor: Visitor, text: Text) -> bool:
    return standing(visitor, text.commission).secretary


def may_see_candidate(visitor: Visitor, text: Text) -> bool:
    return standing(visitor, text.commission).inside


def may_sign(visitor: Visitor, text: Text) -> bool:
    """Only with the seat one holds oneself; signing, sending back and re-affirming alike."""
    return standing(visitor, text.commission).seat is not None


def may_note_erratum(visitor: Visitor, text: Text) -> bool:
    return standing(visitor, text.commission).writes


def may_publish_reservation(visitor: Visitor, text: Text) -> bool:
    """Has a seat whose own reservations could be published."""
    return standing(visitor, text.commission).seat is not None


PREPARE = Right(
    _("See what the next edition would contain, and freeze it as a candidate"),
    _("the secretary and the report author of this commission"),
)
SEE_CANDIDATE = Right(
    _("Read a candidate for an edition"),
    _("commissioners of this commission, its secretary and its report author"),
)
SIGN = Right(
    _("Sign a candidate or send it back"),
    _("commissioners of this commission, each with their own seat"),
    _("An edition is published only with the signature of every seat."),
)
PUBLISH = Right(
    _("Publish an edition that every seat has signed"),
    _("the secretary of this commission"),
)
NOTE_ERRATUM = Right(
    _("Add a note on an error to a published edition"),
    _("the secretary and the report author of this commission"),
    _("The edition itself is never changed."),
)
PUBLISH_RESERVATION = Right(
    _("Publish a reservation"),
    _("the commissioner whose reservation it is"),
)

declare(
    "review",
    _("Editions"),
    [PREPARE, SEE_CANDIDATE, SIGN, PUBLISH, NOTE_ERRATUM, PUBLISH_RESERVATION],
)
