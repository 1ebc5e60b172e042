"""Links: names in one source that stand for things in another: models, tools, schemas, variables, prompts.

    what each file holds -> [links] -> findings

Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from posixpath import dirname
from typing import Any

from promptc.compiler.project import Case, Example, Examples, JsonSchema, Model, Prompt, Tool, Variable
from promptc.compiler.schema.few import PLACES_MAX
from promptc.compiler.schema.names import relative_path
from promptc.compiler.schema.nodes import Map, Node, Scalar, Sequence, Text
from promptc.compiler.schema.types import shaped, typed
from promptc.core.dataclass import replace
from promptc.core.findings import Finding, Place
from promptc.core.nearest import did_you_mean, listed


def link_prompt(
    prompt: Prompt,
    *,
    models: Mapping[str, Model],
    tools: Mapping[str, Tool],
    schemas: Mapping[str, JsonSchema],
    files: frozenset[str] = frozenset(),
) -> tuple[Prompt, tuple[Finding, ...]]:
    """The prompt with its output's schema in it, and the names that lead nowhere. Broken `files` aren't judged."""
    found: list[Finding] = []
    if prompt.model not in models and "models.yaml" not in files:
        hint = did_you_mean(prompt.model, models, otherwise=_declared("models.yaml declares", models))
        found.append(Finding("S004", f"unknown model `{prompt.model[:80]}`", prompt.places["model"], hint=hint))
    for key in ("tools", "optional_tools"):
        for name in getattr(prompt, key):
            if name not in tools and f"tools/{name}" not in files:
                few_yet = len(found) < PLACES_MAX
                hint = did_you_mean(name, tools, otherwise=_declared("tools are", tools)) if few_yet else ""
                found.append(Finding("S005", f"unknown tool `{name[:80]}`", prompt.places[f"{key}.{name}"], hint=hint))
    if prompt.output is None:
        return prompt, tuple(found)
    path = prompt.output.path
    if path in schemas:
        return replace(prompt, output=replace(prompt.output, schema=schemas[path])), tuple(found)
    if path not in files:
        hint = did_you_mean(path, schemas, otherwise="the path is relative to the sources, as in `schemas/reply.json`")
        found.append(Finding("S006", f"there is no schema `{path[:160]}`", prompt.places["output.schema"], hint=hint))
    return prompt, tuple(found)


def link_reads(prompts: Mapping[str, Prompt], broken: Collection[str]) -> Iterator[Finding]:
    """The prompts that inputs read and that aren't there. What is `broken` isn't judged."""
    for prompt in prompts.values():
        for name, schema in prompt.inputs.items():
            source = str(schema.get("reads", "")).split(".")[0]
            if source and source not in prompts and f"prompt:{source}" not in broken:
                hint = did_you_mean(source, prompts, otherwise=_declared("prompts are", prompts))
                message = f"`{name}` reads the output of a prompt that isn't there: `{source[:80]}`"
                yield Finding("S013", message, prompt.places[f"inputs.{name}.reads"], hint=hint)


def _declared(said: str, names: Mapping[str, Any]) -> str:
    return f"{said} {listed(names)}" if names else f"{said} none"


def asked_variables(node: Node, file: str) -> Iterator[tuple[str, Place]]:
    """Every `{$vars: NAME}` below a node: the name ("" where it is none) and its place."""
    if isinstance(node, Sequence):
        for item in node.items:
            yield from asked_variables(item, file)
    elif isinstance(node, Map):
        for key, (_, value) in node.entries.items():
            if key == "$vars":
                alone = isinstance(value, Scalar) and value.value is None and len(node.entries) == 1
                yield (value.text if alone and isinstance(value, Scalar) else ""), Place(file, value.line, value.column)
            else:
                yield from asked_variables(value, file)


def link_variables(asked: Iterable[tuple[str, Place]], variables: Mapping[str, Variable]) -> tuple[Finding, ...]:
    """What is asked for by `{$vars: NAME}` and that no variable is."""
    found = []
    for name, place in asked:
        head = name.split(".")[0]
        if not name:
            message = "`$vars` takes the name of a variable and stands alone in its map"
            found.append(Finding("S009", message, place, hint="write `{$vars: NAME}`"))
        elif head not in variables:
            hint = did_you_mean(head, variables, otherwise=_declared("variables are", variables))
            found.append(Finding("S007", f"unknown variable `{name[:80]}`", place, hint=hint))
    return tuple(found)


def link_examples(examples: Examples, prompts: Mapping[str, Prompt]) -> tuple[Examples, tuple[Finding, ...]]:
    """The examples with their inputs typed by name, where every prompt with an input of that name gives it one type.

    Which prompts show a set is known to the templates alone; linking holds each example against its prompt's inputs.
    """
    made: list[Example] = []
    found: list[Finding] = []
    for example in examples.examples:
        inputs: dict[str, Any] = {}
        for name, data in example.input.items():
            schemas = [prompt.inputs[name] for prompt in prompts.values() if name in prompt.inputs]
            agreed = schemas[0] if schemas and all(schema == schemas[0] for schema in schemas) else None
            place = name.place(example.place.file) if isinstance(name, Text) else example.place
            inputs[str(name)], wrong = shaped(data, agreed or {}, place=place, path=f"input.{name}")
            found += wrong
        made.append(replace(example, input=inputs))
    return replace(examples, examples=tuple(made)), tuple(found)


def link_cases(cases: tuple[Case, ...], prompt: Prompt) -> tuple[tuple[Case, ...], tuple[Finding, ...]]:
    """The cases of a prompt with their inputs typed by its schemas."""
    made: list[Case] = []
    found: list[Finding] = []
    for case in cases:
        inputs: dict[str, Any] = {}
        for name, data in case.inputs.items():
            schema = prompt.inputs.get(name)
            place = name.place(case.place.file) if isinstance(name, Text) else case.place
            if schema is None:
                few_yet = len(found) < PLACES_MAX
                hint = (
                    did_you_mean(name, prompt.inputs, otherwise=_declared("inputs are", prompt.inputs))
                    if few_yet
                    else ""
                )
                found.append(
                    Finding("S001", f"unknown input `{name[:80]}` of prompt `{prompt.name}`", place, hint=hint)
                )
                continue
            inputs[str(name)], wrong = typed(data, schema, place=place, path=f"inputs.{name}", code="S002")
            found += wrong
        for name, schema in prompt.inputs.items():
            if name not in case.inputs and "default" not in schema:
                message = f"case `{case.name}` lacks the input `{name}`, which has no default"
                found.append(Finding("S003", message, case.place))
        made.append(replace(case, inputs=inputs))
    return tuple(made), tuple(found)


def link_expected(cases: tuple[Case, ...], files: frozenset[str]) -> tuple[Finding, ...]:
    """The files that `expect: {equals: FILE}` names beside its file of cases and that aren't there."""
    found = []
    for case in cases:
        path = case.expect.get("equals")
        if path is None or relative_path(path, dirname(case.place.file)) in files:
            continue
        message = f"case `{case.name}`: there is no file `{path[:160]}`"
        found.append(Finding("P004", message, case.place, hint="the path is relative to the file of cases"))
    return tuple(found)
