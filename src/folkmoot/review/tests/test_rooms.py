"""Recommendations, search, comparison, notes and downloads."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest
from django.test import Client
from django.utils.safestring import mark_safe

from folkmoot.algorithms.wording import Asks, Run, Wording, text
from folkmoot.documents.exporting import Form, NotWritten
from folkmoot.review import downloads, hub
from folkmoot.review.comparison import Comparison
from folkmoot.review.layout import layout
from folkmoot.review.models import Erratum


def test_the_list_is_filtered_without_script(published, client: Client) -> None:
    page = client.get("/reviews/way/1/recommendations/?area=Money&level=centre").content.decode()
    assert "Pay the fares" in page
    assert "Ask every branch" not in page
    assert "1 of 3 recommendations" in page
    nothing = client.get("/reviews/way/1/recommendations/?area=Money&level=both").content.decode()
    assert "No recommendation is all of these" in nothing
    unknown = client.get("/reviews/way/1/recommendations/?area=%00<b>").content.decode()
    assert "Ask every branch" in unknown


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", " =cmd"])
def test_a_spreadsheet_runs_no_formula(begin, client: Client, start: str) -> None:
    words = f"{start}HYPERLINK(1)"
    assembly = begin(
        words=[Wording("recommendation", (Run(words),), asks=Asks(words, words, "both"))]
    )
    assembly.agree()
    assembly.publish()
    data = client.get("/reviews/way/1/recommendations.csv").content.decode("utf-8-sig")
    header, row = csv.reader(io.StringIO(data))
    assert header[1] == "recommendation"
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in row)


def test_the_hub_tells_a_recommendation_through_its_editions(published, client: Client) -> None:
    assembly, _ = published
    passage = assembly.passages[8]
    assembly.passages[3].withdraw(assembly.author)
    new = Wording(
        "recommendation",
        (Run("Pay the fares and the meals of everybody who comes."),),
        asks=Asks("Money", "Treasurer", "centre"),
    )
    passage.edit(new, assembly.author)
    assembly.agree([passage])
    assembly.publish()
    page = client.get(f"/reviews/way/recommendations/{passage.id}/").content.decode()
    assert "<h1>Recommendation 1</h1>" in page
    assert "Edition 1: recommendation 2" in page
    assert "new number" in page
    assert "and the meals" in page
    assert '<ins class="redline-added">' in page
    dropped = client.get(f"/reviews/way/recommendations/{assembly.passages[3].id}/")
    assert "It is not in edition 2" in dropped.content.decode()


def test_other_rooms_hang_panels_on_the_hub(published, client: Client) -> None:
    assembly, _ = published
    address = f"/reviews/way/recommendations/{assembly.passages[3].id}/"

    @hub.panel("later", "Later", order=20)
    def later(recommendation: hub.Recommendation, request: object):
        return mark_safe(f"<p>about {recommendation.number}</p>")

    @hub.panel("silent", "Silent room", order=10)
    def silent(recommendation: hub.Recommendation, request: object):
        return None

    try:
        page = client.get(address).content.decode()
    finally:
        hub.withdraw("later")
        hub.withdraw("silent")
    assert "<p>about 1</p>" in page
    assert "Silent room" not in page
    assert "<p>about 1</p>" not in client.get(address).content.decode()


def test_search_finds_only_what_is_in_the_edition(published, client: Client) -> None:
    found = client.get("/reviews/way/1/search/?q=branches").content.decode()
    assert "<mark>branches</mark>" in found
    contested = client.get("/reviews/way/1/search/?q=kitchen").content.decode()
    assert "Nothing found" in contested
    empty = client.get("/reviews/way/1/search/").content.decode()
    assert "All words must occur" in empty


@pytest.mark.parametrize(
    "query",
    [
        "%00",
        '"',
        "*",
        "AND",
        "NEAR(",
        "a' OR 1=1 --",
        "<script>alert(1)</script>",
        "x" * 9000,
        "%ff",
    ],
)
def test_no_query_breaks_the_search(published, client: Client, query: str) -> None:
    answer = client.get(f"/reviews/way/1/search/?q={query}")
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


def test_comparison_tells_new_from_reworded_moved_and_left_out(published, client: Client) -> None:
    assembly, _ = published
    kitchen = assembly.passages[7]
    kitchen.take_stance(assembly.seats[0], kitchen.wording_id, "accept")
    assembly.passages[10].withdraw(assembly.author)
    assembly.passages[2].edit(text("paragraph", "Somebody had asked."), assembly.author)
    assembly.agree([assembly.passages[2]])
    assembly.passages[11].move(assembly.passages[0], assembly.author)
    assembly.publish()
    found = Comparison(layout("way", 1), layout("way", 2))
    assert found.counts == {"added": 1, "left_out": 1, "reworded": 1, "moved": 1}
    assert {c.id for c in found.worded if c.added} == {kitchen.id}
    assert {c.id for c in found.worded if c.left_out} == {assembly.passages[10].id}
    assert {c.id for c in found.worded if c.reworded} == {assembly.passages[2].id}
    assert [(c.before.number, c.after.number) for c in found.renumbered if c.before] == [
        ("3", "1"),
        ("1", "2"),
        ("2", "3"),
    ]
    page = client.get("/reviews/way/2/compare/1/")
    assert page.status_code == 200
    assert "ETag" in page
    assert client.get("/reviews/way/1/compare/2/")["Location"] == "/reviews/way/2/compare/1/"


def test_errata_are_notes_beside_an_edition(published, signed_in, client: Client) -> None:
    assembly, _ = published
    before = client.get("/reviews/way/1/what-happened/").content
    address = "/reviews/way/1/notes/erratum/"
    author = signed_in(assembly.author)
    passage = assembly.passages[2].id
    sent = {"note": "Nobody <b>asked</b>.", "passage": f"http://x/reviews/way/1/a/#p-{passage}"}
    for _ in range(2):
        assert author.post(address, sent).status_code == 302
    erratum = Erratum.objects.get()
    assert erratum.passage_id == passage
    page = client.get("/reviews/way/1/notes/").content.decode()
    assert "Nobody &lt;b&gt;asked&lt;/b&gt;." in page
    assert client.get("/reviews/way/1/what-happened/").content == before
    refused = author.post(address, {"note": "Kept words", "passage": "zzzzzzzzzz"})
    assert refused.status_code == 422
    assert "Kept words" in refused.content.decode()
    assert signed_in(assembly.seats[0].person).post(address, sent).status_code == 403
    assert Erratum.objects.count() == 1


def test_a_reservation_is_published_only_by_its_own_seat(begin, signed_in, client) -> None:
    assembly = begin()
    passage = assembly.passages[2]
    assembly.agree([p for p in assembly.passages if p.id != passage.id])
    for seat in assembly.seats:
        position = "reserve" if seat == assembly.seats[6] else "accept"
        passage.take_stance(seat, passage.wording_id, position, reason="Too kind to us.")
    assembly.publish()
    stance = passage.stances.get(position="reserve")
    address, notes = "/reviews/way/1/notes/reservation/", "/reviews/way/1/notes/"
    assert "Too kind to us." not in client.get(notes).content.decode()
    for person in (assembly.secretary, assembly.seats[0].person, assembly.outsider):
        answer = signed_in(person).post(address, {"stance": stance.pk, "act": "publish"})
        assert answer.status_code == 403
        assert "Too kind to us." not in signed_in(person).get(notes).content.decode()
    own = signed_in(assembly.seats[6].person)
    assert "Too kind to us." in own.get(notes).content.decode()
    own.post(address, {"stance": stance.pk, "act": "publish"})
    assert "Too kind to us." in client.get(notes).content.decode()
    own.post(address, {"stance": stance.pk, "act": "take-back"})
    assert "Too kind to us." not in client.get(notes).content.decode()
    for wrong in ("", "x", "99999999999999999999999", "0"):
        assert own.post(address, {"stance": wrong}).status_code == 404


def test_a_later_reservation_is_not_about_an_earlier_edition(published, signed_in) -> None:
    assembly, _ = published
    passage = assembly.passages[2]
    passage.take_stance(assembly.seats[6], passage.wording_id, "reserve", reason="Too late.")
    page = signed_in(assembly.seats[6].person).get("/reviews/way/1/notes/").content.decode()
    assert "Too late." not in page


def test_notes_tell_of_the_newer_edition(published, client: Client) -> None:
    assembly, _ = published
    assembly.passages[2].withdraw(assembly.author)
    assembly.publish()
    assert "There is a newer edition" in client.get("/reviews/way/1/notes/").content.decode()
    assert "This is the newest edition" in client.get("/reviews/way/2/notes/").content.decode()


@pytest.mark.parametrize(
    ("form", "start"),
    [
        ("pdf", b"%PDF-"),
        ("docx", b"PK"),
        ("odt", b"PK"),
        ("epub", b"PK"),
        ("html", b"<!"),
        ("md", b""),
        ("json", b'{"aside"'),
        ("bundle", b"PK"),
    ],
)
def test_each_download_is_made_once_and_kept(published, client: Client, form, start) -> None:
    address = f"/reviews/way/1/download/{form}"
    first = client.get(address)
    while first.status_code == 202:
        first = client.get(address)
    assert first.status_code == 200
    assert first.content.startswith(start)
    assert len(first.content) == int(first["Content-Length"])
    assert first["Content-Disposition"].startswith('attachment; filename="way-edition-1.')
    assert client.get(address).content == first.content
    again = client.get(address, headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
    head = client.head(address)
    assert (head.content, head["Content-Length"]) == (b"", first["Content-Length"])
    assert not first.cookies
    if form in ("docx", "odt", "epub", "bundle"):
        assert zipfile.ZipFile(io.BytesIO(first.content)).testzip() is None
    if form == "md":
        assert "kitchen" not in first.content.decode()


def test_a_form_that_cannot_be_made_says_so_and_offers_others(
    published, client: Client, monkeypatch
) -> None:
    def refuse(text: object) -> bytes:
        raise NotWritten("The figures could not be drawn.")

    forms = {**downloads.FORMS, "pdf": Form("pdf", ".pdf", "application/pdf", refuse)}
    monkeypatch.setattr(downloads, "FORMS", forms)
    answer = client.get("/reviews/way/1/download/pdf")
    assert answer.status_code == 503
    page = answer.content.decode()
    assert "The figures could not be drawn." in page
    assert "/reviews/way/1/download/epub" in page
    assert not list(Path(downloads.settings.MEDIA_ROOT).rglob("*.pdf"))


def test_a_long_one_shows_a_page_that_waits(published, client: Client, monkeypatch) -> None:
    import threading

    go = threading.Event()

    def slow(text: object) -> bytes:
        go.wait(20)
        return b"%PDF-slow"

    forms = {**downloads.FORMS, "pdf": Form("pdf", ".pdf", "application/pdf", slow)}
    monkeypatch.setattr(downloads, "FORMS", forms)
    monkeypatch.setattr(downloads.ready, "__defaults__", (0.05,))
    waiting = client.get("/reviews/way/1/download/pdf")
    assert waiting.status_code == 202
    assert waiting["Refresh"] == "3"
    assert "Your file is being made" in waiting.content.decode()
    go.set()
    monkeypatch.setattr(downloads.ready, "__defaults__", (10.0,))
    assert client.get("/reviews/way/1/download/pdf").content == b"%PDF-slow"
