"""`promptc help`: what a code means and how to mend it, or a command's help."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from promptc.cli.group import COMMANDS, Command


def _complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from promptc.core.codes import CODES

    words = [CompletionItem(name, help=about) for name, about in COMMANDS.items()]
    words += [CompletionItem(code, help=entry.title) for code, entry in CODES.items()]
    return [word for word in words if word.value.startswith(incomplete)]


@click.command("help", cls=Command)
@click.argument("word", metavar="[CODE|COMMAND]", required=False, shell_complete=_complete)
@click.pass_context
def command(context: click.Context, word: str | None) -> None:
    """Explain a finding's or error's code (`promptc help O001`), or show a command's help."""
    from promptc.cli.terminal import out
    from promptc.core.codes import CODES
    from promptc.core.errors import PromptcError
    from promptc.core.visible import shortened
    from promptc.driver.nearest import did_you_mean

    root = context.find_root()
    assert isinstance(root.command, click.Group)
    if word is None:
        out(root.command.get_help(root))
    elif word in COMMANDS:
        found = root.command.get_command(root, word)
        assert found is not None
        with click.Context(found, info_name=word, parent=root) as inner:
            out(found.get_help(inner))
    elif word.upper() in CODES:
        out(_entry(word.upper()))
    else:
        hint = did_you_mean(word, [*COMMANDS, *CODES]) or "`promptc --help` lists commands, docs/errors.md lists codes"
        raise PromptcError("C001", f"no code or command `{shortened(word)}`", hint=hint)


def _entry(code: str) -> str:
    import sys
    from textwrap import fill

    from promptc.cli.terminal import Paint
    from promptc.core.codes import CODES

    paint = Paint(sys.stdout)
    entry = CODES[code]
    lines = [f"{paint(code, 'bold')}  {paint(entry.title, 'bold')}", ""]
    lines += [fill(entry.why, 96), "", f"{paint('How to mend it:', 'bold')} {fill(entry.mend, 80)}"]
    return "\n".join(lines)
