"""Editing overlays: whatever is inserted reads back, and what was there stays as it was written."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptc.compiler.schema.nodes import Map, Scalar, data_of
from promptc.compiler.schema.yaml import parse_yaml
from promptc.driver.editing import Replacement, Unfit, base_from_comment, block_text, quoted, with_entry, with_scalar

PATH = ("prompts", "reply", "blocks", "greeting")


def entry(text: str = "Hi.\n", base: str = "Hello\n\nthere.", tagged: bool = False) -> Replacement:
    return Replacement(text, "3fa9c1d2e4b50617", base, "sources/prompts/reply.prompt.j2", tagged)


OVERLAYS = {
    "empty": "",
    "comment": "# nothing yet\n",
    "braces": "{}\n",
    "no prompts": "title: A   # the name\nvariables:\n  product: Acme\n",
    "no end of line": "title: A",
    "empty prompts": "title: A\nprompts:\n",
    "empty map": "prompts: {}   # later\ntitle: A\n",
    "another prompt": "prompts:\n    other:\n        enabled: false\ntitle: A\n",
    "another block": (
        "prompts:\n  reply:\n    # keep me\n    blocks:\n      # and me\n"
        "      rules: |\n        One.\n\n        Two.\ntitle: A\n"
    ),
    "config": "prompts:\n  reply:\n    config: {temperature: 0}   # cold\n",
    "flow": "prompts: {reply: {config: {temperature: 0}}}\n",
    "flow blocks": "prompts: {reply: {blocks: {rules: x}}}\n",
    "tagged": "prompts:\n  reply:\n    blocks:\n      rules: !replace {text: x}\n",
    "windows": "title: A\r\nprompts:\r\n  reply:\r\n    config: {temperature: 0}\r\n",
    "quoted keys": '"prompts":\n  "reply":\n    "config": {temperature: 0}\n',
    "literal last": "variables:\n  text: |\n    One.\n    Two.\n",
}


def value_of(text: str) -> object:
    node, findings = parse_yaml(text.encode(), "f")
    assert not [f for f in findings if f.is_error], findings
    return None if node is None else data_of(node)


@pytest.mark.parametrize("name", OVERLAYS)
@pytest.mark.parametrize("tagged", [False, True], ids=["plain", "tagged"])
def test_an_entry_goes_in_and_the_rest_stays(name: str, tagged: bool) -> None:
    text = OVERLAYS[name]
    edited = with_entry(text, PATH, entry(tagged=tagged))
    made = value_of(edited)
    assert isinstance(made, dict)
    blocks = made["prompts"]["reply"]["blocks"]
    assert blocks.pop("greeting") == {"text": "Hi.\n", "against": "3fa9c1d2e4b50617"}
    before = value_of(text) or {}
    assert isinstance(before, dict)
    for key in before:
        if key != "prompts":
            assert made[key] == before[key]
    # Every line that was there is there still, in its order; braces alone give way to what they are filled with.
    kept = iter(edited.splitlines())
    for line in text.splitlines():
        if "{" not in line:
            assert line in kept
    assert ("\r\n" in edited) == ("\r\n" in text)


def test_what_stands_there_already_is_refused() -> None:
    text = with_entry("title: A\n", PATH, entry())
    with pytest.raises(Unfit):
        with_entry(text, PATH, entry())
    for broken in ("- a\n", "a: [\n", "prompts: text\n", "prompts: !replace {}\n", "a: 1\n...\n"):
        with pytest.raises(Unfit):
            with_entry(broken, PATH, entry())


words = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn", "Co"), include_characters="\n\t"), max_size=60
)


@given(words, st.sampled_from(sorted(OVERLAYS)))
def test_any_text_reads_back(text: str, name: str) -> None:
    try:
        edited = with_entry(OVERLAYS[name], PATH, entry(text, base=text))
    except Unfit:
        # Characters that no overlay may hold; the door says so.
        return
    made = value_of(edited)
    assert isinstance(made, dict)

    assert made["prompts"]["reply"]["blocks"]["greeting"]["text"] == unicodedata.normalize("NFC", text)


@given(words)
def test_texts_and_scalars_read_back(text: str) -> None:
    for written in ("a: " + "\n".join(block_text(text, 4)) + "\n", f"a: {quoted(text)}\n"):
        node, findings = parse_yaml(written.encode(), "f")
        if any(f.code.startswith("U") for f in findings):
            continue
        assert not findings, (written, findings)
        assert isinstance(node, Map)
        value = node.get("a")
        assert isinstance(value, Scalar)
        assert value.text == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("base", ["Hello\n\nthere.", "", "  indented\n# not a comment", "one"])
def test_the_base_is_read_back_from_its_comment(base: str) -> None:
    text = with_entry("title: A\n", PATH, entry(base=base))
    line = next(n for n, line in enumerate(text.split("\n"), 1) if "against" in line)
    found = base_from_comment(text, line)
    assert found is not None
    assert found[2] == base


def test_a_scalar_is_replaced_where_it_stands() -> None:
    text = with_entry("title: A\n", PATH, entry())
    edited = with_scalar(text, (*PATH, "against"), "0000000000000000")
    assert edited == text.replace("3fa9c1d2e4b50617", "0000000000000000")
    quoted_one = text.replace("3fa9c1d2e4b50617", "'3fa9c1d2e4b50617'  # old")
    assert "against: 0000000000000000  # old" in with_scalar(quoted_one, (*PATH, "against"), "0000000000000000")
    with pytest.raises(Unfit):
        with_scalar(text, ("prompts", "reply"), "x")
