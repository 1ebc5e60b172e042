"""Receipts: read one back: who was served which artifact, of which entry.

    a line of JSON -> [receipts] -> Receipt -> Prompts.resume, promptc show --receipt
"""

from __future__ import annotations

import json

from promptc.core.dataclass import dataclass, field
from promptc.core.digest import parse_digest
from promptc.runtime.errors import BadReceipt
from promptc.runtime.served import RECEIPT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_TEXTS = (
    "time", "tenant", "served", "prompt", "artifact", "lineage", "channel", "root", "model", "deployment", "api", "inputs", "body",
    "runtime",
)  # fmt: skip
_APIS = ("openai", "anthropic", "gemini", "messages")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt says; digests are checked for their form. `history` is "" where there was none."""

    time: str
    tenant: str
    served: str
    prompt: str
    artifact: str
    lineage: str
    channel: str
    entry: int
    root: str
    model: str
    deployment: str
    api: str
    inputs: str
    body: str
    runtime: str
    options: Mapping[str, Any] = field(default_factory=dict)
    history: str = ""
    pin: str = ""
    variant: str = ""

    @classmethod
    def read(cls, given: str | bytes | Mapping[str, Any]) -> Receipt:
        """The receipt in a line, or in data that was read from one. BadReceipt."""
        try:
            found = json.loads(given) if isinstance(given, (str, bytes)) else dict(given)
            if not isinstance(found, dict) or found.get("format") != RECEIPT:
                raise ValueError(f"it is not `{RECEIPT}`")
            texts = {name: found[name] for name in _TEXTS}
            optional = {name: found.get(name, "") for name in ("history", "pin", "variant")}
            if not all(isinstance(value, str) for value in (*texts.values(), *optional.values())) or texts["api"] not in _APIS:
                raise ValueError("a part of it is malformed")
            for name in ("artifact", "root", "inputs", "body"):
                parse_digest(texts[name])
            if not isinstance(found["entry"], int) or not isinstance(found["options"], dict):
                raise ValueError("a part of it is malformed")
            return cls(**texts, entry=found["entry"], options=found["options"], **optional)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            said = f"`{error.args[0]}` is missing" if isinstance(error, KeyError) else str(error)
            raise BadReceipt(f"this is no receipt: {said[:120]}", hint="give the line that `rendered.receipt` gave, unchanged") from error
