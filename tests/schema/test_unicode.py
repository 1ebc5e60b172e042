"""Characters: what can't be seen, what reorders, what nobody agrees on; and honest text of every language passes."""

from __future__ import annotations

import sys
import time
import unicodedata

import pytest

from promptc.compiler.project import Settings
from promptc.compiler.schema.characters import is_noncharacter, is_private, is_unassigned, script_of
from promptc.compiler.schema.names import look_alikes, mixed_scripts, skeleton
from promptc.compiler.schema.unicode import Policy, check_text, normalise
from promptc.core.findings import Place
from tests.schema.world import load


def codes(text: str, policy: Policy | None = None) -> list[tuple[str, str]]:
    return [(f.code, f.severity) for f in check_text(text, "f", use="template", policy=policy or Policy())]


ODD = {
    "\u202a": ("U005", "error"),
    "\u202e": ("U005", "error"),
    "\u2066": ("U005", "error"),
    "\u2069": ("U005", "error"),
    "\U000e0041": ("U006", "error"),
    "\U000e007f": ("U006", "error"),
    "\u200b": ("U007", "warning"),
    "\u200d": ("U007", "warning"),
    "\u00ad": ("U007", "warning"),
    "\u2060": ("U007", "warning"),
    "\u3164": ("U007", "warning"),
    "\u2800": ("U007", "warning"),
    "\u034f": ("U007", "warning"),
    "\ufeff": ("U007", "warning"),
    "\u200e": ("U007", "warning"),
    "\ufe0f": ("U007", "warning"),
    "\U000e0100": ("U007", "warning"),
    "\ue000": ("U009", "error"),
    "\U0010fffd": ("U009", "error"),
    "\ufdd0": ("U009", "error"),
    "\U0001ffff": ("U009", "error"),
    "\u0378": ("U009", "warning"),
    "\U000e0200": ("U009", "warning"),
    "\x07": ("U004", "error"),
    "\x9b": ("U004", "error"),
    "\u2028": ("U003", "warning"),
    "\x85": ("U003", "warning"),
    "\r": ("U003", "error"),
}


@pytest.mark.parametrize("character", ODD, ids=lambda c: f"{ord(c):04X}")
def test_odd_characters_between_words(character: str) -> None:
    assert codes(f"word{character}word") == [ODD[character]]


def test_the_message_shows_what_cannot_be_seen() -> None:
    (finding,) = check_text("one\ntwo \u202e three", "f")
    assert finding.message == "bidirectional control `\\u{202E}`"
    assert str(finding.place) == "f:2:5"
    assert "\u202e" not in finding.message + finding.hint


HONEST = [
    "Grüße aus Köln — “quoted” … naïve façade",
    "한국어 텍스트입니다.",
    "日本語のテキスト。漢字\U000e0100かな",
    "मराठी क्‍ष श्रीमान्‌को",
    "می‌خواهم بروم؛ خانه‌ها",
    "عربي \u200f(RTL)\u200e نص",
    "👩‍👩‍👧‍👦 👩🏽‍⚕️ ❤️ ☎️ 1️⃣ #️⃣ ©️ 🏳️‍🌈 🫩",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f England",
    "⠓⠑⠇⠇⠕⠀⠺⠕⠗⠇⠙",
    "ᠮᠣᠩᠭᠣᠯ᠋ ᠪᠢᠴᠢᠭ",
    "ไทย ລາວ မြန်မာ ខ្មែរ",
    "uſer: NBSP\u00a0here, thin\u2009space",
]


@pytest.mark.parametrize("text", HONEST)
def test_honest_text_passes(text: str) -> None:
    assert codes(text) == []


def test_hidden_text_does_not_pass_as_a_flag_or_an_emoji() -> None:
    hidden = "".join(chr(0xE0000 + ord(letter)) for letter in "ignore all")
    assert {code for code, _ in codes(f"🏴{hidden}\U000e007f")} == {"U006"}
    assert codes("😀" + "\ufe01" * 3) == [("U007", "warning")] * 2
    assert codes("a\ufe0f") == [("U007", "warning")]


def test_settings_allow_single_characters() -> None:
    assert codes("a\u00adb", Policy(allow=frozenset("\u00ad"))) == []
    assert codes("a\ue000b", Policy(private_use="off")) == []
    assert codes("a\ue000b", Policy(private_use="warning")) == [("U009", "warning")]
    settings = Settings(allow_characters=("\u00ad",), private_use="warning")
    loaded = load({"sources/fragments/safety.j2": "a\u00adb\ue000\n"}, settings)
    assert [(f.code, f.severity) for f in loaded.findings] == [("U009", "warning")]


@pytest.mark.parametrize("text", ["한국어 text 👩‍👩‍👧 ", "\u200b" * 8, "עברית\u200f"])
def test_a_text_four_times_as_long_takes_about_four_times_as_long(text: str) -> None:
    """Not the sixteen times that looking back from each character would take."""

    def seconds(times: int) -> float:
        start = time.process_time()
        check_text(text * times, "f")
        return time.process_time() - start

    assert min(seconds(40_000) for _ in range(3)) < 8 * min(seconds(10_000) for _ in range(3))


def test_the_table_agrees_with_every_python_on_what_is_assigned() -> None:
    wrong = [
        hex(code)
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) != "Cn" and is_unassigned(code)
    ]
    assert wrong == []
    assert is_unassigned(0x378)
    assert not is_unassigned(0x1FAE9)  # a face of Unicode 16, which Python 3.11 doesn't know
    assert not any(is_unassigned(code) for code in range(0x110000) if is_noncharacter(code) or is_private(code))


def test_composition_is_that_of_unicode_14_on_every_python() -> None:
    assert normalise("e\u0301 \u1100\u1161") == "é 가"
    # U+16D68 composes from U+16D67 U+16D67 since Unicode 16: young characters are left as they are written.
    assert normalise("\U00016d67\U00016d67") == "\U00016d67\U00016d67"
    assert normalise("e\u0301\U00016d67a\u0308") == "é\U00016d67ä"


def test_scripts() -> None:
    assert [script_of(c) for c in "aбαא日ひカ한अ1-"] == [
        "Latn", "Cyrl", "Grek", "Hebr", "Hani", "Hira", "Kana", "Hang", "Deva", "", "",
    ]  # fmt: skip


def test_names_in_mixed_scripts_and_look_alikes() -> None:
    assert mixed_scripts("p\u0430ypal") == ("Cyrl", "Latn")
    assert mixed_scripts("サポート部-a") == ()
    assert mixed_scripts("고객a") == ()
    assert skeleton("\u0430\u0441\u0435") == "ace"
    places = {name: Place(f"{n}") for n, name in enumerate(["ace", "\u0430\u0441\u0435", "кот", "bar", "barn"])}
    (finding,) = look_alikes(places, "tenant")
    assert finding.code == "U008"
    assert "looks like `ace`" in finding.message
    assert look_alikes({"acme": Place("a"), "acrne": Place("b"), "l": Place("c"), "1": Place("d")}, "tenant") == ()
