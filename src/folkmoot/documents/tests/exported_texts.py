"""Texts to write out in tests: one of everything, and strategies for many."""

import datetime
import hashlib
import io
from functools import cache

from hypothesis import strategies as st
from PIL import Image

from folkmoot.algorithms.wording import (
    LEVELS,
    Asks,
    Break,
    Content,
    Figure,
    Footnote,
    Mark,
    Run,
    Table,
    Wording,
    text,
)
from folkmoot.documents.export_text import ExportPassage, ExportText
from folkmoot.documents.markdown import read_passage


@cache
def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (240, 120), "#1f4e5f").save(out, "PNG")
    return out.getvalue()


DIGEST = hashlib.sha256(picture()).hexdigest()


def typed(words: str, like: Wording) -> Wording:
    return read_passage(words, like)


def everything() -> ExportText:
    """One of every kind of passage, as an author might have written them."""
    paragraph = Wording("paragraph")
    item = Wording("item", depth=1)
    passages = [
        (typed("What happened^[With thanks.]", Wording("heading", depth=1)), ""),
        (typed("We asked **3,871** people.^[Survey, *spring 2026*, table 4.]", paragraph), "1"),
        (typed("H~2~O, E = mc^2^, ~~struck~~, `code` and [a link](https://example.org/?a=b&c=d).",
               paragraph), "2"),
        (typed("The shape of it", Wording("heading", depth=2)), ""),
        (typed("| Year | Votes |\n| --- | --- |\n| 2021 | 846,000^[Provisional.] |\n| 2025 |  |\n"
               "Table: Votes in *two* years", Wording("table", table=Table(()))), ""),
        (typed("With that warning:", paragraph), "3"),
        (typed("forty-four in a hundred;", item), ""),
        (typed("forty-seven in a hundred:", item), ""),
        (typed("at home;", Wording("item", depth=2, ordered=True)), "(a)"),
        (typed("abroad.", Wording("item", depth=2, ordered=True)), "(b)"),
        (typed("This goes on with (b).", Wording("paragraph", depth=2)), ""),
        (typed("nine in a hundred.", item), ""),
        (typed("I hadn't heard from you.", Wording("quote")), ""),
        (typed("(A former supporter)", Wording("quote")), ""),
        (typed("what she kept", Wording("item", depth=1, quoted=True)), ""),
        (typed("A deep heading", Wording("heading", depth=4)), ""),
        (typed("A line\\\nand another.", paragraph), "4"),
        (typed("The board should publish it by 1 March.^[See chapter 2.]{a}",
               Wording("recommendation", asks=Asks("Members & supporters", "The board", "both"))),
         "17"),
        (Wording("figure", (Run("Swing by region"),), figure=Figure(DIGEST, "A line that rises")),
         ""),
        (text("code", 'if x:\n    y = "<a>"'), ""),
        (typed("And then", Wording("heading", depth=1)), ""),
        (typed("The end.", paragraph), "4.2(b)"),
    ]  # fmt: skip
    return ExportText(
        title="From promises to practice",
        subtitle="The second edition",
        date=datetime.date(2026, 11, 22),
        notice="All 15 commissioners agree to every word.\n\nManifest 3f9a.",
        passages=[
            ExportPassage(f"{n:010}", wording, label) for n, (wording, label) in enumerate(passages)
        ],
        pictures=lambda digest: picture() if digest == DIGEST else None,
    )


_letters = st.sampled_from(
    ["word", "é", "1923", "£5", "x*y", "_a_", "<b>", "&amp;", "\u2019", "[sic]", "a|b", "—", "#1",
     "C:\\temp", "10^6", "~", "$5", "@home", "“so”", "…", "{x}", "`"]
)  # fmt: skip
_words = st.lists(_letters, min_size=1, max_size=5).map(" ".join).map(lambda words: f"So {words}")
_marks = st.frozensets(
    st.sampled_from(
        [
            Mark("strong"),
            Mark("em"),
            Mark("strike"),
            Mark("link", "https://example.org/?a=b&c=(d)"),
        ]
    ),
    max_size=2,
)
_runs = st.builds(Run, _words, st.just(frozenset[Mark]()) | _marks)
_spaces = st.just(Run(" "))
_notes = st.builds(lambda run: Footnote((run,)), _runs)


@st.composite
def _content(draw: st.DrawFn) -> Content:
    parts: list[Run | Break | Footnote] = [Run("First words")]
    for run in draw(st.lists(_runs, max_size=3)):
        parts += [draw(_spaces), run]
        if draw(st.booleans()):
            parts.append(draw(_notes))
    return tuple(parts)


@st.composite
def texts(draw: st.DrawFn) -> ExportText:
    """A text as authors make them: words in every passage, depths that follow from one another."""
    wordings: list[tuple[Wording, str]] = [(text("heading", "Chapter", depth=1), "")]
    depth = 0
    for _ in range(draw(st.integers(1, 12))):
        kind = draw(
            st.sampled_from(
                ["heading", "paragraph", "item", "item", "goes on", "quote", "recommendation",
                 "table"]
            )
        )  # fmt: skip
        words = draw(_content())
        if kind == "item":
            depth = draw(st.integers(1, min(depth + 1, 3)))
            ordered = draw(st.booleans())
            wordings.append((Wording("item", words, depth=depth, ordered=ordered), ""))
        elif kind == "goes on" and depth:
            wordings.append((Wording("paragraph", words, depth=depth), ""))
        else:
            depth = 0
            match kind:
                case "heading":
                    level = draw(st.integers(1, 5))
                    wordings.append((Wording("heading", words, depth=level), ""))
                case "quote":
                    wordings.append((Wording("quote", words), ""))
                    if draw(st.booleans()):
                        listed = Wording("item", words, depth=1, quoted=True)
                        wordings += [(listed, ""), (listed, "")]
                case "recommendation":
                    asks = Asks("Money", "The treasurer", draw(st.sampled_from(LEVELS)))
                    label = draw(st.sampled_from(["1", "17", "A3", ""]))
                    wordings.append((Wording("recommendation", words, asks=asks), label))
                case "table":
                    rows = ((words, (Run("b"),)), ((Run("c"),), draw(_content())))
                    wordings.append((Wording("table", (), table=Table(rows)), ""))
                case _:
                    label = draw(st.sampled_from(["", "", "17", "4.2(b)", "A3"]))
                    wordings.append((Wording("paragraph", words), label))
    passages = [ExportPassage(f"{n:010}", w, label) for n, (w, label) in enumerate(wordings)]
    return ExportText(title="A title", passages=passages, notice="All agree.")
