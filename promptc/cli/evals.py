"""`promptc evals`: what lacks evidence, what runs it, what came of it. promptc itself asks no model."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from promptc.cli.group import Command, Subgroup, start_folder
from promptc.cli.options import Decorated, complete_channel, format_option, registry_option

if TYPE_CHECKING:
    from promptc.core.evidence import Need
    from promptc.driver.evals.plan import Plan


def channel_option() -> Callable[[Decorated], Decorated]:
    """`--channel MOMENT`."""
    return click.option(
        "--channel", "moment", metavar="MOMENT", default=None, shell_complete=complete_channel,
        help="What a channel serves; the last build without this.",
    )  # fmt: skip


def shape_options() -> Callable[[Decorated], Decorated]:
    """`--by shape --sample N`."""

    def decorated(command: Decorated) -> Decorated:
        command = click.option(
            "--sample", type=click.IntRange(1), default=3, show_default=True, metavar="N", help="Artifacts of each shape."
        )(command)
        by = click.Choice(["artifact", "shape"])
        return click.option("--by", type=by, default="artifact", show_default=True, help="All artifacts, or some of each shape.")(command)

    return decorated


@click.group(
    "evals",
    cls=Subgroup,
    help="""Plan evaluations, export them to a tool that runs them, and record what came of it.

    Suites are declared in sources/suites. Evidence is bound to what was evaluated: the artifact, the model with its
    quantization, the suite and its cases; it counts only while all of these are the same (docs/evals.md).""",
)
def command() -> None:
    """The group alone does nothing."""


def _planned(moment: str | None, where: str | None, suites: tuple[str, ...], at: str | None = None) -> Plan:
    from promptc.driver.evals.plan import PlanRequest, plan
    from promptc.driver.release.who import now

    if at is not None:
        from promptc.core.channel import parsed_time

        time = parsed_time(at)
        if time is None:
            raise click.BadParameter(f"'{at[:40]}' is no time like 2027-03-04T10:00Z", param_hint="'--at'")
        return plan(PlanRequest(start_folder(), time, moment, where, suites))
    return plan(PlanRequest(start_folder(), now(), moment, where, suites))


@command.command("plan", cls=Command)
@channel_option()
@click.option("--suite", "suites", metavar="NAME", multiple=True, help="Only this suite; may be repeated.")
@shape_options()
@click.option("--at", metavar="TIME", default=None, help="As of another time than now: `2027-03-04T10:00Z`.")
@click.option("--runs", is_flag=True, help="Show what was run, also of what is fresh, with intervals.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 when something lacks.")
@registry_option()
@format_option("text", "json")
def plan(
    moment: str | None, suites: tuple[str, ...], by: str, sample: int, at: str | None, runs: bool, exit_code: bool,
    where: str | None, form: str,
) -> int:  # fmt: skip
    """List the artifacts and suites that lack fresh evidence, each once, however many tenants it serves.

    With `--by shape`, artifacts that differ only in what fills their holes are one row, with a sample that stands for all."""
    from promptc.cli.evals_text import show_plan, show_shapes
    from promptc.cli.terminal import out_json
    from promptc.driver.evals.plan import plan_document

    found = _planned(moment, where, suites, at)
    if form == "json":
        out_json(plan_document(found))
    elif by == "shape":
        from promptc.driver.evals.shapes import shapes_of

        show_shapes(shapes_of(found.opened, found.lacking, sample), found)
    else:
        show_plan(found, runs=runs)
    return int(exit_code and bool(found.lacking))


@command.command("export", cls=Command)
@click.option("--to", "tool", type=click.Choice(["promptfoo"]), default="promptfoo", show_default=True, help="The tool that runs it.")
@channel_option()
@click.option("--suite", "suites", metavar="NAME", multiple=True, help="Only this suite; may be repeated.")
@shape_options()
@click.option("--all", "everything", is_flag=True, help="Also what is fresh.")
@click.option("--provider", metavar="ID", default=None, help="Let this provider of the tool answer, `echo` or a script.")
@click.option("--output", "-o", type=click.Path(file_okay=False), default="evals", metavar="DIR", help="The folder to write: `evals`.")
@registry_option()
def export(
    tool: str, moment: str | None, suites: tuple[str, ...], by: str, sample: int, everything: bool, provider: str | None,
    output: str, where: str | None,
) -> None:  # fmt: skip
    """Write what lacks evidence as a folder that promptfoo runs: rendered messages, and whom each stands for."""
    from pathlib import Path

    from promptc.cli.terminal import counted, say
    from promptc.driver.evals.export import export_promptfoo

    found = _planned(moment, where, suites)
    many = export_promptfoo(found, _needs(found, by, sample, everything=everything), Path(output), provider=provider)
    say(f"{counted(many, 'test')} for {tool} in {output}")
    say(f"  cd {output} && {tool} eval -c promptfooconfig.json -o results.json --no-cache --no-table")


def _needs(found: Plan, by: str, sample: int, *, everything: bool) -> list[Need]:
    verdicts = found.verdicts if everything else found.lacking
    if by == "shape":
        from promptc.driver.evals.shapes import shapes_of

        return [one.need for shape in shapes_of(found.opened, verdicts, sample) for one in shape.sample]
    return [one.need for one in verdicts]


@command.command("record", cls=Command)
@click.argument("file", type=click.Path(dir_okay=False))
@channel_option()
@click.option("--model", metavar="PROVIDER/NAME", default=None, help="What answered, where the results don't say.")
@click.option("--revision", metavar="WORD", default=None, help="Its revision.")
@click.option("--quantization", metavar="WORD", default=None, help="Its quantization.")
@click.option("--who", default=None, metavar="NAME", help="Who says so; git's author without this.")
@registry_option()
def record(
    file: str, moment: str | None, model: str | None, revision: str | None, quantization: str | None, who: str | None,
    where: str | None,
) -> None:  # fmt: skip
    """Record results: promptfoo's JSON, JUnit, or a CSV with artifact, suite, case, passed.

    Nothing is replaced: running again is one more record, and all runs count together."""
    from pathlib import Path

    from promptc.cli.evals_text import show_recorded
    from promptc.driver.evals.record import record
    from promptc.driver.release.who import now, who_of

    found = _planned(moment, where, ())
    provider, _, name = (model or "").partition("/")
    said = {"provider": provider, "name": name, "revision": revision, "quantization": quantization}
    given = {key: value for key, value in said.items() if value}
    show_recorded(record(found, Path(file), model=given, time=now(), who=who_of(who, found.desk.folder)))


@command.command("discriminate", cls=Command)
@click.option("--days", type=click.IntRange(0), default=60, show_default=True, metavar="N", help="Never failed since so many days.")
@registry_option()
@format_option("text", "json")
def discriminate(days: int, where: str | None, form: str) -> None:
    """List cases by what they tell apart: those that have passed for everything for long are dead weight."""
    from promptc.cli.evals_text import show_worths
    from promptc.driver.evals.discriminate import discriminate
    from promptc.driver.release.opening import opened_desk
    from promptc.driver.release.who import now

    show_worths(discriminate(opened_desk(start_folder(), where), days_min=days, now=now()), form)
