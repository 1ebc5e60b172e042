"""Shapes: artifacts that differ only in what fills their holes, so that a few of them can stand for all.

    targets -> the plans that they are filled from -> [shapes] -> samples, each with how many it stands for
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from promptc.compiler.compile import Compiler
from promptc.core.dataclass import dataclass
from promptc.core.digest import Digest
from promptc.core.evidence import Verdict
from promptc.driver.project import Opened


@dataclass(frozen=True, slots=True)
class Shape:
    """What one suite needs of artifacts of one shape: a sample of them, and for how many artifacts and targets it stands."""

    suite: str
    prompt: str
    sample: tuple[Verdict, ...]
    artifacts: int
    targets: int


def shapes_of(opened: Opened, verdicts: Sequence[Verdict], sample: int) -> tuple[Shape, ...]:
    """The needs by suite and shape. Of a shape the artifacts that serve most targets are taken.

    An artifact that the sources don't give now, as one of an older channel may be, is a shape of its own.
    """
    keys = _keys(opened, {one.need.artifact: one.need.targets[0] for one in verdicts})
    groups: defaultdict[tuple[str, str, object], list[Verdict]] = defaultdict(list)
    for one in verdicts:
        prompt = one.need.targets[0].partition("/")[2]
        groups[one.need.suite.name, prompt, keys[one.need.artifact]].append(one)
    made = []
    for (suite, prompt, _), ones in groups.items():
        ones.sort(key=lambda one: (-len(one.need.targets), one.need.artifact))
        many = sum(len(one.need.targets) for one in ones)
        made.append(Shape(suite, prompt, tuple(ones[:sample]), len(ones), many))
    return tuple(sorted(made, key=lambda one: (one.suite, one.prompt, -one.targets, one.sample[0].need.artifact)))


def _keys(opened: Opened, targets: Mapping[Digest, str]) -> dict[Digest, object]:
    """For each artifact what it is filled from; its own digest where that is not known."""
    compiler = Compiler(opened.project)
    held = []  # plans are told apart by identity, so none may be freed meanwhile
    found: dict[Digest, object] = {}
    for digest, target in targets.items():
        tenant_id, _, name = target.partition("/")
        prompt = opened.project.prompts.get(name)
        tenant = compiler.resolver.tenant(tenant_id)[0] if tenant_id in opened.project.tenants else None
        planned = None
        if tenant is None or prompt is None or name not in tenant.prompts:
            found[digest] = digest
            continue
        if compiler.compile_for(tenant, prompt).digest == digest:
            planned = compiler.planned_for(tenant, prompt)
        if planned is not None:
            held.append(planned[0])
        found[digest] = id(planned[0]) if planned is not None else digest
    return found
