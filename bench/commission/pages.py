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

    def get(url: str) -> float:
        start = time.perf_counter()
        response = client.get(url)
        taken = time.perf_counter() - start
        assert response.status_code == 200, (url, response.status_code)
        return taken

    def median(url: str, between: Callable[[], None] = lambda: None) -> float:
        times = []
        for _round in range(ROUNDS):
            between()
            times.append(get(url))
        return statistics.median(times)

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

    with override_settings(STORAGES=_plain_files()):
        plain_pages = [reverse("people:roles"), reverse("account_login")]
        for url in plain_pages:
            client.get(url, follow=True)
        plainest = min(median(plain_pages[0]), _signed_out(plain_pages[1]))
        print(f"plainest page: {plainest * 1000:.1f} ms")
        for name in ("text", "queue"):
            url = reverse(f"commission:{name}", args=["long"])
            cold = get(url)
            with CaptureQueriesContext(connection) as queries:
                get(url)
            print(f"{name}: {len(queries)} queries (at most 15); first look {cold * 1000:.0f} ms")
            for words, between in (
                ("as it was", lambda: None),
                ("after a stance", stance),
                ("after an edit", edit),
            ):
                taken = median(url, between)
                print(f"  {words:15} {taken * 1000:6.1f} ms  {taken / plainest:5.2f} x plainest")


def _signed_out(url: str) -> float:
    from django.test import Client

    client = Client(headers={"host": "localhost"})
    times = []
    for _round in range(ROUNDS):
        start = time.perf_counter()
        client.get(url)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


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
