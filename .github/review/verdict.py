"""Verdict: annotate what a review found, and fail where that is asked for.

    promptc diff --format json --output review.json -> [verdict] -> annotations, an exit code

    python verdict.py review.json --fail-on "incomplete findings"

Runs in the environment that promptc is installed in. Exits with 1 where the review has something that was named, with 3
where something could not be compiled and that was named, and with 0 else.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from typing import Any

from promptc.cli.github import annotations
from promptc.cli.terminal import counted
from promptc.core.findings import Finding, Place

WORDS = ("none", "incomplete", "findings", "interface", "model", "text", "any")


def findings_of(review: dict[str, Any]) -> list[Finding]:
    """The findings of a `promptc.review/1`: what head says and base did not; stale overrides are among them or beside them."""
    made = (
        Finding(
            one["code"], one["message"], Place(one["file"], one["line"], one["column"]), one["severity"], one["hint"]
        )
        for one in (*review["findings"], *review["stale"])
    )
    return list(dict.fromkeys(made))


def reasons(review: dict[str, Any], words: list[str]) -> Iterator[tuple[str, int]]:
    """What of the named there is, and the exit code for it."""
    counts = review["counts"]
    broken = sum(one["count"] for one in review["broken"])
    if "incomplete" in words and counts["not_compiled"]:
        yield f"{counted(counts['not_compiled'], 'target')} could not be compiled", 3
    if "incomplete" in words and broken:
        yield f"{counted(broken, 'target')} compiled before and not any more", 3
    found = findings_of(review)
    if "findings" in words and found:
        yield counted(len(found), "new finding"), 1
    for name in ("interface", "model", "text"):
        if name in words and counts["classes"].get(name):
            yield f"{counted(counts['classes'][name], 'target')} with a change of class {name}", 1
    differs = counts["changed"] + counts["added"] + counts["removed"]
    if "any" in words and differs:
        yield f"{counted(differs, 'target')} not as before", 1
    shares = counts.get("allocations", 0)
    if "any" in words and shares:
        yield f"shares of variants not as before for {counted(shares, 'tenant')}", 1


def main(arguments: list[str]) -> int:
    """Print both; the exit code."""
    parser = argparse.ArgumentParser(prog="verdict.py", description="Annotate what a review found, and fail on it.")
    parser.add_argument("file", help="what `promptc diff --format json --output FILE` wrote")
    parser.add_argument("--folder", default="", help="the project's folder in the repository, with a slash at its end")
    parser.add_argument("--fail-on", default="incomplete", help=f"words of {', '.join(WORDS)}")
    given = parser.parse_args(arguments)
    words = given.fail_on.replace(",", " ").split()
    if not words or set(words) - set(WORDS) or ("none" in words and len(words) > 1):
        print(f"::error title=promptc::fail-on takes words of {', '.join(WORDS)}; `none` stands alone")
        return 2
    with open(given.file, encoding="utf-8") as file:
        review = json.load(file)
    for line in annotations(findings_of(review), folder=given.folder):
        print(line)
    found = list(reasons(review, words))
    for said, _ in found:
        print(f"::error title=promptc::{said}")
    return max((code for _, code in found), default=0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
