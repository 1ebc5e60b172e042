"""Summary: what a reviewer sees first: how much differs, that nothing else does, and who stands alone.

    Review -> [summary] -> Html

Pure. Every count is of everything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from promptc.cli.money import bill_said
from promptc.cli.pages.group import CLASS_SAYS, Sketch, show_glimpse, show_where
from promptc.cli.pages.markup import NOTHING, Html, joined, short, signed, tag, text
from promptc.cli.terminal import counted
from promptc.core.outline import CLASSES
from promptc.core.review import ODD_TENANTS_MAX, Listed, Moment, Review

ODD_SHOWN_MAX = 6
BAR_UNITS = 1_000


def show_summary(review: Review, sketches: Sequence[Sketch]) -> Html:
    """The top of the page."""
    panels = tag("div", _classes(review), _measures(review), class_="panels") if review.groups else NOTHING
    return tag(
        "section",
        tag("p", show_moments(review), class_="moments"), _headline(review), _bar(review), _totals(review),
        _odd_ones(review, sketches), _notices(review), panels,
        class_="summary", id="summary", aria_labelledby="headline",
    )  # fmt: skip


def show_moments(review: Review) -> Html:
    """From what to what."""
    return joined((_moment(review.base), tag("span", text("→"), class_="arrow"), _moment(review.head)), " ")


def _moment(side: Moment) -> Html:
    parts = [tag("b", text(short(side.name)))]
    if side.commit and side.commit[:7] not in side.name:
        parts += [text(" "), tag("code", text(side.commit[:10]))]
    return tag("span", *parts, class_="moment", title=f"{counted(side.targets, 'target')}, root {side.root}")


def _headline(review: Review) -> Html:
    if not review.differs and not count_of(review.broken):
        first = (
            "Nothing that is served differs" if not review.incomplete else "Nothing differs in what could be compiled"
        )
        rest = f"{counted(review.unchanged, 'target')} byte for byte the same"
    else:
        first = ", ".join(_moves(review)) or "Only shares of variants differ"
        verb = "stays" if review.unchanged == 1 else "stay"
        tenants = len({change.tenant for change in review.targets})
        whose = f"for {counted(tenants, 'tenant')}; " if tenants else ""
        rest = f"{whose}{counted(review.unchanged, 'other')} {verb} byte for byte the same"
    return tag("h1", text(first), tag("small", text(rest)), id="headline")


def _moves(review: Review) -> Iterator[str]:
    noun = "target"
    for count, verb in (
        (review.changed, "changes|change"), (review.added, "is new|are new"), (review.removed, "goes|go"),
        (count_of(review.broken), "breaks|break"),
    ):  # fmt: skip
        if count:
            one, many = verb.split("|")
            yield f"{counted(count, noun) if noun else f'{count:,}'} {one if count == 1 else many}"
            noun = ""


def count_of(listed: Sequence[Listed]) -> int:
    """How many targets lists hold."""
    return sum(one.count for one in listed)


def _shares(review: Review) -> tuple[tuple[str, int], ...]:
    broken = count_of(review.broken)
    return (
        ("changed", review.changed), ("added", review.added), ("removed", review.removed), ("broken", broken),
        ("unchanged", review.unchanged),
    )  # fmt: skip


def _bar(review: Review) -> Html:
    """How the targets of both sides divide, as one bar; the totals below say it in numbers."""
    shares = [(name, count) for name, count in _shares(review) if count]
    whole = sum(count for _, count in shares)
    if not whole:
        return NOTHING
    parts, at = [], 0
    for name, count in shares:
        width = max(6, count * BAR_UNITS // whole)
        parts.append(tag("rect", x=at, y=0, width=width, height=8, class_=f"is-{name}"))
        at += width + 2
    return tag("svg", *parts, class_="bar", viewBox=f"0 0 {at} 8", preserveAspectRatio="none", aria_hidden="true")


def _totals(review: Review) -> Html:
    """Every number, also those that are zero."""
    found = [
        ("Changed", review.changed, "changed", ""),
        ("Added", review.added, "added", ""),
        ("Removed", review.removed, "removed", ""),
        ("Unchanged", review.unchanged, "unchanged", "byte for byte"),
        ("Not compiled", review.incomplete, "broken" if review.incomplete else "none", _incomplete(review)),
    ]
    cells = (
        tag("div", tag("dt", text(name)), tag("dd", tag("b", text(f"{count:,}")), tag("small", text(note))),
            class_=f"total is-{kind if count else 'none'}", data_total=name.lower())
        for name, count, kind, note in found
    )  # fmt: skip
    return tag("dl", *cells, class_="totals")


def _incomplete(review: Review) -> str:
    if not review.incomplete:
        return "everything compiled"
    return f"{len(review.base.not_compiled):,} in base, {len(review.head.not_compiled):,} in head"


def _notices(review: Review) -> Html:
    """What asks for a look beside the groups."""
    idle = sum(not edit.groups for edit in review.edits)
    found = [
        (review.incomplete, "could not be compiled: what they would be is not known", "not-compiled", "bad"),
        (count_of(review.broken), "of them compiled before", "broken", "bad"),
        (len(review.stale), "override went stale|overrides went stale", "stale", "warn"),
        (len(review.findings), "new finding|new findings", "findings", "warn"),
        (idle, "edit changes no artifact|edits change no artifact", "edits", "note"),
        (len(review.toolchain), "difference of the toolchain|differences of the toolchain", "toolchain", "warn"),
    ]
    items = [
        tag("li", tag("a", tag("b", text(f"{count:,}")), text(" " + _worded(count, words)), href=f"#{place}"), class_=f"is-{kind}")
        for count, words, place, kind in found
        if count
    ]  # fmt: skip
    return tag("ul", *items, class_="notices") if items else NOTHING


def _worded(count: int, words: str) -> str:
    one, _, many = words.partition("|")
    return one if count == 1 or not many else many


def _classes(review: Review) -> Html:
    """How many targets have a change of each class; one target may have several."""
    counts = review.counts()
    most = max(counts.values(), default=1)
    rows = []
    for name in CLASSES:
        count = counts.get(name, 0)
        if name == "toolchain" and not count:
            continue
        width = max(2, count * 100 // most) if count else 0
        bar = tag(
            "svg",
            tag("rect", x=0, y=0, width=width, height=6),
            viewBox="0 0 100 6",
            preserveAspectRatio="none",
            aria_hidden="true",
        )
        said = tag("dt", tag("span", text(name), class_=f"class is-{name}", title=CLASS_SAYS[name]))
        rows.append(
            tag("div", said, tag("dd", bar, tag("b", text(f"{count:,}"))), class_=f"is-{name}", data_class_total=name)
        )
    title = tag("h2", text("Targets by class of change"))
    return tag("section", title, tag("dl", *rows, class_="classes"), class_="panel")


def _measures(review: Review) -> Html:
    cache = "targets lose their prefix" if review.prefix else "no target loses its prefix"
    rows = [
        ("Groups", text(f"{len(review.groups):,}"), "each change once"),
        ("Characters", text(signed(review.characters)), "in all together"),
        ("Prompt caches lost", text(f"{review.prefix:,}"), cache),
    ]
    if review.tokenizer:
        rows.append(("Tokens", text(short(review.tokenizer)), "counted with"))
    if review.bill is not None:
        amount, _, when = bill_said(review).partition(" ")
        rows.append(("Cost", text(amount), f"{when}; {short(review.bill.prices)}"))
    shown = [
        tag("div", tag("dt", text(name)), tag("dd", tag("b", value), tag("small", text(note))))
        for name, value, note in rows
    ]
    button = tag("button", text("Copy"), type="button", class_="copy scripted", data_copy=review.digest)
    plan = tag("dd", tag("code", text(review.digest), class_="digest"), button)
    shown.append(tag("div", tag("dt", text("Plan")), plan, class_="is-plan"))
    return tag("section", tag("h2", text("Measures")), tag("dl", *shown, class_="measures"), class_="panel")


def _odd_ones(review: Review, sketches: Sequence[Sketch]) -> Html:
    """Targets that have a change that hardly anybody else has, which is where mistakes are found."""
    odd = [sketch for sketch in sketches if sketch.group.is_odd]
    count = sum(group.is_odd for group in review.groups)
    if not count:
        return NOTHING
    title = tag("h2", text("Odd ones out"), tag("small", text(f"changes that {ODD_TENANTS_MAX} tenants or fewer have")))
    cards = [_card(sketch, review) for sketch in odd[:ODD_SHOWN_MAX]]
    if count > len(cards):
        said = f"and {count - len(cards):,} more groups of {ODD_TENANTS_MAX} tenants or fewer"
        cards.append(tag("li", text(said), class_="more"))
    return tag("section", title, tag("ul", *cards), class_="odd", id="odd")


def _card(sketch: Sketch, review: Review) -> Html:
    group = sketch.group
    prompts: dict[str, list[str]] = {}
    for number in group.targets:
        prompts.setdefault(review.targets[number].tenant, []).append(review.targets[number].prompt)
    who = joined(
        tag("span", tag("b", text(short(tenant))), text(" " + short(", ".join(names))), class_="one")
        for tenant, names in prompts.items()
    )  # fmt: skip
    what = tag("span", text(f"#{group.number} "), show_where(group.where), text(" "), class_="what")
    kind = tag("span", text(group.change), class_=f"class is-{group.change}")
    link = tag(
        "a", tag("span", who, class_="whose"), tag("span", what, kind), show_glimpse(sketch), href=f"#g{group.number}"
    )
    return tag("li", link)
