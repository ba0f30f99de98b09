"""The words of two stretches of content side by side: same, removed, added.

An exact alignment of the words comes first, then two passes make it read well. Islands of a few
small words inside a rewrite are taken into it, so that nobody has to read every other word; and
an insertion or removal that could stand in several places is put where a sentence or a clause
begins. (The two ideas are those of the clean-up in Neil Fraser's diff-match-patch, here on words
instead of characters.)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from folkmoot.algorithms.redline.alignment import common
from folkmoot.algorithms.redline.tokens import Key, Token, content_of, tokens
from folkmoot.algorithms.wording import Content, Footnote, Inline, Run

type State = Literal["same", "removed", "added", "note"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of words that is the same, removed or added.

    A "note" is one footnote whose own words changed: `content` is the note as it is now, `note`
    the pieces of its words.
    """

    state: State
    content: Content
    note: tuple[Piece, ...] = ()


def pieces(before: Iterable[Inline], after: Iterable[Inline]) -> tuple[Piece, ...]:
    """The redline of two stretches of inline content.

    Leaving out what was added gives the first, leaving out what was removed the second, token
    for token; where both say the same there is one "same" piece.
    """
    old, new = tokens(before), tokens(after)
    out: list[Piece] = []
    for block in _blocks(old, new):
        removed, added = old[block.i : block.i_end], new[block.j : block.j_end]
        if block.same:
            out.append(Piece("same", content_of(added)))
        else:
            out.extend(_edit(removed, added))
    return tuple(out)


def whole(state: State, content: Iterable[Inline]) -> tuple[Piece, ...]:
    """All of the content as one piece, or none when it is empty."""
    kept = content_of(tokens(content))
    return (Piece(state, kept),) if kept else ()


def kept(shown: Iterable[Piece], state: Literal["removed", "added"]) -> Content:
    """The content on one side: with what was removed (as before) or what was added (as after)."""
    out: list[Inline] = []
    for piece in shown:
        if piece.state == "note":
            notes = kept(piece.note, state)
            out.append(Footnote(tuple(n for n in notes if not isinstance(n, Footnote))))
        elif piece.state in ("same", state):
            out.extend(piece.content)
    return tuple(out)


@dataclass(slots=True)
class _Block:
    """Tokens i to i_end of the one stand against j to j_end of the other."""

    same: bool
    i: int
    i_end: int
    j: int
    j_end: int


def _blocks(old: Sequence[Token], new: Sequence[Token]) -> list[_Block]:
    pairs = _pairs(old, new)
    return _settle(_dissolve(_grouped(pairs, len(old), len(new)), old, new), old, new)


def _pairs(old: Sequence[Token], new: Sequence[Token]) -> list[tuple[int, int]]:
    """Words matched exactly, then the gaps beside matched words. Gaps are left out at first
    because each fits all others and would pull the words out of line."""
    old_words = [i for i, token in enumerate(old) if token.key != " "]
    new_words = [j for j, token in enumerate(new) if token.key != " "]
    matched = common([old[i].key for i in old_words], [new[j].key for j in new_words])
    pairs = [(old_words[a], new_words[b]) for a, b in matched]
    out: list[tuple[int, int]] = []
    for i, j in pairs:
        if i and j and old[i - 1].key == " " == new[j - 1].key:
            before = (i - 1, j - 1)
            if not out or out[-1] != before:
                # The gap after the word before may have taken one side of this one already.
                if out and (out[-1][0] >= i - 1 or out[-1][1] >= j - 1):
                    out.pop()
                out.append(before)
        out.append((i, j))
        if i + 1 < len(old) and j + 1 < len(new) and old[i + 1].key == " " == new[j + 1].key:
            out.append((i + 1, j + 1))
    return out


def _grouped(pairs: Sequence[tuple[int, int]], old_end: int, new_end: int) -> list[_Block]:
    blocks: list[_Block] = []
    i = j = 0
    for x, y in [*pairs, (old_end, new_end)]:
        if x > i or y > j:
            blocks.append(_Block(False, i, x, j, y))
        if (x, y) != (old_end, new_end):
            if blocks and blocks[-1].same:
                blocks[-1].i_end, blocks[-1].j_end = x + 1, y + 1
            else:
                blocks.append(_Block(True, x, x + 1, y, y + 1))
        i, j = x + 1, y + 1
    return blocks


def _weight(parts: Iterable[Token]) -> float:
    """How much of the sense these tokens carry. By length, so that it needs no language:
    the small words of a sentence are short."""
    return sum(map(_token_weight, parts))


def _token_weight(token: Token) -> float:
    if token.key == " ":
        return 0.0
    if not isinstance(token.inline, Run):
        return 3.0
    words = token.inline.text
    if words[0].isdigit():
        return 1.5
    if not token.is_word:
        return 0.2
    if len(words) <= 3:
        return 0.4
    return 0.7 if len(words) == 4 else 1.0


_ISLAND: Final = 0.6
"""An equal stretch goes under when it weighs at most this share of the smaller edit beside it."""


def _dissolve(blocks: Sequence[_Block], old: Sequence[Token], new: Sequence[Token]) -> list[_Block]:
    """Take small equal stretches between two edits into one edit around them."""
    old_weight, new_weight = _sums(old), _sums(new)

    def removed(block: _Block) -> float:
        return old_weight[block.i_end] - old_weight[block.i]

    def added(block: _Block) -> float:
        return new_weight[block.j_end] - new_weight[block.j]

    out: list[_Block] = []
    for block in blocks:
        out.append(block)
        while len(out) >= 3 and not out[-1].same and out[-2].same and not out[-3].same:
            left, island, right = out[-3:]
            size = removed(island)
            smaller = min(max(removed(left), added(left)), max(removed(right), added(right)))
            # A lone small word between two replaced words reads better inside the rewrite.
            lone = size < 1 and min(removed(left), added(left), removed(right), added(right)) > 0.3
            if not lone and size > _ISLAND * smaller:
                break
            out[-3:] = [_Block(False, left.i, right.i_end, left.j, right.j_end)]
    return out


def _sums(parts: Sequence[Token]) -> list[float]:
    sums = [0.0]
    for token in parts:
        sums.append(sums[-1] + _token_weight(token))
    return sums


def _settle(blocks: list[_Block], old: Sequence[Token], new: Sequence[Token]) -> list[_Block]:
    """Slide each pure insertion or removal to where it reads best, and drop emptied stretches."""
    for index in range(1, len(blocks) - 1):
        left, edit, right = blocks[index - 1 : index + 2]
        if edit.same or not (left.same and right.same):
            continue
        if edit.i == edit.i_end:
            shift = _best_shift(new, edit.j, edit.j_end, left.j, right.j_end)
        elif edit.j == edit.j_end:
            shift = _best_shift(old, edit.i, edit.i_end, left.i, right.i_end)
        else:
            continue
        for block, starts in ((left, False), (edit, False), (edit, True), (right, True)):
            if starts:
                block.i += shift
                block.j += shift
            else:
                block.i_end += shift
                block.j_end += shift
    out: list[_Block] = []
    for block in blocks:
        if block.i == block.i_end and block.j == block.j_end:
            continue
        if out and out[-1].same == block.same:
            out[-1].i_end, out[-1].j_end = block.i_end, block.j_end
        else:
            out.append(block)
    return out


def _best_shift(parts: Sequence[Token], start: int, end: int, low: int, high: int) -> int:
    """How far tokens start to end of `parts` can best move within low to high and say the same."""
    least = 0
    while start + least > low and parts[start + least - 1].key == parts[end + least - 1].key:
        least -= 1
    most = 0
    while end + most < high and parts[start + most].key == parts[end + most].key:
        most += 1
    return max(
        range(least, most + 1),
        key=lambda k: (_boundary(parts, start + k) + _boundary(parts, end + k), k),
    )


def _boundary(parts: Sequence[Token], at: int) -> int:
    """How good a place between two tokens is to begin or end an edit."""
    if at == 0 or at == len(parts):
        return 6
    left, right = parts[at - 1], parts[at]
    if left.ends_sentence and right.is_gap:
        return 5
    if left.is_gap:
        return 4 if at > 1 and parts[at - 2].ends_sentence else 1
    if left.words in {",", ";", ":", "–", "—"}:
        return 3
    return 2 if right.is_gap else 0


def _edit(removed: Sequence[Token], added: Sequence[Token]) -> Iterable[Piece]:
    """What was removed, then what was added; notes that only changed their words stand alone."""
    i = j = 0
    for x, y in _changed_notes(removed, added):
        yield from _sides(removed[i:x], added[j:y])
        old, new = removed[x].inline, added[y].inline
        if isinstance(old, Footnote) and isinstance(new, Footnote):
            yield Piece("note", (new,), pieces(old.content, new.content))
        i, j = x + 1, y + 1
    yield from _sides(removed[i:], added[j:])


def _sides(removed: Sequence[Token], added: Sequence[Token]) -> Iterable[Piece]:
    if removed:
        yield Piece("removed", content_of(removed))
    if added:
        yield Piece("added", content_of(added))


def _changed_notes(removed: Sequence[Token], added: Sequence[Token]) -> Iterable[tuple[int, int]]:
    old = [i for i, token in enumerate(removed) if isinstance(token.inline, Footnote)]
    new = [j for j, token in enumerate(added) if isinstance(token.inline, Footnote)]
    start = 0
    for i in old:
        for position in range(start, len(new)):
            if _alike(removed[i], added[new[position]]):
                yield i, new[position]
                start = position + 1
                break


def _alike(one: Token, other: Token) -> bool:
    """Whether two notes have at least a third of their words in common."""
    first, second = _note_words(one), _note_words(other)
    return bool(first or second) and 3 * len(first & second) >= len(first | second)


def _note_words(token: Token) -> set[Key]:
    if not isinstance(token.inline, Footnote):
        return set()
    return {part.key for part in tokens(token.inline.content) if part.is_word}
