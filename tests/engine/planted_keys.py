"""Planted in what tells renders apart: keys that leave something out, locales that share, what Jinja would keep."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from jinja2.environment import Template as JinjaTemplate

from promptc.compiler import sharing
from promptc.compiler.keys import Static, key_of_static
from promptc.compiler.template import conditions, environment, symbols
from promptc.compiler.template.templates import Templates
from tests.compiler import test_memory
from tests.engine.planted import both, caught_by, edits, law
from tests.laws import test_reads, test_traps
from tests.laws.edits_stories import declare, front, give, put, say, take

Patch = pytest.MonkeyPatch

# Keys


def without(patch: Patch, change: Callable[[Static], Mapping[str, Any]]) -> None:
    """Renders are remembered under keys that don't hold all of the static part."""
    patch.setattr(sharing, "key_of_static", lambda static: key_of_static(replace(static, **change(static))))


LIMITS = {"type": "object", "default": {"words": 1}, "properties": {"words": {"type": "integer"}}}
MORE = {**LIMITS, "properties": {**LIMITS["properties"], "turns": {"type": "integer"}}}  # type: ignore[dict-item]


@caught_by(edits("a property comes to be declared", (both(say("{{ vars.limits.turns | default(7) }}\n"), declare("limits", LIMITS)), "T005"), (declare("limits", MORE), "")))
def a_key_without_the_schema(patch: Patch) -> None:
    """The key of a render doesn't hold the variables' schemas."""
    without(patch, lambda static: {"variables": {}})


def inputs(**extra: Any) -> Callable[[Any], Any]:
    return front("inputs", {"message": {"type": "string"}, "extra": extra})


@caught_by(edits("an input becomes a list", (both(say("{{ input.extra }}\n"), inputs(type="string", default="", description="Text.", maxLength=9)), ""), (inputs(type="array", items={"type": "string"}, default=[]), "T027")))
def a_key_without_the_inputs(patch: Patch) -> None:
    """The key of a render doesn't hold the inputs' schemas."""
    without(patch, lambda static: {"inputs": {}})


@caught_by(edits("a fragment changes", (put("sources/fragments/safety.j2", {}, "Be quite safe.\n"), "")))
def a_key_without_the_text(patch: Patch) -> None:
    """The key of a render doesn't hold the templates' texts."""
    without(patch, lambda static: {"templates": {path: replace(each, text="") for path, each in static.templates.items()}})


@caught_by(edits("front matter grows", (both(say("{{ 100 // vars.count }}\n"), give("tenant:acme", "count", 0)), "T029"), (front("description", "Moves lines."), "T029")))
def a_key_without_the_lines(patch: Patch) -> None:
    """The key of a render doesn't hold where a template begins, which findings tell."""
    without(patch, lambda static: {"place": replace(static.place, line=0), "templates": {path: replace(each, line_offset=0) for path, each in static.templates.items()}})


@caught_by(edits("a stand-in comes", (both(put("sources/fragments/safety.ko.j2", {}, "안전하게.\n"), take("tenant:globex", "tone")), ""), (declare("more", {"type": "string"}), "")))
def a_key_without_the_locale(patch: Patch) -> None:
    """The key of a render doesn't hold the locale and what stands in for it."""
    without(patch, lambda static: {"locale": "", "stands_for": {}})


@caught_by(law(test_memory.test_a_memory_without_the_toolchain_is_another))
def a_key_without_the_toolchain(patch: Patch) -> None:
    """The key of a render doesn't hold the toolchain."""
    without(patch, lambda static: {"toolchain": ""})


@caught_by(law(test_reads.test_a_stand_in_that_is_not_there_is_not_there_for_its_locale_alone))
def locales_share_a_branch(patch: Patch) -> None:
    """Tenants of all locales share the renders of one."""
    patch.setattr(Templates, "has_stand_ins", lambda self, prompt: False)


# Templates


@caught_by(law(test_reads.test_a_module_is_built_anew_for_a_tenant_that_renders_anew))
def a_module_is_cached(patch: Patch) -> None:
    """An imported template's module is kept for the next render, as Jinja does."""
    patch.setattr(environment.Template, "_get_default_module", JinjaTemplate._get_default_module)


@caught_by(law(test_traps.test_trap_17_a_formatted_input_is_text_and_nothing_else, "{% if input.name | trim %}x{% endif %}"))
def a_formatted_slot_has_a_truth(patch: Patch) -> None:
    """The truth of a formatted slot is that of its input: a text of spaces is true, and trimmed it is not."""
    truth_of = symbols.truth_of
    patch.setattr(symbols, "truth_of", lambda value: conditions.true_of(value.input.path) if isinstance(value, symbols.Formatted) else truth_of(value))
