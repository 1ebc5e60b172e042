"""`promptc keys`: make a key to sign with, and print the public half of one."""

from __future__ import annotations

import click

from promptc.cli.group import Subgroup, start_folder


@click.group(
    "keys",
    cls=Subgroup,
    help="""Make keys for `promptc sign`, and print what clients need of them.

    A private key is a PEM file (Ed25519) that only its owner can read: keep it where promotes are made, and out of git. Its
    public half is 64 hex digits, which services are given as `trusted`.""",
)
def command() -> None:
    """The group; its commands stand below."""


@command.command("new", help="Write a new private key into FILE, and print its public half.")
@click.argument("file", metavar="FILE")
def new(file: str) -> None:
    """Make, write, show."""
    from pathlib import Path

    from promptc.cli.terminal import out
    from promptc.driver.release.signing import new_key

    key = new_key(Path(start_folder(), file))
    out(f"key {key.id}")
    out(f"  trusted  {key.public}")


@command.command("public", help="Print the public half of the private key in FILE, for `Prompts.open(trusted=[…])`.")
@click.argument("file", metavar="FILE")
def public(file: str) -> None:
    """Read, show."""
    from pathlib import Path

    from promptc.cli.terminal import out
    from promptc.driver.release.signing import read_key

    out(read_key(str(Path(start_folder(), file))).public)
