"""Whether an edit may be declared editorial, so that stances are carried over it.

The check is deterministic, the same in both directions, and errs to substantive: a person may
still declare nothing, but never wave through a changed number, name, date, quotation, negation,
obligation, quantity, defined term or source. It looks at words, not at sense, so what it lets
pass is only *allowed* to be called editorial; any seat may dispute that.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Final, Literal

from folkmoot.algorithms.redline.alignment import common
from folkmoot.algorithms.redline.tokens import Token, text_tokens, tokens
from folkmoot.algorithms.vocabulary import Vocabulary, vocabulary
from folkmoot.algorithms.wording import Asks, Content, Figure, Footnote, Run, Table, Wording, fold

type Reason = Literal[
    "kind",
    "place",
    "language",
    "table",
    "figure",
    "area",
    "addressee",
    "level",
    "quotation",
    "source",
    "number",
    "date",
    "negation",
    "modal",
    "quantifier",
    "condition",
    "term",
    "name",
    "question",
    "mark",
    "order",
    "words",
    "size",
]

_ABOUT: Final[Mapping[Reason, str]] = {
    "kind": "the kind of passage",
    "place": "the level in the outline or the kind of list",
    "language": "the language",
    "table": "the cells of a table",
    "figure": "the picture or its description",
    "area": "the area",
    "addressee": "the addressee",
    "level": "the level",
    "quotation": "a quotation",
    "source": "a note or a link",
    "number": "a number or measure",
    "date": "a date",
    "negation": "a negation or an opposite",
    "modal": "an obligation, possibility or intention",
    "quantifier": "how much or how many",
    "condition": "a condition or comparison",
    "term": "a defined term",
    "name": "a name",
    "question": "a question",
    "mark": "text struck out, raised or lowered",
    "order": "the order of the words",
    "words": "words in a language without word lists",
    "size": "too many words for an editorial change",
}
_FLAGGED: Final[tuple[Reason, ...]] = (
    "source",
    "quotation",
    "number",
    "date",
    "negation",
    "modal",
    "quantifier",
    "condition",
    "term",
    "name",
    "question",
    "mark",
)
MOST_WORDS: Final = 8
MOST_SHARE: Final = 0.1
"""An editorial change touches at most this many words, and at most this share of them, beyond
punctuation and spelling."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing that makes an edit substantive: what it is about, the words on either side (empty
    where there are none), and a sentence for people."""

    about: Reason
    before: str
    after: str

    @property
    def message(self) -> str:
        about = _ABOUT[self.about]
        if self.about == "size":
            return f"{self.before}: {about}."
        if self.about in ("order", "words") or not (self.before or self.after):
            shown = self.before or self.after
            return f"“{shown}”: {about} changed." if shown else f"{about.capitalize()} changed."
        if not self.before:
            return f"“{self.after}” was added ({about})."
        if not self.after:
            return f"“{self.before}” was removed ({about})."
        return f"“{self.before}” became “{self.after}” ({about})."


def obstacles(
    before: Wording, after: Wording, *, terms: Collection[str] = (), language: str = "en"
) -> list[Obstacle]:
    """What stands in the way of calling an edit editorial; nothing means that it may be.

    `terms` are the defined terms of the text, `language` its BCP 47 tag, used where the wording
    has none of its own. The answer for the edit undone is the same with its sides exchanged.
    """
    if before.digest == after.digest:
        return []
    found = list(_structure(before, after))
    language = after.language or language
    if before.kind in ("quote", "code") or after.kind in ("quote", "code"):
        exact = True
    else:
        exact = before.quoted or after.quoted
    # The alignment may not depend on the direction, or an edit and its reversal would differ.
    turned = before.digest > after.digest
    known = vocabulary(language)
    found.extend(_words(before.content, after.content, terms, known, exact, turned))
    if _digits(before.content) != _digits(after.content) and not any(
        obstacle.about == "number" for obstacle in found
    ):
        found.append(Obstacle("number", _digits(before.content), _digits(after.content)))
    return list(dict.fromkeys(found))


def _structure(before: Wording, after: Wording) -> Iterator[Obstacle]:
    if before.kind != after.kind:
        yield Obstacle("kind", before.kind, after.kind)
    place = [(w.depth, w.ordered, w.quoted) for w in (before, after)]
    if place[0] != place[1]:
        yield Obstacle("place", "", "")
    if before.language.lower() != after.language.lower():
        yield Obstacle("language", before.language, after.language)
    if _table(before.table) != _table(after.table):
        yield Obstacle("table", "", "")
    old, new = before.figure or Figure("", ""), after.figure or Figure("", "")
    if (old.image, fold(old.alt)) != (new.image, fold(new.alt)):
        yield Obstacle("figure", "", "")
    one, other = before.asks or Asks("", "", "both"), after.asks or Asks("", "", "both")
    asked: tuple[tuple[Reason, str, str], ...] = (
        ("area", fold(one.area), fold(other.area)),
        ("addressee", fold(one.addressee), fold(other.addressee)),
        ("level", one.level, other.level),
    )
    for about, left, right in asked:
        if left != right:
            yield Obstacle(about, left, right)


def _table(table: Table | None) -> str:
    return "" if table is None else Wording("table", table=table).digest


def _digits(content: Content) -> str:
    """Every sign with a numeric value, in order, outside notes."""
    return "".join(
        sign
        for token in tokens(content)
        for sign in unicodedata.normalize("NFKC", token.words)
        if sign.isnumeric()
    )


# --- words ------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Atom:
    """One word or sign as the check sees it. `phrases` are the weighty words it belongs to."""

    key: object
    word: str
    opens: bool = False
    """It begins a sentence, so a capital says nothing."""
    phrases: dict[Reason, str] = field(default_factory=dict)

    @property
    def is_word(self) -> bool:
        return any(sign.isalnum() for sign in self.word)

    @property
    def capital(self) -> bool:
        """It is written like a name."""
        return any(sign.isupper() for sign in self.word) and self.word != "I"


@dataclass(frozen=True, slots=True)
class _Side:
    atoms: list[_Atom]
    occurrences: list[tuple[Reason, str]]
    """Every weighty phrase in order."""


_DOUBLE: Final = frozenset('"“”„‟«»')
_SINGLE: Final = frozenset("'‘’‚‛‹›")
_HYPHENS: Final = str.maketrans({"‐": "-", "‑": "-", "–": "-", "—": "-", "’": "'", "‘": "'"})
_STRONG_MARKS: Final = frozenset({"link", "strike", "sub", "sup"})
_ENDS: Final = frozenset(".!?…:;")


def _words(
    before: Content,
    after: Content,
    terms: Collection[str],
    known: Vocabulary | None,
    exact: bool,
    turned: bool,
) -> Iterator[Obstacle]:
    old, new = _side(before, terms, known, exact), _side(after, terms, known, exact)
    changes = list(_changes(old.atoms, new.atoms, turned))
    found: list[Obstacle] = []
    names = _names(old.atoms) | _names(new.atoms)
    for removed, added, matched in changes:
        found.extend(_recased(matched, names))
        found.extend(_flagged(removed, added, known))
    found.extend(_occurrences(old, new, found))
    gone = Counter(a.key for removed, _, _ in changes for a in removed if a.is_word)
    come = Counter(a.key for _, added, _ in changes for a in added if a.is_word)
    slight = known.slight if known else frozenset()
    found.extend(
        Obstacle("order", str(key), str(key))
        for key in gone & come
        if isinstance(key, str) and key not in slight
    )
    yield from found
    touched = [
        (removed, added)
        for removed, added, _ in changes
        if not _respelled(_only_words(removed), _only_words(added), known)
    ]
    count = sum(max(len(_only_words(r)), len(_only_words(a))) for r, a in touched)
    if known is None:
        for removed, added in touched:
            said = [" ".join(a.word for a in _only_words(side)) for side in (removed, added)]
            if said[0] or said[1]:
                yield Obstacle("words", said[0] or said[1], said[1] or said[0])
    total = max(len(_only_words(old.atoms)), len(_only_words(new.atoms)))
    if count > MOST_WORDS or count > MOST_SHARE * total:
        said_so = f"{count} of {total} words changed"
        yield Obstacle("size", said_so, said_so)


def _only_words(atoms: Iterable[_Atom]) -> list[_Atom]:
    return [atom for atom in atoms if atom.is_word]


def _side(content: Content, terms: Collection[str], known: Vocabulary | None, exact: bool) -> _Side:
    atoms: list[_Atom] = []
    opens = True
    for token, quoted in _quoted(tokens(content), exact):
        if token.key == " ":
            continue
        for atom in _atoms(token, quoted, known):
            atom.opens = opens
            atoms.append(atom)
            if atom.is_word:
                opens = False
            elif atom.word in _ENDS:
                opens = True
    occurrences: list[tuple[Reason, str]] = []
    lists: list[tuple[Reason, Collection[str]]] = [("term", [_phrase(term) for term in terms])]
    if known is not None:
        lists += [
            ("negation", known.negations),
            ("modal", known.modals),
            ("quantifier", known.quantifiers),
            ("condition", known.conditions),
            ("number", known.numbers),
        ]
    for about, phrases in lists:
        occurrences.extend((about, phrase) for phrase in _find(atoms, about, phrases))
    for atom in atoms:
        _flag(atom, known)
    return _Side(atoms, occurrences)


def _quoted(parts: Iterable[Token], exact: bool) -> Iterator[tuple[Token, bool]]:
    """Each token and whether it stands in quotation marks (the marks themselves count). One that
    is never closed quotes to the end: better too much than too little."""
    double = single = False
    gap = True
    for token in parts:
        word = token.words
        quoted = exact or double or single
        if word and word in _DOUBLE:
            double = word in "“„«" or (word == '"' and not double)
            quoted = True
        elif word and word in _SINGLE:
            # A single mark opens only at the beginning of a word; else it is an apostrophe.
            if single and not gap:
                single, quoted = False, True
            elif gap and word in "'‘‚‹":
                single, quoted = True, True
        yield token, quoted
        gap = token.key == " " or word in "([" if word else False


def _atoms(token: Token, quoted: bool, known: Vocabulary | None) -> Iterator[_Atom]:
    if isinstance(token.inline, Footnote):
        said = "".join(part.words for part in tokens(token.inline.content))
        yield _Atom(token.key, "", phrases={"source": said})
        return
    word = token.words.translate(_HYPHENS)
    if word in _DOUBLE:
        word = '"'
    marks = token.inline.marks if isinstance(token.inline, Run) else frozenset()
    strong = frozenset(mark for mark in marks if mark.name in _STRONG_MARKS)
    parts = [word]
    if not quoted and known is not None:
        parts = _written_out(word, known)
    for part in parts:
        plain = unicodedata.normalize("NFKC", part)
        key: object = plain if quoted else plain.casefold()
        if quoted or strong:
            key = (key, quoted, strong)
        atom = _Atom(key, part)
        if quoted:
            atom.phrases["quotation"] = part
        for mark in strong:
            atom.phrases["source" if mark.name == "link" else "mark"] = part
        yield atom


def _written_out(word: str, known: Vocabulary) -> list[str]:
    """A contraction as the words it stands for, so that writing it out is no change."""
    plain = word.casefold()
    if plain in known.contractions:
        return known.contractions[plain].split()
    if plain.endswith("n't") and len(plain) > 4:
        return [word[:-3], "not"]
    if plain.endswith("'ll") and len(plain) > 3:
        return [word[:-3], "will"]
    return [word]


def _phrase(words: str) -> str:
    return " ".join(t.words.translate(_HYPHENS).casefold() for t in text_tokens(words) if t.is_word)


def _find(atoms: Sequence[_Atom], about: Reason, phrases: Collection[str]) -> Iterator[str]:
    """Marks the atoms of every phrase that occurs, the longest first; yields the phrases."""
    wanted = set(phrases) - {""}
    longest = max((phrase.count(" ") + 1 for phrase in wanted), default=0)
    words = [(place, atom) for place, atom in enumerate(atoms) if atom.is_word]
    keys = [atom.word.casefold() for _, atom in words]
    at = 0
    while at < len(words):
        for length in range(min(longest, len(words) - at), 0, -1):
            phrase = " ".join(keys[at : at + length])
            if phrase in wanted:
                for _, atom in words[at : at + length]:
                    atom.phrases.setdefault(about, phrase)
                yield phrase
                at += length
                break
        else:
            at += 1


def _flag(atom: _Atom, known: Vocabulary | None) -> None:
    word = atom.word
    if any(sign.isnumeric() or unicodedata.category(sign) in ("Sc", "Sm") for sign in word) or (
        word in ("%", "‰", "°", "№", "#")
    ):
        atom.phrases["number"] = word
    if word == "?":
        atom.phrases["question"] = word
    if known is not None and word in known.dates:
        atom.phrases["date"] = word
    if atom.capital and atom.is_word and not any(sign.isnumeric() for sign in word):
        common_word = known is not None and word.casefold() in known.openers
        inner = any(sign.isupper() for sign in word[1:])
        if not atom.opens or inner or (known is not None and not common_word):
            atom.phrases["name"] = word


def _changes(
    old: Sequence[_Atom], new: Sequence[_Atom], turned: bool
) -> Iterator[tuple[list[_Atom], list[_Atom], list[tuple[_Atom, _Atom]]]]:
    """Removed and added atoms between matched ones, and the matched pairs that follow them."""
    one, other = [atom.key for atom in old], [atom.key for atom in new]
    pairs = [(i, j) for j, i in common(other, one)] if turned else common(one, other)
    i = j = 0
    held: tuple[list[_Atom], list[_Atom], list[tuple[_Atom, _Atom]]] = ([], [], [])
    for x, y in pairs:
        if x > i or y > j:
            yield held
            held = (list(old[i:x]), list(new[j:y]), [])
        held[2].append((old[x], new[y]))
        i, j = x + 1, y + 1
    yield held
    yield list(old[i:]), list(new[j:]), []


def _names(atoms: Iterable[_Atom]) -> set[str]:
    """Words that stand with a capital where no sentence begins."""
    return {atom.word.casefold() for atom in atoms if atom.capital and not atom.opens}


def _recased(matched: Iterable[tuple[_Atom, _Atom]], names: set[str]) -> Iterator[Obstacle]:
    """A capital may come or go at the beginning of a sentence, and nowhere else."""
    for one, other in matched:
        if one.word == other.word:
            continue
        for left, right in ((one, other), (other, one)):
            plain = left.word == left.word.capitalize() and right.word == right.word.lower()
            if plain and left.opens and left.word.casefold() not in names:
                break
        else:
            if one.capital or other.capital:
                yield Obstacle("name", one.word, other.word)


def _flagged(
    removed: Sequence[_Atom], added: Sequence[_Atom], known: Vocabulary | None
) -> Iterator[Obstacle]:
    spelled = _respelled(_only_words(removed), _only_words(added), known)
    for about in _FLAGGED:
        old, new = _said(removed, about), _said(added, about)
        if about == "name" and spelled and known is not None:
            # "Organisations" at the beginning of a sentence, spelled with a z, is no other name.
            old = [a.word for a in removed if about in a.phrases and not a.opens]
            new = [a.word for a in added if about in a.phrases and not a.opens]
        for left, right in zip_longest(old, new, fillvalue=""):
            yield Obstacle(about, left, right)
    if known is not None:
        for left_atom in _only_words(removed):
            for right_atom in _only_words(added):
                if _opposite(left_atom.word.casefold(), right_atom.word.casefold(), known):
                    yield Obstacle("negation", left_atom.word, right_atom.word)


def _said(atoms: Iterable[_Atom], about: Reason) -> list[str]:
    """The weighty phrases among atoms, each once where neighbours belong to one phrase."""
    out: list[str] = []
    last = ""
    for atom in atoms:
        phrase = atom.phrases.get(about, "")
        if phrase and (phrase != last or " " not in phrase):
            out.append(phrase)
        last = phrase
    return [" ".join(out)] if about in ("quotation", "source") and out else out


def _opposite(one: str, other: str, known: Vocabulary) -> bool:
    short, long = sorted((one, other), key=len)
    if len(short) < 3:
        return False
    if any(long == f"{prefix}{short}" for prefix in known.opposites):
        return True
    return any(
        left.endswith("less") and right.endswith("ful") and left[:-4] == right[:-3]
        for left, right in ((one, other), (other, one))
    )


def _respelled(one: Sequence[_Atom], other: Sequence[_Atom], known: Vocabulary | None) -> bool:
    """The same words, but for hyphens, spaces and spelling."""
    if "".join(map(_letters, one)) == "".join(map(_letters, other)):
        return True
    if known is None or len(one) != len(other):
        return False
    return all(_spelling(_letters(x), _letters(y), known) for x, y in zip(one, other, strict=True))


def _letters(atom: _Atom) -> str:
    return "".join(sign for sign in atom.word.casefold() if sign.isalnum())


def _spelling(one: str, other: str, known: Vocabulary) -> bool:
    if one == other:
        return True
    if min(len(one), len(other)) < 4 or frozenset((one, other)) in known.confusable:
        return False
    for left, right in known.respellings:
        if one.replace(left, right) == other.replace(left, right):
            return True
    if re.sub(r"(.)\1+", r"\1", one) == re.sub(r"(.)\1+", r"\1", other):
        return True
    differ = [k for k, (x, y) in enumerate(zip(one, other, strict=False)) if x != y]
    return (
        len(one) == len(other)
        and len(differ) == 2
        and differ[1] == differ[0] + 1 > 1
        and one[differ[0]] == other[differ[1]]
        and one[differ[1]] == other[differ[0]]
    )


def _occurrences(old: _Side, new: _Side, found: Sequence[Obstacle]) -> Iterator[Obstacle]:
    """Phrases that came or went although none of their words did: "at least" may be made or
    broken by a word between."""
    known = {obstacle.about for obstacle in found}
    gone, come = Counter(old.occurrences), Counter(new.occurrences)
    for about, phrase in gone - come:
        if about not in known:
            yield Obstacle(about, phrase, "")
    for about, phrase in come - gone:
        if about not in known:
            yield Obstacle(about, "", phrase)
