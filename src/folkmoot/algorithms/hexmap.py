"""A hex cartogram: hexjson in, geometry and one compact SVG out.

hexjson (Open Innovations) places hexagons on a grid by column `q` and row `r`, rows counted
upwards. In the layouts "odd-r" and "even-r" hexagons stand on a point and the odd (or even) rows
are moved half a step right; in "odd-q" and "even-q" they lie on a side and the odd (or even)
columns are moved half a step up. Parity is that of the number itself, negative or not.

All coordinates are whole SVG units: a hexagon is 14 by 16 (or 16 by 14), within one per cent of
regular. So neighbours share their corners exactly, and a map of 650 stays small.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import Any, Final, NamedTuple

type Point = tuple[int, int]

LAYOUTS: Final = ("odd-r", "even-r", "odd-q", "even-q")
_POINTED: Final[tuple[Point, ...]] = ((0, -8), (7, -4), (7, 4), (0, 8), (-7, 4), (-7, -4))
_FLAT: Final[tuple[Point, ...]] = ((-8, 0), (-4, -7), (4, -7), (8, 0), (4, 7), (-4, 7))
_MARGIN: Final = 2


class Cell(NamedTuple):
    """One hexagon: its key, its centre and its six corners, clockwise. The y axis points down."""

    key: str
    x: int
    y: int
    points: tuple[Point, ...]


def layout(hexjson: Mapping[str, Any]) -> list[Cell]:
    """The cells of a hexjson value, in its order, moved so that all coordinates are positive.

    Raises `ValueError`, in words for people, for an unknown layout, a hexagon without whole
    numbers `q` and `r`, and two hexagons in one place.
    """
    kind = hexjson.get("layout")
    if kind not in LAYOUTS:
        raise ValueError(f"“{kind}” is not a layout of hexagons; use one of {', '.join(LAYOUTS)}.")
    hexes = hexjson.get("hexes")
    if not isinstance(hexes, Mapping):
        raise ValueError("There are no hexagons in this file.")
    pointed, moved = kind.endswith("r"), 1 if kind.startswith("odd") else 0
    corners = _POINTED if pointed else _FLAT
    centres: dict[str, Point] = {}
    taken: dict[Point, str] = {}
    for key, hexagon in hexes.items():
        q, r = _place(key, hexagon, "q"), _place(key, hexagon, "r")
        if pointed:
            centre = (14 * q + 7 * (r % 2 == moved), -12 * r)
        else:
            centre = (12 * q, -14 * r - 7 * (q % 2 == moved))
        if centre in taken:
            raise ValueError(f"“{taken[centre]}” and “{key}” stand in the same place.")
        taken[centre] = key
        centres[key] = centre
    left = min((x for x, _ in taken), default=0) + min(x for x, _ in corners) - _MARGIN
    top = min((y for _, y in taken), default=0) + min(y for _, y in corners) - _MARGIN
    return [
        Cell(key, x - left, y - top, tuple((x - left + dx, y - top + dy) for dx, dy in corners))
        for key, (x, y) in centres.items()
    ]


def _place(key: object, hexagon: Any, axis: str) -> int:
    value = hexagon.get(axis) if isinstance(hexagon, Mapping) else None
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"“{key}” has no whole number “{axis}”.")
    return value


def svg(
    cells: Sequence[Cell],
    *,
    title: str,
    description: str = "",
    classes: Mapping[str, str] | None = None,
    titles: Mapping[str, str] | None = None,
    hrefs: Mapping[str, str] | None = None,
    regions: Mapping[str, str] | None = None,
    id: str = "hm",
) -> str:
    """The cartogram as one `<svg>`, safe to put into a page as it is.

    By key of the cell: `classes` colour it (`fill` is set in CSS), `titles` name it to the mouse,
    `hrefs` make it a link, `regions` draw a line round the cells of a region. `id` keeps several
    maps on one page apart; keep it short, as it is repeated for every cell.

    It is one image with a name and a description. The cells themselves are left out of the
    accessibility tree and, as links, out of the order of the Tab key: 650 stops would be no help
    to anyone, so the page shows the same facts and links in a table beside the map.
    """
    width = max((x for cell in cells for x, _ in cell.points), default=0) + _MARGIN
    height = max((y for cell in cells for _, y in cell.points), default=0) + _MARGIN
    id = escape(id)
    linked = bool(hrefs)
    groups: dict[str, list[str]] = defaultdict(list)
    for cell in cells:
        groups[(classes or {}).get(cell.key, "")].append(
            _cell(cell, id, (titles or {}).get(cell.key, ""), (hrefs or {}).get(cell.key, ""))
        )
    drawn = []
    for name, members in groups.items():
        attribute = f' class="{escape(name)}"' if name else ""
        drawn.append(f"<g{attribute}>{''.join(members)}</g>")
    described = f'<desc id="{id}-d">{_text(description)}</desc>' if description else ""
    labels = f"{id}-t {id}-d" if description else f"{id}-t"
    shape = _path(cells[0].points, cells[0]) if cells else ""
    outline = region_outlines(cells, regions) if regions else ""
    lines = f'<path class="hexmap-regions" fill="none" d="{outline}"/>' if outline else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="hexmap" viewBox="0 0 {width} {height}"'
        # An image may hold nothing to be focused, so a map of links is a group.
        f' role="{"group" if linked else "img"}" aria-labelledby="{labels}">'
        f'<title id="{id}-t">{_text(title)}</title>{described}'
        f'<defs><path id="{id}" d="{shape}"/></defs>'
        f'<g class="hexmap-cells" aria-hidden="true">{"".join(drawn)}</g>{lines}</svg>'
    )


def region_outlines(cells: Iterable[Cell], regions: Mapping[str, str]) -> str:
    """Path data along every edge between two regions or between a region and nothing.

    A cell without a region counts as nothing, so that it gets no line of its own.
    """
    sides: dict[frozenset[Point], list[str]] = defaultdict(list)
    for cell in cells:
        region = regions.get(cell.key, "")
        for start, end in zip(cell.points, (*cell.points[1:], cell.points[0]), strict=True):
            sides[frozenset((start, end))].append(region)
    ends: dict[Point, list[Point]] = defaultdict(list)
    for edge, found in sides.items():
        if len({*found, ""} if len(found) == 1 else {*found}) > 1:
            one, other = sorted(edge)
            ends[one].append(other)
            ends[other].append(one)
    return "".join(_lines(walk) for walk in _walks(ends))


def _walks(ends: dict[Point, list[Point]]) -> Iterable[list[Point]]:
    """Every edge exactly once, in strokes as long as can be; begins at junctions."""
    for start in sorted(ends, key=lambda point: (len(ends[point]) == 2, point)):
        while ends[start]:
            walk = [start]
            while ends[walk[-1]]:
                here = walk[-1]
                there = min(ends[here])
                ends[here].remove(there)
                ends[there].remove(here)
                walk.append(there)
            yield walk


def _lines(walk: Sequence[Point]) -> str:
    out = [f"M{walk[0][0]} {walk[0][1]}"]
    for (x, y), (next_x, next_y) in pairwise(walk):
        out.append(_step(next_x - x, next_y - y))
    return "".join(out)


def _step(dx: int, dy: int) -> str:
    if dx == 0:
        return f"v{dy}"
    if dy == 0:
        return f"h{dx}"
    return f"l{dx}{dy}" if dy < 0 else f"l{dx} {dy}"


def _path(points: Sequence[Point], centre: Cell) -> str:
    moved = [(x - centre.x, y - centre.y) for x, y in points]
    return _lines(moved) + "z"


def _cell(cell: Cell, id: str, title: str, href: str) -> str:
    named = f"<title>{_text(title)}</title></use>" if title else ""
    end = ">" if named else "/>"
    drawn = f'<use href="#{id}" x="{cell.x}" y="{cell.y}"{end}{named}'
    if href and _leads_somewhere_safe(href):
        return f'<a href="{escape(href)}" tabindex="-1">{drawn}</a>'
    return drawn


def _leads_somewhere_safe(href: str) -> bool:
    return href.startswith(("/", "#", "?", "https://", "http://"))


def _text(words: str) -> str:
    return escape(words, quote=False)
