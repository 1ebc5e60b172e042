"""Differences: everything that differs for one target between two times, in the order in which a build would meet it.

    a Side then, a Side now -> [differences] -> Cause

The walk is the one that decides: the fields of the very value that a render's key hashes (keys.py), then the questions
that the render asked, in their order and with the function that answers them (trace.py), then what linking puts in. What
it doesn't find different can't have made a difference.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from promptc.compiler.keys import static_of
from promptc.compiler.project import MISSING, BlockAction, Choice, Definition, Prompt, Template
from promptc.compiler.render import render
from promptc.compiler.resolve import definitions_of_path
from promptc.compiler.roots import roots_of
from promptc.compiler.shape import Rendered
from promptc.compiler.trace import answer
from promptc.compiler.trace import look as value_at
from promptc.core.dataclass import dataclass, fields, replace
from promptc.core.errors import PromptcError
from promptc.core.findings import Place
from promptc.driver.sides import Side

TEXT_CHARACTERS_MAX = 160
Kind = Literal[
    "first", "unknown", "toolchain", "template", "stand-in", "prompt", "schema", "question", "value", "model", "config",
    "tools", "blocks", "examples", "enabled", "broken",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that differs. `what` names it; `before` and `after` are as shown, "" where there is none."""

    kind: Kind
    what: str
    before: str = ""
    after: str = ""
    place: str = ""


def is_enabled(side: Side, prompt: str) -> bool:
    """Whether a side's tenant has a prompt enabled."""
    choice = side.tenant.prompts.get(prompt) if side.tenant is not None else None
    return choice is not None and choice.enabled


def differences(old: Side, new: Side, prompt: str, *, reveal: bool) -> Iterator[Cause]:
    """Everything that differs for one target, in the order in which a build would meet it."""
    if old.toolchain != new.toolchain:
        yield from toolchain_differences(old.toolchain, new.toolchain)
    was, now = old.compiler.project.prompts.get(prompt), new.compiler.project.prompts.get(prompt)
    if was is None or now is None or old.tenant is None or new.tenant is None:
        if (was is None, old.tenant is None) != (now is None, new.tenant is None):
            yield Cause("broken", "it could be compiled at one time and not at the other")
        return
    if is_enabled(old, prompt) != is_enabled(new, prompt):
        yield Cause("enabled", "enabled", str(is_enabled(old, prompt)).lower(), str(is_enabled(new, prompt)).lower())
    if not (is_enabled(old, prompt) and is_enabled(new, prompt)):
        return
    pair = _Pair(old, new, was, now, reveal)
    yield from pair.front_matter()
    yield from pair.static()
    yield from pair.questions()
    yield from pair.choices()


def toolchain_differences(old: str, new: str) -> Iterator[Cause]:
    """The parts of a toolchain's identity that differ."""
    then, now = (dict(word.rsplit(" ", 1) for word in side.split(", ")) for side in (old, new))
    for name in sorted(then.keys() | now.keys()):
        if then.get(name) != now.get(name):
            yield Cause("toolchain", name, then.get(name, ""), now.get(name, ""))


@dataclass(frozen=True, slots=True)
class _Pair:
    """One prompt of one tenant at two times."""

    old: Side
    new: Side
    was: Prompt
    now: Prompt
    reveal: bool

    def front_matter(self) -> Iterator[Cause]:
        for part in fields(Prompt):
            if part.name in ("body", "body_line", "place", "places", "file", "path"):
                continue
            before, after = getattr(self.was, part.name), getattr(self.now, part.name)
            if before != after:
                key = {"budget_tokens": "budget"}.get(part.name, part.name)
                place = self.now.places.get(key, self.now.place)
                yield Cause("prompt", f"{key} of the prompt", _shown(_data(before)), _shown(_data(after)), str(place))

    def static(self) -> Iterator[Cause]:
        assert self.old.tenant is not None
        assert self.new.tenant is not None
        one = static_of(self.old.compiler.templates, self.was, self.old.tenant.locale)
        two = static_of(self.new.compiler.templates, self.now, self.new.tenant.locale)
        for path in dict.fromkeys((*one.templates, *two.templates)):
            yield from _template(one.templates.get(path), two.templates.get(path), path)
        for path in one.stands_for:
            if path in two.stands_for and one.stands_for[path] != two.stands_for[path]:
                yield Cause("stand-in", f"what stands for {path}", one.stands_for[path], two.stands_for[path])
        for name in dict.fromkeys((*one.variables, *two.variables)):
            before, after = one.variables.get(name), two.variables.get(name)
            if json.dumps(before) != json.dumps(after):
                found = self.new.compiler.project.variables.get(name)
                place = str(found.place) if found is not None else ""
                yield Cause("schema", f"the schema of `{name}`", _shown(before), _shown(after), place)

    def questions(self) -> Iterator[Cause]:
        """The first question of the old render that is answered otherwise now, then values that are only printed."""
        rendered = self._rendered(self.old, self.was)
        before, after = self._roots(self.old, self.was), self._roots(self.new, self.now)
        for kind, path in rendered.reads.asked:
            then, now = value_at(before, path), value_at(after, path)
            if answer(kind, then) != answer(kind, now):
                yield self._value("question", path, then, now)
                break
        printed = dict.fromkeys(_holes(rendered))
        printed |= {("vars", *name.split(".")): None for name in _asked_as_data(self.old, self.was)}
        for path in printed:
            then, now = value_at(before, path), value_at(after, path)
            if (type(then), then) != (type(now), now):
                yield self._value("value", path, then, now)

    def _rendered(self, side: Side, prompt: Prompt) -> Rendered:
        assert side.tenant is not None
        templates = side.compiler.templates
        locale = side.tenant.locale if templates.has_stand_ins(prompt.name) else ""
        return render(templates.environment, static_of(templates, prompt, locale), self._roots(side, prompt))

    def _roots(self, side: Side, prompt: Prompt) -> Mapping[str, Any]:
        assert side.tenant is not None
        return roots_of(side.compiler.project, side.tenant, side.tenant.prompts[prompt.name])

    def _value(self, kind: Kind, path: Sequence[Any], then: Any, now: Any) -> Cause:
        assert self.new.tenant is not None
        assert self.old.tenant is not None
        name = ".".join(map(str, path))
        hidden = path[0] == "vars" and len(path) > 1 and not self.reveal
        if hidden and str(path[1]) in self.new.tenant.confidential | self.old.tenant.confidential:
            cover = f"{{{path[1]}}}"
            return Cause(kind, name, cover, f"{cover}, another one", self._place(path))
        return Cause(kind, name, _shown(then), _shown(now), self._place(path))

    def _place(self, path: Sequence[Any]) -> str:
        """The line that changed the value: of the first step along the chain that came to something else."""
        roots = {"vars": "variables", "tenant": "labels"}
        if path[0] not in roots or len(path) < 2:
            return ""
        steps = path[1:] if path[0] == "vars" else path[2:]
        words = ".".join((roots[str(path[0])], *(str(step) for step in steps[:1])))
        return _first_difference(_definitions(self.old, words), _definitions(self.new, words))

    def choices(self) -> Iterator[Cause]:
        one, two = self._choice(self.old, self.was), self._choice(self.new, self.now)
        before, after = self.old.compiler.project, self.new.compiler.project
        if one.model != two.model:
            yield Cause("model", "model", one.model, two.model, self._setting("model"))
        then, now = before.models.get(one.model), after.models.get(two.model)
        if then is not None and now is not None and _data(then) != _data(now):
            yield Cause(
                "model",
                f"model `{two.model}`",
                _shown(_data(then)),
                _shown(_data(now)),
                str(now.place),
            )
        if one.config != two.config:
            yield Cause("config", "config", _shown(one.config), _shown(two.config), self._setting("config"))
        if one.tools != two.tools:
            yield Cause("tools", "tools", ", ".join(one.tools), ", ".join(two.tools), self._setting("tools"))
        for name in one.tools:
            old, new = before.tools.get(name), after.tools.get(name)
            if name in two.tools and old is not None and new is not None and _data(old) != _data(new):
                yield Cause("tools", f"tool `{name}`", _shown(_data(old)), _shown(_data(new)), str(new.place))
        for name in dict.fromkeys((*one.blocks, *two.blocks)):
            yield from self._block(name, one.blocks.get(name, ()), two.blocks.get(name, ()))
        yield from self._examples()

    def _choice(self, side: Side, prompt: Prompt) -> Choice:
        assert side.tenant is not None
        return side.tenant.prompts[prompt.name]

    def _setting(self, key: str) -> str:
        words = f"prompts.{self.now.name}.{key}"
        found = _first_difference(_definitions(self.old, words), _definitions(self.new, words))
        return found or str(self.now.places.get(key, self.now.place))

    def _block(self, name: str, one: Sequence[BlockAction], two: Sequence[BlockAction]) -> Iterator[Cause]:
        then, now = ([(step.kind, step.text) for step in steps] for steps in (one, two))
        if then == now:
            return
        secret = any(step.confidential for step in (*one, *two)) and not self.reveal
        texts = ["{confidential}" if secret else _shown([text for _, text in side]) for side in (then, now)]
        steps = two or one
        yield Cause("blocks", f"block `{name}`", texts[0], texts[1], str(steps[-1].place))

    def _examples(self) -> Iterator[Cause]:
        assert self.new.tenant is not None
        reach = ("shared", self.new.tenant.id)
        one, two = (
            {found.place.file: found for found in side.compiler.project.examples if found.owner in reach}
            for side in (self.old, self.new)
        )
        for file in dict.fromkeys((*one, *two)):
            then, now = one.get(file), two.get(file)
            if _data(then) != _data(now) and self._shows((then or now).name):  # type: ignore[union-attr]
                yield Cause("examples", f"examples `{(then or now).name}`", "", "", file)  # type: ignore[union-attr]

    def _shows(self, name: str) -> bool:
        templates = self.new.compiler.templates
        texts = (templates.texts[path] for path in templates.closures[self.now.name].templates)
        return any(f'"{name}"' in text or f"'{name}'" in text for text in texts)


def _template(old: Template | None, new: Template | None, path: str) -> Iterator[Cause]:
    if old is None or new is None:
        found = new or old
        assert found is not None
        yield Cause(
            "template", path, "" if old is None else "part of it", "" if new is None else "part of it", found.file
        )
        return
    if old.text != new.text:
        yield template_difference(old.text.split("\n"), new, path)


def template_difference(then: Sequence[str], new: Template, what: str) -> Cause:
    """The first line of a template that is another than it was."""
    now = new.text.split("\n")
    at = next(
        (i for i, pair in enumerate(zip(then, now, strict=False)) if pair[0] != pair[1]), min(len(then), len(now))
    )
    before, after = (_cut(lines[at]) if at < len(lines) else "" for lines in (then, now))
    return Cause("template", what, before, after, str(Place(new.file, at + 1 + new.line_offset)))


def _holes(rendered: Rendered) -> Iterator[tuple[Any, ...]]:
    """The paths of values that are only printed."""

    def walk(parts: Any) -> Iterator[tuple[Any, ...]]:
        if isinstance(parts, Mapping):
            if "hole" in parts:
                yield tuple(parts["hole"])
            for value in parts.values():
                yield from walk(value)
        elif isinstance(parts, (list, tuple)):
            for part in parts:
                yield from walk(part)

    yield from walk(rendered.shape.messages if rendered.shape is not None else ())


def _asked_as_data(side: Side, prompt: Prompt) -> Iterator[str]:
    """The variables that `$vars` puts into the prompt's tools and output schema."""

    def walk(data: Any) -> Iterator[str]:
        if isinstance(data, Mapping):
            if set(data) == {"$vars"} and isinstance(data["$vars"], str):
                yield data["$vars"]
            for value in data.values():
                yield from walk(value)
        elif isinstance(data, (list, tuple)):
            for value in data:
                yield from walk(value)

    assert side.tenant is not None
    tools = side.tenant.prompts[prompt.name].tools
    for name in tools:
        if name in side.compiler.project.tools:
            yield from walk(side.compiler.project.tools[name].input)
    if prompt.output is not None:
        yield from walk(prompt.output.schema)


def _definitions(side: Side, path: str) -> tuple[Definition, ...]:
    project = replace(side.compiler.project, tenants={side.overlay.name: side.overlay})
    try:
        return definitions_of_path(project, side.overlay.name, path)
    except (PromptcError, KeyError):
        return ()


def _first_difference(then: Sequence[Definition], now: Sequence[Definition]) -> str:
    """The place of the first step that is another, that came, or that went."""
    before = {step.overlay: step for step in then}
    for step in now:
        old = before.pop(step.overlay, None)
        if old is None or json.dumps(_data(old.after), default=str) != json.dumps(_data(step.after), default=str):
            return str(step.place)
    gone = next(iter(before.values()), None)
    last = gone or (now[-1] if now else None)
    return str(last.place) if last is not None else ""


def _data(value: Any) -> Any:
    """A part of a project as plain data without places."""
    if hasattr(value, "__dataclass_fields__"):
        kept = (part.name for part in fields(value) if part.name not in ("place", "places", "origin"))
        return {name: _data(getattr(value, name)) for name in kept}
    if isinstance(value, Mapping):
        return {key: _data(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if isinstance(value, (list, tuple)):
        return [_data(item) for item in value]
    return value


def _shown(value: Any) -> str:
    if value is MISSING or value is None:
        return "no value" if value is MISSING else "null"
    return _cut(json.dumps(value, ensure_ascii=False, default=str))


def _cut(text: str) -> str:
    return text if len(text) <= TEXT_CHARACTERS_MAX else text[: TEXT_CHARACTERS_MAX - 1] + "…"
