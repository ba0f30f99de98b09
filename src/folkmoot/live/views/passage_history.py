"""All wordings of one passage; an earlier one can be proposed again."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from folkmoot.algorithms.consent import Refused
from folkmoot.commission import policies
from folkmoot.commission.consent_log import reading
from folkmoot.commission.models import Draft, Passage
from folkmoot.commission.shown import KIND_WORDS, Difference, difference, wording_html
from folkmoot.live.history import record
from folkmoot.live.history.wordings import Version, versions_of

from .history import History, passage_of

VERSIONS_SHOWN = 25


@dataclass
class Shown:
    """One wording as the page shows it: what changed from the one before it."""

    version: Version
    number: int
    change: Difference | None
    is_current: bool
    kind: str


@dataclass
class Chosen:
    """Two wordings side by side."""

    before: Version
    after: Version
    change: Difference


@require_safe
def passage_history(request: HttpRequest, slug: str, passage: str) -> HttpResponse:
    """Every wording of a passage, newest first, and what changed between any two."""
    entered = History(request, slug)
    room = entered.room
    found = passage_of(room, passage)
    versions = versions_of(room.text, passage)
    if not versions and found is not None:
        versions = [Version(found.wording_id, found.created)]
    numbered = list(enumerate(versions, 1))[::-1]
    page = Paginator(numbered, VERSIONS_SHOWN).get_page(request.GET.get("page"))
    shown_now = [number for number, _version in page.object_list]
    chosen = [_number(request.GET.get(name), len(versions)) for name in ("from", "to")]
    wanted = {n for number in shown_now for n in (number - 1, number)} | {n for n in chosen if n}
    words = record.wordings({versions[n - 1].digest for n in wanted if n} - {""})
    current = _current(found, passage)
    shown = []
    for number, version in page.object_list:
        before = versions[number - 2] if number > 1 else None
        words_now = words.get(version.digest)
        shown.append(
            Shown(
                version,
                number,
                difference(words.get(before.digest) if before else None, words_now),
                version.digest == current,
                str(KIND_WORDS[words_now.kind]) if words_now else "",
            )
        )
    pair = None
    if chosen[0] and chosen[1]:
        one, other = (versions[n - 1] for n in (chosen[0], chosen[1]))
        pair = Chosen(one, other, difference(words.get(one.digest), words.get(other.digest)))
    said = found.value if found else words.get(versions[-1].digest)
    return entered.render(
        "history_passage",
        passage=found,
        passage_id=passage,
        kind=KIND_WORDS[said.kind] if said else _("Passage"),
        beginning=said.plain if said else "",
        page=page,
        shown=shown,
        choices=numbered,
        chosen=pair,
        chosen_from=chosen[0] or max(1, len(versions) - 1),
        chosen_to=chosen[1] or len(versions),
        restorable=found is not None and found.withdrawn is None,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def propose_earlier(request: HttpRequest, slug: str, passage: str, digest: str) -> HttpResponse:
    """Propose an earlier wording of a passage again, once that is confirmed. The text itself is not
    changed: the words stand beside those of now, and the seats answer on them."""
    entered = History(request, slug)
    room = entered.room
    room.require(policies.may_propose(room.person, room.text), policies.READ_TEXT)
    found = passage_of(room, passage)
    version = next((v for v in versions_of(room.text, passage)[::-1] if v.digest == digest), None)
    wording = record.wordings([digest]).get(digest)
    if version is None or wording is None:
        raise Http404
    refusal = _refusal(found, digest)
    if found is not None and refusal == "":
        with reading(room.text) as state:
            if state.candidate is not None:
                refusal = str(Refused("candidate_frozen"))
    if request.method == "POST" and found is not None and not refusal:
        day = date_format(localtime(version.at), "j F Y, H:i")
        note = _("Restored from the wording of %(when)s") % {"when": day}
        try:
            found.propose(wording, room.person, note=note, seat=room.held.seat)
        except Refused as refused:
            refusal = str(refused)
        else:
            messages.success(
                request,
                _("The earlier wording stands beside the other one. Every seat can answer on it."),
            )
            return redirect(found)
    return entered.render(
        "history_restore",
        status=409 if request.method == "POST" else 200,
        passage=found,
        passage_id=passage,
        kind=KIND_WORDS[found.value.kind] if found else _("Passage"),
        version=version,
        refusal=refusal,
        change=difference(found.value, wording) if found and not refusal else None,
        words=wording_html(wording, room.picture_url),
    )


def _refusal(passage: Passage | None, digest: str) -> str:
    """Why this wording cannot be proposed, as a sentence; empty when it can."""
    if passage is None:
        return _("This passage is still being written. Its words are restored in the room.")
    if passage.withdrawn is not None:
        return _("This passage is not in the text now. Put it back first, then restore its words.")
    if digest == _current(passage, passage.pk):
        return _("These are the words that stand now, so there is nothing to restore.")
    return ""


def _current(passage: Passage | None, name: str) -> str:
    """The digest of the words that stand now, those being written in the room included."""
    if passage is None:
        return ""
    draft = Draft.objects.of_passages().filter(text=passage.text_id, name=name).first()
    return passage.wording_id if draft is None else draft.digest


def _number(spelled: str | None, most: int) -> int:
    """The number of a version from an address; 0 for none."""
    if spelled and spelled.isascii() and spelled.isdigit() and 1 <= int(spelled[:9]) <= most:
        return int(spelled[:9])
    return 0
