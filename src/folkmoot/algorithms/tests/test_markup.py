"""Wordings as HTML: what it looks like, that it is safe, and that it says exactly the same."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from folkmoot.algorithms.markup import (
    FieldWords,
    Notes,
    Shown,
    extract,
    inline_html,
    notes_html,
    passage_html,
    passages_html,
    read,
    safe_link,
)
from folkmoot.algorithms.tests.wordings import content, plain_blocks, wordings
from folkmoot.algorithms.wording import (
    Asks,
    Break,
    Figure,
    Footnote,
    Malformed,
    Mark,
    Run,
    Table,
    Wording,
    text,
)

STRONG, EM = Mark("strong"), Mark("em")
VOID = {"br", "img"}


class Nesting(HTMLParser):
    """Holds the page to what the nesting rules ask, and gathers its tags and ids."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        parent = self.open[-1] if self.open else ""
        if tag == "li":
            assert parent in ("ol", "ul")
        if parent in ("ol", "ul"):
            assert tag == "li"
        assert not (tag == "a" and "a" in self.open)
        assert not ({"p", "h1", "h2", "pre"} & {tag} and {"p", "pre", "h1"} & set(self.open))
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def page_of(passages: list[tuple[str, Wording]], *, noted: bool = True) -> str:
    notes = Notes()
    body = passages_html(
        [Shown(id, wording, number=str(n)) for n, (id, wording) in enumerate(passages)],
        footnote=notes if noted else None,
        figure_url=lambda digest: f"/pictures/{digest}.png",
    )
    return body + notes_html(notes)


def digests(passages: list[tuple[str, Wording]]) -> list[tuple[str, str]]:
    return [(id, wording.digest) for id, wording in passages]


def named(wordings: list[Wording]) -> list[tuple[str, Wording]]:
    return [(f"{n:010}", wording) for n, wording in enumerate(wordings)]


@settings(max_examples=200)
@given(st.lists(wordings, max_size=6), st.booleans())
def test_what_is_written_is_what_is_read(several: list[Wording], noted: bool) -> None:
    passages = named(several)
    page = page_of(passages, noted=noted)
    reading = read(page)
    assert digests(list(reading.passages)) == digests(passages)
    assert reading.stray == ()


@given(st.lists(plain_blocks(), max_size=12))
def test_lists_and_quotations_nest_as_html_asks(several: list[Wording]) -> None:
    nesting = Nesting(page_of(named(several)))
    ids = [attributes["id"] for _, attributes in nesting.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


@given(st.lists(plain_blocks(), max_size=5))
def test_a_page_fit_for_utf_8_says_the_same(several: list[Wording]) -> None:
    passages = named(several)
    assert digests(extract(page_of(passages).encode().decode())) == digests(passages)


@given(content)
@example((Run("<script>alert('x')</script>"),))
@example((Run("x", frozenset({Mark("link", "javascript:alert(1)")})),))
def test_nothing_typed_becomes_a_tag_or_an_unsafe_address(words: tuple[object, ...]) -> None:
    page = passage_html(Wording("paragraph", words), id="a")  # type: ignore[arg-type]
    for tag, attributes in Nesting(page).tags:
        assert tag in {"p", "a", "span", "br", "strong", "em", "s", "sub", "sup", "code"}
        assert not any(name.startswith("on") for name in attributes)
        if "href" in attributes:
            assert re.match(r"(https?|mailto|tel):|#", attributes["href"] or "", re.IGNORECASE)


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://example.org/a", True),
        ("HTTP://example.org", True),
        ("mailto:a@example.org", True),
        ("tel:+44123", True),
        ("#p-1", True),
        ("/review/", False),
        ("//example.org", False),
        ("javascript:alert(1)", False),
        ("java\tscript:alert(1)", False),
        ("https://example.org/\njavascript:", False),
        ("data:text/html,x", False),
        (" https://example.org", False),
        ("", False),
    ],
)
def test_only_addresses_of_known_schemes_become_links(address: str, safe: bool) -> None:
    assert safe_link(address) is safe
    page = inline_html((Run("words", frozenset({Mark("link", address)})),))
    assert ("<a " in page) is safe
    assert ">words<" in page


def test_marks_that_go_on_stay_open() -> None:
    link = Mark("link", "https://example.org/")
    page = inline_html(
        (Run("See "), Run("the ", frozenset({link})), Run("Act", frozenset({link, EM})), Run("."))
    )
    assert page == ('See <a href="https://example.org/" rel="noopener">the <em>Act</em></a>.')


def test_a_chapter_reads_as_html_should() -> None:
    page = passages_html(
        [
            Shown("a", text("heading", "Why", depth=1), "1"),
            Shown("b", text("paragraph", "Three things:"), "1.1"),
            Shown("c", text("item", "one", depth=1, ordered=True)),
            Shown("d", text("item", "inner", depth=2)),
            Shown("e", text("paragraph", "still one", depth=1)),
            Shown("f", text("item", "four", depth=1, ordered=True), "", "4."),
            Shown("g", text("quote", "They said.")),
            Shown("h", text("item", "this", depth=1, quoted=True)),
        ],
        heading_offset=1,
    )
    assert page == (
        '<h2 id="p-a" class="passage passage-heading" data-passage="a" data-depth="1">'
        '<span class="number">1 </span>Why</h2>\n'
        '<p id="p-b" class="passage passage-paragraph" data-passage="b">'
        '<span class="number">1.1 </span>Three things:</p>\n'
        "<ol>\n"
        '<li id="p-c" class="passage passage-item" data-passage="c" data-depth="1" data-ordered>one'
        "<ul>\n"
        '<li id="p-d" class="passage passage-item" data-passage="d" data-depth="2">inner'
        "</li>\n</ul>\n"
        '<p id="p-e" class="passage passage-paragraph" data-passage="e" data-depth="1">'
        "still one</p>\n"
        "</li>\n"
        '<li id="p-f" class="passage passage-item" data-passage="f" data-depth="1" data-ordered'
        ' value="4">four</li>\n</ol>\n'
        "<blockquote>\n"
        '<p id="p-g" class="passage passage-quote" data-passage="g">They said.</p>\n'
        "<ul>\n"
        '<li id="p-h" class="passage passage-item" data-passage="h" data-depth="1" data-quoted>'
        "this</li>\n</ul>\n</blockquote>\n"
    )


def test_a_recommendation_shows_whom_it_asks() -> None:
    wording = text(
        "recommendation", "Publish it.", asks=Asks("Openness & trust", "The board", "both")
    )
    page = passage_html(wording, id="r", number="17")
    assert 'aria-label="Recommendation 17"' in page
    for shown in ("Openness &amp; trust", "The board", "Centre and branches"):
        assert f">{shown}</dd>" in page


def test_the_words_for_levels_can_be_in_another_language() -> None:
    welsh = FieldWords(
        area="Maes",
        levels={"centre": "Y ganolfan", "branch": "Canghennau", "both": "Y ddau"},
    )
    wording = text("recommendation", "Cyhoeddwch.", asks=Asks("a", "b", "branch"))
    page = passage_html(wording, id="r", words=welsh)
    assert "Canghennau" in page
    assert extract(page, words=welsh) == [("r", wording)]
    with pytest.raises(Malformed, match="which level"):
        extract(page)


def test_a_table_has_its_headings_and_caption() -> None:
    wording = Wording(
        "table",
        (Run("Members"),),
        table=Table((((Run("Year"),), (Run("Members"),)), ((Run("1924"),), (Run("3"),)))),
    )
    page = passage_html(wording, id="t", number="Table 1")
    assert '<caption><span class="number">Table 1 </span>Members</caption>' in page
    assert page.index("<thead>") < page.index('<th scope="col">Year</th>') < page.index("</thead>")
    assert "<td>1924</td>" in page


def test_a_figure_without_a_picture_still_says_what_it_shows() -> None:
    wording = Wording("figure", (Run("A map"),), figure=Figure("ab" * 32, 'The "hexes"'))
    page = passage_html(wording, id="f")
    assert 'role="img" aria-label="The &quot;hexes&quot;"' in page
    assert extract(page) == [("f", wording)]


def test_references_with_one_label_and_the_same_words_share_a_number() -> None:
    same = Footnote((Run("Minutes."),), "1")
    wording = Wording(
        "paragraph",
        (
            Run("a"),
            same,
            Run("b"),
            Footnote((Run("Letter."),)),
            Run("c"),
            same,
            Footnote((Run("Not the minutes."),), "1"),
        ),
    )
    notes = Notes(start=5)
    page = passage_html(wording, id="a", footnote=notes)
    assert re.findall(r'href="#fn-(\d+)" id="(fnref-[\d-]+)"', page) == [
        ("5", "fnref-5"),
        ("6", "fnref-6"),
        ("5", "fnref-5-2"),
        ("7", "fnref-7"),
    ]
    assert notes.next_number == 8
    section = notes_html(notes)
    assert section.count('role="doc-backlink"') == 4
    assert 'href="#fnref-5-2"' in section
    read_back = extract(page + section)[0][1]
    assert read_back.digest == wording.digest
    labels = [note.label for note in read_back.footnotes()]
    assert labels[0] == labels[2] != ""
    assert labels[1] == ""


def test_a_break_stands_inside_the_mark_that_goes_on() -> None:
    bold = frozenset({STRONG})
    assert inline_html((Run("a", bold), Break(), Run("b", bold))) == "<strong>a<br>b</strong>"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("We will", "We may"),
        ("<strong>never</strong>", "never"),
        ("Minutes.", "Letters."),
        ("The board", "A board"),
        ("Centre and branches", "Centre"),
        ("What it shows", "What it hides"),
        ('data-picture="abab', 'data-picture="baab'),
        ("<td>1924", "<td>1925"),
        ("https://example.org", "https://example.com"),
    ],
)
def test_one_change_anywhere_in_the_page_is_seen(before: str, after: str) -> None:
    passages = named(
        [
            Wording(
                "paragraph",
                (
                    Run("We will "),
                    Run("never", frozenset({STRONG})),
                    Run(" stop", frozenset({Mark("link", "https://example.org")})),
                    Footnote((Run("Minutes."),)),
                ),
            ),
            text("recommendation", "Publish.", asks=Asks("Area", "The board", "both")),
            Wording("figure", figure=Figure("ab" * 32, "What it shows")),
            Wording("table", table=Table((((Run("1924"),),),), 0)),
        ]
    )
    page = page_of(passages)
    assert page.count(before) >= 1
    assert digests(extract(page.replace(before, after, 1))) != digests(passages)


def test_words_outside_every_passage_are_stray() -> None:
    page = passage_html(text("paragraph", "Agreed."), id="a")
    added = (
        f"<nav data-furniture><a href='/'>Contents</a></nav>{page}<p>Not agreed.</p>"
        '<section><ol><li id="fn-9" data-note="9">Nor this.</li></ol></section>'
    )
    assert read(added).stray == ("Not agreed.", "Nor this.")


def test_words_slipped_into_a_passage_are_not_overlooked() -> None:
    wording = text("recommendation", "Publish.", asks=Asks("a", "b", "both"))
    page = passage_html(wording, id="a")
    assert read(page.replace("</p>", "</p>And more.")).stray == ("And more.",)


@pytest.mark.parametrize(
    ("page", "message"),
    [
        (
            '<p class="passage passage-paragraph" data-passage="a">x<sup class="noteref">'
            '<a href="#fn-1" role="doc-noteref">1</a></sup></p>',
            "fn-1",
        ),
        ('<p class="passage" data-passage="a">x</p>', "what kind"),
        ('<p class="passage passage-quote" data-passage="a">x</p>', "quotation"),
        (
            '<ul><li class="passage passage-item" data-ordered data-passage="a">x</li></ul>',
            "list",
        ),
        ('<figure class="passage passage-figure" data-passage="a"></figure>', "figure"),
        ('<p class="passage passage-paragraph" data-passage="a" data-depth="x">x</p>', "whole"),
    ],
)
def test_a_page_that_is_no_rendering_is_refused(page: str, message: str) -> None:
    with pytest.raises(Malformed, match=message):
        extract(page)


def test_permalinks_are_furniture() -> None:
    passages = [
        Shown("a", text("paragraph", "One."), "17"),
        Shown("b", text("paragraph", "Two.")),
    ]
    page = passages_html(passages, permalinks=True, class_of=lambda id: f"state-{id}")
    assert '<a class="number" href="#p-a">17 </a>' in page
    assert 'href="#p-b" aria-label="Link to this passage"' in page
    assert 'class="passage passage-paragraph state-a"' in page
    assert [wording.plain for _, wording in extract(page)] == ["One.", "Two."]
