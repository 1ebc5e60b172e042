"""One world of folders in every state, for all tests here."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.faults.sweep import World


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    here = os.getcwd()
    made = World()
    yield made
    made.close()
    os.chdir(here)
