"""Parcel: what an artifact holds besides messages: model, config, tools and output schema, as the chain chose them.

    Prompt + Choice + a tenant's values -> [parcel] -> the artifact's model, config, tools, output

Pure. Schemas and tools are data in which a value may be `{$vars: NAME}`; it is filled in here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from promptc.compiler.project import MISSING, Choice, Model, Project, Prompt, Tenant, Tool
from promptc.compiler.trace import look
from promptc.core.artifact import Artifact
from promptc.core.dataclass import dataclass
from promptc.core.findings import Finding, Place

# The value of a variable by its dotted name, or MISSING.
ValueOf = Callable[[str], Any]


@dataclass(slots=True)
class Parcel:
    """The parts, and what was found while filling them."""

    model: dict[str, Any]
    config: dict[str, Any]
    tools: list[dict[str, Any]]
    output: dict[str, Any] | None
    findings: list[Finding]


def parcel_of(project: Project, prompt: Prompt, choice: Choice, value_of: ValueOf) -> Parcel:
    """Everything but messages, with the values that `value_of` gives for `{$vars: NAME}`; MISSING is a finding."""
    found: list[Finding] = []
    model = project.models.get(choice.model)
    tools = [_tool(project.tools[name], value_of, found) for name in choice.tools if name in project.tools]
    output = None
    if prompt.output is not None:
        place = prompt.places.get("output", prompt.place)
        output = {"schema": fill(prompt.output.schema, value_of, place, found), "strict": prompt.output.strict}
    return Parcel(_model(model), _config(prompt, model, choice.config, found), tools, output, found)


def artifact_of(prompt: Prompt, parcel: Parcel, messages: Sequence[Any]) -> Artifact:
    """The artifact that a parcel and messages make."""
    return Artifact(prompt.name, parcel.model, messages, parcel.config, prompt.inputs, parcel.output, parcel.tools)


def values_of(tenant: Tenant) -> ValueOf:
    """The values of a tenant's variables."""
    return lambda name: look(tenant.variables, tuple(name.split(".")))


def _model(model: Model | None) -> dict[str, Any]:
    if model is None:
        return {}
    shown: dict[str, Any] = {"provider": model.provider, "name": model.name}
    for key in ("revision", "quantization", "window"):
        if getattr(model, key):
            shown[key] = getattr(model, key)
    return shown


def _config(prompt: Prompt, model: Model | None, chosen: Mapping[str, Any], found: list[Finding]) -> dict[str, Any]:
    """The model's config under the prompt's and the chain's; what the model refuses is dropped with a finding."""
    if model is None:
        return dict(chosen)
    config = merged(model.config, chosen)
    for key in model.refuses:
        if key in config:
            del config[key]
            message = f"`{key}` is dropped: the model `{model.alias}` refuses it"
            hint = f"take `{key}` out of the config of `{prompt.name}`, or choose another model"
            found.append(
                Finding(
                    "S042",
                    message,
                    prompt.places.get("config", prompt.place),
                    "warning",
                    hint,
                    (("refused here", model.place),),
                )
            )
    native = config.pop("native", None)
    if isinstance(native, Mapping) and model.provider in native:
        config["native"] = {model.provider: native[model.provider]}
    return config


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Maps merged deeply, the later value winning."""
    out = dict(below)
    for key, value in above.items():
        old = out.get(key)
        out[key] = merged(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return out


def _tool(tool: Tool, value_of: ValueOf, found: list[Finding]) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "name": tool.name,
        "description": tool.description,
        "input": fill(tool.input, value_of, tool.place, found),
    }
    if tool.strict is not None:
        shown["strict"] = tool.strict
    if tool.native:
        shown["native"] = dict(tool.native)
    return shown


def fill(data: Any, value_of: ValueOf, place: Place, found: list[Finding]) -> Any:
    """Data with every `{$vars: NAME}` replaced by the variable's value."""
    if isinstance(data, Mapping):
        if set(data) == {"$vars"} and isinstance(data["$vars"], str):
            value = value_of(data["$vars"])
            if value is MISSING:
                message = f"`{data['$vars']}` has no value for this tenant, and it stands in data as `$vars`"
                found.append(
                    Finding(
                        "T005",
                        message,
                        place,
                        hint="give it a default in sources/variables.yaml, or set it in an overlay",
                    )
                )
                return None
            return value
        return {key: fill(value, value_of, place, found) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [fill(value, value_of, place, found) for value in data]
    return data
