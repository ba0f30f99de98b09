"""A Yjs client on a socket, as small as it can be: what any client of the room does."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from pycrdt import Doc, XmlElement, XmlFragment, XmlText
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from folkmoot.live import frames

PATIENCE = 15.0


class Client:
    """One connection with a document of its own. It reads only while it waits for something."""

    def __init__(
        self,
        url: str,
        slug: str,
        cookie: str,
        *,
        origin: str | None = None,
        state: bytes = b"",
        sync: bool = True,
    ) -> None:
        self.doc: Doc[Any] = Doc()
        self.root = self.doc.get("prosemirror", type=XmlFragment)
        if state:
            self.doc.apply_update(state)
        self.notes: list[tuple[int, Any]] = []
        self.acked = 0
        self.seq = 0
        self.sent = 0
        self.synced = False
        self.code: int | None = None
        self.updates = 0
        self.present: dict[int, dict[str, Any]] = {}
        headers = {"Cookie": f"sessionid={cookie}"} if cookie else {}
        self._connecting = connect(
            f"{url.replace('http', 'ws', 1)}/live/text/{slug}/",
            additional_headers=headers,
            origin=url if origin is None else origin or None,  # type: ignore[arg-type]
            compression=None,
            max_size=None,
        )
        self.socket = self._connecting.__enter__()
        self._observer = self.doc.observe(lambda event: self._wrote(event.update))
        self._applying = False
        self._unsent: list[bytes] = []
        if sync:
            self.ask()

    def ask(self) -> None:
        """Ask for what is missing here."""
        self.send(frames.step1(self.doc.get_state()))

    def send(self, frame: bytes) -> None:
        # Whoever is being cut off learns why by reading on.
        with suppress(ConnectionClosed):
            self.socket.send(frame)

    def write(self, update: bytes) -> None:
        """Send an update and count it."""
        self.sent += 1
        self.send(frames.update(update))

    def passage(self, at: int) -> XmlElement:
        return list(self.root.children)[at]

    def words(self, at: int) -> XmlText:
        return next(iter(self.passage(at).children))

    def type(self, at: int, words: str, place: int = 0) -> None:
        """Type into the text of a passage; what came of it is sent."""
        self.words(at).insert(place, words)
        self.flush()

    def flush(self) -> None:
        """Send what was written here since the last time."""
        unsent, self._unsent = self._unsent, []
        for update in unsent:
            self.write(update)

    def read(self, timeout: float = 0.05) -> bool:
        """Take in one frame; False when none came."""
        try:
            data = self.socket.recv(timeout=timeout)
        except TimeoutError:
            return False
        except ConnectionClosed as closed:
            self.code = closed.rcvd.code if closed.rcvd else 1006
            return False
        assert isinstance(data, bytes)
        self._take(data)
        return True

    def until(self, condition: Callable[[], Any], what: str = "") -> None:
        """Read until something holds."""
        end = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > end or (self.code is not None and not condition()):
                raise AssertionError(
                    f"never came: {what or condition}; code={self.code} notes={self.notes[-5:]}"
                )
            self.read()

    def settle(self) -> None:
        """Send what was written and wait until it is acknowledged."""
        self.flush()
        self.until(lambda: self.acked >= self.sent, f"{self.sent} acknowledged of {self.acked}")

    def closed(self) -> int:
        """Wait for the connection to be closed; gives the code."""
        end = time.monotonic() + PATIENCE
        while self.code is None and time.monotonic() < end:
            self.read()
        assert self.code is not None, "the connection stays open"
        return self.code

    def said(self, kind: int) -> list[Any]:
        """The bodies of all frames of a type of ours that have come."""
        return [body for one, body in self.notes if one == kind]

    def codes(self) -> list[str]:
        """The codes of the notices that have come."""
        return [body["code"] for body in self.said(frames.NOTICE)]

    def plain(self) -> list[str]:
        """The words of every passage, in order."""
        return ["".join(str(text) for text in node.children) for node in self.root.children]

    def close(self) -> None:
        self.socket.close()

    def _wrote(self, update: bytes) -> None:
        if not self._applying:
            self._unsent.append(update)

    def _take(self, data: bytes) -> None:
        kind, at = frames.varuint(data, 0)
        if kind == frames.ACK:
            self.acked, at = frames.varuint(data, at)
            self.seq, at = frames.varuint(data, at)
            assert at == len(data)
            return
        frame = frames.read(data, entries=10_000) if kind < 100 else None
        match frame:
            case frames.Step1(vector):
                missing = self.doc.get_update(vector)
                if missing != frames.EMPTY_UPDATE:
                    self.sent += 1
                    self._unsent.clear()
                self.send(frames.step2(missing))
            case frames.Written(update, whole):
                self._applying = True
                self.doc.apply_update(update)
                self._applying = False
                self.synced = self.synced or whole
                self.updates += not whole
            case frames.Awareness(entries):
                for entry in entries:
                    state = json.loads(entry.state)
                    if state is None:
                        self.present.pop(entry.client, None)
                    else:
                        self.present[entry.client] = state
            case None:
                length, at = frames.varuint(data, at)
                self.notes.append((kind, json.loads(data[at : at + length])))
