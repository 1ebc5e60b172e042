"""Chromium without a window, spoken to over two pipes with the standard library alone (Chrome DevTools Protocol).

Every host name leads to a loopback server of the test, so that whatever a page asks for is seen, and nothing leaves.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import shutil
import signal
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

NAMES = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)  # fmt: skip
SECONDS_MAX = 120


def find() -> str:
    """Where the browser is. The test fails without one: a skipped check would look like one that passed."""
    wanted = os.environ.get("CHROMIUM", "")
    found = next(filter(None, map(shutil.which, (wanted, *NAMES) if wanted else NAMES)), None)
    if found is None:
        pytest.fail(
            "no chromium: these tests need a real browser. Install one (`apt-get install chromium`), or name it in CHROMIUM",
            pytrace=False,
        )
    return found


class Trap:
    """A server that answers nothing useful and remembers who asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        trap = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                trap.asked.append(f"{self.headers.get('Host', '')}{self.path}")
                self.send_response(204)
                self.end_headers()

            def do_POST(self) -> None:
                self.do_GET()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def of(self, host: str) -> list[str]:
        return [one for one in self.asked if one.startswith(host)]


class Chromium:
    """One browser with one page."""

    def __init__(self, folder: Path, trap: Trap) -> None:
        self.trap = trap
        self._number = 0
        self._rest = b""
        self.events: list[dict[str, Any]] = []
        arguments = [
            find(), "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps",
            "--disable-extensions", "--remote-debugging-pipe", f"--user-data-dir={folder / 'profile'}",
            f"--host-resolver-rules=MAP * 127.0.0.1:{trap.port}", "--no-proxy-server", "--window-size=1440,1000", "about:blank",
        ]  # fmt: skip
        read_end, self._write = map(_high, os.pipe())
        self._read, write_end = map(_high, os.pipe())
        null = os.open(os.devnull, os.O_RDWR)
        places = [
            (os.POSIX_SPAWN_DUP2, *pair) for pair in ((null, 0), (null, 1), (null, 2), (read_end, 3), (write_end, 4))
        ]
        self.pid = os.posix_spawn(
            arguments[0], arguments, {**os.environ, "HOME": str(folder)}, file_actions=places, setpgroup=0
        )
        for end in (read_end, write_end, null):
            os.close(end)
        self.session = ""
        page = next(one for one in self.say("Target.getTargets")["targetInfos"] if one["type"] == "page")
        self.session = self.say("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime"):
            self.say(f"{domain}.enable")

    def say(self, method: str, **params: Any) -> dict[str, Any]:
        """One command, and its answer."""
        self._number += 1
        said = {"id": self._number, "method": method, "params": params} | (
            {"sessionId": self.session} if self.session else {}
        )
        data = json.dumps(said).encode() + b"\0"
        while data:
            data = data[os.write(self._write, data) :]
        while True:
            heard = self._hear()
            if heard.get("id") == self._number:
                assert "error" not in heard, heard["error"]
                result: dict[str, Any] = heard["result"]
                return result
            self.events.append(heard)

    def _hear(self) -> dict[str, Any]:
        end = time.monotonic() + SECONDS_MAX
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._read], [], [], max(0, end - time.monotonic()))
            assert ready, f"chromium said nothing for {SECONDS_MAX} s"
            data = os.read(self._read, 1 << 20)
            assert data, "chromium ended"
            self._rest += data
        said, _, self._rest = self._rest.partition(b"\0")
        heard: dict[str, Any] = json.loads(said)
        return heard

    def open(self, path: Path) -> None:
        """Open a file and wait until it has loaded."""
        self.events.clear()
        self.say("Page.navigate", url=path.as_uri())
        self.until(f"document.readyState === 'complete' && location.href === {json.dumps(path.as_uri())}")

    def open_review(self, path: Path) -> None:
        self.open(path)
        self.until("document.documentElement.dataset.ready === 'yes'")

    def js(self, expression: str) -> Any:
        """The value of an expression in the page."""
        done = self.say("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def until(self, expression: str) -> None:
        end = time.monotonic() + SECONDS_MAX
        while not self.js(f"Boolean({expression})"):
            assert time.monotonic() < end, f"never: {expression}"
            time.sleep(0.02)

    def key(self, key: str) -> None:
        """A key pressed and let go, by its name or as the character that it types."""
        text = {"text": key} if len(key) == 1 else {}
        self.say("Input.dispatchKeyEvent", type="keyDown", key=key, **text)
        self.say("Input.dispatchKeyEvent", type="keyUp", key=key)

    def write(self, text: str) -> None:
        """Text typed where the focus is."""
        self.say("Input.insertText", text=text)

    def requests(self) -> list[str]:
        """Everything that the page asked for since it was opened, itself among it."""
        self.js("0")
        return [e["params"]["request"]["url"] for e in self.events if e["method"] == "Network.requestWillBeSent"]

    def complaints(self) -> list[str]:
        """What the browser logged: refused scripts, errors."""
        self.js("0")
        logged = [e["params"]["entry"]["text"] for e in self.events if e["method"] == "Log.entryAdded"]
        return logged + [
            str(e["params"]["exceptionDetails"]) for e in self.events if e["method"] == "Runtime.exceptionThrown"
        ]

    def close(self) -> None:
        os.killpg(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._read)
        os.close(self._write)
        self.trap.server.shutdown()


def _high(descriptor: int) -> int:
    """The same pipe under a number that none of the browser's own can be."""
    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 20)
    os.close(descriptor)
    return moved
