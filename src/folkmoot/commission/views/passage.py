"""The page of one passage: its words, where it stands, and everything one can do with it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from folkmoot.algorithms.consent import Choice, State, nearest
from folkmoot.algorithms.wording import Wording
from folkmoot.commission import policies
from folkmoot.commission.consent_log import reading
from folkmoot.commission.drafts import unfinished
from folkmoot.commission.forms.comment import CommentForm
from folkmoot.commission.forms.stance import StanceForm
from folkmoot.commission.mentions import people_inside
from folkmoot.commission.models import Comment, Draft, Edit, Passage, StoredWording, Variant
from folkmoot.commission.shown import KIND_WORDS, Difference, difference, wording_html
from folkmoot.commission.sight import Known, Panel

from .room import Room

HISTORY_SHOWN = 20
COMMENTS_SHOWN = 50


@dataclass
class Side:
    """One wording of a passage with what the viewer knows of it, ready to be shown."""

    digest: str
    html: SafeString
    known: Known
    form: StanceForm | None = None
    variant: Variant | None = None
    change: Difference | None = None
    may_withdraw: bool = False
    draft: Draft | None = None
    """Words of the text that are being written at this moment and not recorded yet."""
    unfinished: bool = False


@dataclass
class Ranked:
    """A wording in the order of nearness to agreement; no `side` for leaving the passage out."""

    choice: Choice
    side: Side | None


@require_safe
def passage(request: HttpRequest, slug: str, passage: str) -> HttpResponse:
    """One passage, at its permanent address."""
    room = Room(request, slug)
    return page(room, room.passage(passage))


def page(
    room: Room,
    passage: Passage,
    *,
    bound: StanceForm | None = None,
    comment_form: CommentForm | None = None,
    answering: tuple[int, Any] | None = None,
    stale: Difference | None = None,
    status: int = 200,
) -> HttpResponse:
    """The passage's page. `bound` is a stance form that came back with errors, `stale` what
    changed in the words since it was filled in."""
    seat = room.held.seat
    with reading(room.text) as state:
        standings = [state.standing(passage.id)]
        standings += [state.standing(passage.id, d) for d in state.variants(passage.id)]
        price = state.price(passage.id)
        accepted = state.last_accepted(seat.key, passage.id) if seat else None
        frozen = state.candidate is not None
        disputable = _disputable(state, passage, seat.key if seat else "")
    panel = Panel(passage, room.sight)
    stored = StoredWording.objects.in_bulk(
        {s.digest for s in standings} | ({accepted} if accepted else set())
    )
    variants = {
        v.wording_id: v for v in passage.variants.standing().select_related("seat", "proposer")
    }
    may_speak = policies.may_take_stance(room.person, seat) and passage.withdrawn is None
    draft, words = room.draft(passage), room.words(passage)
    sides = []
    for number, standing in enumerate(standings):
        current = number == 0
        wording = words if current else stored[standing.digest].value
        known = panel.known(standing, price, current=current)
        variant = None if current else variants.get(standing.digest)
        if variant is not None:
            variant.passage = passage
        sides.append(
            Side(
                digest=wording.digest,
                html=wording_html(
                    wording,
                    room.picture_url,
                    number=passage.label,
                    anchor=passage.id if current else f"v{number}",
                ),
                known=known,
                form=_form(room, passage, known, wording.digest, number, bound)
                if may_speak
                else None,
                variant=variant,
                change=_change(passage, words, wording, draft, current=current),
                may_withdraw=variant is not None
                and policies.may_withdraw_variant(room.person, variant),
                draft=draft if current else None,
                unfinished=current and unfinished(words),
            )
        )
    ranked = []
    if room.held.writes and not room.sight.seals and len(sides) > 1:
        by_digest = {side.digest: side for side in sides}
        ranked = [Ranked(c, by_digest.get(c.digest or "")) for c in nearest(standings)]
    since = None
    if accepted and accepted != words.digest and accepted in stored:
        since = difference(stored[accepted].value, words)
    before, after = room.outline.around(passage.id)
    return room.render(
        "passage",
        status=status,
        passage=passage,
        kind=KIND_WORDS[passage.value.kind],
        price=None if room.sight.is_sealed(passage.id) else price,
        current=sides[0],
        variants=sides[1:],
        ranked=ranked,
        since=since,
        stale=stale,
        frozen=frozen,
        may_propose=not frozen and passage.withdrawn is None,
        disputable=disputable,
        chapter=room.outline.chapter_of(passage.id),
        before=before,
        after=after,
        edits=_history(passage),
        points=points(room, passage),
        comment_form=comment_form
        or CommentForm(
            people=people_inside(room.commission), initial={"once": secrets.token_hex(10)}
        ),
        answering=answering,
        once=secrets.token_hex(10),
        address=room.request.build_absolute_uri(passage.get_absolute_url()),
        conditions=_conditions(sides),
    )


def _change(
    passage: Passage, words: Wording, wording: Wording, draft: Draft | None, *, current: bool
) -> Difference | None:
    """For a proposed wording what differs from the words of the text; for those what was written
    since they were recorded."""
    if not current:
        return difference(words, wording)
    return difference(passage.value, None if draft.gone else words) if draft else None


def _form(
    room: Room,
    passage: Passage,
    known: Known,
    digest: str,
    number: int,
    bound: StanceForm | None,
) -> StanceForm:
    """The stance form for the wording `digest`: the one that came back, or a fresh one with what
    the seat said of these words before."""
    if bound is not None and bound.data.get("digest") == digest:
        return bound
    said = known.own or known.stale
    initial: dict[str, Any] = {"digest": digest}
    if said is not None:
        initial |= {
            "reason": said.reason,
            "would_accept": said.would_accept,
            "condition": " ".join(p for p, _digest in said.conditions),
        }
        if known.own is not None and digest == known.digest:
            initial["position"] = said.position
    return StanceForm(
        initial=initial,
        passage=passage,
        text=room.text,
        prefix_id=f"v{number}_" if number else "",
    )


def _disputable(state: State, passage: Passage, seat: str) -> Edit | None:
    """The editorial edit this seat can still dispute, if there is one."""
    latest = passage.edits.first()
    if latest is None or latest.kind != Edit.Kind.EDITORIAL or seat not in state.roster:
        return None
    if latest.after_id != passage.wording_id or state.standing(passage.id).disputed_by:
        return None
    latest.passage = passage
    return latest if timezone.now() <= latest.disputable_until else None


def _history(passage: Passage) -> list[tuple[Edit, Difference]]:
    edits = passage.edits.select_related("before", "after", "editor")[:HISTORY_SHOWN]
    return [(edit, difference(edit.before.value, edit.after.value)) for edit in edits]


def points(room: Room, passage: Passage) -> list[Comment]:
    """The comments on a passage with their answers, marked with what the visitor may do."""
    found = list(
        passage.comments.points()
        .readable(room.person, room.held.writes)
        .select_related("author", "disposed_by")
        .prefetch_related("answers__author")[:COMMENTS_SHOWN]
    )
    for point in found:
        point.passage = passage
        point.is_own = policies.may_withdraw_comment(room.person, point)
        point.may_be_placed = policies.may_place_comment(room.person, point, room.text)
    return found


def _conditions(sides: list[Side]) -> dict[str, str]:
    """The beginnings of the passages that shown stances name as conditions."""
    ids = {
        passage
        for side in sides
        for voice in (*side.known.voices, *filter(None, [side.known.own, side.known.stale]))
        for passage, _digest in voice.conditions
    }
    if not ids:
        return {}
    rows = Passage.objects.filter(id__in=ids).values_list("id", "wording__plain")
    return {pk: plain[:70] or _("(no words)") for pk, plain in rows}


def address_of(room: Room, passage: str) -> str:
    return reverse("commission:passage", args=[room.text.slug, passage])
