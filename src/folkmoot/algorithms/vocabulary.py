"""Words that carry the weight of a sentence, by language, as data for the editorial check.

Lower case; a phrase is words with single spaces, with contractions written out ("do not"). To add
a language, fill in a `Vocabulary` and put it into `VOCABULARIES` under its primary subtag. Until
then only punctuation, white space and capitals may change editorially in that language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one language that an editorial change may not touch, and those it may."""

    negations: frozenset[str]
    modals: frozenset[str]
    quantifiers: frozenset[str]
    conditions: frozenset[str]
    """Words that join statements or set them against each other: or, if, unless, before, more."""
    numbers: frozenset[str]
    dates: frozenset[str]
    """Names of months and days, and words for days; those with a capital count only with it."""
    openers: frozenset[str]
    """Common words that begin a sentence with a capital without being names."""
    slight: frozenset[str]
    """Words whose place in a sentence says little."""
    contractions: Mapping[str, str]
    opposites: tuple[str, ...]
    """Beginnings that turn a word into its opposite."""
    confusable: frozenset[frozenset[str]]
    """Different words that look like two spellings of one."""
    respellings: tuple[tuple[str, str], ...]
    """Parts of words that are spelled in two ways."""


def _words(lines: str) -> frozenset[str]:
    return frozenset(lines.split())


def _phrases(lines: str) -> frozenset[str]:
    return frozenset(phrase.strip() for phrase in lines.split(",") if phrase.strip())


def _pairs(lines: str) -> frozenset[frozenset[str]]:
    return frozenset(frozenset(pair.split()) for pair in lines.split(","))


ENGLISH: Final = Vocabulary(
    negations=_words(
        "not no nor neither never none nobody nothing nowhere without hardly scarcely barely"
        " cannot fail fails failed failing failure refuse refuses refused lack lacks lacked lacking"
        " against deny denies denied oppose opposes opposed reject rejects rejected ban banned"
        " cease ceased stop stopped prevent prevented prohibit prohibited forbid forbidden"
    )
    | _phrases("no one, no longer, in no way, far from, rather than, instead of"),
    modals=_words(
        "may might can could shall should must will would ought need needs needed"
        " required requires require let allow allows allowed permit permits permitted"
        " entitled expected intend intends intended likely unlikely possible"
        " possibly probable probably perhaps maybe certainly definitely necessarily optional"
        " mandatory voluntary voluntarily compulsory obliged obligation duty duties"
        " recommend recommends recommended propose proposes proposed suggest suggests suggested"
        " demand demands demanded urge urges urged encourage encourages encouraged consider"
        " considers considered ensure ensures endeavour seek seeks aim aims try tries agree agrees"
        " agreed commit commits committed promise promises promised"
    )
    | _phrases("ought to, have to, has to, had to, need to, used to, be able to, supposed to"),
    quantifiers=_words(
        "all some any most many much more less few fewer several each every both either half"
        " majority minority only just merely solely mainly mostly chiefly largely primarily"
        " entirely wholly fully partly partially almost nearly about around approximately roughly"
        " exactly precisely over under maximum minimum least always often sometimes usually"
        " generally frequently rarely seldom occasionally regularly everyone everybody everything"
        " everywhere someone somebody something somewhere anyone anybody anything anywhere"
        " whole total enough significantly"
        " substantially broadly"
    )
    | _phrases(
        "at least, at most, up to, no more than, no less than, not more than, more than, less than,"
        " fewer than, as many as, as much as, a few, a lot, a number of, a majority of, in full,"
        " in part, in whole, in general, in principle, in practice, as far as, so far as"
    ),
    conditions=_words(
        "or if unless except excepting excluding including include includes included until till"
        " before after since while whereas although though because therefore provided providing"
        " otherwise whether when whenever where wherever than then within during between among"
        " above below beyond by from towards immediately forthwith now soon later earlier"
        " increase increases increased increasing decrease decreases decreased reduce reduces"
        " reduced reducing rise rises rose fall falls fell grow grew shrink shrank better worse"
        " best worst higher lower greater smaller larger longer shorter former latter"
    )
    | _phrases(
        "and or, subject to, as long as, so long as, as soon as, in order to, such as,"
        " apart from, other than, as well as, due to, because of, according to, in case"
    ),
    numbers=_words(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
        " fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy"
        " eighty ninety hundred hundreds thousand thousands million millions billion billions"
        " trillion dozen dozens first second third fourth fifth sixth seventh eighth ninth tenth"
        " last next once twice thrice double doubled triple trebled treble quarter quarters third"
        " thirds halves single pair percent percentage cent pounds pence euros dollars"
        " day days week weeks month months year years hour hours minute minutes decade decades"
        " daily weekly monthly quarterly yearly annual annually biennial"
    )
    | _phrases("per cent"),
    dates=_words(
        "January February March April May June July August September October November December"
        " Monday Tuesday Wednesday Thursday Friday Saturday Sunday Easter Christmas Michaelmas"
        " today tomorrow yesterday tonight spring summer autumn winter"
    ),
    openers=_words(
        "a about above across after again all almost also although among an and another any as at"
        " because been before being below between both but by certain clearly each earlier either"
        " even every few finally first following for from further given had has have having he"
        " hence her here his how however i if in indeed instead into is it its last later like"
        " likewise many members more moreover most much nevertheless next no nobody none"
        " nonetheless not nothing now of often on once one only or other others our out over people"
        " perhaps rather second secondly several she similarly since so some sometimes soon still"
        " such taken than that the their them then there thereafter therefore these they third"
        " this those though through throughout thus to today together too two under unless until"
        " up upon we well were what when where whereas whether which while who whose why will with"
        " within without yet you your"
    ),
    slight=_words("a an the of to and in on at for as it is that this its be are was were"),
    contractions={
        "can't": "can not",
        "cannot": "can not",
        "won't": "will not",
        "shan't": "shall not",
        "ain't": "is not",
        "let's": "let us",
    },
    opposites=(
        *("un", "in", "im", "il", "ir", "dis", "non", "non-", "mis", "anti", "anti-", "de", "de-"),
        *(
            "counter",
            "counter-",
            "under",
            "over",
            "ab",
            "mal",
            "ex-",
            "pre",
            "pre-",
            "post",
            "post-",
        ),
        *("sub", "super", "pro-", "inter", "intra", "semi-", "quasi-", "re", "re-"),
    ),
    confusable=_pairs(
        "angle angel, bale able, baring barring, bellow below, best beset, brother bother,"
        " calm clam, caning canning, casual causal, coma comma, complied compiled,"
        " conversation conservation, desert dessert, diary dairy, discreet discrete,"
        " fiend friend, filed filled, form from, goal gaol, hoping hopping, later latter,"
        " loose lose, martial marital, mating matting, nuclear unclear, planed planned,"
        " quite quiet, reserve reverse, sacred scared, serve sever, silver sliver,"
        " staring starring, striped stripped, super supper, there three, tiling tilling,"
        " trial trail, tried tired,"
        " united untied, wining winning"
    ),
    respellings=(
        ("isation", "ization"),
        ("ise", "ize"),
        ("ising", "izing"),
        ("ised", "ized"),
        ("yse", "yze"),
        ("ysing", "yzing"),
        ("our", "or"),
        ("ae", "e"),
        ("programme", "program"),
        ("ence", "ense"),
        ("judgement", "judgment"),
        ("acknowledgement", "acknowledgment"),
        ("enquir", "inquir"),
        ("whilst", "while"),
        ("amongst", "among"),
    ),
)

VOCABULARIES: Final[Mapping[str, Vocabulary]] = {"en": ENGLISH}


def vocabulary(language: str) -> Vocabulary | None:
    """The words of a BCP 47 language tag by its primary subtag, or None."""
    return VOCABULARIES.get(language.split("-")[0].lower())
