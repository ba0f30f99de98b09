"""A ledger: only added to, and every change to it shows."""

import json

import pytest
from django.db import connection, transaction

from folkmoot.algorithms.chain import seal
from folkmoot.ledger.models import Act, Entry, Stream
from folkmoot.ledger.models.entry import Sealed

pytestmark = pytest.mark.django_db


@pytest.fixture
def stream() -> Stream:
    with transaction.atomic():
        stream = Stream.locked("text:x")
        stream.extend([Act("stance.given", "seat:s01", {"n": n}) for n in range(5)])
    return stream


def rewrite(sql: str, *arguments: object) -> None:
    """What somebody with the keys of the database could do."""
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)


def test_sequence_numbers_run_from_one(stream: Stream) -> None:
    assert [entry.seq for entry in stream.entries.all()] == [1, 2, 3, 4, 5]
    assert stream.broken() is None


def test_entries_can_be_neither_changed_nor_deleted(stream: Stream) -> None:
    entry = stream.entries.get(seq=2)
    with pytest.raises(Sealed):
        entry.save()
    with pytest.raises(Sealed):
        entry.delete()
    with pytest.raises(Sealed):
        Entry.objects.filter(seq=2).update(act="x")
    with pytest.raises(Sealed):
        Entry.objects.all().delete()


def test_a_changed_entry_shows(stream: Stream) -> None:
    payload = json.dumps({"n": 99})
    rewrite("UPDATE ledger_entry SET payload = %s WHERE seq = 3", payload)
    broken = stream.broken()
    assert broken is not None
    assert (broken.seq, broken.why) == (3, "entry 3 was changed after it was written")


def test_a_dropped_entry_shows(stream: Stream) -> None:
    rewrite("DELETE FROM ledger_entry WHERE seq = 3")
    broken = stream.broken()
    assert broken is not None
    assert broken.why.startswith("entry 3 is missing")


def test_a_truncated_ledger_shows(stream: Stream) -> None:
    rewrite("DELETE FROM ledger_entry WHERE seq = 5")
    broken = stream.broken()
    assert broken is not None
    assert broken.why == "entry 5 is missing at the end"


def test_what_is_sealed_is_not_in_the_chain_and_can_be_opened() -> None:
    with transaction.atomic():
        (entry,) = Stream.locked("y").extend(
            [Act("stance.given", "seat:s01", {}, {"stance": {"stance": "object"}})]
        )
    assert "object" not in json.dumps(entry.as_link())
    part = entry.sealed["stance"]
    assert seal(part["salt"], part["value"]) == entry.payload["sealed"]["stance"]
    assert entry.opened == {"stance": "object"}


def test_erasing_a_sealed_value_leaves_the_chain_whole() -> None:
    with transaction.atomic():
        stream = Stream.locked("y")
        stream.extend([Act("a", "b", {}, {"reason": {"reason": "private"}})])
    rewrite("UPDATE ledger_entry SET sealed = %s", "{}")
    assert stream.broken() is None


def test_a_ledger_is_locked_only_in_a_transaction(transactional_db: None) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        Stream.locked("z")
