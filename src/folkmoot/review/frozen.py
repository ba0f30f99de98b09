"""Pages that never change: made once, kept as bytes, the same for everybody.

A page of an edition depends on nothing but the edition. So it is made once in each process, with
its gzip form and a strong entity tag, and a second request touches no database, no template, no
session. What is kept is bounded; the pages used longest ago go first.
"""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.template.loader import render_to_string
from django.utils.translation import override

from folkmoot.ui.context import current_organisation, destinations

LARGEST_SHELF = 48 * 1024 * 1024
"""Bytes of pages, with their gzip form, that one process keeps."""
WORTH_PACKING = 600
CACHE = "public, max-age=600, stale-while-revalidate=86400"
"""The words never change, the frame around them may with a new version of the site."""
FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Frozen:
    """One page: its bytes, plain and packed (empty when packing gains nothing), and their tags."""

    body: bytes
    packed: bytes
    tag: str
    packed_tag: str
    kind: str
    cache: str = CACHE
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return len(self.body) + len(self.packed)


def freeze(
    body: bytes | str,
    kind: str = "text/html; charset=utf-8",
    *,
    cache: str = CACHE,
    headers: Mapping[str, str] | None = None,
    pack: bool = True,
) -> Frozen:
    """A page from its bytes."""
    data = body.encode() if isinstance(body, str) else body
    packed = gzip.compress(data, 9, mtime=0) if pack and len(data) >= WORTH_PACKING else b""
    if len(packed) >= len(data):
        packed = b""
    name = hashlib.sha256(data).hexdigest()[:32]
    return Frozen(data, packed, f'"{name}"', f'"{name}-gz"', kind, cache, headers or {})


def drawn(template: str, context: Mapping[str, object], **keywords: object) -> Frozen:
    """A page drawn from a template that knows nothing of who asks."""
    with override(settings.LANGUAGE_CODE):
        page = render_to_string(
            template,
            {
                "organisation": current_organisation(),
                "destinations": destinations(),
                "demo": settings.DEMO,
                **context,
            },
        )
    return freeze(page, **keywords)  # type: ignore[arg-type]


class _Shelf:
    """Pages by key. Two requests may make the same page at once; one of the two is kept."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held = 0
        self._pages: OrderedDict[Hashable, Frozen] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Frozen | None:
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def put(self, key: Hashable, page: Frozen) -> None:
        with self._lock:
            before = self._pages.pop(key, None)
            self._held -= before.size if before else 0
            if page.size > self._most // 4:
                return
            self._pages[key] = page
            self._held += page.size
            while self._held > self._most:
                _, gone = self._pages.popitem(last=False)
                self._held -= gone.size

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
            self._held = 0


_shelf = _Shelf(LARGEST_SHELF)


def forget() -> None:
    """Empty the shelf, as a new process would find it."""
    _shelf.clear()


def serve(request: HttpRequest, key: Hashable, make: Callable[[], Frozen]) -> HttpResponse:
    """The page with this key, made by `make` when it is not kept.

    The key must name everything the page depends on besides the edition's own content. What `make`
    raises (404) is not kept.
    """
    page = _shelf.get(key)
    if page is None:
        page = make()
        _shelf.put(key, page)
    return answer(request, page)


def answer(request: HttpRequest, page: Frozen) -> HttpResponse:
    """The response: 304 when the reader has it, packed when that is understood."""
    meta = request.META
    packed = bool(page.packed) and _takes_gzip(meta.get("HTTP_ACCEPT_ENCODING", ""))
    tag = page.packed_tag if packed else page.tag
    asked = meta.get("HTTP_IF_NONE_MATCH")
    response: HttpResponse
    if asked is not None and _matches(asked, page):
        response = HttpResponseNotModified()
    else:
        body = page.packed if packed else page.body
        response = HttpResponse(b"" if request.method == "HEAD" else body, page.kind)
        response.headers["Content-Length"] = str(len(body))
        if packed:
            response.headers["Content-Encoding"] = "gzip"
        for name, value in page.headers.items():
            response.headers[name] = value
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = page.cache
    if page.packed:
        response.headers["Vary"] = "Accept-Encoding"
    return response


def _takes_gzip(accepted: str) -> bool:
    for part in accepted.lower().split(","):
        name, _, quality = part.partition(";")
        if name.strip() in ("gzip", "*"):
            return quality.replace(" ", "").rstrip("0") not in ("q=", "q=0", "q=0.")
    return False


def _matches(asked: str, page: Frozen) -> bool:
    """Whether the reader has one of the two forms of this page. Weak comparison, as RFC 9110 asks:
    a cache in between may have weakened our tag."""
    tags = {part.strip().removeprefix("W/") for part in asked.split(",")}
    return "*" in tags or page.tag in tags or (bool(page.packed) and page.packed_tag in tags)
