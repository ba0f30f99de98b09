"""The server's own changes, beside what people are typing at that moment."""

import os

import pytest
from hypothesis import given, settings

from folkmoot.algorithms.tests.wordings import wordings
from folkmoot.algorithms.wording import Break, Footnote, Mark, Run, Wording, text
from folkmoot.live.document.edits import Edit, Insert, Move, Relabel, Remove, Replace
from folkmoot.live.document.paper import Paper
from folkmoot.live.document.tests.replicas import Replica, name, passages
from folkmoot.live.document.tests.test_paper import check

_CI = bool(os.environ.get("CI"))


def one(wording: Wording) -> Paper:
    return Paper.of_passages([(name(0), "", wording)])


@given(wordings, wordings)
@settings(deadline=None, derandomize=_CI)
def test_replacing_words_nobody_touched_gives_the_words_meant(
    before: Wording, after: Wording
) -> None:
    paper = one(before)
    outcome = paper.edit([Replace(name(0), before, after)], "leila")
    found = paper.wording(name(0))
    assert found is not None
    assert found.digest == after.digest
    if before.digest != after.digest:
        assert [(w.id, w.digest) for w in outcome.written] == [(name(0), after.digest)]
        assert outcome.writers == {name(0): {"leila"}}
    check(paper)


@given(wordings)
@settings(deadline=None, derandomize=_CI)
def test_replacing_words_by_themselves_writes_nothing(wording: Wording) -> None:
    paper = one(wording)
    found = paper.wording(name(0))
    assert found is not None
    assert paper.edit([Replace(name(0), found, found)], "leila").merged == b""
    assert paper.edit([Replace(name(0), wording, wording)], "leila").merged == b""


def test_a_small_change_is_a_small_update() -> None:
    words = " ".join(f"word{n}" for n in range(500))
    before = text("paragraph", words)
    paper = one(before)
    after = text("paragraph", words.replace("word250", "term250"))
    outcome = paper.edit([Replace(name(0), before, after)], "leila")
    assert len(outcome.merged) < 80
    assert outcome.order is None


def test_what_is_typed_meanwhile_and_arrives_later_is_kept() -> None:
    before = text("paragraph", "The board meets in May and reports in June.")
    paper = one(before)
    ana = Replica(paper, "ana")
    ana.type(ana.at(name(0)), 4, "whole ")
    outcome = paper.edit(
        [
            Replace(
                name(0), before, text("paragraph", "The board meets in May and reports in July.")
            )
        ],
        "leila",
    )
    assert not paper.apply(ana.sent()).refused
    ana.receive(outcome.merged)
    assert paper.plain(name(0)) == "The whole board meets in May and reports in July."
    assert ana.words(ana.at(name(0))) == paper.plain(name(0))


def test_what_was_typed_before_is_kept() -> None:
    before = text("paragraph", "The board meets in May and reports in June.")
    paper = one(before)
    ana = Replica(paper, "ana")
    ana.type(ana.at(name(0)), 4, "whole ")
    paper.apply(ana.sent())
    paper.edit(
        [
            Replace(
                name(0), before, text("paragraph", "The board meets in May and reports in July.")
            )
        ],
        "leila",
    )
    assert paper.plain(name(0)) == "The whole board meets in May and reports in July."


@pytest.mark.parametrize(
    "after",
    [
        (Run("One "), Footnote((Run("note"),)), Run("two three")),
        (Footnote((Run("note"),)), Run("One two three")),
        (Run("One two three"), Break(), Footnote((Run("note"),))),
        (Run("One two "), Break(), Run("and "), Break(), Run("three")),
        (Break(),),
        (),
    ],
)
def test_notes_and_breaks_go_in_and_out_again(after: tuple[Run | Break | Footnote, ...]) -> None:
    plain = text("paragraph", "One two three")
    there = Wording("paragraph", after)
    paper = one(plain)
    paper.edit([Replace(name(0), plain, there)], "leila")
    assert paper.wording(name(0)) == there
    paper.edit([Replace(name(0), there, plain)], "leila")
    assert paper.wording(name(0)) == plain
    check(paper)


def test_only_the_marks_change_when_only_marks_do() -> None:
    before = text("paragraph", "One two three")
    after = Wording(
        "paragraph", (Run("One "), Run("two", frozenset({Mark("strong")})), Run(" three"))
    )
    paper = one(before)
    ana = Replica(paper, "ana")
    outcome = paper.edit([Replace(name(0), before, after)], "leila")
    ana.receive(outcome.merged)
    assert b"two" not in outcome.merged
    assert paper.wording(name(0)) == after


@pytest.mark.parametrize(
    ("edits", "order"),
    [
        ([Insert(name(9), "1", text("paragraph", "New"), name(0))], [0, 9, 1, 2, 3]),
        ([Insert(name(9), "", text("paragraph", "New"), "")], [9, 0, 1, 2, 3]),
        ([Insert(name(9), "", text("paragraph", "New"), name(8))], [0, 1, 2, 3, 9]),
        ([Insert(name(1), "", text("paragraph", "New"), "")], [0, 1, 2, 3]),
        ([Remove(name(1)), Remove(name(8))], [0, 2, 3]),
        ([Move(name(0), name(2))], [1, 2, 0, 3]),
        ([Move(name(3), "")], [3, 0, 1, 2]),
        ([Move(name(1), name(0)), Move(name(0), "")], [0, 1, 2, 3]),
        ([Move(name(1), name(1))], [0, 1, 2, 3]),
        (
            [
                Insert(name(8), "", text("paragraph", "A"), name(3)),
                Insert(name(9), "", text("paragraph", "B"), name(8)),
                Move(name(8), ""),
                Remove(name(0)),
            ],
            [8, 1, 2, 3, 9],
        ),
    ],
)
def test_passages_come_go_and_move(edits: list[Edit], order: list[int]) -> None:
    paper = Paper.of_passages(passages(4))
    before = paper.passages
    outcome = paper.edit(edits, "leila")
    assert paper.order == tuple(map(name, order))
    assert outcome.order == (paper.order if order != [0, 1, 2, 3] else None)
    assert outcome.repairs == b""
    for id, wording in before.items():
        assert paper.wording(id) in (wording, None)
    check(paper)


def test_a_move_keeps_all_that_a_passage_bore() -> None:
    paper = Paper.of_passages([*passages(2), (name(2), "7", text("item", "Seven", depth=2))])
    ana = Replica(paper, "ana")
    ana.at(name(2)).attributes["area"] = "Law"
    paper.apply(ana.sent())
    outcome = paper.edit([Move(name(2), "")], "leila")
    ana.receive(outcome.merged)
    assert outcome.written == ()
    assert ana.ids() == [name(2), name(0), name(1)]
    assert ana.at(name(2)).attributes["area"] == "Law"
    assert paper.label(name(2)) == "7"


def test_a_label_is_given_and_taken() -> None:
    paper = Paper.of_passages(passages(1))
    outcome = paper.edit([Relabel(name(0), "4.2")], "leila")
    assert [(w.id, w.label) for w in outcome.written] == [(name(0), "4.2")]
    paper.edit([Relabel(name(0), "")], "leila")
    assert paper.label(name(0)) == ""


def test_another_wording_can_be_changed_and_taken_out() -> None:
    paper = Paper.of_passages(passages(2))
    ana = Replica(paper, "ana")
    ana.propose(name(7), name(1), "Other words")
    paper.apply(ana.sent())
    before = paper.wording(name(7))
    assert before == text("paragraph", "Other words")
    outcome = paper.edit([Replace(name(7), before, text("paragraph", "Better words"))], "leila")
    assert [(w.id, w.of) for w in outcome.written] == [(name(7), name(1))]
    outcome = paper.edit([Remove(name(7))], "leila")
    assert [(w.id, w.of, w.wording) for w in outcome.written] == [(name(7), name(1), None)]
    assert not paper.variants
    check(paper)


def test_edits_reach_everybody() -> None:
    paper = Paper.of_passages(passages(3))
    ana = Replica(paper, "ana")
    before = paper.wording(name(1))
    assert before is not None
    outcome = paper.edit(
        [
            Remove(name(0)),
            Replace(name(1), before, text("heading", "A heading", depth=2)),
            Insert(name(9), "", text("paragraph", "New"), name(1)),
        ],
        "leila",
    )
    ana.receive(outcome.merged)
    assert Paper(ana.doc.get_update()).standing == paper.standing
