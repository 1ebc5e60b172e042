"""Projects to measure with: tenants × prompts, and how many of the prompts print or inspect a tenant's own values.

    python benchmarks/projects.py FOLDER [--tenants N] [--prompts N] [--printing N] [--inspecting N] [--form yaml|jsonl]

Seeded: the same arguments write the same bytes. Each prompt is some 2.6 KB in six files (five includes, three loops,
nine conditions, two dozen printed expressions) and comes to some 2 KB of text. A tenant sets eleven values of its own
over a chain of four layers, one of 72 combinations. Templates are plain Jinja, so that the plain script reads the very
same files.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

INDUSTRIES = ("healthcare", "legal", "retail", "finance", "travel", "software")
PLANS = ("free", "pro", "enterprise")
REGIONS = ("us", "eu", "apac", "latam")
WORDS = (
    "account answer balance before billing brief careful case claim clear confirm contact customer delivery detail "
    "document early escalate exact explain failure feature figure follow guide handle invoice issue limit manager "
    "message notice offer order outcome owner partner payment period plan policy precise product promise question "
    "reason refund region reply report request result review rule safe service short source state step subject team "
    "tenant term ticket total transfer update value verify window"
).split()
JSONL_LINES_MAX = 3_000


@dataclass(frozen=True, slots=True)
class Size:
    """What to write. `printing` and `inspecting` are numbers of prompts; the rest read what layers give alone."""

    tenants: int = 10_000
    prompts: int = 10
    printing: int = 3
    inspecting: int = 0
    form: str = "yaml"
    seed: int = 1


def write_project(folder: Path, size: Size) -> None:
    """Write a whole project into an empty folder."""
    chance = random.Random(size.seed)
    write(folder / "promptc.toml", 'base = ["base"]\n')
    write(folder / "sources/variables.yaml", VARIABLES)
    write(folder / "sources/models.yaml", "main: {provider: anthropic, name: claude-sonnet-4-5, window: 200000}\n")
    for name, text in FRAGMENTS.items():
        write(folder / f"sources/fragments/{name}.j2", text.replace("@FILLER@", sentences(chance, 2)))
    for number in range(size.prompts):
        kind = (
            "prints" if number < size.printing else "inspects" if number < size.printing + size.inspecting else "shares"
        )
        write(folder / f"sources/prompts/p{number:02}.prompt.j2", prompt(number, kind, chance))
    for name, text in layers(chance):
        write(folder / f"tenants/layers/{name}.yaml", text)
    if size.form == "yaml":
        for number in range(size.tenants):
            tenant = tenant_of(number, size.seed)
            write(folder / f"tenants/{number // 1000:03}/{tenant['id']}.yaml", tenant_yaml(tenant))
    else:
        for start in range(0, size.tenants, JSONL_LINES_MAX):
            numbers = range(start, min(start + JSONL_LINES_MAX, size.tenants))
            lines = "".join(json.dumps(tenant_of(number, size.seed)) + "\n" for number in numbers)
            write(folder / f"tenants/t{start // JSONL_LINES_MAX:04}.jsonl", lines)


def write(path: Path, text: str) -> None:
    """Write a file, with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def sentences(chance: random.Random, count: int) -> str:
    """Text that stands for an author's."""
    made = (" ".join(chance.choices(WORDS, k=chance.randint(8, 14))).capitalize() + "." for _ in range(count))
    return " ".join(made)


def tenant_of(number: int, seed: int) -> dict[str, Any]:
    """One tenant's overlay as data."""
    chance = random.Random(f"{seed}/{number}")
    tenant = f"tenant-{number:06}"
    name = f"{chance.choice(WORDS).capitalize()} {chance.choice(WORDS).capitalize()} {number}"
    variables: dict[str, Any] = {
        "product": f"{name} Care",
        "company": f"{name} Ltd",
        "site": f"https://{tenant}.example",
        "contact": f"support@{tenant}.example",
        "hours": f"{chance.randint(6, 10)}:00-{chance.randint(16, 22)}:00",
        "signature": f"The {name} team",
        "account": f"AC-{number:08}",
        "motto": sentences(chance, 1),
        "quota": number,
        "products": [f"{chance.choice(WORDS)}-{number}-{index}" for index in range(3)],
        "banned_words": [chance.choice(WORDS)],
    }
    labels = {"plan": PLANS[number % 3], "owner": f"team-{number % 9}"}
    extends = [
        f"industry/{INDUSTRIES[number % 6]}",
        f"plan/{PLANS[number // 6 % 3]}",
        f"region/{REGIONS[number // 18 % 4]}",
    ]
    return {
        "id": tenant, "extends": extends, "title": name, "aliases": [f"org_{number:09}"], "labels": labels,
        "variables": variables,
    }  # fmt: skip


def tenant_yaml(tenant: dict[str, Any]) -> str:
    """The same as a person would write it."""
    lines = [
        f"extends: [{', '.join(tenant['extends'])}]",
        f"title: {tenant['title']}",
        f"aliases: [{tenant['aliases'][0]}]",
        "labels: {" + ", ".join(f"{key}: {value}" for key, value in tenant["labels"].items()) + "}",
        "variables:",
    ]
    for key, value in tenant["variables"].items():
        shown = f"[{', '.join(value)}]" if isinstance(value, list) else f'"{value}"' if key == "hours" else value
        lines.append(f"  {key}: {shown}")
    return "\n".join(lines) + "\n"


def layers(chance: random.Random) -> Iterator[tuple[str, str]]:
    """The layers by name."""
    yield "base", "variables:\n  tone: neutral\n  banned_words: [guarantee]\n  release: r1\n"
    for name in INDUSTRIES:
        rules = "".join(f"    - {sentences(chance, 1)}\n" for _ in range(3))
        strict = str(name in ("healthcare", "legal")).lower()
        yield (
            f"industry/{name}",
            f"variables:\n  domain: {name}\n  rules:\n{rules}  strict: {strict}\n",
        )
    for index, name in enumerate(PLANS):
        yield (
            f"plan/{name}",
            f"variables:\n  level: {index}\n  channels: [{', '.join(('mail', 'chat', 'phone')[: index + 1])}]\n",
        )
    for name in REGIONS:
        yield (
            f"region/{name}",
            f"labels: {{region: {name}}}\nvariables:\n  region: {name}\n  law: {sentences(chance, 1)}\n",
        )


def prompt(number: int, kind: str, chance: random.Random) -> str:
    """One prompt: shared parts, and what it does with a tenant's own values."""
    own = {"prints": PRINTS, "inspects": INSPECTS, "shares": ""}[kind]
    release = "Release {{ vars.release }}.\n" if number == 0 else ""
    text = PROMPT.replace("@NUMBER@", f"{number:02}").replace("@OWN@", own).replace("@RELEASE@", release)
    return text.replace("@FILLER@", sentences(chance, 3))


VARIABLES = """\
product:      {type: string, required: true}
company:      {type: string, required: true}
site:         {type: string}
contact:      {type: string}
hours:        {type: string}
signature:    {type: string}
account:      {type: string}
motto:        {type: string, default: ""}
quota:        {type: integer, default: 0}
products:     {type: array, items: {type: string}, default: []}
banned_words: {type: array, items: {type: string}, default: [], merge: unique}
tone:         {type: string, enum: [neutral, warm, formal], default: neutral}
release:      {type: string, default: r0}
domain:       {type: string, default: general}
rules:        {type: array, items: {type: string}, default: []}
strict:       {type: boolean, default: false}
level:        {type: integer, default: 0}
channels:     {type: array, items: {type: string}, default: []}
region:       {type: string, default: us}
law:          {type: string, default: ""}
"""
PROMPT = """\
---
description: Prompt @NUMBER@ of a benchmark.
owner: team-bench
model: main
config: {temperature: 0.2, max_tokens: 800}
inputs:
  message: {type: string}
  name:    {type: string}
---
You answer for a {{ vars.domain }} business in {{ vars.region | upper }}, prompt @NUMBER@.
@RELEASE@@OWN@{% include "fragments/tone.j2" %}
{% include "fragments/rules.j2" %}
@FILLER@
{% include "fragments/channels.j2" %}
{% include "fragments/safety.j2" %}
{% include "fragments/closing.j2" %}
The customer is {{ input.name }} and writes:
{{ input.message }}
"""
PRINTS = """\
You are the assistant of {{ vars.product }}, a service of {{ vars.company }}.
The site is {{ vars.site }}; write to {{ vars.contact }} between {{ vars.hours }}.
Account {{ vars.account | trim }}: {{ vars.motto }}
Sign as {{ vars.signature }}.
"""
INSPECTS = """\
{% if vars.quota > 5000 %}
The quota of {{ vars.product }} is {{ vars.quota }}, which is a large one.
{% else %}
The quota of {{ vars.product }} is {{ vars.quota }}, which is a small one.
{% endif %}
{% for item in vars.products %}
{{ loop.index }}. {{ item }}
{% endfor %}
Sign as {{ vars.signature }}.
"""
FRAGMENTS = {
    "tone": """\
{% if vars.tone == "warm" %}
Write warmly, as to a friend.
{% elif vars.tone == "formal" %}
Write formally.
{% else %}
Write in a neutral tone.
{% endif %}
@FILLER@
""",
    "rules": """\
{% if vars.rules %}
Rules for {{ vars.domain }}:
{% for rule in vars.rules %}
{{ loop.index }}. {{ rule }}
{% endfor %}
{% endif %}
{% if vars.strict %}
Cite the rule that you follow. {% if vars.level > 1 %}Name its number.{% endif %}

{% endif %}
@FILLER@
""",
    "channels": """\
{% if vars.channels | length > 1 %}
Customers may also use these: {% for channel in vars.channels %}{{ channel }}{% if not loop.last %}, {% endif %}{% endfor %}.
{% elif vars.channels %}
Customers can use {{ vars.channels | first }} alone.
{% endif %}
{% if vars.level >= 2 %}
Offer a call when a case is hard. Priority {{ vars.level }}.
{% else %}
Do not offer a call.
{% endif %}
""",
    "safety": """\
Never promise what the law of {{ vars.region | upper }} forbids: {{ vars.law }}
{% if vars.region == "eu" %}
Name the right to object when personal data is in question.
{% endif %}
@FILLER@
{% if vars.banned_words %}
Some words are never used.
{% endif %}
""",
    "closing": """\
{% if vars.level > 0 %}
Close with an offer to help further.
{% endif %}
@FILLER@
""",
}


def size_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that say what to write."""
    for name, kind in (("tenants", int), ("prompts", int), ("printing", int), ("inspecting", int), ("seed", int)):
        parser.add_argument(f"--{name}", type=kind, default=getattr(Size(), name))
    parser.add_argument("--form", choices=("yaml", "jsonl"), default="yaml")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    size_arguments(parser)
    given = vars(parser.parse_args())
    write_project(given.pop("folder"), Size(**given))


if __name__ == "__main__":
    main()
