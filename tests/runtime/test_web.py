"""A registry over HTTP: whatever a server does wrong, no wrong byte is accepted, and docs/registry.md says what happens.

Each cell is a kind of request and a fault of the server. The table in the docs is written from what these tests see:
`python -m tests.runtime.write_faults`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from promptc.core.errors import PromptcError
from promptc.runtime import Misused, Prompts, Unreachable
from promptc.runtime.web import Patience, Web, WebSource
from tests.runtime.faulty_server import FAULTS, REQUESTS, Faulty, published
from tests.runtime.write_faults import PAGE, table

QUICK = Patience(total_seconds=1.5, idle_seconds=0.3, attempts=3, wait_seconds=0.01, wait_seconds_max=0.05)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faulty]:
    with Faulty(published(tmp_path_factory.mktemp("published"))) as found:
        yield found


def test_a_registry_over_http_serves_as_a_folder_does(server: Faulty) -> None:
    server.behave("", "")
    with Prompts.open(server.url, channel="prod", refresh_seconds=0) as client:
        assert client.get("a", "x").render().text() == "one of a"
    with pytest.raises(Unreachable):
        Prompts.open(server.url + "/nothing", channel="prod")
    for wrong in ("http://user:pass@127.0.0.1/", "http://127.0.0.1/?x", "http://"):
        with pytest.raises(Misused):
            Prompts.open(wrong, channel="prod")
    with pytest.raises(Misused, match="ftp"):
        Prompts.open("ftp://host/x", channel="prod")


def test_no_wrong_byte_is_accepted_in_any_cell_of_the_table(server: Faulty) -> None:
    assert len(FAULTS) * len(REQUESTS) >= 60
    page = PAGE.read_text()
    begin, end = page.index("<!-- faults:begin -->"), page.index("<!-- faults:end -->")
    seen = table(server)
    assert "wrong" not in seen, "what is served is what was promoted, or nothing"
    assert page[begin:end].strip() == seen, "run `python -m tests.runtime.write_faults`"


@pytest.mark.parametrize(
    ("fault", "code"), [("404 for all", None), ("401", "V061"), ("other host", "V062"), ("page", "V063"), ("reset", "V065")]
)
def test_each_refusal_has_its_code(fault: str, code: str | None, server: Faulty) -> None:
    server.behave("entry", fault)
    web = Web(server.url, patience=QUICK)
    if code is None:
        assert web.read("channels/prod/entries/1.json") is None
        return
    with pytest.raises(PromptcError) as caught:
        web.read("channels/prod/entries/1.json")
    assert caught.value.code == code
    assert caught.value.hint


def test_no_address_is_one_with_a_password_in_it() -> None:
    with pytest.raises(PromptcError) as caught:
        Web("https://user:pass@example.org/")
    assert caught.value.code == "V060"


def test_a_certificate_that_cannot_be_trusted_is_refused(tmp_path: Path) -> None:
    import ssl
    import subprocess

    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "k.pem", "-out", "c.pem", "-days", "2", "-subj", "/CN=localhost"],
        cwd=tmp_path, capture_output=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "c.pem", tmp_path / "k.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        with pytest.raises(PromptcError) as caught:
            Web(f"https://127.0.0.1:{server.server_port}/", patience=QUICK).read("registry.json")
        assert caught.value.code == "V064"
    finally:
        server.shutdown()
        server.server_close()


def test_a_token_goes_to_its_own_host_alone(server: Faulty, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROMPTC_REGISTRY_TOKEN", "secret")
    server.behave("entry", "")
    Web(server.url, patience=QUICK).read("channels/prod/entries/1.json")
    assert server.headers[-1].get("Authorization") == "Bearer secret"
    server.behave("entry", "other host")
    with pytest.raises(PromptcError):
        Web(server.url, patience=QUICK).read("channels/prod/entries/1.json")
    assert len({headers.get("Host") for headers in server.headers}) == 1


def test_a_server_that_comes_back_is_asked_again(server: Faulty) -> None:
    """A running client goes on with what it has, says why, and takes what is new when the server answers."""
    server.behave("", "")
    with Prompts.open(WebSource(server.url, Web(server.url, patience=QUICK)), channel="prod", refresh_seconds=0) as client:
        client.get("a", "x")
        server.behave("entry", "503")
        assert isinstance(client.refresh().refused, Unreachable)
        assert client.get("a", "x").render().text() == "one of a"
        server.behave("", "")
        assert client.refresh().refused is None



def test_what_is_exported_is_read_by_services_and_by_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A registry that a web server has: the same entries, the same prompts; nothing can be written there."""
    from promptc.cli.main import run

    published(tmp_path / "source")
    source, out = str(tmp_path / "source/registry"), tmp_path / "static"
    assert run(["export-static", str(out), "--registry", source]) == 0
    first = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
    assert run(["export-static", str(out), "--registry", source]) == 0
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()} == first, "nothing is written twice"
    with Faulty(out) as server:
        with Prompts.open(server.url, channel="prod", refresh_seconds=0) as client:
            assert client.get("a", "x").render().text() == "one of a"
        capsys.readouterr()
        assert run(["history", "prod", "--registry", server.url]) == 0
        assert capsys.readouterr().out.startswith("prod@2")
        assert run(["show", "b/x", "--at", "prod@2", "--registry", server.url]) == 0
        assert "new" in capsys.readouterr().out
        assert run(["mark", "prod", "good", "--registry", server.url, "--who", "ann"]) != 0
        assert '"V066"'.strip('"') in capsys.readouterr().err


def test_a_vendored_folder_serves_what_was_chosen_and_nothing_else(tmp_path: Path) -> None:
    from promptc.cli.main import run
    from promptc.runtime import Damaged

    published(tmp_path / "source")
    source, pin, out = str(tmp_path / "source/registry"), str(tmp_path / "promptc.lock"), tmp_path / "vendored"
    assert run(["-C", str(tmp_path), "pin", "prod", "--registry", source]) == 0
    assert run(["vendor", pin, str(out), "a", "--registry", source]) == 0
    with Prompts.open(pin=out / "promptc.lock", refresh_seconds=0) as client:
        assert client.get("a", "x").render().text() == "one of a"
        with pytest.raises(Damaged, match="is missing"):
            client.get("b", "x")
    (tmp_path / "source").rename(tmp_path / "away")
    with Prompts.open(pin=pin, vendored=str(out), refresh_seconds=0) as client:
        assert client.get("a", "x").render().text() == "one of a", "the registry is away, and the image has it"
