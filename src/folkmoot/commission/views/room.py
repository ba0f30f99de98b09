"""What nearly every page of a text begins with: the text, who is asking, and what they may know."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from folkmoot.algorithms.wording import Wording
from folkmoot.commission import policies
from folkmoot.commission.consent_log import looking
from folkmoot.commission.doors import doors
from folkmoot.commission.models import Draft, Passage, StoredWording, Text
from folkmoot.commission.outline import Outline, kept, outline
from folkmoot.commission.sight import Sight, sight
from folkmoot.people.policies import Right, require, who_asks


class Room:
    """A text, entered by somebody who may read it.

    What is done in a room is answered in its own way: here with a page, and after an act by going
    to the passage it was about. The panel beside the editor is another such room, so that an act
    is written once and has the same effect wherever it is done.
    """

    acts = "commission:"
    """How the names of the addresses begin to which forms on its pages are sent."""

    def __init__(self, request: HttpRequest, slug: str) -> None:
        self.request = request
        self.text = get_object_or_404(Text.objects.select_related("commission"), slug=slug)
        self.commission = self.text.commission
        require(policies.may_see_text(request.user, self.text), policies.READ_TEXT)
        self.person = who_asks(request)
        self.held = policies.standing(self.person, self.commission)
        self._drafts: dict[str, Draft | None] = {}

    @cached_property
    def sight(self) -> Sight:
        """What the visitor may know of the stances, as they stand now."""
        with looking(self.text) as (state, digest):
            key = ("sight", self.text.pk, digest, self.held, self.commission.visibility)
            return kept(key, lambda: sight(self.text, self.held, state, digest))

    @cached_property
    def outline(self) -> Outline:
        return outline(self.text)

    def require(self, condition: bool, right: Right) -> None:
        require(condition, right)

    def passage(self, passage: str) -> Passage:
        """A passage of this text, withdrawn ones included; 404 for any other."""
        found = get_object_or_404(
            Passage.objects.select_related("wording"), pk=passage, text=self.text
        )
        found.text = self.text
        return found

    def draft(self, passage: Passage) -> Draft | None:
        """What is being written in a passage at this moment and not recorded yet. Looked up once,
        so that an answer speaks of one and the same words throughout."""
        if passage.pk not in self._drafts:
            self._drafts[passage.pk] = Draft.objects.of_passage(passage)
        return self._drafts[passage.pk]

    def words(self, passage: Passage) -> Wording:
        """The words that stand in a passage at this moment, recorded or not."""
        draft = self.draft(passage)
        return passage.value if draft is None or draft.value is None else draft.value

    def wording(self, digest: str) -> Wording:
        """A wording by its digest; 404 when there is none."""
        try:
            return StoredWording.objects.get(digest=digest).value
        except StoredWording.DoesNotExist as error:
            raise Http404 from error

    def picture_url(self, digest: str) -> str:
        """Where the readers of this text get a picture."""
        return f"/texts/{self.text.slug}/pictures/{digest}/"

    def context(self, **more: Any) -> dict[str, Any]:
        person, text = self.person, self.text
        return {
            "text": text,
            "commission": self.commission,
            "held": self.held,
            "waiting": len(self.sight.waiting),
            "may_edit": policies.may_edit(person, text),
            "may_call": policies.may_call(person, text),
            "may_import": policies.may_import(person, text),
            "writes": self.held.writes,
            "doors": doors(text, person),
            "acts": self.acts,
            **more,
        }

    def answer(self, passage: Passage, to: str = "") -> HttpResponse:
        """After an act: on to the passage, or to the address `to`."""
        return redirect(to or passage)

    def render(self, template: str, *, status: int = 200, **more: Any) -> HttpResponse:
        return render(
            self.request, f"commission/{template}.html", self.context(**more), status=status
        )
