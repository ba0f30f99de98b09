"""Markdown made ready for pandoc: front matter taken off, footnotes marked, oddities named."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Final

from folkmoot.documents.loss import LossReport
from folkmoot.documents.marker import Marker

READER: Final = (
    "markdown-smart-raw_tex-latex_macros-citations-example_lists-yaml_metadata_block"
    "-pandoc_title_block-auto_identifiers-implicit_header_references-blank_before_header"
    "-blank_before_blockquote"
)
"""pandoc's Markdown, without what would change words (smart quotes), run programs of TeX, or read
signs of ordinary writing as markup (@name, % title)."""
FORMULAS_OFF: Final = "-tex_math_dollars"
_LOOKS_LIKE_TEX: Final = re.compile(r"\$\$|\$[^$\s\n][^$\n]*[\\^_{=][^$\n]*\$")
_FRONT: Final = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FIELD: Final = re.compile(r"^([A-Za-z_-]+):[ \t]*(.*)$", re.MULTILINE)
_FENCE: Final = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_NOTE: Final = re.compile(r"^( {0,3}\[\^([^\]\s]+)\]:[ \t]*)(.*)$")
_REFERENCE: Final = re.compile(r"\[\^([^\]\s]+)\](?!:)")
_NUMBERED: Final = re.compile(r"^(\d{1,4})\\[.)]\s")
_RULE_OF_TABLE: Final = re.compile(r"^ {0,3}\|?[ :]*-{3,}[ :]*\|[-| :]*$")
_KRAMDOWN: Final = re.compile(r"^[ \t]*\{:[^}\n]*\}[ \t]*$")
_CONTENTS: Final = re.compile(r"^[ \t]*[*-][ \t]+TOC[ \t]*$", re.IGNORECASE)
_CONTENTS_WORD: Final = re.compile(r"^[ \t]*\[(?:TOC|\[_TOC_\]|_TOC_)\][ \t]*$", re.IGNORECASE)


@dataclass(slots=True)
class MarkdownSource:
    """`text` is for pandoc; the rest is what was found on the way."""

    text: str
    title: str = ""
    language: str = ""
    note_labels: dict[int, str] = field(default_factory=dict)
    note_places: dict[int, tuple[str, str]] = field(default_factory=dict)
    """By number, the line of a note's definition and its words."""
    reader: str = READER


def prepare(text: str, marker: Marker, report: LossReport) -> MarkdownSource:
    """Take off what is not text, mark every footnote's definition, and name what was odd."""
    source = MarkdownSource(text)
    text = _front_matter(text, source, report)
    if _LOOKS_LIKE_TEX.search(text) is None:
        source.reader += FORMULAS_OFF
    lines = text.split("\n")
    defined: dict[str, int] = {}
    fence = ""
    for at, line in enumerate(lines):
        opened = _FENCE.match(line)
        if opened is not None:
            sign = opened[1]
            if not fence:
                fence = sign
            elif sign.startswith(fence) and not line.strip().strip(sign[0]):
                fence = ""
            continue
        if fence:
            continue
        if _CONTENTS.match(line) and at + 1 < len(lines) and _KRAMDOWN.match(lines[at + 1]):
            report.lost("The table of contents", f"line {at + 1}", "It is made anew.", line.strip())
            lines[at] = ""
        elif _KRAMDOWN.match(line) or _CONTENTS_WORD.match(line):
            report.lost(
                "An instruction to the program that made pages from this file",
                f"line {at + 1}",
                words=line.strip(),
            )
            lines[at] = ""
        elif (note := _NOTE.match(line)) is not None:
            label = note[2]
            if label in defined:
                report.lost(
                    "A second footnote of the same name",
                    f"line {at + 1}",
                    words=f"{label}: {note[3]}",
                )
                lines[at] = f"[^{label}-again-{at}]: {note[3]}"
                continue
            number = len(defined) + 1
            defined[label] = number
            source.note_labels[number] = label
            source.note_places[number] = (f"line {at + 1}", note[3])
            lines[at] = f"{note[1]}{marker.write('n', number)}{note[3]}"
    source.text = "\n".join(_apart(lines))
    missing: dict[str, int] = {}
    for at, line in enumerate(lines, 1):
        for reference in _REFERENCE.finditer(line):
            if reference[1] not in defined:
                missing.setdefault(reference[1], at)
    for label, at in missing.items():
        report.note(
            "A reference to a footnote that is not there",
            f"line {at}",
            f"[^{label}] was left as it is.",
        )
    return source


def _apart(lines: list[str]) -> list[str]:
    """Lines with an empty one before what begins a passage though the author left none.

    That is a table's first row, and an escaped number (`314\\.`) that follows from the last one;
    an escaped number that does not is only where a line was broken.
    """
    out: list[str] = []
    last = -1
    fenced = False
    for at, line in enumerate(lines):
        if _FENCE.match(line):
            fenced = not fenced
        before = out[-1] if out else ""
        number = _NUMBERED.match(line)
        begins = number is not None and int(number[1]) == last + 1
        if number is not None:
            last = int(number[1])
        if not begins and "|" in line and "|" not in before and at + 1 < len(lines):
            begins = _RULE_OF_TABLE.match(lines[at + 1]) is not None
        if begins and before.strip() and not fenced:
            out.append("")
        out.append(line)
    return out


def _front_matter(text: str, source: MarkdownSource, report: LossReport) -> str:
    """Read the title and the language from front matter and blank it out, keeping the lines.

    By hand and not as YAML, which can be made to unfold without end.
    """
    match = _FRONT.match(text)
    if match is None or not _FIELD.search(match[1]):
        return text
    left = []
    for name, value in _FIELD.findall(match[1]):
        plain = value.strip().strip("\"'").strip()
        if name.lower() == "title" and plain:
            source.title = plain
        elif name.lower() in ("lang", "language") and re.fullmatch(r"[A-Za-z-]{2,20}", plain):
            source.language = plain
        else:
            left.append(f"{name}: {plain}".strip(": "))
    if left:
        report.lost("Fields at the head of the file", "line 1", words="; ".join(left))
        report.words.pop()
    return "\n" * match[0].count("\n") + text[match.end() :]


def report_unused_notes(source: MarkdownSource, seen: set[int], report: LossReport) -> None:
    """Name the footnotes that nothing refers to; pandoc leaves them out in silence."""
    for number, (place, words) in source.note_places.items():
        if number not in seen:
            report.lost("A footnote that nothing refers to", place, words=words)


class Lines:
    """Finds the line of the file that words stand on, going forward through it."""

    def __init__(self, text: str) -> None:
        self._letters: list[str] = []
        self._starts: list[int] = []
        length = 0
        for line in text.split("\n"):
            self._starts.append(length)
            letters = _letters(line)
            self._letters.append(letters)
            length += len(letters)
        self._all = "".join(self._letters)
        self._at = 0
        self._last = ""

    def __call__(self, words: str) -> str:
        """ "line 12", or the line of the words before when these are not found as they stand."""
        needle = _letters(words[:120])[:40]
        if needle:
            found = self._all.find(needle, self._at)
            if found < 0 and len(needle) > 12:
                found = self._all.find(needle[:12], self._at, self._at + 20_000)
            if found >= 0:
                self._at = found
                # Lines without letters share their start with the next; take the last of them.
                self._last = f"line {bisect_right(self._starts, found)}"
        return self._last


def _letters(line: str) -> str:
    return "".join(filter(str.isalnum, line))
