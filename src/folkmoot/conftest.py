"""The small cast that tests share. Rooms add their own people and things at the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.core.cache import cache
from django.test import Client

from folkmoot.branches.models import Branch, Region
from folkmoot.people.models import Office, Person


@dataclass
class Cast:
    """People by what they are, in one branch and another.

    `wen` administers; `leila` is secretary of the branch Sheffield Hallam and `emeka` chairs
    North Norfolk; `dorothy` is a member in Sheffield Hallam; `nina` has an account and no office.
    """

    wen: Person
    leila: Person
    emeka: Person
    dorothy: Person
    nina: Person
    hallam: Branch
    norfolk: Branch


@pytest.fixture
def cast(db: None) -> Cast:
    """The people of the organisation, each with the office they are known for."""
    yorkshire = Region.objects.create(code="yh", name="Yorkshire and the Humber", tint=1)
    east = Region.objects.create(code="ea", name="East of England", tint=2)
    hallam = Branch.objects.create(
        code="E1", slug="sheffield-hallam", name="Sheffield Hallam", region=yorkshire, q=0, r=1
    )
    norfolk = Branch.objects.create(
        code="E2", slug="north-norfolk", name="North Norfolk", region=east, q=1, r=0
    )

    def person(name: str, branch: Branch | None = None) -> Person:
        email = f"{name.split()[0].lower()}@example.org"
        return Person.objects.create_user(email, name, branch=branch)

    wen = person("Wen Li")
    leila = person("Leila Haddad", hallam)
    emeka = person("Emeka Obi", norfolk)
    dorothy = person("Dorothy Platt", hallam)
    nina = person("Nina Newcomer")
    Office.give(wen, Office.Kind.ADMINISTRATOR, by=wen)
    Office.give(leila, Office.Kind.BRANCH_SECRETARY, by=wen, branch=hallam)
    Office.give(emeka, Office.Kind.BRANCH_CHAIR, by=wen, branch=norfolk)
    for somebody in (wen, leila, emeka, dorothy):
        Office.give(somebody, Office.Kind.MEMBER, by=wen)
    return Cast(wen, leila, emeka, dorothy, nina, hallam, norfolk)


@pytest.fixture
def signed_in() -> Callable[[Person | None], Client]:
    """A browser that is signed in as a person, or as nobody."""

    def browser(person: Person | None = None) -> Client:
        client = Client()
        if person is not None:
            client.force_login(person)
        return client

    return browser


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    """Rate limits and kept drawings do not reach from one test into another."""
    cache.clear()


@pytest.fixture(autouse=True)
def fresh_pages() -> None:
    """Published pages are kept by a process for good; each test begins as a new process would."""
    from folkmoot.review import frozen, layout

    frozen.forget()
    layout.forget()
