"""Project: find the project's folder, read its settings and its tree, load it.

    a folder -> [project] -> Opened (settings, project, findings)

Every use case but `init` begins here. Files are read once; what is wrong with them are findings of the result.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from promptc.compiler.project import Project, Settings
from promptc.core.errors import Exit, PromptcError
from promptc.core.findings import Finding
from promptc.core.visible import shortened

SETTINGS_BYTES_MAX = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Opened:
    """A project that was read: `tree` holds every file's bytes by its path below `folder`."""

    folder: Path
    settings: Settings
    project: Project
    tree: Mapping[str, bytes]
    findings: tuple[Finding, ...]


def open_project(start: str) -> Opened:
    """The project around a folder, loaded. PromptcError C002 when there is none."""
    from promptc.compiler.schema.load import load_project
    from promptc.stores.files import read_tree

    folder = find_folder(start)
    settings, settings_findings = read_settings_of(folder)
    tree, tree_findings = read_tree(folder, settings)
    loaded = load_project(tree, settings)
    findings = (*settings_findings, *tree_findings, *loaded.findings)
    project = replace(loaded.project, broken=loaded.project.broken | _refused(tree_findings, settings))
    return Opened(folder, settings, project, tree, tuple(dict.fromkeys(findings)))


def _refused(findings: Iterable[Finding], settings: Settings) -> frozenset[str]:
    """Whose own file was not even read: they are counted as what could not be compiled, and never left out in silence."""
    names = set()
    for finding in findings:
        file = finding.place.file
        stem = file.rpartition("/")[2].partition(".")[0]
        if file.startswith(f"{settings.tenants}/layers/"):
            names.add(f"layer:{file.removeprefix(f'{settings.tenants}/layers/').removesuffix('.yaml')}")
        elif file.startswith(f"{settings.tenants}/"):
            names.add(f"tenant:{stem}")
        elif file.startswith(f"{settings.sources}/prompts/"):
            names.add(f"prompt:{stem}")
    return frozenset(names)


def read_settings_of(folder: Path) -> tuple[Settings, tuple[Finding, ...]]:
    """The settings alone, for what needs no sources."""
    from promptc.compiler.schema.settings import parse_settings
    from promptc.stores.files import read_settings

    files, findings = read_settings(folder)
    settings, more = parse_settings(files)
    return settings, (*findings, *more)


def find_folder(start: str) -> Path:
    """The nearest folder from `start` upwards that is a project's: promptc.toml, [tool.promptc], or sources/ in it."""
    folder = existing_folder(start)
    for candidate in (folder, *folder.parents):
        if _is_project(candidate):
            return candidate
    raise PromptcError(
        "C002",
        "no promptc project in this folder or above it",
        hint="name one with `-C DIR`, or start one with `promptc init`",
    )


def existing_folder(start: str) -> Path:
    """A folder that is there, absolute; PromptcError for one that isn't, and for a current folder that was deleted."""
    try:
        path = os.path.join(os.getcwd(), start)
    except FileNotFoundError:
        path = start
        if not os.path.isabs(start):
            raise PromptcError(
                "C010", "the current folder is gone", hint="change to one that exists", exit_code=Exit.MACHINE
            ) from None
    try:
        is_folder = os.path.isdir(path)
    except (OSError, ValueError):
        is_folder = False
    if not is_folder:
        raise PromptcError("C002", f"no folder `{shortened(start)}`", hint="`-C` takes a folder that exists")
    return Path(os.path.normpath(path))


def _is_project(folder: Path) -> bool:
    if os.path.lexists(folder / "promptc.toml") or (folder / "sources" / "prompts").is_dir():
        return True
    settings = folder / "pyproject.toml"
    # Only a regular file is opened: a pipe would wait for a writer. The safe reading comes later (stores/files.py).
    if not settings.is_file():
        return False
    try:
        # Text is looked for, not parsed: a pyproject.toml with a fault must be found and reported, not passed over.
        with settings.open("rb") as file:
            return b"[tool.promptc" in file.read(SETTINGS_BYTES_MAX)
    except OSError:
        return False
