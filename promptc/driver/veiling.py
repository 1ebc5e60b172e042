"""Veiling: what of a review's lines may not be shown, because a confidential value stands in it or was used to make it.

    a hunk, a target of it -> the tenant with stand-ins for its confidential values -> [veiling] -> lines that may be shown

A hole of a confidential variable shows its name. What a template made of such a value is part of the plan's own text; it
shows by not being there when the target is compiled with stand-ins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field

from promptc.core.dataclass import dataclass
from promptc.core.manifest import Change
from promptc.core.outline import Hole, Hunk, Line
from promptc.driver.masking import confidential_texts, is_confidential, masks_from
from promptc.driver.outlining import Lens
from promptc.driver.standins import stand_in_of


@dataclass(slots=True)
class Veil:
    """What hides. `names` are the holes that are confidential for some target; `is_lifted` shows everything."""

    base: Lens
    head: Lens
    changes: Sequence[Change]
    names: frozenset[str]
    is_lifted: bool
    _shown: dict[tuple[bool, str, str], tuple[frozenset[Line], dict[str, str]] | None] = field(default_factory=dict)

    def hides(self, name: str) -> bool:
        """Whether a hole's value is confidential."""
        if self.is_lifted:
            return False
        root = name.partition(",")[0] if name.startswith("block ") else name.partition("|")[0].partition(".")[0]
        return root in self.names

    def veiled(self, hunk: Hunk, raw: Hunk | None, number: int) -> tuple[Sequence[Line | None], Sequence[Line | None]]:
        """The lines of a hunk of a target as they may be shown, before and after, None for those that may not.

        `raw` is the hunk of a whole part, of which `hunk` shows one value.
        """
        if self.is_lifted or not self.names:
            return hunk.before, hunk.after
        change = self.changes[number]
        base = self.base if self.base.side.whole is not None else self.head
        whole = (None, None) if raw is None else (raw.before[:1], raw.after[:1])
        return (
            [self._line(base, change, line, whole[0]) for line in hunk.before],
            [self._line(self.head, change, line, whole[1]) for line in hunk.after],
        )

    def context(self, lines: Sequence[Line | None], number: int) -> tuple[Line | None, Line | None]:
        """The lines around a hunk, those left out that may not be shown."""
        if self.is_lifted or not self.names:
            before, after = lines
        else:
            before, after = (None if x is None else self._line(self.head, self.changes[number], x) for x in lines)
        return before, after

    def _line(self, lens: Lens, change: Change, line: Line, whole: Sequence[Line] | None = None) -> Line | None:
        known = self._known(lens, change)
        if known is None:
            return None
        lines, texts = known
        if not texts:
            return line
        if not lines.issuperset((line,) if whole is None else whole):
            return None
        masks = masks_from(texts)
        return tuple(piece if isinstance(piece, Hole) else masks.cover(piece) for piece in line)

    def _known(self, lens: Lens, change: Change) -> tuple[frozenset[Line], dict[str, str]] | None:
        """The lines that do not depend on confidential values, and these values; None where that can't be told."""
        key = (lens is self.base, change.tenant, change.prompt)
        if key not in self._shown:
            if len(self._shown) > 1_000:
                self._shown.clear()
            self._shown[key] = self._looked(lens, change)
        return self._shown[key]

    def _looked(self, lens: Lens, change: Change) -> tuple[frozenset[Line], dict[str, str]] | None:
        tenant = lens.tenant(change.tenant)
        if tenant is None or lens.side.whole is None:
            return None
        if not is_confidential(tenant):
            return frozenset(), {}
        found = lens.planned(stand_in_of(lens.side.whole.sources.project, tenant), change.prompt, None)
        if found is None:
            return None
        outline, _ = found
        return frozenset((*outline.lines, *(part.data for part in outline.parts))), confidential_texts(tenant)
