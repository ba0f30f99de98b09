"""Who owns a text: one process at a time, by the database's clock."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.models.functions import Now

from folkmoot.commission.models import Text
from folkmoot.commission.tests.cast import Cast, cast
from folkmoot.live import lease as leases_module
from folkmoot.live.lease import LASTS, Elsewhere, Lease, Leases, holder, release, renew, take
from folkmoot.live.models import Document
from folkmoot.live.process import has_died, new_name

LONG = 20


@pytest.fixture
def story(db: None) -> Cast:
    """A commission with a text."""
    return cast()


@pytest.fixture
def text(story: Cast) -> int:
    """A text that has been opened live before, and is closed."""
    return Document.objects.create(text=story.text).text_id


def let_it_end(text: int) -> None:
    """As if nobody had renewed the lease for a while."""
    Document.objects.filter(text_id=text).update(expires=Now() - timedelta(milliseconds=1))


def row(text: int) -> Document:
    return Document.objects.get(text_id=text)


def run(scene: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(scene(), LONG))


@pytest.mark.django_db
class TestTaking:
    def test_a_free_document_is_taken_under_a_new_number(self, text: int) -> None:
        assert take(text, "one") == Lease(text, "one", 1)
        assert row(text).owner == "one"

    def test_another_process_learns_who_has_it_and_for_how_long(self, text: int) -> None:
        take(text, "one")
        found = take(text, "two")
        assert isinstance(found, Elsewhere)
        assert (found.owner, found.fence) == ("one", 1)
        assert timedelta(0) < found.left <= LASTS
        assert holder(text) is not None
        assert row(text).fence == 1

    def test_a_lease_that_has_ended_is_taken_over(self, text: int) -> None:
        take(text, "one")
        let_it_end(text)
        assert holder(text) is None
        assert take(text, "two") == Lease(text, "two", 2)

    def test_a_process_may_take_again_what_it_has(self, text: int) -> None:
        first = take(text, "one")
        assert take(text, "one") == Lease(text, "one", 2)
        assert isinstance(first, Lease)
        assert renew([first]) == [first]

    def test_a_process_that_died_on_this_machine_is_not_waited_for(self, text: int) -> None:
        dead = subprocess.run(
            [sys.executable, "-c", "from folkmoot.live.process import new_name; print(new_name())"],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        assert isinstance(take(text, dead), Lease)
        assert holder(text) is None
        assert take(text, "one") == Lease(text, "one", 2)

    def test_a_process_that_lives_on_this_machine_keeps_its_lease(self, text: int) -> None:
        mine = new_name()
        take(text, mine)
        assert not has_died(mine)
        assert isinstance(take(text, "one"), Elsewhere)

    def test_of_another_machine_nothing_is_assumed(self) -> None:
        token, numbering, number, began = new_name().split("-")
        assert has_died(f"{token}-{numbering}-{number}-1")
        assert has_died(f"{token}-{numbering}-99999999-{began}")
        assert not has_died(f"{token}-ffffffffffff-99999999-{began}")
        for name in ("", "anywhere", "0123-anywhere", f"{token}-{numbering}-x-1", "a-b-c-d-e"):
            assert not has_died(name)

    def test_releasing_frees_it_at_once(self, text: int) -> None:
        mine = take(text, "one")
        assert isinstance(mine, Lease)
        assert release(mine)
        assert row(text).expires is None
        assert take(text, "two") == Lease(text, "two", 2)

    def test_who_lost_it_cannot_release_the_next_owners(self, text: int) -> None:
        mine = take(text, "one")
        assert isinstance(mine, Lease)
        let_it_end(text)
        take(text, "two")
        assert not release(mine)
        assert row(text).owner == "two"


@pytest.mark.django_db
class TestRenewing:
    def test_it_lasts_from_now_on(self, text: int) -> None:
        mine = take(text, "one")
        assert isinstance(mine, Lease)
        let_it_end(text)
        assert renew([mine]) == []
        assert isinstance(take(text, "two"), Elsewhere)

    def test_the_lost_ones_are_named_and_the_others_kept(self, story: Cast, text: int) -> None:
        second_text = Text.begin(story.commission, "second", "The second", story.secretary)
        second = Document.objects.create(text=second_text).text_id
        mine = [take(text, "one"), take(second, "one")]
        let_it_end(text)
        take(text, "two")
        let_it_end(second)
        assert renew(mine) == [mine[0]]  # type: ignore[arg-type]
        assert holder(second) is not None
        assert row(text).owner == "two"

    def test_none_costs_nothing(self, django_assert_num_queries: Any) -> None:
        with django_assert_num_queries(0):
            assert renew([]) == []

    def test_many_are_one_question(self, text: int, django_assert_num_queries: Any) -> None:
        mine = take(text, "one")
        with django_assert_num_queries(1):
            assert renew([mine]) == []  # type: ignore[list-item]


@pytest.mark.django_db(transaction=True)
class TestLeases:
    @pytest.fixture(autouse=True)
    def quick(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(leases_module, "LASTS", timedelta(seconds=10))
        monkeypatch.setattr(leases_module, "RENEWED_EVERY", 0.1)
        monkeypatch.setattr(leases_module, "ASKED_EVERY", 0.05)

    def test_what_is_held_stays_held(self, text: int) -> None:
        async def scene() -> None:
            one, two = Leases("one"), Leases("two")
            lost: list[str] = []
            mine = await one.take(text, lambda: lost.append("one"), patiently=False)
            assert isinstance(mine, Lease)
            first = await two.holder(text)
            assert first is not None
            while True:
                await asyncio.sleep(0.05)
                now = await two.holder(text)
                assert now is not None
                if now.left > first.left:  # It has been renewed.
                    break
                first = now
            assert isinstance(await two.take(text, lambda: None, patiently=False), Elsewhere)
            assert lost == []
            await one.close()
            await two.close()

        run(scene)

    def test_closing_releases(self, text: int) -> None:
        async def scene() -> None:
            one, two = Leases("one"), Leases("two")
            await one.take(text, lambda: None, patiently=False)
            await one.close()
            assert isinstance(await two.take(text, lambda: None, patiently=False), Lease)
            await two.close()

        run(scene)
        assert row(text).owner == ""

    def test_patience_outlasts_the_dead(self, text: int) -> None:
        take(text, "dead")
        Document.objects.update(expires=Now() + timedelta(seconds=0.5))

        async def scene() -> None:
            one = Leases("one")
            assert await one.take(text, lambda: None, patiently=True) == Lease(text, "one", 2)
            await one.close()

        run(scene)

    def test_patience_recognises_the_living(self, text: int) -> None:
        async def scene() -> None:
            one, two = Leases("one"), Leases("two")
            await one.take(text, lambda: None, patiently=False)
            found = await two.take(text, lambda: None, patiently=True)
            assert isinstance(found, Elsewhere)
            assert found.owner == "one"
            await one.close()
            await two.close()

        run(scene)

    def test_a_process_that_slept_learns_that_it_lost(self, text: int) -> None:
        async def scene() -> None:
            one = Leases("one")
            lost = asyncio.Event()
            await one.take(text, lost.set, patiently=False)
            await asyncio.to_thread(steal)
            await lost.wait()
            assert text not in one
            await one.close()

        def steal() -> None:
            Document.objects.filter(text_id=text).update(owner="two", fence=7)
            connection.close()

        run(scene)
        assert row(text).owner == "two"

    def test_a_released_lease_is_not_renewed(self, text: int) -> None:
        async def scene() -> None:
            one = Leases("one")
            lost: list[str] = []
            mine = await one.take(text, lambda: lost.append("one"), patiently=False)
            assert isinstance(mine, Lease)
            await one.release(mine)
            assert text not in one
            await asyncio.sleep(0.3)
            assert lost == []
            await one.close()

        run(scene)
        assert row(text).owner == ""

    def test_a_database_that_is_away_for_a_while_loses_nothing(
        self, text: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        real, failures = leases_module.renew, []

        def fails_twice(held: Any) -> Any:
            if len(failures) < 2:
                failures.append(1)
                raise OperationalError("The database is away.")
            return real(held)

        monkeypatch.setattr(leases_module, "renew", fails_twice)

        async def scene() -> None:
            one, lost = Leases("one"), []
            await one.take(text, lambda: lost.append("one"), patiently=False)
            while len(failures) < 2:
                await asyncio.sleep(0.05)
            await asyncio.sleep(0.3)
            assert lost == []
            assert text in one
            await one.close()

        run(scene)
        assert "could not be renewed" in caplog.text
