"""One world of folders in every state, for all tests here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.sweep import World


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    made = World()
    yield made
    made.close()
