"""Record: results brought into a registry, one small file for each artifact and suite, never changed and never replaced.

    results, plan -> [record] -> evidence/ARTIFACT/TIME-DIGEST.json
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from promptc.core.dataclass import dataclass
from promptc.core.digest import Digest, digest_of
from promptc.core.errors import PromptcError
from promptc.core.evidence import Evidence, Need, encode_evidence
from promptc.core.visible import shortened
from promptc.driver.evals.plan import FOLDER, Plan
from promptc.driver.evals.results import Run, read_results, wrong


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was recorded: the records, the runs that gave no answer, and records that were there already."""

    made: tuple[Evidence, ...]
    without_answer: int
    known: int


def record(found: Plan, path: Path, *, model: Mapping[str, str], time: str, who: str) -> Recorded:
    """Record a file of results. `model` says what answered, where the file doesn't or says it wrongly.

    PromptcError X022 for the file, X024 for results of what the plan doesn't know.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise wrong(path.name, (error.strerror or "can't be read").lower()) from None
    source = digest_of(data)
    groups: defaultdict[tuple[Digest, str], dict[str, list[Run]]] = defaultdict(dict)
    needs = {(one.need.artifact, one.need.suite.name): one.need for one in found.verdicts}
    runs = read_results(data, path.name)
    for run in runs:
        need = _need(run, needs)
        # What another model answered, or was exported of other cases, is evidence of something else.
        groups[need.artifact, need.suite.name].setdefault(_bound_to(run, need, model), []).append(run)
    made: list[Evidence] = []
    known = 0
    for key, ones in groups.items():
        every = [_evidence(needs[key], one, model, (time, who, source)) for one in ones.values()]
        fresh = _unknown(found, every)
        known += len(every) - len(fresh)
        made += [evidence for evidence in fresh if evidence.results]
    for evidence in made:
        data = encode_evidence(evidence)
        name = f"{FOLDER}/{evidence.artifact[7:]}/{time.replace(':', '')}-{digest_of(data)[7:19]}.json"
        found.desk.registry.create(name, data)
    return Recorded(tuple(made), sum(run.passed is None for run in runs), known)


def _bound_to(run: Run, need: Need, model: Mapping[str, str]) -> str:
    """What a run is evidence of, so that runs which are of one thing are one record."""
    return str(sorted(_ran(run, need, model).items())) + str(sorted(run.bound.items()))


def _ran(run: Run, need: Need, model: Mapping[str, str]) -> dict[str, str]:
    """What answered. Where nobody says it is taken for what the artifact asks; what somebody says is believed, all of it."""
    return {key: value for key, value in {**(run.model or need.model), **model}.items() if value}


def _need(run: Run, needs: Mapping[tuple[Digest, str], Need]) -> Need:
    digits = run.artifact.removeprefix("sha256:")
    found = [need for (artifact, suite), need in needs.items() if suite == run.suite and artifact[7:].startswith(digits)]
    if len(found) != 1:
        raise PromptcError(
            "X024", f"nothing here serves `{shortened(run.artifact[:19])}` with the suite `{shortened(run.suite)}`",
            hint="name the channel that was evaluated with `--channel`, or the suite as it is declared",
        )  # fmt: skip
    if run.case not in found[0].cases:
        raise PromptcError(
            "X024", f"the suite `{shortened(run.suite)}` has no case `{shortened(run.case)}` for `{run.artifact[:19]}`",
            hint="results name cases as sources/cases does",
        )  # fmt: skip
    return found[0]


def _evidence(need: Need, runs: list[Run], model: Mapping[str, str], said: tuple[str, str, Digest]) -> Evidence:
    results: dict[str, tuple[int, int]] = {}
    for run in runs:
        if run.passed is not None:
            passed, many = results.get(run.case, (0, 0))
            results[run.case] = passed + run.passed, many + 1
    bound = runs[0].bound
    return Evidence(
        need.artifact, _ran(runs[0], need, model), need.suite.name,
        Digest(bound.get("suite_digest", need.suite.digest)), Digest(bound.get("data", need.data)), need.suite.judge,
        need.suite.runs, results, said[0], said[1], said[2],
    )  # fmt: skip


def _unknown(found: Plan, made: list[Evidence]) -> list[Evidence]:
    """Those of one artifact and suite that were not recorded before: recording a file twice must not make two of one run.

    A record of the same file for a model that is none of these is of the same runs, said to be another's. One for a model
    that is among them is that model's alone: whoever was killed between two records goes on.
    """
    from promptc.driver.evals.plan import evidence_of

    models = [one.model for one in made]
    known = [one for one in evidence_of(found.desk, made[0].artifact) if (one.source, one.suite) == (made[0].source, made[0].suite)]
    if any(one.model not in models for one in known):
        return []
    said = [(one.model, one.suite_digest, one.data) for one in known]
    return [one for one in made if (one.model, one.suite_digest, one.data) not in said]
