"""Review: a diff says what a naive comparison of all artifacts says; its groups partition it; its hunks give head from base.

Random projects are committed, edited and compared: base is read from git, head from the disk. What is right comes from
clean builds of both states in folders of their own.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from promptc.core.allocation import is_allocation
from promptc.core.diff import artifact_lines
from promptc.core.digest import Digest
from promptc.core.manifest import Change
from promptc.core.outline import Line, Values, text_of_line
from promptc.core.review import Review, document, plan_digest
from promptc.driver.compared import Comparison, compared
from promptc.driver.outlining import _Outlining, outlined
from promptc.driver.review import ReviewRequest, review
from tests.laws.edits import Editor
from tests.laws.edits_disk import Disk, write_anew
from tests.laws.edits_session import Asked, left_by, said_by
from tests.laws.edits_session import request as build_request
from tests.laws.edits_world import Odd

SESSIONS = 25
EDITS_MAX = 4
GIT = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=folder, env={**os.environ, **GIT}, check=True, capture_output=True)


def commit(folder: Path) -> None:
    if not (folder / ".git").exists():
        git(folder, "init", "-q", "-b", "main")
        (folder / ".gitignore").write_text("build/\n.promptc/\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", "a state")


def served(tree: dict[str, Any], parent: Path, seed: int) -> tuple[dict[tuple[str, str], bytes], dict[str, Any]]:
    """Every artifact of a tree, from a clean build; and what that said."""
    with tempfile.TemporaryDirectory(dir=parent) as name:
        folder = Path(name) / "project"
        folder.mkdir()
        write_anew(folder, tree, Random(seed))
        said = said_by(build_request(folder, Asked(keep_going=True), jobs=1))
        if not said["published"]:
            return {}, said
        left = left_by(folder)
        return {target: left["artifacts"][digest] for target, digest in left["served"].items()}, said


def plain(tree: dict[str, Any]) -> bool:
    return not any(isinstance(content, Odd) for content in tree.values())


def pairs(first: int, count: int, parent: Path) -> Iterator[tuple[int, Path, dict[str, Any], dict[str, Any]]]:
    """A project's folder with one state committed and another on the disk, both as trees."""
    for seed in range(first, first + count):
        folder = parent / f"p{seed}"
        folder.mkdir()
        editor, draw = Editor(seed), Random(f"review {seed}")
        disk = Disk(folder, Random(f"disk {seed}"))
        for _ in range(draw.randint(0, 3)):
            editor.next()
        before = editor.world.tree()
        for _ in range(draw.randint(1, EDITS_MAX)):
            editor.next()
        after = editor.world.tree()
        if plain(before) and plain(after):
            disk.write(before)
            commit(folder)
            if draw.random() < 0.6:
                said_by(build_request(folder, Asked(keep_going=True), jobs=1))
            disk.write(after)
            yield seed, folder, before, after


def law(seed: int, folder: Path, before: dict[str, Any], after: dict[str, Any]) -> Counter[str]:
    parent = folder.parent
    old, said_old = served(before, parent, seed)
    new, said_new = served(after, parent, seed)
    if "refused" in said_old or "refused" in said_new:
        return Counter()
    with compared(str(folder), ("HEAD", None), jobs=1, on_progress=lambda *_: None) as comparison:
        naive = sorted(Change(*target, digest(old.get(target)), digest(new.get(target))) for target in old.keys() | new.keys() if old.get(target) != new.get(target))
        assert sorted((*comparison.changes, *comparison.allocations)) == sorted(naive), f"seed {seed}"
        assert not any(is_allocation(change.prompt) for change in comparison.changes), f"seed {seed}"
        shifts = [change for change in naive if is_allocation(change.prompt)]
        assert set(comparison.base.not_compiled) == set(said_old["not_compiled"]), f"seed {seed}"
        assert set(comparison.head.not_compiled) == set(said_new["not_compiled"]), f"seed {seed}"
        holds_for_each_target(seed, comparison)
    found = review(ReviewRequest(str(folder), "HEAD", None, jobs=1))
    assert sorted(tenant for shift in found.shifts for tenant in shift.tenants) == sorted(change.tenant for change in shifts), f"seed {seed}"
    assert found.digest == plan_digest(naive), f"seed {seed}"
    old, new = ({target: data for target, data in every.items() if not is_allocation(target[1])} for every in (old, new))
    counts_add_up(seed, found, old, new)
    json.dumps(document(found))
    return Counter(pairs=1, changed=found.changed, groups=len(found.groups), new=found.added, removed=found.removed, shifts=len(found.shifts), several=sum(group.variants > 1 for group in found.groups), holes=sum(len(line) > 1 for group in found.groups for line in group.after))


def digest(data: bytes | None) -> Digest | None:
    import hashlib

    return None if data is None else Digest(f"sha256:{hashlib.sha256(data).hexdigest()}")


def holds_for_each_target(seed: int, comparison: Comparison) -> None:
    """Hunks applied to base give head; and all of them together are just what the groups partition."""
    work = _Outlining(comparison)
    met: Counter[tuple[Any, int]] = Counter()
    for number, change in enumerate(comparison.changes):
        if change.before is None or change.after is None:
            continue
        (before, old), (after, new) = work._old(change, change.before), work._now(change, change.after)
        lines = expanded(before.lines, old)
        assert text(lines) == text(message_lines(comparison.base.get(change.before))), f"seed {seed}"
        assert text(expanded(after.lines, new)) == text(message_lines(comparison.head.get(change.after))), f"seed {seed}"
        parts = {part.name: text_of_line(part.data, old) for part in before.parts}
        shift = 0
        found = list(work._pair(before, after).hunks(old, new))
        assert found, f"seed {seed}: {change} differs nowhere"
        for hunk, _values, (at, _), (gone, come), _ in found:
            met["changed", hunk, number] += 1
            if at < 0:
                parts.pop(hunk.where, None)
                parts |= {where: text_of_line(line, new) for where, line in zip([hunk.where], hunk.after, strict=False)}
                continue
            start = at + shift
            assert lines[start : start + gone] == expanded(hunk.before, old), f"seed {seed}"
            lines[start : start + gone] = expanded(hunk.after, new)
            shift += come - gone
        assert lines == expanded(after.lines, new), f"seed {seed}: {change}"
        one, two = ([p.name for p in x.parts if p.name.startswith("tool ") and p.name in dict(y.parts)] for x, y in ((before, after), (after, before)))
        assert ("tools" in parts) == (one != two), f"seed {seed}: tools in another order"
        parts.pop("tools", None)
        assert parts == {part.name: text_of_line(part.data, new) for part in after.parts}, f"seed {seed}"
    gathered, _ = outlined(comparison, jobs=1, on_progress=lambda *_: None)
    grouped = Counter((kind, hunk, number) for (kind, hunk), one in gathered.items() for variant in one.variants.values() for number in variant.targets)
    assert {key: count for key, count in grouped.items() if key[0] == "changed"} == dict(met), f"seed {seed}"
    for (_, hunk), one in gathered.items():
        texts = {(tuple(fill(hunk.before, variant.values[0])), tuple(fill(hunk.after, variant.values[1]))) for variant in one.variants.values()}
        assert len(texts) == len(one.variants), f"seed {seed}: variants that are equal, or unequal texts in one"


def expanded(lines: tuple[Line, ...], values: Values) -> list[str]:
    return [text_of_line(line, values) for line in lines]


def fill(lines: tuple[Line, ...], values: tuple[str, ...]) -> list[str]:
    given = iter(values)
    return ["".join(piece if isinstance(piece, str) else next(given) for piece in line) for line in lines]


def text(lines: list[str]) -> str:
    # A value may hold line ends, and the last ones of a message are not shown.
    return re.sub("\n+(?=\n── |\n⟦|\\Z)", "", "\n".join(lines))


def message_lines(data: bytes) -> list[str]:
    lines = artifact_lines(data)
    first = next((number for number, line in enumerate(lines) if line.startswith(("── ", "⟦if"))), len(lines))
    return lines[first:]


def counts_add_up(seed: int, found: Review, old: dict[Any, bytes], new: dict[Any, bytes]) -> None:
    both = old.keys() & new.keys()
    differing = {target for target in both if old[target] != new[target]}
    lost = old.keys() - new.keys()
    assert found.changed == len(differing), f"seed {seed}"
    assert found.added == len(new.keys() - old.keys()), f"seed {seed}"
    assert found.removed + sum(one.count for one in found.broken) == len(lost), f"seed {seed}"
    assert found.unchanged == len(both) - len(differing), f"seed {seed}"
    grouped = {number for group in found.groups if group.kind == "changed" for number in group.targets}
    assert {(found.targets[n].tenant, found.targets[n].prompt) for n in grouped} == differing, f"seed {seed}"
    for group in found.groups:
        assert group.digest == plan_digest(found.targets[n] for n in group.targets), f"seed {seed}"
        assert sum(count for _, count in group.prompts) == len(group.targets), f"seed {seed}"
        assert group.tenants == len({found.targets[n].tenant for n in group.targets}), f"seed {seed}"


def run(first: int, count: int, parent: Path) -> None:
    counts: Counter[str] = Counter()
    for pair in pairs(first, count, parent):
        counts += law(*pair)
    print(dict(counts))
    # A generator that shows nothing would pass, too.
    assert counts["pairs"] >= count // 2
    assert counts["changed"] >= count
    assert counts["groups"] >= count
    assert counts["several"] >= 1


def test_a_review_says_what_a_naive_comparison_says(tmp_path: Path) -> None:
    run(0, SESSIONS, tmp_path)


@pytest.mark.nightly
@pytest.mark.parametrize("first", range(20_000, 25_000, 500))
def test_many_reviews_say_what_a_naive_comparison_says(first: int, tmp_path: Path) -> None:
    run(first, 500, tmp_path)
