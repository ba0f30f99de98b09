"""Closing an account leaves the seats that were held."""

from __future__ import annotations

from folkmoot.commission.consent_log import reading
from folkmoot.commission.tests.cast import Cast
from folkmoot.people.closing import close_account
from folkmoot.people.models import Person


def test_who_closes_their_account_leaves_their_seat(story: Cast) -> None:
    assert story.ada.person is not None
    close_account(story.ada.person)
    story.ada.refresh_from_db()
    assert not story.ada.is_current
    with reading(story.text) as state:
        assert story.ada.key not in state.roster
    assert Person.objects.get(pk=story.ada.person_id).name == ""
    assert story.ada.public_name == "Ada", "what was published under the seat's name stays"
