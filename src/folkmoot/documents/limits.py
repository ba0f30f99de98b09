"""How much of the machine one import may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MEGABYTE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Ceilings for one import; whatever goes over one is refused, never cut.

    `unpacked_ratio` is the uncompressed size of a package divided by its size on disk, looked at
    only above `ratio_from_bytes` (a small file of repeated words may shrink a lot and harm nobody).
    """

    file_bytes: int = 60 * MEGABYTE
    unpacked_bytes: int = 300 * MEGABYTE
    part_bytes: int = 150 * MEGABYTE
    unpacked_ratio: int = 150
    ratio_from_bytes: int = 40 * MEGABYTE
    parts: int = 10_000
    nesting: int = 400
    seconds: float = 60.0
    memory_bytes: int = 1_500 * MEGABYTE
    output_bytes: int = 400 * MEGABYTE
    passages: int = 20_000
    picture_bytes: int = 20 * MEGABYTE
    picture_pixels: int = 50_000_000
    pictures: int = 2_000
