"""Rollback text: rollbacks and what is to be reconciled after them, as people read them on a terminal and in a channel.

    Retreat, Case -> [rollback text] -> lines, Markdown, JSON
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from promptc.cli.markdown_text import span
from promptc.cli.terminal import Paint, columns, counted
from promptc.core.visible import visible_line

if TYPE_CHECKING:
    from promptc.core.rollback import Step
    from promptc.core.step import StepState
    from promptc.driver.release.reconcile import Case
    from promptc.driver.release.rollback import Retreat

NAMES_SHOWN = 6
LINES_SHOWN = 12


def retreat_lines(made: Retreat, paint: Paint) -> list[str]:
    """What a rollback would do."""
    marked = "" if made.is_marked else ", the entry before; none below the head is marked good"
    lines = [paint(f"{made.head.moment} would go back to {made.target.moment}", "bold") + f" ({made.target.time}{marked})"]
    restored = sum(move.before is None for move in made.moves)
    tenants = sorted({move.tenant for move in made.moves})
    moved = f"{len(made.moves) - restored:,} back to what they were" + (f", {restored:,} restored" if restored else "")
    rows = [["targets", moved], ["tenants", f"{len(tenants):,}{_names(tenants)}"]]
    prompts = Counter(move.prompt for move in made.moves).most_common(NAMES_SHOWN)
    rows.append(["prompts", ", ".join(f"{visible_line(name)} {count:,}" for name, count in prompts)])
    if made.younger:
        rows.append(["stay", f"{counted(made.younger, 'target')} younger than {made.target.moment}"])
    if made.removed:
        rows.append(["stay", f"{counted(made.removed, 'target')} whose text of then was removed from the registry"])
    if made.held:
        rows.append(["held", f"{counted(len(made.held), 'target')} left out"])
    return [*lines, *columns(rows, indent="  ")]


def retreat_data(made: Retreat) -> dict[str, Any]:
    """The same as JSON data."""
    return {
        "from": made.head.number, "to": made.target.number, "is_marked": made.is_marked, "younger": made.younger,
        "removed": made.removed, "held": sorted(made.held),
        "moves": [[move.tenant, move.prompt, move.before, move.after] for move in made.moves],
    }  # fmt: skip


def _names(names: list[str]) -> str:
    shown = ", ".join(map(visible_line, names[:NAMES_SHOWN]))
    more = f" and {len(names) - NAMES_SHOWN:,} more" if len(names) > NAMES_SHOWN else ""
    return f": {shown}{more}" if names else ""


def case_lines(case: Case, paint: Paint) -> list[str]:
    """A manifest, its steps, and how far each has come."""
    manifest, window = case.manifest, case.manifest.window
    verb = "rolled back" if manifest.kind == "rollback" else "moved forward again"
    lines = [paint(f"{case.entry.moment}: {counted(_moved(case), 'target')} {verb}", "bold") + _why(manifest.why)]
    rows = [
        ["served", f"{counted(manifest.counts['suspects'], _bad(case) + ' digest')} from {window.since} to {window.until}"],
        ["entries", f"{manifest.channel}@{window.first} to {manifest.channel}@{window.last}"],
    ]
    lines += columns(rows, indent="  ")
    if not manifest.steps:
        return [*lines, "nothing is to be reconciled: the settings describe no place, and none was found"]
    for number, (step, state) in enumerate(case.steps(), 1):
        lines.append("")
        lines.append(f"[{number}] {_mark(step, state, paint)}  {step.place}  {visible_line(step.title)}")
        lines += [f"    {line}" for line in _below(case, step, state)]
    pending = len(case.pending)
    lines += ["", _total(case, pending)]
    return lines


def _bad(case: Case) -> str:
    return "suspect" if case.manifest.kind == "rollback" else "replaced"


def _moved(case: Case) -> int:
    return case.manifest.counts["changed"] + case.manifest.counts["restored"]


def _why(why: str) -> str:
    return f" ({visible_line(why.splitlines()[0])})" if why else ""


def _total(case: Case, pending: int) -> str:
    if not pending:
        return "all steps are done or waived"
    runnable = len(case.runnable)
    how = f"; {runnable:,} of them by a hook: `promptc reconcile {case.entry.moment}`" if runnable else ""
    return f"{counted(pending, 'step')} pending{how}"


def _mark(step: Step, state: StepState | None, paint: Paint) -> str:
    if state is not None:
        return paint(state.state, "green" if state.state == "done" else "yellow")
    return paint("pending", "red") if step.is_needed else paint("to know", "dim")


def _below(case: Case, step: Step, state: StepState | None) -> Iterator[str]:
    yield from _details(step)
    if state is not None:
        yield f"{state.state} by {visible_line(state.who)}, {state.time}{_why(state.why)}"
    elif step.id in case.said:
        yield visible_line(case.said[step.id])
    elif step.is_needed:
        hook = case.hooks.get(step.hook)
        does = f"hook `{step.hook}`" if hook is not None else f"`promptc reconcile {case.entry.moment} --done {step.id}` when it is done"
        yield does


def _details(step: Step) -> list[str]:
    data: dict[str, Any] = dict(step.data)
    if step.place == "caches" and "groups" in data:
        return [
            f"{group['tenants']:,} {'tenant' if group['tenants'] == 1 else 'tenants'} of {group['provider']}: "
            f"{group['characters']:,} characters, {group['prefix'][7:19]} -> {group['becomes'][7:19]}, "
            f"the old one lasts up to {_duration(group['seconds'])}"
            for group in data["groups"][:LINES_SHOWN]
        ]
    if step.place == "contracts":
        return [visible_line(line) for line in data["differences"][:LINES_SHOWN]]
    if step.place == "services":
        return [f"$ {command}" for command in data["commands"]]
    if step.place == "baselines":
        return [f"void {digest[:19]}…" for digest in data["void"][:LINES_SHOWN]] + [
            f"holds again {digest[:19]}…" for digest in data["restore"][:LINES_SHOWN]
        ]
    if step.place == "cohorts":
        return [f"{share['share']:.4g} of the tenants since {share['time']} (entry {share['entry']})" for share in data["shares"]]
    return []


def _duration(seconds: int) -> str:
    return f"{seconds // 60} min" if seconds >= 60 else f"{seconds} s"


def case_data(case: Case) -> dict[str, Any]:
    """The same as JSON data: the manifest, and each step with its state."""
    steps = []
    for step, state in case.steps():
        said = None if state is None else {
            "state": state.state, "who": state.who, "why": state.why, "time": state.time, "tries": state.tries,
        }  # fmt: skip
        steps.append({**step.document(), "state": said, "said": case.said.get(step.id, "")})
    manifest = {**json.loads(case.manifest.encode()), "steps": steps}
    return {
        "entry": case.entry.number, "digest": case.entry.rollback, "manifest": manifest, "pending": len(case.pending),
    }  # fmt: skip


def case_markdown(case: Case) -> list[str]:
    """The same as Markdown, for an incident channel: first what happened, then what is to be done, as a list to tick off."""
    manifest, window = case.manifest, case.manifest.window
    what = "Rollback" if manifest.kind == "rollback" else "Forward again"
    took = f"{manifest.channel}@{manifest.source}"
    lines = [
        f"### {what} of `{manifest.channel}`: {counted(_moved(case), 'target')} of {counted(manifest.counts['tenants'], 'tenant')}",
        "",
        f"{span(manifest.who)} moved `{manifest.channel}@{manifest.base}` to what `{took}` served, at {manifest.time}"
        + (f": {span(manifest.why.splitlines()[0])}" if manifest.why else "")
        + f". The entry is `{case.entry.moment}`.",
        "",
        f"What is {_bad(case)} was served from {window.since} to {window.until} "
        f"(`{manifest.channel}@{window.first}` to `@{window.last}`), {counted(manifest.counts['suspects'], 'digest')}.",
        "",
    ]
    if not manifest.steps:
        return [*lines, "Nothing is to be reconciled."]
    lines += [f"**{_total(case, len(case.pending))}**", ""]
    for step, state in case.steps():
        box = "x" if state is not None or not step.is_needed else " "
        done = f": {state.state} by {span(state.who)}" + (f" ({span(state.why)})" if state.why else "") if state is not None else ""
        lines.append(f"- [{box}] **{step.place}**: {_plain(step.title)}{done}")
        lines += [f"  - {span(line)}" for line in _details(step)]
        if state is None and step.is_needed:
            lines.append(f"  - `{step.id}`" + (f", by hook `{step.hook}`" if step.hook in case.hooks else ""))
    return lines


def _plain(text: str) -> str:
    """Text that Markdown shows as it is, but for our own code marks."""
    said = visible_line(text)
    for mark in "\\*_[]<>#|":
        said = said.replace(mark, f"\\{mark}")
    return re.sub(r"(?<!\w)@", "@\u2060", said)
