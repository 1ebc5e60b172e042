"""Receipts looked at afterwards: the artifact that a receipt names, whether its entry served it, and the same body made again.

    a receipt, inputs, history -> a registry, build/ -> [receipts] -> Rebuilt
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from promptc.core.channel import entry_at
from promptc.core.dataclass import dataclass
from promptc.core.digest import Digest, digest_of
from promptc.core.document import fetch_bytes
from promptc.core.errors import Exit, PromptcError
from promptc.core.manifest import look_up
from promptc.core.values import canonical_bytes
from promptc.core.visible import shortened
from promptc.driver.release.opening import Desk
from promptc.driver.release.source import build_of, reader
from promptc.runtime.artifact import Artifact
from promptc.runtime.receipts import Receipt


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a receipt says, and what is found of it. `was_served` is None where the registry can't tell; `inputs`, `history` and
    `body` say whether they agree, None where they weren't given. `made` is the body that was made again.
    """

    receipt: Receipt
    data: bytes
    was_served: bool | None
    inputs: bool | None
    history: bool | None
    body: bool | None
    made: Any

    @property
    def agrees(self) -> bool:
        """Whether nothing speaks against it."""
        return False not in (self.was_served, self.inputs, self.history, self.body)


def read_receipt(path: str) -> Receipt:
    """The receipt in a file: its first line. PromptcError R110."""
    try:
        with open(path, encoding="utf-8") as file:
            return Receipt.read(file.readline())
    except (OSError, UnicodeDecodeError) as error:
        raise PromptcError("R110", f"`{shortened(path)}` can't be read", hint="give a file whose first line is a receipt") from error


def rebuilt(desk: Desk, receipt: Receipt, inputs: Mapping[str, Any] | None, history: Sequence[Mapping[str, Any]]) -> Rebuilt:
    """Make the body again, as far as inputs are given. PromptcError D002, V014 where the text is not here any more."""
    store = build_of(desk)
    get = reader(desk, store.get) if store is not None else reader(desk)
    data = fetch_bytes(get, Digest(receipt.artifact))
    artifact = Artifact.load(data, receipt.artifact)
    was_served = _was_served(desk, receipt)
    if inputs is None:
        return Rebuilt(receipt, data, was_served, None, None, None, None)
    rendered = artifact.render(inputs, history)
    made: Any = rendered.messages if receipt.api == "messages" else getattr(rendered, receipt.api)(**receipt.options)
    if isinstance(made, dict) and "model" in made and receipt.deployment:
        made["model"] = receipt.deployment
    said = digest_of(canonical_bytes(list(history))) if history else ""
    return Rebuilt(
        receipt, data, was_served, digest_of(canonical_bytes(inputs)) == receipt.inputs, said == receipt.history,
        digest_of(canonical_bytes(made)) == receipt.body, made,
    )  # fmt: skip


def _was_served(desk: Desk, receipt: Receipt) -> bool | None:
    """Whether the entry served that artifact to that tenant; a pin's exceptions are nowhere but in the pin."""
    if receipt.pin or not desk.lineage:
        return None
    if desk.lineage != receipt.lineage:
        raise PromptcError(
            "V005", "the receipt is of another registry's history", hint="name that registry with `--registry`", exit_code=Exit.INTEGRITY
        )
    try:
        entry = entry_at(desk.registry.read, receipt.channel, receipt.entry)
        name = f"{receipt.prompt}.{receipt.variant}" if receipt.variant else receipt.prompt
        served = {look_up(desk.registry.get, entry.root, receipt.served, one) for one in (receipt.prompt, name)}
    except PromptcError:
        return None
    return receipt.artifact in served
