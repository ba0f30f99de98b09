"""A flat run of passages as the tree that a reader sees: lists in items, quotations around both.

A text is a flat list, because a passage is what a seat agrees to. Pages and files want real lists;
this is the one place that decides which item is inside which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from folkmoot.algorithms.wording import Wording


@dataclass(slots=True)
class Leaf[T]:
    """A passage that stands by itself."""

    passage: T


@dataclass(slots=True)
class Item[T]:
    """A passage of kind item, and what stands inside it after its words."""

    passage: T
    inside: list[Node[T]] = field(default_factory=list)


@dataclass(slots=True)
class Listing[T]:
    """Neighbouring items of one depth, all ordered or none."""

    depth: int
    ordered: bool
    items: list[Item[T]] = field(default_factory=list)


@dataclass(slots=True)
class Quotation[T]:
    """Neighbouring passages that are quoted. `depth` is that of the item they stand in, or 0."""

    depth: int
    inside: list[Node[T]] = field(default_factory=list)


type Node[T] = Leaf[T] | Listing[T] | Quotation[T]


def nest[T](passages: Iterable[T], wording: Callable[[T], Wording]) -> list[Node[T]]:
    """The passages, in order, as a tree; `wording` tells what a passage says.

    An item goes into the item before it that is less deep; a passage with a depth goes on with the
    open item of that depth; a heading ends every list. Every passage is in the tree once, and
    reading the tree in order gives the passages back.
    """
    tree = _Tree[T]()
    for passage in passages:
        tree.add(passage, wording(passage))
    return tree.roots


class _Tree[T]:
    def __init__(self) -> None:
        self.roots: list[Node[T]] = []
        self._open: list[Listing[T] | Quotation[T]] = []

    def add(self, passage: T, wording: Wording) -> None:
        item = wording.kind == "item"
        quoted = wording.quoted or wording.kind == "quote"
        if wording.kind == "heading" and not quoted:
            self._open.clear()
        self._stand(quoted, wording.depth, item=item)
        self._leave_lists(wording.depth, self._floor())
        if not item:
            self._here().append(Leaf(passage))
            return
        top = self._open[-1] if len(self._open) > self._floor() else None
        if isinstance(top, Listing) and top.depth == wording.depth:
            if top.ordered == wording.ordered:
                top.items.append(Item(passage))
                return
            self._open.pop()
        listing = Listing[T](wording.depth, wording.ordered, [Item(passage)])
        self._here().append(listing)
        self._open.append(listing)

    def _here(self) -> list[Node[T]]:
        """Where the next passage goes: into the last item or quotation that is open."""
        if not self._open:
            return self.roots
        top = self._open[-1]
        return top.inside if isinstance(top, Quotation) else top.items[-1].inside

    def _floor(self) -> int:
        """The first place among the open ones that is inside the open quotation."""
        for index, container in enumerate(self._open):
            if isinstance(container, Quotation):
                return index + 1
        return 0

    def _stand(self, quoted: bool, depth: int, *, item: bool) -> None:
        """Stand inside a quotation exactly if the passage is quoted."""
        floor = self._floor()
        if floor:
            if quoted and depth >= self._open[floor - 1].depth:
                return
            del self._open[floor - 1 :]
        if quoted:
            # A quotation at depth n goes on with the item at depth n; a quoted list does not, so
            # it leaves the lists that are as deep as itself.
            self._leave_lists(depth - 1 if item else depth, 0)
            quotation = Quotation[T](self._open[-1].depth if self._open else 0)
            self._here().append(quotation)
            self._open.append(quotation)

    def _leave_lists(self, depth: int, floor: int) -> None:
        while len(self._open) > floor and self._open[-1].depth > depth:
            self._open.pop()
