"""Real files of strangers: every one is read or refused, and none loses a word in silence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from folkmoot.documents.block import Block, Imported
from folkmoot.documents.reading import Changes, read_file
from folkmoot.documents.refusal import Refusal

SHARED = Path(__file__).resolve().parents[4].parent / "shared" / "data"
CORPUS = SHARED / "documents"
REPORT = SHARED / "iraq-inquiry-report" / "executive-summary.md"
FILES = sorted(p for p in CORPUS.rglob("*") if p.suffix in (".docx", ".odt"))
TRIPLES = sorted(
    p
    for p in CORPUS.rglob("RP*.docx")
    if not p.stem.endswith(("-Accepted", "-Rejected"))
    and p.with_name(f"{p.stem}-Accepted.docx").exists()
)

needs_corpus = pytest.mark.skipif(not FILES, reason="The corpus of documents is not here.")


def blocks(path: Path, changes: Changes = "accept") -> list[Block]:
    """What is read; nothing for a file that is refused because it has no words."""
    try:
        return read_file(path, changes=changes).blocks
    except Refusal as refusal:
        if refusal.code != "no-words":
            raise
        return []


def words(found: list[Block]) -> list[str]:
    return " ".join(f"{block.label} {block.wording.plain}" for block in found).split()


@needs_corpus
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_file_is_read_whole_or_refused_in_one_sentence(path: Path) -> None:
    imported = refusal = None
    try:
        imported = read_file(path)
    except Refusal as caught:
        refusal = caught
    if refusal is not None:
        assert refusal.message.endswith(".")
        assert len(refusal.message) < 250
        assert "\n" not in refusal.message
        return
    assert imported is not None
    unread = [loss for loss in imported.losses if loss.what == "Words that could not be read"]
    assert not unread, "words went missing without a reason"
    assert all(block.wording.digest for block in imported.blocks)


@needs_corpus
@pytest.mark.parametrize("path", TRIPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("choice", ["accept", "reject"])
def test_tracked_changes_come_out_as_word_would_have_them(path: Path, choice: str) -> None:
    oracle = path.with_name(f"{path.stem}-{choice.title()}ed.docx")
    if not oracle.exists():
        pytest.skip("This triple is not complete in the corpus.")
    settled = blocks(path, "accept" if choice == "accept" else "reject")
    assert words(settled) == words(blocks(oracle))


@needs_corpus
@pytest.mark.parametrize("path", TRIPLES, ids=lambda path: path.stem)
def test_variants_hold_both_readings(path: Path) -> None:
    """Leaving every change gives the rejected reading, taking every one the accepted."""
    before, after = [], []
    for block in blocks(path, "variants"):
        if block.change is None:
            before.append(block.wording.plain)
            after.append(block.wording.plain)
            continue
        if block.change.before is not None:
            before.append(block.change.before.plain)
        if block.change.after is not None:
            after.append(block.change.after.plain)
    assert before == [b.wording.plain for b in blocks(path, "reject")]
    assert after == [b.wording.plain for b in blocks(path)]


@pytest.fixture(scope="module")
def report() -> Imported:
    if not REPORT.exists():
        pytest.skip("The report of the inquiry is not here.")
    return read_file(REPORT)


def test_the_long_report_keeps_all_its_paragraph_numbers(report: Imported) -> None:
    labels = [b.label for b in report.blocks if b.label and b.wording.kind == "paragraph"]
    assert labels == [str(number) for number in range(1, 912)]


def test_the_long_report_keeps_its_headings_in_order(report: Imported) -> None:
    source = REPORT.read_text().split("\n")
    wanted = [line.lstrip("#").split() for line in source if re.match(r"#+ ", line)]
    found = [b.wording.plain.split() for b in report.blocks if b.wording.kind == "heading"]
    assert len(found) == 91
    assert found == wanted


def test_the_long_report_keeps_its_notes_with_shared_ones_tied(report: Imported) -> None:
    notes = [note for block in report.blocks for note in block.wording.footnotes()]
    references = len(re.findall(r"\[\^\d+\](?!:)", REPORT.read_text()))
    assert len(notes) == references
    assert {note.label for note in notes} == {str(number) for number in range(1, 284)}
    for label in ("1", "145", "283"):
        assert len({note.content for note in notes if note.label == label}) == 1


def test_the_long_report_says_what_it_left_out(report: Imported) -> None:
    lost = {loss.what: loss for loss in report.losses if loss.severity == "lost"}
    assert "layout" in lost["Fields at the head of the file"].detail
    assert lost["The table of contents"].place == "line 10"
    assert "{:toc}" in lost["An instruction to the program that made pages from this file"].detail


def test_the_long_report_leaves_run_together_items_as_they_are(report: Imported) -> None:
    item = next(
        b for b in report.blocks if "identify and agree a work programme" in b.wording.plain
    )
    assert item.wording.kind == "item"
    assert "; and * the principle" in item.wording.plain


def test_the_long_report_loses_no_word(report: Imported) -> None:
    """Compared without marks, as letters and digits, in order, without the notes."""
    source = REPORT.read_text()
    body = source.split("{:toc}")[1].split("\n[^1]:")[0]
    body = re.sub(r"\[\^\d+\]", "", body)
    body = re.sub(r"\]\([^)]*\)", "]", body)
    letters = re.sub(r"[\W_]+", "", body)
    arrived = []
    for block in report.blocks:
        arrived.append(block.label)
        for content in (
            [cell for row in block.wording.table.rows for cell in row]
            if block.wording.table
            else [block.wording.content]
        ):
            arrived += [getattr(inline, "text", "") for inline in content]
    assert re.sub(r"[\W_]+", "", "".join(arrived)) == letters
