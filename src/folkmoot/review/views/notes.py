"""What came after an edition: newer editions, errata, reservations. This page may change."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from folkmoot.commission.models import Stance
from folkmoot.commission.policies import standing
from folkmoot.people.policies import require
from folkmoot.review import policies, reservations
from folkmoot.review.forms import ErratumForm
from folkmoot.review.layout import Layout, layout
from folkmoot.review.models import Erratum
from folkmoot.review.views.preparation import person


@dataclass(frozen=True)
class About:
    """Something said about a passage: by whom, and where the passage stands."""

    stance: Stance
    where: str
    name: str
    words: str


@require_safe
@never_cache
def notes(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Newer editions, errata and published reservations, and the forms of those who may add."""
    return _page(request, layout(slug, number))


def _page(
    request: HttpRequest, book: Layout, form: ErratumForm | None = None, status: int = 200
) -> HttpResponse:
    edition, text = book.edition, book.edition.text
    held = standing(request.user, text.commission)
    own = reservations.of_seat(edition, held.seat) if held.seat else []
    may_note = policies.may_note_erratum(request.user, text)
    errata = [
        (
            erratum,
            book.where(erratum.passage_id) if erratum.passage_id in book.by_id else "",
            name_of(book, erratum.passage_id),
        )
        for erratum in edition.errata.all()
    ]
    return render(
        request,
        "review/notes.html",
        {
            "book": book,
            "edition": edition,
            "newer": text.editions.filter(number__gt=edition.number).order_by("number"),
            "older": text.editions.filter(number__lt=edition.number).order_by("-number"),
            "errata": errata,
            "reservations": [_about(book, s) for s in reservations.published(edition)],
            "own": [_about(book, s) for s in own],
            "form": (form or ErratumForm(edition=edition)) if may_note else None,
        },
        status=status,
    )


def name_of(book: Layout, passage: str | None) -> str:
    """What a passage of an edition is called: "Recommendation 12"."""
    numbered = book.numbering.numbers.get(passage or "")
    if numbered is not None and numbered.kind != "item":
        return numbered.spoken
    line = book.by_id.get(passage or "")
    return book.chapter(line.chapter).title if line else ""


def _about(book: Layout, stance: Stance) -> About:
    line = book.line(stance.passage_id)
    words = line.wording.plain
    short = f"{words[:160].rstrip()}…" if len(words) > 160 else words
    return About(stance, book.where(line.id), name_of(book, line.id), short)


@require_POST
def add_erratum(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Add a note on an error. The same note sent twice stands once."""
    book = layout(slug, number)
    edition = book.edition
    require(policies.may_note_erratum(request.user, edition.text), policies.NOTE_ERRATUM)
    form = ErratumForm(request.POST, edition=edition)
    if not form.is_valid():
        return _page(request, book, form, 422)
    passage = form.found.passage if form.found else None
    note = form.cleaned_data["note"]
    if edition.errata.filter(note=note, passage=passage).exists():
        messages.info(request, _("This note is published already."))
    else:
        Erratum.objects.create(edition=edition, passage=passage, note=note, by=person(request))
        messages.success(request, _("Your note is published. The edition itself is unchanged."))
    return redirect("review:notes", slug, number)


@require_POST
def publish_reservation(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Publish one's own reservation, or take it back."""
    book = layout(slug, number)
    edition = book.edition
    seat = standing(request.user, edition.text.commission).seat
    require(seat is not None, policies.PUBLISH_RESERVATION)
    assert seat is not None
    key = request.POST.get("stance", "")
    stance = get_object_or_404(Stance, pk=int(key) if key.isdecimal() and len(key) < 16 else 0)
    require(
        stance.pk in {own.pk for own in reservations.of_seat(edition, seat)},
        policies.PUBLISH_RESERVATION,
    )
    stance.published = request.POST.get("act") != "take-back"
    stance.save(update_fields=["published"])
    if stance.published:
        messages.success(request, _("Your reservation is published under your seat's name."))
    else:
        messages.success(request, _("Your reservation is not published any more."))
    return redirect("review:notes", slug, number)
