"""What this room stores about people."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from folkmoot.people.models import Person
from folkmoot.people.register import OnClosing, PersonalData, declare


def seat_of(person: Person) -> Q:
    """Rows of the seats the person holds or has held."""
    return Q(seat__person=person)


def returned_by(person: Person) -> Q:
    """Candidates that the person sent back."""
    return Q(returned_by__person=person)


declare(
    PersonalData(
        model="review.SignOff",
        title=_("Editions you signed"),
        fields=("candidate__number", "at"),
        whose=seat_of,
        purpose=_("To prove that every seat agreed to an edition."),
        retention=_("As long as the edition; your seat's published name stands in it."),
        on_closing=OnClosing.KEEP,
    ),
    PersonalData(
        model="review.Candidate",
        title=_("Candidates you sent back"),
        fields=("number", "returned", "return_reason"),
        whose=returned_by,
        purpose=_("So that the others know what to work on."),
        retention=_("As long as the text."),
        on_closing=OnClosing.KEEP,
        unnamed=("frozen_by",),
    ),
    PersonalData(
        model="review.Edition",
        title=_("Editions you published"),
        fields=("title", "number", "published"),
        whose="published_by",
        purpose=_("To know who published it."),
        retention=_("As long as the edition."),
        on_closing=OnClosing.KEEP,
    ),
    PersonalData(
        model="review.Erratum",
        title=_("Notes on editions you wrote"),
        fields=("note", "at"),
        whose="by",
        purpose=_("To tell readers about errors in an edition."),
        retention=_("As long as the edition; without your name once you close your account."),
        on_closing=OnClosing.KEEP,
    ),
)
