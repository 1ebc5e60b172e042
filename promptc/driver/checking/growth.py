"""Growth: prompts that came to more tokens than a channel serves, by more than the settings let pass (W503).

    the setting `growth`, a channel's head, a root -> [growth] -> findings by prompt, with their targets

Only targets whose artifacts differ are counted. Before a channel's first entry there is nothing to grow from.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from promptc.core.dataclass import dataclass
from promptc.core.digest import Digest
from promptc.core.document import Get
from promptc.core.errors import PromptcError
from promptc.core.findings import Finding
from promptc.core.manifest import compare
from promptc.core.weight import weight_of

if TYPE_CHECKING:
    from promptc.compiler.project import Project, Settings

CODE = "W503"
PERCENT = 10.0
# No registry, no such channel, none of its entries yet.
_NOTHING_YET = ("V001", "V006", "V011")


@dataclass(frozen=True, slots=True)
class Base:
    """What is served: its moment, root and blobs; and what is too much, in percent."""

    moment: str
    root: Digest
    get: Get
    percent: float


def base_of(folder: Path, settings: Settings) -> Base | None:
    """What growth is measured against; None where the settings name nothing, or nothing is served yet."""
    if not settings.growth:
        return None
    from promptc.driver.release.opening import opened_desk
    from promptc.driver.release.source import source_of

    try:
        source = source_of(opened_desk(str(folder), None), str(settings.growth["channel"]))
    except PromptcError as error:
        if error.code in _NOTHING_YET:
            return None
        raise
    return Base(source.moment, source.root, source.get, float(settings.growth.get("percent", PERCENT)))


def grown(base: Base, root: Digest, get: Get, project: Project, count: Callable[[str], int]) -> list[Finding]:
    """What grew too much, one finding for each prompt."""

    def either(digest: Digest) -> bytes:
        try:
            return get(digest)
        except PromptcError:
            return base.get(digest)

    tokens: dict[Digest, int] = {}

    def counted(read: Get, digest: Digest) -> int:
        if digest not in tokens:
            tokens[digest] = weight_of(json.loads(read(digest)), count).whole
        return tokens[digest]

    found: dict[str, dict[str, tuple[int, int]]] = {}
    for change in compare(either, base.root, root):
        if change.before is None or change.after is None:
            continue
        try:
            before, after = counted(base.get, change.before), counted(get, change.after)
        except PromptcError:
            continue  # what a check made and did not store; it is counted once it is built
        if after > before * (1 + base.percent / 100):
            found.setdefault(change.prompt, {})[f"{change.tenant}/{change.prompt}"] = before, after
    return [_said(base, project, prompt, targets) for prompt, targets in sorted(found.items()) if prompt in project.prompts]


def _said(base: Base, project: Project, prompt: str, targets: Mapping[str, tuple[int, int]]) -> Finding:
    before, after = max(targets.values(), key=lambda pair: pair[1] / max(pair[0], 1))
    percent = (after / max(before, 1) - 1) * 100
    message = f"grew from {before:,} to {after:,} tokens (+{percent:.0f} %) against {base.moment}, and +{base.percent:g} % are let pass"
    hint = "`promptc list --tokens --against MOMENT` shows each target; shorten it, or raise `growth.percent`"
    place = project.prompts[prompt].place
    return Finding(CODE, message, place, "warning", hint, targets=tuple(sorted(targets)))
