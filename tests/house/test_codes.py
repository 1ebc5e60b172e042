"""Codes: each has its entry in the docs, a test that names it, and every code that the program prints is known."""

from __future__ import annotations

import re
from pathlib import Path

from promptc.core.codes import CODES
from tests.house.write_error_docs import PAGE, page

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"""["'\[`(\s]([YUPSOTRDNBC]\d{3})["'\]`),.:\s]""")


def mentioned(paths: list[Path]) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in paths:
        for code in CODE.findall(path.read_text()):
            found.setdefault(code, str(path.relative_to(ROOT)))
    return found


def test_the_docs_are_those_of_the_code() -> None:
    assert PAGE.read_text() == page(), "run `python -m tests.house.write_error_docs`"


def test_every_code_that_the_program_names_has_an_entry() -> None:
    sources = [p for p in (ROOT / "promptc").rglob("*.py") if p.name != "codes.py"]
    unknown = {code: path for code, path in mentioned(sources).items() if code not in CODES}
    assert not unknown, "add them to promptc/core/codes.py"


def test_every_entry_is_used_by_the_program() -> None:
    sources = [p for p in (ROOT / "promptc").rglob("*.py") if p.name != "codes.py"]
    unused = sorted(CODES.keys() - mentioned(sources).keys())
    assert not unused, "remove them from promptc/core/codes.py: nothing gives them"


def test_every_code_is_shown_by_a_test() -> None:
    tests = [p for p in (ROOT / "tests").rglob("*") if p.suffix in (".py", ".story") and "house" not in p.parts]
    unseen = sorted(CODES.keys() - mentioned(tests).keys())
    assert not unseen, "write a story (tests/stories) that prints them"


def test_entries_are_sentences() -> None:
    for code, entry in CODES.items():
        assert entry.title[0].islower() or not entry.title[0].isalpha() or entry.title.split()[0].isupper(), code
        assert entry.why.endswith("."), code
        assert entry.mend.endswith("."), code
