"""Mails kept as files, one .eml each, and reading them again.

Used when no mail server is set: in the demonstration and while developing.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage as OutgoingMail
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

KEY = re.compile(r"\d{8}T\d{12}-[0-9a-f]{8}")
LARGEST = 2 * 1024 * 1024
"""The largest mail that is opened for reading, in bytes."""


class MailFolder(BaseEmailBackend):
    """A mail backend that writes each mail to `EMAIL_FILE_PATH` as it would go out."""

    def send_messages(self, email_messages: Sequence[OutgoingMail]) -> int:
        """Write the mails; returns how many."""
        folder = mail_folder()
        folder.mkdir(parents=True, exist_ok=True)
        for mail in email_messages:
            name = f"{timezone.now():%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
            part = folder / f"{name}.part"
            part.write_bytes(mail.message().as_bytes())
            part.rename(folder / f"{name}.eml")
        return len(email_messages)


@dataclass(frozen=True)
class Mail:
    """A mail that was sent: who to, about what, and its words as text and as HTML."""

    key: str
    subject: str
    sender: str
    to: str
    date: datetime | None
    text: str
    html: str


def mail_folder() -> Path:
    """Where mails are kept."""
    return Path(getattr(settings, "EMAIL_FILE_PATH", "") or settings.DATA_DIR / "mail")


def newest(start: int, count: int) -> tuple[list[Mail], int]:
    """Mails from the newest on, and how many there are in all."""
    try:
        names = sorted(
            (p.stem for p in mail_folder().glob("*.eml") if KEY.fullmatch(p.stem)), reverse=True
        )
    except OSError:
        return [], 0
    found = (read(name) for name in names[start : start + count])
    return [mail for mail in found if mail], len(names)


def read(key: str) -> Mail | None:
    """The mail with this key, or None. A key is never a path."""
    if not KEY.fullmatch(key):
        return None
    path = mail_folder() / f"{key}.eml"
    try:
        if path.stat().st_size > LARGEST:
            return None
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
    except OSError:
        return None
    assert isinstance(message, EmailMessage)
    return Mail(
        key=key,
        subject=_header(message, "subject"),
        sender=_header(message, "from"),
        to=_header(message, "to"),
        date=_date(_header(message, "date")),
        text=_body(message, "plain"),
        html=_body(message, "html"),
    )


def _header(message: EmailMessage, name: str) -> str:
    return " ".join(str(message.get(name, "")).split())


def _date(value: str) -> datetime | None:
    try:
        return parsedate_to_datetime(value)
    except ValueError:
        return None


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    if part is None:
        return ""
    try:
        content: Any = part.get_content()
    except (LookupError, ValueError):
        content = part.get_payload(decode=True)
    return content if isinstance(content, str) else bytes(content or b"").decode("utf-8", "replace")
