"""How the processes of one installation hear of one another: alone, or through Valkey."""

from __future__ import annotations

import logging

from django.conf import settings

from folkmoot.live.hub.hub import Hub
from folkmoot.live.hub.inner import InnerHub

__all__ = ["Hub", "InnerHub", "announce", "close_hub", "make_hub", "open_hub", "running_hub"]

log = logging.getLogger(__name__)
_running: Hub | None = None


def make_hub() -> Hub:
    """A hub of the kind that the settings ask for, not open yet."""
    if not settings.FOLKMOOT_VALKEY_URL:
        return InnerHub()
    from folkmoot.live.hub.valkey import ValkeyHub

    return ValkeyHub(settings.FOLKMOOT_VALKEY_URL)


async def open_hub() -> Hub:
    """The hub of this process, opened in the loop that asks first."""
    global _running
    if _running is None or not _running.is_open:
        _running = hub = make_hub()
        await hub.open()
    return _running


async def close_hub() -> None:
    """Close the hub of this process, if it is open."""
    global _running
    hub, _running = _running, None
    if hub is not None:
        await hub.close()


def running_hub() -> Hub | None:
    """The hub of this process, when it is open."""
    return _running if _running is not None and _running.is_open else None


def announce(topic: str, value: str) -> None:
    """Tell every process of the installation; from any thread, also of a command without a hub.

    It never raises: what was announced is in the database already, and only the news is late.
    """
    hub = running_hub()
    if hub is not None:
        hub.announce(topic, value)
    elif settings.FOLKMOOT_VALKEY_URL:
        from redis.exceptions import RedisError

        from folkmoot.live.hub.valkey import announce_from_outside

        try:
            announce_from_outside(settings.FOLKMOOT_VALKEY_URL, topic, value)
        except (RedisError, OSError) as error:
            log.error("%s %s could not be announced: %s", topic, value, error)
