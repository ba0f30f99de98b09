"""Small Word and OpenDocument packages for tests, so that each test shows its own XML."""

from __future__ import annotations

import io
import zipfile

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SPACES = (
    f'xmlns:w="{W}" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
    'xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
)
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

STYLES = "".join(
    f'<w:style w:type="paragraph" w:styleId="{identifier}"><w:name w:val="{name}"/></w:style>'
    for identifier, name in {
        "Heading1": "heading 1",
        "Heading2": "heading 2",
        "Title": "Title",
        "Quote": "Quote",
        "Caption": "caption",
        "Recommendation": "Recommendation",
        "RecommendationFields": "Recommendation fields",
        "SourceCode": "Source Code",
    }.items()
)


def zipped(parts: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return out.getvalue()


def word(body: str, **others: str | bytes) -> bytes:
    """A DOCX of this body XML. Other parts by their name without ending: `footnotes`, `comments`,
    `commentsExtended`, `numbering`, `header`; `media_x` is a picture with the relation `x`."""
    parts: dict[str, str | bytes] = {}
    relations = [f'<Relationship Id="styles" Type="{_OFFICE}/styles" Target="styles.xml"/>']
    parts["word/styles.xml"] = f"<w:styles {_SPACES}>{STYLES}</w:styles>"
    for name, content in others.items():
        if name.startswith("media_"):
            identifier = name.removeprefix("media_")
            parts[f"word/media/{identifier}.png"] = content
            relations.append(
                f'<Relationship Id="{identifier}" Type="{_OFFICE}/image" '
                f'Target="media/{identifier}.png"/>'
            )
            continue
        root = {"header": "hdr", "commentsExtended": "commentsEx"}.get(name, name)
        space = "w15" if name == "commentsExtended" else "w"
        parts[f"word/{name}.xml"] = f"<{space}:{root} {_SPACES}>{content!s}</{space}:{root}>"
        relations.append(f'<Relationship Id="{name}" Type="{_OFFICE}/{name}" Target="{name}.xml"/>')
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="a" '
            f'Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
            "word/document.xml": f"<w:document {_SPACES}><w:body>{body}</w:body></w:document>",
            "word/_rels/document.xml.rels": f'<Relationships xmlns="{_RELATIONS}">'
            f"{''.join(relations)}</Relationships>",
            **parts,
        }
    )


def p(words: str, style: str = "", properties: str = "") -> str:
    """A paragraph of plain words, or of runs when `words` is XML."""
    inside = words if words.startswith("<") else run(words)
    look = (f'<w:pStyle w:val="{style}"/>' if style else "") + properties
    return f"<w:p>{f'<w:pPr>{look}</w:pPr>' if look else ''}{inside}</w:p>"


def run(words: str, look: str = "") -> str:
    return f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{words}</w:t></w:r>'


def listed(list_id: int, level: int = 0) -> str:
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>'


def odt(body: str, styles: str = "") -> bytes:
    """An ODT of this body XML and these automatic styles."""
    space = "urn:oasis:names:tc:opendocument:xmlns:"
    spaces = " ".join(
        f'xmlns:{short}="{space}{long}:1.0"'
        for short, long in {
            "office": "office",
            "text": "text",
            "style": "style",
            "table": "table",
            "draw": "drawing",
            "svg": "svg-compatible",
        }.items()
    )
    spaces += (
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink"'
    )
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f"<office:document-content {spaces}>"
            f"<office:automatic-styles>{styles}</office:automatic-styles>"
            f"<office:body><office:text>{body}</office:text></office:body>"
            "</office:document-content>",
        }
    )
