"""One target in one process: a hit and a miss of the compiler, against one plain Jinja2 render of the same prompt.

    python benchmarks/micro.py [FOLDER]

The three are measured in turns, in small batches, and the smallest batch of each counts: the least disturbed one.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from projects import Size, write_project

TENANTS, ROUNDS = 300, 15


@dataclass(frozen=True, slots=True)
class Found:
    """Microseconds per target. `plain` is of the prompts that hits are of, `plain_inspecting` of those that misses are of."""

    hit: float
    miss: float
    plain: float
    plain_inspecting: float


def measure(folder: Path) -> Found:
    """Measure in fresh projects below a folder."""
    printing = _Side(folder / "printing", Size(TENANTS))
    inspecting = _Side(folder / "inspecting", Size(TENANTS, printing=0, inspecting=10))
    for tenant in printing.tenants:  # every leaf and its plan are there before hits are timed
        for prompt in printing.prompts:
            printing.compiler.compile_for(tenant, prompt)
    sides: dict[str, Callable[[], object]] = {
        "plain": printing.plain, "hit": printing.hit, "plain_inspecting": inspecting.plain, "miss": inspecting.miss,
    }  # fmt: skip
    best = dict.fromkeys(sides, float("inf"))
    for _ in range(ROUNDS):
        for name, side in sides.items():
            began = time.perf_counter()
            side()
            best[name] = min(best[name], (time.perf_counter() - began) / (TENANTS * 10) * 1e6)
    return Found(best["hit"], best["miss"], best["plain"], best["plain_inspecting"])


class _Side:
    """One project: resolved by our compiler, and by the plain script's own merge."""

    def __init__(self, folder: Path, size: Size) -> None:
        from promptc.compiler.compile import Compiler
        from promptc.driver.project import open_project

        if not folder.exists():
            write_project(folder, size)
        project = open_project(str(folder)).project
        self.compiler = Compiler(project)
        resolved = (self.compiler.resolver.tenant(name)[0] for name in project.tenants)
        self.tenants = [tenant for tenant in resolved if tenant is not None]
        self.prompts = [project.prompts[name] for name in sorted(project.prompts)]
        self.templates = self._plain_templates(folder)

    def _plain_templates(self, folder: Path) -> list[Any]:
        from jinja2 import DictLoader, Environment

        paths = (folder / "sources").glob("**/*.j2")
        texts = {str(p.relative_to(folder / "sources")): p.read_text().split("\n---\n", 1)[-1] for p in paths}
        environment = Environment(loader=DictLoader(texts), trim_blocks=True, lstrip_blocks=True)
        return [environment.get_template(name) for name in sorted(texts) if name.startswith("prompts/")]

    def plain(self) -> None:
        inputs = {"name": "{name}", "message": "{message}"}
        for tenant in self.tenants:
            for template in self.templates:
                template.render(vars=tenant.variables, input=inputs)

    def hit(self) -> None:
        for tenant in self.tenants:
            for prompt in self.prompts:
                self.compiler.compile_for(tenant, prompt)

    def miss(self) -> None:
        from promptc.compiler.keys import static_of
        from promptc.compiler.render import render
        from promptc.compiler.roots import roots_of

        templates = self.compiler.templates
        statics = [(prompt, static_of(templates, prompt, "")) for prompt in self.prompts]
        for tenant in self.tenants:
            for prompt, static in statics:
                roots = roots_of(self.compiler.project, tenant, tenant.prompts[prompt.name])
                render(templates.environment, static, roots)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="promptc-micro-") as folder:
        found = measure(Path(sys.argv[1] if len(sys.argv) > 1 else folder))
    print(f"plain render  {found.plain:6.1f} µs   hit   {found.hit:6.1f} µs   ratio {found.hit / found.plain:.3f}")
    print(
        f"plain render  {found.plain_inspecting:6.1f} µs   miss  {found.miss:6.1f} µs   ratio {found.miss / found.plain_inspecting:.3f}"
    )


if __name__ == "__main__":
    main()
