"""An edition as a value: its manifest, its digest, and the one page that shows it whole.

The manifest is what every seat signs. It holds the passages that are in, in order, each with the
digest of its wording and the number it is shown under, and the rule and roster by which they were
agreed. Nothing in it depends on a clock or on who computed it.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import rfc8785

from folkmoot.algorithms import merkle
from folkmoot.algorithms.chain import digest_of
from folkmoot.algorithms.markup import Notes, Shown, passages_html
from folkmoot.algorithms.wording import Wording

FORMAT = "folkmoot-edition/1"
RENDERER = 1
"""Raised whenever `page` would draw the same manifest differently."""


@dataclass(frozen=True)
class Included:
    """A passage that is in an edition, as it is shown there."""

    id: str
    wording: Wording
    number: str = ""
    marker: str = ""


@dataclass(frozen=True)
class Signatory:
    """A seat of the roster, with the name and description it is published under."""

    seat: str
    name: str
    description: str = ""


def manifest(
    *,
    text: str,
    title: str,
    language: str,
    commission: str,
    edition: int,
    rule: str,
    roster: Sequence[Signatory],
    passages: Sequence[Included],
    aside: Sequence[tuple[str, str]] = (),
) -> dict[str, Any]:
    """The manifest of an edition, as a JSON value.

    `text` is the slug of the text, `aside` the pairs (passage id, seat) of those who stand aside,
    which only the rule of consensus allows.
    """
    entries = [
        {"id": p.id, "digest": p.wording.digest, "number": p.number, "marker": p.marker}
        for p in passages
    ]
    return {
        "format": FORMAT,
        "renderer": RENDERER,
        "text": text,
        "title": title,
        "language": language,
        "commission": commission,
        "edition": edition,
        "rule": rule,
        "roster": [
            {"seat": s.seat, "name": s.name, "description": s.description}
            for s in sorted(roster, key=lambda s: s.seat)
        ],
        "passages": entries,
        "root": root_of(entries),
        "aside": [list(pair) for pair in sorted(aside)],
    }


def manifest_digest(value: Mapping[str, Any]) -> str:
    """The digest that the seats sign."""
    return digest_of(value)


def root_of(entries: Sequence[Mapping[str, str]]) -> str:
    """The Merkle root over a manifest's passages, in hex."""
    return merkle.root([leaf_of(entry) for entry in entries]).hex()


def leaf_of(entry: Mapping[str, str]) -> bytes:
    """The leaf hash of one passage of a manifest."""
    return merkle.leaf(rfc8785.dumps(dict(entry)))


def rule_in_words(rule: str, seats: int, aside: int = 0) -> str:
    """What the rule lets an edition say of itself."""
    if rule == "consensus":
        stood = f"; on {aside} counts a seat stood aside" if aside else ""
        return f"Nobody of the {seats} seats opposes any part of this text{stood}."
    return f"All {seats} seats agree to every word of this text."


def page(
    value: Mapping[str, Any],
    wordings: Mapping[str, Wording],
    figure_url: Callable[[str], str],
) -> str:
    """The whole edition as one page that stands alone.

    `wordings` by digest; `figure_url` gives the address of a picture by its digest. The same
    manifest always gives the same page, letter for letter.
    """
    notes = Notes()
    body = passages_html(
        [
            Shown(p["id"], wordings[p["digest"]], p["number"], p["marker"])
            for p in value["passages"]
        ],
        footnote=notes,
        figure_url=figure_url,
        heading_offset=1,
    )
    aside = len(value["aside"])
    claim = rule_in_words(value["rule"], len(value["roster"]), aside)
    names = "".join(
        f"<li>{_text(s['name'])}{', ' if s['description'] else ''}{_text(s['description'])}</li>"
        for s in value["roster"]
    )
    title = _text(value["title"])
    return (
        f'<!doctype html>\n<html lang="{_text(value["language"])}">\n<head>\n'
        f'<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<header data-furniture><p>{_text(value['commission'])}</p><h1>{title}</h1>"
        f"<p>Edition {value['edition']}. {_text(claim)}</p><ul>{names}</ul></header>\n"
        f"<main>\n{body}{notes.html()}</main>\n</body>\n</html>\n"
    )


def _text(words: str) -> str:
    return html.escape(words, quote=True)


_STYLE = (
    "body{max-width:42rem;margin:2rem auto;padding:0 1rem;font:1.1rem/1.6 Georgia,serif}"
    "h1,h2,h3,h4{line-height:1.2}table{border-collapse:collapse}"
    "td,th{border:1px solid #999;padding:.3rem .6rem;text-align:start;vertical-align:top}"
    "img{max-width:100%}.passage-recommendation{border-inline-start:.3rem solid #22577a;"
    "padding-inline-start:1rem;margin-block:1.5rem}.number{font-weight:bold}"
)
