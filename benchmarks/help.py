"""How much `promptc --help` costs over click alone: the median of both, run in turn, in one go.

    python benchmarks/help.py [ROUNDS]

Prints both medians and their ratio, and ends with 1 when the ratio is over the limit of 1.3.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

LIMIT = 1.3
HELP = [sys.executable, "-m", "promptc", "--help"]
CLICK = [sys.executable, "-c", "import click"]


def seconds(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def measure(rounds: int) -> tuple[float, float]:
    """The medians of help and of click, in seconds. In turn, so that a slow moment of the machine meets both."""
    seconds(HELP), seconds(CLICK)
    pairs = [(seconds(HELP), seconds(CLICK)) for _ in range(rounds)]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 21
    help_seconds, click_seconds = measure(rounds)
    ratio = help_seconds / click_seconds
    print(f"promptc --help  {help_seconds * 1000:6.1f} ms")
    print(f"import click    {click_seconds * 1000:6.1f} ms")
    print(f"ratio           {ratio:6.2f}     (limit {LIMIT}, median of {rounds} rounds)")
    return 0 if ratio <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
