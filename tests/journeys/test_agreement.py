"""A commissioner answers, objects, and is never taken for having accepted other words."""

from __future__ import annotations

from playwright.sync_api import expect

from .conftest import Visitor

TEXT = "/texts/long-way-round"
GREETED = "Shaking hands was never the point of it."


def open_passage(visitor: Visitor, words: str) -> None:
    """Find a passage by what it says, the way a reader does."""
    visitor.go(f"{TEXT}/read/the-doorstep/")
    found = visitor.page.locator(".passage", has_text=words).first
    identity = found.get_attribute("data-passage")
    visitor.go(f"{TEXT}/p/{identity}/")


def test_a_commissioner_answers_the_queue_by_keyboard(phone: Visitor) -> None:
    phone.sign_in("amina")
    phone.go(f"{TEXT}/queue/")
    waiting = phone.page.locator(".queue-item")
    before = waiting.count()
    assert before > 0
    expect(waiting.first.locator("del, ins").first).to_be_visible()
    phone.page.keyboard.press("j")
    phone.page.keyboard.press("a")
    expect(waiting).to_have_count(before - 1)
    phone.check()


def test_an_objection_needs_a_reason_and_keeps_what_was_typed(phone: Visitor) -> None:
    phone.sign_in("shufen")
    open_passage(phone, "Send each new canvasser out first")
    answers = phone.page.locator('form[action$="/stance/"]').first
    if not answers.is_visible():
        phone.page.get_by_text("Change my answer").first.click()
    answers.locator('input[value="object"]').check()
    answers.get_by_role("button", name="Record my answer").click()
    alert = phone.page.locator(".error-summary").first
    expect(alert).to_be_visible()
    expect(phone.page.locator('input[value="object"]').first).to_be_checked()
    phone.check()
    form = phone.page.locator('form[action$="/stance/"]').first
    form.locator('textarea[name$="reason"]').fill("Two hours is long for somebody’s first evening.")
    form.locator('textarea[name$="would_accept"]').fill("One hour, and tea afterwards.")
    form.get_by_role("button", name="Record my answer").click()
    expect(phone.page.get_by_text("Your answer is recorded.").first).to_be_visible()
    expect(phone.page.locator("main")).to_contain_text("1 seat objects")
    phone.check()


def test_an_answer_to_words_that_changed_meanwhile_is_refused_with_the_difference(
    visitor: Visitor, phone: Visitor
) -> None:
    phone.sign_in("moira")
    open_passage(phone, "Doors and conversations")
    address = phone.page.url.replace(phone.site.url, "")

    visitor.sign_in("judith")
    visitor.go(f"{address}edit/")
    visitor.page.locator('textarea[name$="words"]').fill("Doors, and what was said at them")
    visitor.page.get_by_role("button", name="Look at the change").click()
    visitor.check()
    visitor.page.locator('button[name="action"][value="save"]').click()
    expect(visitor.page.locator("main")).to_contain_text("Doors, and what was said at them")
    visitor.check()

    if phone.page.get_by_text("Change my answer").first.is_visible():
        phone.page.get_by_text("Change my answer").first.click()
    form = phone.page.locator('form[action$="/stance/"]').first
    form.locator('input[value="accept"]').check()
    form.get_by_role("button", name="Record my answer").click()
    expect(phone.page.locator("main")).to_contain_text("what was said at them")
    expect(phone.page.locator("main ins").first).to_be_visible()
    phone.check()


def test_the_queue_works_without_scripts(plain: Visitor) -> None:
    plain.sign_in("ruth")
    plain.go(f"{TEXT}/queue/")
    waiting = plain.page.locator(".queue-item")
    before = waiting.count()
    assert before > 0
    waiting.first.get_by_role("button", name="I can live with this").click()
    expect(plain.page.locator(".queue-item")).to_have_count(before - 1)
    plain.check()
