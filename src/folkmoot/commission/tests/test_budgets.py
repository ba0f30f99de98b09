"""How much a page of a long text may ask of the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from django.test import Client
from django.urls import reverse

from folkmoot.commission.tests.cast import Cast, large
from folkmoot.people.models import Person

type Enter = Callable[[Person | None], Client]
type AtMost = Callable[[int], AbstractContextManager[object]]

BUDGET = 15


@pytest.fixture(scope="module")
def long(django_db_setup: object, django_db_blocker: object) -> Iterator[Cast]:
    """Two thousand passages and fifteen seats, made once for this file."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        yield large()
        transaction.set_rollback(True)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize(
    "page",
    ["text", "queue", "left-out", "comments", "calls", "ledger", "one-away", "read", "chapter"],
)
@pytest.mark.parametrize("who", ["ada", "author"])
def test_pages_of_two_thousand_passages_keep_to_their_budget(
    long: Cast,
    signed_in: Enter,
    django_assert_max_num_queries: AtMost,
    page: str,
    who: str,
) -> None:
    if (page, who) in {("queue", "author"), ("one-away", "ada")}:
        pytest.skip("not a page of this role")
    person = long.ada.person if who == "ada" else long.author
    args = ["long", "chapter-3"] if page in {"read", "chapter"} else ["long"]
    client = signed_in(person)
    with django_assert_max_num_queries(BUDGET):
        response = client.get(reverse(f"commission:{page}", args=args))
    assert response.status_code == 200


@pytest.mark.slow
@pytest.mark.django_db
def test_the_bar_links_every_passage(long: Cast, signed_in: Enter) -> None:
    page = signed_in(long.ada.person).get(long.text.get_absolute_url()).content.decode()
    missing = [p.id for p in long.passages if f"/p/{p.id}/" not in page]
    assert not missing


@pytest.mark.slow
@pytest.mark.django_db
def test_the_queue_begins_with_what_changed_the_smallest_first(
    long: Cast, signed_in: Enter
) -> None:
    from folkmoot.commission.views.queue import _waiting
    from folkmoot.commission.views.room import Room

    response = signed_in(long.ada.person).get(reverse("commission:queue", args=["long"]))
    request = response.wsgi_request
    items = _waiting(Room(request, "long"))
    changed = [item for item in items if item.accepted]
    assert changed
    assert items[: len(changed)] == changed
    assert [c.size for c in changed] == sorted(c.size for c in changed)
