"""Doors on the pages of a text to what higher rooms do with it.

A higher room registers who opens them (see `config/wiring.py`); this room only shows them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from folkmoot.people.policies import Visitor

from .models import Text


@dataclass(frozen=True)
class Door:
    """A link from a text. `waits` says in a sentence what the visitor is asked to do behind it;
    it is empty for a door that may be left alone."""

    href: str
    label: str
    waits: str = ""


type Opener = Callable[[Text, Visitor], Iterable[Door]]

_openers: list[Opener] = []


def register(opener: Opener) -> None:
    """Let somebody open doors on every text. Registering again changes nothing."""
    if opener not in _openers:
        _openers.append(opener)


def doors(text: Text, visitor: Visitor) -> list[Door]:
    """The doors of a text for this visitor, in the order in which rooms were registered."""
    return [door for opener in _openers for door in opener(text, visitor)]
