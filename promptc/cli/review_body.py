"""Review body: one group as text: its title, what goes and comes, why, in which prompts, for whom.

    Group -> [review body] -> lines of review text

Foreign text is made visible before it is coloured.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from promptc.cli.money import money_said
from promptc.cli.terminal import Paint, Style, columns, counted
from promptc.core.outline import Hole, Line
from promptc.core.review import Cause, Group, shown_line
from promptc.core.visible import visible_line

BODY_LINES_MAX = 16
LINE_CHARACTERS_MAX = 300
CONTEXT_CHARACTERS_MAX = 100
LABELS_MAX = 6
COLOURS: dict[str, Style] = {
    "interface": "magenta", "model": "cyan", "text": "blue", "whitespace": "dim", "toolchain": "yellow",
}  # fmt: skip
_WORD = re.compile(r"\s+|\w+|[^\w\s]")


def _title(group: Group, paint: Paint) -> str:
    where = f"{group.where}, line {group.line:,}" if group.line else group.where
    kind = "new tenant, " if group.kind == "new" else ""
    many = counted(len(group.targets), "target")
    alike = "identical" if group.is_identical else f"same change, other values ({counted(group.variants, 'variant')})"
    if len(group.targets) > 1:
        many += f" of {counted(group.tenants, 'tenant')}, {alike}"
    number, change = paint(f"[{group.number}]", "bold"), paint(group.change, "bold", COLOURS[group.change])
    return f"{number} {change}  {kind}{visible_line(where)}  {paint(many, 'bold')}"


def stat_of(group: Group, paint: Paint) -> list[str]:
    """A group as one row."""
    line = next((shown_line(line) for line in (*group.after, *group.before) if line), "")
    return [
        f"[{group.number}]",
        group.change,
        visible_line(group.where),
        f"{len(group.targets):,}",
        _cut(visible_line(line), 60),
        paint(_first_place(group), "dim"),
    ]


def _first_place(group: Group) -> str:
    return next((visible_line(cause.place) for cause in group.causes if cause.place), "")


def lines_of_group(group: Group, paint: Paint) -> Iterator[str]:
    """A group: its title, its lines with a little around them, why, and who."""
    yield _title(group, paint)
    before, after = _marked(group, paint)
    around = [None if line is None else f"    {_cut(_plain(line), CONTEXT_CHARACTERS_MAX)}" for line in group.context]
    if around[0] is not None:
        yield paint(around[0], "dim")
    body = [*before, *after]
    yield from body[:BODY_LINES_MAX]
    if len(body) > BODY_LINES_MAX:
        yield paint(f"    … {len(body) - BODY_LINES_MAX:,} more lines; `--format html` shows all", "dim")
    if around[1] is not None:
        yield paint(around[1], "dim")
    for example in group.examples:
        for name, (old, new) in example.values.items():
            values = f"{_cut(visible_line(old), 60)} → {_cut(visible_line(new), 60)}"
            yield paint(f"    e.g. {visible_line(example.target)}  {visible_line(name)}: {values}", "dim")
    yield from columns(_facts(group, paint), indent="    ")


def _facts(group: Group, paint: Paint) -> list[list[str]]:
    rows = [["why", line] for line in map(_cause, group.causes)]
    prompts = ", ".join(f"{visible_line(name)} {count:,}" for name, count in group.prompts[:LABELS_MAX])
    labels = [f"{key}={value}: {count:,}" for key, values in group.labels for value, count in values]
    more = f", and {len(labels) - LABELS_MAX:,} more labels" if len(labels) > LABELS_MAX else ""
    rows.append(["in", prompts])
    if labels and len(group.targets) > 1:
        rows.append(["who", visible_line(", ".join(labels[:LABELS_MAX])) + more])
    if group.owners:
        rows.append(["owners", visible_line(", ".join(name for name, _ in group.owners[:LABELS_MAX]))])
    names = ", ".join(visible_line(example.target) for example in group.examples)
    rows.append(["e.g." if len(group.targets) > len(group.examples) else "for", names])
    if group.tokens is not None:
        rows.append(["tokens", f"{group.tokens[0]:,} → {group.tokens[1]:,}"])
    if group.money is not None:
        rows.append(["cost", money_said(group.money)])
    if group.prefix:
        rows.append(["cache", f"ends the stable prefix of {counted(group.prefix, 'target')}"])
    rows.append(["plan", group.digest[:23] + "…"])
    return [[paint(name, "dim"), text if name != "plan" else paint(text, "dim")] for name, text in rows]


def _cause(cause: Cause) -> str:
    said = f"{cause.place}  {cause.what}" if cause.place else cause.what
    if cause.kind not in ("template", "first") and (cause.before or cause.after):
        said += f": {_cut(cause.before, 60) or 'nothing'} → {_cut(cause.after, 60) or 'nothing'}"
    return visible_line(said)


def _marked(group: Group, paint: Paint) -> tuple[list[str], list[str]]:
    """The lines that go and those that come; where they stand for each other, with the words that differ in bold."""
    before, after = list(map(_plain, group.before)), list(map(_plain, group.after))
    pairs = min(len(before), len(after))
    olds: list[str] = []
    news: list[str] = []
    for number, line in enumerate(before):
        olds.append(_words(line, after[number] if number < pairs else None, "-", paint))
    for number, line in enumerate(after):
        news.append(_words(line, before[number] if number < pairs else None, "+", paint))
    return olds, news


def _words(line: str, other: str | None, sign: str, paint: Paint) -> str:
    style: Style = "red" if sign == "-" else "green"
    shown = _cut(line, LINE_CHARACTERS_MAX)
    if other is None or not paint.on or len(line) > LINE_CHARACTERS_MAX:
        return paint(f"  {sign} {shown}", style)
    mine, theirs = _WORD.findall(line), _WORD.findall(other)
    found = paint(f"  {sign} ", style)
    for tag, a, b, _, _ in SequenceMatcher(a=mine, b=theirs, autojunk=False).get_opcodes():
        text = "".join(mine[a:b])
        found += paint(text, style) if tag == "equal" else paint(text, style, "bold")
    return found


def _plain(line: Line) -> str:
    return visible_line("".join(f"{{{piece.name}}}" if isinstance(piece, Hole) else piece for piece in line))


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}… ({len(text):,} characters)"
