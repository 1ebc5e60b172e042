"""Planning: which units are due, which are kept, which are gone.

    Sources, ledger, states -> scope -> [planning] -> Outlook -> whole

Where only tenants changed, only their files are looked into. Where sources changed, every unit is weighed: its row says
what its chain and its findings are, and the scope says whom the edit reaches.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence

from promptc.compiler.schema.signups import is_blank, refused
from promptc.compiler.schema.signups import lines_of as cut_lines
from promptc.compiler.schema.tenants import passed_over, role_of
from promptc.core.dataclass import dataclass, field, replace
from promptc.core.findings import Finding, unpacked
from promptc.driver.look import Look
from promptc.driver.reading import Reading, Sources
from promptc.driver.scope import Scope, Shape, scope_of
from promptc.driver.units import Due
from promptc.engine.ledger import FAILED, SAID, Damaged, Head, Row
from promptc.engine.states import UNREAD


@dataclass(slots=True)
class Outlook:
    """What there is to do: units that are due, rows that are kept as they are or moved, and rows that are gone."""

    due: list[Due] = field(default_factory=list)
    kept: list[Row] = field(default_factory=list)
    moved: list[Row] = field(default_factory=list)
    gone: list[Row] = field(default_factory=list)
    # Whether `kept` names every row that is kept; else only those of files that were looked into.
    is_whole: bool = True
    lines: dict[str, int] = field(default_factory=dict)
    # What is wrong with files of overlays as such, by file: nothing reads them, they can't be read.
    file_findings: dict[str, tuple[Finding, ...]] = field(default_factory=dict)


class Planning(Reading):
    """Reads, and decides what is due."""

    def __init__(self, seen: Look) -> None:
        super().__init__(seen)
        self.scope = Scope(everything=True)
        self.outlook = Outlook()
        # Every row of the last build, where all were asked for.
        self.rows_before: list[Row] | None = None

    def plan(self) -> None:
        """Decide what is due, and read what that needs."""
        sources, head = self.sources, self.head
        if head is None:
            self.scope = Scope(everything=True)
            self._plan_all(rows=self._rows_or_none())
            return
        self.scope = self._scope(head, sources)
        try:
            if self.scope.is_small:
                self._plan_changed(head, self._tenants_touched())
            else:
                self.rows_before = self.ledger.units()
                self._plan_all(rows={(row.file, row.line): row for row in self.rows_before})
        except Damaged:
            self.rows_before = None
            self.scope = Scope(everything=True)
            self._plan_all(rows={})

    def _rows_or_none(self) -> dict[tuple[str, int], Row]:
        """The rows of the last build, to say what is another than it was; nothing of them is kept."""
        if self.ledger_head is None:
            return {}
        try:
            return {(row.file, row.line): row for row in self.ledger.units()}
        except Damaged:
            return {}

    def _scope(self, head: Head, sources: Sources) -> Scope:
        if self._sources_are_same(sources.settings) and head.data["parts"] is sources.parts:
            # Hints name tenants, so that a tenant that came or went may change what was said of others.
            return Scope(noted=any(self._may_bring_ids(file) for file in self._tenants_touched()))
        shows = [name for name in sources.project.prompts if _shows_examples(sources, name)]
        after = Shape(sources.parts, sources.closures, frozenset(shows), layers_remove=sources.layers_remove)
        before = Shape(head.data["parts"], head.data["closures"], layers_remove=head.data["layers_remove"])
        return scope_of(before, after)

    def _tenant_files(self) -> Iterator[tuple[str, str]]:
        """Every file below the tenants folder that is no layer, with its role."""
        assert self.seen.listing is not None
        prefix = f"{self.sources.settings.tenants}/"
        for file in self.seen.listing.files:
            if file.startswith(prefix):
                role = role_of(file[len(prefix) :])
                if role != "layer" and not file.startswith(f"{prefix}layers/"):
                    yield file, role

    def _plan_all(self, *, rows: Mapping[tuple[str, int], Row]) -> None:
        """Look at every unit; those that neither changed nor are in scope are kept."""
        outlook = self.outlook = Outlook()
        by_digest = {(row.file, row.digest): row for row in rows.values() if row.line}
        texts = self._changed_texts()
        used: set[int] = set()
        for file, role in self._tenant_files():
            if role == "tenant":
                self._weigh(self._due_file(file), rows.get((file, 0)), texts, used)
            elif role == "signups":
                for due in self.lines_of(file):
                    self._weigh(due, by_digest.get((file, due.digest or b"")), texts, used)
            else:
                self._note(file, role)
        outlook.gone = [row for row in rows.values() if row.number not in used]

    def _weigh(self, due: Due, row: Row | None, texts: frozenset[str], used: set[int]) -> None:
        """Put a unit among those that are due, or its row among those that are kept."""
        outlook = self.outlook
        if row is None:
            outlook.due.append(due)
            return
        used.add(row.number)
        same = due.digest is not None and due.digest == row.digest and not texts.intersection(row.texts)
        moved = row.line != due.line
        if same and not self.scope.reaches(row) and not (moved and row.flags & (SAID | FAILED)):
            if moved:
                outlook.moved.append(replace(row, line=due.line))
            else:
                outlook.kept.append(row)
            return
        due.old = row
        if same and not row.flags & (SAID | FAILED) and self.scope.everything:
            due.only = self.scope.prompts
        outlook.due.append(due)

    def _plan_changed(self, head: Head, touched: Sequence[str]) -> None:
        """Only the files that changed are looked into; all other rows are kept unseen."""
        said = head.data["file_findings"]
        self.outlook = Outlook(is_whole=False, lines=dict(head.data["lines"]))
        self.outlook.file_findings = {file: tuple(map(unpacked, found)) for file, found in said.items()}
        roles = {file: self._role(file) for file in touched}
        files = {file for file, role in roles.items() if role in ("tenant", "signups")}
        texts = self._changed_texts()
        if texts:
            files |= {row.file for row in self.ledger.with_texts() if texts.intersection(row.texts)}
        if self.scope.noted:
            files |= {row.file for row in self.ledger.with_findings()}
        rows = {row.number: row for row in self.ledger.units(files=sorted(files))}
        self._weigh_files(sorted(files), rows, texts)
        for file, role in roles.items():
            self.outlook.file_findings.pop(file, None)
            if role not in ("tenant", "signups") and file in self.tree:
                self._note(file, role)

    def _weigh_files(self, files: Sequence[str], rows: Mapping[int, Row], texts: frozenset[str]) -> None:
        by_file = {(row.file, row.line): row for row in rows.values()}
        by_digest = {(row.file, row.digest): row for row in rows.values() if row.line}
        used: set[int] = set()
        for file in files:
            self.outlook.file_findings.pop(file, None)
            self.outlook.lines.pop(file, None)
            if file not in self.tree:
                continue
            if self._role(file) == "signups":
                for due in self.lines_of(file):
                    self._weigh(due, by_digest.get((file, due.digest or b"")), texts, used)
            else:
                self._weigh(self._due_file(file), by_file.get((file, 0)), texts, used)
        self.outlook.gone = [row for row in rows.values() if row.number not in used]

    def _due_file(self, file: str) -> Due:
        known = self.seen.digests.get(file)
        data = self.seen.changed.get(file)
        digest = known[1] if known is not None and data is None and known[1] != UNREAD else None
        return Due(file, 0, data, digest)

    def _note(self, file: str, role: str) -> None:
        """A file that is no overlay: read for its digest, and said to be passed over where it looks like one."""
        known = self.seen.digests.get(file)
        if known is None or known[1] == UNREAD:
            said = len(self.reader.findings)
            if self.read(file) is None:
                self.outlook.file_findings[file] = tuple(self.reader.findings[said:])
                return
        if role == "passed over":
            self.outlook.file_findings[file] = (passed_over(file),)

    def _role(self, file: str) -> str:
        return role_of(file.removeprefix(f"{self.sources.settings.tenants}/"))

    def _tenants_touched(self) -> list[str]:
        """The files of overlays and texts that changed, came or went; layers are not among them."""
        prefix = f"{self.sources.settings.tenants}/"
        touched = (*self.seen.changed, *self.seen.unread, *self.seen.removed)
        return [f for f in touched if f.startswith(prefix) and not f.startswith(f"{prefix}layers/")]

    def _may_bring_ids(self, file: str) -> bool:
        return self._role(file) == "signups" or file in self.seen.unread or file in self.seen.removed

    def _changed_texts(self) -> frozenset[str]:
        """The files that overlays may read and that changed, came or went."""
        prefix = f"{self.sources.settings.tenants}/"
        touched = (*self.seen.changed, *self.seen.unread, *self.seen.removed)
        return frozenset(file for file in touched if file.startswith(prefix))

    def lines_of(self, file: str) -> Iterator[Due]:
        """The units of a .jsonl, each with its bytes."""
        data = self.read(file)
        if data is None:
            return
        why = refused(data[:4], len(data), file)
        if why:
            self.outlook.file_findings[file] = why
            return
        last = 0
        for number, line in cut_lines(data):
            last = number
            if not is_blank(line):
                yield Due(file, number, line, hashlib.sha256(line).digest())
        self.outlook.lines[file] = last


def _shows_examples(sources: Sources, prompt: str) -> bool:
    templates = sources.project.templates
    return any("examples" in templates[path].text for path in sources.closures.get(prompt, ()) if path in templates)
