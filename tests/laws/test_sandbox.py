"""Hostile templates: each is refused when compiling, with a place, within 2 s of CPU and 256 MiB."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.laws.payloads import all_payloads

ROOT = Path(__file__).parents[2]
SECONDS_MAX = 2.0
MIB_MAX = 256

# All tests look at one report, so one worker makes it.
pytestmark = pytest.mark.xdist_group("sandbox")


@pytest.fixture(scope="module")
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


def test_all_were_tried(report: list[dict[str, Any]]) -> None:
    assert len(report) == len(all_payloads())


@pytest.mark.parametrize("kind", ["accepted", "crash", "hangs", "no place"])
def test_none_is(report: list[dict[str, Any]], kind: str) -> None:
    assert not (rows := [row for row in report if row["kind"] == kind]), f"{len(rows)} {kind}:\n{shown(rows)}"


def test_each_is_refused_within_its_time(report: list[dict[str, Any]]) -> None:
    slow = sorted(report, key=lambda row: -row["seconds"])
    print(f"slowest of {len(report)} payloads:\n{shown(slow[:5])}")
    assert not (rows := [row for row in slow if row["seconds"] > SECONDS_MAX]), shown(rows)


def test_each_is_refused_within_its_memory(report: list[dict[str, Any]]) -> None:
    large = sorted(report, key=lambda row: -row["growth_mib"])
    print(f"largest growths of the peak:\n{shown(large[:5])}")
    assert sum(row["growth_mib"] for row in report) <= MIB_MAX, shown(large[:10])
