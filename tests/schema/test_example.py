"""The example of this repository passes the door without a finding, whatever order its files come in."""

from __future__ import annotations

from pathlib import Path

from promptc.compiler.schema.load import load_project
from promptc.compiler.schema.settings import parse_settings

ROOT = Path(__file__).parents[2]


def example() -> dict[str, bytes]:
    paths = [path for folder in ("sources", "tenants") for path in (ROOT / folder).rglob("*") if path.is_file()]
    return {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in paths}


def test_the_example_is_clean() -> None:
    settings, findings = parse_settings({"pyproject.toml": (ROOT / "pyproject.toml").read_bytes()})
    loaded = load_project(example(), settings)
    assert (findings, loaded.findings) == ((), ())
    project = loaded.project
    assert len(project.prompts) >= 5
    assert len(project.tenants) >= 32
    assert len(project.tools) >= 8
    assert settings.base == ("base",)


def test_the_order_of_files_changes_nothing() -> None:
    tree = example()
    settings, _ = parse_settings({})
    assert load_project(tree, settings) == load_project(dict(reversed(tree.items())), settings)
    windows = {path: data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") for path, data in tree.items()}
    one, other = load_project(tree, settings).project, load_project(windows, settings).project
    assert one.digests != other.digests
    for name in ("variables", "models", "tools", "examples", "cases", "prompts", "templates", "layers", "tenants"):
        assert getattr(one, name) == getattr(other, name), name
