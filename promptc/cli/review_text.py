"""Review as text: the first screen says what could not be compiled, the counts and the odd ones; then group after group.

    core.review -> [review text] -> stdout

Foreign text is made visible before it is coloured. Bodies are folded after a few lines; counts never are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from promptc.cli.money import bill_said
from promptc.cli.review_body import lines_of_group, stat_of
from promptc.cli.terminal import Paint, columns, counted
from promptc.core.outline import CLASSES
from promptc.core.review import Edit, Listed, Review
from promptc.core.visible import visible_line

GROUPS_MAX = 40
NAMES_MAX = 3
EDITS_MAX = 40


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
        lines += (
            ["", *columns([stat_of(group, paint) for group in review.groups], indent="  ")] if review.groups else []
        )
        return [*lines, *_lists(review, paint)]
    for group in review.groups[:GROUPS_MAX]:
        lines += ["", *lines_of_group(group, paint)]
    if len(review.groups) > GROUPS_MAX:
        left = review.groups[GROUPS_MAX:]
        targets = len({number for group in left for number in group.targets})
        more = f"… and {counted(len(left), 'group')} more, of {counted(targets, 'target')}"
        lines += ["", paint(f"{more}: `--stat` lists them, `--format html` shows them", "dim")]
    return [*lines, *_lists(review, paint), *_edits(review.edits, paint)]


def _sides(review: Review) -> str:
    return visible_line(f"{review.base.name} → {review.head.name}")


def _counts(review: Review) -> str:
    if not review.differs and not review.broken:
        return "nothing that is served differs"
    words = [f"{counted(review.changed, 'target')} changed"]
    if review.broken:
        words.append(f"{sum(one.count for one in review.broken):,} no longer compiled")
    words += [f"{review.added:,} added"] if review.added else []
    words += [f"{review.removed:,} removed"] if review.removed else []
    shifted = sum(len(shift.tenants) for shift in review.shifts)
    words += [f"shares of variants for {counted(shifted, 'tenant')}"] if shifted else []
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
                    f"{counted(sum(one.count for one in review.broken), 'target')} no longer compiled",
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
    if review.bill is not None:
        rows.append(["cost", f"{bill_said(review)}  {paint(f'({visible_line(review.bill.prices)})', 'dim')}"])
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


def _lists(review: Review, paint: Paint) -> Iterator[str]:
    yield from _listed("added", review.new, "+", paint)
    yield from _listed("removed", review.gone, "-", paint)
    yield from _listed("does not compile any more", review.broken, "!", paint)
    yield from _listed("shares of variants, by tenants", [shift.listed() for shift in review.shifts], "~", paint)
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
