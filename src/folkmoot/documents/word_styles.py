"""Word's paragraph styles: what a style is called, what it inherits, what it says of outline
and numbering."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from folkmoot.documents.package import Element
from folkmoot.documents.word_names import W, switched_on, value

_HEADING: Final = re.compile(r"heading ?([1-9])(?!\d)")


@dataclass(frozen=True, slots=True)
class Style:
    """One paragraph style. `outline` counts from 0 (Word's body level, 9, is None here)."""

    name: str
    based_on: str
    outline: int | None
    number: str
    number_level: int
    vanishes: bool = False


class Styles:
    """All paragraph styles by id, with inheritance followed (and loops survived)."""

    def __init__(self, root: Element | None) -> None:
        self._styles: dict[str, Style] = {}
        self.default = ""
        if root is None:
            return
        for element in root.iterfind(W + "style"):
            if element.get(W + "type", "paragraph") != "paragraph":
                continue
            identifier = element.get(W + "styleId") or ""
            properties = element.find(W + "pPr")
            number, level, outline = "", 0, None
            if properties is not None:
                outline = outline_level(properties)
                number, level = number_of(properties)
            self._styles[identifier] = Style(
                name=value(element.find(W + "name")).strip().lower(),
                based_on=value(element.find(W + "basedOn")),
                outline=outline,
                number=number,
                number_level=level,
                vanishes=switched_on(element.find(f"{W}rPr/{W}vanish")),
            )
            if element.get(W + "default") in ("1", "true"):
                self.default = identifier

    def line(self, identifier: str) -> list[Style]:
        """The style and those it is based on, nearest first."""
        seen: list[Style] = []
        identifiers: set[str] = set()
        identifier = identifier or self.default
        while identifier in self._styles and identifier not in identifiers:
            identifiers.add(identifier)
            style = self._styles[identifier]
            seen.append(style)
            identifier = style.based_on
        return seen

    def names(self, identifier: str) -> list[str]:
        """The style's name and its ancestors', in lower case; the id where it has no entry."""
        found = [style.name for style in self.line(identifier)]
        return found or ([identifier.lower()] if identifier else [])

    def heading(self, identifier: str) -> int:
        """The level of a heading style, from 1; 0 for any other style."""
        for style in self.line(identifier):
            match = _HEADING.fullmatch(style.name)
            if match:
                return int(match[1])
            if style.outline is not None:
                return style.outline + 1 if style.outline < 9 else 0
        if not self.line(identifier):
            match = _HEADING.fullmatch(identifier.lower())
            return int(match[1]) if match else 0
        return 0

    def number(self, identifier: str) -> tuple[str, int]:
        """The list a style numbers its paragraphs in, and the level; ("", 0) for none."""
        for style in self.line(identifier):
            if style.number:
                return style.number, style.number_level
        return "", 0


def outline_level(properties: Element) -> int | None:
    level = value(properties.find(W + "outlineLvl"))
    return int(level) if level.isascii() and level.isdigit() else None


def number_of(properties: Element) -> tuple[str, int]:
    """The list and the level that paragraph properties name themselves; ("", 0) for none."""
    numbering = properties.find(W + "numPr")
    if numbering is None:
        return "", 0
    level = value(numbering.find(W + "ilvl"))
    return (
        value(numbering.find(W + "numId")),
        min(int(level), 8) if level.isascii() and level.isdigit() else 0,
    )
