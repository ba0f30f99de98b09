"""The words of a wording as comparable tokens: words, numbers, punctuation, gaps and notes.

Two stretches of content have the same keys exactly when their canonical forms are the same, so a
redline is empty exactly when the digests agree.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from folkmoot.algorithms.wording import (
    Break,
    Content,
    Footnote,
    Inline,
    Mark,
    Run,
    fold,
)

type Key = str | tuple[str, object]

# Combining marks and joiners belong to the character before them; `\w` alone would cut them off.
_JOINED: Final = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a"
    "\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a"
    "\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963\u0981-\u0983\u09bc-\u09d7\u0a01-\u0a03"
    "\u0a3c-\u0a51\u0a81-\u0a83\u0abc-\u0acd\u0b01-\u0b03\u0b3c-\u0b57\u0b82\u0bbe-\u0bd7"
    "\u0c00-\u0c04\u0c3e-\u0c56\u0c81-\u0c83\u0cbc-\u0cd6\u0d00-\u0d03\u0d3b-\u0d57\u0d81-\u0d83"
    "\u0dca-\u0df3\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u0f18-\u0f3f"
    "\u0f71-\u0f84\u0f90-\u0fbc\u102b-\u103e\u1056-\u1059\u17b4-\u17d3\u1ab0-\u1aff\u1dc0-\u1dff"
    "\u200c\u200d\u20d0-\u20ff\u3099\u309a\ufe00-\ufe0f\ufe20-\ufe2f"
)
# Scripts that put no space between words: one character (with its marks) is the unit.
_UNSPACED: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
_LETTERS: Final = rf"(?:(?![{_UNSPACED}])\w[{_JOINED}]*)+"
TOKEN: Final = re.compile(
    rf" +"
    rf"|[£$€¥]?\d+(?:[.,:/'’‐‑–-]?\d+)*(?:%|{_LETTERS})?"
    rf"|{_LETTERS}(?:['’.‐‑-]{_LETTERS})*"
    rf"|[^ ][{_JOINED}]*"
)
_SENTENCE_END: Final = frozenset(".!?…。！？।؟")


class Token(NamedTuple):
    """The smallest thing a redline shows whole. `key` is what is compared, `inline` is shown."""

    key: Key
    inline: Inline

    @property
    def words(self) -> str:
        """The unmarked characters; a note has none."""
        if isinstance(self.inline, Run):
            return self.inline.text
        return " " if isinstance(self.inline, Break) else ""

    @property
    def is_gap(self) -> bool:
        return self.key == " "

    @property
    def is_word(self) -> bool:
        """A word or a number, as against punctuation, a gap or a note."""
        words = self.words
        return bool(words) and any(c.isalnum() for c in words)

    @property
    def ends_sentence(self) -> bool:
        return self.words[-1:] in _SENTENCE_END and not self.is_word


def tokens(content: Iterable[Inline]) -> list[Token]:
    """The tokens of inline content, in order; white space folded as in the canonical form."""
    out: list[Token] = []
    for piece in _pieces(content):
        match piece:
            case Footnote():
                note = tuple(token.key for token in tokens(piece.content))
                out.append(Token(("footnote", note), piece))
            case Break():
                out.append(Token(" ", piece))
            case Run(words, marks):
                for found in TOKEN.finditer(unicodedata.normalize("NFC", words)):
                    word = found[0]
                    if word[0] == " ":
                        out.append(Token(" ", Run(" ", marks)))
                    else:
                        out.append(Token((word, marks) if marks else word, Run(word, marks)))
    return out


def text_tokens(words: str) -> list[Token]:
    """The tokens of plain text."""
    return tokens((Run(words),))


def content_of(parts: Iterable[Token]) -> Content:
    """Tokens put back together as inline content."""
    out: list[Inline] = []
    held: list[str] = []
    marks: frozenset[Mark] = frozenset()
    for token in parts:
        inline = token.inline
        if isinstance(inline, Run):
            if held and inline.marks != marks:
                out.append(Run("".join(held), marks))
                held = []
            marks = inline.marks
            held.append(inline.text)
            continue
        if held:
            out.append(Run("".join(held), marks))
            held = []
        out.append(inline)
    if held:
        out.append(Run("".join(held), marks))
    return tuple(out)


def _pieces(content: Iterable[Inline]) -> Iterator[Inline]:
    """Words, gaps and notes as the canonical form joins them: runs with the same marks merged,
    white space a piece of its own with the marks common to both sides, none at the two ends.
    A gap keeps its line break, so that it can be shown."""
    held = Run("")
    last: Inline | None = None
    gap: Inline | None = None
    for inline in content:
        if isinstance(inline, Footnote):
            if held.text:
                yield held
            if last is None:
                gap = None
            held, last = Run(""), inline
            yield inline
            continue
        if isinstance(inline, Break):
            gap = inline
            continue
        # The frame shows whether the run begins or ends with white space once it is folded.
        framed = fold(f"|{inline.text}|")
        words = framed[1:-1].strip(" ")
        if framed[1] == " ":
            gap = gap or Run(" ")
        if not words:
            continue
        if last is not None and gap is not None:
            if held.text:
                yield held
            shared = last.marks & inline.marks if isinstance(last, Run) else frozenset()
            yield gap if isinstance(gap, Break) else Run(" ", shared)
            held = Run("")
        if held.text and held.marks == inline.marks:
            held = Run(held.text + words, inline.marks)
        else:
            if held.text:
                yield held
            held = Run(words, inline.marks)
        last = held
        gap = Run(" ") if framed[-2] == " " else None
    if held.text:
        yield held
