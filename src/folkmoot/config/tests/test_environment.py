"""Settings from the environment: understood, or refused by name."""

from pathlib import Path

import pytest

from folkmoot.config import environment
from folkmoot.config.environment import Misconfigured


def test_a_variable_that_is_not_declared_cannot_be_read() -> None:
    with pytest.raises(KeyError):
        environment.read("FOLKMOOT_NO_SUCH_THING")


def test_an_empty_value_means_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOLKMOOT_LANGUAGE", " ")
    assert environment.read("FOLKMOOT_LANGUAGE") == "en-gb"


@pytest.mark.parametrize(("value", "meant"), [("yes", True), ("ON", True), ("0", False)])
def test_switches(monkeypatch: pytest.MonkeyPatch, value: str, meant: bool) -> None:
    monkeypatch.setenv("FOLKMOOT_DEBUG", value)
    assert environment.switch("FOLKMOOT_DEBUG") is meant


def test_a_switch_that_is_neither_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOLKMOOT_DEBUG", "perhaps")
    with pytest.raises(Misconfigured, match=r"FOLKMOOT_DEBUG.*perhaps"):
        environment.switch("FOLKMOOT_DEBUG")


def test_a_number_that_is_none_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOLKMOOT_UPLOAD_MB", "many")
    with pytest.raises(Misconfigured, match="FOLKMOOT_UPLOAD_MB"):
        environment.number("FOLKMOOT_UPLOAD_MB")


def test_database_addresses() -> None:
    postgresql = environment.database("postgresql://a:p%40ss@db:5433/moot", Path("x"))
    assert (postgresql["NAME"], postgresql["PASSWORD"]) == ("moot", "p@ss")
    assert (postgresql["HOST"], postgresql["PORT"]) == ("db", "5433")
    assert environment.database("", Path("x"))["NAME"] == "x/folkmoot.sqlite3"
    with pytest.raises(Misconfigured, match="FOLKMOOT_DATABASE_URL"):
        environment.database("mysql://db/moot", Path("x"))


def test_mail_addresses() -> None:
    smtp = environment.mail("smtp://me:secret@mail.example.org", Path("x"))
    assert (smtp["EMAIL_PORT"], smtp["EMAIL_USE_TLS"]) == (587, True)
    with pytest.raises(Misconfigured, match="FOLKMOOT_MAIL_URL"):
        environment.mail("mail.example.org", Path("x"))
