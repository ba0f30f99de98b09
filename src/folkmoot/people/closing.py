"""Closing an account: what is known of a person goes, what they did stays, without a name."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from folkmoot.people import register
from folkmoot.people.models import Person
from folkmoot.people.organisation import record


@transaction.atomic
def close_account(person: Person) -> None:
    """Erase what is kept about the person and end their offices.

    Raises `LastAdministrator` when nobody else is one. The row stays, without name and address,
    so that what was decided together keeps its place; ledgers know only its random key.
    """
    for office in person.offices.filter(ended=None).select_related("branch"):
        office.end(by=person)
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
