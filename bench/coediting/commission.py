"""Makes the database of a bench: a commission with seats, its texts, and stances on them.

Reads what is wanted as JSON (`texts`: for each slug the passages as kind, depth, words; `seats`;
`stances`: the share of passages on which every seat has accepted the words) and prints a session
cookie for every person who writes, one a line. Run by `servers.Folkmoot.prepare`.
"""

from __future__ import annotations

import json
import os
import random
import sys
from typing import Any


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "folkmoot.config.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    for line in make(json.load(sys.stdin)):
        print(line)


def make(asked: dict[str, Any]) -> list[str]:
    """Everything that was asked for; gives the cookies, seats first, then the author."""
    from django.db import transaction

    from folkmoot.algorithms.wording import text
    from folkmoot.commission.models import Text
    from folkmoot.commission.models.text import Incoming
    from folkmoot.commission.tests import cast as people

    with transaction.atomic():
        story = people.cast()
        for number in range(4, asked["seats"] + 1):
            people.seat(story.commission, number, people.person(f"Member{number}"))
        seats = list(story.commission.seats.order_by("number").select_related("person"))
        for slug, passages in asked["texts"].items():
            long = Text.begin(story.commission, slug, slug.capitalize(), story.secretary)
            rows = long.add(
                [Incoming(text(k, w, depth=int(d or 0))) for k, d, w in passages], story.author
            )
            chance = random.Random(3)
            accept(
                long, [row for row in rows if chance.random() < asked["stances"]], seats,
                story.secretary,
            )  # fmt: skip
        everybody = [seat.person for seat in seats] + [story.author]
    return [cookie(person) for person in everybody]


def accept(long: Any, rows: list[Any], seats: list[Any], by: Any) -> None:
    """Every seat accepts these passages: recorded in one go, as a loader of an archive would."""
    from folkmoot.commission.consent_log import recording
    from folkmoot.commission.models import Stance

    said = []
    with recording(long, by.actor) as log:
        for row in rows:
            for seat in seats:
                seq = log.record(
                    "stance.given",
                    {"seat": seat.key, "passage": row.id},
                    on={"digest": row.wording_id},
                    counts={"counts": "agrees"},
                    stance={"stance": "accept", "conditions": []},
                    reason={"reason": "", "would_accept": ""},
                )
                given = Stance(passage=row, seat=seat, wording_id=row.wording_id, seq=seq)
                given.position = "accept"
                said.append(given)
    Stance.objects.bulk_create(said, batch_size=500)


def cookie(person: Any) -> str:
    """A session of this person, as `folkmoot session` makes one for the demo's cast."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


if __name__ == "__main__":
    main()
