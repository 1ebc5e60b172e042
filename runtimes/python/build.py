"""Build the wheel `promptc-runtime` from this repository's own files: what `promptc.runtime` needs, under a name of its own.

    promptc/runtime and what it imports -> [build] -> promptc_runtime/ -> a wheel

    python runtimes/python/build.py OUT

Nothing is written twice: the files are copied as they are, and only the package's name in their imports is another. So both
distributions can be installed side by side (docs/decisions/0009-runtime-wheel.md).
"""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAME = "promptc_runtime"
_OURS = re.compile(r"(?m)^(\s*(?:from|import)\s+)promptc(?=[.\s])")
PROJECT = """\
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "promptc-runtime"
version = "{version}"
description = "Serves compiled prompts: verified up to their root, rendered with a request's inputs. No dependencies."
readme = "README.md"
license = "Apache-2.0"
requires-python = ">=3.11"
dependencies = []

[tool.hatch.build.targets.wheel]
packages = ["{name}"]
"""
README = """\
# promptc-runtime

What a service needs to be given its tenants' prompts and to render them: the runtime of promptc, and nothing else. It has no
dependencies.

```python
from promptc_runtime import Prompts

prompts = Prompts.open("https://prompts.example.org", channel="prod", cache="/var/cache/desk")
ready = prompts.get("acme", "support-reply").render({"message": "Where is my order?"})
```
"""


def modules() -> dict[str, Path]:
    """The modules that the runtime needs, by their names: those of its package, and whatever they import of ours."""
    waiting = [f"promptc.runtime.{path.stem}" for path in (ROOT / "promptc/runtime").glob("*.py") if path.stem != "__init__"]
    waiting.append("promptc.runtime")
    found: dict[str, Path] = {}
    while waiting:
        name = waiting.pop()
        path = _path(name)
        if path is None or name in found or name == "promptc":
            continue
        found[name] = path
        waiting.append(name.rpartition(".")[0])
        waiting += _imported(path)
    return found


def _path(name: str) -> Path | None:
    base = ROOT / name.replace(".", "/")
    return next((path for path in (base / "__init__.py", base.with_suffix(".py")) if path.is_file()), None)


def _imported(path: Path) -> list[str]:
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "promptc":
            names += [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names += [alias.name for alias in node.names if alias.name.partition(".")[0] == "promptc"]
    return names


def version() -> str:
    """The compiler's version: both are made from one commit."""
    found = re.search(r'__version__ = "([^"]+)"', (ROOT / "promptc/__init__.py").read_text("utf-8"))
    assert found is not None
    return found[1]


def write_package(folder: Path) -> None:
    """Write the project of the wheel into an empty folder."""
    for name, path in modules().items():
        inside = name.split(".")[1:]
        target = folder / NAME / "/".join(inside)
        target = target / "__init__.py" if path.name == "__init__.py" else target.with_suffix(".py")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_OURS.sub(rf"\1{NAME}", path.read_text("utf-8")), "utf-8")
    exported = ast.literal_eval(_exported())
    lines = [
        '"""Serves compiled prompts: verified up to their root, rendered with a request\'s inputs."""',
        "", f'__version__ = "{version()}"', "",
        f"from {NAME}.runtime import (  # noqa: E402", *(f"    {name}," for name in exported), ")",
        "", f"__all__ = {sorted([*exported, '__version__'])!r}", "",
    ]  # fmt: skip
    (folder / NAME / "__init__.py").write_text("\n".join(lines), "utf-8")
    (folder / NAME / "py.typed").write_text("", "utf-8")
    (folder / "pyproject.toml").write_text(PROJECT.format(version=version(), name=NAME), "utf-8")
    (folder / "README.md").write_text(README, "utf-8")
    shutil.copy(ROOT / "LICENSE", folder / "LICENSE")


def _exported() -> str:
    text = (ROOT / "promptc/runtime/__init__.py").read_text("utf-8")
    return text[text.index("__all__ = ") + len("__all__ = ") :].partition("]")[0] + "]"


def main() -> None:
    """Build it."""
    out = Path(sys.argv[1]).resolve() if len(sys.argv) == 2 else sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        write_package(Path(folder))
        subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)], cwd=folder, check=True)


if __name__ == "__main__":
    main()
