"""Templates: all templates of a project, checked and joined into closures.

    Project.templates -> [Templates] -> findings, closures, blocks, and an environment that renders

A prompt's closure is every template it can reach through extends, include and import, stand-ins for locales included.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from jinja2 import nodes

from promptc.compiler.project import Project
from promptc.compiler.template import check
from promptc.compiler.template.blocktext import SourceText, read_texts
from promptc.compiler.template.check import RESERVED, Problem
from promptc.compiler.template.declared import assigned_names, undeclared
from promptc.compiler.template.environment import Environment
from promptc.compiler.template.names import path_of
from promptc.core.findings import Finding, Place
from promptc.core.nearest import did_you_mean

LOCALE_SUFFIX = ".j2"


@dataclass(frozen=True, slots=True)
class Edge:
    """One template names another: how, at which line."""

    source: str
    kind: str
    target: str
    line: int


@dataclass(slots=True)
class Closure:
    """What a prompt can reach. `broken` says that something in it can't be read, so that it is not rendered."""

    templates: tuple[str, ...] = ()
    edges: tuple[Edge, ...] = ()
    blocks: dict[str, tuple[Place, ...]] = field(default_factory=dict)
    has_messages: bool = False
    broken: bool = False
    has_stand_ins: bool | None = None


class Templates:
    """The templates of a project. Findings are gathered once, when it is made."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.texts = {path: template.text for path, template in project.templates.items()}
        self.environment = Environment(self.texts)
        self.trees: dict[str, nodes.Template | None] = {}
        self.edges: dict[str, list[Edge]] = {}
        self.found: list[Finding] = []
        self.broken: set[str] = set()
        self._block_names: dict[str, set[str]] = {}
        self._homes: dict[tuple[str, str], set[str]] = {}
        self._source_texts: dict[str, tuple[SourceText, dict[str, SourceText]]] = {}
        for path in sorted(self.texts):
            self._read(path)
        self.closures = {name: self._closure(prompt.path) for name, prompt in sorted(project.prompts.items())}
        self._check_names()
        self._check_blocks()

    def place(self, path: str, line: int) -> Place:
        """A template's line as a place in the file."""
        template = self.project.templates[path]
        return Place(template.file, line + template.line_offset)

    def _report(self, path: str, problem: Problem) -> None:
        severity: Any = "warning" if problem.warning else "error"
        self.found.append(
            Finding(problem.code, problem.message, self.place(path, problem.line), severity, problem.hint)
        )
        if not problem.warning:
            self.broken.add(path)

    def _read(self, path: str) -> None:
        tree, problems = check.parse(self.environment, path)
        self.trees[path] = tree
        self.edges[path] = []
        if tree is not None:
            problems = [*problems, *check.check(self.environment, tree)]
            self.edges[path] = list(self._edges_of(path, tree))
            problems += self._example_sets(tree)
            for line, tag in self.environment.lines_of(path).glued:
                problems.append(
                    Problem(
                        "T015",
                        f"the `{tag}` tag at the end of a line of text swallows the line end",
                        line,
                        "write `+%}` to keep the line end, or put the tag on a line of its own",
                        warning=True,
                    )
                )
        for problem in problems:
            self._report(path, problem)

    @cached_property
    def located(self) -> Environment:
        """The same templates, generated with their places in the stream; for origins alone."""
        return Environment(self.texts, origins=True)

    def _example_sets(self, tree: nodes.Template) -> Iterator[Problem]:
        known = {file.name for file in self.project.examples}
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.ExtensionAttribute) and call.node.name == "examples":
                name = call.args[0].as_const()
                if name not in known:
                    hint = did_you_mean(name, known) or "write sources/examples/NAME.yaml, or its `set:`"
                    yield Problem("T038", f"there is no set of examples `{name}`", call.lineno, hint)

    # Edges and closures

    def _edges_of(self, path: str, tree: nodes.Template) -> Iterator[Edge]:
        for node in tree.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
            kind = {"Extends": "extends", "Include": "include"}.get(type(node).__name__, "import")
            names = self.spellings(node.template)  # type: ignore[attr-defined]
            if names is None:
                if isinstance(node, nodes.Include) and not isinstance(node.template, (nodes.List, nodes.Tuple)):
                    self._report(
                        path,
                        Problem(
                            "T007",
                            "the name of an include is constant, or spelled from variables with an `enum`",
                            node.lineno,
                            "declare the variable's values as `enum`, so that each is in the graph",
                        ),
                    )
                continue
            for name in names:
                if name in self.texts:
                    yield Edge(path, kind, name, node.lineno)
                    yield from (Edge(path, kind, other, node.lineno) for other in self.stand_ins(name).values())
                else:
                    hint = (
                        did_you_mean(name, self.texts) or "names are paths below sources/, as in `fragments/safety.j2`"
                    )
                    self._report(path, Problem("T011", f"there is no template `{name}`", node.lineno, hint))

    def spellings(self, node: nodes.Node) -> list[str] | None:
        """Every name that a template expression can spell; None when that is not known."""
        if isinstance(node, nodes.Const):
            return [node.value] if isinstance(node.value, str) else None
        if isinstance(node, nodes.Concat):
            names = [""]
            for part in node.nodes:
                ends = self.spellings(part)
                if ends is None or len(names) * len(ends) > 1000:
                    return None
                names = [name + end for name in names for end in ends]
            return names
        if isinstance(node, nodes.CondExpr) and node.expr2 is not None:
            then, otherwise = self.spellings(node.expr1), self.spellings(node.expr2)
            return None if then is None or otherwise is None else [*then, *otherwise]
        path = path_of(node)
        if path is not None and path[0] == "vars" and len(path) == 2 and path[1] in self.project.variables:
            enum = self.project.variables[path[1]].schema.get("enum")
            return [str(value) for value in enum] if enum and all(isinstance(value, str) for value in enum) else None
        return None

    def stand_ins(self, name: str) -> dict[str, str]:
        """The stand-ins of a template by locale: `fragments/safety.ko.j2` for `fragments/safety.j2`."""
        stem = name.removesuffix(LOCALE_SUFFIX)
        found: dict[str, str] = {}
        for path in self._by_stem().get(stem, ()):
            found[path.removesuffix(LOCALE_SUFFIX)[len(stem) + 1 :]] = path
        return found

    def _by_stem(self) -> dict[str, list[str]]:
        if not hasattr(self, "_stems"):
            self._stems: dict[str, list[str]] = {}
            for path in self.texts:
                stem, _, locale = path.removesuffix(LOCALE_SUFFIX).rpartition(".")
                if stem + LOCALE_SUFFIX in self.texts and locale:
                    self._stems.setdefault(stem, []).append(path)
        return self._stems

    def chosen(self, name: str, locale: str) -> str:
        """The template that stands under a name for a locale: the stand-in for `pt-BR`, else for `pt`, else itself."""
        if not locale:
            return name
        stand_ins = self.stand_ins(name)
        return stand_ins.get(locale) or stand_ins.get(locale.split("-")[0]) or name

    def _closure(self, entry: str) -> Closure:
        closure = Closure()
        order: dict[str, None] = {}
        edges: list[Edge] = []
        self._walk(entry, [], order, edges, closure)
        closure.templates, closure.edges = tuple(order), tuple(edges)
        closure.broken = closure.broken or any(path in self.broken for path in order)
        for path in order:
            tree = self.trees[path]
            if tree is None:
                continue
            for block in tree.find_all(nodes.Block):
                closure.blocks[block.name] = (*closure.blocks.get(block.name, ()), self.place(path, block.lineno))
            closure.has_messages = closure.has_messages or any(
                call.node.name == "message_open"
                for call in tree.find_all(nodes.Call)
                if isinstance(call.node, nodes.ExtensionAttribute)
            )
        return closure

    def _walk(self, path: str, trail: list[Edge], order: dict[str, None], edges: list[Edge], closure: Closure) -> None:
        order[path] = None
        for edge in self.edges[path]:
            edges.append(edge)
            chain = [step.source for step in trail] + [path]
            if edge.target in chain:
                closure.broken = True
                self._report_cycle([*chain[chain.index(edge.target) :], edge.target], edge)
            elif edge.target not in order:
                self._walk(edge.target, [*trail, edge], order, edges, closure)

    def _report_cycle(self, chain: list[str], edge: Edge) -> None:
        shown = " -> ".join(f"`{path}`" for path in chain)
        self._report(
            edge.source,
            Problem(
                "T010",
                f"templates reach themselves: {shown}",
                edge.line,
                "take one of these steps out; what both need goes into a third file",
            ),
        )

    # Names and blocks

    def _check_names(self) -> None:
        variables: Mapping[str, Any] = self.project.variables
        known: dict[str, set[str]] = {path: set() for path in self.texts}
        for closure in self.closures.values():
            names = {name for path in closure.templates for name in self._assigned(path)}
            for path in closure.templates:
                known[path] |= names
        prompts = {prompt.path: prompt for prompt in self.project.prompts.values()}
        for path, tree in self.trees.items():
            if tree is None:
                continue
            usable = frozenset(known[path] | self._assigned(path) | RESERVED)
            inputs = prompts[path].inputs if path in prompts else None
            for problem in sorted(undeclared(tree, variables, usable, inputs), key=lambda p: p.line):
                self._report(path, problem)

    def _assigned(self, path: str) -> set[str]:
        tree = self.trees[path]
        return assigned_names(tree) if tree is not None else set()

    def _check_blocks(self) -> None:
        for name, closure in self.closures.items():
            prompt = self.project.prompts[name]
            place = prompt.places.get("overridable", prompt.place)
            for block in prompt.overridable.blocks:
                if block not in closure.blocks and not closure.broken:
                    hint = (
                        did_you_mean(block, closure.blocks) or "write a `{% block … %}` of that name inside a message"
                    )
                    self.found.append(
                        Finding(
                            "T016",
                            f"`overridable` names the block `{block}`, which this prompt does not have",
                            place,
                            hint=hint,
                        )
                    )
            closure.broken = closure.broken or any(path in self.broken for path in closure.templates)

    # What other stages ask of one template

    def block_names(self, path: str) -> set[str]:
        """The blocks that a template itself defines."""
        if path not in self._block_names:
            tree = self.trees[path]
            self._block_names[path] = (
                {block.name for block in tree.find_all(nodes.Block)} if tree is not None else set()
            )
        return self._block_names[path]

    def homes(self, prompt: str, block: str) -> set[str]:
        """The places of a closure that define a block: templates joined by extends, or standing in for each other, are one."""
        key = (prompt, block)
        if key not in self._homes:
            self._homes[key] = self._find_homes(self.closures[prompt], block)
        return self._homes[key]

    def _find_homes(self, closure: Closure, block: str) -> set[str]:
        parents = {edge.source: edge.target for edge in closure.edges if edge.kind == "extends"}
        originals = {other: name for name in closure.templates for other in self.stand_ins(name).values()}
        found: set[str] = set()
        for path in closure.templates:
            if block in self.block_names(path):
                root, seen = path, {path}
                while root in parents and parents[root] not in seen:
                    root = parents[root]
                    seen.add(root)
                found.add(originals.get(root, root))
        return found

    def source_texts(self, path: str) -> tuple[SourceText, dict[str, SourceText]]:
        """A template's text without comments, whole and by block."""
        if path not in self._source_texts:
            self._source_texts[path] = read_texts(self.environment, self.texts[path], path)
        return self._source_texts[path]

    def has_stand_ins(self, prompt: str) -> bool:
        """Whether a locale can change which templates a prompt is made of."""
        closure = self.closures[prompt]
        if closure.has_stand_ins is None:
            closure.has_stand_ins = any(self.stand_ins(path) for path in closure.templates)
        return closure.has_stand_ins

    def reads(self, prompt: str) -> dict[str, tuple[Place, ...]]:
        """The variables that a prompt's closure names, and where."""
        found: dict[str, tuple[Place, ...]] = {}
        for path in self.closures[prompt].templates:
            tree = self.trees[path]
            for node in tree.find_all((nodes.Getattr, nodes.Getitem)) if tree is not None else ():
                named = path_of(node)
                if named is not None and named[0] == "vars" and len(named) == 2:
                    place = self.place(path, node.lineno)
                    if place not in found.get(str(named[1]), ()):
                        found[str(named[1])] = (*found.get(str(named[1]), ()), place)
        return found

    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with the templates as such, whatever the tenant."""
        return tuple(self.found)
