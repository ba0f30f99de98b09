"""`folkmoot demo load`: the demonstration organisation."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from folkmoot.commission.demo import large
from folkmoot.commission.models import CommissionOffice, Text
from folkmoot.review import demo


class Command(BaseCommand):
    help = "Load the demonstration organisation. Loading again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["load"])
        parser.add_argument(
            "--large",
            action="store_true",
            help="also a generated text of 2,000 passages and 75,000 words",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This needs the demo setting: FOLKMOOT_DEMO=yes.")
        loaded = demo.load()
        self.stdout.write(
            "The demonstration organisation is loaded." if loaded else "It is loaded already."
        )
        if options["large"]:
            text = Text.objects.select_related("commission").get(slug=demo.SLUG)
            office = text.commission.commission_offices.get(kind=CommissionOffice.Kind.AUTHOR)
            loaded = large.load(text, office.person)
            self.stdout.write(
                "The large text is loaded." if loaded else "The large text is loaded already."
            )
