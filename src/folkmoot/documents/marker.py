"""Small marks put into a document's words before pandoc reads it, and found again after.

They carry what pandoc does not: which paragraph of the file this was, where a comment's range
begins and ends, which footnote this is. The two signs around a mark are private-use characters
that the document itself does not contain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable


class Marker:
    """Writes and finds marks: one letter for the kind, and a number."""

    def __init__(self, texts: Iterable[str]) -> None:
        """`texts` is all of the document, from which the signs are chosen to differ."""
        used: set[str] = set()
        for text in texts:
            if not text.isascii():
                used.update(re.findall("[\ue000-\uf8ff]", text))
        free = (chr(sign) for sign in range(0xF8D0, 0xE000, -1) if chr(sign) not in used)
        self.opening, self.closing = next(free), next(free)
        self._pattern = re.compile(f"({self.opening}[a-z]\\d+{self.closing})")

    def write(self, kind: str, number: int) -> str:
        return f"{self.opening}{kind}{number}{self.closing}"

    def split(self, text: str) -> list[tuple[str, int] | str]:
        """The words and the marks of a stretch of text, in order."""
        out: list[tuple[str, int] | str] = []
        for piece in self._pattern.split(text):
            if not piece:
                continue
            if piece[0] == self.opening:
                out.append((piece[1], int(piece[2:-1])))
            else:
                out.append(piece)
        return out

    def strip(self, text: str) -> str:
        """The text without marks."""
        return self._pattern.sub("", text) if self.opening in text else text
