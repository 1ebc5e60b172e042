"""Reads: every filter, test, operator and tag through proxies, with every value and its small changes.

    rows x values -> a render through proxies -> its text, its questions
                  -> a render over plain values -> the same text, or refused with the same code

What two renders asked and were answered alike must give one shape: then nothing can change a text unseen. The table is
complete by construction: what the environment registers and the check allows is compared with what its rows spell.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

import pytest
from jinja2 import nodes

from promptc.compiler.compile import Compiler
from promptc.compiler.keys import Static, static_of
from promptc.compiler.link import Linker
from promptc.compiler.project import MISSING, Settings
from promptc.compiler.render import render
from promptc.compiler.schema.load import load_project
from promptc.compiler.shape import Rendered
from promptc.compiler.template import access, check, filters, limits, names, symbolic, tests
from promptc.compiler.template.environment import Environment
from promptc.compiler.template.events import Limit
from promptc.compiler.template.proxies import View
from promptc.compiler.template.run import Run
from promptc.compiler.template.tags import Tags
from promptc.compiler.trace import Kind, answer, fingerprint, look
from promptc.runtime import Artifact
from tests.laws.reads_table import (
    FILTERS,
    FRAGMENTS,
    READS,
    ROWS,
    SHARP,
    TESTS,
    Roots,
    Row,
    distinct,
    each_kind,
    every_case,
    heavy_cases,
    roots_of,
)
from tests.laws.tenants import check_tenants, outcome, project, variables
from tests.laws.tenants import compiler_of as tenants_compiler
from tests.laws.test_traps import RUNS, agrees, codes, over, refused
from tests.laws.world import PROMPT, World, dumped, texts

# A budget that one long text exhausts, so that what a render costs is seen in what it gives.
LITTLE_FUEL = 20_000
Outcome = tuple[Any, ...]


@dataclass(frozen=True)
class Case:
    """One render: what it was given, what it asked, what came of it."""

    roots: Roots
    rendered: Rendered

    @property
    def asked(self) -> dict[Any, Any]:
        return self.rendered.reads.asked

    def outcome(self, roots: Roots) -> Outcome:
        """What a tenant gets of this render: its messages, or the findings as they are printed."""
        if self.rendered.shape is None:
            return ("refused", *((f.code, f.message, f.hint, f.place) for f in self.rendered.findings))
        return linked(self.rendered.shape.messages, roots)

    def __str__(self) -> str:
        given = repr({name: value for name, value in self.roots.items() if value != roots_of(None)[name]})
        return given if len(given) < 300 else f"{given[:200]}… ({len(given)} characters)"


def linked(messages: Any, roots: Roots) -> Outcome:
    try:
        return ("text", json.dumps(Linker(roots, {}, {}, {}).messages(messages)[0]))
    except Limit as limit:
        return ("refused", (limit.code, limit.text))


class Table:
    """Templates as the prompts of one project, and the same over plain values."""

    def __init__(self, templates: Sequence[str]) -> None:
        self.number = {template: number for number, template in enumerate(templates)}
        files = {f"sources/prompts/p{n}.prompt.j2": f"---\nmodel: main\n---\n{template}\n" for template, n in self.number.items()}
        files |= {f"sources/fragments/{name}.j2": text for name, text in FRAGMENTS.items()}
        files["sources/variables.yaml"] = dumped({name: {"description": "Anything."} for name in ("w", "x", "y", "z")})
        files["sources/models.yaml"] = dumped({"main": {"provider": "openai", "name": "m"}})
        loaded = load_project({path: text.encode() for path, text in files.items()}, Settings())
        self.templates = Compiler(loaded.project).templates
        self.prompts = loaded.project.prompts
        assert not [f for f in (*loaded.findings, *self.templates.findings()) if f.is_error]
        # The same paths, so that both are rendered from the same static part.
        texts_of = {path: template.text for path, template in loaded.project.templates.items()}
        self.plain = Environment({path: plainly(text) for path, text in texts_of.items()})

    @cache  # noqa: B019 - there are two tables
    def static(self, template: str) -> Static:
        return static_of(self.templates, self.prompts[f"p{self.number[template]}"], "")

    def case(self, template: str, roots: Roots) -> Case:
        """A render through proxies."""
        return Case(roots, render(self.templates.environment, self.static(template), roots))

    def plain_case(self, template: str, roots: Roots) -> Case:
        """A render over plain values: the same filters, tests and operators, and no view anywhere."""
        self.plain.globals["plain"] = roots
        return Case(roots, render(self.plain, self.static(template), roots))


def plainly(template: str) -> str:
    """A template that finds what it reads in a plain map."""
    return re.sub(r"\b(vars|tenant|tools|model)\b", r"plain.\1", template)


@cache
def table() -> Table:
    return Table([row.template for row in ROWS])


def brief(outcome: Outcome) -> Outcome:
    """A refusal by its code alone."""
    return ("refused", outcome[1][0]) if outcome[0] == "refused" else outcome


# The laws

@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_row_gives_what_plain_values_give_and_records_what_it_reads(row: Row) -> None:
    found = [table().case(row.template, roots) for roots in every_case(row)]
    problems = [*misheard(found), *differences(found), *plain_differences(row, found[: len(each_kind(row))])]
    assert not problems, f"{row.template}: {problems[0]}\nand {len(problems) - 1} more"


def plain_differences(row: Row, found: Sequence[Case]) -> Iterator[str]:
    """Values whose render through proxies gives another text or code than the same over plain values."""
    for case in found:
        through, over = (brief(each.outcome(case.roots)) for each in (case, table().plain_case(row.template, case.roots)))
        if through != over:
            yield f"{case} gives {through} through proxies and {over} over plain values"


def misheard(found: Sequence[Case]) -> Iterator[str]:
    """Recorded answers that a look-up, which asks the same of the same values, is not given."""
    for case in found:
        for (kind, path), given in case.asked.items():
            if answer(kind, look(case.roots, path)) != given:
                yield f"`{kind}` of {path} was recorded as {given} with {case}"


@pytest.mark.parametrize("kind", ["filter", "test", "operator", "tag", "root"])
def test_what_was_not_asked_can_not_use_up_the_fuel(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FUEL", LITTLE_FUEL)
    # What is taken in one go has less, so that what exceeds it is rendered exactly.
    monkeypatch.setattr("promptc.compiler.render.FUEL_AHEAD", LITTLE_FUEL // 8)
    heavy = {row.template: [table().case(row.template, roots) for roots in heavy_cases(row)] for row in ROWS if row.kind == kind}
    assert any(case.outcome(case.roots)[1][0] == "B003" for found in heavy.values() for case in found)
    problems = {template: problem for template, found in heavy.items() if (problem := next(differences(found), ""))}
    assert not problems, f"{next(iter(problems.values()))}\nand so in {len(problems)} rows: {list(problems)}"


def differences(found: Sequence[Case]) -> Iterator[str]:
    """Renders as a trie: each node asks one question, each leaf gives one shape. What does not fit, in words."""
    known: dict[tuple[Any, ...], tuple[Any, Case]] = {}
    for case in found:
        answers: tuple[Any, ...] = ()
        for question, given in [*case.asked.items(), ("nothing more", None)]:
            expected, first = known.setdefault(answers, (question, case))
            if expected != question:
                yield f"answered alike, {first} asks {expected} and {case} asks {question}, after {list(first.asked)[: len(answers)]}"
                break
            answers = (*answers, given)
        else:
            # One that nobody answered like before is its own.
            if first is not case and (shared := first.outcome(case.roots)) != (own := case.outcome(case.roots)):
                yield f"{first} and {case} answer alike to {list(case.asked)} and give\n{shared}\n{own}"


# Complete by construction


@cache
def trees() -> tuple[nodes.Template, ...]:
    return tuple(table().plain.parse(text) for text in (*(row.template for row in ROWS), *FRAGMENTS.values()))


def found_in(node_type: type, name_of: Callable[[Any], str | None]) -> set[str]:
    return {name for tree in trees() for node in tree.find_all(node_type) if (name := name_of(node))}


def over_variables(node: Any) -> str | None:
    """The name of a filter or test whose value is made of variables."""
    reads = node.node is not None and any(name.name in names.HOLE_ROOTS for name in [node.node, *node.node.find_all(nodes.Name)] if isinstance(name, nodes.Name))
    return node.name if reads else None


def name_of_test(node: nodes.Filter) -> str | None:
    """The test that `select` and its kin are given by name."""
    place = {"select": 0, "reject": 0, "selectattr": 1, "rejectattr": 1}.get(node.name, len(node.args))
    return node.args[place].as_const() if len(node.args) > place and isinstance(node.args[place], nodes.Const) else None


def test_every_filter_and_test_has_a_row() -> None:
    used = found_in(nodes.Filter, over_variables)
    assert used == set(filters.registry()) == set(FILTERS)
    tested = found_in(nodes.Test, over_variables) | found_in(nodes.Filter, name_of_test)
    assert tested == set(tests.registry()) >= set(TESTS)


# Scope comes from extensions of Jinja's own, `**` is refused wherever it stands.
UNSPELLED = {nodes.Scope, nodes.Pow}


def test_every_node_that_the_check_allows_has_a_row() -> None:
    used = {type(node) for tree in trees() for node in [tree, *tree.find_all(nodes.Node)]}
    assert used == set(check.ALLOWED) - UNSPELLED
    assert nodes.Pow in check.RULES
    assert found_in(nodes.Operand, lambda node: node.op) == set(nodes._cmpop_to_func)


def test_every_call_loop_attribute_tag_and_root_has_a_row() -> None:
    on_loop = found_in(nodes.Getattr, lambda node: node.attr if getattr(node.node, "name", "") == "loop" else None)
    assert on_loop == access.LOOP_ATTRIBUTES
    called = found_in(nodes.Call, lambda node: getattr(node.node, "name", None))
    assert called >= {*table().plain.globals, "caller", "super"} - {"plain"}
    assert Tags.tags - found_in(nodes.Call, lambda node: node.node.name.split("_")[0] if isinstance(node.node, nodes.ExtensionAttribute) else None) == {"history", "examples", "cache", "media"}  # these read no variable
    assert found_in(nodes.Name, lambda node: node.name) >= names.HOLE_ROOTS
    asked = [table().case(row.template, roots).asked for row in ROWS if row.kind == "root" for roots in each_kind(row)]
    assert {kind for questions in asked for kind, _ in questions} == set(get_args(Kind))


def test_a_view_is_no_list_and_no_map_to_python() -> None:
    run = Run(table().static("{{ vars.x }}"), roots_of(["a"]), fingerprint)
    for view in (run.roots["vars"], run.roots["vars"].get("x"), run.roots["tenant"].get("labels")):
        assert isinstance(view, View)
        assert not isinstance(view, (list, tuple, dict, str))
        for use in (lambda v: operator.add(v, []), lambda v: v * 2, lambda v: v < v, lambda v: operator.eq(v, v), lambda v: v["x"], lambda v: v[0], reversed, hash, json.dumps):
            with pytest.raises((TypeError, AttributeError)):
                use(view)


# Sharp where that is promised



def test_every_filter_of_a_hole_is_promised() -> None:
    assert {f"{{{{ vars.x | {name} }}}}" for name in names.HOLE_FILTERS} <= SHARP.keys()


@pytest.mark.parametrize("template", SHARP)
def test_what_is_promised_not_to_be_read_is_not_read(template: str) -> None:
    for alike in SHARP[template]:
        found = [directed_table().case(template, roots_of(value, 0)) for value in alike]
        assert all(case.rendered.shape is not None for case in found)
        assert len({json.dumps([*case.asked.items()]) for case in found}) == 1, f"{[list(case.asked.items()) for case in found]}"


@cache
def directed_table() -> Table:
    return Table([*SHARP, *(template for template in READS if template not in SHARP)])


# Directed: a trap each, where the test in test_traps could not spring or did not look


def test_answers_tell_types_and_order_apart() -> None:
    scalars = [1, 1.0, True, "1", 0, 0.0, -0.0, False, "", "0", None, MISSING]
    containers = [[], {}, [1], [1.0], [True], ["1"], [[1]], ["a", "b"], ["b", "a"], ["a,b"], {"a": 1}, {"a": 1.0}, {"a": True}, {"a": 1, "b": 2}, {"b": 2, "a": 1}]
    assert len({answer("get", value) for value in scalars}) == len(scalars)
    assert len({answer("whole", value) for value in (*scalars, *containers)}) == len(scalars) + len(containers)
    assert len({answer("keys", value) for value in (None, [], {}, {"a": 1}, {"a": 1, "b": 2}, {"b": 2, "a": 1})}) == 6
    assert len({answer("length", value) for value in (None, MISSING, [], {}, "", [1], {"a": 1}, "a")}) == 8


@pytest.mark.parametrize("template", READS)
def test_each_way_to_look_is_a_read(template: str) -> None:
    found = [directed_table().case(template, roots_of(value)) for value in READS[template]]
    assert all(case.rendered.shape is not None for case in found)
    assert len({case.outcome(case.roots) for case in found}) == len(found)
    assert len({tuple(case.asked.items()) for case in found}) == len(found)


def test_tenants_that_share_renders_get_what_each_gets_alone() -> None:
    files = {f"sources/prompts/p{number}.prompt.j2": f"---\nmodel: main\n---\n{template}\n" for number, template in enumerate(READS)}
    tenants = {f"t{number}": value for number, value in enumerate(distinct(value for values in READS.values() for value in values))}
    files |= {f"tenants/{tenant}.yaml": dumped({"variables": {"x": value}}) for tenant, value in tenants.items()}
    files |= {"sources/variables.yaml": dumped(variables("x")), "sources/models.yaml": dumped({"main": {"provider": "openai", "name": "m"}})}
    tree = {path: text.encode() for path, text in files.items()}
    together, alone = tenants_compiler(tree), Compiler(load_project(tree, Settings()).project, sharing=False)
    for number, template in enumerate(READS):
        for tenant, value in tenants.items():
            shared, own = (compiler.compile(tenant, f"p{number}") for compiler in (together, alone))
            assert (shared.data, shared.findings) == (own.data, own.findings), f"{template} with {value}"


def test_a_module_is_built_anew_for_a_tenant_that_renders_anew() -> None:
    # Tenants that differ in what is printed share one render; only a second render can meet the first one's module.
    files = {PROMPT: '{% import "fragments/m.j2" as m %}{{ m.next() }}{{ m.next() }}{{ vars.p == "A" }}', "fragments/m.j2": "{% set ns = namespace(n=0) %}{% macro next() %}{% set ns.n = ns.n + 1 %}{{ ns.n }}{% endmacro %}"}
    assert check_tenants(World(files, variables("p")), {"p": "A"}, {"p": "B"}, {"p": "A"}) == [["12true"], ["12false"], ["12true"]]


@pytest.mark.parametrize("call", ['{% import "fragments/m.j2" as m %}{{ m.top }}{{ m.say() }}', '{% from "fragments/m.j2" import say, top without context %}{{ top }}{{ say() }}', '{% include "fragments/i.j2" without context %}', '{% include "fragments/i.j2" %}'])
def test_imports_and_includes_read_for_each_tenant(call: str) -> None:
    files = {PROMPT: call, "fragments/m.j2": "{% set top = vars.p == 'A' %}{% macro say() %}{% if vars.p == 'A' %}yes{% endif %}{% endmacro %}", "fragments/i.j2": "{{ vars.p == 'A' }}{% if vars.p == 'A' %}yes{% endif %}"}
    assert check_tenants(World(files, variables("p")), {"p": "A"}, {"p": "B"}, {"p": "A"}) == [["trueyes"], ["false"], ["trueyes"]]


def test_the_name_of_an_include_is_a_read() -> None:
    files = {PROMPT: '{% include "fragments/" ~ vars.e ~ ".j2" %}', "fragments/a.j2": "A", "fragments/b.j2": "{{ vars.p }}"}
    world = World(files, variables("p", e={"type": "string", "enum": ["a", "b"]}))
    assert check_tenants(world, {"p": "P", "e": "a"}, {"p": "P", "e": "b"}, {"p": "Q", "e": "b"}) == [["A"], ["P"], ["Q"]]


def test_a_stand_in_that_is_not_there_is_not_there_for_its_locale_alone() -> None:
    files = {"sources/models.yaml": dumped({"main": {"provider": "openai", "name": "m"}}), "sources/prompts/p.prompt.j2": '---\nmodel: main\n---\n{% include "fragments/x.j2" %}\n', "sources/fragments/x.j2": "hello", "sources/fragments/x.ko.j2": "안녕"}
    locales = {"t0": "", "t1": "ko", "t2": "ko-KR", "t3": "de", "t4": ""}
    files |= {f"tenants/{tenant}.yaml": f"locale: {locale}\n" if locale else "title: T\n" for tenant, locale in locales.items()}
    for order in (sorted(locales), sorted(locales, reverse=True)):
        compiler = tenants_compiler({path: text.encode() for path, text in files.items()})
        assert {tenant: outcome(compiler, tenant, {}) for tenant in order} == {"t0": ["hello"], "t1": ["안녕"], "t2": ["안녕"], "t3": ["hello"], "t4": ["hello"]}


def test_a_remembered_error_is_told_in_full_and_names_this_tenants_variables() -> None:
    values = {"t0": {"colours": "red"}, "t1": {}, "t2": {"colours": "blue"}, "t3": {}}
    world = World({PROMPT: 'a\n{% include "fragments/i.j2" %}', "fragments/i.j2": "b\n{{ vars.colour }}"}, variables("colour", "colours", "t"))
    compiler = tenants_compiler(project(world, values))
    found = {tenant: compiler.compile(tenant, "p").findings for tenant in values}
    assert found["t0"] == found["t2"]
    assert found["t1"] == found["t3"]
    for tenant, near in (("t0", "`vars.colours`"), ("t1", "no value for this tenant")):
        (finding,) = found[tenant]
        assert finding.code == "T005"
        assert (finding.place.file, finding.place.line) == ("sources/fragments/i.j2", 2)
        assert [place.file for _, place in finding.trail] == ["sources/prompts/p.prompt.j2"]
        assert near in finding.message
    assert "colours" not in found["t1"][0].message
    assert "red" not in str(found)


def test_constants_of_a_branch_that_is_not_taken_cost_nothing() -> None:
    # Jinja2 itself works such constants out while it compiles, so there is nothing to compare with.
    artifact = over("{% if false %}{{ 'a' | center(100000000) }}{{ 'x' * 1000000000 }}{{ range(1000000000) | sum }}{% endif %}ok").artifact()
    assert texts(artifact.render(RUNS[0]).messages) == ["ok"]


def test_parentheses_are_counted_to_the_last() -> None:
    assert agrees("{{ " + "(" * check.PARENTHESES_MAX + "1" + ")" * check.PARENTHESES_MAX + " }}") == [["1"]] * 3
    deeper = check.PARENTHESES_MAX + 1
    assert codes(refused("{{ " + "(" * deeper + "1" + ")" * deeper + " }}")) == {"T012"}


def test_a_sealed_block_is_refused_by_its_name() -> None:
    tree = dict(over("{% block b %}x{% endblock %}").tree)
    tree["tenants/t.yaml"] = dumped({"variables": {"p": "A"}, "prompts": {"p": {"blocks": {"b": "over"}}}}).encode()
    compiler = tenants_compiler(tree)
    assert compiler.compile("t", "p").data is None
    assert [(f.code, f.severity, "`b`" in f.message) for f in compiler.resolver.tenant("t")[1]] == [("O042", "error", True)]


# What a filter or test needs beside its value to run at all.
ARGUMENTS = {"attr": "('a')", "batch": "(2)", "groupby": "('title')", "map": "('int')", "replace": "('a', 'b')", "slice": "(2)", "default": "('n', true)", "d": "('n')", "divisibleby": "(2)", "in": "([3])", **dict.fromkeys(symbolic.SIGNS, "(3)"), "sameas": "(3)"}
OVER_INPUTS = [f"{{{{ input.n | {name}{ARGUMENTS.get(name, '')} }}}}" for name in sorted(filters.registry())]
OVER_INPUTS += [f"{{{{ [input.n, 2] | map('{name}') | join }}}}" for name in sorted(filters.registry())]
OVER_INPUTS += [f"{{{{ [input.n, 2] | select('{name}'{', 3' if ARGUMENTS.get(name) else ''}) | join }}}}" for name in sorted(tests.registry())]
OVER_INPUTS += [f"{{% if input.maybe is {name}{ARGUMENTS.get(name, '')} %}}yes{{% endif +%}}" for name in sorted(tests.registry()) if name.isalpha()]


def test_every_filter_and_test_of_an_input_is_right_or_refused() -> None:
    world = over("x")
    head = f"---\n{dumped(world.front_matter())}\n---\n"
    compiler = Compiler(load_project({**world.tree, **{f"sources/prompts/q{number}.prompt.j2": (head + template).encode() for number, template in enumerate(OVER_INPUTS)}}, Settings()).project)
    compiled = {template: data for number, template in enumerate(OVER_INPUTS) if (data := compiler.compile("t", f"q{number}").data) is not None}
    for template, data in compiled.items():
        for inputs in RUNS:
            assert texts(Artifact.load(data).render(inputs).messages) == texts(over(template).expected(inputs)), template
    assert {"{{ input.n | tojson }}", "{{ input.n | trim }}", "{% if input.maybe is defined %}yes{% endif +%}"} <= compiled.keys()
