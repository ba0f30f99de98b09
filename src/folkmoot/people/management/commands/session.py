"""`folkmoot session PERSON`: a session cookie of one of the demo's cast, for scripts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management.base import BaseCommand, CommandError, CommandParser

from folkmoot.people.demo import cast_member
from folkmoot.people.views.demo import BACKEND


class Command(BaseCommand):
    help = "Print a session cookie that is signed in as one of the demo's cast. Demo only."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("person", help="the key of somebody in the cast, such as amina")

    def handle(self, *args: Any, person: str, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Sessions are handed out in the demo only (FOLKMOOT_DEMO=yes).")
        member = cast_member(person)
        if member is None:
            raise CommandError(f"There is nobody called “{person}” in the cast.")
        session = SessionStore()
        session[SESSION_KEY] = str(member.pk)
        session[BACKEND_SESSION_KEY] = BACKEND
        session[HASH_SESSION_KEY] = member.get_session_auth_hash()
        session.save()
        self.stdout.write(f"{settings.SESSION_COOKIE_NAME}={session.session_key}")
