"""A registry in an object store: a real S3 server on loopback, which honours conditions, and one that doesn't."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from promptc.cli.main import run
from promptc.core.errors import PromptcError
from promptc.driver.release.object_registry import ObjectRegistry
from promptc.driver.release.opening import open_place, opened_desk
from promptc.driver.release.verify import verify
from promptc.runtime import Prompts
from tests.engine.world import hello
from tests.release.world import artifact, put_root

KEYS = {"AWS_ACCESS_KEY_ID": "promptc-test", "AWS_SECRET_ACCESS_KEY": "promptc-test-secret", "AWS_REGION": "us-east-1"}


class Server:
    """moto's S3 behind a socket. `requests` counts what comes by method; `ignores` drops the condition of a put."""

    def __init__(self) -> None:
        from moto.server import DomainDispatcherApplication, create_backend_app
        from werkzeug.serving import make_server

        self.requests: Counter[str] = Counter()
        self.ignores = False
        app = DomainDispatcherApplication(create_backend_app)

        def counted(environ: Any, start: Any) -> Any:
            self.requests[environ["REQUEST_METHOD"]] += 1
            if self.ignores:
                environ.pop("HTTP_IF_NONE_MATCH", None)
            return app(environ, start)

        self._server = make_server("127.0.0.1", 0, counted, threaded=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    import logging

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    made = Server()
    yield made
    made.close()


@pytest.fixture
def bucket(server: Server, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """A bucket of the test's own, and the environment that finds it."""
    import urllib.request

    name = f"b-{abs(hash(request.node.name)):x}"[:40]
    urllib.request.urlopen(urllib.request.Request(f"{server.url}/{name}", method="PUT")).read()
    for key, value in {**KEYS, "AWS_ENDPOINT_URL": server.url, "AWS_ALLOW_HTTP": "true", "NO_PROXY": "127.0.0.1"}.items():
        monkeypatch.setenv(key, value)
    server.ignores = False
    return f"s3://{name}/prompts"


def test_everything_works_as_in_a_folder(bucket: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = hello(tmp_path / "project", {})
    at = ["-C", str(folder)]

    def promptc(line: str, code: int = 0) -> str:
        capsys.readouterr()
        assert run([*at, *line.split(), "--registry", bucket]) == code, capsys.readouterr().err
        return capsys.readouterr().out

    assert run([*at, "build"]) == 0
    promptc("history prod", 2)
    promptc("push")
    promptc("promote prod --new --yes --who ann")
    (folder / "sources/prompts/hello.prompt.j2").write_text((folder / "sources/prompts/hello.prompt.j2").read_text().replace("brief", "terse"))
    assert run([*at, "build"]) == 0
    promptc("promote prod --yes --who bob")
    promptc("mark prod good --who ann")
    assert "brief" in promptc("show acme/hello --at prod@1")
    promptc("rollback prod --to 1 --yes --who ann")
    assert promptc("history prod").count("prod@") >= 4
    assert "whole" in promptc("verify")
    promptc("hold prod acme --why x --who ann")
    promptc("gc --older-than 0s --delete")
    promptc("retire prod --older-than 0s --delete")
    promptc("pin prod")
    assert "whole" in promptc("verify")
    assert run([*at, "pin", "--check"]) == 0, "a pin names the store"
    promptc("forget globex --delete --who eve")
    assert not verify(opened_desk(str(folder), bucket).registry).wrong


def test_a_build_is_pushed_by_one_process_and_served_by_another(bucket: str, tmp_path: Path) -> None:
    folder = hello(tmp_path / "project", {})
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    for words in (["build"], ["promote", "prod", "--new", "--yes", "--who", "a", "--registry", bucket]):
        subprocess.run([sys.executable, "-m", "promptc", "-C", str(folder), *words], check=True, env=environment, capture_output=True)
    code = f"""
from promptc.runtime import Prompts
with Prompts.open({bucket!r}, channel="prod", refresh_seconds=0) as client:
    print(client.get("acme", "hello").render({{"message": "Hi"}}).messages[0]["content"][0]["text"].split(".")[0])
"""
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, cwd="/")
    assert done.stdout == "You answer for Acme Care in a neutral tone\n", done.stderr


def test_a_push_takes_one_request_for_a_hundred_artifacts(bucket: str, server: Server, tmp_path: Path) -> None:
    desk = opened_desk(str(tmp_path), bucket) if False else None
    registry = open_place(bucket, tmp_path, create=True)
    count = 3_000
    texts = {f"t{number}/x": f"text {number}" for number in range(count)}
    server.requests.clear()
    from promptc.compiler.project import Settings
    from promptc.driver.release.opening import Desk
    from promptc.stores.registry import lineage

    desk = Desk(tmp_path, None, Settings(), registry, lineage(registry), is_local=False, base=tmp_path)
    root = put_root(desk, texts)
    pushed = server.requests.total()
    for number in range(count):
        data = artifact(f"text {number}")
        from promptc.core.digest import digest_of

        assert registry.get(digest_of(data)) == data, "what was pushed is read back"
    assert root
    assert pushed <= count // 100
    assert server.requests.total() <= count // 100, server.requests


def test_two_who_create_one_entry_are_kept_apart(bucket: str, tmp_path: Path) -> None:
    registry = open_place(bucket, tmp_path, create=True)
    won = [registry.create("channels/prod/entries/1.json", bytes([65 + number])) for number in range(3)]
    assert won == [True, False, False]
    assert registry.read("channels/prod/entries/1.json") == b"A"
    results: list[bool] = []
    threads = [
        threading.Thread(target=lambda n=n: results.append(ObjectRegistry(bucket).create("channels/prod/entries/2.json", b"%d" % n)))  # type: ignore[misc]
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False] * 7 + [True]


def test_a_store_that_ignores_conditions_is_refused(bucket: str, server: Server, tmp_path: Path) -> None:
    server.ignores = True
    with pytest.raises(PromptcError) as caught:
        open_place(bucket, tmp_path, create=True)
    assert caught.value.code == "V073"
    assert ObjectRegistry(bucket).names("probe") == [], "nothing is left of the probe"


def test_who_deletes_keeps_others_out(bucket: str, tmp_path: Path) -> None:
    registry = open_place(bucket, tmp_path, create=True)
    other = open_place(bucket, tmp_path)
    with registry.alone():
        for held in (other.using, other.alone):
            with pytest.raises(PromptcError) as caught, held():
                pass
            assert caught.value.code == "N003"
    with other.using():
        pass


def test_what_a_store_refuses_is_said(bucket: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(PromptcError) as caught:
        open_place("s3://", tmp_path)
    assert caught.value.code == "V072"
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_RETRIES", "0")
    with pytest.raises(PromptcError) as refused:
        ObjectRegistry("s3://nowhere/x").read("registry.json")
    assert refused.value.code == "V074"


def test_a_client_serves_from_a_bucket(bucket: str, tmp_path: Path) -> None:
    folder = hello(tmp_path / "project", {})
    for line in ("build", f"promote prod --new --yes --who a --registry {bucket}"):
        assert run(["-C", str(folder), *line.split()]) == 0
    with Prompts.open(bucket, channel="prod", refresh_seconds=0) as client:
        assert client.refresh().refused is None
        assert client.get("acme", "hello").digest
