"""Reviews as literals, for what shows them: a usual one, a huge one, and one in which every text is the same hostile one."""

from __future__ import annotations

from typing import Any

from promptc.core.digest import Digest
from promptc.core.findings import Finding, Place
from promptc.core.manifest import Change
from promptc.core.outline import Hole, Line
from promptc.core.review import Cause, Edit, Example, Group, Listed, Moment, Review

ROOT = Digest("sha256:" + "a" * 64)
PLAN = "sha256:" + "b" * 64
BEFORE, AFTER = Digest("sha256:" + "1" * 64), Digest("sha256:" + "2" * 64)


def moment(name: str, **given: Any) -> Moment:
    return Moment(**{"name": name, "commit": "", "root": ROOT, "targets": 20_000, "tenants": 10_000, **given})


def targets(*names: str) -> tuple[Change, ...]:
    return tuple(Change(*name.split("/"), BEFORE, AFTER) for name in names)


def group(number: int, numbers: tuple[int, ...], **given: Any) -> Group:
    usual: dict[str, Any] = {
        "number": number, "kind": "changed", "change": "text", "where": "system",
        "before": (("Answer in a ", Hole("tone"), " tone."),), "after": (("Answer briefly, in a ", Hole("tone"), " tone."),),
        "context": (("You help.",), None), "line": 12, "changed": (), "variants": 1, "examples": (), "targets": numbers,
        "tenants": len(numbers), "prompts": (("reply", len(numbers)),), "labels": (("plan", (("pro", len(numbers)),)),),
        "owners": (("growth", len(numbers)),), "causes": (Cause("template", "reply", "sources/prompts/reply.prompt.j2:4"),),
        "characters": 9 * len(numbers), "prefix": 0, "digest": PLAN,
    }  # fmt: skip
    usual["is_odd"] = len(numbers) <= 3
    return Group(**{**usual, **given})


def review(changes: tuple[Change, ...] = (), groups: tuple[Group, ...] = (), **given: Any) -> Review:
    usual: dict[str, Any] = {
        "base": moment("main (1a2b3c4d5)"), "head": moment("the working tree"), "targets": changes, "changed": len(changes),
        "added": 0, "removed": 0, "unchanged": 20_000 - len(changes), "groups": groups, "new": (), "gone": (), "broken": (),
        "edits": (), "findings": (), "stale": (), "characters": sum(group.characters for group in groups), "prefix": 0,
        "digest": PLAN,
    }  # fmt: skip
    return Review(**{**usual, **given})


def usual() -> Review:
    """Three odd tenants among the targets that one edit of a fragment reached."""
    names = [f"tenant-{number:05}/reply" for number in range(9_997)]
    odd = ["globex/reply", "initech/reply", "umbrella/reply"]
    changes = targets(*odd, *names)
    value = Cause("value", "banned_words", "tenants/globex.yaml:7", '["guarantee"]', '["guarantee","forever"]')
    groups = (
        group(
            1, (0,), line=9, before=(("Never use these words: ", Hole("banned_words"), "."),),
            after=(("Never use these words: ", Hole("banned_words"), "."),), changed=("banned_words",), causes=(value,),
            examples=(Example("globex/reply", {"banned_words": ("guarantee", "guarantee, forever")}),),
        ),
        group(2, (1,), change="model", where="model", line=0, before=(('{"name":"m-1"}',),), after=(('{"name":"m-2"}',),),
              causes=(Cause("model", "default", "tenants/initech.yaml:3"),)),
        group(3, (2,), change="interface", where="tool refund", line=0, before=(), after=(('{"input":{}}',),),
              causes=(Cause("tools", "refund", "tenants/umbrella.yaml:5"),)),
        group(4, tuple(range(3, 10_000)), variants=14, prefix=9_997, tokens=(410_000, 450_000),
              examples=(Example("tenant-00000/reply"),)),
    )  # fmt: skip
    return review(
        changes, groups, prefix=9_997, tokenizer="o200k_base", removed=1,
        gone=(Listed("reply", 1, ("hooli/reply",)),),
        edits=(Edit("sources/prompts/reply.prompt.j2", 4, 5, (4,)), Edit("sources/fragments/legal.j2", 2, 3, ())),
        stale=(("growth", Finding("O130", "the replacement of `tone` is stale", Place("tenants/pied.yaml", 8, 3), "warning")),),
        findings=(Finding("O104", "unknown layer `industry/helthcare`", Place("tenants/acme.yaml", 4, 10),
                          hint="did you mean `industry/healthcare`?"),),
    )  # fmt: skip


def hostile(text: str) -> Review:
    """Every text that a project can choose is this one."""
    line: Line = (text, Hole(text), text)
    change = Change(text, text, BEFORE, AFTER)
    cause = Cause("value", text, text, text, text)
    finding = Finding(text, text, Place(text, 1, 1), hint=text)
    listed = (Listed(text, 5, (text,) * 5),)
    made = group(
        1, (0, 1, 2, 3), where=text, before=(line, line), after=(line,), context=(line, line), changed=(text,), variants=3,
        examples=(Example(text, {text: (text, text)}),), prompts=((text, 4),), labels=((text, ((text, 4),)),),
        owners=((text, 4),), causes=(cause, Cause(text, text)), digest=text, prefix=4,
    )  # fmt: skip
    odd = group(2, (0,), where=text, before=(line,), after=(), context=(line, line), causes=(cause,), digest=text)
    return review(
        (change,) * 4, (odd, made), base=moment(text, not_compiled=(text,)), head=moment(text, not_compiled=(text,) * 5),
        new=listed, gone=listed, broken=listed, edits=(Edit(text, 1, 4, (1,), text), Edit(text, 0, 0, (), text)),
        findings=(finding,), stale=((text, finding),), toolchain=(Cause("toolchain", text, text, text, text),),
        digest=text, tokenizer=text,
    )  # fmt: skip


def huge(groups: int, *, characters: int) -> Review:
    """So many groups of one target each, with lines of so many characters."""
    changes = targets(*(f"t{number}/reply" for number in range(groups + 10)))
    before, after = "x" * characters + "a", "x" * characters + "b"
    many = tuple(group(n + 2, (n + 10,), before=((before,),), after=((after,),)) for n in range(groups))
    return review(changes, (group(1, tuple(range(10))), *many))
