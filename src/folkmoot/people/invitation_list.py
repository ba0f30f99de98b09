"""Reading a list of people to invite, as it comes out of a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.utils import parseaddr
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from folkmoot.branches.models import Branch
from folkmoot.branches.names import branches_by_name, plain
from folkmoot.people.models import Invitation, Office, Person

MOST = 5000
"""The most people in one list."""

_COLUMNS = {
    "email": {"email", "e mail", "mail", "email address", "e mail address"},
    "name": {"name", "full name", "fullname", "display name", "person"},
    "first": {"first name", "firstname", "given name", "forename"},
    "last": {"last name", "lastname", "surname", "family name"},
    "branch": {"branch", "constituency", "branch name", "group", "local branch"},
    "office": {"office", "role", "position"},
}
_LIKELY_SLIPS = {
    "gmial.com": "gmail.com",
    "gmai.com": "gmail.com",
    "gmail.co": "gmail.com",
    "gmail.con": "gmail.com",
    "hotmial.com": "hotmail.com",
    "hotmail.con": "hotmail.com",
    "yaho.com": "yahoo.com",
    "outlok.com": "outlook.com",
}


class Unreadable(ValueError):
    """The list cannot be read at all; the message says why and what to do."""


class Verdict(StrEnum):
    READY = "ready"
    DOUBTFUL = "doubtful"
    REFUSED = "refused"


@dataclass
class Row:
    """One line of the list, what was understood of it, and what is to be said about it."""

    line: int
    email: str
    name: str
    branch_words: str = ""
    office_words: str = ""
    branch: Branch | None = None
    kind: str = Office.Kind.MEMBER
    verdict: Verdict = Verdict.READY
    notes: list[str] = field(default_factory=list)

    def doubt(self, note: str) -> None:
        """Say something that a person should look at."""
        self.notes.append(note)
        if self.verdict is Verdict.READY:
            self.verdict = Verdict.DOUBTFUL

    def refuse(self, note: str) -> None:
        """Say why nobody can be invited by this line."""
        self.notes.append(note)
        self.verdict = Verdict.REFUSED

    @property
    def purpose(self) -> str:
        """The purpose of the invitation."""
        return f"office:{self.kind}"

    @property
    def offer(self) -> str:
        """The office in words."""
        return str(Office.Kind(self.kind).label)


def read(data: bytes) -> list[Row]:
    """The rows of a list, in order, not yet judged.

    Takes UTF-8 with or without a byte order mark, UTF-16 and the Windows code page; commas,
    semicolons or tabs; columns in any order, found by their heading in any case; or no headings
    at all, when a cell has an @ in it. Raises `Unreadable`.
    """
    text = _decoded(data)
    if not text.strip():
        raise Unreadable(_("The list is empty."))
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)))
    except csv.Error as error:
        raise Unreadable(_("This does not read like a table: %s.") % error) from error
    numbered = [(n, cells) for n, cells in enumerate(lines, 1) if any(c.strip() for c in cells)]
    columns, numbered = _columns(numbered)
    if len(numbered) > MOST:
        raise Unreadable(
            _("The list has %(rows)d people; at most %(most)d can be invited at once.")
            % {"rows": len(numbered), "most": MOST}
        )
    if not numbered:
        raise Unreadable(_("The list has headings and no people."))
    return [_row(line, cells, columns) for line, cells in numbered]


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if b"\0" in data[:4096]:
        raise Unreadable(
            _("This is not a text file. Save the spreadsheet as CSV and choose that file.")
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _delimiter(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    if first.lower().startswith("sep=") and len(first) >= 5:
        return first[4]
    return max(",;\t", key=first.count)


def _heading(cell: str) -> str:
    plain = re.sub(r"[\W_]+", " ", cell.casefold()).strip()
    return next((name for name, words in _COLUMNS.items() if plain in words), "")


def _columns(
    numbered: list[tuple[int, list[str]]],
) -> tuple[dict[str, int], list[tuple[int, list[str]]]]:
    """Which column is what, and the lines that are left when the headings are taken off."""
    if numbered and numbered[0][1][0].lower().startswith("sep="):
        numbered = numbered[1:]
    first = numbered[0][1] if numbered else []
    columns: dict[str, int] = {}
    for at, cell in enumerate(first):
        if name := _heading(cell):
            columns.setdefault(name, at)
    if "email" in columns:
        return columns, numbered[1:]
    address = next((at for at, cell in enumerate(first) if "@" in cell), None)
    if address is None:
        raise Unreadable(
            _("No column is headed “email”. Put headings in the first line: email, name, branch,"
              " office.")
        )  # fmt: skip
    rest = ("name", "branch", "office")
    others = [at for at in range(len(first)) if at != address]
    return {"email": address, **dict(zip(rest, others, strict=False))}, numbered


def _row(line: int, cells: Sequence[str], columns: dict[str, int]) -> Row:
    def cell(name: str) -> str:
        at = columns.get(name)
        found = cells[at] if at is not None and at < len(cells) else ""
        kept = "".join(
            c for c in found if c.isspace() or unicodedata.category(c) not in {"Cc", "Cs"}
        )
        return " ".join(kept.split())

    shown, address = parseaddr(cell("email"))
    name = cell("name") or " ".join(filter(None, [cell("first"), cell("last")])) or shown
    return Row(
        line=line,
        email=(address or cell("email")).lower(),
        name=name,
        branch_words=cell("branch"),
        office_words=cell("office"),
    )


def judge(rows: Sequence[Row]) -> None:
    """Say of each row whether it is ready, doubtful or refused, and why. Asks the database once
    for each kind of thing, however many rows there are."""
    branches = branches_by_name()
    offices = _offices()
    people = _offices_held({row.email for row in rows})
    invited = set(Invitation.objects.open().exclude(email="").values_list("email", "purpose"))
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        _judge_office(row, offices, branches)
        _judge_address(row)
        key = (row.email, row.purpose)
        if row.verdict is Verdict.REFUSED:
            continue
        if key in seen:
            row.refuse(_("The same as line %d.") % seen[key])
            continue
        seen[key] = row.line
        held = people.get(row.email)
        if held is not None and (row.kind, _branch_of_office(row)) in held:
            row.refuse(_("Holds this office already."))
        elif key in invited:
            row.refuse(_("Was invited already, and the invitation is still open."))
        elif held is not None:
            row.doubt(_("Has an account here already, and will be offered the office."))


def _branch_of_office(row: Row) -> int | None:
    """The branch in which the office would be held; members belong to the whole."""
    return row.branch.pk if row.branch and row.kind in Office.BRANCH_KINDS else None


def _judge_address(row: Row) -> None:
    if not row.email:
        row.refuse(_("There is no e-mail address."))
        return
    try:
        validate_email(row.email)
    except ValidationError:
        row.refuse(_("“%s” is not an e-mail address.") % row.email[:80])
        return
    if len(row.email) > 254:
        row.refuse(_("The e-mail address is too long."))
        return
    slip = _LIKELY_SLIPS.get(row.email.rpartition("@")[2])
    if slip:
        row.doubt(_("Did you mean …@%s?") % slip)
    if not row.name:
        row.doubt(_("There is no name."))
    if len(row.name) > 120:
        row.name = row.name[:120]
        row.doubt(_("The name is too long and was cut after 120 characters."))


def _judge_office(row: Row, offices: dict[str, str], branches: dict[str, list[Branch]]) -> None:
    if row.office_words:
        kind = offices.get(plain(row.office_words))
        if kind is None:
            row.refuse(_("There is no office called “%s”.") % row.office_words[:60])
            return
        row.kind = kind
    found = branches.get(plain(row.branch_words), []) if row.branch_words else []
    if len(found) == 1:
        row.branch = found[0]
    elif row.kind in Office.BRANCH_KINDS:
        row.refuse(
            _("There is no branch called “%s”.") % row.branch_words[:60]
            if row.branch_words
            else _("This office needs a branch.")
        )
    elif row.branch_words:
        row.doubt(_("There is no branch called “%s”; invited without one.") % row.branch_words[:60])


def _offices() -> dict[str, str]:
    words = {plain(str(kind.label)): kind.value for kind in Office.Kind}
    words |= {plain(kind.value): kind.value for kind in Office.Kind}
    words |= {
        "admin": Office.Kind.ADMINISTRATOR.value,
        "chair": Office.Kind.BRANCH_CHAIR.value,
        "secretary": Office.Kind.BRANCH_SECRETARY.value,
        "officer": Office.Kind.BRANCH_OFFICER.value,
    }
    return words


def _offices_held(addresses: set[str]) -> dict[str, set[tuple[str, int | None]]]:
    """For each address that belongs to a person: the offices held now, as (kind, branch id)."""
    held: dict[str, set[tuple[str, int | None]]] = {}
    known = sorted(addresses)
    for start in range(0, len(known), 500):
        part = known[start : start + 500]
        for email in Person.objects.filter(email__in=part).values_list("email", flat=True):
            held[email] = set()
        offices = Office.objects.current().filter(person__email__in=part)
        for email, kind, branch in offices.values_list("person__email", "kind", "branch_id"):
            held[email].add((kind, branch))
    return held


def as_csv(rows: Sequence[Row]) -> str:
    """The rows as a tidy table again, to be sent back when the person confirms."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["email", "name", "branch", "office"])
    for row in rows:
        writer.writerow([row.email, row.name, row.branch_words, row.office_words])
    return out.getvalue()
