from datetime import datetime, timezone
from decimal import Decimal

import pytest

from agentpay_observability import cost_usd

DAY = datetime(2026, 6, 1, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("model", "tokens", "expected"),
    [
        ("claude-haiku-4-5", {"input": 1000, "output": 100, "cacheRead": 10_000}, "0.0025"),
        ("claude-haiku-4-5-20251001", {"input": 1, "cacheWrite1h": None}, "0.000001"),
        ("claude-sonnet-4-5", {"input": 200_000}, "0.6"),
        ("claude-sonnet-4-5", {"input": 1, "cacheRead": 200_000}, "0.120006"),
        ("text-embedding-3-small", {"input": 3}, "0.00000006"),
    ],
)
def test_cost_is_exact(model: str, tokens: dict[str, int | None], expected: str) -> None:
    assert cost_usd(model, tokens, DAY) == Decimal(expected)


@pytest.mark.parametrize(
    ("model", "tokens", "at"),
    [
        ("no-such-model", {"input": 1}, DAY),
        ("text-embedding-3-small", {"output": 1}, DAY),
        ("claude-haiku-4-5", {"input": -1}, DAY),
        ("claude-haiku-4-5", {"input": 1}, datetime(2020, 1, 1, tzinfo=timezone.utc)),
    ],
)
def test_what_has_no_price_is_none_and_raises_nothing(model: str, tokens: dict[str, int], at: datetime) -> None:
    assert cost_usd(model, tokens, at) is None
