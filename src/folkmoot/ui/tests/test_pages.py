"""The pages themselves: layouts, errors, the styleguide and the accent."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from lxml import html

from folkmoot.ui import views
from folkmoot.ui.context import DEFAULT_ACCENT, current_organisation, destinations
from folkmoot.ui.middleware import SayWhatIsWrong
from folkmoot.ui.styleguide import specimens
from folkmoot.ui.tests.selection import select

# No test here may touch the database: pytest-django refuses it without a mark.
pytestmark = pytest.mark.urls("folkmoot.ui.tests.urls")


@pytest.fixture(autouse=True)
def _a_real_site(settings: Any) -> None:
    """The banner of the demonstration links to other rooms, which are not there in these tests."""
    settings.DEMO = False


def get(path: str = "/") -> Any:
    request = RequestFactory().get(path)
    request.user = AnonymousUser()
    return request


def page(words: str) -> html.HtmlElement:
    return html.document_fromstring(engines["django"].from_string(words).render({}, get()))


@pytest.mark.parametrize("layout", ["base.html", "reading.html"])
def test_a_page_has_its_parts(layout: str, settings: Any) -> None:
    settings.FOLKMOOT_ORGANISATION_NAME = "Commons & Co"
    found = page(
        "{% extends '" + layout + "' %}{% block title %}Words{% endblock %}"
        "{% block main %}<h1>Words</h1>{% endblock %}"
    )
    assert found.get("lang") == "en-gb"
    assert found.get("dir") == "ltr"
    assert found.findtext(".//title") == "Words · Commons & Co"
    assert select(found, "a.skip-link")[0].get("href") == "#main"
    assert select(found, "main#main h1")[0].text == "Words"
    assert not found.xpath("//script[not(@src)] | //style | //*[@style]")


def test_a_page_reads_from_right_to_left_where_its_language_does() -> None:
    from django.utils import translation

    with translation.override("ar"):
        found = page("{% extends 'base.html' %}")
    assert (found.get("lang"), found.get("dir")) == ("ar", "rtl")


def test_a_published_page_has_nothing_of_its_reader() -> None:
    words = "{% extends 'reading.html' %}{% block main %}x{% endblock %}"
    request = get()

    class Reader:
        def __getattribute__(self, name: str) -> object:
            raise AssertionError("A published page asked who is reading.")

    request.user = Reader()
    drawn = engines["django"].from_string(words).render({}, request)
    assert "csrf" not in drawn
    assert "toast" not in drawn
    assert "CSRF_COOKIE" not in request.META


def test_the_contents_can_be_opened_on_a_phone_without_script() -> None:
    found = page("{% extends 'reading.html' %}{% block contents %}<ol></ol>{% endblock %}")
    button = select(found, ".contents-button button")[0]
    assert found.get_element_by_id(button.get("popovertarget")).get("popover") is not None


def test_messages_are_words_of_the_page() -> None:
    from django.contrib.messages import constants
    from django.contrib.messages.storage.base import Message

    found = html.document_fromstring(
        engines["django"]
        .from_string("{% extends 'base.html' %}")
        .render({"messages": [Message(constants.ERROR, "It <b>failed</b>.")]}, None)
    )
    toast = select(found, "toast-region .toast")[0]
    assert (toast.get("role"), toast.text_content().strip()) == ("alert", "It <b>failed</b>.")


@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "413", "429", "500"])
def test_an_error_page_needs_nothing(code: str) -> None:
    found = html.document_fromstring(render_to_string(f"{code}.html", {}))
    assert found.findtext(".//h1")
    assert f"Error {code[:3]}" in found.text_content()
    assert select(found, ".error-page a[href='/']")


def test_a_refusal_says_who_may() -> None:
    answer = views.forbidden(get(), PermissionDenied("Only the <secretary> may open it."))
    assert answer.status_code == 403
    assert "Only the &lt;secretary&gt; may open it." in answer.content.decode()


def test_a_refusal_without_words_still_says_something() -> None:
    assert "hold a particular office" in views.forbidden(get(), PermissionDenied()).content.decode()


def test_the_other_answers_have_their_codes() -> None:
    assert views.bad_request(get(), ValueError()).status_code == 400
    assert views.not_found(get(), Http404()).status_code == 404
    assert views.broken(get()).status_code == 500
    large = views.too_large(get(), 40 * 1024 * 1024)
    assert (large.status_code, "40.0\xa0MB" in large.content.decode()) == (413, True)
    many = views.too_many(get(), "two minutes")
    assert (many.status_code, "two minutes" in many.content.decode()) == (429, True)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("#A0B1C2", "#a0b1c2"),
        ("red", DEFAULT_ACCENT),
        ("#fff;}", DEFAULT_ACCENT),
        ("", DEFAULT_ACCENT),
    ],
)
def test_an_accent_is_six_digits_or_the_built_in_one(given: str, shown: str, settings: Any) -> None:
    settings.FOLKMOOT_ACCENT = given
    assert current_organisation().accent == shown


def test_the_accent_is_a_stylesheet_that_can_be_kept_for_ever(client: Any, settings: Any) -> None:
    settings.FOLKMOOT_ACCENT = "#a0b1c2"
    settings.MIDDLEWARE = []
    link = current_organisation().accent_href
    answer = client.get(link)
    assert answer.content.decode().strip() == ":root { --accent: #a0b1c2; }"
    assert "immutable" in answer["Cache-Control"]
    assert link in engines["django"].from_string("{% extends 'base.html' %}").render({}, get())


def test_the_built_in_accent_needs_no_stylesheet(settings: Any) -> None:
    settings.FOLKMOOT_ACCENT = DEFAULT_ACCENT
    assert current_organisation().accent_href == ""


def test_destinations_that_do_not_exist_are_left_out(settings: Any) -> None:
    settings.NAVIGATION = [("ui:styleguide", "Look"), ("nowhere:at_all", "Nothing")]
    assert [(d.href, d.label) for d in destinations()] == [("/styleguide/", "Look")]


def test_the_styleguide_shows_every_component() -> None:
    found = html.document_fromstring(views.styleguide(get("/styleguide/")).content.decode())
    shown = {section.get("id") for section in select(found, "section.specimen")}
    assert shown == {s.slug for chapter in specimens() for s in chapter.specimens}
    assert len(shown) > 30
    ids = found.xpath("//@id")
    assert sorted({i for i in ids if ids.count(i) > 1}) == []


def test_the_styleguide_shows_every_tag() -> None:
    from folkmoot.ui.templatetags.ui import register

    words = " ".join(s.words for chapter in specimens() for s in chapter.specimens)
    elsewhere = {
        "asset",
        "ui_styles",
        "ui_scripts",
        "toasts",
        "active_link",
        "status_word",
        "field_errors",
        "error_summary",
    }
    missing = {
        name
        for name in register.tags
        if not name.startswith("end") and f"{{% {name} " not in words and name not in elsewhere
    }
    assert missing == set()


def test_the_address_of_a_form_opened_in_a_browser_says_so() -> None:
    def takes_forms(request: HttpRequest) -> HttpResponse:
        return HttpResponseNotAllowed(["POST"])

    page = SayWhatIsWrong(takes_forms)(get("/texts/x/p/y/stance/"))
    assert page.status_code == 405
    assert page["Allow"] == "POST"
    assert "where a form is sent to" in page.content.decode()
    assert SayWhatIsWrong(takes_forms)(RequestFactory().put("/")).content == b""
