"""Where our server spends its processor time while fifteen people write and a hundred look on."""

from __future__ import annotations

import asyncio
import collections
import json
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.coediting import trials
from bench.coediting.people import everything
from bench.coediting.servers import Folkmoot

if TYPE_CHECKING:
    from bench.coediting.__main__ import Run

# What is asked about (goal 7): reading words and digests off the document, and what follows for
# stances: the drafts, and what everybody is told of them.
PROJECTION = (
    "folkmoot/live/document/",
    "folkmoot/commission/",
    "folkmoot/live/standing",
    "folkmoot/live/reconciling",
    "folkmoot/algorithms/",
)
# Of these files, what is the document itself and not its projection.
DOCUMENT = (":_load", ":_checked", ":check", ":state", ":missing")


async def sample(run: Run, seconds: float, **more: Any) -> dict[str, Any]:
    """The stacks of a server that was under load for this long."""
    run.port += 1
    server = run.ours(f"profile-{len(list(run.folder.iterdir()))}")
    server.sampling = server.folder / "samples.json"
    server.start()
    try:
        await server.seed(run.texts)
        base = await everything(server, 400_000)
        await trials.leave(await trials.crowd(server, 400_000, 16))
        await asyncio.sleep(2)
        assert server.process is not None
        # What it costs to begin is not asked about.
        server.process.send_signal(signal.SIGUSR1)
        await trials.flow(server, base, seconds=seconds, first=run.marks(600), **more)
        process = server.process
        assert process is not None
        process.send_signal(signal.SIGTERM)
        for _ in range(200):
            if process.poll() is not None:
                break
            await asyncio.sleep(0.05)
    finally:
        server.kill()
    found: dict[str, Any] = json.loads(Path(server.sampling).read_text())
    return found


def share(found: dict[str, Any], names: tuple[str, ...]) -> float:
    """The share of looks in which one of these files was at work."""
    total = sum(count for _, count in under_load(found)) or 1
    inside = sum(
        count for stack, count in under_load(found) if any(call.startswith(names) for call in stack)
    )
    return inside / total


def under_load(found: dict[str, Any]) -> list[tuple[list[str], int]]:
    """Without starting up and shutting down."""
    return [
        (stack, count)
        for stack, count in found["stacks"]
        if not any("importlib" in call or "rooms.py:stop" in call for call in stack)
    ]


async def measure(run: Run) -> None:
    """The share that goal 7 asks for."""
    run.say("where the time goes")
    found = await sample(run, 15)
    run.note(Folkmoot.name, "projection", share(found, PROJECTION))


async def show(run: Run) -> None:
    """The functions that were at work most, alone and with all they called."""
    for title, more in (
        ("15 writers, 100 people", {}),
        ("the same with cursors", {"cursors": True}),
        ("1,500 edits/s, 50 people", {"clients": 50, "rate": 100.0}),
    ):
        found = await sample(run, 10, **more)
        own: collections.Counter[str] = collections.Counter()
        whole: collections.Counter[str] = collections.Counter()
        total = 0
        for stack, count in under_load(found):
            total += count
            own[stack[-1]] += count
            for call in set(stack):
                whole[call] += count
        print(
            f"\n{title}: {total / 1e6:.2f} s of processor time;"
            f" projection and stances {share(found, PROJECTION):.1%}"
        )
        print(f"{'alone':>7} {'':<58}{'whole':>7}")
        tops = zip(own.most_common(32), whole.most_common(60)[:32], strict=False)
        for (a, n), (b, m) in tops:
            print(f"{n / total:>7.1%} {a[-56:]:<58}{m / total:>7.1%} {b[-60:]}")
