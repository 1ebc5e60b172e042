"""Oracle: what plain Jinja2, its own code generator and filters, makes of a project given variables *and* inputs.

    templates, vars, inputs -> [oracle] -> messages

Law 10 holds the compiler against it. It knows nothing of binding time: the table of text, strict names and the tags are
a small stock extension of Jinja2, the whitespace rules are oracle_marks.py's, and nothing here imports promptc.
"""

from __future__ import annotations

import functools
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined, nodes
from jinja2.environment import Template
from jinja2.exceptions import TemplateError

from tests.laws.oracle_marks import LOOP, MEDIA, STOP, Marker, Tags, pieces_of, plain, trimmed

Messages = list[dict[str, Any]]
TEXT_FILTERS = frozenset(
    "capitalize center e escape forceescape indent lower replace striptags title trim truncate upper urlize wordcount wordwrap xml".split()
)


class NoText(TemplateError):
    """A list, a map or null was printed."""


# The table of text


def text_of(value: Any) -> str:
    """Text as it is, true and false, integers in decimal, other numbers as ECMAScript prints them."""
    if isinstance(value, StrictUndefined):
        return str(value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return number(value)
    raise NoText(f"{type(value).__name__} has no text")


def number(value: float) -> str:
    """ECMA-262's Number::toString, by way of Decimal."""
    if not math.isfinite(value):
        raise NoText("not finite")
    exact = Decimal(repr(value))
    if exact == 0:
        return "0"
    if -7 < exact.adjusted() < 21:
        whole, _, fraction = format(exact, "f").partition(".")
        return f"{whole}.{fraction.rstrip('0')}".rstrip(".")
    mantissa, _, exponent = repr(value).partition("e")
    return f"{mantissa.removesuffix('.0')}e{int(exponent):+d}"


def canonical(value: Any) -> str:
    """JSON without spaces, keys by code point, nothing escaped but what JSON must."""
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{canonical(key)}:{canonical(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(canonical, value)) + "]"
    if value is None:
        return "null"
    if isinstance(value, str):
        return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\x7f")
    return text_of(value)


def xml(text: str) -> str:
    for character, reference in (("&", "amp"), ("<", "lt"), (">", "gt"), ('"', "quot")):
        text = text.replace(character, f"&{reference};")
    return text


# Inputs: what came from them is known by its class


class InputList(list[Any]):
    """A list that an input gave: a loop over it counts as text."""


def tainted(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: tainted(item) for key, item in value.items()}
    return InputList(map(tainted, value)) if isinstance(value, (list, tuple)) else value


def filled(schema: Mapping[str, Any], value: Any) -> Any:
    """An input with the defaults of its schema at every level."""
    if isinstance(value, Mapping) and "properties" in schema:
        given = dict(value)
        for name, inner in schema["properties"].items():
            if name not in given and "default" in inner:
                given[name] = inner["default"]
        return {key: filled(schema["properties"].get(key, {}), item) for key, item in given.items()}
    if isinstance(value, (list, tuple)) and "items" in schema:
        return [filled(schema["items"], item) for item in value]
    return value


def all_filled(schemas: Mapping[str, Mapping[str, Any]], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """All inputs of a prompt, defaults filled in."""
    return filled({"properties": schemas}, inputs)


# The environment


class _Template(Template):
    def _get_default_module(self, ctx: Any = None) -> Any:
        return self.make_module()


class _Environment(Environment):
    template_class = _Template

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        return Marker(source).rewrite(super()._parse(source, name, filename))

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, Mapping):
            return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        if isinstance(obj, (str, int, float, list)) or obj is None:
            return self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        try:
            return obj[argument]
        except (LookupError, TypeError):
            if isinstance(obj, (StrictUndefined,)):
                raise
            return self.undefined(obj=obj, name=argument)


def _ours(name: str, stock: Any) -> Any:
    # Values reach filters of text as the table has them; what a filter gives is text without Markup, or a list.
    at = 1 if hasattr(stock, "jinja_pass_arg") else 0

    @functools.wraps(stock)
    def run(*args: Any, **options: Any) -> Any:
        given = list(args)
        if name in TEXT_FILTERS and not isinstance(given[at], (str, StrictUndefined)):
            given[at] = text_of(given[at])
        found = stock(*given, **options)
        if isinstance(found, Iterator):
            return list(found)
        return str(found) if isinstance(found, str) else found

    return run


def _joined(items: Any, d: str = "", attribute: Any = None) -> str:
    chosen = [item[attribute] for item in items] if attribute else items
    return text_of(d).join(map(text_of, chosen))


def _format(pattern: Any, *args: Any, **options: Any) -> str:
    if options and args:
        raise NoText("both kinds of arguments")
    shown = {key: _formatted(item) for key, item in options.items()} or tuple(map(_formatted, args))
    return text_of(pattern) % shown


def _formatted(value: Any) -> Any:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else text_of(value)


def environment(templates: Mapping[str, str]) -> Environment:
    """Stock Jinja2 with the table of text, strict names, our tags and marks."""
    made = _Environment(
        loader=DictLoader(dict(templates)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        optimized=False,
        finalize=text_of,
        extensions=[Tags],
    )
    made.filters = {name: _ours(name, stock) for name, stock in made.filters.items() if name != "random"}
    made.filters |= {
        "tojson": canonical,
        "xml": lambda value: xml(text_of(value)),
        "join": _joined,
        "string": text_of,
        "format": _format,
        "oracle_clean": plain,
        "oracle_concat": lambda values: "".join(map(text_of, values)),
        "oracle_loop": lambda values: LOOP if isinstance(values, InputList) else "",
        "oracle_taint": lambda values, first: InputList(values) if isinstance(first, InputList) and isinstance(values, list) else values,
        "oracle_media": lambda value: f"{MEDIA}{json.dumps(value)}{STOP}",
    }
    made.globals = {name: made.globals[name] for name in ("range", "namespace")}
    return made


# Messages


def closure(templates: Mapping[str, str], prompt: str) -> set[str]:
    """The files that a prompt can reach, as far as their names, or the beginnings of spelled names, stand in texts."""
    found, waiting = set(), [prompt]
    while waiting:
        path = waiting.pop()
        found.add(path)
        for start, spelled in re.findall(r"""["']([\w./-]+)["'](\s*~)?""", templates[path]):
            reached = [name for name in templates if name == start or (spelled and name.startswith(start))]
            waiting += [name for name in reached if name not in found]
    return found


class Oracle:
    """One prompt of a set of templates, compiled by stock Jinja2, ready for many variables and inputs."""

    def __init__(self, templates: Mapping[str, str], prompt: str) -> None:
        self.environment = environment(templates)
        self.templates = templates
        self.prompt = prompt
        self.whole = not any(re.search(r"{%[-+]?\s*message\b", templates[path]) for path in closure(templates, prompt))

    def render(
        self,
        known: Mapping[str, Any],
        inputs: Mapping[str, Any],
        *,
        actions: Mapping[str, Sequence[tuple[str, str]]] | None = None,
        examples: Mapping[str, Sequence[tuple[Mapping[str, Any], Any]]] | None = None,
    ) -> Messages:
        """The messages. `known` holds vars and, if wanted, tenant, tools and model; inputs have their defaults."""
        self.environment.globals |= {"tenant": {"labels": {}}, "tools": {}, "model": {}, **known}
        self.environment.globals["input"] = tainted(inputs)
        text = self.environment.get_template(self.prompt).render()
        found = pieces_of(text, actions)
        if self.whole:
            found = [("message", "system", found)]
        out: Messages = []
        for piece in found:
            if piece[0] == "message":
                out.append({"role": piece[1], "content": segments(trimmed(piece[2]))})
            elif piece[0] == "examples":
                name, most = piece[1]
                chosen = (examples or {}).get(name, ())
                for given, answer in chosen[: most or len(chosen)]:
                    asked = [m for m in self.render(known, given, actions=actions) if m["role"] == "user"][-1]
                    self.environment.globals["input"] = tainted(inputs)
                    said = answer if isinstance(answer, str) else canonical(answer)
                    out += [asked, {"role": "assistant", "content": [{"type": "text", "text": said}]}]
            else:
                assert piece[0] != "text" or not piece[1].strip(), f"text beside messages: {piece[1]!r}"
        return out


def segments(pieces: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """A message's content: texts, cache marks, media."""
    out: list[dict[str, Any]] = []
    texts: list[str] = []

    def flush() -> None:
        if text := "".join(texts):
            out.append({"type": "text", "text": text})
        texts.clear()

    for kind, *given in pieces:
        if kind in ("cache", "media"):
            flush()
            out.append({"type": kind, **given[0]})
        else:
            texts.append({"text": lambda: given[0], "given": lambda: given[0], "line": lambda: "\n", "value": lambda: "", "loop": lambda: ""}[kind]())  # noqa: B023
    # A value may carry media and cache marks that captured text brought along.
    flush()
    return out

