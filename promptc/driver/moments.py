"""Moments: what a word names that has prompts: the working tree, a build, a root, a pin file, a revision of git.

    a word -> [moments] -> Moment -> compared

A word that could be two things is the first of them in this order; `git:WORD` and `root:WORD` say which.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from promptc.core.dataclass import dataclass
from promptc.core.digest import Digest, parse_digest
from promptc.core.document import Get
from promptc.core.errors import PromptcError
from promptc.core.visible import shortened
from promptc.driver.look import Look
from promptc.stores.git import Repository

WORKING_TREE = "working-tree"
BUILD = "build"
Kind = Literal["tree", "build", "root", "revision"]


@dataclass(frozen=True, slots=True)
class Moment:
    """One side of a comparison. `name` is how it is called in reports; `commit` that of a revision, `root` that of the others.

    `get` reads what a registry has of it.
    """

    kind: Kind
    name: str
    commit: str = ""
    root: Digest | None = None
    get: Get | None = None


def moments_of(seen: Look, base: str | None, head: str | None) -> tuple[Moment, Moment]:
    """Both sides: by default the working tree against where it left the default branch. PromptcError for a word of nothing."""
    after = Moment("tree", "the working tree") if head is None else moment(seen, head)
    if base is not None:
        return moment(seen, base), after
    commit, branch = Repository(seen.folder).merge_base()
    return Moment("revision", f"{branch} ({commit[:12]})", commit), after


def moment(seen: Look, word: str) -> Moment:
    """What one word names."""
    kind, _, rest = word.partition(":")
    if kind == "git" and rest:
        return _revision(seen.folder, rest)
    if word in (WORKING_TREE, "."):
        return Moment("tree", "the working tree")
    if word == BUILD:
        return _build(seen)
    if kind == "root" and rest:
        return _root(seen, rest if rest.startswith("sha256:") else f"sha256:{rest}")
    if word.startswith("sha256:"):
        return _root(seen, word)
    if word.endswith((".json", ".lock")) and Path(seen.folder, word).is_file():
        return _pin(seen, word)
    return _channel(seen, word) or _revision(seen.folder, word)


def _channel(seen: Look, word: str) -> Moment | None:
    """A channel's moment, where the registry has such a channel; a word with an `@` can't be much else."""
    from promptc.driver.release.opening import opened_desk
    from promptc.driver.release.source import entry_of, is_moment

    if not is_moment(word):
        return None
    channel, at, _ = word.partition("@")
    desk = opened_desk(str(seen.folder), None, may_lack=True)
    if desk.maybe_head(channel) is None:
        if not at:
            return None
        raise PromptcError(
            "G007",
            f"`{shortened(word)}` is a moment of a channel, and the registry of this project has no such channel",
            hint="`git:WORD` names a revision of git; `promptc channels` lists those that are there",
        )
    entry = entry_of(desk, word)
    return Moment("root", entry.moment, root=entry.root, get=desk.registry.get)


def _revision(folder: Path, word: str) -> Moment:
    commit = Repository(folder).commit(word)
    name = word if len(word) < 40 else commit[:12]
    return Moment("revision", shortened(name), commit)


def _build(seen: Look) -> Moment:
    latest = seen.store.latest()
    if latest is None:
        raise PromptcError("G008", "nothing was built here yet", hint="`promptc build` makes a build to compare with")
    return Moment("build", "the last build", root=latest.root)


def _root(seen: Look, word: str) -> Moment:
    try:
        root = parse_digest(word)
    except ValueError:
        found = seen.store.blobs.with_prefix(word.removeprefix("sha256:"))
        if len(found) != 1:
            said = "names no root" if not found else "names several blobs"
            raise PromptcError(
                "G008",
                f"`{shortened(word)}` {said} here",
                hint="write more of its digest; `promptc list` shows the last root",
            ) from None
        root = found[0]
    return Moment("root", f"root {root[7:16]}", root=root)


def _pin(seen: Look, word: str) -> Moment:
    from promptc.driver.release.opening import opened_desk
    from promptc.driver.release.pins import pinned_root

    desk = opened_desk(str(seen.folder), None)
    root, get = pinned_root(desk, word)
    return Moment("root", shortened(word), root=root, get=get)
