"""Markdown lists: what a review says besides its groups, as short lists with their counts in the title.

    Review -> [markdown lists] -> review_markdown

Pure. Rows are made when they are asked for: a list of a hundred thousand costs what is shown of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from promptc.cli.markdown_group import cause_text, odd_row
from promptc.cli.markdown_text import span
from promptc.cli.terminal import counted
from promptc.core.dataclass import dataclass
from promptc.core.findings import Finding
from promptc.core.review import ODD_TENANTS_MAX, Edit, Listed, Review

ROWS_MAX = 12
NAMES_MAX = 4
MESSAGE_MAX = 400


@dataclass(frozen=True, slots=True)
class Listing:
    """A title with its counts, rows as Markdown items, and how many rows there are."""

    title: str
    rows: Iterable[str]
    count: int
    rows_max: int = ROWS_MAX


def above(review: Review) -> Iterator[Listing]:
    """What a reviewer has to see before the groups."""
    odd = [group for group in review.groups if group.is_odd]
    # Where every group is that small, none is odd beside the others, and the groups' own lines name the targets.
    if odd and len(odd) < len(review.groups):
        title = f"**Odd: {counted(len(odd), 'group')} of 1 to {ODD_TENANTS_MAX} tenants**"
        yield Listing(title, (odd_row(review, group) for group in odd), len(odd))
    if review.broken:
        yield _listing("compiled before and not any more", review.broken)
    if review.toolchain:
        rows = (f"- {cause_text(cause)}" for cause in review.toolchain)
        yield Listing("**The toolchain is another one**", rows, len(review.toolchain))


def below(review: Review) -> Iterator[Listing]:
    """The rest."""
    if review.new:
        yield _listing("new", review.new)
    if review.gone:
        yield _listing("gone", review.gone)
    if review.shifts:
        total = sum(len(shift.tenants) for shift in review.shifts)
        rows = (_listed(shift.listed()) for shift in review.shifts)
        yield Listing(f"**Other shares of variants for {counted(total, 'tenant')}**", rows, len(review.shifts))
    if review.edits:
        yield Listing(f"**{counted(len(review.edits), 'edit')}**", map(_edit, review.edits), len(review.edits))
    if review.stale:
        yield _stale(review)
    fresh = other_findings(review)
    if fresh:
        errors = sum(finding.is_error for finding in fresh)
        warnings = len(fresh) - errors
        ordered = sorted(fresh, key=lambda finding: not finding.is_error)
        title = f"**New findings: {counted(errors, 'error')}, {counted(warnings, 'warning')}**"
        yield Listing(title, map(_finding, ordered), len(ordered))


def other_findings(review: Review) -> list[Finding]:
    """New findings but for stale overrides, which have their own list."""
    stale = {finding for _, finding in review.stale}
    return [finding for finding in review.findings if finding not in stale]


def _listing(what: str, found: Sequence[Listed]) -> Listing:
    total = sum(one.count for one in found)
    return Listing(f"**{counted(total, 'target')} {what}**", map(_listed, found), len(found))


def _listed(one: Listed) -> str:
    shown = ", ".join(span(target) for target in one.targets[:NAMES_MAX])
    rest = one.count - min(NAMES_MAX, len(one.targets))
    more = f" and {rest:,} more" if rest > 0 else ""
    return f"- {span(one.prompt)}: {one.count:,} ({shown}{more})"


def _edit(edit: Edit) -> str:
    """`file:3-5` and the groups that it causes."""
    last = edit.end - 1
    lines = f":{edit.line}" if edit.line else ""
    lines += f"-{last}" if edit.line and last > edit.line else ""
    said = [_groups(edit.groups)] if edit.groups else []
    said += [span(edit.says)] if edit.says else []
    return f"- {span(edit.file + lines)}: {', '.join(said) or 'changes no artifact'}"


def _groups(numbers: Sequence[int]) -> str:
    shown = ", ".join(str(number) for number in numbers[:ROWS_MAX])
    more = f" and {len(numbers) - ROWS_MAX:,} more" if len(numbers) > ROWS_MAX else ""
    return f"{'group' if len(numbers) == 1 else 'groups'} {shown}{more}"


def _stale(review: Review) -> Listing:
    owners = Counter(owner for owner, _ in review.stale).most_common()
    shown = ", ".join(f"{_owner(owner)}: {count:,}" for owner, count in owners[:NAMES_MAX])
    more = f" and {counted(len(owners) - NAMES_MAX, 'more owner')}" if len(owners) > NAMES_MAX else ""
    title = f"**{counted(len(review.stale), 'override')} became stale** ({shown}{more})"
    rows = (f"- {_owner(owner)}: {span(str(finding.place))} {_message(finding)}" for owner, finding in review.stale)
    return Listing(title, rows, len(review.stale))


def _owner(owner: str) -> str:
    return span(owner) if owner else "no owner"


def _finding(finding: Finding) -> str:
    hint = f" hint: {span(finding.hint, characters_max=MESSAGE_MAX)}" if finding.hint else ""
    return f"- {finding.severity} {span(finding.code)} {span(str(finding.place))} {_message(finding)}{hint}"


def _message(finding: Finding) -> str:
    return span(finding.message, characters_max=MESSAGE_MAX)
