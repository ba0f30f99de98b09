"""What happens in commissions when somebody closes their account."""

from __future__ import annotations

from folkmoot.algorithms.consent import Refused
from folkmoot.people.closing import Hindered
from folkmoot.people.models import Person


def leave_seats(person: Person) -> None:
    """Leave every seat the person holds. Raises `Hindered` while a seat cannot be left."""
    for seat in person.seats.current().select_related("commission"):
        try:
            seat.leave(person)
        except Refused as refusal:
            raise Hindered(f"{seat.commission}: {refusal}") from refusal
