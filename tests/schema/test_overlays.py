"""Overlay files: what a tenant or a layer says, its directives, its slips, and tenants that would be mistaken for another."""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Mapping
from typing import Any

import pytest

from promptc.compiler.project import Overlay, Settings
from promptc.compiler.schema.nodes import Plain
from promptc.compiler.schema.tenants import read_overlays
from promptc.core.findings import Finding
from tests.schema.world import load

ACME = "tenants/acme.yaml"


def overlay(text: str, others: Mapping[str, str | bytes] | None = None) -> Overlay:
    loaded = load({ACME: text, **(others or {})})
    assert loaded.findings == ()
    return loaded.project.tenants["acme"]


def slips(text: str | bytes, file: str = ACME) -> list[tuple[str, str]]:
    return [(f"{f.place.line}:{f.place.column}", f.code) for f in load({file: text}).findings if f.place.file == file]


FULL = """\
extends: [base]
title: Acme Care GmbH
aliases: [org_2bTq9, 42]
labels: {industry: healthcare, beta: true}
locale: pt-BR
final: [variables.tone, prompts.reply.config]
models: {main: other}
variables:
  product: Acme Care
  banned_words: !append [guarantee, no]
  limits:
    turns: 3
    deep: {text: "3", gone: !unset }
  rubric: !file rubrics/acme.md
prompts:
  reply:
    tools: !append [issue_refund]
    config: {temperature: 0.5, native: !replace {anthropic: {top_k: 4}}}
    blocks:
      rubric: Never estimate a dose.
      greeting: {text: "Welcome to ${product}.", against: 3fa9c1d2e4b50617}
      closing: !replace ""
  "*": {enabled: false}
"""


def test_an_overlay_reads_as_it_stands() -> None:
    acme = overlay(FULL, {"tenants/rubrics/acme.md": "Rules\r\nof cafe\u0301\n"})
    assert (acme.name, acme.kind, str(acme.place)) == ("acme", "tenant", "tenants/acme.yaml:1:1")
    assert (acme.extends, [str(p) for p in acme.extends_places]) == (("base",), ["tenants/acme.yaml:1:11"])
    assert (acme.title, acme.aliases, acme.locale) == ("Acme Care GmbH", ("org_2bTq9", "42"), "pt-BR")
    assert acme.labels == {"industry": "healthcare", "beta": "true"}
    assert [(path, place.line, place.column) for path, place in acme.final] == [
        ("variables.tone", 6, 9),
        ("prompts.reply.config", 6, 25),
    ]
    variables = acme.variables
    assert variables["product"].data == "Acme Care"
    assert type(variables["product"].data) is Plain
    assert (variables["banned_words"].directive, variables["banned_words"].data) == ("append", ["guarantee", "no"])
    limits = variables["limits"].data
    assert (limits["turns"].data, str(limits["turns"].place)) == ("3", "tenants/acme.yaml:12:12")
    assert type(limits["turns"].data) is Plain
    assert type(limits["deep"].data["text"].data) is not Plain
    assert (limits["deep"].data["gone"].directive, limits["deep"].data["gone"].data) == ("unset", None)
    assert (variables["rubric"].data, variables["rubric"].origin) == ("Rules\nof café\n", "tenants/rubrics/acme.md")
    assert variables["rubric"].directive == ""
    reply = acme.prompts["reply"]
    assert (reply["tools"].directive, reply["tools"].data) == ("append", ["issue_refund"])
    assert (reply["config"].data["native"].directive, reply["config"].data["native"].data) == (
        "replace",
        {"anthropic": {"top_k": "4"}},
    )
    blocks = reply["blocks"].data
    assert blocks["rubric"].data == "Never estimate a dose."
    assert blocks["greeting"].data == {"text": "Welcome to ${product}.", "against": "3fa9c1d2e4b50617"}
    assert (blocks["closing"].directive, blocks["closing"].data) == ("replace", "")
    assert acme.prompts["*"]["enabled"].data == "false"
    assert str(acme.prompt_places["*"]) == "tenants/acme.yaml:23:3"


def test_layers_are_named_by_their_path_and_tenants_by_their_file() -> None:
    loaded = load({"tenants/layers/industry/health.yaml": "title: H\n", "tenants/eu/globex.yaml": "title: G\n"})
    assert list(loaded.project.layers) == ["base", "industry/health"]
    assert loaded.project.layers["industry/health"].kind == "layer"
    assert list(loaded.project.tenants) == ["acme", "globex"]


def test_an_empty_overlay_does_nothing_and_is_warned_of() -> None:
    for text in ("", "# all commented out\n", "---\n"):
        findings = load({ACME: text}).findings
        assert [(f.code, f.severity) for f in findings] == [("Y007", "warning")]
    assert overlay("variables:\nprompts:\n  reply:\n  other:\n    blocks:\n").variables == {}


SLIPS = {
    "unknown key": ("variable: {}\n", "1:1", "O001", "did you mean `variables`?"),
    "a key of another format": ("name: Acme\n", "1:1", "O001", ""),
    "vars": ("vars: {}\n", "1:1", "O001", "did you mean `variables`?"),
    "blocks at the top": ("blocks: {}\n", "1:1", "O001", ""),
    "unknown prompt key": ("prompts: {reply: {tool: [a]}}\n", "1:19", "O001", "did you mean `tools`?"),
    "variables below a prompt": ("prompts: {reply: {variables: {}}}\n", "1:19", "O001", ""),
    "unknown block key": (
        "prompts: {reply: {blocks: {a: {text: x, agains: y}}}}\n",
        "1:41",
        "O001",
        "did you mean `against`?",
    ),
    "block without text": ("prompts: {reply: {blocks: {a: {against: y}}}}\n", "1:31", "O002", ""),
    "block as a list": ("prompts: {reply: {blocks: {a: [x]}}}\n", "1:31", "O002", ""),
    "block of nothing": ("prompts: {reply: {blocks: {a: }}}\n", "1:31", "O002", 'write "" for no text at all'),
    "list for a map": ("variables: [a]\n", "1:12", "O002", ""),
    "text for a map": ("prompts: {reply: x}\n", "1:18", "O002", ""),
    "map for a list": ("extends: {a: b}\n", "1:10", "O002", ""),
    "text for a list": ("extends: base\n", "1:10", "O002", ""),
    "map for text": ("title: {a: b}\n", "1:8", "O002", ""),
    "list in a list of text": ("aliases: [[a]]\n", "1:11", "O002", ""),
    "label of a list": ("labels: {plan: [a]}\n", "1:16", "O002", ""),
    "locale": ("locale: Deutsch\n", "1:9", "O002", ""),
    "list at the root": ("- a\n", "1:1", "Y007", ""),
    "text at the root": ("hello\n", "1:1", "Y007", ""),
    "two documents": ("title: a\n---\ntitle: b\n", "2:1", "Y007", ""),
    "directive on the whole": ("!replace {title: a}\n", "1:1", "Y004", ""),
    "directive on variables": ("variables: !replace {tone: warm}\n", "1:12", "Y004", ""),
    "directive on extends": ("extends: !append [base]\n", "1:10", "Y004", ""),
    "directive on a title": ("title: !unset\n", "1:8", "O002", ""),
    "directive in a list": ("variables: {words: [!append x]}\n", "1:21", "Y004", ""),
    "directive in a directive": ("variables: {m: !replace {a: !append [x]}}\n", "1:29", "Y004", ""),
    "unset with a value": ("variables: {tone: !unset warm}\n", "1:19", "O002", ""),
    "foreign tag": ("variables: {tone: !!str warm}\n", "1:19", "Y004", ""),
    "file of a list": ("variables: {tone: !file [a]}\n", "1:19", "O002", ""),
    "file that is not there": ("variables: {tone: !file a.md}\n", "1:19", "P004", ""),
    "file outside": ("variables: {tone: !file ../pyproject.toml}\n", "1:19", "P001", ""),
    "file far outside": ("variables: {tone: !file ../../../etc/passwd}\n", "1:19", "P001", ""),
    "absolute file": ("variables: {tone: !file /etc/passwd}\n", "1:19", "P001", ""),
    "drive": (r"variables: {tone: !file 'C:\x'}" + "\n", "1:19", "P001", ""),
    "doubled slash": ("variables: {tone: !file a//b.md}\n", "1:19", "P001", ""),
    "trailing dot": ("variables: {tone: !file a.}\n", "1:19", "P001", ""),
    "reserved name": ("variables: {tone: !file con.md}\n", "1:19", "P001", ""),
}


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_in_an_overlay(name: str) -> None:
    text, place, code, hint = SLIPS[name]
    findings = load({ACME: text}).findings
    assert (place, code) in [(f"{f.place.line}:{f.place.column}", f.code) for f in findings], findings
    assert not hint or hint in [f.hint for f in findings]
    loaded = load({ACME: text, "tenants/other.yaml": "title: fine\n"})
    assert list(loaded.project.tenants) == ["other"]
    assert "tenant:acme" in loaded.project.broken


def test_a_path_with_a_dot_is_not_plain() -> None:
    assert ("1:19", "P001") in slips("variables: {tone: !file a/./b.md}\n")


def test_every_slip_of_a_file_is_reported() -> None:
    text = "titel: a\nextends: base\nvariables: {a: !!str x}\nprompts: {p: {bloks: {}}}\n"
    assert slips(text) == [("1:1", "O001"), ("2:10", "O002"), ("3:16", "Y004"), ("4:15", "O001")]


def test_a_broken_text_beside_an_overlay_is_said_at_both() -> None:
    loaded = load({ACME: "variables: {tone: !file a.md}\n", "tenants/a.md": b"\xff"})
    assert [(str(f.place), f.code) for f in loaded.findings] == [
        ("tenants/a.md:1:1", "U002"),
        ("tenants/acme.yaml:1:19", "P004"),
    ]


def test_sign_ups_are_overlays_one_a_line() -> None:
    lines = [
        {"id": "s1", "title": "One", "variables": {"product": "P", "banned_words": {"$append": ["x", {"a": 1}]}}},
        {
            "id": "s2",
            "variables": {"tone": {"$unset": True}, "rubric": {"$file": "r.md"}, "n": 1.5, "deep": {"k": None}},
        },
        {
            "id": "s3",
            "prompts": {"reply": {"enabled": False, "tools": {"$replace": []}, "blocks": {"b": {"$append": "x"}}}},
        },
    ]
    text = "\n".join(json.dumps(line) for line in lines) + "\n\n"
    loaded = load({"tenants/signups.jsonl": text, "tenants/r.md": "text\n"})
    assert loaded.findings == ()
    one, two, three = (loaded.project.tenants[name] for name in ("s1", "s2", "s3"))
    assert [str(t.place) for t in (one, two, three)] == [f"tenants/signups.jsonl:{n}" for n in (1, 2, 3)]
    assert (one.variables["banned_words"].directive, one.variables["banned_words"].data) == ("append", ["x", {"a": 1}])
    assert type(one.variables["product"].data) is not Plain
    assert (two.variables["tone"].directive, two.variables["rubric"].data) == ("unset", "text\n")
    assert two.variables["n"].data == 1.5
    assert two.variables["deep"].data["k"].data is None
    assert three.prompts["reply"]["enabled"].data is False
    assert (three.prompts["reply"]["tools"].directive, three.prompts["reply"]["tools"].data) == ("replace", [])
    assert three.prompts["reply"]["blocks"].data["b"].directive == "append"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('{"title": "no id"}', "O002"),
        ('{"id": 7}', "O002"),
        ('["id"]', "Y007"),
        ('{"id": "x", "id": "y"}', "Y001"),
        ('{"id": "x"', "Y006"),
        ('{"id": "x", "titel": "a"}', "O001"),
        ('{"id": "x", "variables": {"a": {"$apend": []}}}', "O001"),
        ('{"id": "x", "variables": {"a": {"$append": [], "b": 1}}}', "O002"),
        ('{"id": "x", "variables": {"a": "\\ud800"}}', "U001"),
        ('{"id": "x", "variables": {"a": "\\u202e"}}', "U005"),
        ('{"id": "x", "variables": {"a": 12345678901234567890}}', "Y003"),
        ('{"id": "a/b"}', "S010"),
        ('{"id": ""}', "S010"),
        ('{"id": "x."}', "S010"),
    ],
)
def test_a_broken_sign_up_stops_no_other(line: str, code: str) -> None:
    loaded = load({"tenants/signups.jsonl": f'{{"id": "one"}}\n{line}\n{{"id": "three"}}\n'})
    assert [(f.code, f.place.line) for f in loaded.findings] == [(code, 2)]
    assert {"one", "three"} <= set(loaded.project.tenants)
    assert not {"x", "y"} & set(loaded.project.tenants)


@pytest.mark.parametrize("other", ["ACME", "Acme"])
def test_ids_that_differ_only_in_case(other: str) -> None:
    loaded = load({f"tenants/eu/{other}.yaml": "title: x\n"})
    assert [f.code for f in loaded.findings] == ["O020"]
    assert loaded.project.tenants == {}
    assert loaded.project.broken == {"tenant:acme", f"tenant:{other}"}


def test_ids_that_differ_only_in_unicode_form_or_script() -> None:
    assert [f.code for f in load({"tenants/caf\u00e9.yaml": "", "tenants/eu/cafe\u0301.yaml": "{}"}).findings] == [
        "Y007",
        "O020",
    ]
    assert [f.code for f in load({"tenants/acm\u0435.yaml": "{}"}).findings] == ["U008"]
    assert [f.code for f in load({"tenants/ace.yaml": "{}", "tenants/\u0430\u0441\u0435.yaml": "{}"}).findings] == [
        "U008"
    ]
    assert [f.code for f in load({"tenants/고객.yaml": "{}", "tenants/кот.yaml": "{}"}).findings] == []


def test_the_same_id_twice() -> None:
    loaded = load({"tenants/eu/acme.yaml": "{}", "tenants/s.jsonl": '{"id": "b"}\n{"id": "b"}\n'})
    assert [f.code for f in loaded.findings] == ["O020", "O020"]


def test_an_alias_is_nobody_elses() -> None:
    loaded = load(
        {ACME: "aliases: [org_1, globex]\n", "tenants/globex.yaml": "{}", "tenants/z.yaml": "aliases: [org_1]\n"}
    )
    assert [f.code for f in loaded.findings] == ["O020", "O020"]


def test_files_that_nothing_reads_are_named() -> None:
    files = {"tenants/a.yml": "", "tenants/layers/b.jsonl": "", "tenants/c.json": "{}", "tenants/notes.md": "fine"}
    assert [(f.code, f.severity) for f in load(files).findings] == [("S015", "warning")] * 3


def test_ten_thousand_overlays_in_seconds() -> None:
    text = FULL.replace("  rubric: !file rubrics/acme.md\n", "").replace("aliases: [org_2bTq9, 42]\n", "").encode()
    tree = {f"tenants/t{n:04}.yaml": text for n in range(1000)}
    start = time.process_time()
    made = read_overlays(tree, Settings())
    assert len(made.tenants) == 1000
    assert not made.findings
    assert time.process_time() - start < 2  # a thousand, on a slow machine; 0.4 ms each on a common one


def test_hostile_sign_ups_cost_little() -> None:
    lines: dict[str, Any] = {
        "deep": '{"id": "x", "variables": ' + '{"a":' * 200_000 + "1" + "}" * 200_000 + "}",
        "wide": '{"id": "x", "variables": {' + ",".join(f'"k{n}": 1' for n in range(60_000)) + "}}",
        "unknown": '{"id": "x", ' + ",".join(f'"k{n}": 1' for n in range(20_000)) + "}",
        "quotes": '"' * 500_000,
        "braces": "{" * 500_000,
        "backslashes": '{"id": "' + "\\" * 500_000,
        "digits": '{"id": ' + "1" * 900_000 + "}",
        "colons": '{"id"' + ":" * 500_000,
    }
    # What the other tests left in this process is no cost of these lines: looking through it for garbage takes longer than they.
    gc.freeze()
    for name, line in lines.items():
        start = time.process_time()
        findings = load({"tenants/s.jsonl": line}).findings
        assert time.process_time() - start < 2, name
        assert findings, name
        assert all(isinstance(finding, Finding) and len(finding.message) < 500 for finding in findings)
    gc.unfreeze()


def test_a_file_of_broken_sign_ups_says_little_and_counts_the_rest() -> None:
    start = time.process_time()
    loaded = load({"tenants/s.jsonl": "{\n" * 500_000})
    assert time.process_time() - start < 2
    assert len(loaded.findings) == 22
    assert {f.message for f in loaded.findings[:2]} == {
        "981 more of this kind in this file",
        "this is not JSON: expected a key in quotes",
    }
    assert loaded.findings[-1].code == "B002"
