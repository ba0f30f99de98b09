"""Markdown, web pages, OpenDocument and plain text; numbers that are labels; pictures."""

from __future__ import annotations

import base64
import io

import pytest
from PIL import Image

from folkmoot.algorithms.wording import Asks, Mark, Run
from folkmoot.documents.block import Imported, Loss
from folkmoot.documents.limits import Limits
from folkmoot.documents.numbering_runs import find_labels
from folkmoot.documents.pictures import Unusable, picture
from folkmoot.documents.reading import read_document
from folkmoot.documents.tests.written_word import odt


def read(source: str, name: str = "a.md") -> Imported:
    return read_document(source.encode(), name)


def shape(imported: Imported) -> list[tuple[str, int, str, str]]:
    return [(b.wording.kind, b.wording.depth, b.label, b.wording.plain) for b in imported.blocks]


def loss(imported: Imported, what: str) -> Loss:
    return next(x for x in imported.losses if x.what == what)


# Markdown


def test_markdown_becomes_passages_with_their_lines() -> None:
    imported = read(
        "---\ntitle: A report\n---\n\n# Part\n\nWords.\n\n> Said.\n>\n> - point\n\n"
        "- one\n  1. two\n"
    )
    assert imported.title == "A report"
    assert shape(imported) == [
        ("heading", 1, "", "Part"),
        ("paragraph", 0, "", "Words."),
        ("quote", 0, "", "Said."),
        ("item", 1, "", "point"),
        ("item", 1, "", "one"),
        ("item", 2, "", "two"),
    ]
    assert imported.blocks[3].wording.quoted
    assert [b.place for b in imported.blocks[:3]] == ["line 5", "line 7", "line 9"]


def test_words_of_markdown_are_left_as_they_were_typed() -> None:
    words = 'It\'s "so" -- see @ada... costs US$5 and A$6; 100% \\input{x}'
    assert read(words).blocks[0].wording.content == (Run(words),)


def test_a_fenced_recommendation_is_one() -> None:
    imported = read(
        '::: {.recommendation number="7" area="Housing" addressee="The Council" level="centre"}\n'
        "Build **homes**.\n:::\n"
    )
    (block,) = imported.blocks
    assert block.label == "7"
    assert block.wording.asks == Asks("Housing", "The Council", "centre")


def test_repeated_references_to_a_note_stay_tied_and_odd_ones_are_named() -> None:
    imported = read("One[^a] two[^a] three[^x].\n\n[^a]: Source.\n[^b]: Unused.\n[^a]: Twice.\n")
    assert [n.label for n in imported.blocks[0].wording.footnotes()] == ["a", "a"]
    assert "Unused." in loss(imported, "A footnote that nothing refers to").detail
    assert loss(imported, "A reference to a footnote that is not there").place == "line 1"
    assert "Twice." in loss(imported, "A second footnote of the same name").detail


def test_links_that_lead_to_programs_or_disks_lose_their_address() -> None:
    imported = read("[a](https://example.org) [b](javascript:x) [c](file:///etc/passwd) [d](#one)")
    links = [
        (run.text, mark.value)
        for run in imported.blocks[0].wording.content
        if isinstance(run, Run)
        for mark in run.marks
    ]
    assert links == [("a", "https://example.org")]
    assert len([x for x in imported.losses if x.what == "The address of a link"]) == 2
    assert imported.blocks[0].wording.plain == "a b c d"


def test_pictures_far_away_are_not_fetched() -> None:
    imported = read("Words.\n\n![A map](https://example.org/map.png)\n")
    assert "was not fetched" in loss(imported, "A picture").detail


def test_bytes_that_are_not_utf8_are_read_with_a_note() -> None:
    imported = read_document("Café – “so”".encode("cp1252"), "a.md")
    assert imported.blocks[0].wording.plain == "Café – “so”"
    assert loss(imported, "An old way of writing letters").place == "line 1"


def test_utf16_with_its_mark_is_read() -> None:
    assert read_document("Größe".encode("utf-16"), "a.txt").blocks[0].wording.plain == "Größe"


# Web pages


def test_a_web_page_keeps_its_words_and_names_its_machinery() -> None:
    imported = read(
        "<!doctype html><title>T</title><h2>Part</h2><p>Words <b>here</b>.</p>"
        "<script>alert(1)</script><iframe src='https://x.example'></iframe>"
        "<p style='display:none'>hush</p><ul><li>one<li>two</ul>",
        "a.html",
    )
    assert imported.title == "T"
    assert shape(imported) == [
        ("heading", 2, "", "Part"),
        ("paragraph", 0, "", "Words here."),
        ("item", 1, "", "one"),
        ("item", 1, "", "two"),
    ]
    assert {"A program (script)", "A page inside the page (iframe)", "Hidden words"} <= {
        x.what for x in imported.losses
    }


def test_a_page_is_known_by_its_contents() -> None:
    assert read("<!DOCTYPE html><p>Words.</p>", "a.txt").source_format == "html"


# OpenDocument


def test_an_open_document_keeps_headings_lists_notes_and_comments() -> None:
    note = (
        '<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation>'
        "<text:note-body><text:p>Source.</text:p></text:note-body></text:note>"
    )
    comment = (
        '<office:annotation office:name="c"><dc:creator>Ada</dc:creator>'
        "<text:p>Is it?</text:p></office:annotation>"
    )
    imported = read_document(
        odt(
            '<text:h text:outline-level="2">Part</text:h>'
            f'<text:p>One{note} {comment}two<office:annotation-end office:name="c"/></text:p>'
            '<text:list text:style-name="L"><text:list-item><text:p>a</text:p><text:p>more</text:p>'
            "</text:list-item><text:list-item><text:p>b</text:p></text:list-item></text:list>",
            '<text:list-style style:name="L"><text:list-level-style-number text:level="1" '
            'style:num-format="a" style:num-suffix=")"/></text:list-style>',
        ),
        "a.odt",
    )
    assert shape(imported) == [
        ("heading", 2, "", "Part"),
        ("paragraph", 0, "", "One [Source.] two"),
        ("item", 1, "a)", "a"),
        ("paragraph", 1, "", "more"),
        ("item", 1, "b)", "b"),
    ]
    (made,) = imported.blocks[1].comments
    assert (made.author, made.body, made.quote) == ("Ada", "Is it?", "two")


ODT_CHANGES = (
    '<text:tracked-changes><text:changed-region text:id="i"><text:insertion><office:change-info>'
    "<dc:creator>Ben</dc:creator></office:change-info></text:insertion></text:changed-region>"
    '<text:changed-region text:id="d"><text:deletion><office:change-info><dc:creator>Ada'
    "</dc:creator></office:change-info><text:p>may</text:p></text:deletion></text:changed-region>"
    '</text:tracked-changes><text:p>We <text:change text:change-id="d"/>'
    '<text:change-start text:change-id="i"/>must<text:change-end text:change-id="i"/> act.</text:p>'
)


@pytest.mark.parametrize(
    ("choice", "words"), [("accept", "We must act."), ("reject", "We may act.")]
)
def test_tracked_changes_of_an_open_document_are_settled(choice: str, words: str) -> None:
    imported = read_document(
        odt(ODT_CHANGES), "a.odt", changes="accept" if choice == "accept" else "reject"
    )
    assert [b.wording.plain for b in imported.blocks] == [words]


def test_tracked_changes_of_an_open_document_as_variants() -> None:
    (block,) = read_document(odt(ODT_CHANGES), "a.odt", changes="variants").blocks
    assert block.change is not None
    assert block.change.before is not None
    assert block.change.after is not None
    assert (block.change.before.plain, block.change.after.plain) == ("We may act.", "We must act.")


ODT_GONE_WHOLE = (
    '<text:tracked-changes><text:changed-region text:id="d"><text:deletion><office:change-info>'
    "<dc:creator>Ada</dc:creator></office:change-info><text:p>Gone.</text:p></text:deletion>"
    "</text:changed-region></text:tracked-changes><text:p>First.</text:p>"
    '<text:change text:change-id="d"/><text:p>Last.</text:p>'
)


def test_a_reading_says_where_changes_are_tracked_and_by_whom() -> None:
    found = read_document(odt(ODT_CHANGES), "a.odt").tracked
    assert (found.paragraphs, set(found.authors)) == (1, {"Ada", "Ben"})
    between = read_document(odt(ODT_GONE_WHOLE), "a.odt").tracked
    assert (between.paragraphs, between.authors) == (1, ("Ada",))
    assert not read_document(odt("<text:p>Calm.</text:p>"), "a.odt").tracked
    assert not read_document(b"# Calm", "a.md").tracked


def test_a_paragraph_taken_out_whole_is_a_change_to_decide_on() -> None:
    blocks = read_document(odt(ODT_GONE_WHOLE), "a.odt", changes="variants").blocks
    assert [b.wording.plain for b in blocks] == ["First.", "Gone.", "Last."]
    assert [b.change is not None for b in blocks] == [False, True, False]


# Plain text


def test_plain_text_is_paragraphs_and_bullets() -> None:
    imported = read("First line\ngoes on.\n\n• a\n• b\n\nLast *stays*.\n", "a.txt")
    assert shape(imported) == [
        ("paragraph", 0, "", "First line goes on."),
        ("item", 1, "", "a"),
        ("item", 1, "", "b"),
        ("paragraph", 0, "", "Last *stays*."),
    ]


# Numbers typed by the author


def labels(*paragraphs: str) -> list[str]:
    found = find_labels([(words, True) for words in paragraphs])
    return [found[at][0] if at in found else "" for at in range(len(paragraphs))]


def test_numbers_are_labels_only_when_they_run_on() -> None:
    assert labels("1. One", "Between", "2. Two", "3. Three") == ["1", "", "2", "3"]
    assert labels("1. One", "2. Two") == ["", ""]
    assert labels("2003. That year", "2004. Then", "2005. So") == ["", "", ""]
    assert labels("3 days passed", "4 days passed", "5 days passed") == ["", "", ""]


def test_a_list_inside_a_numbered_report_does_not_break_its_run() -> None:
    words = ["7. Seven", "1. Inner", "2. Inner", "8. Eight", "9. Nine"]
    assert labels(*words) == ["7", "", "", "8", "9"]


def test_numbers_of_sections_and_letters_run_too() -> None:
    assert labels("4.1 A", "4.2 B", "5.1 C") == ["4.1", "4.2", "5.1"]
    assert labels("4.1 A", "9.7 B", "2.2 C") == ["", "", ""]
    assert labels("(a) A", "(b) B", "(i) I", "(ii) J") == ["(a)", "(b)", "(i)", "(ii)"]
    assert labels("(a) A", "Other", "(b) B") == ["", "", ""]


def test_a_label_leaves_the_words() -> None:
    imported = read("1\\. One **two**\n\n2\\. Two\n3\\. Three\n")
    assert [(b.label, b.wording.plain) for b in imported.blocks] == [
        ("1", "One two"),
        ("2", "Two"),
        ("3", "Three"),
    ]
    assert imported.blocks[0].wording.content[1] == Run("two", frozenset((Mark("strong"),)))


# Pictures


def png(width: int = 3, height: int = 3) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height)).save(out, "PNG")
    return out.getvalue()


def test_a_picture_inside_the_page_is_kept() -> None:
    address = f"data:image/png;base64,{base64.b64encode(png()).decode()}"
    imported = read(f"![A square]({address})")
    (found,) = imported.pictures.values()
    figure = imported.blocks[0].wording.figure
    assert figure is not None
    assert (figure.image, figure.alt) == (found.digest, "A square")
    assert found.data == png()


def test_a_bitmap_is_turned_into_png() -> None:
    out = io.BytesIO()
    Image.new("RGB", (3, 3)).save(out, "BMP")
    assert picture(out.getvalue(), "a.bmp", Limits()).media_type == "image/png"


@pytest.mark.parametrize(
    "data",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>x</script></svg>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>",
        b"<svg xmlns='http://www.w3.org/2000/svg'><image href='https://x.example/y'/></svg>",
        b"<svg xmlns='http://www.w3.org/2000/svg'><use href='https://x.example/y#z'/></svg>",
        b"<svg xmlns='http://www.w3.org/2000/svg'><rect fill='url(https://x.example)'/></svg>",
        b"<!DOCTYPE s [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><svg>&x;</svg>",
        b"<svg><foreignObject/></svg>",
        png()[:40],
        b"GIF89a nothing",
        b"\x00\x01",
    ],
)
def test_a_picture_that_is_unsafe_or_damaged_is_not_kept(data: bytes) -> None:
    with pytest.raises(Unusable):
        picture(data, "x.svg" if b"<svg" in data else "x.png", Limits())


def test_a_harmless_drawing_and_not_too_many_pixels_are_kept() -> None:
    drawn = b"<svg xmlns='http://www.w3.org/2000/svg'><rect width='3' height='3'/></svg>"
    assert picture(drawn, "x.svg", Limits()).media_type == "image/svg+xml"
    with pytest.raises(Unusable):
        picture(png(100, 100), "x.png", Limits(picture_pixels=5000))
