"""Export: what lacks evidence as a folder that an evaluation's tool runs: the rendered messages, and whom each stands for.

    plan -> cases rendered by the runtime -> [export] -> promptfooconfig.json, requests.json, prompt.cjs
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from promptc.core.errors import PromptcError
from promptc.core.evidence import Need
from promptc.driver.evals.plan import Plan, cases_of

TARGETS_MAX = 50
# What promptfoo calls a provider of models.yaml.
PROVIDERS = {"anthropic": "anthropic:messages:", "openai": "openai:chat:", "gemini": "google:", "azure": "azure:chat:"}
# Messages are looked up and not written into the configuration. promptfoo renders what a prompt's function gives once more
# as a template, so what would mean something to it is written in a way that gives the text back.
_FUNCTION = """// Made by `promptc evals export`: gives the messages of a request, as promptc's runtime renders them.
const requests = require('./requests.json');

module.exports = ({ vars }) => JSON.stringify(requests[vars.request], (key, value) =>
  typeof value === 'string' ? value.replace(/\\{(?=[{%#])/g, "{{ '{' }}") : value);
"""


def export_promptfoo(found: Plan, needs: Iterable[Need], folder: Path, *, provider: str | None = None) -> int:
    """Write the folder; how many tests it holds. PromptcError X025 when nothing lacks."""
    from promptc.stores.write import write_file

    requests: dict[str, Any] = {}
    tests: list[dict[str, Any]] = []
    providers: dict[str, str] = {}
    for need in needs:
        name = provider or _provider(need)
        providers[name] = "/".join((need.model.get("provider", ""), need.model.get("name", "")))
        for case, messages in _rendered(found, need):
            key = f"{need.artifact[7:19]}/{need.suite.name}/{case}"
            requests[key] = messages
            tests += [_test(need, case, key, name if provider is None else "") for _ in range(need.suite.runs)]
    if not tests:
        raise PromptcError("X025", "nothing lacks evidence, so there is nothing to export", hint="`--all` exports what is fresh, too")
    config = {
        "description": f"promptc: {found.moment}", "prompts": [{"id": "file://prompt.cjs", "label": "promptc"}],
        "providers": sorted(providers), "tests": tests, "evaluateOptions": {"cache": False},
    }  # fmt: skip
    for name, data in (("promptfooconfig.json", _json(config)), ("requests.json", _json(requests)), ("prompt.cjs", _FUNCTION)):
        write_file(folder / name, data.encode())
    return len(tests)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _provider(need: Need) -> str:
    prefix = PROVIDERS.get(need.model.get("provider", ""), need.model.get("provider", "") + ":")
    return prefix + need.model.get("name", "")


def _test(need: Need, case: str, key: str, provider: str) -> dict[str, Any]:
    more = [f"and {len(need.targets) - TARGETS_MAX:,} more"] if len(need.targets) > TARGETS_MAX else []
    test: dict[str, Any] = {
        "description": key, "vars": {"request": key}, "assert": [dict(one) for one in need.suite.asserts],
        "metadata": {
            "artifact": need.artifact, "suite": need.suite.name, "suite_digest": need.suite.digest, "data": need.data,
            "case": case, "model": dict(need.model), "provider": _provider(need),
            "targets": [*need.targets[:TARGETS_MAX], *more], "stands_for": len(need.targets),
        },
    }  # fmt: skip
    if provider:
        test["providers"] = [provider]
    return test




def _rendered(found: Plan, need: Need) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Each case's messages as roles and texts, or as content blocks where there is more than text."""
    from promptc.runtime import Artifact

    artifact = Artifact.load(found.get(need.artifact), need.artifact)
    cases = cases_of(found.opened, need.suite, need.targets[0].partition("/")[2])
    for name in need.cases:
        rendered = artifact.render(cases[name].inputs, cases[name].history)
        yield name, [_message(message) for message in rendered.messages]


def _message(message: dict[str, Any]) -> dict[str, Any]:
    content = message.get("content")
    if not isinstance(content, list):
        return message
    parts = [part for part in content if part.get("type") != "cache"]
    if all(part.get("type") == "text" for part in parts):
        return {**message, "content": "".join(part["text"] for part in parts)}
    return {**message, "content": parts}
