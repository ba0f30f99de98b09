"""Reading branches from a file - hexjson or CSV - and storing them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from folkmoot.algorithms.hexmap import layout
from folkmoot.branches.models import Branch, Region

UK_REGIONS = {
    "EA": "East of England",
    "EM": "East Midlands",
    "LO": "London",
    "NE": "North East",
    "NI": "Northern Ireland",
    "NW": "North West",
    "SC": "Scotland",
    "SE": "South East",
    "SW": "South West",
    "WA": "Wales",
    "WM": "West Midlands",
    "YH": "Yorkshire and the Humber",
}
"""Names for the region letters of the example map. Other codes are their own names."""

TINTS = 12


class Unreadable(ValueError):
    """The file cannot be used; the message says why, in words for people."""


@dataclass(frozen=True)
class Row:
    """One branch as a file has it."""

    code: str
    name: str
    region: str
    region_name: str = ""
    q: int | None = None
    r: int | None = None
    electorate: int | None = None


def read(text: str) -> list[Row]:
    """The branches of a hexjson or CSV file. Raises `Unreadable`."""
    text = text.removeprefix("\ufeff")
    return _from_hexjson(text) if text.lstrip().startswith("{") else _from_csv(text)


def _from_hexjson(text: str) -> list[Row]:
    """Rows of a map of pointed hexagons. "even-r" is "odd-r" one row higher."""
    try:
        value = json.loads(text)
    except ValueError as error:
        raise Unreadable(f"This is not hexjson: {error}.") from error
    try:
        layout(value)
    except ValueError as error:
        raise Unreadable(str(error)) from error
    kind = value["layout"]
    if kind not in {"odd-r", "even-r"}:
        raise Unreadable(f"The layout “{kind}” has hexagons on a side; use odd-r or even-r.")
    up = 1 if kind == "even-r" else 0
    return [
        _row(
            code,
            cell.get("name") or cell.get("n"),
            cell.get("region") or cell.get("a"),
            q=cell["q"],
            r=cell["r"] + up,
            electorate=cell.get("electorate") or cell.get("e"),
        )
        for code, cell in value["hexes"].items()
    ]


def _from_csv(text: str) -> list[Row]:
    """Rows of a table with columns code, name, region and, if wished, region_name, q, r and
    electorate, in any order."""
    first = text.split("\n", 1)[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=max(",;\t", key=first.count))
    headings = {(name or "").strip().lower() for name in reader.fieldnames or []}
    if missing := {"code", "name", "region"} - headings:
        raise Unreadable(f"The table needs these columns too: {', '.join(sorted(missing))}.")
    rows = []
    for record in reader:
        cells = {(k or "").strip().lower(): (v or "") for k, v in record.items() if k}
        rows.append(
            _row(
                cells["code"],
                cells["name"],
                cells["region"],
                region_name=cells.get("region_name", "").strip(),
                q=_number(cells, "q"),
                r=_number(cells, "r"),
                electorate=_number(cells, "electorate"),
            )
        )
    return rows


def _number(cells: Mapping[str, str], name: str) -> int | None:
    value = cells.get(name, "").strip()
    if not value:
        return None
    try:
        return int(value)
    except ValueError:
        raise Unreadable(f"“{value}” in the column “{name}” is not a whole number.") from None


def _row(code: Any, name: Any, region: Any, **rest: Any) -> Row:
    values = [str(v or "").strip() for v in (code, name, region)]
    if not all(values):
        raise Unreadable(f"“{values[0] or values[1]}” lacks a code, a name or a region.")
    if len(values[0]) > 20 or len(values[1]) > 120 or not slugify(values[2])[:12]:
        raise Unreadable(f"“{values[1][:60]}”: the code, the name or the region is too long.")
    return Row(values[0], values[1], values[2], **rest)


@transaction.atomic
def store(rows: Sequence[Row]) -> tuple[int, int]:
    """Store the branches; those already there, by code, are brought up to date and keep their
    address. Returns how many are new and how many there were. Raises `Unreadable` for a code
    that stands twice."""
    codes = [row.code for row in rows]
    if len(set(codes)) != len(codes):
        twice = next(code for code in codes if codes.count(code) > 1)
        raise Unreadable(f"The code “{twice}” stands twice.")
    regions = _regions(rows)
    known = dict(Branch.objects.filter(code__in=codes).values_list("code", "slug"))
    taken = set(Branch.objects.exclude(code__in=codes).values_list("slug", flat=True))
    taken |= set(known.values())
    branches = []
    for row in rows:
        slug = known.get(row.code) or _free_slug(row, taken)
        taken.add(slug)
        branches.append(
            Branch(
                code=row.code,
                slug=slug,
                name=row.name,
                region=regions[_code(row.region)],
                q=row.q,
                r=row.r,
                electorate=row.electorate,
            )
        )
    Branch.objects.bulk_create(
        branches,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "region", "q", "r", "electorate"],
    )
    return len(rows) - len(known), len(known)


def _regions(rows: Iterable[Row]) -> dict[str, Region]:
    names = {_code(row.region): row.region_name or UK_REGIONS.get(row.region, "") for row in rows}
    regions = {region.code: region for region in Region.objects.filter(code__in=names)}
    start = Region.objects.count()
    for at, code in enumerate(sorted(set(names) - set(regions))):
        shown = names[code] or next(row.region for row in rows if _code(row.region) == code)
        regions[code] = Region.objects.create(code=code, name=shown, tint=(start + at) % TINTS + 1)
    return regions


def _code(region: str) -> str:
    return slugify(region)[:12]


def _free_slug(row: Row, taken: set[str]) -> str:
    plain = slugify(row.name) or slugify(row.code) or "branch"
    return plain if plain not in taken else f"{plain}-{slugify(row.code)}"
