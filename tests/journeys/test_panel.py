"""Agreement and comments beside the text: by keyboard, with somebody else writing meanwhile."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from .conftest import Visitor
from .test_writing_together import by_id, enter, identity, words, write_at_end


def panel(visitor: Visitor) -> Locator:
    return visitor.page.locator(".editor-panel .panel-content")


def test_an_answer_is_given_by_keyboard_and_the_place_is_kept(visitor: Visitor) -> None:
    enter(visitor, "folake")
    visitor.page.keyboard.press("F6")
    visitor.page.get_by_role("button", name=re.compile("waits for me")).first.click()
    expect(panel(visitor).get_by_role("group", name="My answer").first).to_be_visible()
    here = visitor.page.locator(".ProseMirror .is-current")
    passage = identity(here)
    visitor.page.keyboard.press("Control+Alt+KeyA")
    confirm = panel(visitor).get_by_role("button", name="Record my answer").first
    expect(confirm).to_be_focused()
    visitor.check()
    visitor.page.keyboard.press("Enter")
    expect(panel(visitor)).to_contain_text("Your answer is recorded")
    expect(visitor.page.locator(".ProseMirror").first).to_be_focused()
    expect(by_id(visitor, passage)).to_have_class(re.compile("is-current"))
    expect(by_id(visitor, passage)).not_to_have_class(re.compile("state-yours"))


def test_an_objection_is_refused_on_words_that_changed_and_nothing_typed_is_lost(
    visitor: Visitor, phone: Visitor
) -> None:
    enter(visitor, "folake")
    enter(phone, "judith")
    here = words(visitor, "Fifteen of us signed this")
    here.click()
    visitor.page.keyboard.press("Control+Alt+KeyO")
    expect(panel(visitor).locator("textarea[name=reason]").first).to_be_focused()
    visitor.page.keyboard.type("It is more than fifteen.")
    there = by_id(phone, identity(here))
    write_at_end(phone, there, "Z")
    phone.page.get_by_role("button", name="Change the words").click()
    expect(here).to_contain_text("Z")
    expect(visitor.page.locator(".panel-bar")).to_contain_text("Something changed")
    panel(visitor).get_by_role("button", name="Record my answer").first.click()
    expect(panel(visitor)).to_contain_text("The words have changed")
    expect(panel(visitor).locator("ins").first).to_contain_text("Z")
    reason = panel(visitor).locator("textarea[name=reason]").first
    expect(reason).to_have_value("It is more than fifteen.")
    visitor.check()


def test_selected_words_are_commented_on_and_marked_for_others(
    visitor: Visitor, phone: Visitor
) -> None:
    enter(visitor, "folake")
    enter(phone, "judith")
    here = words(visitor, "We have taken our title from that walk")
    here.click(position={"x": 80, "y": 20})
    visitor.page.keyboard.press("Home")
    for _ in range(5):
        visitor.page.keyboard.press("Control+Shift+ArrowRight")
    expect(visitor.page.get_by_role("button", name="Comment", exact=True).first).to_be_visible()
    visitor.page.keyboard.press("Control+Alt+KeyM")
    expect(panel(visitor).locator("textarea[name=body]").last).to_be_focused()
    visitor.page.keyboard.type("Whose walk was it?")
    visitor.page.keyboard.press("Tab")
    panel(visitor).get_by_role("button", name="Comment", exact=True).last.click()
    expect(panel(visitor)).to_contain_text("Whose walk was it?")
    for one, passage in ((visitor, here), (phone, by_id(phone, identity(here)))):
        # Where somebody's caret stands among the words, the mark is in several pieces.
        pieces = passage.locator(".comment-mark")
        expect(pieces.first).to_be_visible()
        assert "".join(pieces.all_text_contents()).strip() == "We have taken our title"
        pieces.first.click()
        expect(panel(one).locator(".point:focus")).to_contain_text("Whose walk was it?")
        one.check()
