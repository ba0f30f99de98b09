"""What of a Word document becomes what, and what the report says of the rest."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from folkmoot.algorithms.wording import Asks, Break, Footnote, Mark, Run
from folkmoot.documents.block import Imported, Loss
from folkmoot.documents.reading import read_document
from folkmoot.documents.tests.written_word import listed, p, run, word

NUMBERING = """
<w:abstractNum w:abstractNumId="1">
  <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
  <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="(%2)"/>
  </w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="2">
  <w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="3">
  <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1"/></w:lvl>
  <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/>
  </w:lvl>
</w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="2"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="3"/></w:num>
"""


def read(body: str, **others: str | bytes) -> Imported:
    return read_document(word(body, **others), "a.docx")


def shape(imported: Imported) -> list[tuple[str, int, str, str]]:
    return [(b.wording.kind, b.wording.depth, b.label, b.wording.plain) for b in imported.blocks]


def loss(imported: Imported, what: str) -> Loss:
    return next(x for x in imported.losses if x.what == what)


def png(colour: str = "red") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 4), colour).save(out, "PNG")
    return out.getvalue()


def drawing(relation: str, alt: str = "") -> str:
    return (
        '<w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/'
        'wordprocessingDrawing"><wp:extent cx="9" cy="9"/>'
        f'<wp:docPr id="1" name="x" descr="{alt}"/>'
        '<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
        '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture">'
        '<pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture">'
        f'<pic:blipFill><a:blip r:embed="{relation}"/></pic:blipFill></pic:pic>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


def test_headings_quotations_and_code_are_known_by_their_styles() -> None:
    imported = read(
        p("One", "Heading1")
        + p("Two", "Heading2")
        + p("Words.")
        + p("Said.", "Quote")
        + p("x = 1", "SourceCode")
        + p("y = 2", "SourceCode")
    )
    assert shape(imported)[:4] == [
        ("heading", 1, "", "One"),
        ("heading", 2, "", "Two"),
        ("paragraph", 0, "", "Words."),
        ("quote", 0, "", "Said."),
    ]
    assert imported.blocks[4].wording.content == (Run("x = 1\ny = 2"),)
    assert imported.blocks[3].place == "paragraph 4"


def test_the_title_is_the_title_and_not_a_passage() -> None:
    imported = read(p("A Report", "Title") + p("Words."))
    assert imported.title == "A Report"
    assert shape(imported) == [("paragraph", 0, "", "Words.")]


def test_a_list_is_items_and_a_number_that_runs_across_headings_is_a_label() -> None:
    listing = read(
        p("First", properties=listed(1))
        + p("Inner", properties=listed(1, 1))
        + p("Second", properties=listed(1))
        + p("Dot", properties=listed(2)),
        numbering=NUMBERING,
    )
    assert shape(listing) == [
        ("item", 1, "", "First"),
        ("item", 2, "(a)", "Inner"),
        ("item", 1, "", "Second"),
        ("item", 1, "", "Dot"),
    ]
    assert [b.wording.ordered for b in listing.blocks] == [True, True, True, False]
    report = read(
        p("First", properties=listed(1))
        + p("Inner", properties=listed(1, 1))
        + p("Part", "Heading1")
        + p("Second", properties=listed(1)),
        numbering=NUMBERING,
    )
    assert shape(report) == [
        ("paragraph", 0, "1", "First"),
        ("item", 1, "(a)", "Inner"),
        ("heading", 1, "", "Part"),
        ("paragraph", 0, "2", "Second"),
    ]


def test_numbers_of_headings_and_of_paragraphs_under_them_are_labels() -> None:
    imported = read(
        p("Part", "Heading1", listed(3))
        + p("Under it.", properties=listed(3, 1))
        + p("More.", properties=listed(3, 1))
        + p("Next", "Heading1", listed(3))
        + p("Under that.", properties=listed(3, 1)),
        numbering=NUMBERING,
    )
    assert [(b.wording.kind, b.label) for b in imported.blocks] == [
        ("heading", "1"),
        ("paragraph", "1.1"),
        ("paragraph", "1.2"),
        ("heading", "2"),
        ("paragraph", "2.1"),
    ]


def test_marks_that_carry_meaning_are_kept_and_looks_are_counted() -> None:
    imported = read(
        p(
            run("Bold", "<w:b/>")
            + run(" and ")
            + run("2", '<w:vertAlign w:val="superscript"/>')
            + run(" under", '<w:u w:val="single"/>')
            + run(" lined", '<w:u w:val="single"/>')
        )
    )
    content = imported.blocks[0].wording.content
    assert content[0] == Run("Bold", frozenset((Mark("strong"),)))
    assert content[2] == Run("2", frozenset((Mark("sup"),)))
    assert imported.blocks[0].wording.plain == "Bold and 2 under lined"
    assert "2 times" in loss(imported, "Underlining").detail


def test_a_recommendation_is_known_by_its_styles() -> None:
    imported = read(
        p("Build homes.", "Recommendation")
        + p("Area: Housing · To: The Council · Level: branch", "RecommendationFields")
        + p("Plant trees.", "Recommendation")
    )
    first, second = (block.wording for block in imported.blocks)
    assert first.asks == Asks("Housing", "The Council", "branch")
    assert second.asks == Asks("", "", "both")
    assert loss(imported, "A recommendation that does not say whom it asks").place == "paragraph 3"


def test_footnotes_stay_in_their_words() -> None:
    notes = (
        '<w:footnote w:id="5"><w:p><w:r><w:footnoteRef/></w:r>'
        + run(" Source.")
        + ('</w:p></w:footnote><w:footnote w:id="6"><w:p>' + run("Unused.") + "</w:p></w:footnote>")
    )
    reference = '<w:r><w:footnoteReference w:id="5"/></w:r>'
    imported = read(
        p(run("One") + reference + run(" two")) + p(run("Again") + reference), footnotes=notes
    )
    assert imported.blocks[0].wording.content == (
        Run("One"),
        Footnote((Run("Source."),)),
        Run(" two"),
    )
    assert [n.label for b in imported.blocks for n in b.wording.footnotes()] == ["1", "1"]
    assert "Unused." in loss(imported, "A footnote that nothing refers to").detail


def test_a_picture_becomes_a_figure_with_its_caption() -> None:
    imported = read(
        p(drawing("map", "A map of the wards")) + p("The wards in 2024", "Caption"), media_map=png()
    )
    (block,) = imported.blocks
    assert block.wording.figure is not None
    assert block.wording.figure.alt == "A map of the wards"
    assert block.wording.plain == "The wards in 2024"
    assert imported.pictures[block.wording.figure.image].media_type == "image/png"


def test_a_picture_without_a_description_is_asked_about() -> None:
    imported = read(p(run("See: ") + drawing("map")), media_map=png())
    assert [b.wording.kind for b in imported.blocks] == ["paragraph", "figure"]
    assert loss(imported, "A picture without a description").severity == "note"
    assert loss(imported, "A picture in the middle of a paragraph").place == "paragraph 1"


def test_a_picture_that_cannot_be_opened_is_reported() -> None:
    imported = read(p("Words.") + p(drawing("map", "A map")), media_map=b"not a picture")
    assert len(imported.blocks) == 1
    assert "A map" in loss(imported, "A picture").detail
    assert not imported.pictures


def test_tables_keep_their_cells_and_report_merged_ones() -> None:
    def cell(words: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{words}</w:tc>"

    imported = read(
        "<w:tbl><w:tr><w:trPr><w:tblHeader/></w:trPr>"
        + cell(p("A"))
        + cell(p("B"))
        + "</w:tr><w:tr>"
        + cell(p("wide") + p("second"), '<w:gridSpan w:val="2"/>')
        + "</w:tr></w:tbl>"
        + p("After.")
    )
    table = imported.blocks[0].wording.table
    assert table is not None
    assert table.header_rows == 1
    assert table.rows == (
        ((Run("A"),), (Run("B"),)),
        ((Run("wide"), Break(), Run("second")), ()),
    )
    assert loss(imported, "Merged cells of a table").severity == "changed"
    assert loss(imported, "Several paragraphs in a cell of a table").place.startswith("table 1")


def test_headers_hidden_words_boxes_and_fields_are_named() -> None:
    box = (
        "<w:r><w:pict><v:shape><v:textbox><w:txbxContent><w:p><w:r><w:t>In a box</w:t></w:r></w:p>"
        "</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
    )
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> REF x </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        + run("page nine")
        + '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    imported = read(
        p(run("See ") + field + run("secret", "<w:vanish/>") + box) + p("Last."),
        header=p("Draft of May"),
    )
    assert [b.wording.plain for b in imported.blocks] == ["See page nine", "In a box", "Last."]
    assert "secret" in loss(imported, "Hidden words").detail
    assert "Draft of May" in loss(imported, "The header of the pages").detail
    assert loss(imported, "A text box").place == "paragraph 1"
    assert loss(imported, "A field (REF)").severity == "note"


def test_a_table_of_contents_is_left_out_and_said_so() -> None:
    def char(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    imported = read(
        p(char("begin") + "<w:r><w:instrText>TOC \\o</w:instrText></w:r>" + char("separate")
          + run("Housing 3"))
        + p(run("Transport 9") + char("end"))
        + p("Words.")
    )  # fmt: skip
    assert shape(imported) == [("paragraph", 0, "", "Words.")]
    assert "Housing 3 Transport 9" in loss(imported, "The table of contents").detail


def test_a_field_that_is_a_link_becomes_one() -> None:
    imported = read(
        p(
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
            '<w:r><w:instrText>HYPERLINK "https://example.org/a?b=1&amp;c=2"</w:instrText></w:r>'
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
            + run("the report")
            + '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        )
    )
    assert imported.blocks[0].wording.content == (
        Run("the report", frozenset((Mark("link", "https://example.org/a?b=1&c=2"),))),
    )


COMMENTS = (
    '<w:comment w:id="0" w:author="Ada" w:date="2026-01-02T03:04:05Z">'
    '<w:p w14:paraId="0A"><w:r><w:t>Is this so?</w:t></w:r></w:p></w:comment>'
    '<w:comment w:id="1" w:author="Ben"><w:p w14:paraId="0B"><w:r><w:t>It is.</w:t></w:r></w:p>'
    "</w:comment>"
)
THREAD = (
    '<w15:commentEx w15:paraId="0A" w15:done="1"/>'
    '<w15:commentEx w15:paraId="0B" w15:paraIdParent="0A" w15:done="0"/>'
)


def test_comments_come_as_threads_on_the_words_they_were_made_on() -> None:
    body = (
        p(run("Start ") + '<w:commentRangeStart w:id="0"/>' + run("of the range"))
        + p(run("and its end") + '<w:commentRangeEnd w:id="0"/>'
            + '<w:r><w:commentReference w:id="0"/></w:r>' + run(", then more"))
    )  # fmt: skip
    imported = read(body, comments=COMMENTS, commentsExtended=THREAD)
    (comment,) = imported.blocks[0].comments
    assert imported.blocks[1].comments == ()
    assert (comment.author, comment.date, comment.body) == (
        "Ada",
        "2026-01-02T03:04:05Z",
        "Is this so?",
    )
    assert comment.quote == "of the range and its end"
    assert comment.resolved
    assert [(r.author, r.body) for r in comment.replies] == [("Ben", "It is.")]
    assert [b.wording.plain for b in imported.blocks] == [
        "Start of the range",
        "and its end, then more",
    ]


CHANGED = (
    p(run("We ") + '<w:del w:id="1" w:author="Ada" w:date="2026-01-01T00:00:00Z"><w:r><w:delText>'
      'may</w:delText></w:r></w:del><w:ins w:id="2" w:author="Ben" w:date="2026-02-01T00:00:00Z">'
      + run("must") + "</w:ins>" + run(" act."))
    + p('<w:ins w:id="3" w:author="Ben">' + run("A new one.") + "</w:ins>",
        properties='<w:rPr><w:ins w:id="4" w:author="Ben"/></w:rPr>')
    + p("Untouched.")
)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ("accept", ["We must act.", "A new one.", "Untouched."]),
        ("reject", ["We may act.", "Untouched."]),
    ],
)
def test_tracked_changes_are_settled_as_asked(changes: str, wanted: list[str]) -> None:
    imported = read_document(
        word(CHANGED), "a.docx", changes="accept" if changes == "accept" else "reject"
    )
    assert [b.wording.plain for b in imported.blocks] == wanted
    assert loss(imported, "Tracked changes").severity == "note"


def test_tracked_changes_as_variants_stand_on_their_blocks() -> None:
    imported = read_document(word(CHANGED), "a.docx", changes="variants")
    reworded, added, same = imported.blocks
    assert reworded.change is not None
    assert reworded.change.before is not None
    assert reworded.change.after is not None
    assert reworded.wording == reworded.change.before
    assert (reworded.change.before.plain, reworded.change.after.plain) == (
        "We may act.",
        "We must act.",
    )
    assert reworded.change.author == "Ada, Ben"
    assert reworded.change.date == "2026-02-01T00:00:00Z"
    assert added.change is not None
    assert added.change.before is None
    assert added.wording.plain == "A new one."
    assert same.change is None


def test_private_signs_in_the_words_survive_the_marks() -> None:
    words = "".join(chr(sign) for sign in (0xE000, 0xE001, 0xF8CF, 0xF8D0)) + "p0"
    imported = read(p(f"Naughty {words} words."))
    assert imported.blocks[0].wording.plain == f"Naughty {words} words."


def test_the_json_of_an_import_holds_all_that_was_found() -> None:
    value = read_document(word(CHANGED), "a.docx", changes="variants").to_json()
    assert value["source_format"] == "docx"
    assert value["blocks"][0]["change"]["author"] == "Ada, Ben"
    assert value["losses"][0]["what"]
