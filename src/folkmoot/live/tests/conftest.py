"""A database that several threads and processes can use, and a server on it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connections
from django.test import Client as Browser

from folkmoot.commission.tests.cast import Cast, cast
from folkmoot.live import limits
from folkmoot.people.models import Person

from .served import Server, serving
from .yjs import Client


@pytest.fixture
def shared_database(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """The database of this test, in which what is committed is seen by everybody.

    On PostgreSQL that is the test database. On SQLite it is a file made from the test database,
    which is in memory and belongs to one thread.
    """
    memory = connections["default"]
    if memory.vendor != "sqlite":
        yield
        return
    memory.ensure_connection()
    path = str(tmp_path / "live.sqlite3")
    file = sqlite3.connect(path)
    memory.connection.backup(file)
    file.close()
    settings = connections.settings["default"]
    name = settings["NAME"]
    settings["NAME"] = path
    del connections["default"]
    try:
        yield
    finally:
        connections["default"].close()
        settings["NAME"] = name
        connections["default"] = memory


@pytest.fixture
def story(shared_database: None) -> Cast:
    """The small commission, for all threads to see; its seats read, its offices write."""
    return cast(seats_may_edit=False)


@pytest.fixture
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rooms that look around more often and close sooner."""
    monkeypatch.setattr(limits, "LINGER", 0.2)
    monkeypatch.setattr(limits, "QUIET", 0.3)
    monkeypatch.setattr(limits, "SETTLE", 0.1)
    monkeypatch.setattr(limits, "RECHECK", 0.5)
    monkeypatch.setattr(limits, "RETRY", 0.1)
    monkeypatch.setattr("folkmoot.live.rooms.TICK", 0.1)


@pytest.fixture
def server(story: Cast, brisk: None) -> Iterator[Server]:
    """The site, served by this process."""
    with serving() as running:
        yield running


type Join = Callable[..., Client]


def eventually(condition: Callable[[], object], seconds: float = 10) -> None:
    """Wait for something that other threads bring about."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


def cookie(person: Person) -> str:
    """A session of this person."""
    browser = Browser()
    browser.force_login(person)
    return browser.cookies["sessionid"].value


@pytest.fixture
def joined(server: Server, story: Cast) -> Iterator[Join]:
    """Somebody with a socket in the room: `joined(person)`."""
    clients: list[Client] = []

    def join(person: Person, *, url: str = "", ready: bool = True, **options: object) -> Client:
        client = Client(url or server.url, story.text.slug, cookie(person), **options)  # type: ignore[arg-type]
        clients.append(client)
        if ready:
            client.until(lambda: client.synced, "the text")
        return client

    yield join
    for client in clients:
        client.close()
