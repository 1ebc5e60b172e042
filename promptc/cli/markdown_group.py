"""Markdown group: one group of equal changes, as a line that always stands and a body that may be left out.

    Group -> [markdown group] -> review_markdown

Pure. The line says how many targets, what kind of change, where, and the first cause; the body has all causes, who is
reached, the lines before and after, and values by example.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from promptc.cli.markdown_text import code, diff_line, fenced, span, window
from promptc.cli.money import money_said
from promptc.cli.terminal import counted
from promptc.core.outline import Line
from promptc.core.review import ODD_TENANTS_MAX, Cause, Example, Group, Review, shown_line

LINES_MAX = 80
BODY_CHARACTERS_MAX = 6_000
CAUSES_MAX, COUNTS_MAX, KEYS_MAX, VALUES_MAX = 6, 4, 4, 4
BY_MAX = 12
SNIPPET_MAX = 70
DIGEST_MAX = len("sha256:") + 12
KINDS = frozenset(
    "template stand-in prompt schema question value model config tools blocks examples enabled toolchain broken unknown".split()
)


def head(review: Review, group: Group) -> str:
    """The group in one line of HTML."""
    said = [f"{group.number} · {_who(review, group)}", f"{_change(group)} {_place_html(group)}"]
    if not group.is_odd:
        said.append(counted(group.tenants, "tenant"))
    said.append(sameness(group))
    place = next((cause.place for cause in group.causes if cause.place), "")
    if place:
        said.append(code(place))
    return " · ".join(part for part in said if part)


def _who(review: Review, group: Group) -> str:
    if group.is_odd:
        return f"<b>{', '.join(code(name) for name in names(review, group, ODD_TENANTS_MAX))}</b>"
    return f"<b>{counted(len(group.targets), 'target')}</b>"


def _change(group: Group) -> str:
    return f"new tenant, {group.change}" if group.kind == "new" else group.change


def _place_html(group: Group) -> str:
    line = f", line {group.line:,}" if group.line else ""
    return f"in {code(group.where)}{line}" if group.where else line.removeprefix(", ")


def sameness(group: Group) -> str:
    """Whether all targets have the very same change."""
    if len(group.targets) < 2:
        return ""
    return "identical" if group.is_identical else f"same change, other values ({group.variants:,} variants)"


def names(review: Review, group: Group, most: int) -> list[str]:
    """The first targets of a group, as `tenant/prompt`."""
    return [f"{review.targets[n].tenant}/{review.targets[n].prompt}" for n in group.targets[:most]]


def odd_row(review: Review, group: Group) -> str:
    """A group of very few targets as one item: which targets, and the change in short."""
    where = f" in {span(group.where)}" if group.where else ""
    line = f", line {group.line:,}" if group.line else ""
    place = next((f", {span(cause.place)}" for cause in group.causes if cause.place), "")
    shown = ", ".join(span(name) for name in names(review, group, ODD_TENANTS_MAX))
    return f"- **{shown}**: {_change(group)}{where}{line}{place}: {_snippet(group)}"


def _snippet(group: Group) -> str:
    before = shown_line(group.before[0]) if group.before else ""
    after = shown_line(group.after[0]) if group.after else ""
    old, new = window(before, after, characters_max=SNIPPET_MAX), window(after, before, characters_max=SNIPPET_MAX)
    if before == after and group.examples:
        values = next(iter(group.examples[0].values.items()), None)
        return _value(*values) if values else span(new)
    if not group.before:
        return f"comes {span(new)}"
    return f"{span(old)} → {span(new)}" if group.after else f"goes {span(old)}"


def body(review: Review, group: Group) -> str:
    """Everything else of the group, as Markdown."""
    rows = [f"- {cause_text(cause)}" for cause in group.causes[:CAUSES_MAX]]
    if len(group.causes) > CAUSES_MAX:
        rows.append(f"- … and {counted(len(group.causes) - CAUSES_MAX, 'more cause')}")
    rows.append(f"- {'; '.join(_reach(review, group))}")
    parts = ["\n".join(rows), fenced(list(_difference(group)))]
    examples = [row for example in group.examples[:COUNTS_MAX] for row in _example(example)]
    if examples:
        parts.append("\n".join(examples))
    return "\n\n".join(parts)


def cause_text(cause: Cause) -> str:
    """A cause: kind, thing, place, old and new value."""
    kind = cause.kind if cause.kind in KINDS else span(cause.kind)
    what = f" {span(cause.what)}" if cause.what else ""
    place = f" at {span(cause.place)}" if cause.place else ""
    if not cause.before and not cause.after:
        return f"{kind}{what}{place}"
    return f"{kind}{what}{place}: {span(cause.before)} → {span(cause.after)}"


def _reach(review: Review, group: Group) -> Iterator[str]:
    if not group.is_odd:
        yield f"for example {', '.join(span(name) for name in names(review, group, COUNTS_MAX))}"
    yield _counts("prompts", group.prompts, COUNTS_MAX)
    for key, values in sorted(group.labels, key=lambda label: label[0] != review.by)[:KEYS_MAX]:
        labels = [(f"{key}={value}", count) for value, count in values]
        yield _counts("", labels, BY_MAX if key == review.by else COUNTS_MAX)
    if len(group.labels) > KEYS_MAX:
        yield f"{counted(len(group.labels) - KEYS_MAX, 'more label')}"
    if group.owners:
        yield _counts("owners", group.owners, COUNTS_MAX)
    yield f"characters {group.characters:+,}"
    if group.tokens is not None:
        yield f"tokens {group.tokens[0]:,} → {group.tokens[1]:,}"
    if group.money is not None:
        yield span(money_said(group.money))  # a bare dollar sign would begin a formula
    if group.prefix:
        yield f"{counted(group.prefix, 'target')} lose what a provider has cached from here on"
    yield f"plan {span(group.digest[:DIGEST_MAX])}"


def _counts(title: str, counts: Sequence[tuple[str, int]], most: int) -> str:
    shown = ", ".join(f"{span(name)}: {count:,}" for name, count in counts[:most])
    more = f" and {len(counts) - most:,} more" if len(counts) > most else ""
    return f"{title} {shown}{more}".strip()


def _difference(group: Group) -> Iterator[str]:
    lines = list(_signed(group))
    left = BODY_CHARACTERS_MAX
    for number, (sign, text) in enumerate(lines):
        shown = diff_line(sign, text)
        left -= len(shown) + 1
        if left < 0:
            yield f"  … {counted(len(lines) - number, 'more line')}"
            return
        yield shown


def _signed(group: Group) -> Iterator[tuple[str, str]]:
    above, below = group.context
    if above is not None:
        yield " ", window(shown_line(above), "")
    if group.before == group.after:
        # Only values differ, and these stand below as examples.
        yield from _side("!", group.after, ())
    else:
        changed = (*_side("-", group.before, group.after), *_side("+", group.after, group.before))
        spaces = "·" if group.change == "whitespace" else " "
        yield from ((sign, text.replace(" ", spaces)) for sign, text in changed)
    if below is not None:
        yield " ", window(shown_line(below), "")


def _side(sign: str, lines: Sequence[Line], others: Sequence[Line]) -> Iterator[tuple[str, str]]:
    # Half of the lines each, so that many that went do not hide what came.
    most = LINES_MAX // 2
    for number, line in enumerate(lines[:most]):
        other = shown_line(others[number]) if number < len(others) else ""
        yield sign, window(shown_line(line), other)
    if len(lines) > most:
        yield sign, f"… {counted(len(lines) - most, 'more line')}"


def _example(example: Example) -> Iterator[str]:
    values = list(example.values.items())
    if not values:
        return
    shown = "; ".join(_value(name, pair) for name, pair in values[:VALUES_MAX])
    more = f"; and {counted(len(values) - VALUES_MAX, 'more value')}" if len(values) > VALUES_MAX else ""
    yield f"- {span(example.target)}: {shown}{more}"


def _value(name: str, pair: tuple[str, str]) -> str:
    before, after = pair
    old, new = window(before, after, characters_max=SNIPPET_MAX), window(after, before, characters_max=SNIPPET_MAX)
    return f"{span(name)} {span(old)} → {span(new)}"
