"""Tokens: how many tokens a compiled prompt's text comes to, by the tokenizer that the settings name. The door of kitoken.

    settings, an artifact's lines -> [tokens] -> a count

Offline: the tokenizer is a file of the project's (`.tiktoken`, a `tokenizer.json`, SentencePiece, Tekken). What an input
fills in is not known, and not counted.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from promptc.core.errors import Exit, PromptcError
from promptc.core.visible import shortened

FILE_BYTES_MAX = 64 * 1024 * 1024
Counter = Callable[[str], int]


def counter_of(folder: Path, name: str) -> Counter | None:
    """What counts tokens; None where the settings name no tokenizer. PromptcError G009 where it can't be used."""
    if not name:
        return None
    try:
        from kitoken import Kitoken
    except ImportError:
        raise _unusable(name, "the extra `tokens` is not installed", "pip install 'promptc-build[tokens]'") from None
    path = folder / name
    if not path.is_file() or path.stat().st_size > FILE_BYTES_MAX:
        raise _unusable(name, "there is no such file of at most 64 MiB", "name one below the project's folder")
    try:
        made: Any = Kitoken.from_file(str(path))
    except Exception as error:  # noqa: BLE001 - whatever a foreign file makes of it
        raise _unusable(
            name, f"it can't be read: {str(error)[:80]}", "a `.tiktoken`, `tokenizer.json` or `.model` file"
        ) from None
    # Literal `<|endoftext|>` in a prompt is text.
    return lambda text: len(made.encode(text, False))  # noqa: FBT003 - the library's own bit


def _unusable(name: str, why: str, hint: str) -> PromptcError:
    return PromptcError(
        "G009", f"the tokenizer `{shortened(name)}` can't be used: {why}", hint=hint, exit_code=Exit.MACHINE
    )
