"""Checked pin: read all that a pin stands for, and say whether a service could serve it.

    promptc.lock, a registry -> [checked pin] -> findings

Nothing is compiled, no project is needed, and nothing is changed. Everything that is wrong is said at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from promptc.core.allocation import is_allocation
from promptc.core.artifact import Artifact
from promptc.core.contract import Provides, lacking
from promptc.core.dataclass import dataclass
from promptc.core.digest import Digest
from promptc.core.document import fetch_bytes
from promptc.core.errors import Exit, PromptcError
from promptc.core.manifest import read_target, walk_served
from promptc.core.pin import Pin
from promptc.core.visible import shortened
from promptc.driver.build import Progress, quiet
from promptc.driver.release.opening import Desk
from promptc.driver.release.pins import Behind, behind, composed_root, pinned_entry
from promptc.driver.release.planning import revocation

BATCH = 512
SHOWN_MAX = 5


@dataclass(frozen=True, slots=True)
class CheckedPin:
    """What a pin stands for. `wrong` says what keeps it from being served, nothing when all is well."""

    pin: Pin
    targets: int
    artifacts: int
    wrong: tuple[PromptcError, ...]
    behind: Behind | None = None


def check_pin(
    desk: Desk, pin: Pin, *, fresh: bool = False, provides: Provides | None = None, on_progress: Progress = quiet
) -> CheckedPin:
    """Read every byte that a pin leads to; with `fresh` also say how far it is behind its channel, with `provides` what a
    service lacks that would serve it.
    """
    wrong: list[PromptcError] = []
    for look in (lambda: pinned_entry(desk, pin), lambda: _revoked(desk, pin)):
        try:
            look()
        except PromptcError as error:
            wrong.append(error)
    targets: list[tuple[str, Digest]] = []
    try:
        root, get = composed_root(desk, pin)
        targets = [(f"{one.tenant}/{one.prompt}", one.after) for one in walk_served(get, root) if one.after is not None]
    except PromptcError as error:
        wrong.append(_lost("the pin's root", [], error))
    artifacts = _artifacts(desk, targets, wrong, on_progress)
    if provides is not None and not wrong:
        wrong += _lacking(desk, targets, provides)
    found = behind(desk, pin) if fresh and not wrong else None
    if found is not None and found.changes:
        wrong.append(_stale(pin, found))
    return CheckedPin(pin, sum(not is_allocation(name) for name, _ in targets), artifacts, tuple(wrong), found)


def _artifacts(
    desk: Desk, targets: list[tuple[str, Digest]], wrong: list[PromptcError], on_progress: Progress
) -> int:
    using: dict[Digest, list[str]] = {}
    for target, digest in targets:
        using.setdefault(digest, []).append(target)
    for number, digest in enumerate(sorted(using)):
        if number % BATCH == 0:
            on_progress(number, len(using), "reading")
        try:
            read_target(fetch_bytes(desk.registry.get, digest))
        except PromptcError as error:
            wrong.append(_lost(f"`{digest[:19]}…`", using[digest], error))
    return len(using)


def _lacking(desk: Desk, targets: list[tuple[str, Digest]], provides: Provides) -> Iterator[PromptcError]:
    """What the service lacks, each once, with a target that needs it."""
    seen: set[Digest] = set()
    said: set[str] = set()
    for target, digest in targets:
        prompt = target.partition("/")[2]
        if digest in seen or is_allocation(prompt) or not provides.uses(prompt):
            continue
        seen.add(digest)
        artifact = Artifact.decode(fetch_bytes(desk.registry.get, digest))
        for what in lacking(provides, artifact):
            if f"{what} {artifact.prompt}" not in said:
                said.add(f"{what} {artifact.prompt}")
                yield PromptcError(
                    "K007",
                    f"the service lacks {what} of `{artifact.prompt}`, which `{target}` needs",
                    hint="deploy a service that has it, or pin an entry that does not need it",
                    exit_code=Exit.NO,
                )


def read_provides(path: str) -> Provides:
    """What a service says that it has: `{"tools": […], "prompts": {"NAME": ["INPUT"]}}`. PromptcError K008."""
    try:
        found = json.loads(Path(path).read_bytes())
        tools, prompts = found.get("tools"), found.get("prompts")
        if isinstance(prompts, list):
            prompts = dict.fromkeys(prompts)
        is_sound = (tools is None or _are_names(tools)) and (prompts is None or all(v is None or _are_names(v) for v in prompts.values()))
        if not is_sound or found.keys() - {"tools", "prompts"}:
            raise ValueError
        return Provides(None if tools is None else frozenset(tools), prompts)
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        raise PromptcError(
            "K008",
            f"`{shortened(path)}` does not say what a service has",
            hint='write `{"tools": ["NAME"], "prompts": {"PROMPT": ["INPUT"]}}`; leave out what it does not say',
        ) from error


def _are_names(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _revoked(desk: Desk, pin: Pin) -> None:
    for digest in (pin.root, *pin.exceptions.values()):
        said = revocation(desk, digest)
        if said is not None:
            raise PromptcError(
                "V013",
                f"`{digest[:19]}…` was revoked by {said.who}: {said.why or 'no reason was given'}",
                hint="`promptc pin --update` takes the channel's head instead",
                exit_code=Exit.INTEGRITY,
            )


def _lost(what: str, targets: list[str], error: PromptcError) -> PromptcError:
    more = f" and {len(targets) - SHOWN_MAX:,} more" if len(targets) > SHOWN_MAX else ""
    of = f", which is {', '.join(f'`{name}`' for name in targets[:SHOWN_MAX])}{more}," if targets else ""
    return PromptcError(
        "K003",
        f"{what}{of} can't be served: {error.message}",
        hint="`promptc verify --repair` restores it; until then a service serves what it has verified before",
        exit_code=Exit.INTEGRITY,
    )


def _stale(pin: Pin, found: Behind) -> PromptcError:
    entries = f"{found.entries:,} {'entry' if found.entries == 1 else 'entries'}"
    targets = f"{len(found.changes):,} {'target' if len(found.changes) == 1 else 'targets'}"
    return PromptcError(
        "K006",
        f"the pin is {entries} behind `{found.head.moment}`, which serves {targets} otherwise",
        hint=f"`promptc diff {pin.moment} {found.head.moment}` shows them, `promptc pin --update` takes them over",
        exit_code=Exit.NO,
    )
