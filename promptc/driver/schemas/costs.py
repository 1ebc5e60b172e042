"""Costs: JSON Schemas of what cost, evaluations and portfolios print as JSON. Pure."""

from __future__ import annotations

from promptc.core.allocation import ALLOCATION
from promptc.core.costing import BYS
from promptc.core.costing import FORMAT as COST
from promptc.core.evidence import MODEL_KEYS
from promptc.core.portfolio import FORMAT as PORTFOLIO
from promptc.driver.schemas.documents import COUNT, DIGEST, TEXT
from promptc.driver.schemas.parts import Schema, closed, document, listing, mapping

NUMBER: Schema = {"type": "number"}
PART: Schema = {"type": "number", "minimum": 0, "maximum": 1}
PERCENT: Schema = {"type": "number", "minimum": 0, "maximum": 100}
MAYBE_NUMBER: Schema = {"anyOf": [NUMBER, {"type": "null"}]}
TOKENS: Schema = dict.fromkeys(("input", "cached", "written", "output"), COUNT)
INTERVAL: Schema = {"type": "array", "items": [PART, PART], "minItems": 2, "maxItems": 2}


def cost_schema() -> Schema:
    """promptc.cost/1: what a file of usage comes to."""
    line = _all(
        {
            "name": TEXT, "calls": COUNT, "conversations": NUMBER, **TOKENS, "dollars": NUMBER, "resolved": COUNT,
            "per_call": NUMBER, "per_resolved": MAYBE_NUMBER, "revenue": MAYBE_NUMBER,
        }
    )  # fmt: skip
    top = _all({"share": PART, "tenants": COUNT, "of_total": PART})
    point: Schema = {"type": "array", "items": [PART, PART], "minItems": 2, "maxItems": 2}
    concentration = _all(
        {"tenants": COUNT, "gini": NUMBER, "median": NUMBER, "mean": NUMBER, "tops": listing(top), "lorenz": listing(point)}
    )
    length = _all({"low": COUNT, "high": COUNT, "conversations": NUMBER, "dollars": NUMBER})
    properties: Schema = {
        "format": {"const": COST}, "usage": TEXT, "rows": COUNT, "days": COUNT, "by": {"enum": list(BYS)}, "prices": TEXT,
        "tokens": TEXT, "notes": listing(TEXT), "total": line, "monthly": NUMBER, "lines": listing(line),
        "concentration": concentration, "lengths": listing(length), "turns": mapping(COUNT), "losing": listing(line),
        "unpriced": mapping(COUNT), "uncounted": mapping(COUNT),
    }  # fmt: skip
    return document("promptc cost", _all(properties))


def conversation_schema() -> Schema:
    """promptc.conversation/1: what a conversation costs, turn by turn."""
    properties: Schema = {
        "format": {"const": "promptc.conversation/1"}, "target": TEXT, "model": TEXT, "history": TEXT, "dollars": NUMBER,
        "naive": NUMBER, "prices": TEXT, "tokens": TEXT, "turns": listing(_all({**TOKENS, "dollars": NUMBER})),
    }  # fmt: skip
    return document("promptc conversation", _all(properties))


def chains_schema() -> Schema:
    """promptc.chains/1: what chains cost per resolved request, in all and on each slice."""
    outcome: Schema = {
        "dollars": NUMBER, "resolved": PART, "calls": NUMBER, "per_resolved": MAYBE_NUMBER, "visits": mapping(NUMBER),
    }  # fmt: skip
    chain = _all({"name": TEXT, **outcome, "slices": mapping(_all(outcome))})
    properties: Schema = {
        "format": {"const": "promptc.chains/1"}, "file": TEXT, "prices": TEXT, "slices": mapping(PART), "chains": listing(chain),
    }  # fmt: skip
    return document("promptc chains", _all(properties))


def evals_plan_schema() -> Schema:
    """promptc.evals-plan/1: which artifacts and suites lack evidence, and why."""
    model = closed(dict.fromkeys(MODEL_KEYS, TEXT))
    need = _all(
        {
            "artifact": DIGEST, "suite": TEXT, "fresh": {"type": "boolean"}, "lacks": listing(TEXT), "targets": listing(TEXT),
            "cases": listing(TEXT), "model": model, "passed": COUNT, "runs": COUNT, "records": COUNT, "again": COUNT,
            "interval": INTERVAL, "last": TEXT, "share": {"anyOf": [PART, {"type": "null"}]},
        }
    )  # fmt: skip
    properties: Schema = {"format": {"const": "promptc.evals-plan/1"}, "moment": TEXT, "needs": listing(need)}
    return document("promptc plan of evaluations", _all(properties))


def portfolio_schema() -> Schema:
    """promptc.portfolio/1: variants of prompts beside each other."""
    rate = _all(
        {"suite": TEXT, "passed": COUNT, "runs": COUNT, "interval": INTERVAL, "fresh": COUNT, "artifacts": COUNT, "lacks": TEXT}
    )
    two: Schema = {"type": "array", "minItems": 2, "maxItems": 2}
    option = _all(
        {
            "variant": TEXT, "percent": {**two, "items": [PERCENT, PERCENT]}, "tenants": COUNT, "artifacts": COUNT,
            "tokens": {**two, "items": [COUNT, COUNT]}, "input_dollars": MAYBE_NUMBER,
            "calls": {"anyOf": [COUNT, {"type": "null"}]}, "dollars_per_call": MAYBE_NUMBER, "evidence": listing(rate),
        }
    )  # fmt: skip
    segment = _all({"name": TEXT, "tenants": COUNT, "variants": listing(option)})
    unneeded = _all({"variant": TEXT, "why": TEXT})
    prompt = _all({"prompt": TEXT, "segments": listing(segment), "unneeded": listing(unneeded)})
    properties: Schema = {
        "format": {"const": PORTFOLIO}, "moment": TEXT, "by": TEXT, "prices": TEXT, "tokens": TEXT, "usage": TEXT,
        "notes": listing(TEXT), "prompts": listing(prompt),
    }  # fmt: skip
    return document("promptc portfolio", _all(properties))


def allocation_schema() -> Schema:
    """promptc.allocation/1: which percent of a tenant's keys each variant of a prompt is given."""
    share: Schema = {"type": "number", "exclusiveMinimum": 0, "maximum": 100}
    properties: Schema = {"format": {"const": ALLOCATION}, "prompt": TEXT, "variants": {**mapping(share), "minProperties": 1}}
    return document("promptc allocation", _all(properties))


def _all(properties: Schema) -> Schema:
    return closed(properties, required=properties)
