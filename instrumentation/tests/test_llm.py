import pytest
from prometheus_client import REGISTRY

from agentpay_observability.llm import llm_call


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0


class Refused(Exception):
    def __init__(self, status_code: int) -> None:
        self.status_code = status_code


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
    ],
)
def test_a_failure_is_counted_and_goes_on(error: Exception, expected: str) -> None:
    with pytest.raises(type(error)), llm_call("openai", "failing"):
        raise error
    labels = {"provider": "openai", "model": "failing", "status": "error", "error_type": expected}
    assert value("agentpay_llm_requests_total", **labels) == 1


def test_a_model_without_a_price_and_nonsense_stay_out_of_the_callers_way() -> None:
    with llm_call("openai", "unheard-of") as call:
        call.tokens = {"input": 5}
    assert value("agentpay_llm_unpriced_requests_total", model="unheard-of") == 1
    with llm_call("openai", "nonsense") as call:
        call.tokens = {"input": -5}
