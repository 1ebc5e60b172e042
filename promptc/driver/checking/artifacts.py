"""Artifacts: what is said of every artifact, doing again only those that a change brought.

    root, Memory -> [artifacts] -> the root to begin from, what changed since, what is said now

A check publishes nothing, so that the nodes of its root are gone with it. What is kept is therefore what was said of a root
that was built, and what changed since is held against that one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from promptc.core.dataclass import replace
from promptc.core.digest import Digest
from promptc.core.errors import PromptcError
from promptc.core.findings import Finding
from promptc.core.manifest import Change, compare, tenant_targets, walk
from promptc.driver.checking.looking import ArtifactLooking, Inspected, Looker
from promptc.driver.checking.remembered import Flagged, Memory

Targets = dict[str, dict[str, Digest]]


class Artifacts:
    """The artifacts of a root. `start` is where the memory's answer holds, and `changes` lead from there to the root."""

    def __init__(self, whole: Any, looker: Looker, root: Digest, parallel: Callable[..., None]) -> None:
        self.whole = whole
        self.looker = looker
        self.root = root
        self.parallel = parallel
        self.start = root
        self.changes: tuple[Change, ...] = ()
        self.is_kept = False
        self._served: Targets = {}
        self._known: dict[Digest, Inspected] = whole.gathered.inspected

    @property
    def is_built(self) -> bool:
        """Whether the root is that of the last build, so that what is said of it can be kept."""
        return self.root == self._built()

    def look(self, before: Memory, after: Memory, *, is_kept: bool) -> list[Finding]:
        """What is said of artifacts, each finding with the targets that it is seen in. `is_kept` says that `before` still counts."""
        flagged = before.flagged
        if is_kept and self._reaches(Digest(before.root)):
            self.is_kept = True
        else:
            built = self._built()
            if built is None or not self._reaches(built):
                self._reaches(self.root)
            flagged = self._all(self.start)
        now = self._changed(flagged)
        after.root, after.flagged = (self.root, now) if self.is_built else (self.start, flagged)
        return [replace(finding, targets=tuple(targets)) for found, targets in now.values() for finding in found]

    def served(self, tenants: Iterable[str], root: Digest) -> Targets:
        """{tenant: {prompt: digest}} of some tenants, without those that a root doesn't have."""
        found = ((tenant, tenant_targets(self.whole.get, root, tenant)) for tenant in tenants)
        return {tenant: dict(targets) for tenant, targets in found if targets}

    def everything(self) -> Targets:
        """What the root to begin from serves, where all of it was looked at."""
        return self._served

    def inspected(self, digests: Iterable[Digest]) -> Mapping[Digest, Inspected]:
        """What is known of artifacts; those that nobody looked at yet are looked at."""
        wanted = set(digests)
        due = sorted(wanted - self._known.keys())
        results: dict[int, list[Inspected]] = {}
        self.parallel(len(due), partial(ArtifactLooking, self.looker, due, self.whole.seen.store.get), results)
        self._known.update(zip(due, (one for index in sorted(results) for one in results[index]), strict=True))
        return self._known

    def _built(self) -> Digest | None:
        latest = self.whole.seen.store.latest_or_none()
        return None if latest is None else latest.root

    def _reaches(self, start: Digest) -> bool:
        """Whether what changed since a root can be told, as it can't where its nodes are gone; then it is the start."""
        try:
            changes = compare(self.whole.get, start, self.root)
        except PromptcError:
            return False
        self.start, self.changes = start, changes
        return True

    def _all(self, root: Digest) -> Flagged:
        targets: dict[Digest, list[str]] = {}
        for tenant, prompt, digest in walk(self.whole.get, root):
            self._served.setdefault(tenant, {})[prompt] = digest
            targets.setdefault(digest, []).append(f"{tenant}/{prompt}")
        looked = self.inspected(targets)
        return {digest: (looked[digest].findings, some) for digest, some in targets.items() if looked[digest].findings}

    def _changed(self, before: Flagged) -> Flagged:
        """What is said after the changes since the start."""
        if not self.changes:
            return before
        flagged = {digest: (found, set(targets)) for digest, (found, targets) in before.items()}
        for change in self.changes:
            if change.before in flagged:
                flagged[change.before][1].discard(f"{change.tenant}/{change.prompt}")
        looked = self.inspected(change.after for change in self.changes if change.after is not None)
        for change in self.changes:
            if change.after is not None and looked[change.after].findings:
                found = looked[change.after].findings
                flagged.setdefault(change.after, (found, set()))[1].add(f"{change.tenant}/{change.prompt}")
        return {digest: (found, sorted(targets)) for digest, (found, targets) in flagged.items() if targets}
