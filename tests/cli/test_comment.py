"""The Action's comment, against a server on this machine that behaves as GitHub's REST API does for comments."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from promptc.cli.review_markdown import MARKER, comment
from tests.cli.conftest import ROOT, environment
from tests.cli.markdown_world import review, usual

SCRIPT = ROOT / ".github" / "review" / "comment.py"
TOKEN = "secret-token"
BOT = {"login": "github-actions[bot]", "type": "Bot"}
PERSON = {"login": "mallory", "type": "User"}


class GitHub(ThreadingHTTPServer):
    """What the server holds, what it was asked, and how it misbehaves."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.comments: list[dict[str, Any]] = []
        self.pulls: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.tokens: set[str] = set()
        self.login = ""
        self.may_write = True
        # Answers that come first, whatever is asked: (method, code, headers).
        self.failures: list[tuple[str, int, dict[str, str]]] = []
        self.takes_before_failing = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def add(self, body: str, user: dict[str, str]) -> None:
        number = max((comment["id"] for comment in self.comments), default=0) + 1
        self.comments.append({"id": number, "body": body, "user": user})

    def written(self) -> list[str]:
        return [line for line in self.asked if not line.startswith("GET")]


class Handler(BaseHTTPRequestHandler):
    server: GitHub

    def do_GET(self) -> None:
        self.handle_one(None)

    def do_POST(self) -> None:
        self.handle_one(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def do_PATCH(self) -> None:
        self.do_POST()

    def do_DELETE(self) -> None:
        self.handle_one(None)

    def handle_one(self, body: Any) -> None:
        path = urlsplit(self.path)
        github = self.server
        github.asked.append(f"{self.command} {self.path}")
        github.tokens.add(self.headers["Authorization"])
        for failure in github.failures:
            if failure[0] in (self.command, "*"):
                github.failures.remove(failure)
                if github.takes_before_failing:
                    self.settle(path.path, body)
                return self.answer(failure[1], {"message": "::error::not yours"}, failure[2])
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            return self.answer(401, {"message": "Bad credentials"})
        if self.command == "GET":
            return self.found(path.path, {key: value[0] for key, value in parse_qs(path.query).items()})
        if not github.may_write:
            return self.answer(403, {"message": "Resource not accessible by integration"})
        return self.settle(path.path, body, answers=True)

    def found(self, path: str, query: dict[str, str]) -> None:
        if path == "/user":
            return self.answer(200, {"login": self.server.login}) if self.server.login else self.answer(403, {})
        if path == "/repos/octo/prompts/issues/7/comments":
            size, page = min(int(query.get("per_page", "30")), 100), int(query.get("page", "1"))
            return self.answer(200, self.server.comments[size * (page - 1) : size * page])
        if path == "/repos/octo/prompts/pulls":
            return self.answer(200, [pull for pull in self.server.pulls if pull["label"] == query["head"]])
        return self.answer(404, {"message": "Not Found"})

    def settle(self, path: str, body: Any, *, answers: bool = False) -> None:
        number = int(path.rpartition("/")[2]) if path.startswith("/repos/octo/prompts/issues/comments/") else 0
        code = 404
        if self.command == "POST" and path == "/repos/octo/prompts/issues/7/comments":
            code = 201 if len(body["body"]) <= 65_536 else 422
            if code == 201:
                self.server.add(
                    body["body"], {"login": self.server.login, "type": "User"} if self.server.login else BOT
                )
        for known in list(self.server.comments):
            if known["id"] == number and self.command == "PATCH":
                known["body"], code = body["body"], 200
            if known["id"] == number and self.command == "DELETE":
                self.server.comments.remove(known)
                code = 204
        if answers:
            self.answer(code, {} if code != 204 else None)

    def answer(self, code: int, value: Any, headers: dict[str, str] | None = None) -> None:
        data = b"" if value is None else json.dumps(value).encode()
        self.send_response(code)
        for name, text in (headers or {}).items():
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def github() -> Iterator[GitHub]:
    server = GitHub()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


PULL = {"pull_request": {"number": 7, "title": "$(touch owned)"}}


def post(github: GitHub, folder: Path, text: str, *options: str, event: Any = PULL, **variables: str | None) -> Any:
    path = folder / "review.md"
    if not os.path.lexists(path):
        path.write_text(text)
    (folder / "event.json").write_text(json.dumps(event))
    given: dict[str, str | None] = {
        "GITHUB_TOKEN": TOKEN, "GITHUB_API_URL": github.url, "GITHUB_REPOSITORY": "octo/prompts",
        "GITHUB_EVENT_PATH": str(folder / "event.json"), "http_proxy": None, "HTTP_PROXY": None, "ALL_PROXY": None,
        **variables,
    }  # fmt: skip
    command = [sys.executable, "-I", str(SCRIPT), *options, str(path)]
    done = subprocess.run(command, env=environment(**given), capture_output=True, text=True, timeout=60)
    path.unlink(missing_ok=True)
    assert TOKEN not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


def test_one_comment_is_posted_and_then_updated(github: GitHub, tmp_path: Path) -> None:
    github.add("a word", PERSON)
    first, second = comment(usual()), comment(review())
    done = post(github, tmp_path, first)
    assert (done.returncode, done.stdout) == (0, "promptc review: posted\n")
    assert [known["body"] for known in github.comments] == ["a word", first]
    assert post(github, tmp_path, first).stdout == "promptc review: the comment says so already\n"
    assert post(github, tmp_path, second).stdout == "promptc review: updated\n"
    assert [known["body"] for known in github.comments] == ["a word", second]
    assert [line.split()[0] for line in github.written()] == ["POST", "PATCH"]
    assert github.tokens == {f"Bearer {TOKEN}"}


def test_nothing_is_posted_where_nothing_differs(github: GitHub, tmp_path: Path) -> None:
    quiet = comment(review())
    assert "no comment to update" in post(github, tmp_path, quiet, "--quiet").stdout
    assert github.written() == []
    post(github, tmp_path, comment(usual()))
    assert "updated" in post(github, tmp_path, quiet, "--quiet").stdout
    assert [known["body"] for known in github.comments] == [quiet]


def test_the_comment_is_found_on_a_later_page(github: GitHub, tmp_path: Path) -> None:
    for number in range(250):
        github.add(f"comment {number}", PERSON)
    github.add(f"{MARKER}\n\nold", BOT)
    for number in range(100):
        github.add(f"later {number}", PERSON)
    assert "updated" in post(github, tmp_path, comment(usual())).stdout
    assert github.comments[250]["body"] == comment(usual())
    assert len(github.comments) == 351
    pages = [line for line in github.asked if "/comments?" in line]
    assert len(pages) == 4


def test_exactly_a_page_of_comments(github: GitHub, tmp_path: Path) -> None:
    for number in range(100):
        github.add(f"comment {number}", PERSON)
    assert "posted" in post(github, tmp_path, comment(usual())).stdout


def test_nobody_elses_comment_is_touched(github: GitHub, tmp_path: Path) -> None:
    github.add(f"{MARKER}\n\nI write the marker, too", PERSON)
    github.add(f"Quoted: {MARKER}", BOT)
    assert "posted" in post(github, tmp_path, comment(usual())).stdout
    assert [known["body"] for known in github.comments][:2] == [
        f"{MARKER}\n\nI write the marker, too",
        f"Quoted: {MARKER}",
    ]
    github.login = "our-account"
    github.add(f"{MARKER}\n\nours", {"login": "our-account", "type": "User"})
    assert "updated" in post(github, tmp_path, comment(review())).stdout
    assert github.comments[3]["body"] == comment(review())
    assert github.comments[2]["body"] == comment(usual()), "a bot's, and the token is a user's"


def test_of_several_one_stays(github: GitHub, tmp_path: Path) -> None:
    for number in range(3):
        github.add(f"{MARKER}\n\n{number}", BOT)
    post(github, tmp_path, comment(usual()))
    assert [(known["id"], known["body"]) for known in github.comments] == [(1, comment(usual()))]


def test_projects_of_one_repository_have_a_comment_each(github: GitHub, tmp_path: Path) -> None:
    text = comment(usual())
    for key in (".", "prompts/eu", "prompts/us", "a --> <img src=x>"):
        assert "posted" in post(github, tmp_path, text, f"--key={key}").stdout
    assert "already" in post(github, tmp_path, text, "--key=prompts/us").stdout
    markers = [known["body"].split("\n")[0] for known in github.comments]
    assert markers[:3] == [MARKER, "<!-- promptc:review prompts/eu -->", "<!-- promptc:review prompts/us -->"]
    assert re.fullmatch(r"<!-- promptc:review [\w./-]+ -->", markers[3])
    assert markers[3].count("--") == 2


@pytest.mark.parametrize("token", [TOKEN, "", "expired"])
def test_a_fork_may_not_write_and_does_not_fail(github: GitHub, tmp_path: Path, token: str) -> None:
    github.may_write = False
    done = post(github, tmp_path, comment(usual()), GITHUB_TOKEN=token)
    assert done.returncode == 0
    assert done.stdout.startswith("::notice title=promptc::This token may not comment here")
    assert github.comments == []


def test_after_a_forks_workflow_the_pull_request_is_looked_up(github: GitHub, tmp_path: Path) -> None:
    branch = "a&b #1/$(touch owned)"
    github.pulls = [
        {"number": 6, "label": f"fork:{branch}", "head": {"sha": "f" * 40}},
        {"number": 7, "label": f"fork:{branch}", "head": {"sha": "e" * 40}},
        {"number": 8, "label": "other:main", "head": {"sha": "e" * 40}},
    ]
    run = {
        "head_repository": {"owner": {"login": "fork"}},
        "head_branch": branch,
        "head_sha": "e" * 40,
        "pull_requests": [],
    }
    assert "posted" in post(github, tmp_path, comment(usual()), event={"workflow_run": run}).stdout
    gone = {"workflow_run": {**run, "head_sha": "d" * 40}}
    assert "no open pull request" in post(github, tmp_path, comment(usual()), event=gone).stdout
    assert len(github.comments) == 1


def test_a_push_has_no_pull_request(github: GitHub, tmp_path: Path) -> None:
    done = post(github, tmp_path, comment(usual()), event={"ref": "refs/heads/main"})
    assert (done.returncode, done.stdout) == (
        0,
        "promptc review: no open pull request belongs to this run, so nothing was posted\n",
    )
    assert github.asked == []


@pytest.mark.parametrize("code", [429, 500, 502, 503])
def test_a_server_that_stumbles_is_asked_again(github: GitHub, tmp_path: Path, code: int) -> None:
    github.failures = [("GET", code, {"Retry-After": "0"}), ("POST", code, {"Retry-After": "0"})]
    assert "posted" in post(github, tmp_path, comment(usual())).stdout
    assert len(github.comments) == 1


def test_a_comment_that_was_taken_after_all_is_not_posted_twice(github: GitHub, tmp_path: Path) -> None:
    github.failures = [("POST", 502, {"Retry-After": "0"})]
    github.takes_before_failing = True
    assert "the comment says so already" in post(github, tmp_path, comment(usual())).stdout
    assert len(github.comments) == 1


def test_a_limit_of_the_api_is_no_fork(github: GitHub, tmp_path: Path) -> None:
    github.failures = [("*", 403, {"Retry-After": "0", "X-RateLimit-Remaining": "0"})]
    assert "posted" in post(github, tmp_path, comment(usual())).stdout


def test_a_server_that_never_answers_well_is_said(github: GitHub, tmp_path: Path) -> None:
    github.failures = [("*", 500, {"Retry-After": "0"})] * 20
    done = post(github, tmp_path, comment(usual()))
    assert done.returncode == 7
    assert done.stdout == "::error title=promptc::GitHub did not take the comment (HTTP 500), also not after 3 tries\n"
    away = post(github, tmp_path, comment(usual()), GITHUB_API_URL="http://127.0.0.1:9")
    assert away.returncode == 7


def test_the_token_follows_no_redirect(github: GitHub, tmp_path: Path) -> None:
    other = GitHub()
    thread = threading.Thread(target=other.serve_forever, daemon=True)
    thread.start()
    github.failures = [
        ("*", code, {"Location": f"{other.url}/user", "Retry-After": "0"}) for code in (301, 302, 307, 308) * 4
    ]
    done = post(github, tmp_path, comment(usual()))
    other.shutdown()
    other.server_close()
    thread.join()
    assert done.returncode == 7
    assert other.asked == []


def test_a_review_that_is_none_is_not_posted(github: GitHub, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(f"{MARKER}\nsecret")
    (tmp_path / "review.md").symlink_to(secret)
    assert post(github, tmp_path, "").returncode == 2
    (tmp_path / "review.md").mkdir()
    assert (
        subprocess.run([sys.executable, str(SCRIPT), str(tmp_path / "review.md")], capture_output=True).returncode == 2
    )
    (tmp_path / "review.md").rmdir()
    os.mkfifo(tmp_path / "review.md")
    assert post(github, tmp_path, "").returncode == 2
    (tmp_path / "review.md").write_bytes(b"<!-- promptc:review -->\xff")
    assert post(github, tmp_path, "").returncode == 2
    for text in ("", "words", f" {MARKER}", f"{MARKER}{'x' * 65_536}"):
        done = post(github, tmp_path, text)
        assert done.returncode == 2
        assert done.stdout.startswith("::error title=promptc::the review is not what")
    assert github.asked == []


@pytest.mark.parametrize(
    "variables", [{"GITHUB_REPOSITORY": "octo"}, {"GITHUB_EVENT_PATH": "nowhere"}, {"GITHUB_EVENT_PATH": None}]
)
def test_a_runner_that_says_too_little(github: GitHub, tmp_path: Path, variables: dict[str, str | None]) -> None:
    done = post(github, tmp_path, comment(usual()), **variables)
    assert done.returncode == 2
    assert done.stdout.startswith("::error title=promptc::GITHUB_")
