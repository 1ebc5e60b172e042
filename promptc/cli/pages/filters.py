"""Filters: what a reader can look for, and the rail that lists what there is; both are links and fields, no script.

    Review, sketches -> [filters] -> Html

Pure. What only works with the page's script has the class `scripted` and is not seen without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from promptc.cli.pages.group import Sketch, show_where
from promptc.cli.pages.markup import NOTHING, Html, badge, joined, named, tag, text, unseen
from promptc.core.outline import CLASSES

KEYS = (("j k", "next, previous group"), ("e", "open or close it"), ("a", "open or close all"), ("v", "mark as viewed"),
        ("u", "side by side or unified"), ("/", "search"), ("Esc", "clear"))  # fmt: skip


def show_search() -> Html:
    """The field of the header."""
    field = tag("input", type="search", id="search", placeholder="Search text and tenants", autocomplete="off",
                spellcheck="false", aria_label="Search text and tenants")  # fmt: skip
    return tag("div", field, tag("kbd", text("/"), aria_hidden="true"), class_="search scripted", role="search")


def show_filters(data: Mapping[str, Any], owners: Sequence[str], classes: Iterable[str]) -> Html:
    """One field for each thing to choose by, where there is a choice."""
    there = frozenset(classes)
    labels = tuple((label["key"], tuple(label["values"])) for label in data["labels"])
    fields = [
        _choice("class", "Class", [(name, name) for name in CLASSES if name in there]),
        _choice("prompt", "Prompt", [(str(at), name) for at, name in enumerate(data["prompts"])]),
        _labels(labels),
        _choice("owner", "Owner", [(named(owner), named(owner)) for owner in owners]),
        _tenant(),
    ]
    clear = tag("button", text("Clear"), type="button", id="clear", hidden=True)
    status = tag("p", role="status", id="status")
    return tag("div", *fields, clear, status, class_="filters scripted", role="group", aria_label="Filters")


def _choice(name: str, title: str, values: Sequence[tuple[str, str]]) -> Html:
    options = [tag("option", text(f"{title}: any"), value="")]
    options += [tag("option", text(shown), value=value) for value, shown in values]
    return tag("label", unseen(title), tag("select", *options, id=f"by-{name}"))


def _labels(labels: Sequence[tuple[str, Sequence[str]]]) -> Html:
    groups = [
        tag("optgroup", *(tag("option", text(f"{key}={value}"), value=f"{at}:{number}") for number, value in enumerate(values)),
            label=key)
        for at, (key, values) in enumerate(labels)
    ]  # fmt: skip
    if not groups:
        return NOTHING
    options = [tag("option", text("Label: any"), value=""), *groups]
    return tag("label", unseen("Label"), tag("select", *options, id="by-label"))


def _tenant() -> Html:
    field = tag("input", type="text", id="by-tenant", list="tenants", placeholder="Tenant: any", autocomplete="off",
                spellcheck="false", aria_label="Tenant")  # fmt: skip
    return tag("label", field, tag("datalist", id="tenants"))


def show_rail(sketches: Sequence[Sketch], lists: Sequence[tuple[str, str, int, Html]], left_out: int) -> Html:
    """All groups and lists as links."""
    odd = [sketch for sketch in sketches if sketch.group.is_odd]
    rest = [sketch for sketch in sketches if not sketch.group.is_odd]
    parts = [_part("Odd ones out", odd), _part("Groups", rest)]
    if left_out:
        parts.append(tag("p", text(f"and {left_out:,} more groups"), class_="quiet"))
    others = [
        tag("li", tag("a", tag("span", text(title), class_="title"), badge(count), href=f"#{place}"))
        for place, title, count, _ in lists
    ]
    if others:
        parts += [tag("h2", text("Beside the groups")), tag("ul", *others)]
    keys = [tag("div", tag("dt", *_keys(key)), tag("dd", text(says))) for key, says in KEYS]
    parts.append(tag("dl", *keys, class_="keys scripted", aria_label="Keys"))
    return tag("nav", *parts, class_="rail", aria_label="Groups and lists")


def _keys(words: str) -> Iterable[Html]:
    return (joined((tag("kbd", text(key)) for key in words.split()), " "),)


def _part(title: str, sketches: Sequence[Sketch]) -> Html:
    if not sketches:
        return NOTHING
    return joined((tag("h2", text(title), text(" "), badge(len(sketches))), tag("ol", *map(_link, sketches))))


def _link(sketch: Sketch) -> Html:
    group = sketch.group
    first = tag(
        "span",
        tag("i", class_=f"dot is-{group.change}"),
        text(f"#{group.number} "),
        show_where(group.where),
        class_="title",
    )
    words = tag("span", text(sketch.glimpse or "removed"), class_="glimpse")
    return tag(
        "li", tag("a", first, badge(len(group.targets)), words, href=f"#g{group.number}", data_link=group.number)
    )
