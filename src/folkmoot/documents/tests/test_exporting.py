"""What every form of an exported text says, and how it is made."""

import datetime
import io
import re
import zipfile
from dataclasses import replace

import pytest
from lxml import etree
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from folkmoot.algorithms.markup import read
from folkmoot.algorithms.wording import Asks, Figure, Mark, Run, Wording, text
from folkmoot.documents import typesetting
from folkmoot.documents.export_text import ExportPassage, ExportText, NotWritten
from folkmoot.documents.exporting import (
    FORMS,
    write_docx,
    write_epub,
    write_html,
    write_markdown,
    write_odt,
    write_pdf,
)
from folkmoot.documents.tests.exported_texts import DIGEST, everything, picture

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
XHTML = "{http://www.w3.org/1999/xhtml}"
HOSTILE = [
    "<script>alert(1)</script>",
    '#eval("1") $x$ @label <label> \\ " #{ } [ ] // /* `raw`',
    "\\u{41} \x00\x0b\x1b \ud800 \ufffe",
    "\u202eright to left\u202c עברית العربية 漢字 😀",
    "{=html} ::: {.recommendation} ``` [^1] --- ---",
    "&amp; &lt; &#0; ]]> <!-- -->",
]


def of(*passages: Wording, **fields: object) -> ExportText:
    named = [ExportPassage(f"{n:010}", wording) for n, wording in enumerate(passages)]
    return replace(ExportText(title="A title", passages=named), **fields)  # type: ignore[arg-type]


def parts(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def squeezed(words: str) -> str:
    return "".join(words.split())


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_every_form_is_written_from_an_empty_text(form) -> None:  # type: ignore[no-untyped-def]
    assert len(form.write(of())) > 10


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_hostile_words_are_only_words(form) -> None:  # type: ignore[no-untyped-def]
    hostile = " ".join(HOSTILE)
    written = form.write(
        of(
            text("heading", hostile, depth=1),
            *(text("paragraph", words) for words in HOSTILE),
            text("recommendation", hostile, asks=Asks(hostile, hostile, "both")),
            text("figure", hostile, figure=Figure("ab" * 32, hostile)),
            text("code", hostile),
            title=hostile,
            notice=hostile,
            language='en"><script>',
        )
    )
    if form.name in ("html", "epub"):
        pages = [written] if form.name == "html" else parts(written).values()
        assert not any(b"<script" in page for page in pages)


# Word


def styles_of(package: bytes) -> list[tuple[str, str]]:
    body = etree.fromstring(parts(package)["word/document.xml"])
    found = []
    for paragraph in body.iter(f"{W}p"):
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        words = "".join(t.text or "" for t in paragraph.iter(f"{W}t"))
        found.append(("" if style is None else style.get(f"{W}val"), words))
    return found


def test_word_has_real_styles() -> None:
    found = styles_of(write_docx(everything()))
    assert ("Title", "From promises to practice") in found
    assert ("Notice", "Manifest 3f9a.") in found
    assert ("Heading1", "What happened") in found
    assert ("Heading4", "A deep heading") in found
    assert ("BlockText", "I hadn't heard from you.") in found
    assert ("ListContinue2", "This goes on with (b).") in found
    assert ("Recommendation", "17\tThe board should publish it by 1 March.") in found
    fields = "Area: Members & supporters · To: The board · Level: both"
    assert ("RecommendationFields", fields) in found


def test_word_has_real_notes_tables_and_pictures() -> None:
    found = parts(write_docx(everything()))
    document = found["word/document.xml"]
    assert document.count(b"<w:footnoteReference") == 4
    assert b"Provisional." in found["word/footnotes.xml"]
    assert document.count(b"<w:tblHeader") == 1
    assert b'descr="A line that rises"' in document
    assert b"base64" not in document
    assert picture() in found.values()
    assert b"PAGE" in found["word/footer1.xml"]


def test_word_knows_the_language_and_the_page() -> None:
    found = parts(write_docx(replace(everything(), language="cy-GB")))
    assert b'w:val="cy-GB"' in found["word/styles.xml"]
    page = etree.fromstring(found["word/document.xml"]).find(f".//{W}sectPr/{W}pgSz")
    assert (page.get(f"{W}w"), page.get(f"{W}h")) == ("11906", "16838")


def test_every_part_of_a_word_file_is_sound_xml() -> None:
    for name, data in parts(write_docx(everything())).items():
        if name.endswith((".xml", ".rels")):
            etree.fromstring(data)


# OpenDocument


def test_open_document_has_its_styles_and_descriptions() -> None:
    package = write_odt(everything())
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        first = opened.infolist()[0]
    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
    content = parts(package)["content.xml"].decode()
    styles = parts(package)["styles.xml"].decode()
    for name in ("Recommendation", "Recommendation_20_Fields", "Passage_20_Number", "Notice"):
        assert f'text:style-name="{name}"' in content
        assert f'style:name="{name}"' in styles
    assert "A line that rises</svg:title>" in content


def test_open_document_numbers_nested_lists_at_their_own_level() -> None:
    content = parts(write_odt(everything()))["content.xml"].decode()
    (style,) = (s for s in content.split("<text:list-style ") if 'num-format="a"' in s)
    assert 'text:level="2"' in style


# EPUB


def test_an_epub_is_put_together_as_it_must_be() -> None:
    package = write_epub(everything())
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        first = opened.infolist()[0]
        assert opened.read("mimetype") == b"application/epub+zip"
    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
    found = parts(package)
    pages = {name: etree.fromstring(d) for name, d in found.items() if name.endswith(".xhtml")}
    listed = etree.fromstring(found["EPUB/content.opf"])
    manifest = {e.get("href"): e.get("properties") for e in listed.iter("{*}item")}
    assert manifest["nav.xhtml"] == "nav"
    assert {f"EPUB/{href}" for href in manifest} <= found.keys()
    kept = {n.removeprefix("EPUB/") for n in found if n.startswith("EPUB/")} - {"content.opf"}
    assert kept == manifest.keys()
    assert listed.findtext("{*}metadata/{http://purl.org/dc/elements/1.1/}language") == "en-GB"
    for name, page in pages.items():
        assert all(image.get("alt") for image in page.iter(f"{XHTML}img")), name
        ids = {e.get("id") for p in pages.values() for e in p.iter() if e.get("id")}
        for link in page.iter(f"{XHTML}a"):
            fragment = (link.get("href") or "").partition("#")[2]
            assert not fragment or fragment in ids, (name, link.get("href"))


def test_an_epub_keeps_addresses_and_begins_chapters() -> None:
    found = parts(write_epub(everything()))
    chapters = [name for name in found if re.search(r"text/ch\d+\.xhtml", name)]
    assert len(chapters) == 2
    together = b"".join(found[name] for name in chapters).decode()
    for passage in everything().passages:
        assert f'id="p-{passage.id}"' in together


# HTML


def test_html_says_exactly_the_text() -> None:
    shown = everything()
    reading = read(write_html(shown).decode())
    assert [(id, w.digest) for id, w in reading.passages] == [
        (p.id, p.wording.digest) for p in shown.passages
    ]
    assert reading.stray == ()


def test_html_asks_nobody_for_anything() -> None:
    page = write_html(everything()).decode()
    addresses = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert all(
        a.startswith(("data:image/png;base64,", "#")) for a in addresses if "example" not in a
    )
    assert page.count("<h1>") == 1
    assert "<link" not in page
    assert "url(" not in page


def test_the_contents_of_html_lead_to_the_headings() -> None:
    page = write_html(everything()).decode()
    navigation = page[page.index("<nav") : page.index("</nav>")]
    targets = re.findall(r'href="#([^"]+)"', navigation)
    assert len(targets) == 3
    assert all(f'id="{target}"' in page for target in targets)
    assert "With thanks" not in navigation


# Markdown


def test_markdown_reads_well_as_it_is() -> None:
    written = write_markdown(everything()).decode()
    assert 'title: "From promises to practice"' in written
    assert "# What happened[^1]" in written
    assert "1\\. We asked **3,871** people.[^2]" in written
    assert "> I hadn't heard from you." in written
    assert '::: {.recommendation number="17" area="Members & supporters"' in written
    assert "    (a) at home;" not in written
    assert "  (a) at home;" in written
    assert f"![Swing by region](pictures/{DIGEST}.png)" in written


# PDF


def pdf_of(shown: ExportText) -> PdfReader:
    return PdfReader(io.BytesIO(write_pdf(shown)))


def test_a_pdf_says_every_word() -> None:
    shown = everything()
    said = squeezed("".join(page.extract_text() for page in pdf_of(shown).pages))
    for passage in shown.passages:
        for content in passage.wording.contents():
            for run in content:
                if isinstance(run, Run):
                    for word in run.text.split():
                        assert squeezed(word) in said, word
    for words in (shown.notice, "The second edition", "22 November 2026", "Recommendation 17"):
        assert squeezed(words) in said


def test_a_pdf_is_tagged_and_knows_its_title_language_and_outline() -> None:
    reader = pdf_of(everything())
    root = reader.trailer["/Root"]
    assert isinstance(root, DictionaryObject)
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert "/StructTreeRoot" in root
    metadata = root["/Metadata"].get_data()
    assert re.search(rb"pdfuaid:part[>=\"]+1", metadata)
    assert reader.metadata is not None
    assert reader.metadata.title == "From promises to practice"
    titles = [str(e["/Title"]) for e in reader.outline if not isinstance(e, list)]
    assert [title.rstrip("1") for title in titles] == ["What happened", "And then"]
    assert reader.metadata.creation_date_raw
    assert datetime.date(2026, 11, 22) == reader.metadata.creation_date.date()  # type: ignore[union-attr]


def test_notes_of_headings_are_printed_once() -> None:
    said = squeezed("".join(page.extract_text() for page in pdf_of(everything()).pages))
    assert said.count("Withthanks.") == 1


def test_words_without_a_glyph_still_make_a_pdf() -> None:
    assert len(pdf_of(of(text("paragraph", "\U00012345 \ue000 \u05d0"))).pages) >= 2


def test_a_link_within_the_text_leads_somewhere_or_is_words() -> None:
    marks = [frozenset({Mark("link", f"#p-{id}")}) for id in ("0000000000", "nowhere")]
    shown = of(
        text("paragraph", "Here."), Wording("paragraph", tuple(Run("there ", m) for m in marks))
    )
    reader = pdf_of(shown)
    links = [a for page in reader.pages for a in page.get("/Annots", [])]
    assert len(links) == 1


def test_a_pdf_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "SECONDS", 0.01)
    with pytest.raises(NotWritten, match="seconds"):
        write_pdf(everything())


def test_a_picture_that_is_gone_leaves_its_description() -> None:
    shown = replace(everything(), pictures=lambda digest: None)
    assert b"A line that rises" in parts(write_docx(shown))["word/document.xml"]
    assert "A line that rises" in write_html(shown).decode()
    said = squeezed("".join(page.extract_text() for page in pdf_of(shown).pages))
    assert "Alinethatrises" in said


def test_the_date_is_written_as_people_write_it() -> None:
    assert everything().dated == "22 November 2026"
    assert replace(everything(), language="cy").dated == "2026-11-22"
