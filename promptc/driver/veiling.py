"""Veiling: what of a review's lines may not be shown, because a confidential value stands in it or was used to make it.

    a hunk, a target of it -> the tenant with stand-ins for its confidential values -> [veiling] -> lines that may be shown

A hole of a confidential variable shows its name. What a template made of such a value is part of the plan's own text; it
shows by not being there when the target is compiled with stand-ins.

Of an artifact whose sources are not known, or come to other bytes now, nobody can tell what was confidential. In a project
that has confidential variables, only those of its lines are shown that the sources which are known give, too.
"""

from __future__ import annotations

from collections.abc import Sequence

from promptc.compiler.project import Tenant
from promptc.core.dataclass import dataclass, field
from promptc.core.manifest import Change
from promptc.core.outline import Hole, Hunk, Line, Values, text_of_line
from promptc.driver.masking import confidential_texts, is_confidential, masks_from
from promptc.driver.outlining import Lens
from promptc.driver.standins import stand_in_of


@dataclass(slots=True)
class Veil:
    """What hides. `names` are the holes that are confidential for some target; `is_guarded` says that the project has
    confidential variables at all, `is_lifted` shows everything.
    """

    base: Lens
    head: Lens
    changes: Sequence[Change]
    names: frozenset[str]
    is_guarded: bool
    is_lifted: bool
    _shown: dict[tuple[bool, str, str], _Known] = field(default_factory=dict)

    @property
    def _shows_all(self) -> bool:
        return self.is_lifted or not (self.names or self.is_guarded)

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
        if self._shows_all:
            return hunk.before, hunk.after
        change = self.changes[number]
        whole = (None, None) if raw is None else (raw.before[:1], raw.after[:1])
        return (
            [self._line(self.base, change, line, whole[0]) for line in hunk.before],
            [self._line(self.head, change, line, whole[1]) for line in hunk.after],
        )

    def context(self, lines: Sequence[Line | None], number: int) -> tuple[Line | None, Line | None]:
        """The lines around a hunk, those left out that may not be shown."""
        if self._shows_all:
            before, after = lines
        else:
            before, after = (None if x is None else self._line(self.head, self.changes[number], x) for x in lines)
        return before, after

    def _line(self, lens: Lens, change: Change, line: Line, whole: Sequence[Line] | None = None) -> Line | None:
        known = self._known(lens, change)
        if known.is_free:
            return line
        wanted = (line,) if whole is None else whole
        if known.is_proven and not known.lines.issuperset(wanted):
            return None
        if not known.is_proven and not all(text_of_line(one, {}) in known.texts for one in wanted if not _holes(one)):
            return None
        masks = masks_from(known.confidential)
        return tuple(piece if isinstance(piece, Hole) else masks.cover(piece) for piece in line)

    def _known(self, lens: Lens, change: Change) -> _Known:
        key = (lens is self.base, change.tenant, change.prompt)
        if key not in self._shown:
            if len(self._shown) > 1_000:
                self._shown.clear()
            self._shown[key] = self._looked(lens, change)
        return self._shown[key]

    def _looked(self, lens: Lens, change: Change) -> _Known:
        digest = change.before if lens is self.base else change.after
        tenant = lens.tenant(change.tenant)
        is_proven = tenant is not None and (digest is None or lens.planned(tenant, change.prompt, digest) is not None)
        if not is_proven:
            return self._unproven(change)
        assert tenant is not None
        if not is_confidential(tenant):
            return _Known(is_free=True)
        outline, _ = _without(lens, tenant, change.prompt)
        return _Known(frozenset(outline), confidential=confidential_texts(tenant))

    def _unproven(self, change: Change) -> _Known:
        """What the sources that are known say without confidential values, line by line as text."""
        texts: set[str] = set()
        confidential: dict[str, str] = {}
        for lens in (self.base, self.head):
            tenant = lens.tenant(change.tenant)
            if tenant is not None:
                lines, values = _without(lens, tenant, change.prompt)
                texts.update(text_of_line(line, values) for line in lines)
                confidential |= confidential_texts(tenant)
        return _Known(texts=frozenset(texts), confidential=confidential, is_proven=False)


@dataclass(frozen=True, slots=True)
class _Known:
    """What may be shown of one side of a target: everything, or lines of its plan, or, where no plan is known, lines of
    text. `confidential` are the values that are covered even there.
    """

    lines: frozenset[Line] = frozenset()
    texts: frozenset[str] = frozenset()
    confidential: dict[str, str] = field(default_factory=dict)
    is_proven: bool = True
    is_free: bool = False


def _without(lens: Lens, tenant: Tenant, prompt: str) -> tuple[tuple[Line, ...], Values]:
    """The lines of a target with stand-ins for what is confidential, and the values of its holes."""
    assert lens.side.whole is not None
    found = lens.planned(stand_in_of(lens.side.whole.sources.project, tenant), prompt, None)
    if found is None:
        return (), {}
    outline, values = found
    return (*outline.lines, *(part.data for part in outline.parts)), values


def _holes(line: Line) -> bool:
    return any(isinstance(piece, Hole) for piece in line)
