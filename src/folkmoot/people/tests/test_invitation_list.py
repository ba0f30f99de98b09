"""Lists from spreadsheets, as people really have them."""

from __future__ import annotations

import pytest

from folkmoot.conftest import Cast
from folkmoot.people import invitation_list, invitations
from folkmoot.people.invitation_list import Row, Unreadable, Verdict
from folkmoot.people.models import Office


def judged(data: str | bytes) -> list[Row]:
    rows = invitation_list.read(data.encode() if isinstance(data, str) else data)
    invitation_list.judge(rows)
    return rows


TIDY = "email,name,branch,office\nada@example.org,Ada Brook,Sheffield Hallam,Branch chair\n"


@pytest.mark.parametrize(
    "data",
    [
        TIDY.encode(),
        TIDY.encode("utf-8-sig"),
        TIDY.encode("utf-16"),
        TIDY.replace(",", ";").encode(),
        TIDY.replace(",", "\t").encode(),
        TIDY.replace("\n", "\r\n").encode(),
        TIDY.replace("\n", "\r").encode(),
        ("sep=,\n" + TIDY).encode(),
        b"Office,BRANCH,Name,E-Mail\nchair,sheffield  HALLAM,Ada Brook,ADA@Example.org\n",
        b"Role;Constituency;First name;Surname;Email address;Postal code\n"
        b"Branch chair;Sheffield Hallam;Ada;Brook;ada@example.org;S1\n",
        b'email,name,branch,office\n"Ada Brook <ada@example.org>",,Sheffield Hallam,branch_chair\n',
        b"ada@example.org,Ada Brook,Sheffield Hallam,Branch chair\n",
        b"\n\nemail,name,branch,office\n\nada@example.org, Ada  Brook ,E1,Branch chair\n,,,\n",
    ],
)
def test_the_same_person_is_understood_however_the_table_looks(cast: Cast, data: bytes) -> None:
    (row,) = judged(data)
    assert (row.email, row.name) == ("ada@example.org", "Ada Brook")
    assert (row.branch, row.kind) == (cast.hallam, Office.Kind.BRANCH_CHAIR)
    assert row.verdict is Verdict.READY


def test_the_windows_code_page_is_read(cast: Cast) -> None:
    (row,) = judged("email,name\nzoe@example.org,Zoë O’Hara\n".encode("cp1252"))
    assert row.name == "Zoë O’Hara"


@pytest.mark.parametrize(
    ("line", "verdict", "why"),
    [
        ("ada@example.org,Ada,,", "ready", ""),
        ("ada@example.org,,,", "doubtful", "no name"),
        ("ada@gmial.com,Ada,,", "doubtful", "@gmail.com"),
        ("ada@example.org,Ada,Atlantis,", "doubtful", "invited without one"),
        ("nina@example.org,Nina,,", "doubtful", "has an account"),
        ("ada at example.org,Ada,,", "refused", "not an e-mail address"),
        (",Ada,,", "refused", "no e-mail address"),
        ("ada@example.org,Ada,,King", "refused", "no office called “King”"),
        ("ada@example.org,Ada,,Branch chair", "refused", "needs a branch"),
        ("ada@example.org,Ada,Atlantis,Chair", "refused", "no branch called “Atlantis”"),
        ("dorothy@example.org,Dorothy,,", "refused", "holds this office already"),
        ("=cmd|'/c calc'!A1,Ada,,", "refused", "not an e-mail address"),
    ],
)
def test_each_row_says_what_is_thought_of_it(cast: Cast, line: str, verdict: str, why: str) -> None:
    (row,) = judged(f"email,name,branch,office\n{line}\n")
    assert row.verdict == verdict
    assert why.casefold() in " ".join(row.notes).casefold()


def test_a_person_who_stands_twice_is_invited_once(cast: Cast) -> None:
    first, second, other = judged(
        "email,office,branch,name\nada@example.org,,,Ada\nADA@example.org,member,,Ada\n"
        "ada@example.org,Branch chair,E1,Ada\n"
    )
    assert first.verdict is not Verdict.REFUSED
    assert (second.verdict, second.notes) == (Verdict.REFUSED, ["The same as line 2."])
    assert other.verdict is not Verdict.REFUSED


def test_who_was_invited_already_is_not_invited_again(cast: Cast) -> None:
    invitations.invite(cast.wen, "office:member", email="ada@example.org")
    (row,) = judged("email,name\nAda@Example.org,Ada\n")
    assert row.verdict is Verdict.REFUSED
    assert "still open" in row.notes[0]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b" \n\n ", "empty"),
        (b"name,branch\nAda,Hallam\n", "No column is headed"),
        (b"email,name\n", "no people"),
        (b"PK\x03\x04\x14\0\0\0", "not a text file"),
        (b"email\n" + b"a@example.org\n" * 5001, "at most 5000"),
        (b'email,name\nada@example.org,"' + b"x" * 200_000 + b'"\n', "does not read like a table"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(cast: Cast, data: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        invitation_list.read(data)


def test_what_goes_into_the_preview_comes_out_of_the_form_the_same(cast: Cast) -> None:
    rows = judged(
        'email,name,branch,office\nada@example.org,"Brook, ""Ada""",E1,chair\n'
        "ben@example.org,=HYPERLINK(1),,\n"
    )
    again = judged(invitation_list.as_csv(rows))
    assert [(r.email, r.name, r.branch, r.kind, r.verdict) for r in rows] == [
        (r.email, r.name, r.branch, r.kind, r.verdict) for r in again
    ]


def test_five_thousand_people_take_a_handful_of_queries(
    cast: Cast, django_assert_max_num_queries: object
) -> None:
    lines = "".join(f"p{n}@example.org,Person {n},E1,\n" for n in range(5000))
    rows = invitation_list.read(("email,name,branch,office\n" + lines).encode())
    with django_assert_max_num_queries(25):  # type: ignore[operator]
        invitation_list.judge(rows)
    assert {row.verdict for row in rows} == {Verdict.READY}
