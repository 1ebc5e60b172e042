"""Tools: files of sources/tools, in promptc's own form or in MCP's `tools/list` form. Pure."""

from __future__ import annotations

from typing import Any

from promptc.compiler.project import Tool
from promptc.compiler.schema.fill import fill
from promptc.compiler.schema.forms import McpToolForm, ToolForm
from promptc.compiler.schema.jsonschema import read_schema
from promptc.compiler.schema.names import is_tool_name
from promptc.compiler.schema.nodes import Map, Node, Sequence
from promptc.core.findings import Finding, Place

_FOREIGN = {
    "inputSchema": "did you mean `input`? MCP's form reads as it is inside `tools:`",
    "input_schema": "did you mean `input`?",
    "parameters": "did you mean `input`?",
    "schema": "did you mean `input`?",
    "function": "write its `description` and `parameters` at the top, the latter as `input`",
    "type": "remove it",
}


def read_tools(stem: str, node: Node, file: str) -> tuple[list[Tool], tuple[Finding, ...]]:
    """The tools of a file: one of its own, named as the file, or every one of a `tools/list` answer."""
    if isinstance(node, Map):
        answer = node.get("result")
        inner = answer if isinstance(answer, Map) and answer.get("tools") else node
        listing = inner.get("tools")
        if listing is not None:
            return _listed(listing, file)
    return _own(stem, node, file)


def _own(stem: str, node: Node, file: str) -> tuple[list[Tool], tuple[Finding, ...]]:
    form, found = fill(ToolForm, node, file, foreign=_FOREIGN)
    if form is None:
        return [], found
    place = Place(file, node.line, node.column)
    name = form.name or stem
    schema, wrong = _input(form.input, place, "input")
    native, more = _native(form.native, place)
    return [Tool(name, form.description, schema, place, form.strict, native)], (
        *found,
        *wrong,
        *more,
        *_named(name, place),
    )


def _listed(listing: Node, file: str) -> tuple[list[Tool], tuple[Finding, ...]]:
    if not isinstance(listing, Sequence):
        return [], (Finding("S002", "`tools` must be a list", Place(file, listing.line, listing.column)),)
    made: list[Tool] = []
    found: list[Finding] = []
    for index, item in enumerate(listing.items):
        form, wrong = fill(McpToolForm, item, file, path=f"tools[{index}]")
        found += wrong
        if form is None:
            continue
        place = Place(file, item.line, item.column)
        schema, wrong = _input(form.input_schema, place, f"tools[{index}].inputSchema")
        found += [*wrong, *_named(form.name, place)]
        made.append(Tool(form.name, form.description, schema, place))
    return made, tuple(found)


def _input(data: Any, place: Place, path: str) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    if data is None:
        return {"type": "object", "properties": {}}, ()
    schema, found = read_schema(data, place=place, path=path, use="provider")
    if not found and schema.get("type", "object") != "object" and "$vars" not in schema:
        return schema, (Finding("S009", f"`{path}` must be of `type: object`: a tool's arguments are a map", place),)
    return schema, found


def _native(data: Any, place: Place) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    from promptc.compiler.schema.types import typed

    if data is None:
        return {}, ()
    shape = {"type": "object", "additionalProperties": {"type": "object"}}
    value, found = typed(data, shape, place=place, path="native", code="S002")
    return ({} if found else value), found


def _named(name: str, place: Place) -> tuple[Finding, ...]:
    if is_tool_name(name):
        return ()
    hint = "ASCII letters, digits, `_` and `-`, at most 64"
    return (Finding("S010", f"`{name[:80]}` can't name a tool", place, hint=hint),)
