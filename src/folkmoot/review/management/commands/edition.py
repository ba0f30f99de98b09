"""`folkmoot edition list` and `folkmoot edition export N BUNDLE [--text SLUG]`."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from folkmoot.review.models import Edition
from folkmoot.review.packing import bundle_files
from folkmoot.review.verification import archive


class Command(BaseCommand):
    help = "List published editions, or write the bundle of one, which `folkmoot verify` checks."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("list", help="list all published editions")
        export = acts.add_parser("export", help="write the bundle of an edition")
        export.add_argument("number", type=int, help="the number of the edition")
        export.add_argument("bundle", type=Path, help="the file to write")
        export.add_argument("--text", default="", help="the slug of the text, if there are several")
        index = acts.add_parser("index", help="fill the search index of all editions anew")
        index.add_argument("--text", default="", help="only those of one text")

    def handle(self, *arguments: Any, act: str, **options: Any) -> None:
        getattr(self, f"_{act}")(**options)

    def _list(self, **options: Any) -> None:
        editions = Edition.objects.select_related("text").order_by("text__slug", "number")
        for edition in editions:
            day = timezone.localdate(edition.published)
            self.stdout.write(
                f"{edition.text.slug}  {edition.number}  {day}  {edition.digest}  {edition.title}"
            )
        if not editions:
            self.stdout.write("No edition is published yet.")

    def _index(self, text: str, **options: Any) -> None:
        editions = Edition.objects.select_related("text").order_by("text__slug", "number")
        if text:
            editions = editions.filter(text__slug=text)
        for edition in editions:
            edition.index()
            self.stdout.write(f"{edition.text.slug} {edition.number} can be searched.")

    def _export(self, number: int, bundle: Path, text: str, **options: Any) -> None:
        editions = Edition.objects.select_related("text").filter(number=number)
        if text:
            editions = editions.filter(text__slug=text)
        found = list(editions)
        if not found:
            raise CommandError(f"There is no edition {number}{f' of {text}' if text else ''}.")
        if len(found) > 1:
            slugs = ", ".join(sorted(edition.text.slug for edition in found))
            raise CommandError(
                f"Several texts have an edition {number}. Choose with --text: {slugs}."
            )
        data = archive(bundle_files(found[0]))
        try:
            _write(bundle, data)
        except OSError as error:
            raise CommandError(f"The bundle cannot be written: {error}.") from error
        self.stdout.write(f"{bundle}: {len(data):,} bytes, manifest {found[0].digest}")


def _write(path: Path, data: bytes) -> None:
    """All of it or nothing."""
    handle, name = tempfile.mkstemp(dir=path.absolute().parent, prefix=".bundle-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
