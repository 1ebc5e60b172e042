"""Evals as text: what lacks evidence and why, what was run, shapes with their samples, what cases are worth.

    driver/evals -> [evals text] -> stdout
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from promptc.cli.terminal import Paint, columns, counted, out, out_json, say
from promptc.core.evidence import Verdict
from promptc.core.visible import visible_line

if TYPE_CHECKING:
    from promptc.driver.evals.discriminate import Worth
    from promptc.driver.evals.plan import Plan
    from promptc.driver.evals.record import Recorded
    from promptc.driver.evals.shapes import Shape


def show_plan(found: Plan, *, runs: bool) -> None:
    """What lacks; with `runs` everything, with its runs."""
    import sys

    paint = Paint(sys.stdout)
    shown = found.verdicts if runs else found.lacking
    rows = [[paint(word, "bold") for word in ("ARTIFACT", "SUITE", "TARGETS", "MODEL", "EVIDENCE")]]
    rows += [[_digits(one), one.need.suite.name, _targets(one), _model(one), _said(one, runs=runs)] for one in shown]
    for line in columns([list(map(str, row)) for row in rows]) if shown else ():
        out(line)
    targets = sum(len(one.need.targets) for one in found.verdicts)
    lacking = len(found.lacking)
    said = f"{lacking:,} of {counted(len(found.verdicts), 'pair')} of artifact and suite lack fresh evidence"
    say(f"{said}, for {counted(targets, 'target')} of {visible_line(found.moment)}")


def _digits(one: Verdict) -> str:
    return one.need.artifact[7:19]


def _targets(one: Verdict) -> str:
    names = one.need.targets
    return visible_line(names[0]) + (f" and {len(names) - 1:,} more" if len(names) > 1 else "")


def _model(one: Verdict) -> str:
    model = one.need.model
    more = [model[key] for key in ("revision", "quantization") if key in model]
    return visible_line(f"{model.get('provider', '')}/{model.get('name', '')}" + (f" ({', '.join(more)})" if more else ""))


def _said(one: Verdict, *, runs: bool) -> str:
    said = "; ".join(one.lacks) or "fresh"
    if runs and one.runs:
        again = f", {one.again:,} more than declared" if one.again else ""
        said += f": {one.passed:,} of {one.runs:,} passed, {one.low:.0%} to {one.high:.0%}, in {counted(one.records, 'record')}{again}"
    return visible_line(said)


def show_shapes(found: Sequence[Shape], made: Plan) -> None:
    """Shapes, each with its sample and how many it stands for."""
    rows = [["SUITE", "PROMPT", "SAMPLE", "STANDS FOR"]]
    for one in found:
        sample = ", ".join(verdict.need.artifact[7:19] for verdict in one.sample)
        stands = f"{counted(one.artifacts, 'artifact')}, {counted(one.targets, 'target')}"
        rows.append([one.suite, visible_line(one.prompt), sample, stands])
    for line in columns(rows) if found else ():
        out(line)
    many = sum(len(one.sample) for one in found)
    say(f"{counted(many, 'evaluation')} instead of {len(made.lacking):,}; a sample is evidence of itself alone")


def show_recorded(found: Recorded) -> None:
    """What was recorded."""
    for one in found.made:
        passed, runs = (sum(count[at] for count in one.results.values()) for at in (0, 1))
        out(f"{one.artifact[7:19]}  {one.suite}  {passed:,} of {counted(runs, 'run')} passed")
    said = counted(len(found.made), "record")
    said += f", {found.known:,} recorded before" if found.known else ""
    say(said + (f", {counted(found.without_answer, 'run')} without an answer not counted" if found.without_answer else ""))


def show_worths(found: Sequence[Worth], form: str) -> None:
    """Cases, the dead weight first."""
    if form == "json":
        out_json(
            [
                {"suite": one.suite, "case": one.case, "passed": one.passed, "runs": one.runs, "artifacts": one.artifacts,
                 "days": one.days, "dead": one.is_dead}
                for one in found
            ]
        )  # fmt: skip
        return
    rows = [["SUITE", "CASE", "PASSED", "ARTIFACTS", "SINCE", ""]]
    for one in found:
        name = "dead weight: it never failed" if one.is_dead else ""
        cells = [f"{one.passed:,} of {one.runs:,}", f"{one.artifacts:,}", counted(one.days, "day"), name]
        rows.append([visible_line(one.suite), visible_line(one.case), *cells])
    for line in columns(rows) if found else ():
        out(line)
    say(f"{counted(sum(one.is_dead for one in found), 'case')} of {len(found):,} tell nothing apart any more")
