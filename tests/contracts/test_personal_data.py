"""Nothing about a person is stored that the register of personal data does not name."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import models

from folkmoot.people import register
from folkmoot.people.models import Person

PERSONAL_WORDS = {
    "about", "address", "author", "birthday", "description", "email", "gender", "name", "note",
    "phone", "postcode", "reason",
}  # fmt: skip
"""Parts of field names that speak of people. A field with one is declared, or stands below."""

OF_NO_PERSON = {
    "branches.Branch.name": "the name of a branch",
    "branches.Region.name": "the name of a region",
    "commission.Commission.name": "the name of a commission",
    "commission.Comment.imported_author": "a name that an imported document gave",
}
"""Fields that sound as if they were about a person and are not about anybody with an account."""

OTHERS = {"account", "mfa"}
"""Rooms of django-allauth that store something about people."""


def stored() -> list[tuple[type[models.Model], str]]:
    """Every field that looks personal: an e-mail address, a link to a person, a telling name."""
    found = []
    for model in apps.get_models():
        ours = model.__module__.startswith("folkmoot.")
        if not ours and model._meta.app_label not in OTHERS:
            continue
        for field in (*model._meta.fields, *model._meta.many_to_many):
            linked = field.related_model is Person
            telling = bool(set(field.name.split("_")) & PERSONAL_WORDS) and not field.is_relation
            if linked or isinstance(field, models.EmailField) or telling:
                found.append((model, field.name))
    return found


def declarations(model: type[models.Model]) -> list[register.PersonalData]:
    return [r for r in register.declared() if r.model == model._meta.label]


def owners(record: register.PersonalData) -> set[str]:
    """The fields by which a record finds its person."""
    if not callable(record.whose):
        return {record.whose}
    asked = record.whose(Person(pk=1, email="somebody@example.org"))
    return {str(condition[0]).split("__")[0] for condition in asked.children}


@pytest.mark.parametrize(
    ("model", "name"), stored(), ids=lambda value: getattr(value, "__name__", value)
)
def test_every_personal_field_is_declared(model: type[models.Model], name: str) -> None:
    label = f"{model._meta.label}.{name}"
    if label in OF_NO_PERSON:
        return
    named: set[str] = set()
    for record in declarations(model):
        named |= set(record.fields) | set(record.unnamed) | owners(record)
    assert name in named, (
        f"{label} looks personal: declare it in {model._meta.app_label}/personal_data.py,"
        " or say in OF_NO_PERSON why it is not"
    )


def test_exceptions_are_fields_that_exist() -> None:
    found = {f"{model._meta.label}.{name}" for model, name in stored()}
    assert set(OF_NO_PERSON) - found == set()


@pytest.mark.parametrize("record", register.declared(), ids=lambda record: str(record.title))
@pytest.mark.django_db
def test_every_declaration_can_be_shown_and_taken_away(record: register.PersonalData) -> None:
    person = Person.objects.create_user("somebody@example.org", "Some Body")
    assert isinstance(record.export(person), list)
    assert record.words
    assert str(record.purpose).endswith(".")
    assert str(record.retention).endswith(".")
