"""Moments: what a word names that has prompts: the working tree, a build, a root, a pin file, a revision of git.

    a word -> [moments] -> Moment -> compared

A word that could be two things is the first of them in this order; `git:WORD` and `root:WORD` say which.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from promptc.core.dataclass import dataclass
from promptc.core.digest import Digest, parse_digest
from promptc.core.errors import PromptcError
from promptc.core.visible import shortened
from promptc.driver.look import Look
from promptc.stores.git import Repository
from promptc.stores.regular import read_regular

WORKING_TREE = "working-tree"
BUILD = "build"
CHANNELS = "channels come with a registry, and this project has none"
Kind = Literal["tree", "build", "root", "revision"]


@dataclass(frozen=True, slots=True)
class Moment:
    """One side of a comparison. `name` is how it is called in reports; `commit` that of a revision, `root` that of the others."""

    kind: Kind
    name: str
    commit: str = ""
    root: Digest | None = None


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
    if word.endswith(".json") and Path(seen.folder, word).is_file():
        return _pin(seen, word)
    if "@" in word and "{" not in word and "/" not in word:
        raise PromptcError(
            "G007",
            f"`{shortened(word)}` is a moment of a channel, and {CHANNELS}",
            hint="`git:WORD` names a revision of git",
        )
    return _revision(seen.folder, word)


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
    data = read_regular(seen.folder / word, word) or b""
    try:
        root = parse_digest(json.loads(data)["root"])
    except (ValueError, KeyError, TypeError):
        raise PromptcError(
            "G008", f"`{shortened(word)}` is no pin file", hint="a pin file is JSON with a `root`"
        ) from None
    return Moment("root", shortened(word), root=root)
