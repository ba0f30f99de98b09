"""The numbers Word shows but does not store: "17.", "4.2", "(b)", worked out as Word does.

Lists share an abstract definition; each has nine levels with a counter. A paragraph steps its
level's counter and starts the deeper ones afresh; a list may override where a level starts the
first time it is used (ECMA-376 Part 1, 17.9).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from folkmoot.documents.package import Element
from folkmoot.documents.word_names import W, switched_on, value

LEVELS: Final = 9
_ROMAN: Final = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


@dataclass(slots=True)
class Level:
    """How one level of a list is numbered. `pattern` holds %1 to %9 for the counters."""

    start: int = 1
    form: str = "decimal"
    pattern: str = ""
    restart: int | None = None
    legal: bool = False
    marks: bool = False
    """Whether it is a bullet: a picture, or a pattern without a counter."""

    @property
    def blank(self) -> bool:
        """Whether it shows nothing: the way to continue an item in a second paragraph."""
        return not self.pattern.strip() or self.form == "none"


@dataclass(slots=True)
class _Definition:
    levels: dict[int, Level] = field(default_factory=dict)
    counters: list[int | None] = field(default_factory=lambda: [None] * LEVELS)


@dataclass(frozen=True, slots=True)
class Number:
    """The number of one paragraph. `label` is as shown, without a full stop at its end; `family`
    names the list definition it counts in; `count` is the counter of its own level."""

    label: str
    level: int
    family: str
    count: int
    form: str
    bullet: bool
    blank: bool
    compound: bool
    pattern: str


class Numbering:
    """Counts through a document: call `next` for each numbered paragraph, in reading order."""

    def __init__(self, root: Element | None) -> None:
        self._definitions: dict[str, _Definition] = {}
        self._lists: dict[str, tuple[str, dict[int, Level], dict[int, int]]] = {}
        self._started: set[tuple[str, int]] = set()
        if root is None:
            return
        linked: dict[str, str] = {}
        named: dict[str, str] = {}
        for element in root.iterfind(W + "abstractNum"):
            identifier = element.get(W + "abstractNumId") or ""
            self._definitions[identifier] = _Definition(
                {_level_of(lvl): _level(lvl) for lvl in element.iterfind(W + "lvl")}
            )
            if (style := value(element.find(W + "styleLink"))) != "":
                named[style] = identifier
            if (style := value(element.find(W + "numStyleLink"))) != "":
                linked[identifier] = style
        for identifier, style in linked.items():
            if style in named:
                self._definitions[identifier] = self._definitions[named[style]]
        for element in root.iterfind(W + "num"):
            levels: dict[int, Level] = {}
            starts: dict[int, int] = {}
            for override in element.iterfind(W + "lvlOverride"):
                at = _level_of(override)
                replaced = override.find(W + "lvl")
                if replaced is not None:
                    levels[at] = _level(replaced)
                start = value(override.find(W + "startOverride"))
                if _is_number(start):
                    starts[at] = int(start)
            abstract = value(element.find(W + "abstractNumId"))
            self._lists[element.get(W + "numId") or ""] = (abstract, levels, starts)

    def next(self, list_id: str, at: int) -> Number | None:
        """Step the counter of level `at` in a list; None when the document has no such list."""
        if list_id not in self._lists:
            return None
        abstract, own_levels, starts = self._lists[list_id]
        definition = self._definitions.get(abstract)
        if definition is None:
            return None
        levels = {**definition.levels, **own_levels}
        level = levels.get(at)
        if level is None:
            return None
        counters = definition.counters
        if at in starts and (list_id, at) not in self._started:
            counters[at] = None
        start = starts.get(at, level.start)
        self._started.add((list_id, at))
        current = counters[at]
        count = start if current is None else current + 1
        counters[at] = count
        for deeper in range(at + 1, LEVELS):
            after = levels[deeper].restart if deeper in levels else None
            if after == 0 or (after is not None and at > after - 1):
                continue
            counters[deeper] = None
        shown = [
            c if c is not None else (levels[n].start if n in levels else 1)
            for n, c in enumerate(counters)
        ]
        forms = [levels[n].form if n in levels else "decimal" for n in range(LEVELS)]
        label = re.sub(
            r"%([1-9])",
            lambda match: written(
                shown[int(match[1]) - 1],
                "decimal" if level.legal else forms[int(match[1]) - 1],
            ),
            level.pattern,
        )
        label = " ".join(label.split())
        bullet = level.marks
        return Number(
            label="" if bullet else label.removesuffix(".").strip(),
            level=at,
            family=abstract,
            count=count,
            form=level.form,
            bullet=bullet,
            blank=(level.blank and not bullet) or not level.pattern.strip(),
            compound=len(re.findall(r"%[1-9]", level.pattern)) > 1,
            pattern=level.pattern,
        )


def _is_number(words: str) -> bool:
    return words.isascii() and words.isdigit() and len(words) < 9


def _level_of(element: Element) -> int:
    at = element.get(W + "ilvl") or ""
    return min(int(at), LEVELS - 1) if _is_number(at) else 0


def _level(element: Element) -> Level:
    form = value(element.find(W + "numFmt")) or "decimal"
    start = value(element.find(W + "start"))
    restart = value(element.find(W + "lvlRestart"))
    pattern = value(element.find(W + "lvlText"))
    picture = element.find(W + "lvlPicBulletId") is not None
    return Level(
        start=int(start) if _is_number(start) else 1,
        form=form,
        pattern=pattern or ("•" if picture else ""),
        restart=int(restart) if _is_number(restart) else None,
        legal=switched_on(element.find(W + "isLgl")),
        marks=form == "bullet" or (bool(pattern.strip()) and "%" not in pattern and form != "none"),
    )


def written(count: int, form: str) -> str:
    """A count as Word writes it in a number format such as `lowerRoman`."""
    match form:
        case "lowerLetter" | "upperLetter" if count > 0:
            # After z Word doubles the letter: aa, bb, cc.
            letter = chr(ord("a") + (count - 1) % 26) * min((count - 1) // 26 + 1, 20)
            return letter if form == "lowerLetter" else letter.upper()
        case "lowerRoman" | "upperRoman" if 0 < count < 4000:
            roman = ""
            for number, sign in _ROMAN:
                while count >= number:
                    roman += sign
                    count -= number
            return roman if form == "lowerRoman" else roman.upper()
        case "decimalZero":
            return f"{count:02d}"
        case "ordinal":
            teen = 10 <= count % 100 <= 20
            return f"{count}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(count % 10, 'th')}"
        case "none":
            return ""
        case _:
            return str(count)
