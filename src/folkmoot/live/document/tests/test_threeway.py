"""A change laid over words that somebody else has changed meanwhile."""

import os
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from folkmoot.algorithms.tests.wordings import content as contents
from folkmoot.algorithms.tests.wordings import wordings
from folkmoot.algorithms.wording import Content, Footnote, Mark, Run, Table, Wording, text
from folkmoot.live.document.threeway import align, content, letters, merge, merge_content

_CI = bool(os.environ.get("CI"))
STRONG = frozenset({Mark("strong")})


def merged(before: str, after: str, live: str) -> str:
    return merge(*(text("paragraph", words) for words in (before, after, live))).plain


def test_words_in_different_places_are_all_kept() -> None:
    assert (
        merged(
            "The board meets in May and reports in June.",
            "The board meets in May and reports in September.",
            "The whole board meets in May, once, and reports in June.",
        )
        == "The whole board meets in May, once, and reports in September."
    )


def test_two_letters_in_one_word_are_both_kept() -> None:
    assert merged("a colour here", "a color here", "a colours here") == "a colors here"


def test_two_words_for_one_place_stand_side_by_side() -> None:
    assert merged("the cat sat", "the bird sat", "the dog sat") == "the dog bird sat"


def test_the_same_change_made_twice_is_made_once() -> None:
    assert merged("the cat sat", "the dog sat", "so the dog sat") == "so the dog sat"


def test_what_somebody_took_out_does_not_come_back() -> None:
    assert merged("one two three", "one two three four", "one three") == "one three four"


def test_a_mark_is_laid_on_words_that_moved() -> None:
    before = text("paragraph", "We must act.")
    after = Wording("paragraph", (Run("We "), Run("must", STRONG), Run(" act.")))
    live = text("paragraph", "Today we must act. We must act.")
    assert Run("must", STRONG) in merge(before, after, live).content
    assert merge(before, after, live).plain == live.plain


def test_words_within_a_note_are_merged() -> None:
    def noted(words: str) -> Wording:
        return Wording("paragraph", (Run("As agreed."), Footnote((Run(words),))))

    found = merge(
        noted("Minutes of May."), noted("Minutes of 3 May."), noted("See minutes of May.")
    )
    assert found.plain == "As agreed. [See minutes of 3 May.]"


def test_cells_are_merged_one_by_one_and_rows_as_wholes() -> None:
    def table(*rows: tuple[str, ...]) -> Wording:
        return Wording(
            "table", table=Table(tuple(tuple((Run(cell),) for cell in row) for row in rows))
        )

    before = table(("Year", "Members"), ("1990", "12"))
    found = merge(
        before, table(("Year", "Seats"), ("1990", "12")), table(("Year", "Members"), ("1990", "13"))
    )
    assert found == table(("Year", "Seats"), ("1990", "13"))
    found = merge(
        before,
        table(("Year", "Members"), ("1990", "12"), ("1991", "14")),
        table(("Year", "Members"), ("1989", "9"), ("1990", "12")),
    )
    assert found == table(("Year", "Members"), ("1989", "9"), ("1990", "12"), ("1991", "14"))


def test_fields_are_merged_one_by_one() -> None:
    before = text("item", "One", depth=1)
    after = text("item", "One", depth=2)
    live = text("item", "One!", depth=1, language="cy")
    assert merge(before, after, live) == text("item", "One!", depth=2, language="cy")


@given(contents, contents)
@settings(deadline=None, derandomize=_CI)
def test_a_change_over_untouched_words_gives_what_was_meant(
    before: Content, after: Content
) -> None:
    def digest(of: Content) -> str:
        return Wording("paragraph", of).digest

    assert digest(merge_content(before, after, before)) == digest(after)
    assert digest(merge_content(before, before, after)) == digest(after)
    assert digest(merge_content(before, after, after)) == digest(after)
    assert digest(content(letters(before))) == digest(before)


@given(contents, contents)
@settings(deadline=None, derandomize=_CI)
def test_an_alignment_ascends_and_pairs_like_with_like(one: Content, other: Content) -> None:
    first, second = letters(one), letters(other)
    pairs = align(first, second)
    assert all(i < k and j < m for (i, j), (k, m) in pairwise(pairs))
    for i, j in pairs:
        both = isinstance(first[i].atom, Footnote) and isinstance(second[j].atom, Footnote)
        assert both or first[i].atom == second[j].atom


@given(wordings, wordings, wordings)
@settings(deadline=None, derandomize=_CI)
def test_any_three_wordings_can_be_merged(before: Wording, after: Wording, live: Wording) -> None:
    found = merge(before, after, live)
    assert found.kind in (after.kind, live.kind)
    assert merge(before, after, before).digest == after.digest


@given(st.lists(st.sampled_from("abcdefgh"), min_size=4, max_size=30), st.data())
@settings(deadline=None, derandomize=_CI)
def test_words_put_in_by_either_are_all_there(base: list[str], data: st.DataObject) -> None:
    def with_words(stem: str) -> tuple[list[str], list[str]]:
        places = data.draw(st.lists(st.integers(0, len(base)), max_size=4))
        out, new = list(base), []
        for n, place in enumerate(places):
            new.append(f"{stem}{n}")
            out.insert(min(place, len(out)), new[-1])
        return out, new

    ours, our_new = with_words("ours")
    theirs, their_new = with_words("theirs")
    found = merged(" ".join(base), " ".join(ours), " ".join(theirs)).split()
    assert {*our_new, *their_new} <= set(found)
    assert [w for w in found if w in base] == base
