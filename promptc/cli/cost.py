"""`promptc cost`: what usage costs and who makes it up; conversations, chains and prices below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from promptc.cli.group import Command, Subgroup, start_folder
from promptc.cli.options import complete_target, format_option, registry_option

if TYPE_CHECKING:
    from promptc.core.costing import CostReport

BYS = ("tenant", "prompt", "variant", "model", "outcome", "turns")
MOMENT_HELP = "What is served: the last build, without this; `prod`, `prod@42`, a root's digest."
HISTORY_HELP = "What a turn sends of those before it: `full`, `none`, `last:N`, `summary:N:TOKENS`."


@click.group(
    "cost",
    cls=Subgroup,
    invoke_without_command=True,
    help="""Say what usage costs, and how unevenly: per tenant, prompt, variant, model, outcome or length.

    Usage is a CSV or Parquet file that any billing export can be made into: `tenant`, `prompt`, `calls`, and what else is
    known: `day`, `turns`, `model`, `outcome`, `input_tokens`, `cached_tokens`, `output_tokens`, `revenue` … (docs/cost.md).
    What was billed is priced; without `input_tokens`, tokens are worked out from the compiled prompts.

    Prices ship with promptc, with their date, and stand behind those of your own (the setting `prices`).""",
)
@click.option("--usage", "-u", "usage", metavar="FILE", default=None, help="The usage; the setting `usage` without this.")
@click.option("--by", type=click.Choice(BYS), default="tenant", show_default=True, help="What to add up by.")
@click.option("--revenue", metavar="FILE", default=None, help="A CSV of what each tenant pays a month.")
@click.option("--days", type=click.IntRange(1, 3660), default=None, metavar="N", help="The period, where the file has no days.")
@click.option("--from", "moment", metavar="MOMENT", default=None, help=MOMENT_HELP)
@click.option("--history", metavar="WORD", default=None, help=HISTORY_HELP)
@click.option("--limit", "-n", type=click.IntRange(1), default=20, show_default=True, metavar="N", help="Rows to show as text.")
@click.option("--output", "-o", type=click.Path(dir_okay=False), default=None, metavar="FILE", help="Write there.")
@registry_option()
@format_option("text", "json", "html", "svg", "png")
@click.pass_context
def command(
    context: click.Context, usage: str | None, by: str, revenue: str | None, days: int | None, moment: str | None,
    history: str | None, limit: int, output: str | None, where: str | None, form: str,
) -> None:  # fmt: skip
    """Parse, count, show."""
    if context.invoked_subcommand is not None:
        return
    from promptc.driver.cost.costing import CostRequest, cost

    request = CostRequest(start_folder(), usage, by, revenue, moment, where, history, days or 0)  # type: ignore[arg-type]
    _write(cost(request), form, limit, output)


def _write(report: CostReport, form: str, limit: int, output: str | None) -> None:
    import sys

    from promptc.cli.terminal import out_bytes, say

    data = _written(report, form, limit)
    if output is not None:
        from pathlib import Path

        from promptc.stores.write import write_file

        write_file(Path(output), data)
        say(f"written to {output}")
    elif form == "png" and sys.stdout.isatty():
        raise click.UsageError("a picture would garble the terminal: name a file with '--output'")
    else:
        out_bytes(data)


def _written(report: CostReport, form: str, limit: int) -> bytes:
    if form == "json":
        import json

        from promptc.cli.terminal import json_safe
        from promptc.core.costing import document

        return (json_safe(json.dumps(document(report), ensure_ascii=False)) + "\n").encode()
    if form == "html":
        from promptc.cli.cost_html import page

        return page(report).encode()
    if form in ("svg", "png"):
        from promptc.cli.lorenz import picture

        return picture(report.tenants, report.usage, form)
    import sys

    from promptc.cli.cost_text import lines_of
    from promptc.cli.terminal import Paint

    return "".join(f"{line}\n" for line in lines_of(report, Paint(sys.stdout), limit)).encode()


@command.command("conversation", cls=Command)
@click.argument("target", metavar="TENANT/PROMPT", shell_complete=complete_target)
@click.option("--turns", type=click.IntRange(1, 2000), default=30, show_default=True, metavar="N", help="How long it is.")
@click.option("--message", type=click.IntRange(0), default=150, show_default=True, metavar="N", help="Tokens that a turn's inputs add.")
@click.option("--answer", type=click.IntRange(0), default=250, show_default=True, metavar="N", help="Tokens that the model answers.")
@click.option("--history", metavar="WORD", default=None, help=HISTORY_HELP)
@click.option("--model", metavar="PROVIDER/NAME", default=None, help="Another model than the prompt's.")
@click.option("--hits", type=click.FloatRange(0, 1), default=1.0, show_default=True, help="Share of turns before the cache forgets.")
@click.option("--warm", type=click.FloatRange(0, 1), default=0.0, show_default=True, help="Chance that the first finds the prefix cached.")
@click.option("--marks-history", is_flag=True, help="A cache mark stands at the history's end.")
@click.option("--from", "moment", metavar="MOMENT", default=None, help=MOMENT_HELP)
@registry_option()
@format_option("text", "json")
def conversation(
    target: str, turns: int, message: int, answer: int, history: str | None, model: str | None, hits: float, warm: float,
    marks_history: bool, moment: str | None, where: str | None, form: str,
) -> None:  # fmt: skip
    """Say what a conversation of many turns costs, under the history's strategy and the provider's cache.

    Each turn sends the prompt again and what is kept of the turns before it, so that thirty turns cost more than thirty
    times one."""
    from promptc.cli.cost_text import show_conversation
    from promptc.driver.cost.lengths import TalkRequest, conversation

    request = TalkRequest(
        start_folder(), target, turns, message, answer, history, model, hits, warm, marks_history, moment, where
    )
    show_conversation(conversation(request), form)


@command.command("chain", cls=Command)
@click.argument("file", metavar="FILE")
@format_option("text", "json")
def chain(file: str, form: str) -> None:
    """Price chains of calls per request that is resolved, retries and escalations included, the cheapest first.

    FILE is TOML: chains of steps, each with a model and tokens (or `dollars`), how often it succeeds, how often it is
    tried, and where a request goes then; `[slices]` are kinds of traffic with their shares. docs/cost.md has a sample."""
    from promptc.cli.cost_text import show_chains
    from promptc.driver.cost.chains import chains_of

    show_chains(chains_of(start_folder(), file), form)


@command.command("prices", cls=Command)
@click.argument("word", metavar="[WORD]", default="")
@format_option("text", "json")
def prices(word: str, form: str) -> None:
    """List the prices of models whose `provider/name` holds WORD, and of when they are."""
    from promptc.cli.cost_text import show_prices
    from promptc.driver.cost.costing import settings_of
    from promptc.driver.cost.prices import listed, prices_of

    folder, settings = settings_of(start_folder())
    known = prices_of(folder, settings.prices)
    show_prices(list(listed(known, word)), known.label(), form)
