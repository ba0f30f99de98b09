"""Invitations: made, sent, accepted by whom they are for, and over when they are over."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from folkmoot.conftest import Cast
from folkmoot.ledger.models import Stream
from folkmoot.people import invitations
from folkmoot.people.invitations import Unavailable
from folkmoot.people.models import Invitation, Office, Person


def last_code() -> str:
    found = re.search(r"\b(\d{4}-\d{4})\b", str(mail.outbox[-1].body))
    assert found
    return found[1]


def by_mail(cast: Cast, email: str = "ada@example.org", **more: Any) -> Invitation:
    return invitations.invite(
        cast.wen, "office:branch_chair", email=email, name="Ada Brook", branch=cast.hallam, **more
    )


def test_somebody_new_comes_in_by_mail_after_showing_the_address(cast: Cast, settings: Any) -> None:
    settings.FOLKMOOT_OPEN_SIGNUP = False
    invitation = by_mail(cast)
    invitations.send([invitation])
    sent = mail.outbox[-1]
    assert sent.to == ["ada@example.org"]
    assert "Wen Li invites you to Folkmoot: Branch chair, Sheffield Hallam." in str(sent.body)
    address = re.search(r"http\S+(/invitation/\S+/)", str(sent.body))
    assert address
    client = Client()
    page = client.get(address[1]).content.decode()
    assert "Branch chair, Sheffield Hallam" in page
    assert "ada@example.org" not in page, "whoever holds the link does not learn the address"
    door = client.post(address[1])
    assert door["Location"].startswith("/accounts/signup/?next=%2Finvitation")
    form = client.get(door["Location"]).content.decode()
    assert "ada@example.org" in form
    client.post(door["Location"], {"name": "Ada Brook", "email": "other@example.org"})
    assert mail.outbox[-1].to == ["ada@example.org"], "the invited address, whatever was typed"
    back = client.post(
        reverse("account_email_verification_sent"),
        {"code": last_code(), "next": address[1]},
    )
    ada = Person.objects.get(email="ada@example.org")
    assert back["Location"] == address[1]
    assert ada.current_offices == []
    client.post(address[1])
    ada = Person.objects.get(pk=ada.pk)
    assert [str(o) for o in ada.current_offices] == ["Branch chair, Sheffield Hallam"]
    assert ada.branch == cast.hallam


def test_somebody_known_signs_in_and_accepts(cast: Cast, signed_in: Any) -> None:
    invitation = by_mail(cast, "dorothy@example.org")
    visitor = Client()
    door = visitor.post(invitation.get_absolute_url())
    assert door["Location"].startswith("/accounts/login/?next=%2Finvitation")
    client = signed_in(cast.dorothy)
    assert "Accept" in client.get(invitation.get_absolute_url()).content.decode()
    client.post(invitation.get_absolute_url())
    assert cast.dorothy.offices.filter(kind=Office.Kind.BRANCH_CHAIR).exists()
    assert "You have accepted" in client.get(invitation.get_absolute_url()).content.decode()


def test_looking_at_an_invitation_accepts_nothing(cast: Cast, signed_in: Any) -> None:
    invitation = by_mail(cast, "dorothy@example.org")
    signed_in(cast.dorothy).get(invitation.get_absolute_url())
    invitation.refresh_from_db()
    assert invitation.uses_left == 1


def test_a_forwarded_mail_lets_nobody_else_in(cast: Cast, signed_in: Any) -> None:
    invitation = by_mail(cast, "dorothy@example.org")
    client = signed_in(cast.nina)
    assert (
        "for another address" in client.get(invitation.get_absolute_url()).content.decode().lower()
    )
    client.post(invitation.get_absolute_url())
    assert not cast.nina.offices.exists()
    with pytest.raises(Unavailable, match="another address"):
        invitations.accept(invitation, cast.nina)


def test_accepting_twice_takes_one_use_and_one_entry(cast: Cast) -> None:
    link = invitations.invite(cast.wen, "office:member", uses=3)
    invitations.accept(link, cast.nina)
    invitations.accept(link, cast.nina)
    link.refresh_from_db()
    assert link.uses_left == 2
    entries = Stream.objects.get(key="organisation").entries
    assert entries.filter(act="invitation.accepted").count() == 1


def test_a_link_lets_in_as_many_as_it_says(cast: Cast) -> None:
    link = invitations.invite(cast.wen, "office:member", uses=1)
    invitations.accept(link, cast.nina)
    late = Person.objects.create_user("late@example.org", "Late")
    with pytest.raises(Unavailable):
        invitations.accept(link, late)
    assert not late.offices.exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"expires": timezone.now() - timedelta(days=1)}, "It was good until"),
        ({"withdrawn": timezone.now()}, "It was withdrawn"),
        ({"uses_left": 0}, "It has been accepted already"),
    ],
)
def test_an_invitation_that_is_over_says_why_and_whom_to_ask(
    cast: Cast, signed_in: Any, change: dict[str, Any], words: str
) -> None:
    invitation = by_mail(cast, "dorothy@example.org")
    Invitation.objects.filter(pk=invitation.pk).update(**change)
    for client in (Client(), signed_in(cast.dorothy)):
        page = client.get(invitation.get_absolute_url())
        assert page.status_code == 410
        assert words in page.content.decode()
        assert "ask Wen Li" in page.content.decode()
        client.post(invitation.get_absolute_url())
    assert not cast.dorothy.offices.filter(kind=Office.Kind.BRANCH_CHAIR).exists()


def test_nothing_about_who_is_invited_stands_in_the_ledger(cast: Cast) -> None:
    by_mail(cast)
    entry = Stream.objects.get(key="organisation").entries.latest("seq")
    assert entry.act == "invitation.made"
    assert "ada" not in str(entry.payload).lower()


def test_the_pages_of_an_administrator(cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.wen)
    client.post(
        reverse("people:invite-by-mail"),
        {"email": "Ada@Example.org", "name": "Ada", "kind": "member"},
    )
    assert mail.outbox[-1].to == ["ada@example.org"]
    client.post(
        reverse("people:invite-by-mail"),
        {"email": "ada@example.org", "name": "Ada", "kind": "member"},
    )
    assert len(mail.outbox) == 1, "sent twice, invited once"
    client.post(reverse("people:invite-by-link"), {"kind": "member", "uses": "5", "days": "10"})
    page = client.get(reverse("people:invitations")).content.decode()
    assert "ada@example.org" in page
    link = Invitation.objects.get(email="")
    assert link.get_absolute_url() in page
    assert link.uses_left == 5
    client.post(reverse("people:withdraw", args=[link.pk]))
    assert not Invitation.objects.open().filter(pk=link.pk).exists()


def test_a_mail_is_not_sent_again_within_minutes(cast: Cast, signed_in: Any) -> None:
    client, invitation = signed_in(cast.wen), by_mail(cast)
    again = reverse("people:send-again", args=[invitation.pk])
    client.post(again)
    client.post(again)
    assert len(mail.outbox) == 1
    Invitation.objects.update(sent=timezone.now() - timedelta(hours=1))
    client.post(again)
    assert len(mail.outbox) == 2


def test_nobody_is_made_administrator_by_a_link(cast: Cast, signed_in: Any) -> None:
    answer = signed_in(cast.wen).post(
        reverse("people:invite-by-link"), {"kind": "administrator", "uses": "5", "days": "10"}
    )
    assert answer.status_code == 400
    assert not Invitation.objects.exists()


def test_a_list_is_shown_before_anybody_is_invited(cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.wen)
    pasted = "email,name\nada@example.org,Ada\nben@example.org,\nnot an address,X\n"
    page = client.post(reverse("people:invite-by-list"), {"pasted": pasted})
    assert page.context["counts"] == {"ready": 1, "doubtful": 1, "refused": 1}
    assert not Invitation.objects.exists()
    assert not mail.outbox
    kept = {"list": page.context["as_csv"]}
    client.post(reverse("people:confirm-list"), kept)
    assert [i.email for i in Invitation.objects.all()] == ["ada@example.org"]
    client.post(reverse("people:confirm-list"), kept)
    assert Invitation.objects.count() == len(mail.outbox) == 1, "sent twice, invited once"
    client.post(reverse("people:confirm-list"), kept | {"doubtful": "1"})
    assert {i.email for i in Invitation.objects.all()} == {"ada@example.org", "ben@example.org"}


def test_a_list_that_cannot_be_read_keeps_what_was_pasted(cast: Cast, signed_in: Any) -> None:
    page = signed_in(cast.wen).post(
        reverse("people:invite-by-list"), {"pasted": "these are <b>no</b> headings"}
    )
    assert page.status_code == 400
    assert "No column is headed" in page.content.decode()
    assert "these are &lt;b&gt;no&lt;/b&gt; headings" in page.content.decode()


def test_mails_that_wait_are_sent_by_the_command(cast: Cast, capsys: Any) -> None:
    rows = [
        Invitation(email=f"p{n}@example.org", purpose="office:member", invited_by=cast.wen)
        for n in range(120)
    ]
    invitations.invite_many(cast.wen, rows)
    call_command("send_invitations")
    assert len(mail.outbox) == 120
    assert "120 sent" in capsys.readouterr().out
    call_command("send_invitations")
    assert len(mail.outbox) == 120
