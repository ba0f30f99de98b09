"""The page of a recommendation, on which other rooms hang what they know of it.

A room registers a panel once, in its `apps.py` or through the wiring:

    from folkmoot.review import hub

    @hub.panel("workshops", _("Workshops that discussed it"), order=40)
    def workshops(recommendation: hub.Recommendation, request: HttpRequest) -> SafeString | None:
        ...

It gives the HTML below its heading, or None when it has nothing to say; then there is no heading
either. Panels stand in their order, the lower first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils.safestring import SafeString

from folkmoot.algorithms.wording import Wording
from folkmoot.review.models import Edition

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as Words


@dataclass(frozen=True)
class Recommendation:
    """A recommendation as panels are given it: its permanent id, and how it stands in the newest
    edition that has it."""

    id: str
    number: str
    wording: Wording
    edition: Edition


type Draw = Callable[[Recommendation, HttpRequest], SafeString | None]


@dataclass(frozen=True)
class Panel:
    """One section of the page."""

    key: str
    title: Words
    order: int
    draw: Draw


@dataclass(frozen=True)
class Drawn:
    """A panel that had something to say."""

    key: str
    title: Words
    html: SafeString


_panels: dict[str, Panel] = {}


def panel(key: str, title: Words, *, order: int = 100) -> Callable[[Draw], Draw]:
    """Register a panel; registering a key again replaces it."""

    def register(draw: Draw) -> Draw:
        _panels[key] = Panel(key, title, order, draw)
        return draw

    return register


def withdraw(key: str) -> None:
    """Take a panel away again."""
    _panels.pop(key, None)


def drawn(recommendation: Recommendation, request: HttpRequest) -> list[Drawn]:
    """The panels that have something to say, in order."""
    out = []
    for each in sorted(_panels.values(), key=lambda p: (p.order, p.key)):
        html = each.draw(recommendation, request)
        if html:
            out.append(Drawn(each.key, each.title, html))
    return out
