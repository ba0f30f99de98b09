"""A picture in a text, named by the digest of its bytes."""

from __future__ import annotations

import hashlib
from typing import Self

from django.core.files.base import ContentFile
from django.db import models


def stored_as(picture: Picture, name: str) -> str:
    return f"pictures/{picture.digest[:2]}/{picture.digest}"


class Picture(models.Model):
    digest = models.CharField(max_length=64, primary_key=True)
    media_type = models.CharField(max_length=40)
    file = models.FileField(upload_to=stored_as)
    texts = models.ManyToManyField("commission.Text", related_name="pictures")

    def __str__(self) -> str:
        return self.digest[:12]

    @classmethod
    def keep(cls, data: bytes, media_type: str) -> Self:
        """Store the bytes once and return their row."""
        digest = hashlib.sha256(data).hexdigest()
        existing = cls.objects.filter(digest=digest).first()
        if existing:
            return existing
        picture = cls(digest=digest, media_type=media_type)
        picture.file.save(digest, ContentFile(data), save=False)
        picture.save()
        return picture
