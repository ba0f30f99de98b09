"""Choosing two moments of a text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from folkmoot.commission.models import Text
from folkmoot.live.history.moment import Log, Moment, around, moment_at, newest, time_of
from folkmoot.live.models import EditingSession
from folkmoot.ui.widgets import DateTimeInput

OFFERED = 60
NOW = "now"
FIRST = "e0"


@dataclass(frozen=True)
class Chosen:
    """A moment and when it was."""

    moment: Moment
    at: datetime


class MomentsForm(forms.Form):
    """Two moments, each chosen from a list or by a time; a time counts where both are given.

    After `is_valid()`, `earlier` and `later` are the moments that were chosen.
    """

    later: Chosen
    earlier: Chosen

    def __init__(self, asked: Mapping[str, Any] | None, *, text: Text, log: Log | None) -> None:
        given = None if asked is None else {"from": NOW, "to": NOW} | {k: asked[k] for k in asked}
        super().__init__(given, initial={"from": FIRST, "to": NOW})
        self._text, self._log = text, log
        offered = _offered(text, log)
        known = {value for value, _words in offered}
        for name, label in (
            ("from", gettext_lazy("The earlier moment")),
            ("to", gettext_lazy("The later moment")),
        ):
            spelled = str(self.data.get(name, ""))[:20]
            more = []
            if spelled and spelled not in known:
                chosen = self._moment(spelled)
                more = [(spelled, _words(chosen.at, ""))] if chosen else []
            self.fields[name] = forms.CharField(
                label=label,
                max_length=20,
                widget=forms.Select(choices=[*more, *offered]),
            )
            self.fields[f"{name}_time"] = forms.DateTimeField(
                label=gettext_lazy("or a day and an hour"), required=False, widget=DateTimeInput()
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in ("from", "to"):
            time = cleaned.get(f"{name}_time")
            if time is not None:
                moment = moment_at(self._text, self._log, time)
                chosen = self._at(moment)
            else:
                chosen = self._moment(cleaned.get(name, ""))
            if chosen is None:
                problem = _("The history of this text has no such moment. Choose another one.")
                self.add_error(name, problem)
            elif name == "from":
                self.earlier = chosen
            else:
                self.later = chosen
        return cleaned

    def _moment(self, spelled: str) -> Chosen | None:
        moment = newest(self._text, self._log) if spelled == NOW else Moment.parse(spelled)
        return None if moment is None else self._at(moment)

    def _at(self, moment: Moment) -> Chosen | None:
        at = time_of(self._text, self._log, moment)
        return None if at is None else Chosen(moment, at)


def _offered(text: Text, log: Log | None) -> Sequence[tuple[str, str]]:
    """The moments offered: now, the ends of the newest sessions, and how the text was at first."""
    sessions = EditingSession.objects.with_changes().filter(text=text).select_related("person")
    offered = [(NOW, _("Now"))]
    for session in sessions[:OFFERED]:
        name = session.person.shown_name if session.person else _("the room itself")
        offered.append((str(around(session)[1]), _words(session.ended, name)))
    if log is not None:
        offered.append(("u0", _words(log.start, _("as it was when the room was opened"))))
    offered.append((FIRST, _("Before anything was written")))
    return offered


def _words(at: datetime, name: str) -> str:
    """A moment as the list says it. With seconds, since several sessions can end in one minute."""
    when = date_format(localtime(at), "j M Y, H:i:s")
    return f"{when} · {name}" if name else when
