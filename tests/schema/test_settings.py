"""Settings: where they stand, their defaults, and slips in them."""

from __future__ import annotations

import pytest

from promptc.compiler.project import Settings
from promptc.compiler.schema.settings import parse_settings


def test_every_setting_has_a_default() -> None:
    assert parse_settings({}) == (Settings(), ())
    assert parse_settings({"pyproject.toml": b"[project]\nname = 'x'\n"}) == (Settings(), ())


def test_a_table_of_pyproject_and_a_file_of_its_own() -> None:
    text = b'sources = "prompting"\nbase = ["base"]\nallow_characters = ["\\u00AD"]\nprivate_use = "off"\n'
    expected = Settings(sources="prompting", base=("base",), allow_characters=("\u00ad",), private_use="off")
    settings, findings = parse_settings({"pyproject.toml": b"[tool.promptc]\n" + text})
    assert (settings, findings) == (expected, ())
    settings, findings = parse_settings({"promptc.toml": text})
    assert (settings.sources, settings.file, findings) == ("prompting", "promptc.toml", ())


@pytest.mark.parametrize(
    ("text", "place", "code"),
    [
        (b"[tool.promptc]\nbasis = []\n", "pyproject.toml:2:1", "S016"),
        (b"[tool.promptc]\nbase = 'base'\n", "pyproject.toml:2:1", "S016"),
        (b"[tool.promptc]\nallow_characters = ['ab']\n", "pyproject.toml:2:1", "S016"),
        (b"[tool.promptc]\nprivate_use = 'no'\n", "pyproject.toml:2:1", "S016"),
        (b"[tool.promptc]\nsources = '../x'\n", "pyproject.toml:2:1", "P001"),
        (b"[tool.promptc]\nsources = '/x'\n", "pyproject.toml:2:1", "P001"),
        (b"[tool.promptc]\nsources = 'a//b'\n", "pyproject.toml:2:1", "P001"),
        (b"[tool.promptc]\nidentifiers = ['CUST-[0-9']\n", "pyproject.toml:2:1", "S016"),
        (b"[tool.promptc]\nidentifiers = ['x*']\n", "pyproject.toml:2:1", "S016"),
        (b"[tool.promptc]\nidentifiers = [7]\n", "pyproject.toml:2:1", "S016"),
        (b"[tool]\npromptc = 3\n", "pyproject.toml", "S016"),
        (b"[tool.promptc\n", "pyproject.toml:1:14", "S016"),
        (b"\xff", "pyproject.toml", "S016"),
        (b"a = " + b"[" * 100_000, "pyproject.toml", "S016"),
    ],
)
def test_a_slip(text: bytes, place: str, code: str) -> None:
    settings, findings = parse_settings({"pyproject.toml": text})
    assert [(str(f.place), f.code) for f in findings] == [(place, code)]
    assert settings == Settings()


def test_settings_in_two_places() -> None:
    files = {"promptc.toml": b"sources = 'a'\n", "pyproject.toml": b"[tool.promptc]\nsources = 'b'\n"}
    settings, findings = parse_settings(files)
    assert settings.sources == "a"
    assert [f.code for f in findings] == ["S016"]
