"""A way to a server that tests can cut, freeze and mend."""

from __future__ import annotations

import asyncio
from types import TracebackType
from urllib.parse import urlsplit, urlunsplit


class Breakable:
    """A TCP way in front of the server at a URL; `url` leads through it."""

    def __init__(self, url: str) -> None:
        self._target = urlsplit(url)
        self._server: asyncio.Server | None = None
        self._flows = asyncio.Event()
        self._flows.set()
        self._down = False
        self._connections: set[asyncio.Task[None]] = set()
        self.url = ""

    async def __aenter__(self) -> Breakable:
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self.url = urlunsplit(self._target._replace(netloc=f"127.0.0.1:{port}"))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._server.close()
        self._end_connections()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def cut(self) -> None:
        """End all connections and refuse new ones."""
        self._down = True
        self._end_connections()

    def freeze(self) -> None:
        """Let nothing more through, without a word: what a lost cable does."""
        self._flows.clear()

    def mend(self) -> None:
        """Let new connections through; those that were frozen stay dead."""
        self._end_connections()
        self._down = False
        self._flows.set()

    def _end_connections(self) -> None:
        for connection in self._connections:
            connection.cancel()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        if self._down:
            writer.close()
            return
        self._connections.add(task)
        onward: asyncio.StreamWriter | None = None
        try:
            far, onward = await asyncio.open_connection(self._target.hostname, self._target.port)
            async with asyncio.TaskGroup() as both:
                both.create_task(self._carry(reader, onward))
                both.create_task(self._carry(far, writer))
        except* (OSError, asyncio.CancelledError):
            pass
        finally:
            self._connections.discard(task)
            writer.close()
            if onward is not None:
                onward.close()

    async def _carry(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            await self._flows.wait()
            target.write(data)
            await target.drain()
        raise ConnectionResetError("The other side has closed.")
