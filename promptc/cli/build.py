"""`promptc build`: compile, publish, and say in a few lines what came of it."""

from __future__ import annotations

import click

from promptc.cli.group import Command, start_folder
from promptc.cli.options import SELECT_HELP, exclude_option, format_option, jobs_option, select_argument


@click.command(
    "build",
    cls=Command,
    help=f"""Compile targets and publish them under build/, whole or not at all.

    {SELECT_HELP}

    Only what an edit can have changed is done again; `promptc why` says why a target was. A build with an error
    publishes nothing and exits with 3.""",
)
@select_argument()
@exclude_option()
@click.option("--keep-going", is_flag=True, help="Publish the targets without errors, as a root of limited scope.")
@jobs_option()
@click.option("--explain", is_flag=True, help="Say what was done again and why, grouped by cause.")
@click.option("--verify", is_flag=True, help="Read every file, compile again without any cache, compare every byte.")
@click.option(
    "--check-traces", type=click.IntRange(1), default=None, metavar="N",
    help="Compile N random targets again without any cache and compare.",
)  # fmt: skip
@format_option("text", "json")
def command(
    select: tuple[str, ...], exclude: tuple[str, ...], keep_going: bool, jobs: int | None, explain: bool,
    verify: bool, check_traces: int | None, form: str,
) -> int:  # fmt: skip
    """Parse, build, show."""
    if select or exclude:
        for name, given in (("--explain", explain), ("--verify", verify), ("--check-traces", check_traces is not None)):
            if given:
                raise click.UsageError(f"{name} is about the whole project: it can't be given with a selection")
    from promptc.cli.progress import progress
    from promptc.cli.summary import show_result
    from promptc.driver.build import BuildRequest, build

    request = BuildRequest(
        start_folder(), select, exclude, "build", keep_going, jobs or 0, verify, check_traces or 0, explain
    )
    with progress("Compiling", quiet=form != "text") as on_progress:
        result = build(request, on_progress)
    return show_result(result, form=form, mode="build")
