"""Codes: each has its entry in the docs, a test that names it, and every code that the program prints is known."""

from __future__ import annotations

import re
from pathlib import Path

from promptc.core.codes import CODES
from tests.house.write_error_docs import PAGE, page
from tests.stories.story import read

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"""["'\[`(]([YUPSOTRDNBCGVKWX]\d{3})["'\]`),.:\s]""")


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


# What no command line can bring about on every machine, and the test that prints it instead.
ELSEWHERE = {
    "C011": "tests/house/test_endings.py",
    "C020": "tests/engine/test_watch.py",
    "C021": "tests/engine/test_workers.py",
    "C070": "tests/house/test_endings.py",
    "D002": "tests/stores/test_build.py",
    "D007": "tests/stores/test_files.py",
    "D008": "tests/driver/test_verifying.py",
    "D009": "tests/stores/test_write.py",
    "G011": "tests/release/test_served.py",
    "N001": "tests/release/test_promote.py",
    "N003": "tests/release/test_promote.py",
    **{f"R{number}": "tests/runtime/test_prompts.py" for number in range(100, 115)},
    "V014": "tests/release/test_served.py",
    "V070": "tests/runtime/test_signing.py",
    **{f"V06{number}": "tests/runtime/test_web.py" for number in range(7)},
    "X005": "tests/driver/test_cost.py",
    "X008": "tests/driver/test_cost.py",
    "Y009": "tests/schema/test_yaml.py",
}


def printed_by_stories() -> set[str]:
    found: set[str] = set()
    for path in (ROOT / "tests" / "stories").rglob("*.story"):
        for story in read(path):
            for step in story.steps:
                if step.kind == "$":
                    found.update(re.findall(r"\b(?:error|warning|note)\[(\w+)\]", "\n".join(step.lines + step.errors)))
    return found


def planted_in_the_corpus() -> set[str]:
    """What tests/checks/test_corpus.py finds in its planted projects."""
    files = (ROOT / "tests" / "checks" / "corpus").rglob("*.yaml")
    return {code for path in files for code in re.findall(r"^\s*- (\w+) at ", path.read_text(), re.MULTILINE)}


def test_every_code_is_shown_by_a_story() -> None:
    unseen = sorted(CODES.keys() - printed_by_stories() - ELSEWHERE.keys() - planted_in_the_corpus())
    assert not unseen, "write a story into tests/stories/codes that prints them"


def test_codes_that_no_story_can_show_are_shown_by_a_test() -> None:
    for code, test in ELSEWHERE.items():
        path = ROOT / test
        assert path.exists(), f"{code}: there is no {test}"
        assert f'"{code}"' in path.read_text(), f"{test} doesn't show {code}"


def test_stories_of_codes_print_the_code_of_their_title() -> None:
    wrong = []
    for path in (ROOT / "tests" / "stories" / "codes").glob("*.story"):
        for story in read(path):
            code, _, _ = story.title.partition(":")
            printed = "\n".join("\n".join(step.lines + step.errors) for step in story.steps if step.kind == "$")
            if f"[{code}]" not in printed:
                wrong.append(story.title)
    assert not wrong


def test_entries_are_sentences() -> None:
    for code, entry in CODES.items():
        assert entry.title[0].islower() or not entry.title[0].isalpha() or entry.title.split()[0].isupper(), code
        assert entry.why.endswith("."), code
        assert entry.mend.endswith("."), code
