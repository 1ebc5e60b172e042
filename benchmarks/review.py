"""What reviewing costs, against the plain script that somebody would compile the whole project with, both in one run.

    python benchmarks/review.py [--tenants N] [--rounds N] [--write]

The project is that of engine.py, in a git repository, built before each measure (a warm cache). What a diff says is held
against a comparison of all artifacts of both roots: a figure counts only when every count is right.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from engine import ENVIRONMENT, HERE, PYTHON, Bench, Row, build, medians, plain, seconds, table, workspace, write
from projects import Size

ODD = ("000/tenant-000499", "004/tenant-004999", "007/tenant-007776")
CHARACTERS_MAX = 60_000
COMPARE = """
import json, sys, time
from promptc.core.digest import Digest
from promptc.core.manifest import compare, walk
from promptc.stores.build import BesideStore, BuildFolder
store = BesideStore(__import__("pathlib").Path("build/cache/reviews"), BuildFolder(__import__("pathlib").Path("build")))
base, head = map(Digest, sys.argv[1:])
began = time.perf_counter()
found = compare(store.get, base, head)
took = time.perf_counter() - began
old, new = ({(t, p): d for t, p, d in walk(store.get, root)} for root in (base, head))
naive = {target for target in old.keys() | new.keys() if old.get(target) != new.get(target)}
assert naive == {(c.tenant, c.prompt) for c in found}
print(json.dumps([took, len(naive & old.keys() & new.keys()), len(old.keys() & new.keys()) - len(naive & old.keys() & new.keys())]))
"""


def git(folder: Path, *words: str) -> None:
    who = {f"GIT_{one}_{what}": "a@b" for one in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    subprocess.run(["git", *words], cwd=folder, env={**os.environ, **who}, check=True, capture_output=True)


def committed(folder: Path) -> None:
    """The project with one commit, and built."""
    if not (folder / ".git").exists():
        (folder / ".gitignore").write_text("build/\n.promptc/\n")
        git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", "a state")
    build(folder)


def diff(folder: Path, *words: str) -> float:
    return seconds([PYTHON, "-m", "promptc", "diff", *words], folder)


def said(folder: Path, *words: str) -> str:
    return subprocess.run(
        [PYTHON, "-m", "promptc", "diff", *words], cwd=folder, check=True, capture_output=True, text=True, env=ENVIRONMENT
    ).stdout


def counted(folder: Path, *words: str) -> tuple[dict[str, Any], float]:
    """What a diff says as JSON, its counts held against a comparison of every artifact; how long comparing roots takes."""
    found = json.loads(said(folder, *words, "--format", "json"))
    roots = [found["base"]["root"], found["head"]["root"]]
    done = subprocess.run([PYTHON, "-c", COMPARE, *roots], cwd=folder, check=True, capture_output=True, text=True, env=ENVIRONMENT)
    took, changed, unchanged = json.loads(done.stdout)
    assert (found["counts"]["changed"], found["counts"]["unchanged"]) == (changed, unchanged)
    assert len({number for group in found["groups"] for number in group["targets"]}) == changed
    return found, took


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def measure(bench: Bench) -> None:
    folder = bench.project("review", Size(bench.tenants))
    committed(folder)
    theirs, _ = medians(bench, lambda: plain(bench, folder), lambda: 0.0)
    fragment = folder / "sources/fragments/closing.j2"
    number = 0

    def one_line() -> float:
        """Somebody edits the fragment, commits and builds; then it is reviewed."""
        nonlocal number
        number += 1
        replaced(fragment, "Clos", f"Round {number}: Clos")
        committed(folder)
        return diff(folder, "HEAD~1", "--format", "markdown", "-o", "review.md")

    (ours,) = medians(bench, one_line)
    found, _ = counted(folder, "HEAD~1")
    length = len((folder / "review.md").read_text())
    assert length < CHARACTERS_MAX
    detail = f"{ours:.2f} s to {theirs:.2f} s; {found['counts']['changed']:,} targets, Markdown of {length:,} characters"
    bench.add(Row("one fragment edited, `promptc diff HEAD~1`", ours / theirs, 0.15, None, detail))

    def first_time() -> float:
        """The same where neither state was compiled for a review before."""
        one_line()
        subprocess.run(["rm", "-rf", "build/cache/reviews"], cwd=folder, check=True)
        return diff(folder, "HEAD~1", "HEAD", "--format", "markdown", "-o", "review.md")

    (ours,) = medians(bench, first_time)
    bench.add(Row("the same, nothing kept of either revision", ours / theirs, 0.3, None, f"{ours:.2f} s to {theirs:.2f} s"))
    committed(folder)
    tenant = folder / "tenants/000/tenant-000007.yaml"

    def one_tenant() -> float:
        nonlocal number
        number += 1
        lines = tenant.read_text().split("\n")
        tenant.write_text("\n".join(f"  motto: v{number}" if line.startswith("  motto: ") else line for line in lines))
        return diff(folder, "HEAD", "--no-pager")

    one_tenant()
    (ours,) = medians(Bench(bench.work, 0, 0, 7), one_tenant)
    _, took = counted(folder, "HEAD")
    bench.add(Row("one tenant edited, all of it", ours, 1, None, "git, look, build, diff, causes", "s"))
    bench.add(Row("one tenant edited, finding it in two roots", took * 1000, 50, None, "beyond start-up", "ms"))
    git(folder, "checkout", "-q", ".")
    replaced(fragment, "Round", "Odd round")
    for name in ODD:
        replaced(folder / f"tenants/{name}.yaml", "  product: ", "  product: Odd ")
    screen = "\n".join(said(folder, "HEAD", "--no-pager").split("\n")[:24])
    missing = [name for name in ODD if name.rpartition("/")[2] not in screen]
    bench.add(Row("three odd tenants that the first screen does not name", len(missing), 0, None, "24 lines", "of 3"))
    git(folder, "checkout", "-q", ".")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tenants", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="a folder for the project, kept for the next run")
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    given = parser.parse_args()
    with workspace(given.keep) as work:
        bench = Bench(work, given.tenants, 0, given.rounds)
        began = time.perf_counter()
        measure(bench)
        print(f"\n{table(bench)}\n\n{time.perf_counter() - began:.0f} s in all")
        if given.write:
            write(bench, [word for word in sys.argv[1:] if word != "--write" and not word.startswith("/")], "review")


if __name__ == "__main__":
    assert HERE.is_dir()
    main()
