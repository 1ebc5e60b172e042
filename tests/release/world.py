"""A registry in a folder, and roots made of a few artifacts, without a project: what release commands work on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from promptc.compiler.project import Settings
from promptc.core.digest import Digest, digest_of
from promptc.core.manifest import Change, make_manifest, walk
from promptc.core.plan import Plan
from promptc.core.values import canonical_bytes
from promptc.driver.release.opening import Desk
from promptc.driver.release.promote import Promoted, promote
from promptc.driver.release.source import source_of
from promptc.stores.registry import lineage, open_registry


def desk_at(folder: Path) -> Desk:
    """A new registry, and nothing else."""
    registry = open_registry("registry", folder, create=True)
    return Desk(folder, None, Settings(), registry, lineage(registry), is_local=False, base=folder)


def artifact(text: str) -> bytes:
    """The bytes of an artifact that says a text."""
    document = {
        "config": {}, "format": "promptc.artifact/1", "inputs": {}, "messages": [{"content": [text], "role": "system"}],
        "model": {"name": "m", "provider": "anthropic"}, "prompt": "hello", "tools": [],
    }  # fmt: skip
    return canonical_bytes(document)


def put_root(desk: Desk, texts: Mapping[str, str]) -> Digest:
    """A root in the registry of {tenant/prompt: text}; the targets' digests are those of artifacts of these texts."""
    targets: dict[str, dict[str, Digest]] = {}
    blobs: dict[Digest, bytes] = {}
    for target, text in texts.items():
        tenant, _, prompt = target.partition("/")
        data = artifact(text)
        blobs[digest_of(data)] = data
        targets.setdefault(tenant, {})[prompt] = digest_of(data)
    manifest = make_manifest(targets)
    desk.registry.put([*blobs.items(), *manifest.blobs.items()])
    return manifest.root


def served(desk: Desk, root: Digest) -> dict[str, Digest]:
    """What a root serves, by target."""
    return {f"{tenant}/{prompt}": digest for tenant, prompt, digest in walk(desk.registry.get, root)}


def moved(desk: Desk, channel: str, root: Digest, moves: Iterable[Change], *, who: str = "ann") -> Promoted:
    """Promote some moves of a channel to what a root has."""
    head = desk.maybe_head(channel)
    plan = Plan(channel, desk.lineage, "root", root, tuple(moves), head.number if head else 0)
    return promote(desk, plan, who=who, source=source_of(desk, root))
