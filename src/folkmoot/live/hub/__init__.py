"""How the processes of one installation hear of one another: alone, or through Valkey."""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor

from django.conf import settings

from folkmoot.live.hub.hub import Hub
from folkmoot.live.hub.inner import InnerHub

__all__ = ["Hub", "InnerHub", "announce", "close_hub", "make_hub", "open_hub", "running_hub"]

log = logging.getLogger(__name__)
WAIT_AT_MOST = 200
"""Announcements that wait for the service in a process without a hub."""
_running: Hub | None = None
# Ended by Python when a command ends, after what waits has been said.
_thread = ThreadPoolExecutor(1, "announcing")
_outside: set[Future[None]] = set()


def make_hub() -> Hub:
    """A hub of the kind that the settings ask for, not open yet."""
    if not settings.FOLKMOOT_VALKEY_URL:
        return InnerHub()
    from folkmoot.live.hub.valkey import ValkeyHub

    return ValkeyHub(settings.FOLKMOOT_VALKEY_URL)


async def open_hub(hub: Hub) -> None:
    """Open `hub` and make it the one by which this process announces."""
    global _running
    _running = hub
    await hub.open()


async def close_hub(hub: Hub) -> None:
    """Close `hub`; from now on this process announces by itself."""
    global _running
    if _running is hub:
        _running = None
    await hub.close()


def running_hub() -> Hub | None:
    """The hub of this process, when it is open."""
    return _running if _running is not None and _running.is_open else None


def announce(topic: str, value: str) -> None:
    """Tell all other processes of the installation; from any thread, also of a command.

    It never waits and never raises: what was announced is in the database already, and only the
    news is late.
    """
    hub = running_hub()
    if hub is not None:
        hub.announce(topic, value)
    elif settings.FOLKMOOT_VALKEY_URL:
        _announce_from_outside(settings.FOLKMOOT_VALKEY_URL, topic, value)


def _announce_from_outside(url: str, topic: str, value: str) -> None:
    if len(_outside) >= WAIT_AT_MOST:
        log.error("Valkey takes no announcements; that of %s %s is left out.", topic, value)
        return
    from folkmoot.live.hub.valkey import announce_from_outside

    def work() -> None:
        try:
            announce_from_outside(url, topic, value)
        except Exception:
            log.exception("%s %s could not be announced.", topic, value)

    waiting = _thread.submit(work)
    _outside.add(waiting)
    waiting.add_done_callback(_outside.discard)
