"""A map of equal hexagons (a cartogram), drawn as SVG from column and row numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple

from django.utils.safestring import SafeString, mark_safe

#: Distance from the middle of a hexagon to each corner, in units of the drawing.
RADIUS = 10.0
_WIDE = math.sqrt(3) * RADIUS
_CORNERS = [
    (RADIUS * math.sin(math.radians(60 * k)), RADIUS * math.cos(math.radians(60 * k)))
    for k in range(6)
]


class Hex(NamedTuple):
    """One place. Pointed hexagons, odd rows shifted half a hexagon to the right, row 0 at the foot.

    (“odd-r” of the HexJSON format.) `shade` from 0 (nothing) to 4 (most) chooses its tint;
    `label` is read out and shown on hovering, so it ends with the fact in words.
    """

    column: int
    row: int
    label: str
    href: str = ""
    shade: int = 0


def centre(column: int, row: int) -> tuple[float, float]:
    """The middle of a hexagon, y growing upwards."""
    return _WIDE * (column + 0.5 * (row & 1)), 1.5 * RADIUS * row


def draw(hexes: Iterable[Hex | Sequence[object]], label: str) -> SafeString:
    """All hexagons in one picture that fits its frame; escapes labels and addresses."""
    places = [given if isinstance(given, Hex) else Hex(*given) for given in hexes]  # type: ignore[arg-type]
    if not places:
        return SafeString("")
    middles = [centre(place.column, place.row) for place in places]
    left = min(x for x, _ in middles) - RADIUS
    top = max(y for _, y in middles) + RADIUS
    width = max(x for x, _ in middles) + RADIUS - left
    height = top - min(y for _, y in middles) + RADIUS
    out = [
        f'<svg class="hex-map" viewBox="0 0 {width:.1f} {height:.1f}" role="group"'
        f' aria-label="{escape(label)}">'
    ]
    for place, (x, y) in zip(places, middles, strict=True):
        points = " ".join(f"{x - left + dx:.1f},{top - y + dy:.1f}" for dx, dy in _CORNERS)
        name = escape(str(place.label))
        shape = (
            f'<polygon class="hex-{min(max(int(place.shade), 0), 4)}" points="{points}">'
            f"<title>{name}</title></polygon>"
        )
        if place.href:
            # The table beside the map has the same links, so the map is not hundreds of tab stops.
            shape = (
                f'<a href="{escape(str(place.href))}" tabindex="-1" aria-label="{name}">{shape}</a>'
            )
        out.append(shape)
    out.append("</svg>")
    return mark_safe("".join(out))  # noqa: S308 - every value above is escaped
