"""How an exported Word or OpenDocument file looks: pandoc's own reference files, restyled here.

Made by code and not kept as a binary, so that what differs from pandoc's default can be read.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Final

from lxml import etree

from folkmoot.documents import pandoc
from folkmoot.documents.export_text import ExportText
from folkmoot.documents.limits import Limits
from folkmoot.documents.rewritten_package import as_xml, rewritten
from folkmoot.documents.word_names import R, W

_LIMITS: Final = Limits()
_ACCENT: Final = "1F4E5F"
_QUIET: Final = "595959"
_DECLARED: Final = f'xmlns:w="{W[1:-1]}" xmlns:r="{R[1:-1]}"'
_FOOTER_TYPE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer"


@contextmanager
def word_reference(text: ExportText) -> Iterator[str]:
    """The path of a reference file for Word; it is gone afterwards."""
    with _on_disk(_word(text.tag), ".docx") as path:
        yield path


@contextmanager
def open_document_reference(text: ExportText) -> Iterator[str]:
    """The path of a reference file for OpenDocument; it is gone afterwards."""
    with _on_disk(_open_document(text.tag), ".odt") as path:
        yield path


@contextmanager
def _on_disk(data: bytes, suffix: str) -> Iterator[str]:
    with tempfile.NamedTemporaryFile(prefix="folkmoot-reference-", suffix=suffix) as file:
        file.write(data)
        file.flush()
        yield file.name


# --- Word -----------------------------------------------------------------------------------


def _font(name: str) -> str:
    return f'<w:rFonts w:ascii="{name}" w:hAnsi="{name}" w:cs="{name}" w:eastAsia="{name}"/>'


def _style(
    name: str,
    *,
    id: str = "",
    based_on: str = "BodyText",
    following: str = "BodyText",
    paragraph: str = "",
    run: str = "",
    kind: str = "paragraph",
    own: bool = False,
) -> str:
    after = f'<w:next w:val="{following}"/>' if kind == "paragraph" and following else ""
    custom = ' w:customStyle="1"' if own else ""
    inside = f"<w:pPr>{paragraph}</w:pPr>" if kind == "paragraph" else ""
    return (
        f'<w:style {_DECLARED} w:type="{kind}"{custom} w:styleId="{id or name.replace(" ", "")}">'
        f'<w:name w:val="{name}"/><w:basedOn w:val="{based_on}"/>{after}'
        f'<w:uiPriority w:val="9"/><w:qFormat/>{inside}<w:rPr>{run}</w:rPr></w:style>'
    )


def _size(points: float) -> str:
    half = round(points * 2)
    return f'<w:sz w:val="{half}"/><w:szCs w:val="{half}"/>'


def _spacing(before: int, after: int, line: int = 276) -> str:
    """Space in twentieths of a point; `line` in 240ths of a line."""
    return f'<w:spacing w:before="{before}" w:after="{after}" w:line="{line}" w:lineRule="auto"/>'


def _heading(level: int, points: float, before: int, after: int, *, italic: bool = False) -> str:
    look = "<w:i/><w:iCs/>" if italic else "<w:b/><w:bCs/>"
    page = "<w:pageBreakBefore/>" if level == 1 else ""
    return _style(
        f"heading {level}",
        id=f"Heading{level}",
        based_on="Normal",
        paragraph=f"<w:keepNext/><w:keepLines/>{page}{_spacing(before, after, 252)}"
        f'<w:outlineLvl w:val="{level - 1}"/>',
        run=f"{look}{_size(points)}",
    )


def _word_styles() -> list[str]:
    boxed = (
        f'<w:pBdr><w:left w:val="single" w:sz="18" w:space="10" w:color="{_ACCENT}"/></w:pBdr>'
        '<w:shd w:val="clear" w:color="auto" w:fill="F3F6F7"/>'
    )
    styles = [
        _style(
            "Body Text",
            based_on="Normal",
            paragraph=f'<w:widowControl/>{_spacing(0, 160, 288)}',
        ),
        _style(
            "Compact",
            own=True,
            paragraph=_spacing(0, 80, 276),
        ),
        _style(
            "Title",
            based_on="Normal",
            paragraph=_spacing(3000, 240, 240),
            run=f"<w:b/><w:bCs/>{_size(30)}",
        ),
        _style(
            "Subtitle",
            based_on="Normal",
            paragraph=_spacing(0, 200, 240),
            run=f'<w:color w:val="{_QUIET}"/>{_size(15)}',
        ),
        _style(
            "Date",
            based_on="Normal",
            paragraph=_spacing(0, 200, 240),
            run=f'<w:color w:val="{_QUIET}"/>{_size(12)}',
        ),
        _style(
            "Author",
            based_on="Normal",
            own=True,
            paragraph=_spacing(0, 100, 240),
            run=f'<w:color w:val="{_QUIET}"/>{_size(12)}',
        ),
        _style(
            "Notice",
            based_on="Normal",
            own=True,
            paragraph=_spacing(240, 80, 264),
            run=f'<w:color w:val="{_QUIET}"/>{_size(9.5)}',
        ),
        _heading(1, 22, 0, 320),
        _heading(2, 15, 400, 160),
        _heading(3, 12.5, 320, 120),
        _heading(4, 11.5, 280, 100, italic=True),
        *(_heading(level, 11, 240, 80, italic=level % 2 == 0) for level in range(5, 10)),
        _style(
            "Block Text",
            paragraph=f'{_spacing(60, 160, 276)}<w:ind w:left="567" w:right="567"/>',
            run=_size(10.5),
        ),
        _style(
            "footnote text",
            id="FootnoteText",
            based_on="Normal",
            following="FootnoteText",
            paragraph=_spacing(0, 40, 240),
            run=_size(9),
        ),
        _style(
            "Recommendation",
            own=True,
            following="RecommendationFields",
            paragraph=f'<w:keepNext/><w:keepLines/>{boxed}{_spacing(240, 0, 276)}'
            '<w:ind w:left="284"/>',
        ),
        _style(
            "Recommendation Fields",
            own=True,
            paragraph=f'<w:keepLines/>{boxed}{_spacing(0, 280, 276)}<w:ind w:left="284"/>',
            run=f'<w:i/><w:iCs/><w:color w:val="{_QUIET}"/>{_size(9.5)}',
        ),
        _style(
            "Passage Number",
            kind="character",
            based_on="DefaultParagraphFont",
            own=True,
            run=f'<w:color w:val="{_QUIET}"/>{_size(9.5)}',
        ),
        _style("caption", id="Caption", based_on="Normal", paragraph=_spacing(120, 120, 252),
               run=f"<w:b/><w:bCs/>{_size(9.5)}"),
    ]  # fmt: skip
    styles.append(
        _style("Quoted Item", based_on="BlockText", own=True, paragraph=_spacing(0, 80, 276))
    )
    for level in range(1, 6):
        name = "List Continue" if level == 1 else f"List Continue {level}"
        styles.append(
            _style(
                name,
                paragraph=f'{_spacing(0, 80, 276)}<w:ind w:left="{720 * level}"/>',
            )
        )
    return styles


@cache
def _word(language: str) -> bytes:
    def styles(data: bytes) -> bytes:
        root = etree.fromstring(data)
        for written in _word_styles():
            style = etree.fromstring(written)
            for old in root.findall(f"{W}style[@{W}styleId='{style.get(W + 'styleId')}']"):
                root.remove(old)
            root.append(style)
        # The headings' linked character styles would bring their old colours back.
        for old in list(root.iterfind(W + "style")):
            if re.fullmatch(r"(Heading\d|Title|Subtitle)Char", old.get(W + "styleId") or ""):
                root.remove(old)
        defaults = root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
        if defaults is not None:
            for child in list(defaults):
                defaults.remove(child)
            wanted = etree.fromstring(
                f"<w:rPr {_DECLARED}>{_font('Georgia')}{_size(11)}"
                f'<w:lang w:val="{language}" w:eastAsia="{language}"/></w:rPr>'
            )
            defaults.extend(list(wanted))
        return as_xml(root)

    def document(data: bytes) -> bytes:
        root = etree.fromstring(data)
        for section in list(root.iter(W + "sectPr")):
            parent = section.getparent()
            if parent is not None:
                parent.remove(section)
        body = root.find(W + "body")
        if body is not None:
            body.append(
                etree.fromstring(
                    f'<w:sectPr {_DECLARED}><w:footerReference w:type="default" r:id="rIdFoot"/>'
                    '<w:pgSz w:w="11906" w:h="16838"/>'
                    '<w:pgMar w:top="1588" w:right="1701" w:bottom="1588" w:left="1871"'
                    ' w:header="720" w:footer="794" w:gutter="0"/><w:titlePg/></w:sectPr>'
                )
            )
        return as_xml(root)

    def relations(data: bytes) -> bytes:
        added = f'<Relationship Id="rIdFoot" Type="{_FOOTER_TYPE}" Target="footer1.xml"/>'
        return data.replace(b"</Relationships>", f"{added}</Relationships>".encode())

    def types(data: bytes) -> bytes:
        added = (
            '<Override PartName="/word/footer1.xml" ContentType="application/vnd.'
            'openxmlformats-officedocument.wordprocessingml.footer+xml"/>'
        )
        return data.replace(b"</Types>", f"{added}</Types>".encode())

    footer = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:ftr {_DECLARED}><w:p>'
        '<w:pPr><w:jc w:val="center"/></w:pPr><w:fldSimple w:instr=" PAGE ">'
        f'<w:r><w:rPr><w:color w:val="{_QUIET}"/>{_size(9.5)}</w:rPr></w:r>'
        "</w:fldSimple></w:p></w:ftr>"
    )
    return rewritten(
        _default("reference.docx"),
        {
            "word/styles.xml": styles,
            "word/document.xml": document,
            "word/_rels/document.xml.rels": relations,
            "[Content_Types].xml": types,
        },
        {"word/footer1.xml": footer.encode()},
    )


# --- OpenDocument ---------------------------------------------------------------------------

_OPEN_STYLES: Final = {
    "Text_20_body": (
        'fo:margin-top="0cm" fo:margin-bottom="0.28cm" fo:line-height="125%"',
        "",
    ),
    "Title": ('fo:margin-top="5cm" fo:margin-bottom="0.4cm" fo:text-align="start"',
              'fo:font-size="30pt" fo:font-weight="bold"'),
    "Subtitle": ('fo:margin-bottom="0.35cm" fo:text-align="start"',
                 f'fo:font-size="15pt" fo:color="#{_QUIET}" fo:font-style="normal"'),
    "Date": ('fo:margin-bottom="0.35cm"', f'fo:font-size="12pt" fo:color="#{_QUIET}"'),
    "Heading_20_1": ('fo:break-before="page" fo:margin-bottom="0.6cm" fo:keep-with-next="always"',
                     'fo:font-size="22pt" fo:font-weight="bold"'),
    "Heading_20_2": ('fo:margin-top="0.7cm" fo:margin-bottom="0.3cm" fo:keep-with-next="always"',
                     'fo:font-size="15pt" fo:font-weight="bold"'),
    "Heading_20_3": ('fo:margin-top="0.55cm" fo:margin-bottom="0.2cm" fo:keep-with-next="always"',
                     'fo:font-size="12.5pt" fo:font-weight="bold"'),
    "Heading_20_4": ('fo:margin-top="0.5cm" fo:margin-bottom="0.2cm" fo:keep-with-next="always"',
                     'fo:font-size="11.5pt" fo:font-style="italic" fo:font-weight="normal"'),
    "Quotations": ('fo:margin-left="1cm" fo:margin-right="1cm" fo:margin-bottom="0.28cm"',
                   'fo:font-size="10.5pt"'),
}  # fmt: skip
_OPEN_OWN: Final = {
    "Notice": (
        "paragraph",
        'fo:margin-top="0.4cm" fo:margin-bottom="0.15cm"',
        f'fo:font-size="9.5pt" fo:color="#{_QUIET}"',
    ),
    "Recommendation": (
        "paragraph",
        'fo:margin-left="0.5cm" fo:margin-top="0.45cm" fo:margin-bottom="0cm" fo:padding="0.2cm"'
        ' fo:border="none" fo:keep-with-next="always" fo:background-color="#F3F6F7"'
        f' fo:border-left="2.5pt solid #{_ACCENT}" fo:line-height="125%"',
        "",
    ),
    "Recommendation Fields": (
        "paragraph",
        'fo:margin-left="0.5cm" fo:margin-top="0cm" fo:margin-bottom="0.5cm" fo:padding="0.2cm"'
        f' fo:border="none" fo:background-color="#F3F6F7" fo:border-left="2.5pt solid #{_ACCENT}"',
        f'fo:font-size="9.5pt" fo:font-style="italic" fo:color="#{_QUIET}"',
    ),
    "Quoted Item": ("paragraph", "", ""),
    "List Continue": ("paragraph", "", ""),
    **{f"List Continue {level}": ("paragraph", "", "") for level in range(2, 6)},
    "Passage Number": ("text", "", f'fo:font-size="9.5pt" fo:color="#{_QUIET}"'),
}
_OPEN_PARENTS: Final = {"Quoted Item": "Quotations"}
_NAMESPACES: Final = {
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
}


def open_document_name(style: str) -> str:
    """The name of a style as OpenDocument stores it."""
    return style.replace(" ", "_20_")


def _open_style(name: str, family: str, paragraph: str, run: str, parent: str) -> str:
    declared = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in _NAMESPACES.items())
    inside = f"<style:paragraph-properties {paragraph}/>" if paragraph else ""
    based = f' style:parent-style-name="{parent}"' if parent else ""
    return (
        f'<style:style {declared} style:name="{open_document_name(name)}"'
        f' style:display-name="{name.replace("_20_", " ")}" style:family="{family}"{based}>'
        f"{inside}<style:text-properties {run}/></style:style>"
    )


@cache
def _open_document(language: str) -> bytes:
    def styles(data: bytes) -> bytes:
        root = etree.fromstring(data)
        key = f"{{{_NAMESPACES['style']}}}"
        fo = f"{{{_NAMESPACES['fo']}}}"
        office = root.find(f"{{{_NAMESPACES['office']}}}styles")
        if office is None:
            return data
        for name, (paragraph, run) in _OPEN_STYLES.items():
            found = office.find(f"{key}style[@{key}name='{name}']")
            if found is None:
                office.append(
                    etree.fromstring(_open_style(name, "paragraph", paragraph, run, "Standard"))
                )
                continue
            wanted = etree.fromstring(_open_style(name, "paragraph", paragraph, run, ""))
            for properties in wanted:
                old = found.find(properties.tag)
                if old is None:
                    found.append(properties)
                else:
                    old.attrib.update(properties.attrib)
        for name, (family, paragraph, run) in _OPEN_OWN.items():
            parent = _OPEN_PARENTS.get(name, "Standard") if family == "paragraph" else ""
            office.append(etree.fromstring(_open_style(name, family, paragraph, run, parent)))
        for default in office.iterfind(f"{key}default-style[@{key}family='paragraph']"):
            properties = default.find(f"{key}text-properties")
            if properties is not None:
                code, _, country = language.partition("-")
                properties.set(f"{fo}language", code)
                properties.set(f"{fo}country", country if len(country) == 2 else "none")
                properties.set(f"{fo}font-size", "11pt")
                properties.attrib.pop(f"{key}font-name", None)
                properties.set(f"{fo}font-family", "Georgia, 'Liberation Serif', serif")
        for page in root.iter(f"{key}page-layout-properties"):
            page.set(f"{fo}page-width", "21cm")
            page.set(f"{fo}page-height", "29.7cm")
            for side, width in (("left", "3.3cm"), ("right", "3cm"), ("top", "2.8cm")):
                page.set(f"{fo}margin-{side}", width)
        return as_xml(root)

    return rewritten(_default("reference.odt"), {"styles.xml": styles})


def _default(name: str) -> bytes:
    return pandoc.run(["--print-default-data-file", name], b"", _LIMITS)
