"""Two people write in one text at once; what was agreed is guarded, and nothing is lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, WebSocketRoute, expect

from .conftest import Visitor

TEXT = "/texts/long-way-round"


def enter(visitor: Visitor, who: str) -> None:
    """Sign in, open the text, and wait until it can be written in."""
    visitor.sign_in(who)
    visitor.go(f"{TEXT}/write/")
    expect(visitor.page.get_by_text("All saved").first).to_be_visible()


def words(visitor: Visitor, beginning: str) -> Locator:
    """The passage in the editor that says this."""
    return visitor.page.locator(".ProseMirror .passage", has_text=beginning).first


def identity(passage: Locator) -> str:
    found = passage.get_attribute("data-passage")
    assert found
    return found


def by_id(visitor: Visitor, passage: str) -> Locator:
    return visitor.page.locator(f'.ProseMirror [data-passage="{passage}"]').first


def write_at_end(visitor: Visitor, passage: Locator, said: str) -> None:
    """Press on the end of a passage and type, as a person does."""
    passage.click()
    visitor.page.keyboard.press("End")
    visitor.page.keyboard.type(said)


def test_two_people_see_each_other_write_and_agreement_follow_the_words(
    visitor: Visitor, phone: Visitor
) -> None:
    enter(visitor, "judith")
    enter(phone, "amina")
    here = words(visitor, "We have taken our title from that walk")
    passage = identity(here)
    there = by_id(phone, passage)
    expect(there).to_have_class(re.compile("state-agreed"))
    write_at_end(visitor, here, "Q")
    dialog = visitor.page.get_by_role("dialog")
    expect(dialog).to_contain_text("This unsettles 15 agreements")
    visitor.check()
    dialog.get_by_role("button", name="Change the words").click()
    expect(here).to_contain_text("Q")
    expect(there).to_contain_text("Q")
    expect(there).not_to_have_class(re.compile("state-agreed"))
    visitor.page.keyboard.press("Backspace")
    expect(there).not_to_contain_text("Q")
    expect(there).to_have_class(re.compile("state-agreed"))
    expect(visitor.page.get_by_text("All saved").first).to_be_visible()
    phone.check()
    visitor.check()


def test_other_wording_is_written_beside_what_was_agreed(visitor: Visitor) -> None:
    enter(visitor, "gethin")
    here = words(visitor, "On polling day a woman in her seventies")
    passage, before = identity(here), here.inner_text()
    write_at_end(visitor, here, "!")
    dialog = visitor.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Propose other wording").click()
    beside = visitor.page.locator(".ProseMirror").nth(1)
    expect(beside).to_be_visible()
    beside.click()
    visitor.page.keyboard.press("Control+End")
    visitor.page.keyboard.type(" She told us so.")
    expect(by_id(visitor, passage)).to_have_text(before, use_inner_text=True)
    visitor.check()
    visitor.page.get_by_role("button", name="Put it forward").click()
    expect(visitor.page.locator("#panel, .editor-panel").first).to_contain_text("She told us so.")
    visitor.go(f"{TEXT}/p/{passage}/")
    expect(visitor.page.locator("main")).to_contain_text("She told us so.")
    visitor.check()


class Cable:
    """The line between one browser and the server, which can be pulled out and put back."""

    def __init__(self, visitor: Visitor) -> None:
        self.out = False
        self.sockets: list[WebSocketRoute] = []
        visitor.page.route_web_socket(re.compile("/live/"), self._connect)

    def _connect(self, socket: WebSocketRoute) -> None:
        if self.out:
            socket.close(code=1012)
            return
        self.sockets.append(socket)
        socket.connect_to_server()

    def pull(self) -> None:
        self.out = True
        while self.sockets:
            self.sockets.pop().close(code=1012)

    def put_back(self) -> None:
        self.out = False


def test_what_is_written_without_a_connection_is_kept_and_merged(
    visitor: Visitor, phone: Visitor
) -> None:
    cable = Cable(visitor)
    enter(visitor, "judith")
    enter(phone, "farida")
    here = words(visitor, "How to read it")
    there = by_id(phone, identity(here))
    cable.pull()
    expect(visitor.page.get_by_text(re.compile("^Offline")).first).to_be_visible()
    write_at_end(visitor, here, " now")
    visitor.page.get_by_role("button", name="Change the words").click()
    expect(visitor.page.get_by_text(re.compile("kept on this device")).first).to_be_visible()
    write_at_end(phone, words(phone, "Foreword"), "?")
    phone.page.get_by_role("button", name="Change the words").click()
    expect(there).not_to_contain_text("now")
    visitor.check()
    cable.put_back()
    expect(there).to_contain_text("How to read it now", timeout=30_000)
    expect(words(visitor, "Foreword")).to_contain_text("Foreword?")
    expect(visitor.page.get_by_text("All saved").first).to_be_visible()
    phone.check()


def test_a_commissioner_answers_without_leaving_the_place(phone: Visitor) -> None:
    enter(phone, "harpreet")
    phone.page.get_by_role("button", name=re.compile("waits for me")).first.click()
    phone.check()


@pytest.mark.parametrize("who", ["judith", "amina"])
def test_the_history_names_who_wrote(visitor: Visitor, who: str) -> None:
    visitor.sign_in(who)
    visitor.go(f"{TEXT}/history/")
    expect(visitor.page.locator("main")).to_contain_text("Judith")
    visitor.check()


def test_without_scripts_the_forms_are_offered(plain: Visitor) -> None:
    plain.sign_in("judith")
    plain.go(f"{TEXT}/write/")
    expect(plain.page.locator("noscript, main").first).to_be_visible()
    expect(plain.page.get_by_role("link", name="Read the text")).to_be_visible()
