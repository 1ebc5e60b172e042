"""Request: what the three providers' request bodies have in common: names, native settings, media, and refusals.

    Rendered -> [request] -> openai_chat, openai_responses, anthropic, gemini

What a provider's format can't express is an error with the place to mend it, never a loss that nobody sees.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from promptc.core.errors import Exit, PromptcError
from promptc.core.pattern import Pattern
from promptc.core.residual import Segment
from promptc.runtime.rendered import History, Message, Rendered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Body = dict[str, Any]
    Setter = Callable[[Any, Body], None]
else:
    Body = Setter = object

_FAMILIES = frozenset({"openai", "anthropic", "gemini"})
# Vendors that name a snapshot by a suffix of the model's name.
_SUFFIXED = {"openai": "-", "anthropic": "-", "gemini": "-", "google": "-"}
_EXTENSIONS = {
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
    "pdf": "application/pdf", "txt": "text/plain", "mp3": "audio/mpeg", "wav": "audio/wav", "mp4": "video/mp4",
}  # fmt: skip
_NOT_IN_NAME = Pattern(r"[^A-Za-z0-9_-]")


class RequestError(PromptcError):
    """A prompt that a provider's request format can't express."""

    def __init__(self, code: str, message: str, *, hint: str = "") -> None:
        super().__init__(code, message, hint=hint, exit_code=Exit.SOURCES)


def model_name(model: Mapping[str, Any]) -> str:
    """The model as its vendor's API calls it: `claude-sonnet-4-5` at revision `20250929` is one name with a dash.

    Elsewhere a revision says what is deployed (a commit of weights) and is no part of a name.
    """
    name: str = model["name"]
    revision = model.get("revision", "")
    dash = _SUFFIXED.get(model.get("provider", ""))
    return f"{name}{dash}{revision}" if revision and dash and not name.endswith(revision) else name


def apply_config(rendered: Rendered, body: Body, *, setters: Mapping[str, Setter], api: str) -> None:
    """Put each of the config's settings into the body; RequestError for one that the API doesn't have."""
    for key, value in rendered.document.config.items():
        if key == "native":
            continue
        setter = setters.get(key)
        if setter is None:
            raise refused(key, api)
        setter(value, body)


def refused(key: str, api: str, *, hint: str = "") -> RequestError:
    """The error for a setting that an API doesn't have."""
    otherwise = f"say `refuses: [{key}]` for the model in models.yaml, or remove it from the prompt's config"
    return RequestError("R010", f"{api} takes no `{key}`", hint=hint or otherwise)


def merge_native(rendered: Rendered, body: Body, *, family: str) -> None:
    """Add `native` settings as they are: maps merge, `tools` are added to ours, anything set twice is an error.

    Taken are those of the format's family and, where another vendor speaks the same format, those of the provider.
    """
    native = rendered.document.config.get("native", {})
    provider = rendered.document.model.get("provider", "")
    names = [family] if provider in _FAMILIES else [family, provider]
    for name in names:
        _merge(body, native.get(name, {}), path=f"native.{name}")


def _merge(body: Body, native: Mapping[str, Any], *, path: str) -> None:
    for key, value in native.items():
        here = body.get(key)
        if key not in body:
            body[key] = fresh(value)
        elif isinstance(here, dict) and isinstance(value, Mapping):
            body[key] = dict(here)
            _merge(body[key], value, path=f"{path}.{key}")
        elif key == "tools" and isinstance(here, list) and isinstance(value, list):
            body[key] = [*here, *fresh(value)]
        else:
            hint = "set it in one of the two places"
            raise RequestError("R013", f"`{path}.{key}` is set by the prompt or its config already", hint=hint)


def merge_tool(tool: Mapping[str, Any], made: Body, *, rendered: Rendered, family: str) -> Body:
    """A tool in the provider's shape, with the tool's own `native` settings."""
    native = tool.get("native", {})
    provider = rendered.document.model.get("provider", "")
    for name in [family] if provider in _FAMILIES else [family, provider]:
        _merge(made, native.get(name, {}), path=f"tools.{tool['name']}.native.{name}")
    return made


def tools_of(rendered: Rendered) -> list[Mapping[str, Any]]:
    """The tools, each with a schema."""
    empty = {"type": "object", "properties": {}}
    return [{**tool, "input": fresh(tool.get("input") or empty)} for tool in rendered.document.tools]


def needs_tools(rendered: Rendered, value: Any) -> bool:
    """Whether a tool setting has tools to act on; RequestError where a call is demanded of nothing."""
    names = [tool["name"] for tool in rendered.document.tools]
    if isinstance(value, Mapping) and value["tool"] not in names:
        hint = "name one of the prompt's tools, or let the prompt have it"
        raise RequestError("R010", f"`tool_choice` names `{value['tool']}`, which this prompt doesn't have", hint=hint)
    if value == "required" and not names:
        raise RequestError("R010", "`tool_choice` is `required`, and this prompt has no tools", hint="give it tools")
    return bool(names)


def output_name(rendered: Rendered) -> str:
    """A name for the answer's schema, within what OpenAI takes."""
    return _NOT_IN_NAME.sub("_", rendered.document.prompt)[:64]


def media_type(segment: Segment) -> str:
    """The media type of a segment, said or told by the URL's extension; RequestError when neither says it."""
    if "media_type" in segment:
        return str(segment["media_type"])
    path = segment["url"].split("?")[0].split("#")[0]
    found = _EXTENSIONS.get(path.rsplit(".", 1)[-1].lower())
    if found is None:
        raise RequestError(
            "R011",
            "media is given as a URL that doesn't say what it is",
            hint='give `"media_type": "image/png"` beside `url`',
        )
    return found


def data_url(segment: Segment) -> str:
    """Base64 data as a `data:` URL."""
    return f"data:{segment['media_type']};base64,{segment['data']}"


def no_media(segment: Segment, where: str, *, api: str) -> RequestError:
    """The error for media that an API doesn't take at a place."""
    return RequestError(
        "R011",
        f"{api} takes no `{segment.get('media_type') or 'media'}` {where}",
        hint="place it in a user message, in a format that the API takes, or send the prompt to another provider",
    )


def spoken(message: Message) -> bool:
    """Whether a message says anything: text or media."""
    return any(segment["type"] != "cache" for segment in message.content)


def empty(message: Message, api: str) -> RequestError:
    """The error for a turn that says nothing."""
    return RequestError(
        "R014",
        f"a {message.role} message is empty with these inputs, which {api} doesn't take",
        hint="put the whole `{% message %}` into the `{% if %}`",
    )


def needs_turns(turns: list[Any], api: str) -> None:
    """RequestError when there is no message beside the system's."""
    if not turns:
        raise RequestError(
            "R014",
            f"{api} needs a message beside the system's",
            hint="give a `history` that ends in the user's message",
        )


def check_history(step: History, key: str, api: str) -> None:
    """RequestError for turns that are clearly of another provider's shape; what is in them is not read."""
    for index, turn in enumerate(step.turns):
        if key not in turn:
            raise RequestError(
                "R012",
                f"`history[{index}]` is not in the shape of {api}: it has no `{key}`",
                hint="keep the conversation in the shape of the provider that it is sent to",
            )


def reasoning_of(value: Any) -> tuple[str, int | None]:
    """`reasoning` as (effort, tokens): it is either an effort, or a map of both."""
    if isinstance(value, str):
        return value, None
    return value.get("effort", ""), value.get("tokens")


def fresh(value: Any) -> Any:
    """A copy of JSON data, so that a body can be changed without changing the artifact that it came from."""
    if isinstance(value, dict):
        return {key: fresh(item) for key, item in value.items()}
    return [fresh(item) for item in value] if isinstance(value, list) else value


def stops(value: Any) -> list[str]:
    """`stop` as a list."""
    return [value] if isinstance(value, str) else list(value)
