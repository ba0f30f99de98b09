"""A document that was uploaded and waits until its uploader has said what to do with it."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from django.conf import settings
from django.core import signing

from folkmoot.documents.tracked import Tracked
from folkmoot.people.models import Person

from .models import Text

DAY = 24 * 60 * 60
_SALT = "folkmoot.commission.waiting-document"


@dataclass(frozen=True)
class WaitingDocument:
    """A file in the data folder. Only who holds `token` and is its uploader finds it again."""

    path: Path
    filename: str
    tracked: Tracked
    token: str

    @classmethod
    def keep(
        cls, path: Path, filename: str, text: Text, by: Person, tracked: Tracked
    ) -> WaitingDocument:
        """Copy a document so that it outlives the request. Those older than a day are deleted."""
        sweep()
        name = token_hex(16)
        kept = _folder() / name
        shutil.copyfile(path, kept)
        said = [name, text.pk, by.pk, filename[:255], tracked.paragraphs, tracked.authors]
        token = signing.dumps(said, salt=_SALT, compress=True)
        return cls(kept, filename, tracked, token)

    @classmethod
    def find(cls, token: str, text: Text, by: Person) -> WaitingDocument | None:
        """The document that a token names, while it is kept; None for anybody else's."""
        try:
            name, text_pk, by_pk, filename, paragraphs, authors = signing.loads(
                token, salt=_SALT, max_age=DAY
            )
        except signing.BadSignature:
            return None
        path = _folder() / name
        if (text_pk, by_pk) != (text.pk, by.pk) or not path.is_file():
            return None
        return cls(path, filename, Tracked(paragraphs, tuple(authors)), token)

    def discard(self) -> None:
        """Delete the file; deleting it twice is harmless."""
        self.path.unlink(missing_ok=True)


def sweep() -> None:
    """Delete the documents that have waited for more than a day."""
    for path in _folder().iterdir():
        try:
            if path.stat().st_mtime < time.time() - DAY:
                path.unlink()
        except FileNotFoundError:
            # Somebody else deleted it in between, which is all that was wanted.
            continue


def _folder() -> Path:
    folder = Path(settings.DATA_DIR) / "waiting-documents"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder
