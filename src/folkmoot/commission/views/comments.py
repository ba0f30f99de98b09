"""What is done with comments: made on words, replied to, and never ended in silence."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from folkmoot.commission import mentions, policies
from folkmoot.commission.forms.comment import AnswerForm, CommentForm, DispositionForm
from folkmoot.commission.models import Comment

from .comment_list import as_json, wants_json
from .comment_list import page as list_page
from .passage import page as passage_page
from .room import Room
from .stance import after


@require_POST
def make(request: HttpRequest, slug: str, passage: str) -> HttpResponse:
    """Make a point on a passage. Answers with JSON when that is asked for."""
    room = Room(request, slug)
    if wants_json(request):
        return _made_as_json(room, passage)
    return point_made(room, passage)


def point_made(room: Room, passage: str) -> HttpResponse:
    form = _comment_form(room, passage)
    if not form.is_valid():
        return passage_page(room, room.passage(passage), comment_form=form, status=422)
    comment, new = _make(room, form)
    if new:
        messages.success(
            room.request, _("Your comment is here. It will be answered, not just closed.")
        )
    return room.answer(comment.passage, comment.get_absolute_url())


def _made_as_json(room: Room, passage: str) -> JsonResponse:
    form = _comment_form(room, passage)
    if not form.is_valid():
        return refused_as_json(form)
    comment, new = _make(room, form)
    return JsonResponse(as_json(room, comment), status=201 if new else 200)


def refused_as_json(form: Any) -> JsonResponse:
    """What was wrong with a form, by field."""
    return JsonResponse({"errors": form.errors.get_json_data()}, status=422)


def _comment_form(room: Room, passage: str) -> CommentForm:
    found = room.passage(passage)
    return CommentForm(
        room.request.POST,
        people=mentions.people_inside(room.commission),
        offices=mentions.people_inside(room.commission, offices=True),
        passage=found,
        stands=room.words(found).plain,
    )


def _make(room: Room, form: CommentForm) -> tuple[Comment, bool]:
    said = form.cleaned_data
    assert form.passage is not None
    comment, new = Comment.make(
        form.passage,
        room.person,
        said["body"],
        anchor=form.anchor,
        confidential=said["confidential"],
        mentions=form.mentioned,
        once=said["once"],
    )
    if new:
        mentions.tell(comment, form.mentioned)
    comment.passage.text = room.text
    return comment, new


@require_POST
def answer(request: HttpRequest, slug: str, comment: int) -> HttpResponse:
    """Reply in a comment's thread."""
    return point_answered(Room(request, slug), comment)


def point_answered(room: Room, comment: int) -> HttpResponse:
    point = _point(room, comment)
    form = AnswerForm(room.request.POST, people=_readers(room, point))
    if not form.is_valid():
        return passage_page(room, point.passage, answering=(point.pk, form), status=422)
    said = form.cleaned_data
    reply, new = Comment.make(
        point.passage,
        room.person,
        said["body"],
        parent=point,
        mentions=form.mentioned,
        once=said["once"],
    )
    if new:
        mentions.tell(reply, form.mentioned)
    return room.answer(point.passage, after(room.request, _address(point)))


def _readers(room: Room, point: Comment) -> list[Any]:
    """Those who may read a thread, and so be mentioned in it."""
    people = mentions.people_inside(room.commission, offices=point.confidential)
    if point.confidential and point.author is not None and point.author not in people:
        inside = mentions.people_inside(room.commission)
        people += [one for one in inside if one == point.author]
    return people


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
    messages.success(room.request, _("Recorded. Its author is asked whether the point is kept."))
    return room.answer(point.passage, after(room.request, _address(point)))


@require_safe
def disposition(request: HttpRequest, slug: str, comment: int) -> HttpResponse:
    """The form that says what becomes of a point."""
    return disposition_asked(Room(request, slug), comment)


def disposition_asked(room: Room, comment: int) -> HttpResponse:
    room.require(policies.may_answer_comments(room.person, room.text), policies.ANSWER_COMMENTS)
    return room.render("dispose", point=_point(room, comment), form=DispositionForm())


@require_POST
def dispose_many(request: HttpRequest, slug: str) -> HttpResponse:
    """End several points at once in the same way."""
    room = Room(request, slug)
    room.require(policies.may_answer_comments(room.person, room.text), policies.ANSWER_COMMENTS)
    chosen = [int(n) for n in request.POST.getlist("comment") if n.isdecimal() and len(n) < 12]
    form = DispositionForm(request.POST)
    if not form.is_valid():
        return list_page(room, form, status=422)
    if form.cleaned_data["disposition"] == Comment.Disposition.MERGED:
        form.add_error("disposition", _("Merge comments one by one, so that each finds its match."))
        return list_page(room, form, status=422)
    if not chosen:
        form.add_error(None, _("Tick the comments that this is about."))
        return list_page(room, form, status=422)
    points = (
        Comment.objects.open()
        .filter(passage__text=room.text, pk__in=chosen)
        .select_related("passage__text")
    )
    for point in points:
        point.dispose(form.cleaned_data["disposition"], room.person, form.cleaned_data["reason"])
    messages.success(
        request,
        ngettext("Recorded for %(n)d comment.", "Recorded for %(n)d comments.", len(points))
        % {"n": len(points)},
    )
    return redirect(after(request, request.path.removesuffix("answer/")))


def _address(point: Comment) -> str:
    return f"{point.passage.get_absolute_url()}#comment-{point.pk}"


def _point(room: Room, comment: int) -> Comment:
    point = get_object_or_404(
        Comment.objects.points()
        .readable(room.person, room.held.writes)
        .select_related("passage__wording", "author"),
        pk=comment,
        passage__text=room.text,
    )
    point.passage.text = room.text
    return point
