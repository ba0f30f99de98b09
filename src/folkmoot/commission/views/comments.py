"""Comments: made on passages, answered, and never ended in silence."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from folkmoot.commission import policies
from folkmoot.commission.forms.comment import AnswerForm, CommentForm, DispositionForm
from folkmoot.commission.models import Comment

from .passage import page as passage_page
from .room import Room
from .stance import after

PAGE = 25
STATES = ("open", "answered", "mine", "all")


@require_POST
def make(request: HttpRequest, slug: str, passage: str) -> HttpResponse:
    """Make a point on a passage."""
    return point_made(Room(request, slug), passage)


def point_made(room: Room, passage: str) -> HttpResponse:
    found = room.passage(passage)
    form = CommentForm(room.request.POST)
    if not form.is_valid():
        return passage_page(room, found, comment_form=form, status=422)
    said = form.cleaned_data
    comment, new = Comment.make(
        found, room.person, said["body"], quote=said["quote"], once=said["once"]
    )
    if new:
        messages.success(
            room.request, _("Your comment is here. It will be answered, not just closed.")
        )
    return room.answer(found, _address(comment))


@require_POST
def answer(request: HttpRequest, slug: str, comment: int) -> HttpResponse:
    """Answer in a comment's thread."""
    return point_answered(Room(request, slug), comment)


def point_answered(room: Room, comment: int) -> HttpResponse:
    point = _point(room, comment)
    form = AnswerForm(room.request.POST)
    if not form.is_valid():
        return passage_page(room, point.passage, answering=(point.pk, form), status=422)
    said = form.cleaned_data
    Comment.make(point.passage, room.person, said["body"], parent=point, once=said["once"])
    return room.answer(point.passage, after(room.request, _address(point)))


@require_POST
def withdraw(request: HttpRequest, slug: str, comment: int) -> HttpResponse:
    """Take one's own point back."""
    return point_withdrawn(Room(request, slug), comment)


def point_withdrawn(room: Room, comment: int) -> HttpResponse:
    point = _point(room, comment)
    room.require(policies.may_withdraw_comment(room.person, point), policies.ANSWER_COMMENTS)
    point.dispose(Comment.Disposition.WITHDRAWN, room.person)
    messages.success(room.request, _("Your comment is withdrawn. It stays readable."))
    return room.answer(point.passage, after(room.request, _address(point)))


@require_POST
def say_kept(request: HttpRequest, slug: str, comment: int) -> HttpResponse:
    """The author's answer to: is your point kept?"""
    return point_judged(Room(request, slug), comment)


def point_judged(room: Room, comment: int) -> HttpResponse:
    point = _point(room, comment)
    room.require(policies.may_withdraw_comment(room.person, point), policies.ANSWER_COMMENTS)
    answer = room.request.POST.get("kept", "")
    if answer in Comment.Kept.values and point.disposition:
        point.say_kept(answer == Comment.Kept.YES)
        if answer == Comment.Kept.YES:
            messages.success(room.request, _("Thank you. Your point is recorded as kept."))
        else:
            messages.success(room.request, _("Thank you. Your comment is open again."))
    return room.answer(point.passage, after(room.request, _address(point)))


@require_POST
def dispose(request: HttpRequest, slug: str, comment: int) -> HttpResponse:
    """Say what becomes of a point."""
    return point_disposed(Room(request, slug), comment)


def point_disposed(room: Room, comment: int) -> HttpResponse:
    room.require(policies.may_answer_comments(room.person, room.text), policies.ANSWER_COMMENTS)
    point = _point(room, comment)
    form = DispositionForm(room.request.POST, comment=point)
    if not form.is_valid():
        return room.render("dispose", point=point, form=form, status=422)
    said = form.cleaned_data
    if form.target is not None:
        point.merge(form.target, room.person, said["reason"])
    else:
        point.dispose(said["disposition"], room.person, said["reason"])
    messages.success(room.request, _("Answered. Its author is asked whether the point is kept."))
    return room.answer(point.passage, after(room.request, _address(point)))


@require_safe
def disposition(request: HttpRequest, slug: str, comment: int) -> HttpResponse:
    """The form that says what becomes of a point."""
    return disposition_asked(Room(request, slug), comment)


def disposition_asked(room: Room, comment: int) -> HttpResponse:
    room.require(policies.may_answer_comments(room.person, room.text), policies.ANSWER_COMMENTS)
    return room.render("dispose", point=_point(room, comment), form=DispositionForm())


@require_safe
def comments(request: HttpRequest, slug: str) -> HttpResponse:
    """All comments on a text: by state, chapter and person."""
    return _list(Room(request, slug))


def _list(room: Room, form: DispositionForm | None = None, status: int = 200) -> HttpResponse:
    request, outline = room.request, room.outline
    state = request.GET.get("state", "open")
    if state not in STATES:
        state = "open"
    found = Comment.objects.points().filter(passage__text=room.text)
    if state == "open":
        found = found.open()
    elif state == "answered":
        found = found.exclude(disposition="")
    elif state == "mine":
        found = found.filter(author=room.person)
    chapter = outline.chapter(request.GET.get("chapter", ""))
    if chapter is not None:
        found = found.filter(passage__in=[row.id for row in outline.of(chapter)])
    who = request.GET.get("by", "")[:120].replace("\x00", "")
    if who:
        found = found.filter(Q(imported_author=who) | Q(author__name=who))
    found = (
        found.select_related("passage__wording", "author", "disposed_by", "merged_into")
        .prefetch_related("answers__author")
        .order_by("passage__place", "created", "pk")
    )
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    for point in page.object_list:
        point.passage.text = room.text
        point.is_own = policies.may_withdraw_comment(room.person, point)
    return room.render(
        "comments",
        page=page,
        state=state,
        chapter=chapter,
        outline=outline,
        by=who,
        people=_people(room),
        form=form or DispositionForm(),
        may_answer=policies.may_answer_comments(room.person, room.text),
        status=status,
    )


def _people(room: Room) -> list[str]:
    """Everybody who made a point on this text, by name."""
    names = (
        Comment.objects.points()
        .filter(passage__text=room.text)
        .values_list("author__name", "imported_author")
        .distinct()
    )
    return sorted({name for pair in names for name in pair if name})


@require_POST
def dispose_many(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer several points at once in the same way."""
    room = Room(request, slug)
    room.require(policies.may_answer_comments(room.person, room.text), policies.ANSWER_COMMENTS)
    chosen = [int(n) for n in request.POST.getlist("comment") if n.isdecimal() and len(n) < 12]
    form = DispositionForm(request.POST)
    if not form.is_valid():
        return _list(room, form, status=422)
    if form.cleaned_data["disposition"] == Comment.Disposition.MERGED:
        form.add_error("disposition", _("Merge comments one by one, so that each finds its match."))
        return _list(room, form, status=422)
    if not chosen:
        form.add_error(None, _("Tick the comments that this is about."))
        return _list(room, form, status=422)
    points = Comment.objects.open().filter(passage__text=room.text, pk__in=chosen)
    for point in points:
        point.dispose(form.cleaned_data["disposition"], room.person, form.cleaned_data["reason"])
    messages.success(
        request,
        ngettext("%(n)d comment answered.", "%(n)d comments answered.", len(points))
        % {"n": len(points)},
    )
    return redirect(after(request, request.path.removesuffix("answer/")))


def _address(point: Comment) -> str:
    return f"{point.passage.get_absolute_url()}#comment-{point.pk}"


def _point(room: Room, comment: int) -> Comment:
    point = get_object_or_404(
        Comment.objects.points().select_related("passage__wording", "author"),
        pk=comment,
        passage__text=room.text,
    )
    point.passage.text = room.text
    return point
