"""Merge: one definition laid over the value before it, at once and from left to right.

    definitions -> [merge] -> resolve

Maps merge deeply, scalars and lists replace; a policy or a directive says otherwise at its place. Values are typed
already (definitions.py) and never changed: what differs is built anew, all else is shared. Pure.

There is no merge of two overlays without the value below them: a removal would be lost in it, since what it removes
isn't there yet. So a chain is one left fold, and what chains share is their prefix.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from promptc.compiler.project import MISSING, MergePolicy, Setting
from promptc.compiler.schema.validate import article
from promptc.core.dataclass import dataclass, field
from promptc.core.findings import Finding
from promptc.core.values import kind_of

Path = tuple[str, ...]
REPLACE = MergePolicy()


@dataclass(slots=True)
class Fold:
    """What one fold may ask and where it puts what it finds.

    `defined_before(path)` says whether an earlier overlay of the chain touches the path.
    """

    defined_before: Callable[[Path], bool]
    findings: list[Finding] = field(default_factory=list)

    def lay(
        self, below: Any, setting: Setting, *, path: Path, declared: Any = MISSING, policy: MergePolicy = REPLACE
    ) -> Any:
        """The value after the setting; MISSING when none is left. `declared` is the default at this very path."""
        directive, data = setting.directive, setting.data
        if directive == "replace":
            return data
        if directive == "unset":
            return self._unset(setting, path, declared)
        if directive == "remove":
            return self._remove(below, setting, path, policy)
        if directive in ("append", "prepend"):
            return self._extend(below, setting, path, policy)
        if isinstance(data, dict):
            return self._lay_map(below, setting, path, declared)
        if isinstance(below, dict) and data is not None:
            return self._mismatch(below, setting, path)
        if isinstance(data, (list, tuple)):
            if policy.kind == "replace":
                return data
            if not isinstance(below, (list, tuple)):
                return unique(data) if policy.kind == "unique" else data
            return self.join(below, setting, path, policy)
        if policy.kind == "append" and isinstance(below, str) and isinstance(data, str):
            return join_text(below, data)
        return data

    def join(self, below: Sequence[Any], setting: Setting, path: Path, policy: MergePolicy) -> list[Any]:
        """Two lists joined as the policy says."""
        data = setting.data
        if policy.kind == "unique":
            return unique([*below, *data])
        if policy.kind == "by":
            return join_by(below, data, policy.by, lambda inside: self._clash(setting, (*path, *inside)))
        return [*below, *data]

    def _clash(self, setting: Setting, path: Path) -> None:
        message = f"`{dotted(path)}` is a map before this or in this, and not in both"
        hint = "`!replace` the list, or `!remove` the item and give it anew"
        self.findings.append(Finding("O002", message, setting.place, hint=hint))

    def _lay_map(self, below: Any, setting: Setting, path: Path, declared: Any) -> Any:
        if below is MISSING or below is None:
            below = {}
        elif not isinstance(below, Mapping):
            return self._mismatch(below, setting, path)
        merged = dict(below)
        defaults = declared if isinstance(declared, Mapping) else {}
        for key, child in setting.data.items():
            value = self.lay(merged.get(key, MISSING), child, path=(*path, key), declared=defaults.get(key, MISSING))
            if value is MISSING:
                merged.pop(key, None)
            else:
                merged[key] = value
        return merged

    def _unset(self, setting: Setting, path: Path, declared: Any) -> Any:
        if not self.defined_before(path):
            self._idle(setting, path, "nothing before it in the chain sets it", "remove the line")
        return declared

    def _extend(self, below: Any, setting: Setting, path: Path, policy: MergePolicy) -> Any:
        if below is MISSING or below is None:
            hint = f"write the list without `!{setting.directive}`, or give it a default"
            self._idle(setting, path, "it has no value yet", hint)
            return setting.data
        before, after = (below, setting.data) if setting.directive == "append" else (setting.data, below)
        if isinstance(before, str) and isinstance(after, str):
            return join_text(before, after)
        if not isinstance(before, (list, tuple)) or not isinstance(after, (list, tuple)):
            had, given = article(kind_of(below)), article(kind_of(setting.data))
            self._misfit(setting, path, f"is {had}, and this adds {given}")
            return below
        if policy.kind == "by":
            self._twice(below, setting, path, policy.by)
        return [*before, *after]

    def _twice(self, below: Sequence[Any], setting: Setting, path: Path, key: str) -> None:
        taken = {identity(item.get(key)) for item in below if isinstance(item, Mapping)}
        for item in setting.data:
            if isinstance(item, Mapping) and identity(item.get(key)) in taken:
                message = (
                    f"`{dotted(path)}` has an item with this `{key}` already, and `!{setting.directive}` adds a second"
                )
                hint = "write the list without a directive: the items merge"
                self.findings.append(Finding("O007", message, setting.place, hint=hint))

    def _remove(self, below: Any, setting: Setting, path: Path, policy: MergePolicy) -> Any:
        gone = {identity(item) for item in setting.data}
        present: set[object] = set()
        left: Any = below
        if isinstance(below, Mapping):
            present = {identity(key) for key in below}
            left = {key: value for key, value in below.items() if identity(key) not in gone}
        elif isinstance(below, (list, tuple)):
            present = {identity(item_key(item, policy)) for item in below}
            left = [item for item in below if identity(item_key(item, policy)) not in gone]
        elif below is not MISSING and below is not None:
            self._misfit(setting, path, f"is {article(kind_of(below))}, and nothing can be removed from it")
            return below
        if gone - present:
            self._not_here(setting, path, present)
        return left

    def _not_here(self, setting: Setting, path: Path, present: set[object]) -> None:
        counted = sum(identity(item) not in present for item in setting.data)
        what = "an item that isn't" if counted == 1 else f"{counted} items that aren't"
        message = f"`!remove` at `{dotted(path)}` names {what} in this tenant's list"
        hint = "remove it from the line; it does nothing here"
        self.findings.append(Finding("O006", message, setting.place, severity="warning", hint=hint))

    def _mismatch(self, below: Any, setting: Setting, path: Path) -> Any:
        given, had = article(kind_of(setting.data)), article(kind_of(below))
        message = f"`{dotted(path)}` is {had} before this, and this is {given}"
        hint = "write `!replace` if the whole value is meant"
        self.findings.append(Finding("O002", message, setting.place, hint=hint))
        return below

    def _idle(self, setting: Setting, path: Path, why: str, hint: str) -> None:
        message = f"`!{setting.directive}` at `{dotted(path)}` has nothing to act on: {why}"
        self.findings.append(Finding("O004", message, setting.place, hint=hint))

    def _misfit(self, setting: Setting, path: Path, why: str) -> None:
        message = f"`!{setting.directive}` doesn't fit `{dotted(path)}`: it {why}"
        self.findings.append(
            Finding("O003", message, setting.place, hint="write `!replace` if the whole value is meant")
        )


def identity(value: Any) -> object:
    """A hashable stand-in under which equal means typed equality: 1, 1.0 and true differ, keys have no order."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return ("map", frozenset((key, identity(item)) for key, item in value.items()))
    if isinstance(value, (list, tuple)):
        return ("list", tuple(map(identity, value)))
    return (kind_of(value), value)


def item_key(item: Any, policy: MergePolicy) -> Any:
    """What `!remove` compares an item by: the item, or its key where the list merges by one."""
    return item.get(policy.by) if policy.kind == "by" and isinstance(item, Mapping) else item


def unique(items: Sequence[Any]) -> list[Any]:
    """The items, each at its first place."""
    seen: dict[object, Any] = {}
    for item in items:
        seen.setdefault(identity(item), item)
    return list(seen.values())


def join_by(below: Sequence[Any], data: Sequence[Any], key: str, clash: Callable[[Path], None]) -> list[Any]:
    """Items with a known key merged in their place, new ones at the end. `clash` hears of a map against no map."""
    joined = list(below)
    position = {identity(item.get(key)): index for index, item in enumerate(below) if isinstance(item, Mapping)}
    for item in data:
        name = identity(item.get(key)) if isinstance(item, Mapping) else None
        index = position.get(name)
        if index is None:
            position[name] = len(joined)
            joined.append(item)
        else:
            joined[index] = deep(joined[index], item, clash, path=("[]",))
    return joined


def deep(below: Any, data: Any, clash: Callable[[Path], None], *, path: Path) -> Any:
    """Plain data laid over plain data: maps deeply, all else replaces."""
    if isinstance(below, Mapping) and isinstance(data, Mapping):
        laid = {k: deep(below.get(k, MISSING), item, clash, path=(*path, k)) for k, item in data.items()}
        return {**below, **laid}
    if (isinstance(below, Mapping) or isinstance(data, Mapping)) and not _empty(below) and not _empty(data):
        clash(path)
        return below
    return data


def _empty(value: Any) -> bool:
    return value is MISSING or value is None


def join_text(before: str, after: str) -> str:
    """Two texts, the second on a new line, as the texts of blocks join."""
    gap = "\n" if before and after and not before.endswith("\n") else ""
    return f"{before}{gap}{after}"


def value_at(value: Any, path: Sequence[str]) -> Any:
    """The value below a map at a path of keys, or MISSING."""
    for key in path:
        if not isinstance(value, Mapping) or key not in value:
            return MISSING
        value = value[key]
    return value


def touches(setting: Setting | None, path: Sequence[str]) -> bool:
    """Whether a setting gives or changes anything at, above or below a path of keys under it."""
    for key in path:
        if setting is None:
            return False
        if not isinstance(setting.data, Mapping) or setting.directive:
            return True
        setting = setting.data.get(key)
    return setting is not None


def dotted(path: Path) -> str:
    """A path as messages and `final` write it."""
    return ".".join(path)
