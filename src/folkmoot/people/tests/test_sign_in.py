"""Signing in by a code from a mail, joining, and a second step."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.internal.flows import code_verification
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from folkmoot.conftest import Cast
from folkmoot.people.models import Office, Person

LOGIN = reverse("account_login")
CODE = reverse("account_confirm_login_code")
SIGN_UP = reverse("account_signup")
ADDRESS_CODE = reverse("account_email_verification_sent")


def last_code() -> str:
    found = re.search(r"\b(\d{4}-\d{4})\b", str(mail.outbox[-1].body))
    assert found, mail.outbox[-1].body
    return found[1]


def who(client: Client) -> str:
    """The name of who is signed in, or nothing."""
    key = client.session.get("_auth_user_id")
    return Person.objects.get(pk=key).name if key else ""


def ask(client: Client, email: str, **extra: str) -> Any:
    return client.post(LOGIN, {"login": email, **extra})


def test_the_code_from_the_mail_opens_the_door(cast: Cast) -> None:
    client = Client()
    answer = ask(client, " Dorothy@Example.ORG ")
    assert answer["Location"] == CODE
    assert mail.outbox[-1].to == ["dorothy@example.org"]
    done = client.post(CODE, {"code": last_code().replace("-", " ")})
    assert done.status_code == 302
    assert who(client) == "Dorothy Platt"
    assert EmailAddress.objects.get(user=cast.dorothy).verified


def test_the_mail_says_the_same_as_text_and_as_html(cast: Cast) -> None:
    ask(Client(), "dorothy@example.org")
    sent = mail.outbox[-1]
    assert isinstance(sent, EmailMultiAlternatives)
    code = last_code()
    html, kind = sent.alternatives[0]
    assert kind == "text/html"
    assert code in sent.subject
    assert code in str(html)
    assert "<script" not in str(html)


def test_somebody_unknown_gets_the_same_answer_and_a_mail_that_says_so(cast: Cast) -> None:
    known, unknown = Client(), Client()
    first, second = ask(known, "dorothy@example.org"), ask(unknown, "nobody@example.org")
    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    pages = [
        re.sub(r"csrf\S+ value=\S+|dorothy|nobody", "", c.get(CODE).content.decode())
        for c in (known, unknown)
    ]
    assert pages[0] == pages[1]
    assert "Nobody here has that address" in str(mail.outbox[-1].body)
    assert unknown.post(CODE, {"code": "1234-5678"}).status_code == 200
    assert who(unknown) == ""


def test_a_wrong_code_is_refused_at_the_field_and_five_of_them_end_the_attempt(
    cast: Cast,
) -> None:
    client = Client()
    ask(client, "dorothy@example.org")
    right = last_code()
    for _attempt in range(4):
        page = client.post(CODE, {"code": "0000-0000"})
        assert "not the right code" in page.content.decode()
    assert client.post(CODE, {"code": "0000-0000"}).status_code == 302
    client.post(CODE, {"code": right})
    assert who(client) == ""


def test_an_old_code_is_no_longer_good(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    ask(client, "dorothy@example.org")
    later = time.time() + 15 * 60 + 1
    monkeypatch.setattr(code_verification.time, "time", lambda: later)
    answer = client.post(CODE, {"code": last_code()}, follow=True)
    assert "That code is no longer good" in answer.content.decode()
    assert who(client) == ""


def test_a_code_works_once(cast: Cast) -> None:
    client, other = Client(), Client()
    ask(client, "dorothy@example.org")
    code = last_code()
    client.post(CODE, {"code": code})
    other.post(CODE, {"code": code})
    assert who(client) == "Dorothy Platt"
    assert who(other) == ""


def test_another_code_can_be_asked_for(cast: Cast) -> None:
    client = Client()
    ask(client, "dorothy@example.org")
    first = last_code()
    client.post(CODE, {"action": "resend"})
    assert last_code() != first
    client.post(CODE, {"code": last_code()})
    assert who(client) == "Dorothy Platt"


def test_codes_are_not_sent_without_end(cast: Cast) -> None:
    for _time in range(6):
        page = ask(Client(), "dorothy@example.org")
    assert len(mail.outbox) == 3
    assert "Wait five minutes" in page.content.decode()


@pytest.mark.parametrize(
    ("onward", "lands"),
    [
        ("/roles/", "/roles/"),
        ("https://evil.example/", None),
        ("//evil.example/", None),
        ("javascript:alert(1)", None),
    ],
)
def test_after_signing_in_only_our_own_pages_follow(
    cast: Cast, onward: str, lands: str | None
) -> None:
    client = Client()
    first = ask(client, "dorothy@example.org", next=onward)
    done = client.post(first["Location"], {"code": last_code(), "next": onward})
    assert who(client) == "Dorothy Platt"
    assert "evil" not in done["Location"]
    assert "javascript" not in done["Location"]
    if lands:
        assert done["Location"] == lands


@pytest.mark.parametrize(
    "typed", ["", "not an address", "a@b", "x" * 300 + "@example.org", "a\0b@c.de"]
)
def test_what_is_no_address_is_refused_at_the_field(db: None, typed: str) -> None:
    page = ask(Client(), typed)
    assert page.status_code == 200
    assert 'aria-invalid="true"' in page.content.decode()
    assert not mail.outbox


def test_without_invitation_nobody_joins_where_it_is_closed(cast: Cast, settings: Any) -> None:
    settings.FOLKMOOT_OPEN_SIGNUP = False
    client = Client()
    assert "by invitation" in client.get(SIGN_UP).content.decode()
    client.post(SIGN_UP, {"email": "new@example.org", "name": "New Person"})
    assert not Person.objects.filter(email="new@example.org").exists()


def test_where_it_is_open_joining_makes_a_member_once_the_address_is_shown(
    cast: Cast, settings: Any
) -> None:
    settings.FOLKMOOT_OPEN_SIGNUP = True
    client = Client()
    answer = client.post(SIGN_UP, {"email": "New@example.org", "name": "New Person"})
    assert answer["Location"] == ADDRESS_CODE
    person = Person.objects.get(email="new@example.org")
    assert person.current_offices == []
    client.post(ADDRESS_CODE, {"code": last_code()})
    assert who(client) == "New Person"
    assert [o.kind for o in person.offices.all()] == [Office.Kind.MEMBER]


def test_who_never_types_the_code_is_forgotten(cast: Cast, settings: Any) -> None:
    settings.FOLKMOOT_OPEN_SIGNUP = True
    Client().post(SIGN_UP, {"email": "stranger@example.org", "name": "Stranger"})
    Person.objects.filter(email="stranger@example.org").update(
        joined=timezone.now() - timedelta(days=3)
    )
    Client().post(SIGN_UP, {"email": "next@example.org", "name": "Next"})
    assert set(Person.objects.values_list("name", flat=True)) >= {"Nina Newcomer", "Next"}
    assert not Person.objects.filter(email="stranger@example.org").exists()


def test_joining_with_a_known_address_tells_only_its_owner(cast: Cast, settings: Any) -> None:
    settings.FOLKMOOT_OPEN_SIGNUP = True
    new, known = Client(), Client()
    first = new.post(SIGN_UP, {"email": "new@example.org", "name": "A"})
    second = known.post(SIGN_UP, {"email": "dorothy@example.org", "name": "B"})
    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    assert "You are here already" in mail.outbox[-1].subject
    assert "password" not in str(mail.outbox[-1].body)
    assert Person.objects.get(email="dorothy@example.org").name == "Dorothy Platt"


def test_an_address_is_changed_only_after_its_code(cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.dorothy)
    url = reverse("account_email")
    client.get(url)
    client.post(url, {"email": "dot@example.org", "action_add": "1"})
    cast.dorothy.refresh_from_db()
    assert cast.dorothy.email == "dorothy@example.org"
    client.post(ADDRESS_CODE, {"code": last_code()})
    cast.dorothy.refresh_from_db()
    assert cast.dorothy.email == "dot@example.org"


def test_a_closed_account_does_not_open(cast: Cast) -> None:
    cast.dorothy.is_active = False
    cast.dorothy.save()
    client = Client()
    ask(client, "dorothy@example.org")
    assert "Nobody here has that address" in str(mail.outbox[-1].body)


def test_signing_out_takes_a_form(cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.dorothy)
    client.get(reverse("account_logout"))
    assert who(client) == "Dorothy Platt"
    client.post(reverse("account_logout"))
    assert who(client) == ""


def proven(person: Person) -> None:
    EmailAddress.objects.filter(user=person).update(verified=True)


def totp(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


@pytest.mark.django_db(transaction=True)
def test_with_an_app_a_mail_alone_no_longer_opens_the_door(cast: Cast, signed_in: Any) -> None:
    proven(cast.dorothy)
    client = signed_in(cast.dorothy)
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    assert secret in page.content.decode()
    client.post(reverse("mfa_activate_totp"), {"code": totp(secret)})
    assert Authenticator.objects.filter(user=cast.dorothy, type="totp").exists()
    assert "An authenticator app was added" in [sent.subject for sent in mail.outbox]
    again = Client()
    ask(again, "dorothy@example.org")
    step = again.post(CODE, {"code": last_code()})
    assert step["Location"].startswith(reverse("mfa_authenticate"))
    assert who(again) == ""
    assert again.get(reverse("mfa_authenticate")).status_code == 200
    assert "not the right code" in (
        again.post(reverse("mfa_authenticate"), {"code": "000000"}).content.decode()
    )
    recovery = Authenticator.objects.get(user=cast.dorothy, type="recovery_codes").wrap()
    code = recovery.get_unused_codes()[0]
    again.post(reverse("mfa_authenticate"), {"code": code})
    assert who(again) == "Dorothy Platt"
    left = Authenticator.objects.get(user=cast.dorothy, type="recovery_codes").wrap()
    assert code not in left.get_unused_codes()


def test_recovery_codes_can_be_seen_and_taken_away(cast: Cast, signed_in: Any) -> None:
    proven(cast.dorothy)
    TOTP.activate(cast.dorothy, "JBSWY3DPEHPK3PXP")
    client = signed_in(cast.dorothy)
    url = reverse("mfa_generate_recovery_codes")
    assert client.get(url).status_code == 302, "asks first who it is"
    again = client.post(
        reverse("mfa_reauthenticate"), {"code": totp("JBSWY3DPEHPK3PXP"), "next": url}
    )
    assert again["Location"] == url
    client.post(url)
    page = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    codes = re.findall(r"<code>(\d+)</code>", page)
    assert len(codes) == 10
    assert codes[0] in client.get(reverse("mfa_download_recovery_codes")).content.decode()
