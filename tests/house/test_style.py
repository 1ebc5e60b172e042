"""House style, as far as a machine can tell: each message says what to do instead."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "promptc").rglob("*.py"))
FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60
PARAMETERS_MAX = 5

# A word that says nothing or that the project has another word for, and what to write instead.
FORBIDDEN_FILES = {
    "utils": "the noun of the manual that the file is about",
    "util": "the noun of the manual that the file is about",
    "helpers": "the noun of the manual that the file is about",
    "helper": "the noun of the manual that the file is about",
    "common": "the idea that its users share",
    "misc": "two files, each with a noun",
    "manager": "what it keeps: store, registry, folder",
    "build": "driver/, or the name of what is built: test runners and packagers skip folders named build",
}
FORBIDDEN_WORDS = {
    "manager": "what it keeps: store, registry, folder",
    "helper": "what it does",
    "util": "what it does",
    "utils": "what it does",
    "cfg": "config or settings",
    "ctx": "context, or what it holds",
    "tmpl": "template",
    "fname": "path or name",
    "foo": "a word of the domain",
}
# Rooms without effects, and what brings one in; what each may still ask for is a value that arrives as an argument.
PURE = ("core", "compiler", "checks")
EFFECTS = {
    "open": "stores read and write files",
    "print": "cli prints",
    "input": "cli asks",
    "exec": "compiler/template is the one door of generated code",
    "eval": "nothing evaluates text",
}


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in FILES:
        yield path.relative_to(ROOT), ast.parse(path.read_text())


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_files_are_short_enough_to_read() -> None:
    long = {str(p.relative_to(ROOT)): n for p in FILES if (n := len(p.read_text().splitlines())) > FILE_LINES_MAX}
    assert not {name: lines for name, lines in long.items() if name != "promptc/core/codes.py"}, (
        f"over {FILE_LINES_MAX} lines: make two files, each with a noun of its own"
    )


def test_functions_are_short_enough_to_read() -> None:
    long = [
        f"{path}:{node.lineno} {node.name} has {length} lines: move a leaf below it, keep the branching here"
        for path, tree in trees()
        for node in functions(tree)
        if (length := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_LINES_MAX
    ]
    assert not long, "\n".join(long)


def test_functions_take_few_things() -> None:
    many = [
        f"{path}:{node.lineno} {node.name} takes {count} things: give it one value that says everything"
        for path, tree in trees()
        for node in functions(tree)
        if (count := parameters(node)) > PARAMETERS_MAX and not is_command(node)
    ]
    assert not many, "\n".join(many)


def parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    names = [a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    return len([name for name in names if name not in ("self", "cls")])


def is_command(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    # click passes each option of a command as a parameter; an error's constructor names its parts.
    return bool(node.decorator_list) or node.name == "__init__"


def test_files_open_with_their_place_in_the_flow() -> None:
    silent = [f"{path}: begin with a sentence on what it is" for path, tree in trees() if not ast.get_docstring(tree)]
    assert not silent, "\n".join(silent)


def test_files_are_nouns_of_the_manual_or_verbs_of_the_pipeline() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: name it after {FORBIDDEN_FILES[word]}"
        for path in FILES
        for word in (path.stem, path.parent.name)
        if word in FORBIDDEN_FILES and path.relative_to(ROOT).as_posix() not in BUILD_FILES
    ]
    assert not wrong, "\n".join(wrong)


# Files may be named after the command; a folder of that name is what tools skip.
BUILD_FILES = {"promptc/stores/build.py", "promptc/driver/build.py", "promptc/cli/build.py"}


def test_names_are_words() -> None:
    wrong = []
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                words = re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", node.name).lower())
                wrong += [
                    f"{path}:{node.lineno} {node.name}: say {FORBIDDEN_WORDS[word]} instead of `{word}`"
                    for word in words
                    if word in FORBIDDEN_WORDS
                ]
    assert not wrong, "\n".join(wrong)


def test_pure_rooms_have_no_effects() -> None:
    wrong = [
        f"{path}:{node.lineno} calls {node.func.id}(): {EFFECTS[node.func.id]}"
        for path, tree in trees()
        if path.parts[1] in PURE
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in EFFECTS
        if not (node.func.id == "exec" and path.as_posix().startswith("promptc/compiler/template/"))
    ]
    assert not wrong, "\n".join(wrong)


# What an application ships shows its signatures; nodes are made by the million.
STANDARD_DATACLASSES = {"promptc/core/dataclass.py", "promptc/runtime/rendered.py", "promptc/compiler/schema/nodes.py"}


def test_dataclasses_are_made_without_generating_code() -> None:
    wrong = [
        f"{path}:{node.lineno}: take `dataclass` from promptc.core.dataclass, which says why"
        for path, tree in trees()
        if path.as_posix() not in STANDARD_DATACLASSES
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "dataclasses"
        if any(name.name == "dataclass" for name in node.names)
    ]
    assert not wrong, "\n".join(wrong)


def test_nothing_is_left_unfinished() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    wrong = [
        f"{path.relative_to(ROOT)}:{number}: finish it, or write what falls short into the docs"
        for path in FILES
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if marks.search(line)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("command", [["ruff", "check", "."], ["mypy"]], ids=["ruff", "mypy"])
def test_tools_are_content(command: list[str]) -> None:
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
