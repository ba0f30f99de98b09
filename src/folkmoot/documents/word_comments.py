"""Comments of a Word document: threads, resolved or not, and where their ranges begin and end."""

from __future__ import annotations

from collections.abc import Mapping

from folkmoot.documents.block import ImportedComment
from folkmoot.documents.marker import Marker
from folkmoot.documents.package import Element
from folkmoot.documents.word_names import W14, W15, W, remove, shown_text, value

ANCHORS = (W + "commentRangeStart", W + "commentRangeEnd", W + "commentReference")


class Comments:
    """The comments of one document; numbers in marks are those of `heads`."""

    def __init__(self, root: Element | None, extended: Element | None) -> None:
        self._by_id: dict[str, Element] = {}
        self._parent: dict[str, str] = {}
        self._resolved: set[str] = set()
        self._read(root, extended)
        self.heads = [i for i in self._by_id if self._head(i) == i]
        self._number = {identifier: n for n, identifier in enumerate(self.heads)}

    def _read(self, root: Element | None, extended: Element | None) -> None:
        if root is None:
            return
        of_paragraph: dict[str, str] = {}
        for element in root.iter(W + "comment"):
            identifier = element.get(W + "id") or ""
            self._by_id[identifier] = element
            for paragraph in element.iter(W + "p"):
                of_paragraph[paragraph.get(W14 + "paraId") or ""] = identifier
        if extended is not None:
            for entry in extended.iter(W15 + "commentEx"):
                own = of_paragraph.get(entry.get(W15 + "paraId") or "-")
                if own is None:
                    continue
                if entry.get(W15 + "done") in ("1", "true"):
                    self._resolved.add(own)
                above = of_paragraph.get(entry.get(W15 + "paraIdParent") or "-")
                if above is not None and above != own:
                    self._parent[own] = above

    def _head(self, identifier: str) -> str:
        seen: set[str] = set()
        while identifier in self._parent and identifier not in seen:
            seen.add(identifier)
            identifier = self._parent[identifier]
        return identifier

    def mark(self, root: Element, marker: Marker) -> None:
        """Replace the anchors of comments in a part by marks in its words."""
        ranged = {e.get(W + "id") or "" for e in root.iter(W + "commentRangeStart")}
        for element in list(root.iter(*ANCHORS)):
            identifier = element.get(W + "id") or ""
            number = self._number.get(identifier)
            if number is not None:
                if element.tag == W + "commentRangeStart":
                    _write(element, marker.write("c", number))
                elif element.tag == W + "commentRangeEnd":
                    _write(element, marker.write("d", number))
                elif identifier not in ranged:
                    run = element.getparent()
                    if run is not None:
                        mark = marker.write("c", number) + marker.write("d", number)
                        run.addprevious(_run(run, mark))
            remove(element)

    def read(self, quotes: Mapping[int, list[str]]) -> dict[int, ImportedComment]:
        """Each thread by its number, with the words it was made on."""
        replies: dict[str, list[ImportedComment]] = {}
        for identifier, element in self._by_id.items():
            head = self._head(identifier)
            if head != identifier:
                replies.setdefault(head, []).append(self._one(element, identifier))
        return {
            number: self._one(
                self._by_id[identifier],
                identifier,
                " ".join("".join(quotes.get(number, ())).split()),
                tuple(replies.get(identifier, ())),
            )
            for number, identifier in enumerate(self.heads)
        }

    def _one(
        self,
        element: Element,
        identifier: str,
        quote: str = "",
        replies: tuple[ImportedComment, ...] = (),
    ) -> ImportedComment:
        body = "\n\n".join(words for p in element.iter(W + "p") if (words := shown_text(p).strip()))
        return ImportedComment(
            author=value(element, "author"),
            date=value(element, "date") or None,
            body=body,
            quote=quote,
            replies=replies,
            resolved=identifier in self._resolved,
        )


def _run(beside: Element, mark: str) -> Element:
    run = beside.makeelement(W + "r", {})
    words = run.makeelement(W + "t", {})
    words.text = mark
    run.append(words)
    return run


def _write(anchor: Element, mark: str) -> None:
    """Put a mark where the anchor is; between paragraphs, at the nearest end of one."""
    parent = anchor.getparent()
    if parent is None:
        return
    run = _run(anchor, mark)
    if parent.tag not in (W + "body", W + "tc", W + "tr", W + "tbl", W + "footnote", W + "endnote"):
        if parent.tag == W + "r":
            parent.addprevious(run)
        else:
            anchor.addprevious(run)
        return
    if anchor.tag == W + "commentRangeStart":
        following = anchor.getnext()
        while following is not None:
            paragraph = following if following.tag == W + "p" else following.find(f".//{W}p")
            if paragraph is not None:
                at = 1 if len(paragraph) and paragraph[0].tag == W + "pPr" else 0
                paragraph.insert(at, run)
                return
            following = following.getnext()
    before = anchor.getprevious()
    while before is not None:
        found = [before] if before.tag == W + "p" else before.findall(f".//{W}p")
        if found:
            found[-1].append(run)
            return
        before = before.getprevious()
