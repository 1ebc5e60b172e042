"""Readers: which prompts declare that they read what another one answers (`reads: classify.output`), as they are served.

    a root, prompts and tenants -> [readers] -> the readers of each prompt

The declaration is in the artifact's inputs, so that it is known without any sources.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Set

from promptc.core.digest import Digest
from promptc.core.document import ARTIFACT, Get, fetch_bytes, read_document
from promptc.core.errors import PromptcError
from promptc.core.manifest import tenant_targets


def readers_of(get: Get, root: Digest, prompts: Mapping[str, Set[str]]) -> dict[str, list[str]]:
    """For each of some prompts, whose outputs differ for some tenants: the prompts of these tenants that read it, sorted."""
    found: dict[str, set[str]] = {prompt: set() for prompt in prompts}
    read: dict[Digest, frozenset[str]] = {}
    for tenant in sorted(set().union(*prompts.values())):
        wanted = {prompt for prompt, tenants in prompts.items() if tenant in tenants}
        for reader, digest in (_targets(get, root, tenant)).items():
            if all(reader in found[prompt] for prompt in wanted):
                continue
            if digest not in read:
                read[digest] = _read(get, digest)
            for prompt in wanted & read[digest]:
                found[prompt].add(reader)
    return {prompt: sorted(readers) for prompt, readers in found.items()}


def _targets(get: Get, root: Digest, tenant: str) -> Mapping[str, Digest]:
    try:
        return tenant_targets(get, root, tenant) or {}
    except PromptcError:
        return {}  # damaged, or forgotten: a rollback is not kept from being done by that


def _read(get: Get, digest: Digest) -> frozenset[str]:
    """The prompts whose output an artifact reads."""
    try:
        data = fetch_bytes(get, digest)
        if b'"reads":' not in data:
            return frozenset()
        inputs = read_document(data, ARTIFACT)["inputs"]
    except (PromptcError, json.JSONDecodeError):
        return frozenset()
    return frozenset(str(schema["reads"]).split(".")[0] for schema in inputs.values() if "reads" in schema)
