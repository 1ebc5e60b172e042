"""Edits: a random project and the edits that people, machines and accidents make to it, each a function of its seed.

    seed -> World -> [edits] -> World -> a folder -> build

The world's own edits are drawn in edits_overlays, edits_tenants, edits_sources and edits_wrong; here is decided which
comes next, and what is wrong is mended, for a project that stays broken shows nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from promptc.core.findings import Finding
from tests.laws import edits_overlays, edits_sources, edits_tenants, edits_wrong
from tests.laws.edits_start import start
from tests.laws.edits_world import Desk, World

PAST_MAX = 8


class Editor:
    """A world and what happens to it. `next` makes one step; `heard` must then be told what a build said of it."""

    def __init__(self, seed: int, *, large: bool = False) -> None:
        self.draw = Random(f"edits {seed}")
        self.desk = Desk(start(self.draw, large=large), self.draw)
        self.good: World | None = None
        self.past: list[World] = []
        self.is_broken = False

    @property
    def world(self) -> World:
        return self.desk.world

    def heard(self, findings: Sequence[Finding], *, is_everything: bool = True) -> None:
        """Learn what the last build found: a world without errors is one to come back to."""
        self.desk.findings = tuple(findings)
        self.is_broken = any(finding.is_error for finding in findings)
        if not self.is_broken and is_everything:
            self.good = self.world.copy()
            self.past = [*self.past[-PAST_MAX:], self.good]

    def next(self) -> str:
        """Change the world; what was done."""
        if (said := self._due()) is not None:
            return said
        if self.is_broken and self.good is not None and self.draw.random() < 0.65:
            return self._mend(self.good)
        chance = self.draw.random()
        if chance < 0.17:
            return edits_wrong.edits.drawn(self.desk)
        if chance < 0.21 and self.past:
            self.desk.world = self.draw.choice(self.past).copy()
            return "checkout: an older state of everything"
        count = self.draw.choice([1, 1, 2, 2, 3])
        return "; ".join(self._one() for _ in range(count))

    def _one(self) -> str:
        """An edit that changes some file."""
        kinds = [edits_overlays.edits, edits_sources.edits, edits_tenants.edits]
        before = self.world.tree()
        while True:
            said = self.draw.choices(kinds, [6, 4, 3])[0].drawn(self.desk)
            if self.world.tree() != before:
                return said

    def _due(self) -> str | None:
        later, self.desk.later = [(steps - 1, edit) for steps, edit in self.desk.later], []
        said = [edit(self.desk) for steps, edit in later if steps <= 0]
        self.desk.later += [(steps, edit) for steps, edit in later if steps > 0]
        return "; ".join(f"soon: {text}" for text in said if text) or None

    def _mend(self, good: World) -> str:
        """Back to what could be published: everything, or one thing of what differs from it."""
        parts = ("sheets", "texts", "schemas", "signups", "over", "settings")
        differing = [(part, path) for part in parts for path in _differing(getattr(self.world, part), getattr(good, part))]
        if not differing or self.draw.random() < 0.5:
            self.desk.world = good.copy()
            return "mend: everything"
        part, path = self.draw.choice(differing)
        mine, right = getattr(self.world, part), getattr(good.copy(), part)
        mine.pop(path, None)
        if path in right:
            mine[path] = right[path]
        return f"mend: {path}"


def _differing(mine: dict[str, Any], right: dict[str, Any]) -> list[str]:
    return sorted(path for path in {*mine, *right} if mine.get(path) != right.get(path))
