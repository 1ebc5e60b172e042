"""The smallest artifacts that tests need, made from literals through the real encoder and the real loader."""

from __future__ import annotations

from typing import Any

from promptc.core.artifact import Artifact as Document
from promptc.runtime import Artifact

ANTHROPIC = {"provider": "anthropic", "name": "claude-sonnet-5-5"}
OPENAI = {"provider": "openai", "name": "gpt-5.2"}
GEMINI = {"provider": "gemini", "name": "gemini-3-pro"}


def artifact_of(messages: Any, **given: Any) -> Artifact:
    """An artifact of the messages; `inputs`, `config`, `tools`, `output`, `model` as they stand in the document."""
    document = Document(
        prompt=given.pop("prompt", "test"), model=given.pop("model", OPENAI), messages=messages, **given
    )
    return Artifact.load(document.encode())
