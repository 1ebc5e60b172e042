"""Masking: a confidential value stands in artifacts only; wherever people look at compiled text, it is `{name}`.

    a tenant's chain -> its confidential values, as text can hold them -> [masking] -> covered lines

It errs on the side of covering. Every text that a confidential value holds is covered wherever it stands, also in other
case. What a template makes of such a value (its first letters, its length, a branch) is found by compiling the target a
second time with stand-ins (standins.py): a line that does not come out the same there is not shown. Where the values that
a text was made with are not known any more, nothing of it is shown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from promptc.core.dataclass import dataclass, replace
from promptc.core.diff import artifact_lines

if TYPE_CHECKING:
    from promptc.compiler.project import Tenant
    from promptc.driver.sides import Side
    from promptc.driver.whole import Whole

CHARACTERS_MIN = 2  # shorter texts stand everywhere
HIDDEN = "confidential"


@dataclass(frozen=True, slots=True)
class Masks:
    """Texts to cover, longest first, each with the name that stands for it. `is_unknown`: there are some, not known.

    `sides` are the target's tenant before and now, as far as it has confidential values at that time.
    """

    texts: tuple[tuple[str, str], ...] = ()
    is_unknown: bool = False
    sides: tuple[Side | None, Side | None] = (None, None)

    @property
    def covers(self) -> bool:
        """Whether anything may be covered."""
        return self.is_unknown or bool(self.texts) or self.sides != (None, None)

    def cover(self, line: str) -> str:
        """The line with every confidential text in it replaced."""
        names = {text.casefold(): name for text, name in self.texts}
        if not names:
            return line
        found = re.compile("|".join(re.escape(text) for text, _ in self.texts), re.IGNORECASE)
        # What was found may be spelled as none of the texts is.
        return found.sub(lambda match: f"{{{names.get(match[0].casefold(), HIDDEN)}}}", line)

    def covered(self, prompt: str, before: bytes, after: bytes) -> tuple[list[str], list[str]]:
        """Two artifacts of one prompt as lines, covered. PromptcError where one of them can't be read."""
        old, new = (self._lines(side, prompt, data) for side, data in zip(self.sides, (before, after), strict=True))
        return old, new

    def _lines(self, side: Side | None, prompt: str, data: bytes) -> list[str]:
        lines = list(map(self.cover, artifact_lines(data)))
        if side is None:
            return lines
        from promptc.driver.standins import stand_in_lines

        same = {masks_from(texts).cover(line) for texts, line in stand_in_lines(side, prompt)}
        return [line if line in same else f"{{{HIDDEN}}}" for line in lines]


def masks_from(texts: Mapping[str, str]) -> Masks:
    """Masks that cover texts, each with the name that stands for it."""
    return Masks(tuple(sorted(texts.items(), key=lambda item: -len(item[0]))))


def masks_of(whole: Whole, targets: Sequence[str]) -> Masks:
    """What to cover in the compiled prompts of targets that share their artifacts, before and after an edit."""
    declared = any(variable.confidential for variable in whole.sources.project.variables.values())
    if not declared and not _variables_changed(whole):
        return Masks()
    from promptc.driver import sides

    # Targets that share their artifacts before and after share every value that can be read in them.
    tenant_id = targets[0].partition("/")[0]
    texts: dict[str, str] = {}
    found: list[Side | None] = []
    for side in (sides.before_this(whole, tenant_id), sides.now(whole, tenant_id)):
        if side is None or side.tenant is None:
            return Masks(is_unknown=True)
        texts |= confidential_texts(side.tenant)
        found.append(side if is_confidential(side.tenant) else None)
    return replace(masks_from(texts), sides=(found[0], found[1]))


def is_confidential(tenant: Tenant) -> bool:
    """Whether anything that a tenant's chain gives is confidential."""
    steps = (step for choice in tenant.prompts.values() for actions in choice.blocks.values() for step in actions)
    return bool(tenant.confidential) or any(step.confidential for step in steps)


def _variables_changed(whole: Whole) -> bool:
    """Whether a variable may have been confidential before this build."""
    scope = whole.scope
    return scope.everything if not scope.parts else any(part.startswith("variable ") for part in scope.parts)


def confidential_texts(tenant: Tenant) -> dict[str, str]:
    """Every text that a tenant's confidential values show as, with the name that stands for it."""
    texts: dict[str, str] = {}
    for name in sorted(tenant.confidential):
        texts |= dict.fromkeys(_texts(tenant.variables.get(name)), name)
    for choice in tenant.prompts.values():
        for actions in choice.blocks.values():
            for action in actions:
                if action.confidential:
                    texts |= dict.fromkeys(_texts(action.text), HIDDEN)
    return texts


def _texts(value: Any) -> Iterator[str]:
    """Every text that a value can show as: itself, line by line, in other case, and as JSON."""
    if isinstance(value, str):
        for part in (value, *value.split("\n")):
            stripped = part.strip()
            if len(stripped) >= CHARACTERS_MIN:
                yield stripped
                # Where letters have another number in other case; the case itself is not looked at when covering.
                yield from (stripped.upper(), stripped.lower())
                yield from (json.dumps(stripped, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False))
    elif isinstance(value, Mapping):
        yield from _all(value)
        yield from _all(value.values())
    elif isinstance(value, (list, tuple)):
        yield from _all(value)
    elif isinstance(value, (int, float)) and not isinstance(value, bool) and len(str(value)) >= CHARACTERS_MIN:
        yield str(value)


def _all(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        yield from _texts(value)
