"""`folkmoot send_invitations`: send the mails of invitations that wait."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from folkmoot.people.invitations import send
from folkmoot.people.models import Invitation

BATCH = 100


class Command(BaseCommand):
    help = "Send the mail of every open invitation that has not been sent yet."

    def handle(self, *args: Any, **options: Any) -> None:
        sent = 0
        waiting = Invitation.objects.open().filter(sent=None).exclude(email="").order_by("pk")
        while batch := list(waiting.select_related("branch", "invited_by")[:BATCH]):
            sent += send(batch)
        self.stdout.write(f"{sent} sent.")
