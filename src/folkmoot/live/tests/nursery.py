"""Servers that begin in a moment: children of a process that has everything imported already.

Killing a server and starting the next one hundreds of times would otherwise be mostly imports.
`python -m folkmoot.live.tests.nursery` is that process: each line it reads is a port, each line it
writes the process id of the child that serves it.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

SRC = Path(__file__).resolve().parents[3]


class Nursery:
    """Starts, stops and kills servers of the whole application."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        self._environment, self._log = dict(environment), log
        self._living: dict[int, int] = {}

    def __enter__(self) -> Nursery:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "folkmoot.live.tests.nursery"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=os.environ
                | self._environment
                | {
                    "PYTHONPATH": os.pathsep.join([str(SRC), *filter(None, sys.path)]),
                    "DJANGO_SETTINGS_MODULE": "folkmoot.config.settings",
                },
            )
        self._line()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for port in list(self._living):
            self.kill(port)
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(20)

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline().decode().strip()
        if not line:
            raise RuntimeError(f"The nursery ended:\n{self._log.read_text()[-3000:]}")
        return line

    def serve(self, port: int, seconds: float = 30) -> int:
        """A server at this port; returns its process when it listens."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{port}\n".encode())
        self._process.stdin.flush()
        child = self._living[port] = int(self._line())
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return child
            if not lives(child):
                break
            time.sleep(0.005)
        raise RuntimeError(f"The server does not begin:\n{self._log.read_text()[-3000:]}")

    def kill(self, port: int) -> None:
        """End it as a power cut would."""
        self._end(port, signal.SIGKILL)

    def stop(self, port: int) -> None:
        """Ask it to end, as a deploy does."""
        self._end(port, signal.SIGTERM)

    def _end(self, port: int, how: signal.Signals, seconds: float = 20) -> None:
        child = self._living.pop(port)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, how)
        deadline = time.monotonic() + seconds
        while lives(child):
            if time.monotonic() > deadline:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
                raise AssertionError("The server does not end.")
            time.sleep(0.005)


def lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def end_with_parent() -> None:
    """Have the kernel end this process when the one that started it ends (Linux)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def serve(port: int) -> None:
    import uvicorn

    from folkmoot.config.asgi import application

    uvicorn.run(
        application,
        host="127.0.0.1",
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        lifespan="on",
    )


def main() -> None:
    import uvicorn.protocols.http.httptools_impl
    import uvicorn.protocols.websockets.websockets_sansio_impl  # noqa: F401

    import folkmoot.config.asgi

    assert folkmoot.config.asgi.application is not None
    end_with_parent()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)  # noqa: T201 - this is how it answers
    for line in sys.stdin:
        child = os.fork()
        if not child:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setsid()
            end_with_parent()
            sys.stdin.close()
            serve(int(line))
            os._exit(0)
        print(child, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
