"""Ids: what needs all tenants together, over light values: one id, one tenant, and none that would be taken for another.

    every tenant's id, place and aliases, in file order -> [ids] -> findings, the ids that can't be used

An overlay is read by itself (tenants.py), so that one can be read without the others; this is the rest. Pure.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence

from promptc.compiler.schema.few import few
from promptc.compiler.schema.names import look_alikes
from promptc.core.dataclass import dataclass
from promptc.core.findings import Finding, Place


@dataclass(frozen=True, slots=True)
class Entry:
    """What is asked of one tenant. One that isn't `fine` still holds its id, and nothing else of it counts."""

    name: str
    place: Place
    aliases: tuple[str, ...] = ()
    fine: bool = True


class Register:
    """The tenants that were read so far, in file order: the ids that are taken, and the texts that were spoken of.

    Who reads a .jsonl enters its lines while signups_findings asks for them, so that a line that isn't read takes no id.
    """

    def __init__(self, text_findings: Callable[[str], tuple[Finding, ...]] = lambda _file: ()) -> None:
        self._text_findings = text_findings
        self._told: set[str] = set()
        self._met: dict[str, Entry] = {}
        self._broken: set[str] = set()

    def enter(
        self, entry: Entry | None, findings: tuple[Finding, ...] = (), texts: tuple[str, ...] = ()
    ) -> tuple[Finding, ...]:
        """All that is to be said of the next overlay: what is wrong with texts that nobody read before, its own findings,
        and whether its id is taken. None is a layer, or a line without a tenant.
        """
        if texts:
            new = [text for text in texts if text not in self._told]
            self._told.update(new)
            findings = (*(found for text in new for found in self._text_findings(text)), *findings)
        return (*findings, *self._taken(entry)) if entry is not None else findings

    def _taken(self, entry: Entry) -> tuple[Finding, ...]:
        first = self._met.setdefault(entry.name, entry)
        if first is not entry:
            return (self._twice(entry, first),)
        if not entry.fine:
            self._broken.add(entry.name)
        return ()

    def judged(self) -> tuple[list[Finding], frozenset[str]]:
        """What is wrong with all that were met, beyond what `enter` said; and the ids that can't be used."""
        found = self._same()
        fine = [entry for entry in self._met.values() if entry.name not in self._broken]
        return [*found, *_alike(fine)], frozenset(self._broken)

    def _same(self) -> list[Finding]:
        folded: dict[str, Entry] = {}
        found: list[Finding] = []
        for entry in self._met.values():
            first = folded.setdefault(fold_id(entry.name), entry)
            if first is not entry:
                found.append(self._twice(entry, first))
        return found

    def _twice(self, entry: Entry, first: Entry) -> Finding:
        self._broken |= {entry.name, first.name}
        message = f"tenant `{entry.name}` is there twice, first in {first.place}"
        if entry.name != first.name:
            message = f"tenants `{entry.name}` and `{first.name}` differ only in case, Unicode form or a final dot"
        related = (("the other", first.place),)
        return Finding("O020", message, entry.place, related=related, hint="rename one of the two")


def check_ids(entries: Sequence[Entry]) -> tuple[list[Finding], frozenset[str]]:
    """What is wrong with tenants beside each other, in file order, and the ids that can't be used.

    Those of one .jsonl that are there twice are counted as the other findings of that file are; where there are more
    than a thousand, reading the file stops at them, which is Register's to say.
    """
    register = Register()
    twice: dict[str, list[Finding]] = {}
    for entry in entries:
        for finding in register.enter(entry):
            twice.setdefault(entry.place.file, []).append(finding)
    found, broken = register.judged()
    return [*(finding for group in twice.values() for finding in few(group)), *found], broken


def fold_id(name: str) -> str:
    """What of an id must differ: systems and people don't tell case, Unicode form or a final dot."""
    return unicodedata.normalize("NFC", name.casefold()).rstrip(".")


def _alike(entries: Sequence[Entry]) -> list[Finding]:
    # An alias is an id that a service uses: it may be nobody else's, neither as an alias nor as an id.
    owners = {entry.name: entry for entry in entries}
    places = {entry.name: entry.place for entry in entries}
    found: list[Finding] = []
    for entry in entries:
        for alias in entry.aliases:
            other = owners.setdefault(alias, entry)
            places.setdefault(alias, entry.place)
            if other is not entry:
                message = f"alias `{alias[:80]}` of tenant `{entry.name}` is an id of tenant `{other.name}`"
                related = (("the other", other.place),)
                hint = "an id names one tenant"
                found.append(Finding("O020", message, entry.place, related=related, hint=hint))
    return [*found, *look_alikes(places, "tenant's id")]
