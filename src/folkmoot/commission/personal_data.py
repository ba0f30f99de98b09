"""What this room stores about people."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from folkmoot.people.models import Person
from folkmoot.people.register import OnClosing, PersonalData, declare


def seat_of(person: Person) -> Q:
    """Rows of the seats the person holds or has held."""
    return Q(seat__person=person)


def wrote(person: Person) -> Q:
    """Words being written that the person has had a hand in."""
    return Q(writers__icontains=f'"{person.key}"')


RECORD = _("As long as the text: others agreed in reliance on it.")

declare(
    PersonalData(
        model="commission.Seat",
        title=_("Seats you hold or have held"),
        fields=(
            "commission__name",
            "number",
            "public_name",
            "public_description",
            "started",
            "ended",
        ),
        whose="person",
        purpose=_("So that it is known whose agreement is needed."),
        retention=_("As long as the commission; the published name stands in its editions."),
        on_closing=OnClosing.KEEP,
    ),
    PersonalData(
        model="commission.CommissionOffice",
        title=_("Offices you hold or have held in a commission"),
        fields=("commission__name", "kind", "started", "ended"),
        whose="person",
        purpose=_("So that you can do what the office is for."),
        retention=_("Until you close your account."),
    ),
    PersonalData(
        model="commission.Stance",
        title=_("What you said of wordings"),
        fields=(
            "passage__id",
            "position",
            "reason",
            "would_accept",
            "conditions",
            "published",
            "at",
        ),
        whose=seat_of,
        purpose=_(
            "To compute what everybody agrees to. Only you decide who reads your reservation."
        ),
        retention=RECORD,
        on_closing=OnClosing.KEEP,
    ),
    PersonalData(
        model="commission.Comment",
        title=_("Your comments"),
        fields=(
            "body",
            "quote_then",
            "quote",
            "confidential",
            "created",
            "disposition",
            "disposition_reason",
            "kept",
        ),
        whose="author",
        purpose=_("So that your points are answered, and you see how."),
        retention=_("As long as the text, without your name once you close your account."),
        on_closing=OnClosing.KEEP,
        unnamed=("disposed_by",),
    ),
    PersonalData(
        model="commission.Comment",
        title=_("Comments that mention you"),
        fields=("passage__id", "created"),
        whose="mentions",
        purpose=_("So that you are told when somebody wants you to read a comment."),
        retention=_("As long as the text, without your name once you close your account."),
        on_closing=OnClosing.KEEP,
    ),
    PersonalData(
        model="commission.Variant",
        title=_("Wordings you proposed"),
        fields=("wording__plain", "note", "created", "withdrawn", "adopted"),
        whose="proposer",
        purpose=_("So that the others can answer on them."),
        retention=RECORD,
        on_closing=OnClosing.KEEP,
    ),
    PersonalData(
        model="commission.Edit",
        title=_("Changes you made to a text"),
        fields=("passage__id", "kind", "reason", "at"),
        whose="editor",
        purpose=_("So that everybody sees who changed what, and why."),
        retention=RECORD,
        on_closing=OnClosing.KEEP,
    ),
    PersonalData(
        model="commission.Call",
        title=_("Calls for consensus you opened"),
        fields=("title", "opened", "closes"),
        whose="opened_by",
        purpose=_("So that it is known who asked."),
        retention=RECORD,
        on_closing=OnClosing.KEEP,
    ),
    PersonalData(
        model="commission.Intake",
        title=_("Documents you imported"),
        fields=("filename", "at"),
        whose="by",
        purpose=_("So that it is known where words came from."),
        retention=RECORD,
        on_closing=OnClosing.KEEP,
    ),
    PersonalData(
        model="commission.Proposal",
        title=_("Proposals of an import that you decided on"),
        fields=("kind", "decision", "decided"),
        whose="decided_by",
        purpose=_("So that it is known who decided."),
        retention=RECORD,
        on_closing=OnClosing.KEEP,
    ),
    PersonalData(
        model="commission.Draft",
        title=_("Words you are writing that are not recorded yet"),
        fields=("name", "label", "reason", "since", "changed"),
        whose=wrote,
        purpose=_("So that what you write is not lost before it is recorded under your name."),
        retention=_("Until the words are recorded or taken back: seconds, as a rule."),
        on_closing=OnClosing.KEEP,
    ),
)
