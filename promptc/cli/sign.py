"""`promptc sign`: state with a key that a channel's head is what it is, until a day."""

from __future__ import annotations

import click

from promptc.cli.group import Command, start_folder
from promptc.cli.options import complete_channel, format_option, registry_option


@click.command(
    "sign",
    cls=Command,
    help="""State with a private key that CHANNEL's head is what it is, for as long as `--expires` says, and sign the build
    records behind it (in-toto statements in DSSE envelopes).

    Run it after each promote and rollback, and by a timer before a statement expires: it is renewed in its place and no entry
    is touched. Services that were opened with `trusted` keys take no head that too few of them vouch for, so that whoever can
    write the registry, and has no key, can move nobody.""",
)
@click.argument("channel", shell_complete=complete_channel)
@click.option("--key", metavar="FILE", envvar="PROMPTC_SIGNING_KEY", required=True, help="The private key.")
@click.option("--expires", metavar="AGE", default="7d", show_default=True, help="How long it holds: `7d`, `12h`.")
@registry_option()
@format_option("text", "json")
def command(channel: str, key: str, expires: str, where: str | None, form: str) -> None:
    """Read the key, sign, show."""
    from pathlib import Path

    from promptc.cli.terminal import out, out_json
    from promptc.core.channel import checked_name
    from promptc.driver.release.gc import parsed_age
    from promptc.driver.release.opening import opened_desk
    from promptc.driver.release.signing import read_key, sign

    seconds = parsed_age(expires)
    done = sign(opened_desk(start_folder(), where), checked_name(channel), read_key(str(Path(start_folder(), key))), seconds=seconds)
    if form == "json":
        out_json({"channel": channel, "entry": done.entry.number, "key": done.key.id, "expires": done.expires, "records": done.records})
        return
    out(f"{done.entry.moment} is signed by {done.key.id} until {done.expires[:16].replace('T', ' ')}")
    if done.records:
        out(f"  and {done.records:,} build record{'' if done.records == 1 else 's'}")
