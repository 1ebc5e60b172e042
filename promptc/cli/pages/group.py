"""Group: one group of a review as a block that opens: what changed, why, for whom, and how it differs among them.

    Group -> rows, lines -> [group] -> Html

Pure. The block is complete without scripts but for the list of targets where there are many: then it holds the first few
and how many there are, and the script lists the rest from the page's data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from promptc.cli.money import money_said
from promptc.cli.pages.lines import ROWS_MAX, show_rows
from promptc.cli.pages.markup import NOTHING, Html, chip, joined, prose, short, signed, tag, text
from promptc.cli.pages.rows import Row, rows_of
from promptc.cli.pages.words import LINE_CHARACTERS_MAX, differing, tokens_of
from promptc.cli.terminal import counted
from promptc.core.dataclass import dataclass
from promptc.core.outline import Hole, Line
from promptc.core.review import Cause, Example, Group, Review

TARGETS_LISTED_MAX = 20
TARGETS_FIRST = 12
GLIMPSE_CHARACTERS_MAX = 88
INLINE_CHARACTERS_MAX = 60
CLASS_SAYS = {
    "interface": "what callers send or get back: inputs, tools, output, roles, slots, conditions",
    "model": "the model or its config",
    "text": "words that the model reads",
    "whitespace": "blanks and line ends only",
    "toolchain": "what another version of promptc makes of the same sources",
}


@dataclass(frozen=True, slots=True)
class Sketch:
    """A group with its rows, and the first words in which it differs, before and after; "" where there are none."""

    group: Group
    rows: Sequence[Row]
    before: str
    after: str

    @property
    def characters(self) -> int:
        """How many are shown of its lines, at most those that are left after long lines are cut."""
        lines = (line for row in self.rows[:ROWS_MAX] for line in (row.before, row.after) if line is not None)
        return sum(min(LINE_CHARACTERS_MAX, sum(map(len, line))) for line in lines)

    @property
    def glimpse(self) -> str:
        """A few words of what is new, or of what went."""
        return self.after or self.before


def sketch_of(group: Group) -> Sketch:
    """A group made ready to be shown."""
    rows = rows_of(group)
    told = next(((name, *both) for example in group.examples for name, both in example.values.items()), None)
    if told is not None and group.before == group.after:
        name, old_value, new_value = (_words([part], 0) for part in told)
        return Sketch(group, rows, f"{{{name}}}: {old_value}", f"{{{name}}}: {new_value}")
    first = next((row for row in rows if not row.is_same), rows[0] if rows else None)
    if first is None:
        return Sketch(group, rows, "", "")
    if first.before is not None and first.after is not None:
        old, marks_old, new, marks_new = differing(first.before, first.after)
        start = max(0, min((*marks_old, *marks_new), default=0) - 5)
        return Sketch(group, rows, _words(old.tokens, start), _words(new.tokens, start))
    return Sketch(group, rows, _first(first.before), _first(first.after))


def _first(line: Line | None) -> str:
    return _words(tokens_of(line).tokens, 0) if line is not None else ""


def _words(tokens: Sequence[str | Hole], start: int) -> str:
    said = "".join(f"{{{t.name}}}" if isinstance(t, Hole) else t for t in tokens[start:]).strip()
    if len(said) > GLIMPSE_CHARACTERS_MAX:
        said = said[:GLIMPSE_CHARACTERS_MAX].rstrip() + "…"
    return f"…{said}" if start and said else said


def show_group(sketch: Sketch, review: Review, body: Html, *, is_open: bool) -> Html:
    """The whole block. `body` is its text, or what is said where that is left out."""
    group = sketch.group
    facts = tag("div", _why(group.causes), _who(group), _values(group.examples), class_="facts")
    return tag(
        "details",
        tag("summary", _heading(sketch), _reach(group), _alike(group), show_glimpse(sketch)),
        tag("div", body, facts, _targets(group, review), class_="body"),
        class_=f"group is-{group.change}{' is-odd' if group.is_odd else ''}", id=f"g{group.number}",
        data_number=group.number, open=is_open,
    )  # fmt: skip


def show_body(sketch: Sketch) -> Html:
    """The text of a group, before and after."""
    return show_rows(sketch.rows, sketch.group.changed)


# The line that is seen while it is closed


def _heading(sketch: Sketch) -> Html:
    group = sketch.group
    parts = [
        tag("span", text(f"#{group.number}"), class_="number"),
        tag("span", text(group.change), class_=f"class is-{group.change}", title=CLASS_SAYS[group.change]),
        show_where(group.where),
    ]
    if group.line:
        parts.append(tag("span", text(f"line {group.line:,}"), class_="at"))
    if group.kind == "new":
        parts.append(tag("span", text("new tenant"), class_="flag is-new", title="against its chain without it"))
    if group.is_odd:
        parts.append(tag("span", text(f"only {counted(group.tenants, 'tenant')}"), class_="flag is-odd"))
    return tag("h3", joined(parts, " "))


def show_where(where: str) -> Html:
    """The part of a compiled prompt: a role, or data with its name."""
    kind, _, name = where.partition(" ")
    if name:
        return tag("span", text(f"{short(kind)} "), tag("code", text(short(name))), class_="where")
    return tag("span", text(short(where) or "messages"), class_="where")


def _reach(group: Group) -> Html:
    return tag(
        "span", tag("b", text(f"{len(group.targets):,}")), text(f" {'target' if len(group.targets) == 1 else 'targets'}, "),
        text(counted(group.tenants, "tenant")), class_="reach",
    )  # fmt: skip


def _alike(group: Group) -> Html:
    if len(group.targets) == 1:
        parts = [tag("span", text("one target"), class_="alike")]
    elif group.is_identical:
        parts = [tag("span", text("identical in all"), class_="alike is-identical")]
    else:
        parts = [tag("span", text(f"same change, {group.variants:,} variants by value"), class_="alike is-various")]
    parts.append(tag("span", text(f"{signed(group.characters)} characters"), class_="alike"))
    if group.tokens is not None:
        parts.append(tag("span", text(f"{group.tokens[0]:,} → {group.tokens[1]:,} tokens"), class_="alike"))
    if group.money is not None:
        parts.append(tag("span", text(money_said(group.money)), class_="alike is-money"))
    if group.prefix:
        parts.append(tag("span", text(f"prompt cache lost for {group.prefix:,}"), class_="alike is-cache"))
    return tag("span", *parts, class_="notes")


def show_glimpse(sketch: Sketch) -> Html:
    """The first words in which a group differs."""
    said = [
        tag("span", text(words), class_=f"glimpse is-{side}")
        for side, words in (("before", sketch.before), ("after", sketch.after))
        if words
    ]
    return tag("span", *said, class_="glimpses")


# Why, who, which values


def _why(causes: Sequence[Cause]) -> Html:
    if not causes:
        return _fact("Why", tag("p", text("Not known from the sources of both sides."), class_="quiet"))
    return _fact("Why", tag("ul", *map(show_cause, causes), class_="causes"))


def show_cause(cause: Cause) -> Html:
    """One reason, where it is written, and its values."""
    parts = [tag("span", text(short(cause.kind)), class_="kind"), text(" "), prose(cause.what)]
    if cause.place:
        parts += [text(" "), tag("code", text(short(cause.place)), class_="place")]
    if cause.before or cause.after:
        parts.append(show_change(cause.before, cause.after))
    return tag("li", *parts)


def show_change(before: str, after: str) -> Html:
    """An old value and a new one."""
    old = tag("del", text(short(before))) if before else tag("i", text("nothing"))
    new = tag("ins", text(short(after))) if after else tag("i", text("nothing"))
    is_long = len(before) + len(after) > INLINE_CHARACTERS_MAX
    return tag(
        "span", old, tag("span", text(" → "), class_="arrow"), new, class_="change is-long" if is_long else "change"
    )


def _who(group: Group) -> Html:
    rows = [("Prompts", _chips(group.prompts))]
    rows += [(key, _chips(values)) for key, values in group.labels]
    if group.owners:
        rows.append(("Owners", _chips(group.owners)))
    shown = (part for key, chips in rows for part in (tag("dt", text(short(key))), tag("dd", chips)))
    return _fact("Who", tag("dl", *shown))


def _chips(values: Iterable[tuple[str, int]]) -> Html:
    return joined((chip(value or "none", count) for value, count in values), " ")


def _values(examples: Sequence[Example]) -> Html:
    told = [example for example in examples if example.values]
    if not told:
        return NOTHING
    rows = [
        tag("tr", tag("th", text(short(example.target)), scope="row"), tag("td", joined(_value_changes(example))))
        for example in told
    ]
    return _fact("For instance", tag("table", tag("tbody", *rows)), "is-wide")


def _value_changes(example: Example) -> Iterator[Html]:
    for name, (before, after) in example.values.items():
        yield tag(
            "div", tag("span", text(f"{{{short(name)}}}"), class_="hole changed"), text(" "), show_change(before, after)
        )


def _fact(title: str, content: Html, kind: str = "") -> Html:
    return tag("section", tag("h4", text(title)), content, class_=f"fact {kind}".strip())


def _targets(group: Group, review: Review) -> Html:
    count = len(group.targets)
    shown = group.targets if count <= TARGETS_LISTED_MAX else group.targets[:TARGETS_FIRST]
    items = [_target(review, number) for number in shown]
    if count > len(shown):
        items.append(tag("li", text(f"and {count - len(shown):,} more"), class_="more"))
    return tag(
        "details",
        tag("summary", text("Targets "), tag("span", text(f"{count:,}"), class_="count"),
            tag("code", text(group.digest[:19] + "…"), class_="plan", title=f"plan {group.digest}")),
        tag("ul", *items, class_="targets"),
        class_="who", data_targets=group.number, open=count <= TARGETS_FIRST,
    )  # fmt: skip


def _target(review: Review, number: int) -> Html:
    change = review.targets[number]
    labels = review.tenant_labels.get(change.tenant, {})
    said = " ".join(f"{key}={value}" for key, value in labels.items())
    return tag(
        "li",
        tag("code", text(short(f"{change.tenant}/{change.prompt}"))),
        tag("span", text(short(said)), class_="labels"),
    )
