"""The example services of docs/examples, each run as it stands, against the example's own prompts."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from promptc.cli.main import run
from tests.runtime.test_typescript import PACKAGE, dist  # noqa: F401 - a fixture

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs/examples"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example, promoted into a registry beside it, which is exported as files."""
    folder = tmp_path_factory.mktemp("examples")
    for name in ("sources", "tenants"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "pyproject.toml", folder)
    for line in ("build", "promote prod --new --yes --who ann --registry registry", "export-static public --registry registry"):
        assert run(["-C", str(folder), *line.split()]) == 0
    return folder


def test_the_script(project: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    words = [sys.executable, str(EXAMPLES / "script.py"), str(project / "registry")]
    done = subprocess.run([*words, "acme", "Where is my parcel?"], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[1])["prompt"] == "support-reply"
    done = subprocess.run([*words, "nobody", "Hi"], capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stderr[:6]) == (1, "R101: ")


def test_the_service_with_fastapi(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("fastapi")
    from fastapi.testclient import TestClient

    monkeypatch.setenv("PROMPTS", str(project / "registry"))
    monkeypatch.setenv("REFRESH_SECONDS", "0.05")
    monkeypatch.syspath_prepend(str(EXAMPLES))
    import service

    with TestClient(service.app) as client:
        one, other = (client.post(f"/tenants/{tenant}/replies", json={"message": "Hi"}).json() for tenant in ("acme", "brightcart"))
        assert one["receipt"]["artifact"] != other["receipt"]["artifact"], "each tenant has its own"
        assert client.post("/tenants/nobody/replies", json={"message": "Hi"}).status_code == 404
        assert client.post("/tenants/acme/replies", json={"message": "Hi", "channel": "pigeon"}).status_code == 422
        assert client.get("/health").json()["serves"] == "prod@1"
        prompt = project / "sources/prompts/_assistant.j2"
        text = prompt.read_text()
        prompt.write_text(text.replace("You write", "You always write", 1).replace("you write", "you always write", 1))
        assert run(["-C", str(project), "build"]) == 0
        assert run(["-C", str(project), *"promote prod --yes --who ann --registry registry".split()]) == 0
        for _ in range(200):
            if client.get("/health").json()["serves"] == "prod@2":
                break
            __import__("time").sleep(0.05)
        again = client.post("/tenants/acme/replies", json={"message": "Hi"}).json()
        assert again["receipt"]["entry"] == 2, "a promote reaches it without a deploy"
        prompt.write_text(text)


@pytest.fixture
def service_js(dist: Path, project: Path, tmp_path: Path) -> Iterator[str]:  # noqa: F811
    """The service in TypeScript, compiled and started."""
    package = tmp_path / "node_modules/promptc-runtime"
    package.mkdir(parents=True)
    shutil.copy(PACKAGE / "package.json", package)
    shutil.copytree(dist, package / "dist")
    shutil.copy(EXAMPLES / "service.ts", tmp_path)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "node_modules/@types").symlink_to(dist.parent / "node_modules/@types")
    (tmp_path / "node_modules/undici-types").symlink_to(dist.parent / "node_modules/undici-types")
    tsc = dist.parent / "node_modules/.bin/tsc"
    words = ["--strict", "--target", "es2022", "--module", "nodenext", "--types", "node", "service.ts"]
    done = subprocess.run([tsc, *words], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == ""
    environment = {**os.environ, "PROMPTS": str(project / "public"), "PORT": "0"}
    process = subprocess.Popen(["node", "service.js"], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    port = process.stdout.readline().rpartition(" ")[2].strip()
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait()


def post(url: str, body: object) -> tuple[int, dict[str, object]]:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def test_the_service_in_typescript(service_js: str, project: Path) -> None:
    from promptc.runtime import Prompts

    status, said = post(f"{service_js}/tenants/acme/replies", {"message": "Where is my parcel?"})
    assert status == 200
    with Prompts.open(str(project / "public"), channel="prod", refresh_seconds=0) as ours:
        ready = ours.get("acme", "support-reply").render({"message": "Where is my parcel?"})
    assert (said["messages"], said["artifact"]) == (ready.messages, ready.prompt.digest), "the same, byte for byte"
    assert post(f"{service_js}/tenants/nobody/replies", {"message": "Hi"})[0] == 404
    assert post(f"{service_js}/tenants/acme/replies", {})[0] == 422
