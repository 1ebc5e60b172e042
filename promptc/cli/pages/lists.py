"""Lists: what a review tells beside its groups: edits, what is new, gone or broken, overrides that went stale, findings.

    Review -> [lists] -> Html

Pure. Counts are of everything; of very long lists the first items are shown, and how many there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from promptc.cli.pages.group import show_cause
from promptc.cli.pages.markup import NOTHING, Html, badge, joined, prose, short, tag, text
from promptc.cli.pages.summary import count_of
from promptc.cli.terminal import counted
from promptc.core.findings import Finding
from promptc.core.review import Edit, Listed, Moment, Review

ITEMS_MAX = 400
NAMES_MAX = 40


def lists_of(review: Review, shown: frozenset[int]) -> Iterator[tuple[str, str, int, Html]]:
    """Each list that holds something: its id, title, count and content. `shown` are the groups that a link can lead to."""
    for side, name in ((review.head, "head"), (review.base, "base")):
        if side.not_compiled:
            place = "not-compiled" if side is review.head or not review.head.not_compiled else "not-compiled-base"
            yield place, f"Not compiled in {name}", len(side.not_compiled), _not_compiled(side)
    for place, title, listed in (
        ("broken", "No longer compile", review.broken),
        ("new", "New targets", review.new),
        ("gone", "Gone targets", review.gone),
        ("shares", "Shares of variants, by tenants", [shift.listed() for shift in review.shifts]),
    ):
        if listed:
            yield place, title, count_of(listed), _listed(listed)
    if review.stale:
        yield "stale", "Stale overrides", len(review.stale), _stale(review.stale)
    if review.findings:
        yield "findings", "New findings", len(review.findings), _findings(review.findings)
    if review.edits:
        yield "edits", "Edits", len(review.edits), _edits(review.edits, shown)
    if review.toolchain:
        causes = tag("ul", *map(show_cause, review.toolchain), class_="causes")
        yield "toolchain", "Toolchain", len(review.toolchain), causes


def show_list(place: str, title: str, count: int, content: Html) -> Html:
    """One list under its title."""
    return tag("section", tag("h2", text(title), text(" "), badge(count)), content, class_="list", id=place)


def _edits(edits: Sequence[Edit], shown: frozenset[int]) -> Html:
    head = tag("thead", tag("tr", *(tag("th", text(name), scope="col") for name in ("Edited lines", "Changes"))))
    rows = [tag("tr", tag("td", _place(edit)), tag("td", _effect(edit, shown))) for edit in edits[:ITEMS_MAX]]
    return joined((tag("table", head, tag("tbody", *rows)), _more(len(edits), "edit")))


def _place(edit: Edit) -> Html:
    lines = ""
    if edit.line:
        last = edit.end - 1
        lines = f":{edit.line}" + (f"–{last}" if last > edit.line else "")
    kind = NOTHING
    if edit.line and edit.end <= edit.line:
        kind = tag("span", text("lines removed"), class_="quiet")
    return joined((tag("code", text(short(edit.file) + lines), class_="place"), kind), " ")


def _effect(edit: Edit, shown: frozenset[int]) -> Html:
    links = [
        tag("a", text(f"#{n}"), href=f"#g{n}", class_="chip")
        if n in shown
        else tag("span", text(f"#{n}"), class_="chip")
        for n in edit.groups[:NAMES_MAX]
    ]
    if len(edit.groups) > NAMES_MAX:
        links.append(text(f"and {len(edit.groups) - NAMES_MAX:,} more"))
    if not edit.groups:
        links.append(tag("span", text("changes no artifact"), class_="flag is-idle"))
    if edit.says:
        links.append(tag("span", prose(edit.says), class_="quiet"))
    return joined(links, " ")


def _listed(listed: Sequence[Listed]) -> Html:
    rows = [
        tag("tr", tag("th", tag("code", text(short(one.prompt))), scope="row"), tag("td", tag("b", text(f"{one.count:,}"))),
            tag("td", _names(one.targets, one.count)))
        for one in listed[:ITEMS_MAX]
    ]  # fmt: skip
    return joined((tag("table", tag("tbody", *rows)), _more(len(listed), "prompt")))


def _not_compiled(side: Moment) -> Html:
    said = "What they would be is not known, so nothing above speaks of them."
    return joined((tag("p", text(said), class_="quiet"), _names(side.not_compiled, len(side.not_compiled))))


def _names(names: Sequence[str], count: int) -> Html:
    shown = [tag("li", tag("code", text(short(name)))) for name in names[:NAMES_MAX]]
    if count > len(shown):
        shown.append(tag("li", text(f"and {count - len(shown):,} more"), class_="more"))
    return tag("ul", *shown, class_="names")


def _stale(stale: Sequence[tuple[str, Finding]]) -> Html:
    """By owner, so that each can be asked."""
    owners: dict[str, list[Finding]] = {}
    for owner, finding in stale[:ITEMS_MAX]:
        owners.setdefault(owner, []).append(finding)
    parts = [
        joined(
            (
                tag("h3", text(short(owner) or "nobody is named as owner"), text(" "), badge(len(found))),
                _findings(found),
            )
        )
        for owner, found in sorted(owners.items())
    ]
    return joined((*parts, _more(len(stale), "override")))


def _findings(findings: Sequence[Finding]) -> Html:
    return joined((tag("ul", *map(_finding, findings[:ITEMS_MAX]), class_="findings"), _more(len(findings), "finding")))


def _finding(finding: Finding) -> Html:
    parts: Iterable[Html] = (
        tag("span", text(f"{finding.severity} {finding.code}"), class_=f"flag is-{finding.severity}"),
        tag("code", text(short(str(finding.place))), class_="place"),
        tag("span", prose(finding.message)),
        tag("span", prose(f"hint: {finding.hint}"), class_="quiet") if finding.hint else NOTHING,
    )
    return tag("li", joined(parts, " "))


def _more(count: int, noun: str) -> Html:
    if count <= ITEMS_MAX:
        return NOTHING
    return tag("p", text(f"{counted(count, noun)} in all; {ITEMS_MAX:,} are shown"), class_="note")
