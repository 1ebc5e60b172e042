"""Parcel: what an artifact holds besides messages: model, config, tools and output schema, as the chain chose them.

    Prompt + Choice + Tenant -> [parcel] -> the artifact's model, config, tools, output

Pure. Schemas and tools are data in which a value may be `{$vars: NAME}`; it is filled in here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from promptc.compiler.project import MISSING, Choice, Model, Project, Prompt, Tenant
from promptc.compiler.trace import look
from promptc.core.findings import Finding, Place


@dataclass(slots=True)
class Parcel:
    """The parts, and what was found while filling them."""

    model: dict[str, Any]
    config: dict[str, Any]
    tools: list[dict[str, Any]]
    output: dict[str, Any] | None
    findings: list[Finding]


def parcel_of(project: Project, prompt: Prompt, tenant: Tenant, choice: Choice) -> Parcel:
    """Everything but messages."""
    found: list[Finding] = []
    model = project.models.get(choice.model)
    tools = [_tool(project, name, tenant, found) for name in choice.tools if name in project.tools]
    output = None
    if prompt.output is not None:
        place = prompt.places.get("output", prompt.place)
        output = {"schema": fill(prompt.output.schema, tenant.variables, place, found), "strict": prompt.output.strict}
    return Parcel(_model(model), _config(prompt, model, choice.config, found), tools, output, found)


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


def _tool(project: Project, name: str, tenant: Tenant, found: list[Finding]) -> dict[str, Any]:
    tool = project.tools[name]
    shown: dict[str, Any] = {
        "name": tool.name,
        "description": tool.description,
        "input": fill(tool.input, tenant.variables, tool.place, found),
    }
    if tool.strict is not None:
        shown["strict"] = tool.strict
    if tool.native:
        shown["native"] = dict(tool.native)
    return shown


def fill(data: Any, variables: Mapping[str, Any], place: Place, found: list[Finding]) -> Any:
    """Data with every `{$vars: NAME}` replaced by the variable's value."""
    if isinstance(data, Mapping):
        if set(data) == {"$vars"} and isinstance(data["$vars"], str):
            value = look(variables, tuple(data["$vars"].split(".")))
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
        return {key: fill(value, variables, place, found) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [fill(value, variables, place, found) for value in data]
    return data
