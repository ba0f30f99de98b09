"""The text of the bench: 2,000 passages and 75,000 words, shaped as our schema shapes them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from pycrdt import Doc, TransactionEvent, XmlElement, XmlFragment, XmlText

ROOT_NAME = "prosemirror"
PASSAGES = 2000
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_COMMON = (
    "the of and to in members branches that were not a was for on it as by be this with had "
    "from which commission meeting should campaign constituency one may party said been have at "
    "their he or but would report seat votes national there they more canvass leaflet secretary "
    "year turnout data doorstep regional office who its second after other volunteers some when "
    "local between decision evidence what before if could poll target time where two officers "
    "into"
)
_WORDS = _COMMON.split()


@dataclass(frozen=True)
class Line:
    """One passage to be: its id, its kind, its depth as the schema writes it, its words."""

    id: str
    kind: str
    depth: str
    words: str


def lines(passages: int = PASSAGES, words: int = 0, seed: int = 7) -> list[Line]:
    """A text in chapters and sections, with items; 37.5 words a passage unless said otherwise."""
    chance = random.Random(seed)
    words = words or passages * 75 // 2
    made: list[Line] = []
    weights = []
    for number in range(passages):
        if number % 100 == 0:
            kind, depth, weight = "heading", "1", 0.1
        elif number % 20 == 0:
            kind, depth, weight = "heading", "2", 0.15
        elif number % 20 in (7, 8, 9):
            kind, depth, weight = "item", "1", 0.6
        else:
            kind, depth, weight = "paragraph", "", chance.uniform(0.6, 1.7)
        name = "".join(chance.choices(_ALPHABET, k=10))
        made.append(Line(name, kind, depth, ""))
        weights.append(weight)
    each = words / sum(weights)
    return [
        Line(
            line.id,
            line.kind,
            line.depth,
            " ".join(chance.choices(_WORDS, k=max(2, round(weight * each)))).capitalize() + ".",
        )
        for line, weight in zip(made, weights, strict=True)
    ]


def state(made: list[Line]) -> bytes:
    """These passages as one update."""
    doc: Doc[XmlFragment] = Doc()
    root = doc.get(ROOT_NAME, type=XmlFragment)
    with doc.transaction():
        for line in made:
            attributes = {"id": line.id, "kind": line.kind}
            if line.depth:
                attributes["depth"] = line.depth
            root.children.append(XmlElement("passage", attributes, [XmlText(line.words)]))
    return doc.get_update()


_CODE = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
MARK_LENGTH = 6


def mark(writer: int, number: int) -> bytes:
    """Six letters that occur once in a run: a tilde, two for the writer, three for the edit."""
    a, b = divmod(writer, 62)
    number, e = divmod(number, 62)
    c, d = divmod(number, 62)
    return f"~{_CODE[a]}{_CODE[b]}{_CODE[c]}{_CODE[d]}{_CODE[e]}".encode()


class Typist:
    """Somebody who types into their own copy: every edit puts a mark after the last one.

    As people do, they stay in a passage for a while (`stay` edits), then go to another; every
    eighth edit also takes two of the old letters away. `update` gives the edit as it goes over the
    wire.
    """

    def __init__(self, state: bytes, writer: int, first: int = 0, stay: int = 14) -> None:
        self.writer, self.number, self.stay = writer, first, stay
        self._doc: Doc[XmlFragment] = Doc()
        self._root = self._doc.get(ROOT_NAME, type=XmlFragment)
        self._doc.apply_update(state)
        self.client = self._doc.client_id
        self._began = self._doc.get_state()
        self.marks: list[bytes] = []
        self._chance = random.Random(writer * 7919 + first)
        self._blocks = len(self._root.children)
        self._last = b""
        self._subscription = self._doc.observe(self._keep)
        self._left = 0
        self.passage = ""
        self.offset = 0
        self._text: XmlText | None = None
        self._visited: set[int] = set()

    def _keep(self, event: TransactionEvent) -> None:
        self._last = event.update

    def close(self) -> None:
        self._doc.unobserve(self._subscription)

    def _go(self) -> None:
        """To another passage, at the beginning of a word. A passage is visited once and marks hold
        no spaces, so no mark of this person is ever torn apart by another one."""
        self._text = None
        fresh = [n for n in range(self._blocks) if n not in self._visited]
        self._chance.shuffle(fresh)
        for number in fresh:
            self._visited.add(number)
            block = self._root.children[number]
            if isinstance(block, XmlElement) and block.tag == "passage":
                inner = list(block.children)
                if inner and isinstance(inner[0], XmlText):
                    self._text = inner[0]
                    self.passage = str(block.attributes["id"])
                    break
        if self._text is None:
            raise RuntimeError("There are no passages left to type in.")
        content = str(self._text)
        spaces = [at for at, letter in enumerate(content[: len(content) // 2 + 1]) if letter == " "]
        self.offset = self._chance.choice(spaces) + 1 if spaces else 0
        self._left = self.stay

    def update(self) -> tuple[bytes, bytes]:
        """The mark that was typed and the update that says so."""
        if not self._left:
            self._go()
        assert self._text is not None
        self._left -= 1
        typed = mark(self.writer, self.number)
        self.marks.append(typed)
        self.number += 1
        with self._doc.transaction():
            self._text.insert(self.offset, typed.decode())
            self.offset += MARK_LENGTH
            if self.number % 8 == 0 and len(self._text) > self.offset + 2:
                del self._text[self.offset : self.offset + 2]
        return typed, self._last

    def state_vector(self) -> bytes:
        """What this copy holds."""
        return self._doc.get_state()

    def own(self) -> tuple[list[bytes], bytes] | None:
        """Every mark typed so far, and one update with all of it; None before the first."""
        if not self.marks:
            return None
        return list(self.marks), self._doc.get_update(self._began)

    def updates(self, count: int) -> Iterator[tuple[bytes, bytes]]:
        return (self.update() for _ in range(count))
