"""Provenance: the build record of a root, from what was read, the tenants and the exact toolchain.

    Opened, Work -> [provenance] -> Record

The commit is asked of git; without git, or outside of a repository, it is left empty. Git works while a build does.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from promptc.compiler.project import Settings
from promptc.core.dataclass import replace
from promptc.core.digest import Digest, parse_digest
from promptc.core.record import MadeBy, Record, Tenancy, make_record
from promptc.driver.project import LazyTree, Opened
from promptc.driver.targets import Work
from promptc.engine import toolchain

if TYPE_CHECKING:
    import subprocess

GIT_SECONDS_MAX = 5


def record_of(opened: Opened, work: Work, root: Digest) -> Record:
    """What a root was made of."""
    tenants = {
        name: Tenancy(dict(tenant.labels), tuple(tenant.aliases), tenant.title) for name, tenant in work.tenants.items()
    }
    return make_record(
        root,
        sources=_sources(opened),
        tenants=tenants,
        made_by=MadeBy(
            toolchain.versions(),
            Commit(opened.folder, (opened.settings.sources, opened.settings.tenants)).text(),
            telling(opened.settings),
        ),
    )


def telling(settings: Settings) -> dict[str, Any]:
    """The settings that can change an artifact: with these, and the files, a build can be done again."""
    return {
        "allow_characters": list(settings.allow_characters), "base": list(settings.base),
        "private_use": settings.private_use, "sources": settings.sources, "tenants": settings.tenants,
    }  # fmt: skip


def settings_told(told: Mapping[str, Any]) -> Settings:
    """The settings that a build record names, by default what settings are by default."""
    base, allowed = tuple(told.get("base", ())), tuple(told.get("allow_characters", ()))
    own = {name: told[name] for name in ("private_use", "sources", "tenants") if name in told}
    return replace(Settings(), base=base, allow_characters=allowed, **own)


def _sources(opened: Opened) -> dict[str, Digest]:
    """The files that were read: all of them, or those that a lazily opened project was asked for."""
    if not isinstance(opened.tree, LazyTree):
        return {path: parse_digest(digest) for path, digest in opened.project.digests.items()}
    folders = (f"{opened.settings.sources}/", f"{opened.settings.tenants}/")
    return {path: digest for path, digest in opened.tree.digests.items() if path.startswith(folders)}


class Commit:
    """The commit of a folder's repository, asked for in the background from when this is made."""

    def __init__(self, folder: Path, below: tuple[str, ...]) -> None:
        self._head = self._status = None
        if any((candidate / ".git").exists() for candidate in (folder, *folder.parents)):
            self._head = _started(folder, "rev-parse", "--verify", "--quiet", "HEAD")
            self._status = _started(folder, "status", "--porcelain", "--untracked-files=all", "--", *below)

    def text(self) -> str:
        """The commit, with `+` when what is below differs from it; empty when there is none."""
        commit = _ended(self._head).decode("ascii", "replace").strip()
        changed = _ended(self._status)
        if not commit:
            return ""
        return commit + ("+" if changed else "")


def git(folder: Path, *arguments: str) -> bytes:
    """What git prints; nothing when there is no git, no repository, or it takes too long."""
    return _ended(_started(folder, *arguments))


def _started(folder: Path, *arguments: str) -> subprocess.Popen[bytes] | None:
    import subprocess

    # A repository's own settings must not run programs here, and git must not wait for anybody.
    command = ["git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", *arguments]
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        return subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except OSError:
        return None


def _ended(process: subprocess.Popen[bytes] | None) -> bytes:
    if process is None:
        return b""
    import subprocess

    try:
        printed, _ = process.communicate(timeout=GIT_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        process.kill()
        with suppress(OSError):
            process.communicate()
        return b""
    return printed if process.returncode == 0 else b""
