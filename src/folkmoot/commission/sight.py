"""What one viewer may know of the stances in a text. Every page asks here, and nowhere else.

Under a charter that is private first, nobody sees another's stance before giving their own on the
same words: not in a list, a count, an order, a price or a status. So the status of a passage that
a seat has not answered is one and the same for it, whatever the others said: it waits for that
seat. Whoever holds a seat is treated as a seat, even with an office beside it. See
docs/decisions/004-who-sees-stances.md.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from folkmoot.algorithms.consent import Freshness, Need, Refused, Standing, State, Status, Why

from . import policies
from .models import Commission, Passage, Seat, Stance, Text

YOURS = "yours"
"""The status of a passage that the viewer has not answered."""

_UNANSWERED = frozenset({Why.NEVER_ANSWERED, Why.STALE})
_IN_FORCE = frozenset({Freshness.FRESH, Freshness.REVIVED, Freshness.CARRIED})


@dataclass(frozen=True)
class Sight:
    """What a viewer may know, as the state stood at entry `head` of the ledger.

    `sealed` are the passages on whose current words the viewer must answer first; `waiting` are all
    that wait for the viewer's seat, and why; `statuses` has every passage, the sealed as `YOURS`.
    """

    seat: str = ""
    named: bool = True
    """Whether stances go with the names of those who took them."""
    sealed: frozenset[str] = frozenset()
    waiting: Mapping[str, Why] = field(default_factory=dict)
    statuses: Mapping[str, str] = field(default_factory=dict)
    head: int = 0
    digest: str = ""
    seals: bool = False
    """Whether the viewer holds a seat and the charter is private until it has spoken."""

    @property
    def key(self) -> tuple[str, bool, bool]:
        """Who sees the same, as far as a text's state is concerned."""
        return (self.seat, self.named, self.seals)

    def status(self, passage: str) -> str:
        return self.statuses.get(passage, Status.NOT_OPEN.value)

    def is_sealed(self, passage: str) -> bool:
        return passage in self.sealed

    def counts(self, passages: Iterable[str] | None = None) -> Counter[str]:
        """How many passages have each status, as this viewer may know it."""
        if passages is None:
            return Counter(self.statuses.values())
        return Counter(map(self.status, passages))


def sight(text: Text, held: policies.Standing, state: State, digest: str = "") -> Sight:
    """What somebody with the seat and offices `held` may know of a text whose state is `state`."""
    visibility = text.commission.visibility
    statuses: dict[str, str] = {name: status.value for name, status in state.statuses().items()}
    seat = held.seat.key if held.seat else ""
    waiting: dict[str, Why] = {}
    sealed: frozenset[str] = frozenset()
    seals = bool(seat) and visibility != Commission.Visibility.NAMED
    if seat:
        waiting = {need.passage: need.why for need in needs(state, seat)}
    if seals:
        if seat in state.roster:
            sealed = frozenset(name for name, why in waiting.items() if why in _UNANSWERED)
        else:
            sealed = frozenset(statuses)
        for name in sealed:
            statuses[name] = YOURS
    return Sight(
        seat=seat,
        named=visibility != Commission.Visibility.SECRET,
        sealed=sealed,
        waiting=waiting,
        statuses=statuses,
        head=state.head,
        digest=digest,
        seals=seals,
    )


def renewed(before: Sight, state: State, digest: str, changed: Iterable[str]) -> Sight | None:
    """What the viewer of `before` may know by now, when only passages of `changed` differ; equal
    to `sight`, without looking at all others. None when it has to be made anew."""
    seat = before.seat
    if seat and seat not in state.roster:
        return None
    known = state.statuses()
    statuses, waiting = dict(before.statuses), dict(before.waiting)
    sealed = set(before.sealed)
    for name in changed:
        if name not in known:
            return None
        statuses[name] = known[name].value
        waiting.pop(name, None)
        sealed.discard(name)
        why = state.waits(seat, name) if seat else None
        if why is None:
            continue
        waiting[name] = why
        if before.seals and why in _UNANSWERED:
            sealed.add(name)
            statuses[name] = YOURS
    return replace(
        before,
        sealed=frozenset(sealed),
        waiting=waiting,
        statuses=statuses,
        head=state.head,
        digest=digest,
    )


def needs(state: State, seat: str) -> list[Need]:
    """What waits for a seat; nothing for a seat that is not on this text's roster."""
    try:
        return state.needs(seat)
    except Refused:
        return []


@dataclass(frozen=True)
class Voice:
    """What one seat said of one wording, as a page shows it. `name` is empty in a secret vote."""

    name: str
    position: str
    words: str
    reason: str = ""
    would_accept: str = ""
    conditions: tuple[tuple[str, str], ...] = ()
    stance: int = 0
    carried: bool = False
    objects: bool = False
    addressed: bool = False
    orphaned: bool = False
    own: bool = False


@dataclass(frozen=True)
class Known:
    """What a viewer knows of one wording: whether its stances are open to them, a sentence on
    where it stands, their own stance, and the others' where they are open."""

    digest: str
    open: bool
    status: str
    sentence: str
    own: Voice | None = None
    stale: Voice | None = None
    """What the viewer's seat said of earlier words."""
    must_repeat: Why | None = None
    voices: tuple[Voice, ...] = ()
    missing: tuple[str, ...] = ()
    price: int | None = None
    """How many agreements an edit of substance would set aside; None when that is sealed."""


class Panel:
    """The seats of a commission and what they said of one passage, ready to be shown."""

    def __init__(self, passage: Passage, sight: Sight) -> None:
        self.passage = passage
        self.sight = sight
        commission = passage.text.commission
        self.seats: dict[str, Seat] = {s.key: s for s in commission.seats.all()}
        self.stances: dict[int, Stance] = {
            s.seq: s for s in Stance.objects.filter(passage=passage).select_related("seat")
        }

    def known(self, standing: Standing, price: int, *, current: bool) -> Known:
        """What the viewer knows of the wording that `standing` is about."""
        seat = self.sight.seat
        own = standing.stands.get(seat) if seat else None
        in_force = own is not None and own.state in _IN_FORCE
        # An objection to the words of the text counts against every other wording as well, so a
        # proposed wording opens only to a seat that has answered on both.
        sealed = not current and self.sight.is_sealed(self.passage.id)
        open_ = not self.sight.seals or (in_force and not sealed)
        mine = self._voice(own.seat, own.seq, own=True) if own and in_force else None
        stale = None
        if own and own.state is Freshness.STALE:
            stale = self._voice(own.seat, own.seq, own=True)
        if mine and own and own.state is Freshness.CARRIED:
            mine = _carried(mine)
        voices: tuple[Voice, ...] = ()
        missing: tuple[str, ...] = ()
        if open_:
            voices = tuple(self._others(standing))
            missing = tuple(
                self._name(key) for key in standing.missing if key != seat and self.sight.named
            )
        status = standing.status.value if open_ else YOURS
        if current and not open_ and standing.status in (Status.WITHDRAWN, Status.NOT_OPEN):
            status = standing.status.value
        return Known(
            digest=standing.digest,
            open=open_,
            status=status,
            sentence=sentence(standing, self.sight, self._name) if open_ else _sealed_sentence(),
            own=mine,
            stale=stale,
            must_repeat=self.sight.waiting.get(self.passage.id) if current else None,
            voices=voices,
            missing=missing,
            price=price if open_ else None,
        )

    def _others(self, standing: Standing) -> list[Voice]:
        addressed = {o.seq for o in standing.objections if o.addressed_by}
        shown: list[Voice] = []
        seen: set[int] = set()
        for key, one in standing.stands.items():
            if key == self.sight.seat or one.seq is None or one.state not in _IN_FORCE:
                continue
            seen.add(one.seq)
            voice = self._voice(key, one.seq, addressed=one.seq in addressed)
            if voice:
                shown.append(_carried(voice) if one.state is Freshness.CARRIED else voice)
        for objection in standing.objections:
            if objection.seq in seen or objection.seat == self.sight.seat:
                continue
            voice = self._voice(objection.seat, objection.seq, addressed=objection.seq in addressed)
            if voice:
                shown.append(voice)
        for orphan in standing.orphans:
            voice = self._voice(orphan.seat, orphan.seq, orphaned=True)
            if voice:
                shown.append(voice)
        if self.sight.named:
            return sorted(shown, key=lambda v: (not v.objects, v.name))
        # In a secret vote neither the order of seats nor of time may tell who spoke.
        return sorted(shown, key=lambda v: (not v.objects, _shuffled(v.stance)))

    def _voice(
        self,
        key: str,
        seq: int | None,
        *,
        own: bool = False,
        addressed: bool = False,
        orphaned: bool = False,
    ) -> Voice | None:
        said = self.stances.get(seq or 0)
        if said is None:
            return None
        return Voice(
            name=self._name(key) if self.sight.named or own else "",
            position=said.position,
            words=str(said.get_position_display()),
            reason=said.reason,
            would_accept=said.would_accept,
            conditions=tuple((p, d) for p, d in said.conditions),
            stance=said.pk,
            objects=said.position == Stance.Position.OBJECT,
            addressed=addressed,
            orphaned=orphaned,
            own=own,
        )

    def _name(self, key: str) -> str:
        seat = self.seats.get(key)
        return seat.public_name if seat else key


def _carried(voice: Voice) -> Voice:
    return Voice(**{**voice.__dict__, "carried": True})


def _shuffled(stance: int) -> str:
    return hashlib.sha256(str(stance).encode()).hexdigest()


def _sealed_sentence() -> str:
    return _("Waits for your answer. What others said opens to you once you have given yours.")


def sentence(standing: Standing, sight: Sight, name: object = None) -> str:
    """Where a wording stands, in one sentence, for somebody who may know."""
    others = [key for key in standing.missing if key != sight.seat]
    waits = []
    if sight.seat and sight.seat in standing.missing:
        waits.append(_("you"))
    if others:
        waits.append(
            ngettext("%(count)d seat", "%(count)d seats", len(others)) % {"count": len(others)}
        )
    waiting_for = _(" and ").join(waits)
    objecting = len(standing.objections)
    match standing.status:
        case Status.AGREED:
            return _("Agreed: every seat accepts exactly these words.")
        case Status.LOCALLY_AGREED:
            return _("Every seat accepts these words. They can be made the wording of the text.")
        case Status.HELD_BY_CONDITION:
            return _("Every seat accepts these words, some only if another passage is in as well.")
        case Status.TIE:
            return _("Two wordings are accepted by every seat. One of them has to be withdrawn.")
        case Status.NOT_OPEN:
            return _("Not open for answers yet.")
        case Status.WITHDRAWN:
            return _("Withdrawn. It is not part of the text.")
        case Status.CONTESTED:
            said = ngettext("%(count)d seat objects.", "%(count)d seats object.", objecting) % {
                "count": objecting
            }
            if waiting_for:
                said += " " + _("Still waiting for %(who)s.") % {"who": waiting_for}
            return said
    if waiting_for:
        return _("Waiting for %(who)s.") % {"who": waiting_for}
    if standing.orphans:
        return _("A seat that objected has left, so every seat is asked once more.")
    if standing.recall:
        return _("A seat has left, so this needs a new call for consensus.")
    return _("Everybody has answered, and not everybody agrees.")
