"""Accounts: names, rules and ids of many tenants held against each other, after any edits as if for the first time."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from promptc.checks.marks import marks_in, marks_sought
from promptc.driver.build import BuildRequest, build
from promptc.driver.checking import CheckRequest, check
from promptc.driver.checking.accounts import FILE, Accounts
from promptc.driver.checking.remembered import Damaged

TENANTS = ("acme", "globex", "hooli", "initech", "umbra", "zenit")
NAMES = ("Zorbly", "Harbor Vale", "Quiet Lake House", "Vale of Harbor", "Zorbly Care GmbH", "Kvarn", "Årstid")
SENTENCES = ("Be brief.", "Do as {} does.", "Offer what {} offers,\nand no more.", "ZORBLY is no word.", "Ask for TKT-{}.", "Say {}-4711 to nobody.", "Of {}_care-4711 say nothing.")
SOURCES = {
    "promptc.toml": 'identifiers = ["TKT-[0-9]{3}", "(?P<tenant>[a-z_]+)-[0-9]{4}"]\n',
    "sources/models.yaml": "main: {provider: openai, name: gpt-4.1, window: 128000}\n",
    "sources/variables.yaml": "product: {type: string, default: Thing}\nnote: {type: string, confidential: true, default: none}\n",
    "sources/rules.yaml": '"label:plan=free": {lacks: Kvarn}\n"tenant:z*": {contains: Vale}\n',
    "sources/prompts/reply.prompt.j2": (
        "---\nmodel: main\ninputs:\n  message: {type: string}\noverridable: {blocks: {rules: append}}\n---\n"
        '{% message role="system" %}\nYou answer customers of {{ vars.product }}.\n{% block rules %}{% endblock %}\n'
        '{% endmessage %}\n{% message role="user" %}\n{{ input.message }}\n{% endmessage %}\n'
    ),
    "sources/prompts/sum.prompt.j2": (
        "---\nmodel: main\noverridable: {blocks: {rules: append}}\n---\nIn short, for {{ vars.product }}: {% block rules %}nothing{% endblock %}\n"
    ),
}


def overlay(chance: random.Random, name: str) -> str:
    """A tenant that is called something and may speak of others."""
    document: dict[str, object] = {"variables": {}}
    if chance.random() < 0.5:
        document["title"] = chance.choice(NAMES)
    if chance.random() < 0.3:
        document["aliases"] = [f"{name}_{chance.choice(('care', 'old'))}"]
    if chance.random() < 0.5:
        document["labels"] = {"plan": chance.choice(("free", "paid"))}
    if chance.random() < 0.6:
        document["variables"] = {"product": chance.choice(NAMES)}
    if chance.random() < 0.2:
        return yaml.safe_dump(document, allow_unicode=True) + f"prompts: {{reply: {{blocks: {{rules: !file notes/{chance.choice('ab')}.md}}}}}}\n"
    if chance.random() < 0.6:
        said = chance.choice(SENTENCES).format(chance.choice((*NAMES, *TENANTS, "123")))
        document["prompts"] = {chance.choice(("reply", "sum")): {"blocks": {"rules": said}}}
    return yaml.safe_dump(document, allow_unicode=True)


def edited(root: Path, chance: random.Random) -> None:
    """One random edit: a tenant's own file, a line of sign-ups, or what all share."""
    kind = chance.choices(("tenant", "gone", "signups", "shared", "layer", "note"), (6, 1, 1, 1, 1, 2))[0]
    name = chance.choice(TENANTS)
    path = root / "tenants" / f"{name}.yaml"
    if kind == "tenant":
        path.write_text(overlay(chance, name), encoding="utf-8")
    elif kind == "gone":
        path.unlink(missing_ok=True)
    elif kind == "signups":
        lines = [f'{{"id": "s{n}", "variables": {{"product": "{chance.choice(NAMES)}"}}}}\n' for n in range(chance.randrange(3))]
        (root / "tenants/signups.jsonl").write_text("".join(lines), encoding="utf-8")
    elif kind == "note":
        note(root, chance, chance.choice("ab"))
    elif kind == "shared":
        said = chance.choice(("You answer", "You always answer", "Harbor Vale has you answer"))
        (root / "sources/prompts/reply.prompt.j2").write_text(SOURCES["sources/prompts/reply.prompt.j2"].replace("You answer", said))
    else:
        (root / "tenants/layers/base.yaml").write_text(f"variables:\n  product: {chance.choice(NAMES)}\n", encoding="utf-8")


def note(root: Path, chance: random.Random, name: str) -> None:
    """A text that some tenants read."""
    said = chance.choice(SENTENCES).format(chance.choice(NAMES))
    (root / "tenants/notes").mkdir(exist_ok=True)
    (root / f"tenants/notes/{name}.md").write_text(f"{said}\nCall +49 30 90128475.\n" if chance.random() < 0.3 else said, encoding="utf-8")


def said_of(root: Path) -> object:
    done = check(CheckRequest(str(root), today="2026-06-01", jobs=1))
    return done.findings, done.counts


def project(root: Path, chance: random.Random) -> None:
    for path, text in SOURCES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    (root / "tenants/layers").mkdir(parents=True)
    note(root, chance, "a")
    note(root, chance, "b")
    for name in TENANTS:
        (root / "tenants" / f"{name}.yaml").write_text(overlay(chance, name), encoding="utf-8")


def incremental_equals_anew(tmp_path: Path, seed: int, edits: int) -> None:
    chance = random.Random(seed)
    root, other = tmp_path / "project", tmp_path / "anew"
    project(root, chance)
    for number in range(edits):
        edited(root, chance)
        if chance.random() < 0.4:
            build(BuildRequest(str(root), jobs=1))
        shutil.rmtree(other, ignore_errors=True)
        shutil.copytree(root, other, ignore=shutil.ignore_patterns("build"))
        if chance.random() < 0.3:
            build(BuildRequest(str(other), jobs=1))
        assert said_of(root) == said_of(other), (seed, number)


@pytest.mark.parametrize("seed", range(5))
def test_what_is_said_of_names_after_edits_is_what_is_said_anew(tmp_path: Path, seed: int) -> None:
    incremental_equals_anew(tmp_path, seed, 14)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(100, 300))
def test_what_is_said_of_names_after_many_edits_is_what_is_said_anew(tmp_path: Path, seed: int) -> None:
    incremental_equals_anew(tmp_path, seed, 40)


def test_edits_of_the_law_bring_leaks_of_each_kind(tmp_path: Path) -> None:
    """The law above would prove nothing of findings that never come."""
    seen: set[str] = set()
    for seed in range(12):
        chance = random.Random(seed)
        project(tmp_path / str(seed), chance)
        for _ in range(6):
            edited(tmp_path / str(seed), chance)
        seen |= {finding.code for finding in check(CheckRequest(str(tmp_path / str(seed)), jobs=1)).findings}
    assert {"W601", "W613", "W614"} <= seen


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "short": lambda data: data[: len(data) // 2],
    "another word": lambda data: data.replace(b"zorbly", b"zorbla"),
    "no database": lambda _: b"not a database, by any means" * 500,
}


@pytest.mark.parametrize("how", DAMAGE)
def test_damaged_accounts_are_a_miss(tmp_path: Path, how: str) -> None:
    root = tmp_path / "project"
    project(root, random.Random(3))
    (root / "tenants/acme.yaml").write_text("title: Zorbly\n")
    build(BuildRequest(str(root), jobs=1))
    said_of(root)
    path = root / "build/cache" / FILE
    data = path.read_bytes()
    assert b"zorbly" in data
    path.write_bytes(DAMAGE[how](data))
    (root / "tenants/hooli.yaml").write_text("prompts: {reply: {blocks: {rules: Zorbly is best.}}}\n")
    done = check(CheckRequest(str(root), jobs=1))
    assert any(finding.code == "W614" and finding.targets == ("hooli/reply",) for finding in done.findings)


def test_a_row_that_is_not_what_was_written_is_no_answer(tmp_path: Path) -> None:
    import sqlite3

    root = tmp_path / "project"
    project(root, random.Random(3))
    build(BuildRequest(str(root), jobs=1))
    said_of(root)
    cache = root / "build/cache"
    with sqlite3.connect(cache / FILE) as db:
        db.execute("UPDATE account SET marks = x'00000000' WHERE tenant = 'acme'")
    kept = Accounts(cache)
    assert kept.generation() == ""  # somebody touched the file
    with pytest.raises(Damaged):
        kept.of("acme")


def test_marks_that_are_sought_are_among_those_of_every_text_that_holds_it() -> None:
    text = " offer what harbor vale offers | and quiet lake house "
    for words in (" harbor vale ", " quiet lake house ", " and ", " offers "):
        assert marks_sought(words) <= set(marks_in(text))
    for words in (" offers and ", " lake quiet ", " hou "):
        assert not marks_sought(words) <= set(marks_in(text))


def test_a_selection_is_held_against_rules_and_among_itself(tmp_path: Path) -> None:
    root = tmp_path / "project"
    project(root, random.Random(1))
    (root / "tenants/layers/initech.yaml").write_text("variables: {product: Kvarn}\n")
    (root / "tenants/hooli.yaml").write_text("extends: [initech]\nlabels: {plan: free}\n")
    (root / "tenants/umbra.yaml").write_text("title: Kvarn Mill\n")
    (root / "tenants/globex.yaml").write_text("prompts: {reply: {blocks: {rules: As in Kvarn Mill.}}}\n")

    def codes(*select: str) -> set[str]:
        return {finding.code for finding in check(CheckRequest(str(root), select, jobs=1)).findings} & {"W601", "W602", "W611", "W614"}

    assert codes("hooli") == {"W601", "W611"}
    assert codes("globex") == set()
    assert codes("globex", "umbra") == {"W614"}
    assert {"W601", "W611", "W614"} <= codes()
