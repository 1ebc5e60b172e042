"""`promptc approve`: say that a plan may be promoted."""

from __future__ import annotations

import click

from promptc.cli.group import Command, start_folder
from promptc.cli.options import format_option, registry_option, signing_options


@click.command(
    "approve",
    cls=Command,
    help="""Say that a plan may be promoted, where a channel's gates ask for approvals.

    PLAN is a plan digest, as `promptc diff` and `promptc promote` print it, or a file that `promote --plan` wrote. The
    approval holds for exactly the moves that the digest stands for, whoever promotes them; one's own counts for nothing.
    Names are said and not proven: who may write into the registry may write any name.""",
)
@click.argument("plan", metavar="PLAN")
@signing_options()
@registry_option()
@format_option("text", "json")
def command(plan: str, who: str | None, why: str, where: str | None, form: str) -> None:
    """Approve, show."""
    import json

    from promptc.cli.terminal import out, out_json
    from promptc.core.approval import encode_approval
    from promptc.driver.release.approvals import approve
    from promptc.driver.release.opening import opened_desk
    from promptc.driver.release.who import author_of

    desk = opened_desk(start_folder(), where, create=where is None)
    approval = approve(desk, plan, by=author_of(who, why, desk.folder))
    if form == "json":
        out_json(json.loads(encode_approval(approval)))
    else:
        out(f"{approval.name} approves the plan {approval.plan}")
