"""Facts: what templates say by themselves, kept as JSON; with them nothing is parsed, and nothing else changes."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from promptc.compiler.compile import Compiler
from promptc.compiler.project import Settings
from promptc.compiler.schema.load import load_project
from promptc.compiler.template import examine as examining
from promptc.compiler.template.facts import decode_facts, encode_facts
from promptc.compiler.template.templates import Templates
from tests.compiler.world import Memory, everyone, project_of, prompt
from tests.laws.projects import project as random_project

ROOT = Path(__file__).parents[2]
WRONG: dict[str, str | bytes] = {
    "p": prompt('{% extends "fragments/b.j2" %}{% block x %}{{ vars.nmae }}{{ input.z }}{{ unknown }}{% include "fragments/" ~ vars.kind ~ ".j2" %}\n{% include "fragments/none.j2" %}{% endblock %}'),
    "v": "name: {type: string}\nkind: {type: string, enum: [f, g], default: f}\nloose: {type: string}\n",
    "sources/fragments/b.j2": "{% block x %}{% endblock %}{{ 2 ** 3 }}",
    "sources/fragments/f.j2": "text {% if vars.name %}x{% endif %}\n{% include vars.loose %}{{ vars[0] }}{{ vars['0'] }}\n",
    "sources/fragments/g.j2": "{% if %}",
    "sources/fragments/h.j2": '{% include "fragments/i.j2" %}',
    "sources/fragments/i.j2": '{% include "fragments/h.j2" %}{% examples "nosuch" %}',
    "sources/prompts/q.prompt.j2": prompt('{% message role="user" %}{% include "fragments/h.j2" %}{% endmessage %}'),
    "sources/prompts/r.prompt.j2": prompt("{{ vars.name }}", overridable={"blocks": {"zz": "append"}}),
    "t": "title: T\n",
}  # fmt: skip


def kept(templates: Templates) -> Any:
    return json.loads(json.dumps(templates.facts()))


def told(templates: Templates) -> Any:
    """Everything that other stages ask of templates, but for rendering."""
    project = templates.project
    return (
        templates.findings(),
        templates.closures,
        {name: (templates.has_stand_ins(name), templates.reads(name)) for name in project.prompts},
        {(name, block): templates.homes(name, block) for name in project.prompts for block in templates.closures[name].blocks},
    )


def test_facts_tell_all_that_templates_tell() -> None:
    for project in (project_of(WRONG), *(load_project(random_project(seed)[0].tree, Settings()).project for seed in range(8))):
        parsed = Templates(project)
        known = Templates(project, kept(parsed))
        assert told(known) == told(parsed)
        assert "environment" not in vars(known)
    codes = {finding.code for finding in Templates(project_of(WRONG)).findings()}
    assert codes >= {"T001", "T005", "T007", "T009", "T010", "T011", "T015", "T016", "T038"}


def test_facts_are_kept_by_text_and_serve_any_project_that_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = kept(Templates(project_of(WRONG)))
    examined: list[str] = []
    examine = examining.examine
    monkeypatch.setattr(examining, "examine", lambda environment, path: examined.append(path) or examine(environment, path))
    # One edited, one renamed, another declaration: what is told from several files is told anew.
    changed = {path: text for path, text in WRONG.items() if path != "sources/fragments/i.j2"}
    changed |= {"sources/fragments/f.j2": "new {{ vars.name }}\n", "sources/fragments/moved.j2": WRONG["sources/fragments/i.j2"], "v": "nmae: {type: string}\n"}
    project = project_of(changed)
    assert told(Templates(project, facts)) == told(Templates(project))
    assert examined[:1] == ["fragments/f.j2"]
    assert len(examined) == 1 + len(project.templates)


def test_what_is_no_fact_is_no_fact() -> None:
    project = project_of(WRONG)
    facts = kept(Templates(project))
    first = next(iter(facts.values()))[0]
    for damaged in (None, [], {}, 7, {"whole": True}, {**first, "problems": [["T001"]]}, {**first, "asked": 3}):
        assert decode_facts(damaged) is None
        for known in (damaged, [damaged], [damaged, damaged], [damaged, None]):
            assert told(Templates(project, dict.fromkeys(facts, known))) == told(Templates(project))
    for facts_of in Templates(project)._facts.values():
        assert decode_facts(json.loads(json.dumps(encode_facts(facts_of)))) == facts_of


def test_what_overrides_are_held_against_is_kept_once_it_was_asked_for() -> None:
    body = '{# why #}{% block b %}text {{ super() }}{% block c %}{% endblock %}{% include "fragments/f.j2" %}{% endblock %}'
    project = project_of({"p": prompt(body), "sources/fragments/f.j2": "one\n", "sources/fragments/f.ko.j2": "---\nagainst: '0000000000000000'\n---\nko\n", "t": "title: T\n"})
    compiler = Compiler(project)
    before = kept(compiler.templates)
    digests = [compiler.against_of.digest("p", block) for block in "bc"]
    said = compiler.check()
    assert "O121" in {finding.code for finding in said}
    after = kept(compiler.templates)
    assert after != before
    for facts in (before, after):
        known = Compiler(project, facts=facts)
        assert known.check() == said
        assert [known.against_of.digest("p", block) for block in "bc"] == digests
        assert ("environment" in vars(known.templates)) == (facts is before)


PROGRAM = """
import base64, json, sys
from promptc.compiler.schema.load import load_project
from promptc.compiler.project import Settings
given = json.load(sys.stdin)
class Memory:
    def load(self, key): return [base64.b64decode(leaf) for leaf in given["leaves"].get(key, [])]
    def keep(self, key, leaf, data): print("kept")
    def used(self, key, leaves): pass
from promptc.compiler.compile import Compiler
project = load_project({path: text.encode() for path, text in given["files"].items()}, Settings()).project
compiler = Compiler(project, memory=Memory(), toolchain="t", facts=given["facts"])
assert not [finding for finding in compiler.check() if finding.is_error]
print(*(compiler.compile(tenant, "p").digest for tenant in sorted(project.tenants)))
print("jinja2" in sys.modules, "markupsafe" in sys.modules)
"""


def test_what_is_remembered_is_linked_without_jinja() -> None:
    files = {"sources/models.yaml": "main: {provider: x, name: y}\n", "sources/variables.yaml": "a: {type: string}\n"}
    files |= {"sources/prompts/p.prompt.j2": prompt('Hi {{ vars.a }}{% if vars.a == "z" %}!{% endif %}{% block b %}{% endblock %}', overridable={"blocks": {"b": "append"}})}
    files |= {f"tenants/t{n}.yaml": f"variables: {{a: '{value}'}}\nprompts: {{p: {{blocks: {{b: B}}}}}}\n" for n, value in enumerate("xyzé")}
    project = load_project({path: text.encode() for path, text in files.items()}, Settings()).project
    memory = Memory()
    compiler = Compiler(project, memory=memory, toolchain="t")
    digests = [compiled.digest for compiled in everyone(compiler).values()]
    leaves = {key: [base64.b64encode(data).decode() for data in kept.values()] for key, kept in memory.leaves.items()}
    given = json.dumps({"files": files, "facts": compiler.templates.facts(), "leaves": leaves})
    done = subprocess.run([sys.executable, "-c", PROGRAM], input=given, capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.splitlines() == [" ".join(digests), "False False"]
