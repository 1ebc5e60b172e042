"""Markers: one in each of a thousand tenants, and none where another tenant or nobody would see it."""

from __future__ import annotations

import json
import re
import sqlite3
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from promptc.driver.markers import search
from promptc.driver.planting import marker_of, plant
from promptc.driver.schema import schema
from tests.checks.test_corpus import DEFAULTS
from tests.stories.story import Stage, Step

COUNT = 1_000
MARKER = re.compile(r"pmk[0-9a-f]{20}")
PROMPT = """---
model: main
inputs:
  message: {type: string}
overridable: {blocks: {rules: append, greeting: replace}}
---
{% message role="system" %}
You answer customers of {{ vars.product }}.
{% block greeting %}
Greet the customer.
{% endblock %}
{% if "Care" in vars.product %}
Be careful.
{% endif %}
{% block rules %}{% endblock %}
{% endmessage %}
{% message role="user" %}
{{ input.message }}
{% endmessage %}
"""


def tenant(number: int) -> dict[str, object]:
    made: dict[str, object] = {"title": f"Firm {number}", "variables": {"product": f"Product {number}" + " Care" * (number % 2)}}
    if not number % 3:
        made["prompts"] = {"reply": {"blocks": {"rules": f"Rule {number}."}}}
    if not number % 7:
        made["prompts"] = {"reply": {"blocks": {"greeting": f"Say hello {number}."}}}
    return made


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """A project of a thousand tenants, planted."""
    top = tmp_path_factory.mktemp("markers")
    files = {**DEFAULTS, "sources/prompts/reply.prompt.j2": PROMPT, "tenants/acme.yaml": None}
    files |= {f"tenants/t{n}.yaml": json.dumps(tenant(n)) for n in range(COUNT // 10)}
    lines = [json.dumps({"id": f"t{n}", **tenant(n)}) for n in range(COUNT // 10, COUNT)]
    files["tenants/signups.jsonl"] = "\n".join(lines) + "\n"
    for path, text in files.items():
        if text is not None:
            (top / "plain" / path).parent.mkdir(parents=True, exist_ok=True)
            (top / "plain" / path).write_text(text)
    done = plant(str(top / "plain"), str(top / "planted"))
    assert (done.tenants, done.bare) == (COUNT, ())
    jsonschema.validate(json.loads((top / "planted" / "markers.json").read_text()), schema("markers", ""))
    return Stage(top / "planted")


def run(stage: Stage, command: str) -> str:
    printed = stage.play(Step("$", command))
    assert printed is not None
    return "\n".join(printed.out + printed.err)


def test_a_marker_in_each_of_a_thousand_tenants_reaches_nobody_else(planted: Stage, tmp_path: Path) -> None:
    logs: dict[str, str] = {"build": run(planted, "promptc build")}
    first = search([str(planted.folder)])
    assert (first.artifacts, first.markers, first.foreign) == (COUNT, COUNT, ())
    # An edit of what all share is compiled from warm caches, and reviewed.
    prompt = planted.folder / "sources/prompts/reply.prompt.j2"
    prompt.write_text(PROMPT.replace("Greet the customer.", "Greet them by name."))
    logs["diff"] = run(planted, "promptc diff")
    logs["diff-html"] = run(planted, "promptc diff --format html")
    logs["diff-json"] = run(planted, "promptc diff --format json")
    logs["again"] = run(planted, "promptc build")
    logs["check"] = run(planted, "promptc check")
    logs["list"] = run(planted, "promptc list --format json")
    assert search([str(planted.folder)]).foreign == ()
    # Builds that are broken on purpose, in a tenant's file and in what all share.
    own = planted.folder / "tenants" / "t3.yaml"
    kept = own.read_text()
    for name, text in {"key": kept + "\nnonsense: 1\n", "yaml": kept + "\n\t- [", "block": kept.replace("rules", "ruler")}.items():
        own.write_text(text)
        logs[f"broken-{name}"] = run(planted, "promptc build")
    own.write_text(kept)
    prompt.write_text(PROMPT.replace("vars.product", "vars.produkt"))
    logs["broken-template"] = run(planted, "promptc build")
    prompt.write_text(PROMPT)
    for name, text in logs.items():
        (tmp_path / f"{name}.log").write_text(text)
    assert all(len(text) > 20 for text in logs.values())
    assert search([str(planted.folder), str(tmp_path)]).foreign == ()


def test_nothing_that_is_remembered_holds_the_texts_of_two_tenants(planted: Stage) -> None:
    run(planted, "promptc build")
    database = sqlite3.connect(planted.folder / "build" / "cache" / "engine.db")
    tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    rows = [(table, markers_in(row)) for table in tables for row in database.execute(f"SELECT * FROM {table}")]
    database.close()
    assert len({table for table, found in rows if found}) >= 2, "markers are remembered, as part of what was asked"
    assert [table for table, found in rows if len(found) > 1] == []


def markers_in(row: tuple[Any, ...]) -> set[str]:
    found: set[str] = set()
    for value in row:
        data = value if isinstance(value, bytes) else str(value).encode()
        with suppress(zlib.error):
            data = zlib.decompress(data)
        found.update(MARKER.findall(data.decode("latin-1")))
    return found


def test_a_foreign_marker_is_found_wherever_it_stands(planted: Stage, tmp_path: Path) -> None:
    other = planted.folder / "tenants" / "t5.yaml"
    kept = other.read_text()
    other.write_text(kept.replace("Product 5", f"Product 5 {marker_of('t8').upper()}"))
    run(planted, "promptc build")
    # Across the bounds of what is read at a time, in a file that is nobody's, and in the tenant's own folder.
    (tmp_path / "desk.log").write_text("x" * ((1 << 20) - 10) + marker_of("t9") + "\n\n" + marker_of("t10"))
    (tmp_path / "t9").mkdir()
    (tmp_path / "t9" / "page.html").write_text(marker_of("t9"))
    found = {(one.where, one.line, one.owner) for one in search([str(planted.folder), str(tmp_path)]).foreign}
    other.write_text(kept)
    assert found == {("t5/reply", 0, "t8"), ("desk.log", 1, "t9"), ("desk.log", 3, "t10")}
