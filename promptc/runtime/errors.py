"""Errors of a client: one type for each thing that can go wrong when a service is to be given a prompt.

    Prompts -> [errors] -> whoever catches; docs/runtime.md has them as a table

Each is a PromptcError with a code, a sentence and a hint; a service catches the type that it can do something about.
"""

from __future__ import annotations

from promptc.core.errors import Exit, PromptcError


class ClientError(PromptcError):
    """What a client can't do. `code` and `exit_code` follow from the type."""

    CODE = "R100"
    EXIT = Exit.INTEGRITY

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(self.CODE, message, hint=hint, exit_code=self.EXIT)


class Unreachable(ClientError):
    """R100: the registry did not answer, and nothing that was verified before stands in for it."""

    CODE, EXIT = "R100", Exit.REMOTE


class UnknownTenant(ClientError):
    """R101: what is served has no such tenant, neither by id nor by alias."""

    CODE, EXIT = "R101", Exit.USAGE


class UnknownPrompt(ClientError):
    """R102: the tenant is not served such a prompt."""

    CODE, EXIT = "R102", Exit.USAGE


class Revoked(ClientError):
    """R103: the root or the artifact was revoked, and the client is set to stop then, or has nothing to fall back to."""

    CODE, EXIT = "R103", Exit.NO


class Damaged(ClientError):
    """R104: bytes don't have the digest that names them, or aren't there; nothing unverified is served in their place."""

    CODE = "R104"


class WentBack(ClientError):
    """R105: the registry knows less of the channel than this client has seen, or tells it otherwise."""

    CODE = "R105"


class Foreign(ClientError):
    """R106: an entry or a pin belongs to the history of another registry."""

    CODE = "R106"


class NoChannel(ClientError):
    """R107: the registry has no such channel."""

    CODE, EXIT = "R107", Exit.USAGE


class OtherModel(ClientError):
    """R108: another model was asked for than the prompt was compiled and evaluated for."""

    CODE, EXIT = "R108", Exit.NO


class Lacking(ClientError):
    """R109: a prompt needs a tool or an input that the service does not have. `lacks` lists all."""

    CODE, EXIT = "R109", Exit.NO

    def __init__(self, message: str, *, hint: str = "", lacks: tuple[str, ...] = ()) -> None:
        super().__init__(message, hint=hint)
        self.lacks = lacks


class BadReceipt(ClientError):
    """R110: a receipt is malformed, or what it says was never served so."""

    CODE, EXIT = "R110", Exit.USAGE


class Closed(ClientError):
    """R111: the client was closed."""

    CODE, EXIT = "R111", Exit.USAGE


class Removed(ClientError):
    """R112: the text was retired or forgotten: it was removed from the registry on purpose."""

    CODE, EXIT = "R112", Exit.NO


class Misused(ClientError):
    """R113: the client was opened with arguments that don't go together."""

    CODE, EXIT = "R113", Exit.USAGE


class Untrusted(ClientError):
    """R114: signatures were required, and the head is not signed as the client requires."""

    CODE = "R114"


ALL: tuple[type[ClientError], ...] = (
    Unreachable, UnknownTenant, UnknownPrompt, Revoked, Damaged, WentBack, Foreign, NoChannel, OtherModel, Lacking, BadReceipt,
    Closed, Removed, Misused, Untrusted,
)  # fmt: skip
