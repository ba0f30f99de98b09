"""Seals on what travels through a shared service: only processes with our secret key can write.

A seal binds the words to the channel they were written for, so a letter to one process cannot be
shown to another.
"""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings

LENGTH = hashlib.sha256().digest_size


def _key() -> bytes:
    return hashlib.sha256(b"folkmoot.live.hub\0" + settings.SECRET_KEY.encode()).digest()


class Seal:
    """The seal of this installation, made from its secret key."""

    def __init__(self, key: bytes | None = None) -> None:
        self._key = _key() if key is None else key

    def close(self, channel: str, words: bytes) -> bytes:
        """`words` with the seal for `channel` in front."""
        return self._of(channel, words) + words

    def opened(self, channel: str, sealed: bytes) -> bytes | None:
        """The words, or `None` when the seal is not ours or not for this channel."""
        seal, words = sealed[:LENGTH], sealed[LENGTH:]
        return words if hmac.compare_digest(seal, self._of(channel, words)) else None

    def _of(self, channel: str, words: bytes) -> bytes:
        return hmac.digest(self._key, channel.encode() + b"\0" + words, "sha256")
