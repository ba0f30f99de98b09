from __future__ import annotations

import pytest

from folkmoot.commission.tests.cast import Cast, cast


@pytest.fixture
def story(db: object) -> Cast:
    """The small commission, private first, all must agree."""
    return cast()
