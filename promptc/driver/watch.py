"""Watch: build again whenever somebody saves, and show what changed in the compiled prompts.

    engine.watch -> look -> whole -> [watch] -> a Turn: the result, and the compiled difference

Every turn looks at every file anew, so that what was saved last is what is built. What is wrong stays in each turn until
it is mended.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from promptc.core.allocation import is_allocation
from promptc.core.dataclass import dataclass
from promptc.core.diff import Hunk, hunks
from promptc.core.digest import Digest
from promptc.core.errors import PromptcError
from promptc.core.manifest import Change
from promptc.driver.build import BuildRequest, BuildResult, Progress, build, quiet
from promptc.driver.folder import find_folder
from promptc.driver.look import Look, Places, look, places_said
from promptc.driver.masking import Masks, masks_of
from promptc.driver.published import opened_whole, run_whole
from promptc.driver.whole import Whole
from promptc.engine.watch import Watcher
from promptc.stores.scan import SETTINGS_FILES

PAIRS_MAX = 60  # pairs of artifacts that one turn compares line by line
Get = Callable[[Digest], bytes]


@dataclass(frozen=True, slots=True)
class Group:
    """Targets whose compiled prompts changed in the same lines. `targets` are some of `count`; no hunks: not compared."""

    targets: tuple[str, ...]
    count: int
    hunks: tuple[Hunk, ...]
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """One build. `error` is why there is no result; `groups` the compiled difference; `paths` what was saved."""

    result: BuildResult | None
    error: PromptcError | None
    groups: tuple[Group, ...]
    not_compared: int
    paths: tuple[str, ...]
    seconds: float


def watch(start: str, *, jobs: int, reveal: bool, on_progress: Progress = quiet) -> Iterator[Turn]:
    """Build now and after every burst of saves, for ever."""
    folder = find_folder(start)
    request = BuildRequest(str(folder), jobs=jobs)
    places = places_said(folder)
    paths: frozenset[str] = frozenset()
    while True:
        with Watcher(folder, (places.sources, places.tenants), SETTINGS_FILES) as watcher:
            while True:
                yield _turn(request, paths, reveal=reveal, on_progress=on_progress)
                paths = _waited(watcher)
                now = _places_or(places, folder, paths)
                if now != places:
                    places = now
                    break


def _places_or(places: Places, folder: Path, paths: frozenset[str]) -> Places:
    """Where sources and overlays are by now; as before where no settings were saved, or they can't be read."""
    if not any(Path(path).name in SETTINGS_FILES for path in paths):
        return places
    try:
        return places_said(folder)
    except PromptcError:
        return places


def _waited(watcher: Watcher) -> frozenset[str]:
    # In slices, since a thread that waits for ever hears no signal on some systems.
    while not (paths := watcher.wait(1.0)):
        pass
    return paths


def _turn(request: BuildRequest, paths: frozenset[str], *, reveal: bool, on_progress: Progress) -> Turn:
    began = time.monotonic()
    names = tuple(sorted(paths))
    try:
        seen = look(find_folder(request.start))
        if seen.is_same:
            result = build(request, on_progress)
            return Turn(result, None, (), 0, names, time.monotonic() - began)
        result, groups, left = _built(seen, request, reveal=reveal, on_progress=on_progress)
        return Turn(result, None, groups, left, names, time.monotonic() - began)
    except PromptcError as error:
        return Turn(None, error, (), 0, names, time.monotonic() - began)


def _built(
    seen: Look, request: BuildRequest, *, reveal: bool, on_progress: Progress
) -> tuple[BuildResult, tuple[Group, ...], int]:
    with opened_whole(seen, request, on_progress) as whole:
        result = run_whole(whole, request, time.monotonic())
        if not result.published:
            return result, (), 0
        groups, left = compiled_difference(whole, result.changes or (), reveal=reveal)
        return result, groups, left


def compiled_difference(whole: Whole, changes: tuple[Change, ...], *, reveal: bool) -> tuple[tuple[Group, ...], int]:
    """Changed targets, those with the same changed lines together; and how many were not compared, being too many."""
    get = whole.seen.store.get
    pairs: dict[tuple[Digest, Digest], list[str]] = {}
    for change in changes:
        if change.before is not None and change.after is not None and not is_allocation(change.prompt):
            pairs.setdefault((change.before, change.after), []).append(f"{change.tenant}/{change.prompt}")
    groups: dict[tuple[Any, bool], tuple[tuple[Hunk, ...], list[str]]] = {}
    compared = sorted(pairs.items(), key=lambda pair: -len(pair[1]))[:PAIRS_MAX]
    for (before, after), targets in compared:
        masks = Masks() if reveal else masks_of(whole, targets)
        found = _hunks(get, (before, after), targets[0].partition("/")[2], masks)
        # Nothing but covered values differs: that is to be said, and not shown.
        is_hidden = not found and masks.covers
        # What stands beside it may differ from tenant to tenant.
        changed = tuple(tuple(line for line in hunk.lines if line[0] != " ") for hunk in found)
        groups.setdefault((changed, is_hidden), (found, []))[1].extend(targets)
    made = tuple(
        Group(tuple(sorted(targets)[:3]), len(targets), found, is_hidden)
        for (_, is_hidden), (found, targets) in sorted(groups.items(), key=lambda item: _by_size(item[1][1]))
    )
    return made, sum(map(len, pairs.values())) - sum(group.count for group in made)


def _by_size(targets: list[str]) -> tuple[int, list[str]]:
    return -len(targets), targets


def _hunks(get: Get, pair: tuple[Digest, Digest], prompt: str, masks: Masks) -> tuple[Hunk, ...]:
    if masks.is_unknown:
        return ()
    try:
        return hunks(*masks.covered(prompt, *map(get, pair)))
    except PromptcError:
        return ()
