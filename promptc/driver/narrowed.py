"""Narrowed: of the changed targets of two moments, those that the words of a selection name.

    Comparison, SELECT -> [narrowed] -> changes

The words are those of every command; here they may name what is on either side, also where that is gone by now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from promptc.core.allocation import belongs
from promptc.core.errors import PromptcError
from promptc.core.manifest import Change
from promptc.core.visible import shortened
from promptc.driver.compared import Comparison
from promptc.driver.nearest import did_you_mean
from promptc.driver.outlining import Lens
from promptc.driver.selection import Selector, parse_selection


def narrowed(comparison: Comparison, select: Sequence[str], exclude: Sequence[str]) -> None:
    """Leave of a comparison the changes that are selected. PromptcError for a word that names nothing on either side."""
    selection = parse_selection(select, exclude)
    if selection.is_everything:
        return
    finder = _Finder(comparison)
    for selector in (*selection.include, *selection.exclude):
        finder.check(selector)

    def kept(changes: Sequence[Change]) -> tuple[Change, ...]:
        return tuple(
            change
            for change in changes
            if (not selection.include or any(finder.names(one, change) for one in selection.include))
            and not any(finder.names(one, change) for one in selection.exclude)
        )

    comparison.changes, comparison.allocations = kept(comparison.changes), kept(comparison.allocations)


class _Finder:
    def __init__(self, comparison: Comparison) -> None:
        self.lenses = (Lens(comparison.head), Lens(comparison.base))
        self.tenants = {name for side in (comparison.base, comparison.head) for name in side.rows.read_all()}
        self.tenants |= {change.tenant for change in (*comparison.changes, *comparison.allocations)}
        wholes = [side.whole for side in (comparison.base, comparison.head) if side.whole is not None]
        self.prompts = {name for whole in wholes for name in whole.sources.project.prompts}
        self.prompts |= {change.prompt for change in comparison.changes}

    def check(self, selector: Selector) -> None:
        """PromptcError for a word that names nothing."""
        if selector.kind in ("tenant", "target") and selector.name not in self.tenants:
            raise PromptcError(
                "C003",
                f"unknown tenant `{shortened(selector.name)}`",
                hint=did_you_mean(selector.name, sorted(self.tenants)),
            )
        prompt = selector.name if selector.kind == "prompt" else selector.value if selector.kind == "target" else ""
        if prompt and prompt not in self.prompts:
            raise PromptcError(
                "C004", f"unknown prompt `{shortened(prompt)}`", hint=did_you_mean(prompt, sorted(self.prompts))
            )
        if selector.kind == "glob" and not any(fnmatchcase(name, selector.name) for name in self.tenants):
            raise PromptcError("C003", f"no tenant's id matches `{shortened(selector.name)}`")

    def names(self, selector: Selector, change: Change) -> bool:
        """Whether a word names a change."""
        if selector.kind == "tenant":
            return change.tenant == selector.name
        if selector.kind == "target":
            return change.tenant == selector.name and belongs(change.prompt, selector.value)
        if selector.kind == "prompt":
            return belongs(change.prompt, selector.name)
        if selector.kind == "glob":
            return fnmatchcase(change.tenant, selector.name)
        return self._labels(change.tenant).get(selector.name) == selector.value

    def _labels(self, tenant: str) -> Mapping[str, str]:
        for lens in self.lenses:
            row = lens.side.rows.get(tenant)
            if row is not None and row.tenancy:
                labels: Mapping[str, str] = row.tenancy.get("labels", {})
                return labels
            resolved = lens.tenant(tenant)
            if resolved is not None:
                return resolved.labels
        return {}
