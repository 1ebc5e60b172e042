"""Init: start a project in a folder, beside whatever is there, and overwrite nothing.

starter files -> [init] -> a folder that builds
"""

from __future__ import annotations

import os
from pathlib import Path

from promptc.core.dataclass import dataclass
from promptc.core.errors import Exit, PromptcError
from promptc.core.visible import shortened
from promptc.driver import starter
from promptc.driver.project import existing_folder


@dataclass(frozen=True, slots=True)
class Started:
    """What init did: files written, files that got lines added, and files that were left as they are with what they lack."""

    folder: Path
    written: tuple[str, ...]
    extended: tuple[str, ...]
    kept: tuple[tuple[str, str], ...]


def init(start: str, name: str) -> Started:
    """Start a project in the folder `name` below `start`. PromptcError C012 when sources or tenants are there already."""
    if not name:
        raise PromptcError("C001", "the folder's name is empty", hint="`promptc init` alone starts one here")
    folder = existing_folder(start) / name
    for taken in ("sources", "tenants", "promptc.toml"):
        if os.path.lexists(folder / taken):
            raise PromptcError(
                "C012",
                f"there is a project already: `{taken}` exists in `{shortened(folder.name)}`",
                hint="choose another folder: `promptc init DIR`",
                exit_code=Exit.CONFLICT,
            )
    written = _write_files(folder)
    extended = [name for name in (_settings(folder, written), _ignore(folder, written)) if name]
    kept = _beside(folder, written)
    _write_schemas(folder)
    return Started(folder, tuple(sorted(written)), tuple(extended), tuple(kept))


def _write_files(folder: Path) -> list[str]:
    for path, text in starter.starter_files().items():
        _create(folder, path, text)
    _create_missing(folder, "build/.gitignore", starter.BUILD_IGNORE)
    return [*starter.starter_files(), "build/.gitignore"]


def _settings(folder: Path, written: list[str]) -> str:
    """Settings go into a pyproject.toml that is there, else into promptc.toml; the file that was extended."""
    path = folder / "pyproject.toml"
    if not path.is_file():
        _create(folder, "promptc.toml", starter.SETTINGS)
        written.append("promptc.toml")
        return ""
    text = path.read_bytes()
    if b"[tool.promptc" not in text:
        _append(path, text, starter.PYPROJECT)
        return "pyproject.toml"
    return ""


def _ignore(folder: Path, written: list[str]) -> str:
    path = folder / ".gitignore"
    if _create_missing(folder, ".gitignore", starter.IGNORE):
        written.append(".gitignore")
        return ""
    text = path.read_bytes()
    missing = [line for line in starter.IGNORE.split() if line.encode() not in text.split()]
    if missing:
        _append(path, text, "\n".join(missing) + "\n")
        return ".gitignore"
    return ""


def _beside(folder: Path, written: list[str]) -> list[tuple[str, str]]:
    kept = []
    for name, text in (
        (".vscode/settings.json", starter.editor_settings()),
        (".pre-commit-config.yaml", starter.PRE_COMMIT),
    ):
        if _create_missing(folder, name, text):
            written.append(name)
        else:
            kept.append((name, text))
    return kept


def _create(folder: Path, path: str, text: str) -> None:
    from promptc.stores.write import create_file

    create_file(folder / path, text.encode())


def _create_missing(folder: Path, path: str, text: str) -> bool:
    if os.path.lexists(folder / path):
        return False
    _create(folder, path, text)
    return True


def _append(path: Path, text: bytes, lines: str) -> None:
    from promptc.stores.write import write_file

    end = b"" if not text or text.endswith(b"\n") else b"\n"
    write_file(path, text + end + lines.encode())


def _write_schemas(folder: Path) -> None:
    from promptc.driver.project import open_project
    from promptc.driver.schema import write_schemas

    try:
        write_schemas(open_project(str(folder)))
    except PromptcError as error:
        # The editor's schemas come with the next build; a machine that refuses to write has said so before this.
        if error.exit_code is Exit.MACHINE:
            raise
