"""Provenance: the build record of a root, from what was read, the tenants and the exact toolchain.

    Opened, Work -> [provenance] -> Record

The commit is asked of git; without git, or outside of a repository, it is left empty.
"""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from promptc import __version__
from promptc.core.digest import Digest, parse_digest
from promptc.core.record import Record, Tenancy
from promptc.driver.project import Opened
from promptc.driver.targets import Work

GIT_SECONDS_MAX = 5


def record_of(opened: Opened, work: Work, root: Digest) -> Record:
    """What a root was made of."""
    return Record(
        root=root,
        sources={path: parse_digest(digest) for path, digest in opened.project.digests.items()},
        toolchain=toolchain(),
        tenants={
            name: Tenancy(dict(tenant.labels), tuple(tenant.aliases), tenant.title)
            for name, tenant in work.tenants.items()
        },
        commit=commit_of(opened.folder, (opened.settings.sources, opened.settings.tenants)),
    )


def toolchain() -> dict[str, str]:
    """The exact versions of everything that can change an artifact."""
    found = {"promptc": __version__, "python": platform.python_version()}
    for name in ("jinja2", "markupsafe", "pyyaml"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def commit_of(folder: Path, below: tuple[str, ...]) -> str:
    """The commit of the folder's repository, with `+` when what is below differs from it; empty when there is none."""
    if not any((candidate / ".git").exists() for candidate in (folder, *folder.parents)):
        return ""
    commit = git(folder, "rev-parse", "--verify", "--quiet", "HEAD").decode("ascii", "replace").strip()
    if not commit:
        return ""
    changed = git(folder, "status", "--porcelain", "--untracked-files=all", "--", *below)
    return commit + ("+" if changed else "")


def git(folder: Path, *arguments: str) -> bytes:
    """What git prints; nothing when there is no git, no repository, or it takes too long."""
    # A repository's own settings must not run programs here, and git must not wait for anybody.
    command = ["git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", *arguments]
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=GIT_SECONDS_MAX
        )
    except (OSError, subprocess.TimeoutExpired):
        return b""
    return done.stdout if done.returncode == 0 else b""
