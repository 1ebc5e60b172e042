"""`promptc reconcile`: put right what a bad prompt left behind, by hooks and by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from promptc.cli.group import Command, start_folder
from promptc.cli.options import complete_channel, confirmed, format_option, registry_option, signing_options, yes_option

if TYPE_CHECKING:
    from promptc.driver.release.reconcile import Case


@click.command(
    "reconcile",
    cls=Command,
    help="""Do what a rollback left to be done: run the hooks of its pending steps, and say what is left for people.

    Without a number it is the newest entry that has a manifest. A step that is done or waived stays so; a run that was
    killed goes on where it was. Exits with 1 while steps are pending.

    \b
      promptc reconcile prod --dry-run                       only show
      promptc reconcile prod                                 run the hooks
      promptc reconcile prod --done contracts --why "..."    somebody did it by hand
      promptc reconcile prod --waive cohorts --why "..."     nobody will do it
      promptc reconcile prod --format markdown               for an incident channel""",
)
@click.argument("moment", metavar="CHANNEL[@N]", shell_complete=complete_channel)
@click.option("--dry-run", is_flag=True, help="Show the steps, and run nothing.")
@click.option("--only", metavar="PLACE|STEP", multiple=True, help="Run hooks of these alone; may be repeated.")
@click.option("--done", metavar="PLACE|STEP", multiple=True, help="Say that a step was done by hand; may be repeated.")
@click.option("--waive", metavar="PLACE|STEP", multiple=True, help="Say that a step won't be done, with --why.")
@yes_option()
@signing_options()
@registry_option()
@format_option("text", "json", "markdown")
def command(
    moment: str, dry_run: bool, only: tuple[str, ...], done: tuple[str, ...], waive: tuple[str, ...], yes: bool,
    who: str | None, why: str, where: str | None, form: str,
) -> int:  # fmt: skip
    """Find the manifest, run or settle, show."""
    from promptc.cli.progress import progress
    from promptc.driver.release.opening import opened_desk
    from promptc.driver.release.reconcile import case_of, reconcile, settle
    from promptc.driver.release.who import author_of

    if waive and not why:
        raise click.UsageError("say why with `--why`: whoever reads the manifest later asks for it")
    if (done or waive) and (dry_run or only):
        raise click.UsageError("--done and --waive run nothing: they go with neither --dry-run nor --only")
    desk = opened_desk(start_folder(), where)
    case = case_of(desk, moment)
    by = author_of(who, why, desk.folder)
    if done or waive:
        for words, state in ((done, "done"), (waive, "waived")):
            case = settle(desk, case, words, state, by=by) if words else case
    elif not dry_run and case.runnable:
        _agreed(case, yes=yes)
        with progress("Reconciling", quiet=form != "text") as on_progress:
            case = reconcile(desk, case, by=by, only=only, on_progress=on_progress)
    show_case(case, form)
    return 1 if case.pending else 0


def _agreed(case: Case, *, yes: bool) -> None:
    """Hooks that come out of a registry are somebody else's commands: they are shown, and only run when that is wanted."""
    from promptc.cli.terminal import say
    from promptc.core.visible import visible_line

    if case.is_own:
        return
    used = sorted({step.hook for step in case.runnable})
    for name in used:
        hook = case.hooks[name]
        does = f"POST {hook.url}" if hook.url else "run " + " ".join(hook.command)
        say(f"hook `{visible_line(name)}` would {visible_line(does)}")
    confirmed("Run the hooks that the registry names?", yes=yes)


def show_case(case: Case, form: str) -> None:
    """A manifest with its steps."""
    import sys

    from promptc.cli.rollback_text import case_data, case_lines, case_markdown
    from promptc.cli.terminal import Paint, out, out_json

    if form == "json":
        out_json(case_data(case))
        return
    for line in case_markdown(case) if form == "markdown" else case_lines(case, Paint(sys.stdout)):
        out(line)
