"""Prompts: a template with front matter into a Prompt.

    text -> [prompts] -> Prompt

The body stays text: the template's door reads it. Names are checked against other files in links.py. Pure.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from promptc.compiler.project import Output, Overridable, Prompt
from promptc.compiler.schema.config import CONFIG_SCHEMA, read_config
from promptc.compiler.schema.fill import fill
from promptc.compiler.schema.forms import PromptForm, VariantForm
from promptc.compiler.schema.jsonschema import read_schema
from promptc.compiler.schema.names import is_variable_name
from promptc.compiler.schema.nodes import Map, Node, data_of, place_in, places_in
from promptc.compiler.schema.unicode import DEFAULT_POLICY, Policy
from promptc.compiler.schema.validate import Judge
from promptc.compiler.schema.yaml import parse_text
from promptc.core.allocation import split_name
from promptc.core.findings import Finding, Place
from promptc.core.nearest import did_you_mean

_FENCE = re.compile(r"---[ \t]*\n")
_READS = re.compile(r"[A-Za-z0-9_-]+\.output(?:\.[^.\s]+)*\Z")
_CLOSING = re.compile(r"^---[ \t]*(?:\n|\Z)", re.MULTILINE)

_FOREIGN = {
    "name": "a prompt's name is its file's name; `title` lines belong into `description`",
    "id": "a prompt's name is its file's name",
    "title": "write `description`",
    "input": "did you mean `inputs`? sample values belong into sources/cases",
    "sample": "sample values belong into sources/cases",
    "variables": "values known at run time are `inputs`; values known when building stand in sources/variables.yaml",
    "input_variables": "did you mean `inputs`?",
    "inputSchema": "did you mean `inputs`?",
    "outputs": "did you mean `output`?",
    "output_schema": "write `output: {schema: schemas/NAME.json}`",
    "response_format": "write `output: {schema: schemas/NAME.json, strict: true}`",
    "schema": "write `output: {schema: schemas/NAME.json}`",
    "parameters": "did you mean `config`?",
    "configuration": "did you mean `config`?",
    "options": "did you mean `config`?",
    "settings": "did you mean `config`?",
    "model_config": "did you mean `config`?",
    "execution_settings": "did you mean `config`?",
    "version": "versions are channel entries and digests (`prod@42`); remove it",
    "messages": "write messages in the body: `{% message role=\"user\" %}…{% endmessage %}`",
    "system": "write it in the body: `{% message role=\"system\" %}…{% endmessage %}`",
    "template": "the template is the text after the front matter",
    "template_format": "templates are Jinja2; remove it",
    "metadata": "write `description` and `owner`; labels belong to tenants",
    "authors": "did you mean `owner`?",
    "author": "did you mean `owner`?",
    "tags": "labels belong to tenants; remove it",
    "provider": "vendors stand in sources/models.yaml; write `model: ALIAS`",
    "api": "how a model is reached is the runtime's business; remove it",
    "functions": "did you mean `tools`?",
    "extends": "templates extend in the body: `{% extends \"prompts/base.j2\" %}`",
    **{key: f"write `config: {{{key}: …}}`" for key in CONFIG_SCHEMA["properties"]},
}  # fmt: skip


def split_front_matter(text: str) -> tuple[str | None, str, int]:
    """Front matter (None: there is none, or it isn't closed), body, and the lines before the body."""
    opening = _FENCE.match(text)
    if opening is None:
        return None, text, 0
    closing = _CLOSING.search(text, opening.end())
    if closing is None:
        return None, text, 0
    return text[opening.end() : closing.start()], text[closing.end() :], text.count("\n", 0, closing.end())


def read_prompt(
    name: str, path: str, file: str, text: str, *, policy: Policy = DEFAULT_POLICY
) -> tuple[Prompt | None, tuple[Finding, ...]]:
    """A prompt from its file's text; None when its front matter can't be used."""
    head, body, lines = split_front_matter(text)
    is_variant = bool(split_name(name)[1])
    if is_variant and not (text.strip() if head is None and _FENCE.match(text) else (head or "").strip()):
        # What a variant's front matter leaves out is the plain prompt's, and it may leave out all of it.
        return Prompt(name, path, file, body, lines, Place(file, 1, 1)), ()
    if head is None:
        what = "is not closed by a second `---`" if _FENCE.match(text) else "is missing"
        hint = "begin the file with `---`, keys such as `model: main`, and `---`"
        return None, (Finding("S008", f"the front matter {what}", Place(file, 1, 1), hint=hint),)
    node, found = parse_text(head, file, line_offset=1, policy=policy)
    if node is None:
        message = "the front matter holds no keys"
        return None, found or (Finding("S008", message, Place(file, 1, 1), hint="write `model: ALIAS`"),)
    if not isinstance(node, Map):
        return None, (
            *found,
            Finding("Y007", "the front matter must be a map of keys", Place(file, node.line, node.column)),
        )
    form, wrong = fill(VariantForm if is_variant else PromptForm, node, file, foreign=_FOREIGN)
    if form is None:
        # The parts that pydantic passes through are read even so, since all findings are reported together.
        return None, (*found, *wrong, *_parts(node, file)[2])
    config, inputs, found_parts = _parts(node, file)
    places = dict(places_in(node, file))
    output = Output({}, form.output.strict, form.output.schema_path) if form.output else None
    prompt = Prompt(
        name, path, file, body, lines, Place(file, 1, 1),
        description=form.description, owner=form.owner, model=form.model, config=config, inputs=inputs, output=output,
        tools=tuple(form.tools), optional_tools=tuple(form.optional_tools),
        overridable=Overridable(form.overridable.blocks, frozenset(form.overridable.config), form.overridable.tools),
        budget_tokens=form.budget.tokens, enabled=form.enabled, retired=isinstance(form, VariantForm) and form.retired,
        places=places,
    )  # fmt: skip
    return prompt, (*found, *wrong, *found_parts, *_sense(prompt))


def _parts(node: Map, file: str) -> tuple[dict[str, Any], dict[str, Any], tuple[Finding, ...]]:
    config: dict[str, Any] = {}
    inputs: dict[str, Any] = {}
    found: list[Finding] = []
    part = node.get("config")
    if part is not None:
        config, wrong = read_config(data_of(part), place=Place(file, part.line, part.column), path="config")
        found += wrong
    part = node.get("inputs")
    if part is not None:
        inputs, wrong = read_inputs(part, file)
        found += wrong
    return config, inputs, tuple(found)


def read_inputs(node: Node, file: str) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """A prompt's inputs: a schema by name, each default held against it."""
    if not isinstance(node, Map):
        return {}, (Finding("S002", "`inputs` must be a map of names", Place(file, node.line, node.column)),)
    made: dict[str, Any] = {}
    found: list[Finding] = []
    for name, (key, entry) in node.entries.items():
        place = Place(file, key.line, key.column)
        if not is_variable_name(name):
            hint = "letters, digits and `_`, not beginning with a digit or `_`"
            found.append(Finding("S010", f"`{name[:80]}` can't name an input", place, hint=hint))
            continue
        data = data_of(entry)
        reads, wrong = _reads(data, place, f"inputs.{name}")
        found += wrong
        schema, wrong = read_schema(data, place=place, path=f"inputs.{name}", use="input")
        found += wrong
        if not wrong:
            found += _input(schema, data, place, f"inputs.{name}")
        made[name] = {**schema, "reads": reads} if reads else schema
    return made, tuple(found)


def _reads(data: Any, place: Place, path: str) -> tuple[str, tuple[Finding, ...]]:
    """What an input reads, taken out of its data: `classify.output`, or a field of it."""
    said = data.pop("reads", None) if isinstance(data, dict) else None
    if said is None or (isinstance(said, str) and _READS.match(said)):
        return str(said or ""), ()
    hint = "write `reads: PROMPT.output`, or `reads: PROMPT.output.FIELD`"
    return "", (Finding("S002", f"`{path}.reads` names no prompt's output", place_in(said, place), hint=hint),)


def _input(schema: dict[str, Any], written: Any, place: Place, path: str) -> list[Finding]:
    # What the runtime relies on, at every level: a type, defaults that fit, required names that are there.
    found: list[Finding] = []
    if "type" not in schema and "enum" not in schema:
        found.append(Finding("S009", f"`{path}` declares no type", place, hint="write `type: string`"))
    if schema.get("type") == "media" and "default" in schema:
        where = place_in(written["default"], place)
        found.append(Finding("S012", f"`{path}` is media, which has no default", where, hint="remove it"))
    elif "default" in schema:
        judge = Judge(schema, place_in(written["default"], place), "S012")
        found += judge.findings(schema["default"], path=f"{path}.default", source=written["default"])
    properties = schema.get("properties", {})
    for name, part in properties.items():
        found += _input(part, written["properties"][name], place, f"{path}.{name}")
    for name in schema.get("required", ()):
        if name not in properties:
            hint = did_you_mean(name, properties)
            found.append(Finding("S009", f"`{path}` requires `{name}`, which its properties lack", place, hint=hint))
    if isinstance(schema.get("items"), dict):
        found += _input(schema["items"], written["items"], place, f"{path}[]")
    return found


def _sense(prompt: Prompt) -> list[Finding]:
    found: list[Finding] = []
    known = CONFIG_SCHEMA["properties"]
    for key in sorted(prompt.overridable.config):
        if key.split(".")[0] not in known:
            place = prompt.places[f"overridable.config.{key}"]
            message = f"`overridable.config`: there is no config key `{key[:80]}`"
            found.append(Finding("S002", message, place, hint=did_you_mean(key, known)))
    for twice in sorted(set(prompt.tools) & set(prompt.optional_tools)):
        where = prompt.places[f"optional_tools.{twice}"]
        found.append(
            Finding("S014", f"`{twice}` is in `tools` and in `optional_tools`", where, hint="remove one of the two")
        )
    for key in ("tools", "optional_tools"):
        names: tuple[str, ...] = getattr(prompt, key)
        for name in sorted(name for name, count in Counter(names).items() if count > 1):
            found.append(Finding("S011", f"`{key}` names `{name}` twice", prompt.places[f"{key}.{name}"]))
    return found
