"""From what is agreed to a published edition that a stranger can check and read."""

from __future__ import annotations

import zipfile
from pathlib import Path

from playwright.sync_api import expect

from .conftest import Visitor

TEXT, REVIEW = "/texts/long-way-round", "/reviews/long-way-round"
SEATS = [
    "amina", "gethin", "folake", "tomasz", "moira", "shufen", "nasreen", "harpreet", "declan",
    "ruth", "priscilla", "jago", "alasdair", "colin", "yvonne",
]  # fmt: skip


def test_fifteen_seats_publish_and_anybody_can_check(visitor: Visitor, tmp_path: Path) -> None:
    visitor.sign_in("farida")
    visitor.go(f"{TEXT}/edition/")
    visitor.page.get_by_role("link", name="Freeze the candidate").click()
    visitor.check()
    visitor.page.get_by_role("button", name="Freeze").click()
    expect(visitor.page.locator("h1")).to_contain_text("Candidate for edition 3")
    for key in SEATS:
        visitor.sign_in(key)
        visitor.go(f"{TEXT}/candidate/")
        carried = visitor.page.get_by_role("button", name="Re-affirm all shown")
        if carried.count():
            carried.click()
        visitor.page.get_by_role("button", name="Sign", exact=True).click()
        expect(visitor.page.get_by_text("You signed on")).to_be_visible()
    visitor.check()
    visitor.sign_in("farida")
    visitor.go(f"{TEXT}/candidate/")
    visitor.page.get_by_role("button", name="Publish edition 3").click()
    visitor.go(f"{REVIEW}/")
    expect(visitor.page.locator("main")).to_contain_text("Edition 3")
    visitor.check()

    bundle = tmp_path / "edition-3.zip"
    made = visitor.site.command("edition", "export", "3", str(bundle))
    assert made.returncode == 0, made.stderr
    told = visitor.site.command("verify", str(bundle))
    assert told.returncode == 0, told.stdout
    assert "All 15 seats agree to every word" in told.stdout

    with zipfile.ZipFile(bundle) as container:
        files = {name: container.read(name) for name in container.namelist()}
    folder = tmp_path / "tampered"
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.replace(b"conversation", b"conversion", 1))
    told = visitor.site.command("verify", str(folder))
    assert told.returncode == 1
    assert "changed" in told.stdout


def test_a_reader_finds_a_recommendation_and_follows_it(phone: Visitor) -> None:
    phone.go("/")
    phone.page.get_by_role("link", name="Read", exact=True).first.click()
    phone.go(f"{REVIEW}/2/search/?q=telephone")
    phone.page.locator("main ol a, main ul a").first.click()
    expect(phone.page.locator(":target")).to_be_visible()
    phone.check()
    phone.go(f"{REVIEW}/2/recommendations/?level=branch")
    phone.check()
    phone.page.locator('main a[href*="/recommendations/"]').first.click()
    expect(phone.page.locator("h1")).to_contain_text("Recommendation")
    phone.check()
    phone.go(f"{REVIEW}/2/compare/1/")
    expect(phone.page.locator("ins").first).to_be_visible()
    phone.check()


def test_a_published_chapter_is_the_same_for_everybody(visitor: Visitor) -> None:
    visitor.go(f"{REVIEW}/2/the-doorstep/")
    stranger = visitor.page.request.get(f"{visitor.site.url}{REVIEW}/2/the-doorstep/")
    visitor.sign_in("amina")
    member = visitor.page.request.get(f"{visitor.site.url}{REVIEW}/2/the-doorstep/")
    assert stranger.body() == member.body()
    assert stranger.headers["etag"] == member.headers["etag"]
    again = visitor.page.request.get(
        f"{visitor.site.url}{REVIEW}/2/the-doorstep/",
        headers={"If-None-Match": member.headers["etag"]},
    )
    assert again.status == 304
