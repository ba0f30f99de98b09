"""Word comparisons as HTML: additions underlined, removals struck through, both said aloud."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

from django.utils.safestring import SafeString, mark_safe

_KINDS = {
    "added": "ins",
    "insert": "ins",
    "ins": "ins",
    "removed": "del",
    "delete": "del",
    "del": "del",
    "same": "",
    "equal": "",
    "kept": "",
}


def draw(pieces: Iterable[Any]) -> SafeString:
    """`pieces`: pairs (kind, words), or objects with `kind` and `text`.

    Kinds are "same", "added" and "removed" (and the names diff libraries give them). Raises
    `KeyError` for any other.
    """
    out = []
    for piece in pieces:
        kind, words = piece if isinstance(piece, tuple) else (piece.kind, piece.text)
        tag = _KINDS[str(getattr(kind, "value", kind)).lower()]
        text = escape(str(words))
        out.append(f"<{tag}>{text}</{tag}>" if tag else text)
    return mark_safe("".join(out))  # noqa: S308 - the words are escaped
