"""Laying one person's change over words that somebody else has changed meanwhile.

`merge` takes the words before, the words one person made of them, and the words that stand there
now. What that person changed is changed in what stands; what others changed elsewhere stays. Where
both changed the same place, what both put in stands side by side, and what either took out is out:
nobody's words are lost unseen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple, cast

from folkmoot.algorithms.redline.alignment import common
from folkmoot.algorithms.redline.tokens import TOKEN
from folkmoot.algorithms.wording import (
    Asks,
    Break,
    Content,
    Figure,
    Footnote,
    Inline,
    Mark,
    Run,
    Table,
    Wording,
)
from folkmoot.live.document.words import wellformed

type Atom = str | Break | Footnote
"""One character, one line break, one note."""


class Letter(NamedTuple):
    """An atom and the marks on it."""

    atom: Atom
    marks: frozenset[Mark]


_PLAIN = frozenset[Mark]()


def letters(content: Iterable[Inline]) -> list[Letter]:
    """Content one atom after another."""
    out: list[Letter] = []
    for inline in content:
        if isinstance(inline, Run):
            out.extend(Letter(character, inline.marks) for character in wellformed(inline.text))
        elif isinstance(inline, Footnote):
            inside = cast(tuple[Run | Break, ...], tidy(inline.content))
            out.append(Letter(Footnote(inside, inline.label), _PLAIN))
        else:
            out.append(Letter(inline, _PLAIN))
    return out


def tidy(inlines: Content) -> Content:
    """The same content with nothing empty in it and neighbouring runs of one kind joined, as a
    document gives it back."""
    return content(letters(inlines))


def content(parts: Iterable[Letter]) -> Content:
    """Atoms put together again: `content(letters(x))` says what x says."""
    out: list[Inline] = []
    held: list[str] = []
    marks = _PLAIN
    for atom, on in parts:
        if isinstance(atom, str):
            if held and on != marks:
                out.append(Run("".join(held), marks))
                held = []
            marks = on
            held.append(atom)
            continue
        if held:
            out.append(Run("".join(held), marks))
            held = []
        out.append(atom)
    if held:
        out.append(Run("".join(held), marks))
    return tuple(out)


def align(one: Sequence[Letter], other: Sequence[Letter]) -> list[tuple[int, int]]:
    """Which atoms of the one stand for which of the other, marks aside: pairs of places, ascending.

    Words are matched whole; within what is left between two matches, what begins or ends alike is
    matched by characters, and notes are matched in turn when there are as many on both sides.
    """
    first, second = _tokens(one), _tokens(other)
    pairs: list[tuple[int, int]] = []
    i = j = 0
    for x, y in [
        *common([token.key for token in first], [token.key for token in second]),
        (len(first), len(second)),
    ]:
        start = first[x].start if x < len(first) else len(one)
        stop = second[y].start if y < len(second) else len(other)
        pairs += _between(one, i, start, other, j, stop)
        if x < len(first):
            length = first[x].length
            pairs += zip(range(start, start + length), range(stop, stop + length), strict=True)
            i, j = start + length, stop + length
    return pairs


class _Token(NamedTuple):
    key: object
    start: int
    length: int


def _tokens(parts: Sequence[Letter]) -> list[_Token]:
    out: list[_Token] = []
    start = 0
    while start < len(parts):
        atom = parts[start].atom
        if not isinstance(atom, str):
            out.append(_Token(atom, start, 1))
            start += 1
            continue
        end = start
        held = []
        while end < len(parts) and isinstance(part := parts[end].atom, str):
            held.append(part)
            end += 1
        out.extend(
            _Token(found[0], start + found.start(), len(found[0]))
            for found in TOKEN.finditer("".join(held))
        )
        start = end
    return out


def _between(
    one: Sequence[Letter], i: int, i_end: int, other: Sequence[Letter], j: int, j_end: int
) -> list[tuple[int, int]]:
    """Matches between the matched words: what begins and ends alike, then notes."""
    pairs: list[tuple[int, int]] = []
    while i < i_end and j < j_end and one[i].atom == other[j].atom:
        pairs.append((i, j))
        i, j = i + 1, j + 1
    tail: list[tuple[int, int]] = []
    while i < i_end and j < j_end and one[i_end - 1].atom == other[j_end - 1].atom:
        i_end, j_end = i_end - 1, j_end - 1
        tail.append((i_end, j_end))
    notes = [k for k in range(i, i_end) if isinstance(one[k].atom, Footnote)]
    others = [k for k in range(j, j_end) if isinstance(other[k].atom, Footnote)]
    if len(notes) == len(others):
        pairs += zip(notes, others, strict=True)
    return pairs + tail[::-1]


def merge_content(before: Content, after: Content, live: Content) -> Content:
    """What `after` made of `before`, made of `live`."""
    if after == before:
        return live
    if live == before:
        return after
    old, new, now = letters(before), letters(after), letters(live)
    to_new, to_now = dict(align(old, new)), dict(align(old, now))
    put_in, stands = _added(len(old), len(new), to_new), _added(len(old), len(now), to_now)
    out: list[Letter] = []
    for place in range(len(old) + 1):
        theirs = now[slice(*stands[place])]
        ours = new[slice(*put_in[place])]
        out += theirs
        if ours and [letter.atom for letter in ours] != [letter.atom for letter in theirs]:
            if theirs and _runs_on(theirs[-1], ours[0]):
                out.append(Letter(" ", _PLAIN))
            out += ours
        if place in to_new and place in to_now:
            out.append(_merged(old[place], new[to_new[place]], now[to_now[place]]))
    return content(out)


def _added(length: int, end: int, to: dict[int, int]) -> list[tuple[int, int]]:
    """For each place in the words before, the end included, the stretch put in there."""
    out = [(0, 0)] * (length + 1)
    start = gap = 0
    for place in range(length + 1):
        at = end if place == length else to.get(place, -1)
        if at < 0:
            continue
        if at > start:
            # What replaces a stretch stands where the stretch began.
            out[gap] = (start, at)
        start, gap = at + 1, place + 1
    return out


def _runs_on(left: Letter, right: Letter) -> bool:
    """Whether two people's words would become one word."""
    return all(isinstance(part.atom, str) and part.atom.isalnum() for part in (left, right))


def _merged(old: Letter, new: Letter, now: Letter) -> Letter:
    marks = (now.marks - (old.marks - new.marks)) | (new.marks - old.marks)
    if any(mark.name == "link" for mark in new.marks - old.marks):
        marks = frozenset(m for m in marks if m.name != "link" or m in new.marks)
    if isinstance(now.atom, Footnote):
        first, second = cast(Footnote, old.atom), cast(Footnote, new.atom)
        inside = merge_content(first.content, second.content, now.atom.content)
        label = now.atom.label if first.label == second.label else second.label
        return Letter(Footnote(cast(tuple[Run | Break, ...], inside), label), marks)
    return Letter(now.atom, marks)


def merge(before: Wording, after: Wording, live: Wording) -> Wording:
    """What `after` made of the wording `before`, made of `live`, fields and words alike."""
    before, after, live = _tidied(before), _tidied(after), _tidied(live)
    if live == before or after == live:
        return after
    kind = live.kind if after.kind == before.kind else after.kind
    table: Table | None = None
    figure: Figure | None = None
    asks: Asks | None = None
    if kind == "table":
        table = _merged_table(before.table, after.table, live.table)
    elif kind == "figure":
        old, new, now = (w.figure or Figure("", "") for w in (before, after, live))
        figure = Figure(
            _pick(old.image, new.image, now.image),
            _pick(old.alt, new.alt, now.alt),
        )
    elif kind == "recommendation":
        first, second, third = (w.asks or Asks("", "", "both") for w in (before, after, live))
        asks = Asks(
            _pick(first.area, second.area, third.area),
            _pick(first.addressee, second.addressee, third.addressee),
            _pick(first.level, second.level, third.level),
        )
    return replace(
        live,
        kind=kind,
        content=merge_content(before.content, after.content, live.content),
        depth=_pick(before.depth, after.depth, live.depth),
        language=_pick(before.language, after.language, live.language),
        ordered=_pick(before.ordered, after.ordered, live.ordered),
        quoted=_pick(before.quoted, after.quoted, live.quoted),
        table=table,
        figure=figure,
        asks=asks,
    )


def _tidied(wording: Wording) -> Wording:
    table = wording.table
    if table is not None:
        rows = tuple(tuple(tidy(cell) for cell in row) for row in table.rows)
        table = Table(rows, table.header_rows)
    return replace(wording, content=tidy(wording.content), table=table)


def _pick[T](before: T, after: T, live: T) -> T:
    return live if after == before else after


type _Row = tuple[Content, ...]


def _merged_table(before: Table | None, after: Table | None, live: Table | None) -> Table:
    if live is None or before is None or after is None:
        return after or live or Table(())
    headers = _pick(before.header_rows, after.header_rows, live.header_rows)
    shapes = {tuple(map(len, table.rows)) for table in (before, after, live)}
    if len(shapes) == 1:
        return Table(
            tuple(
                tuple(merge_content(*cells) for cells in zip(*rows, strict=True))
                for rows in zip(before.rows, after.rows, live.rows, strict=True)
            ),
            headers,
        )
    return Table(_merged_rows(before.rows, after.rows, live.rows), headers)


def _merged_rows(
    before: Sequence[_Row], after: Sequence[_Row], live: Sequence[_Row]
) -> tuple[_Row, ...]:
    """Rows as wholes: put in, taken out, or replaced."""
    to_new, to_now = dict(common(before, after)), dict(common(before, live))
    put_in = _added(len(before), len(after), to_new)
    stands = _added(len(before), len(live), to_now)
    out: list[_Row] = []
    for place in range(len(before) + 1):
        theirs = live[slice(*stands[place])]
        ours = after[slice(*put_in[place])]
        out += theirs
        if ours != theirs:
            out += ours
        if place in to_new and place in to_now:
            out.append(live[to_now[place]])
    return tuple(out)
