"""Comment: post a review on its pull request, once, and afterwards keep that one comment up to date.

    promptc diff --format markdown --output review.md -> [comment] -> GitHub's REST API

    python3 comment.py review.md [--key NAME] [--quiet]

Needs Python's standard library alone. Reads GITHUB_TOKEN, GITHUB_API_URL, GITHUB_REPOSITORY and GITHUB_EVENT_PATH. The pull
request comes from the event and never from a file that a fork's run could have written. With `--quiet` nothing is posted
where there is no comment yet; a key keeps the comments of several projects in one repository apart. A token that may not
write is no failure: the job's summary says the same.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import stat
import sys
import time
from collections.abc import Iterator
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import HTTPRedirectHandler, Request, build_opener

MARKER = "<!-- promptc:review -->"
NOT_IN_KEYS = re.compile(r"[^\w./]+", re.ASCII)
CHARACTERS_MAX = 65_536  # GitHub's own limit
PAGE, PAGES_MAX = 100, 100
TRIES, SECONDS_MAX, WAIT_SECONDS_MAX = 3, 20, 30
ANSWER_BYTES_MAX = 32 * 1024 * 1024
OK, USAGE, REMOTE = 0, 2, 7


class Refused(Exception):
    """The file or the event is not what it should be."""


class ReadOnly(Exception):
    """The token may not write here: a pull request from a fork."""


class Later(Exception):
    """The server did not answer as it should; another try may help after so many seconds."""

    def __init__(self, said: str, seconds: float) -> None:
        super().__init__(said)
        self.seconds = seconds


class NoRedirect(HTTPRedirectHandler):
    """Follows nothing, since the token would go along to wherever an answer points."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class Repository:
    """One repository of the REST API (docs.github.com/rest/issues/comments)."""

    def __init__(self, environment: dict[str, str]) -> None:
        owner, slash, name = environment.get("GITHUB_REPOSITORY", "").partition("/")
        if not slash:
            raise Refused("GITHUB_REPOSITORY must be OWNER/NAME")
        self.api = environment.get("GITHUB_API_URL", "https://api.github.com").rstrip("/")
        self.base = f"/repos/{quote(owner, safe='')}/{quote(name, safe='')}"
        self.token = environment.get("GITHUB_TOKEN", "")
        self.opener = build_opener(NoRedirect)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The answer as JSON. ReadOnly for 401, 403 and 404, Later for all else that isn't a success."""
        if not self.token:
            raise ReadOnly("there is none")
        headers = {
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
            "User-Agent": "promptc-comment",
            "Authorization": f"Bearer {self.token}",
        }
        data = None if body is None else json.dumps(body).encode()
        request = Request(self.api + path, data, {**headers, "Content-Type": "application/json"}, method=method)
        try:
            with self.opener.open(request, timeout=SECONDS_MAX) as answer:
                read = answer.read(ANSWER_BYTES_MAX)
        except HTTPError as error:
            with error:
                raise self._refusal(error) from None
        except (URLError, HTTPException, OSError) as error:
            raise Later(type(error).__name__, 1) from None
        try:
            return json.loads(read) if read else None
        except ValueError:
            raise Later("an answer that is no JSON", 1) from None

    def _refusal(self, error: HTTPError) -> Exception:
        waits = error.headers.get("Retry-After", "")
        is_limit = error.code == 429 or (
            error.code == 403 and (waits or error.headers.get("X-RateLimit-Remaining") == "0")
        )
        if error.code in (401, 403, 404) and not is_limit:
            return ReadOnly(f"HTTP {error.code}")
        return Later(f"HTTP {error.code}", float(waits) if waits.isdecimal() else 1)

    def login(self) -> str:
        """Who the token is; "" for the tokens of apps, which may not ask."""
        try:
            return str(self.ask("GET", "/user")["login"])
        except (ReadOnly, KeyError, TypeError):
            return ""

    def comments(self, number: int) -> Iterator[dict[str, Any]]:
        """All comments of a pull request, the oldest first."""
        for page in range(1, PAGES_MAX + 1):
            found = self.ask("GET", f"{self.base}/issues/{number}/comments?per_page={PAGE}&page={page}")
            yield from found
            if len(found) < PAGE:
                return


def number_of(repository: Repository, event: dict[str, Any]) -> int | None:
    """The pull request of an event, None where it has none.

    After a fork's workflow (`workflow_run`) GitHub names no pull request, so it is looked up by branch and commit.
    """
    if "pull_request" in event:
        return int(event["pull_request"]["number"])
    run = event.get("workflow_run")
    if not run:
        return None
    head = quote(f"{run['head_repository']['owner']['login']}:{run['head_branch']}", safe="")
    found = repository.ask("GET", f"{repository.base}/pulls?state=open&head={head}&per_page={PAGE}")
    numbers = [int(pull["number"]) for pull in found if pull["head"]["sha"] == run["head_sha"]]
    return numbers[0] if numbers else None


def settle(repository: Repository, number: int, text: str, *, quiet: bool) -> str:
    """Make the one comment say this; what was done. Safe to do again: it looks first at what is there."""
    login, marker = repository.login(), text[: text.index("-->")]
    mine = [comment for comment in repository.comments(number) if is_mine(comment, login, marker)]
    if not mine:
        if quiet:
            return "nothing differs, and there is no comment to update"
        repository.ask("POST", f"{repository.base}/issues/{number}/comments", {"body": text})
        return "posted"
    first, *others = mine
    for comment in others:
        repository.ask("DELETE", f"{repository.base}/issues/comments/{int(comment['id'])}")
    if first["body"].replace("\r\n", "\n").strip() == text.strip():
        return "the comment says so already"
    repository.ask("PATCH", f"{repository.base}/issues/comments/{int(first['id'])}", {"body": text})
    return "updated"


def is_mine(comment: dict[str, Any], login: str, marker: str) -> bool:
    """Whether we wrote it: anybody can write the marker, and a comment of somebody else must not be touched."""
    user = comment.get("user") or {}
    written = user.get("login") == login if login else user.get("type") == "Bot"
    return written and str(comment.get("body") or "").startswith(f"{marker}-->")


def text_of(path: str, key: str) -> str:
    """The review, with the key in its marker. It may come from an artifact that a fork's run made, where a link could point at anything."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise Refused(f"can't read the review: {error.strerror}") from None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise Refused("the review is no regular file")
        with open(descriptor, "rb", closefd=False) as file:
            data = file.read(4 * CHARACTERS_MAX + 1)
    finally:
        os.close(descriptor)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("the review is not UTF-8") from None
    if not text.startswith(MARKER) or len(text) > CHARACTERS_MAX:
        raise Refused("the review is not what `promptc diff --format markdown` writes")
    key = "" if key in ("", ".") else NOT_IN_KEYS.sub("-", key)
    return text.replace(MARKER, f"<!-- promptc:review {key} -->", 1) if key else text


def event_of(environment: dict[str, str]) -> dict[str, Any]:
    """What started the workflow."""
    try:
        with open(environment["GITHUB_EVENT_PATH"], encoding="utf-8") as file:
            return dict(json.load(file))
    except (KeyError, OSError, ValueError, TypeError):
        raise Refused("GITHUB_EVENT_PATH names no event") from None


def tried(environment: dict[str, str], text: str, *, quiet: bool) -> str:
    """Settle it, with a few tries; Later when none helped."""
    event, repository = event_of(environment), Repository(environment)
    for left in range(TRIES - 1, -1, -1):
        try:
            number = number_of(repository, event)
            if number is None:
                return "no open pull request belongs to this run, so nothing was posted"
            return settle(repository, number, text, quiet=quiet)
        except Later as error:
            if not left:
                raise
            time.sleep(min(error.seconds, WAIT_SECONDS_MAX))
    raise AssertionError("unreachable")


def main(arguments: list[str]) -> int:
    """Do it and say so in the log, in words of our own: an answer's text could be a command there."""
    parser = argparse.ArgumentParser(prog="comment.py", description="Post a review on its pull request.")
    parser.add_argument("file", help="what `promptc diff --format markdown --output FILE` wrote")
    parser.add_argument("--key", default="", help="whose comment it is, where a repository has several projects")
    parser.add_argument("--quiet", action="store_true", help="post nothing new, and only update what is there")
    given = parser.parse_args(arguments)
    try:
        print(f"promptc review: {tried(dict(os.environ), text_of(given.file, given.key), quiet=given.quiet)}")
    except ReadOnly as error:
        print(f"::notice title=promptc::This token may not comment here ({error}); the job's summary has the review")
    except Refused as error:
        print(f"::error title=promptc::{error}")
        return USAGE
    except Later as error:
        print(f"::error title=promptc::GitHub did not take the comment ({error}), also not after {TRIES} tries")
        return REMOTE
    return OK


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
