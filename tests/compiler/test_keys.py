"""Keys: everything that can change a render changes its key, and what can't does not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import pytest

from promptc.compiler.keys import Static, key_of_static, static_of
from promptc.compiler.project import Template
from promptc.compiler.template.templates import Templates
from promptc.core.findings import Place
from tests.compiler.world import project_of, prompt

FILES: Mapping[str, str | bytes] = {
    "p": '---\nmodel: main\ninputs: {q: {type: object, properties: {a: {type: string}, b: {type: string}}}, r: {type: string}}\n---\n{{ vars.a }}{{ input.q.a }}{% include "fragments/f.j2" %}\n',
    "v": json.dumps({name: {"type": "string", "default": "d"} for name in ("a", "b", "unread")}),
    "sources/fragments/f.j2": "{{ vars.b }}{{ 'x' | upper }}\n",
    "sources/fragments/f.ko.j2": "{{ vars.b }}\n",
    "sources/fragments/other.j2": "Nobody includes this.\n",
    "sources/prompts/other.prompt.j2": prompt("{{ vars.unread }}"),
    "t": "title: T\n",
}


def static(files: Mapping[str, str | bytes], locale: str = "en", toolchain: str = "t") -> Static:
    project = project_of(files)
    return static_of(Templates(project), project.prompts["p"], locale, toolchain)


def key(files: Mapping[str, str | bytes], locale: str = "en", toolchain: str = "t") -> str:
    return key_of_static(static(files, locale, toolchain))


def edited(path: str, old: str, new: str) -> dict[str, str | bytes]:
    text = str(FILES[path])
    assert old in text
    return {**FILES, path: text.replace(old, new)}


@pytest.mark.parametrize(
    "files",
    [
        edited("p", "{{ vars.a }}", "{{ vars.b }}"),  # the prompt's text
        edited("sources/fragments/f.j2", "upper", "lower"),  # a fragment's
        edited("sources/fragments/f.ko.j2", "{{ vars.b }}", "x"),  # a stand-in's
        edited("p", "model: main\n", "model: main\ndescription: |\n  one\n  two\n"),  # lines, which findings tell
        edited("p", "r: {type: string}", "r: {type: integer}"),  # the type of an input
        edited("p", "a: {type: string}, b: {type: string}", "b: {type: string}, a: {type: string}"),  # hints show the first
        edited("p", ", r: {type: string}", ""),  # hints name those that are near
        edited("v", '"b": {"type": "string"', '"b": {"maxLength": 9, "type": "string"'),  # the schema of a variable that is read
        {**FILES, "sources/fragments/f.pt.j2": "x\n"},  # one more stand-in
        {path: text for path, text in FILES.items() if path != "sources/fragments/f.ko.j2"},  # one less
    ],
    ids=range(10),
)  # fmt: skip
def test_what_can_change_a_render_changes_its_key(files: Mapping[str, str | bytes]) -> None:
    assert key(files) != key(FILES)


def test_locales_and_toolchains_are_in_the_key() -> None:
    assert len({key(FILES), key(FILES, "ko"), key(FILES, "en", "u"), key(FILES, "")}) == 4


@pytest.mark.parametrize(
    "files",
    [
        edited("sources/fragments/other.j2", "Nobody", "Nobody at all"),
        edited("sources/prompts/other.prompt.j2", "unread", "a"),
        edited("v", '"unread": {"type": "string"', '"unread": {"maxLength": 9, "type": "string"'),
        {**FILES, "v": str(FILES["v"]).replace("{", '{"new": {"type": "string"}, ', 1)},
        edited("p", "model: main\n", "model: other\n"),  # a root, which is asked for and not hashed
        edited("t", "title: T", "title: U"),
    ],
    ids=range(6),
)
def test_what_cant_change_a_render_leaves_its_key(files: Mapping[str, str | bytes]) -> None:
    assert key(files) == key(FILES)


@pytest.mark.parametrize("use", ["{{ vars[vars.a] }}", "{% set v = vars %}{{ v.a }}", "{% for k in vars %}{{ k }}{% endfor %}", "{{ vars | length }}", "{% macro m(v) %}{{ v.a }}{% endmacro %}{{ m(vars) }}", "{% if 'a' in vars %}x{% endif %}", "{{ vars | attr('a') }}", "{% with v = vars %}{{ v.a }}{% endwith %}", "{{ [vars][0].a }}", "{{ (vars).a }}{{ vars['a' ~ ''] }}"])  # fmt: skip
def test_where_any_variable_may_be_read_all_are_in_the_key(use: str) -> None:
    base = {**FILES, "sources/fragments/f.j2": use + "\n"}
    changed = str(FILES["v"]).replace('"unread": {"type": "string"', '"unread": {"maxLength": 9, "type": "string"')
    more = str(FILES["v"]).replace("{", '{"new": {"type": "string"}, ', 1)
    assert len({key(base), key({**base, "v": changed}), key({**base, "v": more})}) == 3


@pytest.mark.parametrize("use", ["{{ vars.a }}", "{{ vars['a'] }}", "{{ vars.a[0] }}", "{% for x in vars.a %}{{ x }}{% endfor %}", "{{ vars['a'] | upper ~ vars.a }}"])
def test_a_variable_by_its_name_is_one(use: str) -> None:
    base = {**FILES, "sources/fragments/f.j2": use + "\n"}
    assert set(static(base).variables) == {"a", "b"}  # b by the stand-in


def test_every_field_is_hashed() -> None:
    base = static(FILES)
    other: dict[str, Any] = {
        "toolchain": "u", "prompt": "q", "path": "prompts/q.prompt.j2", "place": Place("sources/prompts/p.prompt.j2", 2), "locale": "de",
        "is_whole": False, "inputs": {}, "variables": {}, "templates": {}, "stands_for": {},
    }  # fmt: skip
    assert other.keys() == {part.name for part in fields(Static)}
    keys = {key_of_static(replace(base, **{name: value})) for name, value in other.items()}
    assert len({key_of_static(base), *keys}) == len(other) + 1
    path, template = next(iter(base.templates.items()))
    changes: dict[str, Any] = {"path": "x", "file": "x", "text": "x", "line_offset": 7, "against": "0" * 16}
    assert changes.keys() == {part.name for part in fields(Template)}
    for name, value in changes.items():
        changed = replace(base, templates={**base.templates, path: replace(template, **{name: value})})
        assert key_of_static(changed) != key_of_static(base)


def test_values_that_python_takes_for_equal_have_different_keys() -> None:
    base = static(FILES)
    keys = {key_of_static(replace(base, inputs={"q": {"default": value}})) for value in (1, 1.0, True, "1", None, [1], {"a": 1})}
    assert len(keys) == 7


def test_a_render_reads_no_template_beside_those_in_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    from promptc.compiler.render import render

    project = project_of(FILES)
    templates = Templates(project)
    given = static_of(templates, project.prompts["p"], "")
    roots = {"vars": {"a": "A", "b": "B"}, "tenant": {"labels": {}}, "tools": {}, "model": {}}
    assert render(templates.environment, given, roots).shape is not None
    short = replace(given, templates={"prompts/p.prompt.j2": given.templates["prompts/p.prompt.j2"]})
    with pytest.raises(AssertionError, match="is not among the templates"):
        render(templates.environment, short, roots)
