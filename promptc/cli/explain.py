"""`promptc explain`: every definition of a value along the chain, who won, and which prompts read it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from promptc.cli.group import Command, start_folder
from promptc.cli.options import complete_target, format_option, moment_option, registry_option

if TYPE_CHECKING:
    from promptc.compiler.project import Definition
    from promptc.driver.explain import Explained

VALUE_WIDTH_MAX = 96


def _complete_variable(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from promptc.cli.options import variable_names

    return [CompletionItem(name) for name in sorted(variable_names(context)) if name.startswith(incomplete)]


@click.command("explain", cls=Command)
@click.argument("target", metavar="TENANT[/PROMPT]", shell_complete=complete_target)
@click.argument("variable", metavar="VARIABLE", shell_complete=_complete_variable)
@format_option("text", "json")
@click.option("--reveal", is_flag=True, help="Show confidential values.")
@moment_option()
@registry_option()
def command(target: str, variable: str, form: str, reveal: bool, at: str, where: str | None) -> int:
    """Say where a value comes from: every definition along the chain, what each did, who won, who reads it.

    VARIABLE is a variable (`tone`), a part of one (`limits.turns`), or another path: `prompts.NAME.config.temperature`,
    `prompts.NAME.blocks.NAME`, `models.ALIAS`, `labels.NAME`, `locale`.

    With --at it is explained from the sources of then, found again by their digests.
    """
    from promptc.cli.findings import show_findings
    from promptc.cli.terminal import out, out_json
    from promptc.driver.explain import explain

    explained = explain(start_folder(), target, variable, at=at, registry=where)
    show_findings(explained.findings)
    hide = explained.masked and not reveal
    if form == "json":
        out_json(_explained_json(explained, hide=hide))
    else:
        for line in _text(explained, hide=hide):
            out(line)
    return 3 if explained.findings else 0


def _explained_json(explained: Explained, *, hide: bool) -> dict[str, Any]:
    return {
        "tenant": explained.tenant,
        "path": explained.path,
        "value": _data(explained, explained.value, hide=hide),
        "confidential": explained.masked,
        "chain": list(explained.chain),
        "definitions": [_step_json(explained, step, hide=hide) for step in explained.steps],
        "read_by": {prompt: [str(place) for place in places] for prompt, places in explained.readers.items()},
    }


def _step_json(explained: Explained, step: Definition, *, hide: bool) -> dict[str, Any]:
    return {
        "overlay": step.overlay,
        "directive": step.directive,
        "place": {"file": step.place.file, "line": step.place.line, "column": step.place.column},
        "given": _data(explained, step.given, hide=hide),
        "after": _data(explained, step.after, hide=hide),
    }


def _data(explained: Explained, value: Any, *, hide: bool) -> Any:
    from promptc.compiler.project import MISSING

    if value is MISSING:
        return None
    return "{" + explained.path.split(".")[1] + "}" if hide else value


def _text(explained: Explained, *, hide: bool) -> Iterator[str]:
    from promptc.cli.terminal import Paint, columns
    from promptc.compiler.project import MISSING
    from promptc.core.visible import visible_line

    paint = Paint(sys.stdout)
    name = explained.path.removeprefix("variables.")
    value = _shown(explained, explained.value, hide=hide)
    yield f"{paint(visible_line(explained.tenant), 'bold')}  {paint(visible_line(name), 'bold', 'cyan')} = {value}"
    yield ""
    last = len(explained.steps) - 1
    rows = []
    for number, step in enumerate(explained.steps):
        mark = paint("▸", "green") if number == last else " "
        origin = "default" if not number and step.overlay.endswith((".yaml", ".j2")) else step.overlay
        did = _did(explained, step, number, hide=hide)
        rows.append((f"{mark} {visible_line(origin)}", paint(visible_line(str(step.place)), "dim"), did))
    yield from columns(rows)
    yield ""
    chain = " › ".join(map(visible_line, explained.chain)) or "broken, see above"
    yield f"{paint('chain', 'dim')}    {chain}"
    if explained.path.startswith("variables."):
        yield from _readers(explained, paint)
    if not hide and explained.value is not MISSING:
        yield from _in_full(explained, paint)


def _readers(explained: Explained, paint: Any) -> Iterator[str]:
    from promptc.cli.terminal import columns
    from promptc.core.visible import visible_line

    if not explained.readers:
        yield f"{paint('read by', 'dim')}  no prompt"
    rows: list[tuple[str, str, str]] = []
    for prompt, places in explained.readers.items():
        where = ", ".join(visible_line(str(place)) for place in places[:3])
        more = f" and {len(places) - 3} more" if len(places) > 3 else ""
        rows.append((paint("" if rows else "read by", "dim"), prompt, paint(where + more, "dim")))
    yield from columns(rows)


def _in_full(explained: Explained, paint: Any) -> Iterator[str]:
    """The value that stands, where the line above had to cut it."""
    from promptc.core.visible import visible

    value = explained.value
    whole = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
    if len(json.dumps(value, ensure_ascii=False)) > VALUE_WIDTH_MAX:
        yield ""
        yield from (f"{paint('│', 'dim')} {line}".rstrip() for line in visible(whole).rstrip("\n").split("\n"))


def _did(explained: Explained, step: Definition, number: int, *, hide: bool) -> str:
    """What one definition did: the value after it, and what it gave where that differs."""
    from promptc.compiler.project import MISSING
    from promptc.core.values import same

    after = _shown(explained, step.after, hide=hide)
    if ".blocks." in explained.path and isinstance(step.after, list) and step.after and number:
        ((kind, text),) = step.after[-1].items()
        return f"{kind} {_shown(explained, text, hide=hide)}"
    if not number or step.given is MISSING:
        return after
    if step.directive == "unset":
        return f"!unset, back to {after}"
    if step.directive == "${}":
        return f"references filled in: {after}"
    if step.directive:
        return f"!{step.directive} {_shown(explained, step.given, hide=hide)} → {after}"
    if same(step.given, step.after) or hide:
        return after
    return f"joins {_shown(explained, step.given, hide=hide)} → {after}"


def _shown(explained: Explained, value: Any, *, hide: bool) -> str:
    from promptc.compiler.project import MISSING
    from promptc.core.visible import visible_line

    if value is MISSING:
        return "no value"
    if hide:
        return str(_data(explained, value, hide=True)) + " (confidential, see --reveal)"
    said = visible_line(json.dumps(value, ensure_ascii=False))
    return said if len(said) <= VALUE_WIDTH_MAX else said[: VALUE_WIDTH_MAX - 1] + "…"
