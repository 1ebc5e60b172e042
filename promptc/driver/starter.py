"""Starter: the small project that `promptc init` writes. Its sources are real files in starter/, read as data."""

from __future__ import annotations

import json
from importlib.resources import files
from importlib.resources.abc import Traversable

from promptc.driver.schema import editor_globs
from promptc.driver.schemas.parts import DIRECTIVES

SETTINGS = """\
# Settings of promptc; docs/settings.md lists them all. Every one has a default.
base = ["base"]          # layers that begin every tenant's chain
"""
PYPROJECT = '\n[tool.promptc]\nbase = ["base"]          # layers that begin every tenant\'s chain\n'
IGNORE = "build/*\n!build/.gitignore\n.promptc/\n"
BUILD_IGNORE = "# Everything that building makes is disposable; git keeps only this file.\n*\n!.gitignore\n"
PRE_COMMIT = """\
repos:
  - repo: local
    hooks:
      - id: promptc-check
        name: promptc check
        entry: promptc check
        language: system
        pass_filenames: false
        files: ^(sources|tenants)/|^(promptc|pyproject)\\.toml$
  - repo: https://github.com/pre-commit/pre-commit-hooks
    rev: v6.0.0
    hooks:
      - id: check-yaml
        # --unsafe checks syntax alone: tags such as `!append` are promptc's own, and promptc checks them.
        args: [--unsafe]
"""
# What stands under a directive, as yaml-language-server asks for it.
_KINDS = {
    "append": ("sequence", "scalar"),
    "prepend": ("sequence", "scalar"),
    "remove": ("sequence",),
    "replace": ("scalar", "sequence", "mapping"),
    "unset": ("scalar",),
    "file": ("scalar",),
}


def starter_files() -> dict[str, str]:
    """The sources, overlays and cases, by path below the project."""
    return dict(sorted(_texts(files("promptc.driver") / "starter", "")))


def editor_settings(*, sources: str = "sources", tenants: str = "tenants") -> str:
    """.vscode/settings.json: schemas by glob, and the tags of overlays."""
    tags = [f"!{name} {kind}" for name in DIRECTIVES for kind in _KINDS[name]]
    settings = {"yaml.schemas": editor_globs(sources, tenants), "yaml.customTags": tags}
    return json.dumps(settings, indent=2) + "\n"


def _texts(folder: Traversable, prefix: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for entry in folder.iterdir():
        if entry.is_dir() and entry.name != "__pycache__":
            found += _texts(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith((".yaml", ".j2")):
            found.append((prefix + entry.name, entry.read_text(encoding="utf-8")))
    return found
