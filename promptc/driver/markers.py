"""Markers: whether what a planted project gave holds a marker of another tenant, anywhere.

    FOLDER of `promptc plant`, further files -> [markers] -> each foreign marker with where it stands

An artifact is held against the tenants that it is served to. Any other file is a tenant's where its path carries the id, and
else nobody's: then no marker may stand in it. In build/, artifacts are what is looked at, wherever they lie.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from promptc.core.dataclass import dataclass
from promptc.core.digest import Digest
from promptc.core.errors import PromptcError
from promptc.core.visible import shortened
from promptc.driver.planting import FILE, FORMAT

MARKER = re.compile(rb"pmk[0-9a-f]{20}", re.IGNORECASE)
CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Foreign:
    """A marker of `owner` that stands where it must not: a target, or a file and a line."""

    where: str
    line: int
    owner: str


@dataclass(frozen=True, slots=True)
class Searched:
    """What came of it."""

    foreign: tuple[Foreign, ...]
    artifacts: int
    files: int
    markers: int


def search(folders: Sequence[str]) -> Searched:
    """Look through folders and files. The first that was planted says which markers there are; PromptcError C042 for none."""
    markers = _markers(folders)
    found: list[Foreign] = []
    artifacts = files = 0
    for one in folders:
        top = Path(one)
        if not top.exists():
            raise PromptcError("C042", f"there is no `{shortened(one)}`", hint="name folders or files that were made of a planted project")
        is_planted = (top / FILE).is_file()
        if is_planted:
            count, some = _artifacts(top, markers)
            artifacts += count
            found += some
        for path in [top] if top.is_file() else _files(top, is_planted=is_planted):
            files += 1
            found += _in_file(path, path.name if path == top else path.relative_to(top).as_posix(), markers)
    return Searched(tuple(found), artifacts, files, len(markers))


def _markers(folders: Sequence[str]) -> dict[bytes, str]:
    for one in folders:
        path = Path(one) / FILE
        if path.is_file():
            try:
                data = json.loads(path.read_bytes())
                if data["format"] == FORMAT:
                    return {marker.encode(): str(tenant) for marker, tenant in data["markers"].items()}
            except (ValueError, KeyError, TypeError, AttributeError):
                pass
            raise PromptcError("C042", f"`{FILE}` in `{shortened(one)}` is not what `promptc plant` writes", hint="plant the project again")
    raise PromptcError("C042", "none of these folders was planted", hint="`promptc plant DIR` writes one; name it first")


def _artifacts(folder: Path, markers: Mapping[bytes, str]) -> tuple[int, list[Foreign]]:
    """What is served to each tenant, as it was built, or compiled here where nothing is."""
    from promptc.core.manifest import walk
    from promptc.driver.project import open_project
    from promptc.driver.selection import Selection
    from promptc.driver.targets import compile_selected
    from promptc.stores.build import BuildFolder

    store = BuildFolder(folder / "build")
    get: Callable[[Digest], bytes] = store.get
    latest = store.latest_or_none()
    known: dict[Digest, frozenset[str]] = {}
    found: list[Foreign] = []
    if latest is not None:
        targets = [(f"{tenant}/{prompt}", tenant, digest) for tenant, prompt, digest in walk(store.get, latest.root)]
    else:
        work = compile_selected(open_project(str(folder)), Selection())
        targets = [(f"{t}/{p}", t, digest) for t, prompts in work.digests.items() for p, digest in prompts.items()]
        get = work.artifacts.__getitem__
    for name, tenant, digest in targets:
        if digest not in known:
            known[digest] = frozenset(_owners(get(digest), markers))
        found += [Foreign(name, 0, owner) for owner in sorted(known[digest]) if owner != tenant]
    return len(known), found


def _owners(data: bytes, markers: Mapping[bytes, str]) -> Iterator[str]:
    for match in MARKER.findall(data):
        owner = markers.get(match.lower())
        if owner is not None:
            yield owner


def _files(top: Path, *, is_planted: bool) -> Iterator[Path]:
    for folder, names, files in os.walk(top):
        if is_planted and Path(folder) == top:
            # The planted sources are what markers came from; build/ is looked at by its artifacts.
            names[:] = [name for name in names if name not in _own_folders(top)]
            files = [name for name in files if name != FILE]
        names.sort()
        yield from (Path(folder, name) for name in sorted(files) if Path(folder, name).is_file() and not Path(folder, name).is_symlink())


def _own_folders(top: Path) -> frozenset[str]:
    from promptc.driver.project import read_settings_of

    settings, _ = read_settings_of(top)
    return frozenset({settings.sources, settings.tenants, "build", ".promptc", ".git"})


def _in_file(path: Path, name: str, markers: Mapping[bytes, str]) -> Iterator[Foreign]:
    parts = {part.split(".")[0] for part in name.split("/")} | set(name.split("/"))
    with path.open("rb") as file:
        number, rest = 1, b""
        while True:
            data = file.read(CHUNK_BYTES)
            text = rest + data
            keep = 0 if not data else min(len(text), 22)  # a marker may lie across two reads
            for match in MARKER.finditer(text):
                if match.start() >= len(text) - keep:
                    break
                owner = markers.get(match.group().lower())
                if owner is not None and owner not in parts:
                    yield Foreign(name, number + text.count(b"\n", 0, match.start()), owner)
            number += text.count(b"\n", 0, len(text) - keep)
            rest = text[len(text) - keep :]
            if not data:
                return
