"""Pictures from a document, opened before anybody believes them."""

from __future__ import annotations

import hashlib
import io
import re
import warnings
from typing import Final

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from PIL import Image, UnidentifiedImageError

from folkmoot.documents.block import Picture
from folkmoot.documents.limits import Limits

_KEPT: Final = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp"}
_TURNED: Final = ("BMP", "TIFF", "PPM", "ICO", "TGA", "PCX")
_SAFE_ELEMENTS: Final = frozenset(
    [
        "svg",
        "g",
        "defs",
        "title",
        "desc",
        "metadata",
        "path",
        "rect",
        "circle",
        "ellipse",
        "line",
        "polyline",
        "polygon",
        "text",
        "tspan",
        "lineargradient",
        "radialgradient",
        "stop",
        "clippath",
        "mask",
        "pattern",
        "symbol",
        "use",
        "marker",
        "style",
        "switch",
        "textpath",
    ]
)
_ALLOWED_ATTRIBUTE_START: Final = ("on",)
_REACHES_OUT: Final = re.compile(
    r"url\(\s*['\"]?(?!#)|@import|expression\(|javascript:", re.IGNORECASE
)


class Unusable(ValueError):
    """The picture cannot be used; the message says why, to follow "A picture: "."""


def picture(data: bytes, name: str, limits: Limits) -> Picture:
    """A picture that is sound and safe to serve. Raises `Unusable`.

    PNG, JPEG, GIF and WebP are kept byte for byte when they are whole; BMP, TIFF and the like are
    turned into PNG; SVG is kept when it draws only with itself.
    """
    if len(data) > limits.picture_bytes:
        raise Unusable(f"it is larger than {limits.picture_bytes // 1_000_000} MB")
    head = data[:1024].lstrip()
    if name.lower().endswith((".svg", ".svgz")) or head.startswith(b"<svg") or b"<svg" in head:
        return _drawn(data)
    if name.lower().endswith((".emf", ".wmf")) or data[40:44] == b" EMF":
        raise Unusable("it is a Windows metafile (EMF or WMF); save it as PNG in the document")
    return _painted(data, limits)


def _painted(data: bytes, limits: Limits) -> Picture:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=[*_KEPT, *_TURNED]) as image:
                if image.width * image.height > limits.picture_pixels:
                    raise Unusable("it has too many pixels")
                form = image.format or ""
                image.load()
                if form in _KEPT:
                    return _named(data, _KEPT[form])
                out = io.BytesIO()
                mode = image.mode if image.mode in ("1", "L", "LA", "P", "RGB", "RGBA") else "RGB"
                image.convert(mode).save(out, "PNG", optimize=True)
                return _named(out.getvalue(), "image/png")
    except Unusable:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Unusable("it has too many pixels") from None
    except UnidentifiedImageError:
        raise Unusable("its kind is not known here") from None
    except Exception as error:  # Pillow's plugins raise almost anything on damaged pictures.
        raise Unusable("it is damaged") from error


def _drawn(data: bytes) -> Picture:
    try:
        root = ElementTree.fromstring(data)
    except (ElementTree.ParseError, DefusedXmlException, ValueError, UnicodeError):
        raise Unusable("it is an SVG drawing that is damaged or refers to other files") from None
    for element in root.iter():
        tag = element.tag if isinstance(element.tag, str) else ""
        space, _, name = tag.rpartition("}")
        if space and "svg" not in space:
            continue
        if name.lower() not in _SAFE_ELEMENTS:
            raise Unusable(f"it is an SVG drawing with “{name}” in it, which is not allowed")
        if name.lower() == "style" and _REACHES_OUT.search(element.text or ""):
            raise Unusable("it is an SVG drawing that refers to other files")
        for attribute, words in element.attrib.items():
            plain = attribute.rpartition("}")[2].lower()
            if plain.startswith(_ALLOWED_ATTRIBUTE_START):
                raise Unusable("it is an SVG drawing with a program in it")
            if plain == "href" and not words.strip().startswith("#"):
                raise Unusable("it is an SVG drawing that refers to other files")
            if _REACHES_OUT.search(words):
                raise Unusable("it is an SVG drawing that refers to other files")
    return _named(data, "image/svg+xml")


def _named(data: bytes, media_type: str) -> Picture:
    return Picture(hashlib.sha256(data).hexdigest(), data, media_type)
