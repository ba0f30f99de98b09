"""Words put into an index and found again, with SQLite's FTS5 or PostgreSQL's text search.

Documents live in a scope ("edition:12"); a search looks within one. Nothing here decides who may
see a scope: ask the room that owns it first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection, transaction
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

TABLE = "search_document"
_OPEN, _CLOSE = "\x02", "\x03"
_BRACKETS = "\ue000\ue001"
"""Stand for < and > while PostgreSQL makes an excerpt, which would drop what looks like a tag."""
_LONGEST_QUERY = 200
_TERM = re.compile(r'"([^"]+)"|(\S+)')


class Document(NamedTuple):
    """Something to be found: its key within the scope, a heading, and its words."""

    key: str
    title: str
    body: str


class Found(NamedTuple):
    """A document that was found, with the words around what matched as safe HTML."""

    key: str
    title: str
    excerpt: SafeString


def put(scope: str, documents: Iterable[Document]) -> None:
    """Replace everything in a scope."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {TABLE} WHERE scope = %s", [scope])  # noqa: S608 - a constant
        cursor.executemany(
            f"INSERT INTO {TABLE} (scope, key, title, body) VALUES (%s, %s, %s, %s)",  # noqa: S608
            [(scope, d.key, _plain(d.title), _plain(d.body)) for d in documents],
        )


def find(scope: str, query: str, limit: int = 50) -> list[Found]:
    """The best matches first. All words must occur; the last may be the beginning of one; words
    in quotation marks must stand together. An empty query finds nothing."""
    terms = _terms(query)
    if not terms:
        return []
    search = _postgresql if connection.vendor == "postgresql" else _sqlite
    return [
        Found(key, title, _marked(excerpt)) for key, title, excerpt in search(scope, terms, limit)
    ]


def _terms(query: str) -> list[tuple[str, bool]]:
    """(words, whether they stand in quotation marks), words of letters and digits only."""
    terms = []
    for phrase, word in _TERM.findall(query[:_LONGEST_QUERY].replace("“", '"').replace("”", '"')):
        words = " ".join(re.findall(r"\w+", phrase or word))
        if words:
            terms.append((words, bool(phrase)))
    return terms


def _sqlite(scope: str, terms: list[tuple[str, bool]], limit: int) -> list[tuple[str, str, str]]:
    parts = [f'"{words}"' for words, _ in terms]
    if not terms[-1][1]:
        parts[-1] += "*"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT key, title, snippet({TABLE}, 3, %s, %s, '…', 32) FROM {TABLE}"  # noqa: S608
            f" WHERE {TABLE} MATCH %s AND scope = %s"
            f" ORDER BY bm25({TABLE}, 0, 0, 4.0, 1.0) LIMIT %s",
            [_OPEN, _CLOSE, " AND ".join(parts), scope, limit],
        )
        return list(cursor.fetchall())


def _postgresql(
    scope: str, terms: list[tuple[str, bool]], limit: int
) -> list[tuple[str, str, str]]:
    parts, arguments = [], []
    for position, (words, quoted) in enumerate(terms):
        if quoted or " " in words:
            # Words as they are: in a phrase "once" matters, which English search leaves out.
            parts.append("phraseto_tsquery('simple', %s)")
            arguments.append(words)
        elif position == len(terms) - 1:
            parts.append("(plainto_tsquery('english', %s) || to_tsquery('simple', %s))")
            arguments += [words, f"{words.lower()}:*"]
        else:
            parts.append("plainto_tsquery('english', %s)")
            arguments.append(words)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT key, title,"  # noqa: S608
            " ts_headline('english', translate(body, '<>', %s), query, %s) FROM"
            f" {TABLE}, (SELECT {' && '.join(parts)} AS query) AS asked"
            " WHERE scope = %s AND words @@ query ORDER BY ts_rank(words, query) DESC LIMIT %s",
            [
                _BRACKETS,
                f"StartSel={_OPEN}, StopSel={_CLOSE}, MaxWords=32, MinWords=16",
                *arguments,
                scope,
                limit,
            ],
        )
        found = cursor.fetchall()
    return [
        (k, t, e.translate(dict(zip(map(ord, _BRACKETS), "<>", strict=True)))) for k, t, e in found
    ]


def _plain(words: str) -> str:
    """Without the characters that mark what matched, and NUL, which PostgreSQL cannot store."""
    return words.translate({0: None, 2: None, 3: None})


def _marked(excerpt: str) -> SafeString:
    safe = escape(excerpt).replace(_OPEN, "<mark>").replace(_CLOSE, "</mark>")
    return mark_safe(safe)  # noqa: S308 - escaped just before
