"""The outline of a text by status."""

from __future__ import annotations

import pytest
from lxml import html

from folkmoot.ui.state_bar import STRIP_LIMIT, Part, draw, strips
from folkmoot.ui.statuses import STATUSES, status_of
from folkmoot.ui.tests.selection import select


def drawing(*parts: Part, **options: str) -> html.HtmlElement:
    return html.fromstring(draw(parts, **options))


def test_every_part_is_a_link_with_its_status_in_words() -> None:
    bar = drawing(Part("contested", "#a", "Passage 1"), Part("agreed", "#b", "Passage 2"))
    links = select(bar, ".state-strip a")
    assert [link.get("href") for link in links] == ["#a", "#b"]
    assert [link.findtext("title") for link in links] == [
        "Passage 1: Contested",
        "Passage 2: Agreed",
    ]


def test_lengths_add_up_and_follow_the_weights() -> None:
    bar = drawing(Part("agreed", "#a", "1", 30), Part("agreed", "#b", "2", 10))
    widths = [float(r.get("width").rstrip("%")) for r in select(bar, ".state-strip rect")]
    assert widths == pytest.approx([75, 25])


def test_the_legend_counts_what_is_there_and_nothing_else() -> None:
    bar = drawing(*[Part("agreed", "#", "x")] * 3, Part("held", "#", "x"))
    assert [li.text_content().strip() for li in select(bar, ".state-legend li")] == [
        "Agreed 3",
        "Held 1",
    ]


def test_each_chapter_has_a_strip_on_the_same_scale() -> None:
    bar = drawing(Part("agreed", "#", "x", 40, "One"), Part("agreed", "#", "y", 10, "Two"))
    assert [label.text for label in select(bar, ".state-label")] == ["One", "Two"]
    widths = [float(r.get("width").rstrip("%")) for r in select(bar, ".state-strip rect")]
    assert widths == pytest.approx([100, 25])


def test_a_long_chapter_goes_on_below() -> None:
    found = strips([Part("agreed", "#", "x", 1, "One")] * (STRIP_LIMIT + 1))
    assert [(line.label, len(line.parts)) for line in found] == [("One", STRIP_LIMIT), ("", 1)]


def test_hostile_words_stay_words() -> None:
    evil = '"><script>alert(1)</script>'
    bar = draw([Part("agreed", f"#{evil}", evil, 1, evil)], label=evil)
    assert "<script" not in bar
    assert select(html.fromstring(bar), "a")[0].findtext("title") == f"{evil}: Agreed"


def test_two_bars_do_not_share_ids() -> None:
    one, two = (drawing(Part("tie", "#", "x"), prefix=p) for p in ("bar1", "bar2"))
    assert not {e.get("id") for e in one.xpath("//*[@id]")} & {
        e.get("id") for e in two.xpath("//*[@id]")
    }
    for bar, prefix in ((one, "bar1"), (two, "bar2")):
        fills = {r.get("fill") for r in bar.xpath("//rect[@fill]")}
        assert fills == {f"url(#{prefix}-tie)"}
        assert bar.xpath(f"//pattern[@id='{prefix}-tie']")


def test_a_text_without_parts_is_an_empty_bar() -> None:
    assert select(drawing(), "a") == []


@pytest.mark.parametrize("slug", STATUSES)
def test_a_status_is_known_by_slug_and_by_value(slug: str) -> None:
    assert status_of(slug).slug == slug
    assert status_of(slug.replace("-", "_")).slug == slug


def test_a_status_that_does_not_exist_is_refused() -> None:
    with pytest.raises(KeyError):
        status_of("fine")


def test_the_statuses_of_the_rules_all_have_words() -> None:
    from folkmoot.algorithms.consent.verdict import Status

    # “yours” is not a rule's word: it is what a seat is shown until it has answered.
    assert {status_of(member).slug for member in Status} == set(STATUSES) - {"yours"}
