"""A Word document made ready for pandoc, and everything about it that pandoc would not say.

Changes are settled, fields and boxes and controls resolved into plain paragraphs; each paragraph
gets a mark, so that its style, its number and its place can be looked up when it comes back. What
cannot be kept is put into the loss report here, with its place.
"""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Final
from urllib.parse import unquote

from lxml import etree

from folkmoot.documents.limits import Limits
from folkmoot.documents.loss import LossReport
from folkmoot.documents.marker import Marker
from folkmoot.documents.package import Element, Package, parse_xml
from folkmoot.documents.passages import Paragraph
from folkmoot.documents.prepared import Prepared
from folkmoot.documents.refusal import Refusal
from folkmoot.documents.word_changes import (
    Choice,
    Revision,
    number_paragraphs,
    revisions,
    settle,
)
from folkmoot.documents.word_comments import Comments
from folkmoot.documents.word_fields import Fields, drop_contents
from folkmoot.documents.word_names import (
    KEY,
    MC,
    RELATIONSHIPS,
    STRICT,
    WP,
    A,
    M,
    R,
    V,
    W,
    keys,
    paragraphs,
    remove,
    shown_text,
    switched_on,
    unwrap,
    value,
)
from folkmoot.documents.word_numbering import Number, Numbering
from folkmoot.documents.word_styles import Styles, number_of, outline_level

_QUOTE_STYLES: Final = (
    "quote", "intense quote", "block text", "block quotation", "quotations", "quoted item",
)  # fmt: skip
_CODE_STYLES: Final = ("source code", "html preformatted", "preformatted text", "code", "macro")
_CAPTION_STYLES: Final = ("caption", "image caption", "table caption", "figure caption")
_TITLE_PAGE_STYLES: Final = ("subtitle", "author", "date", "abstract", "notice")
_NUMBER_STYLE: Final = "passage number"
"""The character style of the number of a passage in files that we write ourselves."""
_CONTENTS_STYLE: Final = re.compile(r"toc [1-9]|table of figures|toc heading")
_CONTINUE_STYLE: Final = re.compile(r"list continue ?([2-9])?")
_LIST_STYLE: Final = re.compile(r"list (?:bullet|number) ([2-9])")
_QUOTATION_MARKS: Final = ("“", '"', "‘", "'", "«", "„")
_FURNITURE: Final = ("header", "footer")

_GRAPHICS: Final = {
    "chart": "A chart",
    "chartex": "A chart",
    "diagram": "A SmartArt diagram",
    "wordprocessingShape": "A drawn shape",
    "wordprocessingGroup": "A group of drawn shapes",
    "wordprocessingCanvas": "A drawing canvas",
    "lockedCanvas": "A drawing",
    "wordprocessingInk": "A drawing by hand",
}
_LOOKS: Final = {
    "u": ("Underlining", "The words are kept."),
    "caps": ("Capital letters as a style", "The words are kept as they were typed."),
    "smallCaps": ("Small capitals", "The words are kept."),
    "highlight": ("Highlighting", "The words are kept."),
}
_SIGNS: Final = {
    0x4A: "☺", 0x4C: "☹", 0x6C: "●", 0x6E: "■", 0x6F: "□", 0x71: "❑", 0x72: "❒", 0x75: "◆",
    0x76: "❖", 0xA7: "▪", 0xA8: "◻", 0xD8: "➢", 0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓",
    0xE8: "➔", 0xEF: "⇦", 0xF0: "⇨", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
}  # fmt: skip
"""What the signs of the Wingdings font are in Unicode, as far as reports use them."""

_TYPES: Final = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Default Extension="rels" '
    b'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    b'<Default Extension="xml" ContentType="application/xml"/>'
    b'<Override PartName="/word/document.xml" ContentType="application/'
    b'vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_ROOT_RELATIONS: Final = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    b'relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


@dataclass(slots=True)
class _Part:
    """One part of the package with words: the body, the footnotes or the endnotes."""

    name: str
    root: Element
    relations: dict[str, tuple[str, str, bool]]
    """By id: kind, target, and whether the target is outside the package."""


class WordDocument:
    """Reads one package once, for one way of treating its tracked changes."""

    def __init__(
        self, package: Package, choice: Choice, limits: Limits, report: LossReport
    ) -> None:
        self.package = package
        self.choice = choice
        self.limits = limits
        self.report = report
        self.main = self._main_part()
        body = self._part(self.main)
        if body is None or body.root.find(W + "body") is None:
            raise Refusal(
                "damaged",
                "This Word file has no text in it. "
                "Open it in Word, save it again, and import that.",
            )
        self.body = body
        self.footnotes = self._related("footnotes")
        self.endnotes = self._related("endnotes")
        self.parts = [p for p in (self.body, self.footnotes, self.endnotes) if p is not None]
        self.places: dict[int, str] = {}
        self.known: dict[int, Paragraph] = {}
        self._links: dict[str, dict[str, str]] = {part.name: {} for part in self.parts}
        self._pictures: dict[str, list[tuple[str, str]]] = {part.name: [] for part in self.parts}
        """By part, each picture in it: the part that holds it (or ""), what it shows."""

    def prepare(self) -> Prepared:
        """Everything at once, in the order in which the steps need one another."""
        free = 0
        for part in self.parts:
            self._choose_alternatives(part.root)
            free = number_paragraphs(part.root, free)
        self._name_places()
        for part in self.parts:
            drop_contents(part.root, self.report, self.place_of)
        expected_before = self._texts()
        for part in self.parts:
            self._unwrap_controls(part.root)
        changed: dict[int, list[Revision]] = {}
        for part in self.parts:
            changed.update(revisions(part.root))
            settle(part.root, self.choice)
        expected = self._texts()
        self._note_settled(changed, expected_before, expected)
        comments = Comments(self._xml_related("comments"), self._xml_related("commentsExtended"))
        marker = Marker(
            text or "" for part in self.parts for text in part.root.itertext(W + "t", M + "t")
        )
        for part in self.parts:
            fields = Fields(self.report, self.place_of, partial(self._link, part.name))
            fields.settle(part.root)
            comments.mark(part.root, marker)
            self._lift_boxes(part.root)
            self._tidy(part)
        self._furniture()
        self._attachments()
        labels = self._mark_notes(marker)
        styles = Styles(self._xml_related("styles"))
        self._describe(styles)
        joined = [keys(p) for part in self.parts for p in paragraphs(part.root)]
        pictures: dict[str, str] = {}
        alternatives: dict[str, str] = {}
        source = self._write(marker, pictures, alternatives)
        title = next((p.words for p in self.known.values() if p.role == "title"), "")
        return Prepared(
            source=source,
            reader="docx-auto_identifiers",
            known=self.known,
            note_labels=labels,
            marker=marker,
            expected=expected,
            pictures=pictures,
            alternatives=alternatives,
            revisions=changed,
            comments=comments,
            joined=[group for group in joined if len(group) > 1],
            places=self.places,
            title=title,
            language=self._language(),
        )

    # Parts and relations

    def _main_part(self) -> str:
        if "_rels/.rels" in self.package:
            for kind, target, outside in self._relations("").values():
                if kind == "officeDocument" and not outside and target in self.package:
                    return target
        if "word/document.xml" in self.package:
            return "word/document.xml"
        raise Refusal(
            "damaged",
            "This file says that it is a Word document, but there is no document in it. "
            "Open it in Word, save it again, and import that.",
        )

    def _relations(self, part: str) -> dict[str, tuple[str, str, bool]]:
        folder, name = posixpath.split(part)
        path = posixpath.join(folder, "_rels", f"{name}.rels")
        if path not in self.package:
            return {}
        found: dict[str, tuple[str, str, bool]] = {}
        for relation in self.package.xml(path).iter(RELATIONSHIPS + "Relationship"):
            target = relation.get("Target") or ""
            outside = (relation.get("TargetMode") or "").lower() == "external"
            kind = (relation.get("Type") or "").rsplit("/", 1)[-1]
            if not outside:
                target = unquote(target)
                target = posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/")
            found[relation.get("Id") or ""] = (kind, target, outside)
        return found

    def _part(self, name: str) -> _Part | None:
        if name not in self.package:
            return None
        return _Part(name, self._xml(name), self._relations(name))

    def _xml(self, name: str) -> Element:
        data = self.package.bytes_of(name)
        if b"purl.oclc.org" in data:
            for strict, transitional in STRICT:
                data = data.replace(strict, transitional)
        return parse_xml(data, self.limits)

    def _target(self, kind: str) -> str | None:
        for found, target, outside in self.body.relations.values():
            if found == kind and not outside and target in self.package:
                return target
        return None

    def _related(self, kind: str) -> _Part | None:
        target = self._target(kind)
        return None if target is None else self._part(target)

    def _xml_related(self, kind: str) -> Element | None:
        target = self._target(kind)
        return None if target is None else self._xml(target)

    def _link(self, part: str, address: str) -> str:
        """A relationship id of ours for an address outside."""
        links = self._links[part]
        return links.setdefault(address, f"fmLink{len(links)}")

    # Places

    def _name_places(self) -> None:
        number = 0
        rows: dict[Element, tuple[int, int]] = {}
        for table_number, table in enumerate(self.body.root.iter(W + "tbl"), 1):
            own = [r for r in table.iter(W + "tr") if next(r.iterancestors(W + "tbl")) is table]
            rows.update((row, (table_number, at)) for at, row in enumerate(own, 1))
        for paragraph in paragraphs(self.body.root):
            (key,) = keys(paragraph)
            row = next(paragraph.iterancestors(W + "tr"), None)
            if row is not None and row in rows:
                self.places[key] = "table {}, row {}".format(*rows[row])
                continue
            if _has_words(paragraph):
                number += 1
            self.places[key] = f"paragraph {max(1, number)}"
        for part, name in ((self.footnotes, "footnote"), (self.endnotes, "endnote")):
            if part is None:
                continue
            number = 0
            for note in part.root.iter(W + name):
                if _is_real_note(note):
                    number += 1
                for paragraph in paragraphs(note):
                    self.places[keys(paragraph)[0]] = f"{name} {max(1, number)}"

    def place_of(self, element: Element) -> str:
        """Where in the file an element is: in its paragraph, or after the one before it."""
        paragraph: Element | None = element
        if element.tag != W + "p":
            paragraph = next(element.iterancestors(W + "p"), None)
        if paragraph is None:
            paragraph = next(element.iter(W + "p"), None)
        if paragraph is None:
            before = element.getprevious()
            while before is not None and paragraph is None:
                paragraph = before if before.tag == W + "p" else None
                before = before.getprevious()
        if paragraph is None:
            return ""
        own = keys(paragraph)
        return self.places.get(own[0], "") if own else ""

    def _texts(self) -> dict[int, str]:
        """The words of every paragraph, by the first of its numbers; boxes count for themselves."""
        found: dict[int, list[str]] = {}
        wanted = (W + "t", W + "tab", W + "br", W + "cr", W + "noBreakHyphen", W + "p")
        for part in self.parts:
            for paragraph in paragraphs(part.root):
                own = keys(paragraph)
                if not own or _is_separator(paragraph):
                    continue
                words = found.setdefault(own[0], [])
                for node in _within(paragraph, wanted):
                    if node.tag == W + "t":
                        words.append(node.text or "")
                    else:
                        words.append(" ")
        return {key: "".join(words) for key, words in found.items()}

    def _note_settled(
        self, changed: dict[int, list[Revision]], before: dict[int, str], after: dict[int, str]
    ) -> None:
        if not changed:
            return
        how = "accepted" if self.choice == "accept" else "rejected"
        self.report.note(
            "Tracked changes",
            self.places.get(min(changed), ""),
            f"{len(changed)} paragraphs had tracked changes; all were {how}.",
        )

    # Making it plain

    def _choose_alternatives(self, root: Element) -> None:
        for alternate in list(root.iter(MC + "AlternateContent")):
            chosen = alternate.find(MC + "Choice")
            if chosen is None:
                chosen = alternate.find(MC + "Fallback")
            for branch in list(alternate):
                if branch is not chosen:
                    alternate.remove(branch)
            if chosen is not None:
                unwrap(chosen)
            unwrap(alternate)

    def _unwrap_controls(self, root: Element) -> None:
        for control in list(root.iter(W + "sdt")):
            self.report.count(
                "A content control",
                self.place_of(control),
                detail="What it held is kept as plain words.",
                severity="note",
            )
            _open_control(control)
        for wrapper in list(root.iter(W + "smartTag", W + "customXml", W + "dir", W + "bdo")):
            for properties in wrapper.findall(W + "smartTagPr") + wrapper.findall(
                W + "customXmlPr"
            ):
                wrapper.remove(properties)
            unwrap(wrapper)

    def _lift_boxes(self, root: Element) -> None:
        """Words in boxes become paragraphs after the paragraph that the box hangs on."""
        for box in reversed(list(root.iter(W + "txbxContent"))):
            holder = next(box.iterancestors(W + "p"), None)
            remove(box)
            if holder is None:
                continue
            inside = [child for child in box if child.tag in (W + "p", W + "tbl")]
            if any(shown_text(child).strip() for child in inside):
                self.report.changed(
                    "A text box",
                    self.place_of(holder),
                    "Its words now follow the paragraph it was attached to.",
                )
            for child in reversed(inside):
                holder.addnext(child)

    def _tidy(self, part: _Part) -> None:
        root = part.root
        self._even_tables(root)
        self._drop_objects(part)
        self._drop_hidden(root)
        self._drop_capitals(root)
        for symbol in list(root.iter(W + "sym")):
            self._symbol(symbol)
        for ruby in list(root.iter(W + "ruby")):
            above = ruby.find(W + "rt")
            if above is not None:
                self.report.lost(
                    "A reading printed above words",
                    self.place_of(ruby),
                    words=shown_text(above),
                )
            base = ruby.find(W + "rubyBase")
            texts = [] if base is None else list(base.iter(W + "t"))
            for text in texts:
                ruby.addprevious(text)
            remove(ruby)
        for name, (what, detail) in _LOOKS.items():
            for look in list(root.iter(W + name)):
                run = look.getparent()
                run = None if run is None else run.getparent()
                in_run = run is not None and run.tag == W + "r" and switched_on(look)
                if run is not None and in_run and shown_text(run).strip():
                    self.report.count(what, self.place_of(run), detail=detail)
                remove(look)
        for double in root.iter(W + "dstrike"):
            double.tag = W + "strike"
        for line in list(root.iter(W + "br")):
            kind = value(line, "type")
            if kind in ("page", "column"):
                self.report.count("A page break", self.place_of(line), severity="note")
                remove(line)
        for tab in root.iter(W + "ptab"):
            tab.tag = W + "tab"
        for name in ("pgNum", "dayShort", "dayLong", "monthShort", "monthLong", "yearShort"):
            for element in list(root.iter(W + name)):
                self.report.count(
                    "A date or page number that Word fills in",
                    self.place_of(element),
                    severity="lost",
                )
                remove(element)
        self._name_pictures(part)
        for link in root.iter(W + "hyperlink"):
            relation = link.get(R + "id")
            if relation in part.relations and part.relations[relation][2]:
                anchor = value(link, "anchor")
                address = part.relations[relation][1] + (f"#{anchor}" if anchor else "")
                link.set(R + "id", self._link(part.name, address))
                link.attrib.pop(W + "anchor", None)

    def _name_pictures(self, part: _Part) -> None:
        """Give each picture a relation of its own, by which what it shows is found again."""
        for picture in part.root.iter(A + "blip", V + "imagedata"):
            about = ""
            for holder in picture.iterancestors(W + "drawing", V + "shape", V + "rect"):
                described = next(holder.iter(WP + "docPr"), None)
                about = (
                    (holder.get("alt") or "")
                    if described is None
                    else described.get("descr") or described.get("title") or ""
                )
            relation = picture.get(R + "embed") or picture.get(R + "id") or picture.get(R + "link")
            _, target, outside = part.relations.get(relation or "", ("", "", True))
            listed = self._pictures[part.name]
            for name in ("embed", "link", "id"):
                picture.attrib.pop(R + name, None)
            attribute = "embed" if picture.tag == A + "blip" else "id"
            picture.set(R + attribute, f"fmPicture{len(listed)}")
            listed.append(("" if outside else target, " ".join(about.split())))

    def _even_tables(self, root: Element) -> None:
        """Give every row of a table the same cells, each by itself: pandoc cuts off cells beyond
        the width it guesses, and the words of cells that Word shows as part of the one above."""
        for table in root.iter(W + "tbl"):
            rows = table.findall(W + "tr")
            merged = False
            for row in rows:
                for name in ("gridBefore", "gridAfter"):
                    before = row.find(f"{W}trPr/{W}{name}")
                    if before is not None:
                        at = next((n for n, c in enumerate(row) if c.tag == W + "tc"), len(row))
                        at = at if name == "gridBefore" else len(row)
                        row[at:at] = [_empty_cell(row) for _ in range(_count(before))]
                        remove(before)
                for cell in row.findall(W + "tc"):
                    for name in ("gridSpan", "vMerge", "hMerge"):
                        span = cell.find(f"{W}tcPr/{W}{name}")
                        if span is None:
                            continue
                        merged = merged or name != "gridSpan" or _count(span) > 1
                        for _ in range(_count(span) - 1 if name == "gridSpan" else 0):
                            cell.addnext(_empty_cell(row))
                        remove(span)
            if merged:
                self.report.changed(
                    "Merged cells of a table",
                    self.place_of(table),
                    "Words stand in the first of the cells; the others are empty.",
                )
            width = max((len(row.findall(W + "tc")) for row in rows), default=0)
            for row in rows:
                row.extend(_empty_cell(row) for _ in range(width - len(row.findall(W + "tc"))))
            grid = table.find(W + "tblGrid")
            if grid is None:
                grid = table.makeelement(W + "tblGrid", {})
                table.insert(0 if table.find(W + "tblPr") is None else 1, grid)
            grid[:] = [grid.makeelement(W + "gridCol", {W + "w": "1000"}) for _ in range(width)]

    def _drop_objects(self, part: _Part) -> None:
        root = part.root
        for chunk in list(root.iter(W + "altChunk", W + "subDoc")):
            _, target, _ = part.relations.get(chunk.get(R + "id") or "", ("", "", False))
            self.report.lost("Another file inserted as a whole", self.place_of(chunk), target)
            remove(chunk)
        for thing in list(root.iter(W + "object", W + "control", W + "contentPart")):
            program = next(
                (
                    e.get("ProgID")
                    for e in thing.iter()
                    if isinstance(e.tag, str) and e.get("ProgID")
                ),
                None,
            )
            what = "A form control" if thing.tag == W + "control" else "An embedded object"
            if thing.tag == W + "contentPart":
                what = "A drawing by hand"
            self.report.lost(what, self.place_of(thing), program or "")
            remove(thing)
        for drawing in list(root.iter(W + "drawing")):
            if next(drawing.iter("{*}blip"), None) is not None:
                continue
            self._drop_drawing(drawing, part)
        for picture in list(root.iter(W + "pict")):
            if next(picture.iter(V + "imagedata"), None) is not None:
                continue
            if _draws_something(picture):
                words = " ".join(
                    e.get("string") or "" for e in picture.iter(V + "textpath") if e.get("string")
                )
                what = "A horizontal line" if _is_rule(picture) else "A drawn shape"
                self.report.lost(what, self.place_of(picture), words=words)
            remove(picture)

    def _drop_drawing(self, drawing: Element, part: _Part) -> None:
        data = next(drawing.iter(A + "graphicData"), None)
        kind = "" if data is None else (data.get("uri") or "").rstrip("/").rsplit("/", 1)[-1]
        described = next(drawing.iter(WP + "docPr"), None)
        about = (
            "" if described is None else (described.get("descr") or described.get("title") or "")
        )
        words: list[str] = []
        for element in drawing.iter():
            for name, relation in element.attrib.items():
                if str(name).startswith(R) and str(relation) in part.relations:
                    target = part.relations[str(relation)][1]
                    if target in self.package and target.endswith(".xml"):
                        words += [t.text or "" for t in self._xml(target).iter(A + "t")]
        empty_box = kind.startswith("wordprocessing") and not about
        if not empty_box or words:
            self.report.lost(
                _GRAPHICS.get(kind, "A drawing"),
                self.place_of(drawing),
                about,
                words=" ".join(w for w in words if w.strip()),
            )
        else:
            self.report.count(
                "A drawn shape or the frame of a text box",
                self.place_of(drawing),
                severity="lost",
            )
        remove(drawing)

    def _drop_hidden(self, root: Element) -> None:
        for vanish in list(root.iter(W + "vanish")):
            properties = vanish.getparent()
            run = None if properties is None else properties.getparent()
            if run is None or run.tag != W + "r" or not switched_on(vanish):
                continue
            words = shown_text(run)
            if words.strip():
                self.report.lost("Hidden words", self.place_of(run), words=words)
            if run.find(W + "footnoteReference") is None:
                remove(run)

    def _drop_capitals(self, root: Element) -> None:
        """A large first letter is a paragraph of its own; put it back before its word."""
        for frame in list(root.iter(W + "framePr")):
            if value(frame, "dropCap") not in ("drop", "margin"):
                continue
            paragraph = next(frame.iterancestors(W + "p"), None)
            following = None if paragraph is None else paragraph.getnext()
            if paragraph is None or following is None or following.tag != W + "p":
                continue
            at = 1 if len(following) and following[0].tag == W + "pPr" else 0
            following[at:at] = [child for child in paragraph if child.tag != W + "pPr"]
            following.set(KEY, f"{paragraph.get(KEY)} {following.get(KEY)}")
            remove(paragraph)

    def _symbol(self, symbol: Element) -> None:
        font = value(symbol, "font").lower()
        code = value(symbol, "char")
        try:
            number = int(code, 16)
        except ValueError:
            number = 0
        sign = number - 0xF000 if 0xF000 <= number <= 0xF0FF else number
        if font.startswith("symbol"):
            return
        if font.startswith(("wingdings", "webdings")):
            letter = _SIGNS.get(sign, "□") if font == "wingdings" else "□"
            self.report.count(
                "A sign from a font of signs",
                self.place_of(symbol),
                detail="It is kept as the nearest letter sign, or as □.",
            )
        else:
            letter = chr(sign) if 31 < sign < 0xD800 else "□"
        symbol.tag = W + "t"
        symbol.attrib.clear()
        symbol.text = letter

    def _furniture(self) -> None:
        seen: set[str] = set()
        for kind, target, outside in self.body.relations.values():
            if kind not in _FURNITURE or outside or target not in self.package:
                continue
            root = self._xml(target)
            self._choose_alternatives(root)
            number_paragraphs(root)
            for control in list(root.iter(W + "sdt")):
                _open_control(control)
            settle(root, self.choice)
            words = " ".join(" ".join(shown_text(p) for p in paragraphs(root)).split())
            name = "The header of the pages" if kind == "header" else "The footer of the pages"
            if words and (name + words) not in seen:
                seen.add(name + words)
                self.report.lost(name, "every page", words=words)
                self.report.words.pop()  # its words are not among those of the body
            if next(root.iter("{*}blip", V + "imagedata"), None) is not None:
                self.report.lost(f"A picture in {name[0].lower()}{name[1:]}", "every page")

    def _attachments(self) -> None:
        names = [name.lower() for name in self.package.names]
        if any(name.endswith("vbaproject.bin") for name in names):
            self.report.lost("Macros", "the whole file", "Programs in a document are not imported.")
        embedded = [n for n in self.package.names if "/embeddings/" in n.lower()]
        for name in embedded:
            self.report.lost("An attached file", "", posixpath.basename(name))
        if any("/activex/" in name and name.endswith(".xml") for name in names):
            self.report.lost("Form controls (ActiveX)", "the whole file")
        if any(name.startswith("_xmlsignatures/") for name in names):
            self.report.lost("A digital signature", "the whole file")

    # Notes

    def _mark_notes(self, marker: Marker) -> dict[int, str]:
        labels: dict[int, str] = {}
        number = 0
        for part, name, prefix in (
            (self.footnotes, "footnote", ""),
            (self.endnotes, "endnote", "e"),
        ):
            references: dict[str, int] = {}
            for holder in self.parts:
                for reference in holder.root.iter(W + name + "Reference"):
                    references.setdefault(reference.get(W + "id") or "", len(references) + 1)
            notes = {} if part is None else {n.get(W + "id"): n for n in part.root.iter(W + name)}
            for identifier in references:
                if identifier not in notes:
                    self.report.lost(f"The words of a {name}", "", f"Note {identifier} is missing.")
            for identifier, note in notes.items():
                if not _is_real_note(note):
                    continue
                for reference in list(note.iter(W + name + "Ref")):
                    remove(reference)
                if identifier not in references:
                    words = shown_text(note)
                    if words.strip():
                        self.report.lost(f"A {name} that nothing refers to", "", words=words)
                    continue
                number += 1
                labels[number] = f"{prefix}{references[identifier]}"
                first = note.find(W + "p")
                if first is not None:
                    _begin_with(first, marker.write("n", number))
        return labels

    # What each paragraph is

    def _describe(self, styles: Styles) -> None:
        numbering = Numbering(self._xml_related("numbering"))
        described: list[tuple[Element, Paragraph, Number | None]] = []
        previous: Paragraph | None = None
        on_title_page = False
        number_styles = _number_styles(self._xml_related("styles"))
        for paragraph in paragraphs(self.body.root):
            own = keys(paragraph)
            if not own:
                continue
            properties = paragraph.find(W + "pPr")
            style = "" if properties is None else value(properties.find(W + "pStyle"))
            names = styles.names(style)
            list_id, level = ("", 0) if properties is None else number_of(properties)
            if not list_id:
                inherited, inherited_level = styles.number(style)
                list_id = inherited
                level = level or inherited_level
            typed = _typed_number(paragraph, number_styles)
            has_words = _has_words(paragraph)
            number = None
            if list_id not in ("", "0") and has_words:
                number = numbering.next(list_id, level)
            if not has_words:
                continue
            info = Paragraph(place=self.places.get(own[0], ""), words=shown_text(paragraph).strip())
            heading = styles.heading(style)
            if properties is not None and (outline := outline_level(properties)) is not None:
                heading = outline + 1 if outline < 9 else 0
            quoted = any(name in _QUOTE_STYLES for name in names)
            continued = next((m for n in names if (m := _CONTINUE_STYLE.fullmatch(n))), None)
            in_table = next(paragraph.iterancestors(W + "tc"), None) is not None
            if names and names[0] == "title" and not described and not in_table:
                info.role, on_title_page = "title", True
            elif on_title_page and names and names[0] in _TITLE_PAGE_STYLES:
                self.report.lost("A line of the title page", info.place, words=info.words)
                remove(paragraph)
                continue
            elif names and names[0] == "recommendation":
                info.role = "recommendation"
                info.label = number.label if number is not None else ""
            elif names and names[0] == "recommendation fields":
                info.role = "fields"
            elif heading and not in_table:
                info.role, info.depth = "heading", min(heading, 9)
                info.quoted = quoted
                info.label = "" if number is None or number.bullet else number.label
            elif number is not None and number.blank:
                info.depth, info.quoted = level + 1, quoted
            elif number is not None:
                info.role, info.depth = "item", level + 1
                shape = next((m for n in names if (m := _LIST_STYLE.fullmatch(n))), None)
                if shape is not None and level == 0:
                    info.depth = int(shape[1])
                info.ordered, info.quoted = not number.bullet, quoted
                info.label = number.label
            elif continued is not None:
                info.depth = int(continued[1] or 1)
            elif any(name in _CODE_STYLES for name in names):
                info.role = "code"
            elif any(name in _CAPTION_STYLES for name in names):
                info.role = "caption"
            elif quoted:
                info.role = "quote"
            elif any(_CONTENTS_STYLE.fullmatch(name) for name in names[:1]) and not in_table:
                self.report.lost(
                    "A line of a table of contents", info.place, words=shown_text(paragraph)
                )
                remove(paragraph)
                continue
            else:
                self._by_indent(info, properties, previous)
            if typed:
                info.label = typed
            on_title_page = on_title_page and info.role == "title"
            described.append((paragraph, info, number))
            self.known[own[0]] = info
            if not in_table:
                previous = info
        _name_numbered(described)

    def _by_indent(
        self, info: Paragraph, properties: Element | None, previous: Paragraph | None
    ) -> None:
        """An indented paragraph goes on with the list item above it, or is a quotation."""
        indent = None if properties is None else properties.find(W + "ind")
        if indent is None:
            return
        left = _twips(value(indent, "left") or value(indent, "start"))
        right = _twips(value(indent, "right") or value(indent, "end"))
        if left < 300 or value(indent, "hanging") or value(indent, "firstLine"):
            return
        if previous is not None and previous.role in ("item", "") and previous.depth:
            info.depth, info.quoted = previous.depth, previous.quoted
        elif right >= 200 or info.words.startswith(_QUOTATION_MARKS):
            info.role = "quote"

    def _language(self) -> str:
        styles = self._xml_related("styles")
        if styles is None:
            return ""
        language = styles.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}lang")
        found = value(language)
        return found if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", found) else ""

    # The package for pandoc

    def _write(
        self, marker: Marker, pictures: dict[str, str], alternatives: dict[str, str]
    ) -> bytes:
        parts: dict[str, bytes] = {
            "[Content_Types].xml": _TYPES,
            "_rels/.rels": _ROOT_RELATIONS,
        }
        names = {self.body.name: "document"}
        relations: list[tuple[str, str]] = []
        if self.footnotes is not None:
            names[self.footnotes.name] = "footnotes"
        if self.endnotes is not None:
            names[self.endnotes.name] = "endnotes"
        styles = self._xml_related("styles")
        if styles is not None:
            for element in list(styles):
                if element.tag == W + "style" and element.get(W + "type") == "paragraph":
                    styles.remove(element)
            parts["word/styles.xml"] = etree.tostring(styles, encoding="UTF-8")
            relations.append(("styles", "styles.xml"))
        relations += [(name, f"{name}.xml") for name in names.values() if name != "document"]
        for part in self.parts:
            name = names[part.name]
            for paragraph in paragraphs(part.root):
                for properties in paragraph.findall(W + "pPr"):
                    paragraph.remove(properties)
                if name != "document" or _has_words(paragraph):
                    own = keys(paragraph)
                    if own:
                        _begin_with(paragraph, marker.write("p", own[0]))
                paragraph.attrib.clear()
            parts[f"word/{name}.xml"] = etree.tostring(part.root, encoding="UTF-8")
            own_relations = [
                f'<Relationship Id="{identifier}" Type="{_OFFICE}hyperlink" '
                f'Target="{_escaped(address)}" TargetMode="External"/>'
                for address, identifier in self._links[part.name].items()
            ]
            for at, (target, about) in enumerate(self._pictures[part.name]):
                shown = f"media/{len(pictures)}{posixpath.splitext(target)[1]}"
                pictures[shown] = target
                alternatives[shown] = about
                parts[f"word/{shown}"] = b"."
                own_relations.append(
                    f'<Relationship Id="fmPicture{at}" Type="{_OFFICE}image" '
                    f'Target="{_escaped(shown)}"/>'
                )
            if name == "document":
                own_relations += [
                    f'<Relationship Id="fm-{kind}" Type="{_OFFICE}{kind}" Target="{target}"/>'
                    for kind, target in relations
                ]
            parts[f"word/_rels/{name}.xml.rels"] = (
                f'<Relationships xmlns="{RELATIONSHIPS[1:-1]}">{"".join(own_relations)}'
                "</Relationships>"
            ).encode("utf-8", "replace")
        return self.package.repacked(parts)


def _open_control(control: Element) -> None:
    """Put what a content control holds in its place."""
    content = control.find(W + "sdtContent")
    for child in list(control):
        if child is not content:
            control.remove(child)
    if content is not None:
        unwrap(content)
    unwrap(control)


def _number_styles(styles: Element | None) -> frozenset[str]:
    found = () if styles is None else styles.iterfind(W + "style")
    return frozenset(
        style.get(W + "styleId") or ""
        for style in found
        if value(style.find(W + "name")).lower() == _NUMBER_STYLE
    )


def _typed_number(paragraph: Element, number_styles: frozenset[str]) -> str:
    """Take the runs that hold the passage's number off its beginning; the number they hold."""
    if not number_styles:
        return ""
    words = ""
    for run in paragraph.findall(W + "r"):
        style = value(run.find(f"{W}rPr/{W}rStyle"))
        if style in number_styles:
            words += shown_text(run)
            remove(run)
        elif shown_text(run).strip():
            break
    label = " ".join(words.split())
    return label.removesuffix(".") if label[:-1].isdigit() else label


def _name_numbered(described: Iterable[tuple[Element, Paragraph, Number | None]]) -> None:
    """Tell numbered paragraphs of a report (17., 4.2) from the items of a list.

    A family of numbers that runs on across headings, or counts within the numbers of headings,
    numbers the paragraphs of the report. Everything else is a list, whose items keep a label only
    when it is not the ordinary 1, 2, 3.
    """
    listed = list(described)
    families: dict[tuple[str, int], list[tuple[int, Paragraph, Number]]] = {}
    headings = [at for at, (_, info, _) in enumerate(listed) if info.role == "heading"]
    heading_families = {n.family for _, info, n in listed if n and info.role == "heading"}
    for at, (_, info, number) in enumerate(listed):
        if info.role == "item" and number is not None and not number.bullet:
            families.setdefault((number.family, number.level), []).append((at, info, number))
    paragraphs_of_report: set[tuple[str, int]] = set()
    for family, members in families.items():
        first = members[0][2]
        if first.form not in ("decimal", "decimalZero"):
            continue
        if first.compound and first.family in heading_families:
            paragraphs_of_report.add(family)
            continue
        for (at, _, number), (later, _, following) in pairwise(members):
            crosses = bisect_left(headings, later) > bisect_left(headings, at)
            if crosses and following.count == number.count + 1:
                paragraphs_of_report.add(family)
                break
    for family, members in families.items():
        above = {level for name, level in paragraphs_of_report if name == family[0]}
        for _, info, number in members:
            if family in paragraphs_of_report:
                info.role, info.depth, info.ordered = "", 0, False
                continue
            if above:
                info.depth = max(1, number.level - max((a for a in above), default=0))
            if number.form == "decimal" and number.pattern.strip() == f"%{number.level + 1}.":
                info.label = ""


def _within(paragraph: Element, wanted: tuple[str, ...]) -> Iterator[Element]:
    """Descendants of the wanted kinds, not looking into paragraphs inside this one (boxes), and
    only breaks and tabs that stand in a run."""
    for node in paragraph.iter(*wanted):
        if node is paragraph or node.tag == W + "p":
            continue
        parent = node.getparent()
        if node.tag != W + "t" and (parent is None or parent.tag != W + "r"):
            continue
        if next(node.iterancestors(W + "p"), None) is paragraph:
            yield node


def _has_words(paragraph: Element) -> bool:
    """Whether a reader would see anything of the paragraph, if only a picture."""
    for node in paragraph.iter(
        W + "t", W + "delText", M + "t", W + "drawing", W + "pict", W + "sym",
        W + "footnoteReference", W + "endnoteReference", W + "noBreakHyphen", W + "object",
    ):  # fmt: skip
        if node.tag not in (W + "t", W + "delText", M + "t") or (node.text or "").strip():
            return True
    return False


def _is_real_note(note: Element) -> bool:
    return note.get(W + "type") in (None, "normal")


def _is_separator(paragraph: Element) -> bool:
    """Whether it is the line that Word draws above footnotes."""
    note = next(paragraph.iterancestors(W + "footnote", W + "endnote"), None)
    return note is not None and not _is_real_note(note)


def _begin_with(paragraph: Element, mark: str) -> None:
    run = paragraph.makeelement(W + "r", {})
    words = run.makeelement(W + "t", {})
    words.text = mark
    run.append(words)
    paragraph.insert(1 if len(paragraph) and paragraph[0].tag == W + "pPr" else 0, run)


def _draws_something(picture: Element) -> bool:
    return any(child.tag != V + "shapetype" and str(child.tag).startswith(V) for child in picture)


def _is_rule(picture: Element) -> bool:
    return any(
        name.endswith("}hr") for e in picture.iter() for name in map(str, e.attrib) if e.get(name)
    )


def _empty_cell(row: Element) -> Element:
    cell = row.makeelement(W + "tc", {})
    cell.append(cell.makeelement(W + "p", {}))
    return cell


def _count(element: Element | None) -> int:
    number = value(element)
    return min(int(number), 100) if number.isascii() and number.isdigit() else 0


def _twips(measure: str) -> int:
    try:
        return int(float(measure))
    except (ValueError, OverflowError):
        return 0


def _escaped(words: str) -> str:
    return (
        words.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
    )
