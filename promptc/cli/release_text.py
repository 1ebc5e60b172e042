"""Release text: plans, entries and histories as people read them, and as data.

    Plan, Entry -> [release text] -> lines, JSON
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from promptc.cli.terminal import Paint, columns, counted
from promptc.core.dataclass import dataclass
from promptc.core.visible import visible_line

if TYPE_CHECKING:
    from promptc.core.entry import Entry
    from promptc.core.plan import Plan
    from promptc.driver.release.gates import Gate
    from promptc.driver.release.opening import Desk
    from promptc.driver.release.planning import Planned
    from promptc.driver.release.promote import Promoted
    from promptc.driver.release.source import Source

PROMPTS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan to show. `made` is None for one that came from a file; `bodies` asks for the compiled diff, `reveal` for
    confidential values in it.
    """

    desk: Desk
    plan: Plan
    source: Source
    made: Planned | None
    bodies: bool = False
    reveal: bool = False


def plan_lines(view: PlanView, paint: Paint) -> list[str]:
    """What a plan would do: counts first, then the compiled diff when bodies are asked for."""
    plan = view.plan
    changed, added, removed = plan.counts()
    head = f"`{plan.channel}@{plan.base}`" if plan.base else f"`{plan.channel}`, which has no entry yet,"
    lines = [paint(f"{head} would move to {visible_line(view.source.moment)}", "bold")]
    rows = [["targets", _counts(changed, added, removed)]]
    tenants = {move.tenant for move in plan.moves}
    rows.append(["tenants", f"{len(tenants):,}" + (f" (a share of {plan.share:.4g})" if plan.share is not None else "")])
    prompts = Counter(move.prompt for move in plan.moves).most_common()
    shown = ", ".join(f"{visible_line(name)} {count:,}" for name, count in prompts[:PROMPTS_SHOWN])
    rows.append(["prompts", shown + (f" and {len(prompts) - PROMPTS_SHOWN} more" if len(prompts) > PROMPTS_SHOWN else "")])
    rows += _asides(view.made)
    rows.append(["plan", plan.digest])
    lines += columns(rows, indent="  ")
    if view.bodies:
        from promptc.cli.release_diff import diff_lines

        lines += ["", *diff_lines(view.desk, plan, view.source, paint, reveal=view.reveal)]
    return lines


def gate_lines(gates: Sequence[Gate], paint: Paint) -> list[str]:
    """The gates of a plan, each with its answer."""
    if not gates:
        return []
    rows = [[paint("passes", "green") if gate.passes else paint("says no", "red"), gate.name, gate.said] for gate in gates]
    return ["gates", *columns(rows, indent="  ")]


def _counts(changed: int, added: int, removed: int) -> str:
    said = [f"{changed:,} changed"] if changed else []
    said += [f"{added:,} added"] if added else []
    said += [f"{removed:,} removed"] if removed else []
    return ", ".join(said) or "none"


def _asides(made: Planned | None) -> list[list[str]]:
    if made is None:
        return []
    rows = []
    if made.apart:
        rows.append(["not chosen", counted(made.apart, "other target differs", "other targets differ")])
    if made.left:
        rows.append(["stays", f"{counted(made.left, 'target')} that the source lacks (`--remove` takes them away)"])
    if made.held:
        rows.append(["held", f"{counted(len(made.held), 'target')} left out"])
    if made.source.errors or made.source.warnings:
        said = f"{counted(made.source.errors or 0, 'error')}, {counted(made.source.warnings or 0, 'warning')}"
        rows.append(["findings", f"{said} in the build"])
    return rows


def nothing(plan: Plan, made: Planned | None, form: str) -> None:
    """Say that there is nothing to move."""
    from promptc.cli.terminal import out, out_json

    if form == "json":
        out_json({"entry": None, "plan": plan.digest, "moved": 0})
        return
    out(f"`{plan.channel}` serves all of that already; nothing was changed")
    for row in columns(_asides(made), indent="  "):
        out(row)


def promoted_lines(desk: Desk, done: Promoted) -> list[str]:
    """What was done."""
    entry = done.entry
    rows = [["root", entry.root], ["pushed", counted(done.pushed, "blob")], ["registry", visible_line(desk.registry.where)]]
    return [f"{entry.moment} is the head now", *columns(rows, indent="  ")]


def promoted_data(done: Promoted) -> dict[str, Any]:
    """The same as JSON data."""
    return {"entry": entry_data(done.entry), "pushed": done.pushed, "moved": done.entry.composed.moved if done.entry.composed else 0}


def plan_data(plan: Plan) -> dict[str, Any]:
    """A plan as JSON data."""
    import json

    from promptc.core.plan import encode_plan

    found: dict[str, Any] = json.loads(encode_plan(plan))
    return found


def entry_data(entry: Entry) -> dict[str, Any]:
    """An entry as JSON data: what stands in the registry."""
    import json

    from promptc.core.entry import encode_entry

    found: dict[str, Any] = json.loads(encode_entry(entry))
    return found


def entry_rows(entries: Iterable[Entry], paint: Paint) -> list[str]:
    """A history: a line for each entry, newest first."""
    rows: list[Sequence[str]] = []
    for entry in entries:
        when = entry.time.replace("T", " ")[:16]
        rows.append([paint(entry.moment, "bold"), when, entry.kind, what_of(entry), visible_line(entry.who), first_line(entry)])
    return columns(rows)


def first_line(entry: Entry) -> str:
    """Why an entry was made, in one line."""
    return visible_line(entry.why.splitlines()[0]) if entry.why else ""


def what_of(entry: Entry) -> str:
    """What an entry did, in a few words."""
    if entry.mark is not None:
        return f"{entry.channel}@{entry.mark.get('number')} is {entry.mark.get('as')}"
    if entry.composed is None:
        return counted(entry.held, "target") + " held" if entry.kind in ("hold", "unhold") else ""
    composed = entry.composed
    return f"{_counts(composed.changed, composed.added, composed.removed)} from {visible_line(composed.moment)}"


def show_entry(entry: Entry, form: str, said: str) -> None:
    """An entry that was appended: one sentence, or all of it as data."""
    from promptc.cli.terminal import out, out_json

    if form == "json":
        out_json(entry_data(entry))
    else:
        out(visible_line(said))
