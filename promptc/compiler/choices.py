"""Choices: what a chain makes of each prompt, folded from the left beside the variables.

    overrides -> [choices] -> resolve

A Choice here is still unfinished: its model is not remapped and its blocks' texts are as they were written. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from promptc.compiler.definitions import Defined, PromptPart, holds_reference
from promptc.compiler.interpolate import References, names_asked
from promptc.compiler.locks import Locks
from promptc.compiler.merge import Fold, Path, unique
from promptc.compiler.project import BlockAction, Choice, Overlay, Prompt, Setting
from promptc.core.allocation import family_of
from promptc.core.dataclass import dataclass, replace
from promptc.core.findings import Finding


def first_choice(prompt: Prompt) -> Choice:
    """What the prompt itself says, before any overlay."""
    return Choice(prompt.enabled, prompt.model, prompt.config, prompt.tools)


def fold_choice(
    choice: Choice, prompt: Prompt, defined: Defined, *, locks: Locks, before: Callable[[Path], bool]
) -> tuple[Choice, tuple[Finding, ...]]:
    """The choice after one overlay, and what is wrong with its laying."""
    findings: list[Finding] = []
    for part in defined.prompts[prompt.name]:
        laying = _Laying(prompt, part, defined.overlay, locks, Fold(before))
        choice = laying.lay(choice)
        # Under `"*"` a directive is meant for those prompts that it fits; the others are no mistake.
        idle = ("O004", "O006") if part.every else ()
        findings += [found for found in laying.fold.findings if found.code not in idle]
    return choice, tuple(findings)


@dataclass(frozen=True, slots=True)
class _Laying:
    """One overlay's part for one prompt, being laid over what the chain made of the prompt before."""

    prompt: Prompt
    part: PromptPart
    overlay: Overlay
    locks: Locks
    fold: Fold

    @property
    def family(self) -> str:
        """The prompt that overlays speak of."""
        return family_of(self.prompt.name)

    def lay(self, choice: Choice) -> Choice:
        """The choice after the part."""
        changes: dict[str, Any] = {}
        for key, setting in self.part.settings.items():
            # What is final of a prompt is so of its variants, and what is wrong with both is said once.
            path = ("prompts", self.family, key)
            admitted = self.locks.admitted(setting, path, self.fold.findings)
            if admitted is None:
                continue
            if key == "blocks":
                changes["blocks"] = self._blocks(choice.blocks, admitted)
            else:
                declared = {} if key == "variants" else getattr(self.prompt, key)
                value = self.fold.lay(getattr(choice, key), admitted, path=path, declared=declared)
                changes[key] = tuple(unique(value)) if key == "tools" else value
        return replace(choice, **changes) if changes else choice

    def _blocks(
        self, blocks: Mapping[str, tuple[BlockAction, ...]], setting: Setting
    ) -> dict[str, tuple[BlockAction, ...]]:
        laid = dict(blocks)
        for name, child in setting.data.items():
            if child.directive == "unset":
                if not laid.pop(name, ()):
                    self.fold.lay(None, child, path=("prompts", self.family, "blocks", name))
            else:
                laid[name] = (*laid.get(name, ()), self._action(name, child))
        return laid

    def _action(self, name: str, setting: Setting) -> BlockAction:
        kind = _KINDS.get(setting.directive) or self.prompt.overridable.blocks.get(name, "replace")
        text = setting.data["text"]
        overlay = self.overlay
        return BlockAction(
            kind, text, text, overlay.name, overlay.kind, setting.place,
            against=str(setting.data.get("against", "")), every=self.part.every,
        )  # fmt: skip


# `!unset` and `!remove` never come here: the one is handled before, the other refused when a block is typed.
_KINDS: Mapping[str, Literal["append", "prepend", "replace"]] = {
    "append": "append",
    "prepend": "prepend",
    "replace": "replace",
}


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
