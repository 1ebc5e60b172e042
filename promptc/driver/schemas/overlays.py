"""Overlays: JSON Schemas of this project's own tenant and layer files, from its variables, prompts, layers and tools.

    Project, block names -> [overlays] -> tenant.json, layer.json for editors

Pure. A tenant's schema offers what tenants may set, a layer's all of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

from promptc.compiler.portfolio import variants_of
from promptc.compiler.project import MISSING, Project, Prompt, Variable
from promptc.compiler.schema.config import CONFIG_SCHEMA
from promptc.core.allocation import ONLY, PLAIN, split_name
from promptc.driver.schemas.parts import (
    SCALAR,
    Schema,
    closed,
    document,
    for_overlay,
    mapping,
    one_of,
    text,
    texts,
)

Level = Literal["tenant", "layer"]
# prompt -> the names of all its blocks
Blocks = Mapping[str, tuple[str, ...]]


def overlay_schema(project: Project, blocks: Blocks, *, level: Level) -> Schema:
    """The schema of a tenant's or a layer's file."""
    properties: Schema = {
        "extends": {
            "type": "array",
            "items": one_of(project.layers),
            "description": "Layers below this file, later ones winning. A tenant extends layers only.",
        },
        "labels": mapping(SCALAR, description="What selections and reports go by, such as plan and owner."),
        "locale": text("A language tag; `safety.ko.j2` stands in for `safety.j2` where it says `ko`."),
        "variables": _variables(project, level),
        "prompts": _prompts(project, blocks, level),
        "models": closed(
            {alias: one_of(project.models) for alias in project.models},
            description="Another model for an alias, for everything that extends this.",
        ),
        "final": {
            "type": "array",
            "items": {
                "anyOf": [{"enum": _paths(project)}, {"type": "string", "pattern": r"^(variables|prompts|models)\."}]
            },
            "description": "Paths that nothing later in a chain may define.",
        },
    }
    if level == "tenant":
        properties["title"] = text("The name that people know.")
        properties["aliases"] = texts("Ids that services use for this tenant.")
    return document(f"promptc {level} of this project", closed(properties))


def _variables(project: Project, level: Level) -> Schema:
    known = {v.name: _variable(v) for v in project.variables.values() if level in v.set_by}
    return closed(known, description="Values of sources/variables.yaml.")


def _variable(variable: Variable) -> Schema:
    made = for_overlay(variable.schema, by=variable.merge.by)
    said = [variable.description] if variable.description else []
    if variable.default is not MISSING:
        said.append(f"Default: {_short(variable.default)}")
    elif variable.required:
        said.append("Required.")
    if variable.merge.kind != "replace":
        policy = f"by `{variable.merge.by}`" if variable.merge.by else variable.merge.kind
        said.append(f"Joins what is below it ({policy}).")
    return {**made, "description": "\n\n".join(said)} if said else made


def _prompts(project: Project, blocks: Blocks, level: Level) -> Schema:
    plain = {name: prompt for name, prompt in project.prompts.items() if not split_name(name)[1]}
    known = {name: _prompt(project, prompt, blocks.get(name, ()), level) for name, prompt in plain.items()}
    every = closed(
        {
            "enabled": {"type": "boolean"},
            "model": one_of(project.models),
            "config": _config(None),
            "blocks": closed({name: _block() for names in blocks.values() for name in names}),
        },
        description="Every prompt that has such a block, before what stands under a prompt's name.",
    )
    return closed({**known, "*": every}, description="What this overlay changes in prompts.")


def _prompt(project: Project, prompt: Prompt, blocks: tuple[str, ...], level: Level) -> Schema:
    allowed = prompt.overridable
    layer = level == "layer"
    names = blocks if layer else tuple(name for name in blocks if name in allowed.blocks) or tuple(allowed.blocks)
    keys: Schema = {"enabled": {"type": "boolean", "description": "Whether the target is built."}}
    keys["model"] = one_of(project.models, "An alias of sources/models.yaml.")
    if layer or allowed.config:
        keys["config"] = _config(None if layer else allowed.config)
    if layer or allowed.tools:
        tools = sorted({*prompt.tools, *prompt.optional_tools})
        keys["tools"] = {
            "type": "array",
            "items": one_of(tools),
            "description": "`!append [NAME]` adds an optional tool.",
        }
    if names:
        keys["blocks"] = closed(
            {name: _block(allowed.blocks.get(name, "replace")) for name in names},
            description="Text for the prompt's blocks.",
        )
    if variants := variants_of(project).get(prompt.name):
        share: Schema = {"type": "number", "minimum": 0, "maximum": 100}
        keys["variants"] = closed(
            {**dict.fromkeys(variants, share), ONLY: one_of([*variants, PLAIN])},
            description="Which percent of keys each variant is given; the rest is the plain prompt's.",
        )
    return closed(keys, description=prompt.description)


def _config(only: frozenset[str] | None) -> Schema:
    known = CONFIG_SCHEMA["properties"]
    kept = known if only is None else {key: value for key, value in known.items() if _allows(only, key)}
    return closed({key: for_overlay(value) for key, value in kept.items()})


def _allows(only: frozenset[str], key: str) -> bool:
    return any(allowed == key or allowed.startswith(key + ".") for allowed in only)


def _block(policy: str = "") -> Schema:
    made: Schema = {
        "anyOf": [
            SCALAR,
            closed({"text": text("The block's text."), "against": text("Digest of the base that this replaces.")}),
        ]
    }
    return {**made, "description": f"Without a tag: {policy}."} if policy else made


def _paths(project: Project) -> list[str]:
    return [f"variables.{name}" for name in project.variables] + [f"prompts.{name}" for name in project.prompts if "." not in name]


def _short(value: Any) -> str:
    said = json.dumps(value, ensure_ascii=False)
    return said if len(said) <= 80 else said[:79] + "…"
