"""What promoting and rolling back one changed tenant cost, as whole processes, at 10,000 and at 100,000 tenants of ten prompts.

    python benchmarks/release.py [--tenants 10000,100000]

Each registry is a folder that was filled in one go: every target has a text of its own, so nothing is shared. A promote
takes its targets from a root of the registry (`--from`), as `promptc push` leaves it; a rollback goes back by one entry.
Both are timed with start-up and with every sync. `promptc --version` is the start-up alone.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PROMPTS = [f"prompt-{number}" for number in range(10)]
TIMES = 5
sys.path.insert(0, str(ROOT))


def promptc(folder: str, *words: str) -> float:
    """Seconds that a command takes."""
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "promptc", *words], cwd=folder, capture_output=True, text=True)
    seconds = time.perf_counter() - began
    assert done.returncode == 0, (words, done.stderr)
    return seconds


def filled(folder: str, tenants: int) -> list[str]:
    """A registry with a root of so many tenants, and roots in which one tenant says something else; the roots."""
    from promptc.core.digest import Digest, digest_of
    from promptc.core.manifest import Change, make_manifest
    from promptc.core.moves import composed
    from promptc.stores.registry import open_registry
    from tests.release.world import artifact

    registry = open_registry("registry", Path(folder), create=True)

    def texts() -> Any:
        for tenant in range(tenants):
            for prompt in PROMPTS:
                data = artifact(f"You answer for tenant {tenant} in {prompt}. " + "Be brief. " * 100)
                digest = digest_of(data)
                targets.setdefault(f"tenant-{tenant}", {})[prompt] = digest
                yield digest, data

    targets: dict[str, dict[str, Digest]] = {}
    registry.put(texts())
    manifest = make_manifest(targets)
    registry.put(manifest.blobs.items())
    registry.refresh()
    roots = [manifest.root]
    for turn in range(TIMES):
        changed = {prompt: artifact(f"{prompt} says {turn}") for prompt in PROMPTS}
        registry.put((digest_of(data), data) for data in changed.values())
        tenant = f"tenant-{tenants // 2}"
        moves = [Change(tenant, prompt, targets[tenant][prompt], digest_of(data)) for prompt, data in changed.items()]
        blobs: dict[Digest, bytes] = {}
        registry.refresh()
        roots.append(composed(registry.get, manifest.root, moves, blobs).root)
        registry.put(blobs.items())
    return [str(root) for root in roots]


def measured(tenants: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        first, *others = filled(folder, tenants)
        registry = ("--registry", "registry")
        found = {"start": float("inf"), "promote": float("inf"), "rollback": float("inf")}
        found["first"] = promptc(folder, "promote", "prod", "--from", first, "--new", "--yes", *registry)
        for root in others:
            found["start"] = min(found["start"], promptc(folder, "--version"))
            found["promote"] = min(found["promote"], promptc(folder, "promote", "prod", "--from", root, "--yes", *registry))
            found["rollback"] = min(found["rollback"], promptc(folder, "rollback", "prod", "--yes", "--why", "wrong", *registry))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tenants", default="10000,100000")
    counts = [int(word) for word in parser.parse_args().tenants.split(",")]
    found = {count: measured(count) for count in counts}
    small = found[counts[0]]
    print(f"\nPython {sys.version.split()[0]}, {os.cpu_count()} cores, the least of {TIMES} runs, {len(PROMPTS)} prompts each\n")
    print("| tenants | command | seconds | to the smallest | to start-up |\n|--:|---|--:|--:|--:|")
    for count in counts:
        for name in ("promote", "rollback"):
            seconds = found[count][name]
            ratio, start = seconds / small[name], seconds / found[count]["start"]
            print(f"| {count:,} | {name} of one changed tenant | {seconds:.2f} | {ratio:.2f} × | {start:.1f} × |")
        print(f"| {count:,} | the first promote, of all targets | {found[count]['first']:.1f} | | |")


if __name__ == "__main__":
    main()
