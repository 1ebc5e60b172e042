"""Show: one compiled prompt, by its target or by its digest, and the inputs to render it with.

    TENANT/PROMPT -> compile -> [show] -> bytes, digest
    DIGEST -> build/, a registry -> [show]
    TENANT/PROMPT at a moment -> a registry, git -> [show]

A target is compiled as it stands now, or as it stood at a commit; at a channel's moment it is what was served, byte for
byte. A digest is looked up among what was built.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from promptc.core.dataclass import dataclass, replace
from promptc.core.digest import Digest
from promptc.core.errors import Exit, PromptcError
from promptc.core.findings import Finding, gather
from promptc.core.visible import shortened
from promptc.driver.build import BUILD_FOLDER
from promptc.driver.nearest import did_you_mean
from promptc.driver.project import Opened, find_folder, open_lazily, open_project
from promptc.driver.selection import Selection, Selector
from promptc.driver.targets import compile_selected

DIGITS_MIN = 8
INPUT_BYTES_MAX = 64 * 1024 * 1024
_DIGEST = re.compile(r"(?:sha256:)?([0-9a-f]{1,64})\Z")

# One line of compiled text with where it came from: (text, "file:line", layer).
Line = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Shown:
    """An artifact to show. `targets` are those that it serves, as far as they are known; `opened` is None for a digest and
    for what a channel served, `moment` how the moment is called that was asked for.
    """

    digest: Digest
    data: bytes
    targets: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    origins: tuple[tuple[Line, ...], ...] = ()
    opened: Opened | None = None
    moment: str = ""


@dataclass(frozen=True, slots=True)
class At:
    """When and where to look: a moment (moments.py), and the registry that it is of; "" and None for now and here."""

    moment: str = ""
    registry: str | None = None


def show(start: str, what: str, at: At = At(), *, origins: bool = False) -> Shown:  # noqa: B008 - it never changes
    """The artifact of `tenant/prompt`, of a digest, or of a unique prefix of one."""
    digits = _DIGEST.match(what)
    if digits and (what.startswith("sha256:") or len(digits[1]) >= DIGITS_MIN):
        return _by_digest(start, digits[1], at.registry)
    tenant, _, prompt = what.partition("/")
    if not tenant:
        raise PromptcError(
            "C007", f"`{shortened(what)}` is not `tenant/prompt`", hint="write a tenant's id before the slash"
        )
    if at.moment:
        return _at(start, tenant, prompt, at, origins=origins)
    opened = open_lazily(start)
    return _by_target(opened, tenant, prompt or _only_prompt(opened, tenant), origins=origins)


def _at(start: str, tenant: str, prompt: str, at: At, *, origins: bool) -> Shown:
    from promptc.driver.release.served import Served, opened_at, served

    target = f"{tenant}/{prompt}" if prompt else tenant
    found = (opened_at if origins else served)(start, at.moment, at.registry, target)
    if isinstance(found, Served):
        return Shown(found.digest, found.data, (found.target,), moment=found.moment)
    return replace(_by_target(found, tenant, prompt or _only_prompt(found, tenant), origins=origins), moment=at.moment)


def _by_target(opened: Opened, tenant: str, prompt: str, *, origins: bool) -> Shown:
    from promptc.compiler.compile import Compiler

    selector = Selector("target", tenant, prompt, f"{tenant}/{prompt}")
    compiler = Compiler(opened.project)
    work = compile_selected(opened, Selection((selector,)), compiler=compiler)
    if work.has_errors or not work.digests:
        # Also when it compiles: what it is made of is wrong, and no build would publish it.
        raise NotCompiled(f"{tenant}/{prompt}", work.findings)
    ((name, digests),) = work.digests.items()
    ((found, digest),) = digests.items()
    lines = lines_of(compiler, name, found) if origins else ()
    return Shown(digest, work.artifacts[digest], (f"{name}/{found}",), work.findings, lines, opened)


class NotCompiled(PromptcError):
    """A target that is asked for doesn't compile; `findings` say why."""

    def __init__(self, target: str, findings: Sequence[Finding]) -> None:
        from promptc.driver.build import exit_code_of

        code = exit_code_of(findings, incomplete=True)
        hint = "mend what is said above" if findings else "`promptc check` says why"
        super().__init__("C019", f"`{shortened(target)}` does not compile", hint=hint, exit_code=code)
        self.findings = gather(findings)


def lines_of(compiler: Any, tenant: str, prompt: str) -> tuple[tuple[Line, ...], ...]:
    """For each message, its lines with the file, line and layer that each came from."""
    compiled = compiler.compile(tenant, prompt, origins=True)
    return tuple(tuple(tuple(line) for line in message) for message in compiled.origins)


def _only_prompt(opened: Opened, tenant: str) -> str:
    """The prompt that is meant where only a tenant is named: the only one it could be."""
    prompts = sorted(opened.project.prompts)
    if len(prompts) == 1:
        return prompts[0]
    if tenant not in opened.project.tenants:
        near = did_you_mean(tenant, opened.project.tenants)
        raise PromptcError(
            "C003", f"unknown tenant `{shortened(tenant)}`", hint=near or "write `tenant/prompt`, or a digest"
        )
    names = ", ".join(f"`{tenant}/{name}`" for name in prompts[:6])
    raise PromptcError("C006", f"`{shortened(tenant)}` has several prompts", hint=f"name one: {names}")


def _by_digest(start: str, digits: str, where: str | None) -> Shown:
    from promptc.core.document import ARTIFACT, fetch_bytes, read_document
    from promptc.stores.build import BuildFolder

    if len(digits) < DIGITS_MIN:
        raise PromptcError("C008", f"`{digits}` is too short", hint=f"give at least {DIGITS_MIN} digits of the digest")
    if where is not None:
        from promptc.driver.release.served import of_digest

        digest, data = of_digest(start, where, digits)
        return Shown(digest, data, ())
    store = BuildFolder(find_folder(start) / BUILD_FOLDER)
    found = store.blobs.with_prefix(digits)
    if not found:
        hint = "`promptc list` prints those of targets; `--registry WHERE` looks among what was pushed"
        raise PromptcError("C008", f"nothing that was built has a digest that begins with `{digits}`", hint=hint)
    if len(found) > 1:
        listed = ", ".join(digest.removeprefix("sha256:")[: len(digits) + 6] for digest in found[:4])
        raise PromptcError("C008", f"`{digits}` begins {len(found)} digests", hint=f"give more digits: {listed}")
    data = fetch_bytes(store.get, found[0])
    read_document(data, ARTIFACT)
    return Shown(found[0], data, _targets_of(store, found[0]))


def _targets_of(store: Any, digest: Digest) -> tuple[str, ...]:
    """Which targets of the last build an artifact serves; none when the last build can't be read."""
    from promptc.core.manifest import walk

    try:
        latest = store.latest()
        every = walk(store.get, latest.root) if latest is not None else ()
        return tuple(f"{tenant}/{prompt}" for tenant, prompt, found in every if found == digest)
    except PromptcError:
        return ()


def inputs_of_case(shown: Shown, start: str, name: str) -> tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]:
    """The inputs and the history of one of the prompt's cases."""
    prompt = str(json.loads(shown.data)["prompt"])
    opened = shown.opened if shown.opened is not None else open_project(start)
    cases = {case.name: case for case in opened.project.cases.get(prompt, ())}
    if name not in cases:
        hint = (
            did_you_mean(name, cases, listing="cases are")
            or f"cases of `{prompt}` stand in sources/cases/{prompt}.yaml"
        )
        raise PromptcError("C013", f"`{prompt}` has no case `{shortened(name)}`", hint=hint)
    return cases[name].inputs, cases[name].history


def read_json_file(path: str, kind: type, what: str) -> Any:
    """A JSON value of one kind from a file, or from standard input for `-`. PromptcError C013 when it isn't that."""
    from promptc.core.values import read_json

    noun = "object" if kind is dict else "list"
    try:
        value = read_json(_bytes_of(path))
    except OSError as error:
        said = (error.strerror or "can't be read").lower()
        raise PromptcError(
            "C013", f"`{shortened(path)}`: {said}", hint=f"{what} takes a file with a JSON {noun}"
        ) from error
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise PromptcError(
            "C013", f"`{shortened(path)}` is not JSON{where}", hint=f"{what} takes a JSON {noun}"
        ) from error
    if not isinstance(value, kind):
        raise PromptcError("C013", f"`{shortened(path)}` holds no JSON {noun}", hint=f"{what} takes a JSON {noun}")
    return value


def _bytes_of(path: str) -> bytes:
    import sys

    if path == "-":
        if sys.stdin is None:
            raise PromptcError("C013", "standard input is closed", exit_code=Exit.MACHINE)
        return sys.stdin.buffer.read(INPUT_BYTES_MAX)
    with open(path, "rb") as file:
        return file.read(INPUT_BYTES_MAX)
