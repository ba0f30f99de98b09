"""When this happens, do that: the one list of how rooms react to one another.

A lower room announces, a higher one reacts; neither knows the other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from folkmoot.commission import invitations as commission_invitations
from folkmoot.people import invitations as people_invitations

ACCEPTED_INVITATIONS: dict[str, Callable[..., Any]] = {
    "office": people_invitations.take_up_office,
    "seat": commission_invitations.take_seat,
    "commission-office": commission_invitations.take_office,
}
"""The first word of an invitation's purpose, and who answers when it is accepted."""
