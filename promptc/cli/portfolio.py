"""`promptc portfolio`: the variants of prompts beside each other: shares, evidence, tokens, cost, and which isn't needed."""

from __future__ import annotations

import click

from promptc.cli.evals import channel_option
from promptc.cli.group import Command, start_folder
from promptc.cli.options import complete_prompt, format_option, registry_option


@click.command(
    "portfolio",
    cls=Command,
    help="""Show the variants of prompts, segment by segment, and which of them no segment needs.

    A segment is the tenants with the same shares, or with `--by` those with the same label. Each variant is shown with its
    share of keys, what evidence says with its 95 % interval, its tokens, the price of its input, and with a file of usage
    (column `variant`) what a call came to. A variant is not needed where another one that is given keys passes every suite
    at least as often and costs no more; `retired: true` in its front matter takes it out of use (docs/portfolios.md).""",
)
@click.argument("prompt", required=False, shell_complete=complete_prompt)
@click.option("--by", metavar="LABEL", default="", help="Segments by this label, such as `plan`.")
@channel_option()
@click.option("--suite", "suites", metavar="NAME", multiple=True, help="Only this suite; may be repeated.")
@click.option("--usage", "-u", metavar="FILE", default=None, help="Counted calls; the setting `usage` without this.")
@registry_option()
@format_option("text", "markdown", "json")
def command(
    prompt: str | None, by: str, moment: str | None, suites: tuple[str, ...], usage: str | None, where: str | None, form: str
) -> None:
    """Look, show."""
    from promptc.cli.portfolio_text import markdown_lines, text_lines
    from promptc.cli.terminal import out, out_json
    from promptc.core.portfolio import document
    from promptc.driver.portfolio import PortfolioRequest, portfolio
    from promptc.driver.release.who import now

    found = portfolio(PortfolioRequest(start_folder(), now(), prompt or "", moment, by, usage, where, suites))
    if form == "json":
        out_json(document(found))
        return
    for line in markdown_lines(found) if form == "markdown" else text_lines(found):
        out(line)
