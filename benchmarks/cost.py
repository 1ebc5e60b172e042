"""What counting usage costs: 1,000,000 rows, as whole processes, with DuckDB and row by row.

    python benchmarks/cost.py

Prints a table. The file is made by usage.py; memory is the peak of the process itself.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROWS = 1_000_000
TIMES = 3
ROW_BY_ROW = "import sys; sys.modules['duckdb'] = None; from promptc.cli.main import main; main()"
PLAIN = """
import csv, sys
sums = {}
with open(sys.argv[1], newline="") as file:
    for row in csv.DictReader(file):
        key = row["tenant"], row["prompt"]
        sums[key] = sums.get(key, 0) + int(row["input_tokens"])
print(len(sums))
"""


def run(command: list[str]) -> tuple[float, int]:
    """Seconds and peak MiB of a process: the least of several runs, and the memory of the last."""
    best, memory = float("inf"), 0
    for _ in range(TIMES):
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=ROOT)
        _, status, usage = os.wait4(process.pid, 0)
        assert status == 0, command
        best, memory = min(best, time.perf_counter() - began), usage.ru_maxrss // 1024
    return best, memory


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "usage.csv")
        subprocess.run([sys.executable, "benchmarks/usage.py", path, "--rows", str(ROWS)], cwd=ROOT, check=True)
        arguments = ["cost", "--usage", path, "--by", "prompt"]
        cases = {
            "`promptc cost`, all of it, with the extra `cost`": [sys.executable, "-m", "promptc", *arguments],
            "the same without it": [sys.executable, "-c", ROW_BY_ROW, *arguments],
            "a plain script: csv.DictReader, one sum": [sys.executable, "-c", PLAIN, path],
        }
        found = {name: run(command) for name, command in cases.items()}
    plain = found["a plain script: csv.DictReader, one sum"][0]
    print(f"\n{ROWS:,} rows, Python {sys.version.split()[0]}, {os.cpu_count()} cores, the least of {TIMES} runs\n")
    print("| case | seconds | to the plain script | peak memory |\n|---|--:|--:|--:|")
    for name, (seconds, memory) in found.items():
        print(f"| {name} | {seconds:.2f} | {seconds / plain:.2f} × | {memory} MiB |")


if __name__ == "__main__":
    main()
