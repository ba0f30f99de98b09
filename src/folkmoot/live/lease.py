"""The lease of a live document: which process owns it, by the database's clock.

One process at a time holds a text and takes what is written. Its claim is a row that says who
and until when; it is renewed every second and ends three seconds after the last renewal, so that
the text of a process that died is free again soon. A process that lost its claim without noticing
is kept from writing by the *fence*: the number grows with every taking, and every append names the
number it was taken under. The clocks of the machines decide nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

from django.db import DatabaseError, connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from folkmoot.live.models import Document
from folkmoot.live.process import has_died

log = logging.getLogger(__name__)

LASTS = timedelta(seconds=3)
RENEWED_EVERY = 1.0
"""Seconds between renewals; two may fail before the lease ends."""
ASKED_EVERY = 0.2
"""Seconds between looks at a lease that is about to end."""


@dataclass(frozen=True)
class Lease:
    """This process's claim to a text's document, under the number that its appends must name."""

    text: int
    owner: str
    fence: int


@dataclass(frozen=True)
class Elsewhere:
    """Another process's claim, which has not ended: its name and, by the database, for how long."""

    owner: str
    fence: int
    left: timedelta


def take(text: int, owner: str) -> Lease | Elsewhere:
    """Claim the text for the process `owner`, unless another's claim has not ended.

    Of several that try at the same instant exactly one gets it. A process that claims again what
    it holds gets a new number, and its older one is worth nothing.
    """
    free = Q(owner="") | Q(owner=owner) | Q(expires=None) | Q(expires__lte=Now())
    claim = _claim(text, owner, free)
    if isinstance(claim, Elsewhere) and has_died(claim.owner):
        claim = _claim(text, owner, free | Q(owner=claim.owner, fence=claim.fence))
    return claim


def _claim(text: int, owner: str, free: Q) -> Lease | Elsewhere:
    with transaction.atomic():
        taken = Document.objects.filter(free, text_id=text).update(
            owner=owner, fence=F("fence") + 1, expires=Now() + LASTS
        )
        row = _look(text)
    return Lease(text, owner, row.fence) if taken else row


def holder(text: int) -> Elsewhere | None:
    """Who has a claim that has not ended, of whatever process; `None` when nobody has, or when it
    has died on this machine."""
    row = _look(text)
    return row if row.owner and row.left > timedelta(0) and not has_died(row.owner) else None


def renew(leases: Iterable[Lease]) -> list[Lease]:
    """Let these claims last from now on, in one statement; gives those that are lost.

    A claim that has ended is renewed as long as nobody else has taken the text.
    """
    wanted = list(leases)
    if not wanted:
        return []
    mine = Q()
    for lease in wanted:
        mine |= Q(text_id=lease.text, owner=lease.owner, fence=lease.fence)
    if Document.objects.filter(mine).update(expires=Now() + LASTS) == len(wanted):
        return []
    held = set(Document.objects.filter(mine).values_list("text_id", flat=True))
    return [lease for lease in wanted if lease.text not in held]


def release(lease: Lease) -> bool:
    """Give the text up at once; whether it was still ours."""
    mine = Document.objects.filter(text_id=lease.text, owner=lease.owner, fence=lease.fence)
    return bool(mine.update(owner="", expires=None))


def turned_away(text: int) -> None:
    """Write down that a process could not reach the one that has the text."""
    Document.objects.filter(text_id=text).update(turned_away=Now())


def parted(lately: timedelta = timedelta(days=1)) -> bool:
    """Whether several processes own texts now, or somebody was turned away lately. Where processes
    share no hub, that is a mistake."""
    owners = Document.objects.exclude(owner="").filter(expires__gt=Now())
    return (
        owners.values("owner").distinct().count() > 1
        or Document.objects.filter(turned_away__gt=Now() - lately).exists()
    )


def _look(text: int) -> Elsewhere:
    """The row as it is, with what is left of its time by the database's clock."""
    owner, fence, expires, now = (
        Document.objects.filter(text_id=text)
        .annotate(now=Now())
        .values_list("owner", "fence", "expires", "now")
        .get()
    )
    return Elsewhere(owner, fence, expires - now if expires else timedelta(0))


def _hang_up() -> None:
    """Close this thread's connection; `connection.close` itself would be that of the caller."""
    connection.close()


class Leases:
    """The leases that this process holds, kept alive by one task."""

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self._held: dict[int, tuple[Lease, Callable[[], None]]] = {}
        self._task: asyncio.Task[None] | None = None
        # Threads of their own, and two: renewals wait neither for disks, nor for a claim that has
        # to wait until the database lets go of a row.
        self._renewing = ThreadPoolExecutor(1, "renewing")
        self._claiming = ThreadPoolExecutor(1, "claiming")

    def __contains__(self, text: int) -> bool:
        return text in self._held

    async def take(
        self, text: int, lost: Callable[[], None], *, patiently: bool
    ) -> Lease | Elsewhere:
        """Claim the text and keep the claim alive; `lost` is called when it is lost.

        When `patiently`, a claim of another process is waited for until it would end; only one
        that was renewed meanwhile, or taken by a third, is an answer. So a server that starts
        anew after a crash gets its texts back, and a second server learns that there is a first.
        """
        claim = await self._in(self._claiming, take, text, self.owner)
        if patiently and isinstance(claim, Elsewhere):
            claim = await self._outlast(text, claim)
        if isinstance(claim, Lease):
            self._held[text] = (claim, lost)
            if self._task is None or self._task.done():
                self._task = asyncio.create_task(self._keep(), name="renewing leases")
        return claim

    async def _outlast(self, text: int, other: Elsewhere) -> Lease | Elsewhere:
        """Wait for a claim to end, and take over; or see that its owner lives."""
        left = other.left
        while True:
            await asyncio.sleep(min(ASKED_EVERY, max(left.total_seconds(), 0.01)))
            claim = await self._in(self._claiming, take, text, self.owner)
            if isinstance(claim, Lease):
                return claim
            if (claim.owner, claim.fence) != (other.owner, other.fence) or claim.left > left:
                return claim
            left = claim.left

    def watch(self, lease: Lease, lost: Callable[[], None]) -> bool:
        """Call `lost`, not what was named before, when this lease is lost; whether it is still
        held."""
        held = self._held.get(lease.text)
        if held is None or held[0] != lease:
            return False
        self._held[lease.text] = (lease, lost)
        return True

    async def turned_away(self, text: int) -> None:
        """Write down for the doctor that somebody came here for a text of another process."""
        await self._in(self._claiming, turned_away, text)

    async def holder(self, text: int) -> Elsewhere | None:
        """Who has a claim on the text that has not ended."""
        return await self._in(self._claiming, holder, text)

    async def release(self, lease: Lease) -> None:
        """Give a text up at once, so that others need not wait."""
        self.forget(lease)
        await self._in(self._renewing, release, lease)

    def forget(self, lease: Lease) -> None:
        """Renew this lease no more; it ends by itself."""
        held = self._held.get(lease.text)
        if held is not None and held[0] == lease:
            del self._held[lease.text]

    async def close(self) -> None:
        """Release whatever is held, and stop."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        for lease, _ in tuple(self._held.values()):
            await self.release(lease)
        for thread in (self._renewing, self._claiming):
            await self._in(thread, _hang_up)
            thread.shutdown(wait=False)

    async def _in[**P, T](
        self,
        thread: ThreadPoolExecutor,
        act: Callable[P, T],
        *arguments: P.args,
        **named: P.kwargs,
    ) -> T:
        def fresh() -> T:
            try:
                return act(*arguments, **named)
            except DatabaseError:
                connection.close()  # The next question dials anew.
                raise

        return await asyncio.get_running_loop().run_in_executor(thread, fresh)

    async def _keep(self) -> None:
        while self._held:
            await asyncio.sleep(RENEWED_EVERY)
            leases = [lease for lease, _ in self._held.values()]
            try:
                gone = await self._in(self._renewing, renew, leases)
            except Exception:
                # The database cannot be reached. The fence keeps what is stored right, so there
                # is nothing to decide here; the room says itself that it cannot save.
                log.exception("The leases of %d texts could not be renewed.", len(leases))
                continue
            for lease in gone:
                held = self._held.get(lease.text)
                if held is None or held[0] != lease:
                    continue  # Released or taken anew while we asked.
                del self._held[lease.text]
                log.warning("Text %d has been taken over by another process.", lease.text)
                held[1]()
