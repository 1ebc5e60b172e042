"""Hostile templates: each is refused when compiling, with a place, within 2 s of CPU and 256 MiB."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.laws.payloads import all_payloads

ROOT = Path(__file__).parents[2]
SECONDS_MAX = 2.0
MIB_MAX = 256


def report() -> list[dict[str, Any]]:
    """What became of each payload; all run in one process, so that its peak is the peak of all."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-m", "tests.laws.sandbox_run"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def shown(rows: list[dict[str, Any]]) -> str:
    return "\n".join(f"{row['number']:4} {row['family']:10} {row['seconds']:6.2f} s {row['growth_mib']:7.1f} MiB {row['payload']!r} {row['detail']}" for row in rows)


def test_there_are_enough() -> None:
    assert len({str(world) for _, world in all_payloads()}) >= 150


def test_each_is_refused_at_its_place_within_its_time_and_memory() -> None:
    """One test, since all look at one report, which takes long to make: workers would each make their own."""
    rows = report()
    faults = [f"{len(rows)} of {len(all_payloads())} were tried"] if len(rows) != len(all_payloads()) else []
    for kind in ("accepted", "crash", "hangs", "no place"):
        if wrong := [row for row in rows if row["kind"] == kind]:
            faults.append(f"{len(wrong)} {kind}:\n{shown(wrong)}")
    slow = sorted(rows, key=lambda row: -row["seconds"])
    if late := [row for row in slow if row["seconds"] > SECONDS_MAX]:
        faults.append(f"over {SECONDS_MAX} s:\n{shown(late)}")
    large = sorted(rows, key=lambda row: -row["growth_mib"])
    if sum(row["growth_mib"] for row in rows) > MIB_MAX:
        faults.append(f"over {MIB_MAX} MiB:\n{shown(large[:10])}")
    print(f"slowest of {len(rows)} payloads:\n{shown(slow[:5])}\nlargest growths of the peak:\n{shown(large[:5])}")
    assert not faults, "\n\n".join(faults)
