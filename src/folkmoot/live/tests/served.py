"""A real server for tests: uvicorn in a thread of this process, or in a process to be killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from django.db import connections

from folkmoot.live import rooms as live_rooms
from folkmoot.live.room import Room
from folkmoot.live.rooms import Rooms

OPTIONS = {"host": "127.0.0.1", "ws": "websockets-sansio", "lifespan": "on"}


@dataclass
class Server:
    """A server in this process, and its rooms."""

    url: str

    @property
    def rooms(self) -> Rooms:
        assert live_rooms._running is not None
        return live_rooms._running

    def room(self, slug: str) -> Room | None:
        return next((room for room in self.rooms if room.slug == slug), None)


@contextmanager
def serving() -> Iterator[Server]:
    """The whole site in a thread of this process, so that its limits and its store can be
    changed."""
    from folkmoot.config.asgi import application

    config = uvicorn.Config(
        application,
        port=0,
        ws_per_message_deflate=False,
        log_level="error",
        **OPTIONS,  # type: ignore[arg-type]
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="server")
    thread.start()
    try:
        end = time.monotonic() + 20
        while not server.started:
            assert thread.is_alive()
            assert time.monotonic() < end
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield Server(f"http://127.0.0.1:{port}")
    finally:
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive(), "the server does not end"


def database_url() -> str:
    """Where another process finds the database of this test."""
    database = connections["default"].settings_dict
    if connections["default"].vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    who = f"{database['USER']}:{database['PASSWORD']}"
    where = f"{database['HOST'] or 'localhost'}:{database['PORT'] or 5432}"
    return f"postgresql://{who}@{where}/{database['NAME']}"


@dataclass
class Process:
    """A server in another process, on the database of this test."""

    url: str
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """End it as a power cut would."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(20)


@contextmanager
def serving_elsewhere(port: int | None = None) -> Iterator[Process]:
    """The whole site in a process of its own, on the database that this process uses."""
    port = port or free_port()
    process = subprocess.Popen(
        [
            sys.executable, "-m", "uvicorn", "folkmoot.config.asgi:application",
            "--host", "127.0.0.1", "--port", str(port), "--ws", "websockets-sansio",
            "--ws-per-message-deflate", "false", "--log-level", "error",
        ],
        env=os.environ | {
            "FOLKMOOT_DATABASE_URL": database_url(),
            "FOLKMOOT_URL": f"http://127.0.0.1:{port}",
            "PYTHONPATH": os.pathsep.join(sys.path),
        },
    )  # fmt: skip
    try:
        end = time.monotonic() + 60
        while True:
            assert process.poll() is None, "the server ended"
            assert time.monotonic() < end, "the server does not begin"
            try:
                socket.create_connection(("127.0.0.1", port), 0.2).close()
                break
            except OSError:
                time.sleep(0.05)
        yield Process(f"http://127.0.0.1:{port}", process)
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
