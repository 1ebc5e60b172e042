"""Examples: files of sources/examples, few-shot examples with where they came from.

    nodes -> [examples] -> Examples, its inputs untyped -> links

Pure.
"""

from __future__ import annotations

import re

from promptc.compiler.project import Example, Examples
from promptc.compiler.schema.fill import fill
from promptc.compiler.schema.forms import ExampleForm, ExamplesForm
from promptc.compiler.schema.names import is_name, is_tenant_id
from promptc.compiler.schema.nodes import Map, Node, Plain, Sequence, place_in
from promptc.compiler.schema.types import typed
from promptc.core.findings import Finding, Place

_DATE = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])\Z")


def read_examples(stem: str, node: Node, file: str) -> tuple[Examples | None, tuple[Finding, ...]]:
    """The set of examples in a file."""
    form, found = fill(ExamplesForm, node, file)
    if form is None:
        return None, found
    assert isinstance(node, Map)
    owner = node.entries["owner"][1]
    place = Place(file, owner.line, owner.column)
    listing = node.get("examples")
    nodes = listing.items if isinstance(listing, Sequence) else []
    wrong = list(found)
    made: list[Example] = []
    ids: set[str] = set()
    for item, where in zip(form.examples, nodes, strict=True):
        at = Place(file, where.line, where.column)
        example, more = _example(item, at, form.owner)
        wrong += more
        if example.id in ids:
            wrong.append(
                Finding("S011", f"example `{example.id[:80]}` is there twice", at, hint="ids are unique in a set")
            )
        ids.add(example.id)
        made.append(example)
    name = form.set or stem
    if not is_name(name):
        wrong.append(Finding("S010", f"`{name[:80]}` can't name a set of examples", place))
    return Examples(name, form.owner, tuple(made), place), tuple(wrong)


def _example(form: ExampleForm, place: Place, owner: str) -> tuple[Example, list[Finding]]:
    found: list[Finding] = []
    if not isinstance(form.input, dict):
        found.append(Finding("S002", "`input` must be a map of the prompt's inputs", place_in(form.input, place)))
    # A plain answer is text, whatever it looks like: that is what the model said.
    schema = {"type": "string"} if isinstance(form.output, Plain) else None
    output, wrong = typed(form.output, schema, place=place, path="output", code="S002")
    found += wrong
    for key, text in (("recorded", form.recorded), ("expires", form.expires)):
        if text and not _DATE.match(text):
            found.append(Finding("S002", f"`{key}` must be a date", place, hint="write it as 2026-01-31"))
    tenant = form.origin.removeprefix("tenant:")
    if form.origin not in ("synthetic", "public") and (tenant == form.origin or not is_tenant_id(tenant)):
        found.append(Finding("S002", "`from` must be `synthetic`, `public` or `tenant:ID`", place))
    elif tenant != form.origin and owner == "shared" and not form.consent:
        hint = "say who agreed in `consent`, or make the set that tenant's own"
        found.append(
            Finding("S014", f"a shared example comes from tenant `{tenant}` without `consent`", place, hint=hint)
        )
    made = Example(
        form.id, form.input if isinstance(form.input, dict) else {}, output, place,
        origin=form.origin, consent=form.consent, recorded=form.recorded, expires=form.expires,
    )  # fmt: skip
    return made, found
