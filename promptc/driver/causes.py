"""Causes: why a build did again what it did, grouped: `build --explain`.

    Whole after a build, its result -> [causes] -> Cause, the largest first

What changed is said once for all that it reached: a part of the sources, a setting that tenants changed, each with one
example of old and new. Counts are of all; examples are of a few.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from promptc.compiler.meaning import meaning_of
from promptc.compiler.project import Overlay, Setting
from promptc.compiler.schema.beside import parsing_of
from promptc.compiler.schema.tenants import parse_layer
from promptc.core.dataclass import dataclass, field, replace
from promptc.core.findings import Place
from promptc.driver import sides
from promptc.driver.build import BuildResult, Cause
from promptc.driver.differences import Cause as Difference
from promptc.driver.differences import template_difference, toolchain_differences
from promptc.driver.units import Done, Due
from promptc.driver.whole import Whole
from promptc.engine.ledger import Row

OVERLAYS_MAX = 200  # changed overlays that are read again for what changed in them; the others are counted
TEXT_CHARACTERS_MAX = 100
# Causes of which there is no state before or after.
NEW = ("nothing was built before", "new tenants")
GONE = "tenants are gone"


@dataclass(slots=True)
class _Count:
    """How many targets one cause reached, and its example."""

    place: str = ""
    before: str = ""
    after: str = ""
    targets: int = 0
    changed: int = 0


@dataclass(slots=True)
class _Counts:
    found: dict[str, _Count] = field(default_factory=dict)

    def add(self, difference: Difference, targets: int, changed: int) -> None:
        """Count targets for what differs; the first of its name is the example."""
        found = difference
        count = self.found.setdefault(found.what, _Count(found.place, found.before, found.after))
        count.targets += targets
        count.changed += changed


def causes_of(whole: Whole, result: BuildResult) -> Iterator[Cause]:
    """Why a build did again what it did; nothing when it did nothing again."""
    counts = _Counts()
    changed = Counter(change.tenant for change in result.changes or ())
    # A line of a .jsonl that was edited is found as one that is gone and one that is new.
    gone = {row.id: row for row in whole.outlook.gone if row.id}
    touched = {*whole.seen.changed, *whole.seen.unread, *whole.seen.removed}
    reached = [0, 0]
    looked = 0
    for due, done in zip(whole.outlook.due, whole.done, strict=True):
        if done.row is None:
            continue
        targets, differing = _targets(due, done), changed[done.row.id]
        old = due.old or gone.pop(done.row.id, None)
        if old is None:
            counts.add(Difference("first", _first(whole), place=done.row.file), targets, differing)
            continue
        if old.digest != done.row.digest:
            looked += 1
            _own(whole, (old, done.row), counts, (targets, differing, looked))
        texts = touched.intersection(old.texts)
        for file in sorted(texts):
            counts.add(Difference("value", "texts that tenants read", place=file), targets, differing)
        if (old.digest == done.row.digest and not texts) or whole.scope.reaches(old):
            reached[0] += targets
            reached[1] += differing
    for difference in _reaching(whole) if reached[0] else ():
        counts.add(difference, reached[0], reached[1])
    if gone:
        counts.add(Difference("first", GONE), 0, sum(changed[name] for name in gone))
    for what, count in sorted(counts.found.items(), key=lambda item: (-item[1].targets, item[0])):
        yield Cause(what, count.place, count.before, count.after, count.targets, count.changed)


def _targets(due: Due, done: Done) -> int:
    assert done.row is not None
    return done.row.served if due.only is None else min(len(due.only), done.row.served)


def _first(whole: Whole) -> str:
    return NEW[0] if whole.ledger_head is None else NEW[1]


def _own(whole: Whole, pair: tuple[Row, Row], counts: _Counts, numbers: tuple[int, int, int]) -> None:
    """What changed in a tenant's own overlay. One that changed in several settings counts for each of them."""
    targets, differing, looked = numbers
    then, now = pair
    differences: list[Difference] = []
    if looked <= OVERLAYS_MAX:
        old = sides.overlay_then(whole, then, (then.digest, then.texts_read))
        new = sides.overlay_then(whole, now, (now.digest, now.texts_read))
        if old is not None and new is not None:
            differences = list(overlay_differences(old, new, _confidential(whole)))
            if not differences:
                counts.add(Difference("value", "only comments in overlays", place=now.file), targets, differing)
                return
    if not differences:
        counts.add(Difference("value", "overlays of tenants", place=now.file), targets, differing)
    for found in differences:
        counts.add(replace(found, what=f"{found.what} of tenants"), targets, differing)


def overlay_differences(old: Overlay, new: Overlay, confidential: frozenset[str]) -> Iterator[Difference]:
    """The settings that differ between two states of one overlay."""
    for key in ("extends", "title", "aliases", "labels", "locale", "final"):
        before, after = getattr(old, key), getattr(new, key)
        if meaning_of(before) != meaning_of(after):
            yield Difference("prompt", f"`{key}`", _shown(_plain(before)), _shown(_plain(after)), str(new.place))
    for root, then, now in (("variables", old.variables, new.variables), ("models", old.models, new.models)):
        yield from _settings(root, then, now, confidential)
    for name in dict.fromkeys((*old.prompts, *new.prompts)):
        yield from _settings(f"prompts.{name}", old.prompts.get(name, {}), new.prompts.get(name, {}), frozenset())


def _settings(
    root: str, then: Mapping[str, Setting], now: Mapping[str, Setting], confidential: frozenset[str]
) -> Iterator[Difference]:
    for name in dict.fromkeys((*then, *now)):
        before, after = then.get(name), now.get(name)
        if meaning_of(before) == meaning_of(after):
            continue
        place = str((after or before).place)  # type: ignore[union-attr]
        if name in confidential:
            yield Difference("value", f"`{root}.{name}`", f"{{{name}}}", f"{{{name}}}, another one", place)
        else:
            yield Difference("value", f"`{root}.{name}`", _shown(_plain(before)), _shown(_plain(after)), place)


def _reaching(whole: Whole) -> Iterator[Difference]:
    """What changed in sources and layers."""
    head = whole.ledger_head
    if head is not None and head.data["toolchain"] != whole.identity:
        for found in toolchain_differences(head.data["toolchain"], whole.identity):
            yield Difference("toolchain", f"toolchain: {found.what}", found.before, found.after)
        return
    if whole.head is None:
        yield Difference("unknown", "nothing that the last build left was used")
    elif not whole.scope.parts:
        yield Difference("unknown", "only comments, or places in what is said of tenants")
    for part in whole.scope.parts:
        yield from _part(whole, part)


def _part(whole: Whole, part: str) -> Iterator[Difference]:
    kind, _, name = part.partition(" ")
    project = whole.sources.project
    if kind == "template" and name in project.templates:
        template = project.templates[name]
        old = _text_then(whole, template.file)
        if old is not None:
            offset = template.line_offset
            yield template_difference(old.split("\n")[offset:], template, f"template {name}")
            return
        yield Difference("template", part, place=template.file)
        return
    if kind == "layer" and name in project.layers:
        yield from _layer(whole, name, project.layers[name])
        return
    shelves: dict[str, Mapping[str, Any]] = {
        "variable": project.variables, "model": project.models, "tool": project.tools, "prompt": project.prompts,
    }  # fmt: skip
    found = shelves.get(kind, {}).get(name)
    yield Difference("prompt", part, place=str(found.place) if found is not None else "")


def _layer(whole: Whole, name: str, layer: Overlay) -> Iterator[Difference]:
    head = whole.ledger_head
    digest = head.data["files"].get(layer.place.file) if head is not None else None
    data = whole.memo.text(bytes.fromhex(digest)) if digest else None
    if data is None:
        yield Difference("value", f"layer {name}", place=layer.place.file)
        return
    old = parse_layer(layer.place.file, data, parsing_of(whole.sources.settings, whole.read_text)).overlay
    if old is not None:
        for found in overlay_differences(old, layer, _confidential(whole)):
            yield Difference(found.kind, f"{found.what} of layer {name}", found.before, found.after, found.place)


def _text_then(whole: Whole, file: str) -> str | None:
    head = whole.ledger_head
    digest = head.data["files"].get(file) if head is not None else None
    data = whole.memo.text(bytes.fromhex(digest)) if digest else None
    return data.decode("utf-8", "replace").replace("\r\n", "\n") if data is not None else None


def _confidential(whole: Whole) -> frozenset[str]:
    variables = whole.sources.project.variables.items()
    return frozenset(name for name, variable in variables if variable.confidential)


def _plain(value: Any) -> Any:
    if isinstance(value, Setting):
        data = _plain(value.data)
        return {f"!{value.directive}": data} if value.directive else data
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value if not isinstance(item, Place)]
    return str(value) if isinstance(value, str) else value


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= TEXT_CHARACTERS_MAX else text[: TEXT_CHARACTERS_MAX - 1] + "…"
