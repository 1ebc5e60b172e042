"""Sweep: a fault at each effect of a command, one after the other, and what must hold after each.

    a state, a command -> [sweep] -> points, each of which broke no law

The laws: nothing but the machine's refusal is said (exit 6, no traceback); what was there stands as it was, or as it would
be; `promptc verify` finds nothing wrong; the same command run again succeeds without a flag, and then everything is as after
a run that nothing disturbed. What a killed run may leave behind are temporary files, which the next run or gc takes away.
"""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from promptc.core.digest import Digest
from promptc.core.errors import PromptcError
from promptc.stores.blobs import Blobs
from tests.faults.faulty import KINDS, Fault
from tests.faults.warm import KILLED, Ran, run, said, stilled

PROJECT = Path(__file__).parents[1] / "stories/projects/hello"
MEMORY = Path("/dev/shm" if os.access("/dev/shm", os.W_OK) else tempfile.gettempdir())
PROMPT = "sources/prompts/hello.prompt.j2"
REGISTRY = ".promptc/registry"
SETTINGS = """
[tool.promptc.reconcile.caches]
keyed_by_digest = ["answers", "drafts"]
hook = "desk"
[tool.promptc.hooks.desk]
command = ["true"]
"""
VERIFY = "verify"
# What a rerun leaves is held against an undisturbed run in each point, and verified besides in one of so many.
VERIFIED_AGAIN = 4

# A state is the one before it and what is done then; `!` is an edit of the prompt.
STATES: dict[str, tuple[str, ...]] = {
    "sources": (),
    "built": ("sources", "build --jobs 1"),
    "edited": ("built", "!again"),
    "pushed": ("built", "push"),
    "released": ("pushed", "promote prod --new --yes --who a", "mark prod good --who a"),
    "rebuilt": ("released", "!again", "build --jobs 1"),
    "planned": ("rebuilt", "promote prod --plan plan.json"),
    "twice": ("rebuilt", "promote prod --yes --who a"),
    "held": ("twice", "hold prod acme --why x --who a"),
    "pinned": ("twice", "pin prod -o promptc.lock --as shop"),
    "rolled back": ("twice", "rollback prod --yes --who a"),
    "littered": ("twice", "!once more", "build --jobs 1", "push"),
    "damaged": ("twice", "?"),
    "raced": ("rebuilt", "promote prod --plan one.json", "!once more", "build --jobs 1", "promote prod --plan two.json"),
    "disjoint": ("rebuilt", "promote prod acme --plan one.json", "promote prod globex --plan two.json"),
}


@dataclass(frozen=True)
class Swept:
    """A command that is swept, and the state in which it begins."""

    state: str
    command: str

    def __str__(self) -> str:
        return f"{self.command} ({self.state})"

    def state_of(self, folder: Path) -> State:
        """What a folder means."""
        return state_of(folder, counts_damaged=self.state != "damaged")


SWEPT: tuple[Swept, ...] = (
    Swept("sources", "build --jobs 1"),
    Swept("edited", "build --jobs 1"),
    Swept("built", "push"),
    Swept("built", "promote prod --new --yes --who a"),
    Swept("pushed", "promote prod --new --yes --who a"),
    Swept("rebuilt", "promote prod --yes --who a"),
    Swept("rebuilt", "promote prod --plan plan.json"),
    Swept("planned", "promote plan.json --yes --who a"),
    Swept("twice", "promote staging --from prod --new --yes --who a"),
    Swept("twice", "hold prod acme --why x --who a"),
    Swept("held", "unhold prod acme --who a"),
    Swept("twice", "mark prod good --who a"),
    Swept("twice", "revoke prod@1 --why x --who a"),
    Swept("twice", "rollback prod --yes --who a"),
    Swept("rolled back", "reconcile prod"),
    Swept("twice", "pin prod -o promptc.lock --as shop"),
    Swept("pinned", "deployed shop --pin promptc.lock --who a"),
    Swept("littered", "gc --delete --older-than 0s"),
    Swept("rolled back", "retire prod --older-than 0s --delete"),
    Swept("twice", "forget acme --delete --who a"),
    Swept("damaged", "verify --repair"),
)


@dataclass(frozen=True)
class State:
    """What a folder means, whatever packs it is kept in: small files, and the digests of blobs that are whole."""

    files: dict[str, bytes]
    blobs: frozenset[str]


@dataclass(frozen=True)
class After:
    """What was found after a fault, what running the command again gave, and what was found then."""

    found: State
    verified: tuple[int, str]
    again: tuple[int, str]
    verified_again: tuple[int, str] | None
    ended: State


def state_of(folder: Path, *, counts_damaged: bool = True) -> State:
    """What a folder means. Caches, locks, hints and temporary files mean nothing."""
    files: dict[str, bytes] = {}
    blobs = set()
    for place, folders, names in os.walk(folder):
        near = os.path.relpath(place, folder)
        if near in ("build/cache", "build/tmp", f"{REGISTRY}/tmp", f"{REGISTRY}/quarantine", ".git"):
            folders.clear()
            continue
        if os.path.basename(place) == "blobs":
            store = Blobs(Path(place), Path(place).parent / "tmp")
            blobs.update(f"{near}:{digest}" for digest in store.names() if counts_damaged or _is_whole(store, digest))
            folders.clear()
            continue
        for name in names:
            if not (name.startswith(".promptc-") or name in ("lock", "head.json")):
                with open(f"{place}/{name}", "rb") as file:
                    files[os.path.normpath(f"{near}/{name}")] = file.read()
    return State(files, frozenset(blobs))


def _is_whole(store: Blobs, digest: Digest) -> bool:
    try:
        return bool(store.get(digest))
    except PromptcError:
        return False


class World:
    """Folders in every state, made once, and copied for each point."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="promptc-faults-", dir=MEMORY)).resolve()
        self._read: dict[str, tuple[list[str], dict[str, bytes]]] = {}
        self._warm()

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def at(self, state: str) -> Path:
        """The folder that is in a state, not to be changed."""
        place = self.folder / state.replace(" ", "-")
        if not place.exists():
            before, *steps = STATES[state] or ("",)
            shutil.copytree(self.at(before) if before else self._project(), place)
            for step in steps:
                _step(place, step)
        return place

    def _project(self) -> Path:
        place = self.folder / "project"
        if not place.exists():
            shutil.copytree(PROJECT, place)
            with (place / "pyproject.toml").open("a") as file:
                file.write(SETTINGS)
        return place

    def copy(self, state: str) -> Path:
        """A fresh folder in a state."""
        place = self.folder / "point"
        shutil.rmtree(place, ignore_errors=True)
        folders, files = self.contents(state)
        for name in folders:
            os.mkdir(place / name)
        for name, data in files.items():
            with open(place / name, "wb") as file:
                file.write(data)
        return place

    def contents(self, state: str) -> tuple[list[str], dict[str, bytes]]:
        """The folders and files of a state."""
        if state not in self._read:
            self._read[state] = _contents(self.at(state))
        return self._read[state]

    def _warm(self) -> None:
        """Have everything loaded that the commands load, so that no forked process does it again."""
        place = self.folder / "warm"
        shutil.copytree(self._project(), place)
        for step in (*_steps_to("twice"), *(swept.command for swept in SWEPT), VERIFY):
            _edit(place, step[1:]) if step.startswith("!") else said(place, step)
        gc.collect()
        gc.freeze()


def _contents(folder: Path) -> tuple[list[str], dict[str, bytes]]:
    folders, files = [], {}
    for place, _, names in os.walk(folder):
        folders.append(os.path.relpath(place, folder))
        files.update({os.path.relpath(f"{place}/{name}", folder): Path(place, name).read_bytes() for name in names})
    return folders, files


def _steps_to(state: str) -> tuple[str, ...]:
    before, *steps = STATES[state] or ("",)
    return (*_steps_to(before), *steps) if before else ()


def _edit(place: Path, word: str) -> None:
    prompt = place / PROMPT
    prompt.write_text(prompt.read_text().replace("You ", f"You, {word}, ", 1))


def _step(place: Path, step: str) -> None:
    if step.startswith("!"):
        _edit(place, step[1:])
    elif step == "?":
        _damage(place)
    else:
        ran = run(place, step)
        assert ran.code == 0, f"{step}: {ran.printed}"


def _damage(place: Path) -> None:
    """A flipped bit in a pack of the registry and in a loose blob of the build."""
    pack = max((place / REGISTRY / "blobs/packs").glob("*.pack"), key=lambda path: path.stat().st_size)
    loose = min((place / "build/blobs/sha256").glob("*/*"))
    for path in (pack, loose):
        data = bytearray(path.read_bytes())
        data[len(data) // 3] ^= 1
        path.write_bytes(data)


@dataclass(frozen=True)
class Undisturbed:
    """What a command does when nothing disturbs it: from `before` to `after`, and to `twice` when it is run again."""

    before: State
    ran: Ran
    after: State
    again: Ran
    twice: State


def undisturbed(world: World, swept: Swept) -> Undisturbed:
    """Run a command twice without a fault."""
    place = world.copy(swept.state)
    before = swept.state_of(place)
    ran = run(place, swept.command)
    assert ran.code == 0, f"{swept}: {ran.printed}"
    after = swept.state_of(place)
    again = run(place, swept.command)
    return Undisturbed(before, ran, after, again, swept.state_of(place))


def points(count: int, kinds: tuple[str, ...] = KINDS) -> Iterator[Fault]:
    """Each fault at each effect, once and for ever."""
    for number in range(1, count + 1):
        for kind in kinds:
            yield Fault(kind, number)
            if not kind.startswith("kill"):
                yield Fault(kind, number, lasts=True)


def aftermath(place: Path, swept: Swept, *, twice: bool) -> After:
    """What is found in a folder after a fault; the same command again; what is found then, verified where that is asked."""
    with stilled():
        found = swept.state_of(place)
        verified = said(place, VERIFY)
        again = said(place, swept.command)
        return After(found, verified, again, said(place, VERIFY) if twice else None, swept.state_of(place))


def wrong_at(world: World, swept: Swept, known: Undisturbed, fault: Fault) -> list[str]:
    """The laws that a point breaks."""
    place = world.copy(swept.state)
    ran = run(place, swept.command, fault)
    after = aftermath(place, swept, twice=fault.number % VERIFIED_AGAIN == 0)
    return [*_wrong_end(fault, ran), *_wrong_found(swept, known, after, ran), *_wrong_again(known, after)]


def _wrong_end(fault: Fault, ran: Ran) -> Iterator[str]:
    if fault.kind.startswith("kill"):
        if ran.code not in (KILLED, 0):
            yield f"it ended with {ran.code}: {ran.printed}"
    elif ran.code not in (0, 6) or "Traceback" in ran.printed:
        yield f"it ended with {ran.code}: {ran.printed}"
    elif ran.code == 6 and "error[D006]" not in ran.printed:
        yield f"it did not say what the machine refused: {ran.printed}"


def _wrong_found(swept: Swept, known: Undisturbed, after: After, ran: Ran) -> Iterator[str]:
    if after.verified[0] != 0 and swept.state != "damaged":
        yield f"verify says: {after.verified[1]}"
    for name, data in after.found.files.items():
        if data not in (known.before.files.get(name), known.after.files.get(name)):
            yield f"`{name}` is neither old nor new"
    lost = (known.before.files.keys() & known.after.files.keys()) - after.found.files.keys()
    if lost:
        yield f"lost: {sorted(lost)}"
    missing = (known.before.blobs & known.after.blobs) - after.found.blobs
    if missing:
        yield f"{len(missing)} blobs lost"
    if ran.code == 0 and after.found != known.after:
        yield f"it said that all is well, and {_difference(known.after, after.found)}"


def _wrong_again(known: Undisturbed, after: After) -> Iterator[str]:
    if after.again[0] not in (0, known.again.code):
        yield f"running it again ended with {after.again[0]}: {after.again[1]}"
    if after.verified_again is not None and after.verified_again[0] != 0:
        yield f"verify says after running it again: {after.verified_again[1]}"
    if after.ended not in (known.after, known.twice):
        yield f"in the end {_difference(known.after, after.ended)}"


def _difference(wanted: State, found: State) -> str:
    names = wanted.files.keys() | found.files.keys()
    differing = sorted(name for name in names if wanted.files.get(name) != found.files.get(name))
    return f"{differing} differ, {len(wanted.blobs - found.blobs)} blobs lack, {len(found.blobs - wanted.blobs)} are too many"
