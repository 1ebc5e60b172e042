"""Writing one file: whole or not at all, whatever the machine does."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from promptc.core.errors import Exit, PromptcError
from promptc.stores import write
from promptc.stores.write import create_file, write_durable, write_file


@pytest.mark.parametrize("put", [write_file, write_durable])
def test_a_file_is_written_replaced_and_leaves_nothing_beside_it(tmp_path: Path, put: object) -> None:
    path = tmp_path / "new" / "deep" / "file"
    for data in (b"one", b"", b"x" * 3_000_000):
        put(path, data)  # type: ignore[operator]
        assert path.read_bytes() == data
    assert os.listdir(path.parent) == ["file"]


def test_permissions_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(0o664)
    write_file(path, b"new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o664


def test_a_new_file_obeys_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        write_file(tmp_path / "file", b"x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600


def test_a_link_is_replaced_and_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "outside").write_bytes(b"outside")
    (tmp_path / "file").symlink_to("outside")
    write_file(tmp_path / "file", b"new")
    assert (tmp_path / "outside").read_bytes() == b"outside"
    assert (tmp_path / "file").read_bytes() == b"new"


def test_create_never_overwrites(tmp_path: Path) -> None:
    create_file(tmp_path / "file", b"mine")
    with pytest.raises(PromptcError) as caught:
        create_file(tmp_path / "file", b"theirs")
    assert (caught.value.code, caught.value.exit_code) == ("D009", Exit.CONFLICT)
    assert (tmp_path / "file").read_bytes() == b"mine"
    assert os.listdir(tmp_path) == ["file"]


def test_create_works_where_there_are_no_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(write.os, "link", no_links)
    create_file(tmp_path / "file", b"mine")
    assert (tmp_path / "file").read_bytes() == b"mine"


# Each call that writing makes, failing once in each way that a machine knows.
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EMFILE, errno.EIO])
@pytest.mark.parametrize("call", ["open", "write", "fsync", "rename"])
def test_a_refusal_leaves_the_old_file_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(write.os, call, refuse)
    with pytest.raises(PromptcError) as caught:
        write_durable(path, b"new")
    assert (caught.value.code, caught.value.exit_code) == ("D006", Exit.MACHINE)
    assert os.strerror(number).lower() in caught.value.message
    assert caught.value.hint
    assert str(tmp_path) not in caught.value.message
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


def test_a_short_write_is_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(write.os, "write", lambda descriptor, data: real(descriptor, data[:3]))
    write_file(tmp_path / "file", b"0123456789")
    assert (tmp_path / "file").read_bytes() == b"0123456789"


def test_a_limit_on_file_sizes_leaves_the_old_file(tmp_path: Path) -> None:
    # The system takes what fits under the limit first and refuses only then.
    (tmp_path / "file").write_bytes(b"old")
    program = """
import resource, sys
from pathlib import Path
from promptc.core.errors import PromptcError
from promptc.stores.write import write_file
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_file(Path(sys.argv[1]), b"x" * 5000)
except PromptcError as error:
    print(error.code, error.exit_code.value, error.hint)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "file"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("D006 6 a limit on the size of files")
    assert (tmp_path / "file").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]
