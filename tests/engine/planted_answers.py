"""Planted in what renders ask: proxies that forget, answers that say too little, a trie that tells too little apart."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest

from promptc.compiler import trace
from promptc.compiler.template import proxies, support
from promptc.compiler.template.proxies import ListView, MapView, VariablesView, View
from promptc.compiler.template.run import CURRENT
from promptc.compiler.trace import Answers, ByIdentity
from promptc.compiler.trie import Node, Trie
from promptc.core.values import NoText, canonical_text
from tests.compiler import test_memory, test_trie
from tests.engine.planted import both, caught_by, edits, law, read, row, sharp
from tests.laws import test_reads, test_traps
from tests.laws.edits_stories import put
from tests.laws.edits_world import Tag

Patch = pytest.MonkeyPatch


def forget(patch: Patch, owner: Any, name: str) -> None:
    """What a function asks is not recorded."""
    function = getattr(owner, name)

    @functools.wraps(function)
    def forgetful(*given: Any, **named: Any) -> Any:
        asked = CURRENT.run.reads.asked
        known = len(asked)
        result = function(*given, **named)
        for question in list(asked)[known:]:
            del asked[question]
        return result

    patch.setattr(owner, name, forgetful)


def answering(patch: Patch, kind: str, answer: Callable[[str, Any, Any], str]) -> None:
    """Questions of a kind are answered otherwise."""
    patch.setitem(trace._ANSWERS, kind, answer)


# Reads that are not recorded


@caught_by(row("{{ vars['x'] }}"))
def a_printed_variable_is_forgotten(patch: Patch) -> None:
    """Whether there is text for a hole is not asked."""
    forget(patch, support, "hole")


@caught_by(read("{{ vars.x.a | default('n') }}"))
def a_key_is_forgotten(patch: Patch) -> None:
    """What stands under a key or index is not recorded."""
    forget(patch, View, "get")


@caught_by(row("[{{ (vars.x == vars.y) | tojson }}]"))
def a_variable_is_forgotten(patch: Patch) -> None:
    """A scalar that is compared is not recorded."""
    forget(patch, support, "variable")


@caught_by(read("{% if vars.x %}yes{% else %}no{% endif +%}"))
def a_truth_is_forgotten(patch: Patch) -> None:
    """The truth of a variable is not recorded."""
    forget(patch, support, "truth")


@caught_by(row("{% if vars.x.a %}yes{% elif vars.y %}else{% else %}no{% endif +%}"))
def a_truth_below_is_forgotten(patch: Patch) -> None:
    """The truth of what stands under a key is not recorded."""
    forget(patch, View, "truth_at")


@caught_by(read("{{ 'a' in vars.x }}"))
def a_membership_is_forgotten(patch: Patch) -> None:
    """Whether a map has a key is not recorded."""
    forget(patch, MapView, "has")


@caught_by(read("{{ vars.x | length }}"))
def a_length_is_forgotten(patch: Patch) -> None:
    """How long a list or map is is not recorded."""
    forget(patch, View, "__len__")


@caught_by(read("{% for k in vars.x %}{{ k }}{% endfor +%}"))
def keys_are_forgotten(patch: Patch) -> None:
    """The keys of a map and their order are not recorded."""
    forget(patch, MapView, "keys")


@caught_by(read("{{ vars.x | tojson }}"))
def a_whole_is_forgotten(patch: Patch) -> None:
    """A list or map that is handed out whole is not recorded."""
    forget(patch, View, "whole")


@caught_by(read("{{ {'a': [1]} == vars.x }}"))
def a_map_is_a_dict(patch: Patch) -> None:
    """The view of a map subclasses dict and records what is asked by key: all else reads past it."""

    class Dictionary(dict[str, Any]):
        def __init__(self, seen: View) -> None:
            super().__init__(seen.raw)
            self.seen = seen

        def __getitem__(self, key: str) -> Any:
            return self.seen.get(key)

    view = proxies.view
    patch.setattr(proxies, "view", lambda *given: Dictionary(found) if isinstance(found := view(*given), MapView) else found)


@caught_by(read("{{ (vars.x + [9]) | join }}"))
def a_list_is_a_list(patch: Patch) -> None:
    """The view of a list subclasses list and records what is asked by index."""

    class Listed(list[Any]):
        def __init__(self, seen: View) -> None:
            super().__init__(seen.raw)
            self.seen = seen

        def __getitem__(self, index: Any) -> Any:
            return self.seen.get(index)

    view = proxies.view
    patch.setattr(proxies, "view", lambda *given: Listed(found) if isinstance(found := view(*given), ListView) else found)


@caught_by(law(test_reads.test_a_remembered_error_is_told_in_full_and_names_this_tenants_variables))
def a_message_reads_names_unseen(patch: Patch) -> None:
    """Which variables are set near a missing one is told without asking for the keys."""
    patch.setattr(VariablesView, "say_missing", lambda self, step: f"`vars.{step}` has no value for this tenant{proxies.near_it(step, list(self.raw), 'vars')}")


# Reads that are recorded and should not be


@caught_by(sharp("{{ vars.x }}"))
def what_is_printed_is_read(patch: Patch) -> None:
    """A variable that is only printed is asked for its value, so that no two tenants share a render."""
    hole = support.hole

    def reading(mark: Any) -> Any:
        CURRENT.run.reads.record("get", mark.path, trace.look(CURRENT.run.given, mark.path))
        return hole(mark)

    patch.setattr(support, "hole", reading)


@caught_by(sharp("{% for k in vars.x %}{{ k }}{% endfor +%}"))
def keys_are_read_with_their_values(patch: Patch) -> None:
    """A loop over the keys of a map reads all that is under them."""
    patch.setattr(MapView, "keys", lambda self: list(self.whole()))


# Answers


@caught_by(law(test_trie.test_a_leaf_is_found_by_its_answers_and_their_types))
def answers_are_untyped(patch: Patch) -> None:
    """1, true and "1" are one answer."""
    answering(patch, "get", lambda shape, value, _: str(int(value)) if value is True or value is False else str(value))


@caught_by(row("[{{ (vars.x is integer) | tojson }}]"))
def numbers_are_equal_as_in_python(patch: Patch) -> None:
    """1 and 1.0, 0.0 and -0.0 are one answer."""
    get = trace._ANSWERS["get"]
    answering(patch, "get", lambda shape, value, digest: f"number {hash(value)}" if isinstance(value, (int, float)) and not isinstance(value, bool) else get(shape, value, digest))


@caught_by(law(test_reads.test_answers_tell_types_and_order_apart))
def a_whole_has_no_order(patch: Patch) -> None:
    """Maps with the same keys in another order are one answer, and so are 1 and 1.0."""
    answering(patch, "whole", lambda shape, value, _: f"{shape} {'' if value is trace.MISSING else canonical_text(value)}")


@caught_by(law(test_traps.test_trap_04_the_order_of_keys_is_an_answer, "{% for k in vars.m %}{{ k }}{% endfor %}"))
def keys_have_no_order(patch: Patch) -> None:
    """The keys of a map are answered sorted."""
    answering(patch, "keys", lambda shape, value, _: f"map {sorted(value)}" if shape == "map" else shape)


@caught_by(law(test_reads.test_answers_tell_types_and_order_apart))
def a_length_has_no_kind(patch: Patch) -> None:
    """What has no length at all is answered as what is empty."""
    answering(patch, "length", lambda shape, value, _: str(len(value)) if shape in ("map", "list", "text") else "0")


@caught_by(row("{{ vars['x'] }}"))
def whatever_is_printed_is_text(patch: Patch) -> None:
    """That a list, a map or nothing stands where text is to be printed is not told."""
    answering(patch, "print", lambda shape, value, _: "text")
    patch.setattr(trace, "_PRINTS", dict.fromkeys(trace._PRINTS, "text"))


@caught_by(law(test_trie.test_values_that_come_and_go_have_digests_of_their_own))
def an_identity_outlives_its_value(patch: Patch) -> None:
    """A digest is kept by its value's identity, and the value is let go: the next value takes both."""

    def called(self: ByIdentity, value: Any) -> Any:
        if id(value) not in self._known:
            self._known[id(value)] = (None, self._function(value))
        return self._known[id(value)][1]

    patch.setattr(ByIdentity, "__call__", called)


def counting(name: str, **front_matter: Any) -> Callable[[Any], Any]:
    return put(f"sources/prompts/{name}.prompt.j2", {"model": "main", **front_matter}, "{{ tools | length }}\n")


def has_the_tool(world: Any) -> None:
    world.tenants()["acme"]["prompts"] = {"later": {"tools": Tag("append", ["lookup"])}}


TOOLS = both(counting("first", tools=["lookup"]), counting("later", optional_tools=["lookup"], overridable={"tools": True}), has_the_tool)


@caught_by(edits("prompts with other tools", (TOOLS, "")))
def what_a_prompt_was_given_is_kept(patch: Patch) -> None:
    """What the chain chose for one prompt is the answer for the tenant's next prompt, too."""

    def missing(self: Answers, question: trace.Question) -> str:
        found = self[question] = question.ask(self.roots if question.lasting else self.chosen)
        return found

    patch.setattr(Answers, "__missing__", missing)


# The trie


@caught_by(law(test_trie.test_a_leaf_is_found_by_its_answers_and_their_types))
def the_only_branch_is_taken(patch: Patch) -> None:
    """A node's first answer leads on, whatever the answer is."""

    def find(self: Trie, answers: Answers) -> Any:
        node: Any = self._root
        while isinstance(node, Node):
            node = node.others.get(answers[node.question], node.leads_to)
        return node

    patch.setattr(Trie, "find", find)


@caught_by(law(test_trie.test_what_is_dropped_leaves_nothing_behind))
def a_dropped_leaf_leaves_its_way(patch: Patch) -> None:
    """A leaf that is dropped leaves the nodes that led to it."""
    patch.setattr(Trie, "drop", lambda self, leaf: self._leaves.pop(leaf))


@caught_by(law(test_memory.test_numbers_that_collide_only_cost_a_render, lambda data, start=0: start + 1), NoText)
def a_number_is_trusted(patch: Patch) -> None:
    """A leaf that its numbers led to is taken without holding its answers against the tenant's."""
    from promptc.compiler.compile import Compiler, Known, Leaf

    def remembered(self: Any, branch: Any, answers: Answers) -> Any:
        found = branch.remembered(self._memory).find(answers) if self._memory is not None else None
        return None if found is None else branch.trie.keep(found.reads.asked.items(), Leaf(Known(found)))

    patch.setattr(Compiler, "_remembered", remembered)
