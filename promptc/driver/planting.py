"""Planting: a copy of a project in which each tenant's texts carry that tenant's marker, for a test build of its own.

    a project -> [planting] -> FOLDER with planted overlays and markers.json -> build, logs, pages -> markers

Nothing of the project itself is touched, and nothing is written where it builds.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from promptc.core.dataclass import dataclass
from promptc.core.errors import PromptcError

FORMAT = "promptc.markers/1"
FILE = "markers.json"


@dataclass(frozen=True, slots=True)
class Planted:
    """What was written: the folder, how many tenants, and how many have no text to carry a marker."""

    folder: str
    tenants: int
    bare: tuple[str, ...]


def marker_of(tenant: str) -> str:
    """A tenant's marker: letters and digits alone, so that no filter and no form of writing takes it apart."""
    return "pmk" + hashlib.sha256(b"promptc.markers/1\0" + tenant.encode()).hexdigest()[:20]


def plant(start: str, to: str) -> Planted:
    """Write a planted copy. PromptcError C041 where the folder isn't empty or lies in the project's own folders."""
    from promptc.compiler.schema.planting import plant_json, plant_yaml
    from promptc.core.visible import shortened
    from promptc.driver.checking.views import role_of
    from promptc.driver.project import open_project
    from promptc.stores.effects import make_folders
    from promptc.stores.write import write_file

    opened = open_project(start)
    folder = Path(to).absolute()
    inside = [opened.folder / name for name in ("build", opened.settings.sources, opened.settings.tenants)]
    if any(folder.is_relative_to(one) for one in inside) or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        hint = "name a new folder beside the project, never its build/"
        raise PromptcError("C041", f"`{shortened(to)}` is not a new folder that a test build can have", hint=hint)
    if any(finding.is_error for finding in opened.findings):
        hint = "mend what `promptc check` says first"
        raise PromptcError("C041", "the project's sources are wrong, and nothing can be planted", hint=hint)
    files = {overlay.place.file: overlay.name for overlay in opened.project.tenants.values()}
    markers: dict[str, str] = {}
    bare: list[str] = []
    written: dict[str, bytes] = {}
    for file, data in opened.tree.items():
        role = role_of(file, opened.settings)
        if role == "tenant" and file in files:
            tenant = files[file]
            beside = file.rpartition("/")[0]

            def read(name: str, beside: str = beside) -> str | None:
                found = opened.tree.get(f"{beside}/{name}")
                return None if found is None else found.decode("utf-8", "replace")

            marker = markers[tenant] = marker_of(tenant)
            data = plant_yaml(data, marker, opened.project, read)
            if marker.encode() not in data:
                bare.append(tenant)
        elif role == "signups":
            lines = []
            for line in data.split(b"\n"):
                if line.strip():
                    tenant = str(json.loads(line)["id"])
                    markers[tenant] = marker_of(tenant)
                    line = plant_json(line, markers[tenant], opened.project)
                    if markers[tenant].encode() not in line:
                        bare.append(tenant)
                lines.append(line)
            data = b"\n".join(lines)
        written[file] = data
    for name in ("pyproject.toml", "promptc.toml"):
        path = opened.folder / name
        if path.is_file():
            written[name] = path.read_bytes()
    head = {"format": FORMAT, "markers": {marker: tenant for tenant, marker in sorted(markers.items())}}
    written[FILE] = json.dumps(head, indent=1).encode() + b"\n"
    for file, data in written.items():
        path = folder / file
        make_folders(path.parent)
        write_file(path, data)
    return Planted(to, len(markers), tuple(sorted(bare)))
