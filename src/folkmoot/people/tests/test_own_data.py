"""All that is kept about a person: shown, taken away, erased."""

from __future__ import annotations

import json
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from django.urls import reverse

from folkmoot.conftest import Cast
from folkmoot.ledger.models import Stream
from folkmoot.people import closing, invitations, register
from folkmoot.people.closing import Hindered, before_closing, close_account
from folkmoot.people.models import Invitation, Office, Person


def test_a_profile_is_edited(cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.dorothy)
    client.post(
        reverse("people:profile"),
        {"name": " Dorothy  Platt\nSmith ", "about": "Bakes.", "branch": cast.norfolk.pk},
    )
    cast.dorothy.refresh_from_db()
    assert cast.dorothy.name == "Dorothy Platt Smith"
    assert cast.dorothy.about == "Bakes."
    assert cast.dorothy.branch == cast.norfolk


@pytest.mark.parametrize("name", ["", "x" * 121, "a\0b"])
def test_a_name_that_cannot_be_is_refused_and_kept_in_the_form(
    cast: Cast, signed_in: Any, name: str
) -> None:
    page = signed_in(cast.dorothy).post(
        reverse("people:profile"), {"name": name, "about": "What I typed"}
    )
    assert page.status_code == 400
    assert "What I typed" in page.content.decode()
    cast.dorothy.refresh_from_db()
    assert cast.dorothy.name == "Dorothy Platt"


def test_the_export_has_everything_about_me_and_nobody_else(cast: Cast, signed_in: Any) -> None:
    invitations.invite(cast.wen, "office:member", email="dorothy@example.org", name="Dot")
    answer = signed_in(cast.dorothy).get(reverse("people:own-data-json"))
    assert 'attachment; filename="about-me.json"' in answer["Content-Disposition"]
    records = {r["model"]: r["rows"] for r in json.loads(answer.content)["records"]}
    assert records["people.Person"][0]["email"] == "dorothy@example.org"
    assert records["people.Office"][0]["kind"] == "member"
    assert records["people.Invitation"][0]["name"] == "Dot"
    assert "leila" not in answer.content.decode().lower()
    page = signed_in(cast.dorothy).get(reverse("people:own-data")).content.decode()
    assert "dorothy@example.org" in page


def test_secrets_stay_secret_even_from_the_export(cast: Cast) -> None:
    TOTP.activate(cast.dorothy, "JBSWY3DPEHPK3PXP")
    assert "JBSWY3DPEHPK3PXP" not in str(register.everything_about(cast.dorothy))


def test_closing_erases_the_person_and_keeps_what_was_done(cast: Cast, signed_in: Any) -> None:
    TOTP.activate(cast.dorothy, "JBSWY3DPEHPK3PXP")
    invitations.invite(cast.wen, "office:member", email="dorothy@example.org", name="Dorothy")
    client = signed_in(cast.dorothy)
    close = reverse("people:close-account")
    assert client.post(close, {}).status_code == 400, "needs the tick"
    assert Person.objects.get(pk=cast.dorothy.pk).is_active
    client.post(close, {"sure": "on"})
    gone = Person.objects.get(pk=cast.dorothy.pk)
    assert (gone.name, gone.about, gone.branch, gone.is_active) == ("", "", None, False)
    assert "dorothy" not in gone.email
    assert gone.shown_name == "Somebody who has left"
    assert not EmailAddress.objects.filter(user=gone).exists()
    assert not Authenticator.objects.filter(user=gone).exists()
    assert not Invitation.objects.filter(email="dorothy@example.org").exists()
    assert gone.offices.get().ended is not None
    assert "_auth_user_id" not in client.session
    for entry in Stream.objects.get(key="organisation").entries.all():
        assert "dorothy" not in str(entry.payload).lower()
    assert Stream.objects.get(key="organisation").broken() is None


def test_a_closed_account_is_closed_in_every_other_browser(cast: Cast, signed_in: Any) -> None:
    elsewhere: Client = signed_in(cast.dorothy)
    close_account(cast.dorothy)
    assert elsewhere.get(reverse("people:profile")).status_code == 302


def test_the_only_administrator_cannot_leave(cast: Cast, signed_in: Any) -> None:
    with pytest.raises(Hindered):
        close_account(cast.wen)
    assert Person.objects.get(pk=cast.wen.pk).is_active
    page = signed_in(cast.wen).post(reverse("people:close-account"), {"sure": "on"}, follow=True)
    assert "You are the only administrator" in page.content.decode()
    Office.give(cast.leila, Office.Kind.ADMINISTRATOR, by=cast.wen)
    close_account(cast.wen)
    assert not Person.objects.get(pk=cast.wen.pk).is_active


def test_another_room_can_hinder_closing_and_then_nothing_is_changed(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(person: Person) -> None:
        raise Hindered("First hand over the keys.")

    monkeypatch.setattr(closing, "_before", {})
    before_closing("keys", refuse)
    with pytest.raises(Hindered, match="keys"):
        close_account(cast.dorothy)
    assert Person.objects.get(pk=cast.dorothy.pk).name == "Dorothy Platt"
    assert cast.dorothy.offices.current().exists()


def test_the_privacy_page_names_every_declared_record(db: None, signed_in: Any) -> None:
    page = signed_in().get(reverse("people:privacy")).content.decode()
    for record in register.declared():
        assert str(record.title) in page
        assert str(record.retention) in page.replace("&#x27;", "'")
