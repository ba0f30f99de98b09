"""`folkmoot history read` and `folkmoot history thin`: looking after the history of texts."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from folkmoot.commission.models import Text
from folkmoot.live.history.folding import fold
from folkmoot.live.history.thinning import Differs, Disturbed, thin


class Command(BaseCommand):
    """Reads what was written since, or makes one update of each old session of editing."""

    help = (
        "Look after the history of texts. “read” reads it on, so that its pages have nothing left "
        "to read; “thin” makes one update of the keystrokes of each old session of editing, after "
        "checking that every session begins and ends with the same words. For a nightly job."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("act", choices=["read", "thin"])
        parser.add_argument("--text", default="", help="one text; all when nothing is said")
        parser.add_argument(
            "--days",
            type=int,
            default=settings.HISTORY_DAYS,
            help="thin what is older (default: FOLKMOOT_HISTORY_DAYS)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        texts = Text.objects.filter(document__isnull=False)
        if options["text"]:
            texts = Text.objects.filter(slug=options["text"])
            if not texts.exists():
                raise CommandError(f"There is no text “{options['text']}”.")
        failed = False
        for text in texts.order_by("slug"):
            if options["act"] == "read":
                self.stdout.write(f"{text.slug}: read up to update {fold(text).seq}.")
                continue
            try:
                self._thin(text, max(0, options["days"]))
            except (Differs, Disturbed) as error:
                failed = True
                self.stderr.write(f"{text.slug}: {error}", self.style.ERROR)
        if failed:
            raise CommandError("Not every history could be thinned. No words were lost.")

    def _thin(self, text: Text, days: int) -> None:
        done = thin(text, older_than=timezone.now() - timedelta(days=days))
        if not done.updates_before:
            self.stdout.write(f"{text.slug}: nothing to thin.")
            return
        self.stdout.write(
            f"{text.slug}: {done.updates_before} updates became {done.updates_after}, "
            f"{done.bytes_before:,} bytes became {done.bytes_after:,}."
        )
