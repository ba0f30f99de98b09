"""What strangers send: it is refused with a reason and leaves no trace; the others count."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from pycrdt import Array, Doc, Map, Text, XmlElement, XmlFragment, XmlText, merge_updates

from folkmoot.algorithms.wording import text
from folkmoot.live.document import paper as module
from folkmoot.live.document import schema
from folkmoot.live.document.paper import Outcome, Paper
from folkmoot.live.document.schema import OutOfSchema
from folkmoot.live.document.tests.replicas import Replica, name, passages
from folkmoot.live.document.tests.test_paper import check
from folkmoot.live.document.update import Update, read_state_vector, write_state_vector


def words_of(person: Replica) -> XmlText:
    inside = person.at(name(0)).children[0]
    assert isinstance(inside, XmlText)
    return inside


def foreign_root(kind: Any) -> Callable[[Replica], None]:
    def act(person: Replica) -> None:
        root = person.doc.get("comments", type=kind)
        if kind is Map:
            root["a"] = "b"
        elif kind is Array:
            root.append("b")
        elif kind is Text:
            root += "b"
        else:
            root.children.append(XmlElement("passage"))

    return act


def a_map_where_the_text_is(person: Replica) -> None:
    other: Doc[Any] = Doc()
    other.get("prosemirror", type=Map)["id"] = "x"
    person.outbox.append(other.get_update())


def text_where_the_passages_are(person: Replica) -> None:
    other: Doc[Any] = Doc()
    other.get("prosemirror", type=Text).insert(0, "words")
    person.outbox.append(other.get_update())


def text_behind_a_passage(person: Replica) -> None:
    # Its place is told by its neighbour alone, so that nothing in it names the root.
    client, start, _ = Update(person.doc.get_update()).spans[0]
    neighbour = b"\x84" + _number(client) + _number(start)
    person.outbox.append(b"\x01\x01\x4d\x00" + neighbour + b"\x05words\x00")


def _number(number: int) -> bytes:
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def nested(outer: str, inner: str) -> Callable[[Replica], None]:
    def act(person: Replica) -> None:
        with person.doc.transaction():
            person.at(name(0)).children.append(XmlElement(outer)).children.append(XmlElement(inner))

    return act


HOSTILE: dict[str, Callable[[Replica], Any]] = {
    "an unknown element": lambda p: p.text.children.append(XmlElement("script")),
    "an unknown element inside": lambda p: p.at(name(0)).children.append(XmlElement("image")),
    "a passage in a passage": lambda p: p.at(name(0)).children.append(XmlElement("passage")),
    "a note in a note": nested("footnote", "footnote"),
    "something in a break": nested("break", "footnote"),
    "a variant among the passages": lambda p: p.text.children.append(XmlElement("variant")),
    "a passage among the variants": lambda p: p.variants.children.append(XmlElement("passage")),
    "a row among the passages": lambda p: p.text.children.append(XmlElement("row")),
    "words among the passages": lambda p: p.text.children.append(XmlText("words")),
    "words in a table": lambda p: p.text.children.append(
        XmlElement("table", {"id": name(9)}, [XmlText("words")])
    ),
    "a passage in a cell": lambda p: p.text.children.append(
        XmlElement(
            "table",
            {"id": name(9)},
            [XmlElement("row", {}, [XmlElement("cell", {}, [XmlElement("passage")])])],
        )
    ),
    "an unknown attribute": lambda p: p.at(name(0)).attributes.__setitem__("onclick", "x"),
    "an attribute of another element": lambda p: p.at(name(0)).attributes.__setitem__(
        "of", name(1)
    ),
    "an unknown kind": lambda p: p.at(name(0)).attributes.__setitem__("kind", "video"),
    "a table as a kind": lambda p: p.at(name(0)).attributes.__setitem__("kind", "table"),
    "a depth in words": lambda p: p.at(name(0)).attributes.__setitem__("depth", "deep"),
    "a number for an attribute": lambda p: p.at(name(0)).attributes.__setitem__("depth", 2),
    "a map for an attribute": lambda p: p.at(name(0)).attributes.__setitem__("alt", {"a": 1}),
    "nothing for an attribute": lambda p: p.at(name(0)).attributes.__setitem__("alt", None),
    "a picture elsewhere": lambda p: p.at(name(0)).attributes.__setitem__("image", "http://x"),
    "a very long label": lambda p: p.at(name(0)).attributes.__setitem__("label", "x" * 201),
    "a very long alternative": lambda p: p.at(name(0)).attributes.__setitem__("alt", "x" * 10_001),
    "an attribute on words": lambda p: words_of(p).attributes.__setitem__("id", "x"),
    "an unknown mark": lambda p: words_of(p).format(0, 2, {"comment": {"id": "1"}}),
    "a mark with a value": lambda p: words_of(p).format(0, 2, {"strong": {"style": "x"}}),
    "a mark that is true": lambda p: words_of(p).format(0, 2, {"strong": True}),
    "a link to nowhere": lambda p: words_of(p).format(0, 2, {"link": {}}),
    "a link with a title": lambda p: words_of(p).format(
        0, 2, {"link": {"href": "x", "title": "y"}}
    ),
    "a link that runs": lambda p: words_of(p).format(0, 2, {"link": {"href": "java\nscript:x"}}),
    "a link that runs, spaced": lambda p: words_of(p).format(
        0, 2, {"link": {"href": "\x01 JavaScript:x"}}
    ),
    "an embedded value": lambda p: words_of(p).insert_embed(1, {"image": "x"}),
    "an embedded map": lambda p: words_of(p).insert_embed(1, Map({"a": "b"})),
    "an embedded text": lambda p: words_of(p).insert_embed(1, XmlText("x")),
    "an embedded element": lambda p: words_of(p).insert_embed(1, XmlElement("break")),
    "a root that is a map": foreign_root(Map),
    "a root that is a list": foreign_root(Array),
    "a root that is a text": foreign_root(Text),
    "a root that is a fragment": foreign_root(XmlFragment),
    "a map where the text is": a_map_where_the_text_is,
    "text where the passages are": text_where_the_passages_are,
    "text behind a passage": text_behind_a_passage,
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_does_not_fit_is_refused_and_the_rest_of_the_batch_counts(what: str) -> None:
    paper = Paper.of_passages(passages(3))
    mal, ana = Replica(paper, "mal"), Replica(paper, "ana")
    HOSTILE[what](mal)
    ana.type(ana.at(name(1)), 0, "Honest ")
    before = paper.state_vector()
    outcome = paper.apply([*mal.sent(), *ana.sent()])
    codes = {error.code for _, error in outcome.refused}
    assert codes == {"schema"}
    assert all("mal" not in who for who in outcome.writers.values())
    assert [w.id for w in outcome.written] == [name(1)]
    assert paper.plain(name(1)).startswith("Honest")
    assert len(read_state_vector(paper.state_vector())) == len(read_state_vector(before)) + 1
    check(paper)


def test_what_follows_something_refused_has_nothing_to_stand_on() -> None:
    paper = Paper.of_passages(passages(3))
    mal = Replica(paper, "mal")
    mal.text.children.append(XmlElement("script"))
    paper.apply(mal.sent())
    mal.type(mal.at(name(2)), 0, "More ")
    assert [e.code for _, e in paper.apply(mal.sent()).refused] == ["gap"]


def test_an_update_in_the_name_of_the_server_is_refused() -> None:
    paper = Paper.of_passages(passages(2))
    other: Doc[Any] = Doc(client_id=paper._doc.client_id)
    other.apply_update(paper.state())
    state = other.get_state()
    other.get("prosemirror", type=XmlFragment).children[0].attributes["label"] = "1"
    outcome = paper.apply([(other.get_update(state), "mal")])
    assert [e.code for _, e in outcome.refused] == ["malformed"]
    assert paper.label(name(0)) == ""


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00",
        b"\x01",
        b"\xff" * 12,
        b"\x00\x00\x00",
        b"\x01\x01\x01\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
        b"\x01\xff\xff\xff\xff\x7f\x01\x00",
        b"\x01\x01\x05\x00\x84\x01\x00\xff\xff\xff\xff\x0fab\x00",
        b"\x01\x01\x05\x00\x00\xff\xff\xff\xff\x0f\x00",
        b"\x01\x01\x05\x00\x00\x00\x00",
        b"\x01\x01\x05\x00\x1f\x00",
        b"PK\x03\x04" * 100,
    ],
)
def test_bytes_that_are_no_update_change_nothing(data: bytes) -> None:
    paper = Paper.of_passages(passages(2))
    state = paper.state_vector()
    outcome = paper.apply([(data, "mal")])
    assert [e.code for _, e in outcome.refused] == ["malformed"]
    assert outcome.merged == b""
    assert paper.state_vector() == state


def test_an_update_cut_short_anywhere_changes_nothing() -> None:
    paper = Paper.of_passages(passages(2))
    ana = Replica(paper, "ana")
    ana.split(ana.at(name(0)), 8, name(5))
    [(whole, _)] = ana.sent()
    before = paper.standing
    for length in range(len(whole)):
        assert paper.apply([(whole[:length], "mal")]).refused
    assert paper.standing == before
    assert not paper.apply([(whole, "ana")]).refused


def test_something_too_large_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("folkmoot.live.document.update.MOST_FRAME", 1000)
    paper = Paper.of_passages(passages(1))
    outcome = paper.apply([(b"\xff" * 1001, "mal")])
    assert [e.code for _, e in outcome.refused] == ["too-large"]


def test_a_document_stops_growing_and_can_still_shrink(monkeypatch: pytest.MonkeyPatch) -> None:
    paper = Paper.of_passages(passages(10))
    ana = Replica(paper, "ana")
    monkeypatch.setattr(module, "MOST_DOCUMENT", len(paper.state()) + 100)
    ana.insert(0, "x" * 200, name(20))
    assert [e.code for _, e in paper.apply(ana.sent()).refused] == ["too-large"]
    ben = Replica(paper, "ben")
    ben.remove(3)
    assert not paper.apply(ben.sent()).refused
    assert len(paper.order) == 9


def test_a_passage_stops_growing_and_can_still_shrink(monkeypatch: pytest.MonkeyPatch) -> None:
    paper = Paper.of_passages(passages(2))
    monkeypatch.setattr(module, "MOST_CHARACTERS", 40)
    ana = Replica(paper, "ana")
    words = words_of(ana)
    assert len(words) > 40
    del words[0:5]
    assert not paper.apply(ana.sent()).refused
    ana.type(ana.at(name(0)), 0, "more")
    assert [e.code for _, e in paper.apply(ana.sent()).refused] == ["passage-limit"]
    check(paper)


def test_a_text_has_a_most_number_of_passages(monkeypatch: pytest.MonkeyPatch) -> None:
    paper = Paper.of_passages(passages(5))
    monkeypatch.setattr(module, "MOST_PASSAGES", 5)
    ana, ben = Replica(paper, "ana"), Replica(paper, "ben")
    ana.insert(0, "", name(9))
    assert [e.code for _, e in paper.apply(ana.sent()).refused] == ["passage-limit"]
    ben.remove(0)
    assert not paper.apply(ben.sent()).refused
    assert len(paper.order) == 4


def test_what_builds_on_something_missing_waits_for_nothing_in_the_document() -> None:
    paper = Paper.of_passages(passages(2))
    ana = Replica(paper, "ana")
    ana.type(ana.at(name(0)), 0, "One ")
    ana.type(ana.at(name(0)), 4, "two ")
    (first, _), (second, _) = ana.sent()
    state = paper.state()
    outcome = paper.apply([(second, "ana")])
    assert [e.code for _, e in outcome.refused] == ["gap"]
    assert sorted(paper.state()) == sorted(state)
    outcome = paper.apply([(second, "ana"), (first, "ana")])
    assert not outcome.refused
    assert paper.plain(name(0)).startswith("One two ")


def test_a_deletion_of_what_has_not_arrived_is_a_gap() -> None:
    paper = Paper.of_passages(passages(2))
    ana = Replica(paper, "ana")
    node = ana.insert(0, "New", name(9))
    assert node is not None
    ana.remove(0)
    assert [e.code for _, e in paper.apply(ana.sent()[1:]).refused] == ["gap"]


def test_parts_that_build_on_one_another_in_a_circle_are_refused() -> None:
    # Client 1 builds on client 2, client 2 on client 1.
    circle = b"\x02\x01\x01\x00\x84\x02\x00\x01a\x01\x02\x00\x84\x01\x00\x01b\x00"
    paper = Paper.of_passages(passages(1))
    outcome = paper.apply([(circle, "mal")])
    assert [e.code for _, e in outcome.refused] == ["malformed"]
    assert 1 not in read_state_vector(paper.state_vector())
    check(paper)


def test_an_update_may_repeat_what_is_known() -> None:
    paper = Paper.of_passages(passages(1))
    ana = Replica(paper, "ana")
    updates = []
    for letter in "abcdef":
        ana.type(ana.at(name(0)), 10**9, letter)
        updates += [update for update, _ in ana.sent()]
    paper.apply([(update, "ana") for update in updates[:3]])
    again = merge_updates(*updates)
    outcome = paper.apply([(again, "ana")])
    assert not outcome.refused
    assert paper.plain(name(0)).endswith("abcdef")
    assert list(outcome.cut) == [0]
    assert paper.apply([(again, "ana")]) == Outcome()
    check(paper)


def test_another_story_about_a_known_stretch_is_not_believed() -> None:
    """The second telling puts the rest of the words into another passage than the first."""
    paper = Paper.of_passages(passages(2))
    ana = Replica(paper, "ana")
    twin = Replica(paper, "ana")
    assert ana.doc.client_id == twin.doc.client_id
    ana.type(ana.at(name(0)), 10**9, "ab")
    twin.type(twin.at(name(1)), 10**9, "abcd")
    ben = Replica(paper, "ben")
    for person in (ana, twin):
        ben.receive(paper.apply(person.sent()).merged)
        check(paper)
    assert paper.plain(name(0)).endswith("abcd")
    assert Paper(ben.doc.get_update()).standing == paper.standing


def test_state_vectors_are_read_and_written() -> None:
    paper = Paper.of_passages(passages(2))
    clocks = read_state_vector(paper.state_vector())
    assert read_state_vector(write_state_vector(clocks)) == clocks
    assert paper.missing(paper.state_vector()) == b"\x00\x00"
    for bad in (b"", b"\x01", b"\x05\x01\x01", b"\xff" * 20, b"\x00\x00"):
        with pytest.raises(OutOfSchema):
            paper.missing(bad)


def test_whether_an_update_brings_anything() -> None:
    paper = Paper.of_passages(passages(2))
    ana = Replica(paper, "ana")
    assert not paper.brings(ana.doc.get_update())
    ana.type(ana.at(name(0)), 0, "New ")
    assert paper.brings(ana.doc.get_update())
    with pytest.raises(OutOfSchema):
        paper.brings(b"nonsense")


@pytest.mark.parametrize("seed", range(8))
def test_damaged_updates_never_leave_a_document_that_differs_from_its_reading(seed: int) -> None:
    chance = random.Random(seed)
    paper = Paper.of_passages(passages(4))
    ana, ben = Replica(paper, "ana", seed), Replica(paper, "ben", seed)
    for _ in range(8):
        ana.act()
    good = [update for update, _ in ana.sent()]
    for update in good[:-1]:
        ben.receive(paper.apply([(update, "ana")]).merged)
    for _ in range(150):
        outcome = paper.apply([(_damaged(chance.choice(good), chance), "mal")])
        ben.receive(outcome.merged)
        ben.act()
        answer = paper.apply(ben.sent())
        assert not answer.refused
        ben.receive(answer.merged)
        assert paper.full_reading() == paper.standing
    mended = paper.verify()
    ben.receive(mended.merged)
    check(paper)
    assert paper.verify() == Outcome()
    assert read_state_vector(ben.doc.get_state()) == paper._clocks


def _damaged(update: bytes, chance: random.Random) -> bytes:
    data = bytearray(update)
    for _ in range(chance.choice([1, 1, 2, 4])):
        at = chance.randrange(len(data))
        match chance.randrange(4):
            case 0:
                data[at] = chance.randrange(256)
            case 1:
                data[at] ^= 1 << chance.randrange(8)
            case 2:
                del data[at : at + 2]
            case _:
                data[at:at] = chance.randbytes(2)
        if not data:
            break
    return bytes(data)


def test_the_schema_names_only_what_is_safe() -> None:
    assert schema.is_harmful("  javascript:alert(1)")
    assert schema.is_harmful("java\tscript:alert(1)")
    assert schema.is_harmful("\u200bdata:text/html,x")
    assert not schema.is_harmful("https://example.org/javascript:")
    assert schema.mark_name("link--3fA=") == "link"
    assert schema.is_mark("link--3fA=", {"href": "#p-1"})
    assert not schema.is_mark("comment--3fA=", {})


def test_nothing_comes_between_the_halves_of_a_character() -> None:
    """JavaScript lets it; the engine then writes a document that cannot be read again."""
    for words, reload in (("One 😀 two", False), ("One 😀 two", True)):
        paper = Paper.of_passages([(name(0), "", text("paragraph", words))])
        if reload:
            paper = Paper(paper.state())
        [(client, start, _)] = Update(paper.state()).spans
        # The text begins behind the passage, its two attributes and the text's own structure.
        inside = start + 4 + len("One ")
        left, right = (_number(client) + _number(inside + n) for n in range(2))
        between = b"\x01\x01\x4d\x00\xc4" + left + right + b"\x01x\x00"
        cut = b"\x00\x01" + _number(client) + b"\x01" + _number(inside) + b"\x01"
        for update in (between, cut):
            assert [e.code for _, e in paper.apply([(update, "mal")]).refused] == ["schema"]
        ana = Replica(paper, "ana")
        ana.type(ana.at(name(0)), len("One 😀".encode()), "x")
        assert not paper.apply(ana.sent()).refused
        assert paper.plain(name(0)) == "One 😀x two"
        check(paper)


def test_an_emoji_typed_a_moment_ago_is_not_divided_either() -> None:
    paper = Paper.of_passages(passages(1))
    ana = Replica(paper, "ana")
    ana.type(ana.at(name(0)), 0, "😀")
    [(update, _)] = ana.sent()
    outcome = paper.apply([(update, "ana")])
    [(client, start, end)] = Update(update).spans
    assert end - start == 2
    left, right = (_number(client) + _number(start + n) for n in range(2))
    between = b"\x01\x01\x4d\x00\xc4" + left + right + b"\x01x\x00"
    assert [e.code for _, e in paper.apply([(between, "mal")]).refused] == ["schema"]
    assert outcome.merged
    check(paper)


def test_what_undo_put_behind_and_before_the_same_thing_is_written_anew() -> None:
    """Yjs's undo can name one neighbour on both sides; where the words stand then depends on who
    reads. They are written again in the place where they stand."""
    paper = Paper.of_passages(passages(2))
    ana, ben = Replica(paper, "ana"), Replica(paper, "ben")
    stored = [paper.state()]
    for at, letter in enumerate("abcd"):
        ana.type(ana.at(name(0)), at, letter)
    stored += ana.outbox
    ben.receive(paper.apply(ana.sent()).merged)
    # What a real undo wrote: `c` stands behind and before the `1` of "c 1".
    told = [
        (0, "x", (ana.doc.client_id, 0), (ana.doc.client_id, 1)),
        (1, "c c ", (77, 0), None),
        (5, "c 1", (77, 0), (77, 1)),
        (8, "c", (77, 7), (77, 7)),
        (9, " ", (77, 8), (77, 7)),
        (10, "c ", (77, 8), (77, 9)),
    ]
    repaired = 0
    for clock, words, left, right in told:
        info = 0x84 | (0x40 if right else 0)
        places = b"".join(_number(n) for place in (left, right) if place for n in place)
        said = _number(len(words)) + words.encode()
        update = b"\x01\x01\x4d" + _number(clock) + bytes([info]) + places + said + b"\x00"
        outcome = paper.apply([(update, "cyd")])
        assert not outcome.refused
        stored += [update, outcome.repairs] if outcome.repairs else [update]
        ben.receive(outcome.merged)
        repaired += len(Update(outcome.merged).spans) > 1
        check(paper)
        assert Paper(ben.doc.get_update()).standing == paper.standing
        if repaired:
            break
    assert repaired
    again = Paper()
    again.load(stored)
    assert again.standing == paper.standing
    assert paper.verify() == Outcome()
    assert paper.order == (name(0), name(1))
