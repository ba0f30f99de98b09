"""Comments stand on words, go with them, wait in the tray, and are read by whom they are for."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from folkmoot.algorithms.anchoring import Anchor
from folkmoot.algorithms.wording import text
from folkmoot.commission import anchors
from folkmoot.commission.consent_log import recording
from folkmoot.commission.mentions import named_in, people_inside
from folkmoot.commission.models import Comment, Passage
from folkmoot.commission.models.text import Incoming
from folkmoot.commission.tests.cast import Cast, person
from folkmoot.people import register
from folkmoot.people.models import Person

type Enter = Callable[[Person | None], Client]
type Exactly = Callable[[int], AbstractContextManager[object]]
type Commits = Callable[..., AbstractContextManager[object]]

SECRET = "Somebody was paid for this."


def url(story: Cast, name: str, *more: object) -> str:
    return reverse(f"commission:{name}", args=[story.text.slug, *more])


def point(story: Cast, quote: str = "fifty seats", **more: object) -> Comment:
    """Ada's comment on words of the second passage: "We lost fifty seats in four weeks." """
    passage = story.passages[1]
    made, _new = Comment.make(passage, story.ada.person, "Which?", quote=quote, **more)
    return made


def edit(story: Cast, number: int, words: str) -> None:
    story.passages[number].refresh_from_db()
    story.passages[number].edit(text("paragraph", words), story.author)


def test_a_comment_follows_its_words_through_a_form(story: Cast) -> None:
    comment = point(story)
    edit(story, 1, "In May we lost fifty safe seats in four weeks.")
    comment.refresh_from_db()
    assert comment.quote == "fifty safe seats"
    assert comment.quote_then == "fifty seats"
    assert comment.prefix == "In May we lost "
    assert comment.suffix == " in four weeks."
    assert comment.start == len("In May we lost ")
    assert comment.orphaned is None


def test_a_comment_whose_words_are_gone_keeps_them_and_waits(story: Cast) -> None:
    comment = point(story)
    edit(story, 1, "It was a hard year for the whole organisation.")
    comment.refresh_from_db()
    assert comment.orphaned is not None
    assert comment.quote == "fifty seats"
    assert list(Comment.objects.in_tray()) == [comment]
    edit(story, 1, "We lost fifty seats in four weeks.")
    comment.refresh_from_db()
    assert comment.orphaned is None
    assert not Comment.objects.in_tray()


def test_a_comment_goes_with_its_passage_out_of_the_text_and_back(story: Cast) -> None:
    on_words, on_all = point(story), point(story, "")
    story.passages[1].withdraw(story.author)
    for comment in (on_words, on_all):
        comment.refresh_from_db()
        assert comment.orphaned is not None
    story.passages[1].restore(story.author)
    for comment in (on_words, on_all):
        comment.refresh_from_db()
        assert comment.orphaned is None
    assert on_words.quote == "fifty seats"


def test_a_comment_goes_with_words_that_are_cut_into_another_passage(story: Cast) -> None:
    comment = point(story, "fifty seats in four weeks")
    reply, _new = Comment.make(story.passages[1], story.author, "In the north.", parent=comment)
    first, second = story.passages[1:3]
    with recording(story.text, story.author.actor) as log:
        for passage, words in (
            (first, "We lost."),
            (second, "Branches should meet every month. We lost fifty seats in four weeks."),
        ):
            passage.text = story.text
            passage.replace_words(
                log,
                passage.value,
                text("paragraph", words),
                story.author,
                editorial=False,
                reason="",
            )
    assert log.followed == [comment.pk]
    comment.refresh_from_db()
    reply.refresh_from_db()
    assert comment.passage_id == reply.passage_id == second.pk
    assert comment.quote == "fifty seats in four weeks"


def test_words_that_were_taken_away_bit_by_bit_come_back_whole(story: Cast) -> None:
    comment = point(story, "fifty seats in four weeks")
    edit(story, 1, "We lost fifty seats in weeks.")
    edit(story, 1, "We lost fifty seats.")
    comment.refresh_from_db()
    assert comment.quote == "fifty seats"
    edit(story, 1, "We lost fifty seats in four weeks.")
    comment.refresh_from_db()
    assert comment.quote == "fifty seats in four weeks"
    assert not comment.reworded


def test_following_costs_one_question_where_nobody_has_commented(
    story: Cast, django_assert_num_queries: Exactly
) -> None:
    changed = {story.passages[2].pk: "Branches should meet every month."}
    with django_assert_num_queries(1):
        assert anchors.follow(story.text.pk, changed, {story.passages[2].pk: "Never."}) == []
    with django_assert_num_queries(0):
        assert anchors.follow(story.text.pk, changed, changed) == []


def test_three_hundred_comments_follow_in_two_questions(
    story: Cast, django_assert_max_num_queries: Exactly
) -> None:
    long = " ".join(f"Sentence {n} says what word{n} says." for n in range(100))
    [passage] = story.text.add([Incoming(text("paragraph", long))], story.author)
    Comment.objects.bulk_create(
        Comment(passage=passage, body="?", quote=f"word{n}", quote_then=f"word{n}")
        for n in range(100)
        for _copy in range(3)
    )
    after = f"Before all that, some more words. {long}"
    with django_assert_max_num_queries(2):
        changed = anchors.follow(story.text.pk, {passage.pk: long}, {passage.pk: after})
    assert len(changed) == 300
    assert not Comment.objects.exclude(orphaned=None)
    for comment in Comment.objects.all():
        assert after[comment.start :].startswith(comment.quote)


def test_what_the_live_room_writes_is_followed_too(story: Cast) -> None:
    @dataclass
    class Written:
        id: str
        before: str | None
        after: str | None

    comment = point(story)
    passage = story.passages[1]
    words = passage.value.plain
    changed = [Written(passage.pk, words, words[:8]), Written("n" * 10, "", words[8:])]
    Passage.objects.create(
        id="n" * 10, text=story.text, place=passage.place + 1, wording_id=passage.wording_id
    )
    assert anchors.follow_changes(story.text.pk, changed) == [comment.pk]
    comment.refresh_from_db()
    assert (comment.passage_id, comment.quote) == ("n" * 10, "fifty seats")


def test_a_comment_that_cannot_follow_does_not_keep_words_from_being_recorded(
    story: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    comment = point(story)

    def broken(*_given: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(anchors, "_now", broken)
    edit(story, 1, "Other words.")
    comment.refresh_from_db()
    assert comment.orphaned is None
    assert "could not follow" in caplog.text


def test_words_to_comment_on_are_those_of_the_passage(story: Cast, signed_in: Enter) -> None:
    passage = story.passages[1]
    ada, target = signed_in(story.ada.person), url(story, "comment", passage.pk)
    refused = ada.post(target, {"body": "Which?", "quote": "sixty seats"})
    assert refused.status_code == 422
    assert "These words do not stand there" in refused.content.decode()
    assert "Which?" in refused.content.decode()
    edit(story, 1, "We lost in May and we lost in June.")
    twice = ada.post(target, {"body": "?", "quote": "lost in"})
    assert twice.status_code == 422
    assert "more than once" in twice.content.decode()
    ada.post(target, {"body": "Which?", "quote": "lost  in\nJune", "once": "a"})
    comment = Comment.objects.get()
    assert (comment.quote, comment.start) == ("lost in June", 22)


def test_the_editor_makes_comments_and_reads_them_as_data(story: Cast, signed_in: Enter) -> None:
    passage = story.passages[1]
    ada = signed_in(story.ada.person)
    asks = {"headers": {"accept": "application/json"}}
    said = {
        "body": "Which?",
        "quote": "fifty seats",
        "prefix": "We lost ",
        "suffix": " in four weeks.",
        "start": "8",
        "once": "x",
    }
    target = url(story, "comment", passage.pk)
    made = ada.post(target, said, **asks)
    assert made.status_code == 201
    assert ada.post(target, said, **asks).status_code == 200
    refused = ada.post(target, {"body": ""}, **asks)
    assert refused.status_code == 422
    assert "body" in refused.json()["errors"]
    Comment.make(passage, story.author, "In the north.", parent=Comment.objects.get())
    data = signed_in(story.bea.person).get(url(story, "comments-json")).json()
    [one] = data["comments"]
    assert one == made.json() | {"answers": 1, "mine": False, "place": ""}
    assert one["quote"] == "fifty seats"
    assert one["orphan"] is False
    assert {"Ada", "Bea", "Cem", "Sofia", "Arthur"} == {who["name"] for who in data["people"]}
    edit(story, 1, "Nothing of it is left now.")
    [one] = ada.get(url(story, "comments-json")).json()["comments"]
    assert one["orphan"] is True
    assert one["anchor"] == "orphan"
    assert one["place"]
    placed = ada.post(one["place"], {"passage": passage.pk, "quote": "of it"}, **asks)
    assert placed.json()["quote"] == "of it"
    missed = ada.post(one["place"], {"passage": passage.pk, "quote": "no such words"}, **asks)
    assert missed.status_code == 422


def test_words_selected_while_they_are_being_written_are_kept_as_they_were(
    story: Cast, signed_in: Enter
) -> None:
    """They are not in the record yet; once they are, the comment finds them."""
    passage = story.passages[1]
    signed_in(story.ada.person).post(
        url(story, "comment", passage.pk),
        {"body": "?", "quote": "of our safest seats", "prefix": "We lost fifty ", "suffix": " in"},
    )
    edit(story, 1, "In May we lost fifty of our safest seats in four weeks.")
    comment = Comment.objects.get()
    assert comment.orphaned is None
    assert comment.start == len("In May we lost fifty ")


def test_what_is_in_the_tray_is_placed_again_by_its_author(story: Cast, signed_in: Enter) -> None:
    comment = point(story)
    edit(story, 1, "Fifty of the seats went to others.")
    edit(story, 2, "A count of the seats that were lost is in the annex: fifty.")
    comment.refresh_from_db()
    assert comment.orphaned is not None
    place = url(story, "place-comment", comment.pk)
    assert signed_in(story.bea.person).get(place).status_code == 403
    ada = signed_in(story.ada.person)
    page = ada.get(place).content.decode()
    assert "fifty seats" in page
    assert "is in the annex" in page
    assert "is in the annex" in ada.get(f"{place}?q=annex").content.decode()
    assert "No passage has these words" in ada.get(f"{place}?q=zebra").content.decode()
    other = story.passages[2].pk
    assert ada.post(place, {"passage": other, "quote": "zebra"}).status_code == 422
    assert ada.post(place, {"passage": "zzzzzzzzzz"}).status_code == 422
    assert ada.post(place, {"quote": "fifty"}).status_code == 422
    ada.post(place, {"passage": other, "quote": "the seats that were lost"})
    comment.refresh_from_db()
    assert (comment.passage_id, comment.quote) == (other, "the seats that were lost")
    assert comment.orphaned is None
    assert comment.quote_then == "fifty seats"


def test_the_list_is_by_state_person_chapter_and_words(story: Cast, signed_in: Enter) -> None:
    first = point(story)
    lost = point(story, "four weeks")
    other, _new = Comment.make(story.passages[4], story.bea.person, "By whom?")
    other.dispose("declined", story.author, "Not now.")
    Comment.make(story.passages[1], story.author, "A needle.", parent=first)
    edit(story, 1, "We lost fifty seats overnight.")
    lost.refresh_from_db()
    client = signed_in(story.cem.person)

    def shown(query: str) -> set[int]:
        response = client.get(f"{url(story, 'comments')}?{query}")
        assert response.status_code == 200
        return {one.pk for one in response.context["page"].object_list}

    assert shown("") == {first.pk, lost.pk}
    assert shown("state=tray") == {lost.pk}
    assert shown("state=declined") == {other.pk}
    assert shown("state=taken") == set()
    assert shown("state=answered") == {other.pk}
    assert shown("state=all&by=Bea") == {other.pk}
    assert shown("state=all&chapter=what-to-do") == {other.pk}
    assert shown("q=needle") == {first.pk}
    assert shown("q=four+weeks") == {lost.pk}
    assert shown("state=nothing&page=9") == {first.pk, lost.pk}
    counts = {one.value: one.count for one in client.get(url(story, "comments")).context["states"]}
    assert (counts["open"], counts["tray"], counts["declined"], counts["all"]) == (2, 1, 1, 3)


def everything_read_by(client: Client, story: Cast, comment: Comment) -> str:
    """All that somebody can be shown of comments, as one string."""
    urls = [
        f"{url(story, 'comments')}?state={state}"
        for state in ("open", "all", "confidential", "tray", "answered")
    ]
    urls += [
        f"{url(story, 'comments')}?state=all&q=paid",
        url(story, "comments-json"),
        comment.passage.get_absolute_url(),
        reverse("live:panel", args=[story.text.slug, comment.passage_id]),
        reverse("commission:desk"),
        url(story, "export", "html"),
        url(story, "ledger"),
    ]
    return "".join(client.get(one).content.decode() for one in urls)


def test_a_confidential_comment_is_read_by_three_alone(story: Cast, signed_in: Enter) -> None:
    passage = story.passages[1]
    signed_in(story.ada.person).post(
        url(story, "comment", passage.pk), {"body": SECRET, "confidential": "on"}
    )
    comment = Comment.objects.get()
    for reader in (story.ada.person, story.author, story.secretary):
        assert SECRET in everything_read_by(signed_in(reader), story, comment)
    bea = signed_in(story.bea.person)
    seen = everything_read_by(bea, story, comment)
    assert SECRET not in seen
    assert f"comment-{comment.pk}" not in seen
    page = bea.get(f"{url(story, 'comments')}?state=all").context
    assert all(one.count == 0 for one in page["states"])
    assert page["people"] == []
    assert bea.get(url(story, "comments-json")).json()["comments"] == []
    for act in ("answer", "withdraw-comment", "say-kept", "place-comment"):
        response = bea.post(url(story, act, comment.pk), {"body": "?"})
        assert response.status_code == 404, act
    reply, _new = Comment.make(passage, story.author, "By whom?", parent=comment)
    assert reply.confidential
    assert not Comment.objects.readable(story.bea.person, writes=False).exists()
    assert Comment.objects.readable(story.ada.person, writes=False).count() == 2


def test_a_confidential_comment_is_not_counted_for_others_in_the_room(story: Cast) -> None:
    from folkmoot.live.standing import Board

    name = point(story, confidential=True).passage_id
    readers = [story.ada.person.pk, story.author.pk, story.secretary.pk]
    news = Board(story.text.pk).news([*readers, story.bea.person.pk])
    assert "c" not in news[story.bea.person.pk].passages[name]
    assert [news[reader].passages[name]["c"] for reader in readers] == [1, 1, 1]


def test_nothing_open_is_merged_with_something_confidential(story: Cast, signed_in: Enter) -> None:
    open_one, secret = point(story), point(story, confidential=True)
    author = signed_in(story.author)
    merged = {"disposition": "merged", "merged_into": secret.pk}
    assert author.post(url(story, "dispose", open_one.pk), merged).status_code == 422
    merged["merged_into"] = open_one.pk
    assert author.post(url(story, "dispose", secret.pk), merged).status_code == 302


def test_people_who_are_mentioned_get_one_mail(
    story: Cast, signed_in: Enter, django_capture_on_commit_callbacks: Commits
) -> None:
    said = {
        "body": "What do @Bea and @cem think? And @Ada, @Olga, @Beatrice, @Sofia's?",
        "mention": story.bea.person.key,
        "once": "1",
    }
    for _twice in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            signed_in(story.ada.person).post(url(story, "comment", story.passages[1].pk), said)
    assert sorted(one.to[0] for one in mail.outbox) == [
        "bea@example.org",
        "cem@example.org",
        "sofia@example.org",
    ]
    first = mail.outbox[0]
    assert "Ada mentions you" in first.subject
    assert "What do @Bea" in first.body
    assert "We lost" not in first.body
    comment = Comment.objects.get()
    assert f"#comment-{comment.pk}" in first.body
    assert {one.name for one in comment.mentions.all()} == {"Ada", "Bea", "Cem", "Sofia"}
    [record] = [r for r in register.declared() if r.whose == "mentions"]
    assert record.rows(story.bea.person).count() == 1
    assert "body" not in record.export(story.bea.person)[0]


def test_a_mail_about_a_confidential_comment_has_none_of_its_words(
    story: Cast, signed_in: Enter, django_capture_on_commit_callbacks: Commits
) -> None:
    ada, target = signed_in(story.ada.person), url(story, "comment", story.passages[1].pk)
    said = {"body": f"@Arthur @Bea {SECRET}", "confidential": "on"}
    refused = ada.post(target, said | {"mention": story.bea.person.key})
    assert refused.status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        ada.post(target, said)
    [sent] = mail.outbox
    assert sent.to == ["arthur@example.org"]
    assert SECRET not in sent.body + str(sent.alternatives)
    with django_capture_on_commit_callbacks(execute=True):
        comment = Comment.objects.get()
        signed_in(story.author).post(
            url(story, "answer", comment.pk), {"body": f"@Ada @Cem @Sofia {SECRET}"}
        )
    assert {one.to[0] for one in mail.outbox[1:]} == {"ada@example.org", "sofia@example.org"}
    assert SECRET not in "".join(one.body for one in mail.outbox)


def test_names_are_read_whole_and_never_guessed(story: Cast) -> None:
    ann, lee = person("Ann"), Person.objects.create_user("lee@example.org", "Ann Lee")
    assert named_in("@Ann Lee, please", [ann, lee]) == [lee]
    assert named_in("@Ann, please", [ann, lee]) == [ann]
    assert named_in("@Anna and ann", [ann, lee]) == []
    assert named_in("@Ann", [ann, Person.objects.create_user("2@example.org", "ann")]) == []
    assert named_in("@Ann", []) == []
    assert story.outsider not in people_inside(story.commission)


def test_a_mail_server_that_is_down_loses_no_comment(
    story: Cast,
    signed_in: Enter,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Commits,
) -> None:
    def down() -> object:
        raise ConnectionRefusedError

    monkeypatch.setattr("folkmoot.commission.mentions.get_connection", down)
    with django_capture_on_commit_callbacks(execute=True):
        response = signed_in(story.ada.person).post(
            url(story, "comment", story.passages[1].pk), {"body": "@Bea?"}
        )
    assert response.status_code == 302
    assert Comment.objects.count() == 1


def test_changes_of_comments_are_announced(
    story: Cast, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Commits
) -> None:
    from folkmoot.commission import changes

    heard: list[str] = []
    monkeypatch.setattr(changes, "_listeners", [heard.append])

    def hears(act: Callable[[], object]) -> bool:
        heard.clear()
        with django_capture_on_commit_callbacks(execute=True):
            act()
        return story.text.slug in heard

    comment = point(story)
    assert hears(lambda: point(story))
    assert hears(lambda: comment.dispose("taken", story.author))
    assert hears(lambda: comment.say_kept(False))
    assert hears(lambda: comment.place(Anchor(story.passages[2].pk, "")))


def test_a_long_list_keeps_to_its_budget(
    story: Cast, signed_in: Enter, django_assert_max_num_queries: Exactly
) -> None:
    for number in range(60):
        comment = point(story, "fifty seats" if number % 2 else "")
        Comment.make(story.passages[1], story.author, "Yes.", parent=comment)
    client = signed_in(story.author)
    client.get(url(story, "comments"))
    with django_assert_max_num_queries(15):
        page = client.get(f"{url(story, 'comments')}?state=all&q=fifty").content.decode()
    assert "page=2" in page
    with django_assert_max_num_queries(12):
        found = client.get(url(story, "comments-json"))
    assert len(json.loads(found.content)["comments"]) == 60
