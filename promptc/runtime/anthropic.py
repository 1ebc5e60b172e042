"""Anthropic Messages: a rendered prompt as the body of `POST /v1/messages`.

    Rendered -> [anthropic] -> {"model": …, "max_tokens": …, "system": […], "messages": […], …}

Shapes follow `anthropic.types.message_create_params`; tests hold bodies against those types.
"""

from __future__ import annotations

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

API = "Anthropic's Messages API"
MARKS_MAX = 4
THINKING_TOKENS_MIN = 1024
LIFETIMES = ("5m", "1h")
IMAGES = ("image/jpeg", "image/png", "image/gif", "image/webp")
EFFORTS = ("low", "medium", "high", "xhigh", "max")
# From this version on, sampling settings are refused even at their defaults.
WITHOUT_SAMPLING = "2026-10-21"


def messages_body(rendered: Rendered, *, version: str = WITHOUT_SAMPLING) -> Body:
    """The request body. RequestError for what the API can't express."""
    system, messages = _turns(rendered)
    needs_turns(messages, API)
    body: Body = {"model": model_name(rendered.document.model)}
    if system:
        body["system"] = system
    body["messages"] = messages
    _tools(rendered, body)
    if rendered.document.output is not None:
        body["output_config"] = {"format": {"type": "json_schema", "schema": fresh(rendered.document.output["schema"])}}
    apply_config(rendered, body, setters=_setters(rendered, version), api=API)
    merge_native(rendered, body, family="anthropic")
    if "max_tokens" not in body:
        raise RequestError("R010", f"{API} needs `max_tokens`", hint="set it in the config of the model or the prompt")
    return body


def _turns(rendered: Rendered) -> tuple[list[Body], list[Any]]:
    system: list[Body] = []
    messages: list[Any] = []
    # The block that a mark at the start of a message falls on: the end of what is before it.
    last: Body | None = None
    before: Message | History | None = None
    marks = 0
    for step in rendered.steps:
        if isinstance(step, History):
            check_history(step, "role", API)
            messages += step.turns
            last = None
        else:
            instructs = step.role in ("system", "developer")
            if instructs and not spoken(step):
                continue
            top = instructs and before is None
            if instructs and not top:
                _follows_user(before)
            blocks, marked = _blocks(step, last, after_history=isinstance(before, History))
            marks += marked
            last = blocks[-1] if blocks else last
            if top:
                system += blocks
                continue
            messages.append({"role": "system" if instructs else step.role, "content": blocks})
        before = step
    if marks > MARKS_MAX:
        raise RequestError(
            "R015", f"{API} takes at most {MARKS_MAX} cache marks", hint="keep those after the longest parts"
        )
    return system, messages


def _follows_user(before: Message | History | None) -> None:
    if isinstance(before, Message) and before.role == "assistant":
        raise RequestError(
            "R012",
            f"{API} takes a system message at the start or after a user's, and this one follows an assistant's",
            hint="move it to the top, or into a user message",
        )


def _blocks(message: Message, last: Body | None, *, after_history: bool) -> tuple[list[Body], int]:
    blocks: list[Body] = []
    marks = 0
    for segment in message.content:
        if segment["type"] == "cache":
            marks += _mark(segment, blocks[-1] if blocks else last, after_history=after_history and not blocks)
        elif segment["type"] == "media":
            blocks.append(_media(segment, message.role))
        # A block of white space alone is refused; between media it says nothing, alone it is an empty message.
        elif segment["text"].strip():
            blocks.append({"type": "text", "text": segment["text"]})
    if not blocks:
        raise empty(message, API)
    return blocks, marks


def _mark(segment: Segment, block: Body | None, *, after_history: bool) -> int:
    if after_history:
        raise RequestError(
            "R015",
            "a cache mark after the history would have to stand in the history, which is passed on as it is",
            hint="put `cache_control` on the history's last block in the code that keeps it",
        )
    # Nothing is before it: there is nothing to cache and nothing is lost.
    if block is None:
        return 0
    ttl = segment.get("ttl")
    if ttl is not None and ttl not in LIFETIMES:
        raise RequestError("R015", f"Anthropic has no cache lifetime `{ttl}`", hint='say `ttl="5m"` or `ttl="1h"`')
    block["cache_control"] = {"type": "ephemeral", **({"ttl": ttl} if ttl else {})}
    return 1


def _media(segment: Segment, role: str) -> Body:
    if role != "user":
        raise no_media(segment, f"in {role} messages", api=API)
    kind = media_type(segment)
    if kind in IMAGES:
        return {"type": "image", "source": _source(segment, kind)}
    if kind == "application/pdf":
        made: Body = {"type": "document", "source": _source(segment, kind)}
        return {**made, "title": segment["name"]} if segment.get("name") else made
    raise no_media(segment, "in messages", api=API)


def _source(segment: Segment, kind: str) -> Body:
    if "url" in segment:
        return {"type": "url", "url": segment["url"]}
    return {"type": "base64", "media_type": kind, "data": segment["data"]}


def _tools(rendered: Rendered, body: Body) -> None:
    made = []
    for tool in tools_of(rendered):
        shaped: Body = {"name": tool["name"], "description": tool["description"], "input_schema": tool["input"]}
        if tool.get("strict") is not None:
            shaped["strict"] = tool["strict"]
        made.append(merge_tool(tool, shaped, rendered=rendered, family="anthropic"))
    if made:
        body["tools"] = made


def _setters(rendered: Rendered, version: str) -> Mapping[str, Setter]:
    """The settings that this API has; it has neither `seed` nor `verbosity`."""

    def sampling(key: str) -> Setter:
        def put(value: Any, body: Body) -> None:
            if version >= WITHOUT_SAMPLING:
                hint = f'say `refuses: [{key}]` for the model in models.yaml, or ask for `version="2023-06-01"`'
                raise refused(key, f"{API} from version {WITHOUT_SAMPLING} on", hint=hint)
            body[key] = value

        return put

    def tool_choice(value: Any, body: Body) -> None:
        if needs_tools(rendered, value):
            named = {"type": "tool", "name": value["tool"]} if isinstance(value, Mapping) else {}
            choice = named or {"type": "any" if value == "required" else value}
            body["tool_choice"] = {**choice, **_alone(body, choice)}

    def _alone(body: Body, choice: Body) -> Body:
        # Without a call there is nothing to run beside another.
        alone = rendered.document.config.get("parallel_tools") is False and choice["type"] != "none"
        return {"disable_parallel_tool_use": True} if alone else {}

    def parallel_tools(value: Any, body: Body) -> None:
        if value is False and rendered.document.tools and "tool_choice" not in rendered.document.config:
            body["tool_choice"] = {"type": "auto", "disable_parallel_tool_use": True}

    return {
        "temperature": sampling("temperature"),
        "top_p": sampling("top_p"),
        "max_tokens": lambda value, body: body.update(max_tokens=value),
        "stop": lambda value, body: body.update(stop_sequences=stops(value)),
        "reasoning": _reasoning,
        "tool_choice": tool_choice,
        "parallel_tools": parallel_tools,
    }


def _reasoning(value: Any, body: Body) -> None:
    effort, tokens = reasoning_of(value)
    if effort == "none" or tokens == 0:
        body["thinking"] = {"type": "disabled"}
        return
    if tokens is not None and tokens < THINKING_TOKENS_MIN:
        hint = f"give at least {THINKING_TOKENS_MIN}, or 0 for none"
        raise RequestError("R010", f"{API} thinks with at least {THINKING_TOKENS_MIN:,} tokens", hint=hint)
    if effort and effort not in EFFORTS:
        hint = f"it has {', '.join(f'`{name}`' for name in EFFORTS)}"
        raise RequestError("R010", f"{API} has no effort `{effort}`", hint=hint)
    body["thinking"] = {"type": "adaptive"} if tokens is None else {"type": "enabled", "budget_tokens": tokens}
    if effort:
        body["output_config"] = {**body.get("output_config", {}), "effort": effort}
