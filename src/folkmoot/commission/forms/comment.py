"""Comments, answers to them, and what became of them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from folkmoot.commission.models import Comment

from .words import REQUIRED, Words

COMMENT_LIMIT = 20_000


class CommentForm(forms.Form):
    """A point made on a passage; `once` makes a form sent twice one comment."""

    body = Words(label=_("Your comment"), most=COMMENT_LIMIT, rows=4, error_messages=REQUIRED)
    quote = Words(
        label=_("About these words"),
        most=2_000,
        required=False,
        help_text=_("Copy the words you mean, if it is only some of them."),
    )
    once = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)


class AnswerForm(forms.Form):
    body = Words(label=_("Your answer"), most=COMMENT_LIMIT, rows=3, error_messages=REQUIRED)
    once = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)


class DispositionForm(forms.Form):
    """What becomes of a comment. `merged_into` is the number of the comment it is merged with."""

    disposition = forms.ChoiceField(
        label=_("What becomes of it"),
        choices=[
            (value, label)
            for value, label in Comment.Disposition.choices
            if value != Comment.Disposition.WITHDRAWN
        ],
        error_messages={"required": _("Choose what becomes of this comment.")},
    )
    reason = Words(
        label=_("Reason"),
        most=COMMENT_LIMIT,
        rows=3,
        required=False,
        help_text=_("Needed when a point is declined or only partly taken. Its author reads this."),
    )
    merged_into = forms.IntegerField(
        label=_("Merged with comment number"), required=False, min_value=1
    )

    def __init__(self, *args: Any, comment: Comment | None = None, **fields: Any) -> None:
        super().__init__(*args, **fields)
        self.comment = comment
        self.target: Comment | None = None

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        disposition = values.get("disposition")
        if (
            disposition in Comment.NEEDS_REASON
            and "reason" in values
            and not values["reason"].strip()
        ):
            self.add_error("reason", _("Say why, so that its author can see the reason."))
        if disposition == Comment.Disposition.MERGED and self.comment is not None:
            self.target = (
                Comment.objects.points()
                .filter(pk=values.get("merged_into") or 0)
                .filter(passage__text=self.comment.passage.text)
                .exclude(pk=self.comment.pk)
                .exclude(disposition=Comment.Disposition.MERGED)
                .first()
            )
            if self.target is None:
                self.add_error(
                    "merged_into",
                    _("Give the number of another comment on this text that is not merged itself."),
                )
        return values
