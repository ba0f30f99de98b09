"""Who may do what in a commission. Asked of seats and offices, never of a person's name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from folkmoot.people.models import Person
from folkmoot.people.policies import Right, Visitor, declare, is_administrator

from .models import Comment, Commission, CommissionOffice, Seat, Text, Variant


@dataclass(frozen=True)
class Standing:
    """What a person is in one commission now."""

    seat: Seat | None = None
    secretary: bool = False
    author: bool = False

    @property
    def inside(self) -> bool:
        """Whether they read what the commission is writing."""
        return self.seat is not None or self.secretary or self.author

    @property
    def writes(self) -> bool:
        """Whether they hold an office that must know what stands in the way."""
        return self.secretary or self.author


def standing(visitor: Visitor, commission: Commission) -> Standing:
    """The seat and offices a visitor holds in a commission now. One query each per request: the
    answer is kept on the visitor, who lives as long as the request does."""
    if not isinstance(visitor, Person):
        return Standing()
    kept: dict[int, Standing] = visitor.__dict__.setdefault("_standings", {})
    if commission.pk not in kept:
        kinds = set(
            visitor.commission_offices.current()
            .filter(commission=commission)
            .values_list("kind", flat=True)
        )
        kept[commission.pk] = Standing(
            seat=visitor.seats.current().filter(commission=commission).first(),
            secretary=CommissionOffice.Kind.SECRETARY in kinds,
            author=CommissionOffice.Kind.AUTHOR in kinds,
        )
    return kept[commission.pk]


def know_standings(people: Iterable[Person], commission: Commission) -> None:
    """Look up what all of these people are in a commission, in two queries instead of two each."""
    everybody = {person.pk: person for person in people}
    offices: dict[int, set[str]] = {}
    for holder, kind in (
        CommissionOffice.objects.current()
        .filter(commission=commission, person__in=everybody)
        .values_list("person_id", "kind")
    ):
        offices.setdefault(holder, set()).add(kind)
    seats = {
        seat.person_id: seat
        for seat in Seat.objects.current().filter(commission=commission, person__in=everybody)
    }
    for pk, person in everybody.items():
        kinds = offices.get(pk, set())
        person.__dict__.setdefault("_standings", {})[commission.pk] = Standing(
            seat=seats.get(pk),
            secretary=CommissionOffice.Kind.SECRETARY in kinds,
            author=CommissionOffice.Kind.AUTHOR in kinds,
        )


def may_see_commission(visitor: Visitor, commission: Commission) -> bool:
    return standing(visitor, commission).inside or is_administrator(visitor)


def may_run_commission(visitor: Visitor, commission: Commission) -> bool:
    """Seats people, gives offices, changes the charter while that is possible."""
    return standing(visitor, commission).secretary or is_administrator(visitor)


def may_see_text(visitor: Visitor, text: Text) -> bool:
    return standing(visitor, text.commission).inside


def may_edit(visitor: Visitor, text: Text) -> bool:
    held = standing(visitor, text.commission)
    return held.writes or (held.seat is not None and text.commission.seats_may_edit)


def may_propose(visitor: Visitor, text: Text) -> bool:
    return may_see_text(visitor, text)


def may_take_stance(visitor: Visitor, seat: Seat | None) -> bool:
    """Only the person who holds the seat now."""
    return (
        isinstance(visitor, Person)
        and seat is not None
        and seat.is_current
        and seat.person_id == visitor.pk
    )


def may_see_what_stands_in_the_way(visitor: Visitor, text: Text) -> bool:
    return standing(visitor, text.commission).writes


def may_answer_comments(visitor: Visitor, text: Text) -> bool:
    return standing(visitor, text.commission).writes


def may_withdraw_comment(visitor: Visitor, comment: Comment) -> bool:
    return isinstance(visitor, Person) and comment.author_id == visitor.pk


def may_read_comment(visitor: Visitor, comment: Comment, text: Text) -> bool:
    """Everybody inside; a confidential one its author and the offices. An answer is as confidential
    as the point it answers, so this is asked of the point."""
    held = standing(visitor, text.commission)
    if not comment.confidential or not held.inside:
        return held.inside
    return held.writes or (isinstance(visitor, Person) and comment.author_id == visitor.pk)


def may_place_comment(visitor: Visitor, comment: Comment, text: Text) -> bool:
    """Puts a comment on words again: whoever made it, and those who answer comments."""
    return may_answer_comments(visitor, text) or (
        may_see_text(visitor, text) and may_withdraw_comment(visitor, comment)
    )


def may_call(visitor: Visitor, text: Text) -> bool:
    return standing(visitor, text.commission).writes


def may_import(visitor: Visitor, text: Text) -> bool:
    return standing(visitor, text.commission).writes


def may_begin_text(visitor: Visitor, commission: Commission) -> bool:
    return standing(visitor, commission).writes


def may_withdraw_variant(visitor: Visitor, variant: Variant) -> bool:
    """Its proposer; an office for one that came with a document and has no proposer here."""
    if not isinstance(visitor, Person):
        return False
    if variant.seat_id or variant.proposer_id == visitor.pk:
        return variant.proposer_id == visitor.pk
    return variant.seat_id is None and standing(visitor, variant.passage.text.commission).writes


def may_make_current(visitor: Visitor, text: Text) -> bool:
    return may_edit(visitor, text)


def may_leave(visitor: Visitor, seat: Seat) -> bool:
    """The holder of the seat, or the secretary when the person has asked."""
    return seat.is_current and (
        may_take_stance(visitor, seat) or standing(visitor, seat.commission).secretary
    )


OPEN_DESK = Right(_("Have a desk"), _("people who have signed in"))
BEGIN_COMMISSION = Right(
    _("Set up a commission and its charter"), _("administrators of the organisation")
)
SEE_COMMISSION = Right(
    _("See who sits in a commission, its offices and its charter"),
    _("commissioners of this commission, its secretary and report author, and administrators"),
)
RUN_COMMISSION = Right(
    _("Invite commissioners, give the offices of a commission, write its charter"),
    _("the secretary of this commission and administrators"),
    _("The charter is fixed once the first stance is given."),
)
READ_TEXT = Right(
    _("Read a text while it is being written, comment on it and propose wordings"),
    _("commissioners of this commission, its secretary and its report author"),
    _("Administrators of the organisation cannot read it."),
)
EDIT_TEXT = Right(
    _("Change the words of a text"),
    _("its secretary and report author, and commissioners where the charter lets them"),
    _("Every change is kept, and changes what was agreed only with the seats' agreement."),
)
TAKE_STANCE = Right(
    _("Take a stance"),
    _("the commissioner who holds the seat"),
    _("Nobody can give, change or lift the stance of another seat."),
)
SEE_STANCES = Right(
    _("See others' stances"),
    _("commissioners who have given their own on the same words, where the charter says so"),
    _(
        "The secretary and the report author see them too, because they must write what all can "
        "live with; in a commission with a secret vote nobody sees names."
    ),
)
SEE_ONE_AWAY = Right(
    _("See what stands in the way of agreement, passage by passage"),
    _("the secretary and the report author of this commission"),
)
ANSWER_COMMENTS = Right(
    _("Answer comments: taken, partly, declined with a reason, merged"),
    _("the secretary and the report author of this commission"),
    _("Only its author can withdraw a comment."),
)
READ_CONFIDENTIAL = Right(
    _("Read a confidential comment"),
    _("the person who made it, the secretary and the report author of this commission"),
    _("Everybody else sees neither its words nor that it exists."),
)
PLACE_COMMENTS = Right(
    _("Put a comment on words again when its own are gone"),
    _("the person who made it, the secretary and the report author of this commission"),
)
CALL = Right(
    _("Open and close calls for consensus"),
    _("the secretary and the report author of this commission"),
)
IMPORT = Right(
    _("Import documents"),
    _("the secretary and the report author of this commission"),
)
LEAVE_SEAT = Right(
    _("Leave a seat"),
    _("the commissioner who holds it, and the secretary at that person's request"),
)
WITHDRAW_PROPOSAL = Right(
    _("Withdraw a proposed wording"),
    _("the person who proposed it"),
    _("Proposals that came with an imported document: the secretary and the report author."),
)

declare(
    "commission",
    _("Commissions and their texts"),
    [
        OPEN_DESK,
        BEGIN_COMMISSION,
        SEE_COMMISSION,
        RUN_COMMISSION,
        READ_TEXT,
        EDIT_TEXT,
        TAKE_STANCE,
        SEE_STANCES,
        SEE_ONE_AWAY,
        ANSWER_COMMENTS,
        READ_CONFIDENTIAL,
        PLACE_COMMENTS,
        CALL,
        IMPORT,
        LEAVE_SEAT,
        WITHDRAW_PROPOSAL,
    ],
)
