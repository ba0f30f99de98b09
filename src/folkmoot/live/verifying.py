"""Whether a snapshot holds what the document holds: loaded anew, in a process of its own.

    python -m folkmoot.live.verifying < state

reads a state and writes the fingerprint of what it means. A process of its own, since reading a
whole text takes long enough to be felt by those who write, and since bytes that break the library
must not break the room.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys

from .document.paper import Paper

PATIENCE = 60.0
"""Seconds that reading a text may take."""


class Unreadable(RuntimeError):
    """The state could not be read; the message says what happened."""


def fingerprint(paper: Paper) -> str:
    """One digest for the order, the words and the labels of all passages, and for the variants."""
    whole = hashlib.sha256()
    for name in paper.order:
        whole.update(f"{name} {paper.label(name)}\n".encode())
    for name, wording in sorted(paper.passages.items()):
        whole.update(f"{name} {wording.digest}\n".encode())
    for name, (of, wording) in sorted(paper.variants.items()):
        whole.update(f"{name} {of} {wording.digest}\n".encode())
    return whole.hexdigest()


def fingerprint_elsewhere(state: bytes) -> str:
    """The fingerprint of a state as another process reads it. Waits for it."""
    try:
        done = subprocess.run(  # noqa: S603 (our own module, by the interpreter that runs us)
            [sys.executable, "-m", __name__],
            input=state,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise Unreadable(str(error)) from error
    if done.returncode:
        raise Unreadable(done.stderr.decode(errors="replace")[-500:])
    return done.stdout.decode().strip()


def main() -> None:
    """Read a state and write its fingerprint."""
    paper = Paper(sys.stdin.buffer.read())
    sys.stdout.write(fingerprint(paper))


if __name__ == "__main__":
    main()
