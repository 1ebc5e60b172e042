"""Settings: `[tool.promptc]` of pyproject.toml, or promptc.toml where no pyproject has the table.

    files -> [settings] -> Settings

Pure: the driver reads the files and names the folder.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from promptc.compiler.project import Settings
from promptc.compiler.schema import checking, release
from promptc.compiler.schema.names import relative_path
from promptc.compiler.schema.types import validate
from promptc.core.findings import Finding, Place
from promptc.core.nearest import did_you_mean, listed

SETTINGS_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "sources": {"type": "string", "minLength": 1, "description": "The folder of the sources."},
        "tenants": {"type": "string", "minLength": 1, "description": "The folder of the overlays."},
        "base": {"type": "array", "items": {"type": "string"}, "description": "Layers that start every chain."},
        "registry": {"type": "string", "description": "Where blobs and channels live: a folder or a URL."},
        "tokenizer": {"type": "string", "description": "A tokenizer's file, to count tokens in reviews."},
        "usage": {"type": "string", "description": "A file of usage, for `promptc cost` and what a diff costs."},
        "prices": {"type": "string", "description": "A TOML file of your own prices of models."},
        "history": {"type": "string", "description": "What a turn sends of those before it, for `promptc cost`."},
        "allow_characters": {
            "type": "array",
            "items": {"type": "string", "minLength": 1, "maxLength": 1},
            "description": "Characters that U007 or U009 would report, allowed everywhere.",
        },
        "private_use": {
            "type": "string",
            "enum": ["error", "warning", "off"],
            "description": "What a private-use character is.",
        },
        **checking.TABLES,
        **release.TABLES,
    },
    "additionalProperties": False,
}


def parse_settings(files: Mapping[str, bytes]) -> tuple[Settings, tuple[Finding, ...]]:
    """The settings of a project from its root files by name; the defaults where something is wrong."""
    file = "promptc.toml" if "promptc.toml" in files else "pyproject.toml"
    if file not in files:
        return Settings(), ()
    table, found = _table(files[file], file)
    if file == "promptc.toml" and "pyproject.toml" in files:
        other, _ = _table(files["pyproject.toml"], "pyproject.toml")
        if other:
            message = "settings stand in `[tool.promptc]` of pyproject.toml and here"
            found = (*found, Finding("S016", message, Place(file, 1), hint="keep one of the two"))
    if table is None:
        return Settings(file=file), found
    return _settings(table, files[file].decode("utf-8", "replace"), file, found)


def _table(data: bytes, file: str) -> tuple[dict[str, Any] | None, tuple[Finding, ...]]:
    try:
        document = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        spot = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        place = Place(file, int(spot[1]), int(spot[2])) if spot else Place(file)
        said = re.sub(r" \(at .*\)", "", str(error)) or "nested too deeply"
        return None, (Finding("S016", f"the file is not TOML: {said}", place),)
    if file == "promptc.toml":
        inner = document.get("tool", {})
        return (inner["promptc"] if isinstance(inner, dict) and "promptc" in inner else document), ()
    tool = document.get("tool", {})
    table = tool.get("promptc", {}) if isinstance(tool, dict) else {}
    if not isinstance(table, dict):
        return None, (Finding("S016", "`[tool.promptc]` must be a table", Place(file)),)
    return table, ()


def _settings(
    table: dict[str, Any], text: str, file: str, found: tuple[Finding, ...]
) -> tuple[Settings, tuple[Finding, ...]]:
    every = list(found)
    known = SETTINGS_SCHEMA["properties"]
    fields: dict[str, Any] = {"file": file}
    for key, value in table.items():
        place = _place(text, key, file)
        if key not in known:
            hint = did_you_mean(key, known, otherwise=f"settings are {listed(known)}")
            every.append(Finding("S016", f"unknown setting `{key[:80]}`", place, hint=hint))
            continue
        wrong = validate(value, known[key], place=place, path=key, code="S016")
        if not wrong and key in ("sources", "tenants") and relative_path(value, "") != value:
            message = f"`{key}` must be a folder inside the project, written plainly"
            wrong = (Finding("P001", message, place, hint="write it as `sources` or `prompts/sources`"),)
        every += wrong
        if not wrong:
            fields[key] = tuple(value) if isinstance(value, list) else value
    contradictions = (*release.contradictions(fields), *checking.contradictions(fields))
    every += [Finding("S016", message, _place(text, key, file), hint=hint) for key, message, hint in contradictions]
    if any(key == "identifiers" for key, _, _ in contradictions):
        del fields["identifiers"]  # nobody can search for what is no expression
    return Settings(**fields), tuple(every)


def _place(text: str, key: str, file: str) -> Place:
    # tomllib keeps no places; a key stands at the start of its line, or begins the name of a table of its own.
    pattern = rf'^[ \t]*(?:"?{re.escape(key)}"?[ \t]*[=.]|\[(?:tool\.promptc\.)?"?{re.escape(key)}"?[.\]])'
    match = re.search(pattern, text, re.MULTILINE)
    return Place(file, text.count("\n", 0, match.start()) + 1, 1) if match else Place(file)
