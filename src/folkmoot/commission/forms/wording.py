"""The words of a passage: changing them, proposing others, adding a passage."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from folkmoot.algorithms.wording import Asks, Figure, Malformed, Table, Wording
from folkmoot.commission.models import Picture, Text
from folkmoot.commission.photograph import PICTURE_BYTES, Unusable, redrawn
from folkmoot.commission.shown import KIND_WORDS
from folkmoot.documents.markdown import read_passage, write_passage
from folkmoot.ui.widgets import FileInput, RadioCards, ReadingTextarea

from .words import Words, clean_words

WORDS_LIMIT = 60_000
LEVELS = [
    ("centre", _("Centre")),
    ("branch", _("Branches")),
    ("both", _("Centre and branches")),
]
_EMPTY = {"required": _("Write the words of the passage.")}


class WordingForm(forms.Form):
    """The words of a passage of one kind, as light Markdown, with the fields its kind has.

    After `is_valid`, `wording` is what was written.
    """

    words = Words(
        label=_("Words"),
        most=WORDS_LIMIT,
        widget=ReadingTextarea(attrs={"rows": 8}),
        error_messages=_EMPTY,
        help_text=_("**strong**, *emphasis*, [words](https://address), ^[a footnote]."),
    )
    depth = forms.TypedChoiceField(label=_("Level"), coerce=int, required=False)
    ordered = forms.BooleanField(label=_("Items of this list are numbered"), required=False)
    area = Words(label=_("Area"), most=120, required=False)
    addressee = Words(label=_("Whom it asks"), most=200, required=False)
    level = forms.ChoiceField(
        label=_("Who acts on it"),
        choices=LEVELS,
        required=False,
        initial="both",
        widget=RadioCards(choices=LEVELS, inline=True),
    )
    picture = forms.FileField(
        label=_("Picture"),
        required=False,
        widget=FileInput(limit=PICTURE_BYTES, kinds=".png,.jpg,.jpeg,.gif,.webp"),
    )
    image = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    alt = Words(
        label=_("What the picture shows"),
        most=2_000,
        rows=2,
        required=False,
        help_text=_("For those who cannot see it. Say what a reader should take from it."),
    )

    def __init__(
        self,
        *args: Any,
        kind: str,
        text: Text,
        wording: Wording | None = None,
        **fields: Any,
    ) -> None:
        if wording is not None:
            fields["initial"] = {**_typed(wording), **(fields.get("initial") or {})}
        super().__init__(*args, **fields)
        self.kind = kind
        self.text = text
        self.given = wording
        self.wording: Wording | None = None
        self._only_what_the_kind_has()

    def _only_what_the_kind_has(self) -> None:
        keep = {"words"}
        depth = self.fields["depth"]
        assert isinstance(depth, forms.ChoiceField)
        if self.kind == "heading":
            keep |= {"depth"}
            depth.choices = [
                (1, _("1, a chapter")),
                (2, _("2, a section")),
                (3, _("3, a part of a section")),
                *((n, str(n)) for n in range(4, 10)),
            ]
            depth.initial = 2
        elif self.kind == "item":
            keep |= {"depth", "ordered"}
            depth.choices = [(n, str(n)) for n in range(1, 10)]
            depth.initial = 1
        elif self.kind == "recommendation":
            keep |= {"area", "addressee", "level"}
            for name in ("area", "addressee"):
                self.fields[name].required = True
                self.fields[name].widget.attrs["list"] = f"used-{name}"
            self.fields["area"].error_messages["required"] = _("Say which area it belongs to.")
            self.fields["addressee"].error_messages["required"] = _("Say whom it asks.")
            self.fields["level"].required = True
        elif self.kind == "figure":
            keep |= {"picture", "image", "alt"}
            self.fields["words"].required = False
            self.fields["words"].label = _("Caption")
            self.fields["words"].widget.attrs["rows"] = 2
            has_one = self.data.get("image") or (self.given and self.given.figure)
            self.fields["picture"].required = not has_one
            self.fields["picture"].error_messages["required"] = _("Choose a picture.")
            self.fields["alt"].required = True
            self.fields["alt"].error_messages["required"] = _(
                "Say what the picture shows, for those who cannot see it."
            )
        elif self.kind == "table":
            self.fields["words"].help_text = _(
                "A row on each line, its cells between pipes: | Year | Branches |. A line of "
                "dashes under the headings: | --- | --- |. A caption on a line of its own: "
                "“Table: ” and its words."
            )
            self.fields["words"].widget = forms.Textarea(
                attrs={"rows": 10, "class": "code", "wrap": "off"}
            )
        for name in [*self.fields]:
            if name not in keep and name not in self.always:
                del self.fields[name]

    always: frozenset[str] = frozenset()
    """Fields of a form built on this one that every kind has."""

    def clean_picture(self) -> Any:
        upload = self.cleaned_data["picture"]
        if upload is None:
            return None
        try:
            data, media_type = redrawn(upload.file, upload.size)
        except Unusable as error:
            raise forms.ValidationError(str(error)) from error
        kept = Picture.keep(data, media_type)
        kept.texts.add(self.text)
        # Kept even when another field is wrong, so that nobody has to upload it twice.
        self.show_again("image", kept.digest)
        return kept

    def show_again(self, name: str, value: str) -> None:
        """Have a field hold this value when the form is shown once more."""
        data = self.data.copy() if isinstance(self.data, QueryDict) else {**self.data}
        data[name] = value
        self.data = data

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.errors or set(self.errors) <= {"__all__"}:
            self._build(values)
        return values

    def _build(self, values: dict[str, Any]) -> None:
        like = self._like(values)
        if like is None:
            return
        try:
            wording = read_passage(values.get("words", ""), like)
        except Malformed as error:
            self.add_error("words", str(error))
            return
        if wording.table is not None and not wording.table.rows:
            self.add_error("words", _("A table needs at least one row between pipes."))
            return
        if wording.table is not None and len(wording.table.rows) > 2_000:
            self.add_error("words", _("A table can have at most 2,000 rows."))
            return
        if self.kind != "figure" and not wording.plain.strip():
            self.add_error("words", _EMPTY["required"])
            return
        self.wording = wording

    def _like(self, values: dict[str, Any]) -> Wording | None:
        given = self.given
        figure = None
        if self.kind == "figure":
            picture = values.get("picture")
            image = picture.digest if picture else values.get("image", "")
            if not image and given is not None and given.figure is not None:
                image = given.figure.image
            if not self.text.pictures.filter(digest=image).exists():
                self.add_error("picture", _("Choose a picture."))
                return None
            figure = Figure(image, values["alt"])
        asks = None
        if self.kind == "recommendation":
            asks = Asks(values["area"].strip(), values["addressee"].strip(), values["level"])
        depth = values.get("depth")
        return Wording(
            kind=self.kind,  # type: ignore[arg-type]
            depth=int(depth) if depth else (given.depth if given else 0),
            language=given.language if given else "",
            ordered=bool(values.get("ordered", given.ordered if given else False)),
            quoted=given.quoted if given else False,
            table=(given.table if given and given.table else Table(()))
            if self.kind == "table"
            else None,
            figure=figure,
            asks=asks,
        )


def _typed(wording: Wording) -> dict[str, Any]:
    """A wording as the values of the form's fields."""
    values: dict[str, Any] = {
        "words": write_passage(wording),
        "depth": wording.depth,
        "ordered": wording.ordered,
    }
    if wording.asks is not None:
        values |= {
            "area": wording.asks.area,
            "addressee": wording.asks.addressee,
            "level": wording.asks.level,
        }
    if wording.figure is not None:
        values |= {"image": wording.figure.image, "alt": wording.figure.alt}
    return values


CLASSES = [
    ("substantive", _("It changes what is said")),
    ("editorial", _("It only corrects how it is said")),
]
CLASS_HINTS = {
    "substantive": _(
        "Everybody is asked again. Answers given on the earlier words stay in the "
        "record and count for nothing."
    ),
    "editorial": _(
        "Answers are carried over, visibly. Every seat can dispute this. A changed "
        "number, date, name, quotation, “not”, “must” or “all” is never editorial."
    ),
}


class EditForm(WordingForm):
    """Changing the words in place, or proposing them beside the ones that stand."""

    always = frozenset({"change", "reason", "seen"})

    change = forms.ChoiceField(
        label=_("What kind of change is it?"),
        choices=CLASSES,
        initial="substantive",
        widget=RadioCards(choices=CLASSES, hints=CLASS_HINTS),
    )
    reason = Words(
        label=_("Why"),
        most=500,
        required=False,
        help_text=_("Everybody in the commission reads this beside the change."),
    )
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if (
            values.get("change") == "editorial"
            and not values.get("reason", "").strip()
            and self.data.get("action") in {"save", "substantive"}
        ):
            self.add_error("reason", _("Say why this is only editorial."))
        return values


class ProposalForm(WordingForm):
    """Another wording beside the one that stands."""

    always = frozenset({"note"})

    note = Words(
        label=_("Why this wording"),
        most=2_000,
        rows=2,
        required=False,
        help_text=_("Everybody in the commission reads this beside your proposal."),
    )


class KindForm(forms.Form):
    """What kind of passage to add."""

    kind = forms.ChoiceField(
        label=_("What do you want to add?"),
        choices=[(k, v) for k, v in KIND_WORDS.items() if k != "code"],
        initial="paragraph",
    )


class AddForm(WordingForm):
    """A new passage after another one."""

    always = frozenset({"label", "once"})

    label = Words(
        label=_("Its own number"),
        most=20,
        required=False,
        help_text=_("Only if it carries a number of its own, such as 17 or 4.2(b)."),
    )
    once = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)


def used(text: Text, limit: int = 60) -> dict[str, list[str]]:
    """Areas and addressees that recommendations of this text name already."""
    found: dict[str, set[str]] = {"area": set(), "addressee": set()}
    contents = text.passages.filter(withdrawn=None, wording__kind="recommendation").values_list(
        "wording__content", flat=True
    )
    for content in contents[:500]:
        asks = content.get("asks") or {}
        for name, values in found.items():
            if asks.get(name):
                values.add(clean_words(str(asks[name])))
    return {name: sorted(values)[:limit] for name, values in found.items()}
