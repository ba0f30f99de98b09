"""The light Markdown of plain forms: what is typed, what is meant, and that nothing is lost."""

import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from folkmoot.algorithms.tests.effort import calls_made
from folkmoot.algorithms.tests.wordings import AWKWARD, wordings
from folkmoot.algorithms.wording import (
    Break,
    Content,
    Footnote,
    Mark,
    Run,
    Table,
    Wording,
    text,
)
from folkmoot.documents import markdown
from folkmoot.documents.markdown import read_passage, write_passage

ROOT = Path(__file__).parents[4]
NAUGHTY = (
    ROOT.parent / "shared" / "data" / "malicious-inputs" / "big-list-of-naughty-strings.blns.json"
)
PARAGRAPH = Wording("paragraph")
TABLE = Wording("table", table=Table(()))


def run(words: str, *marks: str) -> Run:
    return Run(words, frozenset(map(Mark, marks)))


def link(words: str, address: str, *marks: str) -> Run:
    return Run(words, frozenset((Mark("link", address), *map(Mark, marks))))


def same(typed: str, *content: Run | Break | Footnote) -> bool:
    return read_passage(typed, PARAGRAPH).digest == Wording("paragraph", content).digest


@settings(max_examples=400)
@given(wordings)
def test_what_is_written_reads_the_same(wording: Wording) -> None:
    assert read_passage(write_passage(wording), wording).digest == wording.digest


@settings(max_examples=400)
@given(wordings)
def test_escaping_alone_is_enough(wording: Wording) -> None:
    written = markdown._write(wording, escaped=True)
    assert read_passage(written, wording).digest == wording.digest


@given(wordings)
def test_browsers_send_other_line_ends(wording: Wording) -> None:
    sent = write_passage(wording).replace("\n", "\r\n")
    assert read_passage(sent, wording).digest == wording.digest


@settings(max_examples=400)
@given(st.lists(st.sampled_from(AWKWARD), max_size=20).map("".join) | st.text())
@example("[" * 500 + "]" * 500)
@example("*" * 4 + "`" * 3)
def test_whatever_is_typed_is_read_and_settles(typed: str) -> None:
    for like in (PARAGRAPH, TABLE, Wording("code")):
        wording = read_passage(typed, like)
        assert read_passage(write_passage(wording), wording).digest == wording.digest


@pytest.mark.skipif(not NAUGHTY.exists(), reason="the list of naughty strings is not here")
def test_naughty_strings_are_text() -> None:
    for typed in json.loads(NAUGHTY.read_text()):
        for like in (PARAGRAPH, TABLE, Wording("code")):
            wording = read_passage(typed, like)
            kept = set("".join(wording.plain.split()))
            assert set("".join(typed.split())) - kept <= set(
                "*~^`\\[]()<>|:-\u00ad\u200b\u2060\ufeff\ufffe"
            )
            again = read_passage(write_passage(wording), wording)
            assert again.digest == wording.digest


@pytest.mark.parametrize(
    ("typed", "content"),
    [
        ("a **b** c", (run("a "), run("b", "strong"), run(" c"))),
        ("*a* ~~b~~", (run("a", "em"), run(" "), run("b", "strike"))),
        ("***both***", (run("both", "strong", "em"),)),
        ("*a **b***", (run("a ", "em"), run("b", "strong", "em"))),
        ("H~2~O, 10^6^", (run("H"), run("2", "sub"), run("O, 10"), run("6", "sup"))),
        ("in*tra*word", (run("in"), run("tra", "em"), run("word"))),
        ("`a*b*` c", (run("a*b*", "code"), run(" c"))),
        ("``a ` b``", (run("a ` b", "code"),)),
        ("one\ntwo", (run("one two"),)),
        (r"\*a\*", (run("*a*"),)),
        (
            "see [the Act](https://example.org/a_(b))",
            (run("see "), link("the Act", "https://example.org/a_(b)")),
        ),
        ("[**a** b](#p-1)", (link("a", "#p-1", "strong"), link(" b", "#p-1"))),
        (
            "x^[Minutes, *passim*.]",
            (run("x"), Footnote((run("Minutes, "), run("passim", "em"), run(".")))),
        ),
        (
            "x^[See [it](https://example.org) [sic].]",
            (run("x"), Footnote((run("See "), link("it", "https://example.org"), run(" [sic].")))),
        ),
        ("10^6^^[note]", (run("10"), run("6", "sup"), Footnote((run("note"),)))),
        ("10^6 people^[note]", (run("10^6 people"), Footnote((run("note"),)))),
    ],
)
def test_markup(typed: str, content: Content) -> None:
    assert same(typed, *content)


@pytest.mark.parametrize(
    "typed",
    [
        "2 * 3 * 4",
        "a 5* hotel",
        "*unfinished",
        "**unfinished*",
        "from 10^6 to 10^7",
        "~5 to ~10",
        "[sic]",
        "[1](see note 2)",
        "[a](javascript:alert(1))",
        "[a](https://exa mple.org)",
        "x^[unfinished",
        "`unfinished",
        "# not a heading",
        "- not an item",
        "> not a quotation",
        "1. not a list",
        "<b>not bold</b>",
        "****",
        "snake_case_words",
        "C:\\temp",
        "&amp;",
        "a | b",
    ],
)
def test_what_is_not_markup_is_text(typed: str) -> None:
    if typed == "**unfinished*":
        assert same(typed, run("*"), run("unfinished", "em")) or same(typed, run(typed))
    else:
        assert same(typed, run(typed))


@pytest.mark.parametrize("typed", ["one  \ntwo", "one\\\ntwo", "one    \ntwo"])
def test_a_line_break(typed: str) -> None:
    assert read_passage(typed, PARAGRAPH).content == (run("one"), Break(), run("two"))


def test_a_label_ties_references_together() -> None:
    wording = read_passage("a^[Minutes.]{1} b^[Minutes.]{1}", PARAGRAPH)
    assert [note.label for note in wording.footnotes()] == ["1", "1"]
    assert write_passage(wording) == "a^[Minutes.]{1} b^[Minutes.]{1}"


@pytest.mark.parametrize(
    "typed",
    [
        "Members **must** be told [sic] at 5* prices; see [the Act](https://example.org/).",
        "One^[First.] two^[*Ibid.*, p. 3.] three.",
        "Line one\\\nline two",
        "x - y, a_b_c & <tags>",
    ],
)
def test_writing_escapes_nothing_that_needs_none(typed: str) -> None:
    assert write_passage(read_passage(typed, PARAGRAPH)) == typed


def test_a_table_is_rows_between_pipes() -> None:
    typed = (
        "| Year | Members |\n| --- | --- |\n| 1924 | a \\| b |\n|  | `x|y` |\nTable: Who *joined*"
    )
    wording = read_passage(typed, TABLE)
    assert wording.table is not None
    assert wording.table.header_rows == 1
    assert [[Wording("paragraph", cell).plain for cell in row] for row in wording.table.rows] == [
        ["Year", "Members"],
        ["1924", "a | b"],
        ["", "x|y"],
    ]
    assert Wording("paragraph", wording.content).plain == "Who joined"
    assert read_passage(write_passage(wording), TABLE).digest == wording.digest


def test_a_table_may_begin_with_its_caption_and_leave_out_outer_pipes() -> None:
    wording = read_passage("Table: Who joined\n\nYear | Members\n--- | ---\n1924 | 3", TABLE)
    assert wording.plain == "Who joined\nYear | Members\n1924 | 3"


def test_a_line_break_in_a_cell() -> None:
    wording = read_passage("| a <br> b |", TABLE)
    assert wording.table is not None
    assert Break() in wording.table.rows[0][0]
    assert "<br>" in write_passage(wording)


@pytest.mark.parametrize("length", [1_990, 2_001, 20_000])
def test_a_long_address_is_kept(length: int) -> None:
    wording = Wording("paragraph", (link("x", "https://example.org/" + "a" * length),))
    assert read_passage(write_passage(wording), wording).digest == wording.digest


def test_kind_and_attributes_come_from_the_form() -> None:
    like = Wording("item", depth=3, ordered=True, quoted=True, language="cy")
    assert read_passage("x", like) == text(
        "item", "x", depth=3, ordered=True, quoted=True, language="cy"
    )


def test_code_keeps_its_lines() -> None:
    wording = text("code", "if a:\n    b * c * d")
    assert write_passage(wording) == "if a:\n    b * c * d"
    assert read_passage(write_passage(wording), wording) == wording


@pytest.mark.parametrize(
    "part", ["[", "*a", "^[", "`", "`a ``", "[](<", "](", "[a](#b(", "~~~", "\\", "| ", "**a** "]
)
def test_work_grows_with_the_length_of_a_text_and_no_faster(part: str) -> None:
    def work(length: int) -> int:
        typed = part * (length // len(part))
        return calls_made(lambda: read_passage(typed, PARAGRAPH))

    # Ten times as long: a reader that looks at every pair would make a hundred times the calls.
    assert work(20_000) < 20 * work(2_000) + 1000
