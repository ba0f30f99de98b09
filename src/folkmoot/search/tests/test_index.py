"""Putting words in and finding them."""

import pytest

from folkmoot.search.index import Document, find, put

pytestmark = pytest.mark.django_db

DOCUMENTS = [
    Document("a", "Branches", "Every branch meets once a quarter in a café people already know."),
    Document("b", "Money", "The treasurer publishes the accounts; branches may ask."),
    Document("c", "Meeting places", "A hall, a kitchen <b>table</b>, a bench."),
]


@pytest.fixture(autouse=True)
def _documents() -> None:
    put("edition:1", DOCUMENTS)
    put("edition:2", [Document("z", "Branches", "Elsewhere a branch meets too.")])


def keys(query: str) -> list[str]:
    return [found.key for found in find("edition:1", query)]


def test_finds_forms_of_a_word_within_the_scope_only() -> None:
    assert set(keys("branch")) == {"a", "b"}


def test_all_words_must_occur() -> None:
    assert keys("branches accounts") == ["b"]


def test_the_last_word_may_be_a_beginning() -> None:
    assert keys("treas") == ["b"]


def test_quoted_words_stand_together() -> None:
    assert keys('"once a quarter"') == ["a"]
    assert keys('"quarter once"') == []


def test_a_word_in_the_heading_comes_first() -> None:
    assert keys("meeting")[0] == "c"


def test_the_excerpt_marks_what_matched_and_escapes_the_rest() -> None:
    (found,) = find("edition:1", "kitchen")
    assert "<mark>kitchen</mark>" in found.excerpt
    assert "&lt;b&gt;" in found.excerpt
    assert "<b>" not in found.excerpt


def test_putting_again_replaces() -> None:
    put("edition:1", DOCUMENTS[:1])
    assert keys("treasurer") == []


@pytest.mark.parametrize(
    "query", ["", "   ", '"', "AND OR NOT", "NEAR(a", "*", "a' OR 1=1 --", "\x00", ":*", "x" * 999]
)
def test_no_query_is_an_error(query: str) -> None:
    assert isinstance(find("edition:1", query), list)
