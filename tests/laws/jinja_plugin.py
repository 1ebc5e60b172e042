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

FINALIZE = "promptc's table of text stands where `finalize` would"
AUTOESCAPE = "prompts are text: automatic escaping is off, and `autoescape` is refused"
RECURSIVE = "`recursive` loops are refused"
DESELECTED: dict[str, str] = {
    "test_api.py::TestExtendedAPI::test_finalize": FINALIZE,
    "test_api.py::TestExtendedAPI::test_finalize_constant_expression": FINALIZE,
    "test_api.py::TestExtendedAPI::test_no_finalize_template_data": FINALIZE,
    "test_api.py::TestExtendedAPI::test_context_finalize": FINALIZE,
    "test_api.py::TestExtendedAPI::test_eval_finalize": FINALIZE,
    "test_api.py::TestExtendedAPI::test_env_autoescape": AUTOESCAPE,
    "test_api.py::TestExtendedAPI::test_autoescape_autoselect": AUTOESCAPE,
    "test_core_tags.py::TestSet::test_block_escaping": AUTOESCAPE,
    "test_core_tags.py::TestSet::test_block_escaping_filtered": AUTOESCAPE,
    "test_ext.py::TestExtensions::test_extend_late": AUTOESCAPE,
    "test_ext.py::TestAutoEscape::test_scoped_setting": AUTOESCAPE,
    "test_ext.py::TestAutoEscape::test_scoping": AUTOESCAPE,
    "test_ext.py::TestAutoEscape::test_volatile_scoping": AUTOESCAPE,
    "test_filters.py::TestFilter::test_replace": AUTOESCAPE,
    "test_filters.py::TestFilter::test_safe": AUTOESCAPE,
    "test_filters.py::TestFilter::test_urlencode[value3-f=1&amp;z=2]": AUTOESCAPE,
    "test_security.py::TestSandbox::test_template_data": AUTOESCAPE,
    "test_core_tags.py::TestForLoop::test_recursive": RECURSIVE,
    "test_core_tags.py::TestForLoop::test_recursive_lookaround": RECURSIVE,
    "test_core_tags.py::TestForLoop::test_recursive_depth0": RECURSIVE,
    "test_core_tags.py::TestForLoop::test_recursive_depth": RECURSIVE,
    "test_regression.py::TestBug::test_recursive_loop_filter": RECURSIVE,
    "test_core_tags.py::TestIfCondition::test_elif_deep": "1,000 `elif`s; promptc allows 50",
    "test_imports.py::TestIncludes::test_choice_includes": "an include names one template",
    "test_imports.py::TestIncludes::test_include_ignoring_missing": "`ignore missing` is refused",
    "test_regression.py::TestBug::test_extends_output_bugs": "`extends` stands at the top, never under an `if`",
    "test_api.py::TestUndefined::test_strict_undefined": "an inline `if` that is false and has no `else` is undefined, and printing it an error",
}

# A class, since some tests derive their own environment from it.
ours: Any = type(jinja_suite_environment())


@pytest.fixture
def env() -> Any:
    """What Jinja2's conftest gives: a new environment."""
    return ours()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put our environment into every test module that imported Jinja2's, and into its conftest; deselect by name."""
    # By the whole name: `--deselect` takes every test whose name begins so.
    left_out = [item for item in items if item.nodeid.removeprefix("tests/") in DESELECTED]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]
    for module in {item.module for item in items if isinstance(item, pytest.Function)}:  # type: ignore[attr-defined]
        if getattr(module, "Environment", None) is jinja2.Environment:
            module.Environment = ours
    for name, module in list(sys.modules.items()):
        if name.rpartition(".")[2] == "conftest" and getattr(module, "Environment", None) is jinja2.environment.Environment:
            module.Environment = ours
