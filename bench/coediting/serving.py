"""Runs the real application as production does: `python -m bench.coediting.serving PORT`.

`--sample FILE` interrupts the process every few milliseconds of processor time and counts what it
was doing; when it is asked to end it writes the counts to FILE as JSON.
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

from folkmoot.live.tests.nursery import serve

EVERY = 0.002  # seconds of processor time between two looks


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


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "folkmoot.config.settings")
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--sample", type=Path)
    asked: Any = parser.parse_args()
    if asked.sample:
        sampler = Sampler()
        sampler.start()
        atexit.register(sampler.write, asked.sample)
        # Once it has shut down, uvicorn sends itself the signal again.
        signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    serve(asked.port)


if __name__ == "__main__":
    main()
