"""Faulty server: a real HTTP server with a registry behind it, which does one thing wrong to one kind of request.

    a folder, a kind of request, a fault -> [faulty server] -> what a client is given
"""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from promptc.core.digest import digest_of
from promptc.core.manifest import compare
from promptc.driver.release.opening import Desk
from promptc.runtime import ClientError, Prompts
from promptc.runtime.web import Patience, Web, WebSource
from tests.release.world import artifact, desk_at, moved, put_root

QUICK = Patience(total_seconds=1.2, idle_seconds=0.25, attempts=2, wait_seconds=0.01, wait_seconds_max=0.02)
# Kinds of requests, by what their path begins with.
REQUESTS = {"registry": "/registry.json", "hint": "/channels/prod/head.json", "entry": "/channels/prod/entries/", "blob": "/blobs/"}
FAULTS = (
    "404 for all", "401", "403", "412", "418", "429", "500", "503", "503 once", "429 with Retry-After", "cut short", "too long",
    "endless", "no answer", "slow drip", "reset", "other bytes", "an older file", "page", "empty", "encoded", "other host", "redirect loop",
    "redirect to itself elsewhere", "not HTTP", "garbage headers",
)  # fmt: skip


def published(folder: Path) -> Path:
    """A registry as a web server has it: each blob a file. Its channel has two entries; `a/x` says `one of a` in both."""
    desk = desk_at(folder)
    for texts in ({"a/x": "one of a", "b/x": "old"}, {"a/x": "one of a", "b/x": "new"}):
        root = put_root(desk, texts)
        head = desk.maybe_head("prod")
        moved(desk, "prod", root, compare(desk.registry.get, head.root if head else put_root(desk, {}), root))
    _loose(desk, folder / "registry")
    return folder / "registry"


def _loose(desk: Desk, folder: Path) -> None:
    for digest in list(desk.registry.digests()):
        path = folder / "blobs/sha256" / digest[7:9] / digest[7:]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(desk.registry.get(digest))


class Faulty:
    """The server. `behave` says what goes wrong from now on; `headers` are those of the requests that came."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kind = self.fault = ""
        self.count = 0
        self.headers: list[dict[str, str]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 2

            def do_GET(self) -> None:
                outer.answer(self)

            def log_message(self, *_: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, request: Any, client_address: Any) -> None:
                """Connections that clients let go of are what is meant here."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/r"

    def __enter__(self) -> Faulty:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def behave(self, kind: str, fault: str) -> None:
        self.kind, self.fault, self.count = kind, fault, 0

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        self.headers.append(dict(handler.headers))
        path = handler.path.removeprefix("/r").removeprefix("/elsewhere")
        is_meant = bool(self.kind) and path.startswith(REQUESTS[self.kind])
        file = self.folder / path.lstrip("/")
        data = file.read_bytes() if file.is_file() else None
        if is_meant and self.fault:
            self.count += 1
            try:
                getattr(self, "_" + "".join(c if c.isalnum() else "_" for c in self.fault.lower()))(handler, data or b"{}", path if data is not None else f"{path}!")
            except (BrokenPipeError, ConnectionResetError):
                handler.close_connection = True
        elif data is None:
            _send(handler, 404, b"not here")
        else:
            _send(handler, 200, data)

    # Each of these is a fault.

    def _404_for_all(self, handler: Any, data: bytes, path: str) -> None:
        _send(handler, 404, b"")

    def _401(self, handler: Any, data: bytes, path: str) -> None:
        _send(handler, 401, b"who are you")

    def _403(self, handler: Any, data: bytes, path: str) -> None:
        _send(handler, 403, b"no")

    def _412(self, handler: Any, data: bytes, path: str) -> None:
        _send(handler, 412, b"")

    def _418(self, handler: Any, data: bytes, path: str) -> None:
        _send(handler, 418, b"a teapot")

    def _429(self, handler: Any, data: bytes, path: str) -> None:
        _send(handler, 429, b"slow down")

    def _429_with_retry_after(self, handler: Any, data: bytes, path: str) -> None:
        _send(handler, *((429, b"", {"Retry-After": "0"}) if self.count % 2 else _right(data, path)))

    def _500(self, handler: Any, data: bytes, path: str) -> None:
        _send(handler, 500, b"oops")

    def _503(self, handler: Any, data: bytes, path: str) -> None:
        _send(handler, 503, b"")

    def _503_once(self, handler: Any, data: bytes, path: str) -> None:
        _send(handler, *((503, b"") if self.count % 2 else _right(data, path)))

    def _cut_short(self, handler: Any, data: bytes, path: str) -> None:
        _send(handler, 200, data[: len(data) // 2], {"Content-Length": str(len(data))})
        handler.close_connection = True

    def _too_long(self, handler: Any, data: bytes, path: str) -> None:
        _send(handler, 200, data + b" " * 40, {"Content-Length": str(len(data) + 40)})

    def _endless(self, handler: Any, data: bytes, path: str) -> None:
        handler.send_response(200)
        handler.end_headers()
        until = time.monotonic() + 3
        while time.monotonic() < until:
            handler.wfile.write(b"x" * 1_000_000)
        handler.close_connection = True

    def _no_answer(self, handler: Any, data: bytes, path: str) -> None:
        time.sleep(0.5)
        handler.close_connection = True

    def _slow_drip(self, handler: Any, data: bytes, path: str) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        for byte in data:
            handler.wfile.write(bytes([byte]))
            time.sleep(0.05)

    def _reset(self, handler: Any, data: bytes, path: str) -> None:
        import socket
        import struct

        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()
        handler.close_connection = True

    def _other_bytes(self, handler: Any, data: bytes, path: str) -> None:
        _send(handler, 200, data.replace(b"one of a", b"bad of a").replace(b"a", b"b", 1))

    def _an_older_file(self, handler: Any, data: bytes, path: str) -> None:
        older = {"entry": "channels/prod/entries/1.json", "hint": "channels/prod/entries/1.json", "registry": "channels/prod/head.json"}
        name = older.get(self.kind)
        _send(handler, 200, (self.folder / name).read_bytes() if name else _other_blob(self.folder, path))

    def _page(self, handler: Any, data: bytes, path: str) -> None:
        _send(handler, 200, b"<!doctype html><title>Welcome</title>", {"Content-Type": "text/html"})

    def _empty(self, handler: Any, data: bytes, path: str) -> None:
        _send(handler, 200, b"")

    def _encoded(self, handler: Any, data: bytes, path: str) -> None:
        import gzip

        _send(handler, 200, gzip.compress(data), {"Content-Encoding": "gzip"})

    def _other_host(self, handler: Any, data: bytes, path: str) -> None:
        _send(handler, 302, b"", {"Location": f"http://localhost:{handler.server.server_port}/r{path.rstrip('!')}"})

    def _redirect_loop(self, handler: Any, data: bytes, path: str) -> None:
        _send(handler, 302, b"", {"Location": handler.path})

    def _redirect_to_itself_elsewhere(self, handler: Any, data: bytes, path: str) -> None:
        if handler.path.startswith("/elsewhere"):
            _send(handler, *_right(data, path))
        else:
            _send(handler, 302, b"", {"Location": f"/elsewhere{path.rstrip('!')}"})

    def _not_http(self, handler: Any, data: bytes, path: str) -> None:
        handler.wfile.write(b"SSH-2.0-OpenSSH_9.6\r\n")
        handler.close_connection = True

    def _garbage_headers(self, handler: Any, data: bytes, path: str) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 70_000 + b"\r\n\r\n" + data)
        handler.close_connection = True


def _right(data: bytes, path: str) -> tuple[int, bytes]:
    """What a server answers that does nothing wrong; the path of a file that isn't there ends with `!`."""
    return (404, b"") if path.endswith("!") else (200, data)


def _send(handler: Any, status: int, data: bytes, headers: dict[str, str] | None = None) -> None:
    headers = headers or {}
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    if "Content-Length" not in headers:
        handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)


def _other_blob(folder: Path, path: str) -> bytes:
    """Another artifact's bytes: whole, of this registry, and not what was asked for."""
    asked = path.rstrip("!").rpartition("/")[2]
    for text in ("old", "new", "one of a"):
        data = artifact(text)
        if digest_of(data)[7:] != asked:
            return data
    raise AssertionError


def cell(server: Faulty, kind: str, fault: str) -> str:
    """What a client sees that opens while the fault lasts, in words: what it serves, or its error."""
    server.behave(kind, fault)
    try:
        with Prompts.open(WebSource(server.url, Web(server.url, patience=QUICK)), channel="prod", refresh_seconds=0) as client:
            said = client.get("a", "x").render().text()
            if said != "one of a" or client.get("b", "x").render().text() not in ("old", "new"):
                return f"wrong: {said}"
            old = client.get("b", "x").render().text() == "old"
            return f"serves {client.status.moment}" if (client.status.moment == "prod@1") == old else "wrong entry"
    except ClientError as error:
        return type(error).__name__
    finally:
        server.behave("", "")


def as_json(server: Faulty) -> str:
    """For a look by hand."""
    return json.dumps({kind: {fault: cell(server, kind, fault) for fault in FAULTS} for kind in REQUESTS}, indent=1)
