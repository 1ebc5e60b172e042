"""Evidence: intervals as tables have them, records that hold, and a real promptfoo that runs what is exported."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptc.core.digest import Digest
from promptc.core.errors import PromptcError
from promptc.core.evidence import Evidence, Need, Suite, encode_evidence, read_evidence, verdict_of, wilson
from promptc.driver.evals.results import read_results
from tests.stories.story import Stage, Step

A, B = Digest("sha256:" + "a" * 64), Digest("sha256:" + "b" * 64)
MODEL = {"provider": "anthropic", "name": "claude-sonnet-4-5", "quantization": "int8"}
SUITE = Suite("quality", ("reply",), runs=2, days_max=30, pass_rate=0.5)


def record(results: dict[str, tuple[int, int]], model: dict[str, str] = MODEL, suite: Suite = SUITE) -> Evidence:
    made = Evidence(A, model, suite.name, suite.digest, B, "", suite.runs, results, "2026-03-01T00:00:00Z", "Ann", B)
    return read_evidence(encode_evidence(made), "it")


def lacks(*records: Evidence, days: int = 1) -> tuple[str, ...]:
    need = Need(A, SUITE, B, ("one",), MODEL)
    return verdict_of(need, records, days * 86_400.0, {one.digest: 0.0 for one in records}).lacks


def test_intervals() -> None:
    # Newcombe (1998), Statistics in Medicine 17, table I: 81 of 263 is 0.2553 to 0.3662, 15 of 148 0.0624 to 0.1605.
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert wilson(0, 20)[0] == 0
    assert wilson(0, 0) == (0, 1)


@given(st.integers(0, 200), st.integers(1, 200))
def test_an_interval_holds_its_rate(passed: int, more: int) -> None:
    low, high = wilson(passed, passed + more)
    assert 0 <= low <= passed / (passed + more) <= high <= 1


def test_what_is_fresh_and_what_is_not() -> None:
    assert lacks(record({"one": (2, 2)})) == ()
    assert "no evidence" in lacks()[0]
    assert "older than 30 days" in lacks(record({"one": (2, 2)}), days=31)[0]
    assert "the quantization was `fp4`" in lacks(record({"one": (2, 2)}, {**MODEL, "quantization": "fp4"}))[0]
    assert "1 of 2 runs" in lacks(record({"one": (1, 1)}))[0]
    assert "the suite changed" in lacks(record({"one": (9, 9)}, suite=Suite("quality", ("reply",), runs=9)))[0]


def test_running_again_does_not_undo_a_failure() -> None:
    failed, passed = record({"one": (0, 6)}), record({"one": (2, 2)})
    assert "2 of 8 passed" in lacks(failed, passed)[0]


def test_edited_evidence_is_refused() -> None:
    data = encode_evidence(record({"one": (0, 1)})).replace(b"[0,1]", b"[1,1]")
    with pytest.raises(PromptcError) as error:
        read_evidence(data, "it")
    assert error.value.code == "X023"


def test_a_junit_with_entities_is_refused() -> None:
    with pytest.raises(PromptcError) as error:
        read_results(b'<!DOCTYPE a [<!ENTITY b "c">]><testsuite/>', "it")
    assert error.value.code == "X022"


@pytest.mark.nightly
def test_promptfoo_runs_what_is_exported(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "project")
    stage.folder.mkdir()
    for step in (
        Step("project", "example"),
        Step("file", "sources/suites/tone.yaml", ["prompts: [support-reply]", "runs: 2", "assert: [{type: contains, value: Channel}]"]),
        Step("$", "promptc build"),
        Step("$", "promptc evals export --provider echo -o out"),
    ):
        stage.play(step)
    npm = shutil.which("npm")
    assert npm is not None, "this test needs node and npm"
    subprocess.run([npm, "install", "--no-audit", "--no-fund", "--prefix", tmp_path / "tool", "promptfoo"], check=True)
    quiet = dict.fromkeys(("PROMPTFOO_DISABLE_TELEMETRY", "PROMPTFOO_DISABLE_UPDATE", "PROMPTFOO_DISABLE_REMOTE_GENERATION"), "1")
    # Without the table: on Node 20, which promptfoo supports no more, its own log ends before a long one is written.
    options = ["-c", "promptfooconfig.json", "-o", "results.json", "--no-cache", "--no-table"]
    command = [tmp_path / "tool/node_modules/.bin/promptfoo", "eval", *options]
    environment = {**os.environ, **quiet, "PROMPTFOO_CONFIG_DIR": str(tmp_path / "home")}
    subprocess.run(command, cwd=stage.folder / "out", check=True, env=environment)
    requests = json.loads((stage.folder / "out/requests.json").read_text())
    results = json.loads((stage.folder / "out/results.json").read_text())["results"]["results"]
    for one in results:
        answer = one["response"]["output"]
        assert (json.loads(answer) if isinstance(answer, str) else answer) == requests[one["vars"]["request"]]
    printed = stage.play(Step("$", "promptc evals record out/results.json"))
    assert printed is not None
    assert printed.code == 0
    assert len(results) > 100
