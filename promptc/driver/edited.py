"""Edited: the changed lines of sources and overlays, and which groups of a review each of them causes, or that none does.

    both sides' files, groups with causes -> [edited] -> Edits

That an edit changes no artifact is said only where nothing that changed can have read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from promptc.core.dataclass import dataclass
from promptc.core.manifest import Change
from promptc.core.review import Edit, Group
from promptc.driver.compared import Comparison
from promptc.driver.look import Places
from promptc.driver.stretches import Stretch, Stretches

TENANT_FILES_MAX = 50  # overlays that are listed one by one
NOTHING = "changes no artifact"
NOTHING_COMPILED = "changes no artifact that compiles"
UNSEEN = "no effect was seen in the targets that were looked at"


@dataclass(frozen=True, slots=True)
class Reach:
    """What of the sources the changed targets can have read: templates and layers; and what became of tenants' targets.

    Not `is_whole`, there are targets that could not be compiled, so that nobody knows what they would be.
    """

    templates: frozenset[str]
    layers: frozenset[str]
    tenants: Mapping[str, Sequence[Change]]
    is_whole: bool

    @property
    def nothing(self) -> str:
        """What an edit does that nothing can have read."""
        return NOTHING if self.is_whole else NOTHING_COMPILED


def edits_of(comparison: Comparison, stretches: Stretches, groups: Sequence[Group]) -> tuple[Edit, ...]:
    """Every changed stretch of lines, in the order of files; overlays of very many tenants as one."""
    base, head = comparison.base, comparison.head
    if base.whole is None or head.whole is None:
        return ()
    cited = _cited(groups)
    reach = _reach(comparison)
    settings = head.whole.sources.settings
    places = Places(settings.sources, settings.tenants)
    tenants = f"{settings.tenants}/"
    layers = f"{tenants}layers/"
    files = stretches.files
    own = [file for file in files if file.startswith(tenants) and not file.startswith(layers)]
    found: list[Edit] = []
    for file in files:
        if file not in own or len(own) <= TENANT_FILES_MAX:
            found += _edits(file, stretches.of(file), cited.get(file, ()), reach, places)
    if len(own) > TENANT_FILES_MAX:
        numbers = sorted({number for file in own for _, number in cited.get(file, ())})
        found.append(Edit(f"{tenants} ({len(own):,} overlays)", 0, 0, tuple(numbers)))
    return tuple(found)


def _cited(groups: Iterable[Group]) -> dict[str, list[tuple[int, int]]]:
    """The lines that causes name, by file, with the number of the group."""
    found: dict[str, list[tuple[int, int]]] = {}
    for group in groups:
        for cause in group.causes:
            file, _, rest = cause.place.partition(":")
            line = rest.partition(":")[0]
            if file:
                found.setdefault(file, []).append((int(line) if line.isdigit() else 0, group.number))
    return found


def _edits(
    file: str, stretches: Sequence[Stretch], cited: Sequence[tuple[int, int]], reach: Reach, places: Places
) -> Iterator[Edit]:
    everything = tuple(sorted({number for _, number in cited}))
    if len(stretches) == 1:
        (one,) = stretches
        start, end = (one.after.start, one.after.stop) if one.after and one.before else (0, 0)
        start, end = (one.after.start, one.after.stop) if one.after.start > 1 else (start, end)
        yield Edit(file, start, end, everything, "" if everything else _says(file, reach, places))
        return
    left = set(everything)
    made = []
    for one in stretches:
        numbers = {number for line, number in cited if line in one.after or line in one.before}
        left -= numbers
        made.append((one.after, numbers))
    for lines, numbers in made:
        # What is caused by the file and by none of its lines in particular may be any of them.
        found = tuple(sorted(numbers | (left if not numbers else set())))
        yield Edit(file, lines.start, lines.stop, found, "" if found else _says(file, reach, places))


def _says(file: str, reach: Reach, places: Places) -> str:
    """What is known of an edit that no group's cause names."""
    inner = file.removeprefix(f"{places.sources}/")
    if inner != file and file.endswith(".j2"):
        return UNSEEN if inner in reach.templates else reach.nothing
    below = file.removeprefix(f"{places.tenants}/")
    if below.startswith("layers/"):
        return UNSEEN if below.removeprefix("layers/").removesuffix(".yaml") in reach.layers else reach.nothing
    if below != file and file.endswith(".yaml"):
        return _became(reach.tenants.get(file.rpartition("/")[2].removesuffix(".yaml"), ()), reach)
    return UNSEEN if reach.tenants else reach.nothing


def _became(changes: Sequence[Change], reach: Reach) -> str:
    came = sum(change.before is None for change in changes)
    went = sum(change.after is None for change in changes)
    words = [f"{count:,} {word}" for count, word in ((came, "added"), (went, "removed")) if count]
    if words:
        return "targets: " + ", ".join(words)
    return UNSEEN if changes else reach.nothing


def _reach(comparison: Comparison) -> Reach:
    changed: dict[str, list[Change]] = {}
    for change in comparison.every:
        changed.setdefault(change.tenant, []).append(change)
    prompts = {change.prompt for change in comparison.every}
    templates: set[str] = set()
    layers: set[str] = set()
    for side in (comparison.base, comparison.head):
        assert side.whole is not None
        sources = side.whole.sources
        for prompt in prompts:
            templates.update(sources.closures.get(prompt, ()))
        for tenant in changed:
            row = side.rows.get(tenant)
            if row is not None:
                layers.update(row.chain)
    is_whole = not comparison.base.not_compiled and not comparison.head.not_compiled
    return Reach(frozenset(templates), frozenset(layers), changed, is_whole)
