"""Two moments of a text side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from folkmoot.algorithms.redline import Change, compare
from folkmoot.algorithms.wording import Wording

from .reading import Reading


@dataclass(frozen=True)
class Line:
    """One passage that changed. `chapter` is the heading it stands under, `unchanged` how many
    passages before it stayed as they were, since the last one that changed; `after` the beginning
    of the passage it now follows, when it was moved."""

    change: Change
    chapter: str
    label: str
    unchanged: int
    follows: str = ""


@dataclass(frozen=True)
class Comparison:
    """What changed, in the order of the later moment; `rest` passages after the last change
    stayed as they were."""

    lines: tuple[Line, ...] = ()
    counts: Counter[str] = field(default_factory=Counter)
    rest: int = 0

    @property
    def moved(self) -> int:
        return sum(line.change.moved for line in self.lines)


def comparison(before: Reading, after: Reading) -> Comparison:
    """What became of the passages from one moment to another."""
    changes = compare(before.passages, after.passages)
    depth = _chapter_depth(after.passages or before.passages)
    lines: list[Line] = []
    counts: Counter[str] = Counter()
    chapter, unchanged, last = "", 0, ""
    for change in changes:
        counts[change.state] += 1
        words = change.after or change.before
        assert words is not None
        if words.kind == "heading" and words.depth <= depth and change.after is not None:
            chapter = words.plain
        if change.state == "unchanged":
            unchanged += 1
        else:
            labels = after.labels if change.after is not None else before.labels
            follows = last if change.moved else ""
            lines.append(Line(change, chapter, labels.get(change.id, ""), unchanged, follows))
            unchanged = 0
        if change.after is not None:
            last = words.plain
    return Comparison(tuple(lines), counts, unchanged)


def _chapter_depth(passages: Sequence[tuple[str, Wording]]) -> int:
    """The depth of headings that open chapters: the outermost that occurs more than once."""
    depths = Counter(w.depth for _id, w in passages if w.kind == "heading")
    return next((d for d in sorted(depths) if depths[d] > 1), min(depths, default=1))
