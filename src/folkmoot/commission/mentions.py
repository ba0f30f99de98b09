"""People named in a comment, and the mail that tells them."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.core.mail import get_connection
from django.db import transaction
from django.db.models import Q
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from folkmoot.notify.letter import letter
from folkmoot.people.models import Person

from .models import Comment, Commission, CommissionOffice

WORDS_IN_MAIL = 500

log = logging.getLogger(__name__)


def people_inside(commission: Commission, *, offices: bool = False) -> list[Person]:
    """Those who read what the commission is writing, by name; only those with an office when
    `offices`, as they alone read what is confidential."""
    held = CommissionOffice.objects.current().filter(commission=commission)
    inside = Q(pk__in=held.values("person"))
    if not offices:
        seats = commission.seats.current().exclude(person=None)
        inside |= Q(pk__in=seats.values("person"))
    return list(Person.objects.filter(inside, is_active=True, closed=None).order_by("name", "pk"))


def named_in(words: str, people: Sequence[Person]) -> list[Person]:
    """Those of the people whose shown name stands in the words after an "@". A name that two of
    them have names nobody."""
    shown = Counter(person.shown_name.casefold() for person in people)
    # Longer names first, so that "@Ann Lee" is not read as "@Ann".
    names = sorted((re.escape(name) for name in shown), key=len, reverse=True)
    if not names:
        return []
    said = {found[1] for found in re.finditer(rf"@({'|'.join(names)})(?!\w)", words.casefold())}
    return [one for one in people if shown[name := one.shown_name.casefold()] == 1 and name in said]


def tell(comment: Comment, people: Iterable[Person]) -> None:
    """Mail each person who is named in a comment, once it is stored. Its author is not told.

    The words of a confidential comment are not mailed, and neither are those of the text.
    """
    author = comment.author
    told = [person for person in people if author is None or person.pk != author.pk]
    if told:
        transaction.on_commit(lambda: _send(comment, told))


def _send(comment: Comment, people: Sequence[Person]) -> None:
    text = comment.passage.text
    given = {"who": comment.author_name, "text": text.title}
    subject = _("%(who)s mentions you in a comment on “%(text)s”") % given
    if comment.confidential:
        words = _(
            "%(who)s mentions you in a confidential comment on “%(text)s”. It is read only by its "
            "author, the secretary and the report author, so its words are not in this mail."
        )
        parts = [words % given]
    else:
        parts = [
            _("%(who)s mentions you in a comment on “%(text)s”:") % given,
            Truncator(" ".join(comment.body.split())).chars(WORDS_IN_MAIL),
        ]
    parts.append(f"{settings.PUBLIC_URL.rstrip('/')}{comment.get_absolute_url()}")
    mails = [letter(subject, "\n\n".join(parts), [person.email]) for person in people]
    try:
        with get_connection() as connection:
            connection.send_messages(mails)
    except OSError:
        # The comment is stored; a mail server that cannot be reached must not make it look lost.
        log.exception("Mail about comment %d was not sent.", comment.pk)
