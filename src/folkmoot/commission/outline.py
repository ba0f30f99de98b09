"""The outline of a text, read once and kept while it stays as it is.

A page about a text of thousands of passages needs the order, the headings and the beginnings of
all of them. They are the same for everybody and change only when the text does, so one process
reads them once for each revision. What is drawn from them for one kind of viewer is kept as well,
named by everything it depends on.
"""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from django.db.models.functions import Left, Length
from django.utils.text import slugify

from .models import StoredWording, Text

EXCERPT = 160
ASKED_AT_ONCE = 2000
KEPT_FACTS = 200_000
KEPT_OUTLINES = 16
KEPT_DRAWINGS = 96


class Row(NamedTuple):
    """One passage in the outline. `length` is in characters, `chapter` an index."""

    id: str
    digest: str
    kind: str
    depth: int
    label: str
    excerpt: str
    length: int
    chapter: int


@dataclass(frozen=True, slots=True)
class Chapter:
    """A run of passages that opens with a heading; `first` and `last` are indexes of rows, the
    last one excluded. The passages before the first heading have no `heading`."""

    index: int
    slug: str
    title: str
    first: int
    last: int
    heading: str = ""

    @property
    def passages(self) -> int:
        return self.last - self.first


@dataclass(frozen=True)
class Outline:
    """Every passage that stands in a text, in order, and the chapters they make."""

    rows: tuple[Row, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    at: dict[str, int] = field(default_factory=dict)

    def row(self, passage: str) -> Row | None:
        index = self.at.get(passage)
        return None if index is None else self.rows[index]

    def chapter(self, slug: str) -> Chapter | None:
        return next((c for c in self.chapters if c.slug == slug), None)

    def chapter_of(self, passage: str) -> Chapter | None:
        row = self.row(passage)
        return None if row is None else self.chapters[row.chapter]

    def of(self, chapter: Chapter) -> tuple[Row, ...]:
        return self.rows[chapter.first : chapter.last]

    def around(self, passage: str) -> tuple[Row | None, Row | None]:
        """The passages before and after one."""
        index = self.at.get(passage)
        if index is None:
            return None, None
        before = self.rows[index - 1] if index else None
        after = self.rows[index + 1] if index + 1 < len(self.rows) else None
        return before, after


class Kept[K: Hashable, V]:
    """A few values that were costly to make, the latest used last. Safe to use from threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[K, V] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: K, make: Callable[[], V]) -> V:
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = make()
        with self._lock:
            self._values[key] = value
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return value


_outlines: Kept[Hashable, Outline] = Kept(KEPT_OUTLINES)
_drawings: Kept[Hashable, object] = Kept(KEPT_DRAWINGS)


def outline(text: Text) -> Outline:
    """The outline of a text as it stood when `text` was read from the database."""
    return _outlines.get((text.pk, text.revision), lambda: _read(text))


def kept[V](key: Hashable, make: Callable[[], V]) -> V:
    """What `make` returns, made anew only when `key` was not asked for lately.

    The key must name everything the value depends on, the viewer's sight included.
    """
    return _drawings.get(key, make)  # type: ignore[return-value]


def _read(text: Text) -> Outline:
    places = list(
        text.passages.filter(withdrawn=None)
        .order_by("place")
        .values_list("id", "wording_id", "label")
    )
    facts = _facts_of({digest for _id, digest, _label in places})
    depth = _chapter_depth(facts[digest] for _id, digest, _label in places)
    rows: list[Row] = []
    chapters: list[Chapter] = []
    slugs: Counter[str] = Counter()
    for at, (passage, digest, label) in enumerate(places):
        kind, deep, excerpt, length = facts[digest]
        opens = kind == "heading" and deep <= depth
        if opens or not chapters:
            slug = slugify(excerpt)[:50].strip("-") or "part" if opens else "opening"
            slugs[slug] += 1
            if slugs[slug] > 1:
                slug = f"{slug}-{slugs[slug]}"
            if chapters:
                chapters[-1] = replace(chapters[-1], last=at)
            chapters.append(
                Chapter(
                    index=len(chapters),
                    slug=slug,
                    title=excerpt if opens else "",
                    first=at,
                    last=len(places),
                    heading=passage if opens else "",
                )
            )
        rows.append(Row(passage, digest, kind, deep, label, excerpt, length, len(chapters) - 1))
    return Outline(tuple(rows), tuple(chapters), {row.id: n for n, row in enumerate(rows)})


type _Facts = tuple[str, int, str, int]
"""Kind, depth, beginning and length of a wording."""

_facts: dict[str, _Facts] = {}


def _facts_of(digests: set[str]) -> dict[str, _Facts]:
    """What the outline says of these wordings. A wording never changes, so after an edit only the
    new one is asked for."""
    missing = digests - _facts.keys()
    if missing:
        if len(_facts) + len(missing) > KEPT_FACTS:
            _facts.clear()
            missing = digests
        wanted = sorted(missing)
        for start in range(0, len(wanted), ASKED_AT_ONCE):
            some = wanted[start : start + ASKED_AT_ONCE]
            for digest, kind, depth, excerpt, length in StoredWording.objects.filter(
                digest__in=some
            ).values_list("digest", "kind", "depth", Left("plain", EXCERPT), Length("plain")):
                beginning = " ".join(excerpt.split())
                if length > EXCERPT:
                    # Ends with a whole word, and shows that there is more.
                    beginning = f"{beginning.rsplit(' ', 1)[0]} …"
                _facts[digest] = (kind, depth, beginning, length)
    return {digest: _facts[digest] for digest in digests}


def _chapter_depth(found: Iterable[_Facts]) -> int:
    """The depth of headings that open chapters: the outermost that occurs more than once, so that
    a document whose only outermost heading is its title still falls into chapters."""
    depths = Counter(depth for kind, depth, _excerpt, _length in found if kind == "heading")
    for depth in sorted(depths):
        if depths[depth] > 1:
            return depth
    return min(depths, default=1)
