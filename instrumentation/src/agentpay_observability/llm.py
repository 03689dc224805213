"""Records an LLM call: how it ended, how long it took, tokens and cost. Its own failures never reach the caller."""

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from . import metrics
from .contract import DEFINITIONS
from .cost import cost_usd

_log = logging.getLogger(__name__)
_STOP_REASONS = frozenset(DEFINITIONS["agentpay_llm_responses_total"].labels["stop_reason"] or ())
_BY_STATUS = {400: "invalid_request", 401: "authentication", 403: "permission", 404: "not_found", 408: "timeout"}
_BY_STATUS |= {413: "invalid_request", 422: "invalid_request", 429: "rate_limit", 529: "overloaded"}
_TOKEN_TYPES = {"cacheRead": "cache_read", "cacheWrite5m": "cache_write", "cacheWrite1h": "cache_write"}


class LLMCall:
    """One call under way. `tokens` is by kind of price, as `cost_usd` takes them."""

    def __init__(self) -> None:
        self.start = time.perf_counter()
        self.first_token_at: float | None = None
        self.tokens: Mapping[str, int | None] = {}
        self.stop_reason: str | None = None

    def first_token(self) -> None:
        """Call it for every piece of a streamed reply: only the first counts."""
        self.first_token_at = self.first_token_at or time.perf_counter()


@contextmanager
def llm_call(provider: str, model: str) -> Iterator[LLMCall]:
    """Around one call, with its retries. An exception counts as a failure and goes on; a cancelled call is none."""
    call = LLMCall()
    error_type = "none"
    try:
        yield call
    except Exception as error:
        error_type = error_type_of(error)
        raise
    finally:
        try:
            _record(call, provider, model, error_type)
        except Exception:
            _log.exception("an LLM call of %s was not recorded", model)


def _record(call: LLMCall, provider: str, model: str, error_type: str) -> None:
    status = "success" if error_type == "none" else "error"
    metrics.llm_requests.labels(provider, model, status, error_type).inc()
    if call.first_token_at is not None:
        metrics.llm_time_to_first_token.labels(provider, model).observe(call.first_token_at - call.start)
    for kind, count in call.tokens.items():
        metrics.llm_tokens.labels(provider, model, _TOKEN_TYPES.get(kind, kind)).inc(count or 0)
    if status == "error":
        return
    metrics.llm_request_duration.labels(provider, model).observe(time.perf_counter() - call.start)
    if call.stop_reason in _STOP_REASONS:
        metrics.llm_responses.labels(model, call.stop_reason).inc()
    cost = cost_usd(model, call.tokens)
    if cost is None:
        metrics.llm_unpriced_requests.labels(model).inc()
        _log.warning("no price of %s is known: its calls are counted as costing nothing", model)
    else:
        metrics.llm_cost.labels(model).inc(float(cost))


def error_type_of(error: Exception) -> str:
    """The contract's word for a failure, by the status code that providers' SDKs put on their exceptions."""
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return _BY_STATUS.get(status, "server_error" if status >= 500 else "invalid_request")
    return "timeout" if isinstance(error, TimeoutError) or "Timeout" in type(error).__name__ else "connection"
