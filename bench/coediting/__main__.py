"""Co-editing beside its peers: `python -m bench.coediting [--quick]`, or `bin/bench coediting`.

Prints one table of ratios against the goals, then the medians they come from. Servers run on one
core and the load on the other, in turns, so that whatever else the machine does falls on all alike.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))

from bench.coediting import document, trials
from bench.coediting.people import everything
from bench.coediting.servers import (
    OTHER,
    TEXT,
    Folkmoot,
    Hocuspocus,
    Hocuspocus0,
    Server,
    YWebsocket,
    YWebsocketLevel,
)

Figures = dict[str, dict[str, list[float]]]


class Run:
    """One run: the servers, the text, and what has been measured of each."""

    def __init__(self, asked: Any, folder: Path, database: Callable[[], str]) -> None:
        self.asked, self.folder, self.database = asked, folder, database
        self.figures: Figures = {}
        self.notes: list[str] = []
        self.texts = {OTHER: document.lines(20), TEXT: document.lines()}
        cores = sorted(os.sched_getaffinity(0))
        self.core = cores[0] if len(cores) > 1 else None
        if self.core is not None:
            os.sched_setaffinity(0, set(cores) - {self.core})
        self.prepared: Folkmoot | None = None
        self.port = asked.port
        self.first = 0

    def note(self, name: str, figure: str, *values: float) -> None:
        self.figures.setdefault(name, {}).setdefault(figure, []).extend(values)

    def say(self, words: str) -> None:
        if not self.asked.quiet:
            print(words, file=sys.stderr, flush=True)

    def marks(self, room: int) -> int:
        """The number of a first mark that is free, with this many after it."""
        first, self.first = self.first, (self.first + room) % 230_000
        return first

    # Servers.

    def make(self, kind: type[Server], where: str) -> Server:
        folder = self.folder / where
        self.port += 1
        if kind is Folkmoot:
            return self.ours(where)
        return kind(folder, self.port, self.core)

    def ours(self, where: str) -> Folkmoot:
        """Our server over a fresh copy of the prepared database."""
        if self.asked.postgres or self.prepared is None:
            server = Folkmoot(self.folder / where, self.port, self.core, self.database())
            began = time.perf_counter()
            server.prepare(self.texts, stances=self.asked.stances)
            self.say(f"  texts made in {time.perf_counter() - began:.1f} s")
            if self.asked.postgres:
                return server
            self.prepared = server
        copy = Folkmoot(self.folder / f"{where}-copy", self.port, self.core)
        shutil.copytree(self.prepared.folder, copy.folder)
        copy.cookies = self.prepared.cookies
        return copy

    # What is measured of every server.

    async def measure(self, kind: type[Server], turn: int, *, ceiling: bool = True) -> None:
        server = self.make(kind, f"{kind.__name__}-{turn}")
        name, quick = server.name, self.asked.quick
        self.say(f"{name}, round {turn + 1}")
        server.start()
        try:
            await server.seed(self.texts)
            await trials.warm(server)
            base = await everything(server, 400_000)
            size = len(base) * 9 // 10
            self.note(name, "bytes", len(base) / 1000)
            self.note(name, "cold", *await trials.cold_open(server, size, 1 if quick else 3))
            taken, cpu = await trials.crowd_open(server, size)
            self.note(name, "crowd", taken)
            self.note(name, "crowd cpu", cpu)
            seconds = 4 if quick else 10
            await self._flow(server, "people", seconds)
            await self._flow(server, "cursors", seconds, cursors=True)
            if not quick:
                await self._flow(server, "small", seconds, clients=15)
                await self._flow(server, "bursts", seconds, burst=10)
            if ceiling:
                rates = (400, 1600, 3200) if quick else (200, 400, 800, 1600, 3200, 6400)
                base = await everything(server, size)
                held, steps = await trials.ceiling(
                    server, base, rates, 2 if quick else 3, self.marks(8000)
                )
                self.note(name, "ceiling", held)
                self.say("  " + ", ".join(f"{rate}/s: {p95:.0f} ms" for rate, p95 in steps))
        finally:
            server.kill()

    async def _flow(self, server: Server, figure: str, seconds: float, **more: Any) -> None:
        base = await everything(server, 400_000)
        found = await trials.flow(
            server, base, seconds=seconds, first=self.marks(round(seconds * 8)), **more
        )
        for part in ("p50", "p95", "p99", "cpu", "memory", "kilobytes"):
            self.note(server.name, f"{figure} {part}", getattr(found, part))
        self.say(f"  {figure}: p95 {found.p95:.1f} ms, {found.cpu:.0f} % of a core,"
                 f" {found.memory:.0f} MiB")  # fmt: skip
        if found.received < 1 or found.acknowledged < 1:
            self.notes.append(
                f"{server.name}, {figure}: {found.received:.2%} of the edits arrived everywhere,"
                f" {found.acknowledged:.2%} were acknowledged."
            )

    async def losses(self, kind: type[Server], kills: int) -> None:
        """Kills, leavings at once, churn."""
        server = self.make(kind, f"{kind.__name__}-losses")
        self.say(f"{server.name}, losses")
        server.start()
        found = trials.Losses()
        try:
            await server.seed(self.texts)
            for number in range(kills if server.stores else 0):
                base = await everything(server, 400_000)
                moment = 0.4 + 1.6 * ((number * 0.618) % 1)
                found.add(await trials.killed(server, base, moment, self.marks(200)))
            base = await everything(server, 400_000)
            self.note(server.name, "left", await trials.left_at_once(server, base, self.marks(60)))
            base = await everything(server, 400_000)
            rounds = 20 if self.asked.quick else 150
            gone, empty = await trials.churn(server, base, self.marks(rounds), rounds)
            self.note(server.name, "churn", gone)
            self.note(server.name, "churn empty", empty)
            if not self.asked.quick:
                self.note(server.name, "behind", await trials.left_behind(server))
        finally:
            server.kill()
        if server.stores:
            for part in ("trials", "acknowledged", "acknowledged_lost", "seen", "seen_lost"):
                self.note(server.name, part, getattr(found, part))

    def median(self, name: str, figure: str) -> float:
        values = self.figures.get(name, {}).get(figure, [])
        return statistics.median(values) if values else float("nan")


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/bench coediting", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one round, in about two minutes")
    parser.add_argument("--rounds", type=int, help="rounds of each server (3; quick: 1)")
    parser.add_argument("--postgres", action="store_true", help="ours on PostgreSQL, not SQLite")
    parser.add_argument("--only", help="servers whose name contains this")
    parser.add_argument("--stances", type=float, default=0.3, help="share of passages answered")
    parser.add_argument("--torture", type=int, metavar="KILLS", help="kill ours this often")
    parser.add_argument("--report", type=float, metavar="MINUTES", help="the report, 15 writers")
    parser.add_argument("--profile", action="store_true", help="where ours spends its time")
    parser.add_argument("--port", type=int, default=8270, help="first of up to 40 free ports")
    parser.add_argument("--quiet", action="store_true", help="the tables only")
    asked = parser.parse_args()
    asked.rounds = asked.rounds or (1 if asked.quick else 3)
    import uvloop

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="coediting-")))

        def database() -> str:
            if not asked.postgres:
                return ""
            from tests.servers import postgresql

            return stack.enter_context(postgresql(durable=True))

        run = Run(asked, folder, database)
        if asked.torture:
            from bench.coediting import torture

            uvloop.run(torture.kills(run, asked.torture))
        elif asked.report:
            from bench.coediting import report

            sys.exit(report.write(asked.report))
        elif asked.profile:
            from bench.coediting import profile

            uvloop.run(profile.show(run))
        else:
            uvloop.run(compare(run))


async def compare(run: Run) -> None:
    from bench.coediting import goals

    began = time.perf_counter()
    kinds: list[type[Server]] = [Folkmoot, YWebsocket, Hocuspocus]
    if not run.asked.quick:
        kinds.append(YWebsocketLevel)
    if run.asked.only:
        kinds = [kind for kind in kinds if run.asked.only.lower() in kind.name.lower()]
    for turn in range(run.asked.rounds):
        for kind in kinds[turn % len(kinds) :] + kinds[: turn % len(kinds)]:
            await run.measure(kind, turn)
    losing = [*kinds, Hocuspocus0] if not run.asked.quick else kinds[:1]
    for kind in losing:
        await run.losses(kind, 2 if run.asked.quick else 6)
    await goals.alone(run)
    goals.show(run)
    print(
        f"\n{run.asked.rounds} round(s), {time.perf_counter() - began:.0f} s;"
        f" {platform.processor() or platform.machine()}, {os.cpu_count()} cores, load"
        f" {os.getloadavg()[0]:.1f}; Python {platform.python_version()};"
        f" ours on {'PostgreSQL' if run.asked.postgres else 'SQLite'}."
    )


if __name__ == "__main__":
    main()
