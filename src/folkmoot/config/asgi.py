"""The door for web servers: Django's pages, and the sockets of the live room beside them."""

from __future__ import annotations

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "folkmoot.config.settings")
pages = get_asgi_application()


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer one request, carry one socket, or live through the life of the server."""
    if scope["type"] == "http":
        await pages(scope, receive, send)
        return
    # What rooms are made of needs Django's apps to be loaded.
    from folkmoot.live import rooms, socket

    if scope["type"] == "websocket":
        await socket.serve(rooms.rooms(), scope, receive, send)
    elif scope["type"] == "lifespan":
        await _live(receive, send, rooms.stop)


async def _live(receive: Any, send: Any, stop: Any) -> None:
    """Begin when the server begins; store everything before it ends."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await stop()
            await send({"type": "lifespan.shutdown.complete"})
            return
