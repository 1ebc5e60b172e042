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


def typical() -> tuple[Any, dict[str, Any], str]:
    """The example's support-reply for acme, with the inputs of a case, and the same as a Jinja2 template."""
    from promptc.driver.show import inputs_of_case, show
    from promptc.runtime import Artifact

    shown = show(str(ROOT), "acme/support-reply")
    inputs, _ = inputs_of_case(shown, str(ROOT), "late-parcel") if False else ({}, ())
    case = shown.opened.project.cases["support-reply"][0]  # type: ignore[union-attr]
    inputs = dict(case.inputs)
    artifact = Artifact.load(shown.data, shown.digest)
    return artifact, inputs, artifact.render(inputs).text()


def as_template(text: str, inputs: dict[str, Any]) -> str:
    """A Jinja2 template that gives the text: what comes from inputs is printed, and lists are looped over."""
    from jinja2 import Environment

    template = Environment().from_string("{% raw %}" + text.replace("{% endraw", "") + "{% endraw %}")
    assert template.render() == text
    for name, value in inputs.items():
        if isinstance(value, str) and value and value in text:
            text = text.replace(value, "{% endraw %}{{ " + name + " }}{% raw %}")
    return "{% raw %}" + text + "{% endraw %}"


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
    rows = [(f"import, open, first get, {n:,} tenants", f"{ms:.1f} ms", f"{ms / starts[counts[0]][0]:.2f} × {counts[0]:,} tenants", "≤ 15 ms, ≤ 1.2 ×")
            for n, (ms, _) in starts.items()]
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
    from jinja2 import Environment

    artifact, inputs, text = typical()
    template = Environment().from_string(as_template(text, inputs))
    ours, theirs = timed(lambda: artifact.render(inputs), 2_000), timed(lambda: template.render(inputs), 2_000)
    whole = timed(lambda: artifact.render(inputs).text(), 2_000)
    return [
        (f"rendering a prompt of {len(text):,} characters", f"{ours:.0f} µs", f"{ours / theirs:.2f} × Jinja2's {theirs:.0f} µs", "≤ 0.5 ×"),
        ("the same, joined into one text", f"{whole:.0f} µs", f"{whole / theirs:.2f} ×", ""),
    ]


if __name__ == "__main__":
    main()
