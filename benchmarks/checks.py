"""What checking costs, against the plain script that only renders; and after one edit, against a build without change.

    python benchmarks/checks.py [--tenants N] [--rounds N] [--keep FOLDER] [--write]

Both sides in one run. `all checks` is a whole process of `promptc check` on a project that is built, without anything that
checks remember, less the build without change that it contains; `from nothing` has no build at all.
"""

from __future__ import annotations

import argparse
import gc
import math
import random
import re
import shutil
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import engine
from engine import Bench, Row, seconds, workspace
from projects import Size, write_project

QUICK = 8
CHECK = [sys.executable, "-m", "promptc", "check", "--format", "json"]


def check(folder: Path, *, forget: bool = False) -> float:
    if forget:
        for path in (folder / "build" / "cache").glob("checks-*"):
            path.unlink()
    return seconds(CHECK, folder)


def edited(folder: Path, turn: int) -> None:
    path = sorted((folder / "tenants" / "000").glob("*.yaml"))[0]
    path.write_text(re.sub(r"(?m)^  product: .*$", f"  product: Turn {turn} Care", path.read_text()))


def rows(bench: Bench, folder: Path, rounds: int) -> None:
    plain = min(engine.plain(bench, folder) for _ in range(2))
    shutil.rmtree(folder / "build", ignore_errors=True)
    edited(folder, -1)
    nothing = check(folder)
    engine.build(folder)
    check(folder)
    every = min(check(folder, forget=True) for _ in range(rounds))
    # What takes a moment is taken often, in turns, since others use the machine, too.
    unchanged = again = one = math.inf
    for turn in range(QUICK * rounds):
        unchanged = min(unchanged, engine.build(folder))
        again = min(again, check(folder))
        edited(folder, turn)
        one = min(one, check(folder))
        edited(folder, -1)
    said = f"{every - unchanged:.1f} s to {plain:.1f} s"
    bench.rows.append(Row("all checks over all targets", (every - unchanged) / plain, 0.5, None, said))
    bench.rows.append(Row("from nothing, the build included", nothing / plain, 1.0, None, f"{nothing:.1f} s to {plain:.1f} s"))
    said = f"{again * 1000:.0f} ms; build {unchanged * 1000:.0f} ms"
    bench.rows.append(Row("no change, over a build without change", (again - unchanged) * 1000, 150, None, said, " ms"))
    said = f"{one * 1000:.0f} ms; build {unchanged * 1000:.0f} ms"
    bench.rows.append(Row("one tenant edited, over a build without change", (one - unchanged) * 1000, 150, None, said, " ms"))


NAMES = 30_000
PIECES = 500


def searching(names: int, pieces: int) -> float:
    """Seconds to search as many prompts of a thousand characters, no line of them twice, for so many names."""
    from promptc.checks.identifiers import words_of
    from promptc.checks.marks import Marker, marks_in
    from promptc.checks.names import Searching
    from promptc.compiler.project import Settings

    gc.set_threshold(100_000, 20, 100)  # as commands have it
    chance = random.Random(7)
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 9))) for _ in range(4_000)]
    identifiers = [f" {words_of(f'{chance.choice(words)} {chance.choice(words)} {n}').strip()} " for n in range(names)]
    lines = [" ".join(chance.choices(words, k=12)) for _ in range(pieces * 14)]
    said = [{"messages": [{"role": "system", "content": ["\n".join(lines[at : at + 14])]}], "tools": []} for at in range(0, len(lines), 14)]
    search, common = Searching(identifiers), frozenset(marks_in(" ".join(words)))
    best = math.inf
    for _ in range(3):
        marker = Marker(common, Settings())
        began = time.perf_counter()
        for document in said:
            marker.marks_of(document)
            search.found(document)
        best = min(best, time.perf_counter() - began)
    return best


def linear(bench: Bench) -> None:
    """Rows that say how the search for identifiers grows with the text and with the names."""
    small, large = searching(NAMES, PIECES), searching(NAMES, 8 * PIECES)
    said = f"{large:.2f} s for {8 * PIECES:,} prompts, {small:.2f} s for {PIECES:,}; {NAMES:,} names"
    bench.rows.append(Row("identifiers in eight times the text, for each character", large / small / 8, 1.3, None, said))
    few = searching(NAMES // 10, PIECES)
    said = f"{small:.2f} s for {NAMES:,} names, {few:.2f} s for {NAMES // 10:,}; the same text"
    bench.rows.append(Row("ten times the names in the same text", small / few, 2.0, None, said))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tenants", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="a folder for the projects, kept for the next run")
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    given = parser.parse_args()
    with workspace(given.keep) as work:
        folder = work / f"checks-{given.tenants}"
        if not folder.exists():
            write_project(folder, Size(tenants=given.tenants))
        bench = Bench(work, given.tenants, 0, given.rounds)
        began = time.monotonic()
        rows(bench, folder, given.rounds)
        linear(bench)
        print(engine.table(bench))
        print(f"took {time.monotonic() - began:.0f} s")
        if given.write:
            engine.write(bench, [], "checks")


if __name__ == "__main__":
    main()
