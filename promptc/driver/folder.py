"""Folder: which folder is the project's.

    a folder -> [folder] -> the project's folder

Names nothing heavy: a build without change begins here and ends soon after.
"""

from __future__ import annotations

import os
from pathlib import Path

from promptc.core.errors import Exit, PromptcError

SETTINGS_BYTES_MAX = 1024 * 1024
BUILD_FOLDER = "build"
CACHE_FOLDER = "cache"


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
        from promptc.core.visible import shortened

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
