"""Meaning: what each part of a project's sources says, as a short digest that places and comments don't change.

    Project (sources and layers) -> [meaning] -> {part: digest} -> which tenants and prompts an edit can reach, and why

A comment moves lines and a moved line means nothing, so an edit that leaves every digest here as it was changes no
artifact: a build stops there. Parts are named as people know them: `variable tone`, `layer plan/pro`, `template
fragments/safety.j2`. Pure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from promptc.compiler.project import Missing, Project
from promptc.compiler.schema.nodes import Plain
from promptc.core.dataclass import fields, is_dataclass
from promptc.core.findings import Place

# Where something stands, what findings alone say of it, and a body, which is a template of its own.
_PLACES = frozenset(
    {"place", "places", "extends_places", "prompt_places", "body", "body_line", "line_offset", "origin", "file"}
)
_HEX_DIGITS = 20


def meanings(project: Project) -> dict[str, str]:
    """Each part of the sources and layers by name."""
    named: dict[str, Any] = {
        "settings": (project.settings.base, project.settings.allow_characters, project.settings.private_use)
    }
    named["order of variables"] = list(project.variables)
    for kind, parts in (
        ("variable", project.variables),
        ("model", project.models),
        ("tool", project.tools),
        ("prompt", project.prompts),
        ("template", {path: template.text for path, template in project.templates.items()}),
        ("layer", project.layers),
    ):
        named |= {f"{kind} {name}": part for name, part in parts.items()}
    for examples in project.examples:
        # Several files may serve one set: their order counts, which is that of their names.
        named[f"examples {examples.place.file}"] = examples
    named |= {f"broken {name}": True for name in project.broken}
    return {name: meaning_of(part) for name, part in named.items()}


def meaning_of(part: Any) -> str:
    """The digest of one part. Equal digests: equal in everything but places."""
    words: list[str] = []
    _write(part, words)
    return hashlib.sha256("\n".join(words).encode("utf-8", "surrogatepass")).hexdigest()[:_HEX_DIGITS]


def _write(value: Any, words: list[str]) -> None:
    # A typed, ordered, unambiguous encoding: a kind, a length or the text's repr, then the parts.
    if isinstance(value, Plain):
        words.append("plain" + repr(str(value)))
    elif isinstance(value, str):
        words.append("text" + repr(str(value)))
    elif value is None or isinstance(value, (bool, int, float)):
        words.append(type(value).__name__ + repr(value))
    elif isinstance(value, Mapping):
        words.append(f"map {len(value)}")
        for key, item in value.items():
            _write(key, words)
            _write(item, words)
    elif isinstance(value, (list, tuple)):
        words.append(f"list {len(value)}")
        for item in value:
            _write(item, words)
    elif isinstance(value, (set, frozenset)):
        words.append(f"set {len(value)}")
        for item in sorted(value):
            _write(item, words)
    elif isinstance(value, (Place, Missing)):
        words.append(type(value).__name__)
    elif is_dataclass(value):
        words.append(type(value).__name__)
        for field in fields(value):
            if field.name not in _PLACES:
                _write(getattr(value, field.name), words)
    else:
        raise TypeError(f"a part of a project of type {type(value).__name__}")
