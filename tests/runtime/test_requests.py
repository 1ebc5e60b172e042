"""What each provider's body says, and what it refuses to leave out. Shapes as such are held against SDKs elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from promptc.core.errors import Exit
from promptc.runtime import Artifact, RequestError

from .build import ANTHROPIC, GEMINI, OPENAI, artifact_of

SYSTEM = {"role": "system", "content": ["S"]}
USER = {"role": "user", "content": ["U"]}
CACHE: dict[str, Any] = {"cache": {}}
TOOL = {"name": "f", "description": "d", "input": {"type": "object", "properties": {}}}
FORMATS = ("chat", "responses", "anthropic", "gemini")
MODELS = {"chat": OPENAI, "responses": OPENAI, "anthropic": ANTHROPIC, "gemini": GEMINI}


def body_of(form: str, artifact: Artifact, inputs: Any = None, history: Any = (), **given: Any) -> dict[str, Any]:
    rendered = artifact.render(inputs or {}, history)
    if form == "anthropic":
        return rendered.anthropic(**given)
    return rendered.gemini(**given) if form == "gemini" else rendered.openai(api=form, **given)  # type: ignore[arg-type]


def made(form: str, config: Any = None, messages: Any = None, **given: Any) -> dict[str, Any]:
    options = {key: given.pop(key) for key in ("version", "cache") if key in given}
    model = given.pop("model", MODELS[form])
    config = {"max_tokens": 9, **(config or {})}
    return body_of(form, artifact_of(messages or [SYSTEM, USER], model=model, config=config, **given), **options)


def refused(form: str, *args: Any, **given: Any) -> RequestError:
    with pytest.raises(RequestError) as error:
        made(form, *args, **given)
    assert error.value.exit_code is Exit.SOURCES
    assert error.value.hint
    return error.value


# Names.


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ({"provider": "openai", "name": "gpt-5", "revision": "2025-08-07"}, "gpt-5-2025-08-07"),
        ({"provider": "anthropic", "name": "claude-sonnet-4-5", "revision": "20250929"}, "claude-sonnet-4-5-20250929"),
        (
            {"provider": "anthropic", "name": "claude-sonnet-4-5-20250929", "revision": "20250929"},
            "claude-sonnet-4-5-20250929",
        ),
        ({"provider": "gemini", "name": "gemini-3-pro"}, "gemini-3-pro"),
        ({"provider": "vllm", "name": "org/model", "revision": "9f1c2ab"}, "org/model"),
    ],
)
def test_the_model_as_its_vendor_calls_it(model: Any, name: str) -> None:
    rendered = artifact_of([USER], model=model, config={"max_tokens": 1}).render()
    assert rendered.model_name == name
    assert rendered.openai()["model"] == rendered.anthropic()["model"] == name
    assert rendered.gemini(api="sdk")["model"] == name
    assert "model" not in rendered.gemini()


# Settings.

SETTINGS: list[tuple[str, Any, dict[str, Any]]] = [
    (
        "temperature",
        0,
        {
            "chat": {"temperature": 0},
            "responses": {"temperature": 0},
            "gemini": {"generationConfig": {"temperature": 0}},
        },
    ),
    (
        "top_p",
        0.5,
        {"chat": {"top_p": 0.5}, "responses": {"top_p": 0.5}, "gemini": {"generationConfig": {"topP": 0.5}}},
    ),
    (
        "max_tokens",
        7,
        {
            "chat": {"max_completion_tokens": 7},
            "responses": {"max_output_tokens": 7},
            "anthropic": {"max_tokens": 7},
            "gemini": {"generationConfig": {"maxOutputTokens": 7}},
        },
    ),
    (
        "stop",
        "END",
        {
            "chat": {"stop": ["END"]},
            "anthropic": {"stop_sequences": ["END"]},
            "gemini": {"generationConfig": {"stopSequences": ["END"]}},
        },
    ),
    (
        "stop",
        ["A", "B"],
        {
            "chat": {"stop": ["A", "B"]},
            "anthropic": {"stop_sequences": ["A", "B"]},
            "gemini": {"generationConfig": {"stopSequences": ["A", "B"]}},
        },
    ),
    ("seed", 3, {"chat": {"seed": 3}, "gemini": {"generationConfig": {"seed": 3}}}),
    ("verbosity", "low", {"chat": {"verbosity": "low"}, "responses": {"text": {"verbosity": "low"}}}),
    (
        "reasoning",
        "high",
        {
            "chat": {"reasoning_effort": "high"},
            "responses": {"reasoning": {"effort": "high"}},
            "anthropic": {"thinking": {"type": "adaptive"}, "output_config": {"effort": "high"}},
            "gemini": {"generationConfig": {"thinkingConfig": {"thinkingLevel": "HIGH"}}},
        },
    ),
    (
        "reasoning",
        "none",
        {
            "chat": {"reasoning_effort": "none"},
            "responses": {"reasoning": {"effort": "none"}},
            "anthropic": {"thinking": {"type": "disabled"}},
            "gemini": {"generationConfig": {"thinkingConfig": {"thinkingBudget": 0}}},
        },
    ),
    (
        "reasoning",
        {"tokens": 2048},
        {
            "anthropic": {"thinking": {"type": "enabled", "budget_tokens": 2048}},
            "gemini": {"generationConfig": {"thinkingConfig": {"thinkingBudget": 2048}}},
        },
    ),
    (
        "reasoning",
        "minimal",
        {
            "chat": {"reasoning_effort": "minimal"},
            "responses": {"reasoning": {"effort": "minimal"}},
            "gemini": {"generationConfig": {"thinkingConfig": {"thinkingLevel": "MINIMAL"}}},
        },
    ),
    (
        "reasoning",
        "max",
        {
            "chat": {"reasoning_effort": "max"},
            "responses": {"reasoning": {"effort": "max"}},
            "anthropic": {"thinking": {"type": "adaptive"}, "output_config": {"effort": "max"}},
        },
    ),
]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(("key", "value", "wanted"), SETTINGS, ids=[f"{key}-{value}" for key, value, _ in SETTINGS])
def test_each_setting_is_said_or_refused(key: str, value: Any, wanted: dict[str, Any], form: str) -> None:
    if form not in wanted:
        error = refused(form, {key: value})
        assert error.code == "R010"
        assert key in str(error) or str(value) in str(error)
        return
    plain = made(form, {"max_tokens": 9})
    body = made(form, {key: value})
    for name, expected in wanted[form].items():
        assert body[name] == (expected if not isinstance(expected, dict) else {**plain.get(name, {}), **expected})


@pytest.mark.parametrize("key", ["temperature", "top_p"])
def test_sampling_for_anthropics_older_version(key: str) -> None:
    assert made("anthropic", {key: 0.5}, version="2023-06-01")[key] == 0.5
    error = refused("anthropic", {key: 0.5})
    assert f"refuses: [{key}]" in error.hint


@pytest.mark.parametrize("form", FORMATS)
def test_a_setting_that_no_version_knows_is_refused(form: str) -> None:
    assert refused(form, {"temprature": 1}).code == "R010"


def test_anthropic_needs_max_tokens() -> None:
    with pytest.raises(RequestError) as error:
        artifact_of([USER], model=ANTHROPIC).render().anthropic()
    assert error.value.code == "R010"
    body = (
        artifact_of([USER], model=ANTHROPIC, config={"native": {"anthropic": {"max_tokens": 5}}}).render().anthropic()
    )
    assert body["max_tokens"] == 5


def test_more_than_four_stops_are_too_many_for_openai() -> None:
    assert refused("chat", {"stop": list("abcde")}).code == "R010"


def test_few_thinking_tokens_are_refused_by_anthropic() -> None:
    assert refused("anthropic", {"reasoning": {"tokens": 100}}).code == "R010"
    assert made("anthropic", {"reasoning": {"tokens": 0}})["thinking"] == {"type": "disabled"}


def test_effort_and_tokens_together() -> None:
    both = {"reasoning": {"effort": "low", "tokens": 2000}}
    assert refused("gemini", both).code == "R010"
    body = made("anthropic", both)
    assert (body["thinking"], body["output_config"]) == ({"type": "enabled", "budget_tokens": 2000}, {"effort": "low"})


# Tools.


@pytest.mark.parametrize(
    ("config", "wanted"),
    [
        (
            {"tool_choice": "auto"},
            {"chat": "auto", "responses": "auto", "anthropic": {"type": "auto"}, "gemini": {"mode": "AUTO"}},
        ),
        (
            {"tool_choice": "none"},
            {"chat": "none", "responses": "none", "anthropic": {"type": "none"}, "gemini": {"mode": "NONE"}},
        ),
        (
            {"tool_choice": "required"},
            {"chat": "required", "responses": "required", "anthropic": {"type": "any"}, "gemini": {"mode": "ANY"}},
        ),
        (
            {"tool_choice": {"tool": "f"}},
            {
                "chat": {"type": "function", "function": {"name": "f"}},
                "responses": {"type": "function", "name": "f"},
                "anthropic": {"type": "tool", "name": "f"},
                "gemini": {"mode": "ANY", "allowedFunctionNames": ["f"]},
            },
        ),
    ],
    ids=str,
)
def test_tool_choice(config: Any, wanted: dict[str, Any]) -> None:
    for form in FORMATS:
        body = made(form, config, tools=[TOOL])
        found = body["toolConfig"]["functionCallingConfig"] if form == "gemini" else body["tool_choice"]
        assert found == wanted[form]


@pytest.mark.parametrize("form", FORMATS)
def test_tool_settings_of_a_prompt_that_has_no_tools_for_this_tenant(form: str) -> None:
    body = made(form, {"tool_choice": "auto", "parallel_tools": False})
    assert not {"tools", "tool_choice", "parallel_tool_calls", "toolConfig"} & set(body)
    assert refused(form, {"tool_choice": "required"}).code == "R010"
    assert refused(form, {"tool_choice": {"tool": "g"}}, tools=[TOOL]).code == "R010"


def test_parallel_tools() -> None:
    assert made("chat", {"parallel_tools": False}, tools=[TOOL])["parallel_tool_calls"] is False
    assert made("responses", {"parallel_tools": True}, tools=[TOOL])["parallel_tool_calls"] is True
    alone = {"disable_parallel_tool_use": True}
    assert made("anthropic", {"parallel_tools": False}, tools=[TOOL])["tool_choice"] == {"type": "auto", **alone}
    required = {"parallel_tools": False, "tool_choice": "required"}
    assert made("anthropic", required, tools=[TOOL])["tool_choice"] == {"type": "any", **alone}
    assert made("anthropic", {"parallel_tools": False, "tool_choice": "none"}, tools=[TOOL])["tool_choice"] == {
        "type": "none"
    }
    assert "tool_choice" not in made("anthropic", {"parallel_tools": True}, tools=[TOOL])
    assert "toolConfig" not in made("gemini", {"parallel_tools": True}, tools=[TOOL])
    assert refused("gemini", {"parallel_tools": False}, tools=[TOOL]).code == "R010"


def test_strict_tools() -> None:
    strict = {**TOOL, "strict": True}
    assert made("chat", tools=[strict])["tools"][0]["function"]["strict"] is True
    assert "strict" not in made("chat", tools=[TOOL])["tools"][0]["function"]
    assert made("responses", tools=[TOOL])["tools"][0]["strict"] is False
    assert made("anthropic", tools=[strict])["tools"][0]["strict"] is True
    checked = {"functionCallingConfig": {"mode": "VALIDATED"}}
    assert made("gemini", tools=[strict])["toolConfig"] == checked
    assert made("gemini", {"tool_choice": "auto"}, tools=[strict])["toolConfig"] == checked


def test_a_tools_own_native_settings() -> None:
    tool = {**TOOL, "native": {"anthropic": {"defer_loading": True}, "openai": {"function": {"x": 1}}}}
    assert made("anthropic", tools=[tool])["tools"][0]["defer_loading"] is True
    assert made("chat", tools=[tool])["tools"][0]["function"]["x"] == 1
    assert refused("anthropic", tools=[{**TOOL, "native": {"anthropic": {"name": "g"}}}]).code == "R013"


def test_the_authors_order_of_a_tools_schema_and_an_output_reaches_the_provider() -> None:
    schema = {"type": "object", "properties": {"z": {}, "a": {}, "m": {}}}
    output = {"schema": schema, "strict": True}
    for form, at in (("chat", ("tools", 0, "function", "parameters")), ("anthropic", ("tools", 0, "input_schema"))):
        found: Any = made(form, tools=[{**TOOL, "input": schema}], output=output)
        for step in at:
            found = found[step]
        assert list(found["properties"]) == ["z", "a", "m"]
    assert list(made("gemini", output=output)["generationConfig"]["responseJsonSchema"]["properties"]) == [
        "z",
        "a",
        "m",
    ]


# Native settings.


def test_native_settings_are_passed_on_untouched() -> None:
    native = {"openai": {"metadata": {"z": 1, "a": [None, 1.5]}}, "anthropic": {"service_tier": "auto"}}
    assert made("chat", {"native": native})["metadata"] == {"z": 1, "a": [None, 1.5]}
    assert "service_tier" not in made("chat", {"native": native})
    assert made("anthropic", {"native": native})["service_tier"] == "auto"


def test_native_settings_of_another_vendor_that_speaks_the_format() -> None:
    native = {"openai": {"user": "u"}, "openrouter": {"transforms": ["middle-out"]}, "anthropic": {"x": 1}}
    body = made("chat", {"native": native}, model={"provider": "openrouter", "name": "m"})
    assert (body["user"], body["transforms"]) == ("u", ["middle-out"])
    assert "x" not in made("chat", {"native": native}, model={"provider": "anthropic", "name": "m"})


@pytest.mark.parametrize(
    ("form", "native"),
    [
        ("chat", {"openai": {"messages": []}}),
        ("chat", {"openai": {"model": "other"}}),
        ("chat", {"openai": {"max_completion_tokens": 5}}),
        ("responses", {"openai": {"input": "x"}}),
        ("anthropic", {"anthropic": {"system": "x"}}),
        ("anthropic", {"anthropic": {"max_tokens": 5}}),
        ("gemini", {"gemini": {"contents": []}}),
        ("gemini", {"gemini": {"generationConfig": {"maxOutputTokens": 5}}}),
    ],
)
def test_a_native_setting_that_collides_is_refused(form: str, native: Any) -> None:
    assert refused(form, {"native": native}).code == "R013"


def test_a_body_is_its_own_and_changing_it_changes_nothing_else() -> None:
    config = {"max_tokens": 9, "native": {"openai": {"metadata": {"a": "b"}}}}
    schema = {"schema": {"type": "object"}, "strict": True}
    artifact = artifact_of([SYSTEM, USER], config=config, tools=[TOOL], output=schema)
    first = artifact.render().openai()
    first["tools"][0]["function"]["parameters"]["properties"]["x"] = 1
    first["response_format"]["json_schema"]["schema"]["type"] = "array"
    first["metadata"]["a"] = "c"
    first["messages"].clear()
    second = artifact.render().openai()
    assert second["tools"][0]["function"]["parameters"]["properties"] == {}
    assert second["response_format"]["json_schema"]["schema"] == {"type": "object"}
    assert second["metadata"] == {"a": "b"}
    assert len(second["messages"]) == 2


# Messages.


def test_developer_is_openais_role_and_system_elsewhere() -> None:
    messages = [{"role": "developer", "content": ["D"]}, USER]
    assert made("chat", messages=messages)["messages"][0] == {"role": "developer", "content": "D"}
    assert made("responses", messages=messages)["input"][0] == {"role": "developer", "content": "D"}
    assert made("anthropic", messages=messages)["system"] == [{"type": "text", "text": "D"}]
    assert made("gemini", messages=messages)["systemInstruction"] == {"parts": [{"text": "D"}]}


def test_a_system_message_after_turns() -> None:
    late = [USER, SYSTEM]
    assert made("chat", messages=late)["messages"][1] == {"role": "system", "content": "S"}
    assert made("anthropic", messages=late)["messages"][1] == {
        "role": "system",
        "content": [{"type": "text", "text": "S"}],
    }
    assert refused("gemini", messages=late).code == "R012"
    after_assistant = [USER, {"role": "assistant", "content": ["A"]}, SYSTEM]
    assert refused("anthropic", messages=after_assistant).code == "R012"
    # The same answer while the conversation is empty, or production breaks on its second turn.
    assert refused("gemini", messages=[{"history": True}, SYSTEM, USER]).code == "R012"


@pytest.mark.parametrize("form", FORMATS)
def test_an_empty_system_message_says_nothing_and_is_left_out(form: str) -> None:
    body = made(form, messages=[{"role": "system", "content": []}, USER])
    turns = body.get("messages") or body.get("input") or body.get("contents")
    assert len(turns or ()) == 1
    assert "system" not in body
    assert "systemInstruction" not in body


def test_an_empty_turn() -> None:
    empty = [SYSTEM, {"role": "user", "content": []}]
    assert made("chat", messages=empty)["messages"][1]["content"] == ""
    assert refused("anthropic", messages=empty).code == "R014"
    assert refused("anthropic", messages=[{"role": "user", "content": [" \n"]}]).code == "R014"
    assert refused("gemini", messages=empty).code == "R014"


def test_white_space_between_media_is_no_block_of_its_own() -> None:
    picture = {"media": {"url": "https://example.com/a.png"}}
    body = made("anthropic", messages=[{"role": "user", "content": [picture, "\n", picture, "Which?"]}])
    assert [block["type"] for block in body["messages"][0]["content"]] == ["image", "image", "text"]


@pytest.mark.parametrize("form", ["anthropic", "gemini"])
def test_a_prompt_of_a_system_message_alone_needs_a_history(form: str) -> None:
    assert refused(form, messages=[SYSTEM]).code == "R014"
    turn = {"role": "user", "content": "x"} if form == "anthropic" else {"role": "user", "parts": [{"text": "x"}]}
    artifact = artifact_of([SYSTEM], model=MODELS[form], config={"max_tokens": 9})
    body = body_of(form, artifact, history=[turn])
    assert (body.get("messages") or body.get("contents")) == [turn]


@pytest.mark.parametrize(
    ("form", "turn"),
    [
        ("chat", {"parts": [{"text": "x"}]}),
        ("responses", {"parts": []}),
        ("anthropic", {"type": "function_call"}),
        ("gemini", {"role": "user", "content": "x"}),
    ],
)
def test_a_history_in_another_providers_shape_is_refused(form: str, turn: Any) -> None:
    artifact = artifact_of([SYSTEM, {"history": True}, USER], model=MODELS[form], config={"max_tokens": 9})
    with pytest.raises(RequestError) as error:
        body_of(form, artifact, history=[turn])
    assert error.value.code == "R012"
    assert "history[0]" in str(error.value)


# Cache marks.


def test_anthropics_marks_stand_on_the_block_before_them() -> None:
    messages = [
        {"role": "system", "content": ["S", CACHE, "T"]},
        {"role": "user", "content": ["A", {"cache": {"ttl": "1h"}}]},
        {"role": "assistant", "content": ["B"]},
        {"role": "user", "content": [CACHE, "C"]},
    ]
    body = made("anthropic", messages=messages)
    assert [block.get("cache_control") for block in body["system"]] == [{"type": "ephemeral"}, None]
    assert body["messages"][0]["content"][0]["cache_control"] == {"type": "ephemeral", "ttl": "1h"}
    assert body["messages"][1]["content"][0]["cache_control"] == {"type": "ephemeral"}
    assert "cache_control" not in body["messages"][2]["content"][0]


def test_a_mark_before_everything_has_nothing_to_cache() -> None:
    body = made("anthropic", messages=[{"role": "user", "content": [CACHE, "A"]}])
    assert body["messages"][0]["content"] == [{"type": "text", "text": "A"}]


def test_marks_that_anthropic_does_not_take() -> None:
    assert refused("anthropic", messages=[{"role": "user", "content": ["A", {"cache": {"ttl": "2d"}}]}]).code == "R015"
    assert refused("anthropic", messages=[{"role": "user", "content": ["A", CACHE] * 5}]).code == "R015"
    after_history = [USER, {"history": True}, {"role": "user", "content": [CACHE, "A"]}]
    assert refused("anthropic", messages=after_history).code == "R015"


@pytest.mark.parametrize(
    ("name", "explicit"),
    [
        ("gpt-4o", False),
        ("gpt-5", False),
        ("gpt-5.5-pro", False),
        ("gpt-5.6", True),
        ("gpt-5.10", True),
        ("gpt-6-astra", True),
        ("o3", False),
        ("other", False),
    ],
)
def test_openais_marks_go_to_models_that_take_them(name: str, explicit: bool) -> None:
    model = {"provider": "openai", "name": name}
    messages = [{"role": "system", "content": ["S", CACHE]}, USER]
    content = made("chat", messages=messages, model=model)["messages"][0]["content"]
    assert content == (
        [{"type": "text", "text": "S", "prompt_cache_breakpoint": {"mode": "explicit"}}] if explicit else "S"
    )
    assert made("chat", messages=messages, model=model, cache="implicit")["messages"][0]["content"] == "S"
    assert made("chat", messages=messages, model=model, cache="explicit")["messages"][0]["content"] != "S"


def test_marks_that_openai_does_not_take() -> None:
    model = {"provider": "openai", "name": "gpt-6-astra"}
    assert refused("chat", messages=[USER, {"role": "assistant", "content": ["A", CACHE]}], model=model).code == "R015"
    assert (
        refused("chat", messages=[{"role": "user", "content": ["A", {"cache": {"ttl": "2d"}}]}], model=model).code
        == "R015"
    )
    long = made("chat", messages=[{"role": "user", "content": ["A", {"cache": {"ttl": "1h"}}]}], model=model)
    assert long["messages"][0]["content"][0]["prompt_cache_breakpoint"] == {"mode": "explicit", "ttl": "12h"}


def test_gemini_takes_no_marks_and_loses_nothing() -> None:
    body = made("gemini", messages=[SYSTEM, {"role": "user", "content": ["A", CACHE, "B"]}])
    assert body["contents"] == [{"role": "user", "parts": [{"text": "AB"}]}]


# Media.

PICTURE = {"url": "https://example.com/a.PNG?x=1#y"}
INLINE = {"data": "AAAA", "media_type": "image/png"}
FILE = {"data": "AAAA", "media_type": "application/pdf", "name": "a.pdf"}
LINKED_FILE = {"url": "https://example.com/a.pdf"}
SOUND = {"data": "AAAA", "media_type": "audio/mpeg"}
FILM = {"url": "https://example.com/a", "media_type": "video/mp4"}

MEDIA: list[tuple[str, Any, dict[str, Any]]] = [
    (
        "picture",
        PICTURE,
        {
            "chat": {"type": "image_url", "image_url": {"url": PICTURE["url"]}},
            "responses": {"type": "input_image", "detail": "auto", "image_url": PICTURE["url"]},
            "anthropic": {"type": "image", "source": {"type": "url", "url": PICTURE["url"]}},
            "gemini": {"fileData": {"fileUri": PICTURE["url"], "mimeType": "image/png"}},
        },
    ),
    (
        "inline picture",
        INLINE,
        {
            "chat": {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
            "responses": {"type": "input_image", "detail": "auto", "image_url": "data:image/png;base64,AAAA"},
            "anthropic": {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}},
            "gemini": {"inlineData": {"mimeType": "image/png", "data": "AAAA"}},
        },
    ),
    (
        "file",
        FILE,
        {
            "chat": {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,AAAA"}},
            "responses": {"type": "input_file", "filename": "a.pdf", "file_data": "data:application/pdf;base64,AAAA"},
            "anthropic": {
                "type": "document",
                "source": {"type": "base64", "media_type": "application/pdf", "data": "AAAA"},
                "title": "a.pdf",
            },
            "gemini": {"inlineData": {"mimeType": "application/pdf", "data": "AAAA"}},
        },
    ),
    (
        "file by URL",
        LINKED_FILE,
        {
            "responses": {"type": "input_file", "file_url": LINKED_FILE["url"]},
            "anthropic": {"type": "document", "source": {"type": "url", "url": LINKED_FILE["url"]}},
            "gemini": {"fileData": {"fileUri": LINKED_FILE["url"], "mimeType": "application/pdf"}},
        },
    ),
    (
        "sound",
        SOUND,
        {
            "chat": {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "mp3"}},
            "gemini": {"inlineData": {"mimeType": "audio/mpeg", "data": "AAAA"}},
        },
    ),
    ("film", FILM, {"gemini": {"fileData": {"fileUri": FILM["url"], "mimeType": "video/mp4"}}}),
]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(("what", "given", "wanted"), MEDIA, ids=[name for name, _, _ in MEDIA])
def test_media_are_placed_or_refused(what: str, given: Any, wanted: dict[str, Any], form: str) -> None:
    place = [{"role": "user", "content": ["See ", {"media": ["input", "x"]}, "."]}]
    artifact = artifact_of(place, model=MODELS[form], config={"max_tokens": 9}, inputs={"x": {"type": "media"}})
    if form not in wanted:
        with pytest.raises(RequestError) as error:
            body_of(form, artifact, {"x": given})
        assert error.value.code == "R011"
        return
    body = body_of(form, artifact, {"x": given})
    (turn,) = body.get("messages") or body.get("input") or body["contents"]
    parts = turn["parts"] if form == "gemini" else turn["content"]
    assert parts[1] == wanted[form]
    assert len(parts) == 3


@pytest.mark.parametrize("form", FORMATS)
def test_media_outside_of_user_messages_are_refused(form: str) -> None:
    for role in ("system", "assistant"):
        assert refused(form, messages=[USER, {"role": role, "content": [{"media": INLINE}]}]).code in ("R011", "R012")
    assert refused(form, messages=[{"role": "system", "content": [{"media": INLINE}]}, USER]).code == "R011"


@pytest.mark.parametrize("form", FORMATS)
def test_a_url_that_does_not_say_what_it_is_is_refused(form: str) -> None:
    assert (
        refused(form, messages=[{"role": "user", "content": [{"media": {"url": "https://example.com/a"}}]}]).code
        == "R011"
    )
