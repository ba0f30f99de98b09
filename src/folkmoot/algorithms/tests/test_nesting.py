"""Flat passages as a tree, and the tree read in order."""

from collections.abc import Iterator, Sequence

from hypothesis import given
from hypothesis import strategies as st

from folkmoot.algorithms.nesting import Leaf, Listing, Node, Quotation, nest
from folkmoot.algorithms.tests.wordings import plain_blocks
from folkmoot.algorithms.wording import Wording, text


def shape(nodes: Sequence[Node[Wording]]) -> list[object]:
    out: list[object] = []
    for node in nodes:
        match node:
            case Leaf(passage):
                out.append(passage.plain)
            case Listing(ordered=ordered, items=items):
                out.append(
                    (
                        "ol" if ordered else "ul",
                        [(i.passage.plain, *shape(i.inside)) for i in items],
                    )
                )
            case Quotation(inside=inside):
                out.append(("quote", shape(inside)))
    return out


def in_order(nodes: Sequence[Node[Wording]]) -> Iterator[tuple[Wording, bool]]:
    """Every passage, and whether it stands in a quotation."""
    for node in nodes:
        match node:
            case Leaf(passage):
                yield passage, False
            case Listing(items=items):
                for item in items:
                    yield item.passage, False
                    yield from in_order(item.inside)
            case Quotation(inside=inside):
                yield from ((passage, True) for passage, _ in in_order(inside))


def tree(*wordings: Wording) -> list[object]:
    return shape(nest(wordings, lambda wording: wording))


@given(st.lists(plain_blocks(), max_size=15))
def test_every_passage_is_in_the_tree_once_and_in_order(several: list[Wording]) -> None:
    found = list(in_order(nest(several, lambda wording: wording)))
    assert [passage for passage, _ in found] == several
    assert [quoted for _, quoted in found] == [w.quoted or w.kind == "quote" for w in several]


def test_items_nest_by_depth_and_paragraphs_go_on() -> None:
    assert tree(
        text("item", "a", depth=1),
        text("item", "b", depth=2, ordered=True),
        text("paragraph", "b goes on", depth=2),
        text("paragraph", "a goes on", depth=1),
        text("item", "c", depth=1),
        text("paragraph", "after"),
    ) == [
        ("ul", [("a", ("ol", [("b", "b goes on")]), "a goes on"), ("c",)]),
        "after",
    ]


def test_a_change_of_order_begins_another_list() -> None:
    assert tree(text("item", "a", depth=1), text("item", "1", depth=1, ordered=True)) == [
        ("ul", [("a",)]),
        ("ol", [("1",)]),
    ]


def test_a_list_may_begin_deep_and_come_out() -> None:
    assert tree(text("item", "a", depth=3), text("item", "b", depth=1)) == [
        ("ul", [("a",)]),
        ("ul", [("b",)]),
    ]


def test_neighbouring_quotations_stand_together_with_their_lists() -> None:
    assert tree(
        text("quote", "a"),
        text("item", "b", depth=1, quoted=True),
        text("quote", "c"),
        text("item", "d", depth=1),
        text("quote", "e", depth=1),
        text("item", "f", depth=1),
    ) == [
        ("quote", ["a", ("ul", [("b",)]), "c"]),
        ("ul", [("d", ("quote", ["e"])), ("f",)]),
    ]


def test_a_heading_ends_every_list() -> None:
    assert tree(
        text("item", "a", depth=1), text("heading", "b", depth=2), text("item", "c", depth=2)
    ) == [("ul", [("a",)]), "b", ("ul", [("c",)])]
