"""File states: what counts as read, and that nothing else ever does."""

from __future__ import annotations

import os
import socket
import time
import unicodedata
from array import array
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptc.engine import states
from promptc.engine.states import RACY_NANOSECONDS, UNREAD, encoded, load, moment, stale
from promptc.stores.files import Listing, Reader, list_tree, listing_of
from promptc.stores.scan import Scan, State, opened_root, scan
from tests.engine.conftest import MEMORY
from tests.engine.world import hello

NOW = 1_800_000_000_000_000_000
OLD = NOW - RACY_NANOSECONDS - 1
SHA = bytes(range(32))
STATE = (5, OLD, OLD, 77)


def scan_of(*entries: tuple[str, State]) -> Scan:
    """A scan of one folder, `tenants`, as entries of (kind and name, state)."""
    found = Scan()
    found.names = ["/", "/tenants", *(word for word, _ in entries)]
    found.states = array("q", [number for word, state in entries if word[0] != "d" for number in state])
    return found


def kept(found: Scan, digests: dict[str, tuple[State, bytes]], folder: Path, *, began: int = NOW) -> states.Known:
    """What is known of a scan after it was kept and loaded."""
    path = folder / "states"
    path.write_bytes(encoded({"a": 1}, found, digests, began))
    known = load(path)
    assert known is not None
    assert known.header == {"a": 1}
    return known


# The racy rule


@pytest.mark.parametrize(
    ("modified", "changed", "counts"),
    [
        (OLD, OLD, True),
        (OLD + 1, OLD, False),
        (OLD, OLD + 1, False),
        (NOW, NOW, False),
        (NOW + 10**18, OLD, False),
        (OLD, NOW + 10**18, False),
        (0, OLD, True),
        (-(10**18), OLD, True),
    ],
)
def test_what_was_written_near_the_scan_is_read_again(modified: int, changed: int, *, counts: bool, tmp_path: Path) -> None:
    state = (5, modified, changed, 77)
    found = scan_of(("fa.yaml", state))
    known = kept(found, {"tenants/a.yaml": (state, SHA)}, tmp_path)
    assert known.is_scan(found) is counts
    assert known.has_names(found)
    before = known.digests_by_path()
    # What was read is known either way: when it holds the same again, nothing is done.
    assert before["tenants/a.yaml"][1] == SHA
    assert stale(before, {"tenants/a.yaml": state}) == ([] if counts else ["tenants/a.yaml"])


def test_each_state_that_differs_is_found_among_many(tmp_path: Path) -> None:
    words = [("d" if n % 7 == 0 else "l" if n % 11 == 0 else "f") + f"{n:04}" for n in range(1_500)]
    before, after = (scan_of(*((word, (n, OLD, OLD, n)) for n, word in enumerate(words))) for _ in range(2))
    after.names.insert(900, "/tenants/below")
    before.names.insert(900, "/tenants/below")
    entries = [(kind, f"{folder}/{name}") for folder, kind, name, _ in after.entries() if kind != "d"]
    assert (after.kinds(), after.paths()) == tuple(map(list, zip(*entries, strict=True)))
    known = kept(before, {path: (before.files()[path], SHA) for path in before.files()}, tmp_path)
    assert known.differing(after) == []
    places = [0, 255, 256, 257, 800, len(entries) - 1]
    for number in places:
        after.states[number * 4] += 1
    assert known.differing(after) == [(number, *entries[number]) for number in places]
    assert known.digests_by_path(after) == known.digests_by_path()


def test_what_changed_between_scan_and_reading_is_read_again(tmp_path: Path) -> None:
    found = scan_of(("fa.yaml", STATE))
    known = kept(found, {"tenants/a.yaml": ((6, OLD, OLD, 77), SHA)}, tmp_path)
    assert not known.is_scan(found)
    assert stale(known.digests_by_path(), {"tenants/a.yaml": STATE}) == ["tenants/a.yaml"]


def test_what_was_never_read_is_read(tmp_path: Path) -> None:
    found = scan_of(("fa.yaml", STATE), ("fb.yaml", STATE))
    known = kept(found, {"tenants/b.yaml": (STATE, SHA)}, tmp_path)
    assert not known.is_scan(found)
    assert known.digests_by_path()["tenants/a.yaml"] == ((-1, -1, -1, -1), UNREAD)


@pytest.mark.parametrize("kind", "lpsvo")
def test_what_is_no_file_is_known_by_its_state(kind: str, tmp_path: Path) -> None:
    found = scan_of((f"{kind}odd", STATE))
    known = kept(found, {}, tmp_path)
    assert known.is_scan(found)
    assert not known.is_scan(scan_of((f"{kind}odd", (5, OLD, OLD, 78))))
    assert not known.has_names(scan_of(("fodd", STATE)))
    assert known.digests_by_path() == {}


def looked(root: Path) -> tuple[Scan, Listing]:
    with opened_root(str(root)) as folder:
        found = scan(folder, Folders)
    return found, listing_of(found)


class Folders:
    sources, tenants = "sources", "tenants"


def read_all(root: Path, listing: Listing) -> dict[str, tuple[State, bytes]]:
    with Reader(root, listing.stored) as reader:
        found = {path: reader.read(path) for path in listing.files}
    return {path: (pair[1], states.digest_bytes(pair[0])) for path, pair in found.items() if pair is not None}


def test_an_edit_in_the_very_tick_of_the_scan_is_found(tmp_path: Path) -> None:
    """Same size, the old time set back: often even the inode's own time has not moved."""
    root = hello(tmp_path / "project")
    path = root / "tenants" / "acme.yaml"
    for number in range(8):
        path.write_text(f"variables: {{product: Acme {number:02}}}\n")
        before = path.stat()
        began = moment(tmp_path)
        found, listing = looked(root)
        known = kept(found, read_all(root, listing), tmp_path, began=began)
        path.write_text(f"variables: {{product: Acne {number:02}}}\n")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        again, files = looked(root)
        assert not known.is_scan(again)
        assert "tenants/acme.yaml" in stale(known.digests_by_path(), files.files)


def test_a_later_edit_that_hides_behind_size_and_time_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(states, "RACY_NANOSECONDS", 0)
    root = hello(tmp_path / "project")
    time.sleep(0.03)  # a few ticks of the file system's clock
    found, listing = looked(root)
    known = kept(found, read_all(root, listing), tmp_path, began=time.time_ns())
    assert known.is_scan(looked(root)[0])
    path = root / "tenants" / "acme.yaml"
    before = path.stat()
    path.write_text(path.read_text().replace("Acme Care", "Acne Care"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size
    assert stale(known.digests_by_path(), looked(root)[1].files) == ["tenants/acme.yaml"]


def test_the_moment_is_never_later_than_the_clock_and_leaves_nothing(tmp_path: Path) -> None:
    before = time.time_ns()
    assert moment(tmp_path) <= time.time_ns()
    assert moment(tmp_path) >= before - 100_000_000, "a file system's clock may stand still for a tick"
    assert moment(tmp_path / "missing") >= before
    assert list(tmp_path.iterdir()) == []


def test_the_moment_touches_no_file_of_others(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("keep me")
    (tmp_path / f".promptc-{os.getpid()}-clock").symlink_to(victim)
    moment(tmp_path)
    assert victim.read_text() == "keep me"


# Damage


def some_states(tmp_path: Path) -> tuple[Path, bytes, Scan]:
    root = hello(tmp_path / "project")
    found, listing = looked(root)
    data = encoded({"result": {"root": "sha256:x"}}, found, read_all(root, listing), time.time_ns() + (1 << 60))
    return tmp_path / "states", data, found


def test_every_flipped_bit_is_found(tmp_path: Path) -> None:
    path, data, found = some_states(tmp_path)
    path.write_bytes(data)
    known = load(path)
    assert known is not None
    assert known.is_scan(found)
    with path.open("r+b", buffering=0) as file:
        for at, byte in enumerate(data):
            os.pwrite(file.fileno(), bytes([byte ^ 1 << at % 8]), at)
            assert load(path) is None, at
            os.pwrite(file.fileno(), bytes([byte]), at)
    assert load(path) is not None


def test_every_truncation_is_found(tmp_path: Path) -> None:
    path, data, _ = some_states(tmp_path)
    for more in (b"\0", b"\n", data):
        path.write_bytes(data + more)
        assert load(path) is None
    for length in reversed(range(len(data))):
        os.truncate(path, length)
        assert load(path) is None, length


@settings(max_examples=40)
@given(st.binary(max_size=200))
def test_garbage_is_nothing(data: bytes) -> None:
    path = MEMORY / f"promptc-states-{os.getpid()}"
    try:
        for text in (data, states.MAGIC + data):
            path.write_bytes(text)
            assert load(path) is None
    finally:
        path.unlink()


@pytest.mark.parametrize("instead", ["nothing", "folder", "pipe", "socket", "link", "broken link"])
def test_whatever_stands_in_its_place_is_nothing_and_never_waited_for(instead: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    real, data, _ = some_states(tmp_path)
    path = tmp_path / "in its place"
    real.write_bytes(data)
    with socket.socket(socket.AF_UNIX) as listening:
        make = {
            "nothing": lambda: None,
            "folder": path.mkdir,
            "pipe": lambda: os.mkfifo(path),
            "socket": lambda: listening.bind(path.name),
            "link": lambda: path.symlink_to(real),
            "broken link": lambda: path.symlink_to("nowhere"),
        }
        make[instead]()
        open_before = len(os.listdir("/proc/self/fd"))
        assert load(path) is None
        assert len(os.listdir("/proc/self/fd")) == open_before


# Names

NAMES = st.one_of(
    st.text(st.characters(exclude_characters="/\0", exclude_categories=("Cs",)), min_size=1, max_size=12),
    st.binary(min_size=1, max_size=12).map(lambda data: os.fsdecode(data.replace(b"/", b"_").replace(b"\0", b"_"))),
    st.sampled_from(["a\nb", "e\u0301", "é", "\udcff\udcfe", "한글", unicodedata.normalize("NFD", "한글"), "d", " ", "\x1b[2J"]),
)


@settings(max_examples=60)
@given(st.dictionaries(NAMES, st.tuples(st.sampled_from("dflp"), st.integers(0, 99)), max_size=6), st.lists(NAMES, max_size=3, unique=True))
def test_any_name_comes_back(entries: dict[str, tuple[str, int]], folders: list[str]) -> None:
    found = Scan()
    digests, wanted, spelled = {}, {}, set()
    for folder in ("", "tenants", *(f"tenants/{name}" for name in folders)):
        found.names.append(f"/{folder}")
        for name, (kind, number) in entries.items():
            found.names.append(kind + name)
            if kind == "d":
                continue
            state = (number, OLD, OLD, len(found.states))
            found.states.extend(state)
            path = unicodedata.normalize("NFC", f"{folder}/{name}" if folder else name)
            spelled.add(path)
            if kind == "f":
                digests[path] = wanted[path] = (state, states.digest_bytes(path.encode("utf-8", "surrogatepass")))
    path = MEMORY / f"promptc-names-{os.getpid()}"
    try:
        path.write_bytes(encoded({}, found, digests, NOW))
        known = load(path)
    finally:
        path.unlink()
    assert known is not None
    assert known.has_names(found)
    assert known.is_scan(found) or len(spelled) < len(found.states) // 4, "only two of one spelling are read again"
    before = known.digests_by_path()
    assert before.keys() == wanted.keys()
    assert {path: digest for path, (_, digest) in before.items()} == {path: digest for path, (_, digest) in wanted.items()}


def test_real_files_with_odd_names_are_known_again(tmp_path: Path) -> None:
    root = hello(tmp_path / "project")
    for name in (b"ko\xcc\x88ln.yaml", b"a\nb.yaml", b"\xff.yaml", "über.txt".encode()):
        with open(os.path.join(os.fsencode(root / "tenants"), name), "wb") as file:
            file.write(b"variables: {product: X}\n")
    found, listing = looked(root)
    known = kept(found, read_all(root, listing), tmp_path, began=time.time_ns() + (1 << 60))
    assert "tenants/k\u00f6ln.yaml" in known.digests_by_path()
    again = list_tree(root, Folders)
    assert stale(known.digests_by_path(), again.files) == []
    assert not known.is_scan(found), "names that are refused were never read"
