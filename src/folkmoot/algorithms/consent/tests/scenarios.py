"""Stories that random walks seldom reach; each takes the module under test and tells one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from folkmoot.algorithms.consent.tests.invariants import INVARIANTS
from folkmoot.algorithms.consent.tests.walk import Walker, opening


class Story:
    """A commission of three with passages a, b and c open; every act is checked as in a walk."""

    def __init__(self, consent: Any, rule: str = "unanimity") -> None:
        self.walker = Walker(consent)
        for act, payload in opening(rule):
            self(act, **payload)

    def __call__(self, act: str, **payload: Any) -> str | None:
        """Do it; the code of the refusal, if it was refused."""
        step = self.walker.act(act, **payload)
        for invariant in INVARIANTS:
            invariant(step)
        return None if step.refused is None else str(step.refused.code)

    @property
    def state(self) -> Any:
        return self.walker.state

    def say(
        self,
        seat: str,
        passage: str,
        stance: str = "accept",
        digest: str | None = None,
        **more: Any,
    ) -> str | None:
        wording = digest or self.state.current(passage)
        return self(
            "stance.given", seat=seat, passage=passage, digest=wording, stance=stance, **more
        )

    def all_say(self, passage: str, stance: str = "accept", digest: str | None = None) -> None:
        for seat in sorted(self.state.roster):
            assert self.say(seat, passage, stance, digest) is None

    def edit(self, passage: str, after: str, kind: str, **more: Any) -> str | None:
        before = self.state.current(passage)
        return self(
            "passage.edited", passage=passage, before=before, after=after, **more, **{"class": kind}
        )

    def status(self, passage: str) -> str:
        return str(self.state.status(passage))

    def stand(self, seat: str, passage: str) -> str:
        return str(self.state.standing(passage).stands[seat].state)

    def sign_all(self, candidate: str, manifest: str = "m") -> None:
        for seat in sorted(self.state.roster):
            assert (
                self("candidate.signed", candidate=candidate, seat=seat, manifest=manifest) is None
            )


def silence_agrees_to_nothing(consent: Any) -> None:
    story = Story(consent)
    story.say("s1", "a")
    story.say("s2", "a")
    assert story.status("a") == "awaiting"
    story.say("s3", "a", "undecided")
    assert story.status("a") == "awaiting"
    story.say("s3", "a", "stand_aside")
    assert story.status("a") == "awaiting"
    story.say("s3", "a", "reserve")
    assert story.status("a") == "agreed"


def standing_aside_counts_under_consensus(consent: Any) -> None:
    story = Story(consent, "consensus")
    story.all_say("a")
    story.say("s3", "a", "stand_aside")
    assert story.status("a") == "agreed"
    story.say("s3", "a", "object")
    assert story.status("a") == "contested"


def object_then_leave(consent: Any) -> None:
    story = Story(consent)
    story.all_say("a")
    story.all_say("b")
    story.say("s3", "a", "object")
    story("seat.left", seat="s3")
    assert story.state.included() == {"b": "b0"}
    assert story.state.standing("a").recall
    story("call.opened", call="k", items=[["a", "a0"]])
    assert story.status("a") == "awaiting"
    assert [orphan.seat for orphan in story.state.standing("a").orphans] == ["s3"]
    story.say("s1", "a")
    assert story.status("a") == "awaiting"
    assert story.state.one_away()[0][:2] == ("a", "s2")
    story.say("s2", "a")
    assert story.status("a") == "agreed"


def leave_then_call(consent: Any) -> None:
    story = Story(consent)
    story.say("s1", "a")
    story.say("s2", "a")
    story("seat.left", seat="s3")
    assert story.status("a") == "awaiting"
    story.say("s1", "a")
    story.say("s2", "a")
    assert story.status("a") == "awaiting"
    story("call.opened", call="k", items=[["a", "a0"]])
    assert story.status("a") == "agreed"
    story("call.closed", call="k")
    assert story("call.closed", call="k") == "call_closed"


def both_halves_of_a_package(consent: Any) -> None:
    story = Story(consent)
    for name in "abc":
        story.all_say(name)
    story.say("s1", "a", conditions=[["b", "b0"]])
    story.say("s2", "b", conditions=[["a", "a0"]])
    assert story.state.included() == {"a": "a0", "b": "b0", "c": "c0"}
    story.say("s3", "a", "undecided")
    assert story.state.included() == {"c": "c0"}
    assert story.status("b") == "held_by_condition"
    assert [f.passage for f in story.state.standing("b").failing] == ["a"]
    story.say("s3", "a")
    assert story.state.included() == {"a": "a0", "b": "b0", "c": "c0"}
    story.say("s2", "b")
    story.say("s3", "a", "object")
    assert story.state.included() == {"b": "b0", "c": "c0"}


def a_condition_names_an_exact_wording(consent: Any) -> None:
    story = Story(consent)
    story.all_say("a")
    story.all_say("b")
    story.all_say("c")
    story.say("s1", "a", conditions=[["b", "b0"]])
    story.say("s2", "c", conditions=[["a", "a0"]])
    story.edit("b", "b1", "substantive")
    assert story.state.included() == {}
    story.all_say("b")
    assert story.state.included() == {"b": "b1"}
    assert story.status("a") == story.status("c") == "held_by_condition"
    story.edit("b", "b0", "substantive")
    assert story.state.included() == {}
    story.all_say("b")
    assert len(story.state.included()) == 3


def editorial_then_dispute(consent: Any) -> None:
    story = Story(consent)
    story.all_say("a")
    story.edit("a", "a1", "editorial")
    assert story.status("a") == "agreed"
    assert story.stand("s1", "a") == "carried"
    assert story.state.last_accepted("s1", "a") == "a0"
    story.say("s1", "a")
    assert story("edit.disputed", passage="a", seat="s9") == "not_on_roster"
    story("edit.disputed", passage="a", seat="s2")
    assert story.status("a") == "awaiting"
    assert story.stand("s1", "a") == "fresh"
    assert story.stand("s2", "a") == story.stand("s3", "a") == "stale"
    assert story("edit.disputed", passage="a", seat="s3") == "already_disputed"
    story.say("s2", "a")
    story.say("s3", "a")
    assert story.status("a") == "agreed"


def drift_in_small_steps(consent: Any) -> None:
    story = Story(consent)
    story.all_say("a")
    story.edit("a", "a1", "editorial")
    story.edit("a", "a2", "editorial", seats_beyond=["s2"])
    assert story.stand("s1", "a") == "carried"
    assert story.stand("s2", "a") == "stale"
    assert story.status("a") == "awaiting"
    story.edit("a", "a3", "substantive")
    assert story.state.price("a") == 0
    story.edit("a", "a2", "substantive")
    assert story.stand("s1", "a") == "stale"


def going_back_revives(consent: Any) -> None:
    story = Story(consent)
    story.all_say("a")
    story.edit("a", "a1", "substantive")
    assert story.state.needs("s1")[0] == ("a", "stale")
    story.edit("a", "a0", "substantive")
    assert story.status("a") == "agreed"
    assert story.stand("s1", "a") == "revived"
    story.edit("a", "a1", "substantive")
    story.say("s1", "a", "undecided")
    story.edit("a", "a0", "substantive")
    assert story.status("a") == "awaiting"
    assert story.stand("s1", "a") == "stale"
    assert story.state.last_accepted("s1", "a") == "a0"


def an_edit_lifts_no_objection(consent: Any) -> None:
    story = Story(consent)
    story.all_say("a")
    story.say("s1", "a", "object")
    for after, kind in [("a1", "editorial"), ("a2", "substantive"), ("a3", "split")]:
        story.edit("a", after, kind)
        assert story.status("a") == "contested"
    story("objection.addressed", passage="a", seat="s1", by="author")
    assert story.state.standing("a").objections[0].addressed_by == ("author",)
    story.say("s2", "a")
    story.say("s3", "a")
    assert story.status("a") == "contested"
    story.say("s1", "a")
    assert story.status("a") == "agreed"


def a_variant_beside_the_agreed_wording(consent: Any) -> None:
    story = Story(consent)
    story.all_say("a")
    story("variant.proposed", passage="a", digest="a1")
    story.say("s1", "a", "object", "a1")
    assert story.state.included() == {"a": "a0"}
    story.say("s2", "a", "accept", "a1")
    story.say("s3", "a", "accept", "a1")
    assert story.state.included() == {"a": "a0"}
    story.say("s1", "a", "accept", "a1")
    assert story.status("a") == "tie"
    assert story.state.included() == {}
    assert str(story.state.standing("a", "a1").status) == "tie"
    story.edit("a", "a1", "variant")
    assert story.state.included() == {"a": "a1"}
    assert story.state.variants("a") == ()
    story.edit("a", "a0", "substantive")
    assert story.state.included() == {"a": "a0"}


def a_tie_ends_by_withdrawing(consent: Any) -> None:
    story = Story(consent)
    story.all_say("a")
    story.all_say("b")
    story.say("s1", "b", conditions=[["a", "a0"]])
    story("variant.proposed", passage="a", digest="a1")
    story.all_say("a", digest="a1")
    assert story.state.included() == {}
    assert story.status("b") == "held_by_condition"
    story("variant.withdrawn", passage="a", digest="a1")
    assert story.state.included() == {"a": "a0", "b": "b0"}


def a_variant_settles_an_objection(consent: Any) -> None:
    story = Story(consent)
    story.say("s1", "a", "object")
    story("variant.proposed", passage="a", digest="a1")
    story.all_say("a", digest="a1")
    assert story.status("a") == "contested"
    assert str(story.state.standing("a", "a1").status) == "locally_agreed"
    story.edit("a", "a1", "variant")
    assert story.status("a") == "agreed"
    story.edit("a", "a2", "substantive")
    assert story.status("a") == "awaiting"


def an_objection_after_accepting_a_variant(consent: Any) -> None:
    story = Story(consent)
    story("variant.proposed", passage="a", digest="a1")
    story.all_say("a", digest="a1")
    story.say("s1", "a", "object")
    story.edit("a", "a1", "variant")
    assert story.status("a") == "contested"
    story.say("s1", "a")
    assert story.status("a") == "agreed"


def an_objection_to_a_variant_follows_it(consent: Any) -> None:
    story = Story(consent)
    story("variant.proposed", passage="a", digest="a1")
    story.say("s1", "a", "object", "a1")
    assert story.status("a") == "awaiting"
    story.edit("a", "a1", "variant")
    assert story.status("a") == "contested"
    story("seat.left", seat="s1")
    story.edit("a", "a2", "substantive")
    assert story.state.standing("a").orphans


def an_orphan_of_a_variant_waits_with_it(consent: Any) -> None:
    story = Story(consent)
    story.all_say("a")
    story("variant.proposed", passage="a", digest="a1")
    story.say("s3", "a", "object", "a1")
    story.say("s1", "a", "accept", "a1")
    story.say("s2", "a", "accept", "a1")
    story("seat.left", seat="s3")
    assert story.state.included() == {"a": "a0"}
    story.edit("a", "a1", "variant")
    story("call.opened", call="k", items=[["a", "a1"]])
    assert story.status("a") == "awaiting"
    story.all_say("a")
    assert story.status("a") == "agreed"


def a_departure_frees_no_variant(consent: Any) -> None:
    story = Story(consent)
    story.all_say("a")
    story("variant.proposed", passage="a", digest="a1")
    story.say("s1", "a", "accept", "a1")
    story.say("s2", "a", "accept", "a1")
    story("seat.left", seat="s3")
    assert story.state.included() == {"a": "a0"}
    assert str(story.state.standing("a", "a1").status) == "awaiting"
    story.edit("a", "a1", "variant")
    assert story.status("a") == "awaiting"
    assert story.state.standing("a").recall
    story("call.opened", call="k", items=[["a", "a1"]])
    assert story.status("a") == "agreed"


def split_and_merge(consent: Any) -> None:
    story = Story(consent)
    story.all_say("a")
    story.say("s3", "b", "object")
    story.say("s1", "b")
    story.say("s2", "b", "reserve")
    story("passage.added", passage="d", digest="d0", open=True, split_from=["b", "b0"])
    story.edit("b", "b1", "split")
    assert story.status("b") == story.status("d") == "contested"
    assert story.stand("s1", "d") == "carried"
    assert story.stand("s1", "b") == "carried"
    story.edit("a", "a1", "merge", merged=[["b", "b1"]])
    story("passage.withdrawn", passage="b")
    assert story.status("a") == "contested"
    assert str(story.state.standing("a").stands["s2"].stance) == "reserve"
    story.say("s3", "a")
    assert story.status("a") == "agreed"
    assert story.edit("a", "a2", "merge", merged=[["a", "a1"]]) == "incomplete"
    story.edit("a", "a2", "merge")
    assert story.state.price("a") == 0


def a_split_takes_no_recall_away(consent: Any) -> None:
    story = Story(consent)
    story.say("s1", "a")
    story.say("s2", "a")
    story.say("s3", "a", "object")
    story("seat.left", seat="s3")
    story("passage.added", passage="d", digest="d0", open=True, split_from=["a", "a0"])
    assert story.status("d") == "awaiting"
    story("call.opened", call="k", items=[["d", "d0"]])
    assert story.status("d") == "awaiting"


def a_joiner_has_said_nothing(consent: Any) -> None:
    story = Story(consent)
    for name in "abc":
        story.all_say(name)
    assert len(story.state.included()) == 3
    story("seat.joined", seat="s4")
    assert story.state.included() == {}
    story.say("s4", "a")
    assert story.state.included() == {"a": "a0"}
    story("seat.left", seat="s4")
    assert story.state.included() == {"a": "a0"}
    story("seat.joined", seat="s4")
    assert story.stand("s4", "a") == "missing"
    assert story.state.included() == {}


def the_last_to_leave_takes_agreement_along(consent: Any) -> None:
    story = Story(consent)
    story.all_say("a")
    story.all_say("b")
    story.edit("b", "b1", "editorial")
    for seat in ("s1", "s2", "s3"):
        story("seat.left", seat=seat)
    assert story.state.included() == {}
    assert story("candidate.frozen", candidate="c", manifest="m") == "nobody_seated"


def ratify_with_a_late_change(consent: Any) -> None:
    story = Story(consent)
    story.all_say("a")
    story.all_say("b")
    story.edit("b", "b1", "editorial")
    story("candidate.frozen", candidate="c", manifest="m")
    signed = {"candidate": "c", "manifest": "m"}
    assert story("candidate.signed", seat="s1", **signed) == "reaffirm_first"
    story.all_say("b")
    assert story.edit("a", "a1", "substantive") == "candidate_frozen"
    assert story("candidate.signed", seat="s1", candidate="c", manifest="x") == "wrong_manifest"
    for seat in ("s1", "s2"):
        assert story("candidate.signed", seat=seat, **signed) is None
    assert story("candidate.signed", seat="s1", **signed) == "already_signed"
    assert story("edition.published", edition=1, **signed) == "not_signed"
    story.say("s1", "a", "object")
    assert story("candidate.signed", seat="s3", **signed) == "text_changed"
    story.say("s1", "a")
    assert story("candidate.signed", seat="s3", **signed) is None
    assert story("candidate.returned", candidate="c", seat="s2") == "everyone_signed"
    assert story("edition.published", edition=1, candidate="c", manifest="x") == "wrong_manifest"
    story.say("s2", "b", "undecided")
    assert story("edition.published", edition=1, **signed) == "text_changed"
    story.say("s2", "b")
    assert story("edition.published", edition=1, **signed) is None
    assert story.edit("a", "a1", "substantive") is None
    assert dict(story.state.editions[1].included) == {"a": "a0", "b": "b1"}


def the_roster_changes_under_a_candidate(consent: Any) -> None:
    story = Story(consent)
    story.all_say("a")
    story("candidate.frozen", candidate="c", manifest="m")
    story.sign_all("c")
    story("seat.left", seat="s3")
    signed = {"candidate": "c", "manifest": "m"}
    assert story("edition.published", edition=1, **signed) == "roster_changed"
    story("seat.joined", seat="s3")
    assert story("edition.published", edition=1, **signed) == "text_changed"
    story.say("s3", "a")
    assert story("edition.published", edition=1, **signed) == "not_signed"
    assert story("candidate.returned", candidate="c", seat="s3") is None
    assert story("candidate.frozen", candidate="c", manifest="m") == "candidate_exists"


def the_charter_changes_only_together(consent: Any) -> None:
    story = Story(consent)
    story.all_say("a")
    story.say("s3", "a", "stand_aside")
    other = {"rule": "consensus", "visibility": "named", "editorial_window": 7}
    assert story("charter.adopted", **other) == "charter_fixed"
    assert story("charter.change_accepted", seat="s1", **other) == "no_proposal"
    story("charter.change_proposed", **other)
    for seat in ("s1", "s2"):
        story("charter.change_accepted", seat=seat, **other)
    assert story.status("a") == "awaiting"
    assert story("charter.change_accepted", seat="s3", **{**other, "rule": "unanimity"}) == (
        "stale_charter"
    )
    story("charter.change_accepted", seat="s3", **other)
    assert story.status("a") == "agreed"
    assert story.state.charter.rule == "consensus"


def what_cannot_be_said(consent: Any) -> None:
    story = Story(consent)
    assert story.say("s9", "a") == "not_on_roster"
    assert story.say("s1", "a", digest="a7") == "stale_wording"
    assert story.say("s1", "a", "maybe") == "unknown_stance"
    assert story.say("s1", "a", conditions=[["zz", "z0"]]) == "unknown_passage"
    story("passage.added", passage="d", digest="d0", open=False)
    assert story.say("s1", "d") == "not_open"
    story("passage.opened", passage="d")
    assert story("passage.opened", passage="d") == "already_open"
    assert story.say("s1", "d") is None
    story("passage.withdrawn", passage="d")
    assert story.say("s1", "d") == "withdrawn"
    assert story.status("d") == "withdrawn"
    story("passage.restored", passage="d")
    assert story.say("s2", "d") is None
    story.all_say("a")
    assert story("objection.addressed", passage="a", seat="s1", by="s2") == "no_objection"
    assert story("edit.disputed", passage="a", seat="s1") == "nothing_to_dispute"


SCENARIOS: list[Callable[[Any], None]] = [
    value
    for name, value in list(globals().items())
    if callable(value) and getattr(value, "__module__", "") == __name__ and name not in ("Story",)
]


def tell(consent: Any) -> None:
    """Tell every story."""
    for scenario in SCENARIOS:
        scenario(consent)
