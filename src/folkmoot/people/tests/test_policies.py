"""What the predicates say, and what a visitor who may not gets to see."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory

from folkmoot.conftest import Cast
from folkmoot.people import policies
from folkmoot.people.middleware import way_back
from folkmoot.people.policies import Forbidden, Right, require

type Browser = Callable[..., Client]


def test_predicates_ask_about_offices(cast: Cast) -> None:
    assert policies.is_administrator(cast.wen)
    assert not policies.is_administrator(cast.leila)
    assert policies.is_member(cast.dorothy)
    assert not policies.is_member(cast.nina)
    assert policies.holds_branch_office(cast.leila, cast.hallam)
    assert not policies.holds_branch_office(cast.leila, cast.norfolk)
    assert not policies.holds_branch_office(cast.dorothy)


def test_predicates_take_somebody_unknown(cast: Cast) -> None:
    nobody = AnonymousUser()
    assert not policies.is_administrator(nobody)
    assert not policies.is_member(nobody)
    assert not policies.holds_branch_office(nobody, cast.hallam)
    assert not policies.may_see_person(nobody, cast.dorothy)
    assert not policies.sees_address(nobody, cast.leila)


def test_addresses_are_seen_by_administrators_and_the_branch_secretary(cast: Cast) -> None:
    seen_by = [
        p.name
        for p in (cast.wen, cast.leila, cast.emeka, cast.dorothy, cast.nina)
        if policies.sees_address(p, cast.dorothy)
    ]
    assert seen_by == ["Wen Li", "Leila Haddad", "Dorothy Platt"]


def test_a_refusal_names_who_may() -> None:
    require(True, "anybody")
    with pytest.raises(Forbidden) as refusal:
        require(False, Right("Do it", "the commission's secretary"))
    assert refusal.value.who == "the commission's secretary"
    assert refusal.value.who_may == "This is open to the commission's secretary."


def test_a_visitor_signs_in_first_and_comes_back(cast: Cast, signed_in: Browser) -> None:
    answer = signed_in().get("/people/invitations/?q=a b")
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=%2Fpeople%2Finvitations%2F%3Fq%3Da%2520b"


def test_a_fragment_sends_the_whole_page_to_sign_in(cast: Cast, signed_in: Browser) -> None:
    answer = signed_in().get(
        "/people/?q=a",
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/people/?q="},
    )
    assert answer["HX-Redirect"] == "/accounts/login/?next=%2Fpeople%2F%3Fq%3D"


def test_somebody_in_the_wrong_role_reads_who_may(cast: Cast, signed_in: Browser) -> None:
    answer = signed_in(cast.leila).get("/people/invitations/")
    assert answer.status_code == 403
    assert "This is open to administrators of the organisation." in answer.content.decode()


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/people/x/?a=1#part", "/people/x/?a=1"),
        ("https://evil.example/people/", "/"),
        ("http://testserver.evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_after_a_form_the_way_back_is_the_page_it_was_on(referer: str, back: str) -> None:
    request = RequestFactory().post("/people/x/office/", headers={"Referer": referer})
    assert way_back(request) == back


def test_the_roles_page_lists_every_declared_right(db: None, signed_in: Browser) -> None:
    page = signed_in().get("/roles/").content.decode()
    for _title, rights in policies.declared():
        for right in rights:
            assert str(right.name) in page.replace("&#x27;", "'")
