"""One-click sign-in: in the demonstration, for its cast, and nowhere else."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import NoReverseMatch, clear_url_caches, reverse

from folkmoot.branches import demo as branch_demo
from folkmoot.conftest import Cast
from folkmoot.people import demo
from folkmoot.people.models import DemoPerson, Office, Person

CAST = Path(__file__).parents[2] / "commission" / "demo" / "cast.json"
SMALL = [
    {"key": "wen", "name": "Wen Lee", "email": "W@example.org", "role": "administrator"},
    {
        "key": "leila", "name": "Leila", "email": "l@example.org", "role": "branch_officer",
        "office": "secretary", "branch": "Sheffield Hallam", "about": "Pianist.",
    },
]  # fmt: skip


@pytest.fixture
def without_demo(settings: Any) -> Iterator[None]:
    """The site as it is without the demo setting, its addresses read anew."""
    urls = importlib.import_module(settings.ROOT_URLCONF)
    settings.DEMO = False
    importlib.reload(urls)
    clear_url_caches()
    yield
    settings.DEMO = True
    importlib.reload(urls)
    clear_url_caches()


def test_loading_twice_changes_nothing(cast: Cast) -> None:
    first = demo.load(SMALL)
    counts = (Person.objects.count(), Office.objects.count(), DemoPerson.objects.count())
    second = demo.load(SMALL)
    assert first == second
    assert counts == (Person.objects.count(), Office.objects.count(), DemoPerson.objects.count())
    assert holds(first["leila"]) == {"Member", "Branch secretary, Sheffield Hallam"}
    assert holds(first["wen"]) == {"Member", "Administrator"}


def holds(person: Person) -> set[str]:
    return {str(office) for office in person.offices.current()}


@pytest.mark.skipif(not CAST.exists(), reason="the cast file is not there")
def test_the_real_cast_has_branches_that_exist(db: None) -> None:
    branch_demo.load()
    entries = demo.read_cast(CAST)
    persons = demo.load(entries)
    assert len(persons) == len(entries)
    for entry in entries:
        if entry.get("branch"):
            assert persons[entry["key"]].branch is not None, entry["branch"]


def test_one_press_signs_in_as_one_of_the_cast(cast: Cast) -> None:
    demo.load(SMALL)
    client = Client()
    page = client.get(reverse("demo:cast")).content.decode()
    assert "Be Wen Lee" in page
    assert "Dorothy Platt" not in page
    answer = client.post(reverse("demo:sign-in", args=["wen"]), {"next": "/roles/"})
    assert answer["Location"] == "/roles/"
    assert client.session["_auth_user_id"] == str(DemoPerson.objects.get(key="wen").person.pk)


def test_the_way_on_stays_on_this_site(cast: Cast) -> None:
    demo.load(SMALL)
    answer = Client().post(reverse("demo:sign-in", args=["wen"]), {"next": "//evil.example"})
    assert "evil" not in answer["Location"]


def test_looking_signs_nobody_in(cast: Cast) -> None:
    demo.load(SMALL)
    assert Client().get(reverse("demo:sign-in", args=["wen"])).status_code == 405


def test_nobody_outside_the_cast_can_be_signed_in(cast: Cast) -> None:
    demo.load(SMALL)
    for key in ("dorothy", cast.dorothy.key, str(cast.dorothy.pk)):
        client = Client()
        assert client.post(reverse("demo:sign-in", args=[key])).status_code == 404
        assert "_auth_user_id" not in client.session


def test_without_the_demo_setting_the_view_refuses(cast: Cast, settings: Any) -> None:
    demo.load(SMALL)
    settings.DEMO = False
    client = Client()
    assert client.get(reverse("demo:cast")).status_code == 404
    assert client.post(reverse("demo:sign-in", args=["wen"])).status_code == 404
    assert "_auth_user_id" not in client.session


def test_without_the_demo_setting_there_is_no_such_address(cast: Cast, without_demo: None) -> None:
    demo.load(SMALL)
    client = Client()
    for path in ("/demo/", "/demo/sign-in/wen/", "/demo/mail/"):
        assert client.get(path).status_code == 404
        assert client.post(path).status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("demo:cast")
    assert client.get("/accounts/login/").status_code == 200


def test_a_session_for_scripts(cast: Cast) -> None:
    demo.load(SMALL)
    out = StringIO()
    call_command("session", "leila", stdout=out)
    name, _equals, value = out.getvalue().strip().partition("=")
    client = Client()
    client.cookies[name] = value
    assert "Leila" in client.get(reverse("people:profile")).content.decode()


def test_no_session_without_the_demo_setting(cast: Cast, settings: Any) -> None:
    demo.load(SMALL)
    settings.DEMO = False
    with pytest.raises(CommandError, match="demo only"):
        call_command("session", "leila")


def test_no_session_for_somebody_outside_the_cast(cast: Cast) -> None:
    demo.load(SMALL)
    with pytest.raises(CommandError, match="nobody called"):
        call_command("session", "dorothy")
