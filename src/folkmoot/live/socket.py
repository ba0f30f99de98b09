"""The websocket of one client: opened, fed into its room, and cut off when it reads too slowly."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Generator, MutableMapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from . import frames, limits, member
from .admission import Refusal, origin_allowed, session_of
from .member import Admitted, Member

if TYPE_CHECKING:
    from .rooms import Rooms

log = logging.getLogger(__name__)

type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]

PREFIX = "/live/text/"
GRACE = 5.0
"""Seconds in which a client that is cut off can read why."""


class Socket(Member):
    """A member whose connection this process holds.

    A frame is sent at once, without a task, as long as the connection takes it; one that has to
    wait gets a task, and later frames wait behind it. What waits is bounded.
    """

    def __init__(self, admitted: Admitted, send: Send) -> None:
        super().__init__(admitted)
        self._send = send
        self._waiting: deque[Message] = deque()
        self._owed = 0
        self._flowing: asyncio.Task[None] | None = None
        self._gone = False

    @property
    def gone(self) -> bool:
        return self._gone

    @property
    def owed(self) -> int:
        """Bytes that wait for the client to read."""
        return self._owed

    def deliver(self, frame: bytes) -> None:
        if self._gone:
            return
        if self._flowing is None:
            self._step({"type": "websocket.send", "bytes": frame})
            return
        self._owed += len(frame)
        if self._owed > limits.OWED:
            log.warning(
                "cut off text=%s person=%s why=slow owed=%d",
                self.admitted.slug,
                self.who.key,
                self._owed,
            )
            self._drop()
            self.close(member.TRY_AGAIN, "slow")
            return
        self._waiting.append({"type": "websocket.send", "bytes": frame})

    def close(self, code: int, reason: str = "") -> None:
        if self._gone:
            return
        self._gone = True
        message = {"type": "websocket.close", "code": code, "reason": reason}
        if self._flowing is None:
            self._step(message)
        else:
            self._waiting.append(message)
        asyncio.get_running_loop().call_later(GRACE, self._abort)

    def left(self) -> None:
        """The client is gone; nothing more can be sent."""
        self._gone = True
        self._drop()

    def _drop(self) -> None:
        self._waiting.clear()
        self._owed = 0

    def _step(self, message: Message) -> None:
        sending = self._send(message).__await__()
        try:
            waits_for = next(sending)
        except StopIteration:
            return
        except Exception:
            # The connection ended in this moment; receiving says so, too.
            self.left()
            return
        self._flowing = asyncio.create_task(self._flow(sending, waits_for))

    async def _flow(self, sending: Generator[Any, Any, None], waits_for: Any) -> None:
        try:
            await _Resumed(sending, waits_for)
            while self._waiting:
                message = self._waiting.popleft()
                self._owed -= len(message.get("bytes", b""))
                await self._send(message)
        except Exception:
            self.left()
        finally:
            self._flowing = None

    def _abort(self) -> None:
        # A client that does not read would hold what was written to it for ever, since a server
        # closes only when all is sent. ASGI has no word for this; uvicorn's transport has.
        if self._flowing is not None:
            self._flowing.cancel()
        transport = getattr(getattr(self._send, "__self__", None), "transport", None)
        if transport is not None:
            transport.abort()


class _Resumed:
    """An awaitable that goes on with a coroutine which has already taken its first step."""

    def __init__(self, sending: Generator[Any, Any, None], waits_for: Any) -> None:
        self._sending, self._waits_for = sending, waits_for

    def __await__(self) -> Generator[Any, Any, None]:
        waits_for = self._waits_for
        while True:
            try:
                try:
                    sent = yield waits_for
                except BaseException as error:
                    waits_for = self._sending.throw(error)
                else:
                    waits_for = self._sending.send(sent)
            except StopIteration:
                return


async def serve(rooms: Rooms, scope: Message, receive: Receive, send: Send) -> None:
    """One websocket from its handshake to its end."""
    slug = _slug(scope["path"])
    headers = list(scope["headers"])
    if (await receive())["type"] != "websocket.connect":
        return
    if slug is None or not origin_allowed(headers):
        # Without acceptance this is a plain refusal of the handshake.
        await send({"type": "websocket.close", "code": member.FORBIDDEN})
        return
    try:
        answer = await rooms.gate.ask(slug, session_of(headers))
    except Exception:
        log.exception("nobody can be admitted text=%s", slug)
        say = _("The text cannot be opened just now. We keep trying.")
        answer = Refusal(member.TRY_AGAIN, "trouble", say)
    # Accepted even when refused, since a browser shows the reason only of what was open.
    await send({"type": "websocket.accept"})
    if isinstance(answer, Refusal):
        notice = frames.notice(answer.code, answer.say, retry=answer.close == member.TRY_AGAIN)
        await send({"type": "websocket.send", "bytes": notice})
        await send({"type": "websocket.close", "code": answer.close, "reason": answer.code})
        return
    socket = Socket(answer, send)
    room = rooms.enter(socket)
    try:
        while True:
            message = await receive()
            if message["type"] != "websocket.receive":
                return
            data = message.get("bytes")
            room.take(socket, data if data is not None else b"")
    finally:
        socket.left()
        room.leave(socket)


def _slug(path: str) -> str | None:
    """The text that an address asks for."""
    rest = path.removeprefix(PREFIX)
    if rest == path or not rest.endswith("/"):
        return None
    slug = rest[:-1]
    return slug if slug and "/" not in slug else None
