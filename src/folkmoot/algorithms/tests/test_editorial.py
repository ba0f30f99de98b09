"""What may be called editorial, and above all what may not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from folkmoot.algorithms.editorial import Obstacle, obstacles
from folkmoot.algorithms.tests.test_wording import wordings
from folkmoot.algorithms.vocabulary import ENGLISH
from folkmoot.algorithms.wording import (
    Asks,
    Figure,
    Footnote,
    Mark,
    Run,
    Table,
    Wording,
    text,
)

FRAME = (
    "The commission met in every region of the country, listened to the people who came, and"
    " wrote down what they told us; {} And so the work went on through that long wet season,"
    " with patience on every side of the table."
)


def check(before: str, after: str, **options: Any) -> list[Obstacle]:
    """Obstacles to an edit inside a passage long enough for the share of words not to matter."""
    return obstacles(
        text("paragraph", FRAME.format(before)), text("paragraph", FRAME.format(after)), **options
    )


def abouts(before: str, after: str, **options: Any) -> set[str]:
    return {obstacle.about for obstacle in check(before, after, **options)}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("the meeting was held , and ended.", "the meeting was held, and ended."),
        ("the meetings was long.", "the meetings were long."),
        ("a well known place.", "a well-known place."),
        ("the comittee sat.", "the committee sat."),
        ("teh committee sat.", "the committee sat."),
        ("they recieved letters.", "they received letters."),
        ("the organisation grew tired.", "the organization grew tired."),
        ("the labour of it.", "the labor of it."),
        ("they don't know.", "they do not know."),
        ("they cannot know.", "they can not know."),
        ("he said “we met” then.", 'he said "we met" then.'),
        ("the branch - a big one - sat.", "the branch – a big one – sat."),
        ("it sat; then it rose.", "it sat. Then it rose."),
        ("co-operation is good.", "cooperation is good."),
        ("a large group sat.", "a big group sat."),
    ],
)
def test_what_may_be_editorial(before: str, after: str) -> None:
    assert check(before, after) == []
    assert check(after, before) == []


@pytest.mark.parametrize(
    ("before", "after", "about"),
    [
        ("12 people came.", "13 people came.", "number"),
        ("1,000 came.", "1000 came.", "number"),
        ("two people came.", "three people came.", "number"),
        ("it cost £5.", "it cost €5.", "number"),
        ("it was 5% more.", "it was 5 more.", "number"),
        ("it fell in March then.", "it fell in April then.", "date"),
        ("it fell on Monday then.", "it fell on Tuesday then.", "date"),
        ("they told Mr Blair so.", "they told Mr Brown so.", "name"),
        ("they told Labour so.", "they told labour so.", "name"),
        ("they told the NHS so.", "they told the BBC so.", "name"),
        ("it ended. London was next.", "it ended. Leeds was next.", "name"),
        ("he said “we met” then.", "he said “we meet” then.", "quotation"),
        ("he said “we met, once” then.", "he said “we met once” then.", "quotation"),
        ("he said “we don't” then.", "he said “we do not” then.", "quotation"),
        ("he said “we met” then.", "he said we met then.", "quotation"),
        ("they did not come.", "they did come.", "negation"),
        ("it was lawful then.", "it was unlawful then.", "negation"),
        ("it was harmless then.", "it was harmful then.", "negation"),
        ("they went with it.", "they went without it.", "negation"),
        ("they should come.", "they must come.", "modal"),
        ("they may come.", "they will come.", "modal"),
        ("they shouldn't come.", "they mustn't come.", "modal"),
        ("they ought to come.", "they come.", "modal"),
        ("all came.", "most came.", "quantifier"),
        ("at least a person came.", "a person came.", "quantifier"),
        ("they came only then.", "they came then.", "quantifier"),
        ("tea or coffee came.", "tea and coffee came.", "condition"),
        ("they came if asked.", "they came when asked.", "condition"),
        ("they came.", "they came?", "question"),
        ("the dog bit the postman.", "the postman bit the dog.", "order"),
    ],
)
def test_what_is_never_editorial(before: str, after: str, about: str) -> None:
    assert about in abouts(before, after)
    assert about in abouts(after, before)


def test_every_word_of_the_lists_is_an_obstacle_whether_it_comes_or_goes() -> None:
    weighty = ENGLISH.negations | ENGLISH.modals | ENGLISH.quantifiers | ENGLISH.conditions
    for word in weighty | ENGLISH.numbers | ENGLISH.dates:
        assert check(f"we went {word} there.", "we went there."), word
        assert check("we went there.", f"we went {word} there."), word


def test_an_obstacle_says_what_became_of_which_words() -> None:
    said = [obstacle.message for obstacle in check("they should come.", "they must come.")]
    assert said == ["“should” became “must” (an obligation, possibility or intention)."]
    said = [obstacle.message for obstacle in check("they came.", "they never came.")]
    assert said == ["“never” was added (a negation or an opposite)."]


def test_a_phrase_broken_by_a_word_is_an_obstacle() -> None:
    assert "quantifier" in abouts("at least here.", "at the least here.")


def test_a_negation_that_moves_is_an_obstacle() -> None:
    assert "negation" in abouts(
        "it was not red and it was blue.", "it was red and it was not blue."
    )


def test_a_defined_term_is_not_touched() -> None:
    terms = ["qualifying member", "branch"]
    assert "term" in abouts("a qualifying member sat.", "a qualified member sat.", terms=terms)
    assert "term" in abouts("a qualifying member sat.", "a qualifying old member sat.", terms=terms)
    assert "term" in abouts("the branch sat.", "the group sat.", terms=terms)
    assert check("a qualifying member sat.", "a qualifying member, sat.", terms=terms) == []


def test_too_many_words_are_too_many() -> None:
    (one,) = obstacles(
        text("paragraph", "We saw red birds."), text("paragraph", "We saw red fish.")
    )
    assert one.message == "1 of 4 words changed: too many words for an editorial change."
    long = " ".join(["word"] * 200)
    few, many = " ".join(["other"] * 8), " ".join(["other"] * 9)
    assert obstacles(text("paragraph", long), text("paragraph", f"{long} {few}")) == []
    assert obstacles(text("paragraph", long), text("paragraph", f"{long} {many}"))


def test_a_spelling_does_not_count_towards_the_size_but_another_word_does() -> None:
    assert obstacles(text("heading", "The comittee"), text("heading", "The committee")) == []
    assert obstacles(text("paragraph", "A trial"), text("paragraph", "A trail"))
    assert obstacles(text("paragraph", "The county"), text("paragraph", "The country"))


ASKS = Asks("Media", "The centre", "centre")
TABLE = Table((((Run("A"),),),))
FIGURE = Figure("a" * 64, "A dog")


@pytest.mark.parametrize(
    ("before", "after", "about"),
    [
        (text("paragraph", "One"), text("item", "One"), "kind"),
        (text("heading", "One", depth=1), text("heading", "One", depth=2), "place"),
        (text("item", "One", depth=1), text("item", "One", depth=1, ordered=True), "place"),
        (text("paragraph", "One"), text("paragraph", "One", language="fr"), "language"),
        (
            text("recommendation", "One", asks=ASKS),
            text("recommendation", "One", asks=Asks("Media", "Branches", "centre")),
            "addressee",
        ),
        (
            text("recommendation", "One", asks=ASKS),
            text("recommendation", "One", asks=Asks("Money", "The centre", "centre")),
            "area",
        ),
        (
            text("recommendation", "One", asks=ASKS),
            text("recommendation", "One", asks=Asks("Media", "The centre", "both")),
            "level",
        ),
        (
            text("table", "One", table=TABLE),
            text("table", "One", table=Table((((Run("B"),),),))),
            "table",
        ),
        (
            text("figure", "One", figure=FIGURE),
            text("figure", "One", figure=Figure("a" * 64, "A cat")),
            "figure",
        ),
        (text("quote", "We met, once."), text("quote", "We met once."), "quotation"),
    ],
)
def test_what_is_around_the_words_is_never_editorial(
    before: Wording, after: Wording, about: str
) -> None:
    assert about in {obstacle.about for obstacle in obstacles(before, after)}
    assert about in {obstacle.about for obstacle in obstacles(after, before)}


def noted(words: str, note: str) -> Wording:
    before, _, after = FRAME.format(words).partition("*")
    return Wording("paragraph", (Run(before), Footnote((Run(note),)), Run(after)))


def test_a_source_is_never_editorial() -> None:
    plain = noted("we know* this.", "Minutes, page three.")
    for other in (
        noted("we know* this.", "Minutes, page four."),
        noted("we know this.*", "Minutes, page three."),
        text("paragraph", FRAME.format("we know this.")),
    ):
        assert "source" in {o.about for o in obstacles(plain, other)}
        assert "source" in {o.about for o in obstacles(other, plain)}


def marked(name: str, value: str = "") -> Wording:
    return Wording(
        "paragraph", (Run(f"{FRAME} "), Run("here", frozenset({Mark(name, value)})), Run(" it is."))
    )


def test_links_and_strong_marks_are_never_editorial_but_emphasis_may_be() -> None:
    plain = text("paragraph", f"{FRAME} here it is.")
    assert obstacles(marked("link", "https://a.example"), marked("link", "https://b.example"))
    assert obstacles(plain, marked("link", "https://a.example"))
    assert obstacles(plain, marked("strike"))
    assert obstacles(plain, marked("em")) == []


def test_in_a_language_without_lists_only_signs_may_change() -> None:
    assert check("nous venons.", "nous allons.", language="fr")
    assert check("nous venons , ici.", "nous venons, ici.", language="fr") == []
    assert check("ici. Nous venons.", "ici; nous venons.", language="fr") == []
    assert check("12 là.", "13 là.", language="fr")
    assert "words" not in abouts("we came.", "we went.", language="en-GB")


# --- properties -------------------------------------------------------------------------------

SIGNS = (
    "the The a not must should 12 13 March Blair “ ” ' all or , . ? committee comittee came went"
    " don't do at least dog"
)
sentences = st.lists(st.sampled_from(SIGNS.split()), max_size=25).map(" ".join)


@given(wordings)
def test_no_change_is_no_obstacle(wording: Wording) -> None:
    assert obstacles(wording, wording) == []


@given(wordings, wordings)
def test_any_two_wordings_can_be_checked_both_ways(before: Wording, after: Wording) -> None:
    there, back = obstacles(before, after), obstacles(after, before)
    assert bool(there) == bool(back)
    assert all(obstacle.message for obstacle in there)


@given(sentences, sentences)
def test_the_way_back_has_the_same_obstacles(before: str, after: str) -> None:
    there = obstacles(text("paragraph", before), text("paragraph", after))
    back = obstacles(text("paragraph", after), text("paragraph", before))
    turned = {Obstacle(o.about, o.after, o.before) for o in back}
    assert set(there) == turned


@given(st.text(max_size=40), st.text(max_size=40))
def test_changed_digits_are_always_an_obstacle(before: str, after: str) -> None:
    digits = ["".join(c for c in words if c.isdigit()) for words in (before, after)]
    found = obstacles(text("paragraph", before), text("paragraph", after))
    assert found or digits[0] == digits[1]


@given(sentences, st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_changed_number_is_always_an_obstacle(words: str, one: int, other: int) -> None:
    found = obstacles(text("paragraph", f"{words} {one}"), text("paragraph", f"{words} {other}"))
    assert bool(found) == (one != other)


@given(sentences)
def test_white_space_alone_is_never_an_obstacle(words: str) -> None:
    spread = words.replace(" ", " \n ")
    assert obstacles(text("paragraph", words), text("paragraph", spread)) == []
