"""Release diff: the compiled prompts that a plan would change, as `promptc diff` shows them.

    Plan -> [release diff] -> lines

Only the project knows which values are confidential. Where there is none, targets are named and no text is shown, unless
that is asked for.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from promptc.cli.terminal import Paint, counted
from promptc.core.diff import artifact_lines
from promptc.core.visible import visible_line

if TYPE_CHECKING:
    from promptc.core.digest import Digest
    from promptc.core.manifest import Change
    from promptc.core.plan import Plan
    from promptc.driver.release.opening import Desk
    from promptc.driver.release.source import Source

GROUPS_MAX = 12
LINES_MAX = 40
NAMES_MAX = 3
LINE_CHARACTERS_MAX = 160


def diff_lines(desk: Desk, plan: Plan, source: Source, paint: Paint, *, reveal: bool) -> list[str]:
    """The compiled diff of what a plan moves."""
    from promptc.driver.release.source import reader

    if desk.folder is not None and plan.base and not desk.is_apart:
        return _reviewed(desk, plan, source, paint, reveal=reveal)
    get = reader(desk, source.get)
    lines = _grouped(plan.moves, get, paint, reveal=reveal)
    if not reveal and any(move.before and move.after for move in plan.moves):
        lines.append("texts are not shown, since which values are confidential is known in the project alone (`--reveal`)")
    return lines


def _reviewed(desk: Desk, plan: Plan, source: Source, paint: Paint, *, reveal: bool) -> list[str]:
    from promptc.cli.review_body import lines_of_group
    from promptc.driver.review import ReviewRequest, review

    only = frozenset((move.tenant, move.prompt) for move in plan.moves)
    head = "build" if source.moment == "build" else plan.source
    found = review(ReviewRequest(str(desk.folder), f"{plan.channel}@{plan.base}", head, only=only, reveal=reveal))
    lines: list[str] = []
    for group in found.groups[:GROUPS_MAX]:
        lines += [*lines_of_group(group, paint), ""]
    for title, listed in (("new", found.new), ("gone", found.gone)):
        lines += [f"{title}: {counted(one.count, 'target')} of {visible_line(one.prompt)}" for one in listed]
    if len(found.groups) > GROUPS_MAX:
        lines.append(f"{counted(len(found.groups) - GROUPS_MAX, 'other group')}: `promptc diff {plan.channel} {head}` shows all")
    return lines[:-1] if lines and not lines[-1] else lines


def _grouped(moves: tuple[Change, ...], get, paint: Paint, *, reveal: bool) -> list[str]:  # type: ignore[no-untyped-def]
    """Targets that change from and to the same bytes, the small groups first, since they are the odd ones."""
    groups: dict[tuple[Digest | None, Digest | None], list[str]] = {}
    for move in moves:
        groups.setdefault((move.before, move.after), []).append(f"{move.tenant}/{move.prompt}")
    ordered = sorted(groups.items(), key=lambda item: (len(item[1]), item[1][0]))
    lines: list[str] = []
    for (before, after), targets in ordered[:GROUPS_MAX]:
        lines.append(paint(_title(before, after, targets), "bold"))
        if reveal and before is not None and after is not None:
            lines += [*_body(artifact_lines(get(before)), artifact_lines(get(after)), paint), ""]
    if len(ordered) > GROUPS_MAX:
        rest = sum(len(targets) for _, targets in ordered[GROUPS_MAX:])
        lines.append(f"{counted(len(ordered) - GROUPS_MAX, 'other change')} of {counted(rest, 'target')}")
    return lines


def _title(before: Digest | None, after: Digest | None, targets: list[str]) -> str:
    names = ", ".join(visible_line(name) for name in targets[:NAMES_MAX])
    more = f" and {len(targets) - NAMES_MAX:,} more" if len(targets) > NAMES_MAX else ""
    verb = "new" if before is None else "removed" if after is None else "changed"
    return f"{verb}: {names}{more}"


def _body(old: list[str], new: list[str], paint: Paint) -> Iterator[str]:
    shown = 0
    for line in difflib.unified_diff(old, new, lineterm="", n=1):
        if line.startswith(("---", "+++")):
            continue
        if shown == LINES_MAX:
            yield "    …"
            return
        shown += 1
        text = visible_line(line)
        cut = text if len(text) <= LINE_CHARACTERS_MAX else text[:LINE_CHARACTERS_MAX] + "…"
        colour = {"-": "red", "+": "green"}.get(line[:1])
        yield f"    {paint(cut, colour) if colour else cut}"  # type: ignore[arg-type]
