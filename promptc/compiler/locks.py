"""Locks: what an overlay declared `final`, and the later definitions that are refused for it.

    definitions -> [locks] -> merge

A lock holds its path and all below it, against every later overlay of the chain, whatever way it takes: by the path,
by a map above it, by a directive above it, by `"*"`. What is refused isn't laid, so the locked value stands. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from promptc.compiler.merge import REPLACE, Path, dotted, item_key
from promptc.compiler.overrides import SECTIONS
from promptc.compiler.project import MergePolicy, Overlay, Project, Setting
from promptc.compiler.schema.config import CONFIG_SCHEMA
from promptc.core.dataclass import dataclass, replace
from promptc.core.findings import Finding, Place
from promptc.core.nearest import while_few

ROOTS = ("variables", "prompts", "models", "labels", "locale")


@dataclass(frozen=True, slots=True)
class Lock:
    """Who locked a path, and where."""

    path: Path
    owner: str
    place: Place


@dataclass(frozen=True, slots=True)
class Locks:
    """The locks in force at one point of a chain."""

    held: Mapping[Path, Lock]

    def __bool__(self) -> bool:
        return bool(self.held)

    def with_those_of(self, overlay: Overlay) -> Locks:
        """The locks after an overlay, whose own definitions its locks don't refuse."""
        if not overlay.final:
            return self
        held = dict(self.held)
        for text, place in overlay.final:
            path = tuple(text.split("."))
            held.setdefault(path, Lock(path, overlay.name, place))
        return Locks(held)

    def at_or_above(self, path: Path) -> Lock | None:
        """The lock that holds a path."""
        for form in _forms(path):
            for length in range(1, len(form) + 1):
                lock = self.held.get(form[:length])
                if lock:
                    return lock
        return None

    def below(self, path: Path) -> Lock | None:
        """A lock on something inside of a path."""
        forms = _forms(path)
        for held, lock in self.held.items():
            if len(held) > len(path) and any(_covers(form, held) for form in forms):
                return lock
        return None

    def admitted(
        self, setting: Setting, path: Path, findings: list[Finding], *, policy: MergePolicy = REPLACE
    ) -> Setting | None:
        """What of a setting may be laid, with a finding for each part that a lock refuses."""
        if not self.held:
            return setting
        lock = self.at_or_above(path)
        if lock is None and self.below(path) is None:
            return setting
        if lock is None and setting.directive == "" and isinstance(setting.data, Mapping):
            return self._admitted_map(setting, path, findings)
        lock = lock or self._reached(setting, path, policy)
        if lock is None:
            return setting
        findings.append(_refused(lock, path, setting.place))
        return None

    def _admitted_map(self, setting: Setting, path: Path, findings: list[Finding]) -> Setting:
        kept = {}
        for key, child in setting.data.items():
            admitted = self.admitted(child, (*path, key), findings)
            if admitted is not None:
                kept[key] = admitted
        return replace(setting, data=kept)

    def _reached(self, setting: Setting, path: Path, policy: MergePolicy) -> Lock | None:
        # Something inside is locked. Naming single keys or items reaches only those; all else would reach it.
        joins = setting.directive == "remove" or (policy.kind == "by" and setting.directive != "replace")
        if not joins or not isinstance(setting.data, (list, tuple)):
            return self.below(path)
        for item in setting.data:
            key = (*path, str(item_key(item, policy)))
            lock = self.at_or_above(key) or self.below(key)
            if lock:
                return lock
        return None


NO_LOCKS = Locks({})


def _forms(path: Path) -> tuple[Path, ...]:
    # A lock is written with dots, so a key that holds one is read as the keys between them.
    path = tuple(part for key in path for part in key.split("."))
    # `prompts.*.config` locks every prompt's config.
    if path[0] == "prompts" and len(path) > 1 and path[1] != "*":
        return (path, ("prompts", "*", *path[2:]))
    return (path,)


def _covers(path: Path, inner: Path) -> bool:
    return inner[: len(path)] == path


def _refused(lock: Lock, path: Path, place: Place) -> Finding:
    where = f"{lock.place.file}:{lock.place.line}" if lock.place.line else lock.place.file
    message = f"`{dotted(path)}` is final: `{lock.owner}` locks `{dotted(lock.path)}` ({where})"
    hint = f"remove this, or have `{lock.owner}` drop the lock"
    return Finding("O010", message, place, hint=hint, related=(("locked here", lock.place),))


def lock_findings(project: Project, overlay: Overlay) -> Iterator[Finding]:
    """What is wrong with an overlay's `final` list: paths that lead nowhere, and locks that nothing comes after."""
    told = 0
    for text, place in overlay.final:
        if text.split(".")[0] in project.broken:
            continue  # what it locks may well be declared in the file that can't be read
        hint = _nowhere(project, tuple(text.split(".")), told=told)
        if hint is not None:
            told += 1
            yield Finding("O015", f"`final` names `{text[:160]}`, and there is no such path", place, hint=hint)
    if overlay.final and overlay.kind == "tenant":
        message = "`final` does nothing in a tenant: nothing comes after it in a chain"
        yield Finding("O016", message, overlay.final[0][1], severity="warning", hint="move it to a layer, or remove it")


def _nowhere(project: Project, path: Path, *, told: int) -> str | None:
    """None for a path that can be locked, else the hint."""
    root, rest = path[0], path[1:]
    if root not in ROOTS:
        paths = [*(f"variables.{name}" for name in project.variables), *ROOTS]
        return while_few(told, dotted(path), paths, otherwise="a path begins with `variables.` or `prompts.`")
    if not rest or root in ("labels", "locale"):
        return None
    known: Mapping[str, object] = {
        "variables": project.variables,
        "prompts": project.prompts,
        "models": project.models,
    }[root]
    if f"prompt:{rest[0]}" in project.broken:
        return None
    if rest[0] not in known and not (root == "prompts" and rest[0] == "*"):
        return while_few(told, rest[0], known, otherwise=f"{root} are declared under sources")
    if root == "variables":
        return _nowhere_in_schema(project, rest, told=told)
    if root == "prompts" and len(rest) > 1:
        if rest[1] not in SECTIONS:
            return while_few(told, rest[1], SECTIONS, otherwise=f"a prompt has {', '.join(SECTIONS)}")
        if rest[1] == "config" and len(rest) > 2 and rest[2] not in CONFIG_SCHEMA["properties"]:
            return while_few(told, rest[2], CONFIG_SCHEMA["properties"])
    return None


def _nowhere_in_schema(project: Project, rest: Path, *, told: int) -> str | None:
    schema = project.variables[rest[0]].schema
    for key in rest[1:]:
        if not isinstance(schema, Mapping) or "properties" not in schema:
            return None
        properties = schema["properties"]
        if key not in properties:
            return while_few(told, key, properties) if schema.get("additionalProperties") is False else None
        schema = properties[key]
    return None
