"""A client of the live texts, written from the protocol alone: WebSocket frames and y-protocols.

Nothing here comes from the server's own code, so that a mistake there cannot hide behind the same
mistake here. It is also light: a socket costs a few microseconds a frame, so that one process can
play a hundred people.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import struct
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

SYNC, AWARENESS, AUTH, QUERY_AWARENESS = 0, 1, 2, 3
STEP1, STEP2, UPDATE = 0, 1, 2
ACK, NEWS, NOTICE, ROLE, HELLO, TROUBLE, DECLARE = 100, 101, 102, 103, 104, 105, 106
NOTHING = b"\x00\x00"  # the update that changes nothing
NOBODY_HAS_ANYTHING = b"\x00"  # the state vector of an empty document


# --- y-protocols --------------------------------------------------------------------------------


def varuint(number: int) -> bytes:
    """A whole number from 0, seven bits a byte, lowest first."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def read_varuint(data: bytes, at: int = 0) -> tuple[int, int]:
    """The number that begins at `at`, and where it ends."""
    number = shift = 0
    while True:
        byte = data[at]
        number |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return number, at
        shift += 7


def varbytes(data: bytes) -> bytes:
    return varuint(len(data)) + data


def read_varbytes(data: bytes, at: int = 0) -> tuple[bytes, int]:
    length, at = read_varuint(data, at)
    return data[at : at + length], at + length


def step1(state_vector: bytes = NOBODY_HAS_ANYTHING) -> bytes:
    """“This is what I have; send me the rest.”"""
    return b"\x00\x00" + varbytes(state_vector)


def step2(update: bytes = NOTHING) -> bytes:
    """The rest that was asked for."""
    return b"\x00\x01" + varbytes(update)


def change(update: bytes) -> bytes:
    """An edit."""
    return b"\x00\x02" + varbytes(update)


def presence(client: int, clock: int, state: object) -> bytes:
    """Where somebody is. `None` says that they have gone."""
    words = json.dumps(state, separators=(",", ":")).encode()
    return b"\x01" + varbytes(varuint(1) + varuint(client) + varuint(clock) + varbytes(words))


def said(kind: int, body: object) -> bytes:
    """One of our own frames with a JSON body (100 and up)."""
    return varuint(kind) + varbytes(json.dumps(body, separators=(",", ":")).encode())


def read_said(frame: bytes) -> Any:
    """The JSON body of one of our own frames."""
    _, at = read_varuint(frame)
    return json.loads(read_varbytes(frame, at)[0])


# --- WebSocket ----------------------------------------------------------------------------------


class Refused(ConnectionError):
    """The server did not take the socket; `status` is its HTTP status."""

    def __init__(self, status: int) -> None:
        super().__init__(f"The server answered {status}.")
        self.status = status


class Socket(asyncio.Protocol):
    """One WebSocket, from the client's side. Frames arrive at `on_frame`, the end at `on_close`.

    What is sent is masked with zeros, which the protocol allows and which costs nothing.
    """

    def __init__(
        self,
        on_frame: Callable[[bytes], None],
        on_close: Callable[[int], None] = lambda code: None,
    ) -> None:
        self.on_frame, self.on_close = on_frame, on_close
        self.transport: asyncio.Transport = None  # type: ignore[assignment]
        self.code: int | None = None  # why it ended: 1006 without a word
        self.reason = ""
        self.received = self.frames = 0
        self._buffer = bytearray()
        self._parts: list[bytes] = []
        self._open = self._leaving = False
        self._opened: asyncio.Future[None] | None = None
        self.closed: asyncio.Future[int] | None = None

    async def open(
        self, url: str, headers: Mapping[str, str] | None = None, seconds: float = 30
    ) -> None:
        """Shake hands. Raises `Refused`, or `OSError` when nobody listens."""
        parts = urlsplit(url)
        loop = asyncio.get_running_loop()
        self._opened, self.closed = loop.create_future(), loop.create_future()
        await loop.create_connection(lambda: self, parts.hostname, parts.port)
        lines = [
            f"GET {parts.path or '/'} HTTP/1.1",
            f"Host: {parts.netloc}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
            *(f"{name}: {value}" for name, value in (headers or {}).items()),
        ]
        self.transport.write("\r\n".join([*lines, "", ""]).encode())
        try:
            await asyncio.wait_for(self._opened, seconds)
        except BaseException:
            self.transport.abort()
            raise

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        if self._buffer:
            self._buffer += data
            data = self._buffer  # type: ignore[assignment]
        at = 0
        if not self._open:
            end = data.find(b"\r\n\r\n")
            if end < 0:
                self._buffer = bytearray(data)
                return
            status = int(bytes(data[:end]).split(None, 2)[1])
            if status != 101:
                if self._opened is not None and not self._opened.done():
                    self._opened.set_exception(Refused(status))
                self.transport.abort()
                return
            self._open = True
            if self._opened is not None and not self._opened.done():
                self._opened.set_result(None)
            at = end + 4
        size = len(data)
        while size - at >= 2:
            first, length, body = data[at], data[at + 1] & 0x7F, at + 2
            if length == 126:
                if size - at < 4:
                    break
                length, body = int.from_bytes(data[at + 2 : at + 4]), at + 4
            elif length == 127:
                if size - at < 10:
                    break
                length, body = int.from_bytes(data[at + 2 : at + 10]), at + 10
            if size - body < length:
                break
            at = body + length
            self._frame(first, bytes(data[body:at]))
        if at == size:
            self._buffer = bytearray()
        elif data is self._buffer:
            del self._buffer[:at]
        else:
            self._buffer = bytearray(data[at:])

    def _frame(self, first: int, payload: bytes) -> None:
        kind = first & 0x0F
        self.received += len(payload)
        if kind in (0, 1, 2):
            if not first & 0x80:
                self._parts.append(payload)
                return
            if self._parts:
                payload, self._parts = b"".join([*self._parts, payload]), []
            self.frames += 1
            self.on_frame(payload)
        elif kind == 8:
            self.code = struct.unpack("!H", payload[:2])[0] if len(payload) > 1 else 1005
            self.reason = payload[2:].decode("utf-8", "replace")
            if not self._leaving:
                self._write(8, payload[:2])
            self.transport.close()
        elif kind == 9:
            self._write(10, payload)

    def connection_lost(self, exc: Exception | None) -> None:
        if self.code is None:
            self.code = 1006
        if self._opened is not None and not self._opened.done():
            self._opened.set_exception(ConnectionError("The server hung up."))
        if self.closed is not None and not self.closed.done():
            self.closed.set_result(self.code)
        if self._open:
            self.on_close(self.code)

    # What a client does.

    def send(self, frame: bytes) -> None:
        """One binary frame."""
        self._write(2, frame)

    def send_all(self, frames: Iterable[bytes]) -> None:
        for frame in frames:
            self._write(2, frame)

    def _write(self, kind: int, payload: bytes) -> None:
        if self.transport.is_closing():
            return
        size = len(payload)
        if size < 126:
            head = bytes((0x80 | kind, 0x80 | size))
        elif size < 65536:
            head = struct.pack("!BBH", 0x80 | kind, 0x80 | 126, size)
        else:
            head = struct.pack("!BBQ", 0x80 | kind, 0x80 | 127, size)
        self.transport.write(head + b"\0\0\0\0" + payload)

    @property
    def is_open(self) -> bool:
        return self.code is None and not self._leaving and not self.transport.is_closing()

    def close(self, code: int = 1000) -> None:
        """Say good-bye and wait for the answer, as a browser does when its page is left.

        Hanging up without waiting would have the kernel throw away what was just sent, if
        something had come meanwhile that nobody will read.
        """
        if not self.transport.is_closing() and not self._leaving:
            self._leaving = True
            self._write(8, struct.pack("!H", code))
            asyncio.get_running_loop().call_later(5, self.transport.abort)

    def abort(self) -> None:
        """Fall silent at once, as a machine does that loses its network."""
        self.transport.abort()

    def stop_reading(self) -> None:
        """Take nothing more from the network: the slowest reader there can be."""
        self.transport.pause_reading()

    def go_on_reading(self) -> None:
        self.transport.resume_reading()
