"""Overlay: the chain of each tenant, from the settings' base layers through `extends` to the tenant itself.

    Project -> [overlay] -> definitions -> resolve

Only names and their order are looked at here, never values. Pure.

A chain is a depth-first walk: the settings' `base` layers, then the layers of `extends`, each once, at its first
place and after those that it extends; the tenant stands last. Such a walk can contradict a list that somebody wrote
(`[a, b]` where `a` extends `b` gives b, a). Every silent answer to that surprises one of the two authors, so it is
an error that prints both lists.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from promptc.compiler.project import Overlay, Project
from promptc.compiler.schema.lazy import is_broken_tenant
from promptc.core.dataclass import dataclass, field
from promptc.core.findings import Finding, Place
from promptc.core.nearest import while_few

DEPTH_MAX = 64


@dataclass(frozen=True, slots=True)
class ChainList:
    """A list of layers that somebody wrote: whose it is, the names, and where it stands."""

    owner: str
    names: tuple[str, ...]
    place: Place

    def __str__(self) -> str:
        return f"{self.owner}: [{', '.join(self.names)}]"


@dataclass(frozen=True, slots=True)
class Chain:
    """A tenant's (or a layer's) chain, itself last, and what is wrong with it.

    It isn't `whole` when a layer is missing from it or stands in a wrong place; only whole chains are folded.
    """

    names: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    whole: bool = True


@dataclass(slots=True)
class _Walk:
    """One depth-first walk: what was placed, by which list, and what is open above."""

    project: Project
    placed: dict[str, ChainList] = field(default_factory=dict)
    lists: list[ChainList] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    lacks: list[str] = field(default_factory=list)  # layers that are not there

    def follow(self, listed: ChainList, places: Sequence[Place]) -> None:
        """Place every layer of a list, each after those that it extends."""
        self.lists.append(listed)
        for index, name in enumerate(listed.names):
            self.visit(name, listed, places[index] if index < len(places) else listed.place)

    def visit(self, name: str, listed: ChainList, place: Place) -> None:
        """Place one layer, unless it stands already, is open above (a cycle) or isn't there."""
        layer = self.project.layers.get(name)
        if layer is None:
            self.lacks.append(name)
            self.findings.extend(_missing_layer(self.project, name, place, told=len(self.findings)))
        elif name in self.open:
            self.findings.append(_cycle(self.project, self.open[self.open.index(name) :]))
        elif name in self.placed:
            return
        elif len(self.open) >= DEPTH_MAX:
            message = f"layers extend each other more than {DEPTH_MAX} deep"
            self.findings.append(Finding("B002", message, place, hint="extend what is needed directly"))
        else:
            self.open.append(name)
            self.follow(_list_of(layer), layer.extends_places)
            self.open.pop()
            self.placed[name] = listed


def chain_of_tenant(project: Project, tenant_id: str) -> Chain:
    """The chain of a tenant, layers first; its findings stand at the lists that are wrong."""
    return chain_of_overlay(project, project.tenants[tenant_id])


def chain_of_layer(project: Project, name: str) -> Chain:
    """The chain that a layer alone would give, for checking layers that no tenant uses."""
    return chain_of_overlay(project, project.layers[name])


def chain_of_overlay(project: Project, overlay: Overlay) -> Chain:
    """The chain of a tenant's or a layer's overlay, which need not be one of the project's own."""
    walk = _Walk(project)
    base = ChainList("base", project.settings.base, Place(project.settings.file))
    walk.follow(base, ())
    own = _list_of(overlay)
    if overlay.kind == "layer":
        walk.visit(overlay.name, own, overlay.place)
    else:
        walk.follow(own, overlay.extends_places)
        walk.placed[_own_key(overlay)] = own
    names = (*(name for name in walk.placed if name != _own_key(overlay)), *_last(overlay))
    findings = dict.fromkeys((*walk.findings, *_order_findings(walk)))
    return Chain(names, tuple(findings), whole=not findings and not walk.lacks)


def _own_key(overlay: Overlay) -> str:
    # A tenant may be called as a layer is; a key that no layer can have keeps the two apart.
    return f"\0{overlay.name}"


def _last(overlay: Overlay) -> tuple[str, ...]:
    return (overlay.name,) if overlay.kind == "tenant" else ()


def _list_of(overlay: Overlay) -> ChainList:
    place = overlay.extends_places[0] if overlay.extends_places else overlay.place
    return ChainList(overlay.name, overlay.extends, place)


def _order_findings(walk: _Walk) -> Iterator[Finding]:
    position = {name: index for index, name in enumerate(walk.placed)}
    for listed in dict.fromkeys(walk.lists):
        known = [name for name in dict.fromkeys(listed.names) if name in position]
        for earlier, later in pairwise(known):
            if position[earlier] > position[later]:
                yield _disorder(walk.placed[later], listed, (earlier, later))
                break


def _disorder(cause: ChainList, listed: ChainList, pair: tuple[str, str]) -> Finding:
    earlier, later = pair
    return Finding(
        "O013",
        f"no order keeps both lists: `{listed}` puts `{earlier}` before `{later}`, `{cause}` brings `{later}` first",
        listed.place,
        hint=f"put `{later}` before `{earlier}` in the one, or change the other",
        related=(("the other list", cause.place),),
    )


def _missing_layer(project: Project, name: str, place: Place, *, told: int) -> tuple[Finding, ...]:
    if f"layer:{name}" in project.broken:
        return ()  # its own file's findings say why it isn't there
    if name in project.tenants or is_broken_tenant(project, name):
        hint = "move what both need into a layer under tenants/layers and extend that"
        return (Finding("O011", f"`{name[:80]}` is a tenant, and only layers can be extended", place, hint=hint),)
    hint = while_few(told, name, project.layers, otherwise="layers are the files under tenants/layers")
    return (Finding("O104", f"unknown layer `{name[:160]}`", place, hint=hint),)


def _cycle(project: Project, names: Sequence[str]) -> Finding:
    # The same cycle is met from every tenant and layer in it; told from its least name it is one finding.
    start = names.index(min(names))
    circle = [*names[start:], *names[:start]]
    first = project.layers[circle[0]]
    target = circle[1] if len(circle) > 1 else circle[0]
    places = first.extends_places
    index = first.extends.index(target)
    place = places[index] if index < len(places) else first.place
    way = " → ".join((*circle, circle[0]))
    return Finding(
        "O012", f"layers extend each other in a circle: {way}", place, hint="take one `extends` out of the circle"
    )
