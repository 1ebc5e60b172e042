"""Masking: what is confidential is never shown where people look at compiled text, whatever was edited."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptc.driver.build import BuildRequest
from promptc.driver.look import look
from promptc.driver.masking import HIDDEN, Masks, confidential_texts
from promptc.driver.published import opened_whole, run_whole
from promptc.driver.watch import Group, compiled_difference
from promptc.engine import toolchain
from promptc.engine.database import Database
from tests.engine.world import cache, hello, run, trusting, write

VARIABLES = """\
product: {type: string, required: true}
tone:    {type: string, enum: [neutral, warm, formal], default: neutral}
banned:  {type: array, items: {type: string}, default: []}
desk:    {type: string, default: "", confidential: true}
desks:   {type: array, items: {type: string}, default: [], confidential: true}
map:     {type: object, additionalProperties: {type: string}, default: {}, confidential: true}
number:  {type: integer, default: 0, confidential: true}
note:    {type: string, default: ""}
"""
PROMPT = """\
---
model: main
inputs: {message: {type: string}}
tools: [call]
overridable: {blocks: {rules: append}}
---
{% message role="system" %}
You answer for {{ vars.product }}.
Desk {{ vars.desk }}, {{ vars.desk | upper }}, {{ vars.desk | lower }}, {{ vars.desk | title }}, {{ vars.desk | capitalize }}.
Desks {{ vars.desks | join(" and ") }}; number {{ vars.number }}.
{% for key, value in vars.map | items %}{{ key }} is {{ value }}. {% endfor %}

{{ vars.note }}
{% block rules %}
Be brief.
{% endblock %}
{% endmessage %}
{% message role="user" %}
{{ input.message }}
{% endmessage %}
"""
TOOL = """\
name: call
description: Calls a desk.
input: {type: object, properties: {desk: {type: string, enum: {$vars: desks}}}}
"""
FILES = {"sources/variables.yaml": VARIABLES, "sources/prompts/hello.prompt.j2": PROMPT, "sources/tools/call.yaml": TOOL}
# Of one tenant; every text is there once before an edit and once after it.
BEFORE = {
    "desk": "alpha-One bravo", "desks": '["chArlie \\"delta\\"", "écho-Straße"]', "map": "{foxtrot-key: golf-value}", "number": "4711",
    "note": '"see ${desk}"', "rule": "Ask ${desk} first, at hotel-line.",
}  # fmt: skip
AFTER = {
    "desk": "india-Two juliett", "desks": '["kIlo \\"lima\\"", "mañana-Größe"]', "map": "{november-key: oscar-value}", "number": "8912",
    "note": '"look at ${desk}"', "rule": "Ask ${desk} later.",
}  # fmt: skip
SECRETS = (
    "alpha", "bravo", "charlie", "delta", "echo", "écho", "straße", "strasse", "foxtrot", "golf", "4711", "india", "juliett", "kilo",
    "lima", "mañana", "größe", "grösse", "november", "oscar", "8912",
)  # fmt: skip


def overlay(values: dict[str, str]) -> str:
    lines = [f"  {name}: {value}" for name, value in values.items() if name != "rule"]
    rule = f"prompts: {{hello: {{blocks: {{rules: !append '{values['rule']}'}}}}}}\n" if "rule" in values else ""
    return "variables:\n  product: Acme Care\n" + "\n".join(lines) + f"\n{rule}"


@pytest.fixture(scope="module")
def built(built_once: Path) -> Path:
    """A project whose prompt prints confidential values in every way, built twice."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        trusting(monkeypatch)
        found = hello(built_once / "project", {**FILES, "tenants/acme.yaml": overlay(BEFORE)})
        result = run(found)
        assert result.published, result.findings
        write(found, {"tenants/globex.yaml": "variables: {product: Globex}\n"})
        run(found)
    return found


@pytest.fixture
def folder(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it."""
    trusting(monkeypatch)
    return Path(shutil.copytree(built, tmp_path / "project"))


def groups(folder: Path, *, reveal: bool = False) -> tuple[Group, ...]:
    """What a turn of a watch shows."""
    request = BuildRequest(str(folder), jobs=1)
    with opened_whole(look(folder), request, lambda *_: None) as whole:
        result = run_whole(whole, request, 0.0)
        assert result.published, result.findings
        return compiled_difference(whole, result.changes or (), reveal=reveal)[0]


def groups_after(folder: Path, files: dict[str, str], *, reveal: bool = False) -> tuple[Group, ...]:
    write(folder, files)
    return groups(folder, reveal=reveal)


def shown(found: tuple[Group, ...]) -> list[str]:
    return [f"{sign} {line}" for group in found for hunk in group.hunks for sign, line in hunk.lines]


def leaks(lines: list[str]) -> set[str]:
    return {secret for secret in SECRETS for line in lines if secret.casefold() in line.casefold()}


MADE_OF_IT = """\
{{ vars.desk | default("none") | reverse }}
{{ vars.desk[:4] }} and {{ vars.desk | replace("a", "") }}
{{ vars.desk | list | join(".") }}
{{ vars.number + 1 }} {{ vars.desk | length }} {{ vars.desk | truncate(7) }}
{% if vars.desk == "alpha-One bravo" %}
The first desk.
{% endif %}

{% for key, value in vars.map | items %}
{{ key | reverse }}
{% endfor %}
"""
DERIVED = ("ovarb", "alph", "lph-one", "a.l.p", "4712", " 15 ", "the first", "yek-", "ttei", "indi", "i.n.d", "8913", "rebm")


def test_what_a_template_makes_of_a_value_is_not_shown(folder: Path) -> None:
    """Parts of it, its letters in another order, numbers computed from it, and branches that it takes."""
    prompt = PROMPT.replace("{{ vars.note }}", f"{{{{ vars.note }}}}\n{MADE_OF_IT}")
    write(folder, {"sources/prompts/hello.prompt.j2": prompt})
    lines = shown(groups(folder))
    assert not [word for word in DERIVED for line in lines if word in line.lower()], lines
    assert "+ {confidential}" in lines
    revealed = " ".join(shown(groups_after(folder, {"tenants/acme.yaml": overlay(AFTER)}, reveal=True))).lower()
    assert all(word in revealed for word in DERIVED[:5])
    write(folder, {"tenants/acme.yaml": overlay(BEFORE).replace("Acme Care", "Acme Two")})
    lines = shown(groups(folder))
    assert "+ You answer for Acme Two." in lines
    assert not [word for word in DERIVED for line in lines if word in line.lower()], lines


EDITS: dict[str, dict[str, str]] = {
    "another text": {"tenants/acme.yaml": overlay(BEFORE).replace("Acme Care", "Acme Two")},
    **{f"another {name}": {"tenants/acme.yaml": overlay(BEFORE | {name: AFTER[name]})} for name in BEFORE},
    "everything": {"tenants/acme.yaml": overlay(AFTER)},
    "nothing of it left": {"tenants/acme.yaml": "variables: {product: Acme Care}\n"},
    "from a layer": {"tenants/layers/base.yaml": "variables: {desk: india-Two juliett}\n"},
    "the template beside it": {"sources/prompts/hello.prompt.j2": PROMPT.replace("Desk {{ vars.desk }}", "The desk {{ vars.desk }}")},
    "no longer declared so, and another value": {"sources/variables.yaml": VARIABLES.replace(", confidential: true", ", description: once"), "tenants/acme.yaml": overlay(AFTER)},
}


@pytest.mark.parametrize("name", EDITS)
def test_no_edit_shows_a_confidential_text(name: str, folder: Path) -> None:
    write(folder, EDITS[name])
    found = groups(folder)
    assert found, "something changed"
    # Whoever says that a value is no longer confidential may see what it is now, and not what it was.
    allowed = leaks([overlay(AFTER)]) if name == "no longer declared so, and another value" else set()
    lines = shown(found)
    assert leaks(lines) <= allowed
    assert lines or all(group.is_hidden for group in found)


def test_what_is_not_confidential_is_shown(folder: Path) -> None:
    write(folder, EDITS["another text"])
    lines = shown(groups(folder))
    assert lines[:3] == ["  ── system", "- You answer for Acme Care.", "+ You answer for Acme Two."]
    assert lines[3] == "  Desk {desk}, {desk}, {desk}, {desk}, {desk}."
    write(folder, {"tenants/acme.yaml": overlay(BEFORE | {"rule": "Ask ${desk} later."})})
    assert not leaks(shown(groups(folder)))


def test_that_only_a_confidential_value_changed_is_said(folder: Path) -> None:
    write(folder, EDITS["another desk"])
    (group,) = groups(folder)
    assert (group.targets, group.hunks, group.is_hidden) == (("acme/hello",), (), True)


def test_whoever_asks_is_shown_it(folder: Path) -> None:
    write(folder, EDITS["another desk"])
    lines = shown(groups(folder, reveal=True))
    assert "- Desk alpha-One bravo, ALPHA-ONE BRAVO, alpha-one bravo, Alpha-One Bravo, Alpha-one bravo." in lines
    assert "+ Desk india-Two juliett, INDIA-TWO JULIETT, india-two juliett, India-Two Juliett, India-two juliett." in lines


def test_it_goes_on_so_turn_by_turn(folder: Path) -> None:
    """What was covered before an edit is that of the build before, and not of the one before that."""
    for number in range(4):
        write(folder, {"tenants/layers/base.yaml": f"variables: {{desk: secret-{number}, note: note-{number}}}\n"})
        found = groups(folder)
        lines = shown(found)
        assert not [line for line in lines if "secret" in line.casefold()]
        assert number == 0 or f"+ note-{number}" in lines
    (group,) = (group for group in found if "globex/hello" in group.targets)
    assert ("-", "note-2") in group.hunks[0].lines


# What is not known is not shown


@pytest.mark.parametrize("confidential", [True, False])
def test_what_a_text_held_before_is_known(folder: Path, *, confidential: bool) -> None:
    desk = "!file desk.txt" if confidential else "alpha-One bravo"
    write(folder, {"tenants/desk.txt": "hotel-line\n", "tenants/note.txt": "a note\n"})
    write(folder, {"tenants/acme.yaml": f"variables:\n  product: Acme\n  desk: {desk}\n  note: !file note.txt\n"})
    groups(folder)
    write(folder, {"tenants/desk.txt": "other-line\n", "tenants/note.txt": "another note\n"})
    (group,) = groups(folder)
    assert not group.is_hidden
    assert [line for line in shown((group,)) if line[0] != " "] == ["- a note", "+ another note"]
    assert not leaks(shown((group,)))


def forget_overlays(folder: Path) -> None:
    database = Database(cache(folder) / "engine.db")
    assert database.write(lambda db: (db.execute("DELETE FROM overlay"), db.execute("DELETE FROM text")))
    database.close()


def test_where_the_value_before_is_not_known_nothing_is_shown(folder: Path) -> None:
    forget_overlays(folder)
    write(folder, EDITS["everything"])
    (group,) = groups(folder)
    assert (group.count, group.hunks, group.is_hidden) == (1, (), True)


def test_where_there_is_no_database_nothing_is_shown(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Database, "_open", lambda found: None)
    write(folder, EDITS["everything"])
    (group,) = groups(folder)
    assert (group.hunks, group.is_hidden) == ((), True)


def test_where_nothing_is_confidential_all_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trusting(monkeypatch)
    folder = hello(tmp_path / "project")
    run(folder)
    forget_overlays(folder)
    write(folder, {"tenants/acme.yaml": "variables: {product: Acme Two}\n"})
    assert "+ You answer for Acme Two in a neutral tone." in shown(groups(folder))


def test_after_another_toolchain(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    identity = toolchain.identity()
    monkeypatch.setattr(toolchain, "state", lambda: "another")
    monkeypatch.setattr(toolchain, "identity", lambda: identity.replace("jinja2 ", "jinja2 9"))
    write(folder, EDITS["another text"])
    lines = shown(groups(folder))
    assert "+ You answer for Acme Two." in lines
    assert not leaks(lines)


# Covering

TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=2, max_size=8).filter(lambda text: len(text.strip()) >= 2)


class Tenant:
    """As much of a tenant as masking asks for."""

    def __init__(self, **values: Any) -> None:
        self.variables = values
        self.confidential = frozenset(values)
        self.prompts: dict[str, Any] = {}


def masks(**values: Any) -> Masks:
    texts = confidential_texts(Tenant(**values))  # type: ignore[arg-type]
    return Masks(tuple(sorted(texts.items(), key=lambda item: -len(item[0]))))


@given(TEXTS, st.text(max_size=5), st.text(max_size=5))
def test_a_text_is_covered_wherever_it_stands(secret: str, before: str, after: str) -> None:
    covering = masks(a=secret)
    stripped = secret.strip()
    for text in (stripped, stripped.upper(), stripped.lower()):
        line = covering.cover(f"{before}{text}{after}")
        assert "{a}" in line
        rest = line.replace("{a}", "")
        assert text not in rest or text in f"{before}{after}"


def parts() -> Iterator[Any]:
    yield "one line", ["one line"], ["x ONE LINE y"]
    yield "first\n  second line\n", ["first", "second line"], ["first second line"]
    yield ["in a list", {"key": "in a map"}], ["in a list", "in a map", "key"], ["in a list: in a map"]
    yield 4711, ["4711"], ["number 4711."]
    yield 0.25, ["0.25"], ["0.25 of it"]
    yield 'said "so"', ['said "so"', r"said \"so\""], [r'{"a": "said \"so\""}']
    yield "Straße", ["Straße", "STRASSE"], ["STRASSE"]


@pytest.mark.parametrize(("value", "texts", "lines"), list(parts()))
def test_every_form_of_a_value_is_covered(value: Any, texts: list[str], lines: list[str]) -> None:
    covering = masks(secret=value)
    for text in texts:
        assert covering.cover(f"<{text}>") == "<{secret}>"
    for line in lines:
        assert "{secret}" in covering.cover(line)


def test_what_is_too_short_stands_everywhere_and_is_not_covered() -> None:
    covering = masks(a="x", b=7, c=True, d=None, e="", f=" \n ")
    assert covering.texts == ()
    assert covering.cover("x 7 True") == "x 7 True"


def test_the_longer_text_is_covered_first_and_covers_are_not_covered_again() -> None:
    covering = masks(api="key", api_key="key-of-api")
    assert covering.cover("key-of-api, key, API") == "{api_key}, {api}, API"
    assert masks(a="confidential", confidential="aa").cover("aa confidential") == "{confidential} {a}"
    assert Masks().cover("as it is") == "as it is"
    assert HIDDEN == "confidential"


# Elsewhere


def test_a_refusal_shows_no_value(folder: Path) -> None:
    write(folder, {"tenants/acme.yaml": overlay(BEFORE).replace("4711", "many")})
    request = BuildRequest(str(folder), jobs=1)
    with opened_whole(look(folder), request, lambda *_: None) as whole:
        found = run_whole(whole, request, 0.0).findings
    assert "O002" in {finding.code for finding in found}
    assert not leaks([f"{finding.message} {finding.hint}" for finding in found])
