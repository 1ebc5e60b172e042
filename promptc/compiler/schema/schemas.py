"""Schemas: files of sources/schemas, the JSON Schema of an answer, its order kept as models write it. Pure."""

from __future__ import annotations

from typing import Any

from promptc.compiler.schema.jsonschema import read_schema
from promptc.compiler.schema.nodes import Map, Node, data_of
from promptc.core.findings import Finding, Place


def read_output_schema(node: Node, file: str) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """The schema of a file, as data."""
    place = Place(file, node.line, node.column)
    if not isinstance(node, Map):
        return {}, (Finding("Y007", "a schema must be a JSON object", place),)
    return read_schema(data_of(node), place=place, path="schema", use="provider")
