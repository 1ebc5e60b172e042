"""Artifact: what a service loads, and renders with each request's inputs.

    bytes -> [load] -> artifact -> [render] -> Rendered -> a provider's request body

The bytes are held against the digest that was asked for before anything is read from them, and the whole program is
checked when it is loaded, so that a damaged artifact fails there and not in the branch that a request happens to take.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from promptc.core.artifact import Artifact as Document
from promptc.core.digest import Digest, digest_of, parse_digest
from promptc.core.errors import Exit, PromptcError
from promptc.core.inputs import fill_inputs
from promptc.core.residual import InputError, Scope, render_parts, truth
from promptc.runtime.rendered import History, Message, Rendered, Step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Artifact:
    """A compiled prompt, ready to render. Immutable; one may serve any number of threads."""

    __slots__ = ("_document", "digest")

    def __init__(self, document: Document, digest: Digest) -> None:
        self._document = document
        self.digest = digest

    @classmethod
    def load(cls, data: bytes, digest: str = "") -> Artifact:
        """Read an artifact's bytes. PromptcError (D001, D003, D005) for damage, another format, or another digest."""
        found = digest_of(data)
        if digest and _asked(digest) != found:
            raise PromptcError(
                "D001",
                f"the artifact's bytes are not those of `{digest[:80]}`",
                hint="fetch them again; nothing was read from them",
                exit_code=Exit.INTEGRITY,
            )
        return cls(Document.decode(data), found)

    @property
    def prompt(self) -> str:
        """The prompt's name."""
        return self._document.prompt

    @property
    def model(self) -> Mapping[str, Any]:
        """`provider`, `name`, and what is known of `revision`, `quantization` and `window`."""
        return self._document.model

    @property
    def inputs(self) -> Mapping[str, Any]:
        """The inputs' schemas by name."""
        return self._document.inputs

    def render(self, inputs: Mapping[str, Any] | None = None, history: Iterable[Mapping[str, Any]] = ()) -> Rendered:
        """The prompt with its inputs. InputError lists everything that is wrong with them.

        `history` is the conversation so far, oldest first, in the shape of the provider whose body is asked for next.
        It is passed on as it is and never read.
        """
        filled = fill_inputs(self._document.inputs, inputs or {})
        conversation = _conversation(history)
        steps = _steps(self._document.messages, filled, History(conversation))
        if not any(isinstance(step, History) for step in steps):
            steps += _unplaced(steps, conversation)
        return Rendered(self._document, tuple(steps))


def _asked(digest: str) -> Digest:
    try:
        return parse_digest(digest)
    except ValueError as error:
        raise PromptcError("D001", "a digest is `sha256:` and 64 hex digits", exit_code=Exit.USAGE) from error


def _conversation(history: Iterable[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    turns = () if isinstance(history, (str, bytes, Mapping)) else tuple(history)
    if isinstance(history, (str, bytes, Mapping)) or not all(isinstance(turn, Mapping) for turn in turns):
        raise InputError(
            "R008",
            "`history` must be a list of messages in the provider's shape",
            path="history",
            hint="give a list of dicts",
        )
    return turns


def _steps(messages: Sequence[Mapping[str, Any]], inputs: Mapping[str, Any], history: History) -> list[Step]:
    steps: list[Step] = []
    for message in messages:
        if "when" in message:
            branch = "then" if truth(message["when"], Scope(inputs)) else "else"
            steps += _steps(message.get(branch, ()), inputs, history)
        elif "history" in message:
            steps.append(history)
        else:
            steps.append(Message(message["role"], tuple(render_parts(message["content"], inputs))))
    return steps


def _unplaced(steps: list[Step], conversation: tuple[Mapping[str, Any], ...]) -> list[Step]:
    """Where a conversation goes in a prompt that names no place: after one that is system messages and no more."""
    if not conversation:
        return []
    if all(isinstance(step, Message) and step.role in ("system", "developer") for step in steps):
        return [History(conversation)]
    raise InputError(
        "R008",
        "this prompt has no place for a history, and it would be lost",
        path="history",
        hint="write `{% history %}` between its messages, or give none",
    )
