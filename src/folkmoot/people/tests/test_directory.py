"""Who sees whom."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from folkmoot.conftest import Cast
from folkmoot.people.models import Office


def test_members_see_people_in_office_and_no_addresses(cast: Cast, signed_in: Any) -> None:
    page = signed_in(cast.dorothy).get("/people/").content.decode()
    assert "Leila Haddad" in page
    assert "Branch secretary, Sheffield Hallam" in page
    assert "Nina Newcomer" not in page
    assert "leila@example.org" not in page


def test_only_administrators_see_everybody_and_addresses(cast: Cast, signed_in: Any) -> None:
    everybody = "/people/?show=everybody"
    page = signed_in(cast.wen).get(everybody).content.decode()
    assert "Nina Newcomer" in page
    assert "nina@example.org" in page
    assert "Nina Newcomer" not in signed_in(cast.leila).get(everybody).content.decode()


def test_searching_an_address_finds_nothing_for_members(cast: Cast, signed_in: Any) -> None:
    search = "/people/?q=leila@example"
    assert "Leila Haddad" in signed_in(cast.wen).get(search).content.decode()
    assert "Leila Haddad" not in signed_in(cast.dorothy).get(search).content.decode()
    assert "Leila Haddad" in signed_in(cast.dorothy).get("/people/?q=hallam").content.decode()


def test_somebody_without_office_is_not_shown_to_members(cast: Cast, signed_in: Any) -> None:
    assert signed_in(cast.dorothy).get(cast.nina.get_absolute_url()).status_code == 403
    assert signed_in(cast.nina).get(cast.nina.get_absolute_url()).status_code == 200
    assert signed_in(cast.wen).get(cast.nina.get_absolute_url()).status_code == 200


def test_history_shows_start_and_end(cast: Cast, signed_in: Any) -> None:
    cast.leila.offices.get(kind=Office.Kind.BRANCH_SECRETARY).end(by=cast.wen)
    Office.give(cast.leila, Office.Kind.BRANCH_OFFICER, by=cast.wen, branch=cast.norfolk)
    page = signed_in(cast.dorothy).get(cast.leila.get_absolute_url()).content.decode()
    now, before = page.split("Before")
    assert "Branch officer, North Norfolk" in now
    assert "Branch secretary, Sheffield Hallam" in before


def test_an_administrator_gives_and_ends_offices(cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.wen)
    give = reverse("people:give-office", args=[cast.nina.key])
    refused = client.post(give, {"kind": "branch_chair"})
    assert refused.status_code == 400
    assert "Choose the branch" in refused.content.decode()
    client.post(give, {"kind": "branch_chair", "branch": cast.hallam.pk})
    client.post(give, {"kind": "branch_chair", "branch": cast.hallam.pk})
    office = cast.nina.offices.get()
    end = reverse("people:end-office", args=[office.pk])
    assert "End this office?" in client.get(end).content.decode()
    client.post(end)
    office.refresh_from_db()
    assert not office.is_current


def test_the_last_administrator_is_told_why_not(cast: Cast, signed_in: Any) -> None:
    office = cast.wen.offices.get(kind=Office.Kind.ADMINISTRATOR)
    page = signed_in(cast.wen).post(reverse("people:end-office", args=[office.pk]), follow=True)
    assert "There must always be an administrator" in page.content.decode()


def test_branch_pages_name_officers_to_those_who_signed_in(cast: Cast, signed_in: Any) -> None:
    url = cast.hallam.get_absolute_url()
    public = signed_in().get(url).content.decode()
    assert "held by 1 person" in public
    assert "Leila Haddad" not in public
    member = signed_in(cast.dorothy).get(url).content.decode()
    assert "Leila Haddad" in member
    assert "leila@example.org" not in member


@pytest.mark.parametrize("url", ["/people/", "/people/?show=everybody"])
def test_the_directory_takes_the_same_queries_however_many_there_are(
    cast: Cast, signed_in: Any, url: str, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(cast.wen)
    with django_assert_max_num_queries(8):
        client.get(url)
