"""Every environment variable that Folkmoot reads, with its default and its meaning.

`docs/guide/settings.md` is checked against this list, and `folkmoot doctor` prints it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit


class Misconfigured(RuntimeError):
    """A variable has a value that cannot work; the message names it and says what would."""


@dataclass(frozen=True)
class Variable:
    """One environment variable: its name, the value when it is not set, and what it does."""

    name: str
    default: str
    about: str


VARIABLES = (
    Variable(
        "FOLKMOOT_SECRET_KEY",
        "",
        "Long random text that signs sessions and links. Needed unless the demo setting is on.",
    ),
    Variable("FOLKMOOT_DEBUG", "no", "Show technical error pages. Never on a public machine."),
    Variable(
        "FOLKMOOT_DEMO",
        "no",
        "Offer one-click sign-in as the demo cast, the styleguide and the mailbox page.",
    ),
    Variable(
        "FOLKMOOT_OPEN_SIGNUP",
        "",
        "Let anybody join as a member with an e-mail address. Empty: only in the demo; otherwise "
        "people come in by invitation.",
    ),
    Variable(
        "FOLKMOOT_URL",
        "http://localhost:8000",
        "The address people use, without a slash at the end. Links in mails begin with it.",
    ),
    Variable(
        "FOLKMOOT_HOSTS",
        "",
        "Host names the site answers to, separated by commas. Empty: the host of FOLKMOOT_URL, "
        "and localhost.",
    ),
    Variable(
        "FOLKMOOT_DATA_DIR",
        "var",
        "Folder for the SQLite database, uploaded pictures, downloads and, in the demo, mails.",
    ),
    Variable(
        "FOLKMOOT_DATABASE_URL",
        "",
        "postgresql://user:password@host:port/name, or sqlite:///path. Empty: SQLite in the data "
        "folder.",
    ),
    Variable(
        "FOLKMOOT_VALKEY_URL",
        "",
        "redis://host:port/0 of a Valkey or Redis shared by all processes. Empty: one process.",
    ),
    Variable(
        "FOLKMOOT_MAIL_URL",
        "",
        "smtp://user:password@host:port or smtps://… for sending mail. Empty: mails are kept as "
        "files in the data folder.",
    ),
    Variable("FOLKMOOT_MAIL_FROM", "Folkmoot <folkmoot@localhost>", "The sender of every mail."),
    Variable("FOLKMOOT_ORGANISATION_NAME", "Folkmoot", "The name shown at the top of each page."),
    Variable("FOLKMOOT_ACCENT", "#22577a", "The organisation's colour, as #rrggbb."),
    Variable("FOLKMOOT_LANGUAGE", "en-gb", "The language of the interface."),
    Variable("FOLKMOOT_TIME_ZONE", "Europe/London", "The time zone in which times are shown."),
    Variable("FOLKMOOT_UPLOAD_MB", "40", "The largest file that can be uploaded, in megabytes."),
    Variable(
        "FOLKMOOT_HISTORY_DAYS",
        "30",
        "After how many days `folkmoot history thin` makes one update of a session of editing.",
    ),
    Variable(
        "FOLKMOOT_PROXIES",
        "0",
        "How many trusted reverse proxies stand in front; their X-Forwarded headers are believed.",
    ),
)

_DEFAULTS = {variable.name: variable.default for variable in VARIABLES}


def read(name: str) -> str:
    """The value of a declared variable. Raises `KeyError` for one that is not declared."""
    return os.environ.get(name, "").strip() or _DEFAULTS[name]


def switch(name: str, *, default: bool = False) -> bool:
    """A yes or no; `default` when it is empty. Raises `Misconfigured` for anything else."""
    value = read(name).lower()
    if not value:
        return default
    if value in {"yes", "true", "on", "1"}:
        return True
    if value in {"no", "false", "off", "0"}:
        return False
    raise Misconfigured(f"{name} is “{value}”; it must be yes or no.")


def number(name: str) -> int:
    """A whole number from 0. Raises `Misconfigured` for anything else."""
    value = read(name)
    if not value.isdigit():
        raise Misconfigured(f"{name} is “{value}”; it must be a whole number.")
    return int(value)


def database(url: str, data: Path) -> dict[str, object]:
    """Django's settings for the database that `url` names; SQLite in `data` when it is empty."""
    if not url or url.startswith("sqlite:"):
        path = url.removeprefix("sqlite:///") if url else str(data / "folkmoot.sqlite3")
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": path,
            "OPTIONS": {
                # Writers queue from the start of a transaction, so none fails half-way.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                " PRAGMA foreign_keys=ON; PRAGMA cache_size=-64000;",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise Misconfigured(
            "FOLKMOOT_DATABASE_URL must look like postgresql://user:password@host:port/name"
            " or sqlite:///path."
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,
    }


def mail(url: str, data: Path) -> Mapping[str, object]:
    """Django's settings for sending mail through `url`; files in `data` when it is empty."""
    if not url:
        return {
            "EMAIL_BACKEND": "folkmoot.notify.mailbox.MailFolder",
            "EMAIL_FILE_PATH": str(data / "mail"),
        }
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise Misconfigured("FOLKMOOT_MAIL_URL must look like smtp://user:password@host:port.")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and bool(parts.username),
        "EMAIL_TIMEOUT": 20,
    }
