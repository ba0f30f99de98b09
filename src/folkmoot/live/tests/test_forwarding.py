"""Members whose room is in another process: what they send and get, and what ends their way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from folkmoot.live import forwarding as module
from folkmoot.live import member as members
from folkmoot.live.forwarding import LARGE, Forwarding, Link
from folkmoot.live.hub import line as lines
from folkmoot.live.hub.line import Kind, Line
from folkmoot.live.lease import Elsewhere
from folkmoot.live.member import Admitted, Member, Who
from folkmoot.live.tests.exchange import Exchange, ExchangeHub

LONG = 20
TEXT, SLUG = 7, "report"


class Seat(Member):
    """A member whose client is this test."""

    def __init__(self, name: str = "Ada", writes: bool = True) -> None:
        who = Who(len(name), name.lower(), name)
        super().__init__(Admitted(TEXT, SLUG, f"session of {name}", who, writes))
        self.got: list[bytes] = []
        self.closed: tuple[int, str] | None = None

    @property
    def gone(self) -> bool:
        return self.closed is not None

    def deliver(self, frame: bytes) -> None:
        if not self.gone:
            self.got.append(frame)

    def close(self, code: int, reason: str = "") -> None:
        if not self.gone:
            self.closed = (code, reason)


class Room:
    """A room that writes down what happens in it."""

    def __init__(self) -> None:
        self.members: list[Member] = []
        self.taken: list[tuple[str, bytes]] = []

    def enter(self, who: Member) -> None:
        self.members.append(who)

    def take(self, who: Member, data: bytes) -> None:
        self.taken.append((who.who.name, data))

    def leave(self, who: Member) -> None:
        self.members.remove(who)

    def named(self, name: str) -> Member:
        return next(one for one in self.members if one.who.name == name)


@dataclass
class Stage:
    """An owner with a room, an edge, and what lies between them."""

    exchange: Exchange
    owner: ExchangeHub
    edge: ExchangeHub
    there: Forwarding
    here: Forwarding
    room: Room
    owns: bool = True
    lease: Elsewhere | None = None
    sent_before: int = field(default=0)

    async def link(self) -> Link:
        link = await self.here.ring(TEXT, SLUG, self.owner.process)
        assert link is not None
        return link

    async def with_ada(self) -> tuple[Link, Seat]:
        """A link on which Ada has come into the room."""
        link, ada = await self.link(), Seat("Ada")
        link.enter(ada)
        await until(lambda: self.room.members)
        return link, ada

    def crossed(self) -> list[bytes]:
        """The words that went from the owner to the edge, without beats."""
        return [
            letter
            for source, _, letter in self.exchange.carried
            if source == self.owner.process and lines.read(letter)[0] is Kind.WORDS
        ]


async def until(happened: Callable[[], Any]) -> None:
    async with asyncio.timeout(LONG):
        while not happened():
            await asyncio.sleep(0.002)


@asynccontextmanager
async def staged() -> AsyncIterator[Stage]:
    exchange, room = Exchange(), Room()
    owner, edge = exchange.hub(), exchange.hub()

    async def holder(text: int) -> Elsewhere | None:
        return stage.lease

    def own(slug: str) -> Room | None:
        return room if stage.owns and slug == SLUG else None

    there = Forwarding(owner, own, holder)
    here = Forwarding(edge, lambda slug: None, holder)
    stage = Stage(exchange, owner, edge, there, here, room)
    stage.lease = Elsewhere(owner.process, 1, timedelta(seconds=2))
    for hub, forwarding in ((owner, there), (edge, here)):
        await hub.open()
        forwarding.open()
    try:
        yield stage
    finally:
        await here.close()
        await there.close()


def run(scene: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(scene(), 2 * LONG))  # type: ignore[arg-type]


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines that give up sooner."""
    monkeypatch.setattr(lines, "BEATS_EVERY", 0.05)
    monkeypatch.setattr(module, "DOUBTFUL_AFTER", 0.15)
    monkeypatch.setattr(module, "ENDED_AFTER", 0.5)


class TestMembers:
    def test_who_comes_is_who_the_edge_says_and_the_session_stays(self) -> None:
        async def scene() -> None:
            async with staged() as stage:
                link = await stage.link()
                link.enter(Seat("Ada"))
                link.enter(Seat("Bea", writes=False))
                await until(lambda: len(stage.room.members) == 2)
                ada, bea = stage.room.members
                assert (ada.who, ada.writes) == (Who(3, "ada", "Ada"), True)
                assert (bea.admitted.text, bea.admitted.slug, bea.writes) == (TEXT, SLUG, False)
                assert ada.admitted.session == ""
                assert not any(b"session of" in letter for _, _, letter in stage.exchange.carried)

        run(scene)

    def test_frames_go_both_ways_in_order(self) -> None:
        async def scene() -> None:
            async with staged() as stage:
                link, ada = await stage.link(), Seat("Ada")
                link.enter(ada)
                for n in range(50):
                    link.take(ada, bytes([n]))
                await until(lambda: len(stage.room.taken) == 50)
                assert stage.room.taken == [("Ada", bytes([n])) for n in range(50)]
                remote = stage.room.members[0]
                for n in range(50):
                    remote.deliver(bytes([n]))
                await until(lambda: len(ada.got) == 50)
                assert ada.got == [bytes([n]) for n in range(50)]

        run(scene)

    def test_who_leaves_leaves_the_room_and_the_others_stay(self) -> None:
        async def scene() -> None:
            async with staged() as stage:
                link, ada, bea = await stage.link(), Seat("Ada"), Seat("Beatrix")
                link.enter(ada)
                link.enter(bea)
                await until(lambda: len(stage.room.members) == 2)
                remote = stage.room.named("Ada")
                link.leave(ada)
                link.leave(ada)
                await until(lambda: len(stage.room.members) == 1)
                assert remote.gone
                link.take(ada, b"too late")
                link.take(bea, b"in time")
                await until(lambda: stage.room.taken)
                assert stage.room.taken == [("Beatrix", b"in time")]

        run(scene)

    def test_a_code_travels_after_all_that_was_delivered(self) -> None:
        async def scene() -> None:
            async with staged() as stage:
                _link, ada = await stage.with_ada()
                remote = stage.room.members[0]
                remote.deliver(b"first")
                remote.cut(members.FORBIDDEN, "revoked", "The seat is another's now.")
                remote.deliver(b"never")
                await until(lambda: ada.gone)
                assert ada.closed == (members.FORBIDDEN, "revoked")
                assert ada.got[0] == b"first"
                assert b"another's now" in ada.got[1]
                assert len(ada.got) == 2

        run(scene)


class TestBroadcast:
    def test_what_many_get_crosses_once(self) -> None:
        async def scene() -> None:
            async with staged() as stage:
                link = await stage.link()
                seats = [Seat("x" * n) for n in range(1, 40)]
                for seat in seats:
                    link.enter(seat)
                await until(lambda: len(stage.room.members) == len(seats))
                frame, before = b"merged update", len(stage.crossed())
                for remote in stage.room.members[1:]:
                    remote.deliver(frame)
                stage.room.members[0].deliver(b"ack")
                await until(lambda: all(seat.got for seat in seats))
                assert [seat.got for seat in seats[1:]] == [[frame]] * (len(seats) - 1)
                assert seats[0].got == [b"ack"]
                crossed = stage.crossed()[before:]
                assert len(crossed) == 2
                assert sum(map(len, crossed)) < 150

        run(scene)

    def test_a_long_frame_given_again_does_not_cross_again(self) -> None:
        async def scene() -> None:
            async with staged() as stage:
                link = await stage.link()
                whole = b"w" * (LARGE + 1)
                ada, bea = Seat("Ada"), Seat("Beatrix")
                for count, seat in enumerate((ada, bea), 1):
                    link.enter(seat)
                    await until(lambda count=count: len(stage.room.members) == count)
                    stage.room.members[-1].deliver(whole)
                    await until(lambda seat=seat: seat.got)
                stage.room.named("Ada").deliver(b"s" * LARGE)
                await until(lambda: len(ada.got) == 2)
                assert ada.got == [whole, b"s" * LARGE]
                assert bea.got == [whole]
                assert sum(len(letter) > LARGE for letter in stage.crossed()) == 2

        run(scene)

    def test_who_came_meanwhile_does_not_get_what_was_for_all_before(self) -> None:
        async def scene() -> None:
            async with staged() as stage:
                link, ada, bea = await stage.link(), Seat("Ada"), Seat("Beatrix")
                link.enter(ada)
                await until(lambda: stage.room.members)
                stage.room.members[0].deliver(b"before")
                link.enter(bea)  # The owner has not heard of it when it sends.
                await until(lambda: ada.got)
                await until(lambda: len(stage.room.members) == 2)
                assert bea.got == []

        run(scene)

    @given(
        acts=st.lists(
            st.tuples(st.integers(0, 4), st.integers(0, 3), st.sampled_from([9, LARGE, LARGE + 9])),
            max_size=60,
        )
    )
    @settings(max_examples=60, deadline=None)
    def test_everybody_gets_exactly_what_they_were_given_in_that_order(
        self, acts: list[tuple[int, int, int]]
    ) -> None:
        """Acts: a seat enters or leaves, is given a frame of its own, or all but one are given a
        frame they share, or time passes."""

        async def scene() -> None:
            async with staged() as stage:
                link = await stage.link()
                seats = [Seat("abcd"[n] * (n + 1)) for n in range(4)]
                wanted: dict[str, list[bytes]] = {seat.who.name: [] for seat in seats}
                inside: set[int] = set()
                left: set[int] = set()
                for count, (act, at, size) in enumerate(acts):
                    frame = count.to_bytes(2) * (size // 2)
                    if act == 0 and at not in inside | left:
                        inside.add(at)
                        link.enter(seats[at])
                        await until(lambda: len(stage.room.members) == len(inside))
                    elif act == 1 and at in inside:
                        # All that was given before has to be there, or is given to nobody.
                        name = seats[at].who.name
                        await until(
                            lambda at=at, name=name: len(seats[at].got) == len(wanted[name])
                        )
                        inside.discard(at)
                        left.add(at)
                        link.leave(seats[at])
                        await until(lambda: len(stage.room.members) == len(inside))
                    elif act == 2 and at in inside:
                        stage.room.named(seats[at].who.name).deliver(frame)
                        wanted[seats[at].who.name].append(frame)
                    elif act == 3:
                        for other in inside - {at}:
                            stage.room.named(seats[other].who.name).deliver(frame)
                            wanted[seats[other].who.name].append(frame)
                    else:
                        await asyncio.sleep(0)
                await until(
                    lambda: all(len(seat.got) >= len(wanted[seat.who.name]) for seat in seats)
                )
                assert {seat.who.name: seat.got for seat in seats} == wanted

        run(scene)


class TestEndings:
    def test_words_that_were_lost_end_the_way_for_everybody_on_it(self) -> None:
        async def scene() -> None:
            async with staged() as stage:
                link, ada = await stage.with_ada()
                lost: list[bytes] = []

                def lose_one(source: str, target: str, letter: bytes) -> bool:
                    if source == stage.owner.process and not lost and b"lost" in letter:
                        lost.append(letter)
                        return True
                    return False

                stage.exchange.loses = lose_one
                remote = stage.room.members[0]
                remote.deliver(b"lost")
                await asyncio.sleep(0)
                await asyncio.sleep(0)
                remote.deliver(b"next")
                await until(lambda: ada.gone)
                assert lost
                assert ada.closed == (members.RESTART, "moved")
                assert b"next" not in ada.got
                await until(lambda: not stage.room.members)
                assert remote.gone
                assert link.gone

        run(scene)

    def test_the_last_words_that_were_lost_are_missed_too(self, hasty: None) -> None:
        async def scene() -> None:
            async with staged() as stage:
                link, ada = await stage.with_ada()
                stage.exchange.loses = lambda source, target, letter: b"the edit" in letter
                link.take(ada, b"the edit")
                await until(lambda: ada.gone)
                assert ada.closed == (members.RESTART, "moved")
                await until(lambda: not stage.room.members)

        run(scene)

    def test_when_the_lease_ends_the_edge_waits_no_longer(
        self, hasty: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "ENDED_AFTER", LONG)

        async def scene() -> None:
            async with staged() as stage:
                _link, ada = await stage.with_ada()
                stage.exchange.part()
                await asyncio.sleep(0.6)
                assert not ada.gone  # Its lease says that it lives.
                stage.lease = None
                await until(lambda: ada.gone)
                assert ada.closed == (members.RESTART, "moved")

        run(scene)

    def test_when_the_hub_parts_them_both_sides_end_it_though_the_lease_lives(
        self, hasty: None
    ) -> None:
        async def scene() -> None:
            async with staged() as stage:
                _link, ada = await stage.with_ada()
                stage.exchange.part()
                await until(lambda: ada.gone and not stage.room.members)
                assert await stage.here.ring(TEXT, SLUG, stage.owner.process) is None
                stage.exchange.heal()
                again = Seat("Ada")
                (await stage.link()).enter(again)
                await until(lambda: stage.room.members)

        run(scene)

    def test_a_quiet_line_stays(self, hasty: None) -> None:
        async def scene() -> None:
            async with staged() as stage:
                link, ada = await stage.link(), Seat("Ada")
                link.enter(ada)
                await asyncio.sleep(1.2)
                assert not ada.gone
                assert stage.room.members

        run(scene)

    def test_a_process_that_slept_does_not_blame_the_other(self, hasty: None) -> None:
        import time

        async def scene() -> None:
            async with staged() as stage:
                _link, ada = await stage.with_ada()
                time.sleep(0.8)  # The whole process stands still.
                await asyncio.sleep(0.3)
                assert not ada.gone
                assert stage.room.members

        run(scene)

    def test_a_link_nobody_uses_is_hung_up(
        self, hasty: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "LINGERS", 0.1)

        async def scene() -> None:
            async with staged() as stage:
                link = await stage.link()
                await until(lambda: link.gone)
                await until(lambda: not stage.there._edges)
                assert not stage.here._links

        run(scene)

    def test_a_room_that_closes_sends_everybody_on(self) -> None:
        async def scene() -> None:
            async with staged() as stage:
                link, ada = await stage.with_ada()
                stage.there.room_closed(stage.room)
                await until(lambda: ada.gone)
                assert link.gone
                assert stage.room.members == []

        run(scene)


class TestRinging:
    def test_who_does_not_own_the_text_says_so(self) -> None:
        async def scene() -> None:
            async with staged() as stage:
                stage.owns = False
                assert await stage.here.ring(TEXT, SLUG, stage.owner.process) is None
                stage.owns = True
                assert await stage.here.ring(TEXT, "another", stage.owner.process) is None

        run(scene)

    def test_a_process_that_is_gone_does_not_answer(self) -> None:
        async def scene() -> None:
            async with staged() as stage:
                assert await stage.here.ring(TEXT, SLUG, "0123456789abcdef") is None

        run(scene)

    def test_a_conversation_played_again_is_not_heard(self) -> None:
        async def scene() -> None:
            async with staged() as stage:
                link, ada = await stage.link(), Seat("Ada")
                link.enter(ada)
                link.take(ada, b"once")
                await until(lambda: stage.room.taken)
                recorded = list(stage.exchange.carried)
                for _, target, letter in recorded:
                    stage.exchange.hubs[target]._deliver(letter)
                await asyncio.sleep(0.05)
                assert stage.room.taken == [("Ada", b"once")]
                assert len(stage.room.members) == 1
                stage.here.hang_up(link)
                await until(lambda: not stage.room.members)
                for _, target, letter in recorded:
                    stage.exchange.hubs[target]._deliver(letter)
                await asyncio.sleep(0.05)
                assert stage.room.taken == [("Ada", b"once")]
                assert stage.room.members == []

        run(scene)

    def test_a_letter_that_is_none_disturbs_nobody(self) -> None:
        async def scene() -> None:
            async with staged() as stage:
                for letter in (b"", b"short", bytes(25), b"\x07" + bytes(24), b"\x01" + bytes(24)):
                    stage.owner._deliver(letter)
                await stage.with_ada()

        run(scene)


class TestLine:
    """The window of a line; the counting is tested above."""

    def pair(self) -> tuple[Line, list[bytes], list[str]]:
        posted: list[bytes] = []
        ended: list[str] = []
        return Line(b"n" * 16, posted.append, lambda words: None, ended.append), posted, ended

    def taken(self, line: Line, amount: int) -> None:
        """The other side tells how many bytes it has taken."""
        line.take(Kind.BEAT, 0, amount.to_bytes(8))

    def test_no_more_is_under_way_than_the_window(self) -> None:
        line, posted, ended = self.pair()
        part = b"x" * (lines.WINDOW // 4)
        for _ in range(10):
            line.say(part)
        assert len(posted) == 4
        assert line.owed == 6 * len(part)
        self.taken(line, len(part))
        assert len(posted) == 5
        self.taken(line, 5 * len(part))
        assert len(posted) == 9
        self.taken(line, 9 * len(part))
        assert (len(posted), line.owed, ended) == (10, 0, [])
        assert [lines.read(letter)[2] for letter in posted] == list(range(1, 11))

    def test_what_is_longer_than_the_window_goes_alone(self) -> None:
        line, posted, _ = self.pair()
        line.say(b"small")
        line.say(b"x" * (3 * lines.WINDOW))
        assert len(posted) == 1
        self.taken(line, 5)
        assert len(posted) == 2

    def test_a_reader_that_takes_nothing_ends_the_line(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(lines, "WAITING_AT_MOST", 10 * lines.WINDOW)
        line, _, ended = self.pair()
        for _ in range(13):
            line.say(b"x" * lines.WINDOW)
        assert ended == ["the other process takes too little"]
        assert line.owed == 0

    def test_much_that_is_taken_is_told_before_the_next_beat(self) -> None:
        line, posted, _ = self.pair()
        for number in range(1, 4):
            line.take(Kind.WORDS, number, b"x" * (lines.WINDOW // 4))
        told = [lines.read(letter) for letter in posted]
        assert [kind for kind, *_ in told] == [Kind.BEAT]
        assert int.from_bytes(told[0][3]) == 2 * (lines.WINDOW // 4)
