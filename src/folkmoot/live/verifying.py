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
from collections.abc import Mapping
from dataclasses import dataclass

from folkmoot.algorithms.wording import Wording

from .document.paper import Paper

PATIENCE = 60.0
"""Seconds that reading a text may take."""


class Unreadable(RuntimeError):
    """The state could not be read; the message says what happened."""


@dataclass(frozen=True)
class Contents:
    """What a document says: order, words and labels of the passages, and the variants. Values
    only, so that any thread may look at them."""

    order: tuple[str, ...]
    labels: tuple[str, ...]
    passages: Mapping[str, Wording]
    variants: Mapping[str, tuple[str, Wording]]

    @classmethod
    def of(cls, paper: Paper) -> Contents:
        """What this document says now."""
        order = paper.order
        labels = tuple(paper.label(name) for name in order)
        return cls(order, labels, paper.passages, paper.variants)

    def fingerprint(self) -> str:
        """One digest for all of it."""
        whole = hashlib.sha256()
        for name, label in zip(self.order, self.labels, strict=True):
            whole.update(f"{name} {label}\n".encode())
        for name, wording in sorted(self.passages.items()):
            whole.update(f"{name} {wording.digest}\n".encode())
        for name, (of, wording) in sorted(self.variants.items()):
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
    sys.stdout.write(Contents.of(paper).fingerprint())


if __name__ == "__main__":
    main()
