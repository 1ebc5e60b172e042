"""Identifiers: what tells who a tenant is: its id, title, aliases, the product and company that it names, its confidential texts.

    Seat -> [identifiers] -> (kind, words), in one form of writing; texts, identifiers -> which stand in them

Pure. Texts and identifiers are compared word by word, folded for case and Unicode form, so that neither punctuation nor
spelling hides one and none is found within a longer word. A word that everybody uses tells of nobody and is left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from promptc.checks.check import Seat
from promptc.core.dataclass import dataclass
from promptc.core.pattern import Pattern

if TYPE_CHECKING:
    from promptc.compiler.project import Settings

Identity = tuple[str, str]
CHARACTERS_MIN = 4
CONFIDENTIAL_CHARACTERS_MIN = 8
WORDS_MAX = 60
# Names of variables that say who a tenant is where `identifies` doesn't say otherwise.
TELLING = Pattern(r"(?:product|company|brand|organi[sz]ation|business|customer|client|legal|trading|firm)(?:_?name)?\Z")
_WORDS = Pattern(r"\w+")
# Forms of companies: they stand in many titles and are no part of how somebody is called.
_FORMS = frozenset("ag bv co corp corporation gmbh inc incorporated kg limited llc llp ltd nv oy plc pty sa sarl sas se spa srl".split())
# Words that are names of companies and products, too, and mean themselves in almost every text.
_COMMON = frozenset(
    "about access account accounts action active agent alert amount answer answers apple assist assistant base basic bank "
    "beacon bill billing block board book books bridge brief bright build business cafe call cards care cart case cash center "
    "central chain change channel chat check choice circle city class clear clever client clinic close cloud club code coffee "
    "color common company compass complete concise connect contact content control copy core corner course cover craft credit "
    "cross customer customers daily data date deal default delivery demo design desk digital direct doctor dose draft dream "
    "drive early earth easy edge email engine enterprise error event every example exchange express factory fair fast field "
    "file first flow focus force form forward frame free fresh friend front fuel full fund future garden gate general gift "
    "global gold good grade grand grant great green ground group growth guard guide hand harbor head health heart hello help "
    "high home hotel house human ideal image impact index info input insight instant invoice item jobs join journey just keen "
    "kind king lake land language launch law lead learn legal lemon letter level life light limit line link list live local "
    "loop love magic mail main major manager market master match matter maximum meal media medical member memo merge message "
    "method metro mind minor mint mirror model moment monday money moon more motion move name nation native near neutral "
    "never next night noble none normal north note number object ocean office okay online open orange order orders origin "
    "other output owner page paper park part partner patient pay payment peak people person phone photo pilot place plain "
    "plan planet plate play plus point policy port post power premium press price prime pro process product products profile "
    "project prompt proof public pulse pure quality quest question quick quiet quote rapid reach ready real record reference "
    "refund refunds region relay reply report request response return returns review right ring rise river road rock room "
    "root route rule rules safe sage sale sales save school scope score scout search secure sense serve server service "
    "services session shared shift ship shop short sign signal silver simple site sky slack small smart snap social solid "
    "solution source south space spark speed sport spot spring square stable staff stage standard star start state station "
    "status step stock stone store storm story stream street strict strong studio style subject success summary summit sun "
    "support sure surface swift switch system table talk target task team tech tenant term terms test text thank thanks theme "
    "thing think ticket tide time title today token tone tool tools topic total touch tower town track trade trail train "
    "transfer travel tree trend trial true trust turn type union unit unity user users value vault version view village "
    "vision visit visa voice volume wait walk wallet warm watch water wave well west whole wide wind window wise wood word "
    "words work works world write year yellow your zero zone "
    # And what files and folders of sources are called.
    "base blocks cases defaults examples fragments layers models partials prompts regions schemas sources suites templates tenants "
    "variables".split()
)


def words_of(text: str) -> str:
    """A text as its words, folded, with a space before and after each: what stands in what is a search for a substring."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return f" {' '.join(_WORDS.compiled.findall(folded))} "


def identities_of(seat: Seat) -> tuple[Identity, ...]:
    """What tells who a tenant is, by kind: `id`, `title`, `alias`, `variable NAME`, `confidential NAME`, and `pattern` for ids as the
    settings' `identifiers` describe them."""
    if "identities" not in seat.kept:
        found: dict[str, str] = {}
        for kind, text in _identities(seat):
            words = words_of(text)
            if tells(words, kind):
                found.setdefault(words, kind)
        seat.kept["identities"] = tuple((kind, words) for words, kind in found.items())
    identities: tuple[Identity, ...] = seat.kept["identities"]
    return identities


def _identities(seat: Seat) -> Iterator[tuple[str, str]]:
    overlay, tenant, declared = seat.overlay, seat.tenant, seat.sources.project.variables
    yield "id", overlay.name
    yield "title", overlay.title
    yield "title", _without_form(overlay.title)
    yield from (("alias", alias) for alias in overlay.aliases)
    if seat.sources.project.settings.identifiers:
        for text, _ in seat.texts:
            found = described_in(text, seat.sources.project.settings)
            # One that says of itself whose it is need not be this tenant's.
            yield from (("pattern", one.text) for one in found if not one.holder)
    for name in overlay.variables:  # what a layer sets is nobody's own
        variable = declared.get(name)
        if variable is None:
            continue
        if variable.confidential or name in tenant.confidential:
            yield from ((f"confidential {name}", text) for text in _leaves(tenant.variables.get(name)))
        elif variable.identifies or (variable.identifies is None and TELLING.match(name)):
            for text in _leaves(tenant.variables.get(name)):
                yield f"variable {name}", text
                yield f"variable {name}", _without_form(text)


@dataclass(frozen=True, slots=True)
class Described:
    """An id that the settings describe: where it stands in a text, and what its group `tenant` says of whose it is, "" for nothing."""

    start: int
    text: str
    holder: str


def described_in(text: str, settings: Settings) -> Iterator[Described]:
    """The ids in a text that the settings describe."""
    for pattern in _compiled(settings.identifiers):
        for match in pattern.finditer(text):
            yield Described(match.start(), match[0], match.groupdict().get("tenant") or "")


@lru_cache(maxsize=8)
def _compiled(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(map(re.compile, patterns))


def _without_form(title: str) -> str:
    words = title.split()
    while len(words) > 1 and words[-1].strip(".,").replace(".", "").casefold() in _FORMS:
        words.pop()
    return " ".join(words).rstrip(",")


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from (line for line in value.split("\n") if line.strip())
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _leaves(item)


def tells(words: str, kind: str) -> bool:
    """Whether words tell of one tenant: long enough, and not such as everybody writes."""
    parts = words.split()
    length = len(words) - 2
    if not parts or len(parts) > WORDS_MAX:
        return False
    if kind == "pattern":
        return True
    if kind.startswith("confidential"):
        return length >= CONFIDENTIAL_CHARACTERS_MIN and not _COMMON.issuperset(parts)
    if length < CHARACTERS_MIN and words.isascii():
        return False
    if words.replace(" ", "").isdigit():
        return length >= CONFIDENTIAL_CHARACTERS_MIN
    return not _COMMON.issuperset(parts) and any(len(part) > 2 and part not in _COMMON for part in parts)


class Finder:
    """Finds any of very many identifiers in one pass over a text."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self.patterns = list(patterns)
        self._automaton: Any = None
        if self.patterns:
            import ahocorasick_rs

            self._automaton = ahocorasick_rs.AhoCorasick(self.patterns, implementation=ahocorasick_rs.Implementation.ContiguousNFA)

    def found(self, words: str) -> frozenset[str]:
        """The identifiers that stand in a text's words."""
        if self._automaton is None:
            return frozenset()
        # Neighbours share the space between them.
        return frozenset(self.patterns[number] for number, _, _ in self._automaton.find_matches_as_indexes(words, overlapping=True))


def position(text: str, words: str) -> int:
    """Where words stand in a text, as an index; the start where folding makes them unlike it."""
    pattern = r"\W+".join(map(re.escape, words.split()))
    match = re.search(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE)
    return match.start() if match is not None else 0
