"""Masking: a confidential value stands in artifacts only; wherever people look at compiled text, it is `{name}`.

    a tenant's chain -> its confidential values, as text can hold them -> [masking] -> covered lines

It errs on the side of covering: every text that a confidential value holds is covered wherever it stands, also in other
case, and where the values that a text was made with are not known any more, nothing of it is shown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from promptc.compiler.project import Setting, Tenant
    from promptc.driver.sides import Side
    from promptc.driver.whole import Whole

CHARACTERS_MIN = 2  # shorter texts stand everywhere
HIDDEN = "confidential"


@dataclass(frozen=True, slots=True)
class Masks:
    """Texts to cover, longest first, each with the name that stands for it. `is_unknown`: there are some, not known."""

    texts: tuple[tuple[str, str], ...] = ()
    is_unknown: bool = False

    def cover(self, line: str) -> str:
        """The line with every confidential text in it replaced."""
        names = {text.casefold(): name for text, name in self.texts}
        if not names:
            return line
        found = re.compile("|".join(re.escape(text) for text, _ in self.texts), re.IGNORECASE)
        # What was found may be spelled as none of the texts is.
        return found.sub(lambda match: f"{{{names.get(match[0].casefold(), HIDDEN)}}}", line)


def masks_of(whole: Whole, targets: Sequence[str]) -> Masks:
    """What to cover in the compiled prompts of targets that share their artifacts, before and after an edit."""
    declared = any(variable.confidential for variable in whole.sources.project.variables.values())
    if not declared and not _variables_changed(whole):
        return Masks()
    from promptc.driver import sides

    # Targets that share their artifacts before and after share every value that can be read in them.
    tenant_id = targets[0].partition("/")[0]
    texts: dict[str, str] = {}
    # What a text beside overlays held before this build is not known.
    touched = any(not path.endswith((".yaml", ".jsonl")) for path in _touched_overlays(whole))
    for side in (sides.now(whole, tenant_id), sides.before_this(whole, tenant_id)):
        if side is None or side.tenant is None or (touched and _comes_from_texts(side, side.tenant)):
            return Masks(is_unknown=True)
        texts |= confidential_texts(side.tenant)
    return Masks(tuple(sorted(texts.items(), key=lambda item: -len(item[0]))))


def _variables_changed(whole: Whole) -> bool:
    """Whether a variable may have been confidential before this build."""
    scope = whole.scope
    return scope.everything if not scope.parts else any(part.startswith("variable ") for part in scope.parts)


def _touched_overlays(whole: Whole) -> Iterator[str]:
    """The files below the tenants folder that changed, came or went."""
    seen, prefix = whole.seen, f"{whole.sources.settings.tenants}/"
    return (path for path in (*seen.changed, *seen.unread, *seen.removed) if path.startswith(prefix))


def _comes_from_texts(side: Side, tenant: Tenant) -> bool:
    """Whether a confidential value is, or may be, what a `!file` reads."""
    actions = (step for choice in tenant.prompts.values() for steps in choice.blocks.values() for step in steps)
    has_blocks = any(step.confidential for step in actions)
    layers = side.compiler.project.layers
    for overlay in (side.overlay, *(layers[name] for name in tenant.chain if name in layers)):
        settings = [overlay.variables[name] for name in tenant.confidential if name in overlay.variables]
        if has_blocks:
            settings += [setting for sections in overlay.prompts.values() for setting in sections.values()]
        if any(_reads_another(setting, overlay.place.file) for setting in settings):
            return True
    return False


def _reads_another(setting: Setting, file: str) -> bool:
    inner = setting.data.values() if isinstance(setting.data, Mapping) else ()
    return setting.origin not in ("", file) or any(
        _reads_another(child, file) for child in inner if hasattr(child, "origin")
    )


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
