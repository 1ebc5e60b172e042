"""The plain script: what somebody would write instead of promptc, and what promptc is measured against.

    python benchmarks/plain.py PROJECT OUT

CSafeLoader for each tenant, a deep merge along its layers, one Jinja2 environment with every template compiled once,
sha256, and a file for each output. One process. It checks nothing, and knows nothing of what has changed.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from jinja2 import DictLoader, Environment

LOADER = yaml.CSafeLoader


def merge(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Maps merged deeply, the later value winning; lists of banned words join, as their policy says."""
    out = dict(below)
    for key, value in above.items():
        old = out.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            out[key] = merge(old, value)
        elif key == "banned_words" and isinstance(old, list):
            out[key] = old + [item for item in value if item not in old]
        else:
            out[key] = value
    return out


def tenants(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every tenant's id and overlay."""
    for path in sorted(folder.glob("**/*.yaml")):
        if "layers" not in path.parts:
            yield path.stem, yaml.load(path.read_bytes(), Loader=LOADER)
    for path in sorted(folder.glob("**/*.jsonl")):
        with path.open() as lines:
            for line in lines:
                overlay = json.loads(line)
                yield overlay.pop("id"), overlay


def main(project: Path, out: Path) -> None:
    declared = yaml.load((project / "sources/variables.yaml").read_bytes(), Loader=LOADER)
    defaults = {name: entry["default"] for name, entry in declared.items() if "default" in entry}
    sources = {
        str(path.relative_to(project / "sources")): path.read_text() for path in (project / "sources").glob("**/*.j2")
    }
    bodies = {name: text.split("\n---\n", 1)[-1] for name, text in sources.items()}
    environment = Environment(loader=DictLoader(bodies), trim_blocks=True, lstrip_blocks=True)
    prompts = {name[8:-10]: environment.get_template(name) for name in sorted(bodies) if name.startswith("prompts/")}
    layers = {
        str(path.relative_to(project / "tenants/layers"))[:-5]: yaml.load(path.read_bytes(), Loader=LOADER)
        for path in (project / "tenants/layers").glob("**/*.yaml")
    }
    inputs = {"name": "{name}", "message": "{message}"}
    digests: dict[str, dict[str, str]] = {}
    for tenant, overlay in tenants(project / "tenants"):
        merged: dict[str, Any] = {"variables": defaults}
        for name in ("base", *overlay["extends"]):
            merged = merge(merged, layers[name])
        merged = merge(merged, overlay)
        folder = out / tenant
        folder.mkdir(parents=True)
        for name, template in prompts.items():
            data = template.render(vars=merged["variables"], input=inputs).encode()
            digests.setdefault(tenant, {})[name] = hashlib.sha256(data).hexdigest()
            (folder / f"{name}.txt").write_bytes(data)
    (out / "manifest.json").write_text(json.dumps(digests))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
