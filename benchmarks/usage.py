"""Write usage as a billing export has it: seeded, with a power law over tenants and a long tail of conversations.

    python benchmarks/usage.py docs/usage/sample.csv.gz --revenue docs/usage/revenue.csv          the sample in this repository
    python benchmarks/usage.py /tmp/usage.csv --rows 1000000                            what benchmarks/cost.py reads

Needs Python alone. The same arguments give the same bytes. Tenants are those of this repository's example, of whom one
has grown a long way beyond what it pays, and as many others as are asked for.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import random
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).parents[1]
FIRST = date(2026, 8, 1)
# Per prompt: share of the calls, model, the prompt's own tokens, a message's, an answer's.
PROMPTS = {
    "support-reply": (0.42, "anthropic/claude-sonnet-4-5", 2300, 220, 240),
    "classify": (0.30, "gemini/gemini-2.5-flash", 1900, 160, 60),
    "agent": (0.12, "openai/gpt-5", 2600, 260, 420),
    "summarize-thread": (0.09, "gemini/gemini-2.5-flash", 1200, 1400, 260),
    "escalation-brief": (0.04, "openai/gpt-5", 1500, 900, 520),
    "upsell": (0.03, "anthropic/claude-haiku-4-5", 1100, 420, 90),
}
TALKS = ("support-reply", "agent")  # of several turns
PLANS = {"free": (0, 0.55), "pro": (40, 0.38), "enterprise": (2400, 0.07)}
COLUMNS = ("day", "tenant", "prompt", "model", "turns", "calls", "input_tokens", "cached_tokens", "output_tokens", "outcome")


def example_tenants() -> list[str]:
    names = [p.stem for p in (ROOT / "tenants").rglob("*.yaml") if "layers" not in p.parts]
    for file in (ROOT / "tenants").rglob("*.jsonl"):
        names += [json.loads(line)["id"] for line in file.read_text().splitlines() if line.strip()]
    return sorted(names)


def tenants_of(count: int, chance: random.Random) -> list[tuple[str, float, str]]:
    """(id, calls a day, plan): the largest first, a few of the example's tenants among the large ones."""
    others = [f"t{number:05d}" for number in range(1, count + 1)]
    own = example_tenants()[:count]
    names = others[: count - len(own)]
    chance.shuffle(own)
    for at, name in enumerate(own):
        names.insert(min(len(names), 3 + at * at), name)
    plans = chance.choices(list(PLANS), [share for _, share in PLANS.values()], k=count)
    # Rank 2 signed up for little, and grew.
    plans[1] = "pro"
    return [(name, 30_000 / (rank + 1.5) ** 1.95, plans[rank]) for rank, name in enumerate(names)]


def turns_of(prompt: str, chance: random.Random) -> int:
    """Most conversations are short, and a few go on and on."""
    return min(60, int(chance.paretovariate(1.3))) if prompt in TALKS else 1


def rows(tenants: list[tuple[str, float, str]], days: int, chance: random.Random):  # type: ignore[no-untyped-def]
    names = list(PROMPTS)
    for tenant, mean, _ in tenants:
        came = chance.randrange(days)  # whoever comes hardly ever comes once
        for number in range(days):
            day = FIRST + timedelta(days=number)
            calls = max(mean * (0.5 if day.weekday() >= 5 else 1.0), number == came)
            # A small tenant comes now and then, for one prompt; a large one every day, for all.
            picked = names if calls > 150 else chance.choices(names, [PROMPTS[n][0] for n in names]) if chance.random() < calls else []
            for prompt in picked:
                yield row(day, tenant, prompt, max(1, round(calls * (PROMPTS[prompt][0] if calls > 150 else 1))), chance)


def row(day: date, tenant: str, prompt: str, calls: int, chance: random.Random) -> tuple[object, ...]:
    _, model, own, message, answer = PROMPTS[prompt]
    turns = turns_of(prompt, chance)
    talks = max(1, calls // turns)
    calls = talks * turns
    # A few lengths only: the sample stands in git, and what doesn't repeat doesn't pack.
    message = round(message * chance.choice((0.6, 0.8, 1, 1.2, 1.6)))
    output = round(answer * chance.choice((0.7, 1, 1.4)))
    kept = sum(turn * (message + output) for turn in range(turns))
    sent = talks * (turns * (own + message) + kept)
    cached = round(talks * (turns - 1) * own * 0.9 + (calls * own * 0.3 if calls > 200 else 0))
    outcome = chance.choices(("resolved", "escalated", "retried", "failed"), (78, 12, 8, 2))[0]
    return (day.isoformat(), tenant, prompt, model, turns, calls, sent, min(cached, sent), output * calls, outcome)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--tenants", type=int, default=2000)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--rows", type=int, default=0, help="so many rows, whatever that takes")
    parser.add_argument("--revenue", type=Path, help="also write what each tenant pays a month")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    tenants = tenants_of(given.tenants, chance)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    count = 0
    while not count or count < given.rows:
        for one in rows(tenants, given.days, chance):
            writer.writerow(one)
            count += 1
            if count == given.rows:
                break
    data = text.getvalue().encode()
    given.file.parent.mkdir(parents=True, exist_ok=True)
    given.file.write_bytes(gzip.compress(data, 9, mtime=0) if given.file.suffix == ".gz" else data)
    print(f"{count:,} rows of {len(tenants):,} tenants, {given.file.stat().st_size:,} bytes")
    if given.revenue:
        lines = [f"{name},{PLANS[plan][0]}" for name, _, plan in sorted(tenants)]
        given.revenue.write_text("tenant,revenue\n" + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
