"""When this happens, do that: the one list of how rooms react to one another.

A lower room announces, a higher one reacts; neither knows the other.
"""

from __future__ import annotations

from collections.abc import Callable

from folkmoot.commission import doors
from folkmoot.commission import invitations as commission_invitations
from folkmoot.commission.leaving import leave_seats
from folkmoot.live.doors import open_doors as open_live
from folkmoot.people import invitations as people_invitations
from folkmoot.people.closing import before_closing
from folkmoot.people.invitations import Offer
from folkmoot.people.models import Person
from folkmoot.review.doors import open_doors as open_review

OFFERS: dict[str, Offer] = {
    "office": Offer(people_invitations.take_up_office, people_invitations.describe_office),
    "seat": Offer(commission_invitations.take_seat, commission_invitations.describe_seat),
    "commission-office": Offer(
        commission_invitations.take_office, commission_invitations.describe_office
    ),
}
"""The first word of an invitation's purpose, and who answers when it is accepted."""

BEFORE_CLOSING: dict[str, Callable[[Person], None]] = {"commission": leave_seats}
"""What a room does before somebody's account is closed."""

DOORS = [open_live, open_review]
"""Who opens doors on the pages of a text, in this order."""


def connect() -> None:
    """Tell the rooms who answers. Called once, when all of them are loaded."""
    for word, offer in OFFERS.items():
        people_invitations.register(word, offer)
    for room, act in BEFORE_CLOSING.items():
        before_closing(room, act)
    for opener in DOORS:
        doors.register(opener)
