"""A redline shows what changed, all of it, and reads well."""

import random
import re
from collections.abc import Iterable
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from folkmoot.algorithms.redline import (
    Difference,
    Piece,
    Redline,
    compare,
    match,
    redline,
    summary,
    to_html,
)
from folkmoot.algorithms.redline.alignment import common, increasing
from folkmoot.algorithms.redline.tokens import tokens
from folkmoot.algorithms.tests.test_wording import content, wordings
from folkmoot.algorithms.wording import (
    Asks,
    Content,
    Figure,
    Footnote,
    Mark,
    Run,
    Table,
    Wording,
    text,
)

STRONG = frozenset({Mark("strong")})
VOCABULARY = "the a of We Government should must not 12 £1,000 , . ( ) people"
sentences = st.lists(st.sampled_from(VOCABULARY.split()), max_size=30).map(" ".join)
rows = st.lists(st.lists(sentences, max_size=3), max_size=4)


def table(*lines: Iterable[str], header_rows: int = 1) -> Wording:
    body = tuple(tuple((Run(words),) for words in line) for line in lines)
    return Wording("table", table=Table(body, header_rows))


def shown(pieces: Iterable[Piece]) -> str:
    """The pieces as words: [-removed-] {+added+} <a note that changed>."""
    out = []
    for piece in pieces:
        said = "".join(
            inline.text if isinstance(inline, Run) else "*" if isinstance(inline, Footnote) else " "
            for inline in piece.content
        )
        match piece.state:
            case "same":
                out.append(said)
            case "removed":
                out.append(f"[-{said}-]")
            case "added":
                out.append(f"{{+{said}+}}")
            case "note":
                out.append(f"<{shown(piece.note)}>")
    return "".join(out)


def words_redline(before: str, after: str) -> str:
    return shown(redline(text("paragraph", before), text("paragraph", after)).pieces)


def digest(words: Content) -> str:
    return Wording("paragraph", words).digest


# --- words ------------------------------------------------------------------------------------


@given(content, content)
def test_each_side_can_be_read_back(before: Content, after: Content) -> None:
    change = redline(Wording("paragraph", before), Wording("paragraph", after))
    assert [t.key for t in tokens(change.before)] == [t.key for t in tokens(before)]
    assert [t.key for t in tokens(change.after)] == [t.key for t in tokens(after)]
    assert digest(change.before) == digest(before)
    assert digest(change.after) == digest(after)


@given(sentences, sentences)
def test_each_side_of_sentences_can_be_read_back(before: str, after: str) -> None:
    change = redline(text("paragraph", before), text("paragraph", after))
    assert digest(change.before) == text("paragraph", before).digest
    assert digest(change.after) == text("paragraph", after).digest


@given(content, content)
def test_a_redline_is_empty_exactly_when_the_digests_agree(one: Content, other: Content) -> None:
    before, after = Wording("paragraph", one), Wording("paragraph", other)
    change = redline(before, after)
    same = all(piece.state == "same" for piece in change.pieces)
    assert same == (before.digest == after.digest) == (change.state == "same")
    assert len(change.pieces) <= 1 or not same


@given(wordings)
def test_equal_wordings_give_one_same(wording: Wording) -> None:
    change = redline(wording, wording)
    assert change.state == "same"
    assert [piece.state for piece in change.pieces] in (["same"], [])
    assert summary(change) == "no change"


@given(sentences, sentences)
def test_pieces_never_repeat_a_state(before: str, after: str) -> None:
    states = [p.state for p in redline(text("item", before), text("item", after)).pieces]
    assert all(one != other for one, other in pairwise(states))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            "They should publish a plan within 12 months.",
            "They must publish a clear plan within 18 months.",
            "They [-should-]{+must+} publish a{+ clear+} plan within [-12-]{+18+} months.",
        ),
        (
            "We saw the man in the park.",
            "We met the woman in the park.",
            "We [-saw the man-]{+met the woman+} in the park.",
        ),
        (
            "We met. We agreed. We left.",
            "We met. We talked for hours. We agreed. We left.",
            "We met.{+ We talked for hours.+} We agreed. We left.",
        ),
        (
            "It costs £1,200.50 now.",
            "It costs £1,300.50 now.",
            "It costs [-£1,200.50-]{+£1,300.50+} now.",
        ),
        ("in 2010–24 and", "in 2010–25 and", "in [-2010–24-]{+2010–25+} and"),
        ("Meet (monthly).", "Meet monthly.", "Meet [-(-]monthly[-)-]."),
        ("don't go", "do not go", "[-don't-]{+do not+} go"),
        ("", "New words.", "{+New words.+}"),
        ("Old words.", "", "[-Old words.-]"),
        ("我们同意这个计划", "我们同意那个计划", "我们同意[-这-]{+那+}个计划"),
        ("नमस्ते दुनिया", "नमस्ते देश", "नमस्ते [-दुनिया-]{+देश+}"),
    ],
)
def test_a_redline_reads_well(before: str, after: str, expected: str) -> None:
    assert words_redline(before, after) == expected


def test_a_rewrite_is_not_interleaved() -> None:
    before = (
        "Local parties ought to be given the money that they need in order to campaign all year"
        " round, and the centre ought to say what it is for."
    )
    after = (
        "The national executive will fund campaigning in every seat, whatever the result was, and"
        " report to the conference on how it was spent."
    )
    states = [p.state for p in redline(text("paragraph", before), text("paragraph", after)).pieces]
    assert len(states) <= 3


def test_a_mark_that_changed_is_a_change() -> None:
    plain = Wording("paragraph", (Run("We must act now."),))
    strong = Wording("paragraph", (Run("We "), Run("must", STRONG), Run(" act now.")))
    change = redline(plain, strong)
    assert shown(change.pieces) == "We [-must-]{+must+} act now."
    assert change.pieces[2] == Piece("added", (Run("must", STRONG),))
    assert summary(change) == "emphasis or links changed"


def test_a_note_whose_words_changed_is_shown_in_its_place() -> None:
    def noted(words: str) -> Wording:
        note = Footnote((Run(words),), label="1")
        return Wording("paragraph", (Run("We said so"), note, Run(" in public.")))

    change = redline(
        noted("Minutes of 4 May 2019, page 3."), noted("Minutes of 4 May 2019, page 7.")
    )
    assert shown(change.pieces) == "We said so<Minutes of 4 May 2019, page [-3-]{+7+}.> in public."
    assert digest(change.before) == noted("Minutes of 4 May 2019, page 3.").digest
    assert summary(change) == "1 word added, 1 removed"


def test_another_note_is_removed_and_added_whole() -> None:
    before = Wording("paragraph", (Run("Said"), Footnote((Run("Minutes of May."),))))
    after = Wording("paragraph", (Run("Said"), Footnote((Run("Letter from Bob"),))))
    assert shown(redline(before, after).pieces) == "Said[-*-]{+*+}"


def test_a_passage_that_is_new_or_gone_is_all_of_one_kind() -> None:
    wording = text("paragraph", "We agree.")
    assert shown(redline(None, wording).pieces) == "{+We agree.+}"
    assert shown(redline(wording, None).pieces) == "[-We agree.-]"
    assert summary(redline(None, wording)) == "new, 2 words"
    assert summary(redline(wording, None)) == "left out, 2 words"
    assert redline(None, None) == Redline("same", ())


# --- what is said by name ---------------------------------------------------------------------


def test_attributes_that_changed_are_named() -> None:
    before = text("recommendation", "Act.", asks=Asks("Media", "The centre", "centre"))
    after = text("recommendation", "Act.", asks=Asks("Media", "All branches", "branch"))
    change = redline(before, after)
    assert change.differences == (
        Difference("addressee", "The centre", "All branches"),
        Difference("level", "centre", "branch"),
    )
    assert summary(change) == "addressee changed; level changed"
    assert summary(redline(text("heading", "One", depth=1), text("heading", "One", depth=2))) == (
        "level in the outline changed"
    )


def test_a_picture_and_what_it_shows_are_named() -> None:
    before = text("figure", "Votes", figure=Figure("a" * 64, "A line going up"))
    after = text("figure", "Votes", figure=Figure("b" * 64, "A line going down"))
    assert [d.name for d in redline(before, after).differences] == ["picture", "alternative text"]


@given(rows, rows)
def test_each_side_of_a_table_can_be_read_back(
    before: list[list[str]], after: list[list[str]]
) -> None:
    old, new = table(*before), table(*after)
    change = redline(old, new)
    assert Wording("table", table=Table(change.rows_before)).digest == old.digest
    assert Wording("table", table=Table(change.rows_after)).digest == new.digest


def test_rows_and_cells_are_aligned() -> None:
    before = table(["Seat", "Votes"], ["Ashfield", "12,000"], ["Barking", "9,000"])
    after = table(
        ["Seat", "Votes"], ["Aldershot", "7,000"], ["Ashfield", "12,500"], ["Barking", "9,000"]
    )
    change = redline(before, after)
    assert [row.state for row in change.rows] == ["same", "added", "changed", "same"]
    assert [shown(cell.pieces) for cell in change.rows[2].cells] == [
        "Ashfield",
        "[-12,000-]{+12,500+}",
    ]
    assert summary(change) == "3 words added, 1 removed; 1 table row added"


def test_a_new_column_is_seen_as_one() -> None:
    before = table(["Seat", "Votes"], ["Ashfield", "12"])
    after = table(["Seat", "Region", "Votes"], ["Ashfield", "East Midlands", "12"])
    for row in redline(before, after).rows:
        assert [cell.state for cell in row.cells] == ["same", "added", "same"]


def test_a_row_that_is_gone_stays_in_line_with_a_new_column() -> None:
    before = table(["Seat", "Votes"], ["Barking", "9,000"], ["Ashfield", "12"])
    after = table(["Seat", "Region", "Votes"], ["Ashfield", "East Midlands", "15"])
    gone = redline(before, after).rows[1]
    assert (gone.state, [shown(cell.pieces) for cell in gone.cells]) == (
        "removed",
        ["[-Barking-]", "", "[-9,000-]"],
    )


# --- size and time ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("added", "removed", "expected"),
    [
        ("a big red dog", "a dog", "2 words added"),
        ("a dog", "a red dog", "1 word removed"),
        ("a dog", "a cat", "1 word added, 1 removed"),
        ("a dog!", "a dog", "punctuation or notes changed"),
    ],
)
def test_a_summary_counts_words(added: str, removed: str, expected: str) -> None:
    assert summary(redline(text("paragraph", removed), text("paragraph", added))) == expected


@given(st.text("abc", max_size=30), st.text("abc", max_size=30))
def test_the_alignment_is_as_long_as_can_be(one: str, other: str) -> None:
    longest = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i, x in enumerate(one):
        for j, y in enumerate(other):
            longest[i + 1][j + 1] = (
                longest[i][j] + 1 if x == y else max(longest[i][j + 1], longest[i + 1][j])
            )
    pairs = common(one, other)
    assert len(pairs) == longest[-1][-1]
    assert all(one[i] == other[j] for i, j in pairs)
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(pairs))


def test_a_very_long_alignment_is_split_and_just_as_long(monkeypatch: pytest.MonkeyPatch) -> None:
    source = random.Random(5)
    one = [source.randrange(20) for _ in range(400)]
    other = [source.randrange(20) for _ in range(300)]
    whole = common(one, other)
    monkeypatch.setattr("folkmoot.algorithms.redline.alignment._MOST_BITS", 1000)
    split = common(one, other)
    assert len(split) == len(whole)
    assert all(one[i] == other[j] for i, j in split)


def test_five_thousand_words_with_nothing_in_common_can_be_read_back() -> None:
    source = random.Random(1)
    before = " ".join(f"w{source.randrange(3000)}" for _ in range(5000))
    after = " ".join(f"w{source.randrange(3000)}" for _ in range(5000))
    # A search over all pairs of words would not come to an end here; the bench has the time.
    found = redline(text("paragraph", before), text("paragraph", after))
    assert found.words_added > 0
    assert found.words_removed > 0


# --- HTML -------------------------------------------------------------------------------------


class Balance(HTMLParser):
    """Fails when tags are not nested properly."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@given(wordings, wordings)
def test_html_is_nested_and_holds_no_stranger(before: Wording, after: Wording) -> None:
    reader = Balance()
    reader.feed(to_html(redline(before, after)))
    reader.close()
    assert not reader.open
    assert reader.tags <= {
        *("div", "p", "ul", "li", "ins", "del", "span", "a", "br"),
        *("strong", "em", "s", "sub", "sup", "code"),
    }


def test_html_says_both_ends_of_a_change() -> None:
    page = to_html(redline(text("paragraph", "We may act."), text("paragraph", "We shall act.")))
    assert page == (
        '<div class="redline"><p class="redline-words">We '
        '<del class="redline-removed"><span class="visually-hidden">removed: </span>may'
        '<span class="visually-hidden"> end of change.</span></del>'
        '<ins class="redline-added"><span class="visually-hidden">added: </span>shall'
        '<span class="visually-hidden"> end of change.</span></ins> act.</p></div>'
    )


@pytest.mark.parametrize("evil", ["<script>alert(1)</script>", "<img src=x onerror=y>", '"><b>'])
def test_html_escapes_everything(evil: str) -> None:
    before = text("recommendation", evil, asks=Asks(evil, evil, "both"))
    after = text("recommendation", f"{evil} now", asks=Asks("", "", "branch"))
    page = to_html(redline(before, after))
    assert not re.search(r"<(script|img|b)\b", page)
    assert page.count("&lt;") >= 3


@pytest.mark.parametrize(
    ("address", "linked"),
    [
        ("https://example.org/", True),
        ("http://example.org/", True),
        ("mailto:a@example.org", True),
        ("javascript:alert(1)", False),
        (" https://example.org", False),
        ("data:text/html,x", False),
        ("#p-1", False),
    ],
)
def test_only_safe_links_are_links(address: str, linked: bool) -> None:
    wording = Wording("paragraph", (Run("here", frozenset({Mark("link", address)})),))
    assert ("<a " in to_html(redline(None, wording))) == linked


def test_a_table_is_shown_as_one() -> None:
    page = to_html(
        redline(table(["A", "B"], ["1", "2"]), table(["A", "B"], ["1", "3"], ["4", "5"]))
    )
    assert page.count("<tr") == 3
    assert '<tr class="redline-added-part">' in page
    assert '<th scope="col">A</th>' in page


# --- orders of passages -----------------------------------------------------------------------


def passages(**words: str) -> list[tuple[str, Wording]]:
    return [(id, text("paragraph", said)) for id, said in words.items()]


def test_two_editions_are_compared_by_id() -> None:
    before = passages(a="One.", b="Two.", c="Three.", d="Four.", e="Five.")
    after = passages(a="One.", d="Four.", b="Two.", f="New.", e="Five, changed.")
    changes = [(c.id, c.state, c.moved) for c in compare(before, after)]
    assert changes == [
        ("a", "unchanged", False),
        ("d", "moved", True),
        ("b", "unchanged", False),
        ("c", "left out", False),
        ("f", "added", False),
        ("e", "reworded", False),
    ]


def test_a_passage_can_be_reworded_and_moved() -> None:
    changes = compare(passages(a="A.", b="B.", c="C."), passages(c="Cc.", a="A.", b="B."))
    assert (changes[0].id, changes[0].state, changes[0].moved) == ("c", "reworded", True)


def test_an_id_that_stands_twice_is_refused() -> None:
    twice = [*passages(a="A."), *passages(a="B.")]
    with pytest.raises(ValueError, match="only once"):
        compare(twice, [])


ids = st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=8)


@given(ids, ids)
def test_compare_names_every_passage_once(one: list[str], other: list[str]) -> None:
    before, after = passages(**dict.fromkeys(one, "x")), passages(**dict.fromkeys(other, "x"))
    changes = compare(before, after)
    assert sorted(c.id for c in changes) == sorted({*one, *other})
    assert [c.id for c in changes if c.after is not None] == other
    stay = [c.id for c in changes if c.state == "unchanged"]
    assert stay == [id for id in one if id in stay]
    if one == other:
        assert all(c.state == "unchanged" for c in changes)


@given(st.lists(st.integers(0, 30), unique=True))
def test_increasing_is_longest(values: list[int]) -> None:
    found = [values[at] for at in increasing(values)]
    assert found == sorted(found)
    best = [0] * len(values)
    for i, value in enumerate(values):
        best[i] = 1 + max((best[k] for k in range(i) if values[k] < value), default=0)
    assert len(found) == max(best, default=0)


LONG = (
    "The commission met in every region of the country between May and September.",
    "We heard from members who had never been asked for their view before this inquiry began.",
    "Most local parties told us that they lacked money, and some that they lacked people.",
    "The review sets out what should change at the centre and what branches can do themselves.",
)


def imported(*words: str) -> list[Wording]:
    return [text("paragraph", said) for said in words]


def test_an_import_is_matched_by_its_words() -> None:
    a, b, c, d = LONG
    existing = passages(a=a, b=b, c=c, d=d)
    pairings = match(
        existing, imported(a, "An entirely fresh thought about trade unions.", c + " Yet.", b)
    )
    assert [(p.state, p.id, p.index, p.moved) for p in pairings] == [
        ("unchanged", "a", 0, False),
        ("new", None, 1, False),
        ("changed", "c", 2, True),
        ("unchanged", "b", 3, False),
        ("gone", "d", None, False),
    ]


def test_words_mostly_other_are_new_and_gone() -> None:
    pairings = match(passages(a=LONG[0]), imported(LONG[1]))
    assert [p.state for p in pairings] == ["gone", "new"]


def test_a_passage_that_moved_and_changed_a_little_is_found() -> None:
    a, b, c, d = LONG
    pairings = match(passages(a=a, b=b, c=c, d=d), imported(b, c, d, a.replace("May", "June")))
    last = pairings[-1]
    assert (last.state, last.id, last.moved) == ("changed", "a", True)
    assert 0.9 < last.likeness < 1


some = st.lists(st.sampled_from([*LONG, "Yes.", "", "Note", LONG[0] + " So it was."]), max_size=8)


@given(some, some)
def test_match_uses_each_side_once(one: list[str], other: list[str]) -> None:
    existing = [(str(k), text("paragraph", words)) for k, words in enumerate(one)]
    pairings = match(existing, imported(*other))
    assert sorted(p.id for p in pairings if p.id is not None) == [id for id, _ in existing]
    assert [p.index for p in pairings if p.index is not None] == list(range(len(other)))
    for p in pairings:
        if p.state in ("unchanged", "moved"):
            assert p.before is not None
            assert p.after is not None
            assert p.before.digest == p.after.digest


@given(some)
def test_the_same_text_again_changes_nothing(words: list[str]) -> None:
    existing = [(str(k), text("paragraph", said)) for k, said in enumerate(words)]
    assert all(p.state == "unchanged" for p in match(existing, imported(*words)))


def test_two_thousand_passages_that_all_changed_are_matched() -> None:
    source = random.Random(3)
    vocabulary = [f"word{n}" for n in range(4000)]
    old = [[source.choice(vocabulary) for _ in range(60)] for _ in range(2000)]
    new = [[source.choice(vocabulary) if source.random() < 0.1 else w for w in ws] for ws in old]
    existing = [(str(k), text("paragraph", " ".join(ws))) for k, ws in enumerate(old)]
    incoming = imported(*(" ".join(ws) for ws in new))
    pairings = match(existing, incoming)
    assert [p.id for p in pairings] == [id for id, _ in existing]
