"""The certificate of an edition: the real check of its bundle, run once and kept beside it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

from folkmoot.algorithms.bundle import Certificate
from folkmoot.review.downloads import BY_NAME, PATIENCE, Failed, Made, made_at, ready
from folkmoot.review.layout import Layout
from folkmoot.review.verification import verify


def certificate(book: Layout, patience: float = PATIENCE) -> Certificate | Failed | None:
    """What the check of the bundle found to hold; what is wrong; or None while it is under way.

    The result is kept under the digest of the bundle's bytes, so another bundle is checked anew.
    """
    bundle = ready(book, BY_NAME["bundle"], patience)
    if not isinstance(bundle, Made):
        return bundle
    path = bundle.path.with_name(f"certificate-{bundle.tag.strip(chr(34))}.json")
    kept = _read(path)
    if kept is not None:
        return kept
    found = made_at(path, lambda: _checked(bundle.path, book.edition.digest), patience)
    return _read(path) if isinstance(found, Made) else found


def _checked(path: Path, manifest: str) -> Callable[[], bytes]:
    return lambda: json.dumps(dataclasses.asdict(verify(path, manifest))).encode()


def _read(path: Path) -> Certificate | None:
    try:
        value = json.loads(path.read_bytes())
    except OSError:
        return None
    return Certificate(**value | {"seats": tuple(value["seats"])})
