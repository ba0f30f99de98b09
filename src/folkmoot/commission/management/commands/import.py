"""`folkmoot import FILE --text SLUG`: take a document in and print what could not be kept."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from folkmoot.algorithms.consent import Refused
from folkmoot.commission.intake import take_in
from folkmoot.commission.models import Commission, CommissionOffice, Intake, Text
from folkmoot.documents.block import Imported
from folkmoot.documents.reading import Changes, read_file
from folkmoot.documents.refusal import Refusal
from folkmoot.documents.tracked import Tracked
from folkmoot.people.models import Person

DEFAULT: Changes = "accept"
SEVERITY = {"lost": "lost", "changed": "changed", "note": "look"}


class Command(BaseCommand):
    """Reads a document into a text, or, over a text that has words, proposes its changes."""

    help = "Import a document into a text and print the loss report."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="DOCX, ODT, Markdown, HTML or plain text")
        parser.add_argument("--text", required=True, help="name of the text in addresses")
        parser.add_argument(
            "--commission", default="", help="commission of a text that does not exist yet"
        )
        parser.add_argument("--title", default="", help="title of a text that does not exist yet")
        parser.add_argument(
            "--changes",
            choices=["accept", "reject", "variants"],
            help="what becomes of tracked changes; accepted when nothing is said",
        )
        parser.add_argument("--json", action="store_true", help="print the loss report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            imported = read_file(options["file"], changes=options["changes"] or DEFAULT)
            with transaction.atomic():
                text = self._text(options, imported)
                intake = take_in(text, imported, options["file"].name, self._by(text.commission))
        except Refusal as refusal:
            raise CommandError(refusal.message) from None
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        if options["json"]:
            self.stdout.write(json.dumps(self._report(intake), ensure_ascii=False, indent=2))
        else:
            self._print(intake)
        if options["changes"] is None and imported.tracked:
            # Beside the report, which another program may be reading.
            self.stderr.write(_assumed(imported.tracked), self.style.WARNING)

    def _text(self, options: dict[str, Any], imported: Imported) -> Text:
        text = Text.objects.filter(slug=options["text"]).select_related("commission").first()
        if text is not None:
            return text
        wanted = Commission.objects.all()
        if options["commission"]:
            wanted = wanted.filter(slug=options["commission"])
        found = list(wanted[:2])
        if len(found) != 1:
            raise CommandError(
                f"There is no text “{options['text']}”. Say which commission it is for:"
                " --commission SLUG."
            )
        title = options["title"] or imported.title or options["text"]
        return Text.begin(
            found[0],
            options["text"][:80],
            title[:200],
            self._by(found[0]),
            language=imported.language[:20] or "en-GB",
            paragraphs=Text.Paragraphs.KEPT
            if any(block.label for block in imported.blocks)
            else Text.Paragraphs.NONE,
        )

    def _by(self, commission: Commission) -> Person:
        """In whose name the command acts: the secretary of the commission, or its author."""
        office = (
            commission.commission_offices.current()
            .filter(kind__in=CommissionOffice.Kind.values)
            .order_by("-kind")
            .select_related("person")
            .first()
        )
        if office is None:
            raise CommandError(
                f"{commission} has no secretary and no author in whose name to import."
            )
        person: Person = office.person
        return person

    def _report(self, intake: Intake) -> dict[str, Any]:
        kinds = intake.proposals.values_list("kind", flat=True)
        return {
            "text": intake.text.slug,
            "file": intake.filename,
            "format": intake.source_format,
            "passages": intake.passages,
            "proposals": {kind: list(kinds).count(kind) for kind in sorted(set(kinds))},
            "losses": intake.losses,
        }

    def _print(self, intake: Intake) -> None:
        report = self._report(intake)
        self.stdout.write(f"{intake.filename}: {intake.passages} passages read.")
        for kind, number in report["proposals"].items():
            self.stdout.write(f"  {number} proposed: {kind}")
        if not intake.losses:
            self.stdout.write("Nothing was lost.")
            return
        self.stdout.write("What could not be kept as it was:")
        for loss in intake.losses:
            where = f" ({loss['place']})" if loss["place"] else ""
            detail = f": {loss['detail']}" if loss["detail"] else ""
            self.stdout.write(f"  {SEVERITY[loss['severity']]}  {loss['what']}{where}{detail}")


def _assumed(tracked: Tracked) -> str:
    """How many changes there were and what became of them, as nobody said."""
    n = tracked.paragraphs
    by = f" by {', '.join(tracked.authors)}" if tracked.authors else ""
    return (
        f"There are tracked changes in {n} paragraph{'' if n == 1 else 's'}{by}; all were"
        " accepted, because --changes was not given."
    )
