"""Exact cost of LLM requests, by the project's dated price list (generated from catalog/llm-pricing.ts)."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import lru_cache
from importlib.resources import files
from typing import Any

PRICES: list[dict[str, Any]] = json.loads((files(__package__) / "llm_prices.json").read_text())
_FACTORS: dict[str, Any] = json.loads((files(__package__) / "llm_price_factors.json").read_text())
_WEB_SEARCH = Decimal(_FACTORS["webSearchesPerThousand"]) / 1000
_MODELS = frozenset(str(price["model"]) for price in PRICES)
_SNAPSHOT = re.compile(r"-\d{4}-?\d{2}-?\d{2}$")
_MTOK = Decimal(1_000_000)


def cost_usd(
    model: str,
    tokens: Mapping[str, int | None],
    at: datetime | None = None,
    served: Iterable[str] = (),
    web_searches: int = 0,
) -> Decimal | None:
    """
    What one request cost in US dollars, exactly; None where its price is not known.

    `tokens`: by `input` (neither read from the cache nor written to it), `output`, `cacheRead`, `cacheWrite5m`,
    `cacheWrite1h`; providers leave some out or None. `at`: default now. `served`: what was not ordinary about the way
    it was served, such as `speed:fast`, as `Usage.served` has it. `web_searches`: by the provider's own tool.
    """
    price = _price_of(model, at or datetime.now(timezone.utc))
    if price is None:
        return None
    counts = {kind: count for kind, count in tokens.items() if count}
    prompt = sum(count for kind, count in counts.items() if kind != "output")
    band = price.get("longPrompt")
    prices = band["perMTok"] if band and prompt > band["aboveTokens"] else price["perMTok"]
    factors = [_factor_of(_name_of(model), way) for way in served]
    if not prices.keys() >= counts.keys() or any(count < 0 for count in counts.values()) or None in factors:
        return None
    usd = sum((Decimal(prices[kind]) * count / _MTOK for kind, count in counts.items()), Decimal(0))
    for factor in factors:
        usd *= factor or 1
    return usd + _WEB_SEARCH * web_searches


def _name_of(model: str) -> str:
    return model if model in _MODELS else _SNAPSHOT.sub("", model)


def _price_of(model: str, at: datetime) -> dict[str, Any] | None:
    name = _name_of(model)
    day = at.astimezone(timezone.utc).date().isoformat()
    known = [price for price in PRICES if price["model"] == name and price["effectiveFrom"] <= day]
    return max(known, key=lambda price: str(price["effectiveFrom"]), default=None)


@lru_cache(1024)
def _factor_of(name: str, served: str) -> Decimal | None:
    """What the price is multiplied by; None where nobody knows."""
    found = (
        Decimal(entry["factor"])
        for entry in _FACTORS["factors"]
        if entry["served"] == served and any(fnmatchcase(name, pattern) for pattern in entry["models"])
    )
    return next(found, None)
