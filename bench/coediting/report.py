"""The 60,000-word report, fifteen writers and 300 comments, for as many minutes as wanted: the test
of that name with more time."""

from __future__ import annotations

import os
import subprocess
import sys

from bench.coediting.servers import ROOT

TEST = "src/folkmoot/live/tests/test_fifteen_writers.py"


def write(minutes: float) -> int:
    """Gives the status of the test."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "--durations=1", TEST],
        cwd=ROOT,
        env=os.environ | {"FOLKMOOT_REPORT_MINUTES": str(minutes), "FOLKMOOT_DEMO": "yes"},
    ).returncode
