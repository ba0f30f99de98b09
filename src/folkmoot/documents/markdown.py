r"""The light Markdown that people type into a plain form when they edit one passage.

`**strong**`, `*em*`, `~~strike~~`, `~sub~`, `^sup^`, `` `code` ``, `[words](https://example.org)`,
a footnote where it belongs as `^[its words]`, a line break as two spaces or a backslash at the end
of a line. A table is rows of cells between pipes, with a line of dashes under its headings and
`Table: ` before its caption. A backslash makes the sign after it plain. Whatever is not markup is
text: nothing typed can fail, and nothing is ever taken away.

Why not a Markdown library: what a form shows must come back with the digest it had, for every
wording there is, and Markdown's own rules for emphasis cannot say some of them (a mark that ends
within a word, emphasis next to strong emphasis). So marks here are switches rather than nested
brackets: each sign turns its mark on or off, which needs no rule for what nests in what. Block
markup (`#`, `>`, `-`) means nothing, since kind and depth of a passage are fields of their own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from folkmoot.algorithms.markup import safe_link
from folkmoot.algorithms.wording import (
    Break,
    Content,
    Footnote,
    Inline,
    Mark,
    Run,
    Table,
    Wording,
    fold,
)

_PUNCTUATION: Final = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_SPECIAL: Final = re.compile(r"[\\*~^`\[\]|<{}-]")
_INVISIBLE: Final = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))
_SIGNS: Final = {
    "strong": "**",
    "em": "*",
    "strike": "~~",
    "sub": "~",
    "sup": "^",
}
_SWITCHES: Final = {
    "*": ("em",),
    "**": ("strong",),
    "***": ("strong", "em"),
    "~": ("sub",),
    "~~": ("strike",),
    "~~~": ("strike", "sub"),
    "^": ("sup",),
}
_TIGHT: Final = frozenset({"sub", "sup"})
"""Marks whose signs hold no white space between them, so that “10^6 to 10^7” stays as typed."""
_LABEL: Final = re.compile(r"\{([^{}\\|\s]{1,40})\}")
_LINE_BREAK_IN_CELL: Final = "<br>"
_RULE: Final = re.compile(r":?-{3,}:?")
_CAPTION: Final = "Table:"


def write_passage(wording: Wording) -> str:
    """The words of a wording as a person would type them.

    `read_passage(write_passage(w), like=w)` has the digest of `w`. Signs are only escaped when
    something in the passage would otherwise be taken for markup.
    """
    text = _write(wording, escaped=False)
    if read_passage(text, wording).digest == wording.digest:
        return text
    return _write(wording, escaped=True)


def read_passage(text: str, like: Wording) -> Wording:
    """What was typed, as a wording with the kind and attributes of `like`.

    Never fails. For a table the words are its rows and caption; how many rows are headings is told
    by the line of dashes, and without one is as in `like`.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if like.table is not None:
        return _read_table(text, like, like.table)
    return replace(like, content=_Reader(text, code=like.kind == "code").content())


# --- writing --------------------------------------------------------------------------------

type Piece = tuple[str, frozenset[Mark]] | Footnote | int
"""Words with their marks, a footnote, or a number of line breaks (0 for a space)."""


def _write(wording: Wording, *, escaped: bool) -> str:
    if wording.table is None:
        return _Writer(escaped, preserve=wording.kind == "code").inline(wording.content)
    table = wording.table
    cells = _Writer(escaped, cell=True)
    lines = [
        "".join(("| ", " | ".join(cells.inline(c) for c in row), " |")) if row else "|"
        for row in table.rows
    ]
    if 0 <= table.header_rows <= len(table.rows):
        columns = max([1, *(len(row) for row in table.rows)])
        lines.insert(table.header_rows, "| " + " | ".join(["---"] * columns) + " |")
    caption = _Writer(escaped).inline(wording.content)
    if caption:
        lines.append(f"{_CAPTION} {caption}")
    return "\n".join(lines)


@dataclass(slots=True)
class _Writer:
    escaped: bool
    preserve: bool = False
    cell: bool = False

    def inline(self, content: Content | tuple[Run | Break, ...]) -> str:
        out: list[str] = []
        on: frozenset[str] = frozenset()
        links: list[Mark] = []
        found = list(pieces(content, self.preserve))
        for index, piece in enumerate(found):
            if isinstance(piece, int):
                out.append(self._gap(piece))
                continue
            words, marks = ("", frozenset[Mark]()) if isinstance(piece, Footnote) else piece
            wanted = frozenset(mark.name for mark in marks) & _SIGNS.keys()
            if words and not words.isspace():
                on = self._switch(out, links, on, wanted, marks)
                out.append(self._words(words, any(mark.name == "code" for mark in marks)))
            elif isinstance(piece, Footnote):
                on = self._switch(out, links, on, frozenset(), frozenset())
                label = f"{{{piece.label}}}" if _LABEL.fullmatch(f"{{{piece.label}}}") else ""
                out.append(f"^[{self.inline(piece.content)}]{label}")
            # A mark ends before white space and begins after it.
            after = found[index + 1 :]
            if after and _is_gap(after[0]):
                following = next((p for p in after if not _is_gap(p)), None)
                shared = marks & following[1] if isinstance(following, tuple) else frozenset()
                kept = on & frozenset(mark.name for mark in shared) - _TIGHT
                on = self._switch(out, links, on, kept, shared)
            if words.isspace():
                out.append(words)
        self._switch(out, links, on, frozenset(), frozenset())
        return "".join(out)

    def _switch(
        self,
        out: list[str],
        links: list[Mark],
        on: frozenset[str],
        wanted: frozenset[str],
        marks: frozenset[Mark],
    ) -> frozenset[str]:
        """Signs and brackets that lead from the marks in force to those wanted."""
        out += [_SIGNS[name] for name in _SIGNS if name in on - wanted]
        targets = sorted(mark for mark in marks if mark.name == "link")
        keep = 0
        while keep < len(links) and links[keep] in targets:
            keep += 1
        while len(links) > keep:
            out.append(f"]({_address(links.pop().value)})")
        for link in targets:
            if link not in links:
                links.append(link)
                out.append("[")
        out += [_SIGNS[name] for name in _SIGNS if name in wanted - on]
        return wanted

    def _gap(self, breaks: int) -> str:
        if not breaks:
            return " "
        return (f" {_LINE_BREAK_IN_CELL} " if self.cell else "\\\n") * breaks

    def _words(self, words: str, code: bool) -> str:
        if code:
            fence = "`"
            while fence in re.findall("`+", words):
                fence += "`"
            padded = words[0] in " `" or words[-1] in " `"
            return f"{fence} {words} {fence}" if padded else f"{fence}{words}{fence}"
        return _SPECIAL.sub(r"\\\g<0>", words) if self.escaped else words


def pieces(content: Content | tuple[Run | Break, ...], preserve: bool = False) -> Iterator[Piece]:
    """Words without white space at their ends, and the white space between them.

    This is the canonical form's view (white space at the ends of a passage or around a run is not
    the run's), but with line breaks and labels kept. With `preserve` white space stays as it is.
    """
    begun = False
    gap: int | None = None
    space = ""
    held: tuple[str, frozenset[Mark]] | None = None
    for inline in content:
        if isinstance(inline, Footnote):
            if held is not None:
                yield held
                held = None
            if not begun:
                gap, space = None, ""
            yield inline
            begun = True
            continue
        if isinstance(inline, Break):
            gap = (gap or 0) + 1
            continue
        words = unicodedata.normalize("NFC", _wellformed(inline.text)).translate(_INVISIBLE)
        if words and (words.isspace() or words[0].isspace()):
            gap = gap or 0
            space += words[: len(words) - len(words.lstrip())]
        stripped = words.strip()
        if not stripped:
            continue
        if gap is not None and begun:
            if held is not None:
                yield held
                held = None
            yield (space, frozenset()) if preserve and space and not gap else gap
        gap, space = (0, words[len(words.rstrip()) :]) if words[-1].isspace() else (None, "")
        begun = True
        for part in _parts(stripped, inline.marks, preserve):
            if held is not None and isinstance(part, tuple) and held[1] == part[1]:
                held = (held[0] + part[0], part[1])
                continue
            if held is not None:
                yield held
            held = part if isinstance(part, tuple) else None
            if not isinstance(part, tuple):
                yield part
    if held is not None:
        yield held


def _parts(words: str, marks: frozenset[Mark], preserve: bool) -> list[Piece]:
    """One run cut where its white space must stand outside its signs."""
    if not any(mark.name in _TIGHT for mark in marks):
        return [(words if preserve else " ".join(words.split()), marks)]
    parts: list[Piece] = []
    for word in words.split():
        parts += [0, (word, marks)] if parts else [(word, marks)]
    return parts


def _is_gap(piece: Piece) -> bool:
    return isinstance(piece, int) or (isinstance(piece, tuple) and piece[0].isspace())


def _address(address: str) -> str:
    plain = safe_link(address) and not _ODD_IN_ADDRESS.search(address) and _balanced(address)
    if plain and len(address) <= _LONGEST:
        return address
    # One that cannot be a link comes in angle brackets, or it would be read as plain text.
    return "<" + _ANGLE_SIGNS.sub(lambda sign: "\\" + _LETTERS.get(sign[0], sign[0]), address) + ">"


_ODD_IN_ADDRESS: Final = re.compile(r"[<>\\|`\[\]]")
_ANGLE_SIGNS: Final = re.compile(r"[\\<>`\n\r]")
_LETTERS: Final = {"\n": "n", "\r": "r"}
_SIGN_OF: Final = {letter: sign for sign, letter in _LETTERS.items()}


_LONGEST: Final = 2000
_DEEPEST: Final = 9
"""How many brackets an address may open before closing one; keeps reading linear."""


def _balanced(address: str) -> bool:
    depth = 0
    for sign in address:
        depth += (sign == "(") - (sign == ")")
        if not 0 <= depth <= _DEEPEST:
            return False
    return depth == 0


def _wellformed(words: str) -> str:
    return words.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


# --- reading --------------------------------------------------------------------------------


@dataclass(slots=True)
class _Sign:
    """One or more switches met in the text; `thrown` are those that found their partner."""

    text: str
    opens: bool
    closes: bool
    links: frozenset[Mark] = frozenset()
    thrown: set[str] = field(default_factory=set)


type _Item = Run | Break | Footnote | _Sign


@dataclass(slots=True)
class _Scope:
    """The passage, or one note in it: marks do not reach from one to the other."""

    items: list[_Item] = field(default_factory=list)
    links: list[Mark] = field(default_factory=list)
    tight: dict[str, tuple[_Sign, int]] = field(default_factory=dict)
    """Opened sub and sup signs, with the number of items before what they hold."""

    def add(self, words: str, *marks: Mark) -> None:
        if not words:
            return
        if any(map(str.isspace, words)):
            self.tight.clear()
        self.items.append(Run(words, frozenset((*self.links, *marks))))

    def sign(self, sign: _Sign) -> None:
        for name in _SWITCHES[sign.text]:
            if name not in _TIGHT:
                continue
            opened = self.tight.get(name)
            if opened is not None and sign.closes and len(self.items) > opened[1]:
                opened[0].thrown.add(name)
                sign.thrown.add(name)
                del self.tight[name]
            elif sign.opens:
                self.tight[name] = (sign, len(self.items) + 1)
        self.items.append(sign)

    def holds_sup(self) -> bool:
        """Whether a ^ here would end a superscript."""
        opened = self.tight.get("sup")
        return opened is not None and len(self.items) > opened[1]

    def content(self) -> Content:
        signs = [item for item in self.items if isinstance(item, _Sign)]
        for name in ("strong", "em", "strike"):
            _throw(name, [sign for sign in signs if name in _SWITCHES[sign.text]])
        out: list[Inline] = []
        on: set[str] = set()
        for item in self.items:
            if not isinstance(item, _Sign):
                marks = frozenset(map(Mark, on))
                out.append(Run(item.text, item.marks | marks) if isinstance(item, Run) else item)
                continue
            plain = "".join(
                _SIGNS[name] for name in _SWITCHES[item.text] if name not in item.thrown
            )
            # Signs that are text stand outside what the others switch on or off.
            ended = on & item.thrown
            on -= ended
            out.append(Run(plain, item.links | frozenset(map(Mark, on))))
            on |= item.thrown - ended
        return _merged(out)


def _merged(items: Iterable[Inline]) -> Content:
    """Empty runs left out, neighbours with the same marks made one."""
    out: list[Inline] = []
    words: list[str] = []
    marks: frozenset[Mark] = frozenset()

    def flush() -> None:
        if words:
            out.append(Run("".join(words), marks))
            words.clear()

    for item in items:
        if not isinstance(item, Run):
            flush()
            out.append(item)
        elif item.text:
            if item.marks != marks:
                flush()
                marks = item.marks
            words.append(item.text)
    flush()
    return tuple(out)


def _throw(name: str, signs: list[_Sign]) -> None:
    """Pair the signs of one mark: each opening one with the next that can close it."""
    last = max((i for i, sign in enumerate(signs) if sign.closes), default=-1)
    opened: _Sign | None = None
    for index, sign in enumerate(signs):
        if opened is not None and sign.closes:
            opened.thrown.add(name)
            sign.thrown.add(name)
            opened = None
        elif opened is None and sign.opens and index < last:
            opened = sign


class _Reader:
    """Reads one stretch of inline markup in time linear in its length."""

    def __init__(self, text: str, *, code: bool = False, cell: bool = False) -> None:
        self._text = text
        self._code = code
        self._cell = cell
        self._spans = _code_spans(text)
        self._closing = self._brackets()

    def content(self) -> Content:
        text, at = self._text, 0
        scopes = [_Scope()]
        notes: list[int] = []
        links: list[tuple[int, int]] = []
        plain: list[str] = []

        def flush() -> None:
            scopes[-1].add("".join(plain))
            plain.clear()

        while at < len(text):
            sign = text[at]
            if sign == "\\" and text[at + 1 : at + 2] in _PUNCTUATION:
                plain.append(text[at + 1])
                at += 2
            elif (length := self._break(at)) > 0:
                flush()
                scopes[-1].tight.clear()
                scopes[-1].items.append(Break())
                at += length
            elif sign == "`" and at in self._spans:
                flush()
                start, end, after = self._spans[at]
                scopes[-1].add(_unpadded(text[start:end]), Mark("code"))
                at = after
            elif links and at == links[-1][0]:
                flush()
                at = links.pop()[1]
                scopes[-1].links.pop()
            elif notes and at == notes[-1]:
                flush()
                notes.pop()
                words = scopes.pop().content()
                label = _LABEL.match(text, at + 1)
                footnote = Footnote(
                    tuple(w for w in words if not isinstance(w, Footnote)),
                    label[1] if label else "",
                )
                scopes[-1].items.append(footnote)
                at = label.end() if label else at + 1
            elif sign == "[" and (link := self._link(at)) is not None:
                flush()
                mark, end, after = link
                scopes[-1].links.append(mark)
                links.append((end, after))
                at += 1
            elif sign in "*~^":
                length = _run(text, at)
                note = sign == "^" and at + length in self._closing and not notes
                flush()
                if note and not (length == 1 and scopes[-1].holds_sup()):
                    self._signs(scopes[-1], at, length - 1)
                    notes.append(self._closing[at + length])
                    scopes.append(_Scope())
                    at += length + 1
                else:
                    self._signs(scopes[-1], at, length)
                    at += length
            else:
                plain.append(" " if sign == "\n" and not self._code else sign)
                at += 1
        flush()
        return scopes[0].content()

    def _signs(self, scope: _Scope, at: int, length: int) -> None:
        text = self._text
        signs = text[at : at + length]
        if signs not in _SWITCHES:
            scope.add(signs)
            return
        before = text[at - 1 : at] if at else ""
        after = text[at + length : at + length + 1]
        scope.sign(
            _Sign(
                signs,
                opens=bool(after) and not after.isspace(),
                closes=bool(before) and not before.isspace(),
                links=frozenset(scope.links),
            )
        )

    def _break(self, at: int) -> int:
        """How long the line break here is, 0 when there is none."""
        text = self._text
        if text.startswith("\\\n", at):
            return 2
        if self._cell and text.startswith(_LINE_BREAK_IN_CELL, at):
            return len(_LINE_BREAK_IN_CELL)
        if not self._code and text.startswith("  ", at) and text[at - 1 : at] != " ":
            end = at
            while text[end : end + 1] == " ":
                end += 1
            if text[end : end + 1] == "\n":
                return end + 1 - at
        return 0

    def _link(self, at: int) -> tuple[Mark, int, int] | None:
        """The link that begins at a bracket: its mark, where its words end, what comes after."""
        end = self._closing.get(at)
        if end is None or self._text[end + 1 : end + 2] != "(":
            return None
        text, start = self._text, end + 2
        if text[start : start + 1] == "<":
            found = _ANGLE.match(text, start)
            if found is None:
                return None
            address = _ESCAPED_IN_ANGLE.sub(lambda e: _SIGN_OF.get(e[1], e[1]), found[1])
            return Mark("link", address), end, found.end()
        found = _BARE.match(text, start)
        if found is None:
            return None
        depth, stop = 0, start
        for stop in range(start, found.end() + 1):
            here = text[stop : stop + 1]
            if here == ")" and depth == 0:
                break
            depth += (here == "(") - (here == ")")
            if depth > _DEEPEST:
                return None
        else:
            return None
        address = text[start:stop]
        return (Mark("link", address), end, stop + 1) if safe_link(address) else None

    def _brackets(self) -> dict[int, int]:
        """Where each opening bracket is closed."""
        closing: dict[int, int] = {}
        opened: list[int] = []
        at, text = 0, self._text
        while at < len(text):
            sign = text[at]
            if sign == "\\":
                at += 2
                continue
            if sign == "`" and at in self._spans:
                at = self._spans[at][2]
                continue
            if sign == "[":
                opened.append(at)
            elif sign == "]" and opened:
                closing[opened.pop()] = at
                found = _ANGLE.match(text, at + 2) if text.startswith("](<", at) else None
                if found is not None:
                    at = found.end()
                    continue
            at += 1
        return closing


_ANGLE: Final = re.compile(r"<((?:[^\\<>]|\\.)*)>\)", re.DOTALL)
_ESCAPED_IN_ANGLE: Final = re.compile(r"\\([\\<>`nr])")
_BARE: Final = re.compile(rf"[^\s<>\\]{{1,{_LONGEST}}}")


def _run(text: str, at: int) -> int:
    end = at
    while end < len(text) and text[end] == text[at]:
        end += 1
    return end - at


def _unpadded(words: str) -> str:
    padded = len(words) > 2 and words[0] == words[-1] == " " and not words.isspace()
    return words[1:-1] if padded else words


def _code_spans(text: str) -> dict[int, tuple[int, int, int]]:
    """By where the opening backticks begin: start and end of the code, and what comes after."""
    runs = [(found.start(), found.end()) for found in re.finditer("`+", text)]
    later: dict[int, list[int]] = {}
    for start, end in reversed(runs):
        later.setdefault(end - start, []).append(start)
    spans: dict[int, tuple[int, int, int]] = {}
    at = 0
    while True:
        found = _BACKTICK.search(text, at)
        if found is None:
            return spans
        at = found.end()
        if not found[0].startswith("`"):
            continue
        length = found.end() - found.start()
        starts = later.get(length, [])
        while starts and starts[-1] < found.end():
            starts.pop()
        if starts:
            spans[found.start()] = (found.end(), starts[-1], starts[-1] + length)
            at = starts[-1] + length


_BACKTICK: Final = re.compile(r"\\.|`+", re.DOTALL)


def _read_table(text: str, like: Wording, table: Table) -> Wording:
    lines = text.split("\n")
    captions: list[str] = []
    for index, line in enumerate(lines):
        if line.lstrip().startswith(_CAPTION):
            first = not any(before.strip() for before in lines[:index])
            end = len(lines)
            if first:
                end = next(
                    (
                        i
                        for i in range(index + 1, len(lines))
                        if not lines[i].strip() or lines[i].lstrip().startswith("|")
                    ),
                    len(lines),
                )
            captions = [line.lstrip().removeprefix(_CAPTION), *lines[index + 1 : end]]
            lines = lines[:index] + lines[end:]
            break
    rows: list[tuple[Content, ...]] = []
    header_rows: int | None = None
    for line in lines:
        if not line.strip():
            continue
        cells = _cells(line)
        if header_rows is None and cells and all(_RULE.fullmatch(c.strip()) for c in cells):
            header_rows = len(rows)
            continue
        rows.append(tuple(_Reader(cell.strip(), cell=True).content() for cell in cells))
    return replace(
        like,
        content=_Reader("\n".join(captions).strip()).content(),
        table=Table(tuple(rows), table.header_rows if header_rows is None else header_rows),
    )


def _cells(line: str) -> list[str]:
    """A row cut at its pipes, except in code, in addresses and after a backslash."""
    spans = _code_spans(line)
    cells: list[str] = []
    start = at = 0
    while at < len(line):
        if line[at] == "\\":
            at += 2
        elif line[at] == "`" and at in spans:
            at = spans[at][2]
        elif line.startswith("](<", at) and (found := _ANGLE.match(line, at + 2)):
            at = found.end()
        elif line[at] == "|":
            cells.append(line[start:at])
            at += 1
            start = at
        else:
            at += 1
    cells.append(line[start:])
    if len(cells) > 1 and not fold(cells[0]):
        del cells[0]
    if "|" in line and cells and not fold(cells[-1]):
        del cells[-1]
    return cells
