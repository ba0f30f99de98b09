from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from folkmoot.algorithms import consent
from folkmoot.algorithms.consent.tests.scenarios import SCENARIOS


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_story(scenario: Callable[[Any], None]) -> None:
    scenario(consent)
