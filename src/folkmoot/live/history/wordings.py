"""All wordings that one passage has had."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from folkmoot.commission.models import Edit, Text
from folkmoot.live.models import TouchedPassage
from folkmoot.people.models import Person


@dataclass
class Version:
    """A wording a passage had from a moment on.

    `digest` is empty for the time in which it was not in the text. `touched` says which session of
    editing left it so, `edit` is the act of the ledger that recorded it; a version has one of them
    or both, the first perhaps none.
    """

    digest: str
    at: datetime
    touched: TouchedPassage | None = None
    edit: Edit | None = None

    @property
    def person(self) -> Person | None:
        """Who left these words, as far as is known."""
        if self.touched is not None and self.touched.session.person is not None:
            return self.touched.session.person
        return self.edit.editor if self.edit is not None else None


def versions_of(text: Text, passage: str) -> list[Version]:
    """The wordings of a passage, oldest first: those that sessions of editing left, and those that
    the ledger recorded in between."""
    touches = list(
        TouchedPassage.objects.filter(session__text=text, passage=passage)
        .select_related("session__person")
        .order_by("at", "last")
    )
    edits = list(
        Edit.objects.filter(passage=passage, passage__text=text)
        .select_related("editor", "passage")
        .order_by("seq")
    )
    made = [Version(touch.after, touch.at, touched=touch) for touch in touches]
    made += [Version(edit.after_id, edit.at, edit=edit) for edit in edits]
    # What stood before the first change that is known.
    if edits:
        made.append(Version(edits[0].before_id, edits[0].passage.created))
    earliest = min(touches, key=lambda touch: (touch.session.began, touch.first), default=None)
    if earliest is not None and earliest.before:
        made.append(Version(earliest.before, earliest.session.began))
    made.sort(key=lambda version: version.at)
    versions: list[Version] = []
    for version in made:
        if versions and versions[-1].digest == version.digest:
            # The same words once more: recorded by the ledger, or left by another session too.
            versions[-1].edit = versions[-1].edit or version.edit
            versions[-1].touched = versions[-1].touched or version.touched
        else:
            versions.append(version)
    return versions
