"""The goals, what only ours is measured for, and the tables."""

from __future__ import annotations

import asyncio
import math
import shutil
import sqlite3
import statistics
import time
from typing import TYPE_CHECKING

from bench.coediting import document, trials
from bench.coediting.people import Member, everything
from bench.coediting.servers import TEXT, Folkmoot, Hocuspocus, YWebsocket, YWebsocketLevel

if TYPE_CHECKING:
    from bench.coediting.__main__ import Run

OURS, HOCUS, YWS = Folkmoot.name, Hocuspocus.name, YWebsocket.name
LEVEL = YWebsocketLevel.name


# --- what only ours is measured for -------------------------------------------------------------


async def alone(run: Run) -> None:
    """A long history, two processes, re-reading after an edit, and where the time goes."""
    if run.asked.only and run.asked.only.lower() not in OURS.lower():
        return
    from bench.coediting import profile

    reading(run)
    if run.asked.quick:
        run.notes.append("The share of CPU, long history and fail-over: without --quick.")
        return
    await profile.measure(run)
    if run.asked.postgres:
        run.notes.append("History and fail-over are measured on SQLite only.")
        return
    await history(run, 260_000)
    await two_processes(run)


def reading(run: Run) -> None:
    """What an edit costs the document in texts of different lengths (the Paper alone)."""
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "folkmoot.config.settings")
    os.environ.setdefault("FOLKMOOT_DEMO", "yes")
    import django

    django.setup()
    from folkmoot.live.document.paper import Paper

    costs: dict[int, list[float]] = {200: [], 2000: [], 20_000: []}
    papers, plans = {}, {}
    for passages in costs:
        state = document.state(document.lines(passages))
        papers[passages] = Paper(state)
        typist = document.Typist(state, 1)
        plans[passages] = iter([update for _, update in typist.updates(600)])
        typist.close()
    for turn in range(11):
        for passages, taken in costs.items():
            began = time.perf_counter()
            for _ in range(50):
                papers[passages].apply([(next(plans[passages]), "someone")])
            if turn:  # The first reads what is read only once.
                taken.append((time.perf_counter() - began) / 50 * 1e6)
    for passages, taken in costs.items():
        run.note(OURS, f"edit at {passages}", *taken)
    for paper in papers.values():
        paper.close()


async def history(run: Run, edits: int) -> None:
    """Many edits through sockets, then the text is opened anew; beside its snapshot alone."""
    from folkmoot.live.tests import wire

    run.say(f"history of {edits} edits")
    run.port += 1
    server = run.ours("history")
    server.start()
    try:
        await server.seed(run.texts)
        base = await everything(server, 400_000)
        writers = 13
        began = time.perf_counter()

        async def write(number: int) -> int:
            member = await Member.join(server, TEXT, number)
            await member.has(400_000)
            typist, owed, sent = document.Typist(base, number), member.acknowledged, 0
            for _, update in typist.updates(edits // writers):
                member.send(wire.change(update))
                sent += 1
                while sent - (member.acknowledged - owed) > 300 and member.code is None:
                    await asyncio.sleep(0.01)
            deadline = time.perf_counter() + 20
            while member.acknowledged - owed < sent and time.perf_counter() < deadline:
                await asyncio.sleep(0.01)
            stored = member.acknowledged - owed
            typist.close()
            member.socket.close()
            return stored

        stored = await asyncio.gather(*(write(number) for number in range(writers)))
        run.say(f"  {sum(stored)} stored in {time.perf_counter() - began:.0f} s")
        run.note(OURS, "history edits", sum(stored))
        await asyncio.sleep(2)
        size = len(await everything(server, 400_000)) * 9 // 10
        await asyncio.sleep(server.lingers + 2)
    finally:
        server.stop()
    copy = Folkmoot(run.folder / "history-snapshot", run.port, run.core)
    copy.cookies = server.cookies
    shutil.copytree(server.folder, copy.folder)
    with sqlite3.connect(copy.folder / "data" / "folkmoot.sqlite3") as database:
        document_id, seq = database.execute(
            "SELECT d.id, d.seq FROM live_document d JOIN commission_text t ON t.id = d.text_id"
            " WHERE t.slug = ?",
            [TEXT],
        ).fetchone()
        newest = database.execute(
            "SELECT max(seq) FROM live_snapshot WHERE document_id = ?", [document_id]
        ).fetchone()[0]
        rows = database.execute(
            "SELECT count(*) FROM live_update WHERE document_id = ?", [document_id]
        ).fetchone()[0]
        database.execute(
            "DELETE FROM live_update WHERE document_id = ? AND seq <= ?", [document_id, newest]
        )
        database.execute(
            "DELETE FROM live_snapshot WHERE document_id = ? AND seq < ?", [document_id, newest]
        )
    run.note(OURS, "history rows", rows)
    run.note(OURS, "history tail", seq - newest)
    for _ in range(5):
        for figure, one in (("history cold", server), ("snapshot cold", copy)):
            one.start()
            try:
                await trials.warm(one)
                run.note(OURS, figure, *await trials.cold_open(one, size, 1))
            finally:
                one.kill()


async def two_processes(run: Run) -> None:
    """Two processes over one database and one Valkey; the one that owns the text is killed."""
    from tests.servers import valkey

    run.say("two processes")
    try:
        hub = valkey()
        address = hub.__enter__()
    except RuntimeError as missing:
        run.notes.append(f"Fail-over was not measured: {missing}")
        return
    try:
        for number in range(3):
            run.port += 2
            first = run.ours(f"two-{number}")
            first.valkey = address
            second = Folkmoot(first.folder, run.port + 1, run.core, valkey=address)
            second.cookies, second.log = first.cookies, first.folder / "log-second"
            run.port += 1
            first.start()
            second.start()
            try:
                await first.seed(run.texts)
                base = await everything(first, 400_000)
                found = await trials.fail_over([first, second], base, run.marks(400))
                run.note(OURS, "fail-over", found.seconds)
                run.note(OURS, "fail-over lost", found.lost)
                run.note(OURS, "fail-over acknowledged", found.acknowledged)
            finally:
                first.kill()
                second.kill()
    finally:
        hub.__exit__(None, None, None)


# --- tables -------------------------------------------------------------------------------------


def ratio(run: Run, figure: str, *peers: str) -> float:
    """The median of ours by the smallest of these peers, round by round."""
    ours = run.figures.get(OURS, {}).get(figure, [])
    found = [run.figures[peer][figure] for peer in peers if figure in run.figures.get(peer, {})]
    if not ours or not found:
        return math.nan
    rounds = run.asked.rounds
    each = len(ours) // rounds or 1

    def by_round(values: list[float]) -> list[float]:
        return [statistics.median(values[n * each : (n + 1) * each]) for n in range(rounds)]

    theirs = [min(turn) for turn in zip(*map(by_round, found), strict=True)]
    return statistics.median(
        a / b if b else math.inf for a, b in zip(by_round(ours), theirs, strict=True)
    )


def show(run: Run) -> None:
    """One table of ratios against the goals, and the medians under it."""
    of = run.median
    stored = [name for name in (HOCUS, LEVEL) if name in run.figures]
    rows: list[tuple[str, str, float, str, bool | None]] = []

    def row(number: str, what: str, value: float, bound: float, *, least: bool = False) -> None:
        passed = None if math.isnan(value) else (value >= bound if least else value <= bound)
        rows.append((number, what, value, f"{'≥' if least else '≤'} {bound:g}", passed))

    row("1", "cold open / best peer that opens a stored text", ratio(run, "cold", *stored), 0.3)
    row("1", "cold open / y-websocket, which never closed it", ratio(run, "cold", YWS), 0.3)
    row("1", "100 open at once / best peer", ratio(run, "crowd", HOCUS, YWS, LEVEL), 0.3)
    row("2", "p95 with 100 people / Hocuspocus", ratio(run, "people p95", HOCUS), 1.2)
    row("2", "p95 with 100 people / y-websocket", ratio(run, "people p95", YWS), 2.5)
    row("3", "p95 with cursors / Hocuspocus", ratio(run, "cursors p95", HOCUS), 1.2)
    row("4", "edits/s held / Hocuspocus", ratio(run, "ceiling", HOCUS), 1, least=True)
    row("5", "memory at 100 people / best peer",
        ratio(run, "people memory", HOCUS, YWS, LEVEL), 0.5)  # fmt: skip
    row("5", "MiB more after 7 closings", of(OURS, "behind"), 2)
    losses = [
        sum(run.figures[OURS][figure])
        for figure in ("acknowledged_lost", "seen_lost", "left", "churn", "fail-over lost")
        if figure in run.figures.get(OURS, {})
    ]
    lost = sum(losses) if losses else math.nan
    kills = of(OURS, "trials")
    row("6", f"edits lost in {kills:.0f} kills, leavings, churn", lost, 0)
    row("7", "an edit at 20,000 passages / at 2,000",
        of(OURS, "edit at 20000") / of(OURS, "edit at 2000"), 1.2)  # fmt: skip
    row("7", "projection and stances, share of CPU", of(OURS, "projection"), 0.1)
    row("8", f"opening after {of(OURS, 'history edits'):.0f} edits / its snapshot",
        of(OURS, "history cold") / of(OURS, "snapshot cold"), 1.2)  # fmt: skip
    row("9", "owner killed: seconds until all write again", of(OURS, "fail-over"), 5)
    print(f"{'#':<2} {'goal':<52} {'ours':>7}  {'bound':<6}")
    for number, what, value, bound, passed in rows:
        verdict = "not measured" if passed is None else "pass" if passed else "MISS"
        shown = "-" if math.isnan(value) else f"{value:.2f}"
        print(f"{number:<2} {what:<52} {shown:>7}  {bound:<6} {verdict}")
    names = [n for n in (OURS, YWS, LEVEL, HOCUS, "Hocuspocus, debounce 0") if n in run.figures]
    figures = list(dict.fromkeys(figure for name in names for figure in run.figures[name]))
    print(f"\n{'medians (ms, MiB, % of a core)':<30}" + "".join(f"{name:>24}" for name in names))
    for figure in figures:
        cells = [of(name, figure) for name in names]
        print(
            f"{figure:<30}" + "".join(f"{'-' if math.isnan(c) else f'{c:,.1f}':>24}" for c in cells)
        )
    for words in run.notes:
        print(f"- {words}")
