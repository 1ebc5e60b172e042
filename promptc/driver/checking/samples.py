"""Samples: the beginnings of each prompt for a few tenants, always the same ones, so that all of them need not be read.

    root -> [samples] -> the tenants whose ids hash lowest -> their artifacts' stable text -> Sample

An edit of one tenant rarely changes a sample, and never the way it is chosen: what is said incrementally is what is said anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING

from promptc.checks.check import Sample
from promptc.checks.layout import stable_text
from promptc.core.digest import Digest
from promptc.core.document import Get
from promptc.core.errors import PromptcError
from promptc.core.findings import Finding, Place
from promptc.core.manifest import TENANTS, Change, read_root, read_tenant
from promptc.core.tree import items_in
from promptc.core.weight import estimated
from promptc.driver.checking.looking import Looker, run

if TYPE_CHECKING:
    from promptc.compiler.compile import Compiler

TENANTS_MAX = 32
LOOKED_THROUGH_MAX = 192  # a tree's leaves come in the order of their hashes, and hold at most 64


def sampled(get: Get, root: Digest) -> tuple[dict[str, dict[str, Digest]], list[str]]:
    """Some tenants' artifacts by prompt, and all tenants that were looked at for it."""
    items = list(islice(items_in(get, TENANTS, read_root(get, root).tree), LOOKED_THROUGH_MAX))
    chosen = sorted(items, key=lambda item: hashlib.sha256(item[0].encode()).digest())
    made: dict[str, dict[str, Digest]] = {}
    for number, (tenant, node) in enumerate(chosen):
        if number >= 2 * TENANTS_MAX and all(len(some) >= TENANTS_MAX for some in made.values()):
            break
        for prompt, digest in read_tenant(get, node).items():
            of_prompt = made.setdefault(prompt, {})
            if len(of_prompt) < TENANTS_MAX:
                of_prompt[tenant] = digest
    return made, [tenant for tenant, _ in items]


def stays(changes: Iterable[Change], looked_at: Collection[str]) -> bool:
    """Whether a sample is the same after some changes: nobody came or went, and nobody who was looked at is other."""
    return all(change.before is not None and change.after is not None and change.tenant not in looked_at for change in changes)


class Sampling:
    """Makes samples of one project and has them looked at."""

    def __init__(self, compiler: Compiler, get: Get, looker: Looker) -> None:
        self.compiler = compiler
        self.get = get
        self.looker = looker

    def look(self, prompt: str, digests: Mapping[str, Digest], labels: Mapping[str, Mapping[str, str]]) -> Iterator[Finding]:
        """What checks say of one prompt."""
        checks = [check for check in self.looker.checks if check.looks == "sample"]
        if prompt not in self.compiler.project.prompts or not digests or not checks:
            return
        chosen = sorted(digests, key=lambda tenant: hashlib.sha256(tenant.encode()).digest())[:TENANTS_MAX]
        known: dict[Digest, str] = {}
        for tenant in chosen:
            if digests[tenant] not in known:
                known[digests[tenant]] = stable_text(json.loads(self._data(tenant, prompt, digests[tenant])))
        texts = {tenant: known[digests[tenant]] for tenant in chosen}
        groups: dict[str, list[str]] = {}
        for tenant, text in texts.items():
            for key, value in labels.get(tenant, {}).items():
                groups.setdefault(f"{key}={value}", []).append(text)
        yield from run(checks, self._sample(prompt, chosen[0], texts, groups))

    def _sample(self, prompt: str, first: str, texts: Mapping[str, str], groups: Mapping[str, list[str]]) -> Sample:
        counter = self.looker.counter
        return Sample(
            self.compiler.project.prompts[prompt], counter or estimated, counter is None, tuple(texts.values()),
            {label: tuple(some) for label, some in groups.items()}, lambda line: self._place(first, prompt, line),
        )  # fmt: skip

    def _data(self, tenant: str, prompt: str, digest: Digest) -> bytes:
        try:
            return self.get(digest)
        except (PromptcError, KeyError):
            # A check stores nothing, so that what it made is made again.
            return self.compiler.compile(tenant, prompt).data or b'{"messages": []}'

    def _place(self, tenant: str, prompt: str, line: int) -> Place:
        """Where a line of a target's first message comes from."""
        declared = self.compiler.project.prompts[prompt]
        resolved, _ = self.compiler.resolver.tenant(tenant)
        if resolved is None:
            return declared.place
        messages = self.compiler.origins_for(resolved, declared)
        lines = messages[0] if messages else ()
        file, _, number = (lines[line][1] if line < len(lines) else "").rpartition(":")
        # What an overlay wrote is one tenant's; where it comes to stand is the template's.
        return Place(file, int(number)) if file.endswith(".j2") and number.isdigit() else declared.place
