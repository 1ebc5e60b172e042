"""Review as Markdown: a comment for a pull request, which says everything that counts and stays under its size.

    Review -> [review markdown] -> --format markdown -> the Action's comment, the job's summary

Pure. Totals always stand: how many, of which class, what could not be compiled. Then come the groups of few targets by
name, and what else is known in short lists; bodies of groups fill what is left in the order of the groups, and a line says
how many do not stand here. Nothing that a source wrote is alive in it (markdown_text.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from promptc.cli import markdown_lists as lists
from promptc.cli.markdown_group import body, head
from promptc.cli.markdown_lists import Listing
from promptc.cli.markdown_text import code, size, span
from promptc.cli.money import bill_said
from promptc.cli.terminal import counted
from promptc.core.dataclass import dataclass
from promptc.core.outline import CLASSES
from promptc.core.review import Group, Moment, Review

MARKER = "<!-- promptc:review -->"
CHARACTERS_MAX = 60_000
OPEN_MAX = 3  # so few groups stand open
NAMES_MAX = 3
LISTS_SHARE, HEADS_SHARE = 4, 3  # a list takes at most a fourth of what is left, the groups' lines a third
NOTE_CHARACTERS = 200
BODY_CHARACTERS_MIN = 250


def comment(review: Review, *, characters_max: int = CHARACTERS_MAX) -> str:
    """The whole comment, never longer than `characters_max`; its first line says what could not be compiled."""
    paper = _Paper(characters_max)
    for needed in (_first, _headline, _totals, _beside, _classes, _foot):
        paper.keep(needed(review))
    if paper.left < 0:
        return _smallest(review, characters_max)
    *top, foot = paper.parts
    before = _listed(paper, lists.above(review))
    after = _listed(paper, lists.below(review))
    return "\n\n".join((*top, *before, *_groups(paper, review), *after, foot)) + "\n"


class _Paper:
    """What may still be written. Parts are joined by an empty line."""

    def __init__(self, characters_max: int) -> None:
        self.left = characters_max
        self.parts: list[str] = []

    def keep(self, text: str) -> None:
        """A part that has to stand."""
        if text:
            self.parts.append(text)
            self.left -= size(text) + 2

    def takes(self, characters: int) -> bool:
        """Whether so much still fits; if so, it is taken."""
        if characters > self.left:
            return False
        self.left -= characters
        return True


def _first(review: Review) -> str:
    """The marker, and on the same line what is not known: this is an HTML block, so names are HTML here."""
    if not review.incomplete:
        return MARKER
    sides = [_not_compiled(side) for side in (review.head, review.base) if side.not_compiled]
    return (
        f"{MARKER}<b>⚠ {counted(review.incomplete, 'target')} could not be compiled, so what they would be is not known</b>"
        f": {'; '.join(sides)}"
    )


def _not_compiled(side: Moment) -> str:
    shown = ", ".join(code(name) for name in side.not_compiled[:NAMES_MAX])
    rest = len(side.not_compiled) - NAMES_MAX
    return f"{len(side.not_compiled):,} of {code(side.name)} ({shown}{f' and {rest:,} more' if rest > 0 else ''})"


def _headline(review: Review) -> str:
    if not review.differs:
        known = "of what compiled, " if review.incomplete else ""
        return f"### promptc: {known}nothing that is served differs"
    total = review.changed + review.added + review.removed
    if not total:
        return f"### promptc: shares of variants differ for {counted(sum(len(shift.tenants) for shift in review.shifts), 'tenant')}"
    verb = "differs" if total == 1 else "differ"
    return f"### promptc: {counted(total, 'target')} of {counted(_tenants(review), 'tenant')} {verb}"


def _tenants(review: Review) -> int:
    gone = {name.partition("/")[0] for one in review.gone for name in one.targets}
    return len({change.tenant for change in review.targets} | gone)


def _totals(review: Review) -> str:
    changed = {change.tenant for change in review.targets if change.before is not None and change.after is not None}
    added = {change.tenant for change in review.targets if change.before is None}
    said = [f"**{review.changed:,} changed** ({counted(len(changed), 'tenant')})"]
    if review.added:
        said.append(f"**{review.added:,} added** ({counted(len(added), 'tenant')})")
    if review.removed:
        said.append(f"**{review.removed:,} removed**")
    said.append(f"{review.unchanged:,} unchanged")
    return f"{', '.join(said)}; {_side(review.base)} → {_side(review.head)}"


def _beside(review: Review) -> str:
    """How many of everything else there is; the lists below may be cut."""
    fresh = lists.other_findings(review)
    errors = sum(finding.is_error for finding in fresh)
    counts = (
        (sum(one.count for one in review.broken), "target compiles no more", "targets compile no more"),
        (errors, "new error", "new errors"),
        (len(fresh) - errors, "new warning", "new warnings"),
        (len(review.stale), "override became stale", "overrides became stale"),
        (len(review.edits), "edit", "edits"),
    )
    return ", ".join(counted(number, one, many) for number, one, many in counts if number)


def _side(side: Moment) -> str:
    return f"{span(side.name)} ({counted(side.targets, 'target')} of {counted(side.tenants, 'tenant')})"


def _classes(review: Review) -> str:
    """The table of classes. A change of the toolchain is a class of its own, beside what the change looks like."""
    counts = review.counts()
    rows = [(str(name), counts[name], _many(review, name)) for name in CLASSES if name in counts]
    upgraded = [group for group in review.groups if any(cause.kind == "toolchain" for cause in group.causes)]
    if upgraded or review.toolchain:
        reached = {number for group in upgraded for number in group.targets}
        rows.append(("*of these by the toolchain*", len(reached), len(upgraded)))
    if not rows:
        return ""
    lines = [f"| {name} | {targets:,} | {groups:,} |" for name, targets, groups in rows]
    return "\n".join(("| change | targets | groups |", "|---|--:|--:|", *lines))


def _many(review: Review, name: str) -> int:
    return sum(group.change == name for group in review.groups)


def _foot(review: Review) -> str:
    said = [f"characters {review.characters:+,}"] if review.differs else []
    if review.prefix:
        said.append(f"**{counted(review.prefix, 'target')}** lose a prefix that a provider may have cached")
    if review.tokenizer:
        said.append(f"tokens by {span(review.tokenizer)}")
    if review.bill is not None:
        said.append(f"{span(bill_said(review))}, prices {span(review.bill.prices)}")
    said.append(f"plan {span(review.digest)}")
    return "; ".join(said)


def _smallest(review: Review, characters_max: int) -> str:
    """Totals alone, in one line; not even these are cut, so that no number is ever read wrongly."""
    missing = f"{review.incomplete:,} could not be compiled, " if review.incomplete else ""
    counts = f"{review.changed:,} changed, {review.added:,} added, {review.removed:,} removed"
    said = f"{missing}{counts}, {review.unchanged:,} unchanged"
    fitting = (text for text in (f"{MARKER}\n\n{said}\n", said, "…") if size(text) <= characters_max)
    return next(fitting, "")


def _listed(paper: _Paper, listings: Iterable[Listing]) -> list[str]:
    """Lists, each within its share of what is left; their titles hold the counts and stand first."""
    return [text for listing in listings if (text := _list(paper, listing))]


def _list(paper: _Paper, listing: Listing) -> str:
    share = paper.left // LISTS_SHARE
    lines = [listing.title, ""]
    taken = size(listing.title) + NOTE_CHARACTERS
    shown = 0
    for row in islice(listing.rows, listing.rows_max):
        taken += size(row) + 1
        if taken > share:
            break
        lines.append(row)
        shown += 1
    if shown < listing.count:
        lines.append(f"- … and {listing.count - shown:,} more")
    text = "\n".join(lines)
    return text if paper.takes(size(text) + 2) else ""


@dataclass(slots=True)
class _Piece:
    """A group as it will stand: its line, and its body once there is room for it."""

    group: Group
    line: str
    body: str = ""

    def text(self, *, is_open: bool) -> str:
        if not self.body:
            return f"<p>{self.line}</p>"
        opening = "<details open>" if is_open else "<details>"
        return f"{opening}<summary>{self.line}</summary>\n\n{self.body}\n\n</details>"


def _groups(paper: _Paper, review: Review) -> list[str]:
    """First the lines of groups, then their bodies, both in the order of the groups and as long as there is room."""
    if not review.groups or not paper.takes(NOTE_CHARACTERS):
        return []
    is_open = len(review.groups) <= OPEN_MAX
    pieces = _lines(paper, review)
    bodies = 0
    for piece in pieces:
        if paper.left < BODY_CHARACTERS_MIN:
            break
        text = body(review, piece.group)
        if paper.takes(size(text) + size("<details open><summary></summary>\n\n\n\n</details>")):
            piece.body = text
            bodies += 1
    return [*(piece.text(is_open=is_open) for piece in pieces), *_left_out(review.groups, len(pieces), bodies)]


def _lines(paper: _Paper, review: Review) -> list[_Piece]:
    least = paper.left - paper.left // HEADS_SHARE
    pieces = []
    for group in review.groups:
        line = head(review, group)
        cost = size(line) + size("<p></p>\n\n")
        if paper.left - cost < least or not paper.takes(cost):
            break
        pieces.append(_Piece(group, line))
    return pieces


def _left_out(groups: Sequence[Group], lines: int, bodies: int) -> list[str]:
    if bodies == len(groups):
        return []
    said = f"The bodies of {len(groups) - bodies:,} of {counted(len(groups), 'group')} are left out here"
    if lines < len(groups):
        rest = {number for group in groups[lines:] for number in group.targets}
        said += f", and {len(groups) - lines:,} of them are not listed ({counted(len(rest), 'target')})"
    return [f"*{said}; `promptc diff` shows them all.*"]
