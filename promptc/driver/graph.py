"""Graph: what targets are made of, as nodes and edges; and backwards, what a file reaches.

    Opened, SELECT -> templates' closures, chains -> [graph] -> Graph

An edge points from what is made to what it is made of. Nothing is compiled: the graph comes from what the sources say,
so a target that doesn't compile has its place in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from promptc.compiler.project import Overlay, Project, Setting, Tenant
from promptc.core.dataclass import dataclass, field
from promptc.core.errors import PromptcError
from promptc.core.visible import shortened
from promptc.driver.nearest import did_you_mean
from promptc.driver.project import Opened, existing_folder, open_project
from promptc.driver.selection import choose, parse_selection

if TYPE_CHECKING:
    from promptc.compiler.compile import Compiler

NodeKind = Literal["target", "template", "variable", "model", "tool", "schema", "examples", "overlay", "text"]


@dataclass(frozen=True, slots=True)
class Node:
    """One thing. `id` is unique; `file` is where it stands, empty for targets."""

    id: str
    kind: NodeKind
    label: str
    file: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """`source` is made of `target`; `how` says in which way: extends, include, import, reads, chain, tool, …"""

    source: str
    how: str
    target: str


@dataclass(slots=True)
class Graph:
    """Nodes by id and edges, in the order they were found. `targets` are the ids of targets; `chains` their overlays."""

    nodes: dict[str, Node] = field(default_factory=dict)
    edges: dict[Edge, None] = field(default_factory=dict)
    targets: list[str] = field(default_factory=list)
    prompts: dict[str, str] = field(default_factory=dict)
    chains: dict[str, tuple[str, ...]] = field(default_factory=dict)
    # What each target is made of. Templates are shared between targets, and a locale takes other ones than the next.
    members: dict[str, frozenset[str]] = field(default_factory=dict)
    # The edges that start at a target, by where they end.
    parts: dict[str, dict[str, Edge]] = field(default_factory=dict)
    unresolved: tuple[str, ...] = ()

    def add(self, node: Node) -> str:
        """A node, once; its id."""
        self.nodes.setdefault(node.id, node)
        return node.id

    def join(self, source: str, how: str, target: str) -> None:
        """An edge, once."""
        edge = Edge(source, how, target)
        self.edges.setdefault(edge)
        if source in self.prompts:
            self.parts.setdefault(source, {}).setdefault(target, edge)

    def below(self) -> Mapping[str, list[Edge]]:
        """Edges by where they start."""
        return _grouped(self.edges, lambda edge: edge.source)

    def above(self) -> Mapping[str, list[Edge]]:
        """Edges by where they end, without those that start at a target: a base layer has one for each."""
        inner = {edge: None for edge in self.edges if edge.source not in self.parts}
        return _grouped(inner, lambda edge: edge.target)


@dataclass(frozen=True, slots=True)
class Reach:
    """What one file reaches: target -> the way there, from the file upwards, as edges."""

    file: str
    ways: Mapping[str, tuple[Edge, ...]]


def graph(start: str, select: Sequence[str], exclude: Sequence[str] = ()) -> Graph:
    """The graph of a selection."""
    return _graph(open_project(start), select, exclude)


def reach(
    start: str, select: Sequence[str], exclude: Sequence[str], files: Sequence[str]
) -> tuple[Graph, tuple[Reach, ...]]:
    """The graph of a selection, and what each file reaches in it. A file is named from here or from the project's folder."""
    opened = open_project(start)
    names = [_file_of(opened, start, name) for name in files]
    made = _graph(opened, select, exclude)
    above = made.above()
    return made, tuple(Reach(name, _ways(made, above, name)) for name in names)


def _graph(opened: Opened, select: Sequence[str], exclude: Sequence[str]) -> Graph:
    from promptc.compiler.compile import Compiler

    project = opened.project
    chosen = choose(project, parse_selection(select, exclude))
    compiler = Compiler(project)
    made = Graph()
    unresolved = list(chosen.broken)
    for tenant_id, prompts in chosen.prompts.items():
        tenant, _ = compiler.resolver.tenant(tenant_id)
        if tenant is None:
            unresolved.append(tenant_id)
            continue
        for prompt in sorted(prompts):
            choice = tenant.prompts.get(prompt)
            if choice is not None and choice.enabled and prompt in project.prompts:
                _Target(made, compiler, tenant, prompt).draw()
    made.unresolved = tuple(unresolved)
    return made


def left_out_of(compiler: Compiler, prompt: str, locale: str) -> frozenset[str]:
    """Templates of a closure that others stand in for, or that stand in for another locale than the tenant's."""
    templates = compiler.templates
    out: set[str] = set()
    for name in compiler.closure(prompt):
        stand_ins = templates.stand_ins(name).values()
        out |= {name, *stand_ins} - {templates.chosen(name, locale)} if stand_ins else set()
    return frozenset(out)


@dataclass(slots=True)
class _Target:
    """Draws one target into a graph."""

    made: Graph
    compiler: Compiler
    tenant: Tenant
    prompt: str
    mine: set[str] = field(default_factory=set)

    def draw(self) -> None:
        project = self.compiler.project
        name = f"{self.tenant.id}/{self.prompt}"
        self.made.add(Node(name, "target", name))
        self.made.targets.append(name)
        self.made.prompts[name] = self.prompt
        self.made.chains[name] = self.tenant.chain
        self._templates(name)
        self._parts(name, project)
        for overlay in _overlays(project, self.tenant):
            file = overlay.place.file
            node = self._node(Node(f"{overlay.kind}:{overlay.name}", "overlay", overlay.name, file))
            self.made.join(name, "chain", node)
            for text in files_of(overlay):
                self.made.join(node, "file", self._node(Node(text, "text", text, text)))

        self.made.members[name] = frozenset(self.mine)

    def _node(self, node: Node) -> str:
        self.mine.add(node.id)
        return self.made.add(node)

    def _templates(self, target: str) -> None:
        project = self.compiler.project
        reached = [project.prompts[self.prompt].path]
        self.made.join(target, "prompt", self._template(reached[0]))
        left_out = left_out_of(self.compiler, self.prompt, self.tenant.locale)
        edges = [edge for edge in self.compiler.edges(self.prompt) if edge[2] not in left_out]
        for source in reached:
            for _, how, other in (edge for edge in edges if edge[0] == source):
                self.made.join(self._template(source), how, self._template(other))
                if other not in reached:
                    reached.append(other)
        files = {project.templates[path].file: path for path in reached}
        for variable, places in sorted(self.compiler.reads(self.prompt).items()):
            for file in dict.fromkeys(place.file for place in places):
                if file in files:
                    self.made.join(self._template(files[file]), "reads", self._variable(variable))

    def _template(self, path: str) -> str:
        file = self.compiler.project.templates[path].file
        return self._node(Node(file, "template", file, file))

    def _variable(self, name: str) -> str:
        place = self.compiler.project.variables[name].place if name in self.compiler.project.variables else None
        return self._node(Node(f"variable:{name}", "variable", name, place.file if place else ""))

    def _parts(self, target: str, project: Project) -> None:
        prompt, choice = project.prompts[self.prompt], self.tenant.prompts[self.prompt]
        model = project.models.get(choice.model)
        if model is not None:
            label = f"{choice.model} ({model.provider}/{model.name})"
            self.made.join(target, "model", self._node(Node(f"model:{choice.model}", "model", label, model.place.file)))
        for name in choice.tools:
            if name in project.tools:
                tool = self._node(Node(f"tool:{name}", "tool", name, project.tools[name].place.file))
                self.made.join(target, "tool", tool)
        if prompt.output is not None:
            file = f"{project.settings.sources}/{prompt.output.path}"
            self.made.join(target, "schema", self._node(Node(file, "schema", file, file)))
        for examples in project.examples:
            if examples.owner in ("shared", self.tenant.id) and examples.name in self._sets():
                file = examples.place.file
                self.made.join(target, "examples", self._node(Node(file, "examples", file, file)))

    def _sets(self) -> frozenset[str]:
        import re

        texts = (self.compiler.project.templates[path].text for path in self.compiler.closure(self.prompt))
        return frozenset(name for text in texts for name in re.findall(r"\{%[-+]?\s*examples\s+[\"']([^\"']+)", text))


def _overlays(project: Project, tenant: Tenant) -> Iterator[Overlay]:
    yield from (project.layers[name] for name in tenant.chain[:-1])
    yield project.tenants[tenant.id]


def files_of(overlay: Overlay) -> Iterator[str]:
    """The files that an overlay's `!file` reads."""
    for held in (overlay.variables, overlay.prompts, overlay.models):
        yield from dict.fromkeys(file for file in _origins(held) if file and file != overlay.place.file)


def _origins(data: Any) -> Iterator[str]:
    if isinstance(data, Setting):
        yield data.origin
        data = data.data
    if isinstance(data, Mapping):
        for value in data.values():
            yield from _origins(value)


def _grouped(edges: Mapping[Edge, None], key: Any) -> dict[str, list[Edge]]:
    made: dict[str, list[Edge]] = {}
    for edge in edges:
        made.setdefault(key(edge), []).append(edge)
    return made


def _file_of(opened: Opened, start: str, name: str) -> str:
    """A file's path below the project; it may be named from where the user stands, or from the project's folder."""
    here = existing_folder(start)
    for base in (here, opened.folder):
        path = Path(base / name)
        try:
            found = Path(*_plain(path)).relative_to(opened.folder).as_posix()
        except ValueError:
            continue
        if found in opened.tree:
            return found
    hint = did_you_mean(name, opened.tree) or "name a file under sources/ or tenants/"
    raise PromptcError("C016", f"`{shortened(name)}` is not a file of this project", hint=hint)


def _plain(path: Path) -> tuple[str, ...]:
    import os

    return Path(os.path.normpath(path)).parts


def _ways(made: Graph, above: Mapping[str, list[Edge]], file: str) -> dict[str, tuple[Edge, ...]]:
    """The shortest way from a file's nodes to each target, through what that target itself is made of."""
    starts = [node.id for node in made.nodes.values() if node.file == file]
    found = {}
    for target in made.targets:
        way = _way(above, made.parts[target], made.members[target], starts)
        if way is not None:
            found[target] = way
    return found


def _way(
    above: Mapping[str, list[Edge]], parts: Mapping[str, Edge], members: frozenset[str], starts: Sequence[str]
) -> tuple[Edge, ...] | None:
    """The way up from any start to one of a target's direct parts, and from there to the target."""
    ways: dict[str, tuple[Edge, ...]] = {start: () for start in starts if start in members}
    line = list(ways)
    for at in line:
        if at in parts:
            return (*ways[at], parts[at])
        for edge in above.get(at, ()):
            if edge.source in members and edge.source not in ways:
                ways[edge.source] = (*ways[at], edge)
                line.append(edge.source)
    return None
