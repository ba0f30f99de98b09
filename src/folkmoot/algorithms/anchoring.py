"""Where the words of a comment are after passages have changed.

A comment stands on words. The words are edited, split from their passage, joined to another, cut
and pasted; the comment goes with them. Where they cannot be found again with confidence it becomes
an orphan, which people place by hand: an orphan costs a minute, a comment on the wrong words is
taken for something its author never said.

A `Flow` says for every word before a change where it is after it: words that stayed in their
passage by a longest common subsequence, of which accidental matches are struck out (short matches
between larger edits, as in Neil Fraser's semantic clean-up of differences), the rest by runs of
words that occur once among what was taken away and once among what was added, in any passage that
changed. Quote and context as the means of finding words again: the W3C Web Annotation Data Model,
2017, "Text Quote Selector".

All texts are plain (`Wording.plain`); offsets count characters (code points) in them.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

from folkmoot.algorithms.redline.alignment import common
from folkmoot.algorithms.redline.tokens import TOKEN

CONTEXT: Final = 24
"""How many characters on either side of the words are kept with them."""

TELLING: Final = 10
"""So many letters in a row say enough to be known again without what stood around them."""

_GRAM: Final = 3
_MOST_RESPELT: Final = 64
"""Gaps larger than this, as old times new words, are not searched for words that were respelt."""

_MOST_COMPARED: Final = 1_000_000
"""Nor are stretches larger than this compared word by word with what stands beside a run."""

_WORD: Final = re.compile(r"\w+")
_PART: Final = re.compile(r"[.'’‐‑-]|[^.'’‐‑-]+")


@dataclass(frozen=True, slots=True)
class Anchor:
    """Words in a passage: `quote` with `CONTEXT` characters before and after it. `start` is where
    they stood when last looked up, a hint. An empty quote means the whole passage."""

    passage: str
    quote: str
    prefix: str = ""
    suffix: str = ""
    start: int = 0


def follow(anchor: Anchor, before: Mapping[str, str], after: Mapping[str, str]) -> Anchor | None:
    """Where the words of an anchor are once passages have changed; None when they are lost.

    `before` and `after` hold the plain text of the passages that changed, by id; one that was added
    is only in `after`, one that is gone only in `before`. To follow many anchors through the same
    change, make one `Flow`.
    """
    return Flow(before, after).follow(anchor)


def placed(passage: str, text: str, start: int, end: int) -> Anchor:
    """An anchor on `text[start:end]` of a passage, with its context."""
    return Anchor(
        passage,
        text[start:end],
        text[max(0, start - CONTEXT) : start],
        text[end : end + CONTEXT],
        start,
    )


def find(anchor: Anchor, text: str, *, hint: bool = True) -> Anchor | None:
    """The anchor on its exact words in `text`; of several places the one whose context fits best,
    of those that fit alike the one that stands exactly at `start`, when that is a `hint`.

    None when the words are not there, or when two places are equally good. The context and the
    start of what is returned are those of `text`.
    """
    if hint and placed(anchor.passage, text, anchor.start, anchor.start + len(anchor.quote)) == (
        anchor
    ):
        return anchor
    places = list(_occurrences(anchor.quote, text))
    if not places:
        return None
    # "art" is first looked for as a word, then within others.
    places = [at for at in places if _whole_words(text, at, at + len(anchor.quote))] or places
    fits = [_fit_with_ends(anchor, text, at) for at in places]
    best = [at for at, fit in zip(places, fits, strict=True) if fit == max(fits)]
    if len(best) > 1 and hint and anchor.start in best:
        best = [anchor.start]
    if len(best) > 1:
        return None
    return placed(anchor.passage, text, best[0], best[0] + len(anchor.quote))


def find_loosely(anchor: Anchor, text: str) -> Anchor | None:
    """As `find`, for words that came by hand or from a document: white space, punctuation and
    the brackets of notes and cells may differ; words that go on beyond the end of `text` are placed
    on as many of them as it holds."""
    exact = find(anchor, text, hint=False)
    words = _WORD.findall(anchor.quote)
    if exact is not None or not words:
        return exact
    pattern = re.compile(r"\W*".join(map(re.escape, words)))
    spans = {found.group() for found in pattern.finditer(text)}
    if len(spans) == 1:
        return find(
            Anchor(anchor.passage, spans.pop(), anchor.prefix, anchor.suffix), text, hint=False
        )
    return None if spans else _to_the_end(anchor, words, text)


def _to_the_end(anchor: Anchor, words: Sequence[str], text: str) -> Anchor | None:
    """The words at the end of `text` with which `words` begin, the longest such stretch."""
    found = list(_WORD.finditer(text))
    own = [word.group() for word in found]
    for at in range(max(0, len(own) - len(words)), len(own)):
        if own[at:] == list(words[: len(own) - at]):
            whole = at == 0
            if whole or sum(map(len, own[at:])) >= TELLING:
                return placed(anchor.passage, text, found[at].start(), len(text))
    return None


def regrown(anchor: Anchor, words: str, text: str) -> Anchor:
    """The anchor on all of `words` when they stand in `text` around the place where it is, as after
    an undo; else the anchor as it is."""
    if anchor.quote == words or not words:
        return anchor
    end = anchor.start + len(anchor.quote)
    for at in _occurrences(words, text):
        if at < end and anchor.start < at + len(words):
            return placed(anchor.passage, text, at, at + len(words))
    return anchor


def _occurrences(words: str, text: str) -> Iterator[int]:
    at = text.find(words) if words else -1
    while at >= 0:
        yield at
        at = text.find(words, at + 1)


def _whole_words(text: str, start: int, end: int) -> bool:
    """Whether no word is cut at the ends of `text[start:end]`."""
    return not (
        (start > 0 and text[start - 1].isalnum() and text[start].isalnum())
        or (end < len(text) and text[end - 1].isalnum() and text[end].isalnum())
    )


def _sides(anchor: Anchor, text: str, at: int) -> tuple[int, int]:
    """How many characters of the context, next to the words, are the same: before, after."""
    end = at + len(anchor.quote)
    before, after = text[max(0, at - CONTEXT) : at], text[end : end + CONTEXT]
    return _shared(anchor.prefix[::-1], before[::-1]), _shared(anchor.suffix, after)


def _fit(anchor: Anchor, text: str, at: int) -> int:
    return sum(_sides(anchor, text, at))


def _fit_with_ends(anchor: Anchor, text: str, at: int) -> int:
    """As `_fit`; where text began or ended beside the words and still does, that side is the same
    in full."""
    if not anchor.prefix and not anchor.suffix:
        return 0
    end = at + len(anchor.quote)
    head, tail = _sides(anchor, text, at)
    if anchor.prefix == text[max(0, at - CONTEXT) : at]:
        head = CONTEXT
    if anchor.suffix == text[end : end + CONTEXT]:
        tail = CONTEXT
    return head + tail


def _shared(one: str, other: str) -> int:
    """The length of the common beginning."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


class _Span(NamedTuple):
    start: int
    end: int
    key: str
    letters: int


def _spans(text: str) -> list[_Span]:
    """Words and punctuation, white space left out. Compounds are taken apart, because passages
    that are joined without a space make one of two words: "end.Start"."""
    return [
        _Span(
            token.start() + part.start(),
            token.start() + part.end(),
            part[0],
            sum(map(str.isalnum, part[0])),
        )
        for token in TOKEN.finditer(text)
        if not token[0].isspace()
        for part in _PART.finditer(token[0])
    ]


def _overlapping(spans: Sequence[_Span], start: int, end: int) -> range:
    """The indexes of the spans of which some characters lie between two offsets."""
    return range(
        bisect_right(spans, start, key=lambda span: span.end),
        bisect_left(spans, end, key=lambda span: span.start),
    )


type _Place = tuple[str, int]
"""A passage and the index of a span in it."""


class Flow:
    """Where every word of some passages went when they changed."""

    def __init__(self, before: Mapping[str, str], after: Mapping[str, str]) -> None:
        self.before, self.after = before, after

    @cached_property
    def _old(self) -> dict[str, list[_Span]]:
        return {id: _spans(text) for id, text in self.before.items()}

    @cached_property
    def _new(self) -> dict[str, list[_Span]]:
        return {id: _spans(text) for id, text in self.after.items()}

    @cached_property
    def _went(self) -> dict[_Place, _Place]:
        """Where each span of the texts before is after; those that are lost are left out."""
        went: dict[_Place, _Place] = {}
        for id, old in self._old.items():
            new = self._new.get(id)
            if new is None:
                continue
            pairs = common([s.key for s in old], [s.key for s in new])
            for i, j in _respelt(_credible(pairs, old, new), old, new):
                went[id, i] = (id, j)
        self._moves(went)
        return went

    @cached_property
    def _came(self) -> set[_Place]:
        """The spans after that were there before."""
        return set(self._went.values())

    def follow(self, anchor: Anchor) -> Anchor | None:
        """Where the words of one anchor are now; None when they are lost."""
        id = anchor.passage
        if id not in self.before and id not in self.after:
            return anchor
        if not anchor.quote.strip():
            return self._follow_passage(anchor)
        text = self.before.get(id)
        known = None if text is None else find(anchor, text)
        if known is None or text is None:
            return self._recall(anchor)
        if self.after.get(id) == text:
            return known
        return self._follow_words(known)

    def again(self, anchor: Anchor) -> Anchor | None:
        """Where the exact words of an orphan have come back, as after an undo; None while they have
        not, or when it is not certain that these are the ones."""
        if not anchor.quote.strip():
            came = anchor.passage in self.after and anchor.passage not in self.before
            return anchor if came else None
        found: list[tuple[int, Anchor]] = []
        for id, text in self.after.items():
            for at in _occurrences(anchor.quote, text):
                if self.before.get(id) == text or self._was_there(id, at, at + len(anchor.quote)):
                    continue
                found.append((_fit(anchor, text, at), placed(id, text, at, at + len(anchor.quote))))
        if not found:
            return None
        best = max(fit for fit, _place in found)
        fitting = [one for fit, one in found if fit == best]
        if len(fitting) > 1:
            return None
        [one] = fitting
        sides = _sides(anchor, self.after[one.passage], one.start)
        # Few words are known by what stands on both sides, not by themselves.
        held = all(
            alike >= min(len(context), TELLING)
            for alike, context in zip(sides, (anchor.prefix, anchor.suffix), strict=True)
        )
        return one if _telling(anchor.quote) or (held and best >= TELLING) else None

    def _was_there(self, id: str, start: int, end: int) -> bool:
        """Whether any of these words after stood somewhere before."""
        return any((id, j) in self._came for j in _overlapping(self._new[id], start, end))

    def _follow_passage(self, anchor: Anchor) -> Anchor | None:
        """A comment on a whole passage stays with it; when the passage is gone, with its words."""
        id = anchor.passage
        if id in self.after or id not in self.before:
            return anchor
        text = self.before[id]
        return self._follow_words(placed(id, text, 0, len(text))) if text.strip() else None

    def _recall(self, anchor: Anchor) -> Anchor | None:
        """Words that were not there before: typed since, or the passage was not there. They are
        looked up as they are, then by what is known of them, in their passage alone."""
        text = self.after.get(anchor.passage)
        if text is None:
            return None
        found = find(anchor, text)
        if found is not None and (
            _telling(anchor.quote) or _fit(anchor, text, found.start) >= min(CONTEXT, TELLING)
        ):
            return found
        known = anchor.prefix + anchor.quote + anchor.suffix
        flow = Flow({anchor.passage: known}, {anchor.passage: text})
        start = len(anchor.prefix)
        return flow._follow_words(placed(anchor.passage, known, start, start + len(anchor.quote)))

    def _follow_words(self, anchor: Anchor) -> Anchor | None:
        """Follow words that stand exactly at `start` in the text before."""
        id, start, end = anchor.passage, anchor.start, anchor.start + len(anchor.quote)
        old = self._old[id]
        quoted = _overlapping(old, start, end)
        if not quoted:
            return None
        chains = [self._trimmed(id, chain) for chain in self._chains(id, quoted)]
        best = max(chains, key=lambda chain: _letters(old, chain), default=None)
        if not best or not _enough(old, quoted, best) or not self._holds(id, best):
            return None
        there, first = self._went[id, best[0]]
        last = self._went[id, best[-1]][1]
        # What was typed at the edges in place of lost words is nothing that was quoted.
        begin = _within(old[best[0]], self._new[there][first], start, opens=True)
        finish = _within(old[best[-1]], self._new[there][last], end, opens=False)
        now = placed(there, self.after[there], begin, finish)
        return None if self._doubled(anchor, now) else now

    def _chains(self, id: str, quoted: Sequence[int]) -> Iterator[list[int]]:
        """The surviving words cut into stretches that stand in one passage in the old order."""
        chain: list[int] = []
        last: _Place | None = None
        for i in quoted:
            place = self._went.get((id, i))
            if place is None:
                continue
            if last is not None and (place[0] != last[0] or place[1] < last[1]):
                yield chain
                chain = []
            chain.append(i)
            last = place
        if chain:
            yield chain

    def _trimmed(self, id: str, chain: list[int]) -> list[int]:
        """Without words at the edges of which a second copy was added next to the rest: nobody can
        say which of the two was quoted."""
        while len(chain) > 1:
            (q, first), (_, second) = self._went[id, chain[0]], self._went[id, chain[1]]
            (_, last), (_, but_last) = self._went[id, chain[-1]], self._went[id, chain[-2]]
            keys, new = self._old[id], self._new[q]
            if second - first > 1 and new[second - 1].key == keys[chain[0]].key:
                chain = chain[1:]
            elif last - but_last > 1 and new[but_last + 1].key == keys[chain[-1]].key:
                chain = chain[:-1]
            else:
                break
        return chain

    def _holds(self, id: str, chain: Sequence[int]) -> bool:
        """Whether the words are held by enough text around them, quoted or not, that no accident
        put them there: `TELLING` letters, or half as many at an end of the passage, or all of it.
        """
        old = self._old[id]
        q = self._went[id, chain[0]][0]
        new = self._new[q]
        for i in chain:
            letters = self._same_letters(id, i)
            reached = []
            for step in (-1, 1):
                at = i
                while letters < TELLING and (beyond := self._next(id, at, step)) is not None:
                    letters, at = letters + self._same_letters(id, beyond), beyond
                end, last = (0, 0) if step < 0 else (len(old) - 1, len(new) - 1)
                reached.append(at == end and self._went[id, at][1] == last)
            if letters >= TELLING or all(reached):
                return True
            if letters >= TELLING // 2 and any(reached):
                return True
        return False

    def _same_letters(self, id: str, i: int) -> int:
        """The letters of a word that is still the same; none of one that was respelt."""
        q, j = self._went[id, i]
        span = self._old[id][i]
        return span.letters if span.key == self._new[q][j].key else 0

    def _next(self, id: str, i: int, step: int) -> int | None:
        """The nearest word before or after one that went to the same place in the same order, when
        between them words were only added or only taken away, neither of the two among them."""
        q, j = self._went[id, i]
        old, new = self._old[id], self._new[q]
        at = i + step
        while 0 <= at < len(old) and (id, at) not in self._went:
            at += step
        place = self._went.get((id, at))
        if place is None or place[0] != q or (place[1] - j) * step <= 0:
            return None
        lost = [old[n].key for n in range(i + step, at, step)]
        added = [new[n].key for n in range(j + step, place[1], step)]
        if (lost and added) or {old[i].key, old[at].key} & {*lost, *added}:
            return None
        return at

    def _doubled(self, anchor: Anchor, now: Anchor) -> bool:
        """Whether the same words were added next to it and fit the old context as well, so that
        nobody can say which of them are the ones."""
        if now.quote != anchor.quote:
            return False
        text = self.after[now.passage]
        own = _fit_with_ends(anchor, text, now.start)
        return any(
            at != now.start
            and _fit_with_ends(anchor, text, at) >= own
            and not self._was_there(now.passage, at, at + len(now.quote))
            for at in _occurrences(now.quote, text)
        )

    # Words that went to another place

    def _moves(self, went: dict[_Place, _Place]) -> None:
        """Add the runs of words that left their place and stand in another one."""
        came = set(went.values())
        left = _stretches(self._old, went.keys())
        added = _stretches(self._new, came)
        grams: dict[tuple[str, ...], list[_Place]] = defaultdict(list)
        for id, first, last in added:
            for gram, j in self._grams(self._new[id], first, last):
                grams[gram].append((id, j))
        seen: dict[tuple[str, ...], int] = defaultdict(int)
        for id, first, last in left:
            for gram, _ in self._grams(self._old[id], first, last):
                seen[gram] += 1
        for id, first, last in left:
            for gram, i in self._grams(self._old[id], first, last):
                places = grams.get(gram, ())
                if len(places) == 1 and seen[gram] == 1 and (id, i) not in went:
                    self._run(went, came, (id, i), places[0], len(gram))
        self._between(went, came)
        self._whole(went, came)

    @staticmethod
    def _grams(
        spans: Sequence[_Span], first: int, last: int
    ) -> Iterator[tuple[tuple[str, ...], int]]:
        for i in range(first, last - _GRAM + 1):
            yield tuple(span.key for span in spans[i : i + _GRAM]), i

    def _run(
        self,
        went: dict[_Place, _Place],
        came: set[_Place],
        source: _Place,
        target: _Place,
        length: int,
    ) -> None:
        """Widen a seed as far as the words are the same, and keep it when it says enough."""
        (p, i), (q, j) = source, target
        old, new = self._old[p], self._new[q]
        while (
            i > 0
            and j > 0
            and old[i - 1].key == new[j - 1].key
            and (p, i - 1) not in went
            and (q, j - 1) not in came
        ):
            i, j, length = i - 1, j - 1, length + 1
        while (
            i + length < len(old)
            and j + length < len(new)
            and old[i + length].key == new[j + length].key
            and (p, i + length) not in went
            and (q, j + length) not in came
        ):
            length += 1
        taken = any((p, i + n) in went or (q, j + n) in came for n in range(length))
        if taken or sum(span.letters for span in old[i : i + length]) < TELLING:
            return
        for n in range(length):
            went[p, i + n] = (q, j + n)
            came.add((q, j + n))

    def _between(self, went: dict[_Place, _Place], came: set[_Place]) -> None:
        """Words between two runs that went to the same place, or at their ends, went there too,
        even when they are few or were edited on the way."""
        for p, first, last in _stretches(self._old, went.keys()):
            old = self._old[p]
            before, after = went.get((p, first - 1)), went.get((p, last))
            q = before[0] if before is not None else after[0] if after is not None else None
            if q is None or (before is not None and after is not None and before[0] != after[0]):
                continue
            new = self._new[q]
            low = before[1] + 1 if before is not None else 0
            high = after[1] if after is not None else len(new)
            free = []
            # From the known end outwards, as far as nothing else stands there.
            order = range(low, high) if before is not None else range(high - 1, low - 1, -1)
            for j in order:
                if (q, j) in came:
                    break
                free.append(j)
            if not free:
                continue
            low, high = min(free), max(free) + 1
            some, others = old[first:last], new[low:high]
            if len(some) * len(others) > _MOST_COMPARED:
                continue
            pairs = common([s.key for s in some], [s.key for s in others])
            for i, j in _respelt(_credible(pairs, some, others), some, others):
                went[p, first + i] = (q, low + j)
                came.add((q, low + j))

    def _whole(self, went: dict[_Place, _Place], came: set[_Place]) -> None:
        """Short stretches: one that left and one that was added, the same word for word, when one
        of them is a whole passage: what a split or a join makes of a few words. A word may have
        been torn apart where the passage was split, or have grown together with another."""
        left = _stretches(self._old, went.keys())
        added = _stretches(self._new, came)
        new_whole = [
            (q, j, end)
            for q, j, end in added
            if q not in self.before and (j, end) == (0, len(self._new[q]))
        ]
        old_whole = [
            (p, i, end)
            for p, i, end in left
            if p not in self.after and (i, end) == (0, len(self._old[p]))
        ]
        pairs = [
            *_same(self._old, left, self._new, new_whole),
            *((one, two) for two, one in _same(self._new, added, self._old, old_whole)),
        ]
        for (p, i, i_end), (q, j, j_end) in pairs:
            for n in range(min(i_end - i, j_end - j)):
                source, target = (p, i_end - 1 - n), (q, j_end - 1 - n)
                if source not in went and target not in came:
                    went[source] = target
                    came.add(target)


type _Stretch = tuple[str, int, int]
"""A passage, the index of a first span in it, and the index after the last."""


def _same(
    spans: Mapping[str, Sequence[_Span]],
    stretches: Sequence[_Stretch],
    others: Mapping[str, Sequence[_Span]],
    wholes: Sequence[_Stretch],
) -> Iterator[tuple[_Stretch, _Stretch]]:
    """Stretches with the whole passage that has the same words, where there is one of each. The
    first word of the whole passage may be the end of a word in or before the stretch."""

    def keys(of: Mapping[str, Sequence[_Span]], stretch: _Stretch, skip: int) -> tuple[str, ...]:
        id, first, end = stretch
        return tuple(span.key for span in of[id][first + skip : end])

    by_words: dict[tuple[str, ...], list[_Stretch]] = defaultdict(list)
    by_rest: dict[tuple[str, ...], list[_Stretch]] = defaultdict(list)
    for stretch in stretches:
        by_words[keys(spans, stretch, 0)].append(stretch)
        by_rest[keys(spans, stretch, 1)].append(stretch)
    for whole in wholes:
        id, first, _ = whole
        torn = others[id][first].key
        words, rest = keys(others, whole, 0), keys(others, whole, 1)
        exact = by_words.get(words, [])
        cut = [s for s in by_rest.get(rest, ()) if spans[s[0]][s[1]].key.endswith(torn)]
        beside = [
            s
            for s in by_words.get(rest, ())
            if rest and s[1] and spans[s[0]][s[1] - 1].key.endswith(torn)
        ]
        found = exact or cut or beside
        if len(found) == 1:
            yield found[0], whole


def _stretches(spans: Mapping[str, Sequence[_Span]], matched: object) -> list[_Stretch]:
    """The longest stretches of spans that are not among `matched`: passage, first, end."""
    found = []
    for id, own in spans.items():
        first: int | None = None
        for n in range(len(own) + 1):
            free = n < len(own) and (id, n) not in matched  # type: ignore[operator]
            if free and first is None:
                first = n
            elif not free and first is not None:
                found.append((id, first, n))
                first = None
    return found


def _telling(words: str) -> bool:
    return sum(map(str.isalnum, words)) >= TELLING and len(_WORD.findall(words)) > 1


def _letters(spans: Sequence[_Span], indexes: Sequence[int]) -> int:
    return sum(spans[i].letters for i in indexes)


def _enough(old: Sequence[_Span], quoted: Sequence[int], kept: Sequence[int]) -> bool:
    """Whether about half of the words survive, and not only short ones."""
    words = [i for i in quoted if old[i].letters]
    if not words:
        return 2 * len(kept) >= len(quoted)
    alive = [i for i in kept if old[i].letters]
    return 5 * len(alive) >= 2 * len(words) and 3 * _letters(old, alive) >= _letters(old, words)


def _within(old: _Span, new: _Span, at: int, *, opens: bool) -> int:
    """An offset in an old word as one in the new word that it became."""
    if opens and at <= old.start:
        return new.start
    if not opens and at >= old.end:
        return new.end
    head = _shared(old.key, new.key)
    if at - old.start <= head:
        return new.start + at - old.start
    tail = _shared(old.key[::-1], new.key[::-1])
    if old.end - at <= tail and new.end - (old.end - at) >= new.start:
        return new.end - (old.end - at)
    return new.start if opens else new.end


def _credible(
    pairs: Sequence[tuple[int, int]], old: Sequence[_Span], new: Sequence[_Span]
) -> list[tuple[int, int]]:
    """The matches without those that only happen to be the same: blocks that are small beside the
    edits on both of their sides, as "of the" is between two sentences that share nothing else."""
    blocks: list[list[tuple[int, int]]] = []
    for i, j in pairs:
        if blocks and blocks[-1][-1] == (i - 1, j - 1):
            blocks[-1].append((i, j))
        else:
            blocks.append([(i, j)])
    dropped = True
    while dropped:
        dropped = False
        kept: list[list[tuple[int, int]]] = []
        for n, block in enumerate(blocks):
            letters = sum(old[i].letters for i, _ in block)
            before = kept[-1][-1] if kept else (-1, -1)
            after = blocks[n + 1][0] if n + 1 < len(blocks) else (len(old), len(new))
            left = _edit(old, new, before, block[0])
            right = _edit(old, new, block[-1], after)
            if letters < TELLING and 2 * letters < left and 2 * letters < right:
                dropped = True
            else:
                kept.append(block)
        blocks = kept
    return [pair for block in blocks for pair in block]


def _edit(
    old: Sequence[_Span], new: Sequence[_Span], low: tuple[int, int], high: tuple[int, int]
) -> int:
    """How many letters were taken away or added between two matches, whichever is more."""
    return max(
        sum(span.letters for span in old[low[0] + 1 : high[0]]),
        sum(span.letters for span in new[low[1] + 1 : high[1]]),
    )


def _respelt(
    pairs: Sequence[tuple[int, int]], old: Sequence[_Span], new: Sequence[_Span]
) -> list[tuple[int, int]]:
    """The matches together with words between them that were respelt: most of the letters are the
    same, in a gap that holds few words."""
    out: list[tuple[int, int]] = []
    before = (-1, -1)
    for pair in [*pairs, (len(old), len(new))]:
        rows, columns = range(before[0] + 1, pair[0]), range(before[1] + 1, pair[1])
        if rows and columns and len(rows) * len(columns) <= _MOST_RESPELT:
            out += _alike(rows, columns, old, new)
        if pair[0] < len(old) or pair[1] < len(new):
            out.append(pair)
        before = pair
    return out


def _alike(
    rows: range, columns: range, old: Sequence[_Span], new: Sequence[_Span]
) -> list[tuple[int, int]]:
    """Respelt words in one gap: the pairs, in the order of both, that have most in common."""
    best = [[0.0] * (len(columns) + 1) for _ in range(len(rows) + 1)]
    for a in range(len(rows) - 1, -1, -1):
        for b in range(len(columns) - 1, -1, -1):
            pair = _likeness(old[rows[a]].key, new[columns[b]].key)
            best[a][b] = max(best[a + 1][b], best[a][b + 1], pair and pair + best[a + 1][b + 1])
    out: list[tuple[int, int]] = []
    a = b = 0
    while a < len(rows) and b < len(columns):
        if best[a][b] == best[a + 1][b]:
            a += 1
        elif best[a][b] == best[a][b + 1]:
            b += 1
        else:
            out.append((rows[a], columns[b]))
            a, b = a + 1, b + 1
    return out


def _likeness(one: str, other: str) -> float:
    """The share of letters that two words have in common at their ends; 0 when it is less than
    half, for short words, which are alike by accident, and for the same word (whether it is the
    same place was judged before)."""
    if one == other or min(len(one), len(other)) < 4:
        return 0.0
    head = _shared(one, other)
    tail = min(_shared(one[::-1], other[::-1]), min(len(one), len(other)) - head)
    share = (head + tail) / max(len(one), len(other))
    return share if share >= 0.5 else 0.0
