"""Kill our server as often as wanted while people type, and look each time for what they were told.

Every server is the child of a process that has imported everything, so a kill and a start take a
moment; the text is a short one. That copies converge is for the tests to see.
"""

from __future__ import annotations

import asyncio
import random
import time
from typing import TYPE_CHECKING

from bench.coediting.document import Typist
from bench.coediting.people import Member
from bench.coediting.servers import OTHER, Folkmoot
from bench.coediting.trials import Losses
from pycrdt import Doc, XmlFragment

from folkmoot.live.tests.nursery import Nursery
from folkmoot.live.tests.replica import lost

if TYPE_CHECKING:
    from bench.coediting.__main__ import Run

WRITERS, RATE = 3, 40


async def kills(run: Run, count: int) -> None:
    """As many kills as asked for; prints what was lost, as it goes and at the end."""
    run.port += 1
    server = run.ours("torture")
    found, began, chance = Losses(), time.perf_counter(), random.Random()
    empty = 0
    with Nursery(server.environment(), server.folder / "log") as nursery:
        nursery.serve(server.port)
        first = 0
        for number in range(count):
            base = await whole(server)
            people = [await Member.join(server, OTHER, n) for n in range(WRITERS + 1)]
            await asyncio.gather(*(one.has(1) for one in people))
            watcher = people.pop()
            watcher.seen = set()
            room = 2 * RATE
            updates: dict[bytes, bytes] = {}

            async def write(
                member: Member,
                writer: int,
                base: bytes = base,
                first: int = first,
                updates: dict[bytes, bytes] = updates,
            ) -> None:
                typist = Typist(base, writer, first)
                while member.code is None and len(member.sent) < 2 * RATE:
                    typed, update = typist.update()
                    member.type(typed, update)
                    updates[typed] = update
                    await asyncio.sleep(chance.uniform(0.2, 1.8) / RATE)
                typist.close()

            tasks = [asyncio.ensure_future(write(one, n)) for n, one in enumerate(people)]
            await asyncio.sleep(chance.uniform(0.02, 0.5))
            await asyncio.to_thread(nursery.kill, server.port)
            await asyncio.gather(*tasks)
            nursery.serve(server.port)
            after = await whole(server)
            found.trials += 1
            told = [typed for one in people for typed in one.sent[: one.acknowledged]]
            empty += not told
            found.acknowledged += len(told)
            found.acknowledged_lost += gone(after, [updates[typed] for typed in told])
            found.seen += len(watcher.seen)
            found.seen_lost += gone(after, [updates[typed] for typed in watcher.seen])
            first = (first + room) % 230_000
            if (number + 1) % 100 == 0 or number + 1 == count:
                run.say(
                    f"  {found.trials} kills, {time.perf_counter() - began:.0f} s:"
                    f" {found.acknowledged_lost} of {found.acknowledged} acknowledged and"
                    f" {found.seen_lost} of {found.seen} seen edits lost"
                )
    print(
        f"{found.trials} kills, {empty} of them before anything was acknowledged:"
        f" {found.acknowledged} edits acknowledged, {found.acknowledged_lost} lost;"
        f" {found.seen} seen by others, {found.seen_lost} lost."
    )


def gone(state: bytes, told: list[bytes]) -> int:
    """How many of these edits would still change a text with this state."""
    doc: Doc[XmlFragment] = Doc()
    doc.get("prosemirror", type=XmlFragment)
    doc.apply_update(state)
    return lost(doc, told)


async def whole(server: Folkmoot) -> bytes:
    """The text as it is stored: our server answers with all of it at once."""
    one = await Member.join(server, OTHER, WRITERS, keep=True)
    await one.has(1)
    state = one.state()
    one.socket.close()
    return state
