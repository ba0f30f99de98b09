"""What this room stores about people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from folkmoot.people.register import OnClosing, PersonalData, declare

declare(
    PersonalData(
        model="live.EditingSession",
        title=_("Your sessions of editing"),
        fields=("text__title", "began", "ended", "passages", "added", "removed"),
        whose="person",
        purpose=_("So that everybody in the commission sees who wrote what, and when."),
        retention=_("As long as the text, without your name once you close your account."),
        on_closing=OnClosing.KEEP,
    ),
    PersonalData(
        model="live.Update",
        title=_("What you wrote, keystroke by keystroke"),
        fields=("document__text__title", "at"),
        whose="author",
        purpose=_("So that nothing written is lost, and its history can be read."),
        retention=_(
            "The keystrokes of a session of editing become one update after the number of days "
            "that the organisation has set; that stays as long as the text, without your name once "
            "you close your account."
        ),
        on_closing=OnClosing.KEEP,
    ),
)
