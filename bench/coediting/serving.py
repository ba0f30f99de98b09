"""Runs the real application as production does: `python -m bench.coediting.serving PORT`.

`--sample FILE` looks every few milliseconds of processor time at what each thread is doing; when
the server is asked to end it writes the counts to FILE as JSON. SIGUSR1 begins anew.
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
import time
from pathlib import Path
from types import FrameType
from typing import Any

from folkmoot.live.tests.nursery import serve

EVERY = 0.002  # seconds of processor time between two looks


class Sampler:
    """Counts whole stacks, each by the microseconds of processor time its thread used since the
    last look, so that a thread that waits counts nothing."""

    def __init__(self) -> None:
        self.stacks: collections.Counter[tuple[str, ...]] = collections.Counter()
        self.looks = 0
        self._used: dict[int, float] = {}

    def start(self) -> None:
        signal.signal(signal.SIGPROF, self._look)
        signal.signal(signal.SIGUSR1, lambda number, frame: self.stacks.clear())
        signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)

    def _look(self, number: int, frame: FrameType | None) -> None:
        self.looks += 1
        main = threading.main_thread().ident
        for thread, current in sys._current_frames().items():
            try:
                used = time.clock_gettime(time.pthread_getcpuclockid(thread))
            except OSError:
                continue
            spent = used - self._used.get(thread, used)
            self._used[thread] = used
            if spent > 0:
                stack = _stack(frame if thread == main and frame is not None else current)
                self.stacks[stack] += round(spent * 1e6)

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
