"""Memory: where a compiler's renders are remembered between builds, as the compiler asks for it.

    compiler -> [memory] -> an embedded store, which the compiler knows nothing of

Pure: this is a form alone; what fills it comes in as a value.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol


class Memory(Protocol):
    """Remembered leaves by static key. What comes back may be damaged or missing, and never is trusted for its key."""

    def load(self, key: str, /) -> Iterable[bytes]:
        """Every leaf that is remembered under a static key."""

    def keep(self, key: str, leaf: str, data: bytes, /) -> None:
        """Remember a leaf; equal leaves have equal names."""

    def used(self, key: str, leaves: Iterable[str], /) -> None:
        """Note that leaves which came from here were of use."""
