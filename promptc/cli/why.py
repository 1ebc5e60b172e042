"""`promptc why TENANT/PROMPT`: why the last build compiled it again, or why the next one would."""

from __future__ import annotations

import click

from promptc.cli.group import Command, start_folder
from promptc.cli.options import complete_target, format_option

ALSO_MAX = 20


@click.command(
    "why",
    cls=Command,
    help="""Say why a target was compiled again by the last build, or would be by the next.

    The first cause is the first thing on a build's way that differs: the toolchain, a line of a template, a key of the
    front matter, a question that the prompt asked of a variable, a value that it prints, a model, a block. It comes with
    its old and its new value, and with the line that says so.""",
)
@click.argument("target", metavar="TENANT/PROMPT", shell_complete=complete_target)
@click.option("--reveal", is_flag=True, help="Show confidential values.")
@format_option("text", "json")
def command(target: str, reveal: bool, form: str) -> int:
    """Parse, ask, show."""
    from promptc.cli.terminal import out_json
    from promptc.driver.why import why

    answer = why(start_folder(), target, reveal=reveal)
    if form == "json":
        causes = [
            {"kind": c.kind, "what": c.what, "before": c.before, "after": c.after, "place": c.place}
            for c in answer.causes
        ]
        out_json({"target": answer.target, "tense": answer.tense, "same": answer.same, "causes": causes})
    else:
        _show(answer)
    return 0


def _show(answer: object) -> None:
    import sys

    from promptc.cli.terminal import Paint, counted, out
    from promptc.core.visible import visible_line
    from promptc.driver.why import Why

    assert isinstance(answer, Why)
    paint = Paint(sys.stdout)
    name = paint(visible_line(answer.target), "bold")
    if answer.tense == "kept":
        out(f"{name}  was kept by the last build, and nothing that it is made of has changed since")
        return
    if not answer.causes and answer.tense == "would":
        out(f"{name}  would be compiled again, and would come out the same: nothing that it asks for has changed")
        return
    if not answer.causes:
        out(
            f"{name}  was compiled again by the last build, and came out the same: nothing that it asks for had changed"
        )
        return
    first, *rest = answer.causes
    if first.kind in ("first", "unknown"):
        out(f"{name}  {_unasked(answer.tense, first.kind, first.what)}")
        return
    out(f"{name}  {_verdict(answer.tense, answer.same)}")
    out("")
    for line in _cause(first, paint):
        out(line)
    if rest:
        out("")
        out(paint("also", "dim"))
        for cause in rest[:ALSO_MAX]:
            for line in _cause(cause, paint):
                out(line)
        if len(rest) > ALSO_MAX:
            out(
                paint(
                    f"  … and {counted(len(rest) - ALSO_MAX, 'more difference')}: `--format json` has them all", "dim"
                )
            )


def _verdict(tense: str, same: bool | None) -> str:
    outcome = "" if same is None else "the same" if same else "different"
    if tense == "would":
        return "would be compiled again" + (f", and would come out {outcome}" if outcome else "")
    return "was compiled again by the last build" + (f", and came out {outcome}" if outcome else "")


def _unasked(tense: str, kind: str, what: str) -> str:
    """What is said where there is no earlier state to compare with."""
    if kind == "unknown":
        return f"can’t be told: {what}"
    return f"{'would be' if tense == 'would' else 'was'} compiled for the first time: {what}"


_NOUNS = {
    "toolchain": "toolchain", "template": "template", "stand-in": "locale", "prompt": "front matter", "schema": "variable",
    "question": "asked", "value": "printed", "model": "model", "config": "config", "tools": "tools", "blocks": "block",
    "examples": "examples", "enabled": "target", "broken": "target", "first": "first time", "unknown": "not known",
}  # fmt: skip


def _cause(cause: object, paint: object) -> list[str]:
    from promptc.cli.terminal import Paint
    from promptc.core.visible import visible_line
    from promptc.driver.differences import Cause

    assert isinstance(cause, Cause)
    assert isinstance(paint, Paint)
    place = f"  {paint(visible_line(cause.place), 'dim')}" if cause.place else ""
    lines = [f"  {paint(_NOUNS[cause.kind], 'cyan')}  {paint(visible_line(cause.what), 'bold')}{place}"]
    if cause.before or cause.after:
        lines.append(f"    {paint('-', 'red')} {visible_line(cause.before)}")
        lines.append(f"    {paint('+', 'green')} {visible_line(cause.after)}")
    return lines
