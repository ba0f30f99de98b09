"""The servers that are measured, each started as its makers mean it to be, pinned to one core."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

from bench.coediting.document import Line, state

from folkmoot.live.tests import wire
from folkmoot.live.tests.nursery import end_with_parent

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TEXT, OTHER = "long", "short"


@cache
def node() -> str:
    """A Node that Hocuspocus runs on (22 or newer). `RuntimeError` when there is none."""
    # What is on the path may be a script that starts Node; the process measured is Node itself.
    ask = "console.log(process.versions.node.split('.')[0], process.execPath)"
    for candidate in (shutil.which("node"), str(ROOT / ".tools" / "node" / "bin" / "node")):
        if candidate and Path(candidate).exists():
            found = subprocess.run([candidate, "-e", ask], capture_output=True, text=True)
            major, _, path = found.stdout.strip().partition(" ")
            if found.returncode == 0 and int(major) >= 22:
                return path
    raise RuntimeError("Node 22 or newer is needed for the peers; bin/bench coediting fetches it.")


class Server:
    """A server that texts are opened at. `start` returns when it listens."""

    name = ""
    stores = True  # whether a text outlives the process
    acks = False  # whether writers are told what is durable
    lingers = 0.6  # seconds after which a text that everybody left is closed

    def __init__(self, folder: Path, port: int, core: int | None) -> None:
        self.folder, self.port, self.core = folder, port, core
        self.process: subprocess.Popen[bytes] | None = None
        self.log = folder / "log"

    # To be said by each.

    def command(self) -> list[str]:
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        return {}

    def address(self, text: str = TEXT) -> str:
        return f"ws://127.0.0.1:{self.port}/{text}"

    def headers(self, person: int) -> dict[str, str]:
        return {}

    def prefix(self, text: str) -> bytes:
        """What stands before every frame."""
        return b""

    def opening(self, text: str) -> list[bytes]:
        """Frames to send first."""
        return []

    def acknowledged(self, frame: bytes, at: int, before: int) -> int:
        """How many of a socket's edits are acknowledged after this frame; `before` as it was."""
        return before

    async def seed(self, made: dict[str, list[Line]]) -> None:
        """Bring the texts into being, through the front door."""
        from bench.coediting.people import Member

        for text, passages in made.items():
            update = state(passages)
            one = await Member.join(self, text, 0)
            one.send(wire.change(update))
            await asyncio.sleep(0.3)
            other = await Member.join(self, text, 1)
            await other.has(len(update) * 9 // 10)
            # A server that keeps nothing keeps the text while somebody is there; others store it
            # when the last one leaves.
            other.socket.close()
            if self.stores:
                one.socket.close()
        await asyncio.sleep(2.5 if self.stores else 0.1)

    # The same for all.

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        core = self.core
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                raise RuntimeError(f"Something listens on port {self.port} already.")

        def pin() -> None:
            end_with_parent()
            if core is not None:
                os.sched_setaffinity(0, {core})

        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command(),
                env=os.environ | self.environment(),
                cwd=ROOT,
                stdout=log,
                stderr=log,
                preexec_fn=pin,
                start_new_session=True,
            )
        self.wait()

    def wait(self, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process is not None and self.process.poll() is not None:
                raise RuntimeError(f"{self.name} ended at once:\n{self.log.read_text()[-2000:]}")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.01)
        raise RuntimeError(f"{self.name} does not listen.")

    def stop(self) -> None:
        """Ask it to end, as a deploy does."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.kill()
        self.process = None

    def kill(self) -> None:
        """End it in the middle of whatever it does."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def cpu(self) -> float:
        """Seconds of processor time so far."""
        fields = self._proc("stat").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Resident memory, in MiB."""
        for line in self._proc("status").splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        return 0.0

    def _proc(self, name: str) -> str:
        assert self.process is not None
        return Path(f"/proc/{self.process.pid}/{name}").read_text()


class YWebsocket(Server):
    """y-websocket 2.1.0's own server, which keeps texts in memory."""

    name = "y-websocket"
    stores = False

    def command(self) -> list[str]:
        return [node(), str(HERE / "node_modules" / "y-websocket" / "bin" / "server.cjs")]

    def environment(self) -> dict[str, str]:
        return {"HOST": "127.0.0.1", "PORT": str(self.port)}


class YWebsocketLevel(YWebsocket):
    """The same with the LevelDB store that it offers."""

    name = "y-websocket + LevelDB"
    stores = True

    def environment(self) -> dict[str, str]:
        return super().environment() | {"YPERSISTENCE": str(self.folder / "level")}


class Hocuspocus(Server):
    """@hocuspocus/server with its SQLite store, as it comes: stored 2 s after the last edit."""

    name = "Hocuspocus"
    acks = True
    debounce: int | None = None

    def command(self) -> list[str]:
        command = [node(), str(HERE / "hocuspocus.mjs"), str(self.port)]
        command.append(str(self.folder / "texts.sqlite"))
        return command if self.debounce is None else [*command, str(self.debounce)]

    def environment(self) -> dict[str, str]:
        return {"NODE_ENV": "production"}

    def address(self, text: str = TEXT) -> str:
        return f"ws://127.0.0.1:{self.port}/"

    def prefix(self, text: str) -> bytes:
        return wire.varbytes(text.encode())

    def opening(self, text: str) -> list[bytes]:
        return [wire.varuint(wire.AUTH) + wire.varuint(0) + wire.varbytes(b"bench")]

    def acknowledged(self, frame: bytes, at: int, before: int) -> int:
        # 8: “your change is in”, said once for each sync frame of this socket that changed things.
        return before + 1 if frame[at] == 8 and frame[at + 1] == 1 else before


class Hocuspocus0(Hocuspocus):
    """The same, told to store at every edit."""

    name = "Hocuspocus, debounce 0"
    debounce = 0


class Folkmoot(Server):
    """Ours: uvicorn with the whole application, on SQLite or PostgreSQL."""

    name = "Folkmoot"
    acks = True
    lingers = 8.0

    def __init__(
        self, folder: Path, port: int, core: int | None, database: str = "", valkey: str = ""
    ) -> None:
        super().__init__(folder, port, core)
        self.database, self.valkey = database, valkey
        self.cookies: list[str] = []
        self.sampling: Path | None = None

    def command(self) -> list[str]:
        command = [sys.executable, "-m", "bench.coediting.serving", str(self.port)]
        return command if self.sampling is None else [*command, "--sample", str(self.sampling)]

    def environment(self) -> dict[str, str]:
        return {
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
            "FOLKMOOT_DEMO": "yes",
            "FOLKMOOT_DATA_DIR": str(self.folder / "data"),
            "FOLKMOOT_URL": f"http://127.0.0.1:{self.port}",
            "FOLKMOOT_DATABASE_URL": self.database,
            "FOLKMOOT_VALKEY_URL": self.valkey,
            "DJANGO_SETTINGS_MODULE": "folkmoot.config.settings",
        }

    def address(self, text: str = TEXT) -> str:
        return f"ws://127.0.0.1:{self.port}/live/text/{text}/"

    def headers(self, person: int) -> dict[str, str]:
        return {
            "Cookie": self.cookies[person % len(self.cookies)],
            "Origin": f"http://127.0.0.1:{self.port}",
        }

    def acknowledged(self, frame: bytes, at: int, before: int) -> int:
        return wire.read_varuint(frame, at + 1)[0] if frame[at] == wire.ACK else before

    def prepare(self, made: dict[str, list[Line]], seats: int = 15, stances: float = 0.3) -> None:
        """The database, a commission of these seats, and the texts as passages in it.

        `stances` is the share of passages on which every seat has accepted the words.
        """
        import json

        self.folder.mkdir(parents=True, exist_ok=True)
        asked = {
            "seats": seats,
            "stances": stances,
            "texts": {
                text: [[line.kind, line.depth, line.words] for line in passages]
                for text, passages in made.items()
            },
        }
        found = subprocess.run(
            [sys.executable, "-m", "bench.coediting.commission"],
            input=json.dumps(asked),
            env=os.environ | self.environment(),
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        if found.returncode:
            raise RuntimeError(f"The commission could not be made:\n{found.stderr[-3000:]}")
        self.cookies = found.stdout.split()

    async def seed(self, made: dict[str, list[Line]]) -> None:
        """The texts are in the database already; opening them once makes live texts of them."""
        from bench.coediting.people import Member

        for text in made:
            one = await Member.join(self, text, 0)
            await one.has(1)
            one.socket.close()
        await asyncio.sleep(1)
