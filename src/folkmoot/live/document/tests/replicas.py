"""People at their screens: replicas that do to a document what the editor's binding does."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from folkmoot.algorithms.wording import Wording, text
from folkmoot.live.document.paper import Outcome, Paper
from folkmoot.live.document.schema import TEXT, VARIANTS

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def passages(count: int, words: int = 12) -> list[tuple[str, str, Wording]]:
    """As many paragraphs, each with words of its own."""
    return [
        (name(n), "", text("paragraph", " ".join(f"w{n}x{k}" for k in range(words))))
        for n in range(count)
    ]


def name(number: int) -> str:
    """A passage id that is the same in every run."""
    return f"{number:010d}"


class Replica:
    """One person's copy. What they do gathers in `outbox` until it is sent."""

    def __init__(self, paper: Paper, author: str, seed: int = 0) -> None:
        self.author = author
        self.random = random.Random(f"{author}{seed}")
        self.doc: Doc[Any] = Doc(client_id=self.random.getrandbits(32))
        self.doc.apply_update(paper.state())
        self.text: XmlFragment = self.doc.get(TEXT, type=XmlFragment)
        self.variants: XmlFragment = self.doc.get(VARIANTS, type=XmlFragment)
        self.outbox: list[bytes] = []
        self._receiving = False
        self._observer = self.doc.observe(self._changed)
        self._removed: list[tuple[int, str, str | None]] = []

    def _changed(self, event: Any) -> None:
        if not self._receiving:
            self.outbox.append(event.update)

    def receive(self, update: bytes) -> None:
        """Take in what the server sends."""
        if not update:
            return
        self._receiving = True
        try:
            self.doc.apply_update(update)
        finally:
            self._receiving = False

    def sent(self) -> list[tuple[bytes, str]]:
        """Everything done since it was last asked for, for `Paper.apply`."""
        out, self.outbox = self.outbox, []
        return [(update, self.author) for update in out]

    def ids(self) -> list[str]:
        return [child.attributes.get("id") or "" for child in self.text.children]

    def at(self, id: str) -> XmlElement:
        """The first passage with an id."""
        return next(c for c in self.text.children if c.attributes.get("id") == id)

    def index(self, id: str) -> int:
        return self.ids().index(id)

    def words(self, node: XmlElement) -> str:
        return "".join(str(child) for child in node.children if isinstance(child, XmlText))

    # --- what people do

    def type(self, node: XmlElement, at: int, words: str, **marks: Any) -> None:
        """Type into the text of a passage, `at` counted in bytes."""
        with self.doc.transaction():
            found = [c for c in node.children if isinstance(c, XmlText)]
            inside = found[0] if found else node.children.append(XmlText())
            inside.insert(min(at, len(inside)), words, marks or None)

    def split(self, node: XmlElement, at: int, id: str | None) -> XmlElement:
        """Press Enter: the words behind `at` go into a new passage with this id."""
        with self.doc.transaction():
            inside = next((c for c in node.children if isinstance(c, XmlText)), None)
            tail = ""
            if inside is not None:
                tail = str(inside).encode()[at:].decode(errors="ignore")
                del inside[at : len(inside)]
            return self._new(self._number(node) + 1, tail, id, node.attributes.get("kind"))

    def join(self, first: int) -> None:
        """Press Backspace at the start of the passage behind this one."""
        with self.doc.transaction():
            node, gone = self.text.children[first], self.text.children[first + 1]
            self.type(node, 10**9, self.words(gone))
            del self.text.children[first + 1]

    def insert(self, at: int, words: str, id: str | None) -> XmlElement:
        with self.doc.transaction():
            return self._new(at, words, id, "paragraph")

    def remove(self, at: int) -> None:
        node = self.text.children[at]
        self._removed.append((at, self.words(node), node.attributes.get("id")))
        del self.text.children[at]

    def move(self, source: int, target: int) -> None:
        """Drag a passage: the binding takes it out and makes it again."""
        with self.doc.transaction():
            node = self.text.children[source]
            words, id = self.words(node), node.attributes.get("id")
            del self.text.children[source]
            self._new(min(target, len(self.text.children)), words, id, "paragraph")

    def bring_back(self) -> None:
        """Undo the last removal: Yjs makes a new element with all that the old one bore."""
        if self._removed:
            at, words, id = self._removed.pop()
            self.insert(min(at, len(self.text.children)), words, id)

    def table(self, at: int, id: str) -> None:
        with self.doc.transaction():
            table = self.text.children.insert(at, XmlElement("table", {"id": id}))
            table.children.append(XmlElement("caption")).children.append(XmlText("Table"))
            for _ in range(2):
                row = table.children.append(XmlElement("row"))
                for _ in range(2):
                    row.children.append(XmlElement("cell")).children.append(XmlText("c"))

    def propose(self, id: str, of: str, words: str) -> None:
        """Begin another wording of a passage."""
        with self.doc.transaction():
            variant = self.variants.children.append(
                XmlElement("variant", {"id": id, "of": of, "by": self.author})
            )
            node = variant.children.append(XmlElement("passage", {"kind": "paragraph"}))
            node.children.append(XmlText(words))

    def _number(self, node: XmlElement) -> int:
        return next(n for n, child in enumerate(self.text.children) if child == node)

    def _new(self, at: int, words: str, id: str | None, kind: str | None) -> XmlElement:
        attributes = {"kind": kind or "paragraph"} | ({} if id is None else {"id": id})
        node = self.text.children.insert(at, XmlElement("passage", attributes))
        if words:
            node.children.append(XmlText(words))
        return node

    def act(self) -> None:
        """Do one thing at random, sensible or not."""
        r = self.random
        count = len(self.text.children)
        if not count:
            self.insert(0, "again", self._fresh())
            return
        at = r.randrange(count)
        node = self.text.children[at]
        length = len(self.words(node).encode()) if node.tag == "passage" else 0
        choice = r.random()
        if node.tag != "passage" or choice < 0.3:
            if node.tag == "passage":
                self.type(node, r.randrange(length + 1), r.choice(["a", " b", "cd "]))
            else:
                self.remove(at)
        elif choice < 0.4 and length > 1:
            inside = next(c for c in node.children if isinstance(c, XmlText))
            if len(inside):
                start = r.randrange(len(inside))
                del inside[start : min(len(inside), start + r.randrange(1, 9))]
        elif choice < 0.5:
            self.split(node, r.randrange(length + 1), self._some_id(node))
        elif choice < 0.58 and at + 1 < count:
            self.join(at)
        elif choice < 0.65:
            self.move(at, r.randrange(count))
        elif choice < 0.7:
            self.remove(at)
        elif choice < 0.78:
            self.insert(
                r.randrange(count + 1),
                r.choice(["", "new words", self.words(node)]),
                self._some_id(node),
            )
        elif choice < 0.84:
            key, value = r.choice(
                [
                    ("kind", "item"),
                    ("kind", "heading"),
                    ("depth", "2"),
                    ("ordered", "yes"),
                    ("kind", "figure"),
                    ("kind", "recommendation"),
                    ("area", "Law"),
                    ("label", "7"),
                ]
            )
            node.attributes[key] = value
        elif choice < 0.88:
            inside = next((c for c in node.children if isinstance(c, XmlText)), None)
            if inside is not None and len(inside) > 1:
                inside.format(0, r.randrange(1, len(inside)), {r.choice(["strong", "em"]): {}})
        elif choice < 0.91:
            with self.doc.transaction():
                note = node.children.append(XmlElement("footnote"))
                note.children.append(XmlText("a note"))
                node.children.append(XmlElement("break"))
        elif choice < 0.93:
            self.table(at, self._fresh())
        elif choice < 0.95:
            self.propose(self._fresh(), self.random.choice([name(0), self._fresh()]), "other words")
        elif choice < 0.97:
            node.attributes["id"] = r.choice(["", "bad id", self.ids()[r.randrange(count)]])
        elif choice < 0.985:
            self.bring_back()
        elif len(self.variants.children):
            del self.variants.children[0]

    def _fresh(self) -> str:
        return "".join(self.random.choice(ALPHABET) for _ in range(10))

    def _some_id(self, node: XmlElement) -> str | None:
        return self.random.choice([None, self._fresh(), node.attributes.get("id"), "!"])


def exchange(paper: Paper, replicas: Sequence[Replica]) -> Outcome:
    """Everybody sends, the server answers, everybody receives."""
    batch = [one for replica in replicas for one in replica.sent()]
    outcome = paper.apply(batch)
    for replica in replicas:
        replica.receive(outcome.merged)
    return outcome
