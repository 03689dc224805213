import asyncio
from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from values import value

from agentpay_observability import llm
from agentpay_observability.llm import LLMCall, llm_call, llm_fallback, llm_rate_limits


class Refused(Exception):
    def __init__(self, status_code: int) -> None:
        self.status_code = status_code


def _raised_from(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


def test_a_reply_is_counted_with_its_cost() -> None:
    model = "claude-haiku-4-5"
    with llm_call("anthropic", model) as call:
        call.first_token()
        call.tokens = {"input": 1000, "output": 100, "cacheRead": 10_000, "cacheWrite5m": None}
        call.stop_reason = "end_turn"
    asked = {"provider": "anthropic", "model": model}
    assert value("agentpay_llm_requests_total", **asked, status="success", error_type="none") == 1
    assert value("agentpay_llm_tokens_total", **asked, type="cache_read") == 10_000
    assert value("agentpay_llm_cost_usd_total", model=model) == pytest.approx(0.0025)
    assert value("agentpay_llm_time_to_first_token_seconds_count", **asked) == 1
    assert value("agentpay_llm_request_duration_seconds_count", **asked) == 1
    assert value("agentpay_llm_responses_total", model=model, stop_reason="end_turn") == 1


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (Refused(429), "rate_limit"),
        (Refused(529), "overloaded"),
        (Refused(404), "not_found"),
        (Refused(500), "server_error"),
        (TimeoutError(), "timeout"),
        (ConnectionError(), "connection"),
        (KeyError("usage"), "other"),
        (_raised_from(KeyError("agent"), Refused(529)), "overloaded"),
    ],
)
def test_a_failure_is_counted_and_goes_on(error: Exception, expected: str) -> None:
    with pytest.raises(type(error)), llm_call("openai", "failing"):
        raise error
    labels = {"provider": "openai", "model": "failing", "status": "error", "error_type": expected}
    assert value("agentpay_llm_requests_total", **labels) == 1


@pytest.mark.parametrize("left", [asyncio.CancelledError, GeneratorExit, KeyboardInterrupt, SystemExit])
def test_a_cancelled_call_is_no_failure_but_costs_what_it_used(left: type[BaseException]) -> None:
    model = "claude-opus-5"
    labels = {"provider": "anthropic", "model": model, "error_type": "none"}
    before = value("agentpay_llm_requests_total", **labels, status="cancelled")
    paid = value("agentpay_llm_cost_usd_total", model=model)
    succeeded = value("agentpay_llm_requests_total", **labels, status="success")
    with pytest.raises(left), llm_call("anthropic", model) as call:
        call.tokens = {"input": 1000}
        raise left
    assert value("agentpay_llm_requests_total", **labels, status="cancelled") == before + 1
    assert value("agentpay_llm_requests_total", **labels, status="success") == succeeded
    assert value("agentpay_llm_cost_usd_total", model=model) == pytest.approx(paid + 0.005)


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (
            {"input_tokens": 3, "output_tokens": 4, "cache_read_input_tokens": None, "cache_creation_input_tokens": 9},
            {"input": 3, "output": 4, "cacheWrite5m": 9},
        ),
        (
            SimpleNamespace(
                input_tokens=3,
                output_tokens=4,
                cache_read_input_tokens=7,
                cache_creation_input_tokens=9,
                cache_creation=SimpleNamespace(ephemeral_5m_input_tokens=2, ephemeral_1h_input_tokens=7),
            ),
            {"input": 3, "output": 4, "cacheRead": 7, "cacheWrite5m": 2, "cacheWrite1h": 7},
        ),
        (
            {"prompt_tokens": 10, "completion_tokens": 4, "prompt_tokens_details": {"cached_tokens": 8}},
            {"input": 2, "output": 4, "cacheRead": 8},
        ),
        ({"prompt_tokens": 10, "total_tokens": 10}, {"input": 10}),
        (
            {"input_tokens": 100, "input_tokens_details": {"cached_tokens": 80}, "output_tokens": 4},
            {"input": 20, "output": 4, "cacheRead": 80},
        ),
        (None, {}),
    ],
)
def test_tokens_are_those_of_the_providers_answer(usage: object, expected: dict[str, int]) -> None:
    call = LLMCall("anthropic", "any")
    call.usage(usage)
    assert call.tokens == expected


def test_rate_limits_and_fallbacks() -> None:
    headers = {"anthropic-ratelimit-requests-limit": "4000", "anthropic-ratelimit-requests-remaining": "3999"}
    llm_rate_limits("anthropic", headers | {"anthropic-ratelimit-input-tokens-remaining": "nonsense"})
    llm_rate_limits("openai", {"x-ratelimit-remaining-tokens": "149984"})
    assert value("agentpay_llm_ratelimit_remaining", provider="anthropic", kind="requests") == 3999
    assert value("agentpay_llm_ratelimit_limit", provider="anthropic", kind="requests") == 4000
    assert value("agentpay_llm_ratelimit_remaining", provider="openai", kind="input_tokens") == 149984
    llm_fallback("small", "large", succeeded=False)
    assert value("agentpay_llm_fallbacks_total", from_model="small", to_model="large", outcome="failed") == 1


def test_what_breaks_in_an_observer_stays_out_of_the_callers_way(monkeypatch: pytest.MonkeyPatch) -> None:
    def at_once(call: LLMCall) -> Callable[[], None]:
        raise RuntimeError("at once")

    def later(call: LLMCall) -> Callable[[], None]:
        def ended() -> None:
            raise RuntimeError("later")

        return ended

    monkeypatch.setattr(llm, "observers", [at_once, later])
    with llm_call("openai", "text-embedding-3-small", "embeddings") as call:
        call.usage({"prompt_tokens": "many"})
        call.usage({"prompt_tokens": 10})
    labels = {"provider": "openai", "model": "text-embedding-3-small", "status": "success", "error_type": "none"}
    assert value("agentpay_llm_requests_total", **labels) == 1


def test_a_model_without_a_price_and_nonsense_stay_out_of_the_callers_way() -> None:
    with llm_call("openai", "unheard-of") as call:
        call.tokens = {"input": 5}
    assert value("agentpay_llm_unpriced_requests_total", model="unheard-of") == 1
    with llm_call("openai", "nonsense") as call:
        call.tokens = {"input": -5}


NO_COUNTS = [-5, float("nan"), float("inf"), Decimal("sNaN"), 10**400, 2**31, "many", [], {"of": 1}]


@pytest.mark.parametrize("number", NO_COUNTS, ids=lambda number: repr(number)[:10])
@pytest.mark.parametrize("by", ["application", "answer"])
def test_a_number_that_is_no_count_is_refused_and_spoils_no_other(by: str, number: Any) -> None:
    model = "claude-haiku-4-5"
    with llm_call("anthropic", model) as call:
        if by == "application":
            call.tokens = {"input": number, "output": 7}
        else:
            call.answer({"type": "message", "usage": {"input_tokens": number, "output_tokens": 7}})
        call.stop_reason = "end_turn"
    asked = {"provider": "anthropic", "model": model}
    assert value("agentpay_llm_requests_total", **asked, status="success", error_type="none") == 1
    assert value("agentpay_llm_responses_total", model=model, stop_reason="end_turn") == 1
    assert value("agentpay_llm_tokens_total", **asked, type="output") == 7
    assert not value("agentpay_llm_tokens_total", **asked, type="input")
    # What was used is known in part: so is its cost.
    assert call.cost_usd is None
    assert value("agentpay_llm_unpriced_requests_total", model=model) == 1
    assert value("agentpay_instrumentation_faults_total", kind="value") == 1


def test_what_a_later_piece_of_a_stream_puts_right_is_known() -> None:
    with llm_call("anthropic", "claude-haiku-4-5") as call:
        call.usage({"input_tokens": -1, "output_tokens": 1})
        call.usage({"input_tokens": 1000})
    assert call.tokens == {"input": 1000, "output": 1}
    assert call.cost_usd is not None


def test_parts_that_are_more_than_the_whole_have_no_cost() -> None:
    with llm_call("openai", "gpt-6-luna") as call:
        call.usage({"prompt_tokens": 10, "completion_tokens": 4, "prompt_tokens_details": {"cached_tokens": 80}})
    assert call.tokens == {"output": 4, "cacheRead": 80}
    assert call.cost_usd is None


@pytest.mark.parametrize("tokens", [None, 5, {"words": 5}])
def test_tokens_of_no_known_kind_are_counted_under_no_label(tokens: Any) -> None:
    with llm_call("anthropic", "claude-haiku-4-5") as call:
        call.tokens = tokens
    asked = {"provider": "anthropic", "model": "claude-haiku-4-5"}
    assert value("agentpay_llm_requests_total", **asked, status="success", error_type="none") == 1
    assert not value("agentpay_llm_tokens_total", **asked, type="words")
    assert (call.tokens, call.cost_usd) == ({}, None)


def test_a_call_of_which_nothing_is_known_is_not_free() -> None:
    with llm_call("anthropic", "claude-haiku-4-5") as call:
        pass
    assert call.cost_usd is None
    with llm_call("anthropic", "claude-haiku-4-5") as call:
        call.usage({"input_tokens": 0, "output_tokens": 0})
    assert call.cost_usd == 0


def test_a_reason_that_nobody_knows_yet_is_counted_as_other() -> None:
    with llm_call("openai", "reasons") as call:
        call.stop_reason = "length"
    assert value("agentpay_llm_responses_total", model="reasons", stop_reason="max_tokens") == 1
    with llm_call("openai", "reasons") as call:
        call.stop_reason = "reason_of_tomorrow"
    assert value("agentpay_llm_responses_total", model="reasons", stop_reason="other") == 1
