"""Accounting: the accounts of a whole project brought up to date, and what follows from them.

    Memory before and after, artifacts -> [accounting] -> accounts that are kept, Estate

What is kept holds for names as they are now, and for the artifacts of the last build: what an edit that isn't built brings is
worked out beside it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from promptc.checks.check import Estate, Text
from promptc.checks.marks import EVERYWHERE
from promptc.checks.names import Name
from promptc.checks.shared_texts import shared_of
from promptc.core.dataclass import dataclass, replace
from promptc.core.digest import Digest
from promptc.core.errors import PromptcError
from promptc.driver.checking.accounts import Account, Accounts
from promptc.driver.checking.artifacts import Artifacts, Targets
from promptc.driver.checking.estate import Asking, overlay_text, probed
from promptc.driver.checking.looking import Looker
from promptc.driver.checking.remembered import Memory, Row, names_in


@dataclass(slots=True)
class Turned:
    """What is other than before: names that are gone, names that are new, and tenants whose labels are others."""

    gone: set[Name]
    new: set[Name]
    relabelled: set[str]

    @property
    def words(self) -> set[str]:
        """Every identifier that somebody gained or lost."""
        return {name.words for name in self.gone | self.new}


def turned(before: Memory, after: Memory) -> Turned:
    """What is other in those shards that were made anew."""
    made = Turned(set(), set(), set())
    old: dict[str, int] = {}
    new: dict[str, int] = {}
    for number, shard in enumerate(after.shards):
        if shard is not before.shards[number]:
            kept, now = before.files(number), after.files(number)
            # What of a shard stayed was taken over as it was.
            for files, others, names, labels in ((kept, now, made.gone, old), (now, kept, made.new, new)):
                for row in _rows(entry for file, entry in files.items() if others.get(file) is not entry):
                    names.update(names_in(row))
                    labels[row[2]] = row[4]
    made.gone, made.new = made.gone - made.new, made.new - made.gone
    made.relabelled = {tenant for tenant in old.keys() & new.keys() if old[tenant] != new[tenant]}
    return made


def _rows(files: Iterable[tuple[str, list[Row]]]) -> Iterator[Row]:
    return (row for _, rows in files for row in rows if row[2])


class Accounting:
    """The accounts of one run of the checks."""

    def __init__(self, whole: Any, looker: Looker, before: Memory, after: Memory) -> None:
        self.whole, self.looker, self.before, self.after = whole, looker, before, after
        self.kept = Accounts(before.folder)

    def holds(self) -> bool:
        """Whether what was kept belongs to what is remembered otherwise, and that still counts."""
        if not self.before.generation or not self.before.root or self.before.keys != self.after.keys:
            return False
        try:
            return self.kept.generation() == self.before.generation
        finally:
            self.kept.close()

    def estate(self, artifacts: Artifacts, labels: Mapping[str, Mapping[str, str]]) -> Estate:
        """What there is to say of all targets together."""
        asking = Asking(self.looker.sources, artifacts.inspected, labels, self._document, self._overlay_text)
        changed = {change.tenant for change in artifacts.changes}
        served = artifacts.served(changed, artifacts.root)
        artifacts.inspected(digest for prompts in served.values() for digest in prompts.values())
        if not artifacts.is_kept:
            return self._anew(asking, artifacts, served, changed)
        try:
            return self._again(asking, artifacts, served, changed)
        finally:
            self.kept.close()

    def _anew(self, asking: Asking, artifacts: Artifacts, served: Targets, changed: set[str]) -> Estate:
        memory = self.after
        own = (name for number in range(len(memory.shards)) for row in _rows(memory.files(number).values()) for name in names_in(row))
        names, accounts = asking.everybody(artifacts.everything(), own)
        memory.generation = os.urandom(8).hex()
        self.kept.replace(memory.generation, names.all, accounts)
        now = _over(accounts, changed, asking.of(served, names))
        return asking.estate({tenant: one for tenant, one in now.items() if one.said}, names)

    def _again(self, asking: Asking, artifacts: Artifacts, served: Targets, changed: set[str]) -> Estate:
        kept, other = self.kept, turned(self.before, self.after)
        relabelled = artifacts.served(other.relabelled, artifacts.start)
        artifacts.inspected(digest for prompts in relabelled.values() for digest in prompts.values())
        if other.words:
            sought = shared_of(asking.sources).sought
            new = (replace(name, mark=max(sought(name.words), default=EVERYWHERE)) for name in other.new)
            kept.rename(((name.words, name.tenant) for name in other.gone), new)
            kept.put(probed(asking, kept, other.words, lambda tenants: artifacts.served(tenants, artifacts.start)))
        if relabelled:
            kept.put(asking.of(relabelled, kept))
        now = asking.of(served, kept)
        if changed and artifacts.is_built:
            kept.put({tenant: now.get(tenant) for tenant in changed})
        estate = asking.estate(_over(kept.with_finds(), changed, now), kept)
        self.after.generation = self.before.generation
        if kept.writes:
            self.after.generation = os.urandom(8).hex()
            kept.keep(self.after.generation)
        return estate

    def _document(self, tenant: str, prompt: str, digest: Digest) -> Mapping[str, Any]:
        try:
            data = self.whole.seen.store.get(digest)
        except (PromptcError, KeyError):
            # A check stores nothing, so that what it made is made again.
            data = self.looker.compiler.compile(tenant, prompt).data or b""
        found: Mapping[str, Any] = json.loads(data)
        return found

    def _overlay_text(self, tenant: str) -> Text | None:
        """A tenant's own overlay: most are files with its name."""
        ending = f"/{tenant}.yaml"
        for file in self.whole.seen.digests:
            if file.endswith(ending) and file.startswith(f"{self.whole.sources.settings.tenants}/"):
                return overlay_text(file, 0, self.whole.read(file) or b"")
        for number in range(len(self.after.shards)):
            for file, (_, rows) in self.after.files(number).items():
                if any(row[2] == tenant for row in rows):
                    line = next(row[0] for row in rows if row[2] == tenant)
                    data = self.whole.read(file) or b""
                    return overlay_text(file, line, data.split(b"\n")[line - 1] if line else data)
        return None


def _over(accounts: Mapping[str, Account], changed: set[str], now: Mapping[str, Account]) -> dict[str, Account]:
    return {tenant: one for tenant, one in accounts.items() if tenant not in changed} | dict(now)
