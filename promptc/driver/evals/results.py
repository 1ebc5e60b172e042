"""Results: what an evaluation's tool wrote, as passed and failed runs of a case of a suite of an artifact.

    promptfoo's JSON, JUnit, CSV -> [results] -> Run -> record
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree

from promptc.core.dataclass import dataclass, field
from promptc.core.errors import Exit, PromptcError
from promptc.core.evidence import MODEL_KEYS
from promptc.core.visible import shortened

FILE_BYTES_MAX = 256 * 1024 * 1024
PASSED = {**dict.fromkeys(("true", "pass", "passed", "1", "yes"), True), **dict.fromkeys(("false", "fail", "failed", "0", "no"), False)}
_DIGEST = re.compile(r"(?:sha256:)?[0-9a-f]{12,64}\Z")
ERROR = 2  # promptfoo's `failureReason` of a call that gave no answer


@dataclass(frozen=True, slots=True)
class Run:
    """One run. `passed` is None for one that gave no answer; `model` what is said of who answered, `bound` the digests of
    suite and cases as they were exported.
    """

    artifact: str
    suite: str
    case: str
    passed: bool | None
    model: Mapping[str, str] = field(default_factory=dict)
    bound: Mapping[str, str] = field(default_factory=dict)


def read_results(data: bytes, name: str) -> list[Run]:
    """The runs in a file, whose kind is told by what it holds. PromptcError X022."""
    if len(data) > FILE_BYTES_MAX:
        raise wrong(name, "it is larger than 256 MiB")
    start = data.lstrip()[:1]
    try:
        runs = list(_promptfoo(data) if start == b"{" else _junit(data) if start == b"<" else _csv(data))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, ElementTree.ParseError, csv.Error) as error:
        raise wrong(name, f"it can't be read ({shortened(str(error))[:80]})") from None
    if not runs:
        raise wrong(name, "no result in it names an artifact, a suite and a case")
    for run in runs:
        if not _DIGEST.match(run.artifact):
            raise wrong(name, f"`{shortened(run.artifact)}` is no artifact's digest")
    return runs


def wrong(name: str, why: str) -> PromptcError:
    """Results that can't be recorded."""
    return PromptcError(
        "X022", f"the results `{shortened(name)}` can't be recorded: {why}",
        hint="promptfoo's JSON of an exported configuration, JUnit or CSV; docs/evals.md shows each", exit_code=Exit.SOURCES,
    )  # fmt: skip


def _promptfoo(data: bytes) -> Iterator[Run]:
    document = json.loads(data)
    results = document["results"]["results"] if isinstance(document["results"], dict) else document["results"]
    for one in results:
        said: dict[str, Any] = (one.get("testCase") or {}).get("metadata") or one.get("metadata") or {}
        if not {"artifact", "suite", "case"} <= said.keys():
            continue
        passed = None if one.get("failureReason") == ERROR else one["success"] is True
        bound: dict[str, str] = {key: str(said[key]) for key in ("suite_digest", "data") if key in said}
        yield Run(str(said["artifact"]), str(said["suite"]), str(said["case"]), passed, _answered(one, said), bound)


def _answered(one: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, str]:
    """Which model answered: the artifact's, unless another provider of the tool did."""
    ran = one.get("provider")
    name = str(ran.get("id", "")) if isinstance(ran, dict) else str(ran or "")
    return {str(k): str(v) for k, v in (said.get("model") or {}).items()} if name == said.get("provider") else {"provider": name}


def _junit(data: bytes) -> Iterator[Run]:
    """`<testcase classname="SUITE.sha256:…" name="CASE">`, failed with `<failure>`, without an answer with `<error>`."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise ValueError("a document type is not read")
    for one in ElementTree.fromstring(data).iter("testcase"):
        suite, _, artifact = one.get("classname", "").rpartition(".")
        if suite and artifact:
            no_answer = one.find("error") is not None or one.find("skipped") is not None
            yield Run(artifact, suite, one.get("name", ""), None if no_answer else one.find("failure") is None)


def _csv(data: bytes) -> Iterator[Run]:
    """Columns `artifact`, `suite`, `case`, `passed`; and what is known of `provider`, `name`, `revision`, `quantization`."""
    for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig"))):
        word = row["passed"].strip().lower()
        if word and word not in PASSED:
            raise ValueError(f"passed is {word}")
        model = {key: row[key] for key in MODEL_KEYS if row.get(key)}
        yield Run(row["artifact"], row["suite"], row["case"], PASSED[word] if word else None, model)
