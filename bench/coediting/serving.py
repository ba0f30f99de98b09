"""Runs the real application as production does: `python -m bench.coediting.serving PORT`.

`--sample FILE` interrupts the process every few milliseconds of processor time and counts what it
was doing; when it is asked to end it writes the counts to FILE as JSON.
`--nursery` keeps one process with everything imported and starts servers as its children, so that
killing one and starting the next takes a moment: each line read is a port, each line written the
process id of the child that serves it.
"""

from __future__ import annotations

import argparse
import atexit
import collections
import json
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any

EVERY = 0.002  # seconds of processor time between two looks


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
        ws_max_size=4 << 20,
        lifespan="auto",
    )


class Sampler:
    """Counts whole stacks: `stacks` for what all threads were doing that were not waiting."""

    def __init__(self) -> None:
        self.stacks: collections.Counter[tuple[str, ...]] = collections.Counter()
        self.looks = 0

    def start(self) -> None:
        signal.signal(signal.SIGPROF, self._look)
        signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)

    def _look(self, number: int, frame: FrameType | None) -> None:
        self.looks += 1
        for thread, current in sys._current_frames().items():
            main = thread == threading.main_thread().ident
            stack = _stack(frame if main and frame is not None else current)
            if not main and stack[-1].endswith((":wait", ":_worker", ":_recv_msg", ":select")):
                continue
            self.stacks[stack] += 1

    def write(self, path: Path) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        path.write_text(
            json.dumps(
                {
                    "looks": self.looks,
                    "stacks": [[list(stack), n] for stack, n in self.stacks.most_common()],
                }
            )
        )


def _stack(frame: FrameType | None) -> tuple[str, ...]:
    """The calls, outermost first, as file:function."""
    names = []
    while frame is not None:
        code = frame.f_code
        path = code.co_filename
        for root in ("/src/", "/site-packages/", "/lib/"):
            if root in path:
                path = path.rsplit(root, 1)[1]
                break
        names.append(f"{path}:{code.co_name}")
        frame = frame.f_back
    return tuple(reversed(names))


def nursery() -> None:
    """Start a server for every port that is asked for, from a process that has imported it all."""
    import folkmoot.config.asgi  # noqa: F401
    import uvicorn.protocols.http.httptools_impl
    import uvicorn.protocols.websockets.websockets_sansio_impl  # noqa: F401

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)
    for line in sys.stdin:
        child = os.fork()
        if not child:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setsid()
            sys.stdin.close()
            serve(int(line))
            os._exit(0)
        print(child, flush=True)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "folkmoot.config.settings")
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int, nargs="?")
    parser.add_argument("--sample", type=Path)
    parser.add_argument("--nursery", action="store_true")
    asked: Any = parser.parse_args()
    if asked.nursery:
        nursery()
        return
    if asked.sample:
        sampler = Sampler()
        sampler.start()
        atexit.register(sampler.write, asked.sample)
    serve(asked.port)


if __name__ == "__main__":
    main()
