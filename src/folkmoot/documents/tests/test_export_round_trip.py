"""What is exported and imported again is the same text, as far as a form can carry it."""

import re
from collections.abc import Sequence
from itertools import combinations, pairwise, product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings

from folkmoot.algorithms.wording import MAX_DEPTH, Mark, Run, Wording, text
from folkmoot.documents.block import Imported
from folkmoot.documents.export_text import ExportPassage, ExportText
from folkmoot.documents.exporting import FORMS
from folkmoot.documents.reading import read_document
from folkmoot.documents.tests.exported_texts import DIGEST, everything, texts

ROOT = Path(__file__).parents[4]
REPORT = ROOT.parent / "shared" / "data" / "iraq-inquiry-report" / "executive-summary.md"
SLOW = [HealthCheck.too_slow]


def again(shown: ExportText, form: str) -> Imported:
    return read_document(FORMS[form].write(shown), f"file{FORMS[form].suffix}")


def digests(passages: Sequence[ExportPassage]) -> list[tuple[str, str]]:
    return [(p.wording.digest, p.label) for p in passages]


def arrived(imported: Imported) -> list[tuple[str, str]]:
    return [(block.wording.digest, block.label) for block in imported.blocks]


@pytest.mark.parametrize("form", ["docx", "odt"])
def test_one_of_everything_comes_back(form: str) -> None:
    shown = everything()
    imported = again(shown, form)
    assert arrived(imported) == digests(shown.passages)
    assert imported.title == shown.title
    assert imported.pictures.keys() == {DIGEST}


@pytest.mark.parametrize("form", ["docx", "odt"])
@settings(max_examples=12, deadline=None, suppress_health_check=SLOW)
@given(shown=texts())
def test_any_text_comes_back_from_word_processors(form: str, shown: ExportText) -> None:
    assert arrived(again(shown, form)) == digests(shown.passages)


@settings(max_examples=12, deadline=None, suppress_health_check=SLOW)
@given(texts())
def test_any_text_comes_back_from_markdown(shown: ExportText) -> None:
    """Numbers are typed in Markdown, and only a run of them is known for numbers; so none here."""
    assume(not any(p.label and p.wording.kind != "recommendation" for p in shown.passages))
    assert arrived(again(shown, "markdown")) == digests(shown.passages)


@pytest.mark.parametrize("form", ["docx", "odt", "markdown"])
def test_every_pair_of_neighbouring_marks_comes_back(form: str) -> None:
    marks = [*map(Mark, ("strong", "em", "strike")), Mark("link", "https://example.org/?a=(b)")]
    sets = [frozenset(c) for n in range(3) for c in combinations(marks, n)]
    pairs = [
        Wording("paragraph", (Run("One "), Run("two", a), Run(gap), Run("three", b), Run(" four.")))
        for a in sets
        for b in sets
        for gap in ("", " ")
        if gap or not a & b
    ]
    shown = ExportText("T", [ExportPassage(str(n), wording) for n, wording in enumerate(pairs)])
    assert arrived(again(shown, form)) == digests(shown.passages)


@pytest.mark.parametrize("form", ["docx", "odt", "markdown"])
def test_lists_in_lists_come_back(form: str) -> None:
    """Every way in which four items can nest, bullets and numbers, one after another."""
    levels = [(depth, ordered) for depth in (1, 2, 3) for ordered in (False, True)]
    wordings = []
    for four in product(levels, repeat=4):
        if four[0][0] == 1 and all(b[0] <= a[0] + 1 for a, b in pairwise(four)):
            wordings += [text("item", "an item", depth=d, ordered=o) for d, o in four]
            wordings.append(text("paragraph", "That was a list."))
    shown = ExportText("T", [ExportPassage(str(n), w) for n, w in enumerate(wordings)])
    assert arrived(again(shown, form)) == digests(shown.passages)


@pytest.mark.parametrize("label", ["17", "4.2(b)", "A3", "(iv)", "17a"])
@pytest.mark.parametrize("form", ["docx", "odt"])
def test_a_number_that_stands_alone_comes_back(form: str, label: str) -> None:
    shown = ExportText("T", [ExportPassage("a", text("paragraph", "2003 was the year."), label)])
    assert arrived(again(shown, form)) == digests(shown.passages)


@pytest.mark.parametrize("form", ["docx", "odt", "markdown"])
def test_the_levels_of_headings_come_back(form: str) -> None:
    headings = [text("heading", f"Depth {n}", depth=n) for n in range(1, MAX_DEPTH + 1)]
    shown = ExportText("T", [ExportPassage(w.plain, w) for w in headings])
    assert arrived(again(shown, form)) == digests(shown.passages)


@pytest.mark.skipif(not REPORT.exists(), reason="the report of the Iraq Inquiry is not here")
@pytest.mark.parametrize("form", ["docx", "odt", "markdown"])
def test_a_long_report_comes_back_whole(form: str) -> None:
    imported = read_document(REPORT.read_bytes(), REPORT.name)
    shown = ExportText(
        imported.title,
        [ExportPassage(f"{n:010}", b.wording, b.label) for n, b in enumerate(imported.blocks)],
        notice="All agree.",
    )
    found = again(shown, form)
    assert arrived(found) == digests(shown.passages)
    numbers = [b.label for b in found.blocks if re.fullmatch(r"\d+", b.label)]
    assert numbers == [str(n) for n in range(1, len(numbers) + 1)]
    assert len(numbers) >= 911
    assert sum(b.wording.kind == "heading" for b in found.blocks) == 91
    assert sum(1 for b in found.blocks for _ in b.wording.footnotes()) == sum(
        1 for b in imported.blocks for _ in b.wording.footnotes()
    )


def test_markdown_keeps_the_language_of_a_passage_and_word_does_not() -> None:
    welsh = text("paragraph", "Cytunwyd.", language="cy")
    shown = ExportText("T", [ExportPassage("a", welsh)])
    assert again(shown, "docx").blocks[0].wording == text("paragraph", "Cytunwyd.")
    assert again(shown, "markdown").blocks[0].wording == welsh
