"""`promptc build`: compile, publish, and say in a few lines what came of it."""

from __future__ import annotations

import click

from promptc.cli.group import Command, start_folder
from promptc.cli.options import SELECT_HELP, exclude_option, format_option, select_argument


@click.command(
    "build",
    cls=Command,
    help=f"""Compile targets and publish them under build/, whole or not at all.

    {SELECT_HELP}

    A build with an error publishes nothing and exits with 3.""",
)
@select_argument()
@exclude_option()
@click.option("--keep-going", is_flag=True, help="Publish the targets without errors, as a root of limited scope.")
@format_option("text", "json")
def command(select: tuple[str, ...], exclude: tuple[str, ...], keep_going: bool, form: str) -> int:
    """Parse, build, show."""
    from promptc.cli.progress import progress
    from promptc.cli.summary import show_result
    from promptc.driver.build import BuildRequest, build

    request = BuildRequest(start_folder(), select, exclude, "build", keep_going)
    with progress("Compiling", quiet=form != "text") as on_progress:
        result = build(request, on_progress)
    return show_result(result, form=form, mode="build")
