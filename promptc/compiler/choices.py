"""Choices: what a chain makes of each prompt, folded from the left beside the variables.

    overrides -> [choices] -> resolve

A Choice here is still unfinished: its model is not remapped and its blocks' texts are as they were written. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from promptc.compiler.definitions import Defined, PromptPart, holds_reference
from promptc.compiler.interpolate import References, names_asked
from promptc.compiler.locks import Locks
from promptc.compiler.merge import Fold, Path, unique
from promptc.compiler.project import BlockAction, Choice, Overlay, Prompt, Setting
from promptc.core.findings import Finding


def first_choice(prompt: Prompt) -> Choice:
    """What the prompt itself says, before any overlay."""
    return Choice(prompt.enabled, prompt.model, prompt.config, prompt.tools)


def fold_choice(
    choice: Choice, prompt: Prompt, defined: Defined, *, locks: Locks, before: Callable[[Path], bool]
) -> tuple[Choice, tuple[Finding, ...]]:
    """The choice after one overlay, and what is wrong with its laying."""
    fold = Fold(before)
    for part in defined.prompts[prompt.name]:
        # Under `"*"` a directive is meant for those prompts that it fits; the others are no mistake.
        laying = Fold(before) if part.every else fold
        choice = _lay_part(choice, prompt, part, overlay=defined.overlay, fold=laying, locks=locks)
        if part.every:
            fold.findings.extend(found for found in laying.findings if found.code not in ("O004", "O006"))
    return choice, tuple(fold.findings)


def _lay_part(
    choice: Choice, prompt: Prompt, part: PromptPart, *, overlay: Overlay, fold: Fold, locks: Locks
) -> Choice:
    path = ("prompts", prompt.name)
    changes: dict[str, Any] = {}
    declared = {"enabled": prompt.enabled, "model": prompt.model, "config": prompt.config, "tools": prompt.tools}
    for key, setting in part.settings.items():
        if key == "variants":
            continue
        admitted = locks.admitted(setting, (*path, key), fold.findings)
        if admitted is None:
            continue
        if key == "blocks":
            changes["blocks"] = _lay_blocks(choice.blocks, prompt, admitted, part=part, overlay=overlay, fold=fold)
        else:
            value = fold.lay(getattr(choice, key), admitted, path=(*path, key), declared=declared[key])
            changes[key] = tuple(unique(value)) if key == "tools" else value
    return replace(choice, **changes) if changes else choice


def _lay_blocks(
    blocks: Mapping[str, tuple[BlockAction, ...]],
    prompt: Prompt,
    setting: Setting,
    *,
    part: PromptPart,
    overlay: Overlay,
    fold: Fold,
) -> dict[str, tuple[BlockAction, ...]]:
    laid = dict(blocks)
    for name, child in setting.data.items():
        if child.directive == "unset":
            if not laid.pop(name, ()):
                fold.lay(None, child, path=("prompts", prompt.name, "blocks", name))
            continue
        kind = child.directive or prompt.overridable.blocks.get(name, "replace")
        text = child.data["text"]
        action = BlockAction(
            kind, text, text, overlay.name, overlay.kind, child.place,
            against=str(child.data.get("against", "")), every=part.every,
        )  # fmt: skip
        laid[name] = (*laid.get(name, ()), action)
    return laid


def asks(choice: Choice) -> bool:
    """Whether a text of the choice's blocks holds `${`."""
    return any("${" in action.text for actions in choice.blocks.values() for action in actions)


def remapped(choice: Choice, models: Mapping[str, str]) -> Choice:
    """The choice with its model replaced as the chain's `models:` says, in one step."""
    model = models.get(choice.model, choice.model)
    return choice if model == choice.model else replace(choice, model=model)


def filled(choice: Choice, prompt: str, references: References, confidential: frozenset[str]) -> Choice:
    """The choice with the references in its blocks' texts filled in; a text that fails stays as it is."""
    blocks = {
        name: tuple(_filled_action(action, (prompt, name), references, confidential) for action in actions)
        for name, actions in choice.blocks.items()
    }
    return replace(choice, blocks=blocks)


def _filled_action(
    action: BlockAction, where: tuple[str, str], references: References, confidential: frozenset[str]
) -> BlockAction:
    if not holds_reference(action.raw):
        return action
    text = references.text(action.raw, ("prompts", where[0], "blocks", where[1]))
    secret = any(name in confidential for name in names_asked(action.raw))
    return replace(action, text=action.raw if text is None else text, confidential=secret)
