"""Config: the generation settings that promptc knows, wherever they are written: prompts, models, overlays. Pure."""

from __future__ import annotations

from typing import Any

from promptc.compiler.schema.few import PLACES_MAX
from promptc.compiler.schema.nodes import Text
from promptc.compiler.schema.types import typed
from promptc.core.findings import Finding, Place
from promptc.core.nearest import did_you_mean

# JSON Schema of `config`; the merge types an overlay's `prompts.NAME.config.KEY` by its property.
CONFIG_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "temperature": {"type": "number", "minimum": 0, "maximum": 2},
        "top_p": {"type": "number", "minimum": 0, "maximum": 1},
        "max_tokens": {"type": "integer", "minimum": 1},
        "stop": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
        "seed": {"type": "integer"},
        "reasoning": {
            "anyOf": [
                {"type": "string", "enum": ["none", "minimal", "low", "medium", "high", "xhigh", "max"]},
                {
                    "type": "object",
                    "properties": {
                        "effort": {
                            "type": "string",
                            "enum": ["none", "minimal", "low", "medium", "high", "xhigh", "max"],
                        },
                        "tokens": {"type": "integer", "minimum": 0},
                    },
                    "additionalProperties": False,
                },
            ]
        },
        "tool_choice": {
            "anyOf": [
                {"type": "string", "enum": ["auto", "none", "required"]},
                {
                    "type": "object",
                    "properties": {"tool": {"type": "string"}},
                    "required": ["tool"],
                    "additionalProperties": False,
                },
            ]
        },
        "parallel_tools": {"type": "boolean"},
        "verbosity": {"type": "string", "enum": ["low", "medium", "high"]},
        "native": {"type": "object", "additionalProperties": {"type": "object"}},
    },
    "additionalProperties": False,
}

# Names that providers or other formats use for what has a name here.
_FOREIGN = {
    "max_output_tokens": "max_tokens",
    "max_completion_tokens": "max_tokens",
    "maxOutputTokens": "max_tokens",
    "topP": "top_p",
    "stop_sequences": "stop",
    "stopSequences": "stop",
    "parallel_tool_calls": "parallel_tools",
    "reasoning_effort": "reasoning",
    "thinking": "reasoning",
    "toolConfig": "tool_choice",
}


def config_hint(key: str) -> str:
    """The hint for an unknown config key."""
    if key in _FOREIGN:
        return f"did you mean `{_FOREIGN[key]}`?"
    known = CONFIG_SCHEMA["properties"]
    return did_you_mean(
        key, known, otherwise=f"what only one provider knows stands under `native: {{PROVIDER: {{{key}: …}}}}`"
    )


def read_config(
    data: Any, *, place: Place, path: str, code: str = "S002"
) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """A `config` map, typed."""
    if data is None:
        return {}, ()
    if not isinstance(data, dict):
        return {}, (Finding(code, f"`{path}` must be a map", place),)
    found: list[Finding] = []
    made: dict[str, Any] = {}
    for key, value in data.items():
        where = key.place(place.file) if isinstance(key, Text) else place
        schema = CONFIG_SCHEMA["properties"].get(key)
        if schema is None:
            unknown = "O001" if code.startswith("O") else "S001"
            found.append(
                Finding(
                    unknown,
                    f"unknown key `{path}.{key}`",
                    where,
                    hint=config_hint(key) if len(found) < PLACES_MAX else "",
                )
            )
            continue
        made[str(key)], wrong = typed(value, schema, place=where, path=f"{path}.{key}", code=code)
        found += wrong
    return made, tuple(found)
