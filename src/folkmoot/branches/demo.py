"""The demonstration's branches: the 650 UK constituencies of 2010-24."""

from __future__ import annotations

from pathlib import Path

from folkmoot.branches.list_of_branches import read, store

UK_2010 = Path(__file__).resolve().parent / "data" / "uk-2010.hexjson"


def load() -> tuple[int, int]:
    """Load the example map. Returns how many branches are new, and how many were there."""
    return store(read(UK_2010.read_text(encoding="utf-8")))
