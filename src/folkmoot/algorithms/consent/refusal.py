"""An act that may not happen, and why, in words for the person who tried."""

from __future__ import annotations

from typing import Final

MESSAGES: Final = {
    "already_disputed": "This edit is disputed already, so it counts as a change of substance.",
    "already_open": "This passage is open for stances already.",
    "already_seated": "This seat is taken already.",
    "already_signed": "You have signed this candidate already.",
    "bad_charter": "A charter needs a rule, a visibility and a number of days we know.",
    "bad_sequence": "Something else was recorded at the same moment; please try again.",
    "call_closed": "This call for consensus is closed.",
    "call_exists": "There is a call for consensus with this name already.",
    "candidate_exists": "There was a candidate with this name already.",
    "candidate_frozen": "A candidate is being signed, so the text does not change for now.",
    "charter_fixed": "The charter is fixed by the first stance; all seats together can change it.",
    "edition_exists": "There is an edition with this number already.",
    "empty_call": "A call for consensus needs at least one passage.",
    "everyone_signed": "Everyone has signed, so the candidate can only be published.",
    "incomplete": "Something is missing from this request.",
    "no_objection": "This seat has no open objection here.",
    "no_proposal": "No change of the charter is proposed.",
    "nobody_seated": "Nobody is seated, so there is nobody to agree.",
    "not_on_roster": "Only a seat on the roster can do this.",
    "not_open": "This passage is not open for stances yet.",
    "not_signed": "Not every seat has signed this candidate yet.",
    "not_withdrawn": "This passage is not withdrawn.",
    "nothing_to_dispute": "The wording did not come from an editorial change.",
    "passage_exists": "There is a passage with this name already.",
    "reaffirm_first": "Some of your stances were carried over edits; please confirm them first.",
    "roster_changed": "The seats have changed since this candidate was made.",
    "stale_charter": "The proposed charter changed while you were reading; please look again.",
    "stale_wording": "The wording changed while you were reading; please look again.",
    "text_changed": "What is agreed has changed since this candidate was made.",
    "unknown_act": "We do not know this act.",
    "unknown_candidate": "This is not the candidate being signed.",
    "unknown_passage": "There is no such passage.",
    "unknown_stance": "We do not know this stance.",
    "unknown_variant": "There is no such variant of this passage.",
    "variant_exists": "This wording is before the commission already.",
    "withdrawn": "This passage is withdrawn.",
    "wrong_manifest": "This is not the manifest of the candidate being signed.",
}
"""Stable codes, each with what a person is told."""


class Refused(Exception):
    """The act did not happen and nothing changed.

    `code` is one of `MESSAGES` and never changes its meaning; `message` is for people; `current`
    is the digest the passage has now, when the wording was the reason ("stale_wording").
    """

    def __init__(self, code: str, message: str = "", *, current: str | None = None) -> None:
        self.code = code
        self.message = message or MESSAGES[code]
        self.current = current
        super().__init__(code, self.message)

    def __str__(self) -> str:
        return self.message
