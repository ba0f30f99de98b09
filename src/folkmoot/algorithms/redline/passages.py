"""Two orders of passages side by side: two editions, or a text and what is imported over it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from folkmoot.algorithms.redline.alignment import common, increasing
from folkmoot.algorithms.redline.tokens import TOKEN
from folkmoot.algorithms.wording import Wording, fold

type Passages = Sequence[tuple[str, Wording]]
type Fate = Literal["unchanged", "reworded", "moved", "added", "left out"]
type Match = Literal["unchanged", "changed", "moved", "new", "gone"]


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one passage. Indexes are places in the two orders; `moved` is also true of
    a passage that was reworded and moved."""

    state: Fate
    id: str
    before: Wording | None
    after: Wording | None
    before_index: int | None
    after_index: int | None
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Pairing:
    """Which existing passage an incoming one is taken for. `index` is the place of the incoming
    one; a new one has no id, one that is gone has no index. `likeness` is the share of words in
    common, 0 to 1."""

    state: Match
    id: str | None
    before: Wording | None
    index: int | None
    after: Wording | None
    moved: bool = False
    likeness: float = 0.0


def compare(before: Passages, after: Passages) -> list[Change]:
    """What changed from one order of passages to another, by id.

    In the order of `after`; what was left out stands where it stood. The fewest possible passages
    count as moved. Raises `ValueError` when an id stands twice in one order.
    """
    old = {id: place for place, (id, _) in enumerate(before)}
    new = {id: place for place, (id, _) in enumerate(after)}
    if len(old) != len(before) or len(new) != len(after):
        raise ValueError("A passage can stand only once in a text.")
    shared = [id for id, _ in after if id in old]
    stays = {shared[at] for at in increasing([old[id] for id in shared])}
    out: list[Change] = []
    for was, now in _woven(before, [old.get(id) for id, _ in after], {old[id] for id in stays}):
        id = (after[now] if now is not None else before[was or 0])[0]
        one = None if was is None else before[was][1]
        other = None if now is None else after[now][1]
        moved = one is not None and other is not None and id not in stays
        out.append(Change(_fate(one, other, moved), id, one, other, was, now, moved))
    return out


def _fate(before: Wording | None, after: Wording | None, moved: bool) -> Fate:
    if before is None:
        return "added"
    if after is None:
        return "left out"
    if before.digest != after.digest:
        return "reworded"
    return "moved" if moved else "unchanged"


def _woven(
    before: Sequence[object], source: Sequence[int | None], anchors: set[int]
) -> Iterator[tuple[int | None, int | None]]:
    """Both orders in one: that of the new, each passage that is missing after the nearest one
    before it that stayed in its place. `source[now]` is where a new passage stood, if it did."""
    kept = {was for was in source if was is not None}
    missing: dict[int, list[int]] = defaultdict(list)
    last = -1
    for place in range(len(before)):
        if place in anchors:
            last = place
        elif place not in kept:
            missing[last].append(place)
    for gone in missing[-1]:
        yield gone, None
    for now, was in enumerate(source):
        yield was, now
        if was is not None and was in anchors:
            for gone in missing[was]:
                yield gone, None


# --- without ids ------------------------------------------------------------------------------

_ALIKE: Final = 0.5
"""In its place in the order, a passage with at least this likeness is the same one, changed."""
_ALIKE_ELSEWHERE: Final = 0.7
"""Somewhere else it must be more alike, and long enough for that to mean something."""
_LONG_ENOUGH: Final = 5
_COMMON_FEATURE: Final = 12
"""A word or pair of words that stands in more passages than this says little about any."""
_CANDIDATES: Final = 4


def match(existing: Passages, incoming: Sequence[Wording]) -> list[Pairing]:
    """Which existing passage each incoming wording is, when it does not say so itself.

    The same words in the same order come first; then passages that kept at least half of their
    words, in an order as near to the existing one as possible; then passages that moved, with the
    same or nearly the same words. Each side is used once. In the order of `incoming`; what is
    gone stands where it stood. Near-linear in the number of words.
    """
    digests = [w.digest for _, w in existing], [w.digest for w in incoming]
    exact = common(*digests)
    old_words: dict[int, Counter[str]] = {}
    new_words: dict[int, Counter[str]] = {}
    used_old, used_new = {i for i, _ in exact}, {j for _, j in exact}
    elsewhere = list(_same_elsewhere(digests, used_old, used_new))
    used_old.update(i for i, _ in elsewhere)
    used_new.update(j for _, j in elsewhere)
    for i, (_, wording) in enumerate(existing):
        if i not in used_old:
            old_words[i] = _words(wording)
    for j, wording in enumerate(incoming):
        if j not in used_new:
            new_words[j] = _words(wording)
    likeness: dict[tuple[int, int], float] = {}
    places = _diagonals(exact, len(existing), len(incoming))
    for i, j in [*_candidates(old_words, new_words), *places]:
        if i in old_words and j in new_words and (i, j) not in likeness:
            alike = _likeness(old_words[i], new_words[j])
            if existing[i][1].kind != incoming[j].kind:
                alike *= 0.8
            if alike >= _ALIKE:
                likeness[i, j] = alike
    weights = dict(likeness)
    for i, j in exact:
        # A very short passage says little about where it belongs.
        weights[i, j] = 1.0 if existing[i][1].words >= _LONG_ENOUGH else 0.4
    ordered = _heaviest(weights, len(existing))
    pairs = {j: i for i, j in ordered}
    taken = set(pairs.values())
    rest = [(1.0, i, j) for i, j in [*exact, *elsewhere]]
    rest += [
        (alike, i, j)
        for (i, j), alike in likeness.items()
        if alike >= _ALIKE_ELSEWHERE and old_words[i].total() >= _LONG_ENOUGH
    ]
    for _, i, j in sorted(rest, key=lambda pair: (-pair[0], pair[2], pair[1])):
        if j not in pairs and i not in taken:
            pairs[j] = i
            taken.add(i)
    out: list[Pairing] = []
    source = [pairs.get(j) for j in range(len(incoming))]
    anchors = {i for i, _ in ordered}
    for was, now in _woven(existing, source, anchors):
        if now is None and was is not None:
            out.append(Pairing("gone", existing[was][0], existing[was][1], None, None))
        elif now is not None and was is None:
            out.append(Pairing("new", None, None, now, incoming[now]))
        elif now is not None and was is not None:
            id, before = existing[was]
            moved = was not in anchors
            alike = likeness.get((was, now), 1.0)
            state: Match = "moved" if moved else "unchanged"
            if digests[0][was] != digests[1][now]:
                state = "changed"
            out.append(Pairing(state, id, before, now, incoming[now], moved, alike))
    return out


def _words(wording: Wording) -> Counter[str]:
    words = TOKEN.findall(fold(wording.plain).casefold())
    return Counter(word for word in words if word[0].isalnum())


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    """Twice the words in common by all words (Dice's coefficient over bags of words)."""
    total = one.total() + other.total()
    if len(one) > len(other):
        one, other = other, one
    shared = sum(min(count, other[word]) for word, count in one.items() if word in other)
    return 2 * shared / total if total else 0.0


def _same_elsewhere(
    digests: tuple[Sequence[str], Sequence[str]], used_old: set[int], used_new: set[int]
) -> Iterator[tuple[int, int]]:
    """Passages with the same words that the order did not pair, first with first."""
    waiting: dict[str, list[int]] = defaultdict(list)
    for i in range(len(digests[0]) - 1, -1, -1):
        if i not in used_old:
            waiting[digests[0][i]].append(i)
    for j, digest in enumerate(digests[1]):
        if j not in used_new and waiting.get(digest):
            yield waiting[digest].pop(), j


def _features(words: Counter[str]) -> Iterator[tuple[str, ...]]:
    """Words, and pairs of neighbours in the order of first appearance."""
    last = ""
    for word in words:
        yield (word,)
        if last:
            yield last, word
        last = word


def _candidates(
    old: Mapping[int, Counter[str]], new: Mapping[int, Counter[str]]
) -> Iterator[tuple[int, int]]:
    """For each new passage the few old ones with which it shares most uncommon features."""
    where: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for i, words in old.items():
        for feature in _features(words):
            where[feature].append(i)
    for j, words in new.items():
        score: Counter[int] = Counter()
        for feature in _features(words):
            found = where.get(feature, ())
            if len(found) <= _COMMON_FEATURE:
                score.update(found)
        for i, _ in score.most_common(_CANDIDATES):
            yield i, j


def _diagonals(exact: Iterable[tuple[int, int]], old: int, new: int) -> Iterator[tuple[int, int]]:
    """Between passages that stayed, the first with the first and the last with the last: finds
    what the features cannot, passages that are all much alike."""
    i = j = 0
    for x, y in [*exact, (old, new)]:
        for step in range(min(x - i, y - j)):
            yield i + step, j + step
            yield x - 1 - step, y - 1 - step
        i, j = x + 1, y + 1


def _heaviest(weights: Mapping[tuple[int, int], float], old: int) -> list[tuple[int, int]]:
    """The pairs, ascending on both sides, whose weights add up to most: a longest increasing
    subsequence with weights, by a Fenwick tree of prefix maxima."""
    tree: list[tuple[float, int]] = [(0.0, -1)] * (old + 1)
    pairs = sorted(weights, key=lambda pair: (pair[1], -pair[0]))
    came_from: list[int] = []
    for number, (i, j) in enumerate(pairs):
        best, last = 0.0, -1
        at = i
        while at:
            best, last = max((best, last), tree[at])
            at &= at - 1
        came_from.append(last)
        best += weights[i, j]
        at = i + 1
        while at <= old:
            tree[at] = max(tree[at], (best, number))
            at += at & -at
    best, last = 0.0, -1
    at = old
    while at:
        best, last = max((best, last), tree[at])
        at &= at - 1
    out: list[tuple[int, int]] = []
    while last >= 0:
        out.append(pairs[last])
        last = came_from[last]
    out.reverse()
    return out
