"""Form widgets beyond Django's own. Each is a plain control when scripts do not run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.template.defaultfilters import filesizeformat
from django.utils.functional import Promise
from django.utils.translation import gettext as _


class RadioCards(forms.RadioSelect):
    """Radio buttons as cards to press. `hints` maps a value to its line of explanation."""

    template_name = "ui/forms/widgets/radio_cards.html"

    def __init__(
        self,
        *args: Any,
        hints: Mapping[Any, str | Promise] | None = None,
        inline: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.hints = {str(key): value for key, value in (hints or {}).items()}
        self.inline = inline

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Django's context with the layout added."""
        context = super().get_context(name, value, attrs)
        context["widget"]["inline"] = self.inline
        return context

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Django's option with its hint added."""
        option = super().create_option(name, value, *args, **kwargs)
        option["hint"] = self.hints.get(str(value), "")
        return option


class Combobox(forms.Select):
    """A select that can be searched by typing; a plain select without script."""

    template_name = "ui/forms/widgets/combobox.html"


class ReadingTextarea(forms.Textarea):
    """A growing textarea in the reading face, for words that will be published."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"class": "reading-face", "rows": 6, **(attrs or {})})


class DateInput(forms.DateInput):
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DateTimeInput(forms.DateTimeInput):
    """The browser's own picker of a day and a time."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class FileInput(forms.FileInput):
    """A file input that says how large and of what kind a file may be.

    `limit` in bytes; `kinds` as the browser's accept list, such as ".docx,.odt,.md".
    """

    template_name = "ui/forms/widgets/file.html"

    def __init__(
        self, attrs: dict[str, Any] | None = None, *, limit: int | None = None, kinds: str = ""
    ) -> None:
        super().__init__({**({"accept": kinds} if kinds else {}), **(attrs or {})})
        self.limit = limit
        self.kinds = kinds

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Django's context with the sentence about size and kinds."""
        context = super().get_context(name, value, attrs)
        kinds = ", ".join(kind.strip() for kind in self.kinds.split(",") if kind.strip())
        size = filesizeformat(self.limit) if self.limit else ""
        if kinds and size:
            sentence = _("%(kinds)s, up to %(size)s.") % {"kinds": kinds, "size": size}
        elif size:
            sentence = _("Up to %(size)s.") % {"size": size}
        else:
            sentence = f"{kinds}." if kinds else ""
        widget = context["widget"]
        widget["sentence"] = sentence
        if sentence and (field_id := widget["attrs"].get("id")):
            described = widget["attrs"].get("aria-describedby", "")
            widget["attrs"]["aria-describedby"] = f"{described} {field_id}_sizehint".strip()
        if self.limit:
            widget["attrs"]["data-limit"] = self.limit
        return context
