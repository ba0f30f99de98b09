"""Fields of Word: what they show is kept as words, links become links, contents lists go."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from folkmoot.documents.loss import LossReport
from folkmoot.documents.package import Element
from folkmoot.documents.word_names import W, remove, shown_text, switched_on, unwrap, value

_ADDRESS: Final = re.compile(r'HYPERLINK\s+(?:"([^"]*)"|([^\s"\\]+))', re.IGNORECASE)
MADE_ANEW: Final = {"TOC": "The table of contents", "INDEX": "The index", "TOA": "A list of cases"}
_COUNTED: Final = ("LISTNUM", "AUTONUM", "AUTONUMLGL", "AUTONUMOUT", "SEQ")
_CONTENTS_PARTS: Final = ("table of contents", "bibliographies table of contents")


@dataclass(slots=True)
class _Field:
    """A field being read: `in_code` until its separator, then what it shows."""

    begin: Element
    code: list[str] = field(default_factory=list)
    in_code: bool = True
    shown: list[Element] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    last: Element | None = None
    """The paragraph that the last of `words` came from."""

    @property
    def keyword(self) -> str:
        words = "".join(self.code).split()
        return words[0].upper() if words else ""


class Fields:
    """Takes the fields out of a part. `link` gives a relationship id for an address."""

    def __init__(
        self,
        report: LossReport,
        place_of: Callable[[Element], str],
        link: Callable[[str], str],
    ) -> None:
        self.report = report
        self.place_of = place_of
        self.link = link

    def settle(self, root: Element) -> None:
        for simple in list(root.iter(W + "fldSimple")):
            self._simple(simple)
        stack: list[_Field] = []
        for run in list(root.iter(W + "r")):
            for child in list(run):
                self._step(child, run, stack)
        for unfinished in stack:
            self.report.note("A field that never ends", self.place_of(unfinished.begin))

    def _simple(self, simple: Element) -> None:
        keyword = (value(simple, "instr").split() or [""])[0].upper()
        if keyword in MADE_ANEW:
            self._gone(keyword, self.place_of(simple), shown_text(simple))
            remove(simple)
            return
        address = _ADDRESS.search(value(simple, "instr")) if keyword == "HYPERLINK" else None
        if address is not None:
            simple.tag = W + "hyperlink"
            simple.attrib.clear()
            self._lead(simple, address[1] or address[2])
            return
        self._shown_as(keyword, self.place_of(simple), bool(shown_text(simple).strip()))
        unwrap(simple)

    def _step(self, child: Element, run: Element, stack: list[_Field]) -> None:
        if child.tag == W + "fldChar":
            kind = child.get(W + "fldCharType")
            if kind == "begin":
                stack.append(_Field(child))
            elif kind == "separate" and stack:
                stack[-1].in_code = False
            elif kind == "end" and stack:
                self._end(stack.pop(), run, stack)
            if kind != "begin":
                remove(child)
            return
        if not stack:
            return
        if child.tag == W + "instrText":
            stack[-1].code.append(child.text or "")
            remove(child)
        elif child.tag == W + "rPr":
            pass
        elif any(f.in_code for f in stack) or any(f.keyword in MADE_ANEW for f in stack):
            words = shown_text(child) if len(child) else (child.text or " ")
            for f in stack:
                if f.keyword in MADE_ANEW:
                    if f.words and f.last is not run.getparent():
                        f.words.append(" ")
                    f.last = run.getparent()
                    f.words.append(words)
                    break
            if child.tag in (W + "footnoteReference", W + "endnoteReference"):
                return
            remove(child)
        else:
            for f in stack:
                if not f.shown or f.shown[-1] is not run:
                    f.shown.append(run)

    def _end(self, done: _Field, run: Element, stack: list[_Field]) -> None:
        keyword = done.keyword
        place = self.place_of(done.begin)
        begin = done.begin
        home = begin.getparent()
        if keyword in MADE_ANEW:
            self._gone(keyword, place, "".join(done.words))
        elif keyword == "HYPERLINK" and done.shown:
            address = _ADDRESS.search("".join(done.code))
            first = done.shown[0].getparent()
            if address is not None and all(r.getparent() is first for r in done.shown):
                link = done.shown[0].makeelement(W + "hyperlink", {})
                done.shown[0].addprevious(link)
                link.extend(done.shown)
                self._lead(link, address[1] or address[2])
            elif address is not None:
                self.report.lost("The address of a link", place, address[1] or address[2])
        elif keyword == "FORMCHECKBOX":
            box = begin.find(f"{W}ffData/{W}checkBox")
            ticked = None if box is None else box.find(W + "checked")
            if ticked is None and box is not None:
                ticked = box.find(W + "default")
            self._write(begin, "☒" if switched_on(ticked) else "☐")
            self.report.count("A box to tick", place, detail="It is kept as a sign.")
        elif keyword == "FORMDROPDOWN":
            choices = begin.find(f"{W}ffData/{W}ddList")
            entries = [] if choices is None else [value(e) for e in choices.iter(W + "listEntry")]
            chosen = "" if choices is None else value(choices.find(W + "result"))
            at = int(chosen) if chosen.isascii() and chosen.isdigit() else 0
            if not done.shown and at < len(entries):
                self._write(begin, entries[at])
            self.report.count("A list to choose from", place, detail="Its choice is kept.")
        elif not any(f.in_code or f.keyword in MADE_ANEW for f in stack):
            self._shown_as(keyword, place, bool(done.shown))
        if home is not None:
            home.remove(begin)

    def _lead(self, link: Element, address: str) -> None:
        relation = self.link(address)
        link.set(
            "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id", relation
        )

    def _write(self, beside: Element, words: str) -> None:
        text = beside.makeelement(W + "t", {})
        text.text = words
        beside.addprevious(text)

    def _gone(self, keyword: str, place: str, words: str) -> None:
        self.report.lost(
            MADE_ANEW[keyword], place, "It is made anew from the headings.", words=words
        )

    def _shown_as(self, keyword: str, place: str, shown: bool) -> None:
        if not keyword:
            return
        if shown:
            self.report.count(
                f"A field ({keyword})",
                place,
                detail="Its words are kept as they were last shown; they no longer change.",
                severity="note",
            )
        elif keyword in _COUNTED:
            self.report.lost(
                "A number that Word makes while showing the page", place, f"Field {keyword}."
            )
        elif keyword not in ("XE", "TC", "TA", "RD", "SET", "ASK", "PRIVATE"):
            self.report.lost("A field that shows nothing", place, f"Field {keyword}.")


def drop_contents(root: Element, report: LossReport, place_of: Callable[[Element], str]) -> None:
    """Take out tables of contents that Word keeps in a content control of their own."""
    for control in list(root.iter(W + "sdt")):
        gallery = value(control.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")).lower()
        if gallery in _CONTENTS_PARTS:
            report.lost(
                MADE_ANEW["TOC"],
                place_of(control),
                "It is made anew from the headings.",
                words=" ".join(shown_text(p) for p in control.iter(W + "p")),
            )
            remove(control)
