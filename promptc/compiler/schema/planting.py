"""Planting: a marker put into the texts that a tenant's overlay gives, so that they can be told wherever they come to.

    bytes of an overlay, marker -> [planting] -> bytes of the same overlay with the marker in each of its texts

Pure. What has a form of its own (an enum, a pattern, a limit of length) stays as it is: a planted overlay compiles wherever
the plain one does. A text of `!file` comes into the overlay, since several tenants may read one file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import yaml

from promptc.compiler.project import Project

_FREE = frozenset(
    "type title description default items properties additionalProperties required minLength minItems maxItems minProperties".split()
)
Read = Callable[[str], str | None]


def plant_yaml(data: bytes, marker: str, project: Project, read: Read) -> bytes:
    """A tenant's YAML, planted. `read` gives the text that a `!file` names."""
    node = yaml.compose(data.decode("utf-8"), Loader=yaml.SafeLoader)
    if not isinstance(node, yaml.MappingNode):
        return data
    for key, value in node.value:
        if key.value == "title":
            _text(value, marker, read)
        elif key.value == "variables" and isinstance(value, yaml.MappingNode):
            for name, item in value.value:
                variable = project.variables.get(name.value)
                if variable is not None:
                    _typed(item, variable.schema, marker, read)
        elif key.value == "prompts" and isinstance(value, yaml.MappingNode):
            for _, parts in value.value:
                _blocks(parts, marker, read)
    text: str = yaml.serialize(node, Dumper=yaml.SafeDumper, allow_unicode=True, width=1_000_000)
    return text.encode()


def _blocks(parts: Any, marker: str, read: Read) -> None:
    for key, value in parts.value if isinstance(parts, yaml.MappingNode) else ():
        if key.value == "blocks" and isinstance(value, yaml.MappingNode):
            for _, block in value.value:
                if isinstance(block, yaml.MappingNode):
                    for name, text in block.value:
                        if name.value == "text":
                            _text(text, marker, read)
                elif block.tag != "!unset":
                    _text(block, marker, read)


def _typed(node: Any, schema: Mapping[str, Any], marker: str, read: Read) -> None:
    if node.tag in ("!remove", "!unset") or not schema.keys() <= _FREE:
        return
    kind = schema.get("type")
    if isinstance(node, yaml.ScalarNode) and kind == "string":
        _text(node, marker, read)
    elif isinstance(node, yaml.SequenceNode) and kind == "array":
        for item in node.value:
            _typed(item, schema.get("items") or {}, marker, read)
    elif isinstance(node, yaml.MappingNode) and kind == "object":
        for key, item in node.value:
            _typed(item, (schema.get("properties") or {}).get(key.value) or {}, marker, read)


def _text(node: Any, marker: str, read: Read) -> None:
    if not isinstance(node, yaml.ScalarNode) or "${" in node.value.replace("$${", ""):
        return  # alone in its scalar a reference takes the value with its type
    if node.tag == "!file":
        text = read(node.value)
        if text is None:
            return
        node.value, node.tag = text.replace("${", "$${"), "tag:yaml.org,2002:str"
    elif node.tag in ("!append", "!prepend", "!replace"):
        node.value, node.style = f"{node.value} {marker}", '"'
        return
    if node.value:
        node.value, node.style, node.tag = f"{node.value} {marker}", '"', "tag:yaml.org,2002:str"


def plant_json(line: bytes, marker: str, project: Project) -> bytes:
    """One line of a .jsonl, planted."""
    data = json.loads(line)
    if isinstance(data.get("title"), str) and data["title"]:
        data["title"] += f" {marker}"
    for name, value in (data.get("variables") or {}).items():
        variable = project.variables.get(name)
        if variable is not None:
            data["variables"][name] = _typed_json(value, variable.schema, marker)
    for parts in (data.get("prompts") or {}).values():
        for name, value in ((parts or {}).get("blocks") or {}).items():
            parts["blocks"][name] = _marked(value, marker)
    return json.dumps(data, ensure_ascii=False).encode()


def _typed_json(value: Any, schema: Mapping[str, Any], marker: str) -> Any:
    if not schema.keys() <= _FREE:
        return value
    kind = schema.get("type")
    if isinstance(value, str) and value and kind == "string" and "${" not in value:
        return f"{value} {marker}"
    if isinstance(value, list) and kind == "array":
        return [_typed_json(item, schema.get("items") or {}, marker) for item in value]
    return value


def _marked(value: Any, marker: str) -> Any:
    if isinstance(value, str):
        return f"{value} {marker}" if value and "${" not in value else value
    if isinstance(value, dict):
        return {key: _marked(item, marker) if key in ("text", "$append", "$prepend", "$replace") else item for key, item in value.items()}
    return value
