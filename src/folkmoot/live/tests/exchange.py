"""Several processes' hubs in one loop, with a service between them that tests can disturb."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from folkmoot.live.hub import Hub


class Exchange:
    """What lies between the hubs. Letters arrive in order, unless `loses` says otherwise."""

    def __init__(self) -> None:
        self.hubs: dict[str, ExchangeHub] = {}
        self.loses: Callable[[str, str, bytes], bool] = lambda source, target, letter: False
        self.carried: list[tuple[str, str, bytes]] = []

    def hub(self) -> ExchangeHub:
        """One more process."""
        hub = ExchangeHub(self)
        self.hubs[hub.process] = hub
        return hub

    def part(self) -> None:
        """No letter arrives any more."""
        self.loses = lambda source, target, letter: True

    def heal(self) -> None:
        """Letters arrive again."""
        self.loses = lambda source, target, letter: False

    def carry(self, source: str, target: str, letter: bytes) -> None:
        if self.loses(source, target, letter):
            return
        self.carried.append((source, target, letter))
        hub = self.hubs.get(target)
        if hub is not None and hub.is_open:
            asyncio.get_running_loop().call_soon(hub._deliver, letter)


class ExchangeHub(Hub):
    """One process at the exchange."""

    shared = True

    def __init__(self, exchange: Exchange) -> None:
        super().__init__()
        self._exchange = exchange

    def send(self, process: str, letter: bytes) -> None:
        self._exchange.carry(self.process, process, letter)

    def _spread(self, topic: str, value: str) -> None:
        for hub in self._exchange.hubs.values():
            if hub is not self and hub.is_open:
                hub._hear(topic, value)
