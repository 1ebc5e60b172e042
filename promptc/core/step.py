"""Step: how far one thing that is to be reconciled has come, as a small file beside the entry that asks for it.

    reconcile -> [step] -> channels/NAME/steps/N/ID.json -> reconcile, history

Pure. A step without a file is pending; what is done or waived stays so, since a file is created once and never changed.
"""

from __future__ import annotations

from typing import Any, Literal

from promptc.core.channel import folder_of
from promptc.core.dataclass import dataclass
from promptc.core.digest import digest_of
from promptc.core.document import expect_keys, read_document, wrong
from promptc.core.values import canonical_bytes

STEP = "promptc.step/1"
_KEYS = {
    "format": str, "channel": str, "number": int, "id": str, "state": str, "who": str, "why": str, "time": str, "tries": int,
    "digest": str,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class StepState:
    """Who did a step or waived it, why, and when; `tries` counts those of a hook."""

    channel: str
    number: int
    id: str
    state: Literal["done", "waived"]
    who: str
    why: str
    time: str
    tries: int = 0


def step_name(channel: str, number: int, step: str) -> str:
    """The name of a step's file in a registry."""
    return f"{folder_of(channel)}/steps/{number}/{step}.json"


def encode_state(state: StepState) -> bytes:
    """Its canonical bytes; like every file that no digest leads to, it carries its own."""
    found = _document(state)
    return canonical_bytes({**found, "digest": digest_of(canonical_bytes(found))})


def decode_state(data: bytes) -> StepState:
    """The state that bytes hold; PromptcError D001 when they are others than were written."""
    document = read_document(data, STEP)
    expect_keys(document, _KEYS)
    if document["state"] not in ("done", "waived"):
        raise wrong("a step is neither done nor waived")
    named = {key: document[key] for key in ("channel", "number", "id", "state", "who", "why", "time", "tries")}
    state = StepState(**named)
    if encode_state(state) != data:
        raise wrong("a step's state is not what was written")
    return state


def _document(state: StepState) -> dict[str, Any]:
    return {
        "format": STEP, "channel": state.channel, "number": state.number, "id": state.id, "state": state.state,
        "who": state.who, "why": state.why, "time": state.time, "tries": state.tries,
    }  # fmt: skip
