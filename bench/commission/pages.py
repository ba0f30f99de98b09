"""The outline and the queue of 2,000 passages and 15 seats, against the site's plainest page.

Prints queries and ratios of server time, smaller is better: at most 15 queries and 5 times the
plainest page (the page that says who may do what, and the sign-in page; the quicker one counts).
Three cases: nothing changed since the last look; somebody else's stance came in between (the state
moves on); an edit came in between (the outline is read anew). Run it with
`python -m bench.commission.pages`.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))

ROUNDS = 25


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "FOLKMOOT_DEMO": "yes",
            "FOLKMOOT_DATA_DIR": folder,
            "DJANGO_SETTINGS_MODULE": "folkmoot.config.settings",
        }
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        measure()


def measure() -> None:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext, override_settings
    from django.urls import reverse

    from folkmoot.algorithms.wording import text
    from folkmoot.commission.tests.cast import large

    began = time.perf_counter()
    story = large()
    print(f"made 2,000 passages, 15 seats in {time.perf_counter() - began:.1f} s")
    client = Client(headers={"host": "localhost"})
    client.force_login(story.ada.person, "allauth.account.auth_backends.AuthenticationBackend")
    paragraphs = [p for p in story.passages if p.value.kind == "paragraph"]
    turn = 0

    def get(url: str, by: Client = client) -> float:
        start = time.perf_counter()
        response = by.get(url)
        taken = time.perf_counter() - start
        assert response.status_code == 200, (url, response.status_code)
        return taken

    def stance() -> None:
        nonlocal turn
        turn += 1
        passage = paragraphs[turn % len(paragraphs)]
        passage.refresh_from_db()
        position = "endorse" if turn % 2 else "accept"
        passage.take_stance(story.bea, passage.wording_id, position)

    def edit() -> None:
        nonlocal turn
        turn += 1
        passage = paragraphs[turn % len(paragraphs)]
        passage.edit(text("paragraph", f"Other words, the {turn}th."), story.author)

    cases: dict[str, Callable[[], None]] = {
        "as it was": lambda: None,
        "after a stance": stance,
        "after an edit": edit,
    }
    stranger = Client(headers={"host": "localhost"})
    with override_settings(STORAGES=_plain_files()):
        plain = {
            "who may do what": lambda: get(reverse("people:roles")),
            "sign-in": lambda: get(reverse("account_login"), stranger),
        }
        for name in ("text", "queue"):
            url = reverse(f"commission:{name}", args=["long"])
            cold = get(url)
            with CaptureQueriesContext(connection) as queries:
                get(url)
            asked = len(queries)
            # Taken in turns, so that whatever else the machine does falls on all of them alike.
            times: dict[str, list[float]] = {case: [] for case in [*plain, *cases]}
            for _round in range(ROUNDS):
                for case, look in plain.items():
                    times[case].append(look())
                for case, between in cases.items():
                    between()
                    times[case].append(get(url))
            median = {case: statistics.median(taken) for case, taken in times.items()}
            plainest = min(median[case] for case in plain)
            print(
                f"{name}: {asked} queries (at most 15); first look {cold * 1000:.0f} ms;"
                f" plainest page {plainest * 1000:.1f} ms"
            )
            for case in cases:
                print(
                    f"  {case:15} {median[case] * 1000:6.1f} ms"
                    f"  {median[case] / plainest:5.2f} x plainest"
                )


def _plain_files() -> dict[str, dict[str, str]]:
    """Static files by their plain names: nothing was collected for this run."""
    from django.conf import settings

    return {
        **settings.STORAGES,
        "staticfiles": {
            "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage",
        },
    }


if __name__ == "__main__":
    main()
