"""A text as one web page that needs no other file."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import replace
from importlib import resources

from folkmoot.algorithms.markup import Notes, Shown, inline_html, passages_html
from folkmoot.algorithms.wording import Content, Footnote, Inline, Run
from folkmoot.documents.export_text import ExportPassage, ExportText
from folkmoot.documents.pandoc_files import data_address, shown_picture


def write_html(text: ExportText) -> bytes:
    """One page, UTF-8, with its styles and pictures inside; it asks nobody for anything.

    `algorithms.markup.extract` reads the passages back from it.
    """
    notes = Notes(words=text.words)
    seen: dict[str, str] = {}

    def address(digest: str) -> str:
        if digest not in seen:
            found = shown_picture(text, digest)
            seen[digest] = "" if found is None else data_address(*found)
        return seen[digest]

    body = passages_html(
        [_shown(passage, text) for passage in text.passages],
        footnote=notes,
        figure_url=address,
        heading_offset=1,
        words=text.words,
    )
    style = resources.files("folkmoot.documents").joinpath("reading.css").read_text("utf-8")
    title = html.escape(text.title)
    return (
        f'<!doctype html>\n<html lang="{text.tag}">\n<head>\n'
        '<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n'
        f"<title>{title}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f"{_title_page(text)}{_contents(text.passages, text.words.contents)}"
        f"<main>\n{body}{notes.html(title=text.words.notes)}</main>\n</body>\n</html>\n"
    ).encode("utf-8", "replace")


def _shown(passage: ExportPassage, text: ExportText) -> Shown:
    number = passage.shown
    if passage.wording.kind == "recommendation":
        number = f"{text.words.recommendation} {number}".strip()
    elif passage.wording.kind == "item":
        return Shown(passage.id, passage.wording, "", number)
    elif number.isdigit() and passage.wording.kind in ("paragraph", "quote"):
        number += "."
    return Shown(passage.id, passage.wording, number)


def _title_page(text: ExportText) -> str:
    parts = [f"<h1>{html.escape(text.title)}</h1>\n"]
    if text.subtitle:
        parts.append(f'<p class="subtitle">{html.escape(text.subtitle)}</p>\n')
    if text.date is not None:
        parts.append(
            f'<p class="date"><time datetime="{text.date.isoformat()}">'
            f"{html.escape(text.dated)}</time></p>\n"
        )
    parts += [
        f'<p class="notice">{html.escape(" ".join(paragraph.split()))}</p>\n'
        for paragraph in text.notice.split("\n\n")
        if paragraph.strip()
    ]
    return f'<header class="title-page" data-furniture>\n{"".join(parts)}</header>\n'


def _contents(passages: Sequence[ExportPassage], name: str) -> str:
    """The first two levels of headings as links, without their notes."""
    headings = [p for p in passages if p.wording.kind == "heading" and p.wording.depth <= 2]
    if len(headings) < 2:
        return ""
    out = [f'<nav class="contents" data-furniture aria-label="{html.escape(name)}">\n<ol>\n']
    inner = opened = False
    for passage in headings:
        deep = passage.wording.depth > 1 and opened
        if deep and not inner:
            out.append("\n<ol>\n")
        elif not deep and inner:
            out.append("</li>\n</ol>\n</li>\n")
        elif opened:
            out.append("</li>\n")
        inner, opened = deep, True
        number = f"{html.escape(passage.shown)} " if passage.shown else ""
        words = inline_html(_without_links(passage.wording.content))
        out.append(f'<li><a href="#p-{html.escape(passage.id)}">{number}{words}</a>')
    out.append("</li>\n</ol>\n" if inner else "")
    out.append("</li>\n</ol>\n</nav>\n")
    return "".join(out)


def _without_links(content: Content) -> list[Inline]:
    """A heading's words as they stand inside a link, which can hold neither notes nor links."""
    return [
        replace(inline, marks=frozenset(m for m in inline.marks if m.name != "link"))
        if isinstance(inline, Run)
        else inline
        for inline in content
        if not isinstance(inline, Footnote)
    ]
