"""Usage: a file of usage read and summed, with DuckDB where it is installed, and else row by row.

    FILE.csv, .csv.gz, .parquet -> [usage] -> core.usage.Usage

Both ways give the same sums: they are whole numbers. Whatever a row has wrong is said with its line.
"""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import IO

from promptc.core.dataclass import dataclass
from promptc.core.errors import Exit, PromptcError
from promptc.core.usage import COLUMNS, KEYS, MICRO, REQUIRED, SUMS, Usage, usage_of
from promptc.core.visible import shortened
from promptc.driver.nearest import did_you_mean

DIGITS_MAX = 15
_AMOUNT = re.compile(r"\d{1,12}(?:\.\d{0,6})?\Z")


@dataclass(frozen=True, slots=True)
class Header:
    """Which place each known column has in a file, and its name there."""

    places: dict[str, int]
    names: dict[str, str]


def read_usage(path: Path, shown: str) -> Usage:
    """The usage in a file. PromptcError X003 for the file, X004 for a row, X005 where an extra is missing."""
    if not path.is_file():
        raise wrong_file(shown, "there is no such file")
    from promptc.driver.cost import columnar

    if path.name.endswith(".parquet"):
        if not columnar.is_installed():
            raise PromptcError(
                "X005", f"`{shortened(shown)}` is Parquet, and the extra `cost` is not installed",
                hint="pip install 'promptc-build[cost]', or give CSV",
            )  # fmt: skip
        return columnar.read_parquet(path, shown)
    if path.stat().st_size >= columnar.CSV_BYTES_MIN and columnar.is_installed():
        found = columnar.read_csv(path, header_of_csv(path, shown))
        if found is not None:
            return found
    # Row by row: also where DuckDB found something wrong, since this way knows the line.
    return read_rows(path, shown)


def wrong_file(shown: str, why: str, hint: str = "") -> PromptcError:
    """A file that is no usage."""
    return PromptcError(
        "X003", f"the usage `{shortened(shown)}` can't be used: {why}",
        hint=hint or f"a header and rows with {', '.join(REQUIRED)}; docs/cost.md lists all columns",
        exit_code=Exit.SOURCES,
    )  # fmt: skip


def header_of(names: Sequence[str], shown: str) -> Header:
    """The known columns among a file's. Case, spaces and hyphens don't matter; columns that are not known are left alone."""
    plain = [re.sub(r"[\s-]+", "_", name.strip().lower()) for name in names]
    for name in COLUMNS:
        if plain.count(name) > 1:
            raise wrong_file(shown, f"it has the column `{name}` twice")
    for name in REQUIRED:
        if name not in plain:
            near = did_you_mean(name, [shortened(word) for word in plain])
            raise wrong_file(shown, f"it has no column `{name}`", near.replace("did you mean", "is it") if near else "")
    places = {name: plain.index(name) for name in COLUMNS if name in plain}
    return Header(places, {name: names[place] for name, place in places.items()})


def header_of_csv(path: Path, shown: str) -> Header:
    """The header of a CSV file."""
    with _opened(path) as file:
        return header_of(next(_rows(file, shown), []), shown)


def columns_of_csv(path: Path) -> int:
    """How many columns the header has."""
    with _opened(path) as file:
        return len(next(csv.reader(file), []))


def read_rows(path: Path, shown: str) -> Usage:
    """Sum a CSV file row by row."""
    with _opened(path) as file:
        rows = _rows(file, shown)
        header = header_of(next(rows, []), shown)
        return _Summing(header, shown).sum(rows)


class _Summing:
    """Sums rows. What a column lacks is empty text, one turn, nothing."""

    def __init__(self, header: Header, shown: str) -> None:
        self.header = header
        self.shown = shown
        self.texts = [header.places.get(name, -1) for name in KEYS[:-1]]
        self.turns = header.places.get("turns", -1)
        self.numbers = [header.places.get(name, -1) for name in SUMS[:-1]]
        self.revenue = header.places.get("revenue", -1)
        self.day = header.places.get("day", -1)
        self.days: set[str] = set()

    def sum(self, rows: Iterator[list[str]]) -> Usage:
        sums: dict[tuple[str, ...], list[int]] = {}
        line, width = 1, max(self.header.places.values()) + 1
        for row in rows:
            line += 1
            if len(row) < width:
                if not row:
                    continue
                raise self.wrong(line, "it has too few columns")
            self._take(row, line, sums)
        count = line - 1
        uses = usage_of({(*key[:-1], int(key[-1])): values for key, values in sums.items()})  # type: ignore[misc]
        return Usage(uses, count, self._span(), frozenset(self.header.places), "csv")

    def _take(self, row: list[str], line: int, sums: dict[tuple[str, ...], list[int]]) -> None:
        turns = row[self.turns] if self.turns >= 0 else "1"
        key = (*[row[place] if place >= 0 else "" for place in self.texts], turns)
        found = sums.get(key)
        if found is None:
            self._check_key(key, line)
            key = (*key[:-1], str(int(turns or "1")))
            found = sums.setdefault(key, [0] * len(SUMS))
        for at, place in enumerate(self.numbers):
            if place >= 0:
                text = row[place]
                if text.isdecimal() and text.isascii() and len(text) <= DIGITS_MAX:
                    found[at] += int(text)
                elif text:
                    raise self.wrong(line, f"`{SUMS[at]}` is `{shortened(text)}`, which is no whole number")
        if self.revenue >= 0 and row[self.revenue]:
            found[-1] += amount_of(row[self.revenue], lambda why: self.wrong(line, why))
        if self.day >= 0:
            self.days.add(row[self.day])

    def _check_key(self, key: tuple[str, ...], line: int) -> None:
        if not key[0] or not key[1]:
            raise self.wrong(line, f"it has no {'tenant' if not key[0] else 'prompt'}")
        turns = key[-1]
        if turns and not (turns.isdecimal() and turns.isascii() and 1 <= int(turns[:9]) <= 100_000 and len(turns) < 7):
            raise self.wrong(line, f"`turns` is `{shortened(turns)}`, which is no number from 1 to 100,000")

    def _span(self) -> int:
        return span_of(self.days, lambda word: self.wrong(0, f"`day` is `{shortened(word)}`, which is no date like `2026-03-31`"))

    def wrong(self, line: int, why: str) -> PromptcError:
        return wrong_row(self.shown, line, why)


def read_amounts(path: Path, shown: str) -> dict[str, int]:
    """What each tenant pays a month, in millionths, of a CSV file with `tenant` and `revenue`. PromptcError X003, X004."""
    hint = "a header `tenant,revenue`, and what each pays a month"
    if not path.is_file():
        raise wrong_file(shown, "there is no such file", hint)
    found: dict[str, int] = {}
    with _opened(path) as file:
        rows = _rows(file, shown)
        names = [name.strip().lower() for name in next(rows, [])]
        if "tenant" not in names or "revenue" not in names:
            raise wrong_file(shown, "it has no column `tenant` and `revenue`", hint)
        tenant, revenue = names.index("tenant"), names.index("revenue")
        for line, row in enumerate(rows, 2):
            if row and len(row) <= max(tenant, revenue):
                raise wrong_row(shown, line, "it has too few columns")
            if row:
                amount = amount_of(row[revenue], partial(wrong_row, shown, line))
                found[row[tenant]] = found.get(row[tenant], 0) + amount
    return found


def amount_of(text: str, wrong: Callable[[str], PromptcError]) -> int:
    """An amount of money in millionths."""
    if not _AMOUNT.match(text):
        raise wrong(f"`revenue` is `{shortened(text)}`, which is no amount like `12.50`")
    whole, _, part = text.partition(".")
    return int(whole) * MICRO + int((part + "000000")[:6])


def wrong_row(shown: str, line: int, why: str) -> PromptcError:
    """A row that can't be counted; `line` 0 where it isn't known."""
    where = f"row {line:,} of " if line else ""
    return PromptcError(
        "X004", f"{where}`{shortened(shown)}` can't be counted: {why}", hint="mend the row; docs/cost.md lists the columns",
        exit_code=Exit.SOURCES,
    )  # fmt: skip


def span_of(words: set[str], wrong: Callable[[str], Exception]) -> int:
    """Days from the first to the last of ISO dates, both counted; 0 for none. A time of day behind the date is left out."""
    days = []
    for word in words:
        try:
            days.append(date.fromisoformat(word[:10]))
        except ValueError:
            raise wrong(word) from None
    return (max(days) - min(days)).days + 1 if days else 0


def _opened(path: Path) -> IO[str]:
    if path.name.endswith(".gz"):
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return open(path, encoding="utf-8-sig", newline="")


def _rows(file: IO[str], shown: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(file, strict=True)
    except (csv.Error, UnicodeDecodeError, EOFError, gzip.BadGzipFile) as error:
        raise wrong_file(shown, f"it is not CSV in UTF-8: {shortened(str(error))}") from None
    except OSError as error:
        raise wrong_file(shown, (error.strerror or str(error)).lower()) from None

