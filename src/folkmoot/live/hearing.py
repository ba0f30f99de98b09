"""The ear of this process: what the commission announces, for the rooms that are open here, and for
other processes.

By itself, so that a process without rooms, such as a command, need not load what rooms are made of.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from folkmoot.live import hub

_listeners: list[Callable[[str], None]] = []
_room = threading.local()


def hear(slug: str) -> None:
    """Something about the text `slug` changed in the database. From any thread; never waits."""
    if getattr(_room, "records", False):
        return
    for listener in tuple(_listeners):
        listener(slug)
    hub.announce("text", slug)


def listen(listener: Callable[[str], None]) -> Callable[[], None]:
    """Tell somebody of every change, in the thread in which it happened; gives what ends that."""
    _listeners.append(listener)

    def stop() -> None:
        if listener in _listeners:
            _listeners.remove(listener)

    return stop


@contextmanager
def ours() -> Iterator[None]:
    """What this thread commits within is the doing of a room, which tells its members itself: the
    document has it already, and no rights come of it."""
    _room.records = True
    try:
        yield
    finally:
        _room.records = False
