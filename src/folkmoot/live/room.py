"""The room of one open text: one task that owns the document.

Sockets put what they receive into a queue. The task takes all that has gathered as one batch,
applies it to the document, has it stored in one transaction by a thread, and only then sends one
merged update to everybody and tells the writers what is on disk. While the disk is busy the next
batch gathers, so under load batches grow by themselves. Whoever asks for the text is answered in
the same queue, so nobody is ever shown what is not stored.

The document is touched in this task only. A room whose document may be ahead of the log, because
it could not be stored or the document failed, is given up whole; its members come back to one that
is loaded anew.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from folkmoot.commission.drafts import Kept

from . import frames, limits, member, store, worker
from .admission import Answer, Refusal
from .batch import Batch, Question, Update
from .document.paper import OutOfSchema, Paper, Written
from .errands import Errands
from .member import Member
from .newsroom import Newsroom
from .reconciling import edits
from .resting import Resting
from .spreading import Spreading
from .verifying import Contents, Unreadable

if TYPE_CHECKING:
    from .rooms import Rooms

log = logging.getLogger(__name__)

SCHEMA = 1
PROTOCOL = 1


@dataclass(frozen=True, slots=True)
class _Taken:
    """A whole document at a point of its log."""

    seq: int
    state: bytes
    contents: Contents


class Room:
    """One open text. Everything is called in the event loop, and nothing of it waits."""

    def __init__(self, rooms: Rooms, text: int, slug: str) -> None:
        self.text, self.slug = text, slug
        self.members: set[Member] = set()
        self.seq = 0
        self.epoch = ""
        self.fence = 0
        self.document = 0
        self.frozen = False
        self._rooms = rooms
        self._paper: Paper | None = None
        self._early: list[tuple[Member, bytes]] = []
        self._queue: list[Update | Question] = []
        self._declared: list[worker.Declared] = []
        self._queued = 0
        self._wake = asyncio.Event()
        self._busy = False
        self._ended = False
        self._troubled = False
        self._outside = False
        self._unread = True
        self._read_by = 0.0
        self._careful = slug in rooms.careful
        self._unkept: dict[str, Written] = {}
        self._unkept_at = 0.0
        self._unaligned = False
        self._answers: dict[bytes, bytes] = {}
        self._presence = Spreading(self.members)
        self._resting = Resting()
        self._newsroom = Newsroom(rooms, text)
        self._snapshot_seq = 0
        self._snapshot_next = 0
        self._righted: asyncio.Future[_Taken | None] | None = None
        self._empty_since = monotonic()
        self._checked = monotonic()
        self._errands = Errands(slug)
        self._task = asyncio.create_task(self._run(), name=f"room {slug}")

    # -- what sockets and the house call

    def enter(self, who: Member) -> None:
        """Let a member in. They are greeted when the text is loaded."""
        self.members.add(who)
        self._rooms.tally.joined += 1
        if self._paper is not None:
            self._welcome(who)

    def leave(self, who: Member) -> None:
        """A member's connection has ended. What they wrote before is stored all the same."""
        self.members.discard(who)
        self._presence.leave(who)
        if not self.members:
            self._empty_since = monotonic()

    def take(self, who: Member, data: bytes) -> None:
        """Take a frame from a member."""
        if who.gone:
            return
        if len(data) > limits.FRAME:
            self._refuse(who, member.TOO_LARGE, "too-large", _("This is too much at once."))
        elif not who.allowance.take(len(data)):
            self._refuse(who, member.TOO_FAST, "too-fast", _("More was sent than can be taken in."))
        elif self._paper is None:
            self._early.append((who, data))
        else:
            self._read(who, data)

    def heard(self) -> None:
        """Something about the text changed in the database: rights, words, stances, comments."""
        if self._paper is not None:
            self._errands.run("look", self._look, again=True)

    def tell(self, who: Member, payload: Mapping[str, Any]) -> None:
        """Send a member news."""
        who.deliver(frames.say(frames.NEWS, payload))

    def lost(self) -> None:
        """Another process owns the text now. The lease and an append may both find out."""
        if self._ended:
            return
        log.warning("room lost text=%s", self.slug)
        self._give_up(member.RESTART, "moved", _("The text has moved. Your client follows it."))

    @property
    def queued(self) -> int:
        """Bytes that wait to be taken in."""
        return self._queued

    @property
    def state_is_stored(self) -> bool:
        """Whether the document holds nothing that is not on disk."""
        return not self._busy and not self._queue and not self._declared

    # -- frames

    def _read(self, who: Member, data: bytes) -> None:
        try:
            frame = frames.read(data, entries=limits.PRESENCE_ENTRIES)
        except frames.Malformed as error:
            self._refuse(
                who, member.MALFORMED, "malformed", _("The server could not read this."), str(error)
            )
            return
        match frame:
            case frames.Written():
                self._write(who, frame)
            case frames.Awareness():
                self._presence.take(who, frame)
            case frames.Step1(b""):
                self._refuse(
                    who, member.MALFORMED, "malformed", _("The server could not read this.")
                )
            case frames.Step1(vector):
                # A whole text may be the answer; it is not given as often as anybody asks.
                if who.allowance.take(limits.SUSTAINED):
                    self._put(Question(who, vector), len(data))
                else:
                    self._refuse(
                        who, member.TOO_FAST, "too-fast", _("The text was asked for too often.")
                    )
            case frames.Query():
                self._presence.show(who, nobody=True)
            case frames.Hello():
                self._greeted(who, frame)
            case frames.Declare(passage, kind, reason):
                if who.writes and len(self._declared) < limits.DECLARED:
                    self._declared.append(
                        worker.Declared(passage, who.who.key, kind == "editorial", reason)
                    )
                    self._wake.set()
            case frames.Unknown():
                pass

    def _greeted(self, who: Member, hello: frames.Hello) -> None:
        if hello.schema != SCHEMA:
            self._refuse(
                who,
                member.SCHEMA,
                "schema",
                _("This page is from an earlier version. Load it again to go on writing."),
            )
        elif hello.epoch and hello.epoch != self.epoch:
            self._refuse(
                who,
                member.EPOCH,
                "epoch",
                _("The text was begun anew since this page was loaded. Load it again."),
            )
        elif hello.client is not None:
            self._presence.claim(who, hello.client)

    def _write(self, who: Member, frame: frames.Written) -> None:
        if frame.whole:
            who.asked = False
        if frame.update == frames.EMPTY_UPDATE:
            if frame.whole and who.hole is not None and who.writes:
                # They have nothing that is not here, so nothing of theirs is missing.
                self._put(Update(who, frame.update, True, who.taken), 0)
            return
        if not who.writes:
            if frame.whole and frame.update[:1] == b"\0":
                # Yjs repeats all deletions it knows of with every answer; there is nothing new.
                return
            who.taken += 1
            who.hole = who.hole or who.taken
            who.strikes += 1
            self._rooms.tally.refused += 1
            log.warning("refused text=%s person=%s why=read-only", self.slug, who.who.key)
            say = _("You can read this text; what you write in it is not kept.")
            if who.strikes >= limits.STRIKES:
                who.cut(member.FORBIDDEN, "read-only", say)
            else:
                who.notice("read-only", say)
            return
        who.taken += 1
        if who.hole is not None and not frame.whole:
            # It may build on what was left aside. They are asked for all of it.
            return
        self._put(Update(who, frame.update, frame.whole, who.taken), len(frame.update))

    def _ask(self, who: Member) -> None:
        """Ask a member for all that they have and we lack, unless the answer is on its way."""
        if not who.asked:
            who.asked = True
            self._put(Question(who, b""), 0)

    def _put(self, item: Update | Question, size: int) -> None:
        if self._queued > limits.WAITING:
            say = _("The server cannot keep up just now. Your client comes back by itself.")
            item.member.cut(member.TRY_AGAIN, "slow", say, retry=True)
            return
        self._queued += size + limits.FRAME_COST
        self._queue.append(item)
        self._wake.set()

    def _refuse(self, who: Member, close: int, code: str, say: str, detail: str = "") -> None:
        self._rooms.tally.refused += 1
        log.warning("refused text=%s person=%s why=%s %s", self.slug, who.who.key, code, detail)
        who.cut(close, code, say)

    # -- the task

    async def _run(self) -> None:
        try:
            await self._open()
        except store.Overtaken:
            self.lost()
            return
        except asyncio.CancelledError:
            raise
        except BaseException:
            # The document's library may end in what is no ordinary exception.
            log.exception("room not opened text=%s", self.slug)
            self._give_up(
                member.TRY_AGAIN,
                "trouble",
                _("The text cannot be opened just now. We keep trying."),
            )
            return
        try:
            while not self._ended:
                await self._wake.wait()
                self._wake.clear()
                await self._turn()
        except store.Overtaken:
            self.lost()
        except asyncio.CancelledError:
            raise
        except BaseException:
            log.exception("room failed text=%s seq=%d", self.slug, self.seq)
            self._give_up(
                member.RESTART, "moved", _("Something went wrong here. Your client comes back.")
            )
        finally:
            if self._paper is not None:
                self._paper.close()
                self._paper = None

    async def _open(self) -> None:
        began = monotonic()
        self.document = await self._rooms.write(store.begin, self.text, _state_of)
        self.fence = await self._rooms.claim(self)
        opened, paper = await self._load()
        self.epoch, self.seq = opened.epoch, opened.seq
        self._snapshot_seq = opened.snapshot_seq
        self._snapshot_next = opened.snapshot_seq + limits.SNAPSHOT
        self._paper = paper
        self._read_by = monotonic() + limits.GATHER
        # A room that closed in order left no tail. Otherwise drafts may have stayed behind.
        self._unaligned = bool(opened.tail)
        self._rooms.tally.opened += 1
        log.info(
            "room opened text=%s seq=%d tail=%d ms=%.0f",
            self.slug,
            self.seq,
            len(opened.tail),
            (monotonic() - began) * 1000,
        )
        for who in tuple(self.members):
            self._welcome(who)
        early, self._early = self._early, []
        for who, data in early:
            if not who.gone:
                self._read(who, data)
        self.heard()
        self._errands.run("settle all", self._settle_all, again=True)

    async def _load(self) -> tuple[store.Opened, Paper]:
        """The document from the newest snapshot that can be read. All updates are kept, so an
        older one gives the same."""
        before = None
        while True:
            opened = await self._rooms.write(store.load, self.document, self.fence, before)
            try:
                paper = Paper(opened.snapshot)
                if opened.tail:
                    paper.load(opened.tail)
            except OutOfSchema:
                log.exception("unreadable text=%s snapshot=%d", self.slug, opened.snapshot_seq)
                before = opened.snapshot_seq
            else:
                return opened, paper

    def _welcome(self, who: Member) -> None:
        assert self._paper is not None
        hello = {
            "protocol": PROTOCOL,
            "schema": SCHEMA,
            "epoch": self.epoch,
            "seq": self.seq,
            "role": who.role,
            "person": who.who.shown(),
            "text": self.slug,
        }
        who.deliver(frames.say(frames.HELLO, hello))
        if self._troubled:
            who.deliver(self._trouble_frame())
        who.asked = True
        who.deliver(self._answer(b""))
        self._presence.show(who, nobody=False)

    async def _turn(self) -> None:
        """Take in all that has gathered."""
        items, self._queue = self._queue, []
        declared, self._declared = self._declared, []
        self._queued = 0
        self._busy = True
        try:
            batch = Batch(declared=declared)
            updates = [item for item in items if isinstance(item, Update)]
            outside, self._outside = self._outside, False
            if self._unread and (updates or outside or monotonic() >= self._read_by):
                # Until then whoever came was given the text, which need not be read for that.
                self._unread = False
                self._mend(batch)
            if outside:
                await self._bring_in(batch)
            if self._unkept and (items or monotonic() >= self._unkept_at):
                batch.written, self._unkept = self._unkept, {}
            told, refused = self._apply(updates, batch)
            righted, self._righted = self._righted, None
            if righted is not None:
                self._set_right(batch)
            if batch:
                await self._store(batch)
        finally:
            self._busy = False
        if batch.sent:
            self._answers.clear()
        for merged, writer in batch.sent:
            frame = frames.update(merged)
            for who in self.members:
                if who.synced and who is not writer:
                    who.deliver(frame)
        for who in told:
            who.deliver(frames.ack(who.stored, self.seq))
        for who, error in refused.items():
            close = member.TOO_LARGE if error.code == "too-large" else member.MALFORMED
            self._refuse(who, close, error.code, error.say)
        for item in items:
            if isinstance(item, Question) and not item.member.gone:
                self._give(item)
        if righted is not None and not righted.done():
            righted.set_result(self._taken())
        if self.seq >= self._snapshot_next:
            # Taken here, where it is what is stored; while people write there may be no other.
            self._snapshot_next = self.seq + limits.SNAPSHOT
            taken = self._taken()
            self._errands.run("snapshot", lambda: self._snapshot(taken))

    def _apply(
        self, updates: Sequence[Update], batch: Batch
    ) -> tuple[set[Member], dict[Member, OutOfSchema]]:
        """Apply what members wrote; gives those who are to be told what is stored, and those who
        are to be cut off, with the reason."""
        assert self._paper is not None
        told: set[Member] = set()
        cut: dict[Member, OutOfSchema] = {}
        at = 0
        while at < len(updates):
            end = at + 1
            if not updates[at].whole:
                while end < len(updates) and not updates[end].whole and not self._careful:
                    end += 1
            part = updates[at:end]
            at = end
            try:
                outcome = self._paper.apply([(item.data, item.member.who.key) for item in part])
            except BaseException:
                # The document cannot be trusted any more. Where it is not known whose update did
                # it, the next room looks at each alone.
                self._rooms.careful.add(self.slug)
                if len(part) == 1:
                    say = _("The server could not take this in.")
                    self._refuse(part[0].member, member.MALFORMED, "malformed", say)
                raise
            refused = dict(outcome.refused)
            kept = [item for index, item in enumerate(part) if index not in refused]
            for index, item in enumerate(part):
                who = item.member
                if index in refused and refused[index].code == "gap" and not item.whole:
                    # They write on what they had before they came, which they are being asked for.
                    who.hole = who.hole or item.number
                    self._ask(who)
                elif index in refused:
                    cut.setdefault(who, refused[index])
                elif who not in cut:
                    if item.whole and who.hole is not None and who.hole <= item.number:
                        who.hole = None
                    who.stored = item.number if who.hole is None else min(item.number, who.hole - 1)
                    told.add(who)
            if not outcome.merged:
                # All of it was here already, and stored.
                continue
            writers = {item.member for item in kept}
            if part[0].whole:
                # Of an answer only what was new is kept: Yjs repeats all deletions in each.
                rows = [store.Row(kept[0].member.who.id, outcome.merged)]
            else:
                # Of one that repeats what was known only the rest is what the document took.
                rows = [
                    store.Row(item.member.who.id, outcome.cut.get(index, item.data))
                    for index, item in enumerate(part)
                    if index not in refused
                ]
                if outcome.repairs:
                    rows.append(store.Row(None, outcome.repairs))
            alone = len(writers) == 1 and not outcome.repairs
            batch.add(outcome, rows, but=writers.pop() if alone else None)
        return told, cut

    def _mend(self, batch: Batch) -> None:
        """Set ids right that were not when the document was stored, by an earlier version of us."""
        assert self._paper is not None
        outcome = self._paper.mend()
        if outcome.merged:
            batch.add(outcome, [store.Row(None, outcome.merged)])

    def _set_right(self, batch: Batch) -> None:
        """Write anew what newcomers would read differently."""
        assert self._paper is not None
        outcome = self._paper.verify()
        if outcome.merged:
            batch.add(outcome, [store.Row(None, outcome.merged)])
        log.warning(
            "set right text=%s seq=%d passages=%s",
            self.slug,
            self.seq,
            " ".join(one.id for one in outcome.written) or "none",
        )

    async def _bring_in(self, batch: Batch) -> None:
        """Take what was changed outside into the document, at a moment when all is stored."""
        assert self._paper is not None
        facts, people = await self._rooms.write(worker.outside, self.text)
        wanted = edits(facts, self._paper.passages, self._paper.order)
        for editor, some in wanted:
            outcome = self._paper.edit(some, editor)
            if outcome.merged:
                batch.add(outcome, [store.Row(people.get(editor), outcome.merged)])
        if facts:
            batch.outside = facts

    async def _store(self, batch: Batch) -> None:
        """Have the batch on disk, however long it takes; nobody hears of it before."""
        began = monotonic()
        again = False
        seq, at = self.seq, timezone.now()
        keep: Callable[[], Kept] = worker.keeping(
            self.text,
            tuple(batch.written.values()),
            batch.order,
            batch.writers,
            batch.declared,
            batch.outside,
            at,
        )
        kept: Kept | None = None
        bare = False
        while True:
            try:
                kept = await self._rooms.write(
                    store.append,
                    self.document,
                    self.fence,
                    seq,
                    batch.rows,
                    at,
                    keep,
                    again=again,
                )
                break
            except store.Unavailable as error:
                again = True
                if self._ended:
                    raise
                self._trouble(str(error))
                await asyncio.sleep(limits.RETRY)
            except store.Overtaken:
                raise
            except Exception:
                if bare:
                    raise
                # What people write is kept even when what follows from it cannot be. The drafts
                # are tried again, with the next batch or a little later.
                log.exception("drafts not kept text=%s seq=%d", self.slug, seq)
                bare, keep = True, Kept
                self._unkept = batch.written
                self._unkept_at = monotonic() + limits.LAG
        self.seq += len(batch.rows)
        took = monotonic() - began
        tally = self._rooms.tally
        tally.batches += 1
        tally.updates += len(batch.rows)
        if took > limits.LAG:
            tally.lags += 1
            log.warning("lag text=%s seq=%d seconds=%.1f", self.slug, self.seq, took)
        if self._troubled:
            self._troubled = False
            log.warning("storing again text=%s seq=%d", self.slug, self.seq)
            self._tell_writers(self._trouble_frame())
        self._resting.touch(name for name, one in batch.written.items() if not one.of)
        if kept is not None:
            self._newsroom.note(kept.recorded, kept.comments)
        self._news()

    def _give(self, question: Question) -> None:
        who = question.member
        try:
            who.deliver(self._answer(question.vector))
        except OutOfSchema as error:
            self._refuse(who, member.MALFORMED, error.code, error.say)
            return
        if question.vector and not who.synced:
            who.synced = True
            self._newsroom.welcome(who)
            self._news()

    def _answer(self, vector: bytes) -> bytes:
        """The frame that answers a state vector; for b"", our own. Kept until the next change, so
        that a crowd that comes at once costs one encoding."""
        assert self._paper is not None
        frame = self._answers.get(vector)
        if frame is None:
            if not vector:
                frame = frames.step1(self._paper.state_vector())
            elif vector == frames.EMPTY_VECTOR:
                frame = frames.step2(self._paper.state())
            else:
                frame = frames.step2(self._paper.missing(vector))
            if len(self._answers) < 8:
                self._answers[vector] = frame
        return frame

    # -- trouble

    def _trouble(self, detail: str) -> None:
        if self._troubled:
            return
        self._troubled = True
        self._rooms.tally.troubles += 1
        log.error("nothing can be stored text=%s seq=%d: %s", self.slug, self.seq, detail)
        self._tell_writers(self._trouble_frame())

    def _trouble_frame(self) -> bytes:
        if not self._troubled:
            return frames.say(frames.TROUBLE, {"code": ""})
        say = _("Nothing can be saved just now. Keep this page open; we try again every second.")
        return frames.say(frames.TROUBLE, {"code": "disk", "say": say})

    def _tell_writers(self, frame: bytes) -> None:
        for who in self.members:
            if who.writes:
                who.deliver(frame)

    def _give_up(self, close: int, code: str, say: str) -> None:
        """End the room at once. What was acknowledged is stored; the rest comes again."""
        self._ended = True
        self._rooms.forget(self)
        for who in tuple(self.members):
            who.cut(close, code, say, retry=True)
        self._end_errands()
        self._wake.set()

    # -- what is done beside the batches

    def tick(self) -> None:
        """Called twice a second: look what has come to rest, who is still here, and whether
        anybody is."""
        if self._paper is None or self._ended:
            return
        now = monotonic()
        self._presence.prune()
        if self.members and now - self._checked >= limits.RECHECK:
            self._errands.run("check", self._check)
        if self._resting:
            self._errands.run("settle", self._settle)
        if (self._unread and now >= self._read_by) or (self._unkept and now >= self._unkept_at):
            self._wake.set()
        if not self.members and now - self._empty_since >= limits.LINGER:
            self._errands.run("close", self._close)

    async def _look(self) -> None:
        """See what a change in the database means for those in the room."""
        await self._check()
        if await self._rooms.read(worker.differs, self.text):
            self._outside = True
            self._wake.set()
        elif self._unaligned and self._paper is not None:
            # Once, when the room was opened after one that did not close in order.
            self._unaligned = False
            await self._align()
        self._news()
        await asyncio.sleep(limits.LOOK)

    async def _align(self) -> None:
        """Have drafts of whatever the document says and the database does not know."""
        assert self._paper is not None
        behind = await self._rooms.read(worker.behind, self.text, self._paper.passages)
        if self._paper is None or self._ended:
            return
        for name in behind:
            wording = self._paper.wording(name)
            words = self._paper.plain(name)
            self._unkept[name] = Written(
                name,
                "",
                wording,
                wording.digest if wording is not None else "",
                self._paper.label(name),
                words,
                words,
            )
        if behind:
            log.warning("drafts behind text=%s passages=%d", self.slug, len(behind))
            self._wake.set()

    async def _check(self) -> None:
        """Ask again who may be here, and act on it."""
        self._checked = monotonic()
        everybody = tuple(self.members)
        sessions = list({who.admitted.session for who in everybody} - {""})
        people = list({who.who.id for who in everybody if not who.admitted.session})
        answers = await self._rooms.admitted(self.slug, sessions, people)
        for who in everybody:
            if not who.gone:
                self._judge(who, answers[who.admitted.session or who.who.id])

    def _judge(self, who: Member, answer: Answer) -> None:
        if isinstance(answer, Refusal) or answer.who.id != who.who.id:
            code, close = "signed-out", member.UNAUTHORISED
            say = _("You are signed out. Sign in to go on.")
            if isinstance(answer, Refusal):
                code, close, say = answer.code, answer.close, answer.say
            log.info("withdrawn text=%s person=%s why=%s", self.slug, who.who.key, code)
            who.cut(close, "revoked" if close == member.FORBIDDEN else code, say)
            return
        if self.frozen and not answer.frozen:
            self._errands.run("settle all", self._settle_all, again=True)
        self.frozen = answer.frozen
        if answer.writes == who.writes:
            return
        who.writes = answer.writes
        who.strikes = 0
        if answer.writes:
            say = _("You can write in this text again.")
        elif answer.frozen:
            say = _("The text is before the seats for signing, so nobody can change it now.")
        else:
            say = _("You can read this text, and no longer write in it.")
        who.deliver(frames.say(frames.ROLE, {"role": who.role, "say": say}))
        if answer.writes and who.hole is not None:
            self._ask(who)

    async def _settle(self) -> None:
        """Record what has come to rest."""
        due = self._resting.due()
        if due:
            await self._record(due)
            # Recording takes the ledger; what rests meanwhile is recorded together.
            await asyncio.sleep(limits.SETTLE)

    async def _settle_all(self) -> None:
        """Record whatever is still a draft."""
        self._resting.clear()
        await self._record(None)

    async def _record(self, names: list[str] | None) -> None:
        try:
            settled = await self._rooms.read(worker.settle, self.text, names)
        except BaseException:
            # They are drafts; another attempt comes after the next pause.
            self._resting.touch(names or ())
            raise
        if settled.elsewhere:
            self.heard()
        if settled.recorded or settled.comments:
            self._newsroom.note(settled.recorded, settled.comments)
            self._news()

    def _taken(self) -> _Taken | None:
        """The whole as it is now, when that is on disk and worth storing anew."""
        # Without a snapshot the next room looks for drafts that stayed behind.
        if self._paper is None or self._busy or self._unkept or self.seq == self._snapshot_seq:
            return None
        return _Taken(self.seq, self._paper.state(), Contents.of(self._paper))

    async def _snapshot(self, taken: _Taken | None, *, again: bool = True) -> None:
        """Store the whole, once another process has loaded it and found the same words. When it
        finds others, the document is set right and this is tried `again`."""
        if taken is None:
            return
        try:
            same = await self._rooms.read(worker.verified, taken.state, taken.contents)
        except Unreadable as error:
            log.error("snapshot unreadable text=%s seq=%d: %s", self.slug, taken.seq, error)
            return
        if same:
            await self._rooms.write(store.keep_snapshot, self.document, taken.seq, taken.state)
            self._snapshot_seq = taken.seq
            self._rooms.tally.snapshots += 1
            return
        log.error("snapshot differs when loaded text=%s seq=%d", self.slug, taken.seq)
        if again:
            await self._snapshot(await self._right(), again=False)

    async def _right(self) -> _Taken | None:
        """Have the document set right between two batches; gives the whole as it is then."""
        if self._righted is None:
            self._righted = asyncio.get_running_loop().create_future()
        self._wake.set()
        async with asyncio.timeout(limits.PARTING):
            return await asyncio.shield(self._righted)

    async def _close(self) -> None:
        """End the room when all is recorded and still nobody is here."""
        await self._settle_all()
        await self._snapshot(self._taken())
        if self.members or not self.state_is_stored:
            return
        self._end()
        await self._rooms.release(self)

    def _end(self) -> None:
        self._ended = True
        self._rooms.forget(self)
        self._rooms.tally.closed += 1
        self._rooms.careful.discard(self.slug)
        self._end_errands()
        self._wake.set()
        log.info("room closed text=%s seq=%d", self.slug, self.seq)

    async def stop(self) -> None:
        """Store what has come, record it, and end; the server stops."""
        patience = monotonic() + limits.PARTING
        while self._paper is not None and not self._ended and not self.state_is_stored:
            if monotonic() > patience:
                # Nothing of it was acknowledged, so the clients still have it.
                log.error("not stored at the end text=%s seq=%d", self.slug, self.seq)
                self._ended = True
            await asyncio.sleep(0.01)
        for who in tuple(self.members):
            who.close(member.RESTART, "restart")
        if self._paper is not None and not self._ended:
            try:
                await self._settle_all()
                await self._snapshot(self._taken())
            except Exception:
                log.exception("not recorded at the end text=%s", self.slug)
            self._end()
            await self._rooms.release(self)
        else:
            self._ended = True
            self._task.cancel()
        self._wake.set()
        await asyncio.gather(self._task, return_exceptions=True)

    def _end_errands(self) -> None:
        self._errands.end()
        self._presence.end()

    def _news(self) -> None:
        self._errands.run("news", lambda: self._newsroom.tell(tuple(self.members)), again=True)


def _state_of(passages: store.Passages) -> bytes:
    """The state of a document that begins with these passages."""
    paper = Paper.of_passages(passages)
    try:
        return paper.state()
    finally:
        paper.close()
