"""Forgetting: remove a tenant from registries, the build and the sources, in this order, and report what stays and why.

    registries, build/, sources -> [forget] -> entries, tombstones, files gone -> Report

Sources go last: whatever a kill leaves, the next run finds the tenant there and goes on. What was removed in a registry
keeps its tombstone, so that every hash of the history can still be checked.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import nullcontext, suppress
from pathlib import Path

from promptc.core.channel import SERVICE
from promptc.core.dataclass import dataclass
from promptc.core.errors import PromptcError
from promptc.core.forgetting import Item, Place, Remainder, Report
from promptc.core.visible import shortened
from promptc.driver.build import Progress, quiet
from promptc.driver.folder import BUILD_FOLDER, CACHE_FOLDER
from promptc.driver.forget_sources import Removal, removal
from promptc.driver.nearest import did_you_mean
from promptc.driver.project import Opened, open_project
from promptc.driver.release.forget_registry import Holdings, let_go, look, remove, sizes
from promptc.driver.release.opening import Desk
from promptc.driver.release.who import Author, now
from promptc.driver.remembering import alone_in_build
from promptc.stores import effects
from promptc.stores.lock import LOCK
from promptc.stores.machine import writing
from promptc.stores.write import write_file


@dataclass(frozen=True, slots=True)
class Forgetting:
    """What is to be forgotten, where. The first desk's folder is the project, None where there is none."""

    tenant: str
    desks: Sequence[Desk]
    by: Author
    delete: bool


def forget(asked: Forgetting, on_progress: Progress = quiet) -> Report:
    """Forget a tenant, or say what that would remove. PromptcError C003 where nothing here knows it; N003, D006."""
    folder = asked.desks[0].folder
    opened = open_project(str(folder)) if folder is not None else None
    found = removal(opened, asked.tenant) if opened is not None else Removal()
    held = [_looked(desk, asked.tenant, on_progress) for desk in asked.desks]
    if not found.items and not any(one.is_known for one in held):
        known = opened.project.tenants if opened is not None else ()
        raise PromptcError(
            "C003",
            f"nothing here knows a tenant `{shortened(asked.tenant)}`",
            hint=did_you_mean(asked.tenant, known) or "name its id, and every registry that may hold it",
        )
    places = [_in_registry(asked, desk, one, on_progress) for desk, one in zip(asked.desks, held, strict=True)]
    if folder is not None:
        is_anything = bool(found.items) or any(place.gone for place in places)
        places += [*_in_build(folder, is_anything=is_anything, delete=asked.delete), _in_sources(folder, found, delete=asked.delete)]
    beyond = tuple(_beyond(opened, found, asked.tenant))
    return Report(asked.tenant, now(), asked.by.who, asked.by.why, asked.delete, tuple(places), beyond)


def _looked(desk: Desk, tenant: str, on_progress: Progress) -> Holdings:
    with desk.registry.using() if desk.lineage else nullcontext():
        return look(desk, tenant, on_progress)


def _in_registry(asked: Forgetting, desk: Desk, held: Holdings, on_progress: Progress) -> Place:
    entries: list[Item] = []
    if asked.delete and desk.lineage:
        with desk.registry.alone():
            held = look(desk, asked.tenant, on_progress)
            appended = let_go(desk, asked.tenant, held, asked.by)
            entries = [Item("served", f"{entry.moment} serves and knows it no more", entry.digest) for entry in appended]
            # What the entry made just now does not know is what is left to remove.
            pinned, held = held.pinned, look(desk, asked.tenant, on_progress)
            items = _items(desk, held)
            remove(desk, held, on_progress)
            held.pinned = pinned
    else:
        entries = [Item("served", f"{head.channel} serves or knows it ({head.moment})", head.digest) for head in held.heads]
        items = _items(desk, held)
    return Place(f"registry {desk.registry.where}", (*entries, *items), tuple(_stays(held, asked.tenant)))


def _items(desk: Desk, held: Holdings) -> list[Item]:
    made: list[Item] = []
    for kind, digests in (("artifact", held.artifacts), ("manifest node", held.nodes), ("labels", held.labels)):
        made += [Item(kind, "", digest, size) for digest, size in sizes(desk, digests)]
    for kind, names in (("evidence", held.evidence), ("plan", held.plans)):
        made += [Item(kind, name) for name in names]
    return made


def _stays(held: Holdings, tenant: str) -> Iterator[Remainder]:
    for entry in held.pinned:
        service = entry.channel.removeprefix(SERVICE)
        yield Remainder(
            f"the service `{service}` says that it holds a pin that serves it ({entry.moment})",
            f"`promptc pin --update`, deploy, then `promptc deployed {service} --pin FILE`; purge its disk cache and vendored folder",
        )
    if held.shared:
        yield Remainder(f"{held.shared:,} artifacts that other tenants are served, too, byte for byte: nothing in them is its own")
    if held.named or held.selected:
        yield Remainder(
            f"the id `{tenant}` itself, in old manifests and holds (nodes: {held.named:,}) and selections of entries ({held.selected:,})",
            "an id is no text of the tenant; where it names a person, that is for your counsel to judge",
        )
    if held.labels:
        yield Remainder("labels of up to 63 other tenants at entries of then went with its own: selections by label pass them over there")


def _in_build(folder: Path, *, is_anything: bool, delete: bool) -> Iterator[Place]:
    """The build goes whole: its caches hold texts under keys that name no tenant, and a build makes it anew."""
    build = folder / BUILD_FOLDER
    names = [name for name in ("blobs", "latest.json", "tmp", *_cached(build)) if os.path.lexists(build / name)]
    if not names or not is_anything:
        return
    items = tuple(Item("cache", f"{BUILD_FOLDER}/{name}", "", _size(build / name)) for name in names)
    if delete:
        with alone_in_build(folder):
            for name in sorted(names, key=lambda name: name != "latest.json"):
                _drop(build / name)
    yield Place(f"{BUILD_FOLDER}/, whole: `promptc build` makes it anew", items)


def _cached(build: Path) -> list[str]:
    with suppress(OSError):
        return [f"{CACHE_FOLDER}/{name}" for name in sorted(os.listdir(build / CACHE_FOLDER)) if name != LOCK]
    return []


def _drop(path: Path) -> None:
    with writing(path.name), suppress(FileNotFoundError):
        if path.is_dir() and not path.is_symlink():
            effects.remove_tree(path)
        else:
            effects.unlink(path)


def _size(path: Path) -> int:
    if not path.is_dir():
        return os.lstat(path).st_size
    return sum(os.lstat(os.path.join(at, name)).st_size for at, _, names in os.walk(path) for name in names)


def _in_sources(folder: Path, found: Removal, *, delete: bool) -> Place:
    if delete:
        for file, data in found.edits.items():
            if data is None:
                _drop(folder / file)
            else:
                write_file(folder / file, data)
    return Place("sources", tuple(found.items), tuple(found.stays))


def _beyond(opened: Opened | None, found: Removal, tenant: str) -> Iterator[Remainder]:
    if opened is None:
        yield Remainder("the project's sources and build: none was looked at", "run this once more in the project's folder")
    else:
        yield from _in_git(opened.folder, found)
    yield Remainder(
        "copies of a registry that were not named: mirrors, static exports behind a CDN, backups",
        "name each registry with `--registry`; purge the CDN's copies of the digests above; let backups run out, and write down when",
    )
    yield Remainder(
        "images, vendored folders and disk caches of services that were ever deployed with these digests",
        "rebuild the images from a pin made after this; delete the old ones and the runtimes' cache folders",
    )
    yield Remainder(
        "what reviews, pull requests, chats and terminals quoted of its prompts, and working copies of the sources on other machines",
        "delete the comments; ask for fresh clones",
    )
    yield Remainder(
        "what models' providers and your own logs keep of requests: prompt caches, conversation histories, traces, evaluation runs",
        f"delete by tenant `{tenant}` and by the digests above, in each",
    )


def _in_git(folder: Path, found: Removal) -> Iterator[Remainder]:
    from promptc.stores.git import Repository, run

    with suppress(PromptcError):
        Repository(folder)
        files = sorted({*found.edits})
        if not files:
            yield Remainder(
                "git's history, as far as it held files of the tenant",
                "`git log --all --diff-filter=D --name-only` lists files that are gone",
            )
            return
        code, printed = run(folder, "log", "--all", "--format=%h", "--", *files)
        count = len(printed.split()) if not code else 0
        whole = [file for file, data in found.edits.items() if data is None]
        paths = " ".join(f"--path {file}" for file in whole)
        command = f"git filter-repo --invert-paths {paths}" if whole else "git filter-repo --replace-text FILE"
        yield Remainder(
            f"git's history: {count:,} {'commit holds' if count == 1 else 'commits hold'} {', '.join(files)}",
            f"`{command}`, force-push, have the host delete its caches, forks and pull requests; others clone anew",
        )
