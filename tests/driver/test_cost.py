"""Cost: DuckDB and row by row count the same, Parquet too; formulas against cases computed by hand; extras that are missing."""

from __future__ import annotations

import csv
import gzip
import sys
from itertools import pairwise
from pathlib import Path
from statistics import mean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptc.core.chains import Step, outcome_of
from promptc.core.concentration import concentration, gini, lorenz
from promptc.core.conversation import History, Talk, conversation_cost, turn_tokens
from promptc.core.errors import PromptcError
from promptc.core.prices import CacheRule, Price, Rates, Tokens, cost_of, input_rate
from promptc.core.usage import COLUMNS, SUMS, Usage
from promptc.core.weight import weight_of
from promptc.driver.cost import columnar
from promptc.driver.cost.prices import prices_of
from promptc.driver.cost.usage import header_of_csv, read_rows, read_usage

SONNET = Price("a/b", Rates(3, 15, 0.3, 3.75), (), CacheRule("marked", 1024))
GPT = Price("a/b", Rates(1.25, 10, 0.125, 1.25), (), CacheRule("automatic", 1024, 128))
names = st.sampled_from(["acme", "globex", 'a "quoted", name', "éß", "x\ny"])
numbers = st.one_of(st.just(""), st.integers(0, 10**12).map(str))
rows = st.lists(
    st.fixed_dictionaries(
        {
            "tenant": names, "prompt": names, "variant": st.sampled_from(["", "concise"]), "turns": st.sampled_from(["", "1", "7"]),
            "day": st.dates().map(str), "revenue": st.sampled_from(["", "0", "12.5", "0.000001"]),
            **{name: numbers for name in SUMS if name != "revenue"},
        }
    ),
    min_size=1, max_size=20,
)  # fmt: skip


def written(path: Path, found: list[dict[str, str]]) -> Path:
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [name for name in COLUMNS if name in found[0]])
        writer.writeheader()
        writer.writerows(found)
    return path


def by_duckdb(path: Path) -> Usage:
    found = columnar.read_csv(path, header_of_csv(path, "it"))
    assert found is not None
    return found


@given(rows)
@settings(max_examples=20)
def test_both_ways_of_reading_count_the_same(tmp_path_factory: pytest.TempPathFactory, found: list[dict[str, str]]) -> None:
    path = written(tmp_path_factory.mktemp("usage") / "usage.csv", found)
    slow, fast = read_rows(path, "it"), by_duckdb(path)
    assert (slow.uses, slow.rows, slow.days, slow.columns) == (fast.uses, fast.rows, fast.days, fast.columns)
    assert sum(use.calls for use in slow.uses) == sum(int(row["calls"] or 0) for row in found)


@pytest.mark.parametrize(
    ("column", "text"),
    [("calls", "1.5"), ("calls", "-3"), ("calls", "1e3"), ("calls", "١"), ("turns", "0"), ("turns", "-1"), ("tenant", ""),
     ("day", "2026-02-30"), ("revenue", "-1"), ("revenue", "NaN"), ("output_tokens", "many")],
)  # fmt: skip
def test_what_one_way_refuses_the_other_refuses(tmp_path: Path, column: str, text: str) -> None:
    row = {"tenant": "acme", "prompt": "reply", "calls": "1", "turns": "1", "day": "2026-02-03", "revenue": "1", "output_tokens": "1"}
    path = written(tmp_path / "usage.csv", [row, {**row, column: text}])
    assert columnar.read_csv(path, header_of_csv(path, "it")) is None
    with pytest.raises(PromptcError, match="can't be counted") as error:
        read_rows(path, "it")
    assert error.value.code == "X004"


def test_parquet_counts_as_csv_does(tmp_path: Path) -> None:
    import duckdb

    source = tmp_path / "usage.csv"
    source.write_text("tenant,prompt,calls,input_tokens,day,revenue\nacme,reply,3,900,2026-01-01,2.5\nacme,reply,4,100,2026-01-30,0\n")
    target = tmp_path / "usage.parquet"
    query = "SELECT tenant, prompt, calls::DOUBLE AS calls, input_tokens, day::DATE AS day, revenue::DOUBLE AS revenue"
    duckdb.connect().execute(f"COPY ({query} FROM read_csv('{source}')) TO '{target}' (FORMAT parquet)")
    one, other = read_rows(source, "it"), read_usage(target, "it")
    assert (one.uses, one.rows, one.days) == (other.uses, other.rows, other.days)
    assert one.days == 30


def test_a_large_compressed_file_is_read_by_duckdb(tmp_path: Path) -> None:
    noise = "".join(f"t{i * 7919 % 99991},p{i * 104729 % 9973},{i * 15485863 % 99999989}\n" for i in range(130_000))
    path = tmp_path / "usage.csv.gz"
    path.write_bytes(gzip.compress(b"tenant,prompt,calls\n" + noise.encode(), 1))
    assert path.stat().st_size > columnar.CSV_BYTES_MIN
    found = read_usage(path, "it")
    assert (found.by, found.rows) == ("duckdb", 130_000)
    assert sum(use.calls for use in found.uses) == sum(i * 15485863 % 99999989 for i in range(130_000))


def test_without_the_extras(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from promptc.cli.lorenz import picture

    monkeypatch.setitem(sys.modules, "duckdb", None)
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    (tmp_path / "usage.parquet").write_bytes(b"PAR1")
    with pytest.raises(PromptcError) as error:
        read_usage(tmp_path / "usage.parquet", "usage.parquet")
    assert error.value.code == "X005"
    with pytest.raises(PromptcError) as error:
        picture(concentration([1, 2]), "usage.csv", "png")
    assert error.value.code == "X008"
    assert picture(concentration([1, 2]), "usage.csv", "svg").startswith(b"<svg")


# By hand, as docs/cost.md has them.


def test_a_bill() -> None:
    # 1,000,000 input, of it 400,000 read and 100,000 written, 50,000 output: 0.5*3 + 0.4*0.3 + 0.1*3.75 + 0.05*15
    assert cost_of(Tokens(1_000_000, 400_000, 100_000, 50_000), SONNET) == pytest.approx(1.5 + 0.12 + 0.375 + 0.75)
    # One token more costs (600,000*3 + 400,000*0.3) / 1,000,000 a million at this share of the cache.
    assert input_rate(Tokens(1_000_000, 400_000), SONNET) == pytest.approx(1.92)


def test_a_price_that_rises_with_the_request() -> None:
    price = Price("a/b", Rates(1, 1, 1, 1), ((200_000, Rates(2, 2, 2, 2)),))
    assert cost_of(Tokens(200_000), price) == pytest.approx(0.2)
    assert cost_of(Tokens(200_001), price) == pytest.approx(0.400002)
    assert cost_of(Tokens(400_000), price, requests=2) == pytest.approx(0.4)


def test_a_conversation_without_a_cache() -> None:
    price = Price("a/b", Rates(1, 10, 1, 1))
    # Three turns of prompt 1000, message 10, answer 20: 1010, 1040, 1070 input; 20 output each.
    assert conversation_cost(3, Talk(1000, 1000, 10, 20), History(), price) == pytest.approx((3120 + 600) / 1e6)
    # n*(S + u) + n*(n-1)/2*(u + o), and n*o.
    turns, prompt, message, output = 30, 1000, 10, 20
    closed = turns * (prompt + message) + turns * (turns - 1) / 2 * (message + output) + 10 * turns * output
    assert conversation_cost(turns, Talk(prompt, 0, message, output), History(), price) == pytest.approx(closed / 1e6)


def test_a_conversation_whose_prompt_is_marked() -> None:
    talk = Talk(2000, 1500, 100, 200)
    # First turn: 1500 written, 600 plain; second: 1500 read, 600 + 300 plain.
    assert turn_tokens(1, talk, History(), SONNET) == Tokens(2100, 0, 1500, 200)
    assert turn_tokens(2, talk, History(), SONNET) == Tokens(2400, 1500, 0, 200)
    first = (600 * 3 + 1500 * 3.75 + 200 * 15) / 1e6
    second = (900 * 3 + 1500 * 0.3 + 200 * 15) / 1e6
    assert conversation_cost(2, talk, History(), SONNET) == pytest.approx(first + second)
    # Below the least that is cached, nothing is; half of the turns too late, half is written again.
    assert turn_tokens(2, Talk(1000, 1000, 1, 1), History(), SONNET).cached == 0
    assert turn_tokens(2, Talk(2000, 1500, 100, 200, hits=0.5), History(), SONNET) == Tokens(2400, 750, 750, 200)


def test_a_conversation_that_is_cached_by_itself() -> None:
    talk = Talk(1200, 1200, 100, 200)
    # Whole steps of 128: 1152 of 1200; from the third turn on the history before the last round is repeated, too.
    assert [turn_tokens(turn, talk, History(), GPT).cached for turn in (1, 2, 3)] == [0, 1152, 1408]
    # A window that moves begins with another turn each time.
    window = History("last", 2)
    assert [turn_tokens(turn, talk, window, GPT).cached for turn in (2, 3, 4)] == [1152, 1408, 1152]
    assert [turn_tokens(turn, talk, window, GPT).input for turn in (2, 3, 4, 9)] == [1600, 1900, 1900, 1900]


def test_a_history_that_is_summed_up() -> None:
    price = Price("a/b", Rates(1, 1, 1, 1))
    talk, history = Talk(1000, 0, 10, 20), History("summary", 2, 50)
    # Turn 3 sends a summary of two turns, which a call made of 60 tokens; turn 5 one of the summary and 60 more.
    assert turn_tokens(2, talk, history, price) == Tokens(1040, output=20)
    assert turn_tokens(3, talk, history, price) == Tokens(1060 + 60, output=70)
    assert turn_tokens(4, talk, history, price) == Tokens(1090, output=20)
    assert turn_tokens(5, talk, history, price) == Tokens(1060 + 110, output=70)


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=60))
def test_the_gini_is_half_the_relative_mean_difference(values: list[int]) -> None:
    differences = mean(abs(a - b) for a in values for b in values)
    expected = differences / (2 * mean(values)) if sum(values) else 0
    assert gini(sorted(values)) == pytest.approx(expected)
    points = lorenz(sorted(values))
    assert points[0] == (0, 0) and points[-1] == (1, 1)  # noqa: PT018
    assert all(a <= b and c <= d for (a, c), (b, d) in pairwise(points))


def test_what_the_largest_have() -> None:
    found = concentration([1] * 990 + [91] * 10)  # the top 1 % has 910 of 1900
    assert found.tops[1] == (0.01, 10, pytest.approx(910 / 1900))
    assert (found.median, found.mean) == (1, 1.9)


def test_a_chain_that_retries_and_escalates() -> None:
    # Cheap: 0.01 a try, 0.6 succeed, two tries: 1.4 tries, 0.84 pass; else a person for 4 who resolves all but 10 %.
    steps = [Step("cheap", 0.01, 0.6, 2, otherwise="person"), Step("person", 4, 0.9)]
    found = outcome_of(steps, "cheap")
    assert found is not None
    assert found.dollars == pytest.approx(1.4 * 0.01 + 0.16 * 4)
    assert found.resolved == pytest.approx(0.84 + 0.16 * 0.9)
    assert found.per_resolved == pytest.approx((0.014 + 0.64) / 0.984)


def test_a_loop_of_draft_and_critique() -> None:
    # Each round passes with 0.75: 1 / 0.75 rounds.
    found = outcome_of([Step("draft", 0.02, then="critique"), Step("critique", 0.01, 0.75, otherwise="draft")], "draft")
    assert found is not None
    assert (found.dollars, found.resolved) == (pytest.approx(0.03 / 0.75), pytest.approx(1))
    assert outcome_of([Step("a", 1, then="b"), Step("b", 1, then="a", otherwise="a")], "a") is None


def test_what_a_prompt_weighs() -> None:
    document = {
        "tools": [], "messages": [
            {"role": "system", "content": ["abcd" * 10, {"cache": {}}, "efgh" * 5, {"slot": ["input", "x"]}, "ijkl"]},
            {"history": True},
            {"role": "user", "content": [{"when": {"true": ["input", "x"]}, "then": ["mnop" * 3], "else": ["q"]}]},
        ],
    }  # fmt: skip
    found = weight_of(document)
    assert (found.marked, found.prefix, found.whole, found.is_conversation) == (10, 15, 19, True)


def test_shipped_prices_hold_what_is_printed_on_their_pages() -> None:
    prices = prices_of(None, "")
    assert prices.date == "2026-11-10"
    assert prices.must("anthropic/claude-sonnet-4-5").rates == Rates(3, 15, 0.3, 3.75)
    assert prices.must("gemini/gemini-2.5-flash").rates.cached == 0.03
    assert prices.must("bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0").cache.kind == "marked"
