"""Served: what a target was at a moment: the very bytes that a channel served, or the project as it was then.

    TENANT/PROMPT, a moment -> a registry, build/, git -> [served] -> bytes; Opened

The same grammar of moments as everywhere (moments.py). Bytes come from where they were served from and need no project.
Sources come from the build record behind an entry; whether they are the right ones shows when they compile to the digest
that was served.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from promptc.core.channel import entries_back
from promptc.core.dataclass import dataclass
from promptc.core.digest import Digest
from promptc.core.document import ARTIFACT, fetch_bytes, read_document
from promptc.core.errors import Exit, PromptcError
from promptc.core.manifest import TENANTS, look_up, read_root, tenant_targets
from promptc.core.moves import Known, tenant_of_alias
from promptc.core.record import Record
from promptc.core.tree import items_in
from promptc.core.visible import shortened
from promptc.driver.earlier import open_commit, open_record
from promptc.driver.nearest import did_you_mean
from promptc.driver.project import Opened, open_lazily
from promptc.driver.release.history import is_removed
from promptc.driver.release.opening import Desk, no_channel, opened_desk
from promptc.driver.release.source import BUILD, Source, is_moment, longer, source_of
from promptc.stores.git import Repository

WORKING_TREE = ("working-tree", ".")


@dataclass(frozen=True, slots=True)
class Served:
    """One target as it was served: the artifact's digest and bytes, its target, and how the moment is called."""

    digest: Digest
    data: bytes
    target: str
    moment: str


def served(start: str, word: str, where: str | None, target: str) -> Served | Opened:
    """A target at a moment; the project itself where the moment is one of git, since it must be compiled then.

    `target` is `tenant/prompt` or a tenant alone, by id or alias. PromptcError V001, V002, V019, G003, G008.
    """
    desk = opened_desk(start, where, may_lack=True)
    found = _source(desk, word)
    if not isinstance(found, Source):
        return found
    tenant, prompt, digest = _target(found, target)
    if is_removed(desk, digest):
        raise _removed(found, f"{tenant}/{prompt}")
    data = fetch_bytes(found.get, digest)
    read_document(data, ARTIFACT)
    return Served(digest, data, f"{tenant}/{prompt}", found.moment)


def opened_at(start: str, word: str, where: str | None, target: str) -> Opened:
    """The project as it was at a moment. Of several builds behind an entry, that which made the target.

    PromptcError as of `served`; G010 where sources of then are not here, G011 where they compile to other bytes now.
    """
    desk = opened_desk(start, where, may_lack=True)
    found = _source(desk, word)
    if not isinstance(found, Source):
        return found
    return made_by(desk, found, target)[0]


def made_by(desk: Desk, found: Source, target: str) -> tuple[Opened, Digest | None]:
    """The project that a target of a source was built from, and the build record that says so. PromptcError as `opened_at`."""
    if desk.folder is None:
        raise PromptcError(
            "C002", "no promptc project in this folder or above it", hint="sources stand in a project: name one with `-C DIR`"
        )
    tenant, _, prompt = target.partition("/")
    if not prompt:
        return _opened(desk, found, found.record), found.record
    tenant, prompt, digest = _target(found, target)
    refused: PromptcError | None = None
    for record in _records(desk, found, tenant, prompt, digest):
        try:
            opened = _opened(desk, found, record)
            if _compiled(opened, tenant, prompt) == digest:
                return opened, record
        except PromptcError as error:
            refused = error
    raise refused or PromptcError(
        "G011",
        f"this promptc compiles `{shortened(target)}` of `{found.moment}` to other bytes than were served",
        hint="what was served: `promptc show` with the same `--at`; its build record names the toolchain (`promptc trace`)",
        exit_code=Exit.INTEGRITY,
    )


def of_digest(start: str, where: str, digits: str) -> tuple[Digest, bytes]:
    """An artifact of a registry by its digest or a unique piece of it. PromptcError G008, D005."""
    desk = opened_desk(start, where)
    digest = Digest(f"sha256:{digits}") if len(digits) == 64 else longer(desk, digits)
    data = fetch_bytes(desk.registry.get, digest)
    read_document(data, ARTIFACT)
    return digest, data


def _source(desk: Desk, word: str) -> Source | Opened:
    kind, _, rest = word.partition(":")
    if kind == "git" and rest:
        return _commit(desk, rest)
    if word in WORKING_TREE:
        return open_lazily(str(desk.start))
    is_file = word.endswith((".json", ".lock")) and Path(desk.start, word).is_file()
    if word == BUILD or kind in ("root", "sha256") or is_file:
        return source_of(desk, word)
    if is_moment(word) or word.startswith("service/"):
        channel, at, _ = word.partition("@")
        if desk.maybe_head(channel) is not None:
            return source_of(desk, word)
        if at or desk.folder is None:
            raise no_channel(desk, channel)
    try:
        return _commit(desk, word)
    except PromptcError as error:
        if error.code not in ("G001", "G003") or not is_moment(word):
            raise
        found = no_channel(desk, word)
        found.message += ", and git knows no such revision"
        raise found from None


def _commit(desk: Desk, word: str) -> Opened:
    if desk.folder is None:
        raise no_channel(desk, word)
    return open_commit(desk.folder, Repository(desk.folder).commit(word))


def _target(source: Source, target: str) -> tuple[str, str, Digest]:
    name, _, prompt = target.partition("/")
    known = Known(source.entry.tenants, source.entry.aliases) if source.entry is not None else Known()
    tenant = tenant_of_alias(source.get, known, name) or name
    served_by = tenant_targets(source.get, source.root, tenant)
    if served_by is None:
        near = did_you_mean(name, (n for n, _ in items_in(source.get, TENANTS, read_root(source.get, source.root).tree)))
        raise PromptcError("V019", f"`{source.moment}` has no tenant `{shortened(name)}`", hint=near or "`promptc list` shows tenants")
    if not prompt and len(served_by) == 1:
        (prompt,) = served_by
    if prompt not in served_by:
        listed = ", ".join(f"`{tenant}/{found}`" for found in sorted(served_by)[:6])
        said = f"has several prompts of `{tenant}`" if not prompt else f"has no target `{shortened(target)}`"
        raise PromptcError("V019", f"`{source.moment}` {said}", hint=f"it has {listed}")
    return tenant, prompt, served_by[prompt]


def _removed(source: Source, target: str) -> PromptcError:
    return PromptcError(
        "V014",
        f"the text of `{target}` at `{source.moment}` was removed from the registry",
        hint="its digest stays in the history; `promptc history` shows when it was served",
        exit_code=Exit.NO,
    )


def _records(desk: Desk, source: Source, tenant: str, prompt: str, digest: Digest) -> Iterator[Digest | None]:
    """The build records that may have made a target, the likeliest first: a channel is composed of several builds."""
    if source.entry is None:
        yield source.record
        return
    seen: set[Digest] = set()
    for entry in entries_back(desk.registry.read, source.entry):
        if look_up(source.get, entry.root, tenant, prompt) != digest and entry.kind != "rollback":
            return
        record = entry.composed.record if entry.composed is not None else None
        if record is not None and record not in seen:
            seen.add(record)
            yield record


def _opened(desk: Desk, source: Source, record: Digest | None) -> Opened:
    if record is None:
        raise PromptcError(
            "G010", f"no build record of `{source.moment}` is known", hint="explain the commit that it was built from, with `--at COMMIT`"
        )
    assert desk.folder is not None
    made = Record.decode(fetch_bytes(source.get, record))
    return open_record(desk.folder, made, source.get, source.moment)


def _compiled(opened: Opened, tenant: str, prompt: str) -> Digest | None:
    from promptc.driver.selection import Selection, Selector
    from promptc.driver.targets import compile_selected

    selector = Selector("target", tenant, prompt, f"{tenant}/{prompt}")
    return compile_selected(opened, Selection((selector,))).digests.get(tenant, {}).get(prompt)
