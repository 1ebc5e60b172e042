"""A plugin for pytest: runs Jinja2's own tests with our code generator in place of its own.

test_jinja_suite.py loads it in a pytest of its own, over the tests of Jinja2's source package.
"""

from __future__ import annotations

import sys
from typing import Any

import jinja2
import jinja2.environment
import pytest

from promptc.compiler.template.environment import jinja_suite_environment

# A class, since some tests derive their own environment from it.
ours: Any = type(jinja_suite_environment())


@pytest.fixture
def env() -> Any:
    """What Jinja2's conftest gives: a new environment."""
    return ours()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put our environment into every test module that imported Jinja2's, and into its conftest."""
    for module in {item.module for item in items if isinstance(item, pytest.Function)}:  # type: ignore[attr-defined]
        if getattr(module, "Environment", None) is jinja2.Environment:
            module.Environment = ours
    for name, module in list(sys.modules.items()):
        if name.rpartition(".")[2] == "conftest" and getattr(module, "Environment", None) is jinja2.environment.Environment:
            module.Environment = ours
