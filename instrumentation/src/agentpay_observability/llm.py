"""Records an LLM call: how it ended, how long it took, tokens and cost. Its own failures never reach the caller."""

import logging
import time
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any, TypeVar, overload

from . import metrics
from .contract import DEFINITIONS
from .cost import cost_usd
from .faults import is_amount
from .labels import few
from .llm_answers import Told, stop_reason_of, told_by
from .llm_errors import error_type_of
from .usage import MOST_TOKENS, Usage

_log = logging.getLogger(__name__)
_Piece = TypeVar("_Piece")
_STOP_REASONS = frozenset(DEFINITIONS["agentpay_llm_responses_total"].labels["stop_reason"] or ())
_TOKEN_TYPES = {kind: "cache_write" for kind in ("cacheWrite", "cacheWrite5m", "cacheWrite1h")}
_TOKEN_TYPES |= {"cacheRead": "cache_read", "input": "input", "output": "output"}


@dataclass
class LLMCall:
    """One call, with its retries."""

    provider: str
    model: str
    operation: str = "chat"
    #: By kind of price, as `cost_usd` takes them. `answer`, `watch` and `usage` fill it.
    tokens: Mapping[str, int | None] = field(default_factory=dict)
    stop_reason: str | None = None
    #: `success`, `error` or `cancelled`, once it has ended.
    status: str = "success"
    #: The contract's word for a failure; `none` where there was none.
    error_type: str = "none"
    error: Exception | None = None
    #: None where nobody knows it: the model has no price, or nothing told what the call used.
    cost_usd: Decimal | None = None
    ended_at: datetime | None = None
    seconds: float = 0
    seconds_to_first_token: float | None = None
    _start: float = field(default_factory=time.perf_counter)
    _used: Usage = field(default_factory=Usage)
    #: Of a failure that the provider told in an answer, and the SDK did not raise.
    _failure: str | None = None
    #: Of a watched stream: whether it has begun, whether anything of it was understood, whether it has ended.
    _streaming: bool = False
    _understood: bool = False
    _exhausted: bool = False
    _refused: bool = False
    _cancelled: bool = False

    def first_token(self) -> None:
        """Call it for every piece of a streamed reply that `watch` does not see: only the first counts."""
        if self.seconds_to_first_token is None:
            self.seconds_to_first_token = time.perf_counter() - self._start

    def usage(self, usage: object) -> None:
        """Takes an answer's `usage`, of Anthropic's or OpenAI's SDK, or the same as a mapping.

        Of a stream, in as many pieces as it comes: what a later one leaves out stays as it was.
        """
        with _harmless("the tokens of a call of %s were not understood", self.model):
            self._used.add(usage)
            self.tokens = self._used.tokens

    def answer(self, answer: _Piece) -> _Piece:
        """Takes all that a whole answer tells: what was used, why it ended, or that it failed. Returns the answer."""
        self._take(answer)
        return answer

    @overload
    def watch(self, stream: AsyncIterable[_Piece]) -> AsyncIterator[_Piece]: ...
    @overload
    def watch(self, stream: Iterable[_Piece]) -> Iterator[_Piece]: ...
    def watch(self, stream: Any) -> Any:
        """Passes on a stream's events or chunks, and takes from them all that they tell, the first token included.

        Of Anthropic's and OpenAI's SDKs, with or without their helpers. A stream that the caller leaves before its end
        was cancelled; one that ends without saying why was broken off, and is a failure of the connection.
        """
        self._streaming = True
        with _harmless("the rate limits of a call of %s were not understood", self.model):
            llm_rate_limits(self.provider, getattr(getattr(stream, "response", None), "headers", {}))
        return self._watch_async(stream) if hasattr(stream, "__aiter__") else self._watch(stream)

    def _watch(self, stream: Iterable[_Piece]) -> Iterator[_Piece]:
        for piece in stream:
            self._take(piece)
            yield piece
        self._exhausted = True

    async def _watch_async(self, stream: AsyncIterable[_Piece]) -> AsyncIterator[_Piece]:
        async for piece in stream:
            self._take(piece)
            yield piece
        self._exhausted = True

    def _take(self, piece: object) -> None:
        told = Told()
        with _harmless("an answer of %s was not understood", self.model):
            told = told_by(piece)
        if told.is_answer and self._streaming:
            self.first_token()
        if told.usage is not None:
            self.usage(told.usage)
        if told.service_tier is not None:
            self.usage({"service_tier": told.service_tier})
        if told.paid_tool is not None:
            self.usage({"paid_tool": told.paid_tool})
        self._understood = self._understood or told.known
        self.stop_reason = told.stop_reason or self.stop_reason
        self._failure = told.error_type or self._failure
        self._refused = self._refused or told.refused
        self._cancelled = told.cancelled

    def end(self, error: BaseException | None) -> None:
        """Fills in how it ended. Only what ended well is a success."""
        self.seconds = time.perf_counter() - self._start
        self.ended_at = datetime.now(timezone.utc)
        if isinstance(error, Exception):
            self.status, self.error, self.error_type = "error", error, error_type_of(error)
            # A helper that parses answers raises where one was cut off, and has it with it.
            self._take(getattr(error, "completion", None))
        elif self._failure is not None:
            self.status, self.error_type = "error", self._failure
        elif error is not None or self._cancelled or self._was_left():
            self.status = "cancelled"
        elif self._streaming and self._understood and not self.stop_reason:
            self.status, self.error_type = "error", "connection"
        if self._refused and self.stop_reason == "end_turn":
            self.stop_reason = "refusal"
        whole = self._refuse_what_is_no_count() and self._used.is_whole
        self.cost_usd = self._cost() if whole else None

    def _was_left(self) -> bool:
        """Whether the caller went before the stream said why it ended."""
        return self._streaming and not self._exhausted and not self.stop_reason

    def _refuse_what_is_no_count(self) -> bool:
        """Leaves the tokens that can be counted. Returns whether these are all that were told."""
        told, self.tokens = self.tokens, {}
        counts: dict[str, int] = {}
        whole = True
        with _harmless("the tokens of a call of %s were not understood", self.model):
            for kind, count in told.items():
                if count is None:
                    continue
                if kind in _TOKEN_TYPES and is_amount(count, of=f"{kind} tokens", most=MOST_TOKENS):
                    counts[kind] = int(count)
                else:
                    whole = False
        self.tokens = counts
        return whole

    def _cost(self) -> Decimal | None:
        """Unknown where no answer told what was used: such a call is not free."""
        if not self.tokens and not self._used.known:
            return None
        return cost_usd(self.model, self.tokens, served=self._used.served, web_searches=self._used.web_searches)


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
    except BaseException as error:  # told to leave, or to end with the process: no success either
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
    provider, model = few("provider", call.provider), few("model", call.model)
    metrics.llm_requests.labels(provider, model, call.status, call.error_type).inc()
    if call.seconds_to_first_token is not None:
        metrics.llm_time_to_first_token.labels(provider, model).observe(call.seconds_to_first_token)
    if call.status == "success":
        metrics.llm_request_duration.labels(provider, model).observe(call.seconds)
    if call.stop_reason is not None:
        reason = stop_reason_of(call.stop_reason)
        metrics.llm_responses.labels(model, reason if reason in _STOP_REASONS else "other").inc()
    # What a call used before it failed is paid for as well.
    if call.cost_usd is not None:
        metrics.llm_cost.labels(model).inc(float(call.cost_usd))
    elif _has_no_cost(call):
        metrics.llm_unpriced_requests.labels(model).inc()
    for kind, count in call.tokens.items():
        metrics.llm_tokens.labels(provider, model, _TOKEN_TYPES[kind]).inc(count or 0)


def _has_no_cost(call: LLMCall) -> bool:
    """Whether the call surely cost something, and nobody knows what. A refused one cost nothing."""
    return call.cost_usd is None and (call.status == "success" or bool(call.tokens))


def _tell(call: LLMCall) -> None:
    """The lines that the saved log queries look for."""
    fields = {"provider": call.provider, "model": call.model, "duration_ms": round(call.seconds * 1000, 3)}
    if call.status == "error":
        _log.error("llm_call_failed", extra=fields | {"error_type": call.error_type})
    elif _has_no_cost(call):
        _log.warning("llm_call_unpriced", extra=fields | {"tokens_known": bool(call.tokens)})


def llm_fallback(from_model: str, to_model: str, succeeded: bool) -> None:
    """A call was repeated with another model."""
    outcome = "succeeded" if succeeded else "failed"
    metrics.llm_fallbacks.labels(few("model", from_model), few("model", to_model), outcome).inc()


def initialise_models(provider: str, *models: str, fallbacks: Sequence[tuple[str, str]] = ()) -> None:
    """Makes the series of these models known at 0, once at the start: the first event of a new series is no increase.

    `fallbacks`: from which of them to which other.
    """
    labels = DEFINITIONS["agentpay_llm_requests_total"].labels
    ends = [("success", "none"), ("cancelled", "none")]
    ends += [("error", kind) for kind in labels["error_type"] or () if kind != "none"]
    provider = few("provider", provider)
    for model in (few("model", name) for name in models):
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
    provider = few("provider", provider)
    for kind, templates in _LIMITS.items():
        for name, gauge in (("limit", metrics.llm_ratelimit_limit), ("remaining", metrics.llm_ratelimit_remaining)):
            found = next((headers[key] for key in (t.format(name) for t in templates) if key in headers), "")
            if found.isdecimal() and is_amount(float(found), of=f"a rate limit of {provider}"):
                gauge.labels(provider, kind).set(int(found))
