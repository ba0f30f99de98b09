"""Numbers that an author typed at the start of paragraphs, told from numbers that are words.

"17. The Inquiry" is paragraph 17 when 16 came before and 18 comes after; "2003. That year" is
not. So numbers are taken as labels only in runs: a chain in which each number follows from the
one before, through the whole document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from folkmoot.algorithms.wording import Break, Content, Footnote, Inline, Run

_DECIMAL: Final = re.compile(r"(\d{1,4})([.)])(?=\s|$)|(\d{1,4})(?=\s{2,}|\t)")
_SECTIONED: Final = re.compile(r"((?:\d{1,3}\.)+\d{1,4})\.?(?=\s|$)")
_BRACKETED: Final = re.compile(r"\(?(\d{1,3}|[a-z]{1,2}|[ivx]{1,5})\)(?=\s|$)")
MINIMUM: Final = 3
"""A run of fewer numbers is left in the words."""


def find_labels(paragraphs: Sequence[tuple[str, bool]]) -> dict[int, tuple[str, int]]:
    """Which paragraphs begin with a number of a run.

    `paragraphs` is, in reading order, the opening words of every passage and whether it may have
    a label; the answer gives, by index, the label and how many characters of the words it took.
    """
    found = _decimal_run(paragraphs)
    found.update(_sectioned_runs(paragraphs, found))
    found.update(_lettered_runs(paragraphs, found))
    return found


def _decimal_run(paragraphs: Sequence[tuple[str, bool]]) -> dict[int, tuple[str, int]]:
    """Runs 1., 2., 3. ...: the number must step by one; a start at 1 may open another run."""
    chains: list[list[tuple[int, int, str, int]]] = []
    waiting: dict[tuple[int, str], list[list[tuple[int, int, str, int]]]] = {}
    for at, (text, allowed) in enumerate(paragraphs):
        match = _DECIMAL.match(text) if allowed else None
        if match is None:
            continue
        number = int(match[1] or match[3])
        bracket = ")" if match[2] == ")" else ""
        # The longest chain that this number continues gets it.
        fitting = waiting.get((number, bracket))
        if fitting:
            chain = max(fitting, key=len)
            fitting.remove(chain)
        else:
            chain = []
            chains.append(chain)
        chain.append((at, number, f"{number}{bracket}", match.end()))
        waiting.setdefault((number + 1, bracket), []).append(chain)
    found: dict[int, tuple[str, int]] = {}
    for chain in chains:
        if len(chain) >= MINIMUM and chain[0][1] < 1000:
            for at, _, label, end in chain:
                found[at] = (label, end)
    return found


def _sectioned_runs(
    paragraphs: Sequence[tuple[str, bool]], taken: dict[int, tuple[str, int]]
) -> dict[int, tuple[str, int]]:
    """Runs 4.1, 4.2, 5.1 ...: each follows the one before by its last number or opens a section."""
    entries: list[tuple[int, tuple[int, ...], str, int]] = []
    for at, (text, allowed) in enumerate(paragraphs):
        match = _SECTIONED.match(text) if allowed and at not in taken else None
        if match is not None:
            numbers = tuple(int(part) for part in match[1].split("."))
            entries.append((at, numbers, match[1], match.end()))
    found: dict[int, tuple[str, int]] = {}
    run: list[tuple[int, tuple[int, ...], str, int]] = []
    for entry in entries:
        if run and not _follows(run[-1][1], entry[1]):
            _keep(run, found)
            run = []
        run.append(entry)
    _keep(run, found)
    return found


def _keep(
    run: list[tuple[int, tuple[int, ...], str, int]], found: dict[int, tuple[str, int]]
) -> None:
    if len(run) >= MINIMUM:
        for at, _, label, end in run:
            found[at] = (label, end)


def _follows(before: tuple[int, ...], after: tuple[int, ...]) -> bool:
    """4.2 is followed by 4.3, by 4.2.1, and by 5.1 or 5.0."""
    if len(after) > len(before):
        return after[: len(before)] == before and all(n in (0, 1) for n in after[len(before) :])
    same = 0
    while same < len(after) and before[same] == after[same]:
        same += 1
    if same == len(after):
        return False
    return after[same] == before[same] + 1 and all(n in (0, 1) for n in after[same + 1 :])


def _lettered_runs(
    paragraphs: Sequence[tuple[str, bool]], taken: dict[int, tuple[str, int]]
) -> dict[int, tuple[str, int]]:
    """Runs (a), (b) ... or (i), (ii) ... or (1), (2) ... of neighbouring paragraphs."""
    found: dict[int, tuple[str, int]] = {}
    run: list[tuple[int, str, int]] = []
    for at, (text, allowed) in enumerate([*paragraphs, ("", False)]):
        match = _BRACKETED.match(text) if allowed and at not in taken else None
        sign = match[1] if match is not None else ""
        continues = bool(run) and at == run[-1][0] + 1 and _next_sign(run[-1][1], sign)
        if run and not continues:
            if len(run) >= 2:
                for index, _, end in run:
                    found[index] = (paragraphs[index][0][:end], end)
            run = []
        if match is not None and (continues or sign in ("a", "i", "1")):
            run.append((at, sign, match.end()))
    return found


_ROMAN: Final = (
    "",
    *[
        "i",
        "ii",
        "iii",
        "iv",
        "v",
        "vi",
        "vii",
        "viii",
        "ix",
        "x",
        "xi",
        "xii",
        "xiii",
        "xiv",
        "xv",
        "xvi",
        "xvii",
        "xviii",
        "xix",
        "xx",
    ],
)


def _next_sign(before: str, after: str) -> bool:
    if before.isdigit() and after.isdigit():
        return int(after) == int(before) + 1
    if before in _ROMAN[1:-1] and after == _ROMAN[_ROMAN.index(before) + 1]:
        return True
    return len(before) == len(after) == 1 and before.isalpha() and ord(after) == ord(before) + 1


def opening(content: Content, length: int = 40) -> str:
    """The unmarked words that a passage begins with, as far as `length` characters."""
    parts: list[str] = []
    for inline in content:
        if not isinstance(inline, Run) or any(mark.name == "link" for mark in inline.marks):
            break
        parts.append(inline.text)
        if sum(map(len, parts)) >= length:
            break
    return "".join(parts)[:length]


def without_opening(content: Content, length: int) -> Content:
    """The content less its first `length` characters and the white space after them."""
    out: list[Inline] = list(content)
    while out and length > 0:
        first = out[0]
        if isinstance(first, Footnote | Break):
            break
        if len(first.text) > length:
            out[0] = Run(first.text[length:], first.marks)
            length = 0
        else:
            length -= len(first.text)
            out.pop(0)
    while out and (
        isinstance(out[0], Break) or (isinstance(out[0], Run) and not out[0].text.strip())
    ):
        out.pop(0)
    if out and isinstance(out[0], Run):
        out[0] = Run(out[0].text.lstrip(), out[0].marks)
    return tuple(out)
