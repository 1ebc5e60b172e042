"""Prices: those that ship with promptc, with their date, and a project's own, which stand before them.

    prices.json, the setting `prices` -> [prices] -> Price of a model

Offline: the shipped ones are a copy of genai-prices' data, made at a release. Prices differ by contract and change, so a
project may write its own; every report says which were used.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from promptc.compiler.schema.types import validate
from promptc.core.dataclass import dataclass
from promptc.core.errors import Exit, PromptcError
from promptc.core.findings import Place
from promptc.core.prices import CacheRule, Price, Rates
from promptc.core.visible import shortened
from promptc.driver.nearest import did_you_mean

FILE_BYTES_MAX = 4 * 1024 * 1024
# What models.yaml calls a provider, and what the data set does.
PROVIDERS = {
    "gemini": "google", "vertex": "google", "bedrock": "aws", "azure-openai": "azure", "xai": "x-ai", "moonshot": "moonshotai",
}  # fmt: skip
# How providers cache, by what a model's name begins with; the first that fits. Sources: docs/cost.md.
CACHES: dict[str, tuple[tuple[str, CacheRule], ...]] = {
    "anthropic": (
        ("claude-haiku-4-5", CacheRule("marked", 4096)),
        ("claude-opus-4-5", CacheRule("marked", 4096)),
        ("claude-3-5-haiku", CacheRule("marked", 2048)),
        ("claude-3-haiku", CacheRule("marked", 2048)),
        ("", CacheRule("marked", 1024)),
    ),
    "openai": (("", CacheRule("automatic", 1024, 128)),),
    "azure": (("", CacheRule("automatic", 1024, 128)),),
    "google": (("gemini-2.5-pro", CacheRule("automatic", 4096)), ("gemini", CacheRule("automatic", 1024))),
    "deepseek": (("", CacheRule("automatic", 64, 64)),),
}
_RATE = {"type": "number", "minimum": 0}
_RATES: dict[str, Any] = dict.fromkeys(("input", "output", "cached", "written"), _RATE)
_CACHE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "kind": {"type": "string", "enum": ["marked", "automatic", "none"]},
        "tokens_min": {"type": "integer", "minimum": 0},
        "step": {"type": "integer", "minimum": 1},
    },
    "required": ["kind"],
    "additionalProperties": False,
}
_ABOVE: dict[str, Any] = {
    "type": "object", "properties": {"tokens": {"type": "integer", "minimum": 1}, **_RATES},
    "required": ["tokens", "input", "output"], "additionalProperties": False,
}  # fmt: skip
OWN_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "date": {"type": "string", "description": "When these prices were agreed or last looked up."},
        "models": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "properties": {**_RATES, "cache": _CACHE, "above": {"type": "array", "items": _ABOVE}},
                "required": ["input", "output"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["models"],
    "additionalProperties": False,
}


@dataclass(slots=True)
class Prices:
    """Where prices are looked up. `source` and `date` are of what ships; `own` names a project's file and its date."""

    source: str
    date: str
    providers: Mapping[str, Any]
    models: Mapping[str, Price]
    own: str
    found: dict[str, Price | None]

    def of(self, model: str) -> Price | None:
        """The price of `provider/name`; None when nobody knows it."""
        if model not in self.found:
            self.found[model] = self.models.get(model) or self._shipped(model)
        return self.found[model]

    def must(self, model: str) -> Price:
        """The same. PromptcError X001 when nobody knows it."""
        price = self.of(model)
        if price is None:
            raise self.unknown(model)
        return price

    def unknown(self, model: str) -> PromptcError:
        """What is said of a model without a price."""
        provider, _, _ = model.partition("/")
        names = [f"{provider}/{one['model']}" for one in self.providers.get(PROVIDERS.get(provider, provider), ())]
        near = did_you_mean(model, [*self.models, *names], listing="it has")
        hint = near or "write it as `provider/name`, or give its price in the file that the setting `prices` names"
        return PromptcError("X001", f"no price is known of the model `{shortened(model)}`", hint=hint)

    def label(self) -> str:
        """What was used, and of when it is."""
        return f"{self.own}, then {self.source} of {self.date}" if self.own else f"{self.source} of {self.date}"

    def _shipped(self, model: str) -> Price | None:
        provider, _, name = model.partition("/")
        provider = PROVIDERS.get(provider, provider)
        for one in self.providers.get(provider, ()):
            if _fits(one["match"], name):
                above = tuple((start, _rates(*row)) for start, row in one.get("above", ()))
                return Price(model, _rates(*one["rates"]), above, _cache_of(provider, name), self.source)
        return None


def prices_of(folder: Path | None, own: str) -> Prices:
    """The prices that hold for a project; `own` is the setting `prices`. PromptcError X002 when its file is wrong."""
    data = json.loads((resources.files("promptc.driver.cost") / "prices.json").read_bytes())
    models, said = _own(folder, own) if folder is not None and own else ({}, "")
    return Prices(data["source"], data["date"], data["providers"], models, said, {})


def listed(prices: Prices, word: str) -> Iterator[Price]:
    """Every model whose `provider/name` holds a word, a project's own first."""
    names = [f"{provider}/{one['model']}" for provider, models in prices.providers.items() for one in models]
    for name in dict.fromkeys((*prices.models, *names)):
        if word in name and (price := prices.of(name)) is not None:
            yield price


def _rates(plain: float, output: float, cached: float | None, written: float | None) -> Rates:
    # Where a provider names no price of its own for the cache, its tokens are billed as any other input.
    return Rates(plain, output, plain if cached is None else cached, plain if written is None else written)


def _cache_of(provider: str, name: str) -> CacheRule:
    if "claude" in name:
        # Whoever sells it (Bedrock, Vertex), it caches by the same marks.
        provider, name = "anthropic", name[name.index("claude") :]
    return next((rule for begin, rule in CACHES.get(provider, ()) if name.startswith(begin)), CacheRule())


def _fits(match: Mapping[str, Any], name: str) -> bool:
    ((kind, value),) = match.items()
    if kind in ("or", "and"):
        return (any if kind == "or" else all)(_fits(one, name) for one in value)
    if kind == "regex":
        return re.search(value, name) is not None
    if kind == "contains":
        return value in name
    return name == value if kind == "equals" else name.startswith(value) if kind == "starts_with" else name.endswith(value)


def _own(folder: Path, name: str) -> tuple[dict[str, Price], str]:
    try:
        data = (folder / name).read_bytes()[: FILE_BYTES_MAX + 1]
        document = tomllib.loads(data.decode("utf-8"))
    except OSError as error:
        raise _wrong(name, (error.strerror or "can't be read").lower()) from None
    except (ValueError, RecursionError) as error:
        raise _wrong(name, f"it is not TOML: {str(error)[:100]}") from None
    found = validate(document, OWN_SCHEMA, place=Place(name), path="", code="S016")
    if found:
        raise _wrong(name, found[0].message.replace("`.", "`", 1))
    said = f"{name} of {document['date']}" if "date" in document else name
    return {model: _price(model, given, name) for model, given in document["models"].items()}, said


def _price(model: str, given: Mapping[str, Any], name: str) -> Price:
    provider, _, word = model.partition("/")
    rule = CacheRule(**given["cache"]) if "cache" in given else _cache_of(PROVIDERS.get(provider, provider), word)
    above = sorted((one["tokens"], _given(one)) for one in given.get("above", ()))
    return Price(model, _given(given), tuple(above), rule, name)


def _given(given: Mapping[str, Any]) -> Rates:
    return _rates(given["input"], given["output"], given.get("cached"), given.get("written"))


def _wrong(name: str, why: str) -> PromptcError:
    hint = 'write `[models."provider/name"]` with `input` and `output` in dollars per million tokens; docs/cost.md has a sample'
    return PromptcError("X002", f"the prices `{shortened(name)}` can't be used: {shortened(why)}", hint=hint, exit_code=Exit.SOURCES)
