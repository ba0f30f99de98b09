"""What other rooms show on a branch's page.

A higher room adds a panel; this room knows none of them.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.utils.safestring import SafeString

from folkmoot.branches.models import Branch

type Panel = Callable[[HttpRequest, Branch], SafeString]
"""Draws a section for the branch as the visitor may see it; empty when there is nothing."""

_panels: dict[str, Panel] = {}


def show(name: str, panel: Panel) -> None:
    """Add a panel to the page of every branch. Adding one of the same name replaces it."""
    _panels[name] = panel


def drawn(request: HttpRequest, branch: Branch) -> list[SafeString]:
    """All panels that have something to show, in the order in which they were added."""
    return [section for panel in _panels.values() if (section := panel(request, branch))]
