"""All tests, in the order in which failures are cheapest to see; what `bin/test` runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from tests import servers

FRONTEND = Path(__file__).parents[1] / "frontend"
WITH_DATABASE = [
    f"src/folkmoot/{room}"
    for room in ("ledger", "search", "notify", "branches", "people", "commission", "review", "live")
]


def run(title: str, arguments: list[str], **variables: str) -> bool:
    """Run pytest once; returns whether all passed."""
    print(f"\n== {title}", flush=True)
    began = time.monotonic()
    command = [sys.executable, "-m", "pytest", *arguments]
    passed = subprocess.run(command, env=os.environ | variables, check=False).returncode == 0
    print(f"   {time.monotonic() - began:.0f} s", flush=True)
    return passed


def run_scripts() -> bool:
    """Run the tests of the editor, in Node; returns whether all passed."""
    print("\n== The editor, in Node", flush=True)
    began = time.monotonic()
    done = subprocess.run(["npm", "run", "--silent", "test"], cwd=FRONTEND, check=False)
    print(f"   {time.monotonic() - began:.0f} s", flush=True)
    return done.returncode == 0


def main() -> int:
    """Run everything that this machine can; returns the exit status."""
    passed, left_out = [], []
    workers = ["-n", "2"]
    if shutil.which("npm"):
        passed.append(run_scripts())
    else:
        left_out.append("the tests of the editor: there is no Node.")
    passed.append(run("Rules, documents, rooms and contracts, on SQLite", [
        *workers, "src", "tests/contracts",
    ]))  # fmt: skip
    with ExitStack() as running:
        try:
            database = running.enter_context(servers.postgresql())
        except RuntimeError as error:
            left_out.append(f"on PostgreSQL: {error}")
        else:
            passed.append(run("Rooms and contracts, on PostgreSQL", [
                *workers, "--create-db", *WITH_DATABASE, "tests/contracts",
            ], FOLKMOOT_DATABASE_URL=database))  # fmt: skip
        try:
            shared = running.enter_context(servers.valkey())
        except RuntimeError as error:
            left_out.append(f"with Valkey or Redis: {error}")
        else:
            # One worker: they would empty one another's cache.
            passed.append(run("Limits that several processes share, on Valkey or Redis", [
                "src/folkmoot/people/tests/test_sign_in.py",
            ], FOLKMOOT_VALKEY_URL=shared))  # fmt: skip
    if servers.chromium():
        passed.append(run("Journeys in a browser", ["tests/journeys"]))
    else:
        left_out.append("journeys: there is no Chromium; install the package chromium.")
    for line in left_out:
        print(f"NOT RUN, {line}")
    if not all(passed):
        print("bin/test: something failed; see above.")
        return 1
    print("bin/test: everything that was run has passed.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
