"""Sources: JSON Schemas of the formats under sources/ and of the settings. Pure."""

from __future__ import annotations

from typing import Any

from promptc.compiler.schema.config import CONFIG_SCHEMA
from promptc.compiler.schema.jsonschema import KEYWORDS
from promptc.compiler.schema.rules import FACTS
from promptc.compiler.schema.settings import SETTINGS_SCHEMA
from promptc.compiler.schema.suites import POLICY
from promptc.driver.schemas.parts import SCALAR, Schema, closed, document, listing, mapping, text, texts

INPUT_SCHEMA: Schema = {
    "type": "object",
    "properties": {
        "reads": {
            "type": "string",
            "pattern": r"^[A-Za-z0-9_-]+\.output(\.[^.\s]+)*$",
            "description": "The prompt whose output it is, as in `classify.output`, or a field of it.",
        },
        "unit": {"type": "string", "description": "The unit of a number, such as `cents`."},
    },
    "description": "A JSON Schema.",
}
JSON_SCHEMA: Schema = {"type": "object", "description": "A JSON Schema; a value may be `{$vars: NAME}`."}
_TYPES = ["string", "integer", "number", "boolean", "array", "object", "null"]
_TEXTS: Schema = {"anyOf": [SCALAR, listing(SCALAR)]}


def variables_schema() -> Schema:
    """sources/variables.yaml."""
    keywords: Schema = {key: _keyword(key) for key in sorted(KEYWORDS["variable"])}
    own: Schema = {
        "required": {
            "anyOf": [{"type": "boolean"}, {"type": "array", "items": {"type": "string"}}],
            "description": "Whether every tenant must have a value; a list is JSON Schema's own, of a map's keys.",
        },
        "merge": {
            "anyOf": [{"enum": ["replace", "append", "unique"]}, closed({"by": {"type": "string"}}, required=["by"])],
            "description": "How a later value joins an earlier one.",
        },
        "set_by": {"type": "array", "items": {"enum": ["layer", "tenant"]}, "description": "Who may set it."},
        "confidential": {"type": "boolean", "description": "Shown in artifacts only; elsewhere as {name}."},
        "identifies": {"type": "boolean", "description": "Its value tells who a tenant is: looked for in what others get."},
    }
    entry = {"anyOf": [closed({**keywords, **own}), {"type": "null"}, {"const": ""}]}
    return document("promptc variables", mapping(entry))


def models_schema() -> Schema:
    """sources/models.yaml."""
    entry = closed(
        {
            "provider": text("Whose model it is, such as anthropic."),
            "name": text("The vendor's name of the model."),
            "revision": text(),
            "quantization": text(),
            "window": {"type": "integer", "minimum": 0, "description": "Tokens that fit into one request."},
            "config": CONFIG_SCHEMA,
            "refuses": texts("Config keys that the model doesn't take."),
            "description": text(),
        },
        required=["provider", "name"],
    )
    return document("promptc models", mapping(entry))


def prompt_schema() -> Schema:
    """The front matter of sources/prompts/*.prompt.j2."""
    return document("promptc prompt front matter", closed(_front_matter(), required=["model"]))


def variant_schema() -> Schema:
    """The front matter of a prompt's variant, sources/prompts/PROMPT.VARIANT.prompt.j2: what it leaves out is the prompt's."""
    retired: Schema = {"type": "boolean", "description": "Whether it is given no keys any more."}
    return document("promptc variant front matter", closed({**_front_matter(), "retired": retired}))


def _front_matter() -> Schema:
    policies = mapping({"enum": ["append", "replace", "prepend"]})
    return {
        "description": text("What the prompt is for."),
        "owner": text("The team that answers for it."),
        "model": text("An alias of sources/models.yaml."),
        "config": CONFIG_SCHEMA,
        "inputs": mapping(INPUT_SCHEMA, description="Values known at run time, `{{ input.NAME }}`."),
        "output": closed({"schema": text("A path below sources."), "strict": {"type": "boolean"}}, required=["schema"]),
        "tools": texts("Files of sources/tools."),
        "optional_tools": texts("Tools that an overlay may add, and no others."),
        "overridable": closed({"blocks": policies, "config": texts(), "tools": {"type": "boolean"}}),
        "budget": closed({"tokens": {"type": "integer", "minimum": 0}}),
        "enabled": {"type": "boolean"},
    }


def tool_schema() -> Schema:
    """A file of sources/tools, in promptc's own form or as MCP's `tools/list` answers."""
    own = closed(
        {
            "name": text("The file's name is the default."),
            "description": text("What the model reads."),
            "input": JSON_SCHEMA,
            "strict": {"type": "boolean"},
            "native": mapping({"type": "object"}),
        },
        required=["description"],
    )
    listed: Schema = {"type": "object", "properties": {"tools": listing({"type": "object"})}, "required": ["tools"]}
    wrapped: Schema = {"type": "object", "properties": {"result": listed}, "required": ["result"]}
    return document("promptc tool", {"anyOf": [own, listed, wrapped]})


def examples_schema() -> Schema:
    """A file of sources/examples."""
    example = closed(
        {
            "id": text(),
            "input": {"type": "object"},
            "output": {},
            "from": {"type": "string", "pattern": "^(synthetic|public|tenant:.+)$"},
            "consent": text("Who agreed, for an example that comes from a tenant."),
            "recorded": text("A date such as 2026-01-31."),
            "expires": text("A date; after it the example is a finding."),
        },
        required=["id", "input", "output"],
    )
    properties: Schema = {
        "owner": text("`shared`, or a tenant's id."),
        "set": text("The set's name; the file's name is the default."),
        "description": text(),
        "examples": listing(example),
    }
    return document("promptc examples", closed(properties, required=["owner", "examples"]))


def cases_schema() -> Schema:
    """A file of sources/cases."""
    expect = closed({"contains": _TEXTS, "lacks": _TEXTS, "tools": texts(), "equals": text("A file beside it.")})
    case = closed(
        {
            "inputs": {"type": "object"},
            "history": listing({"type": "object"}),
            "tenants": texts("The tenants it is for; without it, all."),
            "expect": expect,
            "description": text(),
        }
    )
    return document("promptc cases", mapping(case))


def suites_schema() -> Schema:
    """A file of sources/suites."""
    properties: Schema = {
        "description": text(),
        "prompts": texts("The prompts that it evaluates."),
        "cases": texts("Names of their cases; all without it."),
        "judge": text("What judges answers."),
        "runs": {"type": "integer", "minimum": 1},
        "assert": listing({"type": "object"}),
        "traffic": text("A file of recorded requests."),
        "policy": POLICY,
    }
    return document("promptc suite", closed(properties, required=["prompts"]))


def rules_schema() -> Schema:
    """rules.yaml: from words that select targets to facts, or several sets of them."""
    facts: Schema = {**closed(FACTS), "minProperties": 1}
    about = "Facts about groups of targets: `label:KEY=VALUE`, `tenant:GLOB`, `prompt:NAME`, joined by spaces."
    made: Schema = {"type": "object", "additionalProperties": {"anyOf": [facts, listing(facts)]}, "description": about}
    return document("promptc rules", made)


def settings_schema() -> Schema:
    """promptc.toml, and [tool.promptc] of pyproject.toml."""
    return document("promptc settings", SETTINGS_SCHEMA)


def _keyword(key: str) -> Any:
    if key == "type":
        kind = {"enum": _TYPES}
        return {"anyOf": [kind, listing(kind)]}
    if key == "enum":
        return {"type": "array"}
    if key == "properties":
        return {"type": "object"}
    return text() if key in ("title", "description") else {}
