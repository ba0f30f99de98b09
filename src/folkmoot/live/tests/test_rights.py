"""Who may be in a room, who may write in it, and how soon a change of that takes effect."""

from __future__ import annotations

import time

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from websockets.exceptions import InvalidStatus

from folkmoot.commission.models import CommissionOffice
from folkmoot.commission.tests.cast import Cast
from folkmoot.live import frames, limits
from folkmoot.live.admission import origin_allowed
from folkmoot.live.models import Update
from folkmoot.review.models import Candidate

from .conftest import Join, cookie
from .served import Server
from .yjs import Client


def test_a_page_from_elsewhere_opens_no_socket(server: Server, story: Cast) -> None:
    for origin in ("https://evil.example", "http://localhost:1", "null", ""):
        with pytest.raises(InvalidStatus) as refused:
            Client(server.url, story.text.slug, cookie(story.author), origin=origin)
        assert refused.value.response.status_code == 403


@pytest.mark.parametrize(
    ("origin", "host", "allowed"),
    [
        ("http://localhost:8000", "127.0.0.1:9", True),
        ("http://localhost:9", "localhost:9", True),
        ("HTTP://LocalHost:9", "localhost:9", True),
        ("http://localhost:9", "localhost:8", False),
        ("http://evil.example", "evil.example", False),
        ("http://localhost.evil.example:9", "localhost:9", False),
        ("file://", "localhost:9", False),
        ("http://[", "localhost:9", False),
        ("", "localhost:9", False),
    ],
)
def test_an_origin_is_ours_or_not(settings, origin: str, host: str, allowed: bool) -> None:  # type: ignore[no-untyped-def]
    settings.PUBLIC_URL = "http://localhost:8000"
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    headers = [(b"host", host.encode())] + ([(b"origin", origin.encode())] if origin else [])
    assert origin_allowed(headers) is allowed


def test_somebody_unknown_is_told_to_sign_in(server: Server, story: Cast) -> None:
    for session in ("", "nonsense"):
        client = Client(server.url, story.text.slug, session)
        assert client.closed() == 4401
        assert client.codes() == ["signed-out"]


def test_somebody_from_outside_the_commission_is_not_let_in(joined: Join, story: Cast) -> None:
    for person in (story.outsider, story.administrator):
        client = joined(person, ready=False)
        assert client.closed() == 4403
        assert client.plain() == []


def test_there_is_no_such_text(server: Server, story: Cast) -> None:
    client = Client(server.url, "no-such-text", cookie(story.author))
    assert client.closed() == 4404


def test_a_reader_cannot_write(joined: Join, story: Cast) -> None:
    ada, arthur = joined(story.ada.person), joined(story.author)
    before = arthur.plain()
    ada.type(1, "No! ")
    ada.until(lambda: ada.codes() == ["read-only"])
    arthur.type(2, "Yes. ")
    arthur.settle()
    assert ada.acked == 0
    assert arthur.plain()[1] == before[1]
    assert Update.objects.get().author == story.author
    ada.type(1, "No! ")
    ada.type(1, "No! ")
    assert ada.closed() == 4403
    assert Update.objects.count() == 1


def test_a_reader_who_answers_with_old_deletions_is_no_writer(joined: Join, story: Cast) -> None:
    arthur = joined(story.author)
    del arthur.words(1)[0:3]
    arthur.settle()
    ada = joined(story.ada.person)
    for _ in range(4):
        ada.send(frames.step2(ada.doc.get_update(ada.doc.get_state())))
    ada.send(frames.write_varuint(frames.QUERY))
    arthur.type(1, "x")
    ada.until(lambda: ada.plain() == arthur.plain())
    assert ada.codes() == []


def test_a_seat_that_is_left_is_cut_off_at_once(joined: Join, story: Cast) -> None:
    ada = joined(story.ada.person)
    story.ada.leave(story.secretary)
    assert ada.closed() == 4403
    assert ada.codes() == ["revoked"]


def test_an_office_that_ends_unannounced_is_noticed(joined: Join, story: Cast) -> None:
    arthur = joined(story.author)
    CommissionOffice.objects.filter(person=story.author).update(ended=timezone.now())
    assert arthur.closed() == 4403


def test_somebody_who_signs_out_is_cut_off(joined: Join, story: Cast) -> None:
    ada, bea = joined(story.ada.person), joined(story.bea.person)
    Session.objects.filter(session_key=cookie(story.ada.person)).delete()
    first = ada.code
    for session in Session.objects.all():
        if session.get_decoded()["_auth_user_id"] == str(story.ada.person_id):
            session.delete()
    assert first is None
    assert ada.closed() == 4401
    bea.read(limits.RECHECK * 2)
    assert bea.code is None


def test_a_candidate_makes_everybody_a_reader_and_its_return_writers_again(
    joined: Join, story: Cast
) -> None:
    story.all_accept()
    arthur = joined(story.author)
    candidate = Candidate.freeze(story.text, story.secretary)
    arthur.until(lambda: arthur.said(frames.ROLE), "the role")
    assert arthur.said(frames.ROLE)[-1]["role"] == "read"
    arthur.type(1, "Too late. ")
    arthur.until(lambda: arthur.codes() == ["read-only"])
    assert not Update.objects.exists()
    candidate.send_back(story.ada, "Not yet.")
    arthur.until(lambda: arthur.said(frames.ROLE)[-1]["role"] == "write", "the role back")
    # What was written in between is asked for, and counts as stored only then.
    arthur.until(lambda: arthur.acked == arthur.sent, "acknowledged")
    arthur.type(2, "And on. ")
    arthur.settle()
    bea = joined(story.bea.person)
    assert bea.plain() == arthur.plain()
    assert bea.plain()[1].startswith("Too late. ")


def test_two_tabs_of_one_person_are_two_clients(joined: Join, story: Cast) -> None:
    one, two = joined(story.author), joined(story.author)
    one.type(1, "a")
    two.until(lambda: two.plain()[1].startswith("a"))
    two.type(1, "b")
    one.until(lambda: one.plain()[1].startswith("ba"))
    two.settle()
    one.settle()
    assert (one.acked, two.acked) == (1, 1)
    one.close()
    two.type(1, "c")
    two.settle()


def show(client: Client, number: int, clock: int, state: str) -> None:
    client.send(frames.awareness([frames.Entry(number, clock, state)]))


def test_presence_is_told_as_who_one_is_and_ends_with_the_connection(
    joined: Join, story: Cast
) -> None:
    ada, arthur = joined(story.ada.person), joined(story.author)
    show(arthur, 77, 1, '{"user":{"name":"Somebody else"},"at":{"passage":"x"}}')
    ada.until(lambda: 77 in ada.present)
    assert ada.present[77]["user"]["name"] == "Arthur"
    show(ada, 77, 2, '{"at":"stolen"}')
    late = joined(story.bea.person)
    late.until(lambda: 77 in late.present)
    assert late.present[77]["at"] == {"passage": "x"}
    arthur.close()
    ada.until(lambda: 77 not in ada.present)
    late.until(lambda: 77 not in late.present)


def test_presence_is_gathered(joined: Join, story: Cast) -> None:
    ada, arthur = joined(story.ada.person), joined(story.author)
    arrived = []
    for clock in range(1, 200):
        show(arthur, 77, clock, f'{{"n":{clock}}}')
    began = time.monotonic()
    while ada.present.get(77, {}).get("n") != 199:
        assert time.monotonic() - began < 15
        ada.read()
        if 77 in ada.present:
            arrived.append(ada.present[77]["n"])
    assert len(set(arrived)) < 100, "not every keystroke is a frame"


def test_another_history_or_an_old_page_is_not_merged_in(joined: Join, story: Cast) -> None:
    for hello, code, word in (
        ({"schema": 1, "client": 5, "epoch": "0123456789abcdef"}, 4409, "epoch"),
        ({"schema": 0, "client": 5, "epoch": ""}, 4426, "schema"),
    ):
        client = joined(story.author, ready=False, sync=False)
        client.send(frames.say(frames.HELLO, hello))
        assert client.closed() == code
        assert client.codes() == [word]
    fine = joined(story.author)
    epoch = fine.said(frames.HELLO)[0]["epoch"]
    fine.send(frames.say(frames.HELLO, {"schema": 1, "client": 5, "epoch": epoch}))
    fine.type(1, "x")
    fine.settle()
