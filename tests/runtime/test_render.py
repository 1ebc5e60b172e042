"""Stories of a service: it loads an artifact, renders it with a request's inputs, and is told what is wrong with them."""

from __future__ import annotations

import copy
import enum
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from promptc.core.artifact import Artifact as Document
from promptc.core.errors import Exit, PromptcError
from promptc.runtime import Artifact, InputError

from .build import OPENAI, artifact_of

SYSTEM = {"role": "system", "content": ["You are the assistant of Acme Care.", {"cache": {}}]}
ASK = {"role": "user", "content": [{"slot": ["input", "message"]}]}
MESSAGE = {"message": {"type": "string"}}
REPLY = [SYSTEM, {"history": True}, ASK]


def reply() -> Artifact:
    return artifact_of(REPLY, inputs=MESSAGE)


def test_a_service_answers_a_customer() -> None:
    rendered = reply().render({"message": "Where is my order?"})
    assert rendered.messages == [
        {
            "role": "system",
            "content": [{"type": "text", "text": "You are the assistant of Acme Care."}, {"type": "cache"}],
        },
        {"role": "user", "content": [{"type": "text", "text": "Where is my order?"}]},
    ]
    assert rendered.openai()["messages"] == [
        {"role": "system", "content": "You are the assistant of Acme Care."},
        {"role": "user", "content": "Where is my order?"},
    ]


def test_the_text_of_a_prompt_of_one_message_is_that_text() -> None:
    artifact = artifact_of(
        [{"role": "system", "content": ["Hi ", {"slot": ["input", "name"]}]}], inputs={"name": {"type": "string"}}
    )
    assert artifact.render({"name": "Ann"}).text() == "Hi Ann"


def test_the_text_of_others_says_who_speaks() -> None:
    rendered = reply().render({"message": "Hi"}, history=[{"role": "user", "content": "x"}])
    assert rendered.text() == "[system]\nYou are the assistant of Acme Care.\n\n[history: 1 messages]\n\n[user]\nHi"


def test_an_artifact_tells_what_it_is() -> None:
    artifact = artifact_of(REPLY, inputs=MESSAGE, prompt="support-reply")
    assert artifact.prompt == "support-reply"
    assert artifact.inputs == MESSAGE
    assert artifact.model == OPENAI
    assert artifact.digest.startswith("sha256:")


# Wrong inputs.


def caught(artifact: Artifact, inputs: Any, **given: Any) -> InputError:
    with pytest.raises(InputError) as error:
        artifact.render(inputs, **given)
    assert error.value.exit_code is Exit.USAGE
    return error.value


def test_a_missing_input_is_named() -> None:
    error = caught(reply(), {})
    assert (error.code, error.path, str(error)) == ("R001", "message", "`message` is missing")


def test_no_inputs_at_all_are_missing_too() -> None:
    assert caught(reply(), None).code == "R001"


def test_a_misspelt_input_is_named_and_corrected() -> None:
    error = caught(reply(), {"message": "x", "mesage": "y"})
    assert (error.code, error.path, error.hint) == ("R002", "mesage", "did you mean `message`?")


def test_an_unknown_input_of_a_prompt_that_takes_none() -> None:
    assert caught(artifact_of([SYSTEM]), {"x": 1}).hint == "this prompt takes none"


def test_an_input_of_the_wrong_type_is_named_without_its_value() -> None:
    error = caught(reply(), {"message": ["s3cret"]})
    assert (error.code, str(error)) == ("R003", "`message` must be text, and is a list")


def test_every_problem_is_told_at_once() -> None:
    document = {
        "type": "object",
        "properties": {"title": {"type": "string"}, "year": {"type": "integer"}},
        "required": ["title"],
    }
    artifact = artifact_of([SYSTEM], inputs={**MESSAGE, "documents": {"type": "array", "items": document}})
    error = caught(artifact, {"documents": [{"title": "a"}, {"titel": "b", "year": "1999"}], "extra": 1})
    assert str(error).splitlines() == [
        "5 problems with the inputs:",
        "  `documents[1].titel` is not a property that is declared (did you mean `title`?)",
        "  `documents[1].year` must be an integer, and is text",
        "  `documents[1].title` is missing",
        "  `extra` is not an input of this prompt (known are `documents`, `message`)",
        "  `message` is missing",
    ]


def test_the_docs_show_what_is_told() -> None:
    page = (Path(__file__).parents[2] / "docs" / "runtime.md").read_text("utf-8")
    sample = page.split("```text\n")[1].split("```")[0]
    document = {"type": "object", "properties": {"title": {"type": "string"}}, "required": ["title"]}
    artifact = artifact_of([SYSTEM], inputs={**MESSAGE, "documents": {"type": "array", "items": document}})
    assert str(caught(artifact, {"mesage": "Hi", "documents": [{"title": "a"}, {}]})) == sample.rstrip("\n")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (float("nan"), "readers don't agree"),
        (float("inf"), "readers don't agree"),
        (float("-inf"), "readers don't agree"),
        (2**53, "readers don't agree"),
        (-(2**60), "readers don't agree"),
        ("\ud800", "lone surrogate"),
        ({"a": ["x\udfff"]}, "lone surrogate"),
    ],
)
def test_what_json_can_not_hold_is_refused(value: Any, words: str) -> None:
    error = caught(artifact_of([SYSTEM], inputs={"x": {}}), {"x": value})
    assert error.code == "R004"
    assert words in str(error)


@pytest.mark.parametrize("value", [b"bytes", object(), {1, 2}, 1 + 2j])
def test_what_is_no_json_is_refused(value: Any) -> None:
    assert caught(artifact_of([SYSTEM], inputs={"x": {}}), {"x": value}).code == "R003"
    assert caught(reply(), {"message": value}).code == "R003"


def test_a_value_that_is_nested_too_deeply_is_refused() -> None:
    deep: Any = []
    for _ in range(5000):
        deep = [deep]
    error = caught(artifact_of([SYSTEM], inputs={"x": {}}), {"x": deep})
    assert error.code == "R004"


def test_a_key_that_is_no_text_is_refused() -> None:
    assert caught(artifact_of([SYSTEM], inputs={"x": {}}), {"x": {1: 2}}).code == "R002"


def test_inputs_that_are_no_map_are_refused() -> None:
    assert caught(reply(), ["message"]).code == "R003"


def test_a_subclass_of_text_counts_as_its_text() -> None:
    class Shade(str, enum.Enum):  # noqa: UP042 - the kind whose str() is not its value
        RED = "red"

    class Loud(str):
        def __str__(self) -> str:
            return "LOUD"

    assert reply().render({"message": Shade.RED}).messages[-1]["content"][0]["text"] == "red"
    assert reply().render({"message": Loud("calm")}).messages[-1]["content"][0]["text"] == "calm"


def test_null_is_printed_nowhere() -> None:
    artifact = artifact_of([ASK], inputs={"message": {"type": ["string", "null"]}})
    error = caught(artifact, {"message": None})
    assert (error.code, error.path) == ("R005", "message")


def test_a_property_that_is_needed_and_left_out_is_named() -> None:
    inputs = {"who": {"type": "object", "properties": {"name": {"type": "string"}}}}
    artifact = artifact_of([{"role": "user", "content": [{"slot": ["input", "who", "name"]}]}], inputs=inputs)
    error = caught(artifact, {"who": {}})
    assert (error.code, error.path) == ("R006", "who.name")


def test_a_loop_over_what_is_no_list_is_named() -> None:
    loop = {"each": ["input", "list"], "name": "i1", "do": ["x"]}
    artifact = artifact_of([{"role": "user", "content": [loop]}], inputs={"list": {"type": ["array", "null"]}})
    assert caught(artifact, {"list": None}).code == "R007"


def test_inputs_are_never_changed() -> None:
    inputs = {"who": {"type": "object", "properties": {"name": {"type": "string", "default": "you"}}}}
    artifact = artifact_of([{"role": "user", "content": [{"slot": ["input", "who", "name"]}]}], inputs=inputs)
    given: dict[str, Any] = {"who": {}}
    assert artifact.render(given).messages[0]["content"][0]["text"] == "you"
    assert given == {"who": {}}


# History.


def test_a_history_without_a_place_is_refused() -> None:
    artifact = artifact_of([SYSTEM, ASK], inputs=MESSAGE)
    assert caught(artifact, {"message": "x"}, history=[{"role": "user", "content": "y"}]).code == "R008"


@pytest.mark.parametrize("history", ["text", {"role": "user"}, ["text"], [None]])
def test_a_history_that_is_no_list_of_messages_is_refused(history: Any) -> None:
    assert caught(reply(), {"message": "x"}, history=history).code == "R008"


def test_a_history_is_passed_on_as_it_is() -> None:
    history = [
        {
            "role": "user",
            "content": [
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}},
                {"type": "text", "text": ""},
            ],
        },
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "1", "type": "function", "function": {"name": "f", "arguments": '{"a": 1.0}'}}],
        },
        {"role": "tool", "tool_call_id": "1", "content": "{{ input.message }} e\u0301\r\n"},
    ]
    before = copy.deepcopy(history)
    body = reply().render({"message": "x"}, history=iter(history)).openai()
    assert all(sent is given for sent, given in zip(body["messages"][1:4], history, strict=True))
    assert history == before


# Loading.


def test_other_bytes_than_those_asked_for_are_refused_unread() -> None:
    data = Document(prompt="p", model=OPENAI, messages=REPLY, inputs=MESSAGE).encode()
    good = Artifact.load(data).digest
    assert Artifact.load(data, good).digest == good
    for other in (data.replace(b"Acme", b"Acne"), data + b" ", b""):
        with pytest.raises(PromptcError) as error:
            Artifact.load(other, good)
        assert (error.value.code, error.value.exit_code) == ("D001", Exit.INTEGRITY)


def test_a_digest_that_is_none_is_refused() -> None:
    with pytest.raises(PromptcError) as error:
        Artifact.load(b"{}", "sha256:123")
    assert error.value.exit_code is Exit.USAGE


@pytest.mark.parametrize("number", ["promptc.artifact/2", "promptc.artifact/99"])
def test_a_newer_format_is_refused(number: str) -> None:
    data = Document(prompt="p", model=OPENAI, messages=REPLY).encode().replace(b"promptc.artifact/1", number.encode())
    with pytest.raises(PromptcError) as error:
        Artifact.load(data)
    assert error.value.code == "D003"


def test_another_kind_of_document_is_refused() -> None:
    with pytest.raises(PromptcError) as error:
        Artifact.load(b'{"format":"promptc.root/1","scope":"all","targets":0,"tenants":0,"tree":"sha256:"}\n')
    assert error.value.code == "D005"


DAMAGED: list[Any] = [
    "text",
    {"role": "robot", "content": []},
    {"role": "user", "content": "text"},
    {"role": "user", "content": [], "name": "x"},
    {"history": False},
    {"history": True, "x": 1},
    {"when": {"true": ["input", "x"]}, "then": 5},
    {"when": {"true": ["x"]}, "then": []},
    {"role": "user", "content": [5]},
    {"role": "user", "content": [{}]},
    {"role": "user", "content": [{"hole": ["vars", "x"], "text": []}]},
    {"role": "user", "content": [{"block": "b", "base": []}]},
    {"role": "user", "content": [{"slot": []}]},
    {"role": "user", "content": [{"slot": "input.x"}]},
    {"role": "user", "content": [{"slot": ["vars", "x"]}]},
    {"role": "user", "content": [{"slot": ["i1"]}]},
    {"role": "user", "content": [{"slot": ["input", 0]}]},
    {"role": "user", "content": [{"slot": ["input", "x"], "as": "upper"}]},
    {"role": "user", "content": [{"slot": ["input", "x"], "as": None}]},
    {"role": "user", "content": [{"slot": ["input", "x"], "as": {"join": 1}}]},
    {"role": "user", "content": [{"slot": ["input", "x"], "as": {"split": ","}}]},
    {"role": "user", "content": [{"slot": ["input", "x"], "deflaut": 1}]},
    {"role": "user", "content": [{"index": "i1"}]},
    {"role": "user", "content": [{"index0": ["i1"]}]},
    {"role": "user", "content": [{"index": "i1", "index0": "i1"}]},
    {"role": "user", "content": [{"each": ["input", "x"], "name": "input", "do": []}]},
    {"role": "user", "content": [{"each": ["input", "x"], "name": "i1"}]},
    {"role": "user", "content": [{"each": ["input", "x"], "name": "i1", "do": [], "else": {}}]},
    {"role": "user", "content": [{"each": ["input", "x"], "name": "i1", "do": [], "else": [{"slot": ["i1"]}]}]},
    {
        "role": "user",
        "content": [{"each": ["input", "x"], "name": "i1", "do": [{"each": ["i1"], "name": "i1", "do": []}]}],
    },
    {"role": "user", "content": [{"media": {"url": 5}}]},
    {"role": "user", "content": [{"media": "x"}]},
    {"role": "user", "content": [{"cache": True}]},
    {"role": "user", "content": [{"cache": {"ttl": 5}}]},
    *(
        {"role": "user", "content": [{"when": condition, "then": []}]}
        for condition in (
            None,
            {},
            {"true": ["input"], "has": ["input"]},
            {"maybe": ["input"]},
            {"not": []},
            {"and": {"true": ["input"]}},
            {"or": [["input"]]},
            {"is": [["input", "x"], "=="]},
            {"is": [["input", "x"], "=", 1]},
            {"is": [["input", "x"], ["=="], 1]},
            {"is": [["input", "x"], "in", "abc"]},
            {"is": [{"size": ["input", "x"]}, "==", 1]},
            {"is": [{"index": "i1"}, "==", 1]},
            {"contains": [["input", "x"]]},
            {"first": "i1"},
            {"last": ["i1"]},
        )
    ),
]


@pytest.mark.parametrize("message", DAMAGED, ids=[json.dumps(message)[:70] for message in DAMAGED])
def test_a_damaged_program_fails_when_it_is_loaded(message: Any) -> None:
    with pytest.raises(PromptcError) as error:
        Artifact.load(Document(prompt="p", model=OPENAI, messages=[message]).encode())
    assert (error.value.code, error.value.exit_code) == ("D001", Exit.INTEGRITY)


def test_a_program_that_is_nested_too_deeply_fails_when_it_is_loaded() -> None:
    part: Any = "x"
    for _ in range(300):
        part = {"when": {"true": ["input", "x"]}, "then": [part]}
    with pytest.raises(PromptcError) as error:
        artifact_of([{"role": "user", "content": [part]}], inputs={"x": {}})
    assert error.value.code == "D001"


@pytest.mark.parametrize(
    "given",
    [
        {"model": {"name": "x"}},
        {"model": {"provider": "openai", "name": 5}},
        {"tools": [{"name": "x"}]},
        {"inputs": {"x": "string"}},
        {"output": {"schema": []}},
    ],
)
def test_a_damaged_document_fails_when_it_is_loaded(given: Any) -> None:
    with pytest.raises(PromptcError) as error:
        artifact_of([SYSTEM], **given)
    assert error.value.code == "D001"


def test_the_runtime_imports_the_standard_library_alone() -> None:
    code = "import sys; import promptc.runtime; print('\\n'.join(sorted({name.split('.')[0] for name in sys.modules})))"
    out = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {sys.path[0]!r}); {code}"],
        capture_output=True,
        text=True,
    )
    loaded = set(out.stdout.split()) if out.returncode == 0 else set()
    assert "promptc" in loaded, out.stderr
    assert loaded - {"promptc"} <= set(sys.stdlib_module_names) | {"__main__"}
    assert not loaded & {"asyncio", "urllib", "socket", "ssl", "subprocess", "logging"}
