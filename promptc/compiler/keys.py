"""Keys: everything beside a tenant's own values that can change what a render of a prompt gives, and its key.

    Templates, a prompt, a locale -> [keys] -> Static -> render (receives this and the roots, and nothing else)

Pure. The key hashes the very value that the render receives, field by field, whatever fields it has: what is not in it
can't change a render, and what is added to it is in the key. Limits, tables of text and Jinja2's own code are the
toolchain's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from promptc.compiler.project import JsonSchema, Missing, Prompt, Template
from promptc.compiler.template.templates import Templates
from promptc.core.dataclass import dataclass, fields, is_dataclass
from promptc.core.digest import Digest, key_of
from promptc.core.findings import Place


@dataclass(frozen=True, slots=True)
class Static:
    """What a render is made from, beside the roots.

    `templates` are all that the prompt can reach; `stands_for` says which of them stands under a name for the locale;
    `variables` are the schemas of those variables that may be read; `is_whole`: no template has a message, all is one.
    """

    toolchain: str
    prompt: str
    path: str
    place: Place
    locale: str
    is_whole: bool
    inputs: Mapping[str, JsonSchema]
    variables: Mapping[str, JsonSchema]
    templates: Mapping[str, Template]
    stands_for: Mapping[str, str]

    def place_of(self, path: str, line: int) -> Place:
        """A template's line as a place in the file."""
        template = self.templates[path]
        return Place(template.file, line + template.line_offset)


def static_of(templates: Templates, prompt: Prompt, locale: str, toolchain: str = "") -> Static:
    """What a render of a prompt is made from. `locale` is "" where no template of the prompt has a stand-in."""
    project, closure = templates.project, templates.closures[prompt.name]
    facts = [templates.facts_of(path) for path in closure.templates]
    asked = {name for each in facts for name, _ in each.variables()}
    # Whoever may ask for any name may be told of any name that is near.
    every = any(each.asks_for_all for each in facts)
    return Static(
        toolchain=toolchain,
        prompt=prompt.name,
        path=prompt.path,
        place=prompt.place,
        locale=locale,
        is_whole=not closure.has_messages,
        inputs=prompt.inputs,
        variables={name: found.schema for name, found in project.variables.items() if every or name in asked},
        templates={path: project.templates[path] for path in closure.templates},
        stands_for={path: templates.chosen(path, locale) for path in closure.templates} if locale else {},
    )


def key_of_static(static: Static) -> Digest:
    """The key under which renders are remembered."""
    # As text: schemas may hold numbers that canonical JSON does not, and the order of their keys is told in hints.
    return key_of("promptc.static/1", json.dumps(_plain(static)))


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {part.name: _plain(getattr(value, part.name)) for part in fields(value)}
    if isinstance(value, Mapping):
        return [[key, _plain(item)] for key, item in value.items()]
    if isinstance(value, (list, tuple)):
        return [0, *map(_plain, value)]
    return "MISSING" if isinstance(value, Missing) else value
