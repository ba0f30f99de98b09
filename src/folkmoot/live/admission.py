"""Who may join a room: asked when a socket opens, and again for as long as it is open.

A socket is not protected by the same-origin rules that protect pages, so its Origin is checked
before anything else. Then the session names the person, and `commission.policies` say what a person
may do. Whoever cannot write for now may still read: a text that is frozen as a candidate is read
only.

Everything is asked for many sessions at once, since a crowd opens a text together.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.http.request import split_domain_port, validate_host
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from folkmoot.commission.models import Text
from folkmoot.commission.policies import know_standings, may_edit, may_see_text
from folkmoot.people.models import Person
from folkmoot.review.models import Candidate

from . import member
from .member import Admitted, Who

type Headers = Iterable[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why somebody may not be here: how the connection is closed, and the sentence for them."""

    close: int
    code: str
    say: str


type Answer = Admitted | Refusal


def origin_allowed(headers: Headers) -> bool:
    """Whether the page that opens this socket is one of ours.

    That is one at the public address, or at the host that was asked for when the site answers to
    it. A client that names no origin is not let in: browsers always do.
    """
    given: dict[bytes, str] = {}
    for name, value in headers:
        given.setdefault(name.lower(), value.decode("latin-1"))
    origin = given.get(b"origin", "").lower().rstrip("/")
    if not origin:
        return False
    if origin == settings.PUBLIC_URL.lower() or origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    host = given.get(b"host", "")
    if settings.USE_X_FORWARDED_HOST:
        host = given.get(b"x-forwarded-host", host)
    try:
        parts = urlsplit(origin)
        asked = parts.netloc
    except ValueError:
        return False
    domain, _port = split_domain_port(host)
    return (
        parts.scheme in ("http", "https")
        and asked == host.lower()
        and bool(domain)
        and validate_host(domain, settings.ALLOWED_HOSTS)
    )


def session_of(headers: Headers) -> str:
    """The session key in the cookies, or ""."""
    for name, value in headers:
        if name.lower() == b"cookie":
            try:
                cookies = SimpleCookie(value.decode("latin-1"))
            except CookieError:
                continue
            if settings.SESSION_COOKIE_NAME in cookies:
                return cookies[settings.SESSION_COOKIE_NAME].value
    return ""


def admit(
    slug: str, sessions: Sequence[str], people: Sequence[int] = ()
) -> dict[str | int, Answer]:
    """For each session key, who that is in the text `slug`, or why they may not be here.

    `people` are asked about by their keys in the database: those whose session another process
    looks after. Six queries, however many there are.
    """
    asked: list[str | int] = [*sessions, *people]
    text = Text.objects.select_related("commission").filter(slug=slug).first()
    if text is None:
        nowhere = Refusal(member.NOT_FOUND, "missing", _("There is no such text."))
        return dict.fromkeys(asked, nowhere)
    known: dict[str | int, Person] = {}
    known.update(_signed_in(sessions))
    if people:
        known.update(Person.objects.filter(pk__in=people, is_active=True).in_bulk())
    know_standings(known.values(), text.commission)
    frozen = Candidate.objects.open().filter(text=text).exists()
    answers: dict[str | int, Answer] = {}
    for one in asked:
        person = known.get(one)
        if person is None:
            answers[one] = Refusal(
                member.UNAUTHORISED, "signed-out", _("You are signed out. Sign in to go on.")
            )
        elif not may_see_text(person, text):
            answers[one] = Refusal(
                member.FORBIDDEN,
                "revoked",
                _("This text is open to the people of its commission only."),
            )
        else:
            who = Who(person.pk, person.key, person.shown_name)
            writes = may_edit(person, text) and not frozen
            session = one if isinstance(one, str) else ""
            answers[one] = Admitted(text.pk, slug, session, who, writes, frozen)
    return answers


def _signed_in(sessions: Sequence[str]) -> dict[str, Person]:
    """Who is signed in, by session key."""
    store: Any = import_module(settings.SESSION_ENGINE).SessionStore
    rows = store.get_model_class().objects.filter(
        session_key__in={key for key in sessions if key}, expire_date__gt=timezone.now()
    )
    found: dict[str, Mapping[str, Any]] = {row.session_key: row.get_decoded() for row in rows}
    wanted = {str(data.get(SESSION_KEY, "")) for data in found.values()}
    everybody = {
        str(person.pk): person
        for person in Person.objects.filter(
            pk__in=[pk for pk in wanted if pk.isdigit()], is_active=True
        )
    }
    people = {}
    for key, data in found.items():
        person = everybody.get(str(data.get(SESSION_KEY, "")))
        if (
            person is not None
            and data.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
            and constant_time_compare(
                str(data.get(HASH_SESSION_KEY, "")), person.get_session_auth_hash()
            )
        ):
            people[key] = person
    return people


class Gate:
    """Asks `admit` in a thread, for all who came since it was last asked."""

    _MOST: Final = 200

    def __init__(
        self, admit: Callable[[str, Sequence[str]], Awaitable[Mapping[str | int, Answer]]]
    ) -> None:
        self._admit = admit
        self._waiting: dict[str, list[tuple[str, asyncio.Future[Answer]]]] = {}
        self._asking: set[asyncio.Task[None]] = set()

    async def ask(self, slug: str, session: str) -> Answer:
        """Who this is in the text, or why not. Raises what the database raises."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        if slug in self._waiting:
            self._waiting[slug].append((session, answer))
        else:
            self._waiting[slug] = [(session, answer)]
            task = asyncio.create_task(self._answer(slug))
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)
        return await answer

    async def _answer(self, slug: str) -> None:
        # Whoever comes while the thread is busy with the first is asked about together.
        while waiting := self._waiting[slug][: self._MOST]:
            try:
                answers = await self._admit(slug, list({session for session, _ in waiting}))
            except Exception as error:
                for _session, future in waiting:
                    if not future.done():
                        future.set_exception(error)
            else:
                for session, future in waiting:
                    if not future.done():
                        future.set_result(answers[session])
            del self._waiting[slug][: len(waiting)]
        del self._waiting[slug]
