"""Estate: tenant held against tenant: whose names stand in what others are served, and which rules don't hold for whom.

    marks and rules of artifacts, names -> [estate] -> accounts by tenant -> Estate

What it comes to follows from the names, the labels and the artifacts alone. After an edit only those tenants are asked again
whose artifacts changed, and for names that are new or gone those whose marks say that they could hold them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from promptc.checks.check import Estate, Held, Sources, Text
from promptc.checks.identifiers import words_of
from promptc.checks.marks import EVERYWHERE, packed, unpacked
from promptc.checks.names import Name, Names, Register, Searching, candidates, lines_of, tells_of
from promptc.checks.rules import is_for_tenant
from promptc.checks.shared_texts import shared_of
from promptc.core.dataclass import dataclass, replace
from promptc.core.digest import Digest
from promptc.core.findings import Place
from promptc.driver.checking.accounts import Account
from promptc.driver.checking.looking import Inspected

Labels = Mapping[str, Mapping[str, str]]
Served = Mapping[str, Mapping[str, Digest]]
Document = Callable[[str, str, Digest], Mapping[str, Any]]


@dataclass(slots=True)
class Asking:
    """What tenants are asked with: the sources, what is known of artifacts by digest, labels, and an artifact's document."""

    sources: Sources
    inspected: Callable[[Iterable[Digest]], Mapping[Digest, Inspected]]
    labels: Labels
    document: Document
    overlay_text: Callable[[str], Text | None]

    def everybody(self, served: Served, own: Iterable[Name]) -> tuple[Names, dict[str, Account]]:
        """All names, and the accounts of all tenants."""
        names = Names((*lines_of(self.sources), *own), shared_of(self.sources))
        return names, self.of(served, names)

    def of(self, served: Served, names: Register) -> dict[str, Account]:
        """The accounts of some tenants."""
        looked = self.inspected(digest for prompts in served.values() for digest in prompts.values())
        shared = shared_of(self.sources)
        accounts: dict[str, Account] = {}
        sought: dict[str, list[str]] = {}
        for tenant, prompts in served.items():
            marks = unpacked(b"".join(looked[digest].marks for digest in set(prompts.values())))
            accounts[tenant] = self._account(tenant, prompts, looked, marks)
            sought[tenant] = candidates(names, shared, tenant, marks)
        for tenant, found in self.standing(sought, served).items():
            accounts[tenant].named = found
        return accounts

    def _account(
        self, tenant: str, prompts: Mapping[str, Digest], looked: Mapping[Digest, Inspected], marks: frozenset[int]
    ) -> Account:
        made = Account(packed(marks))
        rules = self.sources.project.rules
        broken: dict[tuple[int, str], list[str]] = {}
        for prompt, digest in prompts.items():
            for what in looked[digest].wrong:
                broken.setdefault(what, []).append(prompt)
        ids: dict[tuple[str, str], list[str]] = {}
        for prompt, digest in prompts.items():
            for one in looked[digest].ids:
                if one[0].casefold() != tenant.casefold():
                    ids.setdefault(one, []).append(prompt)
        made.ids = {one: tuple(some) for one, some in ids.items()}
        if broken:
            labels = self.labels.get(tenant, {})
            made.broken = {what: tuple(some) for what, some in broken.items() if is_for_tenant(rules[what[0]], tenant, labels)}
        return made

    def standing(self, sought: Mapping[str, Sequence[str]], served: Served) -> dict[str, dict[str, tuple[str, ...]]]:
        """Which of the identifiers that are sought in each tenant's artifacts do stand there, with the prompts."""
        searching = Searching(words for some in sought.values() for words in some)
        known: dict[Digest, frozenset[str]] = {}
        made: dict[str, dict[str, tuple[str, ...]]] = {}
        for tenant in sorted(tenant for tenant, some in sought.items() if some):
            found: dict[str, list[str]] = {}
            for prompt, digest in served[tenant].items():
                if digest not in known:
                    known[digest] = searching.found(self.document(tenant, prompt, digest))
                for words in known[digest].intersection(sought[tenant]):
                    found.setdefault(words, []).append(prompt)
            made[tenant] = {words: tuple(sorted(prompts)) for words, prompts in sorted(found.items())}
        return made

    def _holder(self, holder: str, names: Register) -> str:
        """The tenant that an id speaks of, by its own id or an alias; "" where it is none's."""
        for name in (holder, holder.casefold()):
            if name in self.sources.project.tenants:
                return name
        owners = [owner for owner, kind in names.owners(words_of(holder)).items() if kind in ("id", "alias")]
        return owners[0] if len(owners) == 1 else ""

    def estate(self, finds: Mapping[str, Account], names: Register) -> Estate:
        """What was found, as checks see it."""
        broken: dict[tuple[int, str], list[str]] = {}
        held: list[Held] = []
        for tenant, account in sorted(finds.items()):
            for what, prompts in account.broken.items():
                broken.setdefault(what, []).extend(f"{tenant}/{prompt}" for prompt in prompts)
            for words, prompts in account.named.items():
                owners = names.owners(words)
                if tells_of(owners) and tenant not in owners:
                    held.append(Held(tenant, words, tuple(f"{tenant}/{prompt}" for prompt in prompts), owners))
            for (holder, words), prompts in account.ids.items():
                owner = self._holder(holder, names)
                if owner and owner != tenant:
                    held.append(Held(tenant, words, tuple(f"{tenant}/{prompt}" for prompt in prompts), {owner: "pattern"}))
        return Estate(self.sources, {what: tuple(sorted(some)) for what, some in broken.items()}, tuple(held), self.overlay_text)


def probed(asking: Asking, kept: Any, words: Iterable[str], served: Callable[[Iterable[str]], Served]) -> dict[str, Account]:
    """The kept accounts that change by what is to be said of some identifiers now, as they are then."""
    shared = shared_of(asking.sources)
    due = [one for one in words if tells_of(kept.owners(one))]
    sought = {one: (max(marks := shared.sought(one), default=EVERYWHERE), marks) for one in due}
    by_tenant: dict[str, list[str]] = {}
    for one, tenants in kept.holders(sought).items():
        owners = kept.owners(one)
        for tenant in tenants:
            if tenant not in owners:
                by_tenant.setdefault(tenant, []).append(one)
    stale = {tenant: account for tenant, account in kept.with_finds().items() if not account.named.keys().isdisjoint(words)}
    found = asking.standing(by_tenant, served(by_tenant))
    made: dict[str, Account] = {}
    for tenant in stale.keys() | found.keys():
        account = stale.get(tenant) or kept.of(tenant)
        if account is not None:
            still = {one: prompts for one, prompts in account.named.items() if one not in words}
            made[tenant] = replace(account, named=still | found.get(tenant, {}))
    return made


class LineText(Text):
    """One line of a .jsonl as a text: every place in it is the line's."""

    def __init__(self, file: str, text: str, line: int) -> None:
        super().__init__(file, text, "signups")
        self._line = line

    def place(self, index: int) -> Place:
        """The place of a character."""
        return Place(self.file, self._line, super().place(index).column)


def overlay_text(file: str, line: int, data: bytes) -> Text:
    """A tenant's own overlay as a text."""
    text = data.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n")
    return LineText(file, text, line) if line else Text(file, text, "tenant")
