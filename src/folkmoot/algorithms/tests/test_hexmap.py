"""Hexagons stand where the layout says, touch their neighbours and overlap nobody."""

import json
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from folkmoot.algorithms.hexmap import LAYOUTS, Cell, layout, region_outlines, svg

ROOT = Path(__file__).parents[4]
SHARED = ROOT.parent / "shared" / "data" / "uk-constituencies"
EXAMPLE = ROOT / "src" / "folkmoot" / "branches" / "data" / "uk-2010.hexjson"


def grid(kind: str, *places: tuple[int, int]) -> dict[str, Any]:
    return {"layout": kind, "hexes": {f"{q},{r}": {"q": q, "r": r} for q, r in places}}


def sides(cell: Cell) -> set[frozenset[tuple[int, int]]]:
    ends = (*cell.points[1:], cell.points[0])
    return {frozenset(side) for side in zip(cell.points, ends, strict=True)}


def area(cell: Cell) -> float:
    ends = (*cell.points[1:], cell.points[0])
    return abs(sum(a * d - b * c for (a, b), (c, d) in zip(cell.points, ends, strict=True))) / 2


def overlap(one: Cell, other: Cell) -> bool:
    """Two equal convex hexagons overlap exactly if half-way between them is inside both."""
    dx, dy = abs(other.x - one.x), abs(other.y - one.y)
    if max(x for x, _ in one.points) - one.x == 7:
        return dx < 14 and dy < 16 - (4 / 7) * dx
    return dy < 14 and dx < 16 - (4 / 7) * dy


def real(name: str) -> dict[str, Any]:
    path = EXAMPLE if name == "ours" else SHARED / name
    if not path.exists():
        pytest.skip("The shared constituency data are not beside this repository.")
    value: dict[str, Any] = json.loads(path.read_text())
    return value


REGIONS = """\
SE 84
NW 75
LO 73
WM 59
SC 59
EA 58
SW 55
YH 54
EM 46
WA 40
NE 29
NI 18
"""
REAL = ["ours", "constituencies.hexjson", "uk-constituencies-2023.hexjson"]


@pytest.mark.parametrize("name", REAL)
def test_no_two_constituencies_overlap(name: str) -> None:
    cells = layout(real(name))
    assert len(cells) == 650
    for index, cell in enumerate(cells):
        assert not any(overlap(cell, other) for other in cells[index + 1 :])


@pytest.mark.parametrize("name", REAL)
def test_neighbours_share_a_side_and_nothing_is_shared_by_three(name: str) -> None:
    count = Counter(side for cell in layout(real(name)) for side in sides(cell))
    assert set(count.values()) == {1, 2}
    assert sum(n == 2 for n in count.values()) > 1500


@given(
    st.sampled_from(LAYOUTS),
    st.sets(st.tuples(st.integers(-6, 6), st.integers(-6, 6)), min_size=1),
)
def test_any_layout_is_free_of_overlap(kind: str, places: set[tuple[int, int]]) -> None:
    cells = layout(grid(kind, *places))
    for index, cell in enumerate(cells):
        assert not any(overlap(cell, other) for other in cells[index + 1 :])
        assert all(x > 0 and y > 0 for x, y in cell.points)


@pytest.mark.parametrize("kind", LAYOUTS)
@pytest.mark.parametrize("middle", [(0, 0), (0, 1), (1, 0), (-1, -1), (-3, 2)])
def test_a_hexagon_in_a_full_grid_has_six_neighbours(kind: str, middle: tuple[int, int]) -> None:
    q, r = middle
    cells = layout(grid(kind, *[(q + i, r + j) for i in range(-2, 3) for j in range(-2, 3)]))
    centre = next(cell for cell in cells if cell.key == f"{q},{r}")
    touching = [c for c in cells if c is not centre and sides(c) & sides(centre)]
    assert len(touching) == 6


@pytest.mark.parametrize(
    ("kind", "moved"),
    [
        ("odd-r", (1, 0)),
        ("even-r", (0, 1)),
        ("odd-q", (1, 0)),
        ("even-q", (0, 1)),
    ],
)
def test_which_rows_and_columns_are_moved(kind: str, moved: tuple[int, int]) -> None:
    odd, even = moved
    if kind.endswith("r"):
        cells = {c.key: c for c in layout(grid(kind, (0, 0), (0, 1), (0, -1)))}
        assert cells["0,1"].x - cells["0,0"].x == 7 * (odd - even)
        assert cells["0,-1"].x == cells["0,1"].x
        assert cells["0,1"].y < cells["0,0"].y < cells["0,-1"].y
    else:
        cells = {c.key: c for c in layout(grid(kind, (0, 0), (1, 0), (-1, 0)))}
        assert cells["0,0"].y - cells["1,0"].y == 7 * (odd - even)
        assert cells["-1,0"].y == cells["1,0"].y
        assert cells["-1,0"].x < cells["0,0"].x < cells["1,0"].x


def test_hexagons_are_all_but_regular() -> None:
    for kind in LAYOUTS:
        (cell,) = layout(grid(kind, (0, 0)))
        lengths = [
            sum((a - b) ** 2 for a, b in zip(*side, strict=True))
            for side in map(tuple, sides(cell))
        ]
        assert max(lengths) / min(lengths) < 1.02
        assert area(cell) == 168


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"layout": "square", "hexes": {}}, "not a layout"),
        ({"hexes": {}}, "not a layout"),
        ({"layout": "odd-r"}, "no hexagons"),
        ({"layout": "odd-r", "hexes": {"a": {"q": 1}}}, "“a” has no whole number “r”"),
        ({"layout": "odd-r", "hexes": {"a": {"q": 1.5, "r": 1}}}, "no whole number “q”"),
        ({"layout": "odd-r", "hexes": {"a": 3}}, "no whole number"),
        (
            {"layout": "odd-r", "hexes": {"a": {"q": 1, "r": 1}, "b": {"q": 1, "r": 1}}},
            "“a” and “b” stand in the same place",
        ),
    ],
)
def test_what_is_no_layout_is_refused_in_words(value: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        layout(value)


# --- the picture ------------------------------------------------------------------------------

NS = {"s": "http://www.w3.org/2000/svg"}


def test_the_picture_has_a_name_and_its_cells_are_hidden_from_listeners() -> None:
    cells = layout(grid("odd-r", (0, 0), (1, 0)))
    tree = ET.fromstring(svg(cells, title="Branches", description="Two cells.", id="m"))
    assert tree.get("role") == "img"
    assert tree.get("aria-labelledby") == "m-t m-d"
    assert [e.text for e in tree.findall("s:title", NS)] == ["Branches"]
    hidden = tree.find("s:g", NS)
    assert hidden is not None
    assert hidden.get("aria-hidden") == "true"
    assert len(hidden.findall(".//s:use", NS)) == 2


def test_links_are_for_the_mouse_only_and_unsafe_ones_are_dropped() -> None:
    cells = layout(grid("odd-r", (0, 0), (1, 0), (2, 0)))
    page = svg(
        cells,
        title="Branches",
        hrefs={"0,0": "/branches/a/?x=1&y=2", "1,0": "javascript:alert(1)"},
    )
    tree = ET.fromstring(page)
    links = tree.findall(".//s:a", NS)
    assert [(a.get("href"), a.get("tabindex")) for a in links] == [("/branches/a/?x=1&y=2", "-1")]
    assert tree.get("role") == "group"
    assert "javascript" not in page


def test_names_are_escaped() -> None:
    cells = layout(grid("odd-r", (0, 0)))
    evil = '</title><script>"&'
    page = svg(
        cells,
        title=evil,
        description=evil,
        classes={"0,0": '"><script>'},
        titles={"0,0": evil},
        hrefs={"0,0": '/"><script>'},
        id='"><script>',
    )
    assert "<script" not in page
    assert ET.fromstring(page).findtext("s:title", namespaces=NS) == evil


def test_a_map_of_650_is_small() -> None:
    value = real("ours")
    cells = layout(value)
    hexes = value["hexes"]
    regions = {key: hexes[key]["region"] for key in hexes}
    plain = svg(cells, title="Map", classes=regions, regions=regions)
    assert len(plain.encode()) < 30_000
    named = svg(
        cells,
        title="Map",
        classes=regions,
        regions=regions,
        titles={key: hexes[key]["name"] for key in hexes},
    )
    assert len(named.encode()) < 48_000


def test_the_line_round_one_hexagon_is_its_own() -> None:
    (cell,) = layout(grid("odd-r", (0, 0)))
    drawn = region_outlines([cell], {"0,0": "A"})
    assert drawn.count("M") == 1
    assert sum(drawn.count(letter) for letter in "lvh") == 6
    assert region_outlines([cell], {}) == ""


def test_no_line_is_drawn_inside_a_region() -> None:
    cells = layout(grid("odd-r", (0, 0), (1, 0)))
    together = region_outlines(cells, {"0,0": "A", "1,0": "A"})
    apart = region_outlines(cells, {"0,0": "A", "1,0": "B"})
    assert sum(map(together.count, "lvh")) == 10
    assert sum(map(apart.count, "lvh")) == 11


def test_the_example_data_are_whole() -> None:
    hexes = real("ours")["hexes"]
    assert len({h["name"] for h in hexes.values()}) == 650
    assert Counter(h["region"] for h in hexes.values()) == {
        code: int(number) for code, number in map(str.split, REGIONS.splitlines())
    }
    assert all(20_000 < h["electorate"] < 120_000 for h in hexes.values())
