"""Wordings go into the document and come out as they were."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import XmlElement, XmlText

from folkmoot.algorithms.markup import extract, passages_html
from folkmoot.algorithms.tests.wordings import wordings
from folkmoot.algorithms.wording import (
    Asks,
    Break,
    Figure,
    Footnote,
    Mark,
    Run,
    Table,
    Wording,
    text,
)
from folkmoot.live.document.paper import Paper
from folkmoot.live.document.schema import new_id
from folkmoot.live.document.tests.replicas import Replica, exchange, name

_CI = bool(os.environ.get("CI"))


@given(st.lists(wordings, min_size=1, max_size=6))
@settings(deadline=None, derandomize=_CI)
def test_any_wordings_come_out_with_the_digests_they_went_in_with(given: list[Wording]) -> None:
    paper = Paper.of_passages((name(n), str(n), wording) for n, wording in enumerate(given))
    again = Paper(paper.state())
    for found in (paper, again):
        assert found.order == tuple(name(n) for n in range(len(given)))
        assert [w.digest for w in found.passages.values()] == [w.digest for w in given]
        assert [found.label(id) for id in found.order] == [str(n) for n in range(len(given))]
    assert not any(reading.fault for _, reading in again.standing)


def test_every_part_of_a_wording_is_kept() -> None:
    wording = Wording(
        "item",
        (
            Run("We "),
            Run("agree", frozenset({Mark("strong"), Mark("link", "https://example.org/")})),
            Break(),
            Footnote((Run("Minutes, 3 May."),), "a"),
            Run(" 😀 on this."),
        ),
        depth=3,
        ordered=True,
        quoted=True,
        language="cy",
    )
    paper = Paper.of_passages([(name(0), "4.2(b)", wording)])
    assert paper.wording(name(0)) == wording
    assert paper.wording(name(0)).content[3].label == "a"  # type: ignore[union-attr]
    assert paper.label(name(0)) == "4.2(b)"
    assert paper.plain(name(0)) == wording.plain


@pytest.mark.parametrize(
    ("kind", "wording"),
    [
        ("heading", Wording("heading", depth=1)),
        ("item", Wording("item", depth=1)),
        ("paragraph", Wording("paragraph")),
        ("figure", Wording("figure", figure=Figure("", ""))),
        ("recommendation", Wording("recommendation", asks=Asks("", "", "both"))),
    ],
)
def test_a_passage_of_which_only_the_kind_is_known_reads_as_what_there_is(
    kind: str, wording: Wording
) -> None:
    paper = Paper.of_passages([])
    ana = Replica(paper, "ana")
    id = new_id()
    ana.text.children.append(XmlElement("passage", {"id": id, "kind": kind}))
    outcome = exchange(paper, [ana])
    assert [(w.id, w.wording) for w in outcome.written] == [(id, wording)]


def test_what_a_change_of_kind_leaves_behind_means_nothing() -> None:
    paper = Paper.of_passages([(name(0), "", text("item", "One.", depth=1, ordered=True))])
    ana = Replica(paper, "ana")
    node = ana.at(name(0))
    with ana.doc.transaction():
        node.attributes["kind"] = "paragraph"
        del node.attributes["depth"]
        node.attributes["area"] = "Law"
    exchange(paper, [ana])
    assert paper.wording(name(0)) == text("paragraph", "One.")
    with ana.doc.transaction():
        node.attributes["kind"] = "item"
    exchange(paper, [ana])
    assert paper.wording(name(0)) == text("item", "One.", depth=1, ordered=True)


def test_words_in_pieces_are_one() -> None:
    paper = Paper.of_passages([(name(0), "", text("paragraph", "One"))])
    ana = Replica(paper, "ana")
    node = ana.at(name(0))
    with ana.doc.transaction():
        node.children.append(XmlText(""))
        node.children.append(XmlText(" and"))
        node.children.append(XmlText(" two"))
    exchange(paper, [ana])
    assert paper.wording(name(0)) == text("paragraph", "One and two")


def test_marks_that_may_overlap_arrive_with_a_hash() -> None:
    paper = Paper.of_passages([(name(0), "", text("paragraph", "One two"))])
    ana = Replica(paper, "ana")
    inside = ana.at(name(0)).children[0]
    assert isinstance(inside, XmlText)
    inside.format(0, 3, {"strong--Ab3+/x9=": {}})
    outcome = exchange(paper, [ana])
    assert not outcome.refused
    assert paper.wording(name(0)) == Wording(
        "paragraph", (Run("One", frozenset({Mark("strong")})), Run(" two"))
    )


@given(wordings)
@settings(deadline=None, derandomize=_CI)
def test_the_page_shows_what_the_document_says(wording: Wording) -> None:
    paper = Paper.of_passages([(name(0), "", wording)])
    read = paper.wording(name(0))
    assert read is not None
    assert read.plain == wording.plain
    if wording.kind in ("paragraph", "recommendation"):
        [(_, shown)] = extract(passages_html([(name(0), read)]))
        [(_, meant)] = extract(passages_html([(name(0), wording)]))
        assert shown.digest == meant.digest


def test_a_table_that_two_people_captioned_at_once_has_both() -> None:
    table = Wording("table", table=Table((((Run("a"),), (Run("b"),)),), 1))
    paper = Paper.of_passages([(name(0), "", table)])
    ana, ben = Replica(paper, "ana"), Replica(paper, "ben")
    for person, words in ((ana, "Years"), (ben, "Branches")):
        node = person.at(name(0))
        with person.doc.transaction():
            del node.children[0]
            caption = node.children.insert(0, XmlElement("caption"))
            caption.children.append(XmlText(words))
    outcome = exchange(paper, [ana, ben])
    assert not outcome.refused
    found = paper.wording(name(0))
    assert found is not None
    assert found.table == table.table
    assert found.content[1] == Break()
    assert {found.content[0], found.content[2]} == {Run("Years"), Run("Branches")}
