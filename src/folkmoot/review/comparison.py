"""What changed from one edition to another."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from folkmoot.algorithms.redline import compare
from folkmoot.commission.shown import Difference, difference
from folkmoot.review.layout import Layout, Line


@dataclass(frozen=True)
class Changed:
    """What became of one passage. Without `after` it was left out, without `before` it is new."""

    id: str
    before: Line | None
    after: Line | None
    moved: bool

    @property
    def reworded(self) -> bool:
        return bool(
            self.before and self.after and self.before.wording.digest != self.after.wording.digest
        )

    @property
    def renumbered(self) -> bool:
        """Whether a number that people cite has changed. Markers of lists are no such number."""
        return bool(self.before and self.after and self.before.number != self.after.number)

    @property
    def added(self) -> bool:
        return self.before is None

    @property
    def left_out(self) -> bool:
        return self.after is None

    @cached_property
    def difference(self) -> Difference:
        return difference(
            self.before.wording if self.before else None,
            self.after.wording if self.after else None,
        )

    @property
    def line(self) -> Line:
        """The passage as it stands, or stood."""
        found = self.after or self.before
        assert found is not None
        return found


@dataclass(frozen=True)
class Group:
    """Changes in one chapter."""

    title: str
    changes: tuple[Changed, ...]


@dataclass(frozen=True)
class Comparison:
    """Two editions side by side, `new` against `old`."""

    old: Layout
    new: Layout

    @cached_property
    def changes(self) -> list[Changed]:
        """Every passage that is not the same in both, in the order of the new edition."""
        found = compare(
            [(line.id, line.wording) for line in self.old.lines],
            [(line.id, line.wording) for line in self.new.lines],
        )
        every = [
            Changed(
                change.id,
                None if change.before_index is None else self.old.lines[change.before_index],
                None if change.after_index is None else self.new.lines[change.after_index],
                change.moved,
            )
            for change in found
        ]
        return [c for c in every if c.added or c.left_out or c.reworded or c.moved or c.renumbered]

    @cached_property
    def worded(self) -> list[Changed]:
        """Changes of words and place; a number that only moved along is told apart."""
        return [c for c in self.changes if c.added or c.left_out or c.reworded or c.moved]

    @cached_property
    def renumbered(self) -> list[Changed]:
        """Recommendations, headings and the like with another number than before, and paragraphs
        only when there are few of them: one new paragraph renumbers all that follow."""
        every = [c for c in self.changes if c.renumbered]
        few = [c for c in every if c.line.wording.kind != "paragraph"]
        return every if len(every) - len(few) <= 20 else few

    @cached_property
    def paragraphs_renumbered(self) -> int:
        return sum(c.renumbered for c in self.changes) - len(self.renumbered)

    @cached_property
    def unchanged(self) -> int:
        return len(self.new.lines) - sum(not c.left_out for c in self.worded)

    @cached_property
    def counts(self) -> dict[str, int]:
        return {
            "added": sum(c.added for c in self.worded),
            "left_out": sum(c.left_out for c in self.worded),
            "reworded": sum(c.reworded for c in self.worded),
            "moved": sum(c.moved for c in self.worded),
        }

    @cached_property
    def groups(self) -> list[Group]:
        """By chapter of the new edition; what was left out stands under the chapter it followed."""
        out: list[Group] = []
        titles = {c.slug: c.title for c in self.new.chapters}
        old_titles = {c.slug: c.title for c in self.old.chapters}
        run: list[Changed] = []
        current = ""
        for change in self.worded:
            line = change.line
            name = titles[line.chapter] if change.after else old_titles[line.chapter]
            if run and name != current:
                out.append(Group(current, tuple(run)))
                run = []
            current = name
            run.append(change)
        if run:
            out.append(Group(current, tuple(run)))
        return out
