"""The canonical form: what changes a digest and what does not."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from folkmoot.algorithms.wording import (
    MARKS,
    Asks,
    Break,
    Footnote,
    Malformed,
    Mark,
    Run,
    Wording,
    from_json,
    text,
)

marks = st.frozensets(
    st.sampled_from([m for m in MARKS if m != "link"]).map(Mark)
    | st.just(Mark("link", "https://example.org/")),
    max_size=3,
)
runs = st.builds(Run, st.text(max_size=30), marks)
simple = st.lists(runs | st.builds(Break), max_size=5).map(tuple)
content = st.lists(
    runs | st.builds(Break) | st.builds(Footnote, simple, st.text(max_size=5)), max_size=6
).map(tuple)
wordings = st.builds(Wording, kind=st.sampled_from(["paragraph", "quote", "item"]), content=content)


@given(wordings)
def test_json_round_trip_keeps_the_digest(wording: Wording) -> None:
    stored = json.loads(json.dumps(wording.to_json()))
    assert from_json(stored).digest == wording.digest


@given(st.lists(st.sampled_from(["", "a", "b ", " ", "\n", "é", "e\u0301", "\u00a0"])), marks)
def test_how_a_run_is_cut_does_not_matter(parts: list[str], shared: frozenset[Mark]) -> None:
    whole = Wording("paragraph", (Run("".join(parts), shared),))
    cut = Wording("paragraph", tuple(Run(part, shared) for part in parts))
    assert whole.digest == cut.digest


@given(st.text(alphabet="ab \u00a0\n\t", max_size=20))
def test_white_space_is_folded(words: str) -> None:
    assert text("paragraph", words).digest == text("paragraph", " ".join(words.split())).digest


def test_marks_that_begin_in_white_space_say_the_same() -> None:
    bold = frozenset({Mark("strong")})
    inside = Wording("paragraph", (Run("one "), Run("two", bold)))
    outside = Wording("paragraph", (Run("one"), Run(" two", bold)))
    assert inside.digest == outside.digest


@pytest.mark.parametrize(
    "other",
    [
        text("paragraph", "We may meet twice."),
        text("paragraph", "we must meet twice."),
        text("quote", "We must meet twice."),
        text("paragraph", "We must meet twice.", depth=1),
        text("paragraph", "We must meet twice.", language="cy"),
        Wording("paragraph", (Run("We must meet twice.", frozenset({Mark("strike")})),)),
        Wording("paragraph", (Run("We must meet twice."), Footnote((Run("Or so."),)))),
        text("recommendation", "We must meet twice.", asks=Asks("Life", "All", "both")),
    ],
)
def test_meaning_changes_the_digest(other: Wording) -> None:
    assert other.digest != text("paragraph", "We must meet twice.").digest


def test_the_digest_is_pinned() -> None:
    """Digests live for ever in published editions: a change to the canonical form must be seen."""
    wording = Wording(
        "paragraph",
        (
            Run("Caf\u0065\u0301  "),
            Run("open", frozenset({Mark("em")})),
            Footnote((Run("1923."),), "a"),
        ),
    )
    assert wording.digest == "3d5fc7a1b59497a1b6eb25ee07e307c520db2fcccd3218d9e7d697d304348efb"


def test_white_space_before_an_opening_note_is_trimmed() -> None:
    note = Footnote((Run("y"),))
    spaced = Wording("paragraph", (Run("  "), note, Run("x")))
    assert spaced.digest == Wording("paragraph", (note, Run("x"))).digest


def test_footnote_labels_are_presentational() -> None:
    first = Wording("paragraph", (Run("x"), Footnote((Run("y"),), "1")))
    second = Wording("paragraph", (Run("x"), Footnote((Run("y"),), "2")))
    assert first.digest == second.digest


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"kind": "poem"},
        {"kind": "table"},
        {"kind": "paragraph", "content": [{"text": "x", "marks": [["blink"]]}]},
        {"kind": "paragraph", "content": [{"footnote": [{"footnote": []}]}]},
        {"kind": "paragraph", "content": 5},
        {"kind": "paragraph", "depth": 99},
        {"kind": "recommendation", "asks": {"area": "a", "addressee": "b", "level": "moon"}},
    ],
)
def test_what_is_no_wording_is_refused(value: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        from_json(value)
