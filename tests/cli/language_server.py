"""A small client of yaml-language-server: opens files over stdio, returns what it complains of and what it completes."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any


class LanguageServer:
    """yaml-language-server in one folder, configured with what an editor would send it."""

    def __init__(self, command: list[str], folder: Path, settings: dict[str, Any]) -> None:
        self.folder = folder
        self.settings = settings
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self.number = 0
        self.is_configured = False
        self.complaints: dict[str, list[dict[str, Any]]] = {}

    def __enter__(self) -> LanguageServer:
        root = self.folder.as_uri()
        self.request("initialize", {
            "processId": None,
            "rootUri": root,
            "workspaceFolders": [{"uri": root, "name": "project"}],
            "capabilities": {"workspace": {"configuration": True}, "textDocument": {"completion": {"completionItem": {}}}},
        })  # fmt: skip
        self.notify("initialized", {})
        self.notify("workspace/didChangeConfiguration", {"settings": self.sections()})
        while not self.is_configured:
            self.read()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()

    def sections(self) -> dict[str, Any]:
        """`{"yaml.schemas": x}` as `{"yaml": {"schemas": x}}`, which is how editors hand settings over."""
        made: dict[str, Any] = {}
        for key, value in self.settings.items():
            section, _, name = key.partition(".")
            made.setdefault(section, {})[name] = value
        return made

    def check(self, path: Path) -> list[str]:
        """What the server says of a file."""
        self.open(path)
        return [f"{d['range']['start']['line'] + 1}: {d['message']}" for d in self.complaints[path.as_uri()]]

    def complete(self, path: Path, text: str, line: int, column: int) -> list[str]:
        """The labels that the server offers at a place (from 0) of a file that holds `text`."""
        self.open(path, text)
        answer = self.request(
            "textDocument/completion",
            {"textDocument": {"uri": path.as_uri()}, "position": {"line": line, "character": column}},
        )
        items = answer["items"] if isinstance(answer, dict) else answer
        return [item["label"] for item in items]

    def open(self, path: Path, text: str | None = None) -> None:
        content = path.read_text() if text is None else text
        document = {"uri": path.as_uri(), "languageId": "yaml", "version": 1, "text": content}
        self.notify("textDocument/didOpen", {"textDocument": document})
        # What it thinks of the file comes when it has read its schema; answers before that know of none.
        while path.as_uri() not in self.complaints:
            self.read()

    def request(self, method: str, params: Any) -> Any:
        self.number += 1
        self.send({"id": self.number, "method": method, "params": params})
        while True:
            message = self.read()
            if message.get("id") == self.number and "method" not in message:
                assert "error" not in message, message
                return message.get("result")

    def notify(self, method: str, params: Any) -> None:
        self.send({"method": method, "params": params})

    def send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def read(self) -> dict[str, Any]:
        """The next message; the server's own questions are answered on the way."""
        assert self.process.stdout is not None
        length = 0
        while (line := self.process.stdout.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        assert length, "the language server went away"
        message: dict[str, Any] = json.loads(self.process.stdout.read(length))
        if message.get("method") == "workspace/configuration":
            sections = self.sections()
            answer = [sections.get(item["section"]) for item in message["params"]["items"]]
            self.send({"id": message["id"], "result": answer})
            self.is_configured = True
        elif "method" in message and "id" in message:
            self.send({"id": message["id"], "result": None})
        elif message.get("method") == "textDocument/publishDiagnostics":
            self.complaints[message["params"]["uri"]] = message["params"]["diagnostics"]
        return message
