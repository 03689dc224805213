"""Records an LLM call: how it ended, how long it took, tokens and cost. Its own failures never reach the caller."""

import logging
import time
from asyncio import CancelledError
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from . import metrics
from .contract import DEFINITIONS
from .cost import cost_usd

_log = logging.getLogger(__name__)
_STOP_REASONS = frozenset(DEFINITIONS["agentpay_llm_responses_total"].labels["stop_reason"] or ())
_BY_STATUS = {400: "invalid_request", 401: "authentication", 403: "permission", 404: "not_found", 408: "timeout"}
_BY_STATUS |= {413: "invalid_request", 422: "invalid_request", 429: "rate_limit", 529: "overloaded"}
_TOKEN_TYPES = {"cacheRead": "cache_read", "cacheWrite5m": "cache_write", "cacheWrite1h": "cache_write"}


@dataclass
class LLMCall:
    """One call, with its retries."""

    provider: str
    model: str
    operation: str = "chat"
    #: By kind of price, as `cost_usd` takes them. `usage` fills it from a provider's own answer.
    tokens: Mapping[str, int | None] = field(default_factory=dict)
    stop_reason: str | None = None
    #: `success`, `error` or `cancelled`, once it has ended.
    status: str = "success"
    #: The contract's word for a failure; `none` where there was none.
    error_type: str = "none"
    error: Exception | None = None
    #: None where nobody knows the price.
    cost_usd: Decimal | None = None
    ended_at: datetime | None = None
    seconds: float = 0
    seconds_to_first_token: float | None = None
    _start: float = field(default_factory=time.perf_counter)

    def first_token(self) -> None:
        """Call it for every piece of a streamed reply: only the first counts."""
        if self.seconds_to_first_token is None:
            self.seconds_to_first_token = time.perf_counter() - self._start

    def usage(self, usage: object) -> None:
        """Takes the tokens from an answer's `usage`, of Anthropic's or OpenAI's SDK, or the same as a mapping."""
        with _harmless("the tokens of a call of %s were not understood", self.model):
            self.tokens = tokens_of(usage)

    def end(self, error: BaseException | None) -> None:
        """Fills in how it ended."""
        self.seconds = time.perf_counter() - self._start
        self.ended_at = datetime.now(timezone.utc)
        if isinstance(error, Exception):
            self.status, self.error, self.error_type = "error", error, error_type_of(error)
        elif error is not None:
            self.status = "cancelled"
        self.cost_usd = cost_usd(self.model, self.tokens)


#: Told of a call as it begins, in the caller's own context; what it returns is called once the call has ended and
#: everything about it is known. What it raises is logged, and stays out of the caller's way.
Observer = Callable[[LLMCall], Callable[[], None]]

#: `init_sentry` and `LLMLedger` add themselves.
observers: list[Observer] = []


@contextmanager
def llm_call(provider: str, model: str, operation: str = "chat") -> Iterator[LLMCall]:
    """Around one call, with its retries. An exception counts as a failure and goes on; a cancelled call is none.

    `operation`: as OpenTelemetry names it: `chat`, `embeddings`.
    """
    call = LLMCall(provider, model, operation)
    ends: list[Callable[[], None]] = [lambda: _count(call), lambda: _tell(call)]
    for observer in observers:
        with _harmless("the beginning of a call of %s was not recorded", model):
            ends.append(observer(call))
    ended: BaseException | None = None
    try:
        yield call
    except (Exception, CancelledError, GeneratorExit) as error:
        ended = error
        raise
    finally:
        for end in (lambda: call.end(ended), *ends):
            with _harmless("an LLM call of %s was not recorded", model):
                end()


@contextmanager
def _harmless(message: str, model: str) -> Iterator[None]:
    try:
        yield
    except Exception:
        _log.exception(message, model)


def _count(call: LLMCall) -> None:
    provider, model = call.provider, call.model
    metrics.llm_requests.labels(provider, model, call.status, call.error_type).inc()
    if call.seconds_to_first_token is not None:
        metrics.llm_time_to_first_token.labels(provider, model).observe(call.seconds_to_first_token)
    for kind, count in call.tokens.items():
        metrics.llm_tokens.labels(provider, model, _TOKEN_TYPES.get(kind, kind)).inc(count or 0)
    if call.status == "success":
        metrics.llm_request_duration.labels(provider, model).observe(call.seconds)
    if call.stop_reason in _STOP_REASONS:
        metrics.llm_responses.labels(model, call.stop_reason).inc()
    # What a call used before it failed is paid for as well.
    if call.cost_usd is not None:
        metrics.llm_cost.labels(model).inc(float(call.cost_usd))
    elif call.status == "success":
        metrics.llm_unpriced_requests.labels(model).inc()


def _tell(call: LLMCall) -> None:
    """The lines that the saved log queries look for."""
    fields = {"provider": call.provider, "model": call.model, "duration_ms": round(call.seconds * 1000, 3)}
    if call.status == "error":
        _log.error("llm_call_failed", extra=fields | {"error_type": call.error_type})
    elif call.status == "success" and call.cost_usd is None:
        _log.warning("llm_call_unpriced", extra=fields)


def llm_fallback(from_model: str, to_model: str, succeeded: bool) -> None:
    """A call was repeated with another model."""
    metrics.llm_fallbacks.labels(from_model, to_model, "succeeded" if succeeded else "failed").inc()


def initialise_models(provider: str, *models: str, fallbacks: Sequence[tuple[str, str]] = ()) -> None:
    """Makes the series of these models known at 0, once at the start: the first event of a new series is no increase.

    `fallbacks`: from which of them to which other.
    """
    labels = DEFINITIONS["agentpay_llm_requests_total"].labels
    ends = [("success", "none"), ("cancelled", "none")]
    ends += [("error", kind) for kind in labels["error_type"] or () if kind != "none"]
    for model in models:
        for status, error_type in ends:
            metrics.llm_requests.labels(provider, model, status, error_type)
        for kind in DEFINITIONS["agentpay_llm_tokens_total"].labels["type"] or ():
            metrics.llm_tokens.labels(provider, model, kind)
        for stop_reason in _STOP_REASONS:
            metrics.llm_responses.labels(model, stop_reason)
        metrics.llm_request_duration.labels(provider, model)
        metrics.llm_time_to_first_token.labels(provider, model)
        metrics.llm_cost.labels(model)
        metrics.llm_unpriced_requests.labels(model)
    for from_model, to_model in fallbacks:
        for outcome in DEFINITIONS["agentpay_llm_fallbacks_total"].labels["outcome"] or ():
            metrics.llm_fallbacks.labels(from_model, to_model, outcome)


_LIMITS = {
    "requests": ("anthropic-ratelimit-requests-{}", "x-ratelimit-{}-requests"),
    "input_tokens": ("anthropic-ratelimit-input-tokens-{}", "x-ratelimit-{}-tokens"),
    "output_tokens": ("anthropic-ratelimit-output-tokens-{}",),
}


def llm_rate_limits(provider: str, headers: Mapping[str, str]) -> None:
    """What is left of the provider's rate limit, by the headers of its last answer. OpenAI has one of all tokens."""
    for kind, templates in _LIMITS.items():
        for name, gauge in (("limit", metrics.llm_ratelimit_limit), ("remaining", metrics.llm_ratelimit_remaining)):
            found = next((headers[key] for key in (t.format(name) for t in templates) if key in headers), "")
            if found.isdecimal():
                gauge.labels(provider, kind).set(int(found))


def tokens_of(usage: object) -> dict[str, int]:
    """Tokens by kind of price, each counted once, from the `usage` of Anthropic's or OpenAI's API."""
    read = _number(usage, "cache_read_input_tokens")
    if _value(usage, "prompt_tokens") is not None:
        cached = _number(_value(usage, "prompt_tokens_details"), "cached_tokens")
        found = {
            "input": _number(usage, "prompt_tokens") - cached,
            "output": _number(usage, "completion_tokens"),
            "cacheRead": cached,
        }
    else:
        written = _value(usage, "cache_creation")
        hour = _number(written, "ephemeral_1h_input_tokens")
        found = {
            "input": _number(usage, "input_tokens"),
            "output": _number(usage, "output_tokens"),
            "cacheRead": read,
            "cacheWrite5m": _number(usage, "cache_creation_input_tokens") - hour,
            "cacheWrite1h": hour,
        }
    return {kind: count for kind, count in found.items() if count}


def _value(holder: object, name: str) -> Any:
    return holder.get(name) if isinstance(holder, Mapping) else getattr(holder, name, None)


def _number(holder: object, name: str) -> int:
    return int(_value(holder, name) or 0)


def error_type_of(error: Exception) -> str:
    """The contract's word for a failure, by the status code that providers' SDKs put on their exceptions."""
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return _BY_STATUS.get(status, "server_error" if status >= 500 else "invalid_request")
    kind = type(error).__name__
    if isinstance(error, TimeoutError) or "Timeout" in kind:
        return "timeout"
    return "connection" if isinstance(error, OSError) or "Connect" in kind or "Protocol" in kind else "other"
