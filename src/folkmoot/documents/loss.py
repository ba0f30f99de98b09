"""The loss report while it is being written: every loss with its place, like ones counted."""

from __future__ import annotations

from collections import Counter
from typing import Final

from folkmoot.documents.block import Loss, Severity

EACH: Final = 40
"""How many losses of one kind are listed one by one before the rest are given as a number."""
DETAIL: Final = 300


def shorten(words: str, length: int = DETAIL) -> str:
    """Words on one line, cut with an ellipsis when longer than `length` characters."""
    words = " ".join(words.split())
    return words if len(words) <= length else words[: length - 1].rstrip() + "…"


class LossReport:
    """Collects losses in the order found; `losses()` gives the finished list.

    `words` holds every word named in the report as lost, so that the check for missing words
    does not name it a second time.
    """

    def __init__(self) -> None:
        self._each: dict[tuple[str, Severity], list[Loss]] = {}
        self._counts: Counter[tuple[str, Severity]] = Counter()
        self._first: dict[tuple[str, Severity], tuple[str, str]] = {}
        self.words: list[str] = []

    def lost(self, what: str, place: str = "", detail: str = "", words: str = "") -> None:
        """It is not in the import. `words` are those of the document that went with it."""
        if words:
            self.words.append(words)
            detail = f"{detail} “{shorten(words)}”".strip()
        self._add(Loss(what, place, shorten(detail, 2 * DETAIL), "lost"))

    def changed(self, what: str, place: str = "", detail: str = "") -> None:
        """Its words are kept, in another form."""
        self._add(Loss(what, place, shorten(detail, 2 * DETAIL), "changed"))

    def note(self, what: str, place: str = "", detail: str = "") -> None:
        """Nothing is missing, but a person should look."""
        self._add(Loss(what, place, shorten(detail, 2 * DETAIL), "note"))

    def count(
        self,
        what: str,
        place: str = "",
        *,
        number: int = 1,
        detail: str = "",
        severity: Severity = "changed",
    ) -> None:
        """One of a frequent kind: reported once, with how many and where the first was."""
        key = (what, severity)
        self._counts[key] += number
        self._first.setdefault(key, (place, detail))

    def _add(self, loss: Loss) -> None:
        self._each.setdefault((loss.what, loss.severity), []).append(loss)

    def losses(self) -> list[Loss]:
        """Lost first, then changed, then notes; each kind in document order."""
        out: list[Loss] = []
        for (what, severity), each in self._each.items():
            out += each[:EACH]
            if len(each) > EACH:
                places = ", ".join(dict.fromkeys(x.place for x in each[EACH:] if x.place))
                out.append(
                    Loss(what, places, f"And {len(each) - EACH} more of the same.", severity)
                )
        for key, number in self._counts.items():
            place, detail = self._first[key]
            times = "once" if number == 1 else f"{number} times"
            where = f"{times}, first at {place}" if place and number > 1 else times
            out.append(Loss(key[0], place, f"{detail} ({where})".strip(), key[1]))
        order = {"lost": 0, "changed": 1, "note": 2}
        return sorted(out, key=lambda loss: order[loss.severity])
