"""Numbers follow the order of the passages and nothing else."""

from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from folkmoot.algorithms.numbering import (
    Entry,
    Heading,
    Numbering,
    Scheme,
    letters,
    marker,
    mentions,
    number,
    roman,
    slug,
)
from folkmoot.algorithms.wording import Asks, Figure, Footnote, Run, Table, Wording, text

ASKS = Asks("Media", "The centre", "centre")
PLAIN = Scheme()


def build(*lines: str | tuple[str, str]) -> list[Entry]:
    """Passages from marks: "# A" and "## A" headings, "1 A" and "11 A" numbered items, "* A" and
    "** A" bullets, "> A" a quotation, "! A" a recommendation, "| A" a table, "^ A" a figure. A
    pair gives a label too. Ids are p0, p1, ..."""
    entries = []
    for place, line in enumerate(lines):
        line, label = (line, "") if isinstance(line, str) else line
        mark, _, words = line.partition(" ")
        entries.append((f"p{place}", _wording(mark, words, line), label))
    return entries


def _wording(mark: str, words: str, line: str) -> Wording:
    extra: dict[str, Any]
    match mark[:1]:
        case "#":
            return text("heading", words, depth=len(mark))
        case "1":
            return text("item", words, depth=len(mark), ordered=True)
        case "*":
            return text("item", words, depth=len(mark))
        case ">":
            return text("quote", words)
        case "!":
            return text("recommendation", words, asks=ASKS)
        case "|":
            extra = {"table": Table((((Run("x"),),),))}
            return text("table", words, **extra)
        case "^":
            return text("figure", words, figure=Figure("a" * 64, "x"))
        case _:
            return text("paragraph", line)


def values(entries: Iterable[Entry], scheme: Scheme = PLAIN) -> list[str]:
    entries = list(entries)
    numbers = number(entries, scheme).numbers
    return [numbers[id].value if id in numbers else "" for id, _, _ in entries]


# --- headings ---------------------------------------------------------------------------------


def test_headings_are_decimal() -> None:
    entries = build("# A", "## B", "## C", "### D", "# E", "## F")
    assert values(entries) == ["1", "1.1", "1.2", "1.2.1", "2", "2.1"]


def test_depths_that_jump_leave_no_gap_in_the_numbers() -> None:
    assert values(build("## A", "# B", "#### C", "## D")) == ["1", "2", "2.1", "2.2"]


def test_parts_count_in_roman_and_chapters_through_the_text() -> None:
    entries = build("# A", "## B", "### C", "# D", "## E", "## F", "### G")
    numbering = number(entries, Scheme(headings="parts"))
    assert [n.value for n in numbering.numbers.values()] == [
        *("Part I", "1", "1.1", "Part II", "2", "3", "3.1"),
    ]
    assert numbering.numbers["p4"].spoken == "Chapter 2"
    assert numbering.numbers["p0"].spoken == "Part I"


def test_headings_may_keep_the_authors_numbers() -> None:
    entries = build(("# A", "Chapter 4"), ("## B", "4.2"), "## C")
    numbering = number(entries, Scheme(headings="kept"))
    assert [n.value for n in numbering.numbers.values()] == ["Chapter 4", "4.2"]
    assert numbering.resolve("see chapter 4") == "p0"
    assert numbering.resolve("see section 4.2") == "p1"


def test_a_heading_inside_a_quotation_is_no_part_of_the_outline() -> None:
    quoted = text("heading", "B", depth=1, quoted=True)
    numbering = number([*build("# A"), ("q", quoted, ""), *build("x", "# C")[1:]])
    assert [heading.title for heading in numbering.contents] == ["A", "C"]


# --- paragraphs, items ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paragraphs", "expected"),
    [
        ("none", ["", "", "", "", "", ""]),
        ("continuous", ["1", "", "2", "3", "", "4"]),
        ("by chapter", ["1", "", "1.1", "1.2", "", "2.1"]),
        ("kept", ["", "", "17", "18.", "", "4.2(b)"]),
    ],
)
def test_paragraphs_are_numbered_by_the_scheme(paragraphs: Any, expected: list[str]) -> None:
    entries = build("Front.", "# A", ("One.", "17"), ("Two.", "18."), "# B", ("Three.", "4.2(b)"))
    assert values(entries, Scheme(paragraphs, "none")) == expected


def test_only_paragraphs_of_their_own_are_numbered() -> None:
    continued = text("paragraph", "And so on.", depth=1)
    entries = [
        *build("One.", "1 item", "> quote", "! Act."),
        ("c", continued, ""),
        ("e", text("paragraph", " "), ""),
    ]
    assert values([*entries, ("z", text("paragraph", "Two."), "")], Scheme("continuous")) == [
        *("1", "1.", "", "1", "", "", "2"),
    ]


def test_items_are_marked_by_depth_and_start_again_with_a_new_list() -> None:
    entries = build(
        "1 a", "1 b", "11 c", "11 d", "111 e", "1 f", "11 g", "Words.", "1 h", "* i", "1 j"
    )
    assert values(entries) == ["1.", "2.", "a)", "b)", "i.", "3.", "a)", "", "1.", "•", "1."]


def test_a_paragraph_that_continues_an_item_does_not_end_its_list() -> None:
    continued = text("paragraph", "More.", depth=1)
    entries = [
        *build("1 a", "11 b"),
        ("c", continued, ""),
        ("d", text("item", "x", depth=2, ordered=True), ""),
        ("e", text("item", "y", depth=1, ordered=True), ""),
    ]
    assert values(entries) == ["1.", "a)", "", "a)", "2."]


def test_an_item_keeps_the_authors_mark() -> None:
    assert values(build(("1 a", "(b)"), "1 c"), Scheme("kept")) == ["(b)", "2."]


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (marker(3, 1), "3."),
        (marker(3, 2), "c)"),
        (marker(4, 3), "iv."),
        (marker(5, 4), "5."),
        (letters(26), "z"),
        (letters(27), "aa"),
        (letters(703), "aaa"),
        (roman(1994), "MCMXCIV"),
    ],
)
def test_marks(shown: str, expected: str) -> None:
    assert shown == expected


# --- recommendations, tables, figures, notes --------------------------------------------------


def test_recommendations_tables_and_figures_count_each_for_themselves() -> None:
    numbering = number(build("! A", "| T", "! B", "^ F", "# H", "| U"))
    assert [n.spoken for n in numbering.numbers.values()] == [
        "Recommendation 1",
        "Table 1",
        "Recommendation 2",
        "Figure 1",
        "Chapter 1",
        "Table 2",
    ]


def noted(*notes: tuple[str, str]) -> Wording:
    return Wording("paragraph", tuple(Footnote((Run(words),), label) for words, label in notes))


def test_notes_that_share_a_label_share_a_number() -> None:
    entries = [
        ("a", noted(("One", "x"), ("Two", "")), ""),
        ("b", noted(("Two", ""), ("One", "x"), ("Other", "x")), ""),
    ]
    numbering = number(entries)
    assert numbering.note_numbers == {"a": (1, 2), "b": (3, 1, 4)}
    assert [(n.value, n.passages) for n in numbering.notes] == [
        (1, ("a", "b")),
        (2, ("a",)),
        (3, ("b",)),
        (4, ("b",)),
    ]


# --- contents, chapters -----------------------------------------------------------------------


def walk(contents: Iterable[Heading]) -> Iterator[Heading]:
    for heading in contents:
        yield heading
        yield from walk(heading.children)


def test_chapters_have_addresses_and_passages() -> None:
    numbering = number(build("Front.", "# What happened", "x", "## Below", "# Élan & vigour", "y"))
    assert [(c.slug, c.title, c.passages) for c in numbering.chapters] == [
        ("what-happened", "What happened", ("p1", "p2", "p3")),
        ("elan-and-vigour", "Élan & vigour", ("p4", "p5")),
    ]
    assert list(numbering.chapter_of.values()) == [None, "p1", "p1", "p1", "p4", "p4"]
    assert [h.slug for h in walk(numbering.contents)] == ["what-happened", "", "elan-and-vigour"]


def test_a_part_and_its_chapters_are_pages() -> None:
    numbering = number(build("# A", "x", "## B", "y"), Scheme("by chapter", "parts"))
    assert [(c.slug, c.part, c.passages) for c in numbering.chapters] == [
        ("a", True, ("p0", "p1")),
        ("b", False, ("p2", "p3")),
    ]
    assert numbering.numbers["p1"].value == "I.1"
    assert numbering.numbers["p3"].value == "1.1"


def test_addresses_are_unique_and_leave_out_what_is_reserved() -> None:
    numbering = number(
        build("# A", "# A 2", "# A", "# Search", "# 第一章", "# !!!"), reserved=["search"]
    )
    assert [c.slug for c in numbering.chapters] == [
        "a",
        "a-2",
        "a-3",
        "search-2",
        "chapter-5",
        "chapter-6",
    ]


@given(st.text())
def test_a_slug_is_ascii(words: str) -> None:
    assert set(slug(words)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert len(slug(words)) <= 60


def test_notes_are_no_part_of_a_title() -> None:
    heading = Wording("heading", (Run("What "), Footnote((Run("a note"),)), Run("happened")), 1)
    assert number([("h", heading, "")]).contents[0].title == "What happened"


lines = st.lists(
    st.sampled_from(["#", "##", "###", "######", "1", "11", "*", ">", "!", "|", "^", "x"]).map(
        lambda mark: f"{mark} words"
    ),
    max_size=25,
)
schemes = st.builds(
    Scheme,
    st.sampled_from(["none", "continuous", "by chapter", "kept"]),
    st.sampled_from(["none", "decimal", "parts", "kept"]),
)


@given(lines, schemes)
def test_the_contents_hold_every_heading_once_in_order(lines: list[str], scheme: Scheme) -> None:
    entries = build(*lines)
    headings = [id for id, wording, _ in entries if wording.kind == "heading"]
    assert [heading.passage for heading in walk(number(entries, scheme).contents)] == headings


@given(lines, schemes)
def test_numbers_of_a_kind_leave_no_gap(lines: list[str], scheme: Scheme) -> None:
    entries = build(*lines)
    numbering = number(entries, scheme)
    for kind in ("recommendation", "table", "figure"):
        found = [n.value for n in numbering.numbers.values() if n.kind == kind]
        assert found == [str(k) for k in range(1, len(found) + 1)]
    if scheme.paragraphs == "continuous":
        found = [n.value for n in numbering.numbers.values() if n.kind == "paragraph"]
        assert found == [str(k) for k in range(1, len(found) + 1)]
    if scheme.headings == "decimal":
        for heading in walk(numbering.contents):
            expected = [f"{heading.value}.{k}" for k in range(1, len(heading.children) + 1)]
            assert [child.value for child in heading.children] == expected


@given(lines, schemes)
def test_ids_do_not_matter(lines: list[str], scheme: Scheme) -> None:
    entries = build(*lines)
    fresh = count(1000)
    other = {id: f"z{next(fresh)}" for id, _, _ in reversed(entries)}
    renamed = number([(other[id], wording, label) for id, wording, label in entries], scheme)
    numbering = number(entries, scheme)
    assert [n.value for n in numbering.numbers.values()] == [
        n.value for n in renamed.numbers.values()
    ]
    assert [c.slug for c in numbering.chapters] == [c.slug for c in renamed.chapters]
    assert [other[id] for id in numbering.numbers] == list(renamed.numbers)


@given(lines, schemes)
def test_chapters_cover_everything_from_the_first_heading_on(
    lines: list[str], scheme: Scheme
) -> None:
    entries = build(*lines)
    numbering = number(entries, scheme)
    covered = [id for chapter in numbering.chapters for id in chapter.passages]
    ids = [id for id, _, _ in entries]
    assert covered == ids[len(ids) - len(covered) :]
    assert len({chapter.slug for chapter in numbering.chapters}) == len(numbering.chapters)
    assert bool(covered) == any(wording.kind == "heading" for _, wording, _ in entries)


# --- references -------------------------------------------------------------------------------


def body() -> list[Entry]:
    return build(
        "# One", "First.", "## Deep", "! Do it.", "# Two", "| Votes", "! Do that.", "^ Map", "Last."
    )


def numbered() -> Numbering:
    return number(body(), Scheme("by chapter"))


@pytest.mark.parametrize(
    ("words", "target"),
    [
        ("recommendation 2", "p6"),
        ("Recommendation 1", "p3"),
        ("see chapter 2 above", "p4"),
        ("section 1.1", "p2"),
        ("section 2", "p4"),
        ("paragraph 2.1", "p8"),
        ("para. 1.1(b)", "p1"),
        ("Table 1", "p5"),
        ("figure 1", "p7"),
        ("figure 2", None),
        ("the table", None),
        ("table 1%", None),
    ],
)
def test_references_in_words_are_resolved(words: str, target: str | None) -> None:
    assert numbered().resolve(words) == target


def test_chapters_are_found_even_where_no_numbers_are_shown() -> None:
    assert number(body(), Scheme(headings="none")).resolve("chapter 2") == "p4"


def test_parts_are_found_by_roman_and_other_numbers() -> None:
    numbering = number(build("# A", "# B"), Scheme(headings="parts"))
    assert numbering.resolve("Part II") == "p1"
    assert numbering.resolve("part 2") == "p1"
    assert numbering.resolve("the part I played") is None


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("paragraphs 3, 5 and 7", ["3", "5", "7"]),
        ("Recommendations 3 to 5", ["3", "5"]),
        ("chapters 2–4", ["2", "4"]),
        ("paragraph 4 of the Butler Report", []),
        ("recommendation 7 of Lord Laming's inquiry", []),
        ("table 2 in the ONS release", []),
        ("paragraph 4 of this review", ["4"]),
        ("chapter 3 of the report", ["3"]),
        ("recommendation 3 and 15% of members", ["3"]),
        ("a chapter 11th", []),
    ],
)
def test_numbers_named_in_words(words: str, named: list[str]) -> None:
    assert [mention.value for mention in mentions(words)] == named


def test_broken_references_are_found_with_their_place() -> None:
    words = "As recommendations 2 and 9 and table 4 say; see section 106 too."
    note = Footnote((Run("See paragraph 99."),))
    wording = Wording("paragraph", (Run(words), note, Run(" And table 1.")))
    numbering = number([*body(), ("r", wording, ""), ("q", text("quote", "See table 77."), "")])
    assert [(r.words, r.value, r.passage) for r in numbering.broken] == [
        ("9", "9", "r"),
        ("table 4", "4", "r"),
    ]
    assert [r.target for r in numbering.references] == ["p6", None, None, "p5"]
    for reference in numbering.references:
        assert wording.plain[reference.start : reference.end] == reference.words


def test_no_paragraph_is_missed_in_a_text_that_numbers_none() -> None:
    numbering = number([("a", text("paragraph", "See paragraph 4."), "")])
    assert numbering.broken == ()


def test_labels_kept_from_an_import_are_found() -> None:
    numbering = number(
        build(("One.", "17"), ("Two, see paragraph 17 and 18.", "4.2(b)")), Scheme("kept")
    )
    assert [(r.value, r.target) for r in numbering.references] == [("17", "p0"), ("18", None)]
    assert numbering.resolve("paragraph 4.2(b)") == "p1"


@given(st.text(), schemes)
def test_no_text_upsets_the_search_for_references(words: str, scheme: Scheme) -> None:
    entries = [
        ("a", text("heading", words, depth=1), words),
        ("b", text("paragraph", words), words),
    ]
    assert number(entries, scheme) == number(entries, scheme)
