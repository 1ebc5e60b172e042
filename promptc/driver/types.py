"""Types: what prompts take and give, as Python or TypeScript, for the services that render them.

    artifacts of chosen targets -> their inputs' and outputs' schemas -> [types] -> a file of types

Tenants' prompts differ in their texts and agree on their interface; where they don't, an input's type is the union of theirs,
and one that not all of them require is optional. The result is the same for the same sources, so that it can be committed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from promptc.core.allocation import family_of
from promptc.core.dataclass import dataclass
from promptc.core.errors import PromptcError
from promptc.driver.project import open_lazily, open_project
from promptc.driver.selection import parse_selection
from promptc.driver.targets import compile_selected

Schema = Mapping[str, Any]
LANGUAGES = ("python", "typescript")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_PYTHON = {
    "string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None", "media": "Media",
    "object": "dict[str, Any]", "array": "list[Any]",
}  # fmt: skip
_TYPESCRIPT = {
    "string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null", "media": "Media",
    "object": "Record<string, unknown>", "array": "unknown[]",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Interface:
    """What one prompt takes and gives: schemas by input, which are required by all, and the output's schemas that occur."""

    prompt: str
    inputs: Mapping[str, tuple[Schema, ...]]
    required: frozenset[str]
    outputs: tuple[Schema, ...]


def types(start: str, language: str, select: Sequence[str]) -> str:
    """A file of types for the chosen prompts. PromptcError C0xx of the selection, C019 for targets that don't compile."""
    selection = parse_selection(select, ())
    opened = open_project(start) if selection.is_everything else open_lazily(start)
    work = compile_selected(opened, selection)
    if work.has_errors or not work.artifacts:
        raise PromptcError("C019", "some of these targets do not compile", hint="`promptc check` says why")
    documents = [json.loads(data) for data in work.artifacts.values()]
    names = sorted({family_of(document["prompt"]) for document in documents})
    found = [_interface(name, [one for one in documents if family_of(one["prompt"]) == name]) for name in names]
    return _Python().file(found) if language == "python" else _TypeScript().file(found)


def _interface(prompt: str, documents: Sequence[Mapping[str, Any]]) -> Interface:
    inputs: dict[str, dict[str, Schema]] = {}
    required: list[set[str]] = []
    outputs: dict[str, Schema] = {}
    for document in documents:
        for name, schema in document["inputs"].items():
            inputs.setdefault(name, {})[json.dumps(schema, sort_keys=True)] = schema
        required.append({name for name, schema in document["inputs"].items() if "default" not in schema})
        if "output" in document:
            outputs[json.dumps(document["output"]["schema"])] = document["output"]["schema"]
    common = frozenset.intersection(*map(frozenset, required)) if required else frozenset()
    listed = {name: tuple(schema for _, schema in sorted(schemas.items())) for name, schemas in sorted(inputs.items())}
    return Interface(prompt, listed, common, tuple(schema for _, schema in sorted(outputs.items())))


class _Language:
    """What is the same in both: names, unions, nested maps as types of their own, written before what uses them."""

    names: Mapping[str, str] = {}

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.used: set[str] = set()

    def file(self, interfaces: Sequence[Interface]) -> str:
        """All of it."""
        for one in interfaces:
            base = _pascal(one.prompt)
            fields = {
                name: (self.union(schemas, f"{base}{_pascal(name)}"), name in one.required, schemas[0])
                for name, schemas in one.inputs.items()
            }
            self.record(f"{base}Inputs", fields, f"Inputs of `{one.prompt}`.")
            if one.outputs:
                self.alias(f"{base}Output", self.union(one.outputs, f"{base}Output_"), f"What `{one.prompt}` answers.")
        self.index({one.prompt: f"{_pascal(one.prompt)}Inputs" for one in interfaces})
        return self.head() + "\n".join(self.lines).rstrip("\n") + "\n"

    def union(self, schemas: Iterable[Schema], name: str) -> str:
        """One type of several schemas, each of which occurs."""
        found = dict.fromkeys(self.type(schema, name) for schema in schemas)
        return " | ".join(found)

    def type(self, schema: Schema, name: str) -> str:
        """The type of a schema; a map of known properties becomes a type of its own called `name`."""
        if "enum" in schema:
            return self.literal(schema["enum"])
        kinds = schema.get("type", ())
        kinds = [kinds] if isinstance(kinds, str) else list(kinds)
        return " | ".join(dict.fromkeys(self.kind(kind, schema, name) for kind in kinds)) or self.anything()

    def kind(self, kind: str, schema: Schema, name: str) -> str:
        """The type of one kind of value."""
        if kind == "array" and "items" in schema:
            return self.list(self.type(schema["items"], f"{name}Item"))
        if kind == "object" and schema.get("properties"):
            required = set(schema.get("required", ()))
            fields = {key: (self.type(one, f"{name}{_pascal(key)}"), key in required, one) for key, one in schema["properties"].items()}
            while name in self.used:
                name += "_"
            self.used.add(name)
            self.record(name, fields, "")
            return name
        return self.names.get(kind, self.anything())

    def head(self) -> str:
        """The file's beginning."""
        raise NotImplementedError

    def anything(self) -> str:
        """The type of what is left open."""
        raise NotImplementedError

    def literal(self, values: Sequence[Any]) -> str:
        """One of these."""
        raise NotImplementedError

    def list(self, item: str) -> str:
        """A list of them."""
        raise NotImplementedError

    def record(self, name: str, fields: Mapping[str, tuple[str, bool, Schema]], about: str) -> None:
        """A map of known keys: type, whether it is required, schema."""
        raise NotImplementedError

    def alias(self, name: str, kind: str, about: str) -> None:
        """Another name."""
        raise NotImplementedError

    def index(self, prompts: Mapping[str, str]) -> None:
        """From each prompt's name to its inputs."""
        raise NotImplementedError


class _Python(_Language):
    names = _PYTHON

    def head(self) -> str:
        return (
            '"""Types of prompts, written by `promptc types --lang python`; do not edit."""\n\nfrom __future__ import annotations\n\n'
            "from typing import Any, Literal, NotRequired, TypeAlias, TypedDict\n\n"
            "class Media(TypedDict, total=False):\n    url: str\n    data: str\n    media_type: str\n    name: str\n\n\n"
        )

    def anything(self) -> str:
        return "Any"

    def literal(self, values: Sequence[Any]) -> str:
        return f"Literal[{', '.join('None' if value is None else repr(value) for value in values)}]"

    def list(self, item: str) -> str:
        return f"list[{item}]"

    def record(self, name: str, fields: Mapping[str, tuple[str, bool, Schema]], about: str) -> None:
        # The functional form takes any key, whatever Python would make of it as a name.
        self.lines += [f"# {about}"] if about else []
        self.lines.append(f"{name} = TypedDict(")
        self.lines.append(f'    "{name}",')
        self.lines.append("    {")
        for key, (kind, required, _) in fields.items():
            said = kind if required else f"NotRequired[{kind}]"
            self.lines.append(f"        {json.dumps(key, ensure_ascii=False)}: {json.dumps(said, ensure_ascii=False)},")
        self.lines += ["    },", ")", ""]

    def alias(self, name: str, kind: str, about: str) -> None:
        self.lines += [f"# {about}", f"{name}: TypeAlias = {json.dumps(kind, ensure_ascii=False)}", ""]

    def index(self, prompts: Mapping[str, str]) -> None:
        self.lines += [f"PromptName: TypeAlias = Literal[{', '.join(json.dumps(name) for name in prompts)}]", ""]


class _TypeScript(_Language):
    names = _TYPESCRIPT

    def head(self) -> str:
        return (
            "// Types of prompts, written by `promptc types --lang typescript`; do not edit.\n\n"
            "export interface Media { url?: string; data?: string; media_type?: string; name?: string }\n\n"
        )

    def anything(self) -> str:
        return "unknown"

    def literal(self, values: Sequence[Any]) -> str:
        return " | ".join(json.dumps(value, ensure_ascii=False) for value in values)

    def list(self, item: str) -> str:
        return f"({item})[]" if "|" in item else f"{item}[]"

    def record(self, name: str, fields: Mapping[str, tuple[str, bool, Schema]], about: str) -> None:
        self.lines += [f"/** {about} */"] if about else []
        self.lines.append(f"export interface {name} {{")
        for key, (kind, required, schema) in fields.items():
            if isinstance(schema.get("description"), str):
                self.lines.append(f"  /** {_comment(schema['description'])} */")
            self.lines.append(f"  {key if _WORD.match(key) else json.dumps(key, ensure_ascii=False)}{'' if required else '?'}: {kind};")
        self.lines += ["}", ""]

    def alias(self, name: str, kind: str, about: str) -> None:
        self.lines += [f"/** {about} */", f"export type {name} = {kind};", ""]

    def index(self, prompts: Mapping[str, str]) -> None:
        self.lines.append("/** The inputs of each prompt, by its name. */")
        self.lines.append("export interface PromptInputs {")
        self.lines += [f"  {json.dumps(name)}: {kind};" for name, kind in prompts.items()]
        self.lines += ["}", ""]


def _pascal(name: str) -> str:
    words = [word for word in re.split(r"[^A-Za-z0-9]+", name) if word]
    made = "".join(word[:1].upper() + word[1:] for word in words) or "X"
    return f"X{made}" if made[0].isdigit() else made


def _comment(text: str) -> str:
    return " ".join(text.split()).replace("*/", "* /")
