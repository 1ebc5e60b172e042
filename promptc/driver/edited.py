"""Edited: the changed lines of sources and overlays, and which groups of a review each of them causes, or that none does.

    both sides' files, groups with causes -> [edited] -> Edits

That an edit changes no artifact is said only where nothing that changed can have read it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from promptc.core.diff import hunks
from promptc.core.manifest import Change
from promptc.core.review import Edit, Group
from promptc.driver.compared import Comparison, Side
from promptc.driver.look import Places
from promptc.engine.states import UNREAD

TENANT_FILES_MAX = 50  # overlays that are listed one by one
NOTHING = "changes no artifact"
UNSEEN = "no effect was seen in the targets that were looked at"


@dataclass(frozen=True, slots=True)
class Reach:
    """What of the sources the changed targets can have read: templates and layers; and what became of tenants' targets."""

    templates: frozenset[str]
    layers: frozenset[str]
    tenants: Mapping[str, Sequence[Change]]


def edits_of(comparison: Comparison, groups: Sequence[Group]) -> tuple[Edit, ...]:
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
    files = changed_files(base, head)
    own = [file for file in files if file.startswith(tenants) and not file.startswith(layers)]
    found: list[Edit] = []
    for file in files:
        if file not in own or len(own) <= TENANT_FILES_MAX:
            found += _edits(file, _bytes(base, file), _bytes(head, file), cited.get(file, ()), reach, places)
    if len(own) > TENANT_FILES_MAX:
        numbers = sorted({number for file in own for _, number in cited.get(file, ())})
        found.append(Edit(f"{tenants} ({len(own):,} overlays)", 0, 0, tuple(numbers)))
    return tuple(found)


def changed_files(base: Side, head: Side) -> list[str]:
    """The files that differ between both sides, sorted."""
    assert base.whole is not None
    assert head.whole is not None
    looks = (base.whole.seen, head.whole.seen)
    candidates = {path for seen in looks for path in (*seen.changed, *seen.unread, *seen.removed)}
    if any(seen.known is None for seen in looks):
        candidates = {path for seen in looks if seen.listing is not None for path in seen.listing.files}
    return sorted(path for path in candidates if _digest(base, path) != _digest(head, path))


def _digest(side: Side, path: str) -> bytes:
    assert side.whole is not None
    seen = side.whole.seen
    if seen.listing is None or path not in seen.listing.files:
        return b""
    known = seen.digests.get(path)
    if known is not None and known[1] != UNREAD:
        return known[1]
    return hashlib.sha256(_bytes(side, path)).digest()


def _bytes(side: Side, path: str) -> bytes:
    assert side.whole is not None
    seen = side.whole.seen
    if seen.listing is None or path not in seen.listing.files:
        return b""
    data = seen.changed.get(path)
    if data is not None:
        return data
    with seen.reader() as reader:
        found = reader.read(path)
    return found[0] if found is not None else b""


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
    file: str, before: bytes, after: bytes, cited: Sequence[tuple[int, int]], reach: Reach, places: Places
) -> Iterator[Edit]:
    old, new = (data.decode("utf-8", "replace").split("\n") for data in (before, after))
    stretches = [
        (hunk.after, hunk.after + sum(sign != "-" for sign, _ in hunk.lines)) for hunk in hunks(old, new, context=0)
    ]
    everything = tuple(sorted({number for _, number in cited}))
    if not before or not after or len(stretches) == 1:
        start, end = stretches[0] if before and after and stretches else (0, 0)
        yield Edit(file, start, end, everything, "" if everything else _says(file, reach, places))
        return
    left = set(everything)
    made = []
    for start, end in stretches:
        numbers = {number for line, number in cited if start <= line < max(end, start + 1)}
        left -= numbers
        made.append((start, end, numbers))
    for start, end, numbers in made:
        # What is caused by the file and by none of its lines in particular may be any of them.
        found = tuple(sorted(numbers | (left if not numbers else set())))
        yield Edit(file, start, end, found, "" if found else _says(file, reach, places))


def _says(file: str, reach: Reach, places: Places) -> str:
    """What is known of an edit that no group's cause names."""
    inner = file.removeprefix(f"{places.sources}/")
    if inner != file and file.endswith(".j2"):
        return UNSEEN if inner in reach.templates else NOTHING
    below = file.removeprefix(f"{places.tenants}/")
    if below.startswith("layers/"):
        return UNSEEN if below.removeprefix("layers/").removesuffix(".yaml") in reach.layers else NOTHING
    if below != file and file.endswith(".yaml"):
        return _became(reach.tenants.get(file.rpartition("/")[2].removesuffix(".yaml"), ()))
    return UNSEEN if reach.tenants else NOTHING


def _became(changes: Sequence[Change]) -> str:
    came = sum(change.before is None for change in changes)
    went = sum(change.after is None for change in changes)
    words = [f"{count:,} {word}" for count, word in ((came, "added"), (went, "removed")) if count]
    if words:
        return "targets: " + ", ".join(words)
    return UNSEEN if changes else NOTHING


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
    return Reach(frozenset(templates), frozenset(layers), changed)
