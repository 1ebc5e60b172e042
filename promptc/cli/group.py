"""Group: the commands under their headings, imported only when they run, with `-C DIR` before or after the command.

    main -> [group] -> build, list, show, ...

The table below is all that `promptc --help` needs; no command's module is imported for it.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

import click

from promptc import __version__

# Heading -> command -> its line of help. A command's module is called as it is.
HEADINGS: dict[str, dict[str, str]] = {
    "Start": {
        "init": "Start a small project that builds, with comments that teach.",
        "new": "Write a new tenant's file, commented.",
        "completion": "Print the shell's completion script.",
    },
    "Build": {
        "build": "Compile targets and publish them under build/.",
        "check": "Compile targets, publish nothing, and run every check.",
        "test": "Run the cases of sources/cases, or replay recorded requests.",
        "plant": "Copy the project with a marker in each tenant's texts.",
        "watch": "Build after every save, and show what changed.",
    },
    "Look": {
        "list": "List targets with labels, owner, model, size and digest.",
        "show": "Show a compiled prompt, or render it with inputs.",
        "explain": "Say where a value comes from, and which prompts read it.",
        "diff": "Show what two moments serve differently, grouped, with causes.",
        "why": "Say why a target was compiled again, or would be.",
        "graph": "Show what targets are made of, or what a file reaches.",
        "examples": "List few-shot examples, where they came from, what they reach.",
        "cost": "Say what usage costs, who makes it up, and what a conversation costs.",
        "portfolio": "Show variants beside each other: shares, evidence, cost.",
        "evals": "Say what lacks evidence, export what runs it, record results.",
        "types": "Write the types of prompts' inputs and answers for services.",
        "schema": "Print JSON Schemas of the formats and of this project.",
        "help": "Explain a code (`promptc help O001`) or a command.",
    },
    "Release": {
        "promote": "Move a channel to what was built; shows a plan, and asks.",
        "approve": "Say that a plan may be promoted.",
        "pin": "Write down, check or move what a service's own deploy serves.",
        "deployed": "Say which pin a service serves from now on.",
        "rollback": "Give targets back what an older entry served.",
        "reconcile": "Put right what a bad prompt left behind.",
        "history": "Say what a channel served, since when, and by whom.",
        "trace": "Say who was served a digest and when, and what it is made of.",
        "channels": "List the channels of a registry and their heads.",
        "sign": "State with a key that a channel's head is what it is.",
        "keys": "Make keys to sign with, and print what clients need of them.",
        "vendor": "Write what a pin stands for, for a service's image.",
        "export-static": "Write a registry as files for a web server or a CDN.",
        "push": "Bring a build into the registry before it is promoted.",
        "hold": "Keep targets as they are, or from a digest, until `unhold`.",
        "unhold": "Let held targets move again.",
        "mark": "Mark an entry as good: what a rollback goes back to.",
        "revoke": "Say of a root or an artifact that nobody should serve it.",
    },
    "Keep": {
        "gc": "Show or delete what nothing names any more.",
        "forget": "Remove a tenant from sources, build and registries, and report.",
        "retire": "Take the texts of old entries out of a registry for good.",
        "verify": "Read everything again, say what is safe to serve; repair.",
    },
    "Change": {
        "override": "Write a replacement for a block into a tenant's file.",
        "rebase": "Show stale overrides beside what changed under them.",
    },
}
COMMANDS: dict[str, str] = {name: about for group in HEADINGS.values() for name, about in group.items()}
ABOUT = "Compile prompt sources and tenant overlays into hashed artifacts."
OPTIONS = {
    "-C DIR": "Work as if started in DIR; also after the command.",
    "-V, --version": "Show the version.",
    "-h, --help": "Show this, or a command's help after its name.",
}
EXIT_CODES = "Exit codes: 0 fine, 1 a gate says no, 2 usage, 3 the sources are wrong; docs/exit-codes.md has all."


class Command(click.Command):
    """A command that takes `-C DIR` itself, too."""

    def __init__(self, *args: Any, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.params.append(folder_option())


class Group(click.Group):
    """A group of commands like those."""

    command_class = Command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is named first, or a usage error with the nearest name."""
        name = args[0] if args else ""
        if self.get_command(ctx, name) is None and not ctx.resilient_parsing:
            from promptc.core.errors import PromptcError
            from promptc.core.visible import shortened
            from promptc.driver.nearest import did_you_mean

            hint = did_you_mean(name, self.list_commands(ctx)) or f"`{ctx.command_path} --help` lists them"
            raise PromptcError("C001", f"unknown command `{shortened(name)}`", hint=hint)
        return super().resolve_command(ctx, args)


class Subgroup(Group):
    """A command with commands of its own below it."""

    def __init__(self, *args: Any, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.params.append(folder_option())


class LazyGroup(Group):
    """The group of HEADINGS: a command's module is imported when the command is looked up, not before."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, its module imported."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"promptc.cli.{cmd_name.replace('-', '_')}").command
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        """Names and help from the table, without importing any command."""
        from click.shell_completion import CompletionItem

        names = [CompletionItem(name, help=about) for name, about in COMMANDS.items() if name.startswith(incomplete)]
        return names or click.Command.shell_complete(self, ctx, incomplete)

    def get_help(self, ctx: click.Context) -> str:
        """The table under its headings. Written out and not wrapped: click's formatter costs more than the rest of it."""
        width = max(map(len, [*COMMANDS, *OPTIONS])) + 2
        lines = ["Usage: promptc [OPTIONS] COMMAND [ARGS]...", "", f"  {ABOUT}"]
        for heading, rows in {**HEADINGS, "Options": OPTIONS}.items():
            lines += ["", f"{heading}:", *(f"  {name:<{width}}{about}" for name, about in rows.items())]
        return "\n".join([*lines, "", EXIT_CODES])


def _remember_folder(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    """Keep DIR for the driver. A second -C is relative to the first, as with git."""
    if value is None:
        return
    if not value:
        raise click.BadParameter("the folder's name is empty", ctx=context, param=parameter)
    root = context.find_root()
    root.obj = os.path.join(root.obj or "", value)


def folder_option() -> click.Option:
    """The option `-C DIR`, one for each command."""
    return click.Option(
        ["-C", "start"],
        metavar="DIR",
        expose_value=False,
        is_eager=True,
        callback=_remember_folder,
        help="Work as if started in DIR.",
    )


def start_folder() -> str:
    """The folder that the user stands in, or the one that -C names."""
    return click.get_current_context().find_root().obj or "."


@click.group(
    cls=LazyGroup,
    params=[folder_option()],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "-V", "--version", message="promptc %(version)s")
def promptc() -> None:
    """The command `promptc`; ABOUT says what it does."""
