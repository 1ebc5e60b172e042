"""Variables: sources/variables.yaml, what overlays may set.

    nodes -> [variables] -> Variable by name

JSON Schema per variable, with promptc's own keys beside it. Pure.
"""

from __future__ import annotations

from typing import Any

from promptc.compiler.project import MergePolicy, Variable
from promptc.compiler.schema.fill import refused_tags
from promptc.compiler.schema.jsonschema import COMMA, KEYWORDS, read_schema
from promptc.compiler.schema.names import is_variable_name
from promptc.compiler.schema.nodes import Map, Node, Plain, Scalar, data_of, place_in
from promptc.compiler.schema.types import typed
from promptc.compiler.schema.validate import Judge
from promptc.core.dataclass import replace
from promptc.core.findings import Finding, Place
from promptc.core.nearest import did_you_mean

OWN_KEYS = ("required", "merge", "set_by", "confidential", "identifies")
_POLICIES = ("replace", "append", "unique")
_LEVELS = ("layer", "tenant")

_SET_BY = {"type": "array", "items": {"type": "string", "enum": list(_LEVELS)}, "minItems": 1, "uniqueItems": True}


def read_variables(node: Node, file: str) -> tuple[dict[str, Variable], tuple[Finding, ...]]:
    """The variables that a file declares, and what is wrong with it. A wrong one is left out."""
    if not isinstance(node, Map):
        return {}, (Finding("Y007", "variables.yaml must be a map of names", Place(file, node.line, node.column)),)
    made: dict[str, Variable] = {}
    found = list(refused_tags(node, file))
    for name, (key, entry) in node.entries.items():
        place = Place(file, key.line, key.column)
        if not is_variable_name(name):
            hint = "letters, digits and `_`, not beginning with a digit or `_`"
            found.append(Finding("S010", f"`{name[:80]}` can't name a variable", place, hint=hint))
            continue
        variable, wrong = _variable(name, entry, place)
        found += wrong
        if variable is not None:
            made[name] = variable
    return made, tuple(found)


def _variable(name: str, node: Node, place: Place) -> tuple[Variable | None, list[Finding]]:
    if isinstance(node, Scalar) and not node.text:
        return Variable(name, {}, place), []
    if not isinstance(node, Map):
        hint = f"write `{name}: {{type: string}}`"
        return None, [Finding("S002", f"`{name}` must be a map with a JSON Schema", place, hint=hint)]
    data = data_of(node)
    own = {key: data.pop(key) for key in OWN_KEYS if key in data}
    if isinstance(own.get("required"), list):
        # The list is JSON Schema's `required`, of a map's keys; whether the variable is required is a flag.
        data["required"] = own.pop("required")
    found = [_misspelt(name, key, data[key], place) for key in data if key not in KEYWORDS["variable"]]
    schema, wrong = read_schema(
        {k: v for k, v in data.items() if k in KEYWORDS["variable"]}, place=place, path=name, use="variable"
    )
    found += wrong
    fields, wrong_fields = _own(name, own, place)
    found += wrong_fields
    if found:
        return Variable(name, {} if wrong else schema, place, **fields), found
    return _with_default(Variable(name, schema, place, **fields), data.get("default"))


def _with_default(variable: Variable, written: Any) -> tuple[Variable, list[Finding]]:
    schema = variable.schema
    variable = replace(variable, description=str(schema.get("description", "")))
    found = _policy_fits(variable)
    if "default" not in schema:
        return variable, found
    place = place_in(written, variable.place)
    wrong = Judge(schema, place, "S012").findings(schema["default"], path=f"{variable.name}.default", source=written)
    found += wrong
    if variable.required:
        message = f"`{variable.name}` is required and has a default: an overlay would never have to set it"
        found.append(Finding("S014", message, variable.place, hint="remove one of the two"))
    return (variable if wrong else replace(variable, default=schema["default"])), found


def _policy_fits(variable: Variable) -> list[Finding]:
    kinds = variable.schema.get("type")
    if variable.merge.kind == "replace" or kinds is None or "array" in ([kinds] if isinstance(kinds, str) else kinds):
        return []
    if variable.merge.kind == "append" and kinds == "string":
        return []
    message = f"`{variable.name}` merges by `{variable.merge.kind}`, which joins lists, and it is no list"
    return [Finding("S014", message, variable.place, hint="declare `type: array`, or remove `merge`")]


def _misspelt(name: str, key: Any, data: Any, place: Place) -> Finding:
    known = [*OWN_KEYS, *sorted(KEYWORDS["variable"])]
    hint = COMMA if isinstance(data, Plain) and not data else did_you_mean(key, known)
    return Finding("S001", f"unknown key `{name}.{key[:80]}`", place_in(key, place), hint=hint)


def _own(name: str, own: dict[str, Any], place: Place) -> tuple[dict[str, Any], list[Finding]]:
    found: list[Finding] = []
    fields: dict[str, Any] = {}
    for key in ("required", "confidential", "identifies"):
        if key in own:
            value, wrong = typed(own[key], {"type": "boolean"}, place=place, path=f"{name}.{key}", code="S002")
            found += wrong
            fields[key] = value is True
    if "set_by" in own:
        levels, wrong = typed(own["set_by"], _SET_BY, place=place, path=f"{name}.set_by", code="S002")
        found += wrong
        if not wrong:
            fields["set_by"] = frozenset(levels)
    if "merge" in own:
        fields["merge"], wrong = _policy(name, own["merge"], place)
        found += wrong
    return fields, found


def _policy(name: str, data: Any, place: Place) -> tuple[MergePolicy, tuple[Finding, ...]]:
    path = f"{name}.merge"
    if isinstance(data, dict):
        shape = {
            "type": "object",
            "properties": {"by": {"type": "string", "minLength": 1}},
            "required": ["by"],
            "additionalProperties": False,
        }
        value, wrong = typed(data, shape, place=place, path=path, code="S002")
        return (MergePolicy() if wrong else MergePolicy("by", value["by"])), wrong
    value, wrong = typed(data, {"type": "string", "enum": list(_POLICIES)}, place=place, path=path, code="S002")
    return (MergePolicy() if wrong else MergePolicy(value)), wrong
