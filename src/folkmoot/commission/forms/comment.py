"""Comments, replies to them, where they stand, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from folkmoot.algorithms.anchoring import Anchor, find, find_loosely
from folkmoot.commission.mentions import named_in
from folkmoot.commission.models import Comment, Passage
from folkmoot.people.models import Person
from folkmoot.ui.widgets import Combobox, RadioCards

from .words import REQUIRED, Words

COMMENT_LIMIT = 20_000
QUOTE_LIMIT = 60_000
"""As long as a passage may be: all of its words can be selected."""
CONTEXT_LIMIT = 200
"""More context than is kept may be sent; the nearest of it is used."""
FARTHEST = 2**31 - 1
NOT_HERE = _("These words do not stand there. Copy them from the passage exactly.")
TWICE = _("These words stand there more than once. Copy a few of the words beside them as well.")


def _context() -> dict[str, forms.Field]:
    """What stands on either side of the words. Not declared in the forms: Django keeps something
    else of theirs under the name `prefix`."""
    return {
        name: Words(most=CONTEXT_LIMIT, required=False, strip=False, widget=forms.HiddenInput)
        for name in ("prefix", "suffix")
    }


class CommentForm(forms.Form):
    """A point made on a passage; `once` makes a form sent twice one comment.

    `people` are those who can be mentioned, `offices` those of them who read what is confidential.
    `stands` are the words of the passage; a quote given by hand must be among them. One that comes
    with `prefix`, `suffix` or `start` was selected in words that may have changed since, and is
    taken as it is.
    """

    body = Words(
        label=_("Your comment"),
        most=COMMENT_LIMIT,
        rows=4,
        error_messages=REQUIRED,
        help_text=_("Write @ and a name to tell somebody by mail."),
    )
    quote = Words(
        label=_("About these words"),
        most=QUOTE_LIMIT,
        required=False,
        help_text=_("Copy the words you mean, if it is only some of them."),
    )
    mention = forms.ChoiceField(
        label=_("Mention"),
        required=False,
        widget=Combobox,
        help_text=_("They are told by mail."),
        error_messages={"invalid_choice": _("Choose somebody from the list.")},
    )
    confidential = forms.BooleanField(
        label=_("Confidential: only for the secretary and the report author"), required=False
    )
    start = forms.IntegerField(
        required=False, min_value=0, max_value=FARTHEST, widget=forms.HiddenInput
    )
    once = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        people: Sequence[Person] = (),
        offices: Sequence[Person] = (),
        passage: Passage | None = None,
        stands: str = "",
        **fields: Any,
    ) -> None:
        super().__init__(*args, **fields)
        self.fields |= _context()
        self.people, self.offices = people, offices
        self.passage, self.stands = passage, stands
        self.anchor: Anchor | None = None
        self.mentioned: list[Person] = []
        field = self.fields["mention"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Nobody")), *((one.key, one.shown_name) for one in people)]
        if not people:
            del self.fields["mention"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if self.passage is not None and "quote" in values:
            self._place(values)
        readers = self.offices if values.get("confidential") else self.people
        self.mentioned = named_in(values.get("body", ""), readers)
        chosen = next((one for one in self.people if one.key == values.get("mention")), None)
        if chosen is not None and chosen not in readers:
            self.add_error(
                "mention",
                _(
                    "Only the secretary and the report author read a confidential comment, so "
                    "nobody else can be mentioned in it."
                ),
            )
        elif chosen is not None and chosen not in self.mentioned:
            self.mentioned.append(chosen)
        return values

    def _place(self, values: dict[str, Any]) -> None:
        assert self.passage is not None
        quote, prefix, suffix = (values.get(name, "") for name in ("quote", "prefix", "suffix"))
        start = values.get("start")
        given = Anchor(self.passage.pk, quote, prefix[-24:], suffix[:24], start or 0)
        selected = bool(prefix or suffix) or start is not None
        found = find(given, self.stands, hint=start is not None) if quote else None
        if found is None and quote and not selected:
            found = find_loosely(given, self.stands)
            if found is None:
                self.add_error("quote", TWICE if quote in self.stands else NOT_HERE)
        self.anchor = found or given


class AnswerForm(forms.Form):
    """A reply in a thread. Those named with "@" are among `people`, who may read the thread."""

    body = Words(
        label=_("Your reply"),
        most=COMMENT_LIMIT,
        rows=3,
        error_messages=REQUIRED,
        help_text=_("Write @ and a name to tell somebody by mail."),
    )
    once = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: Sequence[Person] = (), **fields: Any) -> None:
        super().__init__(*args, **fields)
        self.people = people

    @property
    def mentioned(self) -> list[Person]:
        return named_in(self.cleaned_data["body"], self.people)


class PlaceForm(forms.Form):
    """Where a comment belongs whose words are gone: on other words, or on a whole passage.

    `texts` are the plain words of the passages that can be chosen, by id, in order.
    """

    passage = forms.ChoiceField(
        label=_("The passage"),
        error_messages={
            "required": _("Choose a passage."),
            "invalid_choice": _("Choose one of these passages."),
        },
    )
    quote = Words(
        label=_("About these words"),
        most=QUOTE_LIMIT,
        required=False,
        help_text=_("Copy the words from the passage. Leave it empty for the whole passage."),
    )

    def __init__(self, *args: Any, texts: dict[str, str], **fields: Any) -> None:
        super().__init__(*args, **fields)
        self.fields |= _context()
        self.texts = texts
        self.anchor = Anchor("", "")
        field = self.fields["passage"]
        assert isinstance(field, forms.ChoiceField)
        # All of the words are shown: those that are meant are copied from them.
        field.widget = RadioCards(hints=texts)
        field.choices = [(id, Truncator(text).words(8)) for id, text in texts.items()]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        passage, quote = values.get("passage"), values.get("quote", "")
        if passage is None or "quote" not in values:
            return values
        given = Anchor(
            passage, quote, values.get("prefix", "")[-24:], values.get("suffix", "")[:24]
        )
        if not quote:
            self.anchor = Anchor(passage, "")
            return values
        text = self.texts[passage]
        found = find(given, text, hint=False) or find_loosely(given, text)
        if found is None:
            self.add_error("quote", TWICE if quote in text else NOT_HERE)
        else:
            self.anchor = found
        return values


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
        label=_("Merged with comment number"), required=False, min_value=1, max_value=FARTHEST
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
            targets = (
                Comment.objects.points()
                .filter(pk=values.get("merged_into") or 0)
                .filter(passage__text=self.comment.passage.text)
                .exclude(pk=self.comment.pk)
                .exclude(disposition=Comment.Disposition.MERGED)
            )
            if not self.comment.confidential:
                # Everybody reads what a point was merged with, so it cannot be a confidential one.
                targets = targets.filter(confidential=False)
            self.target = targets.first()
            if self.target is None:
                self.add_error(
                    "merged_into",
                    _("Give the number of another comment on this text that is not merged itself."),
                )
        return values
