"""Evidence: what an evaluation said of one artifact, and whether that still holds.

    results -> driver/evals -> [evidence] -> a registry, `evals plan`, the gate of a promote

Pure. A record is bound to what was evaluated and by what: the artifact's digest, the full identity of the model that
answered, the suite and its cases by their digests, the judge. It counts only while all of these are the same, and all runs
that were ever recorded of them count together: so running again until it passes shows, and does not help.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from promptc.core.dataclass import dataclass
from promptc.core.digest import Digest, digest_of
from promptc.core.document import expect_keys, read_document
from promptc.core.errors import Exit, PromptcError
from promptc.core.values import canonical_bytes

EVIDENCE = "promptc.evidence/1"
MODEL_KEYS = ("provider", "name", "revision", "quantization")
Z = 1.959963984540054  # the normal quantile of 97.5 %, for intervals of 95 %
DAY_SECONDS = 86_400
_KEYS = {
    "format": str, "artifact": str, "model": dict, "suite": str, "suite_digest": str, "data": str, "judge": str,
    "runs": int, "results": dict, "time": str, "who": str, "source": str, "digest": str,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Suite:
    """What is evaluated of a prompt, declared in advance. `cases` are names, none for all of the prompt's.

    `runs` decide, each case so often. `days_max`, `pass_rate`, `lower_bound` (of the interval) and `share_min` are its policy;
    0 asks nothing. `asserts` are what the tool that runs it checks answers by, in its own shape. `traffic` names a file of
    recorded requests, which `share_min` of the cases must still look like.
    """

    name: str
    prompts: tuple[str, ...]
    cases: tuple[str, ...] = ()
    judge: str = ""
    runs: int = 1
    days_max: int = 0
    pass_rate: float = 0.0
    lower_bound: float = 0.0
    share_min: float = 0.0
    traffic: str = ""
    asserts: tuple[Mapping[str, Any], ...] = ()

    @property
    def digest(self) -> Digest:
        """Of what makes a result mean something else: its policy doesn't."""
        said: dict[str, Any] = {"prompts": list(self.prompts), "cases": list(self.cases), "judge": self.judge, "runs": self.runs}
        if self.asserts:
            said["asserts"] = list(self.asserts)
        return digest_of(canonical_bytes({"format": "promptc.suite/1", "name": self.name, **said}))


@dataclass(frozen=True, slots=True)
class Evidence:
    """One record. `results` are {case: (passed, runs)}, `runs` how many the suite declared, `source` the file's digest."""

    artifact: Digest
    model: Mapping[str, str]
    suite: str
    suite_digest: Digest
    data: Digest
    judge: str
    runs: int
    results: Mapping[str, tuple[int, int]]
    time: str
    who: str
    source: Digest
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """An artifact that a suite must have passed: with its model, the digest of the cases, and their names.

    `share` of the cases look like recorded traffic, None where none is recorded. `targets` are those it stands for.
    """

    artifact: Digest
    suite: Suite
    data: Digest
    cases: tuple[str, ...]
    model: Mapping[str, str]
    targets: tuple[str, ...] = ()
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of a need. `lacks` are reasons why it isn't fresh, none when it is; `low` and `high` the interval."""

    need: Need
    lacks: tuple[str, ...]
    passed: int = 0
    runs: int = 0
    records: int = 0
    low: float = 0.0
    high: float = 1.0
    last: str = ""
    again: int = 0

    @property
    def is_fresh(self) -> bool:
        """Whether nothing lacks."""
        return not self.lacks


def wilson(passed: int, runs: int) -> tuple[float, float]:
    """The 95 % interval of a rate (E. B. Wilson, 1927): (p + z²/2n ± z·√(p(1-p)/n + z²/4n²)) / (1 + z²/n)."""
    if not runs:
        return 0.0, 1.0
    rate, square = passed / runs, Z * Z
    middle = rate + square / (2 * runs)
    spread = Z * math.sqrt(rate * (1 - rate) / runs + square / (4 * runs * runs))
    whole = 1 + square / runs
    # At the ends the formula gives 0 and 1 but for the last digit.
    low = (middle - spread) / whole if passed else 0.0
    return low, (middle + spread) / whole if passed < runs else 1.0


def encode_evidence(evidence: Evidence) -> bytes:
    """Its canonical bytes, with their own digest."""
    document = {
        "format": EVIDENCE, "artifact": evidence.artifact, "model": dict(evidence.model), "suite": evidence.suite,
        "suite_digest": evidence.suite_digest, "data": evidence.data, "judge": evidence.judge, "runs": evidence.runs,
        "results": {case: list(found) for case, found in evidence.results.items()}, "time": evidence.time,
        "who": evidence.who, "source": evidence.source,
    }  # fmt: skip
    return canonical_bytes({**document, "digest": digest_of(canonical_bytes(document))})


def read_evidence(data: bytes, name: str) -> Evidence:
    """The record that bytes hold. PromptcError X023 when they are not what was written."""
    document = read_document(data, EVIDENCE)
    expect_keys(document, _KEYS)
    said = {key: value for key, value in document.items() if key != "digest"}
    is_whole = digest_of(canonical_bytes(said)) == document["digest"] and canonical_bytes(document) == data
    if not is_whole or not _sound(document["results"]):
        raise PromptcError(
            "X023", f"the evidence `{name}` is damaged: its bytes have another digest",
            hint="remove the file, and record the results again", exit_code=Exit.INTEGRITY,
        )  # fmt: skip
    results = {case: (int(found[0]), int(found[1])) for case, found in document["results"].items()}
    fields = {key: value for key, value in said.items() if key not in ("format", "results")}
    return Evidence(**fields, results=results, digest=document["digest"])


def _sound(results: Mapping[str, Any]) -> bool:
    return all(
        isinstance(one, list) and len(one) == 2 and all(type(n) is int for n in one) and 0 <= one[0] <= one[1]
        for one in results.values()
    )


def verdict_of(need: Need, records: Sequence[Evidence], now_seconds: float, seconds_of: Mapping[str, float]) -> Verdict:
    """What records of an artifact say of a need. `seconds_of` gives each record's time by its digest."""
    mine = [one for one in records if one.suite == need.suite.name]
    if not mine:
        other = f", only of {', '.join(sorted({one.suite for one in records}))}" if records else ""
        return Verdict(need, (f"no evidence of the suite `{need.suite.name}`{other}",))
    bound = [one for one in mine if one.suite_digest == need.suite.digest and one.data == need.data]
    if not bound:
        what = "its cases" if any(one.suite_digest == need.suite.digest for one in mine) else "the suite"
        return Verdict(need, (f"{what} changed since",))
    same = [one for one in bound if not _differs(one.model, need.model)]
    if not same:
        return Verdict(need, (_differs(bound[-1].model, need.model),))
    oldest = now_seconds - need.suite.days_max * DAY_SECONDS if need.suite.days_max else float("-inf")
    young = [one for one in same if seconds_of[one.digest] >= oldest]
    if not young:
        return Verdict(need, (f"older than {need.suite.days_max:,} days",), last=max(one.time for one in same))
    return _counted(need, young)


def _counted(need: Need, records: Sequence[Evidence]) -> Verdict:
    suite = need.suite
    counts = {case: _sum(records, case) for case in need.cases}
    passed, runs = (sum(count[at] for count in counts.values()) for at in (0, 1))
    low, high = wilson(passed, runs)
    least = min((count[1] for count in counts.values()), default=0)
    lacks = []
    if least < suite.runs:
        lacks.append(f"{least:,} of {suite.runs:,} runs")
    if runs and passed / runs < suite.pass_rate:
        lacks.append(f"{passed:,} of {runs:,} passed, and {suite.pass_rate:.0%} must")
    if runs and low < suite.lower_bound:
        lacks.append(f"the interval begins at {low:.0%}, and must at {suite.lower_bound:.0%}")
    if suite.share_min and (need.share is None or need.share < suite.share_min):
        known = "no traffic is recorded" if need.share is None else f"{need.share:.0%} of the cases look like recorded traffic"
        lacks.append(f"{known}, and {suite.share_min:.0%} must")
    most = max((count[1] for count in counts.values()), default=0)
    return Verdict(
        need, tuple(lacks), passed, runs, len(records), low, high, max(one.time for one in records), max(0, most - suite.runs)
    )


def _sum(records: Iterable[Evidence], case: str) -> tuple[int, int]:
    found = [one.results.get(case, (0, 0)) for one in records]
    return sum(passed for passed, _ in found), sum(runs for _, runs in found)


def _differs(ran: Mapping[str, str], asked: Mapping[str, str]) -> str:
    """What of a model differs, "" when nothing does."""
    for key in MODEL_KEYS:
        if ran.get(key, "") != asked.get(key, ""):
            return f"the {key} was `{ran.get(key) or 'not said'}`, and `{asked.get(key) or 'none'}` is asked"
    return ""
