"""What processes of one installation say to one another; how it travels is for the kinds of hub.

Two things travel. *Letters* go from one process to another: bytes, in the order in which they were
sent, at most once; whoever needs to know of a lost one counts (see `line.py`). *Announcements* go
to all other processes: a topic and a short value, such as ("text", slug). They are hints to look
again at what the database says, so nothing is decided by one.
"""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable

from folkmoot.live.process import new_name

log = logging.getLogger(__name__)


class Hub(ABC):
    """A process's place among the processes; used from one event loop, `announce` from anywhere."""

    shared: bool
    """Whether other processes can be reached at all."""

    def __init__(self) -> None:
        self.process = new_name()
        """This process's name for as long as it lives; no other process ever has it."""
        self._reader: Callable[[bytes], None] | None = None
        self._listeners: dict[str, list[Callable[[str], None]]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def is_open(self) -> bool:
        """Whether it has been opened and not closed again."""
        return self._loop is not None

    async def open(self) -> None:
        """Begin; the loop that this runs in is the one in which readers and listeners are called.

        Returns although the other processes cannot be reached yet: letters are then lost.
        """
        self._loop = asyncio.get_running_loop()

    async def close(self) -> None:
        """Hand over what has been sent, then stop. Closing twice does nothing more."""
        self._loop = None

    @abstractmethod
    def send(self, process: str, letter: bytes) -> None:
        """Send `letter` to the process of that name. Never waits; only from the hub's loop."""

    @abstractmethod
    def _spread(self, topic: str, value: str) -> None:
        """Tell the other processes; called in the loop."""

    def read(self, reader: Callable[[bytes], None]) -> None:
        """Give every letter to this process to `reader`; there is one."""
        self._reader = reader

    def listen(self, topic: str, listener: Callable[[str], None]) -> Callable[[], None]:
        """Give every announced value of `topic` to `listener`; gives what ends that."""
        listeners = self._listeners.setdefault(topic, [])
        listeners.append(listener)

        def stop() -> None:
            if listener in listeners:
                listeners.remove(listener)

        return stop

    def announce(self, topic: str, value: str) -> None:
        """Tell all other processes. From any thread; never waits, never raises."""
        loop = self._loop
        if loop is None:
            return
        try:
            loop.call_soon_threadsafe(self._announce, topic, value)
        except RuntimeError:  # The loop ended in this moment: there is nobody left to tell.
            log.debug("The announcement of %s %s came after the end.", topic, value)

    def _announce(self, topic: str, value: str) -> None:
        if self._loop is not None:
            self._spread(topic, value)

    def _hear(self, topic: str, value: str) -> None:
        for listener in tuple(self._listeners.get(topic, ())):
            try:
                listener(value)
            except Exception:
                log.exception("A listener to %s failed on %s.", topic, value)

    def _deliver(self, letter: bytes) -> None:
        if self._reader is None:
            return
        try:
            self._reader(letter)
        except Exception:
            log.exception("A letter of %d bytes could not be read.", len(letter))
