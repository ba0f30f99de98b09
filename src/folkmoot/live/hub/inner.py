"""The hub of an installation with one process: there is nobody to write to."""

from __future__ import annotations

from folkmoot.live.hub.hub import Hub


class InnerHub(Hub):
    """Without a shared service no other process can be reached: words to them go nowhere."""

    shared = False

    def send(self, process: str, letter: bytes) -> None:
        """Deliver a letter to oneself; one to another process is lost."""
        if process == self.process and self._loop is not None:
            self._loop.call_soon(self._deliver, letter)

    def _spread(self, topic: str, value: str) -> None:
        """There is nobody else."""
