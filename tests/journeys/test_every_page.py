"""Every page that can be opened by its address alone, as those who use it see it: no faults of
accessibility, nothing wider than the screen, nothing wrong in the console."""

from __future__ import annotations

import re

import pytest

from .conftest import Visitor

TEXT, EDITION = "/texts/long-way-round", "/reviews/long-way-round/2"

PUBLIC = [
    "/", "/reviews/long-way-round/", f"{EDITION}/the-doorstep/", f"{EDITION}/recommendations/",
    f"{EDITION}/search/?q=branch", f"{EDITION}/search/?q=xyzzy", f"{EDITION}/verify/",
    f"{EDITION}/notes/", "/reviews/long-way-round/1/notes/", f"{EDITION}/compare/1/",
    "/branches/", "/branches/sheffield-hallam/", "/roles/", "/privacy/", "/demo/", "/demo/mail/",
    "/accounts/login/", "/styleguide/", "/no-such-page/",
]  # fmt: skip

PAGES = {
    "amina": [
        "/desk/", "/you/", "/you/data/", "/you/close/", "/accounts/email/", "/accounts/safety/",
        "/accounts/safety/passkeys/", "/commissions/review-commission/",
        "/commissions/review-commission/charter/", f"{TEXT}/", f"{TEXT}/read/", f"{TEXT}/queue/",
        f"{TEXT}/passages/", f"{TEXT}/comments/", f"{TEXT}/calls/", f"{TEXT}/ledger/",
        f"{TEXT}/left-out/", f"{TEXT}/add/", f"{TEXT}/candidate/", "/texts/large-text/",
        "/texts/large-text/queue/", f"{TEXT}/edition/", f"{TEXT}/history/",
        f"{TEXT}/history/compare/?from=e0&to=now", f"{TEXT}/history/compare/?from=e999999",
    ],
    "judith": [
        "/desk/", f"{TEXT}/", f"{TEXT}/one-away/", f"{TEXT}/left-out/", f"{TEXT}/import/",
        f"{TEXT}/comments/", f"{TEXT}/edition/", "/commissions/review-commission/texts/new/",
    ],
    "farida": ["/desk/", f"{TEXT}/calls/", "/commissions/review-commission/", f"{TEXT}/edition/"],
    "wen": ["/desk/", "/people/", "/people/invitations/", "/commissions/", "/commissions/new/"],
    "leila": ["/desk/", "/people/", "/you/"],
    "callum": ["/desk/", f"{TEXT}/"],
}  # fmt: skip


def walk(visitor: Visitor, key: str) -> None:
    """Sign in once and look at all pages, so that one fault does not hide the next."""
    visitor.sign_in(key)
    faults = []
    for path in PAGES[key]:
        visitor.go(path)
        try:
            visitor.check()
        except AssertionError as fault:
            faults.append(str(fault))
            visitor.errors.clear()
    assert not faults, "\n\n".join(faults)


@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages_at_a_desk(visitor: Visitor, path: str) -> None:
    visitor.go(path)
    visitor.check()


@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages_on_a_phone_in_the_dark(phone: Visitor, path: str) -> None:
    phone.go(path)
    phone.check()


@pytest.mark.parametrize("key", PAGES)
def test_pages_of_the_cast_at_a_desk(visitor: Visitor, key: str) -> None:
    walk(visitor, key)


@pytest.mark.parametrize("key", PAGES)
def test_pages_of_the_cast_on_a_phone_in_the_dark(phone: Visitor, key: str) -> None:
    walk(phone, key)


def test_a_passage_and_all_its_forms(phone: Visitor) -> None:
    phone.sign_in("judith")
    phone.go(f"{TEXT}/passages/?status=contested")
    link = phone.page.locator(f'main a[href*="{TEXT}/p/"]').first
    address = link.get_attribute("href")
    assert address
    passage = re.sub(r"(/p/\w+/).*", r"\1", address)
    for part in ("", "edit/", "propose/", "move/", "stance/", "history/"):
        phone.go(passage + part)
        phone.check()
