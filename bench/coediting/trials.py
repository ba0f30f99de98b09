"""What is measured, one trial a function. Times are milliseconds, memory MiB, rates a second."""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bench.coediting.document import Typist
from bench.coediting.people import Member, Tally, everything
from bench.coediting.servers import OTHER, TEXT, Server

from folkmoot.live.tests import wire


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of them lies; infinity when there are none."""
    if not values:
        return float("inf")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


async def leave(members: Sequence[Member]) -> None:
    for member in members:
        member.socket.close()
    await asyncio.sleep(0.2)


async def crowd(server: Server, size: int, count: int, tally: Tally | None = None) -> list[Member]:
    """This many people join at once; returns when all of them have the text."""
    members = await asyncio.gather(*(Member.join(server, TEXT, k, tally) for k in range(count)))
    await asyncio.gather(*(member.has(size) for member in members))
    return list(members)


async def closed(server: Server) -> None:
    """Wait until a text that everybody left is closed, or have it closed by starting anew, where
    that is quicker."""
    if server.lingers < 3:
        await asyncio.sleep(server.lingers)
        return
    server.stop()
    server.start()
    await warm(server)


async def cold_open(server: Server, size: int, times: int = 3) -> list[float]:
    """Open a text that nobody has open, until all of it is there."""
    taken = []
    for _ in range(times):
        await closed(server)
        began = time.perf_counter()
        one = await Member.join(server)
        taken.append((await one.has(size) - began) * 1000)
        await leave([one])
    return taken


async def crowd_open(server: Server, size: int, count: int = 100) -> tuple[float, float]:
    """A hundred people open a text that nobody has open: until the last has it, and CPU ms."""
    await closed(server)
    before, began = server.cpu(), time.perf_counter()
    members = await asyncio.gather(*(Member.join(server, TEXT, k) for k in range(count)))
    ready = await asyncio.gather(*(member.has(size, 120) for member in members))
    taken = (max(ready) - began) * 1000
    cpu = (server.cpu() - before) * 1000
    await leave(members)
    return taken, cpu


@dataclass(frozen=True)
class Flow:
    """How edits went through."""

    p50: float
    p95: float
    p99: float
    cpu: float  # per cent of a core
    memory: float
    received: float  # share of what should have arrived
    kilobytes: float  # a second and reader
    acknowledged: float  # share; 1 where there is no such thing
    cursors: float = 0.0  # p95 of a cursor, ms


async def flow(
    server: Server,
    base: bytes,
    *,
    clients: int = 100,
    writers: int = 15,
    rate: float = 5,
    seconds: float = 8,
    cursors: bool = False,
    first: int = 0,
    burst: int = 1,
) -> Flow:
    """Writers type at a human rhythm while everybody looks on.

    `rate` is edits a second and writer, `burst` how many of them go at once, `first` the number
    of the first mark, so that no mark occurs twice in a run.
    """
    tally = Tally()
    size = len(base) * 9 // 10
    members = await crowd(server, size, clients, tally)
    await asyncio.sleep(0.3)
    count = max(burst, round(rate * seconds))
    plans = []
    for number in range(writers):
        # However fast they type, nobody goes to another passage before three seconds have passed.
        typist = Typist(base, number, first, max(14, round(3 * rate)))
        plan = []
        for typed, update in typist.updates(count):
            plan.append((typed, update, typist.passage, typist.offset))
        typist.close()
        plans.append((typist.client, plan))
        members[number].own = plan[0][0][:3]
        if number % 5 == 4:
            await asyncio.sleep(0)
    owed = [member.acknowledged for member in members]
    received, cpu, began = [m.socket.received for m in members], server.cpu(), time.perf_counter()
    sent_cursors: dict[tuple[int, int], float] = {}

    async def write(number: int) -> None:
        member, chance = members[number], random.Random(number)
        client, plan = plans[number]
        pause = burst / rate
        due = time.perf_counter() + chance.random() * pause
        for start in range(0, len(plan), burst):
            wait = due - time.perf_counter()
            if wait > 0:
                await asyncio.sleep(wait)
            for typed, update, _passage, _offset in plan[start : start + burst]:
                member.type(typed, update)
            if cursors:
                _, _, passage, offset = plan[start]
                state = cursor(number, passage, offset)
                sent_cursors[client, start + 1] = time.perf_counter()
                member.send(wire.presence(client, start + 1, state))
            due += pause * chance.uniform(0.6, 1.4) if burst == 1 and rate < 20 else pause

    async def look_around(number: int) -> None:
        chance, clock = random.Random(number), 0
        while time.perf_counter() - began < seconds:
            await asyncio.sleep(chance.uniform(1, 5))
            clock += 1
            state = cursor(number, "0000000000", clock)
            members[number].send(wire.presence(1_000_000 + number, clock, state))

    tasks = [write(number) for number in range(writers)]
    if cursors:
        tasks += [look_around(number) for number in range(writers, clients)]
    await asyncio.gather(*tasks)
    edits = sum(len(plan) for _, plan in plans)
    expected = edits * (clients - 1)
    deadline = time.perf_counter() + 3
    while len(tally.waits) < expected and time.perf_counter() < deadline:
        await asyncio.sleep(0.05)
    taken = time.perf_counter() - began
    cpu = (server.cpu() - cpu) / taken * 100
    memory = server.memory()
    waits = [wait * 1000 for wait in tally.waits]
    bytes_each = statistics.mean(
        member.socket.received - before for member, before in zip(members, received, strict=True)
    )
    acknowledged = 1.0
    if server.acks:
        await asyncio.sleep(0.3)
        acknowledged = (
            sum(
                member.acknowledged - before
                for member, before in zip(members[:writers], owed[:writers], strict=True)
            )
            / edits
        )
    await leave(members)
    return Flow(
        percentile(waits, 0.5),
        percentile(waits, 0.95),
        percentile(waits, 0.99),
        cpu,
        memory,
        len(waits) / expected,
        bytes_each / taken / 1000,
        acknowledged,
    )


def cursor(number: int, passage: str, offset: int) -> dict[str, object]:
    """Where somebody is, as our editor says it."""
    return {
        "user": {"key": f"seat{number}", "name": f"Member {number}", "colour": number % 12},
        "at": {"passage": passage, "offset": offset, "head": offset},
        "quiet": False,
    }


async def ceiling(
    server: Server,
    base: bytes,
    rates: Sequence[int] = (100, 200, 400, 800, 1600, 3200, 6400, 12800),
    seconds: float = 3,
    first: int = 0,
) -> tuple[int, list[tuple[int, float]]]:
    """The most edits a second of 15 writers that 50 people get with a p95 under 200 ms."""
    held, steps = 0, []
    for rate in rates:
        each = rate / 15
        found = await flow(
            server, base, clients=50, writers=15, rate=each, seconds=seconds, first=first
        )
        first += round(each * seconds) + 1
        steps.append((rate, found.p95))
        if found.p95 > 200 or found.received < 0.999:
            break
        held = rate
    return held, steps


@dataclass
class Losses:
    """What a server lost, in edits; and how many there were."""

    trials: int = 0
    acknowledged: int = 0
    acknowledged_lost: int = 0
    seen: int = 0
    seen_lost: int = 0

    def add(self, other: Losses) -> None:
        self.trials += other.trials
        self.acknowledged += other.acknowledged
        self.acknowledged_lost += other.acknowledged_lost
        self.seen += other.seen
        self.seen_lost += other.seen_lost


async def killed(
    server: Server, base: bytes, moment: float, first: int, writers: int = 3, rate: float = 20
) -> Losses:
    """Kill the server while people type, start it again, and look for what they were told.

    `base` is the text at this moment. The server is left running.
    """
    size = len(base) * 9 // 10
    members = await asyncio.gather(*(Member.join(server, TEXT, k) for k in range(writers + 1)))
    await asyncio.gather(*(member.has(size) for member in members))
    watcher = members[-1]
    watcher.seen = set()
    owed = [member.acknowledged for member in members]

    async def write(number: int) -> None:
        typist = Typist(base, number, first)
        while members[number].code is None:
            members[number].type(*typist.update())
            await asyncio.sleep(random.uniform(0.5, 1.5) / rate)
        typist.close()

    tasks = [asyncio.ensure_future(write(number)) for number in range(writers)]
    await asyncio.sleep(moment)
    server.kill()
    await asyncio.gather(*tasks)
    await asyncio.sleep(0.01)
    server.start()
    after = await everything(server, len(base) * 9 // 10)
    losses = Losses(trials=1)
    for member, before in zip(members[:writers], owed, strict=False):
        if server.acks:
            told = member.sent[: member.acknowledged - before]
            losses.acknowledged += len(told)
            losses.acknowledged_lost += sum(typed not in after for typed in told)
    losses.seen = len(watcher.seen)
    losses.seen_lost = sum(typed not in after for typed in watcher.seen)
    return losses


async def left_at_once(server: Server, base: bytes, first: int, edits: int = 50) -> int:
    """The only person types and closes the page in the same breath: how many edits are gone."""
    one = await Member.join(server)
    await one.has(len(base) * 9 // 10)
    typist = Typist(base, 20, first)
    for typed, update in typist.updates(edits):
        one.type(typed, update)
    one.socket.close()
    typist.close()
    await asyncio.sleep(0.5)
    after = await everything(server, len(base) * 9 // 10)
    return sum(typed not in after for typed in one.sent)


async def churn(server: Server, base: bytes, first: int, rounds: int = 150) -> tuple[int, int]:
    """People come, type one edit and leave, quickly: edits lost, and visits that saw no text."""
    typist = Typist(base, 21, first)
    sent, empty = [], 0
    size = len(base) * 9 // 10
    for _ in range(rounds):
        one = await Member.join(server)
        try:
            await one.has(size, 3)
        except TimeoutError:
            empty += 1
        typed, update = typist.update()
        one.type(typed, update)
        sent.append(typed)
        one.socket.close()
    typist.close()
    await asyncio.sleep(0.5)
    after = await everything(server, len(base) * 9 // 10)
    return sum(typed not in after for typed in sent), empty


async def left_behind(server: Server, rounds: int = 12) -> float:
    """MiB more after opening and closing the text this often; the first five do not count."""
    sizes = []
    for _ in range(rounds):
        one = await Member.join(server)
        await one.has(300_000)
        await leave([one])
        await asyncio.sleep(server.lingers)  # Starting anew would hide what is left.
        sizes.append(server.memory())
    return sizes[-1] - sizes[4]


async def warm(server: Server) -> None:
    """Let the process do once whatever it does only once, with another text."""
    for _ in range(3):
        one = await Member.join(server, OTHER)
        await one.has(1)
        await leave([one])


# --- two processes ------------------------------------------------------------------------------


class Wanderer:
    """A writer who, when the server goes away, tries the next one at once and goes on.

    What was not acknowledged is sent again from their own copy, as our editor does.
    """

    def __init__(self, servers: Sequence[Server], at: int, person: int, base: bytes, first: int):
        self.servers, self.at, self.person = servers, at, person
        self.typist = Typist(base, person, first)
        self.size = len(base) * 9 // 10
        self.member: Member | None = None
        self.told: list[bytes] = []  # marks acknowledged
        self.back: float | None = None  # when an edit typed after the loss was acknowledged
        self.lost_at: float | None = None
        self.going = True

    async def live(self, rate: float = 5) -> None:
        while self.going:
            try:
                await self._visit(rate)
            except (OSError, TimeoutError, ConnectionError):
                await asyncio.sleep(0.1)
            self.at += 1
        self.typist.close()

    async def _visit(self, rate: float) -> None:
        server = self.servers[self.at % len(self.servers)]
        vector = self.typist.state_vector()
        member = await Member.join(server, TEXT, self.person, state_vector=vector)
        self.member = member
        # All that we have written, since we do not know what got there.
        again = self.typist.own()
        owed = member.acknowledged
        frames: list[list[bytes]] = []
        if again is not None:
            marks, update = again
            member.send(wire.step2(update))
            frames.append(marks)
        counted = 0
        began = time.perf_counter()
        while member.code is None and self.going:
            typed, update = self.typist.update()
            member.type(typed, update)
            frames.append([typed])
            await asyncio.sleep(random.uniform(0.5, 1.5) / rate)
            for marks in frames[counted : member.acknowledged - owed]:
                self.told += marks
                counted += 1
            came_back = self.lost_at is not None and began > self.lost_at
            if came_back and self.back is None and counted > len(frames) // 2:
                self.back = time.perf_counter()
        for marks in frames[counted : member.acknowledged - owed]:
            self.told += marks
        if member.code is None:
            await leave([member])


@dataclass(frozen=True)
class FailOver:
    """How a text came through the death of the process that owned it."""

    seconds: float  # until the last writer was told that something newly typed is stored
    acknowledged: int
    lost: int
    writers: int


async def fail_over(servers: Sequence[Server], base: bytes, first: int, each: int = 5) -> FailOver:
    """Writers at two processes; the first, which opened the text, is killed."""
    holder = await Member.join(servers[0])
    await holder.has(len(base) * 9 // 10)
    people = [
        Wanderer(servers, number % 2, number, base, first) for number in range(each * len(servers))
    ]
    tasks = [asyncio.ensure_future(one.live()) for one in people]
    await asyncio.sleep(4)
    moment = time.perf_counter()
    for one in people:
        one.lost_at = moment
    servers[0].kill()
    deadline = moment + 30
    while any(one.back is None for one in people) and time.perf_counter() < deadline:
        await asyncio.sleep(0.05)
    for one in people:
        one.going = False
    await asyncio.gather(*tasks)
    await asyncio.sleep(0.5)
    after = await everything(servers[1], len(base) * 9 // 10)
    told = [typed for one in people for typed in one.told]
    last = max(one.back if one.back is not None else float("inf") for one in people)
    return FailOver(last - moment, len(told), sum(t not in after for t in told), len(people))
