"""`promptc types`: what prompts take and give, as Python or TypeScript."""

from __future__ import annotations

import click

from promptc.cli.group import Command, start_folder
from promptc.cli.options import select_argument


@click.command(
    "types",
    cls=Command,
    help="""Write the types of prompts' inputs and answers, for the services that render them.

    \b
      promptc types --lang python -o prompt_types.py
      promptc types --lang typescript prompt:support-reply

    Where tenants' prompts differ in an input, its type is the union of theirs. The same sources give the same file, so that
    it can be committed and a pull request shows an interface that changed.""",
)
@select_argument()
@click.option("--lang", "language", type=click.Choice(["python", "typescript"]), required=True, help="The language.")
@click.option("--output", "-o", "file", metavar="FILE", default=None, help="Write it there.")
def command(select: tuple[str, ...], language: str, file: str | None) -> None:
    """Compile, write."""
    from pathlib import Path

    from promptc.cli.terminal import out
    from promptc.core.visible import visible
    from promptc.driver.types import types
    from promptc.stores.write import write_file

    text = types(start_folder(), language, select)
    if file is None:
        out(visible(text).rstrip("\n"))
        return
    write_file(Path(start_folder(), file), text.encode())
    out(f"{file} is written")


