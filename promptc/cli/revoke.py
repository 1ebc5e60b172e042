"""`promptc revoke`: say of a root or an artifact that nobody should serve it any more."""

from __future__ import annotations

import click

from promptc.cli.group import Command, start_folder
from promptc.cli.options import format_option, registry_option, signing_options


@click.command(
    "revoke",
    cls=Command,
    help="""Revoke a root or an artifact, in every channel and for every pin of the registry.

    WHAT is a digest, at least 8 digits of one, or a moment, whose root is meant. What is served does not move: services
    that hold it do as they are set to (stop, fall back, warn), and no promote brings it back. Follow it with a rollback.""",
)
@click.argument("what", metavar="ROOT|DIGEST|MOMENT")
@click.option("--lift", is_flag=True, help="Say that it may be served again.")
@signing_options()
@registry_option()
@format_option("text", "json")
def command(what: str, lift: bool, who: str | None, why: str, where: str | None, form: str) -> None:
    """Revoke, show."""
    from promptc.cli.release_text import show_entry
    from promptc.driver.release.marking import revoke
    from promptc.driver.release.opening import opened_desk
    from promptc.driver.release.who import author_of

    if not why and not lift:
        raise click.UsageError("say why with `--why`: whoever meets the revocation reads it")
    desk = opened_desk(start_folder(), where)
    entry = revoke(desk, what, lift=lift, by=author_of(who, why, desk.folder))
    digest = (entry.revoked or {}).get("digest", "")
    show_entry(entry, form, f"{digest[:19]}… {'may be served again' if lift else 'is revoked'} ({entry.moment})")
