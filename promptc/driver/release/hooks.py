"""Hooks: do one step of reconciling by a command or a webhook of the team's own, tried again until it answers or gives up.

    a step as JSON -> [hooks] -> a program's standard input, an HTTP request -> done, or why not

A step may reach the hook more than once, when the answer was lost or a process was killed; it always bears the same
idempotency key. Secrets are read from the environment when they are sent, by the names that the settings allow; they are
never printed or kept. A redirect is never followed, so that no secret reaches another host.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from promptc.core.channel_settings import Hook
from promptc.core.dataclass import dataclass
from promptc.core.visible import visible_line

KEY_HEADER = "Idempotency-Key"
ANSWER_BYTES_MAX = 64 * 1024
SAID_MAX = 300
WAIT_SECONDS_FIRST = 0.5
WAIT_SECONDS_MAX = 60.0
_SECRET = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ")

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a hook said: whether it is done, in a few words; and whether another try could help, and after how long."""

    is_done: bool
    said: str
    may_retry: bool = True
    wait_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """A step after all its tries."""

    is_done: bool
    said: str
    tries: int


def run_hook(hook: Hook, payload: Payload, *, folder: Path, sleep: Callable[[float], None] = time.sleep) -> Tried:
    """Do one step, trying again as the hook's settings say. Nothing is raised: what went wrong is said."""
    lost = [name for name in hook.secrets if name not in os.environ]
    if lost:
        return Tried(is_done=False, said=f"the environment has no {', '.join(lost)}", tries=0)
    answer = Answer(is_done=False, said="")
    for number in range(1, hook.retries + 2):
        answer = _try(hook, payload, folder)
        if answer.is_done or not answer.may_retry or number > hook.retries:
            return Tried(answer.is_done, answer.said, number)
        sleep(answer.wait_seconds if answer.wait_seconds is not None else _pause(number))
    return Tried(is_done=False, said=answer.said, tries=hook.retries + 1)


def _pause(number: int) -> float:
    """Exponential back-off with full jitter, so that many who failed at once do not all come back at once."""
    most = min(WAIT_SECONDS_MAX, WAIT_SECONDS_FIRST * 2.0 ** (number - 1))
    return random.uniform(0.5 * most, most)


def _try(hook: Hook, payload: Payload, folder: Path) -> Answer:
    data = json.dumps(payload, ensure_ascii=False, sort_keys=True).encode()
    return _command(hook, payload, data, folder) if hook.command else _webhook(hook, payload, data)


def _command(hook: Hook, payload: Payload, data: bytes, folder: Path) -> Answer:
    environment = {name: os.environ[name] for name in (*_KEPT, *hook.secrets) if name in os.environ}
    environment["PROMPTC_IDEMPOTENCY_KEY"] = str(payload["idempotency_key"])
    try:
        done = subprocess.run(
            hook.command, cwd=folder, env=environment, input=data, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            timeout=hook.timeout_seconds, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Answer(is_done=False, said=f"did not end within {hook.timeout_seconds:g} s")
    except OSError as error:
        return Answer(is_done=False, said=f"can't be run: {(error.strerror or 'refused').lower()}", may_retry=False)
    said = _last_line(hook, done.stdout)
    return Answer(done.returncode == 0, f"exits with {done.returncode}{said}")


def _webhook(hook: Hook, payload: Payload, data: bytes) -> Answer:
    import http.client
    from urllib.error import HTTPError, URLError
    from urllib.request import Request

    headers = {name: _SECRET.sub(lambda m: os.environ.get(m[1], ""), value) for name, value in hook.headers.items()}
    headers |= {"Content-Type": "application/json", KEY_HEADER: str(payload["idempotency_key"])}
    request = Request(hook.url, data=data, headers=headers, method="POST")
    try:
        with _opener().open(request, timeout=hook.timeout_seconds) as response:
            return Answer(is_done=True, said=f"answers {response.status}{_last_line(hook, response.read(ANSWER_BYTES_MAX))}")
    except HTTPError as error:
        said = f"answers {error.code}{_last_line(hook, error.read(ANSWER_BYTES_MAX))}"
        # What a server says is wrong with the request stays wrong; these say that it is busy.
        may_retry = error.code in (408, 409, 425, 429) or error.code >= 500
        return Answer(is_done=False, said=said, may_retry=may_retry, wait_seconds=_retry_after(error.headers.get("Retry-After")))
    except (URLError, OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        said = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
        return Answer(is_done=False, said=f"can't be reached: {_shown(hook, said.lower())}")


def _opener() -> Any:
    from urllib.request import HTTPRedirectHandler, build_opener

    class NoRedirect(HTTPRedirectHandler):
        """A redirect is an answer that is not 2xx."""

        def redirect_request(self, *arguments: Any) -> None:
            return None

    return build_opener(NoRedirect())


def _retry_after(value: str | None) -> float | None:
    if value is None or not value.strip().isdecimal():
        return None
    return min(float(value.strip()), WAIT_SECONDS_MAX)


def _last_line(hook: Hook, answer: bytes) -> str:
    lines = answer.decode("utf-8", "replace").strip().splitlines()
    return f": {_shown(hook, lines[-1])}" if lines else ""


def _shown(hook: Hook, text: str) -> str:
    """A hook's words, without its secrets and without what drives a terminal."""
    for name in hook.secrets:
        value = os.environ.get(name, "")
        if value:
            text = text.replace(value, f"${{{name}}}")
    return visible_line(text)[:SAID_MAX]
