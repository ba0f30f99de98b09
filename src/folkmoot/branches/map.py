"""The map of branches, drawn as one SVG."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from django.core.cache import cache
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from folkmoot.algorithms import hexmap
from folkmoot.branches.models import Branch

KEPT_SECONDS = 24 * 60 * 60


def draw(branches: Iterable[Branch], *, here: Branch | None = None) -> SafeString:
    """A map of those branches that have a place on it, coloured by region; empty without any.

    With `here`, one branch is marked and the others are pale. Branches need their region loaded.
    """
    placed = [b for b in branches if b.q is not None and b.r is not None]
    if not placed:
        return SafeString("")
    marked = here.code if here else ""
    facts = [(b.code, b.name, b.slug, b.q, b.r, b.region.code, b.region.tint) for b in placed]
    key = "branch-map:" + hashlib.sha256(repr((marked, facts)).encode()).hexdigest()
    drawn = cache.get(key)
    if drawn is None:
        drawn = _svg(placed, here)
        cache.set(key, drawn, KEPT_SECONDS)
    return SafeString(drawn)  # `hexmap.svg` escapes all names


def _svg(placed: list[Branch], here: Branch | None) -> str:
    grid = {"layout": "odd-r", "hexes": {b.code: {"q": b.q, "r": b.r} for b in placed}}
    if here:
        classes = {b.code: "map-here" if b.pk == here.pk else "map-other" for b in placed}
        title = _("Where %(branch)s is on the map of branches") % {"branch": here.name}
        links: dict[str, str] = {}
    else:
        classes = {b.code: f"map-tint-{b.region.tint}" for b in placed}
        title = _("Map of the branches, each a hexagon of the same size, coloured by region")
        links = {b.code: b.get_absolute_url() for b in placed}
    return hexmap.svg(
        hexmap.layout(grid),
        title=title,
        classes=classes,
        titles={} if here else {b.code: f"{b.name}, {b.region.name}" for b in placed},
        hrefs=links,
        regions={b.code: b.region.code for b in placed},
    )
