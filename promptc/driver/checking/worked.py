"""Worked: what is said of targets that were compiled in one go, where nothing is kept: a selection's, or a tree's in memory.

    Work, Looker -> [worked] -> findings of artifacts; Asking, for who holds tenants against each other
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from promptc.core.dataclass import replace
from promptc.core.digest import Digest
from promptc.core.findings import Finding
from promptc.driver.checking.estate import Asking, overlay_text
from promptc.driver.checking.looking import Inspected, Looker
from promptc.driver.targets import Work

Overlays = Mapping[str, tuple[str, int, bytes]]


class Worked:
    """The artifacts of some work, each looked at once."""

    def __init__(self, looker: Looker, work: Work) -> None:
        self.looker = looker
        self.work = work
        self.inspected: dict[Digest, Inspected] = {}
        self._targets: dict[Digest, list[str]] = {}
        for tenant, prompts in work.digests.items():
            for prompt, digest in prompts.items():
                self._targets.setdefault(digest, []).append(f"{tenant}/{prompt}")
        for digest in self._targets:
            self.inspected[digest] = looker.artifact(digest, work.artifacts[digest])

    def findings(self) -> Iterator[Finding]:
        """What is said of artifacts, each finding with the targets that it is seen in."""
        for digest, names in self._targets.items():
            for finding in self.inspected[digest].findings:
                yield replace(finding, targets=tuple(sorted(names)))

    def asking(self, labels: Mapping[str, Mapping[str, str]], overlays: Overlays) -> Asking:
        """What tenants are asked with; `overlays` are their own, each with its file and line."""
        return Asking(
            self.looker.sources, lambda _: self.inspected, labels,
            lambda _tenant, _prompt, digest: json.loads(self.work.artifacts[digest]),
            lambda tenant: overlay_text(*overlays[tenant]) if tenant in overlays else None,
        )  # fmt: skip
