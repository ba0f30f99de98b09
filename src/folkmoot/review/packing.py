"""The files that prove an edition."""

from __future__ import annotations

from collections.abc import Mapping

import rfc8785

from folkmoot.algorithms import bundle, edition
from folkmoot.algorithms.wording import Wording
from folkmoot.commission.models import Picture
from folkmoot.ledger.models import Entry

from .models import Edition
from .models.edition import edition_wordings


def bundle_files(published: Edition) -> dict[str, bytes]:
    """The files of an edition's bundle by name."""
    entries = (
        Entry.objects.filter(stream__key=published.text.stream_key, seq__lte=published.last_seq)
        .select_related("stream")
        .order_by("seq")
    )
    links = [entry.as_link() | {"sealed": entry.sealed} for entry in entries]
    openings = bundle.needed_openings(published.manifest, links)
    lines = [rfc8785.dumps({k: v for k, v in link.items() if k != "sealed"}) for link in links]
    wordings = published.wordings
    files = {
        bundle.ABOUT: bundle.README.encode(),
        bundle.PAGE: edition.page(published.manifest, wordings, bundle.picture_name).encode(),
        bundle.LEDGER: b"".join(line + b"\n" for line in lines),
        bundle.MANIFEST: rfc8785.dumps(published.manifest),
        bundle.OPENINGS: rfc8785.dumps(openings),
        bundle.WORDINGS: edition_wordings(wordings),
    }
    return files | _pictures(wordings)


def _pictures(wordings: Mapping[str, Wording]) -> dict[str, bytes]:
    digests = {w.figure.image for w in wordings.values() if w.figure}
    files = {}
    for picture in Picture.objects.filter(digest__in=digests):
        with picture.file.open("rb") as stored:
            files[bundle.picture_name(picture.digest)] = stored.read()
    return files
