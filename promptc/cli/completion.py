"""`promptc completion`: the shell's completion script, click's own."""

from __future__ import annotations

import click

from promptc.cli.group import Command

_HOW = {
    "bash": 'eval "$(promptc completion bash)"   # in ~/.bashrc',
    "zsh": 'eval "$(promptc completion zsh)"    # in ~/.zshrc',
    "fish": "promptc completion fish | source      # in ~/.config/fish/config.fish",
}


@click.command("completion", cls=Command)
@click.argument("shell", type=click.Choice(sorted(_HOW)))
def command(shell: str) -> None:
    """Print the completion script of SHELL: bash, fish or zsh.

    \b
    bash  eval "$(promptc completion bash)"   in ~/.bashrc
    zsh   eval "$(promptc completion zsh)"    in ~/.zshrc
    fish  promptc completion fish | source    in ~/.config/fish/config.fish
    """
    from click.shell_completion import get_completion_class

    from promptc.cli.group import promptc
    from promptc.cli.terminal import out

    kind = get_completion_class(shell)
    assert kind is not None
    out(kind(promptc, {}, "promptc", "_PROMPTC_COMPLETE").source())
