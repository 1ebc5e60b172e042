"""Reasons: why a group differs: the source lines behind its hunk, and what of the settings, models or values is another.

    a group's targets, both sides -> differences, origins -> [reasons] -> Causes

A few targets stand for a group: one of each variant, of different chains. What is said of them is true of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from promptc.compiler.compile import Compiler
from promptc.compiler.project import Overlay
from promptc.core.dataclass import dataclass, field, replace
from promptc.core.errors import PromptcError
from promptc.core.manifest import Change
from promptc.core.outline import ROLE, Hole, Hunk, Line
from promptc.core.review import Cause
from promptc.driver.differences import Cause as Difference
from promptc.driver.differences import differences
from promptc.driver.grouping import Draft
from promptc.driver.outlining import Lens
from promptc.driver.sides import Side
from promptc.driver.stretches import Stretches

STANDING_MAX = 3
CAUSES_MAX = 6
PARTS = {
    "model": ("model", "toolchain"),
    "config": ("config", "model", "prompt", "question", "value"),
    "tool": ("tools", "value", "schema", "question"),
    "output": ("prompt", "value", "schema"),
    "input": ("prompt",),
}


@dataclass(slots=True)
class Reasons:
    """Looks for reasons. A target is looked at once, whatever the number of groups that it stands for."""

    base: Lens
    head: Lens
    changes: Sequence[Change]
    stretches: Stretches
    reveal: bool
    _compilers: dict[int, Compiler] = field(default_factory=dict)
    _tenants: dict[int, dict[str, Overlay]] = field(default_factory=dict)
    _found: dict[int, tuple[Difference, ...]] = field(default_factory=dict)
    _origins: dict[tuple[bool, int], dict[str, list[str]]] = field(default_factory=dict)

    def of(self, draft: Draft) -> tuple[Cause, ...]:
        """The reasons of a group; none where the sources of a side are not known."""
        if self.base.side.whole is None or self.head.side.whole is None:
            return ()
        kind, hunk = draft.where
        if kind == "toolchain":
            return (Cause("toolchain", "the same sources, compiled by another toolchain"),)
        found: dict[tuple[str, ...], Cause] = {}
        for number in self._standing(draft):
            for cause in self._new(number) if kind == "new" else self._one(hunk, number):
                # What is asked of a value and what is printed of it is one cause.
                found.setdefault((cause.what, cause.place, cause.before, cause.after), cause)
        return tuple(found.values())[:CAUSES_MAX]

    def _standing(self, draft: Draft) -> list[int]:
        variants = sorted(draft.met.variants.values(), key=lambda one: -len(one.targets))
        first = [variant.targets[0] for variant in variants[:STANDING_MAX]]
        return list(dict.fromkeys((*first, draft.numbers[0], draft.numbers[-1])))[:STANDING_MAX]

    def _new(self, number: int) -> Iterator[Cause]:
        overlay = self.head.overlay(self.changes[number].tenant)
        if overlay is not None:
            yield Cause("first", f"tenant `{overlay.name}`", str(overlay.place))

    def _one(self, hunk: Hunk, number: int) -> Iterator[Cause]:
        known = self._differences(number)
        places = self._places(hunk, number)
        files = {place.partition(":")[0] for place in places}
        kinds = PARTS.get(hunk.where.partition(" ")[0])
        chosen = [one for one in known if _fits(one, hunk, kinds, files)] or list(known)
        for one in chosen:
            # The hunk's own line in that file says more than the first line that differs.
            place = next((p for p in places if p.rpartition(":")[0] == one.place.partition(":")[0]), one.place)
            yield Cause(one.kind, one.what, place if one.kind == "template" else one.place, one.before, one.after)

    def _differences(self, number: int) -> tuple[Difference, ...]:
        if number not in self._found:
            change = self.changes[number]
            old, new = (self._side(lens, change.tenant) for lens in (self.base, self.head))
            found: tuple[Difference, ...] = ()
            if old is not None and new is not None:
                try:
                    found = tuple(differences(old, new, change.prompt, reveal=self.reveal))
                except (PromptcError, KeyError, AssertionError):
                    found = ()
            self._found[number] = found
        return self._found[number]

    def _side(self, lens: Lens, tenant_id: str) -> Side | None:
        whole, overlay = lens.side.whole, lens.overlay(tenant_id)
        if whole is None or overlay is None:
            return None
        compiler = self._compiler(lens)
        self._tenants[id(lens)][tenant_id] = overlay
        return Side(compiler, overlay, lens.tenant(tenant_id), whole.identity)

    def _compiler(self, lens: Lens) -> Compiler:
        assert lens.side.whole is not None
        if id(lens) not in self._compilers:
            # Of very many tenants only those that are looked at.
            tenants = self._tenants[id(lens)] = {}
            project = replace(lens.side.whole.sources.project, tenants=tenants)
            self._compilers[id(lens)] = Compiler(project, sharing=False)
        return self._compilers[id(lens)]

    # The source lines behind compiled lines

    def _places(self, hunk: Hunk, number: int) -> list[str]:
        """`file:line` of each line of a hunk, those that it brings first."""
        found: dict[str, None] = {}
        for lens, lines in ((self.head, hunk.after), (self.base, hunk.before)):
            known = self._origin_lines(lens, number) if lines and hunk.where not in PARTS else {}
            places = [place for line in lines for place in known.get(_key(line), ())]
            # Of lines that stand around what changed nothing is said.
            found |= dict.fromkeys(p for p in places if self.stretches.holds(p, is_base=lens is self.base))
        return list(found)

    def _origin_lines(self, lens: Lens, number: int) -> dict[str, list[str]]:
        """The places of a target's compiled lines, by the text that stands around their values."""
        key = (lens is self.base, number)
        if key not in self._origins:
            change = self.changes[number]
            tenant = lens.tenant(change.tenant)
            prompt = lens.side.whole.sources.project.prompts.get(change.prompt) if lens.side.whole is not None else None
            found: dict[str, list[str]] = {}
            if tenant is not None and prompt is not None and change.prompt in tenant.prompts:
                planned = lens.planned(tenant, change.prompt, None)
                values = planned[1] if planned is not None else {}
                for lines in self._compiler(lens).origins_for(tenant, prompt):
                    for text, place, _ in lines:
                        found.setdefault(_key_of_text(text, values.values()), []).append(place)
            self._origins[key] = found
        return self._origins[key]


def _fits(one: Difference, hunk: Hunk, kinds: tuple[str, ...] | None, files: set[str]) -> bool:
    if kinds is not None:
        return one.kind in kinds
    if one.kind == "template":
        return one.place.partition(":")[0] in files
    if one.kind in ("value", "blocks"):
        words = {name.partition("|")[0] for name in hunk.changed}
        return one.what.removeprefix("vars.") in words or any(
            name.startswith("block ") for name in words | _names(hunk)
        )
    return one.kind in ("question", "stand-in", "schema", "examples", "enabled", "toolchain")


def _names(hunk: Hunk) -> set[str]:
    return {piece.name for line in (*hunk.before, *hunk.after) for piece in line if isinstance(piece, Hole)}


def _key(line: Line) -> str:
    return "".join("" if isinstance(piece, Hole) else piece for piece in line).removeprefix(ROLE)


def _key_of_text(text: str, values: Iterable[str]) -> str:
    """A compiled line without the values in it."""
    for value in sorted(values, key=len, reverse=True):
        if value and len(value) > 1:
            text = text.replace(value, "")
    return text
