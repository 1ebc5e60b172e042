"""`promptc schema`: print a JSON Schema, list them, or write those that editors use."""

from __future__ import annotations

from typing import Any

import click
from click.shell_completion import CompletionItem

from promptc.cli.group import Command, start_folder
from promptc.cli.options import format_option


def _complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from promptc.driver.schema import SCHEMAS

    return [CompletionItem(s.name, help=s.about) for s in SCHEMAS if s.name.startswith(incomplete)]


@click.command("schema", cls=Command)
@click.argument("name", required=False, shell_complete=_complete)
@click.option("--write", is_flag=True, help="Write the schemas that editors use to .promptc/schemas/, as build does.")
@format_option("text", "json")
def command(name: str | None, write: bool, form: str) -> None:
    """Print JSON Schemas of the formats and of this project's own files.

    Without NAME it lists them. `tenant` and `layer` are made from this project's variables, prompts, layers and tools.
    """
    from promptc.cli.terminal import out, out_json
    from promptc.driver import schema

    if write:
        folder, changed = schema.write(start_folder())
        _show_written(str(folder), changed, form)
    elif name is not None:
        out_json(schema.schema(name, start_folder()))
    elif form == "json":
        out_json([{"name": s.name, "about": s.about, "own": s.is_own} for s in schema.SCHEMAS])
    else:
        for line in _listing(schema.SCHEMAS):
            out(line)


def _listing(schemas: Any) -> list[str]:
    import sys

    from promptc.cli.terminal import Paint, columns

    paint = Paint(sys.stdout)
    return columns([(paint(s.name, "bold"), s.about) for s in schemas])


def _show_written(folder: str, changed: tuple[str, ...], form: str) -> None:
    from promptc.cli.terminal import counted, out, out_json
    from promptc.core.visible import visible_line

    if form == "json":
        out_json({"changed": list(changed)})
    elif changed:
        out(f"Wrote {counted(len(changed), 'schema')} to .promptc/schemas: {visible_line(', '.join(changed))}")
    else:
        out("The schemas under .promptc/schemas are current")
