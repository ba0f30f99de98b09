"""Presence: bound to its connection, told as who one is, gone with the one who leaves."""

from __future__ import annotations

import json

import pytest

from folkmoot.live import limits
from folkmoot.live.frames import Entry
from folkmoot.live.member import Admitted, Member, Who
from folkmoot.live.presence import Presence


class Somebody(Member):
    def __init__(self, number: int, name: str) -> None:
        super().__init__(Admitted(1, "t", f"s{number}", Who(number, f"k{number}", name), True))
        self.ended = False

    @property
    def gone(self) -> bool:
        return self.ended

    def deliver(self, frame: bytes) -> None: ...

    def close(self, code: int, reason: str = "") -> None:
        self.ended = True


@pytest.fixture
def clock() -> list[float]:
    return [0.0]


@pytest.fixture
def presence(clock: list[float]) -> Presence:
    return Presence(lambda: clock[0])


ADA, BEA = Somebody(1, "Ada"), Somebody(2, "Bea")


@pytest.fixture(autouse=True)
def people() -> tuple[Somebody, Somebody]:
    global ADA, BEA
    ADA, BEA = Somebody(1, "Ada"), Somebody(2, "Bea")
    return ADA, BEA


def at(client: int, clock: int, **state: object) -> Entry:
    return Entry(client, clock, json.dumps(state))


def test_the_person_is_always_the_one_who_signed_in(presence: Presence) -> None:
    presence.take(ADA, [at(7, 1, user={"name": "The Queen"}, at={"passage": "x"})])
    [entry] = presence.gathered()
    shown = json.loads(entry.state)
    assert shown["user"] == {"key": "k1", "name": "Ada", "colour": ADA.who.colour}
    assert shown["at"] == {"passage": "x"}


def test_nobody_speaks_for_another(presence: Presence) -> None:
    presence.take(ADA, [at(7, 1)])
    presence.gathered()
    assert not presence.take(BEA, [at(7, 2, at="stolen")])
    assert not presence.take(BEA, [at(8, 1), at(9, 1)])
    assert [entry.client for entry in presence.everybody()] == [7]


def test_one_who_comes_back_takes_their_id_along(presence: Presence) -> None:
    presence.take(ADA, [at(7, 1)])
    again = Somebody(1, "Ada")
    assert presence.take(again, [at(7, 2)])
    presence.gathered()
    assert not presence.leave(ADA), "the connection that ended has nothing more to take away"
    assert [entry.client for entry in presence.everybody()] == [7]


def test_only_the_newest_is_sent_and_only_once(presence: Presence) -> None:
    presence.take(ADA, [at(7, 1, n=1)])
    presence.take(ADA, [at(7, 2, n=2)])
    presence.take(ADA, [at(7, 1, n=3)])
    assert [entry.clock for entry in presence.gathered()] == [2]
    assert presence.gathered() == []


def test_whoever_leaves_is_taken_away_with_a_newer_clock(presence: Presence) -> None:
    presence.take(ADA, [at(7, 5)])
    presence.gathered()
    assert presence.leave(ADA)
    assert presence.gathered() == [Entry(7, 6, "null")]
    assert presence.everybody() == []
    assert presence.take(BEA, [at(7, 1)]), "the id is free"


def test_whoever_falls_silent_is_taken_away(presence: Presence, clock: list[float]) -> None:
    presence.take(ADA, [at(7, 1)])
    presence.take(BEA, [at(8, 1)])
    presence.gathered()
    clock[0] = limits.FORGET - 1
    presence.take(BEA, [at(8, 2)])
    presence.gathered()
    clock[0] = limits.FORGET + 1
    assert presence.prune()
    assert [entry.client for entry in presence.gathered()] == [7]
    assert presence.take(ADA, [at(7, 9)]), "they may show themselves again"


@pytest.mark.parametrize(
    "state",
    ["[]", "7", "{", '{"a":NaN}', '{"a":1e999}', '{"a":"' + "x" * 1100 + '"}', "[" * 1000],
)
def test_a_state_that_is_none_is_left_aside(presence: Presence, state: str) -> None:
    assert not presence.take(ADA, [Entry(7, 1, state)])


def test_a_state_that_is_no_text_can_be_sent(presence: Presence) -> None:
    presence.take(ADA, [Entry(7, 1, '{"a":"\\ud800"}')])
    [entry] = presence.gathered()
    assert json.loads(entry.state)["a"] == "\ud800"
    entry.state.encode()


def test_one_connection_speaks_for_few_ids(presence: Presence) -> None:
    for client in range(100):
        presence.take(ADA, [at(client, 1)])
    assert len(presence.everybody()) == limits.CLIENTS
