"""Whatever is typed is stored and shown as text, or refused at its field."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from folkmoot.conftest import Cast
from folkmoot.people.fields import LineField
from folkmoot.people.models import Invitation, Person

SHARED = Path(__file__).parents[5] / "shared" / "data" / "malicious-inputs"
BIG_LIST = SHARED / "big-list-of-naughty-strings.blns.json"
OWN = [
    "<script>alert(1)</script>",
    "'; DROP TABLE people_person; --",
    "{{ 7|add:7 }}{% debug %}",
    "a\r\nBcc: everybody@example.org",
    "\u202egnirts\u202c",
    "Zo\u0308e \u200b\ufeff",
    "=cmd|' /C calc'!A0",
    "👩‍👩‍👧‍👦" * 10,
    "\x1b[31m\x07\x7f",
    "%s %d %(name)s {0} {name}",
]


def naughty() -> list[str]:
    found = json.loads(BIG_LIST.read_text(encoding="utf-8")) if BIG_LIST.exists() else []
    return OWN + [words for words in found if words.strip()]


def as_kept(words: str) -> str:
    return LineField(max_length=120).to_python(words)


def test_names_are_kept_and_shown_as_text(cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.dorothy)
    profile, kept = reverse("people:profile"), 0
    for words in naughty():
        answer = client.post(profile, {"name": words, "about": words})
        expected = as_kept(words)
        if answer.status_code == 400:
            assert len(expected) > 120 or not expected or "\0" in words, repr(words)
            continue
        assert answer.status_code == 302, repr(words)
        person = Person.objects.get(pk=cast.dorothy.pk)
        assert person.name == expected
        page = client.get(cast.dorothy.get_absolute_url()).content.decode()
        assert escape(expected) in page, repr(words)
        kept += 1
    assert kept >= len(OWN) - 1


def test_searching_for_anything_breaks_nothing(cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.wen)
    for words in naughty():
        for path in ("/people/", "/people/invitations/", "/branches/"):
            page = client.get(path, {"q": words, "page": words, "sort": words, "region": words})
            assert page.status_code == 200, (path, words)
            assert "<script>alert" not in page.content.decode()


def test_lists_and_invitations_take_anything_for_a_name(cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.wen)
    for number, words in enumerate(naughty()):
        answer = client.post(
            reverse("people:invite-by-mail"),
            {"email": f"p{number}@example.org", "name": words, "kind": "member"},
        )
        assert answer.status_code in {302, 400}, repr(words)
        page = client.post(reverse("people:invite-by-list"), {"pasted": words})
        assert page.status_code in {200, 400}, repr(words)
        assert "<script>alert" not in page.content.decode()
    assert Invitation.objects.count() > len(OWN) - 2
    for sent in mail.outbox:
        assert set(sent.message().keys()) >= {"Subject", "To"}
        assert sent.recipients() == sent.to
        assert "Bcc" not in sent.message()


@pytest.mark.parametrize("field", ["login", "next"])
def test_the_door_takes_anything(db: None, field: str) -> None:
    client = Client()
    for words in naughty():
        cache.clear()  # or the limit on attempts answers all but the first
        page = client.post(reverse("account_login"), {"login": "nobody@", field: words})
        assert page.status_code in {200, 302}, repr(words)
        assert "<script>alert" not in page.content.decode()


def test_any_code_token_or_key_is_only_wrong(cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.wen)
    for words in naughty():
        for path in (f"/people/{words}/", f"/invitation/{words}/", f"/branches/{words}/"):
            answer = client.get(path.replace("?", "%3F").replace("#", "%23"))
            assert answer.status_code < 500, path
