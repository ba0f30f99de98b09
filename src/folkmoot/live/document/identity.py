"""Which passage is which, after people have split, joined, moved, pasted and undone.

The ids that elements bear are claims. Two people who press Enter in one passage, a paste, an undo
or a client that is none of ours can leave two elements with one id, or take an id from the words it
stood for. `settle` decides, for the elements that a batch touched, by the words: an id goes to the
element that keeps most of the words it had; nobody else has it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from folkmoot.live.document.schema import is_id, new_id

_WIDTH: Final = 5
"""Words are compared by stretches of five characters: no language or script needs rules of its
own, and a word cut in half still counts for its part."""
_COMMON: Final = 24
"""A stretch found in more passages than this says nothing about which one it is."""


class Claim(NamedTuple):
    """An element that bears `id` now (empty when it has none) and bore `held` before (None for an
    element that was not there). `words` are its words now."""

    key: int
    id: str
    held: str | None
    words: str


class Gone:
    """The words of passages that went lately, so that they are known when they come back: cut now
    and pasted later, or deleted and undone by somebody who does not bring the id back."""

    def __init__(self, most: int = 300, characters: int = 300_000) -> None:
        self._words: OrderedDict[str, str] = OrderedDict()
        self._most = most
        self._characters = characters
        self._held = 0

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._words.items())

    def add(self, id: str, words: str) -> None:
        """Remember a passage that has gone. The longest ago are forgotten for it."""
        self.drop(id)
        if not words:
            return
        self._words[id] = words
        self._held += len(words)
        while len(self._words) > self._most or self._held > self._characters:
            _, forgotten = self._words.popitem(last=False)
            self._held -= len(forgotten)

    def drop(self, id: str) -> None:
        """Forget a passage: it is there again."""
        words = self._words.pop(id, None)
        if words is not None:
            self._held -= len(words)


def settle(
    claims: Sequence[Claim],
    before: Mapping[str, str],
    *,
    taken: Callable[[str], bool],
    lately: Iterable[tuple[str, str]] = (),
    fresh: Callable[[], str] = new_id,
) -> dict[int, str]:
    """The id of each element, by its key.

    `claims` are the elements in question, in the order of the text: all that were touched, all that
    are new, and whoever bore an id that one of them bears now. `before` are the words that ids had
    before the batch: those the elements bore, and those of elements that are gone now. `lately` are
    ids that went in earlier batches, with their words. `taken` says of an id whether an element
    outside `claims` has it.

    The rules, in this order: an id goes to the element with most of its words, among those that
    bear it or bore it, with a tie to the one that bore it, then to the first. An element that
    neither bears nor bore it can have it when it holds at least half of its words, and the one that
    bore it is gone or kept less than half (a passage split near its start; two joined into the
    shorter one's element). A new element with the words of one that went lately is that one, come
    back: with half of them when it bears no id, with all and no others when it does. What is left
    keeps the id it bears if that is an id and nobody has it, or gets a new one.
    """
    out: dict[int, str] = {}
    given: set[str] = set()

    def give(claim: Claim, id: str) -> None:
        out[claim.key] = id
        given.add(id)

    bearing: Counter[str] = Counter(claim.id for claim in claims)
    for claim in claims:
        # Most elements of a long paste or move bear their ids with their words, and nobody else's.
        same = before.get(claim.id) == claim.words and bearing[claim.id] == 1
        if same and claim.held in (None, claim.id) and is_id(claim.id):
            give(claim, claim.id)
    left = [claim for claim in claims if claim.key not in out]
    if left:
        _by_words(left, before, lately, bearing, given, taken, give)
    # An id without words to tell by stays with the one that bore it before.
    for claim in sorted(left, key=lambda claim: not claim.id or claim.held != claim.id):
        if claim.key in out:
            continue
        for id in (claim.id, claim.held):
            if id and is_id(id) and id not in given and not taken(id):
                give(claim, id)
                break
    for claim in left:
        if claim.key not in out:
            id = fresh()
            while id in given or id in before or taken(id):
                id = fresh()
            give(claim, id)
    return out


def _by_words(
    left: Sequence[Claim],
    before: Mapping[str, str],
    lately: Iterable[tuple[str, str]],
    bearing: Mapping[str, int],
    given: set[str],
    taken: Callable[[str], bool],
    give: Callable[[Claim, str], None],
) -> None:
    """Give out the ids whose words are found in elements, the fullest first."""
    olds = {
        id: shingles(words)
        for id, words in before.items()
        if words and is_id(id) and id not in given and not taken(id)
    }
    gone = {
        id: shingles(words)
        for id, words in lately
        if id not in before and id not in given and not taken(id)
    }
    if not olds and not gone:
        return
    nows = {claim.key: shingles(claim.words) for claim in left}
    whole = {id: sum(old.values()) for id, old in (*olds.items(), *gone.items())}
    found = _overlaps(nows, {**gone, **olds})
    kept: dict[str, int] = {}
    for claim in left:
        for id in {claim.id, claim.held}:
            if id in olds:
                kept[id] = max(kept.get(id, 0), found.get((claim.key, id), 0))
    pairs: list[tuple[int, bool, bool, int, Claim, str]] = []
    by_key = {claim.key: (place, claim) for place, claim in enumerate(left)}
    for (key, id), share in found.items():
        place, claim = by_key[key]
        if id in olds:
            if id == claim.held != claim.id and is_id(claim.id) and 2 * share < whole[id]:
                # Reused for other words, which bear an id of their own.
                continue
            own = id in (claim.id, claim.held)
            if not own and (2 * share < whole[id] or 2 * kept.get(id, 0) >= whole[id]):
                continue
        else:
            # Whoever was there before and bears an id is not somebody else come back.
            if claim.held is not None and claim.id and bearing[claim.id] == 1:
                continue
            if 2 * share < whole[id] or 2 * share < sum(nows[key].values()):
                continue
            if is_id(claim.id) and not share == whole[id] == sum(nows[key].values()):
                # Short passages resemble one another; one with an id of its own has to be the same.
                continue
        pairs.append((-share, claim.held != id, claim.id != id, place, claim, id))
    done: set[int] = set()
    for *_, claim, id in sorted(pairs, key=lambda pair: pair[:4]):
        if claim.key not in done and id not in given:
            done.add(claim.key)
            give(claim, id)


def _overlaps(
    nows: Mapping[int, Counter[str]], olds: Mapping[str, Counter[str]]
) -> dict[tuple[int, str], int]:
    """How many stretches each element has in common with the words of each id."""
    where: dict[str, list[str]] = {}
    for id, old in olds.items():
        for piece in old:
            where.setdefault(piece, []).append(id)
    few = len(olds) <= _COMMON
    found: dict[tuple[int, str], int] = {}
    for key, now in nows.items():
        for piece, count in now.items():
            ids = where.get(piece, ())
            if few or len(ids) <= _COMMON:
                for id in ids:
                    share = min(count, olds[id][piece])
                    found[key, id] = found.get((key, id), 0) + share
    return found


def shingles(words: str) -> Counter[str]:
    """All stretches of five characters, white space and case folded; a shorter text is one."""
    folded = re.sub(r"\s+", " ", unicodedata.normalize("NFC", words)).strip().casefold()
    if len(folded) <= _WIDTH:
        return Counter([folded] if folded else [])
    return Counter(folded[i : i + _WIDTH] for i in range(len(folded) - _WIDTH + 1))
