"""Review as HTML: one file that holds everything, asks the network for nothing, and can be read without its script.

    Review -> pages -> [review_html] -> `promptc diff --format html`

The text of prompts and overlays is foreign: it is escaped (pages/markup.py), and the page's own policy lets a browser run
one script and use one style sheet, both known by their hashes. So text that got through as markup would still be inert.
The same review gives the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from promptc.cli.pages.data import data_of, owners_of
from promptc.cli.pages.filters import show_filters, show_rail, show_search
from promptc.cli.pages.group import Sketch, show_body, show_group, sketch_of
from promptc.cli.pages.lists import lists_of, show_list
from promptc.cli.pages.markup import NOTHING, Html, badge, script_data, tag, text
from promptc.cli.pages.summary import show_moments, show_summary
from promptc.cli.terminal import counted
from promptc.core.outline import CLASSES
from promptc.core.review import Group, Review

GROUPS_MAX = 600
BODIES_BYTES_MAX = 5_000_000
OPEN_GROUPS_MAX = 12
OPEN_ROWS_MAX = 40


def page(review: Review) -> str:
    """The whole page. Of very many groups the first are shown, and of very long ones no text; counts are of everything."""
    sketches = [sketch_of(group) for group in review.groups[:GROUPS_MAX]]
    lists = tuple(lists_of(review, frozenset(sketch.group.number for sketch in sketches)))
    data = data_of(review, review.groups)
    main = tag(
        "main",
        show_summary(review, sketches),
        _groups(review, sketches, data),
        *(show_list(*one) for one in lists),
        id="main",
    )
    rail = show_rail(sketches, lists, len(review.groups) - len(sketches)) if sketches or lists else NOTHING
    frame = tag("div", rail, main, class_="frame" if rail else "frame is-alone")
    skip = tag("a", text("Skip to what changed"), href="#groups", class_="skip")
    script = Html(f"<script>{_asset('review.js')}</script>")
    held = tag("script", script_data(data), type="application/json", id="data")
    body = tag("body", skip, _top(review), frame, _foot(), held, script)
    return f'<!doctype html>\n<html lang="en">{_head(review)}{body}</html>\n'


def policy() -> str:
    """What a browser may do for the page: nothing but run its script and use its style sheet."""
    return (
        f"default-src 'none'; style-src {_hash(_asset('review.css'))}; script-src {_hash(_asset('review.js'))}; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _hash(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


@cache
def _asset(name: str) -> str:
    """A file that ships with promptc. It stands in the page as it is, so it must not hold the end of its element."""
    content = (resources.files("promptc.cli") / "assets" / name).read_text(encoding="utf-8")
    assert "</" not in content
    return content


def _head(review: Review) -> Html:
    title = f"{counted(review.changed, 'target')} changed: {review.base.name} → {review.head.name}"
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy()),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", text(title)),
        Html(f"<style>{_asset('review.css')}</style>"),
    )


def _top(review: Review) -> Html:
    brand = tag("a", tag("b", text("promptc")), text(" review"), href="#summary", class_="brand")
    view = tag("label", tag("input", type="checkbox", id="unified"), tag("span", text("Unified")), class_="view")
    viewed = tag("span", id="viewed", class_="viewed scripted")
    moments = tag("span", show_moments(review), class_="moments")
    tools = (show_search(), viewed, view) if review.groups else ()
    return tag("header", brand, moments, *tools, class_="top")


def _groups(review: Review, sketches: Sequence[Sketch], data: Mapping[str, Any]) -> Html:
    if not review.groups:
        return tag("section", id="groups")
    filters = show_filters(data, owners_of(review.groups), (group.change for group in review.groups))
    note = tag("small", text("each change once, with everybody whom it reaches"))
    title = tag("h2", text("What changed "), badge(len(review.groups)), note)
    blocks = []
    room = BODIES_BYTES_MAX
    for at, sketch in enumerate(sketches):
        # A body is at least as long as its text: what can't fit is not made first.
        body = show_body(sketch) if sketch.characters <= room else NOTHING
        if not body or len(body.encode()) > room:
            said = f"The text of {counted(len(sketch.rows), 'line')} is left out to keep this page small; the JSON form has it."
            body = tag("p", text(said), class_="note")
        room -= len(body.encode())
        is_open = at < OPEN_GROUPS_MAX and len(sketch.rows) <= OPEN_ROWS_MAX
        blocks.append(show_group(sketch, review, body, is_open=is_open))
    none = tag("p", text("No group matches."), class_="nothing", id="nothing", hidden=True)
    left_out = _left_out(review.groups[len(sketches) :])
    return tag("section", filters, title, *blocks, none, left_out, id="groups")


def _left_out(groups: Sequence[Group]) -> Html:
    if not groups:
        return NOTHING
    reached = len({number for group in groups for number in group.targets})
    kinds = (
        f"{sum(g.change == name for g in groups):,} {name}" for name in CLASSES if any(g.change == name for g in groups)
    )
    said = (
        f"{counted(len(groups), 'more group')} for {counted(reached, 'target')} ({', '.join(kinds)}) counted above but not "
        "shown, to keep this page small; the JSON form has them, and narrower comparisons show them."
    )
    return tag("p", text(said), class_="note", id="left-out")


def _foot() -> Html:
    said = "Made by promptc diff. This file holds everything it shows and asks the network for nothing."
    return tag("footer", text(said))
