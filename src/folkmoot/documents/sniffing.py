"""What kind of file this is, by its contents; its name only decides between kinds of text."""

from __future__ import annotations

import codecs
import re
from pathlib import PurePath
from typing import Final, Literal

from folkmoot.documents.limits import MEGABYTE, Limits
from folkmoot.documents.loss import LossReport
from folkmoot.documents.package import Package
from folkmoot.documents.refusal import Refusal

type Format = Literal["docx", "odt", "markdown", "html", "text"]

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_HTML: Final = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_BINARY: Final = {
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "a compressed archive",
    b"7z\xbc\xaf": "a compressed archive",
    b"Rar!": "a compressed archive",
    b"\x7fELF": "a program",
    b"MZ\x90": "a program",
    b"SQLite format 3": "a database",
}
ACCEPTED: Final = (
    "Word (.docx), OpenDocument (.odt), Markdown, HTML and plain text can be imported."
)


def check_size(size: int, limits: Limits) -> None:
    """Raises `Refusal` for a file with nothing in it or with more than is allowed."""
    if size == 0:
        raise Refusal("empty", "This file is empty. Choose another one.")
    if size > limits.file_bytes:
        raise Refusal(
            "too-large",
            f"This file is {size / MEGABYTE:,.0f} MB; at most {limits.file_bytes / MEGABYTE:,.0f} "
            "MB can be imported. Make its pictures smaller or split it.",
        )


def sniff(data: bytes, filename: str, limits: Limits) -> tuple[Format, Package | None]:
    """The format, and the opened package for the zipped ones. Raises `Refusal` for all others."""
    check_size(len(data), limits)
    suffix = PurePath(filename).suffix.lower()
    if data.startswith(_OLE):
        raise _ole(data, suffix)
    if data.lstrip()[:5] == b"%PDF-":
        raise Refusal(
            "pdf",
            "A PDF does not say what is a heading and what is a page number, so it cannot be "
            "imported; save it as Word first.",
        )
    if data.startswith(_ZIP):
        package = Package(data, limits)
        return _zipped(package), package
    if data.lstrip().startswith(b"{\\rtf"):
        raise Refusal(
            "unknown-type", "This is a rich text (RTF) file. Save it as Word (.docx) first."
        )
    for start, name in _BINARY.items():
        if data.startswith(start):
            raise Refusal("unknown-type", f"This file is {name}, not a text. {ACCEPTED}")
    if suffix in (".docx", ".odt", ".docm", ".dotx", ".zip", ".pages", ".doc"):
        if _is_text(data):
            raise Refusal(
                "wrong-type",
                f"This file is called “{suffix}” but is not one. Save it again, or give it the "
                "ending of what it is.",
            )
        raise Refusal(
            "damaged",
            "This file is damaged or was cut off while it was copied. "
            "Open it in the program that made it, save it again, and import that.",
        )
    if not _is_text(data):
        raise Refusal("unknown-type", f"This file is not a text that can be read. {ACCEPTED}")
    if _HTML.match(data.removeprefix(codecs.BOM_UTF8)[:4096]):
        return "html", None
    if suffix in (".html", ".htm", ".xhtml"):
        return "html", None
    if suffix in (".md", ".markdown", ".mkd", ".mdown", ".qmd"):
        return "markdown", None
    if suffix in (".txt", ".text", ""):
        return "text", None
    raise Refusal("unknown-type", f"Files called “{suffix}” are not known here. {ACCEPTED}")


def _zipped(package: Package) -> Format:
    names = {name.lower() for name in package.names}
    kind = package.bytes_of("mimetype")[:100].strip() if "mimetype" in package else b""
    if kind.startswith(b"application/vnd.oasis.opendocument.text") and "content.xml" in package:
        manifest = (
            package.bytes_of("META-INF/manifest.xml") if "META-INF/manifest.xml" in package else b""
        )
        if b"encryption-data" in manifest:
            raise _encrypted()
        return "odt"
    if "[content_types].xml" in names:
        if "word/document.xml" in names or any(n.startswith("word/") for n in names):
            return "docx"
        if "_rels/.rels" in names and b"wordprocessingml" in package.bytes_of(
            "[Content_Types].xml"
        ):
            return "docx"
        if any(n.startswith(("xl/", "ppt/")) for n in names):
            raise Refusal(
                "unknown-type",
                f"This is a spreadsheet or a set of slides, not a text. {ACCEPTED}",
            )
        raise Refusal(
            "damaged",
            "This file says that it is a Word document, but there is no document in it. "
            "Open it in Word, save it again, and import that.",
        )
    if "index/document.iwa" in names or any(n.endswith(".iwa") for n in names):
        raise Refusal(
            "pages",
            "This file was made with Pages. In Pages choose Export to Word, and import that.",
        )
    if "content.xml" in names and kind.startswith(b"application/vnd.oasis"):
        raise Refusal(
            "unknown-type", f"This is a spreadsheet or a set of slides, not a text. {ACCEPTED}"
        )
    if kind.startswith(b"application/epub"):
        raise Refusal("unknown-type", f"This is an e-book. {ACCEPTED}")
    raise Refusal("unknown-type", f"This is an archive of files, not a text. {ACCEPTED}")


def _encrypted() -> Refusal:
    return Refusal(
        "encrypted",
        "This file is protected with a password. Save a copy without one and import that.",
    )


def _ole(data: bytes, suffix: str) -> Refusal:
    def holds(name: str) -> bool:
        return name.encode("utf-16-le") in data

    if holds("EncryptedPackage") or holds("EncryptionInfo"):
        return _encrypted()
    if holds("WordDocument") or suffix in (".doc", ".docx", ".dot"):
        return Refusal(
            "old-word",
            "This file is in the old Word format (.doc). Open it in Word or LibreOffice, save it "
            "as .docx, and import that.",
        )
    return Refusal("unknown-type", f"This file is of an old Office kind. {ACCEPTED}")


def _is_text(data: bytes) -> bool:
    """Whether it reads as writing: no zero bytes (unless UTF-16), few control characters."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return True
    sample = data[:200_000]
    if b"\x00" in sample:
        return False
    controls = len(re.findall(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]", sample))
    if controls > max(2, len(sample) // 1000):
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        # Windows-1252 leaves five bytes undefined; in writing they never occur, in noise always,
        # and noise is mostly not letters.
        high = sum(byte >= 0x80 for byte in sample)
        undefined = len(re.findall(rb"[\x81\x8d\x8f\x90\x9d]", sample))
        return undefined == 0 and high * 2 < len(sample)
    return True


def decode(data: bytes, report: LossReport) -> str:
    """Text from bytes: a byte order mark, else UTF-8, else Windows-1252 with a note."""
    if data.startswith(codecs.BOM_UTF8):
        data = data.removeprefix(codecs.BOM_UTF8)
    elif data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = data.decode("utf-16", "replace")
        if "\ufffd" in text:
            report.note("Letters that could not be read", "", "They are shown as \ufffd.")
        return _tidy(text)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        report.note(
            "An old way of writing letters",
            f"line {line}",
            "The file is not UTF-8; it was read as Windows-1252. "
            "Look at accents and quotation marks.",
        )
        text = data.decode("cp1252", "replace")
    return _tidy(text)


def _tidy(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
