"""Running pandoc as a stranger would be let in: one room, no keys, an hourglass.

pandoc gets an empty environment, a temporary directory of its own, `--sandbox` (it reads nothing
but its standard input and has no network), a heap limit of its own (`+RTS -M`), limits from the
kernel, and a wall clock after which the whole process group is killed.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import tempfile
import time
from functools import cache
from typing import Any, Final

import pypandoc

from folkmoot.documents.limits import Limits
from folkmoot.documents.refusal import Refusal

NURSERY: Final = "-A32m"
"""A larger nursery for the garbage collector: a third of pandoc's time saved on a long report."""
HEAP_EXHAUSTED: Final = 251
"""The exit status of a Haskell program that reached its `-M` limit."""


@cache
def program() -> str:
    """The path of the pandoc that came with our own packages."""
    return str(pypandoc.get_pandoc_path())


def read(source: bytes, source_format: str, limits: Limits) -> dict[str, Any]:
    """The document as pandoc's syntax tree (`blocks`, `meta`).

    `source_format` is a pandoc reader with its extensions. Raises `Refusal` when pandoc fails,
    takes too long or wants too much memory.
    """
    output = run(["--from", source_format, "--to", "json"], source, limits)
    try:
        tree = json.loads(output)
    except RecursionError:
        raise too_deep() from None
    except ValueError:
        raise Refusal(
            "reader", "This file could not be read: its contents are damaged. Save it again."
        ) from None
    if not isinstance(tree, dict):
        raise Refusal("reader", "This file could not be read: its contents are damaged.")
    return tree


def too_deep() -> Refusal:
    return Refusal(
        "too-deep",
        "This file nests lists, tables or boxes inside one another too deeply to be read.",
    )


def run(arguments: list[str], source: bytes, limits: Limits) -> bytes:
    """Standard output of pandoc for `source` on its standard input."""
    heap = max(64, limits.memory_bytes // 1_000_000)
    command = [
        *_fences(limits),
        program(),
        "+RTS",
        f"-M{heap}m",
        NURSERY,
        "-RTS",
        "--sandbox",
        "--data-dir=.",
        *arguments,
    ]
    with (
        tempfile.TemporaryDirectory(prefix="folkmoot-pandoc-") as room,
        tempfile.TemporaryFile(dir=room) as stdin,
        tempfile.TemporaryFile(dir=room) as stdout,
        tempfile.TemporaryFile(dir=room) as stderr,
    ):
        stdin.write(source)
        stdin.seek(0)
        process = subprocess.Popen(  # noqa: S603 - a fixed program, no shell, no words of users
            command,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            cwd=room,
            env={"LANG": "C.UTF-8", "HOME": room},
            start_new_session=True,
            close_fds=True,
        )
        status = _wait(process, limits.seconds)
        stderr.seek(0)
        complaint = stderr.read(20_000).decode("utf-8", "replace")
        if status is None:
            raise Refusal(
                "too-slow",
                f"Reading this file took more than {limits.seconds:g} seconds and was stopped. "
                "Split it into parts and import them one by one.",
            )
        if status != 0:
            raise _refusal(status, complaint)
        stdout.seek(0)
        return stdout.read()


def _wait(process: subprocess.Popen[bytes], seconds: float) -> int | None:
    """The exit status, or None when the clock ran out and the process group was killed."""
    deadline = time.monotonic() + seconds
    try:
        return process.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        return None
    finally:
        # Also when an exception passes through: nothing of ours outlives the call.
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _fences(limits: Limits) -> list[str]:
    """A small shell that sets the kernel's limits and then becomes the program it is given.

    A shell rather than a Python function between fork and exec, which may hang in a server with
    threads. The address space is larger than the heap: the program itself is mapped too, and a
    copying collector needs room for two heaps. Where a system knows no such limit, the heap limit
    still holds.
    """
    address_space = (3 * limits.memory_bytes + 1_000_000_000) // 1024
    return [
        "/bin/sh",
        "-c",
        "ulimit -c 0; ulimit -n 64; "
        f"ulimit -f {limits.output_bytes // 512}; ulimit -t {int(limits.seconds) + 2}; "
        f'ulimit -v {address_space} 2>/dev/null; exec "$@"',
        "folkmoot-import",
    ]


def _refusal(status: int, complaint: str) -> Refusal:
    low = complaint.lower()
    if status in (HEAP_EXHAUSTED, -signal.SIGABRT) or "heap exhausted" in low or "memory" in low:
        return Refusal(
            "too-much-memory",
            "Reading this file needs more memory than an import may use. "
            "Split it into parts and import them one by one.",
        )
    if "stack" in low:
        return too_deep()
    if status in (-signal.SIGXFSZ, -signal.SIGXCPU, -signal.SIGKILL):
        return Refusal("too-slow", "Reading this file needs more time than an import may take.")
    return Refusal(
        "reader",
        "This file could not be read: its contents are damaged. "
        "Open it in the program that made it, save it again, and import that.",
    )
