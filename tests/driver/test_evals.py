"""Evidence: intervals as tables have them, records that hold, and a real promptfoo that runs what is exported."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptc.core.digest import Digest
from promptc.core.errors import PromptcError
from promptc.core.evidence import Evidence, Need, Suite, Verdict, encode_evidence, read_evidence, verdict_of, wilson
from promptc.driver.evals.record import record as recording
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


# What files of results come to, whatever they hold

CASES = ("greeting", "refund")
MODELS = st.sampled_from([{}, MODEL, {**MODEL, "quantization": "fp4"}, {"provider": "openai", "name": "gpt-5"}])
RUNS = st.lists(st.tuples(st.sampled_from([A, B]), st.sampled_from(CASES), st.sampled_from([True, False, None]), MODELS), max_size=25)


class Shelf:
    """A registry of small files."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def names(self, folder: str) -> list[str]:
        return sorted(name.rpartition("/")[2] for name in self.files if name.rpartition("/")[0] == folder)

    def read(self, name: str) -> bytes | None:
        return self.files.get(name)

    def create(self, name: str, data: bytes) -> bool:
        return self.files.setdefault(name, data) is data


def planned(shelf: Shelf) -> Any:
    needs = [Verdict(Need(artifact, SUITE, B, CASES, MODEL), ()) for artifact in (A, B)]
    return SimpleNamespace(verdicts=needs, desk=SimpleNamespace(registry=shelf))


def written(folder: Path, runs: list[Any]) -> Path:
    rows = ["artifact,suite,case,passed,provider,name,quantization"]
    for artifact, case, passed, model in runs:
        word = "" if passed is None else str(passed).lower()
        rows.append(",".join([artifact, "quality", case, word, *(model.get(key, "") for key in ("provider", "name", "quantization"))]))
    (folder / "results.csv").write_text("\n".join(rows) + "\n")
    return folder / "results.csv"


@settings(max_examples=60, deadline=None)
@given(RUNS)
def test_every_run_with_an_answer_is_in_one_record_of_its_artifact_and_model(runs: list[Any]) -> None:
    shelf = Shelf()
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder), runs)
        if not runs:
            with pytest.raises(PromptcError):
                recording(planned(shelf), path, model={}, time="2026-03-01T00:00:00Z", who="Ann")
            return
        made = recording(planned(shelf), path, model={}, time="2026-03-01T00:00:00Z", who="Ann")
        again = recording(planned(shelf), path, model={}, time="2026-03-02T00:00:00Z", who="Ann")
    wanted: Counter[Any] = Counter()
    for artifact, case, passed, model in runs:
        if passed is not None:
            key = artifact, json.dumps(model or MODEL, sort_keys=True), case
            wanted[key, "passed"] += passed
            wanted[key, "runs"] += 1
    found: Counter[Any] = Counter()
    for name, data in shelf.files.items():
        record = read_evidence(data, name)
        assert name.startswith(f"evidence/{record.artifact[7:]}/")
        for case, (passed, count) in record.results.items():
            key = record.artifact, json.dumps(record.model, sort_keys=True), case
            found[key, "passed"] += passed
            found[key, "runs"] += count
    assert +found == +wanted
    assert len(shelf.files) == len(made.made)
    assert made.without_answer == sum(passed is None for _, _, passed, _ in runs)
    assert again.made == (), "a file that is recorded twice makes two runs of one"


@settings(max_examples=40, deadline=None)
@given(RUNS.filter(bool), st.integers(0, 4))
def test_whoever_was_killed_between_two_records_goes_on(runs: list[Any], many: int) -> None:
    whole, part = Shelf(), Shelf()
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder), runs)
        recording(planned(whole), path, model={}, time="2026-03-01T00:00:00Z", who="Ann")
        part.files = dict(list(whole.files.items())[:many])
        recording(planned(part), path, model={}, time="2026-03-01T00:00:00Z", who="Ann")
    assert part.files == whole.files


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=6))
def test_all_runs_of_a_case_count_together_in_any_order(counts: list[tuple[int, int]]) -> None:
    records = [record({"one": (min(pair), max(pair))}) for pair in counts]
    need = Need(A, SUITE, B, ("one",), MODEL)
    times = {one.digest: 0.0 for one in records}
    found = [verdict_of(need, order, 86_400.0, times) for order in (records, records[::-1])]
    assert found[0] == found[1]
    if records:
        assert (found[0].passed, found[0].runs) == (sum(map(min, counts)), sum(map(max, counts)))
        assert found[0].low <= found[0].passed / max(found[0].runs, 1) <= found[0].high or not found[0].runs
