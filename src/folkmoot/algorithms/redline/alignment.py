"""Which items of two sequences stand for one another.

`common` is an exact longest common subsequence, computed with one big integer per row (bits are
columns): Hyyrö, "Bit-Parallel LCS-length Computation Revisited", AWOCA 2004. That is quadratic
with a very small constant and has no bad cases: 10,000 against 10,000 items that share nothing
take about as long as any other, and the answer never depends on a clock.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Sequence
from typing import Final

type Pairs = list[tuple[int, int]]

_MOST_BITS: Final = 200_000_000
"""Rows kept for walking back take at most about 27 MB; larger problems are split in two."""


def common(before: Sequence[Hashable], after: Sequence[Hashable]) -> Pairs:
    """Index pairs of a longest common subsequence, ascending in both."""
    start = 0
    shortest = min(len(before), len(after))
    while start < shortest and before[start] == after[start]:
        start += 1
    end = 0
    while end < shortest - start and before[-1 - end] == after[-1 - end]:
        end += 1
    pairs = [(i, i) for i in range(start)]
    _middle(before[start : len(before) - end], after[start : len(after) - end], start, start, pairs)
    pairs.extend((len(before) - k, len(after) - k) for k in range(end, 0, -1))
    return pairs


def _middle(
    columns: Sequence[Hashable], rows: Sequence[Hashable], i: int, j: int, pairs: Pairs
) -> None:
    if not columns or not rows:
        return
    if len(columns) * len(rows) <= _MOST_BITS or len(rows) == 1:
        pairs.extend((i + column, j + row) for column, row in _walk(columns, rows))
        return
    # Hirschberg's split: the best column to part at is where forward and backward counts add up
    # to most, so that only two rows are ever held.
    half = len(rows) // 2
    forward = _counts(columns, rows[:half])
    backward = _counts(columns[::-1], rows[half:][::-1])
    cut = max(range(len(columns) + 1), key=lambda c: forward[c] + backward[len(columns) - c])
    _middle(columns[:cut], rows[:half], i, j, pairs)
    _middle(columns[cut:], rows[half:], i + cut, j + half, pairs)


def _table(
    columns: Sequence[Hashable], rows: Sequence[Hashable], keep: bool
) -> tuple[list[int], int]:
    """The rows as integers (all, or only the last); a zero bit is where the count grows."""
    where: dict[Hashable, int] = {}
    for index, item in enumerate(columns):
        where[item] = where.get(item, 0) | (1 << index)
    mask = (1 << len(columns)) - 1
    state = mask
    table: list[int] = []
    for item in rows:
        hit = state & where.get(item, 0)
        if hit:
            state = ((state + hit) | (state - hit)) & mask
        if keep:
            table.append(state)
    return table, state


def _walk(columns: Sequence[Hashable], rows: Sequence[Hashable]) -> Pairs:
    table, _ = _table(columns, rows, keep=True)
    found: Pairs = []
    column, row = len(columns), len(rows)
    while column and row:
        if table[row - 1] >> (column - 1) & 1:
            column -= 1
            continue
        row -= 1
        if not row or table[row - 1] >> (column - 1) & 1:
            column -= 1
            found.append((column, row))
    found.reverse()
    return found


def _counts(columns: Sequence[Hashable], rows: Sequence[Hashable]) -> list[int]:
    """Length of the longest common subsequence of all rows with the first 0, 1, ... columns."""
    _, state = _table(columns, rows, keep=False)
    counts = [0]
    for bit in reversed(f"{state:0{len(columns)}b}"):
        counts.append(counts[-1] + (bit == "0"))
    return counts


def increasing(values: Sequence[int]) -> list[int]:
    """Positions of a longest strictly increasing subsequence (patience sorting)."""
    tails: list[int] = []
    at: list[int] = []
    previous: list[int] = []
    for position, value in enumerate(values):
        pile = bisect_left(tails, value)
        previous.append(at[pile - 1] if pile else -1)
        if pile == len(tails):
            tails.append(value)
            at.append(position)
        else:
            tails[pile] = value
            at[pile] = position
    out: list[int] = []
    position = at[-1] if at else -1
    while position >= 0:
        out.append(position)
        position = previous[position]
    out.reverse()
    return out
