"""Letters and announcements between processes: in one process, and through a real Valkey."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager

import pytest
import redis
from tests import servers

from folkmoot.live import hub as hubs
from folkmoot.live.hub import Hub, InnerHub
from folkmoot.live.hub.seal import Seal
from folkmoot.live.hub.valkey import EVERYBODY, PREFIX, ValkeyHub
from folkmoot.live.tests.breakable import Breakable
from folkmoot.live.tests.exchange import Exchange

LONG = 20
"""Seconds after which something hangs; nothing here should take one."""


@pytest.fixture(scope="module")
def valkey() -> Iterator[str]:
    try:
        running = servers.valkey()
        with running as url:
            yield url
    except RuntimeError as error:
        pytest.skip(str(error))


async def until(happened: Callable[[], bool]) -> None:
    """Wait for something another task does."""
    async with asyncio.timeout(LONG):
        while not happened():
            await asyncio.sleep(0.005)


@asynccontextmanager
async def opened(*hubs: Hub) -> AsyncIterator[None]:
    for hub in hubs:
        await hub.open()
    try:
        yield
    finally:
        for hub in hubs:
            await hub.close()


def run(scene: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(scene(), 3 * LONG))  # type: ignore[arg-type]


class TestAlone:
    def test_there_is_nobody_to_tell(self) -> None:
        async def scene() -> None:
            hub, heard, got = InnerHub(), [], []
            hub.listen("text", heard.append)
            hub.read(got.append)
            async with opened(hub):
                await asyncio.to_thread(hub.announce, "text", "report")
                hub.send("another", b"letter")
                hub.send(hub.process, b"to myself")
                await until(lambda: bool(got))
            assert (heard, got) == ([], [b"to myself"])

        run(scene)


class TestListening:
    def test_a_listener_that_fails_does_not_keep_others_from_hearing(self, caplog) -> None:
        async def scene() -> None:
            exchange = Exchange()
            here, there, heard = exchange.hub(), exchange.hub(), []

            def fails(_: str) -> None:
                raise ValueError("broken")

            there.listen("text", fails)
            stop = there.listen("text", heard.append)
            async with opened(here, there):
                await asyncio.to_thread(here.announce, "text", "one")
                await until(lambda: bool(heard))
                stop()
                here.announce("text", "two")
                await asyncio.sleep(0.01)
            here.announce("text", "after the end")
            assert heard == ["one"]

        run(scene)
        assert "A listener to text failed on one" in caplog.text


class TestSeal:
    def test_opens_what_it_closed_for_the_same_channel_only(self) -> None:
        seal = Seal()
        sealed = seal.close("one", b"words")
        assert seal.opened("one", sealed) == b"words"
        assert seal.opened("two", sealed) is None
        assert seal.opened("one", sealed + b"!") is None
        assert seal.opened("one", b"") is None
        assert Seal(b"another key").opened("one", sealed) is None


class TestThroughValkey:
    def test_letters_arrive_whole_and_in_order(self, valkey: str) -> None:
        async def scene() -> None:
            here, there, got = ValkeyHub(valkey), ValkeyHub(valkey), []
            there.read(got.append)
            letters = [n.to_bytes(4) * (1 if n % 50 else 60_000) for n in range(1, 1500)]
            async with opened(here, there):
                for letter in letters:
                    here.send(there.process, letter)
                await until(lambda: len(got) >= len(letters))
            assert got == letters

        run(scene)

    def test_a_letter_is_for_one_process_only(self, valkey: str) -> None:
        async def scene() -> None:
            here, there, third = ValkeyHub(valkey), ValkeyHub(valkey), ValkeyHub(valkey)
            got: dict[str, list[bytes]] = {"here": [], "there": [], "third": []}
            here.read(got["here"].append)
            there.read(got["there"].append)
            third.read(got["third"].append)
            async with opened(here, there, third):
                here.send(there.process, b"for there")
                here.send(here.process, b"for myself")
                there.send(third.process, b"for the third")
                await until(lambda: all(got.values()))
            assert got == {
                "here": [b"for myself"],
                "there": [b"for there"],
                "third": [b"for the third"],
            }

        run(scene)

    def test_announcements_reach_every_other_process_once(self, valkey: str) -> None:
        async def scene() -> None:
            here, there, third = ValkeyHub(valkey), ValkeyHub(valkey), ValkeyHub(valkey)
            heard: list[tuple[str, str]] = []
            for name, hub in (("here", here), ("there", there), ("third", third)):
                hub.listen("text", lambda slug, name=name: heard.append((name, slug)))
            async with opened(here, there, third):
                await asyncio.to_thread(here.announce, "text", "first")
                await until(lambda: len(heard) >= 2)
                there.announce("text", "second")
                await until(lambda: len(heard) >= 4)
            assert sorted(heard) == [
                ("here", "second"),
                ("there", "first"),
                ("third", "first"),
                ("third", "second"),
            ]

        run(scene)

    def test_a_command_without_a_hub_is_heard_too(self, valkey: str, settings) -> None:
        settings.FOLKMOOT_VALKEY_URL = valkey

        async def scene() -> None:
            there, heard = ValkeyHub(valkey), []
            there.listen("text", heard.append)
            async with opened(there):
                await asyncio.to_thread(hubs.announce, "text", "imported")
                await until(lambda: bool(heard))
            assert heard == ["imported"]

        run(scene)

    def test_what_has_no_seal_of_ours_is_not_believed(self, valkey: str, caplog) -> None:
        async def scene() -> None:
            there, got, heard = ValkeyHub(valkey), [], []
            there.read(got.append)
            there.listen("text", heard.append)
            stranger = ValkeyHub(valkey, Seal(b"another installation"))
            async with opened(there, stranger):
                stranger.send(there.process, b"forged")
                stranger.announce("text", "forged")
                service = redis.Redis.from_url(valkey)
                service.publish(EVERYBODY, b'["", "text", "forged"]')
                service.publish(PREFIX + there.process, b"short")
                service.publish(
                    PREFIX + there.process, Seal().close(PREFIX + "someone-else", b"moved")
                )
                service.close()
                last = ValkeyHub(valkey)
                async with opened(last):
                    last.send(there.process, b"genuine")
                    await until(lambda: bool(got))
            assert got == [b"genuine"]
            assert heard == []

        run(scene)
        assert "without our seal" in caplog.text

    def test_closing_hands_over_what_was_sent(self, valkey: str) -> None:
        async def scene() -> None:
            here, there, got = ValkeyHub(valkey), ValkeyHub(valkey), []
            there.read(got.append)
            async with opened(there):
                async with opened(here):
                    for n in range(200):
                        here.send(there.process, bytes([n]))
                await until(lambda: len(got) == 200)
            assert got == [bytes([n]) for n in range(200)]

        run(scene)

    def test_it_starts_without_the_service_and_finds_it_later(self, valkey: str, caplog) -> None:
        async def scene() -> None:
            async with Breakable(valkey) as way:
                way.cut()
                here, there, got = ValkeyHub(way.url), ValkeyHub(valkey), []
                here.read(got.append)
                async with opened(there, here):
                    there.send(here.process, b"lost")
                    way.mend()
                    await until(lambda: here._reachable)
                    there.send(here.process, b"arrives")
                    await until(lambda: bool(got))
                assert got == [b"arrives"]

        run(scene)
        assert "Check FOLKMOOT_VALKEY_URL" in caplog.text

    def test_a_silent_connection_is_dialled_anew(self, valkey: str, monkeypatch) -> None:
        monkeypatch.setattr("folkmoot.live.hub.valkey.ECHO_EVERY", 0.1)
        monkeypatch.setattr("folkmoot.live.hub.valkey.ECHO_WITHIN", 0.5)

        async def scene() -> None:
            async with Breakable(valkey) as way:
                here, there, got = ValkeyHub(way.url), ValkeyHub(valkey), []
                here.read(got.append)
                async with opened(there, here):
                    there.send(here.process, b"before")
                    await until(lambda: bool(got))
                    way.freeze()
                    there.send(here.process, b"lost on the way")
                    await until(lambda: not here._reachable)
                    way.mend()
                    await until(lambda: here._reachable)
                    there.send(here.process, b"after")
                    await until(lambda: b"after" in got)
                assert got[0] == b"before"

        run(scene)
