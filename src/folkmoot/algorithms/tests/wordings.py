"""Strategies for wordings of every kind, for tests of whatever carries them somewhere and back."""

from hypothesis import strategies as st

from folkmoot.algorithms.wording import (
    LEVELS,
    MARKS,
    Asks,
    Break,
    Content,
    Figure,
    Footnote,
    Mark,
    Run,
    Table,
    Wording,
)

ADDRESSES = (
    "https://example.org/a?b=c&d=(e)",
    "http://example.org/",
    "mailto:clerk@example.org",
    "tel:+441234567890",
    "#p-0123456789",
    "javascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "//example.org",
    "a b",
    "",
)
"""Addresses that may be links, and some that must not be."""

AWKWARD = (
    "<b>",
    "&amp;",
    "</p>",
    "*",
    "**",
    "_",
    "~",
    "~~",
    "^",
    "^[",
    "]",
    "[",
    "](",
    ")",
    "`",
    "``",
    "\\",
    "|",
    "#",
    "- ",
    "1. ",
    "> ",
    "  ",
    "\n",
    "\n\n",
    "\t",
    "\u00a0",
    "\u200b",
    "Table: ",
    "---",
    "é",
    "e\u0301",
    "\u05d0",
    "x",
    "word",
)
"""Pieces of text that mean something to HTML, to Markdown or to the canonical form."""

words = st.lists(st.sampled_from(AWKWARD), max_size=6).map("".join) | st.text(max_size=20)
marks = st.frozensets(
    st.sampled_from([Mark(name) for name in MARKS if name != "link"])
    | st.sampled_from(ADDRESSES).map(lambda address: Mark("link", address)),
    max_size=3,
)
runs = st.builds(Run, words, st.just(frozenset[Mark]()) | marks)
pieces = st.lists(runs | st.builds(Break), max_size=4).map(tuple)
footnotes = st.builds(Footnote, pieces, st.sampled_from(["", "", "a", "b"]))
content = st.lists(runs | runs | st.builds(Break) | footnotes, max_size=5).map(tuple)
languages = st.sampled_from(["", "", "cy", "en-GB", "ar"])

blocks = st.builds(
    Wording,
    kind=st.sampled_from(["heading", "paragraph", "item", "quote", "code"]),
    content=content,
    depth=st.integers(0, 9),
    language=languages,
    ordered=st.booleans(),
    quoted=st.booleans(),
)
tables = st.builds(
    Wording,
    kind=st.just("table"),
    content=content,
    depth=st.integers(0, 2),
    table=st.builds(
        Table,
        st.lists(st.lists(content, max_size=3).map(tuple), max_size=4).map(tuple),
        st.integers(0, 5),
    ),
)
figures = st.builds(
    Wording,
    kind=st.just("figure"),
    content=content,
    figure=st.builds(Figure, st.just("0" * 64) | st.just("ab" * 32), words),
)
recommendations = st.builds(
    Wording,
    kind=st.just("recommendation"),
    content=content,
    language=languages,
    asks=st.builds(Asks, words, words, st.sampled_from(LEVELS)),
)
wordings = blocks | tables | figures | recommendations
"""Any wording at all, the odd ones included."""


def _sensible_depth(kind: str) -> st.SearchStrategy[int]:
    return st.integers(1, 4) if kind in ("heading", "item") else st.integers(0, 2)


@st.composite
def plain_blocks(draw: st.DrawFn) -> Wording:
    """Blocks as an author makes them: depths and flags only where they mean something."""
    kind = draw(st.sampled_from(["heading", "paragraph", "item", "quote"]))
    inside: Content = draw(content)
    return Wording(
        kind,  # type: ignore[arg-type]
        inside,
        depth=draw(_sensible_depth(kind)),
        ordered=kind == "item" and draw(st.booleans()),
        quoted=kind == "item" and draw(st.booleans()),
    )
