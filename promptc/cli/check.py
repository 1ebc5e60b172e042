"""`promptc check`: compile as `build` does, and publish nothing."""

from __future__ import annotations

import click

from promptc.cli.group import Command, start_folder
from promptc.cli.options import SELECT_HELP, exclude_option, format_option, jobs_option, select_argument


@click.command(
    "check",
    cls=Command,
    help=f"""Compile targets as build does, say what is wrong, and publish nothing.

    {SELECT_HELP}""",
)
@select_argument()
@exclude_option()
@jobs_option()
@format_option("text", "json", "github")
def command(select: tuple[str, ...], exclude: tuple[str, ...], jobs: int | None, form: str) -> int:
    """Parse, check, show."""
    from promptc.cli.progress import progress
    from promptc.cli.summary import show_result
    from promptc.driver.build import BuildRequest, build

    with progress("Checking", quiet=form != "text") as on_progress:
        result = build(BuildRequest(start_folder(), select, exclude, "check", jobs=jobs or 0), on_progress)
    return show_result(result, form=form, mode="check")
