"""OpenAI Responses: a rendered prompt as the body of `POST /v1/responses`.

    Rendered -> [openai_responses] -> {"model": …, "input": […], …}

Shapes follow `openai.types.responses.response_create_params`; tests hold bodies against those types.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from promptc.core.residual import Segment
from promptc.runtime.openai_chat import content, effort_of, marks_explicitly
from promptc.runtime.rendered import History, Rendered
from promptc.runtime.request import (
    Body,
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
    spoken,
    tools_of,
)

API = "OpenAI's Responses API"


def responses_body(rendered: Rendered, *, cache: str = "auto") -> Body:
    """The request body. RequestError for what the API can't express."""
    marks = marks_explicitly(rendered, cache)
    items: list[Any] = []
    for step in rendered.steps:
        if isinstance(step, History):
            # Items are messages, tool calls, their outputs, reasoning: `type` may be left out of messages alone.
            check_history(_typed_items(step), "type", API)
            items += step.turns
        elif step.role in ("user", "assistant") or spoken(step):
            items.append({"role": step.role, "content": content(step, _part, marks=marks)})
    body: Body = {"model": model_name(rendered.document.model), "input": items}
    _tools(rendered, body)
    _output(rendered, body)
    apply_config(rendered, body, setters=_setters(rendered), api=API)
    merge_native(rendered, body, family="openai")
    return body


def _typed_items(step: History) -> History:
    return History(tuple({"type": "message"} if "role" in turn and "content" in turn else turn for turn in step.turns))


def _part(segment: Segment, role: str) -> Body:
    if segment["type"] == "text":
        return {"type": "input_text", "text": segment["text"]}
    if role != "user":
        raise no_media(segment, f"in {role} messages", api=API)
    kind = media_type(segment)
    if kind.startswith("image/"):
        return {"type": "input_image", "detail": "auto", "image_url": segment.get("url") or data_url(segment)}
    if kind.startswith(("audio/", "video/")):
        raise no_media(segment, "in messages", api=API)
    if "url" in segment:
        return {"type": "input_file", "file_url": segment["url"]}
    name = segment.get("name") or f"file.{kind.rsplit('/', 1)[-1]}"
    return {"type": "input_file", "filename": name, "file_data": data_url(segment)}


def _tools(rendered: Rendered, body: Body) -> None:
    made = []
    for tool in tools_of(rendered):
        function = {
            "type": "function",
            "name": tool["name"],
            "description": tool["description"],
            "parameters": tool["input"],
            # Left out, this API reads it as true and the Chat Completions API as false.
            "strict": bool(tool.get("strict")),
        }
        made.append(merge_tool(tool, function, rendered=rendered, family="openai"))
    if made:
        body["tools"] = made


def _output(rendered: Rendered, body: Body) -> None:
    output = rendered.document.output
    if output is not None:
        strict = output.get("strict", False)
        form = {
            "type": "json_schema",
            "name": output_name(rendered),
            "schema": fresh(output["schema"]),
            "strict": strict,
        }
        body["text"] = {"format": form}


def _setters(rendered: Rendered) -> Mapping[str, Setter]:
    """The settings that this API has; it has neither `stop` nor `seed`."""

    def tool_choice(value: Any, body: Body) -> None:
        if needs_tools(rendered, value):
            body["tool_choice"] = {"type": "function", "name": value["tool"]} if isinstance(value, Mapping) else value

    def parallel_tools(value: Any, body: Body) -> None:
        if rendered.document.tools:
            body["parallel_tool_calls"] = value

    return {
        "temperature": lambda value, body: body.update(temperature=value),
        "top_p": lambda value, body: body.update(top_p=value),
        "max_tokens": lambda value, body: body.update(max_output_tokens=value),
        "verbosity": lambda value, body: body.setdefault("text", {}).update(verbosity=value),
        "reasoning": lambda value, body: body.update(reasoning={"effort": effort_of(value, API)}),
        "tool_choice": tool_choice,
        "parallel_tools": parallel_tools,
    }
