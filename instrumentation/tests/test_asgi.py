"""The middleware by itself, where a server would make no difference."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from running import HERE, free_port, running
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Host, Mount, Route
from starlette.staticfiles import StaticFiles
from values import value

from agentpay_observability import MetricsEndpoint, MetricsMiddleware, exchange, faults
from agentpay_observability.asgi_types import ASGIApp, Message, Receive, Scope, Send


async def plain(request: Request) -> Response:
    return PlainTextResponse("plain")


def get(app: ASGIApp, path: str, **more: Any) -> list[Message]:
    """What the application sends as an answer."""
    raw = path.encode()
    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": httpx.URL(path).path, "raw_path": raw}
    scope |= {"headers": [(b"host", b"acme.example.com")], "query_string": b"", "root_path": "", "scheme": "http"}
    sent: list[Message] = []
    body = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> Message:
        for message in body:
            return message
        await asyncio.sleep(60)
        raise AssertionError("the answer did not end")

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(_run(app, scope | more, receive, send))
    return sent


async def _run(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    await app(scope, receive, send)


def counts(endpoint: str, status: str = "200") -> float:
    return value("agentpay_requests_total", method="GET", endpoint=endpoint, status=status)


def fastapi_around(*routes: Any) -> FastAPI:
    app = FastAPI()
    app.router.routes.extend(routes)
    return app


@pytest.mark.parametrize("kind", [lambda *routes: Starlette(routes=list(routes)), fastapi_around])
@pytest.mark.parametrize("inside", [True, False])
@pytest.mark.parametrize(
    ("route", "path", "endpoint"),
    [
        (Route("/one/{name}", plain), "/one/1", "/one/{name}"),
        (Route("/files/{name:path}", plain), "/files/a/b/c", "/files/{name}"),
        (Mount("/t/{tenant}", routes=[Route("/one/{name}", plain)]), "/t/acme/one/1", "/t/{tenant}/one/{name}"),
        (Mount("/t/{tenant}", app=PlainTextResponse("any")), "/t/acme/what/ever", "/t/{tenant}/{path}"),
        (Mount("/a", routes=[Mount("/b/{c}", routes=[Route("/d", plain)])]), "/a/b/1/d", "/a/b/{c}/d"),
        (Mount("", routes=[Route("/one", plain)]), "/one", "/one"),
        (Mount("/s", app=StaticFiles(directory=HERE)), "/s/values.py", "/s/{path}"),
        (Host("{tenant}.example.com", Starlette(routes=[Route("/one", plain)])), "/one", "/one"),
        (Mount("/f/{x}", app=fastapi_around(Route("/one/{name}", plain))), "/f/1/one/2", "/f/{x}/one/{name}"),
    ],
)
def test_an_endpoint_is_the_template_of_its_route(
    kind: Callable[..., Any], inside: bool, route: Any, path: str, endpoint: str
) -> None:
    app = kind(route)
    if inside:
        app.add_middleware(MetricsMiddleware)
    get(app if inside else MetricsMiddleware(app), path)
    get(app if inside else MetricsMiddleware(app), f"/api{path}", root_path="/api")
    assert counts(endpoint) == 2


@pytest.mark.parametrize("path", ["/t/acme/nowhere", "/nowhere", "/t"])
def test_where_no_route_answers_no_path_is_told(path: str) -> None:
    app = Starlette(routes=[Mount("/t/{tenant}", routes=[Route("/one", plain)])])
    app.add_middleware(MetricsMiddleware)
    get(app, path)
    assert counts("<unmatched>", "404") == 1


def test_the_root_path_of_an_application_is_no_part_of_its_templates() -> None:
    app = FastAPI(root_path="/proxied")
    app.router.routes.append(Mount("/t/{tenant}", routes=[Route("/one", plain)]))
    get(MetricsMiddleware(app), "/proxied/t/acme/one")
    assert counts("/t/{tenant}/one") == 1


@pytest.mark.parametrize(
    ("path", "more", "is_metrics"),
    [
        ("/metrics", {}, True),
        ("/metrics", {"root_path": "/api"}, True),
        ("/api/metrics", {"root_path": "/api"}, True),
        ("/api/metrics", {"root_path": "/api", "raw_path": b"/metrics"}, True),
        ("/metrics", {"raw_path": b"/metrics?x=1"}, True),
        ("/metrics", {"raw_path": None}, True),
        ("/metrics", {"raw_path": b""}, True),
        ("/metrics", {"raw_path": b"/%6Detrics"}, False),
        ("/api/metrics", {"root_path": "/api", "raw_path": b"/%61pi/metrics"}, False),
        ("/api/metrics", {"root_path": "/ap"}, False),
        ("/metrics/", {}, False),
    ],
)
def test_metrics_are_there_below_any_root_path_and_under_no_other_name(
    path: str, more: dict[str, Any], is_metrics: bool
) -> None:
    app = MetricsEndpoint(MetricsMiddleware(Starlette()))
    start, body = get(app, path, **more)
    assert (start["status"] == 200 and b"# HELP" in body["body"]) is is_metrics
    assert counts("<unmatched>", "404") == (0 if is_metrics else 1)


def test_a_server_below_a_root_path_answers_for_its_metrics() -> None:
    url = f"http://127.0.0.1:{(port := free_port())}"
    command = ["-m", "uvicorn", "server:app", "--port", str(port), "--root-path", "/api"]
    with running(*command, url=f"{url}/healthz", environment={}):
        assert "agentpay_requests_total" in httpx.get(f"{url}/metrics").text
        assert httpx.get(f"{url}/%6Detrics").status_code == 404
        text = httpx.get(f"{url}/metrics").text
    assert 'endpoint="<unmatched>",method="GET",status="404"} 1.0' in text
    assert "healthz" not in text


def answering(*messages: Message) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for message in messages:
            await send(message)

    return app


LAST = {"type": "http.response.body", "body": b"ok"}


@pytest.mark.parametrize(
    "messages",
    [
        [{"type": "http.response.start", "status": 200}, LAST],
        [{"type": "http.response.start", "status": 200, "headers": ((b"Content-Type", b"text/plain"),)}, LAST],
        [{"type": "http.response.start", "status": 200, "headers": []}, {"type": "http.response.body"}],
        [{"type": "http.response.early_hint", "links": []}, {"type": "http.response.start", "status": 200}, LAST],
        [{"type": "http.response.start", "status": 200}, {"type": "http.response.pathsend", "path": "/x"}],
        [{"type": "http.response.start", "status": 200}, {"type": "http.response.zerocopysend", "file": 3}],
        [
            {"type": "http.response.start", "status": 200, "trailers": True},
            LAST,
            {"type": "http.response.trailers", "headers": [], "more_trailers": True},
            {"type": "http.response.trailers", "headers": []},
        ],
    ],
)
def test_every_answer_passes_as_it_is_and_is_counted_once(messages: list[Message]) -> None:
    assert get(MetricsMiddleware(answering(*messages)), "/") == messages
    assert counts("<unmatched>") == 1
    # All but the end of it is no answer.
    get(MetricsMiddleware(answering(*messages[:-1])), "/")
    assert counts("<unmatched>", "500") == 1


def test_headers_that_can_be_read_once_reach_the_client() -> None:
    start = {"type": "http.response.start", "status": 200, "headers": iter([(b"x-a", b"1")])}
    assert get(MetricsMiddleware(answering(start, LAST)), "/")[0]["headers"] == [(b"x-a", b"1")]


def test_a_fault_of_our_own_is_logged_and_counted_and_nobody_elses(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("our own fault")

    faults._logged.clear()
    monkeypatch.setattr(exchange, "endpoint_of", broken)
    app = MetricsMiddleware(answering({"type": "http.response.start", "status": 200}, LAST))
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            assert len(get(app, "/")) == 2
    assert value("agentpay_instrumentation_faults_total", kind="accounting") == 3
    assert caplog.text.count("a request was not counted") == 1


def test_a_file_that_is_missing_is_the_servers_fault_and_a_lost_client_is_not() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.pathsend", "path": "/nowhere"})

    for error in (FileNotFoundError(2, "no such file", "/nowhere"), ConnectionResetError("gone"), OSError()):

        async def send(message: Message, error: OSError = error) -> None:
            if message["type"] == "http.response.pathsend":
                raise error

        async def receive() -> Message:
            await asyncio.sleep(60)
            raise AssertionError

        scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
        with pytest.raises(OSError):
            asyncio.run(_run(MetricsMiddleware(app), scope, receive, send))
    assert counts("<unmatched>", "500") == 1
    assert counts("<unmatched>", "499") == 2


def test_what_a_look_for_the_client_received_reaches_the_application() -> None:
    """A slow application that reads its request last."""
    received: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(2 * exchange.LOOK_AFTER_SECONDS)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(3):
            received.append(await receive())
        await send(LAST)

    pieces = [{"type": "http.request", "body": bytes([number]), "more_body": number < 2} for number in range(3)]
    waiting = iter(pieces)

    async def receive() -> Message:
        for piece in waiting:
            return piece
        await asyncio.sleep(60)
        raise AssertionError

    async def send(_: Message) -> None:
        pass

    scope = {"type": "http", "method": "POST", "path": "/", "headers": []}
    asyncio.run(_run(MetricsMiddleware(app), scope, receive, send))
    assert received == pieces
    assert value("agentpay_requests_total", method="POST", endpoint="<unmatched>", status="200") == 1


@pytest.mark.parametrize(("leaves", "status"), [(True, "499"), (False, "500")])
def test_a_cancelled_request_is_the_clients_where_it_has_left(leaves: bool, status: str) -> None:
    """Some servers cancel the work for a client that has left, all of them at their own end."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(60)

    async def receive() -> Message:
        if not leaves:
            await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(_: Message) -> None:
        raise AssertionError

    async def cancelled() -> None:
        scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
        work = asyncio.ensure_future(_run(MetricsMiddleware(app), scope, receive, send))
        await asyncio.sleep(0.01)
        work.cancel()
        await asyncio.wait([work])
        assert work.cancelled()

    asyncio.run(cancelled())
    assert counts("<unmatched>", status) == 1
