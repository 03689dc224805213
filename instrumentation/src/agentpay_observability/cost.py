"""Exact cost of LLM requests, by the project's dated price list (generated from catalog/llm-pricing.ts)."""

import json
import re
from collections.abc import Mapping
from datetime import datetime, timezone
from decimal import Decimal
from importlib.resources import files
from typing import Any

PRICES: list[dict[str, Any]] = json.loads((files(__package__) / "llm_prices.json").read_text())
_MODELS = frozenset(str(price["model"]) for price in PRICES)
_SNAPSHOT = re.compile(r"-\d{4}-?\d{2}-?\d{2}$")
_MTOK = Decimal(1_000_000)


def cost_usd(model: str, tokens: Mapping[str, int | None], at: datetime | None = None) -> Decimal | None:
    """
    What one request cost in US dollars, exactly; None where its price is not known.

    `tokens`: by `input` (neither read from the cache nor written to it), `output`, `cacheRead`, `cacheWrite5m`,
    `cacheWrite1h`; providers leave some out or None. `at`: default now.
    """
    price = _price_of(model, at or datetime.now(timezone.utc))
    if price is None:
        return None
    counts = {kind: count for kind, count in tokens.items() if count}
    prompt = sum(count for kind, count in counts.items() if kind != "output")
    band = price.get("longPrompt")
    prices = band["perMTok"] if band and prompt > band["aboveTokens"] else price["perMTok"]
    if not prices.keys() >= counts.keys() or any(count < 0 for count in counts.values()):
        return None
    return sum((Decimal(prices[kind]) * count / _MTOK for kind, count in counts.items()), Decimal(0))


def _price_of(model: str, at: datetime) -> dict[str, Any] | None:
    name = model if model in _MODELS else _SNAPSHOT.sub("", model)
    day = at.astimezone(timezone.utc).date().isoformat()
    known = [price for price in PRICES if price["model"] == name and price["effectiveFrom"] <= day]
    return max(known, key=lambda price: str(price["effectiveFrom"]), default=None)
