"""Closing an account: what is known of a person goes, what they did stays, without a name."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from folkmoot.people import register
from folkmoot.people.models import LastAdministrator, Person
from folkmoot.people.organisation import record

_before: dict[str, Callable[[Person], None]] = {}


class Hindered(RuntimeError):
    """The account cannot be closed now; the message says why and what to do."""


def before_closing(room: str, act: Callable[[Person], None]) -> None:
    """Let a higher room do something before an account is closed, such as leaving a seat.

    It runs in the same transaction and may raise `Hindered`.
    """
    _before[room] = act


@transaction.atomic
def close_account(person: Person) -> None:
    """Erase what is kept about the person and end their offices.

    Raises `Hindered`, and nothing is changed, when nobody else is administrator or another room
    needs the person to do something first. The row stays, without name and address,
    so that what was decided together keeps its place; ledgers know only its random key.
    """
    for act in _before.values():
        act(person)
    for office in person.offices.filter(ended=None).select_related("branch"):
        try:
            office.end(by=person)
        except LastAdministrator as error:
            raise Hindered(
                _("You are the only administrator. Give the office to somebody else first.")
            ) from error
    for kept in register.declared():
        kept.close(person)
    record("person.closed", person, {"person": person.key})
    person.email = f"{person.key}@closed.invalid"
    person.name = person.about = ""
    person.branch = None
    person.is_active = False
    person.closed = timezone.now()
    person.last_login = None
    person.set_unusable_password()
    person.save()
