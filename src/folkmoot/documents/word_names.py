"""Names of the XML of Word, and the small steps on its tree that several readers take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from folkmoot.documents.package import Element

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
W14: Final = "{http://schemas.microsoft.com/office/word/2010/wordml}"
W15: Final = "{http://schemas.microsoft.com/office/word/2012/wordml}"
M: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
MC: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
A: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
WP: Final = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
V: Final = "{urn:schemas-microsoft-com:vml}"
RELATIONSHIPS: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}"

STRICT: Final = (
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/math",
        b"http://schemas.openxmlformats.org/officeDocument/2006/math",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
    (
        b"http://purl.oclc.org/ooxml/drawingml/",
        b"http://schemas.openxmlformats.org/drawingml/2006/",
    ),
)
"""The namespaces of Strict Open XML and those that everybody else writes."""

KEY: Final = "{urn:folkmoot}paragraph"
"""An attribute of ours on each paragraph: the numbers of the paragraphs of the file in it."""


def remove(element: Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def unwrap(element: Element) -> None:
    """Put the children where the element was."""
    parent = element.getparent()
    if parent is None:
        return
    at = parent.index(element)
    children = list(element)
    parent.remove(element)
    parent[at:at] = children


def value(element: Element | None, name: str = "val") -> str:
    """An attribute in Word's namespace; empty when there is none."""
    return "" if element is None else (element.get(W + name) or "")


def switched_on(element: Element | None) -> bool:
    """Whether a toggle such as `w:b` is there and not set to off."""
    return element is not None and value(element) not in ("0", "false", "off", "none")


def paragraphs(root: Element) -> Iterator[Element]:
    yield from root.iter(W + "p")


def keys(paragraph: Element) -> list[int]:
    return [int(key) for key in (paragraph.get(KEY) or "").split()]


def shown_text(element: Element) -> str:
    """The words a reader of Word sees in an element, tabs and breaks as spaces."""
    parts: list[str] = []
    for node in element.iter(W + "t", M + "t", W + "tab", W + "br", W + "cr", W + "noBreakHyphen"):
        if node.tag in (W + "t", M + "t"):
            parts.append(node.text or "")
        elif node.tag == W + "noBreakHyphen":
            parts.append("\u2011")
        elif node.getparent() is not None and node.getparent().tag == W + "r":
            parts.append(" ")
    return "".join(parts)
