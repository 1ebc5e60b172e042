"""`promptc override`: write a replacement for a block into a tenant's file."""

from __future__ import annotations

import sys

import click

from promptc.cli.group import Command, start_folder
from promptc.cli.options import complete_block, complete_target


@click.command("override", cls=Command)
@click.argument("target", metavar="TENANT/PROMPT", shell_complete=complete_target)
@click.argument("block", metavar="BLOCK", shell_complete=complete_block)
@click.option("--text", help="The replacement; without it the base is written where overlays can say it.")
def command(target: str, block: str, text: str | None) -> None:
    """Write a replacement for BLOCK into the tenant's file, by inserting text: comments and layout stay.

    `against` is filled in, and the base that it replaces stands above it as a comment. For tenants of a .jsonl file,
    and where a file can't take an insertion, it is printed instead.
    """
    from promptc.cli.terminal import Paint, out, say
    from promptc.core.visible import visible, visible_line
    from promptc.driver.override import override

    done = override(start_folder(), target, block, text)
    paint = Paint(sys.stdout)
    if done.file:
        out(
            f"{paint('Wrote', 'bold', 'green')} a replacement for {paint(visible_line(block), 'bold')} into {visible_line(done.file)}:\n"
        )
    elif done.why:
        say(f"not written: {done.why}. Put this there:\n")
    for line in done.lines:
        out(visible(line))
    if done.unfit is not None:
        raise done.unfit
    if done.is_placeholder:
        say("\nthe base holds conditions or loops, which overlay text can't: edit the text before you build")
