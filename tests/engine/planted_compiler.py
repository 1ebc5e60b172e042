"""Planted in what renders share: leaves that lose something, plans that take too much for granted, meanings and scopes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from promptc.compiler import holes, leaf, marking, meaning, remembered, sharing
from promptc.compiler.marking import Marking
from promptc.compiler.plan import Bound
from promptc.compiler.sharing import Planned, Sharing
from promptc.compiler.template.events import Value
from promptc.core.values import canonical_text, json_text
from promptc.driver import planning, reading, scope
from promptc.driver.scope import Scope
from promptc.engine.ledger import REMOVES
from tests.compiler import test_memory, test_plan
from tests.compiler.world import prompt
from tests.driver import test_scope
from tests.engine.planted import caught_by, compiled, edits, law, story
from tests.laws.edits_stories import put

Patch = pytest.MonkeyPatch

# Leaves


@caught_by(story("a statement fails for one tenant alone", 3))
def findings_are_not_remembered(patch: Patch) -> None:
    """A render that failed is remembered without what it found."""
    encode = remembered.encode_leaf
    patch.setattr(remembered, "encode_leaf", lambda key, rendered: encode(key, replace(rendered, findings=())))


@caught_by(law(test_memory.test_a_leaf_comes_back_as_it_was))
def printed_text_comes_back_as_static_text(patch: Patch) -> None:
    """A leaf doesn't tell what was printed from what stands in the template."""
    parts = leaf._parts
    patch.setattr(leaf, "_parts", lambda data: [str(part) if isinstance(part, Value) else part for part in parts(data)])


STAND_INS: dict[str, str | bytes] = {
    "p": prompt('{% include "fragments/f.j2" %}{% include "fragments/g.j2" %}'), "v": "{}",
    "sources/fragments/f.j2": "F", "sources/fragments/f.ko.j2": "F ko", "sources/fragments/g.j2": "G",
    "t0": "locale: ko\n", "t1": "title: T\n",
}  # fmt: skip


@caught_by(compiled("templates without a stand-in", STAND_INS))
def fallbacks_are_not_remembered(patch: Patch) -> None:
    """A render is remembered without the templates that had no stand-in."""
    shape_data = leaf._shape_data
    patch.setattr(leaf, "_shape_data", lambda shape: None if shape is None else [*shape_data(shape)[:3], []])


@caught_by(law(test_memory.test_leaves_under_another_key_are_no_leaves))
def a_leaf_is_sound_under_any_key(patch: Patch) -> None:
    """A leaf's checksum doesn't say under which key it was kept."""
    checksum = leaf._sum
    patch.setattr(leaf, "_sum", lambda key, data: checksum("", data))


@caught_by(law(test_memory.test_every_flipped_byte_is_damage))
def damage_behind_the_head_is_not_seen(patch: Patch) -> None:
    """A leaf's checksum is that of its first bytes."""
    checksum = leaf._sum
    patch.setattr(leaf, "_sum", lambda key, data: checksum(key, data[:64]))


# Plans


@caught_by(law(test_plan.test_text_that_changes_when_it_is_joined, "e{{ vars.a }}"))
def a_plan_never_composes(patch: Patch) -> None:
    """A tenant's text is filled in though it changes where it is joined."""
    patch.setattr(Bound, "_is_normal", lambda self, texts, given: True)


@caught_by(law(test_plan.test_empty_values, "{{ vars.a }}"))
def a_plan_keeps_what_is_empty(patch: Patch) -> None:
    """A text part that becomes empty is kept."""
    patch.setattr(Bound, "_none_vanishes", lambda self, texts, given: True)


@caught_by(law(test_plan.test_branches_that_become_the_same, "{% if input.on %}{{ vars.a }}{% else %}{{ vars.b }}{% endif %}"))
def branches_never_meet(patch: Patch) -> None:
    """Branches that differ for one tenant are taken to differ for all."""
    patch.setattr(marking, "may_meet", lambda left, right: False)


@caught_by(law(test_plan.test_more_characters_than_a_prompt_may_have))
def a_plan_has_no_limit(patch: Patch) -> None:
    """What a plan fills in is not counted."""
    patch.setattr(Bound, "_is_long", lambda self, data, texts: False)


@caught_by(law(test_plan.test_a_printed_value_is_filled_in))
def holes_have_no_filters(patch: Patch) -> None:
    """A hole is known by its variable alone, whatever filters it is printed through."""
    hole = Marking.hole
    patch.setattr(Marking, "hole", lambda self, part: hole(self, {**part, "text": []}))


@caught_by(law(test_plan.test_a_printed_value_is_filled_in))
def texts_outlive_their_tenant(patch: Patch) -> None:
    """The texts of the first tenant are put into the artifacts of the next."""
    begin = Sharing.begin

    def keeping(self: Sharing, *given: Any) -> Any:
        before = getattr(self, "texts", None)
        found = begin(self, *given)
        self.texts = before or self.texts
        return found

    patch.setattr(Sharing, "begin", keeping)


@caught_by(law(test_plan.test_variables_in_tools_and_in_the_output_schema))
def values_in_schemas_are_sorted(patch: Patch) -> None:
    """A value that stands in a provider's schema loses its author's order."""
    patch.setattr(holes, "_json_of", lambda value: canonical_text(value).encode())


@caught_by(law(test_plan.test_holes_in_the_users_message_are_in_examples_too))
def examples_reach_everybody(patch: Patch) -> None:
    """Plans of a tenant with examples of its own are shared with others."""
    patch.setattr(Sharing, "key_of", lambda self, tenant, choice: id(choice))
    patch.setattr(Sharing, "_frozen", lambda self, target: (self.chosen(target.choice).parts, self.chosen(target.choice).blocks))


@caught_by(law(test_plan.test_texts_of_overlays_are_put_in_place, ""))
def a_line_end_is_not_frozen(patch: Patch) -> None:
    """Overlays' texts share a plan whether they are empty, or end a line, or not."""
    patch.setattr(sharing, "_frozen", lambda action: (action.kind, action.every))


@caught_by(law(test_plan.test_what_overlays_do_to_a_block_is_never_mixed))
def what_overlays_do_is_not_frozen(patch: Patch) -> None:
    """Overlays that append and those that replace share a plan."""
    patch.setattr(sharing, "_frozen", lambda action: (bool(action.text), action.text.endswith("\n")))


@caught_by(law(test_plan.test_tools_are_frozen_in_plans_and_never_mixed))
def choices_share_a_casing(patch: Patch) -> None:
    """What stands around the messages is made once for a prompt, whatever model, config and tools were chosen."""
    casing = Sharing._casing

    def shared(self: Sharing, target: Any) -> Any:
        return self._casings.setdefault((target.prompt.name,), casing(self, target))

    patch.setattr(Sharing, "_casing", shared)


@caught_by(law(test_plan.test_the_order_of_a_native_config_is_never_mixed))
def configs_have_no_order(patch: Patch) -> None:
    """Configs with the same keys in another order are one choice."""
    patch.setattr(sharing, "_config_text", json_text)


@caught_by(law(test_plan.test_what_is_wrong_with_blocks_is_said_at_each_tenants_place))
def blocks_are_checked_once(patch: Patch) -> None:
    """What is wrong with one choice's blocks is not asked of the next that freezes the same."""
    init = Planned.__init__
    patch.setattr(Planned, "__init__", lambda self, *, is_quiet: init(self, is_quiet=True))


@caught_by(law(test_plan.test_a_stale_replacement_is_said_to_its_owner))
def stale_overrides_are_not_asked_for(patch: Patch) -> None:
    """A replacement that carries what it stands against is taken to be current."""
    choose = Sharing._choose
    patch.setattr(Sharing, "_choose", lambda self, choice: replace(choose(self, choice), may_be_stale=False))


# Meanings and scopes


def tool(*names: str, description: str = "Looks up.") -> Any:
    properties = {name: {"type": "string"} for name in names}
    return put("sources/tools/lookup.yaml", {"description": description, "input": {"type": "object", "properties": properties}})


@caught_by(edits("a tool is described otherwise", (tool("number", description="Finds."), "")))
def tools_mean_nothing(patch: Patch) -> None:
    """An edit of a tool changes no meaning."""
    patch.setattr(reading, "meanings", lambda project: {name: word for name, word in meaning.meanings(project).items() if not name.startswith("tool ")})


@caught_by(edits("a tool's properties change places", (tool("a", "b"), ""), (tool("b", "a"), "")))
def meanings_have_no_order(patch: Patch) -> None:
    """Maps with the same keys in another order mean the same."""
    write = meaning._write
    patch.setattr(meaning, "_write", lambda value, words: write(dict(sorted(value.items())) if isinstance(value, dict) else value, words))


@caught_by(story("a comment moves what a layer is warned of", 2))
def what_was_said_stays_where_it_was(patch: Patch) -> None:
    """An edit that only moves lines reaches nobody, and findings keep their old lines."""
    patch.setattr(planning, "scope_of", lambda before, after: replace(scope.scope_of(before, after), noted=False))


@caught_by(law(test_scope.test_whom_a_scope_reaches, Scope(layers=frozenset({"base"})), test_scope.row("plan/pro", flags=REMOVES), reached=True))
def removals_are_as_other_settings(patch: Patch) -> None:
    """Whether a `!remove` makes sense is taken to depend on its own chain."""
    reaches = Scope.reaches
    patch.setattr(Scope, "reaches", lambda self, row: reaches(self, replace(row, flags=row.flags & ~REMOVES)))


@caught_by(law(test_scope.test_a_prompt_reaches_what_it_reached_before))
def scopes_know_only_what_is_there_now(patch: Patch) -> None:
    """A prompt that included a template before is not reached by its edit."""
    prompts = scope._prompts
    patch.setattr(scope, "_prompts", lambda parts, before, after: prompts(parts, after, after))


@caught_by(edits("examples change", (put("sources/examples/shots.yaml", {"owner": "shared", "examples": [{"id": "one", "input": {"message": "Hi"}, "output": "Good."}]}), "")))
def examples_reach_no_prompt(patch: Patch) -> None:
    """An edit of examples reaches none of the prompts that show them."""
    patch.setattr(planning, "_shows_examples", lambda sources, name: False)
