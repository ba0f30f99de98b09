"""`folkmoot branches load FILE`: take over branches from a map or a table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from folkmoot.branches.list_of_branches import Unreadable, read, store


class Command(BaseCommand):
    help = "Load branches from a hexjson map or a CSV table (code, name, region, q, r, electorate)."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        load = acts.add_parser("load", help="add new branches and bring known ones up to date")
        load.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            new, known = store(read(file.read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file} cannot be read: {error}.") from error
        except Unreadable as error:
            raise CommandError(f"{file}: {error}") from error
        self.stdout.write(f"{new} branches are new; {known} were brought up to date.")
