"""The names of processes, by which one on the same machine can be seen to have died.

A name is a random part, which no other process ever has, and where the process runs: the numbering
of processes it belongs to (a boot of a machine, a container), its number there and when it began.
Where that cannot be told, as on another machine, nobody is taken for dead.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

_PROC = Path("/proc")


def new_name() -> str:
    """A name for this process; every call gives another one."""
    began = _began(os.getpid())
    where = f"{_numbering()}-{os.getpid()}-{began}" if began else "anywhere"
    return f"{secrets.token_hex(8)}-{where}"


def has_died(name: str) -> bool:
    """Whether the process of that name certainly lives no more."""
    parts = name.split("-")
    if len(parts) != 4 or not parts[1] or parts[1] != _numbering() or not parts[2].isdigit():
        return False
    return _began(int(parts[2])) != parts[3]


def _numbering() -> str:
    """What processes are numbered in: this boot of this machine, and in it this container."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text()
        space = os.readlink(_PROC / "self/ns/pid")
    except OSError:
        return ""
    return hashlib.sha256(f"{boot} {space}".encode()).hexdigest()[:12]


def _began(number: int) -> str:
    """When the process of that number began, in the machine's ticks; "" when there is none."""
    try:
        line = (_PROC / str(number) / "stat").read_text()
    except OSError:
        return ""
    # The name of the program, in brackets, may hold anything.
    fields = line.rpartition(")")[2].split()
    return "" if fields[0] in "ZX" else fields[19]
