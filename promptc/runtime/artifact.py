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
from promptc.core.program import Inputs, Program, condition
from promptc.core.residual import InputError, Scope
from promptc.runtime.rendered import History, Message, Rendered, Step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Artifact:
    """A compiled prompt, ready to render. Immutable; one may serve any number of threads."""

    __slots__ = ("_document", "_ready", "digest")

    def __init__(self, document: Document, digest: Digest) -> None:
        self._document = document
        self.digest = digest
        # Made when it is first rendered: of many that are loaded few are.
        self._ready: tuple[Inputs, tuple[Any, ...]] | None = None

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
        ready = self._ready
        if ready is None:
            ready = self._ready = (Inputs(self._document.inputs), _made(self._document.messages))
        conversation = _conversation(history)
        steps = _steps(ready[1], Scope(ready[0].fill(inputs or {})), History(conversation))
        if conversation and not any(isinstance(step, History) for step in steps):
            steps += _unplaced(steps, conversation)
        return Rendered(self._document, tuple(steps))


def _asked(digest: str) -> Digest:
    try:
        return parse_digest(digest)
    except ValueError as error:
        raise PromptcError("D001", "a digest is `sha256:` and 64 hex digits", exit_code=Exit.USAGE) from error


def _conversation(history: Iterable[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    if history == () or history == []:
        return ()
    turns = () if isinstance(history, (str, bytes, Mapping)) else tuple(history)
    if isinstance(history, (str, bytes, Mapping)) or not all(isinstance(turn, Mapping) for turn in turns):
        raise InputError(
            "R008",
            "`history` must be a list of messages in the provider's shape",
            path="history",
            hint="give a list of dicts",
        )
    return turns


def _made(messages: Sequence[Mapping[str, Any]]) -> tuple[Any, ...]:
    """Messages ready to run: as they are, a role with its content, a condition with both branches, or None for the history."""
    found: list[Any] = []
    for message in messages:
        if "when" in message:
            found.append((condition(message["when"]), _made(message.get("then", ())), _made(message.get("else", ()))))
        elif "history" in message:
            found.append(None)
        else:
            program = Program(message["content"])
            found.append((message["role"], program) if program.constant is None else Message(message["role"], program.constant))
    return tuple(found)


def _steps(messages: Sequence[Any], scope: Scope, history: History) -> list[Step]:
    steps: list[Step] = []
    for message in messages:
        if message.__class__ is Message:
            steps.append(message)
        elif message is None:
            steps.append(history)
        elif len(message) == 2:
            role, program = message
            steps.append(Message(role, program.run(scope)))
        else:
            holds, then, otherwise = message
            steps += _steps(then if holds(scope) else otherwise, scope, history)
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
