"""Plain text: paragraphs by empty lines, or by lines when there are none; lists by their signs."""

from __future__ import annotations

import re
from typing import Final

from folkmoot.algorithms.wording import Run
from folkmoot.documents.passages import Draft

_BULLET: Final = re.compile(r"^\s*[•●▪◦‣*–-]\s+")
_LONG: Final = 200
"""Lines longer than this are paragraphs of their own (text that was never wrapped)."""


def drafts(text: str) -> list[Draft]:
    """Every word of the text, as paragraphs and list items with the line each begins on."""
    lines = text.replace("\f", "\n\n").split("\n")
    filled = [line for line in lines if line.strip()]
    empty = sum(not line.strip() for line in lines[:-1])
    by_line = bool(filled) and (
        empty == 0 or sum(len(line) > _LONG for line in filled) * 2 > len(filled)
    )
    out: list[Draft] = []
    held: list[str] = []
    start = 0
    is_item = False

    def finish() -> None:
        words = " ".join(" ".join(held).split())
        if words:
            out.append(
                Draft(
                    kind="item" if is_item else "paragraph",
                    content=(Run(words),),
                    depth=1 if is_item else 0,
                    place=f"line {start}",
                )
            )
        held.clear()

    for number, line in enumerate(lines, 1):
        bullet = _BULLET.match(line)
        if not line.strip() or bullet is not None or by_line:
            finish()
            is_item = False
        if not line.strip():
            continue
        if not held:
            start = number
        if bullet is not None:
            is_item = True
            line = line[bullet.end() :]
        held.append(line)
    finish()
    return out
