"""Traffic: how many of a suite's cases still look like requests that were recorded.

    recorded requests (JSONL), cases -> [traffic] -> a share

A case looks like a request that gives the same inputs, its texts and lists of like size (within four times), its flags and
choices equal. Rough on purpose: it notices that customers now send photos, or pages, which no case does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from promptc.compiler.project import Case
from promptc.core.allocation import family_of
from promptc.core.errors import Exit, PromptcError
from promptc.core.evidence import Suite
from promptc.core.visible import shortened
from promptc.driver.project import Opened

SIZE_TIMES = 4
FILE_BYTES_MAX = 256 * 1024 * 1024


def share_alike(opened: Opened, suite: Suite, prompt: str, cases: Mapping[str, Case]) -> float | None:
    """The share of cases that look like a recorded request of the prompt; None where no traffic is named or none is of it."""
    if not suite.traffic or not cases:
        return None
    requests = _requests(opened, suite.traffic, prompt)
    if not requests:
        return None
    defined = opened.project.prompts[prompt].inputs if prompt in opened.project.prompts else {}
    alike = sum(any(_alike(case.inputs, request, defined) for request in requests) for case in cases.values())
    return alike / len(cases)


def _requests(opened: Opened, name: str, prompt: str) -> list[Mapping[str, Any]]:
    """The inputs of each recorded request: a line is `{"prompt": …, "inputs": {…}}`. PromptcError X021."""
    try:
        data = (opened.folder / name).read_bytes()[:FILE_BYTES_MAX]
        lines = [json.loads(line) for line in data.splitlines() if line.strip()]
        return [line["inputs"] for line in lines if line["prompt"] in (prompt, family_of(prompt)) and isinstance(line["inputs"], dict)]
    except OSError as error:
        raise _wrong(name, (error.strerror or "can't be read").lower()) from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _wrong(name, 'a line is not `{"prompt": …, "inputs": {…}}`') from None


def _wrong(name: str, why: str) -> PromptcError:
    return PromptcError(
        "X021", f"the traffic `{shortened(name)}` can't be read: {why}", hint="one JSON object a line; docs/evals.md has a sample",
        exit_code=Exit.SOURCES,
    )  # fmt: skip


def _alike(case: Mapping[str, Any], request: Mapping[str, Any], defined: Mapping[str, Any]) -> bool:
    if case.keys() != request.keys():
        return False
    return all(_near(value, request[name], defined.get(name) or {}) for name, value in case.items())


def _near(one: Any, other: Any, schema: Any) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, bool) or (isinstance(schema, dict) and "enum" in schema):
        return bool(one == other)
    if isinstance(one, str | list | dict):
        small, large = sorted((len(one), len(other)))
        return large <= SIZE_TIMES * max(small, 1)
    return True
