"""Mangled projects: whatever is done to the sources, no command shows a traceback or takes long."""

from __future__ import annotations

import os
import random
import shutil
import time
from pathlib import Path

import pytest

from promptc.cli import main

# What people leave behind when an edit goes wrong, and what means something at another place.
PIECES = """\
{% block x %} | {% endblock %} | {{ vars.nope }} | {{ input.message }} | {{ super() }} | {{ caller() }} | {{ loop.index }} |
!append | !unset | !remove [a] | !replace | ${product} | ${x.y} | "*": | null | [] | {} | : | --- | - |
{% message role="user" %} | {% endmessage %} | {% include "fragments/safety.j2" %} | {% extends "prompts/reply.prompt.j2" %} |
{% for x in input.message %} | {% endfor %} | {% if input.customer_name %} | {% endif %} | {% set a = 1 %} | {% history %} |
{% cache %} | 1e999 | $vars | {{ self.x() }} | | xml | type: | enum: | default: | against: | text: | \u202e | \xa0 | \x00
""".split("|")
LINES = [
    "final: [variables.tone]\n",
    "extends: [acme]\n",
    "labels: 3\n",
    "locale: xx\n",
    "prompts: {reply: {enabled: false}}\n",
]
COMMANDS = [
    ["check"], ["list"], ["graph"], ["build", "--keep-going"], ["explain", "acme", "tone"],
    ["explain", "acme/reply", "prompts.reply.blocks.rules"], ["schema", "tenant"], ["rebase"], ["rebase", "--accept"],
    ["show", "acme/reply"], ["show", "acme/reply", "--origins"], ["show", "acme/reply", "--case", "refund"],
    ["show", "acme/reply", "--case", "refund", "--format", "gemini"], ["override", "acme/reply", "rules", "--text", "hi"],
    ["override", "globex/reply", "greeting"], ["new", "tenant", "zed", "--set", "product=Z"],
    ["check", "acme", "--format", "json"], ["graph", "--from", "sources/fragments/safety.j2"],
    ["build", "label:plan=enterprise"], ["check", "globex", "--exclude", "prompt:reply"],
]  # fmt: skip


def mangled(text: bytes, others: list[bytes], chance: random.Random) -> bytes:
    at = chance.randrange(len(text) + 1)
    lines = text.split(b"\n")
    line = chance.randrange(len(lines))
    other = chance.choice(others)
    ways = [
        lambda: text[:at] + chance.choice(PIECES).strip().encode() + text[at:],
        lambda: text[:at] + chance.choice(PIECES).encode() + b" " + text[at:],
        lambda: chance.choice(LINES).encode() + text,
        lambda: text[:at] + text[at + chance.randrange(1, 30) :],
        lambda: b"\n".join([*lines[:line], *lines[line + 1 :]]),
        lambda: b"\n".join([*lines[: line + 1], *lines[line:]]),
        lambda: text[:at] + bytes([chance.randrange(256)]) + text[at:],
        lambda: text[:at] + other[: chance.randrange(60)] + text[at:],
    ]
    return chance.choice(ways)()


def play(seed: int, project: Path, started: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(seed)
    shutil.rmtree(project)
    shutil.copytree(started, project)
    files = sorted(f for name in ("sources", "tenants") for f in (project / name).rglob("*") if f.is_file())
    for file in chance.choices(files, k=chance.choice([1, 1, 1, 2, 3])):
        file.write_bytes(mangled(file.read_bytes(), [f.read_bytes() for f in files], chance))
    os.chdir(project)
    for arguments in chance.sample(COMMANDS, 4):
        began = time.monotonic()
        code = main.run(list(arguments))
        err = capsys.readouterr().err
        assert code in (0, 1, 2, 3, 5, 8), f"seed {seed}, {arguments}: {code}\n{err}"
        assert code == 0 or err.strip() or arguments[0] == "rebase" or "--format" in arguments, (
            f"seed {seed}, {arguments}"
        )
        assert time.monotonic() - began < 10, f"seed {seed}, {arguments}"


def test_mangled_projects(
    project: Path, started: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(started)  # and back again when the test is over
    first = random.randrange(2**32)
    for seed in range(first, first + 60):
        play(seed, project, started, capsys)


@pytest.mark.nightly
def test_many_mangled_projects(
    project: Path, started: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(started)  # and back again when the test is over
    first = random.randrange(2**32)
    for seed in range(first, first + 5000):
        play(seed, project, started, capsys)
