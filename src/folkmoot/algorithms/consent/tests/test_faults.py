"""Faults put in on purpose: every one has to be caught by the invariants."""

from __future__ import annotations

import pytest

from folkmoot.algorithms.consent.tests.faulted import load
from folkmoot.algorithms.consent.tests.invariants import examine
from folkmoot.algorithms.consent.tests.scenarios import tell

FAULTS: list[tuple[str, str, str, str]] = [
    ("stale stances count", "passage", "self.words = dict(own)", "self.words = {**before, **own}"),
    (
        "an edit lifts objections",
        "passage",
        "        past.disputed = None\n",
        "        past.disputed = None\n        self.objections = {}\n",
    ),
    (
        "an edit lifts the objections of those who spoke of the wording long before",
        "passage",
        "self.objections[seat].seq < event.seq:\n                del",
        "True:\n                del",
    ),
    (
        "silence consents",
        "verdict",
        "passage.yes & book.roster == book.roster:",
        "passage.yes & book.roster:",
    ),
    (
        "silence consents when everything is read at once",
        "verdict",
        "passage.yes & roster == roster and roster",
        "passage.yes & roster",
    ),
    (
        "a leaver's objection vanishes",
        "passage",
        "        if orphans:\n            past = self.history()",
        "        if orphans and not objection:\n            past = self.history()",
    ),
    (
        "a leaver's objection stays for ever",
        "act",
        "if passage.orphan(seat, event.seq)",
        "if False",
    ),
    ("orphans are dropped", "passage", "and word.seq > self.floor_of(digest)", "and word.seq"),
    (
        "a joiner is accepted without a word",
        "act",
        "    book.roster |= bit\n",
        "    book.roster |= bit if not book.spoken else 0\n",
    ),
    ("a newcomer inherits stances", "act", "book.mine(passage).forget(seat)", "pass"),
    (
        "conditions are ignored",
        "inclusion",
        ".get(needed) != digest:",
        ".get(needed) != digest and False:",
    ),
    (
        "a condition takes any wording",
        "inclusion",
        "(included if needed in candidates else outside).get(needed) != digest",
        "needed not in (included if needed in candidates else outside)",
    ),
    (
        "conditions are pruned too much",
        "inclusion",
        "                doomed.append(passage)\n",
        "                doomed.extend(candidates)\n",
    ),
    (
        "pruning does not spread",
        "inclusion",
        "doomed.extend(dependents.get(passage, ()))",
        "dependents.get(passage, ())",
    ),
    (
        "what depends on a passage is not looked at again",
        "verdict",
        "            region |= fresh\n",
        "            break\n",
    ),
    ("a gap in the numbers is accepted", "state", "event.seq != self._book.head + 1", "False"),
    (
        "a signature is missing",
        "guard",
        '    if candidate.signed != book.seats.keys():\n        raise Refused("not_signed")',
        '    if not candidate.signed:\n        raise Refused("not_signed")',
    ),
    (
        "the wrong manifest is signed",
        "guard",
        'if payload["manifest"] != candidate.manifest:',
        "if False:",
    ),
    (
        "published though the text has changed",
        "guard",
        "if candidate.included != verdict.included:",
        "if False:",
    ),
    (
        "published though the roster has changed",
        "guard",
        "if candidate.roster != book.seats.keys():",
        "if False:",
    ),
    (
        "a leaver's signature stays",
        "act",
        "book.candidate.signed - {seat}",
        "book.candidate.signed",
    ),
    (
        "carried stances are ratified",
        "guard",
        "isinstance(record.word(seat, digest), Carried)",
        "0",
    ),
    (
        "the text changes while it is signed",
        "guard",
        'def passage_edited(book: Book, verdict: Verdict, payload: Payload) -> None:\n    """',
        "def passage_edited(book: Book, verdict: Verdict, payload: Payload) -> None:\n"
        '    book.candidate = None\n    """',
    ),
    (
        "a dispute is ignored",
        "passage",
        "        past.carried = {}\n        past.disputed = (seat, seq)",
        "        past.disputed = (seat, seq)",
    ),
    (
        "anyone may lift another's objection",
        "passage",
        "            self.objections.pop(seat, None)\n\n    def edit(",
        "            self.objections.clear()\n\n    def edit(",
    ),
    (
        "anyone may lift another's objection when everything is read at once",
        "state",
        "passage.objections.pop(seat, None)",
        "passage.objections.clear()",
    ),
    (
        "answering an objection lifts it",
        "act",
        "        addressed[opened] = (",
        "        passage.objections.clear()\n        addressed[opened] = (",
    ),
    (
        "an unseen wording is accepted",
        "guard",
        'if _word(payload, "digest") not in (passage.current, *passage.variants):\n'
        '        raise Refused("stale_wording"',
        'if not _word(payload, "digest"):\n        raise Refused("stale_wording"',
    ),
    (
        "an unseen wording is accepted when everything is read at once",
        "state",
        'if passage.fast == payload["digest"] and',
        "if passage.fast and",
    ),
    (
        "a stance of nobody on the roster is taken",
        "guard",
        '    if seat not in book.seats:\n        raise Refused("not_on_roster")',
        '    if not seat:\n        raise Refused("not_on_roster")',
    ),
    (
        "standing aside counts under unanimity",
        "stance",
        '"stand_aside": NOTHING',
        '"stand_aside": COUNTS',
    ),
    (
        "being undecided counts under consensus",
        "stance",
        '"consensus": {\n        "undecided": NOTHING',
        '"consensus": {\n        "undecided": COUNTS',
    ),
    (
        "a variant is included beside the current wording",
        "verdict",
        "if agreed == [passage.current] else",
        "if passage.current in agreed else",
    ),
    (
        "a recall is ignored",
        "verdict",
        "passage.fast is None or passage.recall or",
        "passage.fast is None or",
    ),
    (
        "a departure recalls nothing",
        "act",
        "passage.call_back(event.seq, agreed=not recalled)",
        "pass",
    ),
    (
        "closing a call clears what opening it should",
        "act",
        "._replace(open=False)\n    return ()",
        "._replace(open=False)\n    for name in book.passages:\n"
        "        book.mine(name).recall = 0\n    return None",
    ),
    (
        "a departure frees a variant",
        "verdict",
        "digest in passage.past.recalled",
        "not digest",
    ),
    (
        "an edit of substance carries",
        "act",
        'frozenset({"editorial", "split", "merge"})',
        'frozenset({"editorial", "split", "merge", "substantive"})',
    ),
    (
        "carried farther than the seat accepted",
        "act",
        'beyond=payload.get("seats_beyond") or ()',
        "beyond=()",
    ),
    (
        "a merge forgets the objections to the other passage",
        "passage",
        "            self.inherit(other)\n        before",
        "            pass\n        before",
    ),
    (
        "going back revives those who have spoken since",
        "passage",
        "            if self._latest(seat) > left:\n",
        "            if False:\n",
    ),
    (
        "going back revives nobody",
        "passage",
        "            if self._latest(seat) > left:\n",
        "            if True:\n",
    ),
    (
        "one seat's yes changes the charter",
        "act",
        "not book.accepted >= book.seats.keys()",
        "not book.accepted",
    ),
    (
        "the charter changes after the first stance",
        "guard",
        '    if book.spoken:\n        raise Refused("charter_fixed")',
        '    if book.proposal:\n        raise Refused("charter_fixed")',
    ),
    (
        "an empty roster agrees to everything",
        "verdict",
        "or passage.recall or not book.roster:",
        "or passage.recall:",
    ),
]


def suite(consent: object) -> None:
    """Everything that has to notice: the stories, then short walks."""
    tell(consent)
    examine(consent, range(16), 60)


def test_the_right_code_passes() -> None:
    suite(load(0))


@pytest.mark.parametrize("number", range(len(FAULTS)), ids=[fault[0] for fault in FAULTS])
def test_fault_is_caught(number: int) -> None:
    _, stem, right, wrong = FAULTS[number]
    consent = load(number + 1, stem, right, wrong)
    # A fault may break an expectation or make the code stumble; either way it does not pass.
    noticed = (AssertionError, pytest.fail.Exception, LookupError, TypeError, consent.Refused)
    with pytest.raises(noticed):
        suite(consent)


def test_a_fault_that_is_not_in_the_source_is_reported() -> None:
    with pytest.raises(LookupError):
        load(0, "state", "no such line", "")
