"""Aftermath: what a prompt that was moved leaves behind, place by place, as steps that somebody or something can do.

    moves, the history, settings, the registry -> [aftermath] -> steps of a rollback manifest

A rollback restores text, not state. Only places that the settings describe, or that exist, are listed, so that no step is
there that means nothing. Nothing is changed here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from promptc.core.allocation import is_allocation
from promptc.core.channel import SERVICE, entries_back
from promptc.core.channel_settings import ChannelSettings
from promptc.core.dataclass import dataclass
from promptc.core.digest import Digest
from promptc.core.document import ARTIFACT, Get, fetch_bytes, read_document
from promptc.core.entry import Entry
from promptc.core.errors import PromptcError
from promptc.core.manifest import Change, compare_served, look_up
from promptc.core.prefix import stable_prefix
from promptc.core.rollback import (
    Blobs,
    Direction,
    RollbackManifest,
    Step,
    Window,
    make_step,
    moves_tree,
    suspects_tree,
)
from promptc.driver.release.cohorts import cohorts_of, told_cohort
from promptc.driver.release.contracts import differences
from promptc.driver.release.opening import Desk
from promptc.driver.release.readers import readers_of
from promptc.driver.release.services import held_by, services
from promptc.driver.release.source import reader
from promptc.driver.release.who import Author

# How long a provider keeps a cached prefix that nobody asks for, in seconds, where the settings don't say: Anthropic's
# default of five minutes; up to an hour for OpenAI's automatic cache; an hour, the default of Gemini's explicit caches.
PROVIDER_TTL_SECONDS = {"anthropic": 300, "openai": 3600, "gemini": 3600}
LISTED_MAX = 50
TITLED_MAX = 4


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What is to be looked at: the head before, the entry that digests were taken from, and the moves."""

    kind: Direction
    head: Entry
    source: Entry
    moves: tuple[Change, ...]
    younger: int
    settings: ChannelSettings

    @property
    def texts(self) -> tuple[Change, ...]:
        """The moves of prompts."""
        return tuple(move for move in self.moves if not is_allocation(move.prompt))


def manifest_of(desk: Desk, after: Aftermath, blobs: Blobs, by: Author, time: str) -> RollbackManifest:
    """The manifest of some moves; the nodes that it names go into `blobs`."""
    since, entries = _since(desk, after)
    suspects = _suspects(after.texts, since)
    first = min(since.values(), default=after.head.number)
    window = Window(first, after.head.number, entries[first].time, time)
    restored = sum(move.before is None for move in after.moves)
    counts = {
        "changed": len(after.moves) - restored, "restored": restored, "younger": after.younger,
        "tenants": len({move.tenant for move in after.moves}), "suspects": len(suspects),
    }  # fmt: skip
    looking = _Looking(desk, after, window, suspects, entries)
    return RollbackManifest(
        after.head.channel, after.kind, after.head.number, after.source.number, moves_tree(after.moves, blobs),
        suspects_tree(suspects, blobs), counts, window, tuple(looking.steps()), by.who, by.why, time,
    )  # fmt: skip


def _since(desk: Desk, after: Aftermath) -> tuple[dict[tuple[str, str], int], dict[int, Entry]]:
    """For each target that moves, the entry that gave it what it is moved away from; and the entries that were looked at."""
    waiting = {(move.tenant, move.prompt): move.before for move in after.moves if move.before is not None}
    since: dict[tuple[str, str], int] = {}
    entries: dict[int, Entry] = {}
    get = reader(desk)
    newer: Entry | None = None
    for entry in entries_back(desk.registry.read, after.head):
        entries[entry.number] = entry
        if newer is not None and newer.root != entry.root:
            for change in compare_served(get, entry.root, newer.root):
                name = (change.tenant, change.prompt)
                if name in waiting and waiting[name] == change.after:
                    since[name] = newer.number
                    del waiting[name]
        if not waiting:
            break
        newer = entry
    since |= dict.fromkeys(waiting, newer.number if newer is not None else after.head.number)
    return since, entries


def _suspects(moves: tuple[Change, ...], since: Mapping[tuple[str, str], int]) -> dict[Digest, dict[str, int]]:
    tenants: dict[Digest, set[str]] = {}
    found: dict[Digest, dict[str, int]] = {}
    for move in moves:
        if move.before is None:
            continue
        said = found.setdefault(move.before, {"since": since[move.tenant, move.prompt], "targets": 0, "tenants": 0})
        said["since"] = min(said["since"], since[move.tenant, move.prompt])
        said["targets"] += 1
        tenants.setdefault(move.before, set()).add(move.tenant)
    for digest, said in found.items():
        said["tenants"] = len(tenants[digest])
    return found


@dataclass(slots=True)
class _Looking:
    """Looks at one place after another."""

    desk: Desk
    after: Aftermath
    window: Window
    suspects: Mapping[Digest, Mapping[str, int]]
    entries: Mapping[int, Entry]

    def steps(self) -> Iterator[Step]:
        """The steps of every place, in the order in which a person would do them."""
        if self.suspects:
            for place in (self._histories, self._caches, self._baselines):
                yield from place()
        if self.suspects or self.after.moves != self.after.texts:
            yield from self._cohorts()
        if self.suspects:
            yield from self._contracts()
            yield from self._services()

    @property
    def _bad(self) -> str:
        """What the digests are called that targets were moved away from."""
        return "suspect" if self.after.kind == "rollback" else "replaced"

    def _said(self, place: str) -> Mapping[str, Any]:
        return self.after.settings.places.get(place, {})

    def _is_described(self, place: str) -> bool:
        return place in self.after.settings.places

    def _histories(self) -> Iterator[Step]:
        if not self._is_described("histories"):
            return
        said = {"strategy": "mark", **self._said("histories")}
        verbs = {
            "drop": "drop the turns", "summarise": "replace the turns by a summary", "mark": "mark the turns",
            "keep": "keep the turns",
        }  # fmt: skip
        tenants = len({move.tenant for move in self.after.moves if move.before is not None})
        where = f" in {said['store']}" if "store" in said else ""
        title = (
            f"{verbs[said['strategy']]}{where} that {_counted(len(self.suspects), f'{self._bad} prompt')} wrote for "
            f"{_counted(tenants, 'tenant')}"
        )
        data = {**self._window(), "suspects": len(self.suspects), "tenants": tenants}
        yield make_step("histories", title, data, said, is_needed=said["strategy"] != "keep")

    def _window(self) -> dict[str, Any]:
        window = self.window
        return {"since": window.since, "until": window.until, "entries": [window.first, window.last]}

    def _caches(self) -> Iterator[Step]:
        said = self._said("caches")
        yield from self._prefixes(said)
        for name in said.get("keyed_by_digest", ()):
            title = f"purge what `{name}` keeps for {_counted(len(self.suspects), 'digest')}"
            yield make_step("caches", title, {"cache": name, "suspects": len(self.suspects)}, said)

    def _prefixes(self, said: Mapping[str, Any]) -> Iterator[Step]:
        """Provider caches: which prefixes are not asked for any more, and which have to be made anew."""
        get = reader(self.desk)
        groups: dict[tuple[str, str], dict[str, Any]] = {}
        for (before, after), moves in _pairs(self.after.texts).items():
            old, new = (stable_prefix(_artifact(get, digest)) for digest in (before, after))
            if old.digest == new.digest or not (old.marks or new.marks or self._is_described("caches")):
                continue
            group = groups.setdefault((old.digest, new.digest), {"tenants": set(), "old": old, "new": new})
            group["tenants"] |= {move.tenant for move in moves}
        if not groups:
            return
        tenants = set().union(*(group["tenants"] for group in groups.values()))
        ordered = sorted(groups.values(), key=lambda group: (-len(group["tenants"]), group["old"].digest))
        listed = [
            {
                "prefix": group["old"].digest, "becomes": group["new"].digest, "characters": group["new"].characters,
                "provider": group["new"].provider, "tenants": len(group["tenants"]), "seconds": _ttl(group["new"].provider, said),
            }
            for group in ordered
        ]  # fmt: skip
        title = (
            f"{_counted(len(groups), 'cached prefix', 'cached prefixes')} at the provider {'goes' if len(groups) == 1 else 'go'} "
            f"cold for {_counted(len(tenants), 'tenant')}: their next requests pay for them once more"
        )
        data = {"prefixes": len(groups), "tenants": len(tenants), "groups": listed[:LISTED_MAX]}
        yield make_step("caches", title, data, {}, is_needed=False)

    def _baselines(self) -> Iterator[Step]:
        names = self.desk.registry.names
        void = [digest for digest in sorted(self.suspects) if names(f"evidence/{digest[7:]}")]
        back = {move.after for move in self.after.moves if move.after is not None}
        restore = [digest for digest in sorted(back) if names(f"evidence/{digest[7:]}")]
        if not void and not self._is_described("baselines"):
            return
        title = f"take {_counted(len(void), 'baseline')} of {self._bad} prompts as void" + (
            f", and {_counted(len(restore), 'older one')} as what holds again" if restore else ""
        )
        data = {"void": void[:LISTED_MAX], "voids": len(void), "restore": restore[:LISTED_MAX], "restores": len(restore)}
        yield make_step("baselines", title, data, self._said("baselines"), is_needed=bool(void))

    def _cohorts(self) -> Iterator[Step]:
        shares = [
            {"entry": entry.number, "share": entry.composed.share, "time": entry.time}
            for entry in sorted(self.entries.values(), key=lambda entry: entry.number)
            if entry.number >= self.window.first and entry.composed is not None and entry.composed.share is not None
        ]
        touched = cohorts_of(reader(self.desk), self.after.head.root, self.after.moves)
        if not (shares or touched or self._is_described("cohorts")):
            return
        said = {"strategy": "exclude", **self._said("cohorts")}
        verb = {"exclude": "leave out of experiments", "reassign": "assign anew in experiments"}[said["strategy"]]
        exposed = len({move.tenant for move in self.after.moves if move.before is not None})
        served = "prompt" if self.suspects else "allocation"
        title = f"{verb} the {_counted(exposed, 'tenant')} that {'was' if exposed == 1 else 'were'} served a {self._bad} {served}"
        if touched:
            title += f"; it touches {', '.join(map(told_cohort, touched[:TITLED_MAX]))}"
            title += f" and {len(touched) - TITLED_MAX:,} more" if len(touched) > TITLED_MAX else ""
        data = {**self._window(), "tenants": exposed, "shares": shares[:LISTED_MAX]}
        data |= {"cohorts": touched[:LISTED_MAX]} if touched else {}
        yield make_step("cohorts", title, data, said)

    def _contracts(self) -> Iterator[Step]:
        get = reader(self.desk)
        said = self._said("contracts")
        consumers = said.get("consumers", {})
        found: dict[tuple[str, tuple[str, ...]], set[str]] = {}
        for (before, after), moves in _pairs(self.after.texts).items():
            made = tuple(differences(_artifact(get, before), _artifact(get, after)))
            if made:
                for move in moves:
                    found.setdefault((move.prompt, made), set()).add(move.tenant)
        moved: dict[str, set[str]] = {}
        for (prompt, _), tenants in found.items():
            moved.setdefault(prompt, set()).update(tenants)
        declared = readers_of(get, self.after.head.root, moved)
        for (prompt, lines), tenants in sorted(found.items()):
            readers = sorted(consumers.get(prompt, ()))
            all_readers = [*(f"`{name}`" for name in declared[prompt]), *readers]
            of = f"; {', '.join(all_readers)} {'reads' if len(all_readers) == 1 else 'read'} it" if all_readers else ""
            title = f"the contract of `{prompt}` changes for {_counted(len(tenants), 'tenant')}{of}"
            data = {"prompt": prompt, "differences": list(lines)[:LISTED_MAX], "consumers": readers, "tenants": len(tenants)}
            if declared[prompt]:
                data["readers"] = declared[prompt]
            yield make_step("contracts", title, data, said)

    def _services(self) -> Iterator[Step]:
        get = reader(self.desk)
        for service in services(self.desk):
            for held in held_by(self.desk, service):
                bad = still_served(get, held.entry, self.after.moves)
                if bad:
                    pinned = held.entry.composed.moment if held.entry.composed is not None else held.entry.root
                    verb = "serves" if held.is_served else "has written down"
                    title = f"`{service}` {verb} {_counted(len(bad), f'{self._bad} target')} by its pin of `{pinned}`"
                    commands = ["promptc pin --update", f"promptc deployed {service} --pin promptc.lock"]
                    data = {
                        "service": service, "entry": f"{SERVICE}{service}@{held.entry.number}", "pin": pinned,
                        "targets": bad[:LISTED_MAX], "count": len(bad), "commands": commands,
                    }  # fmt: skip
                    yield make_step("services", title, data, self._said("services"))
                    break


def still_served(get: Get, entry: Entry, moves: tuple[Change, ...]) -> list[str]:
    """The targets that an entry's root still serves as they were before they were moved."""
    found = []
    for move in moves:
        if move.before is not None and look_up(get, entry.root, move.tenant, move.prompt) == move.before:
            found.append(f"{move.tenant}/{move.prompt}")
    return found


def _pairs(moves: tuple[Change, ...]) -> dict[tuple[Digest, Digest], list[Change]]:
    """Moves by both digests; those that have both."""
    found: dict[tuple[Digest, Digest], list[Change]] = {}
    for move in moves:
        if move.before is not None and move.after is not None:
            found.setdefault((move.before, move.after), []).append(move)
    return found


def _artifact(get: Get, digest: Digest) -> Mapping[str, Any]:
    """An artifact's document; an empty one where its text is gone or damaged, so that a rollback is never kept from
    being done by what it leaves behind."""
    try:
        return read_document(fetch_bytes(get, digest), ARTIFACT)
    except PromptcError:
        return {}


def _ttl(provider: str, said: Mapping[str, Any]) -> int:
    return int(said.get("provider_ttl_seconds", PROVIDER_TTL_SECONDS.get(provider, 300)))


def _counted(count: int, noun: str, plural: str = "") -> str:
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"
