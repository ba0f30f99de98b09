"""Real servers for tests: PostgreSQL and Valkey or Redis, on free ports, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def free_port() -> int:
    """A port on the loopback that nobody listens to at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def find(*names: str) -> str | None:
    """The first of these programs there is: on the path, or where Debian keeps PostgreSQL."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    path = os.pathsep.join([os.environ.get("PATH", ""), *map(str, folders)])
    return next((found for name in names if (found := shutil.which(name, path=path))), None)


def chromium() -> str | None:
    """The browser for journeys."""
    return find("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def _unprivileged() -> dict[str, object]:
    """PostgreSQL refuses to run as root; then somebody else must own it."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    return {"user": next(name for name in ("postgres", "nobody") if name in names)}


def _wait_for(port: int, process: subprocess.Popen[bytes], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"The server ended at once, with status {process.returncode}.")
        with socket.socket() as probe:
            probe.settimeout(0.5)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"Nothing listens on port {port} after {seconds} seconds.")


@contextmanager
def postgresql(*, durable: bool = False) -> Iterator[str]:
    """A PostgreSQL server of our own; gives its URL. `RuntimeError` when there is none to start.

    It does not wait for the disk unless it is to be `durable`.
    """
    initdb, postgres = find("initdb"), find("postgres")
    if not (initdb and postgres):
        raise RuntimeError("PostgreSQL is not installed.")
    with tempfile.TemporaryDirectory(prefix="folkmoot-pg-") as folder:
        who, data = _unprivileged(), Path(folder) / "data"
        Path(folder).chmod(0o755)
        data.mkdir(mode=0o700)
        if who:
            shutil.chown(data, user=str(who["user"]))
        subprocess.run(
            [initdb, "-D", str(data), "-U", "folkmoot", "-A", "trust", "-E", "UTF8", "--locale=C"],
            check=True, stdout=subprocess.DEVNULL, cwd="/", **who,  # type: ignore[call-overload]
        )  # fmt: skip
        port = free_port()
        settings = [
            *([] if durable else ["fsync=off", "full_page_writes=off"]),
            "max_connections=60",
            "shared_buffers=64MB",
        ]
        process = subprocess.Popen(
            [postgres, "-D", str(data), "-h", "127.0.0.1", "-p", str(port), "-k", "",
             *(part for setting in settings for part in ("-c", setting))],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", **who,  # type: ignore[call-overload]
        )  # fmt: skip
        try:
            _wait_for(port, process)
            _until_ready(port)
            yield f"postgresql://folkmoot@127.0.0.1:{port}/postgres"
        finally:
            process.terminate()
            process.wait(20)


def _until_ready(port: int) -> None:
    import psycopg

    for _ in range(100):
        try:
            psycopg.connect(
                f"host=127.0.0.1 port={port} user=folkmoot dbname=postgres connect_timeout=2"
            ).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("PostgreSQL does not become ready.")


@contextmanager
def valkey() -> Iterator[str]:
    """A Valkey or Redis server of our own; gives its URL. `RuntimeError` when there is none."""
    program = find("valkey-server", "redis-server")
    if not program:
        raise RuntimeError("Neither Valkey nor Redis is installed.")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="folkmoot-valkey-") as folder:
        process = subprocess.Popen(
            [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder],
            stdout=subprocess.DEVNULL,
        )
        try:
            _wait_for(port, process)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.terminate()
            process.wait(10)
