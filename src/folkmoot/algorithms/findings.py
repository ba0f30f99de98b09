"""What a careful reader would still find in a text before it is published.

`findings` looks for marks that drafting left behind, `likely_recommendations` for passages that
read like recommendations and are not marked as such. Both only propose; a person decides. They
read English; marks such as "TBC" or "[...]" are the same in many languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from folkmoot.algorithms.wording import Footnote, Inline, Wording

type Sort = Literal[
    "to be confirmed",
    "drafting mark",
    "gap",
    "placeholder",
    "alternatives in brackets",
    "doubled question mark",
    "empty passage",
    "heading with nothing under it",
]


@dataclass(frozen=True, slots=True)
class Finding:
    """A mark in a passage, with the words around it; `mark` is empty for what is missing."""

    passage: str
    kind: Sort
    mark: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A passage that reads like a recommendation: why, and how sure (0 to 1). `number` is the
    author's own, empty when there is none."""

    passage: str
    number: str
    reason: str
    confidence: float


_FILLER: Final = (
    r"insert|add|check|confirm|complete|update|tbc|tbd|tba|todo|date|name|number|figure|reference"
    r"|ref|source|citation|link|page|title|note|text|wording|author|expand|delete|move|discuss"
    r"|to be \w+|to follow|missing|quote|example|xx+|x|nn?"
)
_MARKS: Final[tuple[tuple[Sort, re.Pattern[str]], ...]] = (
    (
        "to be confirmed",
        re.compile(
            r"\b(?:TBC|TBD|TBA|T\.B\.C\.)(?!\w)|\bto be (?:confirmed|advised)\b(?! (?:by|in|as|at))"
            r"|\b(?i:figures?|details?|dates?|names?|numbers?|text|wording) to follow\b"
        ),
    ),
    (
        "drafting mark",
        re.compile(
            r"\b(?:TODO|FIXME|XXX+|TK{1,2}|TKTK)\b(?![-.]\w)|@@+|<<[^<>\n]{0,80}>>|«<|#{3,}"
            r"|\b(?:NB|Note) (?:to|for) (?:self|editors?|drafters?|authors?|the editor)\b"
            r"|\b[Ll]orem ipsum\b|\bDELETE (?:THIS|ME)\b|\b(?:REWRITE|CHECK THIS|CHECK ME)\b"
        ),
    ),
    (
        "gap",
        re.compile(r"\[\s*(?:\.{2,}|…|_+|-{2,}|\s*)\s*\]|_{3,}|\(\s*\?+\s*\)"),
    ),
    (
        "placeholder",
        re.compile(
            rf"\[\s*(?:{_FILLER})\b[^\[\]]{{0,80}}\]|(?-i:\[[A-Z][A-Z /]{{3,40}}\])"
            r"|[£$€]X+(?:m|bn|k)?\b|\bX{2,}%|\bXX\b(?!\w|\.\w| [Cc]entury)|\bX%"
            r"|<(?:insert|name|date|number|add)\b[^<>]{0,60}>|\{\{[^{}]{0,80}\}\}",
            re.IGNORECASE,
        ),
    ),
    (
        "alternatives in brackets",
        re.compile(
            r"\[[^\[\]]{1,160}\]\s*(?:/|or|and/or)?\s*\[[^\[\]]{1,160}\]"
            r"|\[[^\[\]]{1,80}(?:/|\||\bor\b)[^\[\]]{1,80}\]"
        ),
    ),
    ("doubled question mark", re.compile(r"\?{2,}|\?!|!\?|¿¿+")),
)
# With "[sic]" or a year in brackets nothing is open, and inside a quotation brackets and dots show
# what was changed or left out.
_SETTLED: Final = re.compile(
    r"\[\s*(?:sic|\d{1,4}[a-z]?|[ivxlc]+|emphasis (?:added|in (?:the )?original)|ibid\.?|"
    r"UN?[A-Z]{2,}\s?\d+)\s*\]",
    re.IGNORECASE,
)
# A quotation that runs over several paragraphs is closed only in the last one.
_QUOTED: Final = re.compile(r"“[^”]*(?:”|$)|\"[^\"]*(?:\"|$)|‘[^’]*’(?!\w)|«[^»]*(?:»|$)")
_IN_QUOTATIONS: Final[frozenset[Sort]] = frozenset({"gap", "alternatives in brackets"})
_SURELY_OPEN: Final = re.compile(r"\[\s*(?:insert|add|tb[cda]|todo|to follow|xx+)\b", re.IGNORECASE)


def findings(passages: Iterable[tuple[str, Wording]]) -> list[Finding]:
    """What a text should not be published with, in reading order.

    Notes, table cells and descriptions of pictures are read too. Inside quotations "[...]" and
    brackets are left alone: there they show what was left out or put in.
    """
    entries = list(passages)
    bare = set(_bare_headings(entries))
    found: list[Finding] = []
    for place, (id, wording) in enumerate(entries):
        if place in bare:
            found.append(Finding(id, "heading with nothing under it", "", wording.plain))
        if _is_empty(wording):
            found.append(Finding(id, "empty passage", "", ""))
        quoted = wording.quoted or wording.kind == "quote"
        seen: set[tuple[Sort, str, str]] = set()
        for words in _stretches(wording):
            for finding in _marks(id, words, quoted, code=wording.kind == "code"):
                key = (finding.kind, finding.mark, finding.excerpt)
                if key not in seen:
                    seen.add(key)
                    found.append(finding)
    return found


def _is_empty(wording: Wording) -> bool:
    if wording.figure is not None:
        return not wording.figure.alt.strip() and not wording.plain
    return not wording.plain


def _bare_headings(entries: Sequence[tuple[str, Wording]]) -> Iterator[int]:
    """A heading that is followed by another of its depth or less, or by the end."""
    for place, (_, wording) in enumerate(entries):
        if wording.kind != "heading" or wording.quoted:
            continue
        follows = entries[place + 1][1] if place + 1 < len(entries) else None
        if follows is None or (
            follows.kind == "heading" and not follows.quoted and follows.depth <= wording.depth
        ):
            yield place


def _stretches(wording: Wording) -> Iterator[str]:
    """Each run of words that belongs together, notes on their own."""
    for content in wording.contents():
        yield _spoken(inline for inline in content if not isinstance(inline, Footnote))
        for inline in content:
            if isinstance(inline, Footnote):
                yield _spoken(inline.content)
    if wording.figure is not None:
        yield wording.figure.alt
    if wording.asks is not None:
        yield wording.asks.area
        yield wording.asks.addressee


def _spoken(content: Iterable[Inline]) -> str:
    return Wording("paragraph", tuple(content)).plain


def _marks(id: str, words: str, quoted: bool, *, code: bool) -> Iterator[Finding]:
    if code:
        return
    spans = [found.span() for found in _QUOTED.finditer(words)]
    taken: list[tuple[int, int]] = [found.span() for found in _SETTLED.finditer(words)]
    for kind, pattern in _MARKS:
        for found in pattern.finditer(words):
            start, end = found.span()
            if any(start < stop and begin < end for begin, stop in taken):
                continue
            inside = quoted or any(begin <= start and end <= stop for begin, stop in spans)
            if inside and kind in _IN_QUOTATIONS:
                continue
            if kind == "placeholder" and not _meant(found[0], inside):
                continue
            taken.append((start, end))
            yield Finding(id, kind, found[0], excerpt(words, start, end))


def _meant(mark: str, quoted: bool) -> bool:
    """An x alone stands for a number only as a capital, and what stands in brackets inside a
    quotation was mostly put in by the one who quotes."""
    bare = mark.strip("£$€%[] ")
    if bare in ("x", "xx"):
        return False
    return not quoted or not mark.startswith("[") or bool(_SURELY_OPEN.match(mark))


def excerpt(words: str, start: int, end: int, *, around: int = 40) -> str:
    """The words from start to end with whole words on both sides, and dots where it was cut."""
    left = words.rfind(" ", 0, max(0, start - around)) + 1 if start > around else 0
    right = len(words)
    if end + around < len(words):
        right = words.find(" ", end + around)
        right = len(words) if right < 0 else right
    return f"{'… ' if left else ''}{words[left:right]}{' …' if right < len(words) else ''}"


# --- recommendations --------------------------------------------------------------------------

_NAMED: Final = re.compile(
    r"(?:(?:Key |Main |Draft )?Recommendation|RECOMMENDATION|Rec\.)\s+"
    r"(?P<number>\d+(?:\.\d+)*[a-z]?|[IVXL]+)\s*(?P<sign>[:.–—-]|\)|$)"
)
_LETTERED: Final = re.compile(r"(?:R|Rec)\s?(?P<number>\d{1,3})\s*(?:[:.)–—]|-(?=\s))\s+(?=\S)")
_WE: Final = re.compile(
    r"(?:Accordingly, |Therefore, |For (?:this|these) reasons?, |We )?(?:"
    r"(?:we|We|I) (?:(?:therefore|also|further|strongly|accordingly|unanimously) )*recommend"
    r"(?! (?:itself|themselves))"
    r"|(?<=We )(?:(?:therefore|also|further|strongly|accordingly|unanimously) )*recommend\b"
    r"|It is (?:therefore |also |further |strongly )*recommended"
    r"|The (?:Commission|Inquiry|Committee|Review|Panel|Commissioners?|authors?) "
    r"(?:(?:therefore|also|further|strongly|unanimously) )*recommends?)\b(?P<that>,? that\b|:)?"
)
_BODY: Final = (
    r"(?i:(?:the )?(?:UK |Scottish |Welsh |British |next |new |local |national |regional )*"
    r"(?:Government|government|Party|party|Cabinet Office|Treasury|Ministry|Department|Ministers?"
    r"|Secretary of State|Prime Minister|Parliament|NEC|National Executive(?: Committee)?|Leader"
    r"|leadership|General Secretary|councils?|authorities|branches|parties|unions?|Board|board"
    r"|Council|Commission|centre|headquarters|Executive|Conference|BBC|NHS|police|universities"
    r"|schools|employers|trustees|members|Church|dioceses?|charity|charities))"
    r"(?: (?:of|for|on|and|in) (?:the )?[A-Z]\w+(?: (?:and |of )?[A-Z]\w+)*)?"
)
_SHOULD: Final = re.compile(
    rf"(?P<body>(?:{_BODY}|(?:The|Each|Every|All)\s(?:[\w’'-]+\s){{0,6}}?[\w’'-]+)),?"
    r"(?: (?:and|or) [\w’' -]{1,40}?)?"
    r" (?P<verb>should|must|shall|needs? to|ought to)\b(?P<rest>.*)",
    re.DOTALL,
)
_NOT_ASKED: Final = re.compile(
    r"\s+(?:(?:not |never |also |therefore |certainly )*have\b|(?:not )?(?:be|have been) "
    r"(?:noted|said|remembered|stressed|seen|read|recalled|understood|able|no)\b)"
)
_ORDERS: Final = (
    "abolish accept adopt agree allow amend appoint ask assess bring build carry change close"
    " commission commit conduct consider consult continue create define develop devote devolve"
    " draw encourage end ensure establish examine expand extend fund give guarantee hold improve"
    " increase introduce invest issue keep launch lower make merge monitor move offer open pay"
    " prepare produce promote protect provide publish put raise recruit reduce reform remove"
    " repeal replace report require review revise run set share simplify spend start stop"
    " strengthen support train treat update use work write"
)
_VERBS_FIRST: Final = frozenset(_ORDERS.split())
_SURE: Final = 0.5


def likely_recommendations(
    passages: Iterable[tuple[str, Wording]], *, least: float = _SURE
) -> list[Proposal]:
    """Passages that read like recommendations, in order, at least as sure as `least`.

    Signs, from sure to likely: a number of its own ("Recommendation 4:", "R12."); "We recommend
    that"; under a heading about recommendations, somebody who "should" or an order ("Publish
    ..."); elsewhere, a public body that "should" at the very beginning. Quotations, and passages
    that already are recommendations, are left out; so is what somebody "should have" done.
    """
    proposals: list[Proposal] = []
    inside = 0
    announced: str | None = None
    for id, wording in passages:
        if wording.kind == "heading" and not wording.quoted:
            words = wording.plain
            if inside and wording.depth <= inside:
                inside = 0
            if not inside and re.search(r"\brecommendations?\b", words, re.IGNORECASE):
                inside = max(wording.depth, 1)
            named = _NAMED.fullmatch(words) or _NAMED.match(words)
            announced = named["number"] if named and named.end() == len(words) else None
            continue
        if wording.kind not in ("paragraph", "item") or wording.quoted:
            announced = None
            continue
        proposal = _proposal(id, _body(wording), bool(inside), announced)
        announced = None
        if proposal is not None and proposal.confidence >= least:
            proposals.append(proposal)
    return proposals


def _body(wording: Wording) -> str:
    return _spoken(inline for inline in wording.content if not isinstance(inline, Footnote))


def _proposal(id: str, words: str, inside: bool, announced: str | None) -> Proposal | None:
    if not words:
        return None
    if announced is not None:
        return Proposal(
            id, announced, f"stands under the heading “Recommendation {announced}”", 0.9
        )
    named = _NAMED.match(words)
    if named and named["sign"] and named.end() < len(words):
        sure = 0.95 if named["sign"] in ":.)" else 0.9
        return Proposal(id, named["number"], f"begins with “{named[0].strip()}”", sure)
    lettered = _LETTERED.match(words)
    if lettered:
        return Proposal(id, lettered["number"], f"begins with “{lettered[0].strip()}”", 0.9)
    first = re.split(r"(?<=[.!?]) ", words, maxsplit=1)[0]
    we = _WE.match(first)
    if we:
        return Proposal(id, "", f"begins with “{we[0].strip()}”", 0.9 if we["that"] else 0.8)
    should = _SHOULD.match(first)
    if should and not _NOT_ASKED.match(should["rest"]):
        asked = should["body"].strip()
        named_body = re.fullmatch(_BODY, asked, re.IGNORECASE) is not None
        reason = f"begins with what {_lower(asked)} {should['verb']} do"
        if inside:
            return Proposal(id, "", f"{reason}, under a heading about recommendations", 0.85)
        if named_body:
            return Proposal(id, "", reason, 0.55)
    opening = re.match(r"[A-Z][a-z]+\b", words)
    if inside and opening and opening[0].lower() in _VERBS_FIRST:
        reason = f"begins with “{opening[0]}”, under a heading about recommendations"
        return Proposal(id, "", reason, 0.7)
    return None


def _lower(words: str) -> str:
    return re.sub(r"^(The|Each|Every|All)\b", lambda found: found[0].lower(), words)
