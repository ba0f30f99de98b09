"""A zipped document with some of its parts rewritten, and what pandoc's files need rewritten.

Only for packages we made ourselves; what strangers send is opened by `package`.
"""

from __future__ import annotations

import copy
import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from lxml import etree

from folkmoot.documents.package import Element

type Change = Callable[[bytes], bytes]

_TEXT: Final = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_FO: Final = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
_STYLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_DRAW: Final = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_SVG: Final = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
_LEVELS: Final = 10
_INDENT_INCHES: Final = 0.25


def rewritten(
    package: bytes, changes: Mapping[str, Change], added: Mapping[str, bytes] | None = None
) -> bytes:
    """The package with parts changed by name, and parts added at its end.

    The order and the compression of the parts stay as they are: an EPUB or ODT begins with
    `mimetype`, stored as it is.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            data = old.read(entry)
            change = changes.get(entry.filename)
            new.writestr(entry, data if change is None else change(data), entry.compress_type)
        for name, data in (added or {}).items():
            new.writestr(name, data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def as_xml(root: Element) -> bytes:
    """An XML part as it is stored."""
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def finished_word(package: bytes) -> bytes:
    """A Word file of pandoc's without what does not belong into it.

    The address of a picture (here all of its bytes) stands in the picture's description, and a
    table's caption a second time in the table's properties, where a reader would say it twice.
    """

    def document(data: bytes) -> bytes:
        data = re.sub(rb'(<pic:cNvPr\b[^>]*?)\bdescr="data:[^"]*"', rb'\1descr=""', data)
        return re.sub(rb"<w:tblCaption\b[^>]*/>", b"", data)

    return rewritten(package, {"word/document.xml": document})


def finished_open_document(package: bytes, alternatives: Sequence[str]) -> bytes:
    """An OpenDocument file of pandoc's with what it leaves out.

    `alternatives` are the descriptions of the pictures in order. Numbered lists are given all
    their levels: pandoc describes only the first, and inside another list the second is shown.
    """

    def content(data: bytes) -> bytes:
        root = etree.fromstring(data)
        depths = _depths(root)
        for style in root.iter(f"{_TEXT}list-style"):
            _complete(style, depths.get(style.get(f"{_STYLE}name") or "", 1))
        frames = [f for f in root.iter(f"{_DRAW}frame") if f.find(f"{_DRAW}image") is not None]
        for frame, alternative in zip(frames, alternatives, strict=False):
            if alternative and frame.find(f"{_SVG}title") is None:
                for name in ("title", "desc"):
                    element = etree.SubElement(frame, f"{_SVG}{name}")
                    element.text = alternative
        return as_xml(root)

    return rewritten(package, {"content.xml": content})


def _depths(root: Element) -> dict[str, int]:
    """By the name of a list's style, how deep in lists its list stands (1 is outermost)."""
    depths: dict[str, int] = {}
    for listed in root.iter(f"{_TEXT}list"):
        depth = 1 + sum(1 for _ in listed.iterancestors(f"{_TEXT}list"))
        depths.setdefault(listed.get(f"{_TEXT}style-name") or "", depth)
    return depths


def _complete(style: Element, depth: int) -> None:
    """Move a numbered list's levels to the depth it stands at, and describe all the others."""
    levels = [level for level in style if level.tag == f"{_TEXT}list-level-style-number"]
    if not levels or len(levels) != len(style) or len(levels) == _LEVELS:
        return
    for level in levels:
        style.remove(level)
    for number in range(1, _LEVELS + 1):
        level = copy.deepcopy(levels[min(max(number - depth, 0), len(levels) - 1)])
        level.set(f"{_TEXT}level", str(number))
        for alignment in level.iter(f"{_STYLE}list-level-label-alignment"):
            margin = f"{_INDENT_INCHES * (number + 1):.2f}in"
            alignment.set(f"{_FO}margin-left", margin)
            alignment.set(f"{_TEXT}list-tab-stop-position", margin)
        style.append(level)
