"""Columnar: usage summed by DuckDB, for files of millions of rows, and Parquet. The door of duckdb.

    FILE.csv, .parquet -> [columnar] -> core.usage.Usage

Everything is read as text first and then typed by the same rules as row by row, so that both ways agree. DuckDB is kept
from the network and below a limit of memory; no text of a file ever becomes part of a query.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from promptc.core.errors import PromptcError
from promptc.core.usage import KEYS, MICRO, SUMS, Usage, Use
from promptc.driver.cost.usage import Header, header_of, span_of, wrong_file

CSV_BYTES_MIN = 1024 * 1024  # below this, importing DuckDB costs more than it saves
MEMORY = "256MB"
NUMBER_MAX = 10**15 - 1
TURNS_MAX = 100_000
WHOLE = ("turns", *(name for name in SUMS if name != "revenue"))


def is_installed() -> bool:
    """Whether the extra is there."""
    try:
        import duckdb
    except ImportError:
        return False
    return bool(duckdb.__version__)


def read_csv(path: Path, header: Header) -> Usage | None:
    """Sum a CSV file; None where a row is wrong, which reading row by row then names."""
    options = "all_varchar = true, header = true, delim = ',', quote = '\"', escape = '\"', auto_detect = false"
    columns = ", ".join(f"{_literal(f'c{at}')}: 'VARCHAR'" for at in range(_width(path)))
    source = f"read_csv(?, columns = {{{columns}}}, {options}, strict_mode = true, encoding = 'utf-8')"
    names = {name: f"c{place}" for name, place in header.places.items()}
    return _Query(path, source, names).run()


def read_parquet(path: Path, shown: str) -> Usage:
    """Sum a Parquet file. PromptcError X003, X004."""
    import duckdb

    connection = _connection()
    try:
        described = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
    except duckdb.Error:
        raise wrong_file(shown, "it is not Parquet") from None
    header = header_of([str(row[0]) for row in described], shown)
    kinds = {str(row[0]): str(row[1]) for row in described}
    whole = (n for n, column in header.names.items() if n in WHOLE and kinds[column].startswith(("DOUBLE", "FLOAT", "DECIMAL")))
    found = _Query(path, "read_parquet(?)", header.names, frozenset(whole)).run()
    if found is None:
        raise PromptcError(
            "X004", f"a row of `{shown}` can't be counted: a number in it is no whole one, or a day is no date",
            hint="`calls`, `turns` and tokens are whole numbers; docs/cost.md lists the columns",
        )  # fmt: skip
    return found


class _Query:
    """One pass over a file. `whole` are columns of numbers with a point, whose whole values are read as such."""

    def __init__(self, path: Path, source: str, names: dict[str, str], whole: frozenset[str] = frozenset()) -> None:
        self.path = path
        self.source = source
        self.names = names
        self.whole = whole

    def run(self) -> Usage | None:
        import duckdb

        try:
            rows = _connection().execute(self._query(), [str(self.path)]).fetchall()
            days = {str(day) for row in rows for day in row[-4:-2]} if "day" in self.names else set()
            span = span_of(days, ValueError)
        except (duckdb.Error, ValueError):
            return None
        uses = tuple(sorted(Use(*row[:-4]) for row in rows))
        if any(row[-1] for row in rows) or any(not u.tenant or not u.prompt or not 1 <= u.turns <= TURNS_MAX for u in uses):
            return None
        return Usage(uses, sum(row[-2] for row in rows), span, frozenset(self.names), "duckdb")

    def _query(self) -> str:
        """Keys, sums, the first and last day, the rows, and how many of them have something that needs a closer look."""
        keys = ", ".join(map(self._key, KEYS))
        sums = ", ".join(f"sum({self._number(name)})::BIGINT" for name in SUMS)
        day = f"left({self._text('day')}, 10)"
        bad = [self._is_bad(name) for name in SUMS if name in self.names]
        bad += [f"coalesce(try_cast({day} AS DATE)::VARCHAR, '') <> {day}"] if "day" in self.names else []
        order = ", ".join(map(str, range(1, len(KEYS) + 1)))
        return f"SELECT {keys}, {sums}, min({day}), max({day}), count(*), count_if({' OR '.join(bad)}) FROM {self.source} GROUP BY {order}"

    def _text(self, name: str) -> str:
        if name not in self.names:
            return "''"
        column = _quoted(self.names[name])
        text = f"coalesce({column}::VARCHAR, '')"
        return f"if({column} = floor({column}), {column}::BIGINT::VARCHAR, {text})" if name in self.whole else text

    def _key(self, name: str) -> str:
        text = self._text(name)
        return text if name != "turns" else f"if({text} = '', 1, coalesce(try_cast({text} AS BIGINT), 0))"

    def _number(self, name: str) -> str:
        if name == "revenue" and name in self.names:
            return f"coalesce((try_cast({self._text(name)} AS DECIMAL(18, 6)) * {MICRO})::BIGINT, 0)"
        return f"coalesce(try_cast({self._text(name)} AS BIGINT), 0)" if name in self.names else "0"

    def _is_bad(self, name: str) -> str:
        """Whether a row's number is not spelled as DuckDB spells it: then reading row by row decides, and names the line."""
        text = self._text(name)
        if name == "revenue":
            read = f"try_cast({text} AS DECIMAL(18, 6))"
            return f"({text} <> '' AND ({read} IS NULL OR {read} < 0 OR contains({text}, 'e')))"
        read = f"try_cast({text} AS BIGINT)"
        return f"({text} <> '' AND ({read} IS NULL OR {read} NOT BETWEEN 0 AND {NUMBER_MAX} OR {read}::VARCHAR <> {text}))"


def _connection() -> Any:
    import duckdb

    connection = duckdb.connect(":memory:")
    for setting in (
        "autoinstall_known_extensions = false", "autoload_known_extensions = false", f"memory_limit = '{MEMORY}'",
        "preserve_insertion_order = false", "enable_progress_bar = false",
    ):  # fmt: skip
        connection.execute(f"SET {setting}")
    return connection


def _width(path: Path) -> int:
    from promptc.driver.cost.usage import columns_of_csv

    return columns_of_csv(path)


def _quoted(name: str) -> str:
    """A column's name as an identifier: the one text of a file that stands in a query, and it can't end its quotes."""
    return '"' + name.replace('"', '""') + '"'


def _literal(name: str) -> str:
    return "'" + name + "'"
