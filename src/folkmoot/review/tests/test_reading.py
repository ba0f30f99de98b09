"""The pages of an edition: exactly what was agreed, and the same bytes for everybody."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from folkmoot.algorithms.edition import leaf_of
from folkmoot.algorithms.markup import read
from folkmoot.algorithms.merkle import root_from
from folkmoot.algorithms.wording import Run, Wording, text
from folkmoot.commission.models import Passage
from folkmoot.review.layout import layout
from folkmoot.review.proof import proof

FRONT, ONE, TWO = "/reviews/way/1/", "/reviews/way/1/what-happened/", "/reviews/way/1/what-to-do/"
FROZEN = [
    FRONT,
    ONE,
    TWO,
    "/reviews/way/1/recommendations/",
    "/reviews/way/1/recommendations/?area=Money",
    "/reviews/way/1/recommendations.csv",
    "/reviews/way/1/recommendations.json",
    "/reviews/way/1/verify/",
]
NAUGHTY = [
    "<script>alert(1)</script>",
    "{{ settings.SECRET_KEY }}{% url 'x' %}",
    "'\"><img src=x onerror=alert(1)>",
    "﷽ ﷽ مرحبا",
    "T̶̡̢̛h̶̡̢̛e̶",
    "../../etc/passwd",
    "田中さん、お元気ですか",
    "\u202etxet",
    "=1+1",
    "None",
]


def test_the_pages_say_exactly_what_was_agreed(published, client: Client) -> None:
    """Read back out of the chapters, passage for passage, the manifest is complete, and nothing
    stands on a page that is neither agreed nor marked as furniture."""
    _, edition = published
    found = []
    for chapter in layout("way", 1).chapters:
        page = client.get(f"/reviews/way/1/{chapter.slug}/").content.decode()
        reading = read(page)
        assert reading.stray == ()
        found += [(passage, wording.digest) for passage, wording in reading.passages]
    assert found == [(e["id"], e["digest"]) for e in edition.manifest["passages"]]


@pytest.mark.parametrize("words", NAUGHTY)
def test_any_title_and_any_words_are_shown_as_text(begin, client: Client, words: str) -> None:
    assembly = begin(
        title=words,
        words=[text("heading", words, depth=1), text("paragraph", words)],
    )
    assembly.seats[0].public_name = words
    assembly.seats[0].save()
    assembly.agree()
    edition = assembly.publish()
    (chapter,) = layout("way", 1).chapters
    for address in (FRONT, f"{FRONT}{chapter.slug}/", "/", f"{FRONT}notes/", f"{FRONT}verify/"):
        page = client.get(address).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    reading = read(client.get(f"{FRONT}{chapter.slug}/").content.decode())
    assert [p for p, _ in reading.passages] == [e["id"] for e in edition.manifest["passages"]]
    assert {w.digest for _, w in reading.passages} == {
        e["digest"] for e in edition.manifest["passages"]
    }


def test_words_that_name_another_passage_lead_there(published, client: Client) -> None:
    assembly, _ = published
    first, _, _, second = (assembly.passages[n].id for n in (3, 4, 5, 8))
    page = client.get(ONE).content.decode()
    assert f'<a class="reference" href="{TWO}#p-{second}">recommendation 2</a>' in page
    chapter = assembly.passages[4].id
    assert f'<a class="reference" href="{TWO}#p-{chapter}">chapter 2</a>' in page
    page = client.get(TWO).content.decode()
    assert f'<a class="reference" href="{ONE}#p-{first}">recommendation 1</a>' in page


def test_a_reference_to_another_document_is_left_alone(begin, client: Client) -> None:
    words = Wording(
        "paragraph",
        (Run("See chapter 1"), Run(" of the Butler Report, and chapter 1.")),
    )
    assembly = begin(words=[text("heading", "One", depth=1), words])
    assembly.agree()
    assembly.publish()
    page = client.get("/reviews/way/1/one/").content.decode()
    assert page.count('class="reference"') == 1


def test_a_recommendation_leads_to_its_page_and_a_passage_to_itself(
    published, client: Client
) -> None:
    assembly, _ = published
    page = client.get(ONE).content.decode()
    assert f'href="/reviews/way/recommendations/{assembly.passages[3].id}/"' in page
    assert f'id="p-{assembly.passages[2].id}"' in page
    assert f'href="#p-{assembly.passages[2].id}"' in page


def test_notes_are_numbered_through_the_edition(begin, client: Client) -> None:
    from folkmoot.algorithms.wording import Footnote

    def noted(words: str) -> Wording:
        return Wording("paragraph", (Run(words), Footnote((Run(f"On {words}."),))))

    assembly = begin(
        words=[
            text("heading", "One", depth=1),
            noted("a"),
            noted("b"),
            text("heading", "Two", depth=1),
            noted("c"),
        ]
    )
    assembly.agree()
    assembly.publish()
    assert 'id="fn-2"' in client.get("/reviews/way/1/one/").content.decode()
    page = client.get("/reviews/way/1/two/").content.decode()
    assert 'id="fn-3"' in page
    assert 'id="fn-1"' not in page


def test_one_h1_on_every_page(published, client: Client) -> None:
    assembly, _ = published
    passage = assembly.passages[3].id
    for address in (
        "/",
        *FROZEN[:5],
        "/reviews/way/1/verify/",
        "/reviews/way/1/notes/",
        "/reviews/way/1/search/?q=branches",
        f"/reviews/way/1/p/{passage}/",
        f"/reviews/way/recommendations/{passage}/",
    ):
        page = client.get(address).content.decode()
        assert len(re.findall(r"<h1[ >]", page)) == 1, address


@pytest.mark.parametrize("address", FROZEN)
def test_frozen_pages_are_the_same_for_all_and_touch_nothing_when_warm(
    published, client: Client, signed_in, address: str
) -> None:
    assembly, _ = published
    first = client.get(address)
    assert first.status_code == 200
    assert "public" in first["Cache-Control"]
    somebody = signed_in(assembly.secretary)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        again = somebody.get(address)
    assert not queries.captured_queries
    assert again.content == first.content
    for response in (first, again):
        assert "Set-Cookie" not in response
        assert not response.cookies
        assert "cookie" not in response.get("Vary", "").lower()


def test_a_reader_who_has_the_page_is_told_so(published, client: Client) -> None:
    first = client.get(ONE)
    tag = first["ETag"]
    assert tag.startswith('"')
    for asked in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = client.get(ONE, headers={"if-none-match": asked})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
        assert again["Cache-Control"] == first["Cache-Control"]
    assert client.get(ONE, headers={"if-none-match": '"other"'}).status_code == 200


def test_a_packed_page_is_the_same_page_under_a_tag_of_its_own(published, client: Client) -> None:
    plain = client.get(ONE)
    packed = client.get(ONE, headers={"accept-encoding": "br, gzip;q=0.8"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert packed["ETag"] != plain["ETag"]
    assert packed["Vary"] == plain["Vary"] == "Accept-Encoding"
    refused = client.get(ONE, headers={"accept-encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused


def test_head_says_what_get_would(published, client: Client) -> None:
    got, head = client.get(ONE), client.head(ONE)
    assert head.content == b""
    for name in ("ETag", "Content-Length", "Content-Type", "Cache-Control"):
        assert head[name] == got[name]


@pytest.mark.parametrize(
    "address",
    [
        "/reviews/none/",
        "/reviews/way/9/",
        "/reviews/way/99999999999999999999999/",
        "/reviews/way/1/no-such-chapter/",
        "/reviews/way/1/p/zzzzzzzzzz/",
        "/reviews/way/p/zzzzzzzzzz/",
        "/reviews/way/recommendations/zzzzzzzzzz/",
        "/reviews/way/1/download/exe",
        "/reviews/way/1/recommendations.exe",
        "/reviews/way/1/compare/1/",
        "/reviews/way/1/compare/7/",
        "/reviews/way/1/pictures/" + "0" * 64,
        "/reviews/none/1/search/?q=a",
    ],
)
def test_what_is_not_there_is_not_found(published, client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_frozen_pages_answer_no_post(published, client: Client) -> None:
    assert client.post(ONE).status_code == 405


def test_the_permanent_address_leads_to_the_newest_edition_that_has_the_passage(
    published, client: Client
) -> None:
    assembly, _ = published
    kept, gone = assembly.passages[2], assembly.passages[10]
    gone.withdraw(assembly.author)
    assembly.publish()
    answer = client.get(f"/reviews/way/p/{kept.id}/")
    assert answer["Location"] == f"/reviews/way/2/what-happened/#p-{kept.id}"
    page = client.get(f"/reviews/way/p/{gone.id}/")
    assert page.status_code == 200
    assert "stands in edition 1" in page.content.decode()
    assert client.get("/reviews/way/")["Location"] == "/reviews/way/2/"


def test_a_passage_carries_its_proof(published, client: Client) -> None:
    _, edition = published
    book = layout("way", 1)
    for line in book.lines:
        value = proof(edition, line)
        steps = [bytes.fromhex(step) for step in value["path"]]
        root = root_from(leaf_of(value["entry"]), value["index"], value["count"], steps)
        assert root.hex() == edition.manifest["root"]
    page = client.get(f"/reviews/way/1/p/{book.lines[2].id}/").content.decode()
    assert edition.manifest["root"] in page
    assert f"/reviews/way/1/p/{book.lines[2].id}/" in page


def test_verify_runs_the_check_and_says_when_something_is_wrong(
    published, client: Client, monkeypatch, settings
) -> None:
    from folkmoot.algorithms.bundle import Fault
    from folkmoot.review import certificates, frozen

    _, edition = published
    page = client.get("/reviews/way/1/verify/").content.decode()
    assert edition.digest in page
    assert "This edition holds" in page
    (kept,) = Path(settings.MEDIA_ROOT).rglob("certificate-*.json")

    def broken(*arguments: object) -> None:
        raise Fault("Passage abc had other words when the edition was published.")

    monkeypatch.setattr(certificates, "verify", broken)
    frozen.forget()
    assert "This edition holds" in client.get("/reviews/way/1/verify/").content.decode()
    kept.unlink()
    frozen.forget()
    answer = client.get("/reviews/way/1/verify/")
    assert "Passage abc had other words" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"


def test_home_says_what_is_published_and_what_is_not_yet(assembly, client: Client) -> None:
    page = client.get("/").content.decode()
    assert "Nothing is published yet" in page
    assembly.agree()
    assembly.publish()
    page = client.get("/").content.decode()
    assert "All 15 seats agree to every word" in page
    assert "3 recommendations" in page


def test_home_asks_little_of_the_database(
    published, client: Client, django_assert_max_num_queries
) -> None:
    with django_assert_max_num_queries(5):
        client.get("/")


def test_what_stands_before_the_first_chapter_has_a_page(begin, client: Client) -> None:
    assembly = begin(words=[text("paragraph", "A word before."), text("heading", "One", depth=1)])
    assembly.agree()
    assembly.publish()
    page = client.get("/reviews/way/1/opening/").content.decode()
    assert "A word before." in page
    assert read(page).stray == ()
    assert client.get("/reviews/way/1/one/").status_code == 200


def test_a_chapter_named_like_a_page_of_the_edition_has_another_address(
    begin, client: Client
) -> None:
    assembly = begin(
        words=[
            text("heading", "Recommendations", depth=1),
            text("paragraph", "None."),
            text("heading", "Search", depth=1),
        ]
    )
    assembly.agree()
    assembly.publish()
    slugs = [chapter.slug for chapter in layout("way", 1).chapters]
    assert slugs == ["recommendations-2", "search-2"]
    assert "None." in client.get(f"/reviews/way/1/{slugs[0]}/").content.decode()


def test_json_of_recommendations_names_the_edition(published, client: Client) -> None:
    _, edition = published
    value = json.loads(client.get("/reviews/way/1/recommendations.json").content)
    assert value["manifest"] == edition.digest
    assert [one["number"] for one in value["recommendations"]] == ["1", "2", "3"]
    assert Passage.objects.filter(pk=value["recommendations"][0]["id"]).exists()
