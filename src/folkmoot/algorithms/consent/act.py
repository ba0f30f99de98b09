"""What an act does to the book once its guard has let it through.

Each returns the passages it was about, so that the verdict on them can be renewed; nothing stands
for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Final

from folkmoot.algorithms.consent.book import Book
from folkmoot.algorithms.consent.candidate import Call, Candidate
from folkmoot.algorithms.consent.charter import Charter
from folkmoot.algorithms.consent.event import Event
from folkmoot.algorithms.consent.passage import Passage
from folkmoot.algorithms.consent.verdict import Verdict

type Act = Callable[[Book, Verdict, Event], Collection[str] | None]

CARRYING: Final = frozenset({"editorial", "split", "merge"})
"""Classes of edit that let stances stand; every class nobody names here is one of substance."""


def adopt_charter(book: Book, verdict: Verdict, event: Event) -> Collection[str] | None:
    book.charter = Charter.read(event.payload)
    return None


def propose_change(book: Book, verdict: Verdict, event: Event) -> Collection[str] | None:
    book.proposal = Charter.read(event.payload)
    book.accepted = frozenset()
    return ()


def accept_change(book: Book, verdict: Verdict, event: Event) -> Collection[str] | None:
    book.accepted |= {event.payload["seat"]}
    if book.proposal is None or not book.accepted >= book.seats.keys():
        return ()
    book.charter, book.proposal = book.proposal, None
    if book.spoken:
        book.spoken = book.weights
        book.tabulate()
    for passage in book.passages:
        book.mine(passage).recount(book.seats, book.weights)
    return None


def join(book: Book, verdict: Verdict, event: Event) -> Collection[str] | None:
    seat = event.payload["seat"]
    if seat in book.holders:
        # The seat was held before: what its earlier holder said is not the newcomer's.
        for passage in book.passages:
            book.mine(passage).forget(seat)
    bit = 1 << sum(book.holders.values())
    book.holders[seat] = book.holders.get(seat, 0) + 1
    book.seats[seat] = bit
    book.roster |= bit
    book.blank[seat] = None
    return ()


def leave(book: Book, verdict: Verdict, event: Event) -> Collection[str] | None:
    seat = event.payload["seat"]
    touched = verdict.waiting_in()
    agreed = verdict.included
    book.roster &= ~book.seats.pop(seat)
    del book.blank[seat]
    book.accepted -= {seat}
    if book.candidate is not None:
        book.candidate = book.candidate._replace(signed=book.candidate.signed - {seat})
    for name, passage in book.passages.items():
        recalled = name not in agreed
        if recalled or passage.past is not None:
            passage = book.mine(name)
            passage.call_back(event.seq, agreed=not recalled)
            if seat in passage.objections:
                touched.add(name)
            if passage.orphan(seat, event.seq):
                passage.recount(book.seats, book.weights)
    return touched if book.seats else None


def add(book: Book, verdict: Verdict, event: Event) -> Collection[str] | None:
    payload = event.payload
    name = payload["passage"]
    passage = Passage(name, payload["digest"], payload["open"], book.blank.copy(), book.owner)
    book.passages[name] = passage
    if "split_from" in payload:
        passage.split_from(book.passages[payload["split_from"][0]], book.seats, book.weights)
    return (name,)


def open_passage(book: Book, verdict: Verdict, event: Event) -> Collection[str] | None:
    passage = book.mine(event.payload["passage"])
    passage.open = True
    passage.fast = passage.current
    return (passage.identifier,)


def edit(book: Book, verdict: Verdict, event: Event) -> Collection[str] | None:
    payload = event.payload
    if payload["before"] == payload["after"]:
        return ()
    passage = book.mine(payload["passage"])
    joined = [book.passages[name] for name, _ in payload.get("merged") or ()]
    kind = payload["class"]
    passage.edit(
        event.seq,
        payload["after"],
        # Words that came from nobody knows which passage were accepted by nobody knows whom.
        carrying=kind in CARRYING and (kind != "merge" or bool(joined)),
        beyond=payload.get("seats_beyond") or (),
        joined=joined,
        seats=book.seats,
        weights=book.weights,
    )
    return (passage.identifier,)


def dispute(book: Book, verdict: Verdict, event: Event) -> Collection[str] | None:
    passage = book.mine(event.payload["passage"])
    passage.dispute(event.payload["seat"], event.seq, book.seats, book.weights)
    return (passage.identifier,)


def withdraw(book: Book, verdict: Verdict, event: Event) -> Collection[str] | None:
    passage = book.mine(event.payload["passage"])
    passage.withdrawn = True
    passage.fast = None
    return (passage.identifier,)


def restore(book: Book, verdict: Verdict, event: Event) -> Collection[str] | None:
    passage = book.mine(event.payload["passage"])
    passage.withdrawn = False
    passage.fast = passage.current if passage.open else None
    return (passage.identifier,)


def propose_variant(book: Book, verdict: Verdict, event: Event) -> Collection[str] | None:
    passage = book.mine(event.payload["passage"])
    digest = event.payload["digest"]
    passage.bring_back(event.seq, digest)
    passage.history().variants += (digest,)
    return (passage.identifier,)


def withdraw_variant(book: Book, verdict: Verdict, event: Event) -> Collection[str] | None:
    passage = book.mine(event.payload["passage"])
    passage.take_away(event.seq, event.payload["digest"])
    return (passage.identifier,)


def give_stance(book: Book, verdict: Verdict, event: Event) -> Collection[str] | None:
    payload = event.payload
    if not book.spoken:
        book.spoken = book.weights
        book.tabulate()
    passage, seat, stance = book.mine(payload["passage"]), payload["seat"], payload["stance"]
    passage.say(seat, event, payload["digest"], book.seats[seat], book.spoken[stance])
    return (passage.identifier,)


def address(book: Book, verdict: Verdict, event: Event) -> Collection[str] | None:
    passage = book.mine(event.payload["passage"])
    addressed = passage.history().addressed
    for opened in passage.opened_by(event.payload["seat"]):
        addressed[opened] = (*addressed.get(opened, ()), event.payload["by"])
    return ()


def open_call(book: Book, verdict: Verdict, event: Event) -> Collection[str] | None:
    name = event.payload["call"]
    items = tuple((passage, digest) for passage, digest in event.payload["items"])
    book.calls[name] = Call(name, items, frozenset(book.seats))
    for passage, _ in items:
        book.mine(passage).call()
    return [passage for passage, _ in items]


def close_call(book: Book, verdict: Verdict, event: Event) -> Collection[str] | None:
    name = event.payload["call"]
    book.calls[name] = book.calls[name]._replace(open=False)
    return ()


def freeze(book: Book, verdict: Verdict, event: Event) -> Collection[str] | None:
    book.candidate = Candidate(
        name=event.payload["candidate"],
        manifest=event.payload["manifest"],
        included=dict(verdict.included),
        roster=frozenset(book.seats),
        rule=book.charter.rule,
    )
    book.candidate_names |= {book.candidate.name}
    return ()


def sign(book: Book, verdict: Verdict, event: Event) -> Collection[str] | None:
    if book.candidate is not None:
        signed = book.candidate.signed | {event.payload["seat"]}
        book.candidate = book.candidate._replace(signed=signed)
    return ()


def send_back(book: Book, verdict: Verdict, event: Event) -> Collection[str] | None:
    book.candidate = None
    return ()


def publish(book: Book, verdict: Verdict, event: Event) -> Collection[str] | None:
    if book.candidate is not None:
        book.editions[event.payload["edition"]] = book.candidate
    book.candidate = None
    return ()


ACTS: Final[Mapping[str, Act]] = {
    "charter.adopted": adopt_charter,
    "charter.change_proposed": propose_change,
    "charter.change_accepted": accept_change,
    "seat.joined": join,
    "seat.left": leave,
    "passage.added": add,
    "passage.opened": open_passage,
    "passage.edited": edit,
    "edit.disputed": dispute,
    "passage.withdrawn": withdraw,
    "passage.restored": restore,
    "variant.proposed": propose_variant,
    "variant.withdrawn": withdraw_variant,
    "stance.given": give_stance,
    "objection.addressed": address,
    "call.opened": open_call,
    "call.closed": close_call,
    "candidate.frozen": freeze,
    "candidate.signed": sign,
    "candidate.returned": send_back,
    "edition.published": publish,
}
"""The same acts as there are guards."""

JUDGED: Final = frozenset(
    {"seat.left", "candidate.frozen", "candidate.signed", "candidate.returned", "edition.published"}
)
"""Acts whose guard or effect depends on what is agreed at that moment."""
