"""The register of personal data: what is stored about people, where, why, and for how long.

Each room declares its own in `personal_data.py`. The page that shows it to everybody, the export
"all about me" and the closing of an account are made from these declarations, and a contract test
fails when a model has a personal field that none of them names.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from folkmoot.people.models import Person

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as Words


class OnClosing(StrEnum):
    """What happens to the rows about a person when the account is closed."""

    DELETE = "delete"
    KEEP = "keep"
    """The row stays as it is, because others rely on it; `retention` says why."""


@dataclass(frozen=True)
class PersonalData:
    """One model's personal fields.

    `whose` finds the rows about a person: the name of the field that points to the person (or
    "pk" for the person's own row), or a function from the person to a `Q`. `unnamed` lists the
    fields that point to a person in some other part, such as who made the row; closing an account
    leaves them, as the person is then without a name.
    """

    model: str
    title: Words
    fields: tuple[str, ...]
    whose: str | Callable[[Person], Q]
    purpose: Words
    retention: Words
    on_closing: OnClosing = OnClosing.DELETE
    unnamed: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The fields in words, for the page that everybody can read."""
        return ", ".join(words for _path, words, _field in self._found())

    def _found(self) -> list[tuple[str, str, Any]]:
        """Each declared path with its words and the field at its end."""
        found = []
        for path in self.fields:
            model = _model(self.model)
            words = path
            for part in path.split("__"):
                field = model._meta.get_field(part)
                model = getattr(field, "related_model", None) or model
                # The name of a branch is called the branch.
                if part != "name" or words == path:
                    words = str(getattr(field, "verbose_name", part))
            found.append((path, words, field))
        return found

    def rows(self, person: Person) -> models.QuerySet[models.Model]:
        """The rows about a person."""
        about = self.whose(person) if callable(self.whose) else Q(**{self.whose: person.pk})
        return _model(self.model)._default_manager.filter(about)

    def export(self, person: Person) -> list[dict[str, Any]]:
        """The person's rows with the declared fields, as values that JSON knows."""
        found = self.rows(person).values(*self.fields)
        return [{name: _plain(value) for name, value in row.items()} for row in found]

    def readable(self, person: Person) -> list[list[tuple[str, str]]]:
        """The person's rows for reading: names of fields and values in words, empty ones left
        out."""
        found = self._found()
        rows = self.rows(person).values(*self.fields)
        return [
            [
                (words, _readable(field, row[path]))
                for path, words, field in found
                if row[path] not in (None, "", [], {})
            ]
            for row in rows
        ]

    def close(self, person: Person) -> None:
        """Do with the person's rows what is declared. Called in a transaction."""
        if self.on_closing is OnClosing.DELETE:
            self.rows(person).delete()


def _model(label: str) -> type[models.Model]:
    return apps.get_model(label)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if value is None or isinstance(value, str | int | float | bool | list | dict):
        return value
    return str(value)


def _readable(field: Any, value: Any) -> str:
    if isinstance(value, datetime):
        return date_format(localtime(value), "j F Y, H:i")
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    return str(dict(getattr(field, "flatchoices", ())).get(value, value))


_declared: list[PersonalData] = []


def declare(*records: PersonalData) -> None:
    """Add to the register. Declaring the same again changes nothing."""
    for record in records:
        if not any(
            known.model == record.model and known.title == record.title for known in _declared
        ):
            _declared.append(record)


def declared() -> list[PersonalData]:
    """Everything declared, in the order in which the rooms declared it."""
    return list(_declared)


def everything_about(person: Person) -> list[tuple[PersonalData, list[dict[str, Any]]]]:
    """All that is stored about a person, by declaration; those without rows are left out."""
    found = [(record, record.export(person)) for record in _declared]
    return [(record, rows) for record, rows in found if rows]


def everything_to_read(
    person: Person,
) -> list[tuple[PersonalData, list[list[tuple[str, str]]]]]:
    """The same in words, for the page on which people read it."""
    found = [(record, record.readable(person)) for record in _declared]
    return [(record, rows) for record, rows in found if rows]
