"""Reading a project's folders: what is read, what is refused, and that nothing hangs or leads outside."""

from __future__ import annotations

import errno
import os
import socket
import threading
import time
from pathlib import Path

import pytest

from promptc.compiler.project import Settings
from promptc.core.errors import Exit, PromptcError
from promptc.stores import files
from promptc.stores.files import FILE_BYTES_MAX, read_settings, read_tree


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "sources" / "prompts").mkdir(parents=True)
    (tmp_path / "tenants" / "eu").mkdir(parents=True)
    (tmp_path / "sources" / "prompts" / "hello.prompt.j2").write_bytes(b"hi")
    (tmp_path / "tenants" / "eu" / "globex.yaml").write_bytes(b"extends: []\r\n")
    (tmp_path / "pyproject.toml").write_bytes(b"[tool.promptc]\n")
    return tmp_path


def codes(root: Path) -> list[tuple[str, str]]:
    return [(finding.code, str(finding.place)) for finding in read_tree(root, Settings())[1]]


def test_bytes_come_as_they_are_by_sorted_posix_path(project: Path) -> None:
    tree, findings = read_tree(project, Settings())
    assert list(tree.items()) == [
        ("pyproject.toml", b"[tool.promptc]\n"),
        ("sources/prompts/hello.prompt.j2", b"hi"),
        ("tenants/eu/globex.yaml", b"extends: []\r\n"),
    ]
    assert findings == ()


def test_settings_are_read_before_the_tree(project: Path) -> None:
    (project / "promptc.toml").write_bytes(b"x")
    assert read_settings(project) == ({"pyproject.toml": b"[tool.promptc]\n", "promptc.toml": b"x"}, ())


@pytest.mark.parametrize("name", [".hidden", "a.yaml~", ".a.yaml.swp", "a.swp", "#a.yaml#", "__pycache__", ".#lock"])
def test_what_nobody_means_as_a_source_is_passed_over(project: Path, name: str) -> None:
    (project / "tenants" / name).write_bytes(b"x")
    tree, findings = read_tree(project, Settings())
    assert len(tree) == 3
    assert findings == ()


def test_an_emacs_lock_is_a_dangling_link_and_passed_over(project: Path) -> None:
    (project / "tenants" / ".#acme.yaml").symlink_to("me@host.1")
    assert codes(project) == []


def test_a_linked_file_is_refused(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "secret.yaml"
    outside.write_bytes(b"secret")
    (project / "tenants" / "acme.yaml").symlink_to(outside)
    tree, findings = read_tree(project, Settings())
    assert [finding.code for finding in findings] == ["P002"]
    assert b"secret" not in b"".join(tree.values())
    assert str(outside) not in findings[0].message + findings[0].hint


@pytest.mark.parametrize("parent", ["tenants/eu", "tenants", "sources/prompts"])
def test_a_linked_parent_is_refused(project: Path, tmp_path_factory: pytest.TempPathFactory, parent: str) -> None:
    moved = tmp_path_factory.mktemp("outside") / "moved"
    (project / parent).rename(moved)
    (project / parent).symlink_to(moved)
    assert codes(project) == [("P002", parent)]


def test_a_link_swapped_in_while_reading_is_never_followed(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.yaml").write_bytes(b"secret")
    inside = project / "tenants" / "swapped"
    stop = threading.Event()

    def swap() -> None:
        while not stop.is_set():
            inside.mkdir()
            (inside / "secret.yaml").write_bytes(b"honest")
            (inside / "secret.yaml").unlink()
            inside.rmdir()
            inside.symlink_to(outside)
            inside.unlink()

    thread = threading.Thread(target=swap)
    thread.start()
    try:
        for _ in range(300):
            tree, _ = read_tree(project, Settings())
            assert b"secret" not in tree.values()
    finally:
        stop.set()
        thread.join()


def test_a_pipe_is_refused_and_does_not_hang(project: Path) -> None:
    os.mkfifo(project / "tenants" / "acme.yaml")
    started = time.monotonic()
    assert codes(project) == [("P006", "tenants/acme.yaml")]
    assert time.monotonic() - started < 2


def test_a_socket_is_refused(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Bound by a relative name: the path of a socket holds about 100 bytes.
    monkeypatch.chdir(project / "tenants")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("acme.yaml")
        assert codes(project) == [("P006", "tenants/acme.yaml")]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes devices")
def test_a_device_is_refused(project: Path) -> None:
    os.mknod(project / "tenants" / "acme.yaml", 0o20666, os.makedev(1, 5))
    assert codes(project) == [("P006", "tenants/acme.yaml")]


def test_a_folder_with_a_file_s_name_is_a_folder(project: Path) -> None:
    (project / "tenants" / "acme.yaml").mkdir()
    assert codes(project) == []


def test_an_empty_file_is_read(project: Path) -> None:
    (project / "tenants" / "acme.yaml").touch()
    assert read_tree(project, Settings())[0]["tenants/acme.yaml"] == b""


@pytest.mark.parametrize(
    ("size", "expected"), [(FILE_BYTES_MAX, []), (FILE_BYTES_MAX + 1, ["B001"]), (5 << 30, ["B001"])]
)
def test_size_is_asked_before_reading(project: Path, size: int, expected: list[str]) -> None:
    with (project / "tenants" / "acme.yaml").open("wb") as file:
        file.truncate(size)
    assert [code for code, _ in codes(project)] == expected


@pytest.mark.parametrize("name", ["globex.yaml", "eu"])
def test_what_may_not_be_read_is_a_finding(project: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    # Root reads everything, so the refusal is played.
    refuse_to_open(monkeypatch, name, errno.EACCES)
    assert codes(project) == [("P006", "tenants/eu" if name == "eu" else "tenants/eu/globex.yaml")]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        (b"caf\xe9.yaml", "P003"),
        (b"a\nb.yaml", "P003"),
        (b"a\x1b[31m.yaml", "P003"),
        (b'a"b.yaml', "P003"),
        (b"a'b.yaml", "P003"),
        (b"x" * 250 + b".yaml", "P003"),
        ("a\u202eb.yaml".encode(), "P003"),
        ("a\u200bb.yaml".encode(), "P003"),
        (b"con.yaml", "P001"),
        (b"AUX", "P001"),
        (b"nul.tar.gz", "P001"),
        (b"com1.yaml", "P001"),
        (b"acme.yaml.", "P001"),
        (b"acme.yaml ", "P001"),
        (b" acme.yaml", "P001"),
        (b"a:b.yaml", "P001"),
        (b"a\\b.yaml", "P001"),
        (b"a*.yaml", "P001"),
    ],
)
def test_names_that_are_not_portable(project: Path, name: bytes, code: str) -> None:
    with open(os.fsencode(project / "tenants") + b"/" + name, "wb"):
        pass
    (finding,) = read_tree(project, Settings())[1]
    assert finding.code == code
    shown = f"{finding.place} {finding.message}"
    assert shown.isprintable(), "a name must not drive a terminal"
    shown.encode()


@pytest.mark.parametrize("name", ["한국.yaml", "acme-eu_2.yaml", "connect.yaml", "a b.yaml", "x" * 195 + ".yaml"])
def test_names_that_are(project: Path, name: str) -> None:
    (project / "tenants" / name).touch()
    assert codes(project) == []
    assert f"tenants/{name}" in read_tree(project, Settings())[0]


@pytest.mark.parametrize(
    ("one", "other"), [("A.yaml", "a.yaml"), ("\u00e9.yaml", "e\u0301.yaml"), ("STRASSE.yaml", "straße.yaml")]
)
def test_two_names_that_are_one_elsewhere(project: Path, one: str, other: str) -> None:
    (project / "tenants" / one).touch()
    (project / "tenants" / other).touch()
    assert [code for code, _ in codes(project)] == ["P005"]


def test_a_decomposed_name_is_spelled_composed(project: Path) -> None:
    (project / "tenants" / "e\u0301.yaml").touch()
    assert "tenants/\u00e9.yaml" in read_tree(project, Settings())[0]


def test_everything_wrong_is_said_at_once_and_the_rest_is_read(project: Path) -> None:
    os.mkfifo(project / "tenants" / "pipe.yaml")
    (project / "tenants" / "link.yaml").symlink_to("nowhere")
    (project / "tenants" / "nul").touch()
    tree, findings = read_tree(project, Settings())
    assert {finding.code for finding in findings} == {"P001", "P002", "P006"}
    assert len(tree) == 3


def test_folders_nested_too_deeply(project: Path) -> None:
    (project / "tenants").joinpath(*["d"] * 40).mkdir(parents=True)
    assert [code for code, _ in codes(project)] == ["B002"]


def test_a_folder_without_sources_is_no_project(tmp_path: Path) -> None:
    with pytest.raises(PromptcError) as caught:
        read_tree(tmp_path, Settings())
    assert (caught.value.code, caught.value.exit_code) == ("P007", Exit.USAGE)
    assert str(tmp_path) not in caught.value.message


def test_a_fault_of_the_settings_does_not_hide_that_there_are_no_sources(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").symlink_to("elsewhere")
    with pytest.raises(PromptcError) as caught:
        read_tree(tmp_path, Settings())
    assert caught.value.code == "P007"


def test_settings_can_move_the_folders_but_not_out_of_the_project(project: Path) -> None:
    (project / "prompts").mkdir()
    (project / "sources").rename(project / "prompts" / "src")
    assert "prompts/src/prompts/hello.prompt.j2" in read_tree(project, Settings(sources="prompts/src"))[0]
    with pytest.raises(PromptcError) as caught:
        read_tree(project, Settings(sources="../elsewhere"))
    assert caught.value.code == "P001"


def test_a_file_that_is_written_while_it_is_read_is_read_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = project / "tenants" / "acme.yaml"
    path.write_bytes(b"half")
    real, calls = os.read, []

    def slow(descriptor: int, size: int) -> bytes:
        data = real(descriptor, size)
        if data == b"half" and not calls:
            calls.append(path.write_bytes(b"whole file"))
        return data

    monkeypatch.setattr(files.os, "read", slow)
    assert read_tree(project, Settings())[0]["tenants/acme.yaml"] == b"whole file"


def refuse_to_open(monkeypatch: pytest.MonkeyPatch, name: str, number: int) -> None:
    real = os.open

    def refuse(path: str, flags: int, *args: int, dir_fd: int | None = None) -> int:
        if path == name:
            raise OSError(number, os.strerror(number))
        return real(path, flags, *args, dir_fd=dir_fd)

    monkeypatch.setattr(files.os, "open", refuse)


def test_too_many_open_files_is_the_machine_s_fault(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse_to_open(monkeypatch, "globex.yaml", errno.EMFILE)
    with pytest.raises(PromptcError) as caught:
        read_tree(project, Settings())
    assert (caught.value.code, caught.value.exit_code) == ("D007", Exit.MACHINE)


def test_no_descriptor_is_left_open(project: Path) -> None:
    os.mkfifo(project / "tenants" / "pipe.yaml")
    (project / "tenants" / "link").symlink_to("eu")
    before = len(os.listdir("/dev/fd"))
    for _ in range(20):
        read_tree(project, Settings())
    assert len(os.listdir("/dev/fd")) == before
