"""Review: what two moments serve differently, as one document: counts, groups of equal changes, causes, who is reached.

    review -> [review] -> terminal, Markdown, HTML, JSON (`promptc.review/1`)

Pure. Every count is of everything; only bodies may be left out, by whoever shows them. Text that differs from target to
target is a hole, and so is every confidential value, so that whoever shows a review can't show what should stay hidden.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from promptc.core.dataclass import dataclass, field
from promptc.core.digest import Digest
from promptc.core.findings import Finding
from promptc.core.manifest import Change
from promptc.core.outline import Class, Hole, Line

FORMAT = "promptc.review/1"
# So few tenants, of more that changed, that somebody should ask why.
ODD_TENANTS_MAX = 3


@dataclass(frozen=True, slots=True)
class Moment:
    """One side: what it is called, its commit where it has one, its root, and how much it holds."""

    name: str
    commit: str
    root: Digest
    targets: int
    tenants: int
    not_compiled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a group differs: one thing that does, where, and its old and new value as shown, "" where there is none.

    `kind` is one of template, stand-in, prompt, schema, question, value, model, config, tools, blocks, examples, enabled,
    toolchain, broken, unknown; `what` names the thing. `place` is `file:line`, "" where there is none.
    """

    kind: str
    what: str
    place: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """One target of a group, and what stands there in holes whose own value changed: {name: (before, after)}."""

    target: str
    values: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Money:
    """What a change adds in a month of 30 days, in dollars, at counted traffic.

    `low` and `high` are the tokens that it adds to a call, `tenants` those of whom calls are known, `calls` theirs in a
    month; of `unknown` targets with calls no price is.
    """

    low: int
    high: int
    tenants: int
    calls: int
    dollars: float
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class Bill:
    """What a review's money was counted with: the file of usage, its days, the prices, and how tokens are counted."""

    usage: str
    days: int
    prices: str
    counted_by: str

    @property
    def traffic(self) -> str:
        """In words: last month's, where the file is one."""
        return "last month's traffic" if 28 <= self.days <= 31 else f"the traffic of {self.days:,} days"


@dataclass(frozen=True, slots=True)
class Group:
    """Targets that differ in one hunk in the same way.

    `kind` is `changed`, or `new` for a new tenant against the same chain without it. `where` is the part: a role, `model`,
    `config`, `input NAME`, `tool NAME`, `output`. `before` and `after` are the lines, with holes where targets differ, and
    `context` the lines around them (None where there is none). `line` counts the lines of the compiled prompt from 1, 0 in
    parts that are data. `variants` is how many different texts the hunk has: 1 says that all targets are identical in it.
    `targets` are numbers into Review.targets. `digest` is the plan digest of its targets. `prefix` counts the targets whose
    stable prefix, which a provider may have cached, now ends at this hunk. `is_odd`: few of the changed tenants have it.
    """

    number: int
    kind: Literal["changed", "new"]
    change: Class
    where: str
    before: tuple[Line, ...]
    after: tuple[Line, ...]
    context: tuple[Line | None, Line | None]
    line: int
    changed: tuple[str, ...]
    variants: int
    examples: tuple[Example, ...]
    targets: tuple[int, ...]
    tenants: int
    prompts: tuple[tuple[str, int], ...]
    labels: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
    owners: tuple[tuple[str, int], ...]
    causes: tuple[Cause, ...]
    characters: int
    prefix: int
    digest: str
    tokens: tuple[int, int] | None = None
    is_odd: bool = False
    money: Money | None = None

    @property
    def is_identical(self) -> bool:
        """Whether the change is the same text for every target, and not only the same around other values."""
        return self.variants == 1


@dataclass(frozen=True, slots=True)
class Edit:
    """Changed lines of one source or overlay, and the groups that they cause; `says` what else is known of it.

    `line` and `end` are lines as they are now (`end` exclusive), equal where lines went; 0 where the whole file did.
    """

    file: str
    line: int
    end: int
    groups: tuple[int, ...]
    says: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """Targets that came, went, or do not compile any more, of one prompt: how many, and some of their names."""

    prompt: str
    count: int
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shift:
    """Shares of a prompt's variants, in percent, that are others now for some tenants; the rest is the plain prompt's."""

    prompt: str
    before: Mapping[str, float]
    after: Mapping[str, float]
    tenants: tuple[str, ...]

    def listed(self) -> Listed:
        """As lists name what came or went."""
        return Listed(f"{self.prompt}: {told_shares(self.before)} → {told_shares(self.after)}", len(self.tenants), self.tenants[:SHOWN])


SHOWN = 5


def told_shares(shares: Mapping[str, float]) -> str:
    """Shares in words."""
    return ", ".join(f"{name} {share:g} %" for name, share in sorted(shares.items())) or "plain alone"


@dataclass(frozen=True, slots=True)
class Review:
    """What differs. `targets` are all that changed or came, as (tenant, prompt, before, after), sorted.

    `changed` and `added` count them, `removed` those that went; `broken` are the targets that compiled in base and do not
    in head. `labels` are {key: {value: ids}} of the tenants in it. `stale` are findings of overrides that this change made
    stale, `findings` all that head says and base did not. `toolchain` says what of it differs, for a recorded root.
    """

    base: Moment
    head: Moment
    targets: tuple[Change, ...]
    changed: int
    added: int
    removed: int
    unchanged: int
    groups: tuple[Group, ...]
    new: tuple[Listed, ...]
    gone: tuple[Listed, ...]
    broken: tuple[Listed, ...]
    edits: tuple[Edit, ...]
    findings: tuple[Finding, ...]
    stale: tuple[tuple[str, Finding], ...]
    characters: int
    prefix: int
    digest: str
    tenant_labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    toolchain: tuple[Cause, ...] = ()
    by: str = ""
    tokenizer: str = ""
    bill: Bill | None = None
    shifts: tuple[Shift, ...] = ()

    @property
    def dollars(self) -> float:
        """What all groups add in a month, where a bill was asked for."""
        return sum(group.money.dollars for group in self.groups if group.money is not None)

    @property
    def differs(self) -> bool:
        """Whether anything that is served differs."""
        return bool(self.changed or self.added or self.removed or self.shifts)

    @property
    def incomplete(self) -> int:
        """How many targets of either side could not be compiled: what they would be is not known."""
        return len(self.base.not_compiled) + len(self.head.not_compiled)

    def counts(self) -> dict[Class, int]:
        """How many changed targets have a change of each class; one target may have several."""
        found: dict[Class, set[int]] = {}
        for group in self.groups:
            found.setdefault(group.change, set()).update(group.targets)
        return {name: len(numbers) for name, numbers in found.items()}


def plan_digest(changes: Iterable[Change]) -> str:
    """sha256 over the sorted lines `target from to`, `-` for none: what is promoted later can be held against it."""
    lines = sorted(f"{c.tenant}/{c.prompt} {c.before or '-'} {c.after or '-'}\n" for c in changes)
    return "sha256:" + hashlib.sha256("".join(lines).encode()).hexdigest()


def shown_line(line: Line) -> str:
    """A line as plain text, holes as `{name}`."""
    return "".join(f"{{{piece.name}}}" if isinstance(piece, Hole) else piece for piece in line)


def document(review: Review) -> dict[str, Any]:
    """The review as JSON data. Targets and groups are whole, whatever their number."""
    return {
        "format": FORMAT,
        "base": _moment(review.base),
        "head": _moment(review.head),
        "counts": {
            "changed": review.changed, "added": review.added, "removed": review.removed, "unchanged": review.unchanged,
            "classes": review.counts(), "not_compiled": review.incomplete, "characters": review.characters,
            "prefix": review.prefix, "allocations": sum(len(shift.tenants) for shift in review.shifts),
        },
        "plan": review.digest,
        "targets": [[c.tenant, c.prompt, c.before, c.after] for c in review.targets],
        "labels": {tenant: dict(labels) for tenant, labels in review.tenant_labels.items()},
        "groups": [_group(group) for group in review.groups],
        "new": [_listed(one) for one in review.new],
        "gone": [_listed(one) for one in review.gone],
        "broken": [_listed(one) for one in review.broken],
        "allocations": [
            {"prompt": s.prompt, "before": dict(s.before), "after": dict(s.after), "tenants": list(s.tenants)} for s in review.shifts
        ],
        "edits": [
            {"file": e.file, "line": e.line, "end": e.end, "groups": list(e.groups), "says": e.says} for e in review.edits
        ],
        "findings": [_finding(finding) for finding in review.findings],
        "stale": [{"owner": owner, **_finding(finding)} for owner, finding in review.stale],
        "toolchain": [_cause(cause) for cause in review.toolchain],
        "tokenizer": review.tokenizer,
        "bill": _bill(review),
    }  # fmt: skip


def _moment(side: Moment) -> dict[str, Any]:
    return {
        "name": side.name, "commit": side.commit, "root": side.root, "targets": side.targets, "tenants": side.tenants,
        "not_compiled": list(side.not_compiled),
    }  # fmt: skip


def _group(group: Group) -> dict[str, Any]:
    return {
        "number": group.number, "kind": group.kind, "class": group.change, "where": group.where, "line": group.line,
        "identical": group.is_identical, "odd": group.is_odd, "variants": group.variants,
        "before": _lines(group.before), "after": _lines(group.after), "context": [None if x is None else _pieces(x) for x in group.context],
        "changed": list(group.changed),
        "examples": [{"target": e.target, "values": {k: list(v) for k, v in e.values.items()}} for e in group.examples],
        "targets": list(group.targets), "tenants": group.tenants, "prompts": dict(group.prompts),
        "labels": {key: dict(values) for key, values in group.labels}, "owners": dict(group.owners),
        "causes": [_cause(cause) for cause in group.causes], "characters": group.characters, "prefix": group.prefix,
        "plan": group.digest, "tokens": None if group.tokens is None else list(group.tokens),
        "money": _money(group.money),
    }  # fmt: skip


def _money(money: Money | None) -> dict[str, Any] | None:
    if money is None:
        return None
    return {
        "tokens": [money.low, money.high], "tenants": money.tenants, "calls": money.calls,
        "dollars": round(money.dollars, 6), "unknown": money.unknown,
    }  # fmt: skip


def _bill(review: Review) -> dict[str, Any] | None:
    bill = review.bill
    if bill is None:
        return None
    return {
        "usage": bill.usage, "days": bill.days, "prices": bill.prices, "tokens": bill.counted_by,
        "dollars": round(review.dollars, 6),
    }  # fmt: skip


def _lines(lines: Sequence[Line]) -> list[list[Any]]:
    return [_pieces(line) for line in lines]


def _pieces(line: Line) -> list[Any]:
    return [{"hole": piece.name} if isinstance(piece, Hole) else piece for piece in line]


def _cause(cause: Cause) -> dict[str, str]:
    return {"kind": cause.kind, "what": cause.what, "place": cause.place, "before": cause.before, "after": cause.after}


def _listed(one: Listed) -> dict[str, Any]:
    return {"prompt": one.prompt, "count": one.count, "targets": list(one.targets)}


def _finding(finding: Finding) -> dict[str, Any]:
    place = finding.place
    return {
        "code": finding.code, "severity": finding.severity, "message": finding.message, "file": place.file,
        "line": place.line, "column": place.column, "hint": finding.hint,
    }  # fmt: skip
