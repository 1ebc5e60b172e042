"""`promptc promote`: show what a channel would serve differently, ask, and append the entry that does it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from promptc.cli.group import Command, start_folder
from promptc.cli.options import (
    complete_channel,
    complete_selection,
    confirmed,
    format_option,
    registry_option,
    signing_options,
    yes_option,
)

if TYPE_CHECKING:
    from promptc.core.plan import Plan
    from promptc.driver.release.opening import Desk
    from promptc.driver.release.planning import Planned
    from promptc.driver.release.promote import Promoted
    from promptc.driver.release.source import Source


@click.command(
    "promote",
    cls=Command,
    help="""Move targets of a channel to what the last build, or another moment, has of them.

    The first word is a channel, or a plan that `--plan` wrote, which is applied exactly as it was written. What is not
    chosen does not move. SELECT is `tenant`, `tenant/prompt`, `prompt:NAME`, `tenant:GLOB` or `label:KEY=VALUE`.
    Everything is pushed and read back before the channel's head moves. Exits with 5 when a target of the plan moved
    meanwhile, and with 1 when a gate or a hold says no.""",
)
@click.argument("channel", metavar="CHANNEL | PLAN-FILE", shell_complete=complete_channel)
@click.argument("select", nargs=-1, metavar="[SELECT]...", shell_complete=complete_selection)
@click.option("--from", "source", metavar="MOMENT", default=None, help="Take from `staging`, `prod@42`, a root; else the last build.")
@click.option("--exclude", multiple=True, metavar="SELECT", shell_complete=complete_selection, help="Leave out; may be repeated.")
@click.option("--share", metavar="10%", default=None, help="Only this share of the tenants; a larger one keeps them.")
@click.option("--remove", is_flag=True, help="Also remove targets that the source does not have.")
@click.option("--skip-held", is_flag=True, help="Leave out what is held.")
@click.option("--new", is_flag=True, help="Begin a channel that has no entry yet.")
@click.option("--plan", "plan_file", metavar="FILE", default=None, help="Write the plan there, and change nothing.")
@click.option("--expect", metavar="DIGEST", default=None, help="Refuse any plan but the one with this plan digest.")
@click.option("--diff", "shows_diff", is_flag=True, help="Show the compiled diff also where nobody is asked.")
@click.option("--reveal", is_flag=True, help="Show confidential values in the diff.")
@yes_option()
@signing_options()
@registry_option()
@format_option("text", "json")
def command(
    channel: str, select: tuple[str, ...], source: str | None, exclude: tuple[str, ...], share: str | None, remove: bool,
    skip_held: bool, new: bool, plan_file: str | None, expect: str | None, shows_diff: bool, reveal: bool, yes: bool,
    who: str | None, why: str, where: str | None, form: str,
) -> int:  # fmt: skip
    """Plan, show, ask, promote."""
    from promptc.driver.release.opening import opened_desk
    from promptc.driver.release.planning import PromoteRequest, planned
    from promptc.driver.release.promote import plan_in
    from promptc.driver.release.who import why_of

    if _is_file(channel):
        if select or source or exclude or share or remove or plan_file:
            raise click.UsageError("a plan is applied exactly as it was written: what it moves is chosen already")
        desk = opened_desk(start_folder(), where)
        plan, found = plan_in(desk, channel)
        return _promoted(desk, plan, found, None, _Wishes(expect, shows_diff, reveal, yes, who, form))
    desk = opened_desk(start_folder(), where, create=new)
    request = PromoteRequest(channel, source, select, exclude, share, remove, skip_held, new, why_of(why))
    made = planned(desk, request)
    if plan_file is not None:
        return _written(desk, made, plan_file, expect, form)
    return _promoted(desk, made.plan, made.source, made, _Wishes(expect, shows_diff, reveal, yes, who, form))


class _Wishes:
    """How it is to be done."""

    def __init__(self, expect: str | None, shows_diff: bool, reveal: bool, yes: bool, who: str | None, form: str) -> None:
        self.expect, self.shows_diff, self.reveal, self.yes, self.who, self.form = expect, shows_diff, reveal, yes, who, form


def _promoted(desk: Desk, plan: Plan, source: Source, made: Planned | None, wishes: _Wishes) -> int:
    from promptc.cli.progress import progress
    from promptc.cli.release_text import PlanView, gate_lines, nothing, plan_lines, promoted_data, promoted_lines
    from promptc.cli.terminal import Paint, out, out_json, say
    from promptc.driver.release.appending import keep
    from promptc.driver.release.expecting import expected
    from promptc.driver.release.gates import asked, refuse_closed
    from promptc.driver.release.promote import promote
    from promptc.driver.release.who import who_of

    expected(plan, wishes.expect)
    if not plan.moves:
        keep(desk, desk.maybe_head(plan.channel))
        nothing(plan, made, wishes.form)
        return 0
    name = who_of(wishes.who, desk.folder)
    gates = asked(desk, plan, source, who=name)
    if wishes.form == "text":
        import sys

        shown = wishes.shows_diff or not wishes.yes
        for line in plan_lines(PlanView(desk, plan, source, made, shown, wishes.reveal), Paint(sys.stdout)):
            out(line)
        for line in gate_lines(gates, Paint(sys.stdout)):
            out(line)
        sys.stdout.flush()
    refuse_closed(plan.channel, gates)
    confirmed(f"Promote {len(plan.moves):,} to `{plan.channel}`?", yes=wishes.yes)
    with progress("Promoting", quiet=wishes.form != "text") as on_progress:
        done: Promoted = promote(desk, plan, who=name, source=source, on_progress=on_progress)
    if wishes.form == "json":
        out_json(promoted_data(done))
    else:
        for line in promoted_lines(desk, done):
            out(line)
    if desk.is_local:
        say(f"note: `{desk.registry.where}` serves this machine alone; the setting `registry` names one for all")
    return 0


def _written(desk: Desk, made: Planned, file: str, expect: str | None, form: str) -> int:
    from promptc.cli.release_text import PlanView, plan_data, plan_lines
    from promptc.cli.terminal import Paint, out, out_json, say
    from promptc.driver.release.expecting import expected, keep_plan

    expected(made.plan, expect)
    keep_plan(desk, made, Path(start_folder(), file))
    if form == "json":
        out_json(plan_data(made.plan))
    else:
        for line in plan_lines(PlanView(desk, made.plan, made.source, made), Paint(None)):
            out(line)
        say(f"written to {file}; `promptc promote {file}` does it")
    return 0


def _is_file(word: str) -> bool:
    return word.endswith((".json", ".plan")) or ("/" in word and not word.startswith("service/"))

