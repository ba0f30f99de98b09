"""An OpenDocument text made ready for pandoc, as `word_document` does for Word.

Lists, sections and boxes are taken apart so that every paragraph stands by itself with a mark;
what it was (heading, item, quotation) is known from its style and comes back by the mark.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from folkmoot.documents.block import ImportedComment
from folkmoot.documents.limits import Limits
from folkmoot.documents.loss import LossReport
from folkmoot.documents.marker import Marker
from folkmoot.documents.package import Element, Package
from folkmoot.documents.passages import Paragraph
from folkmoot.documents.prepared import Prepared
from folkmoot.documents.refusal import Refusal
from folkmoot.documents.word_changes import Choice, Revision
from folkmoot.documents.word_names import KEY, keys
from folkmoot.documents.word_numbering import written

_ODF: Final = "{urn:oasis:names:tc:opendocument:xmlns:"
TEXT: Final = _ODF + "text:1.0}"
OFFICE: Final = _ODF + "office:1.0}"
DRAW: Final = _ODF + "drawing:1.0}"
STYLE: Final = _ODF + "style:1.0}"
TABLE: Final = _ODF + "table:1.0}"
DC: Final = "{http://purl.org/dc/elements/1.1/}"
SVG: Final = _ODF + "svg-compatible:1.0}"
XLINK: Final = "{http://www.w3.org/1999/xlink}"
BETWEEN: Final = -1
"""Stands for the number of a paragraph where a change lies between paragraphs, in none."""

_NO_STYLES: Final = (
    b'<office:document-styles xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0">'
    b"<office:styles/><office:automatic-styles/><office:master-styles/></office:document-styles>"
)
"""pandoc reads no OpenDocument without a part for styles."""
_WORDS: Final = (TEXT + "p", TEXT + "h")
_INDEXES: Final = (
    "table-of-content", "illustration-index", "table-index", "object-index", "user-index",
    "alphabetical-index", "bibliography",
)  # fmt: skip
_INLINE: Final = frozenset(
    [
        "p",
        "h",
        "span",
        "a",
        "s",
        "tab",
        "line-break",
        "note",
        "note-citation",
        "note-body",
        "bookmark",
        "bookmark-start",
        "bookmark-end",
        "reference-mark",
        "reference-mark-start",
        "reference-mark-end",
        "soft-page-break",
        "list",
        "list-item",
        "list-header",
        "section",
        "number",
        "change",
        "change-start",
        "change-end",
        "tracked-changes",
        "sequence-decls",
        "sequence-decl",
        "variable-decls",
        "variable-decl",
        "user-field-decls",
        "user-field-decl",
        "changed-region",
        "insertion",
        "deletion",
        "format-change",
        "alphabetical-index-mark",
        "toc-mark",
        "alphabetical-index-mark-start",
        "alphabetical-index-mark-end",
    ]
)
_FORMS: Final = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman",
                 "I": "upperRoman"}  # fmt: skip
_SHAPES: Final = (
    "text-box", "custom-shape", "rect", "ellipse", "circle", "line", "polyline", "polygon", "path",
    "caption", "connector", "measure", "regular-polygon",
)  # fmt: skip
_TITLE_PAGE_STYLES: Final = ("subtitle", "author", "date", "abstract", "notice")
_NUMBER_STYLE: Final = "passage number"
"""The character style of the number of a passage in files that we write ourselves."""
_ROLES: Final = {
    "quotations": "quote", "quote": "quote", "block text": "quote", "preformatted text": "code",
    "source code": "code", "caption": "caption", "illustration": "caption", "table": "caption",
    "figure": "caption", "image caption": "caption", "table caption": "caption",
    "recommendation": "recommendation", "recommendation fields": "fields",
}  # fmt: skip


@dataclass(slots=True)
class _Level:
    ordered: bool = False
    form: str = ""
    prefix: str = ""
    suffix: str = ""
    start: int = 1
    shown_levels: int = 1


@dataclass(slots=True)
class _Threads:
    """Annotations, with replies put under what they answer."""

    found: dict[int, tuple[Element, str]] = field(default_factory=dict)

    def read(self, quotes: Mapping[int, list[str]]) -> dict[int, ImportedComment]:
        names = {name: number for number, (_, name) in self.found.items() if name}
        replies: dict[int, list[ImportedComment]] = {}
        heads: dict[int, Element] = {}
        for number, (element, _) in self.found.items():
            parent = _foreign(element, "parent-name")
            above = names.get(parent, -1) if parent else -1
            if above in self.found and above != number:
                replies.setdefault(above, []).append(self._one(element, "", ()))
            else:
                heads[number] = element
        return {
            number: self._one(
                element,
                " ".join("".join(quotes.get(number, ())).split()),
                tuple(replies.get(number, ())),
            )
            for number, element in heads.items()
        }

    def _one(
        self, element: Element, quote: str, replies: tuple[ImportedComment, ...]
    ) -> ImportedComment:
        body = [" ".join("".join(p.itertext()).split()) for p in element.iter(*_WORDS)]
        return ImportedComment(
            author=element.findtext(DC + "creator") or "",
            date=element.findtext(DC + "date") or None,
            body="\n\n".join(words for words in body if words),
            quote=quote,
            replies=replies,
            resolved=_foreign(element, "resolved") == "true",
        )


class OpenDocument:
    """Reads one package once, for one way of treating its tracked changes."""

    def __init__(
        self, package: Package, choice: Choice, limits: Limits, report: LossReport
    ) -> None:
        self.package = package
        self.choice = choice
        self.limits = limits
        self.report = report
        self.content = package.xml("content.xml")
        body = self.content.find(f"{OFFICE}body/{OFFICE}text")
        if body is None:
            raise Refusal(
                "damaged",
                "This OpenDocument file has no text in it. "
                "Open it, save it again, and import that.",
            )
        self.body = body
        self.styles = package.xml("styles.xml") if "styles.xml" in package else None
        self.places: dict[int, str] = {}
        self.known: dict[int, Paragraph] = {}
        self.alternatives: dict[str, str] = {}
        self._names: dict[str, tuple[str, str]] = {}
        self._lists: dict[str, dict[int, _Level]] = {}
        for root in (self.styles, self.content):
            if root is not None:
                self._read_styles(root)

    def prepare(self) -> Prepared:
        self._number()
        self._drop_indexes()
        changed = self._settle_changes()
        expected = self._texts()
        marker = Marker(text or "" for text in self.content.itertext())
        threads = self._mark_comments(marker)
        self._drop_objects()
        self._lift_boxes()
        self._plain_fields()
        labels = self._mark_notes(marker)
        self._furniture()
        self._describe()
        self._take_lists_apart()
        for paragraph in self._paragraphs():
            if _has_words(paragraph) and (own := keys(paragraph)):
                paragraph.text = marker.write("p", own[0]) + (paragraph.text or "")
        joined = [keys(p) for p in self._paragraphs()]
        pictures: dict[str, str] = {}
        source = self._write(pictures)
        title = next((p.words for p in self.known.values() if p.role == "title"), "")
        return Prepared(
            source=source,
            reader="odt-auto_identifiers",
            known=self.known,
            note_labels=labels,
            marker=marker,
            expected=expected,
            places=self.places,
            pictures=pictures,
            alternatives=self.alternatives,
            revisions=changed,
            comments=threads,
            joined=[group for group in joined if len(group) > 1],
            title=title or self._meta("title"),
            language=self._meta("language"),
        )

    # Reading around

    def _paragraphs(self) -> Iterator[Element]:
        yield from self.body.iter(*_WORDS)

    def _number(self) -> None:
        number = 0
        annotations = {p for a in self.body.iter(OFFICE + "annotation") for p in a.iter(*_WORDS)}
        for key, paragraph in enumerate(self._paragraphs()):
            if paragraph in annotations:
                continue
            paragraph.set(KEY, str(key))
            if _has_words(paragraph):
                number += 1
            self.places[key] = f"paragraph {max(1, number)}"

    def place_of(self, element: Element) -> str:
        for candidate in (element, *element.iterancestors()):
            own = keys(candidate)
            if own:
                return self.places.get(own[0], "")
        for candidate in element.iter(*_WORDS):
            own = keys(candidate)
            if own:
                return self.places.get(own[0], "")
        return ""

    def _meta(self, name: str) -> str:
        if "meta.xml" not in self.package:
            return ""
        return " ".join((self.package.xml("meta.xml").findtext(f".//{DC}{name}") or "").split())

    def _read_styles(self, root: Element) -> None:
        for style in root.iter(STYLE + "style"):
            name = style.get(STYLE + "name") or ""
            shown = style.get(STYLE + "display-name") or _decoded(name)
            self._names[name] = (shown.lower(), style.get(STYLE + "parent-style-name") or "")
        for style in root.iter(TEXT + "list-style", TEXT + "outline-style"):
            levels: dict[int, _Level] = {}
            for level in style:
                at = _whole(level.get(TEXT + "level"), 1)
                form = level.get(STYLE + "num-format") or ""
                start = level.get(TEXT + "start-value") or "1"
                shown_levels = level.get(TEXT + "display-levels") or "1"
                levels[at] = _Level(
                    ordered=str(level.tag).endswith("-number") or bool(form),
                    form=form,
                    prefix=level.get(STYLE + "num-prefix") or "",
                    suffix=level.get(STYLE + "num-suffix") or "",
                    start=_whole(start, 1),
                    shown_levels=_whole(shown_levels, 1),
                )
            name = style.get(STYLE + "name") or ""
            self._lists["" if style.tag == TEXT + "outline-style" else name] = levels

    def _style_names(self, paragraph: Element) -> list[str]:
        found: list[str] = []
        name = paragraph.get(TEXT + "style-name") or ""
        seen: set[str] = set()
        while name and name not in seen:
            seen.add(name)
            shown, parent = self._names.get(name, (_decoded(name).lower(), ""))
            found.append(shown)
            name = parent
        return found

    def _texts(self) -> dict[int, str]:
        return {
            own[0]: _own_text(paragraph)
            for paragraph in self._paragraphs()
            if (own := keys(paragraph))
        }

    # Taking out and making plain

    def _drop_indexes(self) -> None:
        for name in _INDEXES:
            for index in list(self.body.iter(TEXT + name)):
                what = "The table of contents" if name == "table-of-content" else "An index"
                body = index.find(TEXT + "index-body")
                words = "" if body is None else " ".join(_own_text(p) for p in body.iter(*_WORDS))
                self.report.lost(what, self.place_of(index), "It is made anew.", words=words)
                _drop(index)

    def _settle_changes(self) -> dict[int, list[Revision]]:
        regions: dict[str, tuple[str, Revision, Element]] = {}
        for region in self.body.iter(TEXT + "changed-region"):
            for change in region:
                if change.tag in (TEXT + "insertion", TEXT + "deletion", TEXT + "format-change"):
                    kind = str(change.tag).rpartition("}")[2]
                    revision = Revision(
                        change.findtext(f".//{DC}creator") or "",
                        change.findtext(f".//{DC}date"),
                    )
                    identifier = region.get(TEXT + "id") or next(
                        (v for k, v in region.attrib.items() if str(k).endswith("}id")), ""
                    )
                    regions[str(identifier)] = (kind, revision, change)
        changed: dict[int, list[Revision]] = {}
        for mark in self.body.iter(TEXT + "change", TEXT + "change-start", TEXT + "change-end"):
            region_id = mark.get(TEXT + "change-id") or ""
            for ancestor in mark.iterancestors(*_WORDS):
                for key in keys(ancestor):
                    if region_id in regions:
                        listed = changed.setdefault(key, [])
                        if regions[region_id][1] not in listed:
                            listed.append(regions[region_id][1])
        found = [revision for listed in changed.values() for revision in listed]
        place = self.places.get(min(changed, default=BETWEEN), "")
        if between := [r for _, r, _ in regions.values() if r not in found]:
            changed[BETWEEN] = list(dict.fromkeys(between))
        if self.choice == "reject":
            for mark in list(self.body.iter(TEXT + "change")):
                kind, _, change = regions.get(mark.get(TEXT + "change-id") or "", ("", None, mark))
                if kind == "deletion":
                    _put_back(mark, change)
            for mark in list(self.body.iter(TEXT + "change-start")):
                kind, _, _ = regions.get(mark.get(TEXT + "change-id") or "", ("", None, mark))
                if kind == "insertion":
                    _cut_out(self.body, mark)
        for tracked in list(self.body.iter(TEXT + "tracked-changes")):
            _drop(tracked)
        for mark in list(
            self.body.iter(TEXT + "change", TEXT + "change-start", TEXT + "change-end")
        ):
            _drop(mark)
        if regions:
            how = "accepted" if self.choice == "accept" else "rejected"
            self.report.note(
                "Tracked changes",
                place,
                f"{len(regions)} tracked changes; all were {how}.",
            )
        return changed

    def _mark_comments(self, marker: Marker) -> _Threads:
        threads = _Threads()
        numbers: dict[str, int] = {}
        for number, note in enumerate(list(self.body.iter(OFFICE + "annotation"))):
            name = note.get(OFFICE + "name") or ""
            threads.found[number] = (copy.deepcopy(note), name)
            ranged = bool(name) and any(
                e.get(OFFICE + "name") == name for e in self.body.iter(OFFICE + "annotation-end")
            )
            numbers[name] = number
            mark = marker.write("c", number)
            if not ranged:
                mark += marker.write("d", number)
            _replace(note, mark)
        for end in list(self.body.iter(OFFICE + "annotation-end")):
            number_of = numbers.get(end.get(OFFICE + "name") or "")
            _replace(end, "" if number_of is None else marker.write("d", number_of))
        return threads

    def _drop_objects(self) -> None:
        for thing in list(self.body.iter(DRAW + "object", DRAW + "object-ole", DRAW + "plugin",
                                         DRAW + "applet", DRAW + "floating-frame")):  # fmt: skip
            if thing.tag == DRAW + "object" and self._formula(thing):
                continue
            self.report.lost(
                "An embedded object", self.place_of(thing), thing.get(XLINK + "href") or ""
            )
            frame = thing.getparent()
            _drop(frame if frame is not None and frame.tag == DRAW + "frame" else thing)
        for form in list(self.body.iter(OFFICE + "forms")):
            if len(form):
                self.report.lost("A form", self.place_of(form))
            _drop(form)
        for control in list(self.body.iter(DRAW + "control")):
            self.report.lost("A field of a form", self.place_of(control))
            _drop(control)
        for line in list(self.body.iter(TEXT + "ruby-text")):
            self.report.lost(
                "A reading printed above words", self.place_of(line), words=_own_text(line)
            )
            _drop(line)

    def _formula(self, thing: Element) -> bool:
        """Put the source of a formula where its picture was; False when it is something else."""
        part = (thing.get(XLINK + "href") or "").removeprefix("./").rstrip("/") + "/content.xml"
        if part not in self.package:
            return False
        root = self.package.xml(part)
        if not str(root.tag).endswith("math"):
            return False
        notes = [n for n in root.iter("{*}annotation") if (n.text or "").strip()]
        words = notes[0].text if notes else " ".join("".join(root.itertext()).split())
        frame = thing.getparent()
        self.report.count(
            "A formula", self.place_of(thing), detail="It is kept as the text of its source."
        )
        _replace(
            frame if frame is not None and frame.tag == DRAW + "frame" else thing, f"${words}$"
        )
        return True

    def _lift_boxes(self) -> None:
        for shape in reversed(list(self.body.iter(*(DRAW + name for name in _SHAPES)))):
            holder = next(shape.iterancestors(*_WORDS), None)
            place = self.place_of(shape)
            inside = [child for child in shape if isinstance(child.tag, str)
                      and child.tag.startswith((TEXT, TABLE))]  # fmt: skip
            if any("".join(child.itertext()).strip() for child in inside):
                self.report.changed(
                    "A text box", place, "Its words now follow the paragraph it was attached to."
                )
            elif shape.tag != DRAW + "text-box" and not inside:
                self.report.lost("A drawn shape", place)
            top = shape
            parent = shape.getparent()
            if shape.tag == DRAW + "text-box" and parent is not None:
                top = parent
            anchor: Element | None = holder if holder is not None else top
            if anchor is not None:
                for child in reversed(inside):
                    _tail_free(child)
                    anchor.addnext(child)
            _drop(top)

    def _plain_fields(self) -> None:
        for hidden in list(self.body.iter(TEXT + "hidden-text", TEXT + "hidden-paragraph")):
            self.report.lost("Hidden words", self.place_of(hidden), words=_own_text(hidden))
            _drop(hidden)
        for element in list(self.body.iter()):
            if not isinstance(element.tag, str) or not element.tag.startswith(TEXT):
                continue
            name = element.tag.removeprefix(TEXT)
            if name in _INLINE:
                continue
            if "".join(element.itertext()).strip() and name not in ("ruby", "ruby-base", "meta"):
                self.report.count(
                    f"A field ({name})",
                    self.place_of(element),
                    detail="Its words are kept as they were last shown; they no longer change.",
                    severity="note",
                )
            element.tag = TEXT + "span"
            element.attrib.clear()

    def _mark_notes(self, marker: Marker) -> dict[int, str]:
        labels: dict[int, str] = {}
        for number, note in enumerate(self.body.iter(TEXT + "note"), 1):
            cited = note.findtext(TEXT + "note-citation") or str(number)
            end = note.get(TEXT + "note-class") == "endnote"
            labels[number] = f"e{cited.strip()}" if end else cited.strip()
            first = next(note.iter(*_WORDS), None)
            if first is not None:
                first.text = marker.write("n", number) + (first.text or "")
        return labels

    def _furniture(self) -> None:
        if self.styles is None:
            return
        seen: set[str] = set()
        for kind in ("header", "footer"):
            for part in self.styles.iter(STYLE + kind, f"{STYLE}{kind}-left"):
                words = " ".join(" ".join(part.itertext()).split())
                if words and words not in seen:
                    seen.add(words)
                    self.report.lost(f"The {kind} of the pages", "every page", words=words)
                    self.report.words.pop()

    # What each paragraph is

    def _describe(self) -> None:
        outline = self._lists.get("", {})
        counters: list[int] = [0] * 11
        running: dict[str, list[int | None]] = {}
        last_of_style: dict[str, str] = {}
        on_title_page = False
        for paragraph in list(self._paragraphs()):
            own = keys(paragraph)
            if not own or not _has_words(paragraph):
                continue
            if next(paragraph.iterancestors(TEXT + "note"), None) is not None:
                continue
            in_table = next(paragraph.iterancestors(TABLE + "table"), None) is not None
            typed = _typed_number(paragraph)
            info = Paragraph(place=self.places.get(own[0], ""), words=_own_text(paragraph).strip())
            names = self._style_names(paragraph)
            if on_title_page and names and names[0] in _TITLE_PAGE_STYLES:
                self.report.lost("A line of the title page", info.place, words=info.words)
                _drop(paragraph)
                continue
            role = next((_ROLES[name] for name in names if name in _ROLES), "")
            lists = list(paragraph.iterancestors(TEXT + "list"))
            if names and names[0] == "title" and not self.known:
                info.role, on_title_page = "title", True
                self.known[own[0]] = info
                continue
            if paragraph.tag == TEXT + "h" and not in_table:
                level = paragraph.get(TEXT + "outline-level") or "1"
                info.role, info.depth = "heading", max(1, min(9, _whole(level, 1)))
                info.label = self._outline_label(paragraph, info.depth, outline, counters)
            elif lists and role not in ("recommendation", "fields"):
                self._describe_item(paragraph, lists, info, running, last_of_style)
                info.quoted = role == "quote"
            elif role in ("quote", "code", "caption", "recommendation", "fields"):
                info.role = role  # type: ignore[assignment]  # narrowed by the line above
            on_title_page = False
            info.label = typed or info.label
            self.known[own[0]] = info

    def _outline_label(
        self, heading: Element, depth: int, outline: dict[int, _Level], counters: list[int]
    ) -> str:
        level = outline.get(depth)
        if level is None or not level.form or heading.get(TEXT + "is-list-header") == "true":
            return ""
        counters[depth] = counters[depth] + 1 if counters[depth] else level.start
        for deeper in range(depth + 1, 11):
            counters[deeper] = 0
        first = max(1, depth - level.shown_levels + 1)
        numbers = [
            written(counters[n] or 1, _FORMS.get(outline[n].form, "decimal"))
            for n in range(first, depth + 1)
            if n in outline and outline[n].form
        ]
        return f"{level.prefix}{'.'.join(numbers)}{level.suffix}".strip().removesuffix(".")

    def _describe_item(
        self,
        paragraph: Element,
        lists: list[Element],
        info: Paragraph,
        running: dict[str, list[int | None]],
        last_of_style: dict[str, str],
    ) -> None:
        depth = min(10, len(lists))
        info.depth = min(9, depth)
        outer = lists[-1]
        style = next(
            (
                name
                for one in lists
                if (name := one.get(TEXT + "style-name")) and depth in self._lists.get(name, {})
            ),
            "",
        )
        holder = paragraph.getparent()
        if (
            holder is None
            or holder.tag != TEXT + "list-item"
            or _first_words(holder) is not paragraph
        ):
            return
        level = self._lists.get(style, {}).get(depth, _Level())
        info.role, info.ordered = "item", level.ordered and bool(level.form)
        key = str(id(outer))
        identity = "{http://www.w3.org/XML/1998/namespace}id"
        own_name = outer.get(identity) or key
        if own_name not in running:
            counts: list[int | None] = [None] * 11
            continued = outer.get(TEXT + "continue-list")
            if continued is None and outer.get(TEXT + "continue-numbering") == "true":
                continued = last_of_style.get(style)
            if continued in running:
                counts = running[continued]
            running[own_name] = counts
        last_of_style[style] = own_name
        counts = running[own_name]
        start = holder.get(TEXT + "start-value") or ""
        before = counts[depth]
        now = _whole(start, level.start if before is None else before + 1)
        counts[depth] = now
        for deeper in range(depth + 1, 11):
            counts[deeper] = None
        if not info.ordered:
            return
        form = _FORMS.get(level.form, "decimal")
        label = f"{level.prefix}{written(now, form)}{level.suffix}".strip().removesuffix(".")
        plain = form == "decimal" and not level.prefix and level.suffix.strip() in (".", "")
        continues = bool(outer.get(TEXT + "continue-list")) or (
            outer.get(TEXT + "continue-numbering") == "true"
        )
        if plain and depth == 1 and (continues or self._is_body_list(outer)):
            info.role, info.depth, info.ordered, info.label = "", 0, False, label
        elif not plain:
            info.label = label

    def _is_body_list(self, outer: Element) -> bool:
        """Whether a later list goes on with this one across a heading: numbered paragraphs."""
        name = outer.get("{http://www.w3.org/XML/1998/namespace}id")
        style = outer.get(TEXT + "style-name")
        heading = False
        following = outer.getnext()
        while following is not None:
            if following.tag == TEXT + "h":
                heading = True
            elif following.tag == TEXT + "list" and heading:
                if name and following.get(TEXT + "continue-list") == name:
                    return True
                if (
                    following.get(TEXT + "continue-numbering") == "true"
                    and following.get(TEXT + "style-name") == style
                ):
                    return True
            following = following.getnext()
        return False

    def _take_lists_apart(self) -> None:
        for name in ("list-item", "list-header", "list", "section", "soft-page-break"):
            for element in list(self.body.iter(TEXT + name)):
                inside_note = next(element.iterancestors(TEXT + "note"), None) is not None
                in_cell = next(element.iterancestors(TABLE + "table-cell"), None) is not None
                if (inside_note or in_cell) and name.startswith("list"):
                    continue
                for number in element.findall(TEXT + "number"):
                    _drop(number)
                _dissolve(element)

    def _write(self, pictures: dict[str, str]) -> bytes:
        parts: dict[str, bytes] = {"mimetype": b"application/vnd.oasis.opendocument.text"}
        for image in self.body.iter(DRAW + "image"):
            address = (image.get(XLINK + "href") or "").removeprefix("./")
            if address in self.package:
                shown = f"Pictures/{len(pictures)}-{address.rsplit('/', 1)[-1]}"
                pictures[shown] = address
                frame = image.getparent()
                if frame is not None:
                    described = frame.findtext(SVG + "desc") or frame.findtext(SVG + "title")
                    self.alternatives[shown] = " ".join((described or "").split())
                parts[shown] = b"."
                image.set(XLINK + "href", shown)
        parts["content.xml"] = etree.tostring(self.content, encoding="UTF-8")
        styles = _NO_STYLES if self.styles is None else etree.tostring(self.styles)
        parts["styles.xml"] = styles
        return self.package.repacked(parts)


def _whole(words: str | None, otherwise: int) -> int:
    """A whole number of at most three digits, or what it is otherwise."""
    sound = words is not None and words.isascii() and words.isdigit() and len(words) < 4
    return int(words) if words is not None and sound else otherwise


def _decoded(name: str) -> str:
    return re.sub(r"_([0-9a-f]{2})_", lambda match: chr(int(match[1], 16)), name)


def _foreign(element: Element, name: str) -> str:
    """An attribute by its local name: extensions come in several namespaces."""
    return next((str(v) for k, v in element.attrib.items() if str(k).endswith("}" + name)), "")


def _own_text(paragraph: Element) -> str:
    """The words of a paragraph without those of notes, comments and boxes inside it."""
    parts: list[str] = []

    def gather(element: Element) -> None:
        parts.append(element.text or "")
        for child in element:
            if isinstance(child.tag, str):
                if child.tag in (TEXT + "s", TEXT + "tab", TEXT + "line-break"):
                    parts.append(" ")
                elif child.tag in (TEXT + "note", OFFICE + "annotation") or child.tag.startswith(
                    DRAW
                ):
                    pass
                elif child.tag not in _WORDS:
                    gather(child)
            parts.append(child.tail or "")

    gather(paragraph)
    return "".join(parts)


def _has_words(paragraph: Element) -> bool:
    if "".join(paragraph.itertext()).strip():
        return True
    return next(paragraph.iter(DRAW + "image", DRAW + "object", TEXT + "note"), None) is not None


def _first_words(holder: Element) -> Element | None:
    return next((child for child in holder if child.tag in _WORDS), None)


def _tail_free(element: Element) -> None:
    element.tail = None


def _replace(element: Element, words: str) -> None:
    """Put words where an element was, before what follows it."""
    element.tail = words + (element.tail or "")
    _drop(element)


def _typed_number(paragraph: Element) -> str:
    """Take the span that holds the passage's number off its beginning; the number it holds."""
    if (paragraph.text or "").strip() or not len(paragraph):
        return ""
    span = paragraph[0]
    if span.tag != TEXT + "span" or _decoded(span.get(TEXT + "style-name") or "").lower() != (
        _NUMBER_STYLE
    ):
        return ""
    words = _own_text(span).strip()
    _drop(span)
    return words.removesuffix(".") if words[:-1].isdigit() else words


def _drop(element: Element) -> None:
    """Remove an element and keep the words after it."""
    parent = element.getparent()
    if parent is None:
        return
    tail = element.tail
    if tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + tail
        else:
            parent.text = (parent.text or "") + tail
    element.tail = None
    parent.remove(element)


def _dissolve(element: Element) -> None:
    """Put the children of a block in its place."""
    parent = element.getparent()
    if parent is None:
        return
    at = parent.index(element)
    children = list(element)
    _drop(element)
    parent[at:at] = children


def _put_back(mark: Element, deletion: Element) -> None:
    """Undo a deletion: its words go where the mark is; its paragraphs divide the one around it."""
    pieces = [child for child in deletion if child.tag in _WORDS]
    others = [child for child in deletion if child.tag not in (*_WORDS, OFFICE + "change-info")]
    holder = next(mark.iterancestors(*_WORDS), None)
    if holder is None:
        for piece in reversed(pieces + others):
            mark.addnext(copy.deepcopy(piece))
        return
    if not pieces:
        for other in reversed(others):
            holder.addnext(copy.deepcopy(other))
        return
    first = copy.deepcopy(pieces[0])
    after: list[Element] = []
    rest = mark.tail or ""
    mark.tail = None
    parent = mark.getparent()
    if parent is None:
        return
    if len(pieces) > 1 and parent is holder:
        index = parent.index(mark)
        after = list(parent)[index + 1 :]
        last = copy.deepcopy(pieces[-1])
        _append_words(last, rest)
        last.extend(after)
        following = [copy.deepcopy(piece) for piece in pieces[1:-1]] + [last]
        for piece in reversed(following):
            holder.addnext(piece)
        rest = ""
    mark.tail = first.text or ""
    place = parent.index(mark)
    parent[place + 1 : place + 1] = list(first)
    if rest:
        end = parent[place + len(first) if len(first) else place]
        end.tail = (end.tail or "") + rest


def _append_words(element: Element, words: str) -> None:
    if len(element):
        element[-1].tail = (element[-1].tail or "") + words
    else:
        element.text = (element.text or "") + words


def _cut_out(body: Element, start: Element) -> None:
    """Undo an insertion: everything from its start mark to its end mark goes, and the paragraphs
    that began inside join the one in which it started."""
    identifier = start.get(TEXT + "change-id")
    holder = next(start.iterancestors(*_WORDS), None)
    active = False
    begun: list[Element] = []
    for event, node in etree.iterwalk(body, events=("start", "end")):
        if node is start and event == "end":
            active = True
            node.tail = None
            continue
        if not active:
            continue
        if node.tag == TEXT + "change-end" and node.get(TEXT + "change-id") == identifier:
            break
        if event == "start":
            node.text = None
            if node.tag in _WORDS:
                begun.append(node)
        else:
            node.tail = None
    if holder is not None:
        for paragraph in begun:
            if paragraph is holder or paragraph in holder.iterancestors():
                continue
            _append_words(holder, paragraph.text or "")
            holder.extend(list(paragraph))
            holder.set(KEY, f"{holder.get(KEY) or ''} {paragraph.get(KEY) or ''}".strip())
            _drop(paragraph)
