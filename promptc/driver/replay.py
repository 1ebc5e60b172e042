"""Replay: recorded requests of a hand-made system held against what the compiled prompts send for the same inputs.

    FILE.jsonl -> targets compiled -> [replay] -> identical, whitespace or different, with a diff and counts

A line is {"tenant", "prompt", "inputs", "history"?, "expected", "as"?}. `expected` is a text, a list of messages or a
provider's request body; `as` names which body where its shape doesn't tell.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

from promptc.core.dataclass import dataclass
from promptc.core.errors import Exit, PromptcError
from promptc.core.findings import Finding
from promptc.core.visible import shortened
from promptc.driver.testing import difference

if TYPE_CHECKING:
    from promptc.driver.targets import Work
    from promptc.runtime import Rendered

LINE_BYTES_MAX = 4 * 1024 * 1024
LINES_MAX = 1_000_000
Verdict = Literal["identical", "whitespace", "different"]
_FORMS = ("text", "messages", "openai", "openai-responses", "anthropic", "gemini")
_KEYS = {"tenant": str, "prompt": str, "inputs": dict, "history": list, "expected": (str, list, dict), "as": str}


@dataclass(frozen=True, slots=True)
class Replayed:
    """One line: what it came to, with the lines that differ; `problem` says why nothing could be compared."""

    line: int
    target: str
    verdict: Verdict
    lines: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Replay:
    """All lines."""

    results: tuple[Replayed, ...]
    findings: tuple[Finding, ...]

    def count(self, verdict: Verdict) -> int:
        """How many lines came to this."""
        return sum(result.verdict == verdict for result in self.results)

    @property
    def exit_code(self) -> int:
        """1 where a line differs or could not be compared."""
        return int(Exit.NO if self.count("different") else Exit.OK)


def replay(start: str, path: str) -> Replay:
    """Replay a file. PromptcError C040 where it, or a line of it, isn't what is described above."""
    from promptc.driver.project import open_lazily
    from promptc.driver.selection import Selection, parse_selector
    from promptc.driver.targets import Work, compile_selected

    lines = list(_read(path))
    opened = open_lazily(start)
    known = opened.project
    aliases = {alias: name for name in known.tenants for alias in known.tenants[name].aliases}
    named = {(aliases.get(line["tenant"], line["tenant"]), line["prompt"]) for _, line in lines}
    selectors = tuple(
        parse_selector(f"{tenant}/{prompt}")
        for tenant, prompt in sorted(named)
        if tenant in known.tenants and prompt in known.prompts
    )
    work = compile_selected(opened, Selection(selectors)) if selectors else Work(findings=opened.findings)
    results = []
    for number, line in lines:
        results.append(_replayed(number, line, aliases.get(line["tenant"], line["tenant"]), work))
    return Replay(tuple(results), work.findings)


def _read(path: str) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        with open(path, "rb") as file:
            for number, data in enumerate(iter(lambda: file.readline(LINE_BYTES_MAX + 1), b""), 1):
                if len(data) > LINE_BYTES_MAX or number > LINES_MAX:
                    raise _wrong(path, number, "the line or the file is too long", "split it")
                if data.strip():
                    yield number, _parsed(path, number, data)
    except OSError as error:
        said = (error.strerror or "can't be read").lower()
        raise PromptcError("C040", f"`{shortened(path)}`: {said}", hint="--replay takes a file of JSON lines") from error


def _parsed(path: str, number: int, data: bytes) -> dict[str, Any]:
    from promptc.core.values import read_json

    hint = 'write {"tenant": …, "prompt": …, "inputs": {…}, "expected": …} on each line'
    try:
        line = read_json(data)
    except (ValueError, RecursionError) as error:
        raise _wrong(path, number, "it is not JSON", hint) from error
    if not isinstance(line, dict):
        raise _wrong(path, number, "it holds no JSON object", hint)
    for key in ("tenant", "prompt", "expected"):
        if key not in line:
            raise _wrong(path, number, f"it has no `{key}`", hint)
    for key, value in line.items():
        if key not in _KEYS:
            raise _wrong(path, number, f"unknown key `{shortened(key)}`", hint)
        if not isinstance(value, _KEYS[key]):  # type: ignore[arg-type]
            raise _wrong(path, number, f"`{key}` is of the wrong kind", hint)
    if line.get("as", "text") not in _FORMS:
        raise _wrong(path, number, f"`as` is none of {', '.join(_FORMS)}", hint)
    return line


def _wrong(path: str, number: int, said: str, hint: str) -> PromptcError:
    return PromptcError("C040", f"`{shortened(path)}`, line {number}: {said}", hint=hint)


def _replayed(number: int, line: Mapping[str, Any], tenant: str, work: Work) -> Replayed:
    from promptc.runtime import Artifact

    target = f"{line['tenant']}/{line['prompt']}"
    digest = work.digests.get(tenant, {}).get(line["prompt"])
    if digest is None:
        return Replayed(number, target, "different", problem="there is no such target, or it does not compile")
    try:
        rendered = Artifact.load(work.artifacts[digest], digest).render(
            line.get("inputs", {}), line.get("history", ())
        )
        form = line.get("as") or _form_of(line["expected"], rendered)
        there = _FORM[form](rendered)
    except PromptcError as error:
        return Replayed(number, target, "different", problem=error.message)
    wanted = _plain(line["expected"]) if form == "messages" else line["expected"]
    verdict = _verdict(wanted, there)
    if verdict == "identical":
        return Replayed(number, target, verdict)
    from promptc.driver.masking import confidential_texts, masks_from

    masks = masks_from(confidential_texts(work.tenants[tenant]))
    return Replayed(number, target, verdict, tuple(difference(_laid(wanted), _laid(there), masks)))


def _form_of(expected: Any, rendered: Rendered) -> str:
    if isinstance(expected, str):
        return "text"
    if isinstance(expected, list):
        return "messages"
    if "contents" in expected:
        return "gemini"
    if "input" in expected:
        return "openai-responses"
    return "anthropic" if rendered.document.model.get("provider") == "anthropic" else "openai"


def _responses(rendered: Rendered) -> Any:
    return rendered.openai(api="responses")


def _text(rendered: Rendered) -> Any:
    return rendered.text()


def _messages(rendered: Rendered) -> Any:
    return _plain(rendered.messages)


_FORM: Mapping[str, Callable[[Any], Any]] = {
    "text": _text,
    "messages": _messages,
    "openai": lambda rendered: rendered.openai(),
    "openai-responses": _responses,
    "anthropic": lambda rendered: rendered.anthropic(),
    "gemini": lambda rendered: rendered.gemini(),
}


def _plain(messages: Any) -> Any:
    """Messages whose content is one text, where it holds nothing else; marks of caches are no text."""
    return [_plain_message(message) if isinstance(message, dict) else message for message in messages]


def _plain_message(message: Mapping[str, Any]) -> dict[str, Any]:
    content = message.get("content")
    if not isinstance(content, list):
        return dict(message)
    parts = [part for part in content if not (isinstance(part, dict) and part.get("type") == "cache")]
    if all(isinstance(part, dict) and part.get("type") == "text" for part in parts):
        return {**message, "content": "".join(str(part.get("text", "")) for part in parts)}
    return {**message, "content": parts}


def _verdict(wanted: Any, there: Any) -> Verdict:
    if _same(wanted, there):
        return "identical"
    return "whitespace" if _same(_squeezed(wanted), _squeezed(there)) else "different"


def _same(wanted: Any, there: Any) -> bool:
    # 1 and 1.0 are one number in a request body; true and 1 are not.
    return json.dumps(_numbers(wanted), sort_keys=True) == json.dumps(_numbers(there), sort_keys=True)


def _numbers(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {key: _numbers(item) for key, item in value.items()}
    return [_numbers(item) for item in value] if isinstance(value, (list, tuple)) else value


def _squeezed(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, Mapping):
        return {key: _squeezed(item) for key, item in value.items()}
    return [_squeezed(item) for item in value] if isinstance(value, (list, tuple)) else value


def _laid(value: Any) -> str:
    """A text as it is; data as one line for each leaf, texts over several lines under their path."""
    if isinstance(value, str):
        return value
    return "\n".join(_leaves(value, ""))


def _leaves(value: Any, way: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key in sorted(value):
            yield from _leaves(value[key], f"{way}.{key}" if way else str(key))
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _leaves(item, f"{way}[{index}]")
    elif isinstance(value, str) and "\n" in value:
        yield f"{way}:"
        yield from (f"  {line}" for line in value.split("\n"))
    else:
        yield f"{way}: {json.dumps(value, ensure_ascii=False)}"
