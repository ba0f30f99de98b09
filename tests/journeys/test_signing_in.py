"""Coming in: by a code from a mail, by invitation, and with a passkey."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from .conftest import Visitor


def code_from_the_mailbox(visitor: Visitor) -> str:
    """The newest code, read in the demonstration's mailbox as a newcomer would."""
    reader = visitor.context.new_page()
    reader.goto(visitor.site.url + "/demo/mail/")
    words = reader.locator("main table tbody tr").first.inner_text()
    reader.close()
    found = re.search(r"\d{4}-\d{4}", words)
    assert found, words
    return found[0]


def come_in(visitor: Visitor, email: str) -> None:
    """Sign in with a code."""
    visitor.go("/accounts/login/?next=/you/")
    visitor.page.get_by_label("E-mail address").fill(email)
    visitor.page.get_by_role("button", name="Send me a code").click()
    visitor.page.get_by_label("Code from the mail").fill(code_from_the_mailbox(visitor))
    visitor.page.get_by_role("button", name="Continue").click()
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Your profile")


def test_a_code_from_a_mail_without_any_script(plain: Visitor) -> None:
    come_in(plain, "callum@example.org")
    expect(plain.page.get_by_label("Name")).to_have_value(re.compile("Callum"))


def test_a_passkey_is_made_and_then_opens_the_door_alone(phone: Visitor) -> None:
    devtools = phone.context.new_cdp_session(phone.page)
    devtools.send("WebAuthn.enable")
    authenticator = devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )["authenticatorId"]
    come_in(phone, "dorothy@example.org")

    phone.go("/accounts/safety/passkeys/add/")
    phone.check()
    phone.page.get_by_label("Name").fill("my phone")
    phone.page.get_by_role("button", name="Add the passkey").click()
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    kept = devtools.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})
    assert len(kept["credentials"]) == 1
    phone.go("/accounts/safety/passkeys/")
    expect(phone.page.locator("main table")).to_contain_text("my phone")
    phone.check()

    phone.context.clear_cookies()
    phone.go("/accounts/login/?next=/you/data/")
    phone.page.get_by_role("button", name="Sign in with a passkey").click()
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("Your data")

    # A mail alone is no longer enough; the passkey is asked for as a second step.
    phone.context.clear_cookies()
    phone.go("/accounts/login/?next=/you/")
    phone.page.get_by_label("E-mail address").fill("dorothy@example.org")
    phone.page.get_by_role("button", name="Send me a code").click()
    phone.page.get_by_label("Code from the mail").fill(code_from_the_mailbox(phone))
    phone.page.get_by_role("button", name="Continue").click()
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("One step more")
    phone.check()
    phone.page.get_by_role("button", name="Use your passkey").click()
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("Your profile")

    # Removed again, it asks for itself once more, and is gone.
    phone.go("/accounts/safety/passkeys/")
    phone.page.get_by_role("link", name="Remove").click()
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("Show that it is you")
    phone.check()
    phone.page.get_by_role("button", name="Use your passkey").click()
    phone.page.get_by_role("button", name="Remove the passkey").click()
    expect(phone.page.locator("main")).to_contain_text("No passkey yet")
    assert not phone.errors


def test_a_refusing_device_is_answered_kindly(visitor: Visitor) -> None:
    devtools = visitor.context.new_cdp_session(visitor.page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": False,
                "automaticPresenceSimulation": True,
            }
        },
    )
    visitor.sign_in("leila")
    visitor.go("/accounts/safety/passkeys/add/")
    visitor.page.get_by_role("button", name="Add the passkey").click()
    expect(visitor.page.get_by_role("alert")).to_contain_text("Try again", timeout=70_000)
    visitor.check()


def test_somebody_new_accepts_an_invitation(visitor: Visitor, phone: Visitor) -> None:
    visitor.sign_in("wen")
    visitor.go("/people/invitations/link/")
    visitor.page.get_by_role("button", name="Make the link").click()
    link = visitor.page.locator("main table code").first.inner_text().strip()
    visitor.check()

    phone.page.goto(link)
    phone.check()
    phone.page.get_by_role("button", name="I am new here").click()
    phone.page.get_by_label("Your name").fill("Ada Brook")
    phone.page.get_by_label("E-mail address").fill("ada.brook@example.org")
    phone.page.get_by_role("button", name="Send me a code").click()
    phone.page.get_by_label("Code from the mail").fill(code_from_the_mailbox(phone))
    phone.page.get_by_role("button", name="Continue").click()
    phone.page.get_by_role("button", name="Accept").click()
    phone.go("/you/")
    expect(phone.page.locator("main")).to_contain_text("Member")
