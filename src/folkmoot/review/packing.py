"""The files that prove an edition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import rfc8785

from folkmoot.algorithms import bundle, edition
from folkmoot.algorithms.wording import Wording
from folkmoot.commission.models import Picture
from folkmoot.ledger.models import Entry

from .models import Edition
from .models.edition import edition_wordings


class Material(NamedTuple):
    """Everything a bundle is made of, read from the database: the manifest, the words by digest,
    the entries of the record with what is sealed in them, and the pictures by name."""

    manifest: Mapping[str, Any]
    wordings: dict[str, Wording]
    links: list[dict[str, Any]]
    pictures: dict[str, bytes]


def gathered(published: Edition) -> Material:
    """What the bundle of an edition is made of."""
    entries = (
        Entry.objects.filter(stream__key=published.text.stream_key, seq__lte=published.last_seq)
        .select_related("stream")
        .order_by("seq")
    )
    links = [entry.as_link() | {"sealed": entry.sealed} for entry in entries]
    wordings = published.wordings
    return Material(published.manifest, wordings, links, _pictures(wordings))


def packed(material: Material) -> dict[str, bytes]:
    """The files of a bundle by name. Touches no database, so that a thread can do it."""
    manifest, wordings, links, pictures = material
    openings = bundle.needed_openings(manifest, links)
    lines = [rfc8785.dumps({k: v for k, v in link.items() if k != "sealed"}) for link in links]
    files = {
        bundle.ABOUT: bundle.README.encode(),
        bundle.PAGE: edition.page(manifest, wordings, bundle.picture_name).encode(),
        bundle.LEDGER: b"".join(line + b"\n" for line in lines),
        bundle.MANIFEST: rfc8785.dumps(manifest),
        bundle.OPENINGS: rfc8785.dumps(openings),
        bundle.WORDINGS: edition_wordings(wordings),
    }
    return files | pictures


def bundle_files(published: Edition) -> dict[str, bytes]:
    """The files of an edition's bundle by name."""
    return packed(gathered(published))


def _pictures(wordings: Mapping[str, Wording]) -> dict[str, bytes]:
    digests = {w.figure.image for w in wordings.values() if w.figure}
    files = {}
    for picture in Picture.objects.filter(digest__in=digests):
        with picture.file.open("rb") as stored:
            files[bundle.picture_name(picture.digest)] = stored.read()
    return files
