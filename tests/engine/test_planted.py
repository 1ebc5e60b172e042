"""Planted defects: each is caught by a test; and the tests that catch them pass as long as nothing is planted."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from promptc.compiler.trie import Nondeterministic
from tests.engine.planted import CHECKS, PLANTED, passes

for room in ("answers", "keys", "compiler", "driver", "store"):
    importlib.import_module(f"tests.engine.planted_{room}")

# How a check says no. Whatever else is raised is a plant that was put in badly.
CAUGHT = (AssertionError, Nondeterministic, pytest.fail.Exception)


@pytest.mark.parametrize("check", CHECKS)
def test_a_check_passes_without_a_defect(check: str) -> None:
    passes(check)


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_defect_is_caught(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planted = PLANTED[name]
    passes(planted.check.name)
    planted.plant(monkeypatch)
    with pytest.raises((*CAUGHT, *planted.raises)) as caught:
        planted.check.run(tmp_path)
    print(f"{planted.plant.__doc__}\n{planted.check.name}\n{caught.value}")


def test_there_are_enough_of_them() -> None:
    assert len(PLANTED) >= 60
    assert all(planted.plant.__doc__ for planted in PLANTED.values())
