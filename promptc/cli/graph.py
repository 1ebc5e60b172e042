"""`promptc graph`: what targets are made of, or what files reach."""

from __future__ import annotations

import sys

import click

from promptc.cli.group import Command, start_folder
from promptc.cli.options import SELECT_HELP, exclude_option, format_option, select_argument


@click.command(
    "graph",
    cls=Command,
    help=f"""Show what targets are made of: templates, variables, models, tools, schemas, examples, overlays.

    {SELECT_HELP}

    With --from: which targets a file reaches, and through what.""",
)
@select_argument()
@exclude_option()
@click.option("--from", "files", multiple=True, metavar="FILE", type=click.Path(), help="A file; may be repeated.")
@format_option("tree", "dot", "mermaid", "json")
def command(select: tuple[str, ...], exclude: tuple[str, ...], files: tuple[str, ...], form: str) -> int:
    """Parse, ask for the graph, draw it."""
    from promptc.cli import drawing
    from promptc.cli.terminal import Paint, counted, out, out_json, say
    from promptc.core.errors import Exit
    from promptc.driver import graph as graphs

    if files:
        made, reaches = graphs.reach(start_folder(), select, exclude, files)
    else:
        made, reaches = graphs.graph(start_folder(), select, exclude), ()
    if made.unresolved:
        names = ", ".join(made.unresolved[:5]) + (" …" if len(made.unresolved) > 5 else "")
        say(
            f"{counted(len(made.unresolved), 'tenant')} can't be resolved and not shown: {names} (`promptc check` says why)"
        )
    paint = Paint(sys.stdout)
    if form == "json":
        out_json(drawing.reaches_json(reaches) if files else drawing.graph_json(made))
    else:
        draw = {"tree": drawing.tree, "dot": drawing.dot, "mermaid": drawing.mermaid}[form]
        for line in draw(made, reaches, paint):
            out(line)
    return int(Exit.SOURCES if made.unresolved else Exit.OK)
