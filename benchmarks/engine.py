"""What building costs, against the plain script that a user would write instead, both in one run.

    python benchmarks/engine.py [--tenants N] [--large N] [--rounds N] [--only WORD…] [--write]

Every figure is a ratio of two times (or sizes) of this run, since machines differ and are noisy; of several rounds the
median counts, the two sides taking turns. `--write` puts the table into benchmarks/README.md. With the defaults (10,000
tenants, a large project of 100,000) it takes some ten minutes and 4 GB of disk.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import micro
from projects import Size, write_project

HERE = Path(__file__).parent
PYTHON = sys.executable
BARE = """
import os
def walk(path):
    with os.scandir(path) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                walk(entry.path)
            else:
                entry.stat(follow_symlinks=False)
walk("sources"), walk("tenants")
"""
MIB = 1024 * 1024
# As on a user's machine: modules are compiled once, and output is buffered.
ENVIRONMENT = {k: v for k, v in os.environ.items() if k not in ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED")}


@dataclass(slots=True)
class Row:
    """One line of the table. `ratio` is what `must` and `stretch` bound; `detail` says both sides as they were."""

    case: str
    ratio: float
    must: float
    stretch: float | None
    detail: str
    unit: str = "×"

    def verdict(self) -> str:
        if self.stretch is not None and self.ratio <= self.stretch:
            return "stretch"
        return "yes" if self.ratio <= self.must else "**no**"


@dataclass(slots=True)
class Bench:
    """One run: where projects lie, and what was measured so far."""

    work: Path
    tenants: int
    large: int
    rounds: int
    rows: list[Row] = field(default_factory=list)
    plain_seconds: float = 0.0
    cold_seconds: float = 0.0

    def add(self, row: Row) -> None:
        self.rows.append(row)
        print(
            f"{row.case:<46} {row.ratio:8.3f} {row.unit:<3} (must {row.must}, stretch {row.stretch})  {row.detail}",
            flush=True,
        )

    def project(self, name: str, size: Size) -> Path:
        folder = self.work / name
        if not folder.exists():
            write_project(folder, size)
        return folder


def seconds(command: list[str], folder: Path) -> float:
    """How long a command takes as a whole process."""
    began = time.perf_counter()
    subprocess.run(
        command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENVIRONMENT
    )
    return time.perf_counter() - began


def build(folder: Path, *words: str) -> float:
    return seconds([PYTHON, "-m", "promptc", "build", *words], folder)


def cold(folder: Path, *words: str) -> float:
    for name in ("build", ".promptc"):
        shutil.rmtree(folder / name, ignore_errors=True)
    return build(folder, *words)


def plain(bench: Bench, folder: Path) -> float:
    out = bench.work / "out"
    shutil.rmtree(out, ignore_errors=True)
    took = seconds([PYTHON, str(HERE / "plain.py"), str(folder), str(out)], folder)
    shutil.rmtree(out, ignore_errors=True)
    return took


def medians(bench: Bench, *sides: Callable[[], float]) -> list[float]:
    """The median of each side, in turns."""
    runs = [[side() for side in sides] for _ in range(bench.rounds)]
    return [statistics.median(run[index] for run in runs) for index in range(len(sides))]


def colds(bench: Bench) -> None:
    """Cold builds: some prompts print, all print, all inspect."""
    cases = (
        ("cold, everything included", Size(bench.tenants), 0.5, 0.25),
        ("cold, all ten prompts print the tenant's values", Size(bench.tenants, printing=10), 0.6, 0.4),
        ("cold, all ten inspect them (nothing shared)", Size(bench.tenants, printing=0, inspecting=10), 1.2, 0.8),
    )
    for number, (case, size, must, stretch) in enumerate(cases):
        folder = bench.project(f"cold{number}", size)
        theirs, ours = medians(bench, lambda at=folder: plain(bench, at), lambda at=folder: cold(at))
        bench.add(Row(case, ours / theirs, must, stretch, f"{ours:.2f} s to {theirs:.2f} s"))
        if not number:
            bench.plain_seconds, bench.cold_seconds = theirs, ours


def unchanged(bench: Bench) -> None:
    """A build that has nothing to do, and one after an edit of one tenant."""
    folder = bench.project("cold0", Size(bench.tenants))
    cold(folder)
    time.sleep(3)
    build(folder)  # files that were written just before the first build were racy then
    rounds = Bench(bench.work, 0, 0, max(9, bench.rounds))
    bare, ours = medians(rounds, lambda: seconds([PYTHON, "-c", BARE], folder), lambda: build(folder))
    bench.add(
        Row("no change", ours / bare, 4, 2, f"{ours * 1000:.0f} ms to {bare * 1000:.0f} ms of a bare Python that stats")
    )
    heavy = [PYTHON, "-c", "import click, yaml, jinja2, pydantic"]
    light = [PYTHON, "-c", "import click"]
    edit = edits(folder / "tenants/000/tenant-000007.yaml", "  motto: ")

    def edited() -> float:
        next(edit)
        return build(folder)

    one, nothing, imports, click = medians(
        rounds, edited, lambda: build(folder), lambda: seconds(heavy, folder), lambda: seconds(light, folder)
    )
    over = (one - nothing - (imports - click)) * 1000
    detail = f"{one * 1000:.0f} ms; no change {nothing * 1000:.0f} ms, imports {(imports - click) * 1000:.0f} ms"
    bench.add(Row("one tenant edited, over no change and imports", over, 50, 20, detail, "ms"))


def edits(path: Path, prefix: str) -> Iterator[None]:
    """Change the value of one line of a file, again and again."""
    number = 0
    while True:
        number += 1
        lines = path.read_text().split("\n")
        path.write_text("\n".join(f"{prefix}v{number:08}" if line.startswith(prefix) else line for line in lines))
        yield


def reaching(bench: Bench) -> None:
    """Edits that reach every tenant, and a selection of one."""
    folder = bench.project("cold0", Size(bench.tenants))
    build(folder)
    fragment, layer = folder / "sources/fragments/closing.j2", edits(folder / "tenants/layers/base.yaml", "  release: ")

    def shared() -> float:
        text = fragment.read_text()
        words = ("Close with", "Closing with")
        before, after = words if words[0] in text else reversed(words)
        fragment.write_text(text.replace(before, after))
        return build(folder)

    def one_value() -> float:
        next(layer)
        return build(folder)

    theirs = bench.plain_seconds or plain(bench, folder)
    ours, value = medians(bench, shared, one_value)
    case = "one shared fragment edited (all tenants reached)"
    bench.add(Row(case, ours / theirs, 0.4, 0.2, f"{ours:.2f} s to {theirs:.2f} s"))
    case = "one layer value edited that one prompt of ten reads"
    bench.add(Row(case, value / theirs, 0.15, 0.08, f"{value:.2f} s to {theirs:.2f} s"))
    (alone,) = medians(bench, lambda: cold(folder, "tenant-000007"))
    detail = f"{alone * 1000:.0f} ms to {theirs:.2f} s"
    bench.add(Row("`SELECT` of one tenant, cold cache", alone / theirs, 0.02, None, detail))


def targets(bench: Bench) -> None:
    """What one target costs in one process: a hit and a miss, against one plain render."""
    found = micro.measure(bench.work / "micro")
    bench.add(
        Row(
            "a hit (look-up, link, digest), per target",
            found.hit / found.plain,
            0.3,
            0.2,
            f"{found.hit:.1f} µs to {found.plain:.1f} µs",
        )
    )
    detail = f"{found.miss:.1f} µs to {found.plain_inspecting:.1f} µs"
    bench.add(Row("a render on a miss, traced and limited", found.miss / found.plain_inspecting, 2, 1.5, detail))


def sizes(bench: Bench) -> None:
    """Memory, and a project ten times as large."""
    folder = bench.project("cold0", Size(bench.tenants))
    peak, _ = peak_memory(lambda: cold_command(folder), folder)
    bench.add(Row("peak memory, cold", peak / MIB, 400, 200, "sum of PSS over processes", "MiB"))
    if not bench.large:
        return
    large = bench.project("large", Size(bench.large, form="jsonl"))
    small = bench.project("lines", Size(bench.tenants, form="jsonl"))
    (few,) = medians(bench, lambda: cold(small))
    peak, took = peak_memory(lambda: cold_command(large), large)
    ratio = (took / bench.large) / (few / bench.tenants)
    detail = f"{took:.1f} s; {took / bench.large / 10 * 1e6:.0f} µs a target, {few / bench.tenants / 10 * 1e6:.0f} at {bench.tenants:,}"
    bench.add(Row(f"{bench.large:,} tenants × 10, cold: cost per target", ratio, 1.3, 1.1, detail))
    bench.add(
        Row(
            f"{bench.large:,} tenants × 10, cold: peak memory",
            peak / MIB,
            2048,
            1024,
            "sum of PSS over processes",
            "MiB",
        )
    )


def cold_command(folder: Path) -> list[str]:
    for name in ("build", ".promptc"):
        shutil.rmtree(folder / name, ignore_errors=True)
    return [PYTHON, "-m", "promptc", "build"]


def peak_memory(command: Callable[[], list[str]], folder: Path) -> tuple[int, float]:
    """The largest sum of PSS over a command's processes, in bytes, and how long it took."""
    words = command()
    began = time.perf_counter()
    process = subprocess.Popen(
        words, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, env=ENVIRONMENT
    )
    peak = 0
    while process.poll() is None:
        peak = max(peak, sum(pss_of(pid) for pid in session(process.pid)))
        time.sleep(0.1)
    took = time.perf_counter() - began
    if process.returncode:
        raise SystemExit(f"{words} ended with {process.returncode}")
    return peak, took


def session(leader: int) -> Iterator[int]:
    for name in os.listdir("/proc"):
        if name.isdecimal():
            try:
                fields = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == leader:
                yield int(name)


def pss_of(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        return 0
    return 0


def table(bench: Bench) -> str:
    lines = ["| case | measured | must | stretch | met | both sides |", "|---|---|---|---|---|---|"]
    for row in bench.rows:
        shown = f"{row.ratio:.3f} ×" if row.unit == "×" else f"{row.ratio:.0f} {row.unit}"
        must, stretch = (("" if bound is None else f"≤ {bound:g} {row.unit}") for bound in (row.must, row.stretch))
        lines.append(f"| {row.case} | {shown} | {must} | {stretch} | {row.verdict()} | {row.detail} |")
    return "\n".join(lines)


def write(bench: Bench, words: list[str], name: str = "engine") -> None:
    """Put the table into README.md, between its marks."""
    path = HERE / "README.md"
    text = path.read_text()
    before, _, rest = text.partition(f"<!-- {name}:begin -->\n")
    _, _, after = rest.partition(f"<!-- {name}:end -->")
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores; load {os.getloadavg()[0]:.1f} at the end"
    said = f"`{' '.join(['python', f'benchmarks/{name}.py', *words])}`, {time.strftime('%Y-%m-%d')}, {machine}."
    kept = f"<!-- {name}:begin -->\n{said}\n\n{table(bench)}\n<!-- {name}:end -->"
    path.write_text(f"{before}{kept}{after}")


PARTS = {"cold": colds, "unchanged": unchanged, "reaching": reaching, "targets": targets, "sizes": sizes}


@contextmanager
def workspace(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept
        return
    with tempfile.TemporaryDirectory(prefix="promptc-bench-") as folder:
        yield Path(folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tenants", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=100_000, help="0 leaves the large project out")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--keep", type=Path, help="a folder for the projects, kept for the next run")
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    given = parser.parse_args()
    with workspace(given.keep) as work:
        bench = Bench(work, given.tenants, given.large, given.rounds)
        for name in given.only:
            PARTS[name](bench)
        print("\n" + table(bench))
        if given.write:
            write(bench, [word for word in sys.argv[1:] if word != "--write" and not word.startswith("/")])


if __name__ == "__main__":
    main()
