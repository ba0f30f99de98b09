"""Every address with every role: who gets in, who is asked to sign in, who is told no.

`TABLE` has one line for each address of the site. An address without a line fails, so that nobody
adds a page without deciding whom it is for. A line says which methods the address answers and to
whom it is open:

    page(who)             is looked at; sending a form to it is refused
    act(who)              is sent a form; looking at it is refused
    form(who, post=who)   both; `post` where fewer may send than look

Whoever is not among `who` must be told no or, not being signed in, be sent to sign in. Whoever is
must get past: an answer 200, 3xx to somewhere else than signing in, or 4xx about what was sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from folkmoot.algorithms.wording import text as wording
from folkmoot.branches.models import Branch, Region
from folkmoot.commission.models import (
    Call,
    Comment,
    Commission,
    CommissionOffice,
    Draft,
    Intake,
    Passage,
    Proposal,
    Stance,
    Text,
    Variant,
)
from folkmoot.commission.outline import outline
from folkmoot.commission.tests import cast as commission_cast
from folkmoot.live.history.folding import fold
from folkmoot.live.models import EditingSession
from folkmoot.people import invitations
from folkmoot.people.models import DemoPerson, Office, Person
from folkmoot.review.layout import layout
from folkmoot.review.models import Candidate, Edition

pytestmark = pytest.mark.django_db

# --- roles ------------------------------------------------------------------------------------

VISITOR = "visitor"
NEWCOMER = "newcomer"
MEMBER = "member"
BRANCH_OFFICER = "branch officer"
COMMISSIONER = "commissioner"
COMMISSIONER_ELSEWHERE = "commissioner elsewhere"
AUTHOR = "author"
SECRETARY = "secretary"
ADMINISTRATOR = "administrator"
ROLES = (
    VISITOR, NEWCOMER, MEMBER, BRANCH_OFFICER, COMMISSIONER, COMMISSIONER_ELSEWHERE, AUTHOR,
    SECRETARY, ADMINISTRATOR,
)  # fmt: skip

type Who = frozenset[str]


def only(*roles: str) -> Who:
    return frozenset(roles)


EVERYBODY = only(*ROLES)
SIGNED_IN = EVERYBODY - {VISITOR}
NOBODY = only()
ADMINISTRATORS = only(ADMINISTRATOR)
SEATS = only(COMMISSIONER)
WRITERS = only(AUTHOR, SECRETARY)
INSIDE = SEATS | WRITERS
RUNNING = only(SECRETARY, ADMINISTRATOR)


# --- lines ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """What an address answers: to whom looking is open, and sending. None: not at all.

    `data` is what is sent. `missing` lists answers that are right here though they would elsewhere
    look like a broken link, such as 404 for a code that nobody was sent.
    """

    get: Who | None
    post: Who | None
    data: Callable[[World], Mapping[str, str]] = lambda world: {}
    missing: tuple[int, ...] = ()


def page(who: Who, *missing: int) -> Line:
    return Line(get=who, post=None, missing=missing)


def act(who: Who, *missing: int, **data: Callable[[World], object]) -> Line:
    return Line(get=None, post=who, data=_sent(data), missing=missing)


def form(who: Who, *missing: int, post: Who | None = None) -> Line:
    return Line(get=who, post=who if post is None else post, missing=missing)


def _sent(data: Mapping[str, Callable[[World], object]]) -> Callable[[World], dict[str, str]]:
    return lambda world: {name: str(value(world)) for name, value in data.items()}


TABLE: dict[str, Line] = {
    # signing in; somebody signed in already is sent on
    "account_login": form(EVERYBODY),
    "account_request_login_code": page(NOBODY),
    "account_confirm_login_code": form(SIGNED_IN),
    "account_logout": form(EVERYBODY),
    "account_signup": form(EVERYBODY),
    "account_inactive": page(EVERYBODY),
    "account_email": form(SIGNED_IN),
    "account_email_verification_sent": form(SIGNED_IN),
    "mfa_index": page(SIGNED_IN),
    "mfa_authenticate": form(SIGNED_IN),
    "mfa_reauthenticate": form(NOBODY),
    "mfa_activate_totp": form(SIGNED_IN),
    "mfa_deactivate_totp": form(SIGNED_IN, 404),
    "mfa_view_recovery_codes": page(SIGNED_IN, 404),
    "mfa_generate_recovery_codes": form(SIGNED_IN),
    "mfa_download_recovery_codes": form(SIGNED_IN, 404),
    "mfa_list_webauthn": page(SIGNED_IN),
    "mfa_add_webauthn": form(SIGNED_IN),
    "mfa_reauthenticate_webauthn": form(NOBODY),
    "mfa_edit_webauthn": form(SIGNED_IN, 404),
    "mfa_remove_webauthn": form(SIGNED_IN, 404),
    "mfa_login_webauthn": form(SIGNED_IN),
    # people
    "people:roles": page(EVERYBODY),
    "people:privacy": page(EVERYBODY),
    "people:people": page(SIGNED_IN),
    "people:person": page(SIGNED_IN),
    "people:give-office": form(ADMINISTRATORS),
    "people:end-office": form(ADMINISTRATORS),
    "people:invitations": page(ADMINISTRATORS),
    "people:invite-by-mail": form(ADMINISTRATORS),
    "people:invite-by-link": form(ADMINISTRATORS),
    "people:invite-by-list": form(ADMINISTRATORS),
    "people:confirm-list": act(ADMINISTRATORS),
    "people:send-waiting": act(ADMINISTRATORS),
    "people:send-again": act(ADMINISTRATORS),
    "people:withdraw": act(ADMINISTRATORS),
    "people:profile": form(SIGNED_IN),
    "people:own-data": page(SIGNED_IN),
    "people:own-data-json": page(SIGNED_IN),
    "people:close-account": form(SIGNED_IN),
    "people:invitation": form(EVERYBODY),
    # branches
    "branches:branches": page(EVERYBODY),
    "branches:region": page(EVERYBODY),
    "branches:branch": page(EVERYBODY),
    # commissions
    "commission:desk": page(SIGNED_IN),
    "commission:commissions": page(SIGNED_IN),
    "commission:new-commission": form(ADMINISTRATORS),
    "commission:commission": page(INSIDE | ADMINISTRATORS),
    "commission:charter": form(INSIDE | ADMINISTRATORS, post=RUNNING),
    "commission:invite-seat": act(RUNNING),
    "commission:invite-seats": act(RUNNING),
    "commission:leave-seat": form(SEATS | {SECRETARY}),
    "commission:give-office": act(RUNNING),
    "commission:end-office": act(RUNNING),
    "commission:new-text": form(WRITERS),
    # the text
    "commission:text": page(INSIDE),
    "commission:chapter": page(INSIDE),
    "commission:passages": page(INSIDE),
    "commission:read-first": page(INSIDE),
    "commission:read": page(INSIDE),
    "commission:queue": page(SEATS),
    "commission:add": form(INSIDE),
    "commission:import": form(WRITERS),
    "commission:intake": page(WRITERS),
    "commission:decide-many": act(WRITERS),
    "commission:decide-one": act(WRITERS),
    "commission:export": page(INSIDE),
    "commission:picture": page(INSIDE, 404),
    "commission:one-away": page(WRITERS),
    "commission:left-out": page(INSIDE),
    "commission:comments": page(INSIDE),
    "commission:dispose-many": act(WRITERS),
    "commission:disposition": page(WRITERS),
    "commission:dispose": act(WRITERS),
    "commission:answer": act(INSIDE),
    "commission:withdraw-comment": act(SEATS),
    "commission:say-kept": act(SEATS),
    "commission:place-comment": form(INSIDE),
    "commission:comments-json": page(INSIDE),
    "commission:calls": form(INSIDE, post=WRITERS),
    "commission:close-call": act(WRITERS),
    "commission:ledger": page(INSIDE),
    "commission:check-ledger": act(INSIDE),
    "commission:ledger-jsonl": page(INSIDE),
    "commission:receipt": page(SEATS),
    "commission:passage": page(INSIDE),
    "commission:stance": act(SEATS),
    "commission:dispute": act(SEATS),
    "commission:address": act(WRITERS, stance=lambda world: world.objection.pk),
    "commission:comment": act(INSIDE),
    "commission:edit": form(INSIDE),
    "commission:propose": form(INSIDE),
    "commission:withdraw": act(INSIDE),
    "commission:restore": act(INSIDE),
    "commission:move": form(INSIDE),
    "commission:withdraw-variant": act(SEATS),
    "commission:make-current": act(INSIDE),
    # writing together; what sockets may do is tested beside them
    "live:write": page(INSIDE),
    "live:upload": act(INSIDE),
    # the history of the text
    "live:history": page(INSIDE),
    "live:compare-moments": page(INSIDE),
    "live:editing-session": page(INSIDE),
    "live:passage-history": page(INSIDE),
    "live:propose-earlier": form(INSIDE, 404),
    # the panel beside the editor: the same acts, for the same people
    "live:panel": page(INSIDE),
    "live:panel-stance": act(SEATS),
    "live:panel-dispute": act(SEATS),
    "live:panel-address": act(WRITERS, stance=lambda world: world.objection.pk),
    "live:panel-comment": act(INSIDE),
    "live:panel-make-current": act(INSIDE),
    "live:panel-withdraw-variant": act(SEATS),
    "live:panel-put-forward": act(INSIDE),
    "live:panel-answer": act(INSIDE),
    "live:panel-withdraw-comment": act(SEATS),
    "live:panel-say-kept": act(SEATS),
    "live:panel-disposition": page(WRITERS),
    "live:panel-dispose": act(WRITERS),
    # editions
    "review:prepare": page(WRITERS),
    "review:freeze": form(WRITERS),
    "review:candidate": page(INSIDE),
    "review:read-candidate": page(INSIDE),
    "review:reaffirm": act(SEATS),
    "review:sign": act(SEATS),
    "review:send-back": act(SEATS),
    "review:publish": act(only(SECRETARY)),
    "review:home": page(EVERYBODY),
    "review:review": page(EVERYBODY),
    "review:passage": page(EVERYBODY),
    "review:newest-list": page(EVERYBODY),
    "review:recommendation": page(EVERYBODY),
    "review:edition": page(EVERYBODY),
    "review:passage-in": page(EVERYBODY),
    "review:recommendations": page(EVERYBODY),
    "review:recommendations-file": page(EVERYBODY),
    "review:search": page(EVERYBODY),
    "review:compare": page(EVERYBODY),
    "review:download": page(EVERYBODY),
    "review:verify": page(EVERYBODY),
    "review:notes": page(EVERYBODY),
    "review:chapter": page(EVERYBODY),
    "review:picture": page(EVERYBODY, 404),
    "review:add-erratum": act(WRITERS),
    "review:publish-reservation": act(SEATS, stance=lambda world: world.reservation.pk),
    # the demonstration, and what is asked by machines
    "demo:cast": page(EVERYBODY),
    "demo:sign-in": act(EVERYBODY),
    "notify:mails": page(EVERYBODY),
    "notify:mail": page(EVERYBODY, 404),
    "notify:mail-html": page(EVERYBODY, 404),
    "ui:accent": page(EVERYBODY),
    "ui:styleguide": page(EVERYBODY),
    "alive": Line(get=EVERYBODY, post=EVERYBODY),
    "ready": Line(get=EVERYBODY, post=EVERYBODY),
}


# --- the world --------------------------------------------------------------------------------


@dataclass
class World:
    """One of everything that an address can be about, and a person for each role.

    `arguments` gives the parts of addresses: by the first part of the address ("texts"), or by
    the address's own name where that differs, and then by the name of the part.
    """

    people: dict[str, Person]
    reservation: Stance
    objection: Stance
    arguments: dict[str, dict[str, object]] = field(default_factory=dict)


def build() -> World:
    """A commission with a text, an edition and an open candidate, and all the rest."""
    story = commission_cast.cast()
    north = Region.objects.create(code="north", name="North")
    branch = Branch.objects.create(code="1", slug="alnwick", name="Alnwick", region=north)
    member, officer, newcomer, elsewhere = (
        commission_cast.person(name) for name in ("Mo", "Olu", "Nia", "Eli")
    )
    Office.give(member, Office.Kind.MEMBER, by=story.administrator)
    office, _new = Office.give(
        officer, Office.Kind.BRANCH_CHAIR, by=story.administrator, branch=branch
    )
    other = Commission.objects.create(slug="other", name="Another commission")
    commission_cast.seat(other, 1, elsewhere)

    reservation = _edition(story)
    point = story.passages[1]
    comment = Comment.objects.create(passage=point, author=story.ada.person, body="Is that so?")
    objection = point.take_stance(
        story.bea, point.wording_id, "object", reason="No.", would_accept="Some other words."
    )
    assert objection is not None
    variant = story.passages[2].propose(
        wording("paragraph", "Branches meet."), story.ada.person, seat=story.ada
    )
    call = Call.open(
        story.text, "Last words", [point], timezone.now() + timedelta(days=3), story.secretary
    )
    intake = Intake.objects.create(
        text=story.text, filename="a.md", source_format="markdown", by=story.secretary
    )
    proposal = Proposal.objects.create(
        intake=intake, position=1, kind=Proposal.Kind.CHANGED, passage=point, wording=point.wording
    )
    Candidate.freeze(story.text, story.secretary)
    prepared = Draft.objects.create(
        text=story.text, name="0000000001", of=point.pk, digest="0" * 64,
        content=wording("paragraph", "We lost.").to_json(), since=timezone.now(),
        changed=timezone.now(),
    )  # fmt: skip
    reading = layout(story.text.slug, 2).chapters[0].slug
    writing = outline(story.text).chapters[0].slug

    invitation = invitations.invite(story.administrator, "office:member", email="i@example.org")
    DemoPerson.objects.create(key="mo", person=member)
    kept_office = CommissionOffice.objects.filter(person=story.author).get()
    of_text = {
        "slug": story.text.slug,
        "passage": point.pk,
        "comment": comment.pk,
        "variant": variant.pk,
        "prepared": prepared.name,
        "call": call.pk,
        "intake": intake.pk,
        "proposal": proposal.pk,
        "form": "markdown",
        "digest": "0" * 64,
        "session": _session(story.text),
    }
    of_review = of_text | {
        "number": 2,
        "other": 1,
        "passage": story.passages[5].pk,
        "chapter": reading,
        "form": "md",
    }
    assert story.ada.person is not None
    return World(
        people={
            NEWCOMER: newcomer,
            MEMBER: member,
            BRANCH_OFFICER: officer,
            COMMISSIONER: story.ada.person,
            COMMISSIONER_ELSEWHERE: elsewhere,
            AUTHOR: story.author,
            SECRETARY: story.secretary,
            ADMINISTRATOR: story.administrator,
        },
        reservation=reservation,
        objection=objection,
        arguments={
            "texts": of_text | {"chapter": writing},
            "commissions": {
                "slug": story.commission.slug,
                "number": story.ada.number,
                "office": kept_office.pk,
            },
            "reviews": of_review,
            "review:recommendations-file": {"form": "csv"},
            "people": {"key": officer.key, "pk": invitation.pk},
            "people:end-office": {"pk": office.pk},
            "invitation": {"token": invitation.token},
            "branches": {"slug": branch.slug, "code": north.code},
            "accounts": {"pk": 1},
            "demo": {"key": "mo"},
            "notify:mail": {"key": "20260101T000000000000-00000000"},
            "notify:mail-html": {"key": "20260101T000000000000-00000000"},
            "look": {"colour": "224466"},
        },
    )


def _session(text: Text) -> int:
    """A session of editing of the text."""
    fold(text)
    return EditingSession.objects.filter(text=text).latest("ended").pk


def _edition(story: commission_cast.Cast) -> Stance:
    """Publish editions 1 and 2 of everything; one seat has a reservation in them."""
    reserved = story.passages[4]
    story.all_accept(*[p for p in story.passages if p != reserved])
    story.all_accept(reserved, but=[story.ada])
    reservation = reserved.take_stance(
        story.ada, reserved.wording_id, "reserve", reason="Every second year would do."
    )
    for _number in (1, 2):
        candidate = Candidate.freeze(story.text, story.secretary)
        for seat in story.seats:
            candidate.sign(seat)
        Edition.publish(candidate, story.secretary)
    assert reservation is not None
    return reservation


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The world, built once; whatever a request does to it is undone after the request."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


# --- asking -----------------------------------------------------------------------------------


def addresses(
    resolver: URLResolver, before: str = "", space: str = ""
) -> Iterator[tuple[str, str]]:
    """The name and the pattern of every address."""
    for entry in resolver.url_patterns:
        pattern = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from addresses(entry, pattern, inner)
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name or pattern}", pattern


ADDRESSES = dict(addresses(get_resolver()))


def address(world: World, name: str) -> str:
    """The address of that name, about something in the world."""
    pattern = ADDRESSES[name]
    first = re.split(r"[/.-]", pattern.lstrip("^"))[0]
    known = world.arguments.get(first, {}) | world.arguments.get(name, {})
    parts = re.findall(r"<(?:\w+:)?(\w+)>", pattern)
    return reverse(name, kwargs={part: known[part] for part in parts})


def outcome(response: HttpResponse, missing: tuple[int, ...]) -> str:
    """What an answer means: open, sign in, no, not that way, missing or broken."""
    status = response.status_code
    if status in {301, 302, 303}:
        sign_in = reverse("account_login")
        asks = response["Location"].startswith(sign_in) and response.wsgi_request.path != sign_in
        return "sign in" if asks else "open"
    if status == 403:
        return "no"
    if status == 405:
        return "not that way"
    if status == 404:
        return "open" if 404 in missing else "missing"
    return "broken" if status >= 500 else "open"


def right(line: Line, method: str, role: str) -> set[str]:
    """The outcomes that are right for a role."""
    who = line.get if method == "get" else line.post
    told_no = {"sign in"} if role == VISITOR else {"no"}
    if who is None:
        return {"not that way"} | told_no
    if not who:
        return {"sign in", "no"}
    return {"open"} if role in who else told_no


@pytest.mark.parametrize("name", sorted(ADDRESSES))
def test_every_address_is_open_to_whom_the_table_says(world: World, name: str) -> None:
    assert name in TABLE, f"{name} needs a line in TABLE: whom is it for?"
    line, wrong = TABLE[name], []
    for role in ROLES:
        for method in ("get", "post"):
            cache.clear()
            with transaction.atomic():
                client = Client(raise_request_exception=False)
                if role in world.people:
                    client.force_login(Person.objects.get(pk=world.people[role].pk))
                data = line.data(world) if method == "post" else {}
                response = getattr(client, method)(address(world, name), data)
                transaction.set_rollback(True)
            got, expected = outcome(response, line.missing), right(line, method, role)
            if got not in expected:
                wrong.append(
                    f"{method.upper()} {name} as {role}: {got} ({response.status_code}),"
                    f" must be {' or '.join(sorted(expected))}"
                )
    assert not wrong, "\n" + "\n".join(wrong)


def test_the_table_names_no_address_that_is_gone() -> None:
    assert set(TABLE) - set(ADDRESSES) == set()


def test_the_world_has_somebody_for_every_role(world: World) -> None:
    assert set(world.people) == set(ROLES) - {VISITOR}
    assert Text.objects.count() == Passage.objects.values("text").distinct().count() == 1
    assert Variant.objects.exists()
