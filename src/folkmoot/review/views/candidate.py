"""A candidate before the seats: read, re-affirm, sign, send back, publish."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from folkmoot.algorithms.consent import Refused
from folkmoot.algorithms.markup import Notes, Shown, passages_html
from folkmoot.algorithms.redline import compare
from folkmoot.commission.models import Seat, StoredWording, Text
from folkmoot.commission.policies import standing
from folkmoot.commission.shown import Difference, difference, field_words
from folkmoot.people.policies import require
from folkmoot.review import policies
from folkmoot.review.forms import ReturnForm
from folkmoot.review.models import Candidate, Edition
from folkmoot.review.models.edition import wordings_of
from folkmoot.review.views.preparation import person


def _text(request: HttpRequest, slug: str) -> Text:
    text = get_object_or_404(Text.objects.select_related("commission"), slug=slug)
    require(policies.may_see_candidate(request.user, text), policies.SEE_CANDIDATE)
    return text


def _seat(request: HttpRequest, text: Text) -> Seat:
    require(policies.may_sign(request.user, text), policies.SIGN)
    seat = standing(request.user, text.commission).seat
    assert seat is not None
    return seat


@dataclass(frozen=True)
class Reaffirmed:
    """A carried stance: the passage's number and words, and what changed since it was given."""

    passage: str
    digest: str
    number: str
    change: Difference


@dataclass(frozen=True)
class Change:
    """A passage that is not as in the last edition."""

    state: str
    number: str
    difference: Difference


@require_safe
@never_cache
def candidate(request: HttpRequest, slug: str) -> HttpResponse:
    """What is about to be published, who has signed, and what the visitor can do."""
    return _page(request, _text(request, slug))


def _page(
    request: HttpRequest, text: Text, form: ReturnForm | None = None, status: int = 200
) -> HttpResponse:
    latest = text.candidates.first()
    held = standing(request.user, text.commission)
    context: dict[str, object] = {
        "text": text,
        "candidate": latest,
        "may_prepare": policies.may_prepare(request.user, text),
        "may_publish": policies.may_publish(request.user, text),
        "seat": held.seat,
        "form": form or ReturnForm(),
    }
    if latest is None:
        return render(request, "review/candidate.html", context, status=status)
    signed = {sign.seat_id: sign for sign in latest.sign_offs.all()}
    seats = list(text.commission.seats.current())
    context |= {
        "signatures": [(seat, signed.get(seat.pk)) for seat in seats],
        "missing": [seat for seat in seats if seat.pk not in signed],
        "mine": signed.get(held.seat.pk) if held.seat else None,
        "newcomers": _newcomers(latest, seats),
        "edition": getattr(latest, "edition", None) if latest.published else None,
    }
    if latest.is_open:
        wordings = wordings_of(latest.manifest)
        last = text.editions.first()
        context |= {
            "words": sum(wordings[e["digest"]].words for e in latest.passages()),
            "recommendations": sum(
                wordings[e["digest"]].kind == "recommendation" for e in latest.passages()
            ),
            "last": last,
            "changes": _changes(last, latest) if last else None,
            "carried": _carried(latest, held.seat) if held.seat else [],
        }
    return render(request, "review/candidate.html", context, status=status)


def _newcomers(candidate: Candidate, seats: list[Seat]) -> list[Seat]:
    """Seats that are not in the manifest because they joined after it was frozen."""
    named = {seat["seat"] for seat in candidate.manifest["roster"]}
    return [seat for seat in seats if seat.key not in named] if candidate.is_open else []


def _carried(candidate: Candidate, seat: Seat) -> list[Reaffirmed]:
    found = candidate.carried(seat)
    rows = StoredWording.objects.in_bulk({c.digest for c in found} | {c.given_on for c in found})
    numbers = {e["id"]: e["number"] for e in candidate.passages()}
    return [
        Reaffirmed(
            c.passage,
            c.digest,
            numbers[c.passage],
            difference(rows[c.given_on].value, rows[c.digest].value),
        )
        for c in found
    ]


def _changes(last: Edition, candidate: Candidate) -> list[Change]:
    before, after = wordings_of(last.manifest), wordings_of(candidate.manifest)
    old, new = last.manifest["passages"], candidate.passages()
    out = []
    for change in compare(
        [(e["id"], before[e["digest"]]) for e in old], [(e["id"], after[e["digest"]]) for e in new]
    ):
        if change.state == "unchanged":
            continue
        entry = (
            new[change.after_index]
            if change.after_index is not None
            else old[change.before_index or 0]
        )
        out.append(Change(change.state, entry["number"], difference(change.before, change.after)))
    return out


@require_safe
@never_cache
def read(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole candidate as it would be published."""
    text = _text(request, slug)
    latest = text.candidates.open().first()
    if latest is None:
        return redirect("review:candidate", slug)
    return render(
        request,
        "review/read_candidate.html",
        {"text": text, "candidate": latest, "words": _words(text, latest)},
    )


def _words(text: Text, candidate: Candidate) -> SafeString:
    from django.urls import reverse

    wordings = wordings_of(candidate.manifest)
    notes = Notes(words=field_words())
    html = passages_html(
        [
            Shown(e["id"], wordings[e["digest"]], e["number"], e["marker"])
            for e in candidate.passages()
        ],
        footnote=notes,
        figure_url=lambda digest: reverse("commission:picture", args=[text.slug, digest]),
        heading_offset=1,
        permalinks=True,
        words=field_words(),
    )
    return mark_safe(html + notes.html(title=_("Notes")))  # noqa: S308 - markup escapes


def _open(request: HttpRequest, text: Text) -> Candidate | None:
    """The open candidate that the form was about; otherwise tells the visitor what happened."""
    found = text.candidates.open().first()
    if found is not None and request.POST.get("manifest") == found.digest:
        return found
    latest = text.candidates.first()
    if latest is None:
        messages.error(request, _("There is no candidate."))
    elif latest.published:
        messages.info(request, _("This edition has been published meanwhile."))
    elif found is not None:
        messages.warning(
            request,
            _("A new candidate was frozen while you were reading. Please look at it first."),
        )
    else:
        messages.info(request, _("The candidate was sent back meanwhile. The reason is below."))
    return None


def _try(request: HttpRequest, act: Callable[[], object], done: str) -> bool:
    try:
        act()
    except Refused as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, done)
    return True


@require_POST
def reaffirm(request: HttpRequest, slug: str) -> HttpResponse:
    """Say again, on the words as they are now, what was said before they were edited."""
    text = _text(request, slug)
    seat = _seat(request, text)
    found = _open(request, text)
    if found is not None:
        shown = [tuple(pair.split(":", 1)) for pair in request.POST.getlist("shown") if ":" in pair]
        try:
            count = found.reaffirm(seat, shown)  # type: ignore[arg-type]
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(
                request,
                ngettext(
                    "%(count)d answer is re-affirmed.", "%(count)d answers are re-affirmed.", count
                )
                % {"count": count},
            )
    return redirect("review:candidate", slug)


@require_POST
def sign(request: HttpRequest, slug: str) -> HttpResponse:
    """Sign for one's own seat. Signing twice signs once."""
    text = _text(request, slug)
    seat = _seat(request, text)
    found = _open(request, text)
    if found is not None:
        _try(request, lambda: found.sign(seat), _("You have signed this candidate."))
    return redirect("review:candidate", slug)


@require_POST
def send_back(request: HttpRequest, slug: str) -> HttpResponse:
    """Send the candidate back with a reason."""
    text = _text(request, slug)
    seat = _seat(request, text)
    form = ReturnForm(request.POST)
    if not form.is_valid() and text.candidates.open().exists():
        return _page(request, text, form, 422)
    found = _open(request, text)
    if found is not None:
        _try(
            request,
            lambda: found.send_back(seat, form.cleaned_data["reason"]),
            _("The candidate is sent back. The text can be edited again."),
        )
    return redirect("review:candidate", slug)


@require_POST
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Publish what every seat has signed."""
    text = _text(request, slug)
    require(policies.may_publish(request.user, text), policies.PUBLISH)
    latest = text.candidates.first()
    if latest is not None and latest.published:
        # Sent twice, or by two secretaries at once: it is published, which is what was wanted.
        return redirect(latest.edition)
    found = _open(request, text)
    if found is None:
        return redirect("review:candidate", slug)
    try:
        edition = Edition.publish(found, person(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("review:candidate", slug)
    messages.success(request, _("Edition %(number)d is published.") % {"number": edition.number})
    return redirect(edition)
