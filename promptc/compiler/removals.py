"""Removals: whether what `!remove` names exists anywhere, whatever the chain.

    definitions -> [removals] -> resolve

What is in no default, enum or layer, nor in the overlay itself, can't be meant: an error. What exists, and isn't in
the chain at hand, is a warning of the fold (merge.py). Other tenants' overlays are not asked: their text must not
decide, or be guessed by, what is said of this one. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from promptc.compiler.definitions import Defined, define_variables
from promptc.compiler.merge import Path, dotted, identity, item_key, value_at
from promptc.compiler.project import Overlay, Project, Setting, Variable
from promptc.compiler.schema.glance import Glances
from promptc.core.dataclass import dataclass, field, replace
from promptc.core.findings import Finding
from promptc.core.nearest import while_few


@dataclass(slots=True)
class Removals:
    """Knows every item that the project gives at a path of a variable; works it out when first asked."""

    project: Project
    glances: Glances
    _given: dict[str, list[Setting]] = field(default_factory=dict)

    def checked(self, defined: Defined) -> Defined:
        """The definitions without the removals of what exists nowhere, and a finding for each of these."""
        found: list[Finding] = []
        variables: dict[str, Setting] = {}
        for name, setting in defined.variables.items():
            if (setting.directive == "remove" or isinstance(setting.data, dict)) and any(_removals(setting)):
                asking = (defined, self.project.variables[name])
                variables[name] = self._checked(setting, (), asking=asking, found=found)
        if not found:
            return defined
        return replace(defined, variables={**defined.variables, **variables}, findings=(*defined.findings, *found))

    def _checked(
        self, setting: Setting, path: Path, *, asking: tuple[Defined, Variable], found: list[Finding]
    ) -> Setting:
        if setting.directive == "remove":
            return self._without_strange(setting, path, asking=asking, found=found)
        if setting.directive or not isinstance(setting.data, Mapping):
            return setting
        children = {
            key: self._checked(child, (*path, key), asking=asking, found=found) for key, child in setting.data.items()
        }
        return replace(setting, data=children)

    def _without_strange(
        self, removal: Setting, path: Path, *, asking: tuple[Defined, Variable], found: list[Finding]
    ) -> Setting:
        defined, variable = asking
        known = list(self._known(defined, variable, path))
        identities = set(map(identity, known))
        # A confidential item must not be told by a hint, and a long text is no name that somebody mistyped.
        words = [word for word in known if isinstance(word, str) and len(word) <= 60 and not variable.confidential]
        for item in removal.data:
            if identity(item) not in identities:
                where = dotted(("variables", variable.name, *path))
                message = f"`!remove` at `{where}` names what no default, enum or layer gives"
                hint = (
                    while_few(len(found), item, words, otherwise="remove it from the list")
                    if isinstance(item, str)
                    else ""
                )
                found.append(Finding("O005", message, removal.place, hint=hint))
        return replace(removal, data=[item for item in removal.data if identity(item) in identities])

    def _known(self, defined: Defined, variable: Variable, path: Path) -> Iterator[Any]:
        yield from _items(value_at(variable.default, path), variable)
        yield from _enum(variable.schema, path)
        for setting in (*self._of_layers(variable.name), *_one(defined.variables.get(variable.name))):
            yield from _given(setting, path, variable)

    def _of_layers(self, name: str) -> list[Setting]:
        if name not in self._given:
            self._given[name] = [
                self._typed(replace(layer, variables={name: layer.variables[name]})).get(name) or layer.variables[name]
                for layer in self.project.layers.values()
                if name in layer.variables
            ]
        return self._given[name]

    def _typed(self, layer: Overlay) -> Mapping[str, Setting]:
        return define_variables(self.project, layer, self.glances)[0]


def _one(setting: Setting | None) -> tuple[Setting, ...]:
    return (setting,) if setting else ()


def _removals(setting: Setting) -> Iterator[Setting]:
    if setting.directive == "remove":
        yield setting
    elif setting.directive == "" and isinstance(setting.data, Mapping):
        for child in setting.data.values():
            yield from _removals(child)


def _given(setting: Setting, path: Path, variable: Variable) -> Iterator[Any]:
    if setting.directive in ("remove", "unset"):
        return
    if isinstance(setting.data, Mapping) and setting.directive == "":
        if not path:
            yield from setting.data
        elif isinstance(setting.data.get(path[0]), Setting):
            yield from _given(setting.data[path[0]], path[1:], variable)
        return
    yield from _items(value_at(setting.data, path), variable)


def _items(value: Any, variable: Variable) -> Iterator[Any]:
    if isinstance(value, Mapping):
        yield from value
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield item_key(item, variable.merge)


def _enum(schema: Mapping[str, Any], path: Path) -> Iterator[Any]:
    for key in path:
        properties = schema.get("properties")
        if not isinstance(properties, Mapping) or not isinstance(properties.get(key), Mapping):
            return
        schema = properties[key]
    yield from schema.get("properties") or ()
    items = schema.get("items")
    if isinstance(items, Mapping):
        yield from items.get("enum") or ()
