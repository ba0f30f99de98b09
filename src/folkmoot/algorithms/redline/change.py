"""The redline of a passage: its words, its table, and what is said about it by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from folkmoot.algorithms.redline.alignment import common
from folkmoot.algorithms.redline.pieces import Piece, kept, pieces, whole
from folkmoot.algorithms.redline.tokens import Key, Token, tokens
from folkmoot.algorithms.wording import Content, Footnote, Table, Wording, fold

type Side = Literal["same", "changed", "removed", "added"]
type Name = Literal[
    "kind",
    "depth",
    "numbered",
    "quoted",
    "language",
    "area",
    "addressee",
    "level",
    "picture",
    "alternative text",
    "header rows",
]


@dataclass(frozen=True, slots=True)
class Difference:
    """One attribute that changed. Values are as the wording has them; empty means none."""

    name: Name
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table; `state` says whether its column was added or removed."""

    state: Side
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, with the cells of both sides in order. A header row names columns."""

    state: Side
    cells: tuple[Cell, ...]
    header: bool = False


@dataclass(frozen=True, slots=True)
class Redline:
    """What became of a wording. `pieces` are the words (of a table or figure: its caption)."""

    state: Side
    pieces: tuple[Piece, ...]
    rows: tuple[Row, ...] = ()
    differences: tuple[Difference, ...] = ()

    @property
    def before(self) -> Content:
        """The words without what was added."""
        return kept(self.pieces, "removed")

    @property
    def after(self) -> Content:
        """The words without what was removed."""
        return kept(self.pieces, "added")

    @property
    def rows_before(self) -> tuple[tuple[Content, ...], ...]:
        return _rows(self.rows, "removed")

    @property
    def rows_after(self) -> tuple[tuple[Content, ...], ...]:
        return _rows(self.rows, "added")

    @property
    def words_added(self) -> int:
        return len(self._words("added"))

    @property
    def words_removed(self) -> int:
        return len(self._words("removed"))

    @property
    def size(self) -> int:
        """How much there is to read: words added and removed, and one for each attribute."""
        return self.words_added + self.words_removed + len(self.differences)

    def all_pieces(self) -> Iterator[Piece]:
        """Every piece, cells row by row and then the words; of a changed note, its own pieces."""
        for row in self.rows:
            for cell in row.cells:
                yield from _flat(cell.pieces)
        yield from _flat(self.pieces)

    def _words(self, state: Literal["added", "removed"]) -> list[str]:
        changed = (piece for piece in self.all_pieces() if piece.state == state)
        return [token.words for piece in changed for token in _deep(piece.content) if token.is_word]

    def _spelled(self, state: Literal["added", "removed"]) -> str:
        """All characters of one side without their marks, notes in their place."""
        shown = (piece for piece in self.all_pieces() if piece.state in ("same", state))
        return "".join(token.words for piece in shown for token in _deep(piece.content))


def redline(before: Wording | None, after: Wording | None) -> Redline:
    """What changed from one wording to another; None stands for a passage that is not there."""
    if before is None or after is None:
        return _one_sided(before, after)
    if before.digest == after.digest:
        state: Side = "same"
    else:
        state = "changed"
    return Redline(
        state,
        pieces(before.content, after.content),
        _table(before.table, after.table),
        tuple(_differences(before, after)),
    )


def summary(change: Redline) -> str:
    """The size of a change in words: "4 words added, 2 removed; addressee changed"."""
    added, removed = change._words("added"), change._words("removed")
    match change.state:
        case "same":
            return "no change"
        case "added":
            return f"new, {_count(len(added))}"
        case "removed":
            return f"left out, {_count(len(removed))}"
        case _:
            pass
    said = []
    if added and change._spelled("removed") == change._spelled("added"):
        said.append("emphasis or links changed")
    elif added and removed:
        said.append(f"{_count(len(added))} added, {len(removed)} removed")
    elif added or removed:
        said.append(f"{_count(len(added or removed))} {'added' if added else 'removed'}")
    elif any(piece.state != "same" for piece in change.all_pieces()):
        said.append("punctuation or notes changed")
    for side in ("added", "removed"):
        rows = sum(row.state == side for row in change.rows)
        if rows:
            said.append(f"{rows} table row{'s' if rows > 1 else ''} {side}")
    said.extend(f"{SPOKEN[difference.name]} changed" for difference in change.differences)
    return "; ".join(said) or "table laid out differently"


SPOKEN: Final[dict[Name, str]] = {
    "kind": "kind of passage",
    "depth": "level in the outline",
    "numbered": "numbering of the list",
    "quoted": "standing as a quotation",
    "language": "language",
    "area": "area",
    "addressee": "addressee",
    "level": "level",
    "picture": "picture",
    "alternative text": "alternative text",
    "header rows": "header rows",
}
"""The attributes as people say them."""


def _count(words: int) -> str:
    return f"{words} word" if words == 1 else f"{words} words"


def _flat(shown: Iterable[Piece]) -> Iterator[Piece]:
    for piece in shown:
        if piece.state == "note":
            yield from piece.note
        else:
            yield piece


def _deep(content: Content) -> Iterator[Token]:
    """Tokens, those of the notes in their place."""
    for token in tokens(content):
        if isinstance(token.inline, Footnote):
            yield from tokens(token.inline.content)
        else:
            yield token


def _one_sided(before: Wording | None, after: Wording | None) -> Redline:
    wording, side = (after, "added") if before is None else (before, "removed")
    if wording is None:
        return Redline("same", ())
    state: Literal["added", "removed"] = "added" if side == "added" else "removed"
    rows = () if wording.table is None else _whole_table(wording.table, state)
    return Redline(state, whole(state, wording.content), rows)


def _differences(before: Wording, after: Wording) -> Iterator[Difference]:
    old, new = dict(_attributes(before)), dict(_attributes(after))
    for name in SPOKEN:
        one, other = old.get(name, ""), new.get(name, "")
        if one != other:
            yield Difference(name, one, other)


def _attributes(wording: Wording) -> Iterator[tuple[Name, str]]:
    yield "kind", wording.kind
    yield "depth", str(wording.depth) if wording.depth else ""
    yield "numbered", "yes" if wording.ordered else ""
    yield "quoted", "yes" if wording.quoted else ""
    yield "language", wording.language.lower()
    if wording.asks is not None:
        yield "area", fold(wording.asks.area)
        yield "addressee", fold(wording.asks.addressee)
        yield "level", wording.asks.level
    if wording.figure is not None:
        yield "picture", wording.figure.image
        yield "alternative text", fold(wording.figure.alt)
    if wording.table is not None:
        yield "header rows", str(wording.table.header_rows)


# --- tables -----------------------------------------------------------------------------------

type _Keys = tuple[tuple[Key, ...], ...]
type _Columns = list[tuple[int | None, int | None]]
"""Each column of either table once, in order: its place in the one and in the other."""


def _whole_table(table: Table, state: Literal["added", "removed"]) -> tuple[Row, ...]:
    return tuple(
        Row(state, tuple(Cell(state, whole(state, cell)) for cell in row), k < table.header_rows)
        for k, row in enumerate(table.rows)
    )


def _table(before: Table | None, after: Table | None) -> tuple[Row, ...]:
    """Rows aligned, cells within aligned rows compared."""
    if before is None:
        return () if after is None else _whole_table(after, "added")
    if after is None:
        return _whole_table(before, "removed")
    old, new = [_row_keys(r) for r in before.rows], [_row_keys(r) for r in after.rows]
    columns = _columns(old, new)
    out: list[Row] = []
    i = j = 0
    for x, y in [*_rows_alike(old, new, columns), (len(old), len(new))]:
        for k in range(i, x):
            cells = tuple(_cells(before.rows[k], None, columns))
            out.append(Row("removed", cells, k < before.header_rows))
        for k in range(j, y):
            cells = tuple(_cells(None, after.rows[k], columns))
            out.append(Row("added", cells, k < after.header_rows))
        if x < len(old) and y < len(new):
            cells = tuple(_cells(before.rows[x], after.rows[y], columns))
            same = old[x] == new[y]
            out.append(Row("same" if same else "changed", cells, y < after.header_rows))
        i, j = x + 1, y + 1
    return tuple(out)


def _row_keys(row: Sequence[Content]) -> _Keys:
    return tuple(tuple(token.key for token in tokens(cell)) for cell in row)


def _filled(pairs: Iterable[tuple[int, int]], old: int, new: int) -> Iterator[tuple[range, range]]:
    """The stretches between matched pairs, on both sides."""
    i = j = 0
    for x, y in [*pairs, (old, new)]:
        yield range(i, x), range(j, y)
        i, j = x + 1, y + 1


def _rows_alike(
    old: Sequence[_Keys], new: Sequence[_Keys], columns: _Columns
) -> list[tuple[int, int]]:
    """Equal rows first; between them, in order, rows that begin with the same words or share at
    least a third of the words in the columns that both have."""
    exact = common(old, new)
    pairs = list(exact)
    for left, right in _filled(exact, len(old), len(new)):
        start = right.start
        for i in left:
            for j in range(start, right.stop):
                if _alike(old[i], new[j], columns):
                    pairs.append((i, j))
                    start = j + 1
                    break
    return sorted(pairs)


def _alike(one: _Keys, other: _Keys, columns: _Columns) -> bool:
    shared = [(x, y) for x, y in columns if x is not None and y is not None]
    left = [one[x] for x, _ in shared if x < len(one)]
    right = [other[y] for _, y in shared if y < len(other)]
    if left and right and left[0] and left[0] == right[0]:
        return True
    words = {key for cell in left for key in cell if key != " "}
    others = {key for cell in right for key in cell if key != " "}
    return 3 * len(words & others) >= max(1, len(words | others))


def _columns(old: Sequence[_Keys], new: Sequence[_Keys]) -> _Columns:
    """Which columns stand for one another: as many, by place; else by the words of the first row,
    where the names of columns are, and what is left between them by place."""
    wide_old = max((len(row) for row in old), default=0)
    wide_new = max((len(row) for row in new), default=0)
    if wide_old == wide_new:
        return [(k, k) for k in range(wide_old)]
    exact = common(old[0] if old else (), new[0] if new else ())
    pairs = list(exact)
    for left, right in _filled(exact, wide_old, wide_new):
        pairs.extend(zip(left, right, strict=False))
    columns: _Columns = []
    i = j = 0
    for x, y in [*sorted(pairs), (wide_old, wide_new)]:
        columns.extend((k, None) for k in range(i, x))
        columns.extend((None, k) for k in range(j, y))
        columns.append((x, y))
        i, j = x + 1, y + 1
    return columns[:-1]


def _cells(
    before: Sequence[Content] | None, after: Sequence[Content] | None, columns: _Columns
) -> Iterator[Cell]:
    """The cells of one row, a side of which may be missing; a row is filled up with empty cells
    where only the other table has a column, so that columns stay in line."""
    for x, y in columns:
        left = None if before is None or x is None or x >= len(before) else before[x]
        right = None if after is None or y is None or y >= len(after) else after[y]
        if left is not None and right is not None:
            shown = pieces(left, right)
            same = all(piece.state == "same" for piece in shown)
            yield Cell("same" if same else "changed", shown)
        elif left is not None:
            yield Cell("removed", whole("removed", left))
        elif right is not None:
            yield Cell("added", whole("added", right))
        elif after is None and x is None:
            yield Cell("added", ())
        elif before is None and y is None:
            yield Cell("removed", ())


def _rows(
    rows: Iterable[Row], state: Literal["removed", "added"]
) -> tuple[tuple[Content, ...], ...]:
    other = "added" if state == "removed" else "removed"
    return tuple(
        tuple(kept(cell.pieces, state) for cell in row.cells if cell.state != other)
        for row in rows
        if row.state != other
    )
