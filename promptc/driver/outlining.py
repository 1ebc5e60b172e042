"""Outlining: for every changed target where it differs, gathered by hunk: in this process or in workers.

    Comparison -> plans of both sides -> outlines -> [outlining] -> hunks with their targets -> review

What differs is found between plans, which many targets share, and then filled with each one's values. Where a side's
sources are not known, or a target is linked in another way, its artifact is its own outline, without holes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from promptc.compiler.outlined import Outlined
from promptc.compiler.project import Overlay, Prompt, Tenant
from promptc.compiler.schema.remembered import decode_overlay
from promptc.core.dataclass import dataclass, field, replace
from promptc.core.digest import Digest, digest_of
from promptc.core.manifest import Change
from promptc.core.outline import Found, Hunk, Line, Outline, Pair, Values, outline_of, text_of_line
from promptc.driver.build import Progress
from promptc.driver.compared import Comparison, Side
from promptc.driver.units import overlay_key
from promptc.engine import workers

CHUNK = 400  # targets of one task
PARALLEL_MIN = 2_000
ROWS_MAX = 300  # changed targets whose units are looked up one by one
LITERALS_MAX = 1_000
NOTHING = Outline((), (), (), 0)


@dataclass(slots=True)
class Variant:
    """The targets, by their number, in which a hunk has the same values, and these values."""

    values: tuple[tuple[str, ...], tuple[str, ...]]
    targets: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Met:
    """A hunk wherever it was met. `context` are the lines around it, of the first target; `characters` what all gained.

    `stable` are the targets whose stable prefix ends here, with the line.
    """

    at: tuple[int, int]
    context: tuple[Line | None, Line | None]
    variants: dict[bytes, Variant] = field(default_factory=dict)
    characters: int = 0
    stable: int = 0
    # Of a hunk of one value: that of the whole part.
    raw: Hunk | None = None

    def take(self, other: Met) -> None:
        """Add what another process met."""
        for key, variant in other.variants.items():
            known = self.variants.get(key)
            if known is None:
                self.variants[key] = variant
            else:
                known.targets += variant.targets
        self.characters += other.characters
        self.stable += other.stable


# Hunks of targets that were there before, and of those that are new.
Where = tuple[str, Hunk]
Gathered = dict[Where, Met]


def outlined(comparison: Comparison, *, jobs: int, on_progress: Progress) -> tuple[Gathered, frozenset[str]]:
    """All hunks of the changed targets, and the holes that are confidential for any of them.

    Targets are numbered as `comparison.changes` are.
    """
    changes = comparison.changes
    tasks = [(start, min(start + CHUNK, len(changes))) for start in range(0, len(changes), CHUNK)]
    results: dict[int, Gathered] = {}
    finished = 0

    def on_result(index: int, value: Gathered) -> None:
        nonlocal finished
        results[index] = value
        finished += tasks[index][1] - tasks[index][0]
        last = changes[tasks[index][1] - 1]
        on_progress(finished, len(changes), f"{last.tenant}/{last.prompt}")

    if len(changes) < PARALLEL_MIN:
        jobs = 1
    for side in (comparison.base, comparison.head):
        if len(changes) > ROWS_MAX:
            side.rows.read_all()
        if side.whole is not None and jobs > 1:
            side.whole.database.close()
    names = workers.run(tasks, partial(_Outlining, comparison), jobs=jobs, on_result=on_result)
    on_progress(0, 0, "")
    total: Gathered = {}
    for index in sorted(results):
        for where, met in results[index].items():
            known = total.get(where)
            if known is None:
                total[where] = met
            else:
                known.take(met)
    return total, frozenset().union(*names)


class _Outlining:
    """Compares targets in one process."""

    def __init__(self, comparison: Comparison) -> None:
        self.changes = comparison.changes
        self.base = Lens(comparison.base)
        self.head = Lens(comparison.head)
        self.head.share(self.base)
        self._hides = any(_declares_confidential(side) for side in (comparison.base, comparison.head))
        self._pairs: dict[tuple[int, int], Pair] = {}
        self._literals: dict[Digest, Outline] = {}
        self._confidential: set[str] = set()

    def work(self, task: tuple[int, int]) -> Gathered:
        made: Gathered = {}
        for number in range(*task):
            change = self.changes[number]
            if change.after is None:
                continue
            if self._hides:
                self._note(change)
            if change.before is None:
                kind, sides = "new", self._new(change)
            else:
                kind, sides = "changed", (self._old(change, change.before), self._now(change, change.after))
            if sides is not None:
                self._compare(made, kind, number, sides)
        return made

    def _compare(self, made: Gathered, kind: str, number: int, sides: tuple[tuple[Outline, Values], ...]) -> None:
        (before, old), (after, new) = sides
        pair = self._pair(before, after)
        is_first = True
        for found in pair.hunks(old, new):
            met = made.get((kind, found.hunk))
            if met is None:
                met = made[kind, found.hunk] = Met(found.at, _context(after, found))
            key = key_of(found.values)
            variant = met.variants.get(key)
            if variant is None:
                variant = met.variants[key] = Variant(found.values)
            variant.targets.append(number)
            met.characters += _length(found.hunk.after, new) - _length(found.hunk.before, old)
            met.stable += is_first and found.is_stable
            is_first = is_first and found.at == (-1, -1) and not found.is_stable

    def _pair(self, before: Outline, after: Outline) -> Pair:
        key = (id(before), id(after))
        found = self._pairs.get(key)
        if found is None:
            if len(self._pairs) >= LITERALS_MAX:
                self._pairs.clear()
            found = self._pairs[key] = Pair(before, after)
        return found

    def _old(self, change: Change, digest: Digest) -> tuple[Outline, Values]:
        found = self.base.outline(change.tenant, change.prompt, digest)
        return found or (self._literal(self.base, digest), {})

    def _now(self, change: Change, digest: Digest) -> tuple[Outline, Values]:
        found = self.head.outline(change.tenant, change.prompt, digest)
        return found or (self._literal(self.head, digest), {})

    def _new(self, change: Change) -> tuple[tuple[Outline, Values], ...] | None:
        """A new tenant's target against the same chain without it; None for a new target of a tenant that was there."""
        assert change.after is not None
        if self.base.has(change.tenant):
            return None
        without = self.head.without(change.tenant, change.prompt)
        return None if without is None else (without, self._now(change, change.after))

    def _literal(self, lens: Lens, digest: Digest) -> Outline:
        found = self._literals.get(digest)
        if found is None:
            if len(self._literals) >= LITERALS_MAX:
                self._literals.clear()
                self._pairs.clear()
            found = self._literals[digest] = outline_of(json.loads(lens.side.get(digest)))
        return found

    def _note(self, change: Change) -> None:
        """Note which of a target's holes are confidential."""
        for lens in (self.base, self.head):
            tenant = lens.tenant(change.tenant)
            if tenant is None:
                continue
            self._confidential |= tenant.confidential
            choice = tenant.prompts.get(change.prompt)
            for name, steps in choice.blocks.items() if choice is not None else ():
                if any(step.confidential for step in steps):
                    self._confidential.add(f"block {name}")

    def finish(self) -> frozenset[str]:
        """The holes that are confidential for some target."""
        return frozenset(self._confidential)

    def abandon(self) -> None:
        """Nothing is left behind."""


def key_of(values: tuple[tuple[str, ...], tuple[str, ...]]) -> bytes:
    """What a variant is known by."""
    return hashlib.blake2b(repr(values).encode("utf-8", "surrogatepass"), digest_size=12).digest()


class Lens:
    """One side's targets as outlines."""

    def __init__(self, side: Side) -> None:
        self.side = side
        self._outlined: dict[int, Outlined] = {}
        self._tenant: tuple[str, Tenant | None] = ("", None)
        self._parse_key = side.whole.bench().parse_key if side.whole is not None else b""
        self._twin: Lens | None = None

    def share(self, other: Lens) -> None:
        """Take tenants from another side where their chains fold alike: where sources differ in templates alone."""
        mine, theirs = self.side.whole, other.side.whole
        if mine is not None and theirs is not None and _folds(mine.sources.parts) == _folds(theirs.sources.parts):
            self._twin = other

    def has(self, tenant_id: str) -> bool:
        """Whether the tenant is one of this side's."""
        if self.side.whole is None:
            from promptc.core.manifest import tenant_targets

            return tenant_targets(self.side.get, self.side.root, tenant_id) is not None
        return self.side.rows.get(tenant_id) is not None or tenant_id in self.side.whole.sources.project.tenants

    def outline(self, tenant_id: str, prompt: str, digest: Digest) -> tuple[Outline, Values] | None:
        """A target's outline and values; None where its plan is not known, or does not give this very artifact."""
        tenant = self.tenant(tenant_id)
        return None if tenant is None else self.planned(tenant, prompt, digest)

    def planned(self, tenant: Tenant, prompt: str, digest: Digest | None) -> tuple[Outline, Values] | None:
        """The outline and values of a tenant that is given; None where it has no plan, or this is not the artifact's."""
        assert self.side.whole is not None
        compiler = self.side.whole.sources.compiler
        found: Prompt | None = compiler.project.prompts.get(prompt)
        if found is None or prompt not in tenant.prompts:
            return None
        planned = compiler.planned_for(tenant, found)
        if planned is None:
            return None
        bound, texts, given = planned
        data = bound.link(texts, given)
        if data is None or (digest is not None and digest_of(data) != digest):
            return None
        known = self._outlined.get(id(bound))
        if known is None:
            known = self._outlined[id(bound)] = Outlined(bound)
        return known.outline, known.values(texts, given)

    def tenant(self, tenant_id: str) -> Tenant | None:
        """A tenant with its chain folded; None where that is not known, or wrong."""
        if self._twin is not None and self._tenant[0] != tenant_id:
            row, other = self.side.rows.get(tenant_id), self._twin.side.rows.get(tenant_id)
            if (
                row is not None
                and other is not None
                and row.digest
                and not row.texts
                and (row.digest, row.file) == (other.digest, other.file)
            ):
                return self._twin.tenant(tenant_id)
        if self._tenant[0] != tenant_id:
            overlay = self.overlay(tenant_id)
            made = None
            if overlay is not None and self.side.whole is not None:
                made = self.side.whole.sources.compiler.resolver.resolve(overlay)[0]
            self._tenant = (tenant_id, made)
        return self._tenant[1]

    def overlay(self, tenant_id: str) -> Overlay | None:
        """A tenant's overlay: as it was parsed for a build, or parsed now."""
        whole = self.side.whole
        if whole is None:
            return None
        row = self.side.rows.get(tenant_id)
        if row is not None and row.digest:
            data = whole.memo.overlay(overlay_key(self._parse_key, row.file, row.line, row.digest))
            if data is not None:
                name, _, body = data.partition(b"\0")
                try:
                    return decode_overlay(body, name.decode(), row.file, row.line)
                except ValueError:
                    pass
        try:
            return whole.sources.project.tenants[tenant_id]
        except KeyError:
            return None

    def without(self, tenant_id: str, prompt: str) -> tuple[Outline, Values] | None:
        """What the same chain gives without the tenant's own overlay, but for values that nothing else sets."""
        overlay = self.overlay(tenant_id)
        if overlay is None or self.side.whole is None:
            return None
        resolver = self.side.whole.sources.compiler.resolver
        bare = replace(overlay, variables={}, prompts={}, models={})
        # What nothing else sets: without it there would be nothing to compare with.
        declared = self.side.whole.sources.project.variables
        own = {n: s for n, s in overlay.variables.items() if n in declared and declared[n].required}
        tenant, _ = resolver.resolve(replace(bare, variables=own))
        for name in own:
            less, _ = resolver.resolve(replace(bare, variables={n: s for n, s in own.items() if n != name}))
            if less is not None:
                # The chain sets it, too.
                own = {n: s for n, s in own.items() if n != name}
                tenant = less
        return None if tenant is None else self.planned(tenant, prompt, None)


def _folds(parts: Mapping[str, str]) -> dict[str, str]:
    """The parts of the sources that folding a chain reads."""
    return {name: digest for name, digest in parts.items() if not name.startswith(("template ", "examples "))}


def _declares_confidential(side: Side) -> bool:
    if side.whole is None:
        return False
    return any(variable.confidential for variable in side.whole.sources.project.variables.values())


def _context(outline: Outline, found: Found) -> tuple[Line | None, Line | None]:
    """The lines before and after a hunk."""
    _, start = found.at
    if start < 0:
        return None, None
    end = start + found.lengths[1]
    before = outline.lines[start - 1] if start else None
    return before, outline.lines[end] if end < len(outline.lines) else None


def _length(lines: Iterable[Line], values: Values) -> int:
    return sum(len(text_of_line(line, values)) + 1 for line in lines)


def names_of(changes: Sequence[Change], numbers: Iterable[int]) -> list[str]:
    """Targets by their numbers, as `tenant/prompt`."""
    return [f"{changes[number].tenant}/{changes[number].prompt}" for number in numbers]
