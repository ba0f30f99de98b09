"""What drafting left behind is found, and what merely looks like it is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from folkmoot.algorithms.findings import Finding, excerpt, findings, likely_recommendations
from folkmoot.algorithms.tests.effort import calls_made
from folkmoot.algorithms.tests.test_wording import wordings
from folkmoot.algorithms.wording import (
    Asks,
    Figure,
    Footnote,
    Kind,
    Run,
    Table,
    Wording,
    text,
)


def found(words: str, kind: Kind = "paragraph") -> list[tuple[str, str]]:
    return [(f.kind, f.mark) for f in findings([("a", text(kind, words))])]


@pytest.mark.parametrize(
    ("words", "kind", "mark"),
    [
        ("The date is TBC.", "to be confirmed", "TBC"),
        ("The venue (TBD) is large.", "to be confirmed", "TBD"),
        ("The date is to be confirmed.", "to be confirmed", "to be confirmed"),
        ("Figures to follow.", "to be confirmed", ""),
        ("TODO: ask Jo.", "drafting mark", "TODO"),
        ("About XXX people came.", "drafting mark", "XXX"),
        ("Note to self: shorten.", "drafting mark", "Note to self"),
        ("Lorem ipsum dolor.", "drafting mark", "Lorem ipsum"),
        ("We met [...] and left.", "gap", "[...]"),
        ("We met [ ] and left.", "gap", "[ ]"),
        ("We met in ____ and left.", "gap", "____"),
        ("About XX people came.", "placeholder", "XX"),
        ("It cost £Xm.", "placeholder", "£Xm"),
        ("It cost [insert figure here].", "placeholder", "[insert figure here]"),
        ("See [ref].", "placeholder", "[ref]"),
        ("Written by [NAME OF AUTHOR].", "placeholder", "[NAME OF AUTHOR]"),
        ("He said “we [insert verb] it”.", "placeholder", "[insert verb]"),
        ("They [should/must] act.", "alternatives in brackets", "[should/must]"),
        ("They [should] [must] act.", "alternatives in brackets", "[should] [must]"),
        ("They [should or must] act.", "alternatives in brackets", "[should or must]"),
        ("Is that so??", "doubled question mark", "??"),
    ],
)
def test_marks_of_drafting_are_found(words: str, kind: str, mark: str) -> None:
    ((this_kind, this_mark),) = found(words)
    assert this_kind == kind
    assert mark in this_mark


@pytest.mark.parametrize(
    "words",
    [
        "He said “we met [...] and left”.",
        '"We met [...] and left.',
        "“He [the Prime Minister or his deputy] agreed.”",
        "He wrote “[Number 10] agreed”.",
        "In [2003] UKHL 12 the court said so [sic].",
        "See note [12].",
        "Malcolm X and the X factor; Mac OS X.",
        "Superbowl XXI and Chapter XIX.",
        "Is that so?",
        "The amount is to be determined by the court.",
        "He is to be confirmed by the Senate.",
        "We said [with emphasis] that it was so.",
        "A kiss, xx",
        "Tobacco (TB) clinics and TBCs.",
    ],
)
def test_what_only_looks_like_drafting_is_left_alone(words: str) -> None:
    assert found(words) == []


def test_dots_in_a_quotation_are_left_alone_and_the_rest_is_not() -> None:
    assert found("We met [...] and left.", "quote") == []
    assert found("We met TBC.", "quote") == [("to be confirmed", "TBC")]


def test_notes_cells_and_descriptions_are_read() -> None:
    note = Wording("paragraph", (Run("So it was."), Footnote((Run("Source TBC."),))))
    table = Wording("table", table=Table((((Run("TBC"),), (Run("12"),)),)))
    figure = Wording("figure", figure=Figure("a" * 64, "Chart TBC"))
    asks = text("recommendation", "Act.", asks=Asks("Media", "TBC", "centre"))
    marks = findings([("n", note), ("t", table), ("f", figure), ("r", asks)])
    assert [(m.passage, m.mark) for m in marks] == [(id, "TBC") for id in "ntfr"]


def test_what_is_missing_is_found() -> None:
    passages = [
        ("a", text("heading", "One", depth=1)),
        ("b", text("heading", "Two", depth=2)),
        ("c", text("paragraph", "Words.")),
        ("d", text("paragraph", " ")),
        ("e", text("heading", "Three", depth=2)),
        ("f", text("heading", "Four", depth=1)),
    ]
    assert [(f.passage, f.kind) for f in findings(passages)] == [
        ("d", "empty passage"),
        ("e", "heading with nothing under it"),
        ("f", "heading with nothing under it"),
    ]


def test_an_excerpt_has_whole_words() -> None:
    words = "one two three four five six seven eight nine ten TBC one two three four five six seven"
    (mark,) = findings([("a", text("paragraph", words))])
    assert mark == Finding(
        "a",
        "to be confirmed",
        "TBC",
        "… three four five six seven eight nine ten TBC one two three four five six seven",
    )
    assert excerpt("short words", 0, 5) == "short words"


@given(st.lists(st.tuples(st.text(max_size=3), wordings), max_size=4))
def test_no_text_upsets_the_search(passages: list[tuple[str, Wording]]) -> None:
    ids = {id for id, _ in passages}
    assert {finding.passage for finding in findings(passages)} <= ids
    assert all(0 < p.confidence <= 1 for p in likely_recommendations(passages))


@pytest.mark.parametrize("unit", ["[", "[a", "The a ", "_", "?", "“", "[a/", "<<", "and the "])
def test_work_grows_with_the_length_of_a_text_and_no_faster(unit: str) -> None:
    def work(length: int) -> int:
        passages = [("a", text("paragraph", unit * (length // len(unit))))]
        return calls_made(lambda: (findings(passages), likely_recommendations(passages)))

    # Ten times as long: a search over all pairs would make a hundred times the calls.
    assert work(20_000) < 20 * work(2_000) + 1000


# --- recommendations --------------------------------------------------------------------------


def likely(*words: str | Wording) -> list[tuple[str, str]]:
    passages = [
        (str(k), text("paragraph", w) if isinstance(w, str) else w) for k, w in enumerate(words)
    ]
    return [(p.passage, p.number) for p in likely_recommendations(passages)]


RECOMMENDATIONS = text("heading", "Our recommendations", depth=1)


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("Recommendation 4: Publish the accounts.", "4"),
        ("Recommendation 4.2 – Publish the accounts.", "4.2"),
        ("RECOMMENDATION IV. Publish.", "IV"),
        ("R12. Publish the accounts.", "12"),
        ("R 7: publish the accounts.", "7"),
        ("We recommend that the accounts be published.", ""),
        ("We therefore strongly recommend a new code.", ""),
        ("The Commission recommends that branches meet monthly.", ""),
        ("It is recommended that branches meet monthly.", ""),
        ("The Government should publish a plan.", ""),
        ("The Department for Education should publish a plan.", ""),
        ("Local authorities must publish a plan.", ""),
        ("The National Executive Committee should publish a plan.", ""),
    ],
)
def test_passages_that_read_like_recommendations(words: str, number: str) -> None:
    assert likely(words) == [("0", number)]


@pytest.mark.parametrize(
    "words",
    [
        "Recommendation 4 was never carried out.",
        "Recommendations 4 and 5 belong together.",
        "We recommended this in 2010.",
        "I would recommend the book.",
        "The Government should have published a plan.",
        "The Government should never have gone to war.",
        "It should be noted that few came.",
        "The weather should improve.",
        "Members told us that the centre should listen.",
        "“The Government should publish a plan.”",
        "R2D2. A robot.",
        "Publish and be damned, he said.",
    ],
)
def test_passages_that_do_not(words: str) -> None:
    assert likely(words) == []


def test_under_a_heading_about_recommendations_more_is_likely() -> None:
    below = text("heading", "Money", depth=2)
    other = text("heading", "What happened next", depth=1)
    order = "Publish the accounts of every branch."
    asked = "Every regional office should publish its accounts."
    assert likely(RECOMMENDATIONS, order, below, asked, other, order, asked) == [
        ("1", ""),
        ("3", ""),
    ]


def test_a_heading_that_is_a_number_announces_the_passage_under_it() -> None:
    heading = text("heading", "Recommendation 3", depth=3)
    assert likely(heading, "The accounts of every branch are public.", "More words.") == [
        ("1", "3")
    ]


def test_what_is_quoted_or_already_marked_is_not_proposed() -> None:
    words = "Recommendation 4: Publish the accounts."
    marked = text("recommendation", words, asks=Asks("Money", "The centre", "centre"))
    assert likely(text("quote", words), text("item", words, depth=1, quoted=True), marked) == []


def test_a_proposal_says_why() -> None:
    (proposal,) = likely_recommendations([("a", text("paragraph", "Recommendation 4: Publish."))])
    assert proposal.reason == "begins with “Recommendation 4:”"
    assert proposal.confidence == 0.95
    (proposal,) = likely_recommendations(
        [("h", RECOMMENDATIONS), ("a", text("item", "The Government must act.", depth=1))]
    )
    assert proposal.reason == (
        "begins with what the Government must do, under a heading about recommendations"
    )
