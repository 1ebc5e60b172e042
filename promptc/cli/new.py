"""`promptc new tenant`: write a tenant's file, asking for what it must have."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from promptc.cli.group import Group, folder_option, start_folder

if TYPE_CHECKING:
    from promptc.driver.new_tenant import Draft


def _pairs(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    made = {}
    for value in values:
        name, equals, text = value.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"`{value[:80]}` is not NAME=VALUE", ctx=context, param=parameter)
        made[name] = text
    return made


@click.group("new", cls=Group, params=[folder_option()])
def command() -> None:
    """Write a new file, commented."""


@command.command("tenant")
@click.argument("id", metavar="ID")
@click.option("--extends", multiple=True, metavar="LAYER", help="A layer below it; may be repeated, later ones win.")
@click.option(
    "--set", "values", multiple=True, metavar="NAME=VALUE", callback=_pairs, help="A variable; may be repeated."
)
@click.option(
    "--label", "labels", multiple=True, metavar="KEY=VALUE", callback=_pairs, help="A label; may be repeated."
)
@click.option("--title", default="", help="The name that people know.")
@click.option("--locale", default="", help="A language tag such as `ko`.")
@click.option("--in", "folder", default="", metavar="FOLDER", help="A folder below the tenants; folders only sort.")
def tenant(
    id: str,
    extends: tuple[str, ...],
    values: dict[str, str],
    labels: dict[str, str],
    title: str,
    locale: str,
    folder: str,
) -> None:
    """Write a tenant's file: what it must set, and as comments everything else that it may set.

    On a terminal it asks for required variables that no layer sets; elsewhere give them with --set.
    """
    from promptc.cli.findings import show_findings
    from promptc.cli.terminal import Paint, out
    from promptc.core.visible import visible_line
    from promptc.driver.new_tenant import NewTenant, Refused, draft, write

    wanted = NewTenant(id, folder, title, locale, extends, labels, values)
    try:
        drafted = draft(start_folder(), wanted)
        file = write(drafted, _ask(drafted))
    except Refused as error:
        show_findings(error.findings)
        raise
    paint = Paint(sys.stdout)
    out(f"{paint('Wrote', 'bold', 'green')} {visible_line(file)}")
    out(f"\nNext:\n  promptc check {visible_line(id)}")


def _ask(drafted: Draft) -> dict[str, str]:
    """Ask for what is missing, on a terminal alone."""
    if sys.stdin is None or not sys.stdin.isatty():
        return {}
    answers = {}
    for variable in drafted.missing:
        choices = variable.schema.get("enum")
        kind = click.Choice([str(value) for value in choices]) if choices else str
        about = f" ({variable.description})" if variable.description else ""
        answers[variable.name] = str(click.prompt(f"{variable.name}{about}", type=kind, err=True))
    return answers
