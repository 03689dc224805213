"""Sentry: errors, traces and profiles of AgentPay, without what people write or pay with. Extra `sentry`.

Nothing is collected that has to be taken out again, as far as the SDK can be told so; what is left goes through
`redaction` before it is sent: events, transactions with their spans, logs, metrics and sessions. What can't be read for
it, such as an attachment, stays here.
"""

import os
import random
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib import import_module
from typing import Any, cast

import sentry_sdk
from sentry_sdk.envelope import Envelope, Item
from sentry_sdk.integrations import DidNotEnable, Integration
from sentry_sdk.integrations.logging import ignore_logger
from sentry_sdk.transport import HttpTransport
from sentry_sdk.types import Breadcrumb, BreadcrumbHint, Event, Hint, Log, Metric

from . import environment as names
from . import lifespan, llm
from .asgi import EXCLUDED_PATHS
from .exchange import REQUESTS_LOGGER
from .llm import LLMCall
from .paths import own_path
from .redaction import redact_entries, redact_text

#: Sentry's alert on LLM failures looks for it: LLM_TAG of catalog/sentry-alerts.ts.
LLM_TAG = ("component", "llm")
#: Every one of their requests is traced: they are few, and each is money.
_CHECKOUT = re.compile(r"(?:^|[/._])checkouts?(?:$|[/._])")
#: By which the sender of a request may continue a trace of its own: what a stranger sends decides nothing.
_TRACE_HEADERS = frozenset({b"sentry-trace", b"baggage", b"traceparent"})
_NOTHING: Any = {"mode": "off"}
#: A client that has left, of which a framework tells the application by an exception: nothing has failed.
_DEPARTURES = frozenset({("starlette.websockets", "WebSocketDisconnect"), ("starlette.requests", "ClientDisconnect")})
#: A tag of the transaction in which a client left.
_LEFT = ("client", "left")
#: The SDK's own bound where a process ends.
_FLUSH_SECONDS = 2.0


def init_sentry(
    release: str | None = None,
    integrations: tuple[Integration, ...] = (),
    environ: Mapping[str, str] | None = None,
) -> bool:
    """Starts Sentry by the stack's environment variables, once in each process; without SENTRY_DSN nothing happens.

    `release`: such as the commit that was deployed. Default: SENTRY_RELEASE, or what the SDK finds.
    `integrations`: beyond those that the SDK finds by itself; `dramatiq` must be named, for example.
    Returns whether it started. Raises ValueError where a rate is none.
    """
    given = os.environ if environ is None else environ
    dsn = given.get(names.SENTRY_DSN)
    if not dsn:
        return False
    traces = _rate(given, names.SENTRY_TRACES_SAMPLE_RATE)
    profiles = _rate(given, names.SENTRY_PROFILES_SAMPLE_RATE)
    sentry_sdk.init(
        dsn=dsn,
        environment=given.get(names.SENTRY_ENVIRONMENT) or given.get(names.ENVIRONMENT),
        release=release,
        integrations=list(integrations),
        # `llm_call` makes the span of a call, whatever client was used: with its cost, and never with a prompt.
        disabled_integrations=_provider_integrations(),
        traces_sampler=_sampler(traces),
        profile_session_sample_rate=profiles,
        profile_lifecycle="trace",
        data_collection={
            "user_info": False,
            "cookies": _NOTHING,
            "http_headers": {"request": {"mode": "allowlist", "terms": ["user-agent", "content-type", "accept"]}},
            "http_bodies": [],
            "url_query_params": _NOTHING,
            "gen_ai": {"inputs": False, "outputs": False},
            "database_query_data": False,
            "queues": False,
            # Values of local variables are what people wrote and what they pay with.
            "stack_frame_variables": False,
        },
        before_breadcrumb=_before_breadcrumb,
        before_send=_before_send,
        before_send_transaction=_before_send_transaction,
        before_send_log=_before_send_log,
        before_send_metric=_before_send_metric,
        transport=_Transport,
    )
    # Failures are reported with their exceptions already.
    ignore_logger(llm.__name__)
    ignore_logger(REQUESTS_LOGGER)
    if observe_llm not in llm.observers:
        llm.observers.append(observe_llm)
    if _flush not in lifespan.last_acts:
        lifespan.last_acts.append(_flush)
    return True


def _flush() -> None:
    """Sends the logs and metrics of the last seconds, which the SDK collects before it sends them."""
    sentry_sdk.flush(timeout=_FLUSH_SECONDS)


def _rate(given: Mapping[str, str], name: str) -> float:
    text = given.get(name) or "0"
    try:
        rate = float(text)
    except ValueError:
        rate = -1
    if not 0 <= rate <= 1:
        raise ValueError(f"{name} must be a share from 0 to 1, such as 0.1, not {text!r}")
    return rate


def _provider_integrations() -> list[type[Integration]]:
    """Of the clients that are installed: an integration can't even be imported without its client."""
    found: list[type[Integration]] = []
    for module, name in (("anthropic", "AnthropicIntegration"), ("openai", "OpenAIIntegration")):
        with suppress(DidNotEnable):
            found.append(getattr(import_module(f"sentry_sdk.integrations.{module}"), name))
    return found


def _sampler(rate: float) -> Callable[[dict[str, Any]], float]:
    def sample(context: dict[str, Any]) -> float:
        scope = context.get("asgi_scope") or {}
        path = own_path(scope) if scope else ""
        if path in EXCLUDED_PATHS:
            return 0
        if not scope and context.get("parent_sampled") is not None:
            return float(context["parent_sampled"])  # a job, as the request of ours that it is from
        if rate == 0:
            return 0
        name = path if scope else str((context.get("transaction_context") or {}).get("name", ""))
        if _CHECKOUT.search(name):
            return 1
        # The SDK decides by a number that came with the request, if there is one: then it is decided here.
        return float(random.random() < rate) if _continues_a_trace(scope) else rate

    return sample


def _continues_a_trace(scope: Mapping[str, Any]) -> bool:
    return any(name.lower() in _TRACE_HEADERS for name, _ in scope.get("headers", ()))


def _before_breadcrumb(crumb: Breadcrumb, _hint: BreadcrumbHint) -> Breadcrumb | None:
    return redact_entries(crumb)


def _before_send(event: Event, hint: Hint) -> Event | None:
    if _is_departure((hint.get("exc_info") or (None, None))[1]):
        if transaction := sentry_sdk.get_current_scope().transaction:
            transaction.set_tag(*_LEFT)
        return None
    return _redacted(event, hint)


def _before_send_transaction(event: Event, hint: Hint) -> Event | None:
    name, value = _LEFT
    trace = event.get("contexts", {}).get("trace", {})
    if (event.get("tags") or {}).get(name) == value and trace.get("status") == "internal_error":
        trace["status"] = "cancelled"
    return _redacted(event, hint)


def _is_departure(error: BaseException | None) -> bool:
    """Whether it says nothing but that the client has left. A group of tasks raises it in a group."""
    if parts := getattr(error, "exceptions", None):
        return all(map(_is_departure, parts))
    return any((kind.__module__, kind.__name__) in _DEPARTURES for kind in type(error).__mro__)


def _redacted(event: Event, hint: Hint) -> Event:
    # Nobody can say what is in them.
    hint.pop("attachments", None)
    return cast(Event, redact_entries(event))


def _before_send_log(log: Log, _hint: Hint) -> Log | None:
    return cast(Log, dict(log) | {"body": redact_text(log["body"]), "attributes": redact_entries(log["attributes"])})


def _before_send_metric(metric: Metric, _hint: Hint) -> Metric | None:
    shown = {"name": redact_text(metric["name"]), "attributes": redact_entries(metric["attributes"])}
    return cast(Metric, dict(metric) | shown)


class _Transport(HttpTransport):
    """Sends what went through one of the hooks above, takes out of the rest what it can, and drops what is unknown."""

    #: Spans are made of the transaction that they were part of; profiles are names of functions.
    _READY = frozenset({"event", "transaction", "span", "log", "trace_metric", "profile", "profile_chunk"})
    _REDACTED = frozenset({"session", "sessions", "check_in"})

    def capture_envelope(self, envelope: Envelope) -> None:
        envelope.items = [item for item in envelope.items if item.type in self._READY or self._redacted(item)]
        if envelope.items:
            super().capture_envelope(envelope)

    def _redacted(self, item: Item) -> bool:
        """Takes people out of a session. Returns whether the item may be sent."""
        content = item.payload.json
        if item.type not in self._REDACTED or not isinstance(content, dict):
            return False
        item.payload.json = {name: value for name, value in redact_entries(content).items() if name != "did"}
        (item.payload.json.get("attrs") or {}).pop("ip_address", None)
        return True


def observe_llm(call: LLMCall) -> Callable[[], None]:
    """The call as a span, by OpenTelemetry's names of generative AI, and its failure as an event."""
    span = sentry_sdk.start_span(op=f"gen_ai.{call.operation}", name=f"{call.operation} {call.model}")
    span.__enter__()

    def ended() -> None:
        for name, value in _attributes(call).items():
            if value is not None:
                span.set_data(name, value)
        if call.status != "success":
            span.set_status("internal_error" if call.status == "error" else "cancelled")
        span.__exit__(None, None, None)
        if call.status == "error":
            _report(call)

    return ended


def _report(call: LLMCall) -> None:
    """Here, as only here is it known that it is the model that failed. The SDK reports no exception twice."""
    with sentry_sdk.new_scope() as scope:
        scope.set_tag(*LLM_TAG)
        scope.set_tag("llm.provider", call.provider)
        scope.set_tag("llm.model", call.model)
        scope.set_tag("llm.error_type", call.error_type)
        if call.error:
            sentry_sdk.capture_exception(call.error)
        else:  # told in an answer, not raised
            sentry_sdk.capture_message(f"{call.provider} failed: {call.error_type}", "error")


def _attributes(call: LLMCall) -> dict[str, object]:
    tokens = {kind: count or 0 for kind, count in call.tokens.items()}
    output = tokens.pop("output", 0)
    return {
        "gen_ai.operation.name": call.operation,
        "gen_ai.provider.name": call.provider,
        "gen_ai.request.model": call.model,
        "gen_ai.response.streaming": call.seconds_to_first_token is not None,
        "gen_ai.response.time_to_first_token": call.seconds_to_first_token,
        "gen_ai.response.finish_reasons": call.stop_reason and [call.stop_reason],
        # All of the input, what was read from and written to the cache included.
        "gen_ai.usage.input_tokens": sum(tokens.values()),
        "gen_ai.usage.input_tokens.cached": tokens.get("cacheRead", 0),
        "gen_ai.usage.input_tokens.cache_write": tokens.get("cacheWrite5m", 0) + tokens.get("cacheWrite1h", 0),
        "gen_ai.usage.output_tokens": output,
        "gen_ai.usage.total_tokens": sum(tokens.values()) + output,
        # By our price list; Sentry has one of its own.
        "agentpay.cost_usd": None if call.cost_usd is None else float(call.cost_usd),
        "agentpay.error_type": call.error_type,
    }
