"""Retiring: take out of a registry the texts that only old entries serve; their digests stay, and the history with them.

    channels, an age | entries -> [retire] -> artifacts that nothing else names -> tombstones

What is released is never collected (gc.py): whether a text of two years ago is still needed is a decision, and this is
where it is made. Manifests, entries and build records stay, so that `history` says when a digest was served, and that its
text was removed.
"""

from __future__ import annotations

import calendar
import time
from collections.abc import Callable, Iterable, Iterator, Sequence

from promptc.core.channel import SERVICE, entries_back
from promptc.core.dataclass import dataclass, field
from promptc.core.digest import Digest
from promptc.core.document import Get, fetch_bytes
from promptc.core.entry import Entry
from promptc.core.errors import Exit, PromptcError
from promptc.core.reach import named_in
from promptc.core.tombstone import REMOVED
from promptc.core.visible import shortened
from promptc.driver.build import Progress, quiet
from promptc.driver.release.burying import bury, size_of
from promptc.driver.release.marking import marks_in
from promptc.driver.release.opening import Desk
from promptc.driver.release.reach import Reach, needed_by_plan, open_plans
from promptc.driver.release.source import entry_of


@dataclass(slots=True)
class Retired:
    """What goes, or went. `entries` are those whose texts were asked for, newest first; `artifacts` what of theirs nothing
    else names; `shared` counts texts of theirs that stay, since something else serves them; `gone` those that were removed
    before. `protected` says why entries that are old enough stay.
    """

    entries: list[Entry] = field(default_factory=list)
    artifacts: list[Digest] = field(default_factory=list)
    size_bytes: int = 0
    shared: int = 0
    gone: int = 0
    protected: list[tuple[Entry, str]] = field(default_factory=list)


def retire(
    desk: Desk, words: Sequence[str], *, age_seconds: float | None, delete: bool, on_progress: Progress = quiet
) -> Retired:
    """Retire what channels ceased to serve `age_seconds` ago, or entries that are named. PromptcError V001, V002, V042."""
    with desk.registry.alone() if delete else desk.registry.using():
        made = _Retiring(desk, words, age_seconds, on_progress).found()
        if delete:
            bury(desk.registry, made.artifacts, "retired", on_progress)
        return made


@dataclass(slots=True)
class _Chain:
    """A channel's entries, newest first, and until when each was served ("" while it is)."""

    entries: list[Entry]

    def ended(self) -> Iterator[tuple[Entry, str]]:
        """Each entry with the time at which another root took its place, "" while none has."""
        end, root = "", None
        for number, entry in enumerate(self.entries):
            if number and entry.root != root:
                end = self.entries[number - 1].time
            root = entry.root
            yield entry, end


@dataclass(slots=True)
class _Retiring:
    """One run: which entries are retired, and what is left to those that stay."""

    desk: Desk
    words: Sequence[str]
    age_seconds: float | None
    on_progress: Progress
    made: Retired = field(default_factory=Retired)

    def found(self) -> Retired:
        """Decide, then see what of it nothing else names."""
        chains = {
            channel: _Chain(list(entries_back(self.desk.registry.read, self.desk.head(channel)))) for channel in self.desk.channels()
        }
        chosen = self._chosen(chains)
        kept: set[Digest] = set()
        for channel, chain in chains.items():
            for entry, end in chain.ended():
                if (channel, entry.number) not in chosen and not (channel.startswith(SERVICE) and self._is_over(end)):
                    kept.add(entry.root)
        retired = {entry.root for entry in self.made.entries}
        self._shared_roots(kept)
        stays = needed(self.desk, kept, lambda count: self.on_progress(count, count + 1, "looking"))
        for digest in sorted(texts(self.desk.registry.get, retired - kept)):
            if digest in stays:
                self.made.shared += 1
            elif not self.desk.registry.has(digest):
                self.made.gone += 1
            else:
                self.made.artifacts.append(digest)
                self.made.size_bytes += size_of(self.desk.registry, digest)
        return self.made

    def _chosen(self, chains: dict[str, _Chain]) -> set[tuple[str, int]]:
        named = [word for word in self.words if "@" in word]
        channels = [word for word in self.words if "@" not in word]
        if not self.words:
            channels = [channel for channel in chains if not channel.startswith(SERVICE)]
        if channels and self.age_seconds is None:
            raise PromptcError(
                "C001", "how old entries must be is not said", hint="add `--older-than 400d`, or name entries: `prod@12`"
            )
        wanted: dict[tuple[str, int], Entry] = {}
        for word in named:
            entry = entry_of(self.desk, word)
            why = self._reason(entry, chains[entry.channel])
            if why:
                raise PromptcError(
                    "V042", f"`{entry.moment}` can't be retired: {why}", hint="retire it when that is no longer so", exit_code=Exit.NO
                )
            wanted[entry.channel, entry.number] = entry
        for channel in channels:
            self.desk.head(channel)
            for entry, end in chains[channel].ended():
                if self._is_over(end):
                    why = self._reason(entry, chains[channel])
                    if why:
                        self.made.protected.append((entry, why))
                    else:
                        wanted[channel, entry.number] = entry
        self.made.entries = sorted(wanted.values(), key=lambda entry: (entry.channel, -entry.number))
        return set(wanted)

    def _is_over(self, end: str) -> bool:
        """Whether what was served until then ended long enough ago. Without an age, all that has ended did."""
        if not end:
            return False
        return self.age_seconds is None or time.time() - calendar.timegm(time.strptime(end, "%Y-%m-%dT%H:%M:%SZ")) >= self.age_seconds

    def _reason(self, entry: Entry, chain: _Chain) -> str:
        """Why an entry's texts have to stay, "" where they may go."""
        head = chain.entries[0]
        if entry.root == head.root:
            return "it is what the channel serves"
        marks = marks_in(chain.entries)
        good = next((one for one in chain.entries if one.root != head.root and marks.get(one.number) == "good"), None)
        if good is not None and entry.root == good.root:
            return "it is marked good, and what a rollback would go back to"
        return ""

    def _shared_roots(self, kept: set[Digest]) -> None:
        """Entries whose whole root something else serves stay as they are, and that is said."""
        self.made.protected += [(entry, "something that stays serves the same root") for entry in self.made.entries if entry.root in kept]
        self.made.entries = [entry for entry in self.made.entries if entry.root not in kept]


def texts(get: Get, roots: Iterable[Digest]) -> set[Digest]:
    """The artifacts that roots lead to; what they share is read once, and what was removed before has none."""
    found: set[Digest] = set()
    seen: set[Digest] = set()
    waiting = list(roots)
    while waiting:
        digest = waiting.pop()
        if digest in seen:
            continue
        seen.add(digest)
        try:
            named = named_in(fetch_bytes(get, digest))
        except PromptcError as error:
            if error.code != REMOVED:
                raise
            continue
        found.update(named.leaves)
        waiting += named.digests
    return found


def needed(desk: Desk, roots: Iterable[Digest], on_progress: Callable[[int], None]) -> Reach:
    """Whatever roots and open plans lead to. PromptcError V040 where something of it is damaged or of an unknown format."""
    reach = Reach()
    reach.follow(desk.registry.get, roots, on_progress)
    if reach.wrong or reach.unknown:
        digest = next(iter(reach.wrong or reach.unknown))
        said = reach.wrong[digest].message if reach.wrong else f"it is of the format `{shortened(reach.unknown[digest])}`"
        raise PromptcError(
            "V040",
            f"what `{digest[:19]}…` leads to can't be told, so nothing is removed: {said}",
            hint="`promptc verify --repair` first; a newer promptc knows newer formats",
            exit_code=Exit.INTEGRITY,
        )
    for _, mark in open_plans(desk):
        # A plan may be of a build that was never pushed: then there is nothing here to keep for it.
        reach.follow(desk.registry.get, needed_by_plan(mark), on_progress)
    return reach
