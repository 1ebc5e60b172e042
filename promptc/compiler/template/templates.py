"""Templates: all templates of a project, checked and joined into closures.

    Project.templates -> [Templates] -> findings, closures, blocks, and an environment that renders

A prompt's closure is every template it can reach through extends, include and import, stand-ins for locales included.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any

from promptc.compiler.project import Project
from promptc.compiler.template.blocktext import SourceText, encode_texts, read_texts
from promptc.compiler.template.declared import undeclared
from promptc.compiler.template.facts import (
    RESERVED,
    Facts,
    Problem,
    Spelling,
    decode_known,
    encode_facts,
    facts_key,
)
from promptc.core.dataclass import dataclass, field
from promptc.core.findings import Finding, Place
from promptc.core.nearest import did_you_mean

if TYPE_CHECKING:
    from promptc.compiler.template.environment import Environment

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
    """The templates of a project. Findings are gathered once, when it is made.

    `facts` are what `facts()` gave for templates of the same texts, whatever project they were of; a template that has
    some is parsed only when it is rendered. They depend on the toolchain, which the caller keeps them under.
    """

    def __init__(self, project: Project, facts: Mapping[str, Any] | None = None) -> None:
        self.project = project
        self.texts = {path: template.text for path, template in project.templates.items()}
        self.edges: dict[str, list[Edge]] = {}
        self.found: list[Finding] = []
        self.broken: set[str] = set()
        self._facts: dict[str, Facts] = {}
        self._homes: dict[tuple[str, str], set[str]] = {}
        self._source_texts: dict[str, tuple[SourceText, dict[str, SourceText]]] = {}
        for path in sorted(self.texts):
            self._read(path, facts or {})
        self.closures = {name: self._closure(prompt.path) for name, prompt in sorted(project.prompts.items())}
        self._check_names()
        self._check_blocks()

    @cached_property
    def environment(self) -> Environment:
        """Jinja2 with our generator over these templates."""
        from promptc.compiler.template.environment import Environment

        return Environment(self.texts)

    @cached_property
    def located(self) -> Environment:
        """The same templates, generated with their places in the stream; for origins alone."""
        from promptc.compiler.template.environment import Environment

        return Environment(self.texts, origins=True)

    def warm(self, prompt: str) -> None:
        """Compile a prompt's templates now."""
        for path in self.closures[prompt].templates:
            # What can't be compiled is found where it is rendered.
            with suppress(SyntaxError, RecursionError, MemoryError):
                self.environment.get_template(path)

    def facts(self) -> dict[str, Any]:
        """What the templates say by themselves, as JSON data: for `Templates` of the same texts, to parse none of them.

        Texts without comments, which stale overrides are held against, are among it once they were asked for.
        """
        kept = {}
        for path, facts in self._facts.items():
            texts = self._source_texts.get(path)
            kept[facts_key(self.texts[path])] = [encode_facts(facts), None if texts is None else encode_texts(texts)]
        return kept

    def facts_of(self, path: str) -> Facts:
        """What one template says by itself."""
        return self._facts[path]

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

    def _read(self, path: str, known: Mapping[str, Any]) -> None:
        facts, texts = decode_known(known.get(facts_key(self.texts[path]))) if known else (None, None)
        if texts is not None:
            self._source_texts[path] = texts
        if facts is None:
            from promptc.compiler.template.examine import examine

            facts = examine(self.environment, path)
        self._facts[path] = facts
        self.edges[path] = list(self._edges_of(path, facts))
        for problem in (*facts.problems, *self._example_sets(facts), *facts.glued):
            self._report(path, problem)

    def _example_sets(self, facts: Facts) -> Iterator[Problem]:
        known = {file.name for file in self.project.examples}
        for name, line in facts.examples:
            if name not in known:
                hint = did_you_mean(name, known) or "write sources/examples/NAME.yaml, or its `set:`"
                yield Problem("T038", f"there is no set of examples `{name}`", line, hint)

    # Edges and closures

    def _edges_of(self, path: str, facts: Facts) -> Iterator[Edge]:
        for named in facts.named:
            names = self.spellings(named.spelling)
            if names is None:
                if named.kind == "include" and not named.is_list:
                    self._report(
                        path,
                        Problem(
                            "T007",
                            "the name of an include is constant, or spelled from variables with an `enum`",
                            named.line,
                            "declare the variable's values as `enum`, so that each is in the graph",
                        ),
                    )
                continue
            for name in names:
                if name in self.texts:
                    yield Edge(path, named.kind, name, named.line)
                    yield from (Edge(path, named.kind, other, named.line) for other in self.stand_ins(name).values())
                else:
                    hint = (
                        did_you_mean(name, self.texts) or "names are paths below sources/, as in `fragments/safety.j2`"
                    )
                    self._report(path, Problem("T011", f"there is no template `{name}`", named.line, hint))

    def spellings(self, spelling: Spelling) -> list[str] | None:
        """Every name that a template expression can spell; None when that is not known."""
        if spelling is None or isinstance(spelling, str):
            return spelling if spelling is None else [spelling]
        if "all" in spelling:
            names = [""]
            for part in spelling["all"]:
                ends = self.spellings(part)
                if ends is None or len(names) * len(ends) > 1000:
                    return None
                names = [name + end for name in names for end in ends]
            return names
        if "either" in spelling:
            then, otherwise = map(self.spellings, spelling["either"])
            return None if then is None or otherwise is None else [*then, *otherwise]
        variable = self.project.variables.get(spelling["variable"])
        enum = variable.schema.get("enum") if variable is not None else None
        return [str(value) for value in enum] if enum and all(isinstance(value, str) for value in enum) else None

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
            facts = self._facts[path]
            for block, line in facts.blocks:
                closure.blocks[block] = (*closure.blocks.get(block, ()), self.place(path, line))
            closure.has_messages = closure.has_messages or facts.has_messages
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
            names = {name for path in closure.templates for name in self._facts[path].assigned}
            for path in closure.templates:
                known[path] |= names
        prompts = {prompt.path: prompt for prompt in self.project.prompts.values()}
        # In the order in which they were read.
        for path, facts in self._facts.items():
            usable = frozenset({*known[path], *facts.assigned, *RESERVED})
            inputs = prompts[path].inputs if path in prompts else None
            for problem in sorted(undeclared(facts, variables, usable, inputs), key=lambda p: p.line):
                self._report(path, problem)

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
            if any(name == block for name, _ in self._facts[path].blocks):
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
            for name, line in self._facts[path].variables():
                place = self.place(path, line)
                if place not in found.get(name, ()):
                    found[name] = (*found.get(name, ()), place)
        return found

    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with the templates as such, whatever the tenant."""
        return tuple(self.found)
