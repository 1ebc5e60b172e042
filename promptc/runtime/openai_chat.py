"""OpenAI Chat Completions: a rendered prompt as the body of `POST /v1/chat/completions`.

    Rendered -> [openai_chat] -> {"model": …, "messages": […], …}

Shapes follow `openai.types.chat.completion_create_params`; tests hold bodies against those types.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from promptc.core.residual import Segment
from promptc.runtime.rendered import History, Message, Rendered
from promptc.runtime.request import (
    Body,
    RequestError,
    Setter,
    apply_config,
    check_history,
    data_url,
    fresh,
    media_type,
    merge_native,
    merge_tool,
    model_name,
    needs_tools,
    no_media,
    output_name,
    reasoning_of,
    refused,
    spoken,
    stops,
    tools_of,
)

API = "OpenAI's Chat Completions API"
STOPS_MAX = 4
# The least lifetime that OpenAI has for a mark, by the lifetime that was asked for.
LIFETIMES = {"5m": "30m", "30m": "30m", "1h": "12h", "12h": "12h"}
_VERSION = re.compile(r"gpt-([0-9]+)(?:\.([0-9]+))?(?![0-9])")
_AUDIO = {"audio/wav": "wav", "audio/x-wav": "wav", "audio/mpeg": "mp3", "audio/mp3": "mp3"}


def chat_body(rendered: Rendered, *, cache: str = "auto") -> Body:
    """The request body. RequestError for what the API can't express."""
    marks = marks_explicitly(rendered, cache)
    messages: list[Any] = []
    for step in rendered.steps:
        if isinstance(step, History):
            check_history(step, "role", API)
            messages += step.turns
        elif step.role in ("user", "assistant") or spoken(step):
            messages.append({"role": step.role, "content": content(step, _part, marks=marks)})
    body: Body = {"model": model_name(rendered.document.model), "messages": messages}
    _tools(rendered, body)
    _output(rendered, body)
    apply_config(rendered, body, setters=_setters(rendered), api=API)
    merge_native(rendered, body, family="openai")
    return body


def marks_explicitly(rendered: Rendered, cache: str) -> bool:
    """Whether cache marks are sent. Models before gpt-5.6 take none and lose none: they reuse any repeated prefix."""
    if cache != "auto":
        return cache == "explicit"
    found = _VERSION.match(rendered.document.model["name"])
    return found is not None and (int(found[1]), int(found[2] or 0)) >= (5, 6)


def content(message: Message, part: Any, *, marks: bool) -> Any:
    """A message's content: text alone as text, else parts; a mark goes on the part before it."""
    parts: list[Body] = []
    plain = True
    for segment in message.content:
        if segment["type"] != "cache":
            parts.append(part(segment, message.role))
            plain = plain and segment["type"] == "text"
        elif marks:
            if not parts or message.role == "assistant":
                raise RequestError(
                    "R015",
                    "OpenAI takes a cache mark only after text or media of a system, developer or user message",
                    hint='move `{% cache %}` to the end of such a message, or ask for `cache="implicit"`',
                )
            parts[-1]["prompt_cache_breakpoint"] = _breakpoint(segment)
            plain = False
    return message.text if plain else parts


def _breakpoint(segment: Segment) -> Body:
    made: Body = {"mode": "explicit"}
    if "ttl" in segment:
        if segment["ttl"] not in LIFETIMES:
            raise RequestError(
                "R015", f"OpenAI has no cache lifetime `{segment['ttl']}`", hint='say `ttl="30m"` or `ttl="12h"`'
            )
        made["ttl"] = LIFETIMES[segment["ttl"]]
    return made


def _part(segment: Segment, role: str) -> Body:
    if segment["type"] == "text":
        return {"type": "text", "text": segment["text"]}
    if role != "user":
        raise no_media(segment, f"in {role} messages", api=API)
    kind = media_type(segment)
    if kind.startswith("image/"):
        return {"type": "image_url", "image_url": {"url": segment.get("url") or data_url(segment)}}
    if "data" in segment and kind in _AUDIO:
        return {"type": "input_audio", "input_audio": {"data": segment["data"], "format": _AUDIO[kind]}}
    if "data" not in segment or kind.startswith(("audio/", "video/")):
        raise no_media(segment, "by URL" if "url" in segment else "in messages", api=API)
    name = segment.get("name") or f"file.{kind.rsplit('/', 1)[-1]}"
    return {"type": "file", "file": {"filename": name, "file_data": data_url(segment)}}


def _tools(rendered: Rendered, body: Body) -> None:
    made = []
    for tool in tools_of(rendered):
        function: Body = {"name": tool["name"], "description": tool["description"], "parameters": tool["input"]}
        if tool.get("strict") is not None:
            function["strict"] = tool["strict"]
        made.append(merge_tool(tool, {"type": "function", "function": function}, rendered=rendered, family="openai"))
    if made:
        body["tools"] = made


def _output(rendered: Rendered, body: Body) -> None:
    output = rendered.document.output
    if output is not None:
        schema = {
            "name": output_name(rendered),
            "schema": fresh(output["schema"]),
            "strict": output.get("strict", False),
        }
        body["response_format"] = {"type": "json_schema", "json_schema": schema}


def _setters(rendered: Rendered) -> Mapping[str, Setter]:
    def tool_choice(value: Any, body: Body) -> None:
        if needs_tools(rendered, value):
            named = isinstance(value, Mapping)
            body["tool_choice"] = {"type": "function", "function": {"name": value["tool"]}} if named else value

    def parallel_tools(value: Any, body: Body) -> None:
        if rendered.document.tools:
            body["parallel_tool_calls"] = value

    return {
        "temperature": _as("temperature"),
        "top_p": _as("top_p"),
        # `max_tokens` is this API's older name, which reasoning models refuse.
        "max_tokens": _as("max_completion_tokens"),
        "seed": _as("seed"),
        "verbosity": _as("verbosity"),
        "stop": _stop,
        "reasoning": _reasoning,
        "tool_choice": tool_choice,
        "parallel_tools": parallel_tools,
    }


def _as(name: str) -> Setter:
    def put(value: Any, body: Body) -> None:
        body[name] = value

    return put


def _stop(value: Any, body: Body) -> None:
    body["stop"] = stops(value)
    if len(body["stop"]) > STOPS_MAX:
        raise RequestError("R010", f"{API} takes at most {STOPS_MAX} `stop` texts", hint="keep the four that matter")


def _reasoning(value: Any, body: Body) -> None:
    body["reasoning_effort"] = effort_of(value, API)


def effort_of(value: Any, api: str) -> str:
    """The effort of `reasoning`; OpenAI has no budget in tokens."""
    effort, tokens = reasoning_of(value)
    if tokens is not None:
        raise refused("reasoning.tokens", api, hint="say how hard to think: `reasoning: medium`")
    return effort
