"""An edition as files: each made once, kept, and the same for everybody.

Files lie in the data folder under the digest of the manifest. One is written beside its name and
then moved there, so a name either has the whole file or does not exist. A file that takes long is
made in a thread of its own while the reader sees a page that waits.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import rfc8785
from django.conf import settings
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from folkmoot.algorithms.bundle import Fault
from folkmoot.commission.models import Picture
from folkmoot.commission.shown import field_words
from folkmoot.documents.exporting import FORMS, ExportPassage, ExportText, NotWritten
from folkmoot.review.citation import public
from folkmoot.review.layout import Layout
from folkmoot.review.models import Edition
from folkmoot.review.packing import gathered, packed
from folkmoot.review.verification import archive

PATIENCE = 6.0
"""Seconds that a reader waits before being shown the page that waits."""
RETRY = 60.0
"""Seconds after which a file that could not be made is tried again."""


@dataclass(frozen=True)
class Offer:
    """A form in which an edition can be taken away."""

    name: str
    label: object
    about: object
    suffix: str
    media_type: str
    icon: str = "download"


OFFERED = (
    Offer("pdf", "PDF", _("to print or to read as pages"), ".pdf", FORMS["pdf"].media_type),
    Offer("docx", "Word", _("a DOCX file"), ".docx", FORMS["docx"].media_type),
    Offer("odt", "OpenDocument", _("an ODT file"), ".odt", FORMS["odt"].media_type),
    Offer("epub", "EPUB", _("for e-readers"), ".epub", FORMS["epub"].media_type),
    Offer("html", "HTML", _("one page that stands alone"), ".html", FORMS["html"].media_type),
    Offer("md", "Markdown", _("plain text"), ".md", FORMS["markdown"].media_type),
    Offer("json", "JSON", _("the manifest that every seat signed"), ".json", "application/json"),
    Offer(
        "bundle", _("Bundle"), _("the text with its proof, to verify"), ".zip", "application/zip"
    ),
)
BY_NAME = {offer.name: offer for offer in OFFERED}
_WRITTEN = {"md": "markdown"}
"""Names of forms where they differ from those of `documents.exporting`."""


@dataclass(frozen=True)
class Made:
    """A finished file."""

    path: Path
    tag: str
    size: int


@dataclass(frozen=True)
class Failed:
    """A file that could not be made, and why."""

    why: str
    at: float


class _Work:
    """What is being made in this process, and what could not be."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.under_way: dict[Path, threading.Event] = {}
        self.failed: dict[Path, Failed] = {}
        self.made: dict[Path, Made] = {}


_work = _Work()


def file_name(edition: Edition, offer: Offer) -> str:
    """The name under which a reader keeps the file."""
    return f"{slugify(edition.text.slug)}-edition-{edition.number}{offer.suffix}"


def path_of(edition: Edition, offer: Offer) -> Path:
    """Where the file is kept."""
    folder = Path(settings.MEDIA_ROOT) / "editions" / edition.digest[:32]
    return folder / file_name(edition, offer)


def ready(book: Layout, offer: Offer, patience: float = PATIENCE) -> Made | Failed | None:
    """The file; why it could not be made; or None when it is still being made after `patience`
    seconds."""
    path = path_of(book.edition, offer)
    found = _kept(path)
    if found:
        return found
    # All that needs the database is read here; the thread only writes a file.
    return made_at(path, lambda: _writer(book, offer), patience)


def made_at(
    path: Path, prepare: Callable[[], Callable[[], bytes]], patience: float
) -> Made | Failed | None:
    """The file at `path`, made in a thread by what `prepare` gives, unless somebody is making it
    already or has just failed to; None when it is not there after `patience` seconds."""
    with _work.lock:
        failed = _work.failed.get(path)
        if failed and time.monotonic() - failed.at < RETRY:
            return failed
        done = _work.under_way.get(path)
        if done is None:
            make = prepare()
            done = _work.under_way[path] = threading.Event()
            threading.Thread(target=_run, args=(path, make, done), daemon=True).start()
    done.wait(patience)
    return _kept(path) or _work.failed.get(path)


def _run(path: Path, make: Callable[[], bytes], done: threading.Event) -> None:
    try:
        _keep(path, make())
    except (NotWritten, Fault) as error:
        _work.failed[path] = Failed(str(error), time.monotonic())
    except Exception:
        _work.failed[path] = Failed("", time.monotonic())
        raise
    else:
        _work.failed.pop(path, None)
    finally:
        with _work.lock:
            _work.under_way.pop(path, None)
        done.set()


def _kept(path: Path) -> Made | None:
    try:
        size = path.stat().st_size
    except OSError:
        return None
    known = _work.made.get(path)
    if known and known.size == size:
        return known
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:32]
    made = _work.made[path] = Made(path, f'"{digest}"', size)
    return made


def _keep(path: Path, data: bytes) -> Made:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=path.suffix)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
    made = _kept(path)
    assert made is not None
    return made


def _writer(book: Layout, offer: Offer) -> Callable[[], bytes]:
    if offer.name == "json":
        manifest = book.edition.manifest
        return lambda: rfc8785.dumps(manifest)
    if offer.name == "bundle":
        material = gathered(book.edition)
        return lambda: archive(packed(material))
    text = export_text(book)
    form = FORMS[_WRITTEN.get(offer.name, offer.name)]
    return lambda: form.write(text)


def export_text(book: Layout) -> ExportText:
    """The edition as the writers of files want it, its pictures read into memory."""
    edition = book.edition
    wanted = {line.wording.figure.image for line in book.lines if line.wording.figure}
    pictures: dict[str, bytes] = {}
    for picture in Picture.objects.filter(digest__in=wanted):
        with contextlib.suppress(OSError), picture.file.open("rb") as stored:
            pictures[picture.digest] = stored.read()
    return ExportText(
        title=edition.title,
        passages=[
            ExportPassage(
                line.id,
                line.wording,
                line.marker if line.wording.kind == "item" else "",
                line.number,
            )
            for line in book.lines
        ],
        language=edition.language,
        subtitle=str(_("Edition %(number)d") % {"number": edition.number}),
        date=timezone.localdate(edition.published),
        notice=f"{edition.claim}\n\n{_manifest_line(edition)}",
        authors=[edition.manifest["commission"]],
        address=public(edition.get_absolute_url()),
        pictures=pictures.get,
        words=field_words(),
    )


def _manifest_line(edition: Edition) -> str:
    return str(_("Manifest %(digest)s") % {"digest": edition.digest})
