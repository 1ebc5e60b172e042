"""Fill: a form filled from a node, with pydantic's errors as located findings.

    node, form -> [fill] -> the form's value, findings

Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from promptc.compiler.schema.few import PLACES_MAX, few
from promptc.compiler.schema.nodes import Map, Node, Scalar, Sequence, data_of
from promptc.compiler.schema.validate import article
from promptc.core.dataclass import dataclass
from promptc.core.findings import Finding, Place
from promptc.core.nearest import did_you_mean, listed
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
    found = refused_tags(node, file)
    try:
        return form.model_validate(data_of(node)), found
    except ValidationError as error:
        filling = _Filling(form, node, file, path, foreign or {})
        errors = enumerate(error.errors(include_url=False))
        return None, few((*found, *(filling.finding(number, details) for number, details in errors)))


def refused_tags(node: Node, file: str) -> tuple[Finding, ...]:
    """Every directive in a source, where none has a meaning."""
    if node.tag:
        message = f"`{node.tag}` has no meaning in a source"
        return (Finding("Y004", message, Place(file, node.line, node.column), hint="directives belong into overlays"),)
    children = node.items if isinstance(node, Sequence) else ()
    if isinstance(node, Map):
        children = [value for _, value in node.entries.values()]
    return tuple(finding for child in children for finding in refused_tags(child, file))


@dataclass(frozen=True, slots=True)
class _Filling:
    """One form being filled from one node, and how its errors are said."""

    form: type[BaseModel]
    node: Node
    file: str
    path: str
    foreign: Mapping[str, str]

    def finding(self, number: int, details: Any) -> Finding:
        """One of pydantic's errors, with a place and in our words."""
        steps, kind = list(details["loc"]), details["type"]
        at = spot = self.node
        walked: list[str] = [self.path] if self.path else []
        for index, step in enumerate(steps):
            if isinstance(at, Map) and isinstance(step, str) and step in at.entries:
                key, at = at.entries[step]
                spot = key if kind == "extra_forbidden" and index == len(steps) - 1 else at
                walked.append(step)
            elif isinstance(at, Sequence) and isinstance(step, int) and step < len(at.items):
                at = spot = at.items[step]
                walked[-1:] = [f"{walked[-1] if walked else ''}[{step}]"]
            # Any other step names a key that is missing, or a branch of a union, which the author never sees.
        place = Place(self.file, spot.line, spot.column)
        if kind == "missing":
            whose = f"`{'.'.join(walked)}` lacks" if walked else "the file lacks"
            return Finding("S003", f"{whose} the key `{steps[-1]}`", place)
        if kind == "extra_forbidden":
            hint = self.key_hint(details["loc"]) if number < PLACES_MAX else ""
            return Finding("S001", f"unknown key `{'.'.join(walked)[:120]}`", place, hint=hint)
        return _said(details, place, ".".join(walked), at)

    def key_hint(self, steps: tuple[Any, ...]) -> str:
        """What an unknown key may have meant."""
        key, known = str(steps[-1]), _keys_at(self.form, steps[:-1])
        foreign = self.foreign.get(key, "") if len(steps) == 1 else ""
        return foreign or did_you_mean(key, known, otherwise=f"known are {listed(known, most=20)}")


def _said(details: Any, place: Place, where: str, at: Node) -> Finding:
    kind, context = details["type"], details.get("ctx", {})
    whose = f"`{where}`" if where else "the file"
    if kind == "ambiguous":
        return Finding("Y003", f"{whose}: {context['what']}", place, hint=context["hint"])
    if kind == "literal_error":
        given = at.text if isinstance(at, Scalar) else ""
        names = [name.strip(" '") for name in str(context["expected"]).replace(" or ", ",").split(",")]
        return Finding("S002", f"{whose} must be one of {listed(names)}", place, hint=did_you_mean(given, names))
    if kind == "greater_than_equal":
        return Finding("S002", f"{whose} must be at least {context['ge']}", place)
    if not where and kind.startswith("model_"):
        return Finding("Y007", f"the file must be a map of keys, and this is {article(kind_of(data_of(at)))}", place)
    wanted = _WANTED.get(kind)
    given = article(kind_of(data_of(at)))
    said = f"must be {wanted}, and this is {given}" if wanted else str(details["msg"]).lower()
    return Finding("S002", f"{whose} {said}", place)


def _keys_at(form: type[BaseModel], steps: tuple[Any, ...]) -> list[str]:
    current = form
    for step in steps:
        names = {field.alias or name: field.annotation for name, field in current.model_fields.items()}
        current = _form_in(names.get(step)) or current
    return [field.alias or name for name, field in current.model_fields.items()]


def _form_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _form_in(part))), None)
