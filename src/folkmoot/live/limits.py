"""How much one client may send and be owed, and how often what is done."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Final

FRAME: Final = 4 * 1024 * 1024
"""Bytes of one frame. The web server refuses larger ones too; this holds whatever it is."""
OWED: Final = 8 * 1024 * 1024
"""Bytes a reader may owe before it is cut off; it comes back by synchronising."""
FRAME_COST: Final = 200
"""Bytes that a frame takes up beside its content while it waits."""
WAITING: Final = 32 * 1024 * 1024
"""Bytes that may wait in a room while nothing can be stored."""
SUSTAINED: Final = 64 * 1000
BURST: Final = 4 * 1024 * 1024
"""What a writer may send: bytes a second for as long as they like, and at once."""
STATE: Final = 1024
"""Bytes of one client's presence."""
PRESENCE_ENTRIES: Final = 512
"""Clients in one presence frame. Some Yjs clients repeat everybody's."""
CLIENTS: Final = 4
"""Yjs client ids that one connection may speak for over its life."""
STRIKES: Final = 3
"""How often somebody who may only read can send an edit before being cut off."""
DECLARED: Final = 2000
"""Declarations that a room keeps until the worker has taken them."""

GATHER: Final = 0.1
"""Seconds for which presence is gathered into one frame."""
FORGET: Final = 60.0
"""Seconds after which somebody who has not renewed their presence is no longer shown."""
NEWS: Final = 0.2
"""Seconds between two lots of news."""
NEWS_LATEST: Final = 1.0
"""Seconds after which news is told at the latest, however long it takes to find out."""
QUIET: Final = 3.0
"""Seconds without a keystroke after which a passage is recorded."""
CONTINUOUS: Final = 10.0
"""Seconds of writing after which a passage is recorded though nobody paused."""
SETTLE: Final = 2.0
"""Seconds between two recordings of what has come to rest."""
PAUSE: Final = 0.02
"""Seconds between two lots of passages that are recorded, for keystrokes to be stored in."""
RECHECK: Final = 3.0
"""Seconds after which it is asked again who may be here, though nothing was announced."""
RETRY: Final = 1.0
"""Seconds between two attempts to store."""
LOOK: Final = 0.5
"""Seconds between two looks at what changed in the database."""
PARTING: Final = 10.0
"""Seconds that a server which stops waits for the disk."""
LINGER: Final = 5.0
"""Seconds for which a room stays open after the last has left."""
SNAPSHOT: Final = 1500
"""Updates after which the whole is stored anew."""
GIVE_WAY: Final = 0.0005
"""Seconds after which a busy thread lets the loop go on."""
LAG: Final = 2.0
"""Seconds of waiting for the disk that are worth a line in the log."""


class Allowance:
    """A bucket that fills steadily: `take` says whether there was enough left."""

    def __init__(
        self,
        sustained: float = SUSTAINED,
        burst: float = BURST,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._sustained, self._burst, self._clock = sustained, burst, clock
        self._left = burst
        self._at = clock()

    def take(self, amount: float) -> bool:
        """Spend `amount`, if it is there."""
        now = self._clock()
        self._left = min(self._burst, self._left + (now - self._at) * self._sustained)
        self._at = now
        if amount > self._left:
            return False
        self._left -= amount
        return True
