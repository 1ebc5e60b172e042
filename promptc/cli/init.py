"""`promptc init`: start a small project that builds."""

from __future__ import annotations

import click

from promptc.cli.group import Command, start_folder


@click.command("init", cls=Command)
@click.argument("directory", metavar="[DIR]", default=".", type=click.Path())
def command(directory: str) -> None:
    """Start a project in DIR (default: here): a small one that builds, with comments that teach.

    Beside the sources it writes settings for editors (.vscode), an entry for pre-commit and what git ignores. A file
    that is there already is never overwritten.
    """
    import sys

    from promptc.cli.terminal import Paint, out, say
    from promptc.core.visible import visible_line
    from promptc.driver.init import init

    started = init(start_folder(), directory)
    paint = Paint(sys.stdout)
    shown = visible_line(directory)
    out(f"{paint('Started a project', 'bold', 'green')} in {paint(shown, 'bold')}")
    for name in started.written:
        out(f"  {paint('+', 'green')} {name}")
    for name in started.extended:
        out(f"  {paint('~', 'yellow')} {name}  {paint('lines added', 'dim')}")
    go = f"cd {shown} && " if directory not in (".", "") else ""
    out(f"\nNext:\n  {go}promptc build\n  promptc show acme/reply --case refund\n  promptc new tenant initech")
    for name, text in started.kept:
        say(f"\n{name} is yours and was left alone. It should hold:\n\n{text}")
