"""What was acknowledged is there, whatever happens to the disk, the server or the connection."""

from __future__ import annotations

import random
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.utils import OperationalError
from django.utils import timezone
from pycrdt import Doc

from folkmoot.commission.models import Draft, Text
from folkmoot.commission.tests.cast import Cast
from folkmoot.live import frames, lease, limits, store, verifying
from folkmoot.live.document.edits import Relabel
from folkmoot.live.document.paper import Outcome, Paper
from folkmoot.live.models import Document, Snapshot, Update
from folkmoot.live.verifying import Contents

from .conftest import Join, cookie, eventually
from .served import Server, serving, serving_elsewhere
from .yjs import Client


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """While it is set, every transaction that stores a batch fails at its end."""
    full = threading.Event()
    append = store.append

    def failing(*arguments: Any, **named: Any) -> Any:
        *rest, also = arguments

        def keep() -> Any:
            kept = also()
            if full.is_set():
                raise OperationalError("database or disk is full")
            return kept

        return append(*rest, keep, **named)

    monkeypatch.setattr(store, "append", failing)
    return full


def test_nothing_is_said_while_nothing_can_be_stored(
    full_disk: threading.Event, joined: Join, story: Cast
) -> None:
    arthur, sofia, ada = joined(story.author), joined(story.secretary), joined(story.ada.person)
    before = ada.plain()
    full_disk.set()
    arthur.type(1, "Truly, ")
    arthur.until(lambda: arthur.said(frames.TROUBLE), "the trouble")
    [trouble] = arthur.said(frames.TROUBLE)
    assert trouble["code"] == "disk"
    assert trouble["say"]
    sofia.type(2, "Also, ")
    for _ in range(20):
        ada.read(0.02)
    assert arthur.acked == sofia.acked == 0
    assert ada.plain() == before
    assert not ada.said(frames.TROUBLE), "readers have nothing to save"
    assert not Update.objects.exists()
    assert not Draft.objects.exists()
    late = joined(story.author, ready=False)
    late.until(lambda: late.said(frames.TROUBLE), "somebody who comes is told, too")
    full_disk.clear()
    arthur.until(lambda: arthur.said(frames.TROUBLE)[-1]["code"] == "", "the end of it")
    for one in (arthur, sofia):
        one.settle()
    ada.until(lambda: ada.plain()[1].startswith("Truly") and ada.plain()[2].startswith("Also"))
    late.until(lambda: late.plain() == ada.plain())
    assert Update.objects.count() == 2


def test_a_queue_that_grows_without_end_is_cut(
    full_disk: threading.Event,
    joined: Join,
    story: Cast,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "WAITING", 2000)
    arthur = joined(story.author)
    full_disk.set()
    for _ in range(5):
        arthur.type(1, "x" * 1000)
    assert arthur.closed() == 1013
    full_disk.clear()
    again = joined(story.author)
    again.until(lambda: again.plain()[1].startswith("x"))


def test_an_answer_that_never_came_is_not_stored_twice(
    joined: Join, story: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    append = store.append
    lost = []

    def forgetful(*arguments: Any, **named: Any) -> Any:
        result = append(*arguments, **named)
        if not lost:
            lost.append(True)
            raise store.Unavailable("the connection broke after the commit")
        return result

    monkeypatch.setattr(store, "append", forgetful)
    arthur = joined(story.author)
    arthur.type(1, "Once. ")
    arthur.settle()
    arthur.type(1, "Twice. ")
    arthur.settle()
    assert [row.seq for row in Update.objects.all()] == [1, 2]
    assert Document.objects.get().seq == 2


def taken_elsewhere(text: Text) -> None:
    """Have another process own the text, as after a lease that was not renewed in time."""
    Document.objects.filter(text=text).update(expires=timezone.now() - timedelta(seconds=1))
    taken = lease.take(text.pk, "another process")
    assert isinstance(taken, lease.Lease)
    lease.release(taken)


def test_a_process_that_lost_the_text_writes_nothing(
    joined: Join, story: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    arthur = joined(story.author)
    arthur.type(1, "Mine. ")
    arthur.settle()
    taken_elsewhere(story.text)
    arthur.type(1, "Lost? ")
    assert arthur.closed() == 1012
    assert Update.objects.count() == 1
    again = joined(story.author, state=arthur.doc.get_update())
    again.settle()
    again.until(lambda: again.acked == again.sent)
    assert joined(story.ada.person).plain()[1].startswith("Lost? Mine. ")
    # The append and the lease may both have found out.
    assert [r.message for r in caplog.records].count(f"room lost text={story.text.slug}") == 1


def test_the_store_waits_for_the_disk(shared_database: None, story: Cast) -> None:
    document = store.begin(story.text.pk, lambda passages: Paper.of_passages(passages).state())
    fence = Document.objects.get().fence
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous=OFF")
            question, wanted = "PRAGMA synchronous", {2}
        else:
            cursor.execute("SET synchronous_commit TO off")
            question, wanted = "SHOW synchronous_commit", {"on"}
    row = store.Row(None, b"\0\0")
    store._thread.durable = None
    store.append(document, fence, 0, [row], story.text.created, lambda: None)
    with connection.cursor() as cursor:
        cursor.execute(question)
        assert cursor.fetchone()[0] in wanted


def test_a_snapshot_and_its_tail_are_all_updates(
    joined: Join, story: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SNAPSHOT", 7)
    arthur = joined(story.author)
    chance = random.Random(1)
    for number in range(40):
        words = arthur.words(chance.randrange(1, 3))
        if chance.random() < 0.3 and len(words) > 9:
            del words[2:6]
        else:
            words.insert(chance.randrange(len(words)), f"<{number}>")
        arthur.settle()
    eventually(lambda: Snapshot.objects.filter(seq__gt=0).exists())
    document = Document.objects.get()
    updates = [bytes(row.data) for row in Update.objects.all()]
    first = Snapshot.objects.get(seq=0)
    whole = Paper(bytes(first.data))
    whole.load(updates)
    for snapshot in Snapshot.objects.all():
        paper = Paper(bytes(snapshot.data))
        paper.load(updates[snapshot.seq :])
        assert Contents.of(paper) == Contents.of(whole)
        assert paper.state_vector() == whole.state_vector()
        paper.close()
    whole.close()
    opened = store.load(document.pk, document.fence)
    assert opened.snapshot_seq == Snapshot.objects.order_by("seq").last().seq
    assert len(opened.tail) == document.seq - opened.snapshot_seq


def test_a_snapshot_that_does_not_hold_the_words_is_not_kept(
    server: Server, joined: Join, story: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SNAPSHOT", 3)
    monkeypatch.setattr("folkmoot.live.worker.fingerprint_elsewhere", lambda state: "other")
    arthur = joined(story.author)
    for _ in range(5):
        arthur.type(1, "x")
        arthur.settle()
    arthur.close()
    eventually(lambda: len(server.rooms) == 0)
    assert [row.seq for row in Snapshot.objects.all()] == [0]
    assert joined(story.ada.person).plain()[1].startswith("xxxxx")


def test_what_newcomers_would_read_otherwise_is_set_right_before_it_is_kept(
    joined: Join, story: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere, name = verifying.fingerprint_elsewhere, story.passages[1].pk
    answers = ["other"]

    def twisted(state: bytes) -> str:
        return answers.pop() if answers else elsewhere(state)

    def set_right(paper: Paper) -> Outcome:
        return paper.edit([Relabel(name, "set right")], "")

    monkeypatch.setattr(limits, "SNAPSHOT", 3)
    monkeypatch.setattr("folkmoot.live.worker.fingerprint_elsewhere", twisted)
    monkeypatch.setattr(Paper, "verify", set_right)
    arthur, ada = joined(story.author), joined(story.ada.person)
    for _ in range(3):
        arthur.type(1, "x")
        arthur.settle()
    for client in (ada, arthur):
        client.until(lambda c=client: c.passage(1).attributes.get("label") == "set right")
    eventually(lambda: Snapshot.objects.filter(seq=4).exists())
    assert not Snapshot.objects.filter(seq=3).exists()
    assert [row.author for row in Update.objects.all()] == [story.author] * 3 + [None]


def test_of_an_update_that_repeats_what_is_known_the_rest_is_stored(
    joined: Join, story: Cast
) -> None:
    arthur = joined(story.author)
    before = arthur.doc.get_state()
    arthur.type(1, "Known. ")
    arthur.settle()
    arthur.words(1).insert(7, "New. ")
    arthur._unsent.clear()
    arthur.write(arthur.doc.get_update(before))
    arthur.settle()
    first, second = (bytes(row.data) for row in Update.objects.all())
    assert b"Known" in first
    assert b"New" in second
    assert b"Known" not in second
    assert joined(story.ada.person).plain()[1].startswith("Known. New. ")


def test_bytes_that_break_the_reader_are_said_to(shared_database: None) -> None:
    with pytest.raises(verifying.Unreadable):
        verifying.fingerprint_elsewhere(b"\xff\xff\xff")


def test_snapshots_that_history_does_not_need_go(shared_database: None, story: Cast) -> None:
    document = store.begin(story.text.pk, lambda passages: b"state")
    for seq in range(5_000, 90_001, 5_000):
        store.keep_snapshot(document, seq, b"state")
    kept = [row.seq for row in Snapshot.objects.all()]
    assert kept == [0, 20_000, 40_000, 60_000, 80_000, 85_000, 90_000]


@pytest.mark.slow
def test_a_server_that_is_killed_has_lost_nothing_it_acknowledged(
    shared_database: None, story: Cast
) -> None:
    session = cookie(story.author)
    chance = random.Random(3)
    told: list[str] = []
    for turn in range(3):
        with serving_elsewhere() as process:
            client = Client(process.url, story.text.slug, session)
            client.until(lambda client=client: client.synced)
            said: list[str] = []
            stop = chance.randrange(5, 60)
            for number in range(200):
                mark = f"[{turn}.{number}]"
                client.type(1, mark)
                said.append(mark)
                client.read(0.001)
                if number == stop:
                    process.kill()
                    break
            while client.read(0.2):
                pass
            told += said[: client.acked]
            assert client.acked <= len(said)
    assert told
    with serving() as server:
        after = Client(server.url, story.text.slug, session)
        after.until(lambda: after.synced)
        words = after.plain()[1]
        assert [mark for mark in told if mark not in words] == []
        after.close()


def test_the_log_alone_gives_what_everybody_sees(joined: Join, story: Cast) -> None:
    arthur, sofia = joined(story.author), joined(story.secretary)
    for number in range(20):
        arthur.type(1, f"a{number}")
        sofia.type(1, f"s{number}")
    arthur.settle()
    sofia.settle()
    arthur.until(lambda: all(f"s{number}" in arthur.plain()[1] for number in range(20)))
    doc: Doc = Doc()
    doc.apply_update(bytes(Snapshot.objects.get(seq=0).data))
    for row in Update.objects.all():
        doc.apply_update(bytes(row.data))
    assert doc.get_state() == arthur.doc.get_state()
