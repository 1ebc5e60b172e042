"""Run: all checks over a project and what it compiles to, doing again only what an edit can have changed.

    look -> the last answer where nothing changed
         -> a build that publishes nothing, artifacts looked at as they are made -> [run] -> units, sources, corpus -> Checked

What doesn't compile is not checked: its own findings come first. With a selection, what needs all tenants is left out.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from promptc.core.dataclass import dataclass, replace
from promptc.core.errors import Exit, PromptcError
from promptc.core.findings import Finding, gather
from promptc.driver.build import BuildRequest, BuildResult, Progress, quiet
from promptc.driver.checking.answered import Begun
from promptc.driver.checking.outcome import Outcome
from promptc.driver.folder import find_folder

if TYPE_CHECKING:
    from promptc.checks.allowances import Allowance
    from promptc.core.digest import Digest


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """What a command line asks for. `only` limits what is said to some codes; `today` is the day that expiries are held
    against, by default the clock's in UTC.
    """

    start: str
    select: Sequence[str] = ()
    exclude: Sequence[str] = ()
    only: Sequence[str] = ()
    jobs: int = 0
    today: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many findings there are of each kind. `unchecked` says that sources don't compile, so that checks did not run."""

    errors: int
    warnings: int
    suppressed: int
    off: int = 0
    unchecked: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of it. `result` is the build's; `findings` are the build's and the checks', settled; `titles` those of own codes."""

    result: BuildResult
    findings: tuple[Finding, ...]
    suppressed: tuple[tuple[Finding, Allowance], ...]
    counts: Counts
    titles: dict[str, str]
    seconds: float

    def exit_code(self, *, strict: bool) -> Exit:
        """The build's where it failed; 3 for errors of checks; 1 for warnings where they are not let pass."""
        if self.result.exit_code != Exit.OK:
            return self.result.exit_code
        if self.counts.errors:
            return Exit.SOURCES
        return Exit.NO if strict and self.counts.warnings else Exit.OK


def today_in_utc() -> str:
    """The day, as 2026-01-31."""
    return time.strftime("%Y-%m-%d", time.gmtime())


def check(request: CheckRequest, on_progress: Progress = quiet) -> Checked:
    """Run all checks. PromptcError C030 for a code that no check has, C031 where a team's own checks can't be used."""
    began = time.monotonic()
    folder = find_folder(request.start)
    building = BuildRequest(str(folder), request.select, request.exclude, "check", jobs=request.jobs)
    today = request.today or today_in_utc()
    if request.select or request.exclude:
        from promptc.driver.checking.chosen import check_chosen

        outcome = check_chosen(folder, building, today, on_progress)
    else:
        outcome = _everything(Begun(folder, building, today), on_progress)
    return _checked(outcome, request.only, began)


def _everything(begun: Begun, on_progress: Progress) -> Outcome:
    answer = begun.answer()
    if answer is not None:
        return answer
    from promptc.driver.checking.everything import check_everything

    return check_everything(begun, on_progress)


def clean(folder: Path, *, of: Digest | None = None, jobs: int = 0) -> Counts:
    """How many findings a project has: what the gate `checks` of a channel asks. Where its sources don't give the root `of`,
    they tell nothing of it, and the counts are `unchecked`.
    """
    checked = check(CheckRequest(str(folder), jobs=jobs))
    is_other = of is not None and checked.result.root != of
    return replace(checked.counts, unchecked=True) if is_other else checked.counts


def _checked(outcome: Outcome, only: Sequence[str], began: float) -> Checked:
    result, done = outcome.result, outcome.settled
    titles = {check.code: check.title for check in outcome.own if check.title}
    if done is None:
        _refuse_unknown(only, titles)
        counts = _counts(result.findings, 0, 0, unchecked=True)
        return Checked(result, result.findings, (), counts, titles, time.monotonic() - began)
    _refuse_unknown(only, titles)
    findings = gather(f for f in done.findings if not only or f.code in only)
    suppressed = tuple(one for one in done.suppressed if not only or one[0].code in only)
    counts = _counts(findings, len(suppressed), done.off, unchecked=False)
    return Checked(result, findings, suppressed, counts, titles, time.monotonic() - began)


def _counts(findings: Iterable[Finding], suppressed: int, off: int, *, unchecked: bool) -> Counts:
    kinds = Counter(finding.severity for finding in findings)
    return Counts(kinds["error"], kinds["warning"], suppressed, off, unchecked)


def _refuse_unknown(only: Sequence[str], titles: dict[str, str]) -> None:
    if not only:
        return
    from promptc.core.codes import CODES
    from promptc.core.visible import shortened
    from promptc.driver.nearest import did_you_mean

    for code in only:
        if code not in CODES and code not in titles:
            hint = did_you_mean(code, [*CODES, *titles]) or "docs/errors.md lists the codes"
            raise PromptcError("C030", f"no check has the code `{shortened(code)}`", hint=hint)
