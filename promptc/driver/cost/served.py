"""Served: the artifacts of a build or a moment, how many tokens each comes to, and which model it asks.

    the last build, `prod`, a root -> [served] -> weights of targets -> costing, conversations
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from promptc.core.dataclass import dataclass
from promptc.core.digest import Digest
from promptc.core.document import ARTIFACT, Get, fetch_bytes, read_document
from promptc.core.errors import PromptcError
from promptc.core.manifest import tenant_targets
from promptc.core.weight import Weight, estimated, weight_of
from promptc.driver.folder import BUILD_FOLDER, find_folder
from promptc.driver.tokens import counter_of

ESTIMATE = "an estimate: UTF-8 bytes of the compiled text over four"


@dataclass(frozen=True, slots=True)
class Weighed:
    """An artifact's model as `provider/name`, and its weight."""

    model: str
    weight: Weight


@dataclass(slots=True)
class Served:
    """What a root serves. `moment` says which, `counted_by` how tokens are counted."""

    moment: str
    root: Digest
    get: Get
    count: Callable[[str], int]
    counted_by: str
    targets: dict[str, Any]
    weights: dict[Digest, Weighed]

    def find(self, tenant: str, prompt: str) -> Weighed | None:
        """What a target comes to; None where the root has none such."""
        if tenant not in self.targets:
            self.targets[tenant] = tenant_targets(self.get, self.root, tenant) or {}
        digest = self.targets[tenant].get(prompt)
        return None if digest is None else self.weighed(digest)

    def weighed(self, digest: Digest) -> Weighed:
        """What an artifact comes to. Each is counted once."""
        if digest not in self.weights:
            self.weights[digest] = weighed(fetch_bytes(self.get, digest), self.count)
        return self.weights[digest]


def weighed(data: bytes, count: Callable[[str], int]) -> Weighed:
    """What an artifact's bytes come to."""
    document = json.loads(data)
    return Weighed(model_of(document), weight_of(read_document(data, ARTIFACT), count))


def model_of(document: Any) -> str:
    """`provider/name`, "" where an artifact has no model."""
    model = document["model"]
    return f"{model['provider']}/{model['name']}" if model else ""


def served(start: str, word: str | None, where: str | None) -> Served:
    """What a word names: the last build without one. PromptcError G008 where there is none."""
    count, said = counting(start)
    if word or where:
        from promptc.driver.release.opening import opened_desk
        from promptc.driver.release.source import source_of

        source = source_of(opened_desk(start, where), word)
        return Served(source.moment, source.root, source.get, count, said, {}, {})
    from promptc.stores.build import BuildFolder

    store = BuildFolder(find_folder(start) / BUILD_FOLDER)
    latest = store.latest()
    if latest is None:
        raise PromptcError("G008", "nothing was built here yet", hint="`promptc build` makes a build")
    return Served("the last build", latest.root, store.get, count, said, {}, {})


def counting(start: str) -> tuple[Callable[[str], int], str]:
    """What counts tokens for a project, and what it is called."""
    from promptc.driver.project import read_settings_of

    try:
        folder = find_folder(start)
    except PromptcError:
        return estimated, ESTIMATE
    name = read_settings_of(folder)[0].tokenizer
    counter = counter_of(folder, name)
    return (estimated, ESTIMATE) if counter is None else (counter, f"the tokenizer {name}")
