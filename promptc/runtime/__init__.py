"""What ships to production: gives a tenant's prompt, verified, and renders it with a request's inputs. Standard library alone."""

from promptc.core.errors import PromptcError
from promptc.core.residual import InputError
from promptc.runtime.artifact import Artifact
from promptc.runtime.errors import (
    BadReceipt,
    ClientError,
    Closed,
    Damaged,
    Foreign,
    Lacking,
    Misused,
    NoChannel,
    OtherModel,
    Removed,
    Revoked,
    UnknownPrompt,
    UnknownTenant,
    Unreachable,
    Untrusted,
    WentBack,
)
from promptc.runtime.prompts import Prompts, Status
from promptc.runtime.rendered import Rendered
from promptc.runtime.request import RequestError
from promptc.runtime.served import Prompt, Ready

__all__ = [
    "Artifact", "BadReceipt", "ClientError", "Closed", "Damaged", "Foreign", "InputError", "Lacking", "Misused", "NoChannel",
    "OtherModel", "Prompt", "PromptcError", "Prompts", "Ready", "Removed", "Rendered", "RequestError", "Revoked", "Status",
    "UnknownPrompt", "UnknownTenant", "Unreachable", "Untrusted", "WentBack",
]  # fmt: skip
