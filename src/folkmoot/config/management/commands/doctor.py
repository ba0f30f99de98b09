"""`folkmoot doctor`: is everything here that is needed, and does every ledger hold?"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from folkmoot.config import environment
from folkmoot.ledger.models import Stream


class Trouble(Exception):
    """Something is not as it should be; the message says what to do."""


class Command(BaseCommand):
    help = "Check settings, database, storage, tools and ledgers, and say what to do."

    def handle(self, *args: Any, **options: Any) -> None:
        healthy = True
        for name, check in CHECKS.items():
            try:
                self.stdout.write(f"ok       {name}: {check()}")
            except Trouble as trouble:
                healthy = False
                self.stdout.write(f"TROUBLE  {name}: {trouble}")
        for line in unknown_variables():
            self.stdout.write(f"note     {line}")
        if not healthy:
            raise SystemExit(1)


def database() -> str:
    """It answers, and all migrations have run."""
    try:
        connection.ensure_connection()
        executor = MigrationExecutor(connection)
    except Exception as error:
        raise Trouble(f"it does not answer ({error}). Check FOLKMOOT_DATABASE_URL.") from error
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Trouble("it is not up to date. Run: folkmoot migrate")
    return connection.vendor


def data_folder() -> str:
    """Files can be written, and there is room."""
    folder = Path(settings.DATA_DIR)
    try:
        with tempfile.NamedTemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise Trouble(f"{folder} cannot be written ({error}). Set FOLKMOOT_DATA_DIR.") from error
    room = os.statvfs(folder)
    free = room.f_bavail * room.f_frsize // (1024 * 1024)
    if free < 500:
        raise Trouble(f"only {free} MB are free in {folder}. Make room.")
    return f"{folder}, {free} MB free"


def cache() -> str:
    """What several processes share, if there are several."""
    from django.core.cache import cache as shared

    try:
        shared.set("doctor", "well", 5)
        answer = shared.get("doctor")
    except Exception as error:
        raise Trouble(f"it does not answer ({error}). Check FOLKMOOT_VALKEY_URL.") from error
    if answer != "well":
        raise Trouble("it forgets at once. Check the memory of Valkey.")
    return "shared" if environment.read("FOLKMOOT_VALKEY_URL") else "in this process"


def documents() -> str:
    """The converter that reads and writes documents is there."""
    import pypandoc

    try:
        return f"pandoc {pypandoc.get_pandoc_version()}"
    except OSError as error:
        raise Trouble("pandoc is missing. Install the package pypandoc-binary.") from error


def styles() -> str:
    """Styles and scripts have been bundled."""
    if not finders.find("built/site.css"):
        raise Trouble("they are not bundled. Run: npm ci && npm run build, in frontend.")
    return "bundled"


def secrecy() -> str:
    """A public site keeps its cookies to itself and offers no one-click sign-in."""
    public = not any(host in settings.PUBLIC_URL for host in ("localhost", "127.0.0.1"))
    if public and settings.DEMO:
        raise Trouble("anybody can sign in as anybody. Set FOLKMOOT_DEMO=no.")
    if public and settings.DEBUG:
        raise Trouble("technical error pages are public. Set FOLKMOOT_DEBUG=no.")
    if public and not settings.PUBLIC_URL.startswith("https://"):
        raise Trouble("sign-in travels in the clear. Set FOLKMOOT_URL to an https address.")
    return settings.PUBLIC_URL


def live() -> str:
    """Processes in which people write can hear one another."""
    from folkmoot.live.lease import parted

    if settings.FOLKMOOT_VALKEY_URL:
        return "several processes hear one another"
    if parted():
        raise Trouble(
            "people came to two processes that cannot hear each other, and were sent back from"
            " one. Set FOLKMOOT_VALKEY_URL, or run one process."
        )
    return "one process"


def ledgers() -> str:
    """Every chain holds from its first entry to its head."""
    count = entries = 0
    for stream in Stream.objects.all():
        broken = stream.broken()
        if broken:
            raise Trouble(f"{stream.key}: {broken.why}. Restore from a backup and compare heads.")
        count, entries = count + 1, entries + stream.head_seq
    return f"{count} hold, {entries} entries"


CHECKS: dict[str, Callable[[], str]] = {
    "database": database,
    "data folder": data_folder,
    "cache": cache,
    "documents": documents,
    "styles and scripts": styles,
    "address": secrecy,
    "writing together": live,
    "ledgers": ledgers,
}


def unknown_variables() -> Iterator[str]:
    """Variables that look like settings and are none, so that a misspelt one is noticed."""
    declared = {variable.name for variable in environment.VARIABLES}
    for name in sorted(os.environ):
        if name.startswith("FOLKMOOT_") and name not in declared:
            yield f"{name} is set, but there is no such setting."
