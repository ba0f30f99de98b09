"""The tags that draw components: what they say, and that they escape."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.paginator import Paginator
from django.template import TemplateSyntaxError, engines
from django.test import RequestFactory
from django.utils import timezone
from lxml import html

from folkmoot.ui.tests.selection import select

EVIL = "<script>alert('x')</script>\"&"


def draw(words: str, path: str = "/", **context: Any) -> str:
    request = RequestFactory().get(path)
    return engines["django"].from_string("{% load ui %}" + words).render(context, request)


def element(words: str, path: str = "/", **context: Any) -> html.HtmlElement:
    return html.fromstring(draw(words, path, **context))


@pytest.mark.parametrize(
    "words",
    [
        "{% icon 'search' evil %}",
        "{% button evil %}",
        "{% button evil href=evil %}",
        "{% button evil 'primary' 'plus' name=evil value=evil icon_only=True %}",
        "{% person_chip evil evil evil %}",
        "{% active_link evil evil %}",
        "{% breadcrumbs evil evil evil %}",
        "{% tabs evil evil evil %}",
        "{% copy_button evil evil %}",
        "{% progress evil 3 10 evil %}",
        "{% stat evil evil evil evil %}",
        "{% recommendation_card evil evil evil evil evil 'both' %}",
        "{% facts evil evil %}",
        "{% kbd evil %}",
        "{% sort_header evil evil %}",
        "{% state_bar parts evil %}",
        "{% notice evil title=evil %}{{ evil }}{% endnotice %}",
        "{% empty evil 'comment' %}{{ evil }}{% endempty %}",
        "{% disclosure evil %}{{ evil }}{% enddisclosure %}",
        "{% dialog 'd' evil %}{{ evil }}{% enddialog %}",
        "{% menu evil %}{{ evil }}{% endmenu %}",
        "{% table evil cards=False %}<tbody><tr><td>{{ evil }}</td></tr></tbody>{% endtable %}",
        "{% unsaved_guard evil %}{{ evil }}{% endunsaved_guard %}",
    ],
)
def test_hostile_words_stay_words(words: str) -> None:
    drawn = draw(words, evil=EVIL, parts=[("agreed", EVIL, EVIL)])
    assert "script" in drawn
    assert "<script" not in drawn
    assert not html.fromstring(f"<div>{drawn}</div>").xpath("//*[@*[starts-with(name(), 'on')]]")


def test_an_icon_beside_words_is_silent_and_alone_it_speaks() -> None:
    assert element("{% icon 'search' %}").get("aria-hidden") == "true"
    spoken = element("{% icon 'search' 'Search' %}")
    assert (spoken.get("role"), spoken.get("aria-label")) == ("img", "Search")


@pytest.mark.parametrize("name", ["nothing", "../../base", ""])
def test_an_icon_that_does_not_exist_is_an_error(name: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        draw("{% icon name %}", name=name)


def test_a_button_with_an_address_is_a_link() -> None:
    assert element("{% button 'Go' href='/x/' %}").tag == "a"
    assert element("{% button 'Go' %}").get("type") == "submit"
    assert element("{% button 'Go' opens='d' %}").get("type") == "button"


def test_a_link_that_is_not_available_leads_nowhere() -> None:
    link = element("{% button 'Go' href='/x/' disabled=True %}")
    assert link.get("href") is None
    assert link.get("aria-disabled") == "true"


def test_a_button_of_an_icon_alone_has_a_name() -> None:
    assert (
        element("{% button 'Search' icon_name='search' icon_only=True %}").text_content()
        == "Search"
    )


def test_a_status_says_its_word_and_count() -> None:
    pill = element("{% status_pill 'contested' 40 %}")
    assert pill.text_content() == "Contested 40"
    assert select(pill, "svg")[0].get("aria-hidden") == "true"


def test_a_person_is_a_name_and_an_office() -> None:
    assert (
        element("{% person_chip 'Ada Lovelace' 'Secretary' %}").text_content()
        == "Ada Lovelace Secretary"
    )


def test_a_level_for_both_shows_both() -> None:
    assert [b.text for b in select(element("{% level_badges 'both' %}"), ".badge")] == [
        "Centre",
        "Branches",
    ]


MOMENT = dt.datetime(2026, 6, 1, 18, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("style", "expected"),
    [("", "1 June 2026 at 19:00"), ("day", "1 June 2026"), ("time", "19:00")],
)
def test_a_moment_is_said_in_the_site_s_time(style: str, expected: str) -> None:
    with timezone.override("Europe/London"):
        shown = element("{{ when|moment:style }}", when=MOMENT, style=style)
    assert shown.text_content() == expected
    assert shown.get("datetime") == "2026-06-01T19:00+01:00"


def test_a_day_has_no_time_and_nothing_is_nothing() -> None:
    assert element("{{ when|moment }}", when=dt.date(2026, 6, 1)).get("datetime") == "2026-06-01"
    assert draw("{{ when|moment }}", when=None) == ""


@pytest.mark.parametrize(
    ("path", "href", "expected"),
    [
        ("/texts/", "/texts/", "page"),
        ("/texts/1/", "/texts/", "true"),
        ("/texts/", "/", None),
        ("/other/", "/texts/", None),
    ],
)
def test_a_link_says_when_it_leads_here(path: str, href: str, expected: str | None) -> None:
    assert element("{% active_link href 'x' %}", path, href=href).get("aria-current") == expected


def test_the_last_crumb_is_the_page() -> None:
    trail = element("{% breadcrumbs 'A' '/a/' 'B' %}")
    assert select(trail, "a")[0].get("href") == "/a/"
    assert select(trail, "[aria-current=page]")[0].text == "B"


def test_a_tab_with_a_query_is_told_from_the_one_without() -> None:
    words = "{% tabs 'x' '/t/' 'All' '/t/?mine=1' 'Mine' %}"
    for path, expected in (("/t/", "All"), ("/t/?mine=1", "Mine"), ("/t/?page=2", "All")):
        assert [a.text for a in select(element(words, path), "[aria-current]")] == [expected]


def test_pages_keep_the_rest_of_the_query() -> None:
    page = Paginator(range(100), 10).page(2)
    nav = element("{% pagination page %}", "/x/?area=a%26b&page=2", page=page)
    assert select(nav, "a[rel=next]")[0].get("href") == "?area=a%26b&page=3"
    assert select(nav, "[aria-current=page]")[0].text_content().split() == ["Page", "2"]


def test_one_page_needs_no_links() -> None:
    assert draw("{% pagination page %}", page=Paginator(range(3), 10).page(1)).strip() == ""


def test_a_sorted_column_turns_round() -> None:
    up = element("<table><tr>{% sort_header 'name' 'Name' %}</tr></table>", "/?sort=name&page=3")
    assert select(up, "th")[0].get("aria-sort") == "ascending"
    assert select(up, "a")[0].get("href") == "?sort=-name"


def test_long_work_shows_that_it_is_under_way() -> None:
    bar = element("{% progress 'Making the PDF' %}")
    assert bar.get("role") == "status"
    assert select(bar, "progress")[0].get("value") is None


def test_values_of_progress_have_a_point_in_every_language() -> None:
    from django.utils import translation

    with translation.override("de"):
        assert select(element("{% progress 'x' 2.5 10 %}"), "progress")[0].get("value") == "2.5"


def test_a_table_is_named_and_a_wide_one_can_be_reached() -> None:
    frame = element("{% table 'Seats' cards=False %}<tbody></tbody>{% endtable %}")
    assert select(frame, "caption")[0].text == "Seats"
    assert (frame.get("tabindex"), frame.get("aria-label")) == ("0", "Seats")


def test_a_dialog_is_named_by_its_heading() -> None:
    box = element("{% dialog 'out' 'Leave out?' %}<p>x</p>{% enddialog %}")
    assert box.get("aria-labelledby") == select(box, "h2")[0].get("id")


def test_facts_without_a_value_are_left_out() -> None:
    names = [
        dt.text for dt in select(element("{% facts 'A' 0 'B' '' 'C' none %}", none=None), "dt")
    ]
    assert names == ["A"]


def test_a_redline_says_what_was_added_and_removed() -> None:
    from folkmoot.algorithms.redline import pieces
    from folkmoot.algorithms.wording import Run

    shown = draw(
        "<p>{{ pieces|redline }}</p>",
        pieces=pieces(
            (Run("It may be <b>answered</b>."),), (Run("It should be <b>answered</b>."),)
        ),
    )
    assert select(html.fromstring(shown), "del")[0].text_content() == "removed: may end of change."
    assert "&lt;b&gt;" in shown
