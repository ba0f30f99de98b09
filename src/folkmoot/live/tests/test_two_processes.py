"""Two real servers on one database: words go through, owners die, hubs fall apart.

Nothing here depends on how quick things are, except that a test that hangs fails. How long people
could not write is printed; run with `-s` to see it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models.functions import Now
from tests import servers
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from folkmoot.commission.tests.cast import Cast
from folkmoot.live.models import Document, Update
from folkmoot.people.models import Person

from .breakable import Breakable
from .conftest import cookie, eventually
from .served import Process, free_port, serving_elsewhere
from .yjs import Client

pytestmark = pytest.mark.slow

PATIENCE = 60.0
"""Seconds after which something hangs."""


@pytest.fixture(scope="module")
def valkey() -> Iterator[str]:
    with ExitStack() as running:
        try:
            url = running.enter_context(servers.valkey())
        except RuntimeError as error:
            pytest.skip(str(error))
        yield url


@pytest.fixture
def hub(valkey: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Servers begun from now on share a hub."""
    monkeypatch.setenv("FOLKMOOT_VALKEY_URL", valkey)
    return valkey


@pytest.fixture(autouse=True)
def everybody_writes(story: Cast) -> None:
    """Seats may edit the text, so there are enough writers."""
    story.commission.seats_may_edit = True
    story.commission.save()


@contextmanager
def two() -> Iterator[tuple[Process, Process]]:
    with serving_elsewhere() as first, serving_elsewhere() as second:
        yield first, second


@contextmanager
def in_room(server: Process, story: Cast, person: Person) -> Iterator[Client]:
    client = Client(server.url, story.text.slug, cookie(person))
    try:
        client.until(lambda: client.synced, "the text")
        yield client
    finally:
        client.close()


def owner() -> str:
    """The process that has a lease that has not ended."""
    names = Document.objects.filter(expires__gt=Now()).values_list("owner", flat=True)
    return names[0] if names else ""


def process_number(owner: str) -> int:
    """What the machine calls that process."""
    return int(owner.split("-")[2])


class Returning(Client):
    """A client that knows with how many frames it told the server what it had before."""

    def __init__(self, url: str, slug: str, session: str, state: bytes) -> None:
        self.answered: int | None = None
        super().__init__(url, slug, session, state=state)

    def _take(self, data: bytes) -> None:
        super()._take(data)
        if data[:2] == b"\0\0" and self.answered is None:
            self.answered = self.sent


class Writer(threading.Thread):
    """Somebody who writes all the time, and comes back wherever a server answers.

    They begin at `urls[0]`. `acked` holds the words that they were told are stored; `again` the
    moment at which a word was acknowledged that was written after `marked`.
    """

    def __init__(self, name: str, urls: list[str], slug: str, session: str, passage: int) -> None:
        super().__init__(name=name, daemon=True)
        self.urls, self.slug, self.session, self.passage = urls, slug, session, passage
        self.acked: list[str] = []
        self.codes: list[int] = []
        self.trouble: Exception | None = None
        self.marked = float("inf")
        self.again: float | None = None
        self._pending: list[tuple[int, str, float]] = []
        self._ends = threading.Event()
        self._at = 0
        self._count = 0

    def run(self) -> None:
        state = b""
        try:
            while not self._ends.is_set():
                url = self.urls[self._at % len(self.urls)]
                try:
                    client = Returning(url, self.slug, self.session, state)
                except (OSError, InvalidHandshake, TimeoutError):
                    self._elsewhere()
                    continue
                with contextlib.suppress(ConnectionClosed):
                    self._write(client)
                state = client.doc.get_update()
                client.close()
                if client.code is not None:
                    self.codes.append(client.code)
                if not self._ends.is_set():
                    self._elsewhere()
        except Exception as error:  # A test shows it.
            self.trouble = error

    def end(self) -> None:
        self._ends.set()
        self.join(PATIENCE)
        assert not self.is_alive(), "the writer hangs"
        assert self.trouble is None, self.trouble

    def _elsewhere(self) -> None:
        """What our client does: wait a moment, and come to whatever server answers."""
        self._at += 1
        time.sleep(0.2)

    def _write(self, client: Returning) -> None:
        end = time.monotonic() + PATIENCE
        while not client.synced or client.answered is None:
            assert time.monotonic() < end, "the text never came"
            client.read()
            if client.code is not None:
                return
        # Whatever was not acknowledged went with the first answer, or is stored.
        self._pending = [(client.answered, word, at) for _, word, at in self._pending]
        while not self._ends.is_set() or self._pending:
            self._take_acks(client)
            if not self._ends.is_set():
                word = f"{self.name}{self._count} "
                self._count += 1
                self._pending.append((client.sent + 1, word, time.monotonic()))
                client.type(self.passage, word)
            if client.code is not None:
                return
            for _ in range(50):
                if not client.read(0.02):
                    break

    def _take_acks(self, client: Returning) -> None:
        while self._pending and self._pending[0][0] <= client.acked:
            _, word, at = self._pending.pop(0)
            self.acked.append(word)
            if at > self.marked and self.again is None:
                self.again = time.monotonic()


@contextmanager
def writing(story: Cast, *places: list[str]) -> Iterator[list[Writer]]:
    """A writer for each place, each a list of servers in the order in which they are tried."""
    people = [story.author, story.ada.person, story.bea.person, story.cem.person]
    writers = [
        Writer(f"w{n}x", urls, story.text.slug, cookie(people[n % len(people)]), 1 + n % 2)
        for n, urls in enumerate(places)
    ]
    for writer in writers:
        writer.start()
    try:
        yield writers
    finally:
        for writer in writers:
            writer.end()


def some_are_acked(writers: list[Writer], more: int = 5) -> None:
    before = [len(writer.acked) for writer in writers]
    eventually(
        lambda: all(len(w.acked) >= n + more for w, n in zip(writers, before, strict=True)),
        PATIENCE,
    )


def all_there(server: Process, story: Cast, writers: list[Writer]) -> None:
    """Every acknowledged word is in the text exactly once, and so it is for everybody."""
    with in_room(server, story, story.secretary) as reader:
        words = " ".join(reader.plain()).split()
    for writer in writers:
        assert writer.acked, f"{writer.name} never wrote"
        missing = [word for word in writer.acked if words.count(word.strip()) != 1]
        assert not missing, f"of {writer.name}: {missing}"


def mark(writers: list[Writer]) -> None:
    """From now on it counts how long they cannot write."""
    now = time.monotonic()
    for writer in writers:
        writer.marked, writer.again = now, None


def stop_between_transactions(server: Process) -> None:
    """Let a server stand still at a moment when it does not hold the database.

    One that does would keep a SQLite file locked for everybody; PostgreSQL ends its transaction.
    """
    for _ in range(200):
        os.kill(server.process.pid, signal.SIGSTOP)
        if connection.vendor != "sqlite":
            return
        file = sqlite3.connect(connection.settings_dict["NAME"], timeout=1)
        try:
            file.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            os.kill(server.process.pid, signal.SIGCONT)
            time.sleep(0.01)
        else:
            return
        finally:
            file.close()
    raise AssertionError("the server always holds the database")


def seconds(writers: list[Writer], what: str) -> None:
    times = [writer.again - writer.marked for writer in writers if writer.again is not None]
    assert len(times) == len(writers)
    print(f"{what}: writing again after {min(times):.2f} to {max(times):.2f} s")  # noqa: T201


class TestTogether:
    def test_words_presence_and_news_go_between_processes(self, hub: str, story: Cast) -> None:
        with (
            two() as (one, other),
            in_room(one, story, story.author) as arthur,
            in_room(other, story, story.ada.person) as ada,
        ):
            arthur.type(1, "Hello. ")
            ada.until(lambda: ada.plain()[1].startswith("Hello. "))
            ada.type(1, "Hello you. ")
            ada.settle()
            arthur.until(lambda: "Hello you. " in arthur.plain()[1])
            assert ada.plain() == arthur.plain()
            assert ada.said(104)[0]["person"]["name"] == "Ada"
            ada.until(lambda: ada.said(101), "news")
            assert Update.objects.order_by("-seq")[0].author_id == story.ada.person_id
            assert process_number(owner()) == one.process.pid

    def test_an_act_on_a_page_of_one_process_reaches_the_rooms_of_the_other(
        self, hub: str, story: Cast
    ) -> None:
        with (
            two() as (one, other),
            in_room(one, story, story.author) as arthur,
            in_room(other, story, story.ada.person) as ada,
        ):
            ada.until(lambda: ada.said(101), "news")
            news = len(ada.said(101))
            here = len(arthur.said(101))
            # This process is a third one: what a command or another server's page does.
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("django.conf.settings.FOLKMOOT_VALKEY_URL", hub)
                passage = story.passages[1]
                passage.refresh_from_db()
                passage.take_stance(story.bea, passage.wording_id, "accept")
                passage.take_stance(story.ada, passage.wording_id, "accept")
            ada.until(lambda: len(ada.said(101)) > news, "the stance")
            assert here <= len(arthur.said(101))

    def test_a_right_that_is_withdrawn_reaches_the_edge(self, hub: str, story: Cast) -> None:
        with (
            two() as (one, other),
            in_room(one, story, story.author),
            in_room(other, story, story.ada.person) as ada,
        ):
            assert process_number(owner()) == one.process.pid
            story.ada.person.is_active = False
            story.ada.person.save()
            assert ada.closed() in (4401, 4403)

    def test_who_signs_out_is_sent_out_at_the_edge(self, hub: str, story: Cast) -> None:
        from django.contrib.sessions.models import Session

        with (
            two() as (one, other),
            in_room(one, story, story.author) as arthur,
            in_room(other, story, story.ada.person) as ada,
        ):
            for session in Session.objects.all():
                if session.get_decoded().get("_auth_user_id") == str(story.ada.person_id):
                    session.delete()
            assert ada.closed() == 4401
            arthur.type(1, "Still here. ")
            arthur.settle()

    def test_what_is_malformed_is_refused_across_processes(self, hub: str, story: Cast) -> None:
        with (
            two() as (one, other),
            in_room(one, story, story.author) as arthur,
            in_room(other, story, story.ada.person) as ada,
        ):
            ada.send(b"\x00\x02\xff\xff")
            assert ada.closed() == 4400
            assert ada.codes() == ["malformed"]
            arthur.type(1, "Undisturbed. ")
            arthur.settle()

    def test_opened_by_both_at_the_same_instant_it_has_one_owner(
        self, hub: str, story: Cast
    ) -> None:
        with two() as (one, other):
            assert not Document.objects.exists()
            places = [[one.url, other.url], [other.url, one.url]] * 3
            with writing(story, *places) as writers:
                some_are_acked(writers)
                assert process_number(owner()) in (one.process.pid, other.process.pid)
            all_there(one, story, writers)
            all_there(other, story, writers)
            assert Document.objects.count() == 1
            seqs = list(Update.objects.order_by("seq").values_list("seq", flat=True))
            assert seqs == list(range(1, len(seqs) + 1))


class TestFailing:
    def test_the_owner_is_killed_while_people_write(self, hub: str, story: Cast) -> None:
        with two() as (one, other), in_room(one, story, story.secretary):
            urls = [[one.url, other.url], [other.url], [one.url, other.url], [other.url]]
            with writing(story, *urls) as writers:
                some_are_acked(writers)
                assert process_number(owner()) == one.process.pid
                one.kill()
                mark(writers)
                eventually(lambda: all(writer.again for writer in writers), PATIENCE)
                some_are_acked(writers)
                assert process_number(owner()) == other.process.pid
            seconds(writers, "owner killed")
            all_there(other, story, writers)

    def test_whoever_is_killed_again_and_again_no_acknowledged_word_is_lost(
        self, hub: str, story: Cast
    ) -> None:
        chance = random.Random(3)
        ports = [free_port(), free_port()]
        urls = [f"http://127.0.0.1:{port}" for port in ports]
        with ExitStack() as running:
            processes = [running.enter_context(serving_elsewhere(port)) for port in ports]
            with writing(story, urls, urls[::-1], urls, urls[::-1]) as writers:
                some_are_acked(writers)
                for which in (0, 1, 1, 0):
                    time.sleep(chance.random())
                    processes[which].kill()
                    mark(writers)
                    eventually(lambda: all(writer.again for writer in writers), PATIENCE)
                    seconds(writers, "one of two killed")
                    processes[which] = running.enter_context(serving_elsewhere(ports[which]))
            for process in processes:
                all_there(process, story, writers)

    def test_an_owner_that_stands_still_loses_the_text_and_cannot_write(
        self, hub: str, story: Cast
    ) -> None:
        with two() as (one, other):
            with in_room(one, story, story.secretary) as left_behind:
                urls = [[other.url]] * 3
                with writing(story, *urls) as writers:
                    some_are_acked(writers)
                    assert process_number(owner()) == one.process.pid
                    stop_between_transactions(one)
                    mark(writers)
                    try:
                        # It is written to while it sleeps, and wakes with this in its hands.
                        left_behind.type(1, "From before. ")
                        eventually(lambda: all(writer.again for writer in writers), PATIENCE)
                        assert process_number(owner()) == other.process.pid
                        fence = Document.objects.get().fence
                    finally:
                        os.kill(one.process.pid, signal.SIGCONT)
                    assert left_behind.closed() == 1012
                    assert left_behind.acked == 0
                    some_are_acked(writers)
                    assert Document.objects.get().fence == fence
                state = left_behind.doc.get_update()
            seconds(writers, "owner asleep")
            all_there(other, story, writers)
            # Whoever was with the old owner comes back, and what they wrote comes with them.
            back = Client(one.url, story.text.slug, cookie(story.secretary), state=state)
            back.settle()
            back.until(lambda: back.acked == 1)
            back.close()
            all_there(one, story, writers)
            with in_room(other, story, story.author) as arthur:
                assert "From before. " in arthur.plain()[1]

    def test_an_owner_that_is_told_to_end_gives_the_text_up_at_once(
        self, hub: str, story: Cast
    ) -> None:
        with two() as (one, other), in_room(one, story, story.secretary):
            urls = [[one.url, other.url], [other.url], [other.url]]
            with writing(story, *urls) as writers:
                some_are_acked(writers)
                one.process.terminate()
                one.process.wait(PATIENCE)
                mark(writers)
                eventually(lambda: all(writer.again for writer in writers), PATIENCE)
                assert process_number(owner()) == other.process.pid
            seconds(writers, "owner told to end")
            assert {code for writer in writers for code in writer.codes} <= {1012, 1006}
            all_there(other, story, writers)

    def test_a_hub_that_falls_apart_costs_a_pause_and_no_word(
        self, valkey: str, story: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with way_to(valkey) as (url, do):
            monkeypatch.setenv("FOLKMOOT_VALKEY_URL", valkey)
            with serving_elsewhere() as one, ExitStack() as second:
                monkeypatch.setenv("FOLKMOOT_VALKEY_URL", url)
                other = second.enter_context(serving_elsewhere())
                with in_room(one, story, story.secretary):
                    with writing(story, [one.url], [other.url], [other.url]) as writers:
                        some_are_acked(writers)
                        assert process_number(owner()) == one.process.pid
                        do(Breakable.freeze)
                        # The owner's own members go on; those of the edge are sent away.
                        eventually(lambda: all(w.codes for w in writers[1:]), PATIENCE)
                        some_are_acked(writers[:1])
                        assert not writers[0].codes
                        mark(writers)
                        do(Breakable.mend)
                        eventually(lambda: all(writer.again for writer in writers), PATIENCE)
                        assert process_number(owner()) == one.process.pid
                    assert {c for w in writers for c in w.codes} <= {1012}
                    seconds(writers, "hub mended")
                    all_there(one, story, writers)
                    all_there(other, story, writers)

    def test_a_hub_that_is_cut_for_a_moment_loses_letters_and_no_word(
        self, valkey: str, story: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with way_to(valkey) as (url, do):
            monkeypatch.setenv("FOLKMOOT_VALKEY_URL", url)
            with two() as (one, other), in_room(one, story, story.secretary):
                with writing(story, [one.url], [other.url], [other.url]) as writers:
                    some_are_acked(writers)
                    for _ in range(4):
                        do(Breakable.cut)
                        do(Breakable.mend)
                        some_are_acked(writers)
                all_there(one, story, writers)
                all_there(other, story, writers)


class TestWithoutHub:
    def test_the_second_process_sends_people_back_and_the_doctor_says_why(
        self, story: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("FOLKMOOT_VALKEY_URL", "")
        assert "hear each other" not in doctor()
        with two() as (one, other), in_room(one, story, story.author) as arthur:
            ada = Client(other.url, story.text.slug, cookie(story.ada.person))
            assert ada.closed() == 1012
            assert ada.codes() == ["moved"]
            assert ada.said(102)[0]["retry"] is True
            arthur.type(1, "Undisturbed. ")
            arthur.settle()
            assert "two processes" in doctor()
            assert "Set FOLKMOOT_VALKEY_URL" in doctor()
        Document.objects.update(turned_away=Now() - timedelta(days=2))
        assert "two processes" not in doctor()

    def test_a_server_that_was_killed_has_its_texts_back_at_once(
        self, story: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("FOLKMOOT_VALKEY_URL", "")
        with serving_elsewhere() as server, in_room(server, story, story.author) as arthur:
            arthur.type(1, "Before. ")
            arthur.settle()
            first = owner()
            server.kill()
            assert owner() == first
            with serving_elsewhere() as again, in_room(again, story, story.author) as back:
                assert back.plain()[1].startswith("Before. ")
                assert owner() != first


def doctor() -> str:
    """What the doctor says."""
    out = StringIO()
    with contextlib.suppress(SystemExit):
        call_command("doctor", stdout=out)
    return out.getvalue()


@contextmanager
def way_to(url: str) -> Iterator[tuple[str, Callable[[Callable[[Breakable], None]], None]]]:
    """A breakable way to a server, in a thread of its own; gives its URL and what disturbs it."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def wait[T](work: object) -> T:
        return asyncio.run_coroutine_threadsafe(work, loop).result(PATIENCE)  # type: ignore[arg-type]

    way = Breakable(url)
    wait(way.__aenter__())

    def do(act: Callable[[Breakable], None]) -> None:
        async def acting() -> None:
            act(way)

        wait(acting())

    try:
        yield way.url, do
    finally:
        wait(way.__aexit__(None, None, None))
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENCE)
        loop.close()
