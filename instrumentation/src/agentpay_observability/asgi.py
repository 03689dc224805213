"""ASGI middleware that counts and times HTTP requests and WebSockets, and the `/metrics` application."""

from __future__ import annotations

import asyncio

from prometheus_client import CONTENT_TYPE_LATEST

from .asgi_types import ASGIApp, Receive, Scope, Send
from .exchange import Exchange
from .exposition import render
from .lifespan import run_lifespan
from .paths import asks_for
from .websocket import WebSocketExchange

EXCLUDED_PATHS = frozenset({"/metrics", "/healthz", "/readyz"})


class MetricsMiddleware:
    """Measures what passes through it. Labels are route templates: never a raw path, so their number is bounded."""

    def __init__(self, app: ASGIApp, excluded_paths: frozenset[str] = EXCLUDED_PATHS) -> None:
        self._app = app
        self._excluded = excluded_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = scope["type"]
        if kind == "http" and not asks_for(scope, self._excluded):
            await Exchange(self._app, scope, receive, send).run(self._app)
        elif kind == "websocket":
            await WebSocketExchange(self._app, scope, receive, send).run(self._app)
        elif kind == "lifespan":
            await run_lifespan(self._app, scope, receive, send)
        else:
            await self._app(scope, receive, send)


async def metrics_app(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application of `/metrics`. Block that path at the edge: it is for Prometheus alone."""
    # Off the event loop, where requests wait meanwhile.
    body = await asyncio.to_thread(render)
    headers = [(b"content-type", CONTENT_TYPE_LATEST.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class MetricsEndpoint:
    """Answers the path `/metrics` in front of an application, whatever its framework and below whatever root path."""

    def __init__(self, app: ASGIApp, path: str = "/metrics") -> None:
        self._app = app
        self._paths = frozenset({path})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_metrics = scope["type"] == "http" and asks_for(scope, self._paths)
        await (metrics_app if is_metrics else self._app)(scope, receive, send)
