"""A database with something in every table, and what may be read of it when something is wrong with it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from promptc.engine.database import Database
from promptc.engine.ledger import Damaged, Head, Ledger, Row
from promptc.engine.memo import Memo

KEY, TEXT = b"k" * 16, b"a text " * 40


def filled(path: Path) -> Database:
    """A database with something in every table."""
    found = Database(path)
    memo = Memo(found)
    for number in range(6):
        memo.keep("static", f"leaf{number}", b"leaf %d " % number * 30)
        memo.keep_overlay(KEY + b"%d" % number, TEXT)
    memo.keep_text(SHA, TEXT)
    memo.keep_fact("fact", TEXT)
    memo.write()
    assert Ledger(found).replace(HEAD, ROWS, SERVED)
    return found


SHA = hashlib.sha256(TEXT).digest()
HEAD = Head("0123", {"tree": "x" * 50})
SERVED = {f"sha256:{number:064x}": (number, 100 * number) for number in range(1, 9)}
ROWS = [
    Row(f"tenants/t{number}.yaml", 0, bytes([number]) * 32, f"t{number}", ("base",), ("tenants/note.txt",) * (number % 3 == 0), number % 2)
    for number in range(1, 12)
]  # fmt: skip


def nothing_works(found: Database) -> None:
    memo, ledger = Memo(found), Ledger(found)
    assert (memo.load("static"), memo.overlay(KEY), memo.text(SHA), memo.fact("fact")) == ([], None, None, None)
    memo.keep("static", "leaf", b"x")
    memo.write()
    assert ledger.head() is None
    assert ledger.counts(SERVED) == {}
    assert ledger.replace(HEAD, ROWS, SERVED) is False
    for read in (ledger.units, ledger.with_texts, ledger.with_findings, lambda: ledger.unit("t1")):
        try:
            read()
        except Damaged:
            continue
        raise AssertionError("nothing was read, and nothing said")
    ledger.forget()
    found.close()


def reading_is_right(found: Database) -> bool:
    """Every answer is what was written, a miss or Damaged. Whether the ledger was of use."""
    memo, ledger = Memo(found), Ledger(found)
    # Leaves are held against their own checksums by whoever asked for them: here they must be bytes, and no more.
    assert all(isinstance(data, bytes) for data in memo.load("static"))
    for number in range(6):
        assert memo.overlay(KEY + b"%d" % number) in (TEXT, None)
    assert memo.text(SHA) in (TEXT, None)
    assert memo.fact("fact") in (TEXT, None)
    head = ledger.head()
    if head is None:
        return False
    assert (head.generation, head.data) == (HEAD.generation, HEAD.data)
    try:
        assert list(map(plain, ledger.units())) == list(map(plain, ROWS))
        assert list(map(plain, ledger.units(files=["tenants/t3.yaml"]))) == [plain(ROWS[2])]
        assert plain(ledger.unit("t4")) == plain(ROWS[3])
        order = sorted(ROWS, key=lambda row: row.file)
        assert list(map(plain, ledger.with_findings())) == [plain(row) for row in order if row.flags & 1]
        assert list(map(plain, ledger.with_texts())) == [plain(row) for row in order if row.texts]
        assert ledger.counts(SERVED) == SERVED
    except Damaged:
        return False
    return True


def plain(row: Row | None) -> Any:
    return None if row is None else (row.file, row.line, row.digest, row.id, row.chain, row.texts, row.flags)
