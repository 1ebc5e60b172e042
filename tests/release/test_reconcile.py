"""Reconcile: hooks on a real web server and in real processes, and a run that is killed and goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from promptc.core.channel_settings import Hook
from promptc.driver.release import hooks
from promptc.driver.release.hooks import run_hook

STEP = {"idempotency_key": "sha256:abc", "step": {"id": "caches-1"}, "tenants": ["acme"]}


@dataclass
class Desk:
    """A webhook that answers as it is told, one answer after the other, then 200."""

    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    seen: list[tuple[dict[str, str], Any]] = field(default_factory=list)
    url: str = ""


@contextmanager
def listening(desk: Desk) -> Iterator[Desk]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            desk.seen.append((dict(self.headers), json.loads(body)))
            code, headers, said = desk.answers.pop(0) if desk.answers else (200, {}, b"purged\n")
            self.send_response(code)
            for name, value in {**headers, "Content-Length": str(len(said))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    desk.url = f"http://127.0.0.1:{server.server_port}/step"
    try:
        yield desk
    finally:
        server.shutdown()
        server.server_close()


def test_a_webhook_is_tried_again_with_the_same_key(tmp_path: Path) -> None:
    waits: list[float] = []
    with listening(Desk([(503, {}, b""), (429, {"Retry-After": "7"}, b""), (500, {}, b"")])) as desk:
        tried = run_hook(Hook("desk", url=desk.url), STEP, folder=tmp_path, sleep=waits.append)
    assert (tried.is_done, tried.tries, tried.said) == (True, 4, "answers 200: purged")
    assert {headers["Idempotency-Key"] for headers, _ in desk.seen} == {"sha256:abc"}
    assert all(body == STEP for _, body in desk.seen)
    assert waits[1] == 7.0
    assert 0.25 <= waits[0] <= 0.5
    assert 1.0 <= waits[2] <= 2.0


@pytest.mark.parametrize("code", [400, 401, 404, 410])
def test_what_stays_wrong_is_not_tried_again(code: int, tmp_path: Path) -> None:
    with listening(Desk([(code, {}, b"no such place\x1b[31m\n")])) as desk:
        tried = run_hook(Hook("desk", url=desk.url), STEP, folder=tmp_path, sleep=lambda _: None)
    assert (tried.is_done, tried.tries) == (False, 1)
    assert tried.said == f"answers {code}: no such place\\x1b[31m"


def test_a_redirect_is_not_followed_and_no_secret_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESK_TOKEN", "s3cret")
    hook = Hook("desk", headers={"Authorization": "Bearer ${DESK_TOKEN}"}, secrets=("DESK_TOKEN",), retries=0)
    with listening(Desk()) as other, listening(Desk([(302, {"Location": other.url}, b"you sent s3cret\n")])) as desk:
        tried = run_hook(replace(hook, url=desk.url), STEP, folder=tmp_path)
    assert (tried.is_done, tried.said) == (False, "answers 302: you sent ${DESK_TOKEN}")
    assert desk.seen[0][0]["Authorization"] == "Bearer s3cret"
    assert other.seen == []


def test_nobody_listens(tmp_path: Path) -> None:
    tried = run_hook(Hook("desk", url="http://127.0.0.1:9/x", retries=1), STEP, folder=tmp_path, sleep=lambda _: None)
    assert (tried.is_done, tried.tries) == (False, 2)
    assert tried.said.startswith("can't be reached")


def test_a_secret_that_is_not_there_sends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DESK_TOKEN", raising=False)
    with listening(Desk()) as desk:
        tried = run_hook(Hook("desk", url=desk.url, secrets=("DESK_TOKEN",)), STEP, folder=tmp_path)
    assert (tried.is_done, tried.said, desk.seen) == (False, "the environment has no DESK_TOKEN", [])


def test_a_command_sees_its_step_and_only_the_secrets_that_it_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESK_TOKEN", "s3cret")
    monkeypatch.setenv("OTHER_TOKEN", "other")
    code = "import json, os, sys; s = json.load(sys.stdin); print(s['tenants'], os.environ['DESK_TOKEN'], os.environ.get('OTHER_TOKEN'))"
    tried = run_hook(Hook("desk", command=(sys.executable, "-c", code), secrets=("DESK_TOKEN",)), STEP, folder=tmp_path)
    assert (tried.is_done, tried.said) == (True, "exits with 0: ['acme'] ${DESK_TOKEN} None")


def test_a_command_that_hangs(tmp_path: Path) -> None:
    hook = Hook("desk", command=(sys.executable, "-c", "import time; time.sleep(60)"), timeout_seconds=0.2, retries=0)
    assert run_hook(hook, STEP, folder=tmp_path).said == "did not end within 0.2 s"


def test_waiting_grows_up_to_a_minute() -> None:
    assert 30.0 <= hooks._pause(20) <= 60.0


PROJECT = Path(__file__).parents[1] / "stories" / "projects" / "hello"
# Does two steps, then is killed while it does the third.
KILLER = """
import json, os, signal, sys
step = json.load(sys.stdin)
with open("done.txt", "a") as file:
    print(step["step"]["data"]["cache"], step["idempotency_key"], file=file)
if os.environ.get("PATH", "").endswith(":/kill") and len(open("done.txt").readlines()) == 3:
    os.kill(os.getppid(), signal.SIGKILL)
"""


def test_a_run_that_is_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    import shutil

    folder = Path(shutil.copytree(PROJECT, tmp_path / "project"))
    (folder / "killer.py").write_text(KILLER)
    with (folder / "pyproject.toml").open("a") as file:
        file.write('\n[tool.promptc.reconcile.caches]\nkeyed_by_digest = ["a", "b", "c", "d"]\nhook = "killer"\n')
        file.write(f'[tool.promptc.hooks.killer]\ncommand = ["{sys.executable}", "killer.py"]\n')
    prompt = folder / "sources/prompts/hello.prompt.j2"
    for words in (["build"], ["promote", "prod", "--new", "--yes"], [], ["build"], ["promote", "prod", "--yes"]):
        if words:
            promptc(folder, *words)
        else:
            prompt.write_text(prompt.read_text().replace("Be brief.", "Promise a refund."))
    promptc(folder, "rollback", "prod", "--yes")
    killed = promptc(folder, "reconcile", "prod", path=f"{os.environ['PATH']}:/kill", code=-signal.SIGKILL)
    assert killed.returncode == -signal.SIGKILL
    promptc(folder, "reconcile", "prod")
    promptc(folder, "reconcile", "prod")
    lines = [line.split() for line in (folder / "done.txt").read_text().splitlines()]
    assert len(lines) == 5, "four steps, and once more the one under way"
    assert len({key for _, key in lines}) == 4
    assert lines[2] == lines[3]
    assert {name for name, _ in lines} == set("abcd")


def promptc(folder: Path, *words: str, path: str | None = None, code: int = 0) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "PATH": path or os.environ["PATH"]}
    command = [sys.executable, "-m", "promptc", "-C", str(folder), *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == code, done.stderr
    return done
