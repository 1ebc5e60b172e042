"""Gates: what must hold before a promote, asked one by one, all of them answered.

    Plan, settings -> [gates] -> Passed or not, each with a reason

They come from the project where there is one, else from the channel's newest entry, so that they hold for a promote that is
done with the registry alone, too. A command is only ever run for the project that names it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from promptc.core.allocation import is_allocation
from promptc.core.channel_settings import ChannelSettings, Gates, channel_settings, read_channel_settings
from promptc.core.dataclass import dataclass
from promptc.core.entry import Entry
from promptc.core.errors import Exit, PromptcError
from promptc.core.moves import Known, labels_in
from promptc.core.plan import Plan, encode_plan
from promptc.core.visible import visible_line
from promptc.driver.project import open_lazily
from promptc.driver.release.approvals import approvals_of
from promptc.driver.release.opening import Desk
from promptc.driver.release.source import Source
from promptc.driver.release.who import now

SAID_MAX = 300
LACKS_MAX = 5


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate: what it is called, whether it lets pass, and what it says."""

    name: str
    passes: bool
    said: str


def described(desk: Desk, channel: str, head: Entry | None) -> ChannelSettings:
    """What is said of a channel: by the project where there is one, else by its newest entry."""
    if desk.folder is not None:
        said = {"channels": desk.settings.channels, "reconcile": desk.settings.reconcile, "hooks": desk.settings.hooks}
        return channel_settings(said, channel)
    if head is not None and head.settings is not None:
        return read_channel_settings(desk.registry.get, head.settings)
    return ChannelSettings()


def asked(desk: Desk, plan: Plan, source: Source, *, who: str) -> tuple[Gate, ...]:
    """Every gate of a plan's channel, answered. Nothing is changed."""
    gates = described(desk, plan.channel, desk.maybe_head(plan.channel)).gates
    return () if gates.is_open else tuple(_answers(desk, plan, source, gates, who))


def refuse_closed(channel: str, gates: tuple[Gate, ...]) -> None:
    """PromptcError V009 when a gate does not let pass; it says what each of them wants."""
    closed = [gate for gate in gates if not gate.passes]
    if closed:
        said = "; ".join(f"{gate.name}: {gate.said}" for gate in closed)
        raise PromptcError(
            "V009",
            f"a gate of `{channel}` says no: {said}",
            hint="nothing was changed; the gates stand in `[tool.promptc.channels]` of the settings",
            exit_code=Exit.NO,
        )


def _answers(desk: Desk, plan: Plan, source: Source, gates: Gates, who: str) -> Iterator[Gate]:
    if gates.checks != "off":
        yield _checks(desk, source, gates)
    if gates.evidence:
        yield _evidence(desk, plan, source, gates)
    if gates.approvals:
        yield _approvals(desk, plan, gates, who)
    if gates.command:
        yield _command(desk, plan, gates)


def _checks(desk: Desk, source: Source, gates: Gates) -> Gate:
    """What `promptc check` says of the sources that give the very root; of a channel's, what was asked there."""
    if source.entry is not None:
        return _checked_before(source, gates)
    if desk.folder is None:
        return Gate("checks", passes=False, said="they are run in the project alone; there is none here")
    from promptc.driver.checking import clean

    counts = clean(desk.folder, of=source.root)
    if counts.unchecked:
        said = f"the sources here don't give {source.moment}, so that nobody can tell: `promptc build`, and promote that"
        return Gate("checks", passes=False, said=said)
    passes = counts.errors == 0 and (gates.checks == "no-errors" or counts.warnings == 0)
    allowed = f", {counts.suppressed:,} allowed" if counts.suppressed else ""
    return Gate("checks", passes, f"{_counted(counts.errors, 'error')} and {_counted(counts.warnings, 'warning')}{allowed}")


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def _checked_before(source: Source, gates: Gates) -> Gate:
    """What comes from another channel was checked when it was promoted there, if that channel asks the same."""
    entry = source.entry
    if entry is not None and entry.settings is not None:
        there = read_channel_settings(source.get, entry.settings).gates.checks
        if there in ("clean", gates.checks):
            return Gate("checks", passes=True, said=f"asked of `{entry.channel}`, too")
    said = f"what was found in {source.moment} is not known: promote a build, or give {source.moment} the same gate"
    return Gate("checks", passes=False, said=said)


def _evidence(desk: Desk, plan: Plan, source: Source, gates: Gates) -> Gate:
    """Whether what moves has fresh evidence, by labels: of the suites and cases of the project, in this registry."""
    if desk.folder is None:
        return Gate("evidence", passes=False, said="suites and cases stand in the project; there is none here")
    from promptc.driver.evals.plan import Plan as Evaluated
    from promptc.driver.evals.plan import fresh_by_label, judged, suites_of

    opened = open_lazily(str(desk.folder))
    labels = labels_in(source.get, Known(source.tenants))
    try:
        suites = suites_of(opened, dict.fromkeys(name for names in gates.evidence.values() for name in names))
        texts = (move for move in plan.moves if not is_allocation(move.prompt))
        served = ((move.tenant, move.prompt, move.after) for move in texts if move.after is not None)
        made = judged(Evaluated(source.moment, (), source.get, opened, desk), suites, served, now())
    except PromptcError as error:
        return Gate("evidence", passes=False, said=error.message)
    lacks = [(label, said) for label, found in fresh_by_label(desk, made, gates.evidence, labels).items() for said in found]
    if not lacks:
        fresh = len({verdict.need.artifact for verdict in made.verdicts})
        return Gate("evidence", passes=True, said=f"{fresh:,} {'artifact' if fresh == 1 else 'artifacts'} with fresh evidence")
    shown = [said if label == "*" else f"{visible_line(label)}: {said}" for label, said in lacks[:LACKS_MAX]]
    more = f"; and {len(lacks) - LACKS_MAX:,} more (`promptc evals plan`)" if len(lacks) > LACKS_MAX else ""
    return Gate("evidence", passes=False, said="; ".join(map(visible_line, shown)) + more)


def _approvals(desk: Desk, plan: Plan, gates: Gates, who: str) -> Gate:
    names = [approval.name for approval in approvals_of(desk, plan.digest)]
    # Four eyes: nobody's own word counts for what they promote.
    counted = [name for name in names if name != who and (not gates.approvers or name in gates.approvers)]
    of = f" of {', '.join(map(visible_line, gates.approvers))}" if gates.approvers else ""
    given = f" ({', '.join(map(visible_line, counted))})" if counted else ""
    own = ", and one's own does not count" if who in names else ""
    said = f"{len(counted)} of {gates.approvals} approvals{of}{given}{own}"
    if len(counted) < gates.approvals:
        said += f"; `promptc approve {plan.digest}` gives one"
    return Gate("approvals", len(counted) >= gates.approvals, said)


def _command(desk: Desk, plan: Plan, gates: Gates) -> Gate:
    if desk.folder is None:
        return Gate("command", passes=False, said="it is run in its project alone; there is none here")
    code, said = _run(gates, encode_plan(plan), desk.folder)
    words = visible_line(" ".join(gates.command))[:SAID_MAX]
    return Gate("command", code == 0, f"`{words}` {said}")


def _run(gates: Gates, plan: bytes, folder: Path) -> tuple[int, str]:
    import subprocess

    try:
        done = subprocess.run(
            gates.command, cwd=folder, input=plan, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            timeout=gates.timeout_seconds, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return 1, f"did not end within {gates.timeout_seconds:g} s"
    except OSError as error:
        return 1, f"can't be run: {(error.strerror or 'refused').lower()}"
    lines = done.stdout.decode("utf-8", "replace").strip().splitlines()
    last = f": {visible_line(lines[-1])[:SAID_MAX]}" if lines else ""
    return done.returncode, f"exits with {done.returncode}{last}"
