"""When this happens, do that: the one list of how rooms react to one another.

A lower room announces, a higher one reacts; neither knows the other.
"""

from __future__ import annotations

from folkmoot.commission import invitations as commission_invitations
from folkmoot.people import invitations as people_invitations
from folkmoot.people.invitations import Offer

OFFERS: dict[str, Offer] = {
    "office": Offer(people_invitations.take_up_office, people_invitations.describe_office),
    "seat": Offer(commission_invitations.take_seat, commission_invitations.describe_seat),
    "commission-office": Offer(
        commission_invitations.take_office, commission_invitations.describe_office
    ),
}
"""The first word of an invitation's purpose, and who answers when it is accepted."""


def connect() -> None:
    """Tell the rooms who answers. Called once, when all of them are loaded."""
    for word, offer in OFFERS.items():
        people_invitations.register(word, offer)
