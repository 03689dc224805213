"""ASGI middleware that counts and times HTTP requests and WebSockets, and the `/metrics` application."""

from __future__ import annotations

import logging
import time
from asyncio import CancelledError
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from . import metrics
from .contract import DEFINITIONS
from .exposition import registry

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

EXCLUDED_PATHS = frozenset({"/metrics", "/healthz", "/readyz"})
UNMATCHED = "<unmatched>"
#: As nginx logs it: the client left before it had the whole answer. No error of ours.
CLIENT_CLOSED_REQUEST = 499
#: Has a line for each request, in the fields that saved queries look for.
REQUESTS_LOGGER = "agentpay_observability.requests"
_requests = logging.getLogger(REQUESTS_LOGGER)
_METHODS = frozenset(DEFINITIONS["agentpay_requests_total"].labels["method"] or ())


class MetricsMiddleware:
    """Measures what passes through it. Labels are route templates: never a raw path, so their number is bounded."""

    def __init__(self, app: ASGIApp, excluded_paths: frozenset[str] = EXCLUDED_PATHS) -> None:
        self._app = app
        self._excluded = excluded_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] not in self._excluded:
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        start = time.perf_counter()
        prefix = scope.get("root_path", "")
        status, answered, complete = 500, 0.0, False

        async def observe(message: Message) -> None:
            nonlocal status, answered, complete
            if message["type"] == "http.response.start":
                status = message["status"]
                is_stream = _is_event_stream(message)
            else:
                is_stream = False
            await send(message)
            # How long people read an event stream says nothing of our speed: it is answered once it begins.
            if is_stream:
                answered = time.perf_counter()
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                complete = True

        try:
            await self._app(scope, receive, observe)
        except CancelledError:
            status = CLIENT_CLOSED_REQUEST
            raise
        except BaseException:
            status = 500
            raise
        else:
            if not complete:
                status = CLIENT_CLOSED_REQUEST
        finally:
            method = scope["method"]
            if method in _METHODS:
                endpoint = endpoint_of(scope, prefix)
                seconds = (answered or time.perf_counter()) - start
                metrics.requests.labels(method, endpoint, str(status)).inc()
                metrics.request_latency.labels(method, endpoint).observe(seconds)
                _tell(method, endpoint, status, seconds)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        accepted, reason = False, "normal"

        async def observe_send(message: Message) -> None:
            nonlocal accepted, reason
            await send(message)
            if message["type"] == "websocket.accept":
                accepted = True
                metrics.websocket_connects.labels("ok").inc()
                metrics.websocket_connections.inc()
            elif message["type"] == "websocket.close":
                reason = reason_of(message.get("code", 1000))

        async def observe_receive() -> Message:
            nonlocal reason
            message = await receive()
            if message["type"] == "websocket.disconnect":
                # uvicorn calls a lost connection 1005 as well, but has a reason, if empty, of one that was closed.
                lost = "reason" not in message and message.get("code", 1005) == 1005
                reason = "error" if lost else reason_of(message.get("code", 1005), message.get("reason"))
            return message

        try:
            await self._app(scope, observe_receive, observe_send)
        except CancelledError:
            reason = "shutdown"
            raise
        except BaseException:
            reason = "error"
            raise
        finally:
            if accepted:
                metrics.websocket_connections.dec()
                metrics.websocket_disconnects.labels(reason).inc()
            elif endpoint_of(scope, "") != UNMATCHED:
                metrics.websocket_connects.labels("error" if reason == "error" else "rejected").inc()


def _tell(method: str, endpoint: str, status: int, seconds: float) -> None:
    level = logging.ERROR if status >= 500 else logging.INFO
    if _requests.isEnabledFor(level):
        fields = {"endpoint": endpoint, "status": status, "duration_ms": round(seconds * 1000, 3)}
        _requests.log(level, "request", extra={"method": method, **fields})


def reason_of(code: int, text: str | None = None) -> str:
    """Why a WebSocket was closed, by its close code (RFC 6455)."""
    if text and "timeout" in text:
        return "timeout"
    if code in (1001, 1012):
        return "normal" if code == 1001 else "shutdown"
    return "error" if code in (1002, 1003, 1006, 1007, 1009, 1011) else "normal"


def endpoint_of(scope: Scope, prefix: str) -> str:
    """The template of the route that answered, with what it is mounted below; `<unmatched>` where none did."""
    # FastAPI's included routers keep the template with their prefix here; the route has its own part alone.
    context = (scope.get("fastapi") or {}).get("effective_route_context")
    template = getattr(context, "path_format", None) or getattr(scope.get("route"), "path_format", None)
    if template is None:
        return UNMATCHED
    return f"{str(scope.get('root_path', '')).removeprefix(prefix)}{template}"


def _is_event_stream(message: Message) -> bool:
    return any(name == b"content-type" and b"text/event-stream" in value for name, value in message["headers"])


async def metrics_app(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application of `/metrics`. Block that path at the edge: it is for Prometheus alone."""
    headers = [(b"content-type", CONTENT_TYPE_LATEST.encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": generate_latest(registry())})


class MetricsEndpoint:
    """Answers the path `/metrics` in front of an application, whatever its framework."""

    def __init__(self, app: ASGIApp, path: str = "/metrics") -> None:
        self._app = app
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_metrics = scope["type"] == "http" and scope["path"] == self._path
        await (metrics_app if is_metrics else self._app)(scope, receive, send)
