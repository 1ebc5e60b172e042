"""Review as text: the first screen says what could not be compiled, the counts and the odd ones; then group after group.

    core.review -> [review text] -> stdout

Foreign text is made visible before it is coloured. Bodies are folded after a few lines; counts never are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from promptc.cli.terminal import Paint, Style, columns, counted
from promptc.core.outline import CLASSES, Hole, Line
from promptc.core.review import Cause, Edit, Group, Listed, Review, shown_line
from promptc.core.visible import visible_line

BODY_LINES_MAX = 16
LINE_CHARACTERS_MAX = 300
GROUPS_MAX = 40
NAMES_MAX = 3
LABELS_MAX = 6
EDITS_MAX = 40
_WORD = re.compile(r"\s+|\w+|[^\w\s]")


def headline(review: Review) -> str:
    """What is compared, and the counts."""
    return f"{_sides(review)}: {_counts(review)}"


def names_of(review: Review) -> list[str]:
    """Every target that differs: `~` changed, `+` came, `-` went or does not compile any more."""
    lines = [f"{'+' if c.before is None else '~'} {c.tenant}/{c.prompt}" for c in review.targets]
    return [visible_line(line) for line in lines]


def lines_of(review: Review, paint: Paint, *, stat: bool = False) -> list[str]:
    """The whole answer as lines."""
    lines = list(_head(review, paint))
    if not review.differs and not review.broken:
        return [*lines, *_edits(review.edits, paint)]
    lines += _summary(review, paint)
    if stat:
        lines += ["", *columns([_stat(group, paint) for group in review.groups], indent="  ")] if review.groups else []
        return [*lines, *_lists(review, paint)]
    for group in review.groups[:GROUPS_MAX]:
        lines += ["", *_group(group, paint)]
    if len(review.groups) > GROUPS_MAX:
        left = review.groups[GROUPS_MAX:]
        targets = len({number for group in left for number in group.targets})
        lines += [
            "",
            paint(
                f"… and {counted(len(left), 'group')} more, of {counted(targets, 'target')}: `--stat` lists them, `--format html` shows them",
                "dim",
            ),
        ]
    return [*lines, *_lists(review, paint), *_edits(review.edits, paint)]


def _sides(review: Review) -> str:
    return visible_line(f"{review.base.name} → {review.head.name}")


def _counts(review: Review) -> str:
    if not review.differs:
        return "nothing that is served differs"
    words = [f"{counted(review.changed, 'target')} changed"]
    words += [f"{review.added:,} added"] if review.added else []
    words += [f"{review.removed:,} removed"] if review.removed else []
    return ", ".join(words) + f", {review.unchanged:,} unchanged"


def _head(review: Review, paint: Paint) -> Iterator[str]:
    for side in (review.base, review.head):
        if side.not_compiled:
            names = ", ".join(visible_line(name) for name in side.not_compiled[:NAMES_MAX])
            more = f" and {len(side.not_compiled) - NAMES_MAX:,} more" if len(side.not_compiled) > NAMES_MAX else ""
            said = f"{counted(len(side.not_compiled), 'target')} of {side.name} could not be compiled"
            yield f"{paint(said, 'bold', 'red')}: {names}{more}"
    yield paint(_sides(review), "bold")
    yield _counts(review)


def _summary(review: Review, paint: Paint) -> Iterator[str]:
    rows = []
    counts = review.counts()
    said = ", ".join(f"{counts[name]:,} {name}" for name in CLASSES if name in counts)
    if said:
        rows.append(["classes", f"{said}  {paint('(targets; one may have several)', 'dim')}"])
    if review.broken:
        rows.append(
            [
                "broken",
                paint(
                    f"{counted(sum(one.count for one in review.broken), 'target')} compiled before and no longer do",
                    "red",
                ),
            ]
        )
    sign = "+" if review.characters > 0 else ""
    rows.append(["size", f"{sign}{review.characters:,} characters in all"])
    if review.prefix:
        rows.append(
            [
                "cache",
                f"{counted(review.prefix, 'target')} with another stable prefix: what a provider cached of it is lost",
            ]
        )
    for cause in review.toolchain:
        rows.append(["toolchain", f"{visible_line(cause.what)}  {cause.before} → {cause.after}"])
    rows.append(["plan", paint(review.digest, "dim")])
    odd = [group for group in review.groups if group.is_odd]
    if odd:
        names = dict.fromkeys(_target(review, number) for group in odd for number in group.targets)
        first = ", ".join(paint(name, "bold", "yellow") for name in list(names)[:6])
        more = f" and {len(names) - 6:,} more" if len(names) > 6 else ""
        rows.insert(0, ["odd", f"{first}{more}  {paint('differ in a way that few others do', 'dim')}"])
    yield from columns(rows, indent="  ")


def _target(review: Review, number: int) -> str:
    change = review.targets[number]
    return visible_line(f"{change.tenant}/{change.prompt}")


def _title(group: Group, paint: Paint) -> str:
    where = f"{group.where}, line {group.line:,}" if group.line else group.where
    colours: dict[str, Style] = {"interface": "magenta", "model": "cyan", "text": "blue", "whitespace": "dim"}
    kind = "new tenant, " if group.kind == "new" else ""
    many = counted(len(group.targets), "target")
    alike = "identical" if group.is_identical else f"same change, other values ({counted(group.variants, 'variant')})"
    if len(group.targets) > 1:
        many += f" of {counted(group.tenants, 'tenant')}, {alike}"
    return f"{paint(f'[{group.number}]', 'bold')} {paint(group.change, 'bold', colours[group.change])}  {kind}{visible_line(where)}  {paint(many, 'bold')}"


def _stat(group: Group, paint: Paint) -> list[str]:
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


def _group(group: Group, paint: Paint) -> Iterator[str]:
    yield _title(group, paint)
    before, after = _marked(group, paint)
    around = [None if line is None else f"    {_plain(line)}" for line in group.context]
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
            yield paint(
                f"    e.g. {visible_line(example.target)}  {visible_line(name)}: {_cut(visible_line(old), 60)} → {_cut(visible_line(new), 60)}",
                "dim",
            )
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


def _lists(review: Review, paint: Paint) -> Iterator[str]:
    yield from _listed("added", review.new, "+", paint)
    yield from _listed("removed", review.gone, "-", paint)
    yield from _listed("does not compile any more", review.broken, "!", paint)
    if review.stale:
        yield ""
        yield paint("overrides that this makes stale", "bold")
        for owner, finding in review.stale:
            whose = f"{owner}: " if owner else ""
            yield f"  {visible_line(f'{finding.place}  {whose}{finding.message}')}"


def _listed(title: str, found: Sequence[Listed], sign: str, paint: Paint) -> Iterator[str]:
    if found:
        yield ""
        yield paint(title, "bold")
        for one in found:
            more = f" and {one.count - len(one.targets):,} more" if one.count > len(one.targets) else ""
            yield f"  {sign} {visible_line(one.prompt)} {one.count:,}: {visible_line(', '.join(one.targets))}{more}"


def _edits(edits: Sequence[Edit], paint: Paint) -> Iterator[str]:
    if not edits:
        return
    yield ""
    yield paint("edits", "bold")
    rows = []
    for edit in edits[:EDITS_MAX]:
        place = f"{edit.file}:{edit.line}" if edit.line else edit.file
        caused = (
            "groups " + ", ".join(map(str, edit.groups[:8]))
            if len(edit.groups) > 1
            else f"group {edit.groups[0]}"
            if edit.groups
            else ""
        )
        caused += f" and {len(edit.groups) - 8:,} more" if len(edit.groups) > 8 else ""
        rows.append([visible_line(place), caused or paint(edit.says, "dim")])
    yield from columns(rows, indent="  ")
    if len(edits) > EDITS_MAX:
        yield paint(f"  … and {len(edits) - EDITS_MAX:,} more", "dim")
