"""Chains: a file that declares chains of calls, priced per request that is resolved, and compared.

    chains.toml, prices -> [chains] -> Priced chains over slices of traffic
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from promptc.compiler.schema.types import validate
from promptc.core.chains import ENDS, Outcome, Step, mixed, outcome_of
from promptc.core.dataclass import dataclass
from promptc.core.errors import Exit, PromptcError
from promptc.core.findings import Place
from promptc.core.prices import Tokens, cost_of
from promptc.core.visible import shortened
from promptc.driver.cost.costing import settings_of
from promptc.driver.cost.prices import Prices, prices_of
from promptc.driver.nearest import did_you_mean

FILE_BYTES_MAX = 1024 * 1024
WHOLE = "all"
_SHARE = {"type": "number", "minimum": 0, "maximum": 1}
_COUNT = {"type": "integer", "minimum": 0}
_BY_SLICE = {"anyOf": [_SHARE, {"type": "object", "additionalProperties": _SHARE}]}
_START = {"anyOf": [{"type": "string"}, {"type": "object", "additionalProperties": {"type": "string"}}]}
_STEP: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 1}, "model": {"type": "string"},
        **dict.fromkeys(("input", "cached", "written", "output"), _COUNT),
        "dollars": {"type": "number", "minimum": 0}, "success": _BY_SLICE,
        "attempts": {"type": "integer", "minimum": 1, "maximum": 100},
        "then": {"type": "string"}, "otherwise": {"type": "string"},
    },
    "required": ["name"],
    "additionalProperties": False,
}  # fmt: skip
_CHAIN: dict[str, Any] = {
    "type": "object",
    "properties": {"start": _START, "step": {"type": "array", "items": _STEP, "minItems": 1, "maxItems": 50}},
    "required": ["step"],
    "additionalProperties": False,
}
CHAINS_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "slices": {"type": "object", "additionalProperties": _SHARE},
        "chain": {"type": "object", "additionalProperties": _CHAIN, "minProperties": 1},
    },
    "required": ["chain"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class Priced:
    """A chain: its outcome over all traffic, and for each slice."""

    name: str
    whole: Outcome
    slices: Mapping[str, Outcome]


@dataclass(frozen=True, slots=True)
class Chains:
    """All chains of a file, the cheapest per resolved request first, with the slices' shares and the prices used."""

    file: str
    shares: Mapping[str, float]
    chains: tuple[Priced, ...]
    prices: str


def chains_of(start: str, name: str) -> Chains:
    """The chains in a file. PromptcError X006 when it can't be used, X001 for a model without a price."""
    document = _document(Path(start) / name, name)
    shares: dict[str, float] = document.get("slices") or {WHOLE: 1.0}
    if abs(sum(shares.values()) - 1) > 1e-6:
        raise _wrong(name, f"the shares of `slices` add up to {sum(shares.values()):g}, not to 1")
    folder, settings = settings_of(start)
    prices = prices_of(folder, settings.prices)
    made = [_Reading(name, chain, shares, prices).priced(given) for chain, given in document["chain"].items()]
    made.sort(key=lambda one: (one.whole.per_resolved is None, one.whole.per_resolved or 0.0, one.name))
    return Chains(name, shares, tuple(made), prices.label())


class _Reading:
    """Reads one chain."""

    def __init__(self, file: str, chain: str, shares: Mapping[str, float], prices: Prices) -> None:
        self.file = file
        self.chain = chain
        self.shares = shares
        self.prices = prices

    def priced(self, given: Mapping[str, Any]) -> Priced:
        names = [step["name"] for step in given["step"]]
        if len(set(names)) < len(names):
            raise self.wrong("two steps have the same name")
        outcomes = {}
        for slice_name in self.shares:
            steps = [self._step(step, names, slice_name) for step in given["step"]]
            start = self._of_slice(given.get("start", names[0]), slice_name, "start")
            self._known(start, names, "start", ends=())
            outcome = outcome_of(steps, start)
            if outcome is None:
                raise self.wrong(f"a request of `{slice_name}` may go round for ever: no step that it reaches leads to an end")
            outcomes[slice_name] = outcome
        return Priced(self.chain, mixed([(self.shares[name], one) for name, one in outcomes.items()]), outcomes)

    def _step(self, given: Mapping[str, Any], names: list[str], slice_name: str) -> Step:
        name = given["name"]
        then, otherwise = given.get("then", ENDS[0]), given.get("otherwise", ENDS[1])
        for word, target in (("then", then), ("otherwise", otherwise)):
            self._known(target, names, f"`{name}.{word}`", ends=ENDS)
        success = self._of_slice(given.get("success", 1.0), slice_name, f"{name}.success")
        return Step(name, self._dollars(given), float(success), given.get("attempts", 1), then, otherwise)

    def _dollars(self, given: Mapping[str, Any]) -> float:
        if "model" not in given:
            if "dollars" not in given:
                raise self.wrong(f"`{given['name']}` has neither a `model` nor `dollars`")
            return float(given["dollars"])
        tokens = Tokens(*(given.get(key, 0) for key in ("input", "cached", "written", "output")))
        if tokens.cached + tokens.written > tokens.input:
            raise self.wrong(f"`{given['name']}` has more cached than input: `input` counts all that is sent")
        return cost_of(tokens, self.prices.must(given["model"])) + float(given.get("dollars", 0))

    def _of_slice(self, value: Any, slice_name: str, where: str) -> Any:
        if not isinstance(value, dict):
            return value
        if slice_name not in value:
            raise self.wrong(f"`{where}` says nothing of the slice `{slice_name}`")
        return value[slice_name]

    def _known(self, target: str, names: list[str], where: str, *, ends: tuple[str, ...]) -> None:
        if target not in names and target not in ends:
            near = did_you_mean(target, [*names, *ends], listing="there are") or ""
            raise self.wrong(f"{where} names `{shortened(target)}`, which is no step", near)

    def wrong(self, why: str, hint: str = "") -> PromptcError:
        return _wrong(self.file, f"chain `{shortened(self.chain)}`: {why}", hint)


def _document(path: Path, name: str) -> dict[str, Any]:
    try:
        document = tomllib.loads(path.read_bytes()[: FILE_BYTES_MAX + 1].decode("utf-8"))
    except OSError as error:
        raise _wrong(name, (error.strerror or "can't be read").lower()) from None
    except (ValueError, RecursionError) as error:
        raise _wrong(name, f"it is not TOML: {str(error)[:100]}") from None
    found = validate(document, CHAINS_SCHEMA, place=Place(name), path="", code="S016")
    if found:
        raise _wrong(name, found[0].message.replace("`.", "`", 1))
    return document


def _wrong(name: str, why: str, hint: str = "") -> PromptcError:
    return PromptcError(
        "X006", f"the chains `{shortened(name)}` can't be used: {why}", hint=hint or "docs/cost.md has a sample of such a file",
        exit_code=Exit.SOURCES,
    )  # fmt: skip
