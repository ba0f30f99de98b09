"""A zipped document (DOCX, ODT), opened with care: sizes looked at before anything is unpacked,
XML read without entities, document types or network."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from typing import Final

from lxml import etree

from folkmoot.documents.limits import Limits
from folkmoot.documents.refusal import Refusal

type Element = etree._Element

DAMAGED: Final = Refusal(
    "damaged",
    "This file is damaged or was cut off while it was copied. "
    "Open it in the program that made it, save it again, and import that.",
)
_ENTITIES: Final = re.compile(rb"<!\s*ENTITY|<!\s*DOCTYPE[^>\[]*\[", re.IGNORECASE)


class Package:
    """The parts of a zipped document by name; each is unpacked only when asked for."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        """Raises `Refusal` for what is damaged, encrypted, or unpacks to more than is allowed."""
        self.limits = limits
        self.size = len(data)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            self._names = {entry.filename: entry for entry in self._zip.infolist()}
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeError):
            raise DAMAGED from None
        self._folded = {name.replace("\\", "/").lstrip("/").lower(): name for name in self._names}
        self._unpacked = 0
        entries = self._zip.infolist()
        claimed = sum(entry.file_size for entry in entries)
        if (
            claimed > limits.unpacked_bytes
            or len(entries) > limits.parts
            or (
                claimed > limits.ratio_from_bytes
                and claimed > limits.unpacked_ratio * max(1, len(data))
            )
        ):
            raise bomb()
        if any(entry.flag_bits & 0x1 for entry in entries):
            raise Refusal(
                "encrypted",
                "This file is protected with a password. Save a copy without one and import that.",
            )

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._folded

    @property
    def names(self) -> list[str]:
        """The parts, as the document writes their names."""
        return [n.replace("\\", "/").lstrip("/") for n in self._names if not n.endswith("/")]

    def bytes_of(self, name: str) -> bytes:
        """One part, unpacked. Raises `Refusal` when it is larger than it claimed or damaged, and
        `KeyError` when there is none of that name."""
        entry = self._names[self._folded[name.lower()]]
        try:
            with self._zip.open(entry) as part:
                data = part.read(self.limits.part_bytes + 1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            ValueError,
            NotImplementedError,
            RuntimeError,
        ):
            raise DAMAGED from None
        self._unpacked += len(data)
        if len(data) > self.limits.part_bytes or self._unpacked > 2 * self.limits.unpacked_bytes:
            raise bomb()
        return data

    def xml(self, name: str) -> Element:
        """One part as XML."""
        return parse_xml(self.bytes_of(name), self.limits)

    def repacked(self, parts: Mapping[str, bytes]) -> bytes:
        """A package of just these parts, stored without compression (it is read at once)."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as package:
            for name, data in parts.items():
                package.writestr(name, data)
        return out.getvalue()


def bomb() -> Refusal:
    return Refusal(
        "bomb",
        "This file unpacks to far more than an import may hold. "
        "Make its pictures smaller or split it, and import that.",
    )


def parse_xml(data: bytes, limits: Limits) -> Element:
    """The root element. Entities, and a document type that could define some, are refused before
    parsing: no document format read here needs them, and they are how a file reaches for other
    files. A document type that only names itself (old OpenOffice) is never followed."""
    head = data[:4096]
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in head[:8]:
        head = head.replace(b"\x00", b"")
        haystack = data.replace(b"\x00", b"")
    else:
        haystack = data
    if _ENTITIES.search(haystack):
        raise Refusal(
            "unsafe-xml",
            "This file refers to other files from inside itself, which is not allowed. "
            "Save it again in a word processor and import that.",
        )
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=True,  # the size is limited above, the depth below
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise DAMAGED from None
    if root is None:
        raise DAMAGED
    _check_depth(root, limits.nesting)
    return root


def _check_depth(root: Element, most: int) -> None:
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > most:
            raise Refusal(
                "too-deep",
                "This file nests lists, tables or boxes inside one another too deeply to be read.",
            )
