"""The demonstration's cast: people who are invented, and whom anybody may sign in as."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction

from folkmoot.branches.models import Branch
from folkmoot.branches.names import branches_by_name, plain
from folkmoot.people.models import DemoPerson, Office, Person

_BRANCH_OFFICES = {
    "secretary": Office.Kind.BRANCH_SECRETARY,
    "chair": Office.Kind.BRANCH_CHAIR,
}

_PARTS = {
    "secretary": DemoPerson.Part.OFFICE,
    "author": DemoPerson.Part.OFFICE,
    "administrator": DemoPerson.Part.ADMIN,
    "commissioner": DemoPerson.Part.SEAT,
}


def read_cast(path: Path) -> list[dict[str, Any]]:
    """The people of a cast file: a list, or an object with `people`."""
    read = json.loads(path.read_text(encoding="utf-8"))
    return list(read["people"] if isinstance(read, dict) else read)


@transaction.atomic
def load(cast: Iterable[Mapping[str, Any]]) -> dict[str, Person]:
    """Make or renew the cast. Returns the persons by key.

    Each entry has key, name, email, role (commissioner, secretary, author, administrator,
    branch_officer, member), office (of a branch officer: secretary, chair or other), branch (its
    name) and about. Everybody is a member; seats and offices of a commission are given by the
    commission's own loader. Loading again changes nothing that is the same.
    """
    cast = list(cast)
    branches = branches_by_name()
    persons: dict[str, Person] = {}
    for order, entry in enumerate(cast):
        branch = next(iter(branches.get(plain(entry.get("branch") or ""), [])), None)
        person = _person(entry, branch)
        persons[entry["key"]] = person
        DemoPerson.objects.update_or_create(
            key=entry["key"],
            defaults={
                "person": person,
                "order": order,
                "part": _PARTS.get(entry["role"], DemoPerson.Part.BRANCH),
                "role": _role(entry)[:120],
                "about": (entry.get("about") or "")[:300],
            },
        )
    founder = next((persons[e["key"]] for e in cast if e["role"] == "administrator"), None)
    for entry in cast:
        person = persons[entry["key"]]
        for kind, branch in _offices(entry, person.branch):
            Office.give(person, kind, by=founder or person, branch=branch)
    return persons


def _person(entry: Mapping[str, Any], branch: Branch | None) -> Person:
    known = DemoPerson.objects.filter(key=entry["key"]).select_related("person").first()
    person = known.person if known else Person.objects.by_email(entry["email"])
    person = person or Person.objects.create_user(entry["email"])
    person.email, person.name = entry["email"].lower(), entry["name"]
    person.about, person.branch = (entry.get("about") or "")[:300], branch
    person.save()
    EmailAddress.objects.update_or_create(
        user=person, primary=True, defaults={"email": person.email, "verified": True}
    )
    return person


def _role(entry: Mapping[str, Any]) -> str:
    """The role in a few words: "Commissioner, seat 4 · Rooted"."""
    if entry["role"] == "branch_officer":
        return f"Branch {entry.get('office') or 'officer'}, {entry['branch']}"
    if entry["role"] == "commissioner":
        wing = f" · {entry['wing']}" if entry.get("wing") else ""
        return f"Commissioner, seat {entry['seat']}{wing}"
    return str(entry.get("office") or entry["role"].replace("_", " ").capitalize())


def _offices(
    entry: Mapping[str, Any], branch: Branch | None
) -> list[tuple[Office.Kind, Branch | None]]:
    offices: list[tuple[Office.Kind, Branch | None]] = [(Office.Kind.MEMBER, None)]
    if entry["role"] == "administrator":
        offices.append((Office.Kind.ADMINISTRATOR, None))
    if entry["role"] == "branch_officer" and branch:
        kind = _BRANCH_OFFICES.get(entry.get("office") or "", Office.Kind.BRANCH_OFFICER)
        offices.append((kind, branch))
    return offices


def cast_member(key: str) -> Person | None:
    """The active person of the cast with this key; nobody when the demo setting is off."""
    if not settings.DEMO:
        return None
    found = DemoPerson.objects.filter(key=key, person__is_active=True).select_related("person")
    member = found.first()
    return member.person if member else None
