"""Estate: all targets of a project together, for checks that hold tenants against each other.

    root, what was said of units -> [estate] -> Estate, its artifacts read from the store, or made again
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from promptc.checks.check import Estate, Text
from promptc.checks.identifiers import Identity
from promptc.core.digest import Digest
from promptc.core.errors import PromptcError
from promptc.core.findings import Place
from promptc.core.manifest import walk
from promptc.driver.checking.answered import read_kept, write_kept

if TYPE_CHECKING:
    from promptc.driver.checking.looking import Looker
    from promptc.driver.checking.remembered import Memory


FILE = "checks-found"
Found = Mapping[str, Mapping[str, list[str]]]


def load_found(folder: Path, base: str) -> Found:
    """What checks found by digest in the last run; nothing where it was another toolchain's, or is damaged."""
    kept = read_kept(folder / FILE)
    found = kept.get("found") if isinstance(kept, dict) and kept.get("base") == base else None
    return found if isinstance(found, dict) else {}


def keep_found(folder: Path, base: str, estate: Estate) -> None:
    """Keep what was found, for the next run."""
    if estate.after != estate.before:
        write_kept(folder / FILE, {"base": base, "found": estate.after})


class LineText(Text):
    """One line of a .jsonl as a text: every place in it is the line's."""

    def __init__(self, file: str, text: str, line: int) -> None:
        super().__init__(file, text, "signups")
        self._line = line

    def place(self, index: int) -> Place:
        """The place of a character."""
        return Place(self.file, self._line, super().place(index).column)


def overlay_text(file: str, line: int, data: bytes) -> Text:
    """A tenant's own overlay as a text."""
    text = data.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n")
    return LineText(file, text, line) if line else Text(file, text, "tenant")


def estate_of_whole(whole: Any, looker: Looker, root: Digest, memory: Memory, before: Found) -> Estate:
    """The estate of a project that was opened whole."""
    targets: dict[str, dict[str, Digest]] = {}
    for tenant, prompt, digest in walk(whole.get, root):
        targets.setdefault(tenant, {})[prompt] = digest
    identities: dict[str, tuple[Identity, ...]] = {}
    labels: dict[str, Mapping[str, str]] = {}
    places: dict[str, tuple[str, int]] = {}
    for number in range(len(memory.shards)):
        for file, (_, rows) in memory.files(number).items():
            for row in rows:
                if row[2]:
                    identities[row[2]] = tuple((kind, words) for kind, words in row[6])
                    labels[row[2]] = memory.table.value(row[4])
                    places[row[2]] = file, row[0]

    def document(tenant: str, prompt: str) -> Mapping[str, Any]:
        try:
            data = whole.seen.store.get(targets[tenant][prompt])
        except (PromptcError, KeyError):
            # A check stores nothing, so that what it made is made again.
            data = looker.compiler.compile(tenant, prompt).data or b""
        found: Mapping[str, Any] = json.loads(data)
        return found

    def own(tenant: str) -> Text | None:
        if tenant not in places:
            return None
        file, line = places[tenant]
        data = whole.read(file) or b""
        return overlay_text(file, line, data.split(b"\n")[line - 1] if line else data)

    return Estate(looker.sources, targets, labels, document, identities, own, before)
