"""Gemini: a rendered prompt as the body of `POST /v1beta/models/NAME:generateContent`.

    Rendered -> [gemini] -> {"systemInstruction": …, "contents": […], "generationConfig": {…}, …}

Shapes follow google-genai's `types` in their REST spelling; tests hold bodies against those types.
"""

from __future__ import annotations

import base64
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
    empty,
    fresh,
    media_type,
    merge_native,
    merge_tool,
    model_name,
    needs_tools,
    needs_turns,
    no_media,
    reasoning_of,
    refused,
    spoken,
    stops,
    tools_of,
)

API = "Gemini's generateContent"
LEVELS = ("minimal", "low", "medium", "high", "xhigh")
_MODES = {"auto": "AUTO", "none": "NONE", "required": "ANY"}


def generate_body(rendered: Rendered) -> Body:
    """The REST request body, without the model, which is a part of the URL. RequestError for what it can't express."""
    system, contents = _turns(rendered)
    needs_turns(contents, API)
    body: Body = {}
    if system:
        body["systemInstruction"] = {"parts": system}
    body["contents"] = contents
    _tools(rendered, body)
    config: Body = {}
    if rendered.document.output is not None:
        config = {
            "responseMimeType": "application/json",
            "responseJsonSchema": fresh(rendered.document.output["schema"]),
        }
    body["generationConfig"] = config
    apply_config(rendered, body, setters=_setters(rendered), api=API)
    if not config:
        del body["generationConfig"]
    merge_native(rendered, body, family="gemini")
    return body


def sdk_arguments(rendered: Rendered, body: Body) -> Body:
    """The body as keyword arguments of google-genai's `models.generate_content`, whose data is bytes and not base64.

    The history is left as it was given: the SDK's own shape differs from REST only in the data of media.
    """
    config = {key: value for key, value in body.items() if key not in ("contents", "generationConfig")}
    given = {id(turn) for step in rendered.steps if isinstance(step, History) for turn in step.turns}
    contents = [turn if id(turn) in given else _with_bytes(turn) for turn in body["contents"]]
    return {
        "model": model_name(rendered.document.model),
        "contents": contents,
        "config": {**config, **body.get("generationConfig", {})},
    }


def _with_bytes(turn: Body) -> Body:
    parts = []
    for part in turn["parts"]:
        if "inlineData" in part:
            part = {"inlineData": {**part["inlineData"], "data": base64.b64decode(part["inlineData"]["data"])}}
        parts.append(part)
    return {**turn, "parts": parts}


def _turns(rendered: Rendered) -> tuple[list[Body], list[Any]]:
    system: list[Body] = []
    contents: list[Any] = []
    # A prompt's own history place counts as a turn even while the conversation is empty: the same error every time.
    started = False
    for step in rendered.steps:
        if isinstance(step, History):
            check_history(step, "parts", API)
            contents += step.turns
        elif step.role in ("system", "developer"):
            if not spoken(step):
                continue
            if started:
                raise RequestError(
                    "R012",
                    f"{API} takes system text before all turns only",
                    hint="move it to the top, or into a user message",
                )
            system += _parts(step)
            continue
        else:
            contents.append({"role": "model" if step.role == "assistant" else "user", "parts": _parts(step)})
        started = True
    return system, contents


def _parts(message: Message) -> list[Body]:
    """A message's parts. Marks are left out: Gemini caches repeated prefixes by itself and takes no marks."""
    parts: list[Body] = []
    for segment in message.content:
        if segment["type"] == "media":
            parts.append(_media(segment, message.role))
        elif segment["type"] == "text" and parts and "text" in parts[-1]:
            parts[-1] = {"text": parts[-1]["text"] + segment["text"]}
        elif segment["type"] == "text":
            parts.append({"text": segment["text"]})
    if not parts:
        raise empty(message, API)
    return parts


def _media(segment: Segment, role: str) -> Body:
    if role != "user":
        raise no_media(segment, f"in {role} messages", api=API)
    kind = media_type(segment)
    if "url" in segment:
        return {"fileData": {"fileUri": segment["url"], "mimeType": kind}}
    return {"inlineData": {"mimeType": kind, "data": segment["data"]}}


def _tools(rendered: Rendered, body: Body) -> None:
    made = []
    for tool in tools_of(rendered):
        declared: Body = {
            "name": tool["name"],
            "description": tool["description"],
            "parametersJsonSchema": tool["input"],
        }
        made.append(merge_tool(tool, declared, rendered=rendered, family="gemini"))
    if made:
        body["tools"] = [{"functionDeclarations": made}]
        # Checked calls are a mode of the whole request here, and hold for every tool.
        if any(tool.get("strict") for tool in rendered.document.tools):
            body["toolConfig"] = {"functionCallingConfig": {"mode": "VALIDATED"}}


def _setters(rendered: Rendered) -> Mapping[str, Setter]:
    """The settings that this API has; it has no `verbosity`."""

    def into(name: str) -> Setter:
        return lambda value, body: body["generationConfig"].update({name: value})

    def tool_choice(value: Any, body: Body) -> None:
        if not needs_tools(rendered, value) or (value == "auto" and "toolConfig" in body):
            return
        calling: Body = {"mode": "ANY", "allowedFunctionNames": [value["tool"]]} if isinstance(value, Mapping) else {}
        body["toolConfig"] = {"functionCallingConfig": calling or {"mode": _MODES[value]}}

    def parallel_tools(value: Any, _body: Body) -> None:
        if value is False and rendered.document.tools:
            raise refused(
                "parallel_tools: false", API, hint="say `refuses: [parallel_tools]` for the model in models.yaml"
            )

    return {
        "temperature": into("temperature"),
        "top_p": into("topP"),
        "max_tokens": into("maxOutputTokens"),
        "seed": into("seed"),
        "stop": lambda value, body: body["generationConfig"].update(stopSequences=stops(value)),
        "reasoning": _reasoning,
        "tool_choice": tool_choice,
        "parallel_tools": parallel_tools,
    }


def _reasoning(value: Any, body: Body) -> None:
    effort, tokens = reasoning_of(value)
    config = body["generationConfig"]
    if effort == "none" or tokens is not None:
        if effort not in ("", "none"):
            raise refused("reasoning` with both `effort` and `tokens", API, hint="give one of the two")
        config["thinkingConfig"] = {"thinkingBudget": tokens or 0}
    elif effort not in LEVELS:
        hint = f"it has {', '.join(f'`{name}`' for name in LEVELS)}"
        raise RequestError("R010", f"{API} has no effort `{effort}`", hint=hint)
    else:
        config["thinkingConfig"] = {"thinkingLevel": effort.upper()}
