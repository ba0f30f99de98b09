"""The small behaviours in a real browser, from the files as they stand, without a server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright
from tests import servers

STATIC = Path(__file__).parents[1] / "static"
SITE = "http://look.test"
TYPES = {".js": "text/javascript", ".css": "text/css"}

type Show = Callable[..., Page]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = servers.chromium()
    if not path:
        pytest.skip("There is no Chromium on this machine.")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"]
        )
        yield opened
        opened.close()


@pytest.fixture
def show(chromium: Browser) -> Iterator[Show]:
    """Opens a page with the given body at an address; more pages share its storage."""
    context = chromium.new_context()
    bodies: dict[str, str] = {}

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(SITE).split("?")[0].split("#")[0]
        if path.startswith("/static/"):
            file = STATIC / path.removeprefix("/static/")
            route.fulfill(body=file.read_text(), content_type=TYPES[file.suffix])
            return
        if path == "/slow/":
            # No content: the page stays, its form on its way.
            route.fulfill(status=204)
            return
        route.fulfill(
            body="<!doctype html><html lang=en><meta charset=utf-8><title>x</title>"
            '<link rel="stylesheet" href="/static/ui/css/tokens.css">'
            '<script src="/static/ui/js/theme.js"></script>'
            f"<body>{bodies.get(path, '')}"
            '<script type="module" src="/static/ui/js/site.js"></script>',
            content_type="text/html",
        )

    context.route("**/*", answer)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))

    def opened(body: str, path: str = "/") -> Page:
        bodies[path] = body
        page.goto(SITE + path)
        return page

    yield opened
    context.close()
    assert faults == []


def test_a_chosen_theme_is_remembered_and_can_be_given_back(show: Show) -> None:
    switch = "<theme-switch data-light=Light data-dark=Dark data-auto=Auto></theme-switch>"
    page = show(switch)
    page.get_by_role("button", name="Dark").click()
    show(switch, "/again/")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Auto").click()
    show(switch)
    assert page.evaluate("document.documentElement.dataset.theme") is None


SELECT = (
    "<form><label for=b>Branch</label><combo-box data-none='Nothing found'><select id=b name=b>"
    "<option value=''>Choose</option><option value=1>Bath</option><option value=2>Leeds East"
    "</option><option value=3>Ynys Môn</option></select></combo-box><button>Go</button></form>"
)


def test_a_branch_is_found_by_typing_without_its_accents(show: Show) -> None:
    page = show(SELECT)
    box = page.get_by_role("combobox", name="Branch")
    box.fill("mon")
    expect(page.get_by_role("option")).to_have_text(["Ynys Môn"])
    box.press("ArrowDown")
    box.press("Enter")
    expect(box).to_have_value("Ynys Môn")
    assert page.evaluate("new FormData(document.forms[0]).get('b')") == "3"


def test_words_that_are_no_branch_do_not_stay(show: Show) -> None:
    page = show(SELECT)
    box = page.get_by_role("combobox", name="Branch")
    box.fill("Atlantis")
    expect(page.get_by_text("Nothing found")).to_be_visible()
    box.press("Tab")
    expect(box).to_have_value("")
    assert page.evaluate("new FormData(document.forms[0]).get('b')") == ""


GUARDED = (
    "<unsaved-guard data-key=c data-found=Kept data-drop='Throw it away'>"
    "<form method=post action='/done/'><textarea name=words aria-label=Words></textarea>"
    "<button>Send</button></form></unsaved-guard>"
)


def test_typed_words_come_back_and_can_be_thrown_away(show: Show) -> None:
    page = show(GUARDED)
    page.get_by_label("Words").fill("Every report")
    page.on("dialog", lambda dialog: dialog.accept())
    show(GUARDED)
    expect(page.get_by_label("Words")).to_have_value("Every report")
    expect(page.get_by_role("status")).to_contain_text("Kept")
    page.get_by_role("button", name="Throw it away").click()
    expect(page.get_by_label("Words")).to_have_value("")
    show(GUARDED)
    expect(page.get_by_label("Words")).to_have_value("")


def test_leaving_with_unsaved_words_asks_first(show: Show) -> None:
    page = show(GUARDED)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_label("Words").press_sequentially("x")
    show("", "/elsewhere/")
    assert asked == ["beforeunload"]


def test_sent_words_are_not_kept_once_they_arrived(show: Show) -> None:
    page = show(GUARDED)
    page.get_by_label("Words").fill("Every report")
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/done/")
    show(GUARDED)
    expect(page.get_by_label("Words")).to_have_value("")


def test_sent_words_are_kept_when_the_answer_is_an_error(show: Show) -> None:
    show("<div class=error-page><h1>Something broke</h1></div>", "/done/")
    page = show(GUARDED)
    page.get_by_label("Words").fill("Every report")
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/done/")
    show(GUARDED)
    expect(page.get_by_label("Words")).to_have_value("Every report")


def test_a_form_is_sent_once(show: Show) -> None:
    page = show("<form method=post action='/slow/'><button>Send</button></form>")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    button = page.get_by_role("button")
    button.click(no_wait_after=True)
    expect(button).to_have_attribute("aria-busy", "true")
    button.click(no_wait_after=True)
    page.wait_for_timeout(100)
    assert sent == [f"{SITE}/slow/"]


def test_a_dialog_opens_and_gives_the_focus_back(show: Show) -> None:
    page = show(
        "<a href='/page/' data-opens=d>Leave out</a><dialog class=dialog id=d><form method=dialog>"
        "<button>Close</button></form></dialog>"
    )
    page.get_by_role("link").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("link")).to_be_focused()


def test_a_note_opens_beside_its_mark(show: Show) -> None:
    page = show(
        "<p>Words.<sup class=noteref><a href='#fn-1' id=r>1</a></sup></p>"
        "<section class=notes><ol><li id=fn-1>Minutes. <a class=backlink href='#r'>↩</a></li></ol>"
    )
    page.get_by_role("link", name="1").click()
    note = page.locator(".note-beside")
    expect(note).to_have_text("Minutes. ")
    assert page.evaluate("location.hash") == ""
    page.keyboard.press("Escape")
    expect(note).to_have_count(0)
    expect(page.get_by_role("link", name="1")).to_be_focused()


def test_the_summary_of_errors_takes_the_focus_and_leads_to_the_field(show: Show) -> None:
    page = show(
        "<div class=error-summary tabindex=-1 data-focus-first><a href='#f'>Missing</a></div>"
        "<input id=f aria-label=Title>"
    )
    expect(page.locator(".error-summary")).to_be_focused()
    page.get_by_role("link").click()
    expect(page.get_by_label("Title")).to_be_focused()


KEYS = (
    "<input aria-label=Search><ul data-keys><li data-item><a href='#one'>One</a>"
    "<button data-key=a onclick=\"this.textContent='chosen'\">Accept</button></li>"
    "<li data-item><a href='#two'>Two</a></li></ul>"
)


def test_a_list_is_walked_and_opened_by_keys(show: Show) -> None:
    page = show(KEYS)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    assert page.url.endswith("#two")
    page.keyboard.press("k")
    page.keyboard.press("a")
    expect(page.get_by_role("button")).to_have_text("chosen")


def test_keys_are_letters_while_somebody_types(show: Show) -> None:
    page = show(KEYS)
    page.get_by_label("Search").press_sequentially("jaj")
    expect(page.get_by_label("Search")).to_have_value("jaj")
    expect(page.get_by_role("button")).to_have_text("Accept")


TOASTS = (
    "<toast-region class=toasts data-close=Close data-broken='Something broke' "
    "data-failed='That did not work' data-offline='You are offline'>"
    "<div class='toast toast-error' role=alert><p>It failed.</p></div></toast-region>"
)


def test_a_message_can_be_closed(show: Show) -> None:
    page = show(TOASTS)
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_text("It failed.")).to_have_count(0)


@pytest.mark.parametrize(
    ("status", "words"), [(500, "Something broke"), (404, "That did not work")]
)
def test_a_refused_part_of_a_page_says_so(show: Show, status: int, words: str) -> None:
    page = show(TOASTS)
    page.evaluate(
        "status => document.dispatchEvent(new CustomEvent('htmx:responseError',"
        " {detail: {xhr: {status}}}))",
        status,
    )
    expect(page.get_by_role("alert").filter(has_text=words)).to_be_visible()


@pytest.mark.parametrize(("status", "shown"), [(422, True), (409, True), (500, False)])
def test_a_form_that_comes_back_with_errors_is_shown(show: Show, status: int, shown: bool) -> None:
    page = show("")
    swapped = page.evaluate(
        "status => { const detail = {xhr: {status}, shouldSwap: false, isError: true};"
        " document.dispatchEvent(new CustomEvent('htmx:beforeSwap', {detail}));"
        " return detail.shouldSwap; }",
        status,
    )
    assert swapped is shown


def test_the_state_bar_is_one_stop_and_arrows_walk_along_it(show: Show) -> None:
    from folkmoot.ui.state_bar import Part, draw

    parts = [Part("agreed", f"#p{n}", f"Passage {n}") for n in range(3)]
    page = show(f"<button>Before</button>{draw(parts)}<button>After</button>")
    page.get_by_role("button", name="Before").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#p1"
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="After")).to_be_focused()


def test_a_file_that_is_too_large_is_named_before_it_is_sent(show: Show) -> None:
    page = show(
        "<form><input type=file id=f data-limit=3 aria-label=Paper><i id=f_sizehint>Up to 3.</i>"
    )
    paper = page.get_by_label("Paper")
    paper.set_input_files({"name": "a.md", "mimeType": "text/plain", "buffer": b"four"})
    assert page.evaluate("document.getElementById('f').validationMessage") == "a.md: Up to 3."
    paper.set_input_files({"name": "a.md", "mimeType": "text/plain", "buffer": b"ok"})
    assert page.evaluate("document.getElementById('f').validationMessage") == ""
