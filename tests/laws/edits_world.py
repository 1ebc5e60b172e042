"""Edited worlds: a project as values that edits change, and the bytes that its files hold.

    World -> tree of files -> a folder -> build

A world knows what its files mean, so that an edit can change one value and leave all others as they are. What can't be
said in values (broken bytes, links) lies over it, and is taken away again when the world is mended.
"""

from __future__ import annotations

import json
import pickle
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeVar

from promptc.core.findings import Finding

T = TypeVar("T")


@dataclass(frozen=True)
class Tag:
    """A directive: `!append […]` in YAML, `{"$append": […]}` in a .jsonl."""

    kind: str
    value: Any = None


@dataclass
class Body:
    """A template's text: what comes first, statements that may be dropped, doubled and shuffled, what comes last."""

    head: str
    snippets: list[str]
    foot: str = ""

    def __str__(self) -> str:
        return self.head + "".join(self.snippets) + self.foot


@dataclass
class Sheet:
    """A YAML file with comments at its top; with a body it is a template, and the data its front matter."""

    data: dict[str, Any]
    head: list[str] = field(default_factory=list)
    body: Body | None = None

    def __str__(self) -> str:
        text = "".join(f"# {line}\n" for line in self.head) + ("\n".join(_lines(self.data, "")) + "\n" if self.data else "")
        if self.body is None:
            return text or "{}\n"
        return (f"---\n{text}---\n" if self.data else "") + str(self.body)


@dataclass(frozen=True)
class Odd:
    """What stands in a file's place and is none: a `link` to a path, a `folder`, a `pipe`."""

    kind: str
    target: str = ""


@dataclass
class World:
    """A project. Paths begin with `sources/` and `tenants/`; the settings say what these folders are really called."""

    settings: dict[str, Any]
    sheets: dict[str, Sheet] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    schemas: dict[str, dict[str, Any]] = field(default_factory=dict)
    # A line is a tenant with its id among the data, or text that is none.
    signups: dict[str, list[dict[str, Any] | str]] = field(default_factory=dict)
    over: dict[str, bytes | Odd] = field(default_factory=dict)

    def copy(self) -> World:
        made: World = pickle.loads(pickle.dumps(self))
        return made

    def tree(self) -> dict[str, bytes | Odd]:
        """Every file of the project by its path."""
        found: dict[str, bytes | Odd] = {path: str(sheet).encode() for path, sheet in self.sheets.items()}
        found |= {path: text.encode() for path, text in self.texts.items()}
        found |= {path: (json.dumps(schema, ensure_ascii=False, indent=1) + "\n").encode() for path, schema in self.schemas.items()}
        found |= {path: "".join(map(_json_line, lines)).encode() for path, lines in self.signups.items()}
        found |= {"promptc.toml": self._settings(), **self.over}
        return {self.place(path): content for path, content in found.items()}

    def place(self, path: str) -> str:
        """Where a path of this world really is."""
        folder, _, rest = path.partition("/")
        return f"{self.settings.get(folder, folder)}/{rest}" if rest else path

    def _settings(self) -> bytes:
        lines = [f"# {value}" if key == "#" else f"{key} = {json.dumps(value)}" for key, value in self.settings.items()]
        return ("\n".join(lines) + "\n").encode()

    # What edits look for

    def below(self, *folders: str) -> list[str]:
        """The paths of sheets below folders, sorted."""
        return sorted(path for path in self.sheets if path.startswith(folders))

    def prompts(self) -> list[str]:
        """The paths of prompts that are no variants."""
        return [path for path in self.below("sources/prompts/") if path.endswith(".prompt.j2") and path not in self.variants()]

    def variants(self) -> list[str]:
        """The paths of variants of prompts."""
        return [path for path in self.below("sources/prompts/") if path.endswith(".prompt.j2") and path.count(".") > 2]

    def layers(self) -> dict[str, Sheet]:
        return {path[len("tenants/layers/") : -len(".yaml")]: self.sheets[path] for path in self.below("tenants/layers/")}

    def tenants(self) -> dict[str, dict[str, Any]]:
        """Each tenant's data by its id, wherever it stands."""
        found = {path.rpartition("/")[2][: -len(".yaml")]: self.sheets[path].data for path in self.below("tenants/") if not path.startswith("tenants/layers/")}
        return dict(sorted((found | {line["id"]: line for _, line in self.lines()}).items()))

    def lines(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every tenant of a .jsonl with the file that it stands in."""
        for path, lines in self.signups.items():
            yield from ((path, line) for line in lines if isinstance(line, dict))

    def tenant_path(self, tenant: str) -> str:
        """The path of a tenant's file; "" for one in a .jsonl."""
        return next((path for path in self.below("tenants/") if path.endswith(f"/{tenant}.yaml") and not path.startswith("tenants/layers/")), "")

    def overlays(self) -> dict[str, dict[str, Any]]:
        """Layers as `layer:NAME` and tenants as `tenant:ID`, each with its data."""
        found = {f"layer:{name}": sheet.data for name, sheet in self.layers().items()}
        return found | {f"tenant:{name}": data for name, data in self.tenants().items()}

    def chain(self, overlay: str) -> list[str]:
        """The layers below an overlay, as far as they are there; no care is taken of their order."""
        layers, found = self.layers(), []
        pending = [*self.settings.get("base", ()), *self.overlays().get(overlay, {}).get("extends", ())]
        while pending:
            name = pending.pop(0)
            if name in layers and name not in found and f"layer:{name}" != overlay:
                found.append(name)
                pending += layers[name].data.get("extends", ())
        return found

    def blocks(self, prompt: str) -> list[str]:
        """The blocks that a prompt opens to tenants, by its path."""
        return sorted(self.sheets[prompt].data.get("overridable", {}).get("blocks", {}))


# How values are written

_PLAIN = re.compile(r"[^\W\d_](?:[\w ./-]*\w)?\Z")
_NO_TEXT = frozenset("true false null yes no on off y n".split())


def _text(text: str) -> str:
    if _PLAIN.match(text) and text.lower() not in _NO_TEXT:
        return text
    return json.dumps(text, ensure_ascii=False)


def _key(key: str) -> str:
    return key if re.match(r"\$?[A-Za-z_][\w-]*\Z", key) and key.lower() not in _NO_TEXT else json.dumps(key, ensure_ascii=False)


def flow(value: Any) -> str:
    """A value on one line of YAML."""
    if isinstance(value, Tag):
        return "!unset " if value.kind == "unset" else f"!{value.kind} {flow(value.value)}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)}: {flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    return _text(value) if isinstance(value, str) else json.dumps(value)


def _lines(data: dict[str, Any], indent: str) -> Iterator[str]:
    for key, value in data.items():
        start = f"{indent}{_key(key)}:"
        if isinstance(value, dict) and value:
            yield start
            yield from _lines(value, indent + "  ")
        elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
            yield start
            yield from (f"{indent}  - {flow(item)}" for item in value)
        elif isinstance(value, str) and re.match(r"[^\s\\].*\n(.+\n)*\Z", value):
            yield f"{start} |"
            yield from (f"{indent}  {line}" for line in value.splitlines())
        else:
            yield f"{start} {flow(value)}".rstrip(" ")


def _json_value(value: Any) -> Any:
    if isinstance(value, Tag):
        return {f"${value.kind}": True if value.kind == "unset" else _json_value(value.value)}
    if isinstance(value, dict):
        return {key: _json_value(inner) for key, inner in value.items()}
    return list(map(_json_value, value)) if isinstance(value, list) else value


def _json_line(line: dict[str, Any] | str) -> str:
    return (line if isinstance(line, str) else json.dumps(_json_value(line), ensure_ascii=False)) + "\n"


# How edits are drawn


@dataclass
class Desk:
    """Where an edit works: the world, the dice, what the last build found, and what is to be done in some steps."""

    world: World
    draw: Random
    findings: tuple[Finding, ...] = ()
    later: list[tuple[int, Edit]] = field(default_factory=list)

    def soon(self, edit: Edit) -> None:
        """Do this, too, one to three steps from now."""
        self.later.append((self.draw.randint(1, 3), edit))

    def one(self, choices: Iterable[T]) -> T | None:
        """One of the choices, or None when there are none."""
        every = list(choices)
        return self.draw.choice(every) if every else None

    def overlay(self, kind: str = "") -> tuple[str, dict[str, Any]]:
        """An overlay as `layer:NAME` or `tenant:ID`, and its data. There always is one."""
        found = self.world.overlays()
        name = self.one(name for name in found if name.startswith(kind)) or self.draw.choice(list(found))
        return name, found[name]


# What an edit did, or None where there was nothing for it to do.
Edit = Callable[[Desk], "str | None"]


class Edits:
    """Edits with how often each is drawn."""

    def __init__(self) -> None:
        self.weights: dict[Edit, int] = {}

    def __call__(self, weight: int) -> Callable[[Edit], Edit]:
        def register(edit: Edit) -> Edit:
            self.weights[edit] = weight
            return edit

        return register

    def drawn(self, desk: Desk) -> str:
        """One of the edits, done."""
        while True:
            (chosen,) = desk.draw.choices(list(self.weights), list(self.weights.values()))
            if said := chosen(desk):
                return f"{chosen.__name__}: {said}"


def some(draw: Random, choices: Iterable[T], *, most: int = 2, least: int = 0) -> list[T]:
    """A few of the choices, in their own order."""
    every = list(choices)
    count = draw.randint(min(least, len(every)), min(most, len(every)))
    chosen = set(draw.sample(range(len(every)), count))
    return [item for index, item in enumerate(every) if index in chosen]


def shuffled(draw: Random, data: dict[str, Any]) -> dict[str, Any]:
    """The same map with its keys in another order."""
    keys = list(data)
    draw.shuffle(keys)
    return {key: data[key] for key in keys}


def other_letter(draw: Random, text: str) -> str:
    """Text of the same size in bytes with one ASCII letter changed; the same text where it has none."""
    spots = [index for index, letter in enumerate(text) if letter.isascii() and letter.isalpha()]
    if not spots:
        return text
    spot = draw.choice(spots)
    return text[:spot] + draw.choice([letter for letter in "aeiou" if letter != text[spot]]) + text[spot + 1 :]
