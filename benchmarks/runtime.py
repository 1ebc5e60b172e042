"""What a service waits for: import, open and first get; a get that was asked before; rendering against Jinja2; threads.

    python benchmarks/runtime.py [--tenants 100,100000]

Start-up is measured as whole processes against one that imports what Python programs import anyway, the least of many runs,
with registries whose channel serves so many tenants ten prompts each. Jinja2 renders the very text that the artifact gives.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
TIMES = 40
BASE = "import json, hashlib, threading"
OPEN = """
from promptc.runtime import Prompts
client = Prompts.open("registry", channel="prod", refresh_seconds=0)
client.get("tenant-7", "prompt-3")
"""


def process(folder: str, code: str) -> float:
    """Seconds that a process takes, the least of many, in a Python that reads no site packages' own start-up files."""
    best = float("inf")
    for _ in range(TIMES):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], cwd=folder, check=True, env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)})
        best = min(best, time.perf_counter() - began)
    return best


def started(tenants: int) -> tuple[float, float]:
    """Milliseconds beyond the base that opening and the first get take, and those of the import alone."""
    from benchmarks.release import filled, promptc

    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        first, *_ = filled(folder, tenants)
        promptc(folder, "promote", "prod", "--from", first, "--new", "--yes", "--registry", "registry")
        base = process(folder, BASE)
        return (process(folder, BASE + OPEN) - base) * 1000, (process(folder, f"{BASE}\nimport promptc.runtime") - base) * 1000


def typical(folder: str) -> tuple[Any, Any, dict[str, Any], dict[str, Any]]:
    """A prompt of the engine's benchmark for one tenant: our artifact; the same template under Jinja2 with its variables."""
    import yaml
    from jinja2 import DictLoader, Environment

    from benchmarks.plain import merge
    from benchmarks.projects import Size, write_project
    from promptc.driver.show import show
    from promptc.runtime import Artifact

    project = Path(folder)
    write_project(project, Size(tenants=3))
    paths = sorted((project / "tenants").glob("0*/*.yaml"))
    overlay = yaml.safe_load(paths[0].read_bytes())
    shown = show(folder, f"{paths[0].stem}/p00")
    declared = yaml.safe_load((project / "sources/variables.yaml").read_bytes())
    variables: dict[str, Any] = {"variables": {name: entry["default"] for name, entry in declared.items() if "default" in entry}}
    for name in ("base", *overlay["extends"]):
        variables = merge(variables, yaml.safe_load((project / f"tenants/layers/{name}.yaml").read_bytes()))
    variables = merge(variables, overlay)["variables"]
    bodies = {
        str(path.relative_to(project / "sources")): path.read_text().split("\n---\n", 1)[-1]
        for path in (project / "sources").glob("**/*.j2")
    }
    template = Environment(loader=DictLoader(bodies), trim_blocks=True, lstrip_blocks=True).get_template("prompts/p00.prompt.j2")
    return Artifact.load(shown.data, shown.digest), template, {"name": "Ann", "message": "Where is my order?"}, variables


def timed(act: Any, count: int) -> float:
    """Microseconds of one call, the least of five rounds."""
    best = float("inf")
    for _ in range(5):
        began = time.perf_counter()
        for _ in range(count):
            act()
        best = min(best, (time.perf_counter() - began) / count)
    return best * 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tenants", default="100,100000")
    counts = [int(word) for word in parser.parse_args().tenants.split(",")]
    starts = {count: started(count) for count in counts}
    least = starts[counts[0]][0]
    rows = [
        (f"import, open, first get, {n:,} tenants", f"{ms:.1f} ms", f"{ms / least:.2f} × {counts[0]:,} tenants", "≤ 15 ms, ≤ 1.2 ×")
        for n, (ms, _) in starts.items()
    ]
    rows.append(("import alone", f"{min(i for _, i in starts.values()):.1f} ms", "", ""))
    rows += [*warm(), *rendering()]
    print(f"\nPython {sys.version.split()[0]}, {os.cpu_count()} cores, the least of many runs\n")
    print("| case | measured | to | must |\n|---|--:|--:|--:|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


def warm() -> list[tuple[str, str, str, str]]:
    from promptc.core.manifest import compare
    from promptc.runtime import Prompts
    from tests.release.world import desk_at, moved, put_root

    with tempfile.TemporaryDirectory() as folder:
        desk = desk_at(Path(folder))
        root = put_root(desk, {f"t{n}/x": f"text {n}" for n in range(100)})
        moved(desk, "prod", root, compare(desk.registry.get, put_root(desk, {}), root))
        with Prompts.open(f"{folder}/registry", channel="prod", refresh_seconds=0) as client:
            client.get("t7", "x")
            one = timed(lambda: client.get("t7", "x"), 20_000)
            threads = [threading.Thread(target=lambda: [client.get("t7", "x") for _ in range(20_000)]) for _ in range(16)]
            began = time.perf_counter()
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            many = (time.perf_counter() - began) / (16 * 20_000) * 1e6
    return [("a get that was asked before", f"{one:.2f} µs", "", "≤ 20 µs"), ("the same, 16 threads at once", f"{many:.2f} µs", "", "")]


def rendering() -> list[tuple[str, str, str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        artifact, template, inputs, variables = typical(folder)
        text = template.render(vars=variables, input=inputs)
        ours = "".join(message.text for message in artifact.render(inputs).steps)
        assert "".join(ours.split()) == "".join(text.split()), "the same text, apart from line ends"
        fast, slow = timed(lambda: artifact.render(inputs), 3_000), timed(lambda: template.render(vars=variables, input=inputs), 3_000)
    return [(f"rendering a prompt of {len(text):,} characters", f"{fast:.0f} µs", f"{fast / slow:.2f} × Jinja2's {slow:.0f} µs", "≤ 0.5 ×")]


if __name__ == "__main__":
    main()
