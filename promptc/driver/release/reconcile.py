"""Reconcile: do what a rollback left to be done, step by step, and remember what is done.

    CHANNEL[@N] -> its manifest, the states beside the entry -> [reconcile] -> hooks -> states

A step's state is a file that is created once, when it is done or waived. So a run that is killed goes on where it was: what
was done stays done, and at most the step under way is asked for once more, with the same idempotency key.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from promptc.core.channel import entries_back
from promptc.core.channel_settings import Hook
from promptc.core.dataclass import dataclass
from promptc.core.digest import digest_of
from promptc.core.entry import Entry
from promptc.core.errors import Exit, PromptcError
from promptc.core.rollback import RollbackManifest, Step, moves_of, read_rollback, suspects_of
from promptc.core.step import StepState, decode_state, encode_state, step_name
from promptc.core.values import canonical_bytes
from promptc.core.visible import shortened
from promptc.driver.build import Progress, quiet
from promptc.driver.nearest import did_you_mean
from promptc.driver.release.aftermath import still_served
from promptc.driver.release.gates import described
from promptc.driver.release.hooks import run_hook
from promptc.driver.release.opening import Desk
from promptc.driver.release.services import held_by
from promptc.driver.release.source import entry_of, reader
from promptc.driver.release.who import Author, now


@dataclass(frozen=True, slots=True)
class Case:
    """A manifest with how far it has come: each step with its state, None while it is pending.

    `said` holds why a step that was tried now is pending still. `hooks` are those that would do the steps, and
    `is_own` says that they come from this project, and not from the registry.
    """

    entry: Entry
    manifest: RollbackManifest
    states: tuple[StepState | None, ...]
    hooks: dict[str, Hook]
    is_own: bool
    said: dict[str, str]

    def steps(self) -> Iterator[tuple[Step, StepState | None]]:
        """Each step with its state."""
        return zip(self.manifest.steps, self.states, strict=True)

    @property
    def pending(self) -> tuple[Step, ...]:
        """The steps that are still to be done."""
        return tuple(step for step, state in self.steps() if state is None and step.is_needed)

    @property
    def runnable(self) -> tuple[Step, ...]:
        """Those of them that a hook would do."""
        return tuple(step for step in self.pending if step.hook in self.hooks)


def case_of(desk: Desk, moment: str) -> Case:
    """The manifest of an entry, or of the newest entry of a channel that has one. PromptcError V001, V002, V021."""
    entry = entry_of(desk, moment)
    if entry.rollback is None and "@" not in moment:
        entry = next((found for found in entries_back(desk.registry.read, entry) if found.rollback is not None), entry)
    if entry.rollback is None:
        raise PromptcError(
            "V021",
            f"`{shortened(moment)}` has nothing to reconcile: no rollback manifest belongs to it",
            hint=f"`promptc history {entry.channel}` shows the rollbacks",
        )
    manifest = read_rollback(reader(desk), entry.rollback)
    settings = described(desk, entry.channel, entry)
    return Case(entry, manifest, _states(desk, entry, manifest), dict(settings.hooks), desk.folder is not None, {})


def reconcile(desk: Desk, case: Case, *, by: Author, only: Sequence[str] = (), on_progress: Progress = quiet) -> Case:
    """Run the hooks of the pending steps; the case afterwards, with why the others are pending still."""
    said: dict[str, str] = {}
    chosen = [step for step in case.runnable if not only or step.place in only or step.id in only]
    for number, step in enumerate(chosen):
        on_progress(number, len(chosen), step.place)
        tried = run_hook(case.hooks[step.hook], payload(desk, case, step), folder=desk.folder or Path(desk.start))
        if tried.is_done:
            why = by.why or f"hook {step.hook}: {tried.said}"
            _settle(desk, _state(case.entry, step, "done", Author(by.who, why), tries=tried.tries))
        else:
            tries = f" after {tried.tries} tries" if tried.tries > 1 else ""
            said[step.id] = f"hook `{step.hook}` {tried.said}{tries}"
    return Case(case.entry, case.manifest, _states(desk, case.entry, case.manifest), case.hooks, case.is_own, said)


def settle(desk: Desk, case: Case, words: Sequence[str], state: str, *, by: Author) -> Case:
    """Say of steps that they are done, or waived. PromptcError V022 for a word that names none, V010 when all are already."""
    steps = [step for word in words for step in _named(case, word)]
    changed = [_settle(desk, _state(case.entry, step, state, by)) for step in steps]
    if not any(changed):
        raise PromptcError("V010", "all of them were done or waived already", hint="nothing was changed", exit_code=Exit.OK)
    return case_of(desk, case.entry.moment)


def payload(desk: Desk, case: Case, step: Step) -> dict[str, Any]:
    """What a hook is given: the step, what it belongs to, and every digest, target and tenant that it is about."""
    get = reader(desk)
    entry, manifest = case.entry, case.manifest
    key = digest_of(canonical_bytes({"entry": entry.digest, "step": step.id}))
    moves = sorted(moves_of(get, manifest), key=lambda move: (move.tenant, move.prompt))
    return {
        "format": "promptc.hook/1", "idempotency_key": key, "channel": entry.channel, "entry": entry.number,
        "kind": manifest.kind, "who": manifest.who, "why": manifest.why, "time": manifest.time, "step": step.document(),
        "suspects": [{"digest": digest, **said} for digest, said in sorted(suspects_of(get, manifest))],
        "tenants": sorted({move.tenant for move in moves}),
        "moves": [[move.tenant, move.prompt, move.before, move.after] for move in moves],
    }  # fmt: skip


def _states(desk: Desk, entry: Entry, manifest: RollbackManifest) -> tuple[StepState | None, ...]:
    found = []
    for step in manifest.steps:
        data = desk.registry.read(step_name(entry.channel, entry.number, step.id))
        found.append(_by_itself(desk, entry, manifest, step) if data is None else decode_state(data))
    return tuple(found)


def _by_itself(desk: Desk, entry: Entry, manifest: RollbackManifest, step: Step) -> StepState | None:
    """A service that deployed another pin since has done its step by that."""
    if step.place != "services":
        return None
    service = str(step.data["service"])
    held = list(held_by(desk, service))
    moves = tuple(moves_of(reader(desk), manifest))
    if not held or any(still_served(reader(desk), one.entry, moves) for one in held):
        return None
    newest = held[0].entry
    pinned = newest.composed.moment if newest.composed is not None else newest.root
    return StepState(entry.channel, entry.number, step.id, "done", newest.who, f"it serves `{pinned}` now", newest.time)


def _state(entry: Entry, step: Step, state: Any, by: Author, *, tries: int = 0) -> StepState:
    return StepState(entry.channel, entry.number, step.id, state, by.who, by.why, now(), tries)


def _settle(desk: Desk, said: StepState) -> bool:
    return desk.registry.create(step_name(said.channel, said.number, said.id), encode_state(said))


def _named(case: Case, word: str) -> list[Step]:
    found = [step for step in case.manifest.steps if word == step.id or (word == step.place and step.is_needed)]
    found = found or [step for step in case.manifest.steps if len(word) >= 4 and step.id.startswith(word)]
    if not found:
        names = [name for step in case.manifest.steps for name in (step.id, step.place)]
        raise PromptcError(
            "V022",
            f"`{case.entry.moment}` has no step `{shortened(word)}`",
            hint=did_you_mean(word, names) or f"`promptc reconcile {case.entry.moment} --dry-run` lists them",
        )
    return found


