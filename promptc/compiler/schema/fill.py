"""Fill: a form filled from a node, with pydantic's errors as located findings.

    node, form -> [fill] -> the form's value, findings

Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from promptc.compiler.schema.nearest import did_you_mean, listed
from promptc.compiler.schema.nodes import Map, Node, Scalar, Sequence, data_of
from promptc.core.findings import Finding, Place
from promptc.core.values import kind_of

FormT = TypeVar("FormT", bound=BaseModel)

# pydantic's error types -> what is wanted.
_WANTED = {
    "string_type": "text",
    "int_type": "an integer",
    "float_type": "a number",
    "bool_type": "`true` or `false`",
    "list_type": "a list",
    "dict_type": "a map",
    "model_type": "a map",
    "model_attributes_type": "a map",
}


def fill(
    form: type[FormT], node: Node, file: str, *, path: str = "", foreign: Mapping[str, str] | None = None
) -> tuple[FormT | None, tuple[Finding, ...]]:
    """The form filled from a node; None when it can't be. `foreign` are hints for keys that other formats use."""
    found = _tags(node, file)
    try:
        return form.model_validate(data_of(node)), found
    except ValidationError as error:
        every = [
            _finding(form, details, node, file, path, foreign or {}) for details in error.errors(include_url=False)
        ]
        return None, (*found, *every)


def _tags(node: Node, file: str) -> tuple[Finding, ...]:
    if node.tag:
        message = f"`{node.tag}` has no meaning in a source"
        return (Finding("Y004", message, Place(file, node.line, node.column), hint="directives belong into overlays"),)
    children = node.items if isinstance(node, Sequence) else ()
    if isinstance(node, Map):
        children = [value for _, value in node.entries.values()]
    return tuple(finding for child in children for finding in _tags(child, file))


def _finding(
    form: type[BaseModel], details: Any, node: Node, file: str, path: str, foreign: Mapping[str, str]
) -> Finding:
    kind, steps = details["type"], details["loc"]
    at, deepest, inside = node, node, list(steps)
    walked: list[str] = [path] if path else []
    while inside:
        step = inside.pop(0)
        if isinstance(at, Map) and isinstance(step, str) and step in at.entries:
            key, at = at.entries[step]
            deepest = key if kind == "extra_forbidden" and not inside else at
            walked.append(step)
        elif isinstance(at, Sequence) and isinstance(step, int) and step < len(at.items):
            at = deepest = at.items[step]
            walked[-1:] = [f"{walked[-1] if walked else ''}[{step}]"]
        elif kind == "missing" and not inside:
            break
        # Any other step names a branch of a union, which the author never sees.
    place = Place(file, deepest.line, deepest.column)
    return _said(form, details, place, ".".join(walked), at, foreign)


def _said(
    form: type[BaseModel], details: Any, place: Place, where: str, at: Node, foreign: Mapping[str, str]
) -> Finding:
    kind, last, context = details["type"], details["loc"][-1] if details["loc"] else "", details.get("ctx", {})
    if kind == "missing":
        whose = f"`{where}` lacks" if where else "the file lacks"
        return Finding("S003", f"{whose} the key `{last}`", place)
    if kind == "extra_forbidden":
        known = _keys_at(form, details["loc"][:-1])
        top = len(details["loc"]) == 1
        hint = (foreign.get(str(last), "") if top else "") or did_you_mean(str(last), known)
        hint = hint or f"known are {listed(known, most=20)}"
        return Finding("S001", f"unknown key `{where[:120]}`", place, hint=hint)
    if kind == "ambiguous":
        return Finding("Y003", f"`{where}`: {context['what']}", place, hint=context["hint"])
    if kind == "literal_error":
        given = at.text if isinstance(at, Scalar) else ""
        names = [name.strip(" '") for name in str(context["expected"]).replace(" or ", ",").split(",")]
        return Finding("S002", f"`{where}` must be one of {listed(names)}", place, hint=did_you_mean(given, names))
    if kind == "greater_than_equal":
        return Finding("S002", f"`{where}` must be at least {context['ge']}", place)
    wanted = _WANTED.get(kind)
    said = f"must be {wanted}, and this is {_article(kind_of(data_of(at)))}" if wanted else details["msg"].lower()
    return Finding("S002", f"`{where}` {said}" if where else f"the file {said}", place)


def _article(kind: str) -> str:
    return kind if kind in ("text", "null") else f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _keys_at(form: type[BaseModel], steps: tuple[Any, ...]) -> list[str]:
    current: Any = form
    for step in steps:
        if not (isinstance(current, type) and issubclass(current, BaseModel)) or isinstance(step, int):
            continue
        names = {field.alias or name: field.annotation for name, field in current.model_fields.items()}
        current = _form_in(names.get(step)) or current
    return [field.alias or name for name, field in current.model_fields.items()]


def _form_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _form_in(part))), None)
