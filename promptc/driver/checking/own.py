"""Own: a team's own checks, from the Python file that the settings name, and from packages (entry points `promptc.checks`).

    settings, working tree -> [own] -> checks; a crash in one of them is a finding (W904)

Such a file is a program. It is run for the working tree that somebody stands in, by `promptc check` alone: never for a
revision, a review or a registry, whose text may be anybody's.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from promptc.checks.check import Check
from promptc.core.errors import Exit, PromptcError
from promptc.core.findings import Finding, Place
from promptc.core.pattern import Pattern
from promptc.core.visible import shortened

GROUP = "promptc.checks"
_CODE = Pattern(r"[A-Z]{2,12}\d{3}\Z")
LOOKS = ("text", "tenant", "artifact", "sample", "project", "corpus")


def own_checks(folder: Path, file: str) -> tuple[tuple[Check, ...], str]:
    """The checks that packages and the settings' file bring, and what names their state."""
    made = [*_from_packages()]
    state = hashlib.sha256(repr([(check.code, check.version) for check in made]).encode())
    if file:
        data = _bytes(folder, file)
        state.update(data)
        made += [_guarded(check, file) for check in _from_file(folder / file, file)]
    _refuse_rivals(made)
    return tuple(made), state.hexdigest()


def _bytes(folder: Path, file: str) -> bytes:
    path = folder / file
    inside = path.resolve().is_relative_to(folder.resolve()) and not Path(file).is_absolute()
    if not inside or path.is_symlink() or not path.is_file() or path.suffix != ".py":
        raise _unusable(file, "there is no such Python file in the project")
    return path.read_bytes()


def _from_file(path: Path, file: str) -> Iterator[Check]:
    from importlib import util

    name = "promptc_own_checks"
    spec = util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    sys.modules[name] = module
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # noqa: BLE001 - whatever somebody's program raises
        raise _unusable(file, f"it raises {type(error).__name__}: {shortened(str(error))}") from None
    finally:
        sys.dont_write_bytecode = before
    yield from _checked(getattr(module, "CHECKS", None), file)


def _from_packages() -> Iterator[Check]:
    if not _any_package_brings_some():
        return
    from importlib import metadata

    for entry in sorted(metadata.entry_points(group=GROUP), key=lambda entry: entry.name):
        try:
            loaded = entry.load()
        except Exception as error:  # noqa: BLE001
            raise _unusable(entry.value, f"it raises {type(error).__name__}: {shortened(str(error))}") from None
        yield from (_guarded(check, entry.value) for check in _checked(loaded, entry.value))


def _any_package_brings_some() -> bool:
    """Whether any installed package names the group: asking `importlib.metadata` takes longer than everything else here."""
    for folder in dict.fromkeys(sys.path):
        try:
            with os.scandir(folder or ".") as entries:
                names = [entry.path for entry in entries if entry.name.endswith((".dist-info", ".egg-info"))]
        except OSError:
            continue  # a zip file, or nothing
        for name in names:
            try:
                with open(os.path.join(name, "entry_points.txt"), "rb") as file:
                    if GROUP.encode() in file.read():
                        return True
            except OSError:
                continue
    return False


def _checked(said: Any, where: str) -> Iterator[Check]:
    if not isinstance(said, Iterable) or isinstance(said, str):
        raise _unusable(where, "it has no list `CHECKS`")
    for check in said:
        if not isinstance(check, Check) or check.looks not in LOOKS or not callable(check.look):
            raise _unusable(where, "`CHECKS` holds something that is no Check")
        if not _CODE.match(check.code):
            raise _unusable(where, f"`{shortened(check.code)}` is no code of one's own: write two letters or more, and three digits")
        yield check


def _refuse_rivals(checks: Iterable[Check]) -> None:
    seen: dict[str, str] = {}
    for check in checks:
        if seen.setdefault(check.code, check.title) != check.title:
            raise _unusable(check.code, "two checks have this code")


def _guarded(check: Check, where: str) -> Check:
    return Check(check.code, check.looks, _careful(check.look, check.code, where), check.severity, check.version, check.title)


def _careful(look: Callable[[Any], Iterable[Finding]], code: str, where: str) -> Callable[[Any], Iterable[Finding]]:
    def careful(view: Any) -> Iterable[Finding]:
        try:
            return [_said(finding, code) for finding in look(view)]
        except Exception as error:  # noqa: BLE001
            line = _line(error, where)
            message = f"the check `{code}` raised {type(error).__name__}"
            return [Finding("W904", message, Place(where, line), hint="mend it: what it looks at was not checked")]

    return careful


def _said(finding: Any, code: str) -> Finding:
    if not isinstance(finding, Finding) or finding.code != code:
        raise TypeError(code)
    return finding


def _line(error: BaseException, where: str) -> int:
    trace, line = error.__traceback__, 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.endswith(where):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _unusable(where: str, why: str) -> PromptcError:
    return PromptcError(
        "C031", f"checks of `{shortened(where)}` can't be used: {why}", hint="docs/checks.md shows such a file",
        exit_code=Exit.USAGE,
    )  # fmt: skip
