"""Diff: two compiled prompts as lines, and where the lines differ.

    artifacts -> [diff] -> hunks -> terminal, pages

Pure. An artifact is laid out as a person reads it: its model, config, tools and schema, then each message under its role,
slots and conditions as ⟦…⟧. Lines are compared, and a hunk is what changed at one place with a little around it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, Literal

from promptc.core.dataclass import dataclass
from promptc.core.reading import condition_text, leaf_text, path_text

CONTEXT_LINES = 1
Sign = Literal["-", "+", " "]


@dataclass(frozen=True, slots=True)
class Hunk:
    """One place where lines differ: (sign, line) in order, and the first line's number before and after, from 1."""

    before: int
    after: int
    lines: tuple[tuple[Sign, str], ...]


def artifact_lines(data: bytes) -> list[str]:
    """An artifact as lines."""
    document = json.loads(data)
    return [*_head(document), *(line for message in document["messages"] for line in _message(message))]


def message_lines(messages: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The lines of messages: each under its role, slots and conditions as ⟦…⟧."""
    for message in messages:
        yield from _message(message)


def hunks(before: Sequence[str], after: Sequence[str], *, context: int = CONTEXT_LINES) -> tuple[Hunk, ...]:
    """The places where two lists of lines differ."""
    matcher = SequenceMatcher(a=before, b=after, autojunk=False)
    found = []
    for group in matcher.get_grouped_opcodes(context):
        lines: list[tuple[Sign, str]] = []
        for tag, a, b, c, d in group:
            if tag == "equal":
                lines += [(" ", line) for line in before[a:b]]
            else:
                lines += [("-", line) for line in before[a:b]]
                lines += [("+", line) for line in after[c:d]]
        found.append(Hunk(group[0][1] + 1, group[0][3] + 1, tuple(lines)))
    return tuple(found)


def _head(document: Mapping[str, Any]) -> Iterator[str]:
    yield f"model: {_plain(document['model'])}"
    for key, value in document["config"].items():
        yield f"config.{key}: {_plain(value)}"
    for name, schema in document["inputs"].items():
        yield f"input.{name}: {_plain(schema)}"
    for tool in document["tools"]:
        yield f"tool {tool['name']}: {_plain({key: value for key, value in tool.items() if key != 'name'})}"
    if "output" in document:
        yield f"output: {_plain(document['output'])}"


def _plain(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _message(message: Mapping[str, Any]) -> Iterator[str]:
    if "history" in message:
        yield "── history"
    elif "role" in message:
        yield f"── {message['role']}"
        yield from "".join(map(_part, message["content"])).removesuffix("\n").split("\n")
    else:
        yield f"⟦if {condition_text(message['when'])}⟧"
        for inner in message["then"]:
            yield from _message(inner)
        if message.get("else"):
            yield "⟦else⟧"
            for inner in message["else"]:
                yield from _message(inner)
        yield "⟦end⟧"


def _part(part: Any) -> str:
    if isinstance(part, str):
        return part
    if "when" in part:
        opening, inner = f"⟦if {condition_text(part['when'])}⟧", part.get("then", ())
    elif "each" in part:
        opening, inner = f"⟦for {part['name']} in {path_text(part['each'])}⟧", part["do"]
    else:
        return f"⟦{leaf_text(part)}⟧"
    otherwise = "⟦else⟧" + "".join(map(_part, part["else"])) if part.get("else") else ""
    return opening + "".join(map(_part, inner)) + otherwise + "⟦end⟧"
