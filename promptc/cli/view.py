"""View: a compiled prompt as a person reads it, with roles, slots, conditions and loops visible.

    artifact -> [view] -> lines for stdout

What stands in ⟦ ⟧ is the artifact's program and is filled in at run time; all else is text as the model gets it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from promptc.cli.terminal import Paint, columns, padded, width_of
from promptc.core.reading import condition_text, leaf_text, path_text, value_text
from promptc.core.visible import visible, visible_line

if TYPE_CHECKING:
    from promptc.driver.show import Shown
    from promptc.runtime import Rendered

RULE_WIDTH = 72
ORIGIN_WIDTH_MAX = 60


def view(shown: Shown, *, origins: bool) -> Iterator[str]:
    """The head, and each message under its role."""
    paint = Paint(sys.stdout)
    document = json.loads(shown.data)
    yield from _head(shown, document, paint)
    number = 0
    for message in document["messages"]:
        yield ""
        if origins and "role" in message and number < len(shown.origins):
            yield _rule(message["role"], paint)
            yield from _with_origins(shown.origins[number], paint)
            number += 1
        else:
            yield from _message(message, paint)


def rendered_lines(rendered: Rendered) -> Iterator[str]:
    """A prompt with its inputs filled in: messages under their roles."""
    paint = Paint(sys.stdout)
    for number, message in enumerate(rendered.messages):
        if number:
            yield ""
        yield _rule(str(message.get("role", "message")), paint)
        yield from _lines(_content(message.get("content"), paint))


def _content(content: Any, paint: Paint) -> str:
    if isinstance(content, str):
        return visible(content)
    if not isinstance(content, list):
        return visible(json.dumps(content, ensure_ascii=False, indent=2))
    parts = []
    for part in content:
        if isinstance(part, Mapping) and isinstance(part.get("text"), str):
            parts.append(visible(part["text"]))
        elif isinstance(part, Mapping) and part.get("type") == "cache":
            parts.append(_mark(leaf_text({"cache": part}), paint))
        else:
            parts.append(_mark(visible_line(json.dumps(part, ensure_ascii=False)), paint))
    return "".join(parts)


def _head(shown: Shown, document: Mapping[str, Any], paint: Paint) -> Iterator[str]:
    name = shown.targets[0] if shown.targets else document["prompt"]
    more = f" and {len(shown.targets) - 1:,} more" if len(shown.targets) > 1 else ""
    yield f"{paint(visible_line(name), 'bold')}{paint(more, 'dim')}  {paint(shown.digest, 'dim')}"
    model = document["model"]
    rows = [("model", f"{model['provider']}/{model['name']}" + _revision(model))]
    if document["config"]:
        rows.append(("config", ", ".join(f"{key} {value_text(value)}" for key, value in document["config"].items())))
    rows += [("inputs" if not i else "", line) for i, line in enumerate(_inputs(document["inputs"]))]
    if document["tools"]:
        rows.append(("tools", ", ".join(tool["name"] for tool in document["tools"])))
    if "output" in document:
        strict = ", enforced" if document["output"].get("strict") else ""
        rows.append(("output", f"{_kind(document['output']['schema'])}{strict}"))
    yield from columns([(paint(label, "dim"), visible_line(text)) for label, text in rows], indent="  ")


def _revision(model: Mapping[str, Any]) -> str:
    said = [str(model[key]) for key in ("revision", "quantization") if model.get(key)]
    return f" ({', '.join(said)})" if said else ""


def _inputs(inputs: Mapping[str, Any]) -> list[str]:
    rows = []
    for name, schema in inputs.items():
        default = f"default {value_text(schema['default'])}" if "default" in schema else "required"
        rows.append((name, _kind(schema), default))
    return columns(rows)


def _kind(schema: Mapping[str, Any]) -> str:
    """A JSON Schema in a few words: `list of {title, text}`."""
    if "enum" in schema:
        return "one of " + ", ".join(str(value) for value in schema["enum"])
    kind = schema.get("type", "any")
    if kind == "array":
        return f"list of {_kind(schema['items'])}" if "items" in schema else "list"
    if kind == "object":
        return "{" + ", ".join(schema.get("properties", {})) + "}"
    if isinstance(kind, list):
        return " or ".join(map(str, kind))
    return {"string": "text"}.get(str(kind), str(kind))


def _message(message: Mapping[str, Any], paint: Paint) -> Iterator[str]:
    if "history" in message:
        yield _rule("history", paint)
        yield paint("the conversation so far, passed through untouched", "dim")
    elif "role" in message:
        yield _rule(message["role"], paint)
        yield from _lines(_parts(message["content"], paint))
    else:
        yield _mark(f"if {condition_text(message['when'])}", paint)
        for inner in message["then"]:
            yield from _message(inner, paint)
        if message.get("else"):
            yield _mark("else", paint)
            for inner in message["else"]:
                yield from _message(inner, paint)
        yield _mark("end", paint)


def _rule(title: str, paint: Paint) -> str:
    shown = visible_line(title)
    return (
        f"{paint('──', 'dim')} {paint(shown, 'bold', 'magenta')} {paint('─' * max(3, RULE_WIDTH - len(shown)), 'dim')}"
    )


def _lines(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n")


def _with_origins(lines: Sequence[tuple[str, str, str]], paint: Paint) -> Iterator[str]:
    said = [_fitted(visible_line(f"{place} ({layer})" if layer else place)) for _, place, layer in lines]
    width = max(map(width_of, said), default=0)
    before = ""
    for (text, _, _), origin in zip(lines, said, strict=True):
        # The same place twice in a row is said once, so that the eye finds where it changes.
        label = "" if origin == before else origin
        before = origin
        yield f"{paint(padded(label, width), 'dim')} {paint('│', 'dim')} {visible_line(text)}".rstrip()


def _fitted(origin: str) -> str:
    """An origin cut at its beginning, since files differ at their end."""
    return origin if len(origin) <= ORIGIN_WIDTH_MAX else "…" + origin[1 - ORIGIN_WIDTH_MAX :]


def _parts(parts: Sequence[Any], paint: Paint) -> str:
    return "".join(_part(part, paint) for part in parts)


def _part(part: Any, paint: Paint) -> str:
    if isinstance(part, str):
        return visible(part)
    if "when" in part:
        otherwise = _mark("else", paint) + _parts(part["else"], paint) if part.get("else") else ""
        opening = _mark(f"if {condition_text(part['when'])}", paint)
        return opening + _parts(part.get("then", ()), paint) + otherwise + _mark("end", paint)
    if "each" in part:
        otherwise = _mark("else", paint) + _parts(part["else"], paint) if part.get("else") else ""
        opening = _mark(f"for {part['name']} in {path_text(part['each'])}", paint)
        return opening + _parts(part["do"], paint) + otherwise + _mark("end", paint)
    return _mark(leaf_text(part), paint)


def _mark(text: str, paint: Paint) -> str:
    return paint(f"⟦{visible_line(text)}⟧", "cyan")
