"""Plan: a promote written down before it is done: which targets are given which digests, on top of which entry.

    promote --plan -> [plan] -> a file, people who approve, promote FILE

Pure. The plan digest is that of its moves (core/review.py), so that what is promoted can be held against the diff that
was approved, wherever either was made.
"""

from __future__ import annotations

from typing import Any

from promptc.core.dataclass import dataclass
from promptc.core.digest import Digest, digest_of, parse_digest
from promptc.core.document import expect_keys, read_document
from promptc.core.errors import PromptcError
from promptc.core.manifest import Change
from promptc.core.review import plan_digest
from promptc.core.values import canonical_bytes

PLAN = "promptc.plan/1"
_REQUIRED = {
    "format": str, "channel": str, "lineage": str, "from": str, "source": str, "select": list, "exclude": list,
    "moves": list, "plan": str, "why": str, "digest": str,
}  # fmt: skip
_OPTIONAL = {"base": int, "record": str, "tenants": str, "share": (int, float), "errors": int, "warnings": int}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a promote would do. `base` is the number of the entry it was made on, 0 for a channel without any.

    `moment` is how the source is called, `source` its root, `record` its build record, `tenants` the tree of what
    services may know of its tenants; `select`, `exclude` and `share` say how the moves were chosen. `errors` and `warnings`
    count what the build of the source said, None where that is not known.
    """

    channel: str
    lineage: str
    moment: str
    source: Digest
    moves: tuple[Change, ...]
    base: int = 0
    record: Digest | None = None
    tenants: Digest | None = None
    select: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    share: float | None = None
    why: str = ""
    errors: int | None = None
    warnings: int | None = None

    @property
    def digest(self) -> str:
        """The plan digest of its moves."""
        return plan_digest(self.moves)

    def counts(self) -> tuple[int, int, int]:
        """How many targets change, come and go."""
        added = sum(move.before is None for move in self.moves)
        removed = sum(move.after is None for move in self.moves)
        return len(self.moves) - added - removed, added, removed


def encode_plan(plan: Plan) -> bytes:
    """Its canonical bytes; like every file that no digest leads to, it carries its own."""
    found: dict[str, Any] = {
        "format": PLAN, "channel": plan.channel, "lineage": plan.lineage, "from": plan.moment, "source": plan.source,
        "base": plan.base, "select": list(plan.select), "exclude": list(plan.exclude), "why": plan.why,
        "moves": [[m.tenant, m.prompt, m.before, m.after] for m in plan.moves], "plan": plan.digest,
    }  # fmt: skip
    found |= {key: value for key in ("record", "tenants", "share", "errors", "warnings") if (value := getattr(plan, key)) is not None}
    return canonical_bytes({**found, "digest": digest_of(canonical_bytes(found))})


def decode_plan(data: bytes, shown: str) -> Plan:
    """The plan that a file holds; PromptcError V018 when it isn't what was written."""
    try:
        document = read_document(data, PLAN)
        expect_keys(document, _REQUIRED, _OPTIONAL)  # type: ignore[arg-type]
        plan = Plan(
            channel=document["channel"], lineage=document["lineage"], moment=document["from"],
            source=parse_digest(document["source"]), moves=tuple(map(_move, document["moves"])),
            base=document.get("base", 0), record=_maybe(document.get("record")), tenants=_maybe(document.get("tenants")),
            select=tuple(document["select"]), exclude=tuple(document["exclude"]), why=document["why"],
            share=float(document["share"]) if "share" in document else None, errors=document.get("errors"),
            warnings=document.get("warnings"),
        )  # fmt: skip
        if encode_plan(plan) != data:
            raise ValueError("edited")
    except PromptcError as error:
        if error.code == "D003":
            raise
        raise _malformed(shown) from error
    except (ValueError, TypeError, KeyError) as error:
        raise _malformed(shown) from error
    return plan


def _move(row: Any) -> Change:
    tenant, prompt, before, after = row
    if not isinstance(tenant, str) or not isinstance(prompt, str) or before == after:
        raise ValueError("not a move")
    return Change(tenant, prompt, _maybe(before), _maybe(after))


def _maybe(text: Any) -> Digest | None:
    return None if text is None else parse_digest(text)


def _malformed(shown: str) -> PromptcError:
    return PromptcError(
        "V018",
        f"`{shown}` is no plan, or was edited",
        hint="`promptc promote CHANNEL --plan FILE` writes one; what it says can't be changed by hand",
    )
