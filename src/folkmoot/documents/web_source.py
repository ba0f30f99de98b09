"""A web page made ready for pandoc: scripts and forms taken out and named, paragraphs marked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from lxml import etree, html

from folkmoot.documents.limits import Limits
from folkmoot.documents.loss import LossReport, shorten
from folkmoot.documents.marker import Marker
from folkmoot.documents.package import Element
from folkmoot.documents.passages import Paragraph
from folkmoot.documents.refusal import Refusal

READER: Final = "html-smart-raw_html-auto_identifiers-native_spans+native_divs"
_GONE: Final = {
    "script": "A program (script)",
    "noscript": "Words for browsers without programs",
    "template": "A template",
    "iframe": "A page inside the page (iframe)",
    "frame": "A page inside the page (frame)",
    "object": "An embedded object",
    "embed": "An embedded object",
    "applet": "A program (applet)",
    "audio": "A sound recording",
    "video": "A film",
    "canvas": "A drawing made by a program",
    "svg": "A drawing (SVG) inside the page",
    "math": "A formula (MathML)",
    "input": "A field of a form",
    "select": "A field of a form",
    "textarea": "A field of a form",
    "button": "A button",
    "map": "A picture with places to click",
}
_QUIET: Final = ("style", "link", "meta", "base")
_MARKED: Final = frozenset(
    [
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "dt",
        "dd",
        "td",
        "th",
        "blockquote",
        "pre",
        "figcaption",
    ]
)
_WITHIN_LINE: Final = frozenset(
    (
        "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i",
        "ins", "kbd", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup",
        "time", "tt", "u", "var", "wbr",
    )
)  # fmt: skip
_HOLDERS: Final = frozenset(
    (
        "ul", "ol", "table", "div", "section", "tr", "tbody", "thead", "dl", "figure", "img", "hr",
        "article", "details", "input",
    )
)  # fmt: skip
_FURNITURE: Final = ("nav",)


@dataclass(slots=True)
class WebPage:
    """A page ready for pandoc; `known` gives the line of each marked paragraph, `expected` the
    words that should arrive."""

    source: bytes
    title: str = ""
    language: str = ""
    known: dict[int, Paragraph] = field(default_factory=dict)
    expected: dict[int, str] = field(default_factory=dict)


def prepare(text: str, marker: Marker, report: LossReport, limits: Limits) -> WebPage:
    """Raises `Refusal` for a page without words or nested without end."""
    # A declared encoding would be believed over the decoding already done.
    text = text.removeprefix("\ufeff")
    if text.lstrip().startswith("<?xml"):
        text = text[text.index("?>") + 2 :] if "?>" in text else ""
    parser = html.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
    )
    try:
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        raise Refusal("no-words", "There are no words in this page.") from None
    _check_depth(root, limits)
    page = WebPage(b"")
    page.language = (root.get("lang") or root.get("xml:lang") or "").strip()
    title = root.find(".//title")
    page.title = " ".join((title.text_content() if title is not None else "").split())
    for element in list(root.iter(*_GONE, *_QUIET, *_FURNITURE)):
        tag = str(element.tag)
        if element.getparent() is None:
            continue
        words = " ".join(element.itertext()) if tag not in ("script", "style") else ""
        if tag in _GONE:
            about = element.get("src") or element.get("data") or element.get("name") or ""
            report.lost(_GONE[tag], _line(element), shorten(about, 120), words=words.strip())
        elif tag == "nav" and words.strip():
            report.lost("Links for finding one's way", _line(element), words=words)
        element.drop_tree()
    for element in list(root.iter()):
        if isinstance(element.tag, str) and _hidden(element):
            words = " ".join(element.itertext()).strip()
            if words:
                report.lost("Hidden words", _line(element), words=words)
            if element.getparent() is not None:
                element.drop_tree()
    number = 0
    body = root.find("body")
    for element in [] if body is None else body.iter():
        if isinstance(element.tag, str) and element.tag in _MARKED and _own_words(element):
            place = _line(element)
            page.known[number] = Paragraph(place=place, role="place")
            element.text = marker.write("p", number) + (element.text or "")
            number += 1
    if body is not None:
        page.expected[0] = marker.strip("".join(_words(body)))
    page.source = html.tostring(root, encoding="utf-8")
    return page


def _words(element: Element) -> Iterator[str]:
    """The words a reader sees, with spaces where one block ends; links from and to notes apart."""
    tag = str(element.tag) if isinstance(element.tag, str) else ""
    if element.get("role") in ("doc-noteref", "doc-backlink"):
        return
    if tag not in _WITHIN_LINE:
        yield " "
    yield element.text or ""
    for child in element:
        yield from _words(child)
        yield child.tail or ""
    if tag not in _WITHIN_LINE:
        yield " "


def _own_words(element: Element) -> bool:
    """Whether words or inline elements stand directly in it (a mark in a list item that begins
    with a paragraph would make a second paragraph)."""
    if (element.text or "").strip():
        return True
    first = next(iter(element), None)
    return first is not None and first.tag not in _MARKED | _HOLDERS


def _hidden(element: Element) -> bool:
    style = (element.get("style") or "").replace(" ", "").lower()
    return element.get("hidden") is not None or "display:none" in style


def _line(element: Element) -> str:
    return f"line {element.sourceline}" if element.sourceline else ""


def _check_depth(root: Element, limits: Limits) -> None:
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > limits.nesting:
            raise Refusal(
                "too-deep", "This page nests its parts inside one another too deeply to be read."
            )
