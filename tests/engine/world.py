"""What the tests of the engine share: a small project, builds of it in this process, and what they leave."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Mapping
from functools import cache as cache_once
from pathlib import Path
from typing import Any

import pytest

from promptc.core.manifest import walk
from promptc.driver.build import BuildRequest, BuildResult, build
from promptc.engine import states, toolchain
from promptc.stores.build import BuildFolder
from tests.stories.story import HERE

HELLO = HERE / "projects" / "hello"


def hello(folder: Path, files: Mapping[str, str] | None = None) -> Path:
    """The project of the stories in a folder of its own, with some files besides or instead."""
    shutil.copytree(HELLO, folder)
    write(folder, files or {})
    return folder


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write files by path."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def edit(path: Path, old: str, new: str) -> None:
    """Replace one text in a file."""
    text = path.read_text()
    assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
    path.write_text(text.replace(old, new))


def run(folder: Path, **asked: Any) -> BuildResult:
    """A build in this process."""
    return build(BuildRequest(str(folder), **{"jobs": 1, **asked}))


def served(folder: Path) -> dict[str, bytes]:
    """Every target of the last build, with its artifact, each verified."""
    store = BuildFolder(folder / "build")
    latest = store.latest()
    assert latest is not None
    return {f"{tenant}/{prompt}": store.get(digest) for tenant, prompt, digest in walk(store.get, latest.root)}


def said(result: BuildResult) -> dict[str, Any]:
    """What a build says, without the time it took and what it was compared with."""
    names = ("root", "scope", "targets", "tenants", "distinct", "bytes_total", "findings", "not_compiled", "published")
    return {name: getattr(result, name) for name in names}


def clean(folder: Path, beside: Path) -> dict[str, Any]:
    """What a build of a copy without caches says."""
    ignore = shutil.ignore_patterns("build", ".promptc")
    shutil.copytree(folder, beside, symlinks=True, ignore=ignore, copy_function=_copy)
    return said(run(beside))


def _copy(source: str, target: str) -> object:
    return os.mkfifo(target) if stat.S_ISFIFO(os.stat(source).st_mode) else shutil.copy2(source, target)


@cache_once
def identity() -> str:
    """The toolchain's, which hundreds of builds in one process need not find out anew."""
    return toolchain.identity()


def trusting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that were written just now count as read: no test waits for the clock. The code is what it was at first."""
    monkeypatch.setattr(states, "RACY_NANOSECONDS", -(1 << 60))
    known = identity()
    monkeypatch.setattr(toolchain, "identity", lambda: known)


def cache(folder: Path) -> Path:
    """Where a project's caches lie."""
    return folder / "build" / "cache"


def touch_later(path: Path, data: bytes) -> None:
    """Write a file of the same name anew, so that its state is another whatever the clock says."""
    temporary = path.with_name(f"{path.name}.new")
    temporary.write_bytes(data)
    os.replace(temporary, path)
