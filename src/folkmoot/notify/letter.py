"""A mail in words: the same as plain text and as a calm piece of HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import get_language


def letter(
    subject: str,
    words: str,
    to: Sequence[str],
    *,
    code: str = "",
    headers: Mapping[str, str] | None = None,
) -> EmailMultiAlternatives:
    """A mail of plain paragraphs, divided by empty lines.

    In the HTML a paragraph that is an address alone becomes a button-like link, and one that is
    `code` alone is set large. The subject loses its line breaks.
    """
    subject = " ".join(subject.split())
    paragraphs = [part.strip() for part in words.strip().split("\n\n") if part.strip()]
    mail = EmailMultiAlternatives(
        subject, "\n\n".join(paragraphs) + "\n", to=list(to), headers=dict(headers or {})
    )
    context = {
        "subject": subject,
        "paragraphs": [(_kind(part, code), part) for part in paragraphs],
        "organisation_name": settings.FOLKMOOT_ORGANISATION_NAME,
        "accent": settings.FOLKMOOT_ACCENT,
        "language": get_language(),
        "home": settings.PUBLIC_URL,
    }
    mail.attach_alternative(render_to_string("notify/letter.html", context), "text/html")
    return mail


def _kind(paragraph: str, code: str) -> str:
    if code and paragraph == code:
        return "code"
    alone = paragraph.startswith(("https://", "http://")) and len(paragraph.split()) == 1
    return "link" if alone else "words"
