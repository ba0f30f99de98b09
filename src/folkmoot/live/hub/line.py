"""A line between two processes: letters in both directions, counted, with an end to both patience
and memory.

A hub loses letters when the service behind it is away or a process reads too slowly. A line does
not mend that: it notices, and ends. Each letter has a number; a number that is missing ends the
line, and so does a beat that tells of letters that never came, or silence. Whoever stood on the
line begins anew, which a live document is made for.

A line never sends more than a window of bytes that the other side has not taken, so that a crowd
that opens a long text together does not overflow the service, which would cut the slow process off.

The name of a line is made by both ends, half each, so a letter that was recorded earlier and is
played again fits no line.
"""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Callable
from enum import IntEnum
from time import monotonic
from typing import Final

NAME: Final = 16
"""Bytes of a line's name: eight chosen by the end that rings, eight by the end that answers."""
WINDOW: Final = 2 * 1024 * 1024
"""Bytes that may be under way in one direction. A longer letter goes alone."""
WAITING_AT_MOST: Final = 64 * 1024 * 1024
"""Bytes that may wait for the window; more ends the line."""
BEATS_EVERY: Final = 0.5
"""Seconds between beats."""
_HEAD: Final = struct.Struct(">B16sQ")
_TAKEN: Final = struct.Struct(">Q")


class Kind(IntEnum):
    """What a letter on a line is. The first two of the list are not on a line yet."""

    RING = 1
    ANSWER = 2
    WORDS = 3
    BEAT = 4
    END = 5


def write(kind: Kind, name: bytes, number: int, body: bytes = b"") -> bytes:
    """A letter as it travels."""
    return _HEAD.pack(kind, name, number) + body


def read(letter: bytes) -> tuple[Kind, bytes, int, bytes]:
    """Kind, line, number and body. Raises `ValueError` for what is no letter."""
    if len(letter) < _HEAD.size:
        raise ValueError("The letter is too short.")
    kind, name, number = _HEAD.unpack_from(letter)
    return Kind(kind), name, number, letter[_HEAD.size :]


class Line:
    """One end of a line.

    `post` takes a letter for the other process; `words` is given what comes, in order; `ended` is
    called once, with the reason, when the line ends from this side or the other, but not by `end`.
    """

    def __init__(
        self,
        name: bytes,
        post: Callable[[bytes], None],
        words: Callable[[bytes], None],
        ended: Callable[[str], None],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.name = name
        self._post, self._words, self._ended, self._clock = post, words, ended, clock
        self._said = self._heard = 0  # letters
        self._out = self._out_taken = 0  # bytes sent, and those the other side says it took
        self._in = self._in_told = 0  # bytes taken, and those we told of
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._last = clock()
        self.open = True

    @property
    def silent(self) -> float:
        """Seconds since anything was heard."""
        return self._clock() - self._last

    @property
    def owed(self) -> int:
        """Bytes that wait here because the other side has not taken earlier ones."""
        return self._waiting_bytes

    def say(self, words: bytes) -> None:
        """Send words after all that were said before."""
        if not self.open:
            return
        if self._waiting or not self._may_send(len(words)):
            self._waiting.append(words)
            self._waiting_bytes += len(words)
            if self._waiting_bytes > WAITING_AT_MOST:
                self.fail("the other process takes too little")
            return
        self._send(words)

    def take(self, kind: Kind, number: int, body: bytes) -> None:
        """What came for this line."""
        if not self.open:
            return
        self._last = self._clock()
        if kind is Kind.WORDS:
            if number <= self._heard:
                return  # Played again by somebody; the first time counted.
            if number != self._heard + 1:
                self.fail("words were lost")
                return
            self._heard = number
            self._in += len(body)
            self._words(body)
            if self._in - self._in_told > WINDOW // 4:
                self.beat()
        elif kind is Kind.BEAT:
            if number > self._heard:
                self.fail("words were lost")
                return
            self._out_taken = max(self._out_taken, _TAKEN.unpack(body)[0])
            self._send_waiting()
        elif kind is Kind.END:
            self._over(body.decode(errors="replace"))

    def forgive(self) -> None:
        """Begin the silence anew: it was we who did not listen."""
        self._last = self._clock()

    def beat(self) -> None:
        """Tell the other side how much was said and taken; to be called twice a second."""
        if self.open:
            self._in_told = self._in
            self._post(write(Kind.BEAT, self.name, self._said, _TAKEN.pack(self._in)))

    def end(self, reason: str = "") -> None:
        """Hang up. The other side is told, if it can be reached; `ended` is not called here."""
        if self.open:
            self.open = False
            self._waiting.clear()
            self._waiting_bytes = 0
            self._post(write(Kind.END, self.name, 0, reason.encode()))

    def fail(self, reason: str) -> None:
        """Hang up because of a fault, and say so on this side too."""
        if self.open:
            self.end(reason)
            self._ended(reason)

    def _over(self, reason: str) -> None:
        self.open = False
        self._waiting.clear()
        self._waiting_bytes = 0
        self._ended(reason)

    def _may_send(self, size: int) -> bool:
        under_way = self._out - self._out_taken
        return under_way == 0 or under_way + size <= WINDOW

    def _send_waiting(self) -> None:
        while self._waiting and self._may_send(len(self._waiting[0])):
            words = self._waiting.popleft()
            self._waiting_bytes -= len(words)
            self._send(words)

    def _send(self, words: bytes) -> None:
        self._said += 1
        self._out += len(words)
        self._post(write(Kind.WORDS, self.name, self._said, words))
