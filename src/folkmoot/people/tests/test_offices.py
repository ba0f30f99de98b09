"""Offices begin and end, and every change is recorded."""

from __future__ import annotations

import pytest
from django.db import connection

from folkmoot.conftest import Cast
from folkmoot.ledger.models import Stream
from folkmoot.people.models import LastAdministrator, Office, Person
from folkmoot.people.organisation import STREAM


def acts() -> list[tuple[str, str]]:
    stream = Stream.objects.get(key=STREAM)
    assert stream.broken() is None
    return [(entry.act, entry.actor) for entry in stream.entries.order_by("seq")]


def test_giving_an_office_is_recorded_with_who_gave_it(cast: Cast) -> None:
    before = len(acts())
    office, new = Office.give(cast.nina, Office.Kind.BRANCH_CHAIR, by=cast.wen, branch=cast.norfolk)
    assert new
    assert str(office) == "Branch chair, North Norfolk"
    assert acts()[before:] == [("office.given", cast.wen.actor)]


def test_giving_what_is_held_changes_nothing(cast: Cast) -> None:
    before = acts()
    _office, new = Office.give(cast.dorothy, Office.Kind.MEMBER, by=cast.wen)
    assert not new
    assert acts() == before
    assert cast.dorothy.offices.count() == 1


def test_an_ended_office_stays_as_history_and_gives_no_rights(cast: Cast) -> None:
    office = cast.leila.offices.get(kind=Office.Kind.BRANCH_SECRETARY)
    office.end(by=cast.wen)
    leila = Person.objects.get(pk=cast.leila.pk)
    assert office.ended is not None
    assert [o.kind for o in leila.current_offices] == [Office.Kind.MEMBER]
    assert leila.offices.count() == 2
    assert acts()[-1] == ("office.ended", cast.wen.actor)


def test_ending_twice_keeps_the_first_end(cast: Cast) -> None:
    office = cast.leila.offices.get(kind=Office.Kind.BRANCH_SECRETARY)
    office.end(by=cast.wen)
    first, recorded = office.ended, acts()
    office.end(by=cast.wen)
    assert office.ended == first
    assert acts() == recorded


def test_the_last_administrator_cannot_let_go(cast: Cast) -> None:
    office = cast.wen.offices.get(kind=Office.Kind.ADMINISTRATOR)
    with pytest.raises(LastAdministrator):
        office.end(by=cast.wen)
    Office.give(cast.leila, Office.Kind.ADMINISTRATOR, by=cast.wen)
    office.end(by=cast.wen)
    assert office.ended is not None


def test_current_offices_are_asked_for_once(cast: Cast) -> None:
    person = Person.objects.get(pk=cast.leila.pk)
    with connection.execute_wrapper(_counting(counted := [])):
        assert len(person.current_offices) == len(person.current_offices) == 2
        assert {str(office) for office in person.current_offices} == {
            "Branch secretary, Sheffield Hallam",
            "Member",
        }
    assert len(counted) == 1


def _counting(counted: list[str]):  # type: ignore[no-untyped-def]
    def wrapper(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        counted.append(sql)
        return execute(sql, params, many, context)

    return wrapper
