"""Plan: the fewest pairs of artifact and suite that lack fresh evidence, since equal prompts are evaluated once.

    a build or a channel, suites, cases, a registry's evidence -> [plan] -> verdicts -> cli, export, the gate of a promote
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from promptc.compiler.project import Case
from promptc.compiler.schema.suites import parse_suite
from promptc.core.allocation import family_of
from promptc.core.dataclass import dataclass, replace
from promptc.core.digest import Digest, digest_of
from promptc.core.document import ARTIFACT, Get, fetch
from promptc.core.errors import Exit, PromptcError
from promptc.core.evidence import MODEL_KEYS, Evidence, Need, Suite, Verdict, read_evidence, verdict_of
from promptc.core.manifest import walk
from promptc.core.values import canonical_bytes
from promptc.driver.evals.traffic import share_alike
from promptc.driver.project import Opened, open_project
from promptc.driver.release.opening import Desk, opened_desk
from promptc.driver.release.source import source_of

FOLDER = "evidence"


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """What is planned: a channel's head or the last build, for all suites or some. `now` is a time in ISO 8601."""

    start: str
    now: str
    moment: str | None = None
    registry: str | None = None
    suites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Verdicts of every need, those that lack first. `get` reads artifacts; `opened` is the project."""

    moment: str
    verdicts: tuple[Verdict, ...]
    get: Get
    opened: Opened
    desk: Desk

    @property
    def lacking(self) -> tuple[Verdict, ...]:
        """Those that are not fresh."""
        return tuple(verdict for verdict in self.verdicts if not verdict.is_fresh)


def plan(request: PlanRequest) -> Plan:
    """What lacks evidence. PromptcError X020 without suites, G008 without a build, V001 without the channel."""
    opened = open_project(request.start)
    desk = opened_desk(request.start, request.registry, create=True)
    suites = suites_of(opened, request.suites)
    source = source_of(desk, request.moment)
    made = Plan(source.moment, (), source.get, opened, desk)
    return judged(made, suites, walk(source.get, source.root), request.now)


def judged(made: Plan, suites: list[Suite], served: Iterable[tuple[str, str, Digest]], now: str) -> Plan:
    """A plan with the verdicts of what is served: of each artifact and suite one."""
    targets: defaultdict[Digest, list[str]] = defaultdict(list)
    for tenant, prompt, digest in served:
        if any(asks(suite, prompt) for suite in suites):
            targets[digest].append(f"{tenant}/{prompt}")
    verdicts = [verdict(made.desk, need, now) for need in _needs(made.opened, suites, made.get, targets)]
    verdicts.sort(key=lambda one: (one.is_fresh, one.need.suite.name, -len(one.need.targets), one.need.artifact))
    return replace(made, verdicts=tuple(verdicts))


def asks(suite: Suite, prompt: str) -> bool:
    """Whether a suite is asked of a prompt: of each variant of a prompt that it names, too."""
    return prompt in suite.prompts or family_of(prompt) in suite.prompts


def suites_of(opened: Opened, names: Iterable[str] = ()) -> list[Suite]:
    """The declared suites, or those that are named. PromptcError X020 for one that isn't there or can't be read."""
    prefix = f"{opened.settings.sources}/suites/"
    found: dict[str, Suite] = {}
    for file in sorted(opened.tree):
        if file.startswith(prefix) and file.endswith(".yaml"):
            name = file.rpartition("/")[2].removesuffix(".yaml")
            suite, wrong = parse_suite(name, opened.tree[file], file)
            if suite is None:
                said = wrong[0].message if wrong else "it is empty"
                raise PromptcError(
                    "X020", f"the suite {file} can't be read: {said}", hint="`promptc check` says where", exit_code=Exit.SOURCES
                )
            found[name] = suite
    missing = [name for name in names if name not in found]
    if missing or not found:
        said = f"there is no suite `{missing[0]}`" if missing else "no suite is declared"
        raise PromptcError("X020", said, hint=f"suites stand in {prefix}NAME.yaml; docs/evals.md has a sample")
    return [found[name] for name in (names or found)]


def verdict(desk: Desk, need: Need, now: str) -> Verdict:
    """What a registry's evidence says of a need."""
    records = evidence_of(desk, need.artifact)
    return verdict_of(need, records, seconds(now), {one.digest: seconds(one.time) for one in records})


def evidence_of(desk: Desk, artifact: Digest) -> list[Evidence]:
    """All records of an artifact, by time. PromptcError X023 for one that is damaged."""
    folder = f"{FOLDER}/{artifact[7:]}"
    found = []
    for name in desk.registry.names(folder):
        data = desk.registry.read(f"{folder}/{name}")
        if data is not None and name.endswith(".json"):
            record = read_evidence(data, f"{folder}/{name}")
            if record.artifact == artifact:  # one that was copied beside another artifact says nothing of it
                found.append(record)
    return sorted(found, key=lambda one: (one.time, one.digest))


def fresh_by_label(desk: Desk, made: Plan, policy: Mapping[str, Any], labels: Mapping[str, Mapping[str, str]]) -> dict[str, list[str]]:
    """What lacks by label: `policy` maps `key=value`, or `*` for all, to the names of suites that must be fresh there.

    `labels` are those of each tenant. The gate of a promote asks this.
    """
    found: dict[str, list[str]] = {}
    for label, names in policy.items():
        key, _, value = label.partition("=")
        for one in made.lacking:
            mine = [t for t in one.need.targets if label == "*" or labels.get(t.partition("/")[0], {}).get(key) == value]
            if mine and one.need.suite.name in names:
                more = f" and {len(mine) - 1:,} more" if len(mine) > 1 else ""
                found.setdefault(label, []).append(f"{mine[0]}{more}: suite `{one.need.suite.name}`: {'; '.join(one.lacks)}")
    return found


def cases_of(opened: Opened, suite: Suite, prompt: str) -> dict[str, Case]:
    """The cases of a suite for a prompt. PromptcError X020 for one that isn't there."""
    known = {case.name: case for case in opened.project.cases.get(prompt, ())}
    missing = [name for name in suite.cases if not any(name == c.name for p in suite.prompts for c in opened.project.cases.get(p, ()))]
    if missing:
        said = f"the suite `{suite.name}` names the case `{missing[0]}`, which none of its prompts has"
        hint = f"cases of `{prompt}` stand in sources/cases/{prompt}.yaml"
        raise PromptcError("X020", said, hint=hint, exit_code=Exit.SOURCES)
    return {name: case for name, case in known.items() if not suite.cases or name in suite.cases}


def data_digest(cases: Mapping[str, Case]) -> Digest:
    """Of the inputs, histories and expectations of cases: what a result was about."""
    said = {
        name: {"inputs": dict(c.inputs), "history": list(c.history), "tenants": list(c.tenants), "expect": dict(c.expect)}
        for name, c in cases.items()
    }
    return digest_of(canonical_bytes({"format": "promptc.cases/1", "cases": said}))


def seconds(time: str) -> float:
    """Seconds since 1970 of `2026-03-04T10:00:00Z`."""
    return datetime.fromisoformat(time.replace("Z", "+00:00")).timestamp()


def _needs(opened: Opened, suites: list[Suite], get: Get, targets: Mapping[Digest, list[str]]) -> Iterable[Need]:
    known: dict[tuple[str, str], tuple[dict[str, Case], Digest, float | None]] = {}
    for artifact, names in targets.items():
        document = fetch(get, artifact, ARTIFACT)
        prompt = document["prompt"]
        model = {key: str(document["model"].get(key, "")) for key in MODEL_KEYS if document["model"].get(key)}
        tenants = {name.partition("/")[0] for name in names}
        for suite in suites:
            if not asks(suite, prompt):
                continue
            if (suite.name, prompt) not in known:
                cases = cases_of(opened, suite, prompt)
                known[suite.name, prompt] = cases, data_digest(cases), share_alike(opened, suite, prompt, cases)
            cases, data, share = known[suite.name, prompt]
            mine = tuple(name for name, case in cases.items() if not case.tenants or tenants & set(case.tenants))
            if mine:
                yield Need(artifact, suite, data, mine, model, tuple(names), share)


def plan_document(found: Plan) -> dict[str, Any]:
    """A plan as JSON data."""
    return {
        "format": "promptc.evals-plan/1", "moment": found.moment,
        "needs": [
            {
                "artifact": one.need.artifact, "suite": one.need.suite.name, "fresh": one.is_fresh, "lacks": list(one.lacks),
                "targets": list(one.need.targets), "cases": list(one.need.cases), "model": dict(one.need.model),
                "passed": one.passed, "runs": one.runs, "records": one.records, "again": one.again,
                "interval": [round(one.low, 6), round(one.high, 6)], "last": one.last, "share": one.need.share,
            }
            for one in found.verdicts
        ],
    }  # fmt: skip

