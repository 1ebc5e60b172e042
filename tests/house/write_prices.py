"""Write promptc/driver/cost/prices.json from the genai-prices that is installed: `python -m tests.house.write_prices DATE`.

DATE is the day on which that version was published, as its page on PyPI says; prices that begin later are left out.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "promptc" / "driver" / "cost" / "prices.json"
UNITS = ("input_mtok", "output_mtok", "cache_read_mtok", "cache_write_mtok")


def document(day: date) -> dict[str, Any]:
    """Every model that has a price per token of text, by provider."""
    import genai_prices
    from genai_prices.data import providers

    found = {provider.id: _models(provider, day) for provider in providers}
    return {
        "format": "promptc.prices/1",
        "source": f"genai-prices {genai_prices.__version__}",
        "date": day.isoformat(),
        "providers": {name: models for name, models in found.items() if models},
    }


def _models(provider: Any, day: date) -> list[dict[str, Any]]:
    made = []
    for model in provider.models:
        rates = _rates(_current(model.prices, day))
        if rates is not None:
            made.append({"model": model.id, "match": _match(model.match), **rates})
    return made


def _current(prices: Any, day: date) -> Any:
    """The last of conditional prices that holds at noon of the day."""
    if not isinstance(prices, list):
        return prices
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return next(one.prices for one in reversed(prices) if one.constraint is None or one.constraint.active(noon))


def _rates(price: Any) -> dict[str, Any] | None:
    units = [getattr(price, unit) for unit in UNITS]
    if units[0] is None or units[1] is None:
        return None
    starts = sorted({tier.start for unit in units if unit is not None and hasattr(unit, "tiers") for tier in unit.tiers})
    made: dict[str, Any] = {"rates": [_at(unit, 0) for unit in units]}
    if starts:
        made["above"] = [[start, [_at(unit, start + 1) for unit in units]] for start in starts]
    return made


def _at(unit: Any, tokens: int) -> float | None:
    if unit is None:
        return None
    value = unit
    if hasattr(unit, "tiers"):
        value = next((tier.price for tier in reversed(unit.tiers) if tokens > tier.start), unit.base)
    assert isinstance(value, Decimal)
    return float(value)


def _match(clause: Any) -> dict[str, Any]:
    """A clause as data: {"starts_with": TEXT}, {"or": [...]}."""
    (name,) = clause.__dataclass_fields__
    value = getattr(clause, name)
    if isinstance(value, list):
        return {name.strip("_"): [_match(one) for one in value]}
    return {name: value}


def page(day: date) -> str:
    """The file's text: one model a line, so that a new version's changes can be read."""
    whole = document(day)
    lines = []
    for name, models in whole["providers"].items():
        rows = ",\n".join(f"  {json.dumps(model, ensure_ascii=False)}" for model in models)
        lines.append(f"{json.dumps(name)}: [\n{rows}\n]")
    head = "".join(f"{json.dumps(key)}: {json.dumps(whole[key])},\n" for key in ("format", "source", "date"))
    return "{\n" + head + '"providers": {\n' + ",\n".join(lines) + "\n}}\n"


if __name__ == "__main__":
    PAGE.write_text(page(date.fromisoformat(sys.argv[1])))
