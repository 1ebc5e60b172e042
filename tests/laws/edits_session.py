"""Sessions: a folder that is edited and built again and again, each build held against a clean one of a copy.

    Editor, Disk -> [session] -> two outcomes that must be equal

Nothing here asks how a build remembers. Whatever the folder went through, its build says and publishes what one of a
copy without build/ and .promptc/ does, byte for byte.
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import hashlib
import json
import pickle
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

from promptc.core.digest import Digest
from promptc.core.errors import PromptcError
from promptc.core.manifest import walk_served
from promptc.driver.build import BuildRequest, build
from promptc.stores.build import BuildFolder
from tests.laws.edits import Editor
from tests.laws.edits_disk import Disk, write_anew
from tests.laws.edits_world import Odd

WISHES = {field.name for field in dataclasses.fields(BuildRequest)}
Served = dict[tuple[str, str], Digest]
Tree = Mapping[str, "bytes | Odd"]


@dataclasses.dataclass(frozen=True)
class Asked:
    """What is asked of a build, as far as it may change what the build says."""

    select: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    keep_going: bool = False


def request(folder: Path, asked: Asked, **more: Any) -> BuildRequest:
    """A request for a folder, with those of the further wishes that there are."""
    more = {name: value for name, value in more.items() if name in WISHES}
    return BuildRequest(str(folder), asked.select, asked.exclude, keep_going=asked.keep_going, **more)


@contextlib.contextmanager
def few_are_many() -> Iterator[None]:
    """Few units are shared out among workers, too, which otherwise is not worth the processes."""
    if "jobs" not in WISHES:
        yield
        return
    with mock.patch("promptc.driver.whole.PARALLEL_UNITS_MIN", 2), mock.patch("promptc.driver.whole.CHUNK_UNITS", 2):
        yield


# What a build says and leaves behind


def said_by(build_request: BuildRequest, on_progress: Callable[[int, int, str], None] | None = None) -> dict[str, Any]:
    """Every word of a build's result, or of its refusal."""
    try:
        result = build(build_request, on_progress) if on_progress else build(build_request)
    except PromptcError as error:
        return {"refused": (error.code, str(error), error.hint, error.exit_code), "published": False, "root": None, "changes": None, "findings": ()}
    names = ("root", "scope", "targets", "tenants", "distinct", "bytes_total", "changes", "findings", "not_compiled", "published", "exit_code")
    return {name: getattr(result, name) for name in names}


def left_by(folder: Path) -> dict[str, Any]:
    """Every byte that a published build serves, each verified, and what its record holds."""
    store = BuildFolder(folder / "build")
    latest = store.latest()
    assert latest is not None
    served = served_by(store, latest.root)
    artifacts = {digest: store.get(digest) for digest in set(served.values())}
    return {"latest root": latest.root, "summary": dict(latest.summary), "served": served, "artifacts": artifacts, "record": _record(store, latest.record)}


def served_by(store: BuildFolder, root: Digest) -> dict[tuple[str, str], Digest]:
    """Every target, and what the keys of each tenant are drawn by."""
    return {(one.tenant, one.prompt): one.after for one in walk_served(store.get, root) if one.after is not None}


def _record(store: BuildFolder, digest: Digest) -> list[bytes]:
    """A record's bytes, and those of the nodes that its trees consist of."""
    data = store.get(digest)
    found, pending = [data], [value for value in json.loads(data)["predicate"].values() if str(value).startswith("sha256:")]
    while pending:
        data = store.get(Digest(pending.pop()))
        found.append(data)
        pending += json.loads(data).get("branch", {}).values()
    return found


def schemas_of(folder: Path) -> dict[str, bytes]:
    """The editor's schemas, which every build keeps current."""
    return {path.name: path.read_bytes() for path in sorted((folder / ".promptc" / "schemas").glob("*"))}


@dataclasses.dataclass(frozen=True)
class Before:
    """What a folder served before a build: `None` for nothing, and whether what it serves can still be read."""

    pointer: bytes | None
    served: Served | None
    is_whole: bool


def before_of(folder: Path, known: Mapping[Digest, Served]) -> Before:
    store, pointer = BuildFolder(folder / "build"), folder / "build" / "latest.json"
    data = pointer.read_bytes() if pointer.is_file() else None
    latest = store.latest_or_none()
    if latest is None:
        return Before(data, None, is_whole=True)
    try:
        return Before(data, served_by(store, latest.root), is_whole=True)
    except PromptcError:
        return Before(data, known.get(latest.root), is_whole=False)


def differences(before: Served, after: Served, *, is_all: bool) -> list[tuple[str, str, Digest | None, Digest | None]]:
    """What changed between two builds, each walked whole; a selection takes nothing away."""
    found = [(*target, before.get(target), after.get(target)) for target in sorted({*before, *after}) if before.get(target) != after.get(target)]
    return found if is_all else [change for change in found if change[3] is not None]


class Session:
    """One folder through its edits. `counts` says how many steps did what."""

    def __init__(self, seed: int, parent: Path, *, large: bool = False) -> None:
        self.seed = seed
        self.draw = Random(f"session {seed}")
        self.parent = parent
        folder = parent / "project"
        folder.mkdir()
        self.editor = Editor(seed, large=large)
        self.disk = Disk(folder, Random(f"disk {seed}"))
        self.log: list[str] = ["start"]
        self.counts: collections.Counter[str] = collections.Counter()
        self.clean_builds: dict[bytes, dict[str, Any]] = {}
        self.known: dict[Digest, Served] = {}
        self.root: Digest | None = None
        self.seconds = 0.0  # how long the last build took

    def __str__(self) -> str:
        return f"seed {self.seed}, after:\n  " + "\n  ".join(f"{number}. {said}" for number, said in enumerate(self.log))

    @property
    def folder(self) -> Path:
        return self.disk.folder

    # One step

    def run(self, steps: int) -> collections.Counter[str]:
        """Edit and compare; the first build is of the project as it is drawn."""
        try:
            self._step()
            for _ in range(steps):
                self._edit()
                self._step()
        except AssertionError:
            raise
        except Exception as error:
            raise AssertionError(f"{error!r}\n{self}") from error
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
        return self.counts

    def _edit(self) -> None:
        chance = self.draw.random()
        said = [self.editor.next()] if chance > 0.15 else []
        if chance < 0.2:
            said.append(self.disk.happen())
        self.log.append("; ".join(said))

    def _step(self) -> None:
        asked, more = self._asked()
        if self.counts["steps"] and self.draw.random() < 0.06:
            self._edited_meanwhile(asked)
            return
        self.disk.write(self.editor.world.tree())
        self._count(self.compare(asked, **more))
        while self.draw.random() < 0.2:
            # Nothing changed, and the same or something else is asked.
            self.log.append("once more")
            if self.draw.random() < 0.5:
                asked, more = self._asked()
            self.compare(asked, **more)

    def _asked(self) -> tuple[Asked, dict[str, Any]]:
        draw, world = self.draw, self.editor.world
        tenant = draw.choice([*world.tenants(), "nobody"])
        prompt = draw.choice([path.rpartition("/")[2].removesuffix(".prompt.j2") for path in world.prompts()] or ["nothing"])
        kinds = [Asked(), Asked(keep_going=True), Asked((tenant,)), Asked((f"prompt:{prompt}",), keep_going=draw.random() < 0.5), Asked((f"{tenant}/{prompt}", "label:plan=pro")), Asked((), (f"tenant:{tenant[:1]}*",))]
        (asked,) = draw.choices(kinds, [80, 8, 4, 4, 2, 2])
        wishes: list[dict[str, Any]] = [{}, {"mode": "check"}, {"jobs": 1}, {"jobs": 2}, {"jobs": 3}, {"verify": True}, {"check_traces": 3}, {"explain": True}]
        (more,) = draw.choices(wishes, [70, 5, 4, 6, 2, 3, 3, 3])
        if asked != Asked() or more:
            self.log.append(f"{asked} {more}")
        return asked, more

    def _edited_meanwhile(self, asked: Asked) -> None:
        """The edit comes while the build is at work: it says what holds before or after, and the next build sees it."""
        before = dict(self.disk.tree)
        after = self.editor.world.tree()
        written: list[int] = []

        def on_progress(done: int, total: int, target: str) -> None:
            if not written:
                written.append(self.disk.write(after))

        self.log.append(f"while building {asked}")
        told = said_by(request(self.folder, asked), on_progress)
        self.disk.write(after)
        self.forget_changes(told)
        wanted = [self.clean(tree, asked) for tree in (before, after)]
        assert any(self.forget_changes(dict(clean["said"])) == told for clean in wanted), f"a build that is edited meanwhile mixes two states: {told}\n{self}"
        self._count(self.compare(Asked()))

    @staticmethod
    def forget_changes(told: dict[str, Any]) -> dict[str, Any]:
        told["changes"] = None
        return told

    # The comparison

    def compare(self, asked: Asked, **more: Any) -> dict[str, Any]:
        """Build in the folder and hold it against a clean build; what the build said."""
        before = before_of(self.folder, self.known)
        began = time.monotonic()
        with few_are_many() if more.get("jobs", 1) > 1 else contextlib.nullcontext():
            told = said_by(request(self.folder, asked, **more))
        self.seconds = time.monotonic() - began
        clean = self.clean(self.disk.tree, asked)
        is_check = more.get("mode") == "check"
        self._same_words(told, clean["said"], is_check=is_check)
        self._same_changes(before, told, clean)
        if told["published"]:
            self._same_bytes(clean["left"])
        else:
            self._untouched(before)
        if "refused" not in told and not is_check:
            assert schemas_of(self.folder) == clean["schemas"], f".promptc/schemas differ\n{self}"
        self.counts["compared"] += 1
        if "refused" in told:
            self.editor.is_broken = told["refused"][0] == "P007"
        else:
            self.editor.heard(told["findings"], is_everything=told["scope"] == "all" or told["root"] is None)
        return told

    def clean(self, tree: Tree, asked: Asked) -> dict[str, Any]:
        """What a clean build of a tree says and leaves; a tree that came before was built then."""
        key = hashlib.sha256(pickle.dumps((sorted(tree.items()), asked))).digest()
        if key not in self.clean_builds:
            folder = self.parent / "clean"
            folder.mkdir()
            write_anew(folder, tree, self.draw)
            told = said_by(request(folder, asked, jobs=1))
            left = left_by(folder) if told["published"] else {}
            self.clean_builds[key] = {"said": told, "left": left, "schemas": schemas_of(folder)}
            shutil.rmtree(folder)
        return self.clean_builds[key]

    def _same_words(self, told: dict[str, Any], clean: dict[str, Any], *, is_check: bool) -> None:
        wanted = {**clean, "published": clean["published"] and not is_check}
        for name in wanted.keys() | told.keys():
            if name != "changes":
                assert told.get(name) == wanted.get(name), f"`{name}` is\n{told.get(name)}\nand clean it is\n{wanted.get(name)}\n{self}"

    def _same_changes(self, before: Before, told: dict[str, Any], clean: dict[str, Any]) -> None:
        got = None if told["changes"] is None else [(c.tenant, c.prompt, c.before, c.after) for c in told["changes"]]
        if told["root"] is None or before.served is None:
            # Without a root nothing can differ; what was served before may be damaged beyond comparing.
            assert got is None or not before.is_whole, f"changes are {got}\n{self}"
            return
        wanted = differences(before.served, clean["left"]["served"], is_all=told["scope"] == "all")
        assert got == wanted or (got is None and not before.is_whole), f"changes are {got}\nand should be {wanted}\n{self}"

    def _same_bytes(self, clean: dict[str, Any]) -> None:
        try:
            left = left_by(self.folder)
        except PromptcError as error:
            raise AssertionError(f"what was published can't be read: {error.code} {error}\n{self}") from error
        for name, wanted in clean.items():
            assert left[name] == wanted, f"`{name}` differs: {left[name]!r}\nand clean: {wanted!r}\n{self}"
        self.known[left["latest root"]] = left["served"]

    def _untouched(self, before: Before) -> None:
        """A refusal, and a check, change nothing that is visible."""
        after = before_of(self.folder, self.known)
        assert after.pointer == before.pointer, f"latest.json changed\n{self}"
        assert after.is_whole or not before.is_whole, f"what was served before can't be read any more\n{self}"

    def _count(self, told: dict[str, Any]) -> None:
        """What came of a step; builds after it of what did not change count as comparisons alone."""
        self.counts["steps"] += 1
        self.counts["published"] += told["published"]
        self.counts["changed"] += told["published"] and told["root"] != self.root
        self.counts["found"] += bool(told["findings"])
        self.counts["refused"] += "refused" in told
        if told["published"]:
            self.root = told["root"]
        self.counts.update({finding.code for finding in told["findings"]})
