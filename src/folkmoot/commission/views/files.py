"""Taking a working text away as a file, and its pictures."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from folkmoot.commission.models import Picture
from folkmoot.commission.shown import field_words
from folkmoot.documents.exporting import FORMS, ExportPassage, ExportText, NotWritten

from .room import Room


@require_safe
def export(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """The working text in one of the forms, marked as a draft that nobody has agreed to."""
    room = Room(request, slug)
    if form not in FORMS:
        raise Http404
    chosen = FORMS[form]
    passages = room.text.outline()
    pictures = {picture.digest: picture for picture in room.text.pictures.all()}

    def picture(digest: str) -> bytes | None:
        if digest not in pictures:
            return None
        with pictures[digest].file.open("rb") as file:
            return bytes(file.read())

    try:
        written = chosen.write(
            ExportText(
                title=room.text.title,
                passages=[ExportPassage(p.id, p.value, p.label) for p in passages],
                language=room.text.language,
                subtitle=_("Working draft. Not agreed."),
                date=timezone.localdate(),
                notice=_(
                    "This is what the commission is working on. It is confidential to the "
                    "commission, and nothing in it has been agreed by being in it."
                ),
                pictures=picture,
                words=field_words(),
            )
        )
    except NotWritten as error:
        messages.error(request, str(error))
        return redirect(room.text)
    return HttpResponse(
        written,
        content_type=chosen.media_type,
        headers={
            "Content-Disposition": (
                f'attachment; filename="{room.text.slug}-working-draft{chosen.suffix}"'
            )
        },
    )


@require_safe
def picture(request: HttpRequest, slug: str, digest: str) -> FileResponse:
    """A picture of a text, for those who may read the text."""
    room = Room(request, slug)
    found = get_object_or_404(Picture, digest=digest, texts=room.text)
    return FileResponse(
        found.file.open("rb"),
        content_type=found.media_type,
        headers={
            "Cache-Control": "private, max-age=31536000, immutable",
            # A drawing opened on its own must not run anything.
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        },
    )
