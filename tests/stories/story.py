"""Stories: commands, the files they need and what they print, as text that a product person can review.

A `.story` file holds one story or more. A line that begins with

    === TITLE        begins a story, in an empty folder of its own
    project NAME     copies tests/stories/projects/NAME there (`example`: this repository's own sources and tenants,
                     `usage`: its sample of usage)
    file PATH        writes a file: the lines below that begin with `| `, or `|` alone for an empty line
    append PATH      adds such lines to a file
    remove PATH      removes a file or folder
    $ COMMAND        runs a command; below it what it must print: `| ` on standard output, `! ` on standard error
    exit CODE        the code that the last command must end with (0 when it isn't said)

Every other line is prose. In what is printed, `...` alone stands for any lines, also none. Digests are numbered in the
order in which they appear (`<digest 1>`, which a later command may name), times are `<time>`, the story's folder is
`<folder>`: so the same story reads the same on every machine. `pytest tests/stories --update` rewrites what is printed.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

_DIGEST = re.compile(r"(?<![0-9a-zA-Z])(?:sha256:)?(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{8,64}(?![0-9a-zA-Z])")
_TIME = re.compile(r'20\d\d-\d\d-\d\d[T ]\d\d:\d\d(?::\d\dZ?|Z)?|(?<![\w.])\d+(?:\.\d+)? ?(?:ms|s|seconds?)(?!\w)|(?<="seconds": )[\d.e-]+')
_NUMBERED = re.compile(r"<digest (\d+)>")
_GIT = {"NAME": "A", "EMAIL": "a@example.org", "DATE": "2026-01-01T00:00:00Z"}
_SHELL = re.compile(r"[|&;<>$`*?()\n]|^\w+=")


@dataclass(slots=True)
class Step:
    """One thing that a story does. `kind` is the word its line begins with; `lines` are those below it, unmarked."""

    kind: str
    text: str
    lines: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    code: int = 0
    at: slice = field(default_factory=lambda: slice(0, 0))


@dataclass(slots=True)
class Story:
    """A story of a file: its title, its steps, and where they stand in the file's lines."""

    title: str
    steps: list[Step] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Printed:
    """What a command printed, normalised, and the code it ended with."""

    out: list[str]
    err: list[str]
    code: int


def read(path: Path) -> list[Story]:
    """The stories of a file."""
    stories: list[Story] = []
    lines = path.read_text().splitlines()
    step: Step | None = None
    for number, line in enumerate(lines):
        word, _, rest = line.partition(" ")
        if word == "===":
            stories.append(Story(rest))
            step = None
        elif line[:1] in "|!" and line[1:2] in ("", " ") and step is not None and line:
            (step.lines if line[0] == "|" else step.errors).append(line[2:])
            step.at = slice(step.at.start, number + 1)
        elif word == "exit" and step is not None and step.kind == "$":
            step.code = int(rest)
            step.at = slice(step.at.start, number + 1)
        elif word in ("$", "file", "append", "remove", "project") and rest:
            if not stories:
                stories.append(Story(path.stem))
            step = Step(word, rest, at=slice(number + 1, number + 1))
            stories[-1].steps.append(step)
        else:
            step = None
    return stories


class Stage:
    """The folder that a story plays in, and the digests that it has shown so far."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        _put_command(folder.parent / "bin")
        self.digests: dict[str, str] = {}

    def play(self, step: Step) -> Printed | None:
        """Do one step; what a command printed, None for the other kinds."""
        path = self.folder / _unescaped(step.text).decode()
        if step.kind == "$":
            return self._run(self._named(step.text))
        if step.kind == "project":
            _copy_project(step.text, self.folder)
        elif step.kind == "remove":
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            text = self._named("".join(f"{line}\n" for line in step.lines))
            with path.open("ab" if step.kind == "append" else "wb") as file:
                file.write(_unescaped(text))
        return None

    def _run(self, command: str) -> Printed:
        if command.startswith("promptc ") and not _SHELL.search(command):
            out, err, code = _inside(self.folder, shlex.split(command)[1:])
        else:
            out, err, code = _outside(self.folder, command)
        return Printed(self.normal(out), self.normal(err), code)

    def normal(self, text: str) -> list[str]:
        text = text.replace(str(self.folder.resolve()), "<folder>").replace(str(self.folder), "<folder>")
        return [_TIME.sub("<time>", _DIGEST.sub(self._number, line)).rstrip() for line in text.splitlines()]

    def _number(self, match: re.Match[str]) -> str:
        # A digest is also shown cut short, and is then the same one.
        found = match.group().removeprefix("sha256:")
        known = self.digests.setdefault(found[:8], found)
        if len(found) > len(known):
            self.digests[found[:8]] = found
        return f"<digest {list(self.digests).index(found[:8]) + 1}>"

    def _named(self, text: str) -> str:
        return _NUMBERED.sub(lambda match: list(self.digests.values())[int(match[1]) - 1], text)


def agrees(expected: list[str], printed: list[str]) -> bool:
    """Whether what was printed is what was expected, `...` standing for any lines."""
    if not expected:
        return not printed
    if expected[0] == "...":
        return any(agrees(expected[1:], printed[skip:]) for skip in range(len(printed) + 1))
    return bool(printed) and expected[0] == printed[0] and agrees(expected[1:], printed[1:])


def shown(printed: Printed) -> list[str]:
    """What a command printed, as a story writes it."""
    lines = [f"| {line}".rstrip() for line in printed.out] + [f"! {line}".rstrip() for line in printed.err]
    return lines + ([f"exit {printed.code}"] if printed.code else [])


def rewritten(path: Path, changes: dict[int, tuple[slice, list[str]]]) -> str:
    """The file's text with the expectations that begin at some lines replaced."""
    lines = path.read_text().splitlines()
    for start in sorted(changes, reverse=True):
        span, new = changes[start]
        lines[span] = new
    return "\n".join(lines) + "\n"


def _copy_project(name: str, folder: Path) -> None:
    if name == "usage":
        shutil.copytree(ROOT / "usage", folder / "usage")
        return
    if name == "example":
        for part in ("sources", "tenants"):
            shutil.copytree(ROOT / part, folder / part)
        shutil.copy(ROOT / "pyproject.toml", folder)
    else:
        shutil.copytree(HERE / "projects" / name, folder, dirs_exist_ok=True)


def _unescaped(text: str) -> bytes:
    r"""The bytes of a file: `\x1b` and `\u{202E}` stand for what can't be seen in an editor."""
    text = re.sub(r"\\u\{([0-9A-Fa-f]+)\}", lambda match: chr(int(match[1], 16)), text)
    data = text.encode("utf-8", "surrogatepass")
    return re.sub(rb"\\x([0-9a-f]{2})", lambda match: bytes([int(match[1], 16)]), data)


def _put_command(folder: Path) -> None:
    """A command `promptc` that runs this very source with this very Python, installed or not."""
    folder.mkdir(exist_ok=True)
    for name, module in (("promptc", "-m promptc"), ("python3", "")):
        (folder / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {module} "$@"\n')
        (folder / name).chmod(0o755)


def _environment(folder: Path) -> dict[str, str]:
    return {
        "PATH": f"{folder.parent / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}",
        "HOME": str(folder),
        "COLUMNS": "120",
        "LINES": "40",
        "TERM": "dumb",
        "LC_ALL": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        **{f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in _GIT.items()},
    }


def _outside(folder: Path, command: str) -> tuple[str, str, int]:
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=_environment(folder), capture_output=True, stdin=subprocess.DEVNULL
    )
    return done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"), done.returncode


def _inside(folder: Path, arguments: list[str]) -> tuple[str, str, int]:
    """Run promptc in this process: a story of ten commands then takes no ten starts of Python."""
    from promptc.cli.main import run

    out, err = _Capture(), _Capture()
    with _moved(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(arguments)
    return out.text(), err.text(), code


class _Capture(io.TextIOWrapper):
    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", errors="backslashreplace", newline="")

    def text(self) -> str:
        self.flush()
        data: bytes = self.buffer.getvalue()  # type: ignore[attr-defined]
        return data.decode("utf-8", "backslashreplace")


@contextlib.contextmanager
def _moved(folder: Path) -> Iterator[None]:
    before, environment, own = Path.cwd(), dict(os.environ), _environment(folder)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(own)
    try:
        yield
    finally:
        os.chdir(before)
        os.environ.clear()
        os.environ.update(environment)
