"""Forgetting in the sources: a tenant's overlay, the files and examples that are its own, and where else its name stands.

    a project, a tenant's id -> [forget sources] -> files to delete, files with lines taken out, mentions

Lines are only taken out where the file without them reads as before without these items; else the file is named for a
person to edit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from promptc.compiler.project import Examples, Overlay, Project
from promptc.compiler.schema.nodes import Map, Sequence, data_of
from promptc.compiler.schema.yaml import parse_yaml
from promptc.core.dataclass import dataclass, field
from promptc.core.digest import digest_of
from promptc.core.forgetting import Item, Remainder
from promptc.driver.graph import files_of
from promptc.driver.project import Opened

MENTIONS_MAX = 20


@dataclass(slots=True)
class Removal:
    """What goes from the sources. `edits` maps a file to its new bytes, None for one that is deleted whole."""

    edits: dict[str, bytes | None] = field(default_factory=dict)
    items: list[Item] = field(default_factory=list)
    stays: list[Remainder] = field(default_factory=list)


def removal(opened: Opened, tenant: str) -> Removal:
    """What goes from a project's sources when a tenant is forgotten."""
    return _Removing(opened, tenant).run()


class _Removing:
    """One tenant's removal under way."""

    def __init__(self, opened: Opened, tenant: str) -> None:
        self.project: Project = opened.project
        self.tree: Mapping[str, bytes] = opened.tree
        self.tenant = tenant
        self.made = Removal()

    def run(self) -> Removal:
        """Its overlay, its files, its examples; then what else names it."""
        overlay = self.project.tenants.get(self.tenant)
        if overlay is not None:
            self._overlay(overlay)
        for examples in self.project.examples:
            self._examples(examples)
        self._mentions(overlay)
        return self.made

    def _overlay(self, overlay: Overlay) -> None:
        file = overlay.place.file
        if file.endswith(".jsonl"):
            lines = self.tree[file].splitlines(keepends=True)
            line = lines.pop(overlay.place.line - 1)
            self.made.edits[file] = b"".join(lines)
            self.made.items.append(Item("line", f"{file}:{overlay.place.line}", digest_of(line), len(line)))
        else:
            self._whole("overlay", file)
        others = {one for name, other in self.project.tenants.items() if name != self.tenant for one in files_of(other)}
        others.update(one for layer in self.project.layers.values() for one in files_of(layer))
        folder = f"{file.rpartition('/')[0]}/{self.tenant}/"
        own = [*files_of(overlay), *(path for path in self.tree if path.startswith(folder))]
        for path in dict.fromkeys(own):
            if path in self.tree and path not in others and path not in self.made.edits and not self._is_overlay(path):
                self._whole("file", path)

    def _is_overlay(self, path: str) -> bool:
        return any(overlay.place.file == path for overlay in (*self.project.tenants.values(), *self.project.layers.values()))

    def _whole(self, kind: str, file: str) -> None:
        data = self.tree[file]
        self.made.edits[file] = None
        self.made.items.append(Item(kind, file, digest_of(data), len(data)))

    def _examples(self, examples: Examples) -> None:
        file = examples.place.file
        if examples.owner == self.tenant:
            if file not in self.made.edits:
                self._whole("examples", file)
            return
        own = {one.id for one in examples.examples if one.origin == f"tenant:{self.tenant}"}
        if not own:
            return
        edited = without_items(self.tree[file], own)
        if edited is None:
            said = f"{file}: the examples {', '.join(sorted(own))} are its own"
            self.made.stays.append(Remainder(said, "take them out by hand: the file can't be edited safely"))
            return
        data, pieces = edited
        self.made.edits[file] = data
        self.made.items += [Item("example", f"{file}#{name}", digest_of(piece), len(piece)) for name, piece in sorted(pieces.items())]

    def _mentions(self, overlay: Overlay | None) -> None:
        """Where its id, title or an alias stands in what stays: for a person to judge."""
        names = {self.tenant, *((overlay.title, *overlay.aliases) if overlay is not None else ())} - {""}
        either = b"|".join(re.escape(name.encode()) for name in sorted(names))
        pattern = re.compile(rb"(?<![\w-])(?:" + either + rb")(?![\w-])", re.IGNORECASE)
        found: list[str] = []
        for path in sorted(self.tree):
            data = self.made.edits.get(path, self.tree[path])
            if data is not None:
                found += [f"{path}:{number}" for number, line in enumerate(data.split(b"\n"), 1) if pattern.search(line)]
        if found:
            more = f" and {len(found) - MENTIONS_MAX:,} more" if len(found) > MENTIONS_MAX else ""
            said = f"its id, title or an alias stands in {', '.join(found[:MENTIONS_MAX])}{more}"
            self.made.stays.append(Remainder(said, "read these lines, and decide"))


def without_items(data: bytes, ids: set[str]) -> tuple[bytes, dict[str, bytes]] | None:
    """A file of examples without some of them, and what was taken out by id; None where that can't be done safely."""
    before = _map(data)
    if before is None or not isinstance(listed := before.get("examples"), Sequence):
        return None
    lines = data.splitlines(keepends=True)
    spans = list(_spans(lines, before, listed))
    gone = {number: str(data_of(item)["id"]) for number, item in enumerate(listed.items) if _id(item) in ids}
    pieces = {gone[number]: b"".join(lines[slice(*spans[number])]) for number in gone}
    if len(gone) == len(listed.items):
        return None
    kept = [line for at, line in enumerate(lines) if not any(spans[n][0] <= at < spans[n][1] for n in gone)]
    after = _map(b"".join(kept))
    wanted: dict[str, Any] = data_of(before)
    wanted["examples"] = [one for number, one in enumerate(wanted["examples"]) if number not in gone]
    return (b"".join(kept), pieces) if after is not None and data_of(after) == wanted else None


def _spans(lines: list[bytes], root: Map, listed: Sequence) -> Iterator[tuple[int, int]]:
    """Each item's first line and the line behind its last, from 0: comments above an item belong to it."""
    below = [key.line - 1 for key, _ in root.entries.values() if key.line > listed.line]
    starts = [_start(lines, item.line - 1) for item in listed.items]
    yield from zip(starts, [*starts[1:], min(below, default=len(lines))], strict=True)


def _start(lines: list[bytes], at: int) -> int:
    while at and not lines[at].lstrip().startswith(b"-"):
        at -= 1
    indent = len(lines[at]) - len(lines[at].lstrip())
    while at and lines[at - 1].lstrip().startswith(b"#") and len(lines[at - 1]) - len(lines[at - 1].lstrip()) >= indent > 0:
        at -= 1
    return at


def _map(data: bytes) -> Map | None:
    node, findings = parse_yaml(data, "examples")
    return node if isinstance(node, Map) and not any(finding.is_error for finding in findings) else None


def _id(item: Any) -> str:
    return str(data_of(item).get("id", "")) if isinstance(item, Map) else ""
