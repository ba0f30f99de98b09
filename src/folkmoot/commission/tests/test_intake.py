"""Documents that come in: into an empty text, over one that has words, and refused ones."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from folkmoot.algorithms.consent import Status
from folkmoot.algorithms.wording import Asks, text
from folkmoot.commission.consent_log import reading
from folkmoot.commission.intake import decide, take_in
from folkmoot.commission.models import Comment, Intake, Proposal, Text
from folkmoot.commission.tests.cast import Cast
from folkmoot.documents.block import Block, Imported, ImportedChange, ImportedComment, Loss
from folkmoot.documents.reading import folded_before
from folkmoot.documents.tests.written_word import p, run, word
from folkmoot.people.models import Person

type Enter = Callable[[Person | None], Client]

MARKDOWN = b"""# What happened

We lost fifty seats in four weeks.

We met every *month*.^[See the minutes.]

# Recommendations

Recommendation 1: The board should publish its minutes.
"""


CHANGED = word(
    p(
        run("We ")
        + '<w:del w:id="1" w:author="Ann"><w:r><w:delText>lost</w:delText></w:r></w:del>'
        + f'<w:ins w:id="2" w:author="Ann">{run("won")}</w:ins>'
        + run(" seats.")
    )
    + p(
        run("We met")
        + '<w:del w:id="3" w:author="Bob"><w:r>'
        + '<w:delText xml:space="preserve"> often</w:delText></w:r></w:del>'
        + run(".")
    )
)


@pytest.fixture
def empty(story: Cast) -> Text:
    """A second text of the commission, without a word."""
    return Text.begin(story.commission, "second", "The second", story.secretary)


def imported(*words: str, losses: Sequence[Loss] = ()) -> Imported:
    return Imported(
        blocks=[Block(text("paragraph", w)) for w in words],
        losses=list(losses),
        source_format="markdown",
    )


def plain(given: Text) -> list[str]:
    return [p.value.plain for p in given.outline()]


def test_an_empty_text_takes_every_passage(story: Cast, empty: Text) -> None:
    loss = Loss("A text box", "paragraph 3", "“Aside”", "lost")
    intake = take_in(empty, imported("One.", "Two.", losses=[loss]), "a.md", story.author)
    assert plain(empty) == ["One.", "Two."]
    assert intake.losses == [loss.to_json()]
    with reading(empty) as state:
        assert set(state.statuses().values()) == {Status.AWAITING}


def test_over_a_text_an_import_only_proposes(story: Cast, empty: Text) -> None:
    first = ("The same words as before.", "These words will change a little.", "These go away.")
    take_in(empty, imported(*first), "a.md", story.author)
    before = plain(empty)
    again = ("The same words as before.", "These words did change a little.", "Something new.")
    intake = take_in(empty, imported(*again), "b.md", story.author)
    assert plain(empty) == before
    assert [p.kind for p in intake.proposals.all()].count("changed") == 1
    kinds = {p.kind: p for p in intake.proposals.all()}
    assert set(kinds) == {"new", "changed", "gone"}
    decide(kinds["changed"], "taken", story.author)
    decide(kinds["changed"], "variant", story.author)
    decide(kinds["gone"], "declined", story.author)
    decide(kinds["new"], "taken", story.author)
    assert "These words did change a little." in plain(empty)
    assert "These go away." in plain(empty)
    assert "Something new." in plain(empty)
    kinds["changed"].refresh_from_db()
    assert kinds["changed"].decision == "taken"


def test_importing_the_same_again_proposes_nothing(story: Cast, empty: Text) -> None:
    words = imported("One thing.", "Another thing.", "A third thing.")
    take_in(empty, words, "a.md", story.author)
    assert take_in(empty, words, "a.md", story.author).proposals.count() == 0


def test_several_new_passages_keep_their_order_however_they_are_taken(
    story: Cast, empty: Text
) -> None:
    take_in(empty, imported("Alpha is first here.", "Omega is last here."), "a", story.author)
    intake = take_in(
        empty,
        imported("Alpha is first here.", "Beta.", "Gamma.", "Delta.", "Omega is last here."),
        "b",
        story.author,
    )
    proposals = {p.wording.plain: p for p in intake.proposals.all()}
    for words in ("Gamma.", "Beta.", "Delta."):
        decide(proposals[words], "taken", story.author)
    assert plain(empty)[0] == "Alpha is first here."
    assert plain(empty)[-1] == "Omega is last here."
    assert plain(empty)[1:4] == ["Beta.", "Gamma.", "Delta."]


def test_a_change_can_be_taken_as_another_wording(story: Cast, empty: Text) -> None:
    take_in(empty, imported("These words will change a little."), "a", story.author)
    intake = take_in(empty, imported("These words did change a little."), "b", story.author)
    decide(intake.proposals.get(), "variant", story.author)
    assert plain(empty) == ["These words will change a little."]
    assert empty.passages.get().variants.get().wording.plain == "These words did change a little."


def test_tracked_changes_become_wordings_beside_the_old(story: Cast, empty: Text) -> None:
    before, after = text("paragraph", "Old words."), text("paragraph", "New words.")
    added, removed = text("paragraph", "Put in."), text("paragraph", "Taken out.")
    document = Imported(
        blocks=[
            Block(before, change=ImportedChange("Ann", None, before, after)),
            Block(added, change=ImportedChange("Ann", None, None, added)),
            Block(removed, change=ImportedChange("Bob", None, removed, None)),
        ],
        source_format="docx",
    )
    intake = take_in(empty, document, "a.docx", story.author)
    assert plain(empty) == ["Old words.", "Taken out."]
    assert empty.outline()[0].variants.get().note == "Ann"
    assert {(p.kind, p.why) for p in intake.proposals.all()} == {("new", "Ann"), ("gone", "Bob")}
    for proposal in intake.proposals.all():
        decide(proposal, "taken", story.author)
    assert plain(empty) == ["Old words.", "Put in."]


def test_comments_of_the_document_come_with_their_authors(story: Cast, empty: Text) -> None:
    comment = ImportedComment(
        "Ann Author",
        "2024-03-01T10:00:00Z",
        "Is this so?",
        "lost",
        (ImportedComment("Bob", "not a date", "It is."),),
    )
    document = Imported(blocks=[Block(text("paragraph", "We lost."), comments=(comment,))])
    take_in(empty, document, "a.docx", story.author)
    take_in(empty, document, "a.docx", story.author)
    point = Comment.objects.points().get()
    assert point.author_name == "Ann Author"
    assert point.created.year == 2024
    assert (point.quote, point.prefix, point.suffix, point.start) == ("lost", "We ", ".", 3)
    assert point.orphaned is None
    assert [a.author_name for a in point.answers.all()] == ["Bob"]


@pytest.mark.parametrize(
    ("comment", "expected", "start"),
    [
        (ImportedComment("Ann", None, "?", "the seat", prefix="and  then "), "the seat", 26),
        (ImportedComment("Ann", None, "?", "then the seat. And it goes on"), "then the seat.", 21),
        (ImportedComment("Ann", None, "?", "lost the  “seat”", prefix="zz"), "lost the seat", 3),
        (ImportedComment("Ann", None, "?"), "", 0),
    ],
)
def test_comments_of_the_document_stand_on_the_words_they_were_made_on(
    story: Cast, empty: Text, comment: ImportedComment, expected: str, start: int
) -> None:
    words = text("paragraph", "We lost the seat and then the seat.")
    comment = replace(comment, prefix=folded_before(comment.prefix))
    take_in(empty, Imported(blocks=[Block(words, comments=(comment,))]), "a.docx", story.author)
    point = Comment.objects.get()
    assert (point.quote, point.orphaned) == (expected, None)
    assert point.start == start
    assert point.quote_then == comment.quote


def test_comments_of_the_document_whose_words_are_not_there_wait_in_the_tray(
    story: Cast, empty: Text
) -> None:
    comment = ImportedComment("Ann", None, "?", "other words")
    take_in(
        empty,
        Imported(blocks=[Block(text("paragraph", "We lost."), comments=(comment,))]),
        "a.docx",
        story.author,
    )
    assert Comment.objects.in_tray().get().quote == "other words"


def test_a_likely_recommendation_becomes_one_when_somebody_says_so(
    story: Cast, empty: Text
) -> None:
    document = imported("Recommendation 1: The board should publish its minutes.", "Other words.")
    intake = take_in(empty, document, "a.md", story.author)
    proposal = intake.proposals.get()
    assert proposal.kind == Proposal.Kind.RECOMMENDATION
    assert empty.outline()[0].value.kind == "paragraph"
    decide(proposal, "taken", story.author, Asks("Openness", "The board", "centre"))
    found = empty.outline()[0].value
    assert found.kind == "recommendation"
    assert found.asks == Asks("Openness", "The board", "centre")


def upload(client: Client, target: Text, data: bytes, name: str = "a.md") -> object:
    return client.post(
        reverse("commission:import", args=[target.slug]),
        {"document": SimpleUploadedFile(name, data), "changes": "accept"},
    )


def test_a_document_is_uploaded_reported_and_confirmed(
    story: Cast, empty: Text, signed_in: Enter
) -> None:
    client = signed_in(story.author)
    response = upload(client, empty, MARKDOWN)
    intake = Intake.objects.get()
    assert response["Location"] == reverse("commission:intake", args=["second", intake.pk])  # type: ignore[index]
    page = client.get(response["Location"]).content.decode()  # type: ignore[index]
    assert "It is a recommendation" in page
    proposal = intake.proposals.get()
    target = reverse("commission:decide-one", args=["second", intake.pk, proposal.pk])
    assert client.post(target, {"decision": "taken"}).status_code == 422
    said = {f"p{proposal.pk}-area": "Openness", f"p{proposal.pk}-addressee": "The board"}
    response = client.post(target, {"decision": "taken", **said, f"p{proposal.pk}-level": "centre"})
    assert response.status_code == 302
    assert "recommendation" in [p.value.kind for p in empty.outline()]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\x00\x01\x02\x03" * 50, "a.docx"),
        (b"PK\x03\x04 broken", "a.docx"),
        (b"%PDF-1.7 something", "a.pdf"),
        (b"   \n ", "a.md"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_at_the_field(
    story: Cast, empty: Text, signed_in: Enter, data: bytes, name: str
) -> None:
    response = upload(signed_in(story.author), empty, data, name)
    assert response.status_code == 422  # type: ignore[attr-defined]
    assert "field-error" in response.content.decode()  # type: ignore[attr-defined]
    assert not Intake.objects.exists()


def test_a_file_that_is_too_large_is_refused_at_the_field(
    story: Cast, empty: Text, signed_in: Enter, settings: object
) -> None:
    settings.UPLOAD_LIMIT = 1000  # type: ignore[attr-defined]
    response = upload(signed_in(story.author), empty, b"word " * 1000)
    assert response.status_code == 422  # type: ignore[attr-defined]
    assert "larger than" in response.content.decode()  # type: ignore[attr-defined]


@pytest.fixture
def waiting(settings: Any, tmp_path: Path) -> Path:
    """Where documents wait for an answer."""
    settings.DATA_DIR = tmp_path
    return tmp_path / "waiting-documents"


def asked(client: Client, target: Text, data: bytes = CHANGED) -> tuple[str, str]:
    """Upload without a choice: the page that asks, and the token of the document that waits."""
    response = client.post(
        reverse("commission:import", args=[target.slug]),
        {"document": SimpleUploadedFile("a.docx", data), "changes": ""},
    )
    assert response.status_code == 422
    page = response.content.decode()
    found = re.search(r'name="waiting" value="([^"]+)"', page)
    assert found is not None
    return page, found[1]


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ("accept", ["We won seats.", "We met."]),
        ("reject", ["We lost seats.", "We met often."]),
        ("variants", ["We lost seats.", "We met often."]),
    ],
)
def test_whoever_brings_tracked_changes_is_asked_about_them(
    story: Cast, empty: Text, signed_in: Enter, waiting: Path, choice: str, words: list[str]
) -> None:
    client = signed_in(story.author)
    page, token = asked(client, empty)
    assert "tracked changes in 2 paragraphs, by Ann and Bob" in page
    assert not Intake.objects.exists()
    assert len(list(waiting.iterdir())) == 1
    address = reverse("commission:import", args=["second"])
    assert client.post(address, {"waiting": token}).status_code == 422
    assert client.post(address, {"waiting": token, "changes": choice}).status_code == 302
    assert plain(empty) == words
    assert sum(p.variants.count() for p in empty.outline()) == (2 if choice == "variants" else 0)
    assert Intake.objects.get().filename == "a.docx"
    assert not list(waiting.iterdir())
    again = client.post(address, {"waiting": token, "changes": choice})
    assert again.status_code == 422
    assert "no longer kept" in again.content.decode()
    assert Intake.objects.count() == 1


def test_nobody_is_asked_without_tracked_changes_or_after_a_choice(
    story: Cast, empty: Text, signed_in: Enter, waiting: Path
) -> None:
    client = signed_in(story.author)
    address = reverse("commission:import", args=["second"])
    page = client.get(address).content.decode()
    assert re.search(r'value=""[^>]*checked', page)
    calm = {"document": SimpleUploadedFile("a.docx", word(p("Calm."))), "changes": ""}
    assert client.post(address, calm).status_code == 302
    chosen = {"document": SimpleUploadedFile("a.docx", CHANGED), "changes": "reject"}
    assert client.post(address, chosen).status_code == 302
    assert not waiting.exists() or not list(waiting.iterdir())


def test_a_waiting_document_is_for_its_uploader_and_its_text_only(
    story: Cast, empty: Text, signed_in: Enter, waiting: Path
) -> None:
    _page, token = asked(signed_in(story.author), empty)
    answer = {"waiting": token, "changes": "accept"}
    here, there = (reverse("commission:import", args=[s]) for s in ("second", story.text.slug))
    assert signed_in(story.secretary).post(here, answer).status_code == 422
    assert signed_in(story.author).post(there, answer).status_code == 422
    forged = {**answer, "waiting": "x" + token}
    assert signed_in(story.author).post(here, forged).status_code == 422
    assert not Intake.objects.exists()
    assert signed_in(story.author).post(here, answer).status_code == 302


def test_a_document_waits_for_a_day(
    story: Cast, empty: Text, signed_in: Enter, waiting: Path
) -> None:
    client = signed_in(story.author)
    asked(client, empty)
    [old] = waiting.iterdir()
    long_ago = old.stat().st_mtime - 25 * 60 * 60
    os.utime(old, (long_ago, long_ago))
    asked(client, empty)
    assert old not in list(waiting.iterdir())
    assert len(list(waiting.iterdir())) == 1


def test_many_proposals_are_decided_at_once(story: Cast, empty: Text, signed_in: Enter) -> None:
    take_in(empty, imported("Alpha is first here."), "a", story.author)
    intake = take_in(empty, imported("Alpha is first here.", "Beta.", "Gamma."), "b", story.author)
    target = reverse("commission:decide-many", args=["second", intake.pk])
    assert signed_in(story.ada.person).post(target, {"all": "new"}).status_code == 403
    signed_in(story.author).post(target, {"all": "new"})
    assert plain(empty) == ["Alpha is first here.", "Beta.", "Gamma."]


def test_the_command_prints_the_report(story: Cast, tmp_path: Path) -> None:
    path = tmp_path / "report.md"
    path.write_bytes(b"---\nlayout: page\n---\n" + MARKDOWN)
    out = StringIO()
    call_command("import", str(path), text="third", title="Third", json=True, stdout=out)
    report = json.loads(out.getvalue())
    assert report["passages"] == 5
    assert report["proposals"] == {"recommendation": 1}
    out = StringIO()
    call_command("import", str(path), text="third", stdout=out)
    assert "5 passages read" in out.getvalue()
    assert Text.objects.get(slug="third").title == "Third"


def test_the_command_says_what_it_did_with_tracked_changes(story: Cast, tmp_path: Path) -> None:
    path = tmp_path / "report.docx"
    path.write_bytes(CHANGED)
    said = StringIO()
    call_command("import", str(path), text="third", stdout=StringIO(), stderr=said)
    assert "in 2 paragraphs by Ann, Bob; all were accepted" in said.getvalue()
    assert plain(Text.objects.get(slug="third")) == ["We won seats.", "We met."]
    for text_, changes, data in (("fourth", "reject", CHANGED), ("fifth", None, word(p("Calm.")))):
        path.write_bytes(data)
        said = StringIO()
        call_command(
            "import", str(path), text=text_, changes=changes, stdout=StringIO(), stderr=said
        )
        assert not said.getvalue()


def test_the_command_refuses_in_one_sentence(story: Cast, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(b"%PDF-1.7")
    with pytest.raises(CommandError) as refusal:
        call_command("import", str(path), text="third")
    assert "\n" not in str(refusal.value)
    assert not Text.objects.filter(slug="third").exists()
    with pytest.raises(CommandError, match="could not be opened"):
        call_command("import", str(tmp_path / "none.md"), text="third")
