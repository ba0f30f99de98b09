"""Files that mean harm, are broken, or are not what they say: one clear sentence each."""

from __future__ import annotations

import io
import random
import time
import zipfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from folkmoot.documents import pandoc, reading
from folkmoot.documents.limits import Limits
from folkmoot.documents.reading import read_document, read_file
from folkmoot.documents.refusal import Refusal
from folkmoot.documents.tests.written_word import W, p, word, zipped

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
NOISE = random.Random(1).randbytes(5000)
DEEP = "<w:tbl><w:tr><w:tc>" * 300 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 300


def truncated() -> bytes:
    whole = word(p("One. " * 400))
    return whole[: len(whole) // 2]


def with_entity() -> bytes:
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "word/document.xml": '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
            f'<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:body>'
            "</w:document>",
        }
    )


def encrypted_zip() -> bytes:
    whole = bytearray(zipped({"word/document.xml": "x", "[Content_Types].xml": "y"}))
    for at in range(len(whole) - 4):
        if whole[at : at + 4] == b"PK\x01\x02":
            whole[at + 8] |= 1
    return bytes(whole)


REFUSED = {
    "empty": ("a.docx", b"", "empty"),
    "pdf": ("a.pdf", b"%PDF-1.7 ...", "pdf"),
    "pdf called docx": ("a.docx", b"%PDF-1.7 ...", "pdf"),
    "encrypted": ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    "encrypted zip": ("a.docx", encrypted_zip(), "encrypted"),
    "old word": ("a.doc", OLE + "WordDocument".encode("utf-16-le"), "old-word"),
    "old word called docx": ("a.docx", OLE + "WordDocument".encode("utf-16-le"), "old-word"),
    "pages": ("a.pages", zipped({"Index/Document.iwa": "x"}), "pages"),
    "spreadsheet": ("a.xlsx", zipped({"[Content_Types].xml": "", "xl/a.xml": ""}), "unknown-type"),
    "archive": ("a.zip", zipped({"readme.txt": "hello"}), "unknown-type"),
    "truncated": ("a.docx", truncated(), "damaged"),
    "no document": ("a.docx", zipped({"[Content_Types].xml": "", "x.xml": ""}), "damaged"),
    "no body": (
        "a.docx",
        zipped({"[Content_Types].xml": "", "word/document.xml": f'<w:d xmlns:w="{W}"/>'}),
        "damaged",
    ),
    "not xml": (
        "a.docx",
        zipped({"[Content_Types].xml": "", "word/document.xml": "<w:p"}),
        "damaged",
    ),
    "entities": ("a.docx", with_entity(), "unsafe-xml"),
    "deep": ("a.docx", word(DEEP), "too-deep"),
    "noise called md": ("a.md", NOISE, "unknown-type"),
    "noise called docx": ("a.docx", NOISE, "damaged"),
    "noise called html": ("a.html", NOISE, "unknown-type"),
    "picture": ("a.md", b"\x89PNG\r\n\x1a\n....", "unknown-type"),
    "text called docx": ("a.docx", b"Just words.", "wrong-type"),
    "rich text": ("a.rtf", b"{\\rtf1 hello}", "unknown-type"),
    "unknown ending": ("a.tex", b"\\section{x}", "unknown-type"),
    "no words": ("a.docx", word("<w:p/>"), "no-words"),
    "white space": ("a.md", b"  \n\n  ", "no-words"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_with_one_sentence(name: str) -> None:
    filename, data, code = REFUSED[name]
    with pytest.raises(Refusal) as refused:
        read_document(data, filename)
    assert refused.value.code == code
    assert refused.value.message[0].isupper()
    assert refused.value.message.endswith(".")
    assert "\n" not in refused.value.message


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "")
        with package.open("word/document.xml", "w", force_zip64=True) as part:
            for _ in range(320):
                part.write(bytes(1_000_000))
    start = time.monotonic()
    with pytest.raises(Refusal) as refused:
        read_document(out.getvalue(), "bomb.docx")
    assert refused.value.code == "bomb"
    assert time.monotonic() - start < 1


def test_a_part_that_lies_about_its_size_is_not_believed() -> None:
    data = bytearray(word(p("x" * 3_000_000)))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = 0
        while (at := data.find(signature, at)) >= 0:
            if data[at + offset : at + offset + 4] != b"\x00\x00\x00\x00":
                data[at + offset : at + offset + 4] = (10).to_bytes(4, "little")
            at += 4
    with pytest.raises(Refusal) as refused:
        read_document(bytes(data), "liar.docx")
    assert refused.value.code in ("damaged", "bomb")


def test_a_large_file_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "large.docx"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    start = time.monotonic()
    with pytest.raises(Refusal) as refused:
        read_file(path)
    assert refused.value.code == "too-large"
    assert "200 MB" in refused.value.message
    assert time.monotonic() - start < 0.5


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal):
        read_file(tmp_path / "missing.docx")


def test_markup_that_names_files_reads_none(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the-secret-words")
    for name, source in (
        ("a.md", f"Words.\n\n![p]({secret})\n\n\\input{{{secret}}}\n\n[x](file://{secret})"),
        ("a.html", f'<p>Words.<img src="{secret}"><iframe src="file://{secret}"></iframe></p>'),
    ):
        imported = read_document(source.encode(), name)
        assert "the-secret-words" not in str(imported.to_json())
        assert any(str(secret) in loss.detail or loss.what for loss in imported.losses)


def test_too_many_passages_are_refused() -> None:
    with pytest.raises(Refusal) as refused:
        read_document(b"a\n\nb\n\nc\n", "a.md", limits=Limits(passages=2))
    assert refused.value.code == "too-many-passages"


def test_reading_that_takes_too_long_is_stopped() -> None:
    start = time.monotonic()
    with pytest.raises(Refusal) as refused:
        read_document(b"word " * 2_000_000, "a.md", limits=Limits(seconds=0.3))
    assert refused.value.code == "too-slow"
    assert time.monotonic() - start < 10


def test_reading_that_wants_too_much_memory_is_stopped() -> None:
    small = replace(Limits(), memory_bytes=64_000_000)
    with pytest.raises(Refusal) as refused:
        read_document(b"*word* [a](b) " * 300_000, "a.md", limits=small)
    assert refused.value.code == "too-much-memory"


def test_quotations_nested_without_end_neither_hang_nor_crash() -> None:
    outcome = None
    try:
        imported = read_document(
            ("> " * 3000 + "deep\n").encode(), "a.md", limits=Limits(seconds=20)
        )
        outcome = imported.blocks[0].wording.plain
    except Refusal as refused:
        outcome = refused.code
    assert outcome in ("deep", "too-deep", "too-slow", "too-much-memory", "reader")


def test_pandoc_runs_in_an_empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOLKMOOT_SECRET", "do-not-tell")
    script = b"$if(x)$$endif$"
    assert b"do-not-tell" not in pandoc.run(
        ["--from", "markdown", "--to", "plain"], script, Limits()
    )


@pytest.mark.parametrize("number", range(12))
def test_a_damaged_file_is_read_or_refused(number: int) -> None:
    """Bytes changed at random in a good file: anything but a crash."""
    luck = random.Random(number)
    data = bytearray(word("".join(p(f"Paragraph {n}. " * 20) for n in range(30))))
    for _ in range(8):
        data[luck.randrange(len(data))] = luck.randrange(256)
    with suppress(Refusal):
        assert read_document(bytes(data), "a.docx").blocks


def test_a_fault_of_our_own_is_a_refusal_and_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("unthought of")

    monkeypatch.setattr(reading, "WordDocument", fail)
    with pytest.raises(Refusal) as refused:
        read_document(word(p("Words.")), "a.docx")
    assert refused.value.code == "reader"
    assert "unthought of" in caplog.text
