"""Names: all identifiers of all tenants: whose each one is, and which of them what a tenant is served may hold.

    identities, sources -> Name -> [names] -> Names; marks of a tenant -> candidates; texts -> which of them stand in them

Pure. What stands in a text that all share is said there, once (leaks.py, W613), and is no name here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from promptc.checks.check import Sources
from promptc.checks.identifiers import Finder, Identity, words_of
from promptc.checks.marks import EVERYWHERE, pieces_of
from promptc.checks.ownership import owner_of
from promptc.checks.shared_texts import Shared, shared_of
from promptc.core.dataclass import dataclass, replace

OWNERS_MAX = 3  # what more tenants than these call theirs tells of none
LITERAL_CHARACTERS_MIN = 24
LINE = "line "
Owners = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Name:
    """One identifier of one tenant: its words, folded, and its kind, which for a line of a template is `line PATH`.

    `mark` is one that a text which holds it must have, beside those of shared texts; EVERYWHERE where there is none, or none was
    chosen yet.
    """

    words: str
    tenant: str
    kind: str
    mark: int = EVERYWHERE


class Register(Protocol):
    """Where names are looked up: all of them in memory, or as they were kept."""

    def owners(self, words: str) -> Owners:
        """{tenant: kind} of an identifier."""

    def at(self, marks: Iterable[int]) -> Iterable[str]:
        """The identifiers that have one of these marks."""


class Names:
    """All names, in memory; each with the mark that the fewest others must have."""

    def __init__(self, names: Iterable[Name], shared: Shared) -> None:
        listed = list(names)
        counts = Counter(mark for name in listed for mark in shared.sought(name.words))
        self.all = [replace(one, mark=min(shared.sought(one.words), key=counts.__getitem__, default=EVERYWHERE)) for one in listed]
        self._owners: dict[str, dict[str, str]] = {}
        self._by_mark: dict[int, set[str]] = {}
        for name in self.all:
            self._owners.setdefault(name.words, {})[name.tenant] = name.kind
            self._by_mark.setdefault(name.mark, set()).add(name.words)

    def owners(self, words: str) -> Owners:
        """{tenant: kind} of an identifier."""
        return self._owners.get(words, {})

    def at(self, marks: Iterable[int]) -> Iterable[str]:
        """The identifiers that have one of these marks."""
        return {words for mark in self._by_mark.keys() & set(marks) for words in self._by_mark[mark]}


def names_of(sources: Sources, tenant: str, identities: Iterable[Identity]) -> Iterator[Name]:
    """The names of a tenant."""
    shared = shared_of(sources)
    for kind, words in identities:
        if is_name(words, kind, shared.plain_words) and not shared.tells(words, tenant):
            yield Name(words, tenant, kind)


def lines_of(sources: Sources) -> Iterator[Name]:
    """The lines of templates that are one tenant's own."""
    project, shared = sources.project, shared_of(sources)
    for template in project.templates.values():
        owner = owner_of(template.path, project.tenants)
        for line in template.text.split("\n") if owner else ():
            words = words_of(line)
            if not re.search(r"\{[{%#]", line) and len(words) >= LITERAL_CHARACTERS_MIN and not shared.tells(words, owner):
                yield Name(words, owner, f"{LINE}{template.path}")


def is_name(words: str, kind: str, plain: frozenset[str]) -> bool:
    """Whether words are a name here: one word that the project's own templates write in lower case is none."""
    parts = words.split()
    return kind.startswith(("confidential", "alias", "pattern")) or len(parts) > 1 or parts[0] not in plain


def tells_of(owners: Owners) -> bool:
    """Whether an identifier tells of somebody: of few enough."""
    return 0 < len(owners) <= OWNERS_MAX


def candidates(names: Register, shared: Shared, tenant: str, marks: frozenset[int]) -> list[str]:
    """The identifiers of others that may stand in what a tenant is served."""
    likely = [words for words in names.at((*marks, EVERYWHERE)) if shared.sought(words) <= marks]
    return sorted(words for words in likely if tells_of(owners := names.owners(words)) and tenant not in owners)


class Searching:
    """Searches artifacts for identifiers, all of them in one pass over each text."""

    def __init__(self, identifiers: Iterable[str]) -> None:
        self.finder = Finder(sorted(set(identifiers)))

    def found(self, document: Mapping[str, Any]) -> frozenset[str]:
        """Those that stand in an artifact."""
        return self.finder.found("|".join(map(words_of, pieces_of(document))))
