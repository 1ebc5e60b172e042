"""Rendered: a prompt with its inputs, as roles and segments; each provider's request body is made from it.

    Artifact.render -> [Rendered] -> openai, anthropic, gemini

Roles stand apart from text here and stay apart: no provider's door reads text again, so no value can forge a turn.
"""

from __future__ import annotations

from collections.abc import Mapping

from promptc.core.artifact import Artifact as Document
from promptc.core.dataclass import dataclass
from promptc.core.residual import Segment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Message:
    """One message: its role and its segments (`text`, `media`, `cache`)."""

    role: str
    content: tuple[Segment, ...]

    @property
    def text(self) -> str:
        """Its texts, joined."""
        return "".join(segment["text"] for segment in self.content if segment["type"] == "text")


@dataclass(frozen=True, slots=True)
class History:
    """The conversation so far, in the provider's own shape."""

    turns: tuple[Mapping[str, Any], ...]


Step: TypeAlias = Message | History


@dataclass(frozen=True, slots=True)
class Rendered:
    """A prompt that is ready to be sent."""

    document: Document
    steps: tuple[Step, ...]

    @property
    def messages(self) -> list[dict[str, Any]]:
        """Messages as `{"role": …, "content": [segment]}`; the history's turns stand among them as they were given."""
        found: list[dict[str, Any]] = []
        for step in self.steps:
            if isinstance(step, History):
                found += [dict(turn) for turn in step.turns]
            else:
                found.append({"role": step.role, "content": [dict(segment) for segment in step.content]})
        return found

    def text(self) -> str:
        """The prompt as a person reads it; for a prompt of one message just its text. Never to be read by a program."""
        if len(self.steps) == 1 and isinstance(self.steps[0], Message):
            return self.steps[0].text
        return "\n\n".join(_shown(step) for step in self.steps)

    def openai(
        self, *, api: Literal["chat", "responses"] = "chat", cache: Literal["auto", "explicit", "implicit"] = "auto"
    ) -> dict[str, Any]:
        """A request body for OpenAI's Chat Completions API, or its Responses API.

        `cache`: OpenAI finds repeated prefixes by itself, and models from gpt-5.6 on also take explicit marks; `auto`
        sends marks to those alone. RequestError for what the API can't express.
        """
        if api == "responses":
            from promptc.runtime.openai_responses import responses_body

            return responses_body(self, cache=cache)
        from promptc.runtime.openai_chat import chat_body

        return chat_body(self, cache=cache)

    def anthropic(self, *, version: Literal["2026-10-21", "2023-06-01"] = "2026-10-21") -> dict[str, Any]:
        """A request body for Anthropic's Messages API, as its `anthropic-version` takes it.

        From 2026-10-21 on it takes no `temperature` and no `top_p`. RequestError for what the API can't express.
        """
        from promptc.runtime.anthropic import messages_body

        return messages_body(self, version=version)

    def gemini(self, *, api: Literal["rest", "sdk"] = "rest") -> dict[str, Any]:
        """A body for Gemini's generateContent, or with `sdk` the arguments of google-genai's `generate_content`.

        The REST body holds no model: its name is a part of the URL (`model_name`). RequestError for what the API can't
        express.
        """
        from promptc.runtime.gemini import generate_body, sdk_arguments

        body = generate_body(self)
        return sdk_arguments(self, body) if api == "sdk" else body

    @property
    def model_name(self) -> str:
        """The model as its vendor's API calls it: the name, and the revision where one is set."""
        from promptc.runtime.request import model_name

        return model_name(self.document.model)


def _shown(step: Step) -> str:
    if isinstance(step, History):
        return f"[history: {len(step.turns)} messages]"
    parts: list[str] = []
    for segment in step.content:
        if segment["type"] == "text":
            parts.append(segment["text"])
        elif segment["type"] == "media":
            parts.append(f"[media: {segment.get('url') or segment.get('name') or segment.get('media_type', '')}]")
    return f"[{step.role}]\n{''.join(parts)}"
