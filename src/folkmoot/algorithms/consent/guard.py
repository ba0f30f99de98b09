"""Whether an act may happen: one guard per act, which reads everything and changes nothing.

Nobody gives, changes or lifts another seat's stance, so there is no act for it; what is left to
guard is who is on the roster, whether the wording is still the one that was read, and the way from
a candidate to an edition. Each guard takes the book, the verdict on it and the payload, and raises
`Refused`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from folkmoot.algorithms.consent.book import Book
from folkmoot.algorithms.consent.candidate import Candidate
from folkmoot.algorithms.consent.charter import Charter
from folkmoot.algorithms.consent.passage import Passage
from folkmoot.algorithms.consent.refusal import Refused
from folkmoot.algorithms.consent.stance import WEIGHTS, Carried, Named
from folkmoot.algorithms.consent.verdict import Verdict

type Payload = Mapping[str, Any]
type Guard = Callable[[Book, Verdict, Payload], None]


def charter_adopted(book: Book, verdict: Verdict, payload: Payload) -> None:
    """{rule, visibility, editorial_window}, until the first stance."""
    Charter.read(payload)
    if book.spoken:
        raise Refused("charter_fixed")


def charter_change_proposed(book: Book, verdict: Verdict, payload: Payload) -> None:
    """{rule, visibility, editorial_window}: other terms, for every seat to accept."""
    Charter.read(payload)
    _unfrozen(book)


def charter_change_accepted(book: Book, verdict: Verdict, payload: Payload) -> None:
    """{seat, rule, visibility, editorial_window}: exactly the terms proposed."""
    _seated(book, payload)
    _unfrozen(book)
    if book.proposal is None:
        raise Refused("no_proposal")
    if Charter.read(payload) != book.proposal:
        raise Refused("stale_charter")


def seat_joined(book: Book, verdict: Verdict, payload: Payload) -> None:
    """{seat}, not on the roster."""
    if _word(payload, "seat") in book.seats:
        raise Refused("already_seated")


def seat_left(book: Book, verdict: Verdict, payload: Payload) -> None:
    """{seat}"""
    _seated(book, payload)


def passage_added(book: Book, verdict: Verdict, payload: Payload) -> None:
    """{passage, digest, open} and, for words taken out of another passage as they are, split_from:
    [passage, digest] with that passage's current digest."""
    _unfrozen(book)
    if _word(payload, "passage") in book.passages:
        raise Refused("passage_exists")
    _word(payload, "digest")
    if type(payload["open"]) is not bool:
        raise Refused("incomplete")
    if "split_from" in payload:
        _current(book, payload["split_from"])


def passage_opened(book: Book, verdict: Verdict, payload: Payload) -> None:
    """{passage}"""
    _unfrozen(book)
    if _present(book, payload).open:
        raise Refused("already_open")


def passage_edited(book: Book, verdict: Verdict, payload: Payload) -> None:
    """{passage, before, after, class} and, for an editorial change, seats_beyond: [seat, ...]; for
    a merge, merged: [[passage, digest], ...] with the current digests of the passages joined."""
    _unfrozen(book)
    passage = _present(book, payload)
    if _word(payload, "before") != passage.current:
        raise Refused("stale_wording", current=passage.current)
    after = _word(payload, "after")
    if _word(payload, "class") == "variant" and after not in (*passage.variants, passage.current):
        raise Refused("unknown_variant")
    if not all(isinstance(seat, str) for seat in payload.get("seats_beyond") or ()):
        raise Refused("incomplete")
    merged = [_current(book, pair) for pair in payload.get("merged") or ()]
    if len({passage.identifier, *(other.identifier for other in merged)}) <= len(merged):
        raise Refused("incomplete", "A passage cannot be merged with itself, or twice.")


def edit_disputed(book: Book, verdict: Verdict, payload: Payload) -> None:
    """{passage, seat}: whether the window is still open is for the caller, who has the clock."""
    _seated(book, payload)
    past = _present(book, payload).past
    if past is None or not past.carrying:
        raise Refused("nothing_to_dispute")
    if past.disputed:
        raise Refused("already_disputed")


def passage_withdrawn(book: Book, verdict: Verdict, payload: Payload) -> None:
    """{passage}"""
    _unfrozen(book)
    _present(book, payload)


def passage_restored(book: Book, verdict: Verdict, payload: Payload) -> None:
    """{passage}, which is withdrawn."""
    _unfrozen(book)
    if not _known(book, payload).withdrawn:
        raise Refused("not_withdrawn")


def variant_proposed(book: Book, verdict: Verdict, payload: Payload) -> None:
    """{passage, digest}, neither current nor proposed already."""
    _unfrozen(book)
    passage = _present(book, payload)
    if _word(payload, "digest") in (passage.current, *passage.variants):
        raise Refused("variant_exists")


def variant_withdrawn(book: Book, verdict: Verdict, payload: Payload) -> None:
    """{passage, digest}"""
    _unfrozen(book)
    if _word(payload, "digest") not in _present(book, payload).variants:
        raise Refused("unknown_variant")


def stance_given(book: Book, verdict: Verdict, payload: Payload) -> None:
    """{seat, passage, digest, stance} and perhaps conditions: [[passage, digest], ...].

    The digest is that of the current wording or of a variant on the table.
    """
    _seated(book, payload)
    passage = _present(book, payload)
    if not passage.open:
        raise Refused("not_open")
    if _word(payload, "digest") not in (passage.current, *passage.variants):
        raise Refused("stale_wording", current=passage.current)
    if payload["stance"] not in WEIGHTS[book.charter.rule]:
        raise Refused("unknown_stance")
    for pair in payload.get("conditions") or ():
        if _named(pair)[0] not in book.passages:
            raise Refused("unknown_passage")


def objection_addressed(book: Book, verdict: Verdict, payload: Payload) -> None:
    """{passage, seat, by}: an answer was given to that seat's objection; it stays open."""
    passage = _known(book, payload)
    _word(payload, "by")
    if not passage.opened_by(_word(payload, "seat")):
        raise Refused("no_objection")


def call_opened(book: Book, verdict: Verdict, payload: Payload) -> None:
    """{call, items: [[passage, digest], ...]} with current digests of open passages."""
    _unfrozen(book)
    if _word(payload, "call") in book.calls:
        raise Refused("call_exists")
    if not payload["items"]:
        raise Refused("empty_call")
    for pair in payload["items"]:
        if not _current(book, pair).open:
            raise Refused("not_open")


def call_closed(book: Book, verdict: Verdict, payload: Payload) -> None:
    """{call}"""
    call = book.calls.get(_word(payload, "call"))
    if call is None or not call.open:
        raise Refused("call_closed")


def candidate_frozen(book: Book, verdict: Verdict, payload: Payload) -> None:
    """{candidate, manifest}"""
    _unfrozen(book)
    _word(payload, "manifest")
    if _word(payload, "candidate") in book.candidate_names:
        raise Refused("candidate_exists")
    if not book.seats:
        raise Refused("nobody_seated")


def candidate_signed(book: Book, verdict: Verdict, payload: Payload) -> None:
    """{candidate, seat, manifest}, by a seat that has confirmed what was carried over edits."""
    seat = _seated(book, payload)
    candidate = _candidate(book, payload)
    _manifest(candidate, payload)
    if seat in candidate.signed:
        raise Refused("already_signed")
    _unchanged(book, verdict, candidate)
    for passage, digest in candidate.included.items():
        record = book.passages[passage]
        if record.past is not None and isinstance(record.word(seat, digest), Carried):
            raise Refused("reaffirm_first")


def candidate_returned(book: Book, verdict: Verdict, payload: Payload) -> None:
    """{candidate, seat}, until it can be published; and afterwards with now, the digest of the
    manifest that a fresh computation gives, when that is another one."""
    _seated(book, payload)
    candidate = _candidate(book, payload)
    if payload.get("now", candidate.manifest) != candidate.manifest:
        return
    try:
        _unchanged(book, verdict, candidate)
    except Refused:
        # Nobody can publish this candidate any more, so everybody may send it back.
        return
    if candidate.signed == book.seats.keys():
        raise Refused("everyone_signed")


def edition_published(book: Book, verdict: Verdict, payload: Payload) -> None:
    """{candidate, edition, manifest}: every seat has signed what a fresh computation gives."""
    candidate = _candidate(book, payload)
    _manifest(candidate, payload)
    if type(payload["edition"]) not in (int, str):
        raise Refused("incomplete")
    if payload["edition"] in book.editions:
        raise Refused("edition_exists")
    _unchanged(book, verdict, candidate)
    if candidate.signed != book.seats.keys():
        raise Refused("not_signed")


GUARDS: Final[Mapping[str, Guard]] = {
    "charter.adopted": charter_adopted,
    "charter.change_proposed": charter_change_proposed,
    "charter.change_accepted": charter_change_accepted,
    "seat.joined": seat_joined,
    "seat.left": seat_left,
    "passage.added": passage_added,
    "passage.opened": passage_opened,
    "passage.edited": passage_edited,
    "edit.disputed": edit_disputed,
    "passage.withdrawn": passage_withdrawn,
    "passage.restored": passage_restored,
    "variant.proposed": variant_proposed,
    "variant.withdrawn": variant_withdrawn,
    "stance.given": stance_given,
    "objection.addressed": objection_addressed,
    "call.opened": call_opened,
    "call.closed": call_closed,
    "candidate.frozen": candidate_frozen,
    "candidate.signed": candidate_signed,
    "candidate.returned": candidate_returned,
    "edition.published": edition_published,
}
"""Every act there is."""


def _word(payload: Payload, key: str) -> str:
    value = payload[key]
    if type(value) is not str or not value:
        raise Refused("incomplete")
    return value


def _seated(book: Book, payload: Payload) -> str:
    seat = _word(payload, "seat")
    if seat not in book.seats:
        raise Refused("not_on_roster")
    return seat


def _known(book: Book, payload: Payload) -> Passage:
    try:
        return book.passages[_word(payload, "passage")]
    except KeyError as error:
        if "passage" not in payload:
            raise
        raise Refused("unknown_passage") from error


def _present(book: Book, payload: Payload) -> Passage:
    passage = _known(book, payload)
    if passage.withdrawn:
        raise Refused("withdrawn")
    return passage


def _named(pair: Any) -> Named:
    passage, digest = pair
    if type(passage) is not str or type(digest) is not str:
        raise Refused("incomplete")
    return passage, digest


def _current(book: Book, pair: Any) -> Passage:
    name, digest = _named(pair)
    passage = _present(book, {"passage": name})
    if passage.current != digest:
        raise Refused("stale_wording", current=passage.current)
    return passage


def _unfrozen(book: Book) -> None:
    if book.candidate is not None:
        raise Refused("candidate_frozen")


def _candidate(book: Book, payload: Payload) -> Candidate:
    if book.candidate is None or _word(payload, "candidate") != book.candidate.name:
        raise Refused("unknown_candidate")
    return book.candidate


def _manifest(candidate: Candidate, payload: Payload) -> None:
    if payload["manifest"] != candidate.manifest:
        raise Refused("wrong_manifest")


def _unchanged(book: Book, verdict: Verdict, candidate: Candidate) -> None:
    if candidate.roster != book.seats.keys():
        raise Refused("roster_changed")
    if candidate.included != verdict.included:
        raise Refused("text_changed")
