"""A picture somebody uploads, drawn anew so that nothing rides along with it.

What a camera writes into a file (place, time, device) and what somebody may have hidden in it do
not survive: only the picture itself is kept.
"""

from __future__ import annotations

import io
import warnings
from typing import BinaryIO

from django.utils.translation import gettext as _

PICTURE_BYTES = 15 * 1024 * 1024
PICTURE_PIXELS = 40_000_000
WIDEST = 3200
"""Larger pictures are made smaller: no page or print shows more."""

_KINDS = ("PNG", "JPEG", "GIF", "WEBP")


class Unusable(ValueError):
    """The picture cannot be used; the message says why and what to do."""


def redrawn(file: BinaryIO, size: int) -> tuple[bytes, str]:
    """The picture's bytes, encoded afresh as PNG or JPEG, and their media type."""
    # Loaded when somebody sends a picture; most servers run for days without one.
    from PIL import Image, ImageOps, UnidentifiedImageError

    if size > PICTURE_BYTES:
        raise Unusable(
            _("This picture is larger than %(most)s MB. Save it in a smaller size.")
            % {"most": PICTURE_BYTES // 1024 // 1024}
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=_KINDS) as opened:
                if opened.width * opened.height > PICTURE_PIXELS:
                    raise Unusable(_("This picture has too many pixels. Save it smaller."))
                photograph = opened.format in ("JPEG", "WEBP") and "A" not in opened.getbands()
                image = ImageOps.exif_transpose(opened)
                image.thumbnail((WIDEST, WIDEST))
                image = image.convert("RGB" if photograph else "RGBA")
                out = io.BytesIO()
                if photograph:
                    image.save(out, "JPEG", quality=88, optimize=True)
                else:
                    image.save(out, "PNG", optimize=True)
    except Unusable:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Unusable(_("This picture has too many pixels. Save it smaller.")) from None
    except UnidentifiedImageError:
        raise Unusable(_("This is not a picture we know: use PNG, JPEG, GIF or WebP.")) from None
    except Exception as error:  # Pillow's readers raise almost anything on damaged files.
        raise Unusable(
            _("This picture is damaged. Open it, save it again, and use that.")
        ) from error
    return out.getvalue(), "image/jpeg" if photograph else "image/png"
