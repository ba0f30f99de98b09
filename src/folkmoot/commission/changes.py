"""Who is told when something about a text changes: its words, order, stances or comments.

A higher room registers (see `config/wiring.py`); the commission only announces. Listeners hear of a
change once it is committed, in the thread that committed it, and must return quickly.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import transaction

type Listener = Callable[[str], None]
"""Takes the slug of the text that changed."""

_listeners: list[Listener] = []
_log = logging.getLogger(__name__)


def register(listener: Listener) -> None:
    """Tell somebody of every change. Registering again changes nothing."""
    if listener not in _listeners:
        _listeners.append(listener)


def announce(slug: str) -> None:
    """Tell all listeners that the text `slug` changed, when the transaction is committed."""
    transaction.on_commit(lambda: _tell(slug))


def _tell(slug: str) -> None:
    for listener in _listeners:
        try:
            listener(slug)
        except Exception:
            # The change is committed; a listener that fails must not make it look as if it failed.
            _log.exception("A listener failed on a change of a text.")
