"""Why a file was not read: one code for programs, one sentence for people."""

from __future__ import annotations


class Refusal(ValueError):
    """The file cannot be read as a text. `message` is one plain sentence that says what to do.

    Codes: empty, too-large, unknown-type, wrong-type, encrypted, old-word, pages, pdf, damaged,
    bomb, unsafe-xml, too-deep, too-slow, too-much-memory, too-many-passages, no-words, reader.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
