"""Thinning: fewer updates, the same text at the beginning and the end of every session."""

from __future__ import annotations

import random
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from hypothesis import given
from hypothesis import strategies as st

from folkmoot.commission.tests.cast import Cast, cast
from folkmoot.live.history import thinning
from folkmoot.live.history.folding import fold
from folkmoot.live.history.thinning import Differs, Disturbed, thin
from folkmoot.live.models import EditingSession, TouchedPassage, Update

from .history_log import Log, scribble
from .test_history_folding import MANY, live, opened, undone, whole

pytestmark = pytest.mark.django_db

LATER = timedelta(days=40)


@pytest.fixture
def story(db: None) -> Cast:
    return cast()


@pytest.fixture
def log(story: Cast) -> Log:
    """Ada types, pauses and types again; there are two snapshots after that."""
    log = opened(story)
    ada = log.join(story.ada.person)
    for number in range(12):
        ada.type(story.passages[1].pk, 0, "x")
        log.send(ada, timedelta(minutes=20 if number == 6 else 0, seconds=5))
    return log


def finish(log: Log) -> None:
    """Two snapshots and something after the newest: what is never touched."""
    log.snapshot()
    writer = log.writers[0]
    writer.type(log.text.passages.all()[1].pk, 0, "y")
    log.send(writer)
    log.snapshot()
    writer.type(log.text.passages.all()[1].pk, 0, "z")
    log.send(writer)


def seqs(log: Log) -> list[int]:
    rows = Update.objects.filter(document=log.document)
    return list(rows.order_by("seq").values_list("seq", flat=True))


def test_a_session_becomes_one_update(log: Log) -> None:
    finish(log)
    before = [whole(log, seq) for seq in (6, 12, 14)]
    done = thin(log.text, older_than=log.now + LATER)
    assert (done.updates_before, done.updates_after) == (12, 2)
    assert done.bytes_after < done.bytes_before
    assert seqs(log) == [6, 12, 13, 14]
    assert [whole(log, seq) for seq in (6, 12, 14)] == before


def test_who_wrote_a_stretch_stays_with_it(log: Log, story: Cast) -> None:
    finish(log)
    thin(log.text, older_than=log.now + LATER)
    assert {u.author for u in Update.objects.all()} == {story.ada.person}


def test_what_several_wrote_at_once_is_nobodys_and_their_sessions_stay(
    log: Log, story: Cast
) -> None:
    bea = log.join(story.bea.person)
    log.now += timedelta(hours=1)
    for _time in range(5):
        for writer in log.writers:
            writer.type(story.passages[2].pk, 0, "b")
            log.send(writer)
    assert bea.person == story.bea.person
    finish(log)
    fold(log.text)
    sessions = list(EditingSession.objects.values()), list(TouchedPassage.objects.values())
    thin(log.text, older_than=log.now + LATER)
    assert Update.objects.filter(document=log.document, author=None).count() == 1
    again = list(EditingSession.objects.values()), list(TouchedPassage.objects.values())
    assert again == sessions


def test_young_sessions_are_left_alone(log: Log) -> None:
    finish(log)
    fold(log.text)
    first, second = live(log)[:2]
    thin(log.text, older_than=first.ended + timedelta(seconds=1))
    assert seqs(log) == [first.last, *range(second.first, log.document.seq + 1)]


def test_the_tail_that_a_room_opens_with_is_left_alone(log: Log) -> None:
    log.snapshot()
    thin(log.text, older_than=log.now + LATER)
    # The first snapshot is the one before the newest.
    assert len(seqs(log)) == 12


def test_a_text_that_was_never_opened_is_left_alone(story: Cast) -> None:
    from folkmoot.commission.models import Text

    other = Text.begin(story.commission, "other", "Another", story.secretary)
    assert thin(other, older_than=other.created).updates_before == 0


def test_thinning_again_finds_nothing(log: Log) -> None:
    finish(log)
    thin(log.text, older_than=log.now + LATER)
    assert thin(log.text, older_than=log.now + LATER).updates_before == 0


def test_a_thinned_log_that_differs_is_not_stored(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish(log)
    take = thinning._Combining.take
    lost = log.join(None)
    empty = lost.doc.get_update(lost.doc.get_state())

    def losing(self: thinning._Combining, updates: list[bytes]) -> bytes:
        take(self, updates)
        return empty

    monkeypatch.setattr(thinning._Combining, "take", losing)
    with pytest.raises(Differs):
        thin(log.text, older_than=log.now + LATER)
    assert len(seqs(log)) == 14


def test_a_log_that_changed_meanwhile_is_not_replaced(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish(log)
    combined = thinning._combined

    def disturbed(*args: object) -> object:
        found = combined(*args)  # type: ignore[arg-type]
        Update.objects.get(seq=2).delete()
        return found

    monkeypatch.setattr(thinning, "_combined", disturbed)
    with pytest.raises(Disturbed):
        thin(log.text, older_than=log.now + LATER)
    assert len(seqs(log)) == 13


@MANY
@given(seed=st.integers(0, 2**32))
def test_thinning_changes_no_words_where_sessions_begin_and_end(story: Cast, seed: int) -> None:
    chance = random.Random(seed)
    with undone():
        log = opened(story)
        for seat in story.seats:
            log.join(seat.person)
        scribble(log, chance, 60)
        fold(log.text)
        older_than = log.now - timedelta(minutes=chance.choice([-60, 30, 120]))
        cuts = {at for s in live(log) for at in (s.first - 1, s.last)} | {log.document.seq}
        before = {cut: list(whole(log, cut).items()) for cut in cuts}
        sessions = [s.pk for s in live(log)]
        thin(log.text, older_than=older_than)
        assert {cut: list(whole(log, cut).items()) for cut in cuts} == before
        assert [s.pk for s in live(log)] == sessions
        snapshots = log.document.snapshots.order_by("-seq").values_list("seq", flat=True)[:2]
        tail = [seq for seq in seqs(log) if seq > min(snapshots)]
        assert tail == list(range(min(snapshots) + 1, log.document.seq + 1))


def test_the_command_says_what_it_did(log: Log) -> None:
    finish(log)
    out = StringIO()
    call_command("history", "thin", "--days", "0", "--text", log.text.slug, stdout=out)
    assert "12 updates became 2" in out.getvalue()
    again = StringIO()
    call_command("history", "thin", "--days", "0", stdout=again)
    assert "nothing to thin" in again.getvalue()


def test_the_command_reads_the_history_on(log: Log) -> None:
    out = StringIO()
    call_command("history", "read", stdout=out)
    assert f"{log.text.slug}: read up to update 12" in out.getvalue()
    assert len(live(log)) == 2


def test_the_command_knows_no_other_text(db: None) -> None:
    with pytest.raises(CommandError, match="no text"):
        call_command("history", "thin", "--text", "nowhere")
