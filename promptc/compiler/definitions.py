"""Definitions: what an overlay sets, typed by what the sources declare, once per overlay whatever chains it is in.

    overlay files -> Overlay -> [definitions] -> resolve

All that can be said of an overlay without its chain is said here: unknown names, wrong types, directives that don't
fit their place, what tenants may not touch. A definition that is wrong is left out and its variable remembered as
broken, so that later stages don't report what follows from it. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from promptc.compiler.merge import REPLACE, identity, value_at
from promptc.compiler.project import MISSING, MergePolicy, Overlay, Project, Setting, Variable
from promptc.compiler.schema.glance import DOUBT, Glances, free_text, is_free
from promptc.compiler.schema.placed import with_data
from promptc.compiler.schema.types import typed
from promptc.compiler.schema.validate import article, kinds_of, resolve_reference
from promptc.core.dataclass import dataclass, field, replace
from promptc.core.findings import Finding, Place
from promptc.core.nearest import while_few
from promptc.core.values import kind_of

LISTING = frozenset({"append", "prepend", "remove"})


@dataclass(frozen=True, slots=True)
class Defined:
    """An overlay with its definitions typed. `prompts` is by prompt, `"*"` spread out, in the order they apply."""

    overlay: Overlay
    variables: Mapping[str, Setting]
    prompts: Mapping[str, tuple[PromptPart, ...]]
    models: Mapping[str, Setting]
    findings: tuple[Finding, ...]
    broken: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PromptPart:
    """What one overlay says of one prompt, under its name or (`every`) under `"*"`."""

    settings: Mapping[str, Setting]
    every: bool = False


@dataclass(slots=True)
class Typing:
    """Types settings by one schema; keeps what it found. `root` is the schema that `$ref` starts from."""

    root: Mapping[str, Any]
    default: Any = MISSING
    findings: list[Finding] = field(default_factory=list)
    way: list[str] = field(default_factory=list)  # the keys from the root to where typing stands

    def setting(
        self, setting: Setting, schema: Mapping[str, Any], *, path: str, policy: MergePolicy = REPLACE
    ) -> Setting:
        """The setting with its data typed; a map without directive is typed key by key, each at its own place."""
        if setting.directive == "unset":
            if setting.data not in (None, "", True, MISSING):
                self._misfit(setting, f"`!unset` at `{path}` takes no value", hint=f"write `{_last(path)}: !unset`")
            return replace(setting, data=None)
        if self._adds_text(setting, schema, policy):
            return replace(setting, data=self.plain(setting.data, _TEXT, path=path, place=setting.place))
        if setting.directive in LISTING and not isinstance(setting.data, (list, tuple)):
            hint = f"write a list: `!{setting.directive} [...]`"
            self._misfit(setting, f"`!{setting.directive}` at `{path}` needs a list", hint=hint)
            return setting
        if setting.directive == "" and isinstance(setting.data, Mapping):
            return self._map(setting, schema, path)
        data = self._data(setting, schema, path, policy)
        return Setting(data, setting.place, setting.directive, setting.origin)

    def _adds_text(self, setting: Setting, schema: Mapping[str, Any], policy: MergePolicy) -> bool:
        adds = setting.directive in ("append", "prepend") or (setting.directive == "" and policy.kind == "append")
        return adds and isinstance(setting.data, str) and "string" in (kinds_of(schema, self.root) or ())

    def _map(self, setting: Setting, schema: Mapping[str, Any], path: str) -> Setting:
        kinds = kinds_of(schema, self.root)
        if kinds is not None and "object" not in kinds:
            wanted = " or ".join(article(_KINDS.get(kind, kind)) for kind in sorted(kinds))
            self.findings.append(Finding("O002", f"`{path}` must be {wanted}, and this is a map", setting.place))
            return setting
        children = {}
        for key, given in setting.data.items():
            child = given if isinstance(given, Setting) else replace(setting, data=given)
            below = self.key_schema(schema, key)
            if below is None:
                known = resolve_reference(schema, self.root).get("properties") or {}
                hint = while_few(len(self.findings), key, known)
                self.findings.append(
                    Finding("O001", f"`{path}.{key[:80]}` is not a key that is declared", child.place, hint=hint)
                )
            else:
                self.way.append(key)
                self._delete_marker(child, schema, path=f"{path}.{key}")
                children[key] = self.setting(child, below, path=f"{path}.{key}")
                self.way.pop()
        return replace(setting, data=children)

    def _delete_marker(self, child: Setting, schema: Mapping[str, Any], *, path: str) -> None:
        required = resolve_reference(schema, self.root).get("required") or ()
        if child.directive == "unset" and self.way[-1] in required and self._default_here() is MISSING:
            self.findings.append(deleted_required(path, child.place))

    def _default_here(self) -> Any:
        return value_at(self.default, self.way)

    def _data(self, setting: Setting, schema: Mapping[str, Any], path: str, policy: MergePolicy) -> Any:
        data = setting.data
        if setting.directive == "remove":
            return self._removed(data, schema, (path, policy), setting.place)
        joins = setting.directive in LISTING or (setting.directive == "" and policy.kind != "replace")
        if joins and isinstance(data, (list, tuple)):
            # A list that joins another is no whole value: its bounds hold for the result, its items hold already.
            items = self._items(schema)
            return [self._partial(item, items, (f"{path}[{i}]", policy), setting.place) for i, item in enumerate(data)]
        return self.plain(data, schema, path=path, place=setting.place)

    def _partial(self, item: Any, schema: Mapping[str, Any], at: tuple[str, MergePolicy], place: Place) -> Any:
        path, policy = at
        if policy.kind == "by" and isinstance(item, Mapping):
            # An item that merges into an earlier one may leave required keys to it.
            loose = {key: value for key, value in resolve_reference(schema, self.root).items() if key != "required"}
            return self.plain(item, loose, path=path, place=place)
        return self.plain(item, schema, path=path, place=place)

    def _removed(self, data: Any, schema: Mapping[str, Any], at: tuple[str, MergePolicy], place: Place) -> list[Any]:
        path, policy = at
        kinds = kinds_of(schema, self.root)
        items: Mapping[str, Any]
        if policy.kind == "by":
            items = self.key_schema(self._items(schema), policy.by) or {}
        elif kinds == frozenset({"object"}):
            items = {"type": "string"}
            required = resolve_reference(schema, self.root).get("required") or ()
            for key in data:
                if key in required:
                    self.findings.append(deleted_required(f"{path}.{key}", place))
        else:
            items = self._items(schema)
        loose = {key: value for key, value in items.items() if key == "type"} or items
        return [self.plain(item, loose, path=f"{path}[{index}]", place=place) for index, item in enumerate(data)]

    def plain(self, data: Any, schema: Mapping[str, Any], *, path: str, place: Place) -> Any:
        """Data typed by a schema. Text with `${` in it is judged when what it stands for is known."""
        if is_free(schema) and (text := free_text(data)) is not DOUBT:
            return text
        if not holds_reference(data):
            value, findings = typed(data, self._rooted(schema), place=place, path=path)
            self.findings.extend(findings)
            return value
        if isinstance(data, Mapping):
            return {
                str(key): self.plain(item, self.key_schema(schema, key) or {}, path=f"{path}.{key}", place=place)
                for key, item in data.items()
            }
        if isinstance(data, (list, tuple)):
            items = self._items(schema)
            return [self.plain(item, items, path=f"{path}[{index}]", place=place) for index, item in enumerate(data)]
        return str(data)

    def key_schema(self, schema: Mapping[str, Any], key: str) -> Mapping[str, Any] | None:
        """The schema of one key of a map; {} where nothing is declared, None where the map is closed."""
        schema = resolve_reference(schema, self.root)
        found = (schema.get("properties") or {}).get(key)
        if isinstance(found, Mapping):
            return found
        branches = [*(schema.get("allOf") or ()), *(schema.get("anyOf") or ()), *(schema.get("oneOf") or ())]
        offers = [offer for offer in (self.key_schema(branch, key) for branch in branches) if offer]
        if offers:
            return offers[0] if len(offers) == 1 else {"anyOf": offers}
        rest = schema.get("additionalProperties")
        if rest is False and not schema.get("patternProperties"):
            return None
        return rest if isinstance(rest, Mapping) else {}

    def _items(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        items = resolve_reference(schema, self.root).get("items")
        return items if isinstance(items, Mapping) else {}

    def _rooted(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        if schema is self.root or "$defs" not in self.root:
            return schema
        return {**schema, "$defs": self.root["$defs"]}

    def _misfit(self, setting: Setting, message: str, *, hint: str = "") -> None:
        self.findings.append(Finding("O003", message, setting.place, hint=hint))


_TEXT = {"type": "string"}
_KINDS = {"string": "text", "array": "list", "object": "map"}


def holds_reference(data: Any) -> bool:
    """Whether any text in the data holds `${`, and so is not finished before its tenant is known."""
    if isinstance(data, str):
        return "${" in data
    if isinstance(data, dict):
        return any(map(holds_reference, data.values()))
    if isinstance(data, (list, tuple)):
        return any(map(holds_reference, data))
    return isinstance(data, Setting) and holds_reference(data.data)


def is_judged(variable: Variable, setting: Setting) -> bool:
    """Whether a definition that was typed is the variable's whole value after it, so that the value is known to fit."""
    if setting.directive == "replace":
        return True
    whole = setting.directive == "" and variable.merge.kind == "replace"
    return whole and not isinstance(setting.data, Mapping)


def deleted_required(path: str, place: Place) -> Finding:
    """The finding of a delete marker on what is required."""
    hint = "give it another value, or take `required` from its declaration"
    return Finding(
        "O014", f"`{path}` is required and has no default, so it can't be unset or removed", place, hint=hint
    )


def define_variables(
    project: Project, overlay: Overlay, glances: Glances
) -> tuple[dict[str, Setting], list[Finding], set[str]]:
    """The variables that an overlay sets, typed; what is wrong with them; the names of those left out."""
    kept: dict[str, Setting] = {}
    findings: list[Finding] = []
    broken: set[str] = set()
    for name, setting in overlay.variables.items():
        variable = project.variables.get(name)
        if variable is None:
            if "variables" not in project.broken:
                findings.append(_unknown_variable(project, name, setting.place, told=len(findings)))
            continue
        if not setting.directive and overlay.kind in variable.set_by:
            value = glances[name](setting.data)
            if value is not DOUBT:
                kept[name] = with_data(setting, value)
                continue
        found = _forbidden(variable, overlay, setting)
        if found is None:
            made, problems = define_variable(variable, setting)
            kept[name] = made
        else:
            problems = [found]
        if any(problem.is_error for problem in problems):
            kept.pop(name, None)
            broken.add(name)
        findings.extend(problems)
    return kept, findings, broken


def define_variable(variable: Variable, setting: Setting) -> tuple[Setting, list[Finding]]:
    """One definition of a variable, typed by its schema, and what is wrong with it."""
    typing = Typing(variable.schema, variable.default)
    path = f"variables.{variable.name}"
    if setting.directive == "unset" and variable.required and variable.default is MISSING:
        return setting, [deleted_required(path, setting.place)]
    made = typing.setting(setting, variable.schema, path=path, policy=variable.merge)
    if not typing.findings and variable.merge.kind == "by" and made.directive in ("", "append", "prepend", "replace"):
        typing.findings.extend(_key_findings(made, variable.merge.by, path))
    return made, typing.findings


def _key_findings(setting: Setting, key: str, path: str) -> list[Finding]:
    findings: list[Finding] = []
    seen: set[object] = set()
    for index, item in enumerate(setting.data if isinstance(setting.data, (list, tuple)) else ()):
        where = f"{path}[{index}]"
        if not isinstance(item, Mapping) or key not in item or kind_of(item[key]) in ("list", "map", "null"):
            message = f"`{where}` needs the key `{key}` with text or a number: the list's items merge by it"
            findings.append(Finding("O008", message, setting.place))
        elif identity(item[key]) in seen:
            findings.append(
                Finding("O007", f"`{where}.{key}` is that of an earlier item of the same list", setting.place)
            )
        else:
            seen.add(identity(item[key]))
    return findings


def _forbidden(variable: Variable, overlay: Overlay, setting: Setting) -> Finding | None:
    if overlay.kind in variable.set_by:
        return None
    allowed = " and ".join(f"{kind}s" for kind in sorted(variable.set_by)) or "nobody"
    message = f"variable `{variable.name}` can't be set by a {overlay.kind}: `set_by` allows {allowed}"
    return Finding("O041", message, setting.place, related=(("declared here", variable.place),))


def _unknown_variable(project: Project, name: str, place: Place, *, told: int) -> Finding:
    hint = while_few(told, name, project.variables, otherwise="declare it in sources/variables.yaml")
    return Finding("O101", f"unknown variable `{name[:80]}`", place, hint=hint)


def _last(path: str) -> str:
    return path.rsplit(".", 1)[-1]
