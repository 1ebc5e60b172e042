"""`promptc show`: a compiled prompt as a person reads it, as data, or rendered as the runtime would."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from promptc.cli.group import Command, start_folder
from promptc.cli.options import complete_case, complete_target, format_option, moment_option, registry_option

if TYPE_CHECKING:
    from promptc.driver.show import Shown

Inputs = tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]


@click.command("show", cls=Command)
@click.argument("target", metavar="[TENANT/PROMPT | DIGEST]", required=False, shell_complete=complete_target)
@format_option("text", "json", "openai", "anthropic", "gemini")
@click.option(
    "--input", "input_file", metavar="FILE", help="Render with inputs: a JSON object; `-` reads standard input."
)
@click.option(
    "--case",
    "case",
    metavar="NAME",
    shell_complete=complete_case,
    help="Render with the inputs of a case from sources/cases.",
)
@click.option("--history", "history_file", metavar="FILE", help="A JSON list of messages, in the provider's shape.")
@click.option("--receipt", "receipt", metavar="FILE", help="Look at a receipt instead: make its body again, and compare.")
@click.option("--origins", is_flag=True, help="Put file, line and layer beside each line of text.")
@moment_option()
@registry_option()
def command(
    target: str | None, form: str, input_file: str | None, case: str | None, history_file: str | None, receipt: str | None,
    origins: bool, at: str, where: str | None,
) -> int:  # fmt: skip
    """Show the compiled prompt of a target, or of a digest (at least 8 digits of it).

    With --at it is what the target was at a moment: `prod`, `prod@42`, `prod@2026-03-04T10:00Z`, a root, a pin file, or a
    revision of git, which is compiled. With --registry too it needs no project.

    With --input or --case it is rendered as the runtime would. `--format json` prints the artifact's own bytes,
    or the rendered messages; openai, anthropic and gemini print request bodies.

    With --receipt FILE it is what a service's receipt names: whether its entry served it, and with --input (and --history)
    whether the same body comes of it; exit code 1 when something differs.
    """
    from promptc.cli.findings import show_findings
    from promptc.driver.show import At, NotCompiled, show

    if (target is None) == (receipt is None):
        raise click.UsageError("name a target or a digest, or a receipt with --receipt")
    if receipt is not None:
        return _show_receipt(receipt, (input_file, history_file), where, form)
    assert target is not None
    if where is not None and not at and "/" in target:
        raise click.UsageError("--registry goes with --at, which says what of it to show")
    if input_file is not None and case is not None:
        raise click.UsageError("--input and --case exclude each other")
    if origins and (form != "text" or input_file or case):
        raise click.UsageError("--origins goes with the text of the compiled prompt alone")
    try:
        shown = show(start_folder(), target, At(at, where), origins=origins)
    except NotCompiled as error:
        show_findings(error.findings)
        raise
    show_findings(shown.findings)
    inputs = _inputs(shown, input_file, case, history_file)
    if inputs is None and form in ("text", "json"):
        _show_artifact(shown, form, origins=origins)
    else:
        _show_rendered(shown, form, inputs or ({}, ()))
    return 0


def _show_receipt(path: str, files: tuple[str | None, str | None], where: str | None, form: str) -> int:
    from promptc.cli.terminal import columns, out, out_json
    from promptc.core.visible import visible_line
    from promptc.driver.release.opening import opened_desk
    from promptc.driver.release.receipts import read_receipt, rebuilt
    from promptc.driver.show import read_json_file

    inputs = read_json_file(files[0], dict, "--input") if files[0] is not None else None
    history = read_json_file(files[1], list, "--history") if files[1] is not None else []
    receipt = read_receipt(path)
    found = rebuilt(opened_desk(start_folder(), where, may_lack=True), receipt, inputs, history)
    said = {"served": found.was_served, "inputs": found.inputs, "history": found.history, "body": found.body}
    if form == "json":
        named = {"artifact": receipt.artifact, "moment": f"{receipt.channel}@{receipt.entry}"}
        out_json({**named, **said, "agrees": found.agrees, "made": found.made})
        return int(not found.agrees)
    words = {True: "agrees", False: "DIFFERS", None: "not known"}
    out(f"{visible_line(receipt.served)}/{visible_line(receipt.prompt)} of {visible_line(receipt.channel)}@{receipt.entry}, {receipt.time}")
    rows = [["artifact", receipt.artifact], ["model", visible_line(f"{receipt.model} as {receipt.deployment}")]]
    if receipt.tenant != receipt.served:
        rows.append(["asked for", visible_line(receipt.tenant)])
    rows.append(["served", {True: "its entry says so", False: "NOT by that entry", None: "not known here"}[found.was_served]])
    rows += [[name, words[said[name]]] for name in ("inputs", "body") if inputs is not None]
    rows += [["history", words[found.history]]] if history or receipt.history else []
    for line in columns(rows, indent="  "):
        out(line)
    return int(not found.agrees)


def _inputs(shown: Shown, input_file: str | None, case: str | None, history_file: str | None) -> Inputs | None:
    from promptc.driver.show import inputs_of_case, read_json_file

    inputs: Mapping[str, Any] = {}
    history: Sequence[Mapping[str, Any]] = ()
    if case is not None:
        inputs, history = inputs_of_case(shown, start_folder(), case)
    elif input_file is not None:
        inputs = read_json_file(input_file, dict, "--input")
    elif history_file is None:
        return None
    if history_file is not None:
        history = read_json_file(history_file, list, "--history")
    return inputs, history


def _show_artifact(shown: Shown, form: str, *, origins: bool) -> None:
    from promptc.cli.terminal import json_safe, out
    from promptc.cli.view import view

    if form == "json":
        # The very bytes that the digest is of, as long as no terminal could be driven by them.
        sys.stdout.write(json_safe(shown.data.decode()))
        return
    for line in view(shown, origins=origins):
        out(line)


def _show_rendered(shown: Shown, form: str, inputs: Inputs) -> None:
    from promptc.cli.terminal import out, out_json
    from promptc.cli.view import rendered_lines
    from promptc.runtime import Artifact, InputError

    try:
        rendered = Artifact.load(shown.data, shown.digest).render(*inputs)
    except InputError as error:
        error.hint = error.hint or "give inputs with `--input FILE`, or `--case NAME`"
        raise
    if form == "text":
        for line in rendered_lines(rendered):
            out(line)
    elif form == "json":
        out_json(rendered.messages)
    else:
        bodies: dict[str, Callable[[], Any]] = {
            "openai": rendered.openai,
            "anthropic": rendered.anthropic,
            "gemini": rendered.gemini,
        }
        out_json(bodies[form]())
