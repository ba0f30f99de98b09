"""The hub of an installation with several processes: Valkey's or Redis' publish and subscribe.

Each process hears two channels: its own mailbox and everybody's. One task writes, so the letters
of a process arrive in the order in which they were sent; one task reads. Whatever is under way
when the service cannot be reached is lost and never sent late: lines between processes count their
letters and notice. What arrives is believed only under our seal, since others may write there too.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from functools import lru_cache

import redis
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from folkmoot.live.hub.hub import Hub
from folkmoot.live.hub.seal import Seal

log = logging.getLogger(__name__)

PREFIX = "folkmoot:live:"
EVERYBODY = f"{PREFIX}everybody"
OWED_AT_MOST = 64 * 1024 * 1024
"""Bytes that wait to be written; a service that is slower than that loses letters."""
AT_ONCE = 512 * 1024
"""Bytes handed to the service in one go, as far as letters can be grouped so."""
ECHO_EVERY, ECHO_WITHIN = 1.0, 4.0
"""Seconds between words to oneself, and after how many without hearing one it dials again."""
PATIENCE = 3.0
"""Seconds for one answer of the service."""
_TROUBLES = (RedisError, OSError, asyncio.TimeoutError)


def _mailbox(process: str) -> str:
    return f"{PREFIX}{process}"


class ValkeyHub(Hub):
    """Letters and announcements through the service at `url`."""

    shared = True

    def __init__(self, url: str, seal: Seal | None = None) -> None:
        super().__init__()
        self._url = url
        self._seal = seal or Seal()
        self._mailbox = _mailbox(self.process)
        self._waiting: deque[tuple[str, bytes]] = deque()
        self._owed = 0
        self._work = asyncio.Event()
        self._handed_over = asyncio.Event()
        self._subscribed = asyncio.Event()
        self._echoed = 0.0
        self._tasks: list[asyncio.Task[None]] = []
        self._ear: asyncio.Task[None] | None = None
        self._reachable = True
        self._foreign = 0

    async def open(self) -> None:
        """Begin; waits at most three seconds for the service and goes on without it."""
        await super().open()
        loop = asyncio.get_running_loop()
        self._echoed = loop.time()
        self._tasks = [
            loop.create_task(task, name=f"hub {name}")
            for name, task in (
                ("write", self._write()),
                ("hear", self._keep_hearing()),
                ("echo", self._echo()),
            )
        ]
        try:
            await asyncio.wait_for(self._subscribed.wait(), PATIENCE)
        except TimeoutError:
            log.warning("Valkey does not answer yet; texts open in other processes must wait.")

    async def close(self) -> None:
        """Hand over what has been sent, if that can be done within three seconds, and stop."""
        if not self.is_open:
            return
        try:
            if self._reachable:
                await asyncio.wait_for(self._handed_over.wait(), PATIENCE)
        except TimeoutError:
            log.warning("Valkey took no more words; %d bytes were not sent.", self._owed)
        await super().close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    def send(self, process: str, letter: bytes) -> None:
        """Queue `letter` for that process's mailbox. It may be lost, but is never out of turn."""
        if process == self.process and self._loop is not None:
            self._loop.call_soon(self._deliver, letter)
            return
        self._queue(_mailbox(process), letter)

    def _spread(self, topic: str, value: str) -> None:
        self._queue(EVERYBODY, _announcement(self.process, topic, value))

    def _queue(self, channel: str, words: bytes) -> None:
        if self._owed > OWED_AT_MOST:
            # The lines notice the gap and start anew, which is better than growing without end.
            log.error("Valkey is too slow; %d bytes were dropped.", self._owed)
            self._drop()
        sealed = self._seal.close(channel, words)
        self._waiting.append((channel, sealed))
        self._owed += len(sealed)
        self._handed_over.clear()
        self._work.set()

    def _drop(self) -> None:
        self._waiting.clear()
        self._owed = 0

    async def _write(self) -> None:
        service = Redis.from_url(
            self._url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=_once()
        )
        try:
            while True:
                await self._work.wait()
                try:
                    async with service.pipeline(transaction=False) as group:
                        size = 0
                        while self._waiting and size < AT_ONCE:
                            channel, sealed = self._waiting.popleft()
                            size += len(sealed)
                            self._owed -= len(sealed)
                            group.publish(channel, sealed)
                        await group.execute()
                except _TROUBLES as error:
                    self._lost_touch(error)
                    self._drop()
                    await asyncio.sleep(0.2)
                if not self._waiting:
                    self._work.clear()
                    self._handed_over.set()
        finally:
            await service.aclose()

    async def _keep_hearing(self) -> None:
        while True:
            self._ear = asyncio.create_task(self._hear_once(), name="hub ear")
            try:
                await asyncio.wait((self._ear,))
            finally:
                self._ear.cancel()
            await asyncio.sleep(0.2)

    async def _hear_once(self) -> None:
        service = Redis.from_url(
            self._url, socket_timeout=None, socket_connect_timeout=PATIENCE, retry=_once()
        )
        try:
            async with service.pubsub(ignore_subscribe_messages=False) as ear:
                await ear.subscribe(self._mailbox, EVERYBODY)
                async for message in ear.listen():
                    if message["type"] == "subscribe":
                        self._in_touch()
                    elif message["type"] == "message":
                        self._take(message["channel"].decode(), message["data"])
        except _TROUBLES as error:
            self._lost_touch(error)
        except Exception:
            log.exception("The hub heard something that it cannot understand; it dials again.")
        finally:
            await service.aclose()

    async def _echo(self) -> None:
        """Talk to oneself: a connection that is half dead says nothing, not even that."""
        loop = asyncio.get_running_loop()
        while True:
            self._queue(self._mailbox, b"")
            await asyncio.sleep(ECHO_EVERY)
            if loop.time() - self._echoed > ECHO_WITHIN and self._ear is not None:
                self._echoed = loop.time()
                self._lost_touch(TimeoutError("it is silent"))
                self._ear.cancel()

    def _take(self, channel: str, sealed: bytes) -> None:
        words = self._seal.opened(channel, sealed)
        if words is None:
            self._foreign += 1
            if self._foreign in (1, 100) or self._foreign % 10_000 == 0:
                log.error(
                    "%d messages without our seal came through Valkey. Does every process have"
                    " the same FOLKMOOT_SECRET_KEY, and nobody else this Valkey?",
                    self._foreign,
                )
            return
        self._echoed = asyncio.get_running_loop().time()
        if channel == self._mailbox:
            if words:
                self._deliver(words)
            return
        sender, topic, value = json.loads(words)
        if sender != self.process:
            self._hear(topic, value)

    def _in_touch(self) -> None:
        self._echoed = asyncio.get_running_loop().time()
        if not self._reachable:
            log.warning("Valkey answers again.")
        self._reachable = True
        self._subscribed.set()

    def _lost_touch(self, error: BaseException) -> None:
        if self._reachable:
            log.error("Valkey cannot be reached (%s). Check FOLKMOOT_VALKEY_URL.", error)
        self._reachable = False


def announce_from_outside(url: str, topic: str, value: str) -> None:
    """Announce from a process in which no hub is open, such as a command. Raises `RedisError`."""
    words = Seal().close(EVERYBODY, _announcement("", topic, value))
    _service(url).publish(EVERYBODY, words)


def _announcement(process: str, topic: str, value: str) -> bytes:
    return json.dumps([process, topic, value]).encode()


def _once() -> Retry:
    return Retry(NoBackoff(), 0)


@lru_cache(maxsize=1)
def _service(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
