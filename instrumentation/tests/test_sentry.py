"""What a local server gets of Sentry's SDK, from a real application that handles secrets and breaks on them."""

import asyncio
import gzip
import json
import signal
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from running import free_port, running
from websockets.asyncio.client import connect

from agentpay_observability import environment
from agentpay_observability.sentry import _sampler, init_sentry

SAID = "sentinel: I live in the yellow house"
CARD = "4242424242424242"
Items = list[tuple[str, Any]]


class Receiver(ThreadingHTTPServer):
    """Sentry's address for envelopes."""

    def __init__(self) -> None:
        self.bodies: list[str] = []
        super().__init__(("127.0.0.1", 0), Handler)

    def items(self) -> Items:
        found: Items = []
        for body in self.bodies:
            lines = body.split("\n")[1:]
            for header, payload in zip(lines[::2], lines[1::2], strict=False):
                found.append((json.loads(header)["type"], json.loads(payload)))
        return found


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        self.server.bodies.append(body.decode())
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Not to standard error."""


@pytest.fixture(scope="module")
def received() -> Iterator[Receiver]:
    with Receiver() as sentry:
        threading.Thread(target=sentry.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{(port := free_port())}"
        given = {
            environment.SENTRY_DSN: f"http://key@127.0.0.1:{sentry.server_port}/1",
            environment.SENTRY_ENVIRONMENT: "test",
            environment.SENTRY_TRACES_SAMPLE_RATE: "0.999999",
            environment.SENTRY_PROFILES_SAMPLE_RATE: "1",
        }
        with running(
            "-m", "uvicorn", "sentry_server:app", "--port", str(port), url=f"{url}/healthz", environment=given
        ) as server:
            headers = {"authorization": "Bearer sentinel-header", "cookie": "session=sentinel-cookie"}
            for path, body in (("/chat/c-1?q=sentinel", {"message": SAID}), ("/checkouts", {"card": CARD})):
                httpx.post(url + path, json=body, headers=headers)
            asyncio.run(leave(port))
        # Ended by a signal, it has sent what was still waiting.
        assert server.returncode == -signal.SIGTERM
        yield sentry
        sentry.shutdown()


async def leave(port: int) -> None:
    """Clients that go, in each way."""
    for number, code in enumerate((1000, 1001, 4000)):
        async with connect(f"ws://127.0.0.1:{port}/talk/{number}") as websocket:
            await websocket.recv()
            await websocket.close(code)
    lost = await connect(f"ws://127.0.0.1:{port}/talk/lost")
    await lost.recv()
    lost.transport.abort()  # type: ignore[no-untyped-call,unused-ignore]
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST /uploads HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nthe beginning")
    await writer.drain()
    # The server has begun with it.
    await asyncio.sleep(0.3)
    writer.close()


def transactions(received: Receiver) -> dict[str, Any]:
    return {payload["transaction"]: payload for type, payload in received.items() if type == "transaction"}


def test_no_secret_and_no_message_leaves_the_process(received: Receiver) -> None:
    assert len(received.bodies) > 2
    for body in received.bodies:
        assert "sentinel" not in body.replace("sentinel_", "") and CARD not in body
    # The search would find them: they passed through.
    assert "[redacted]" in "".join(received.bodies)


def test_a_failed_call_is_one_event_that_the_alert_on_llm_failures_looks_for(received: Receiver) -> None:
    (event,) = [payload for type, payload in received.items() if type == "event"]
    assert event["exception"]["values"][-1]["type"] == "Overloaded"
    assert event["tags"]["component"] == "llm"
    assert event["tags"]["llm.error_type"] == "overloaded"
    assert (event["tags"]["conversation_id"], event["tags"]["organisation_id"]) == ("c-1", "o-1")
    assert event["contexts"]["conversation"]["stage"] == "discovery"
    assert (event["environment"], event["release"]) == ("test", "agentpay@1.2.3")
    assert event["breadcrumbs"]["values"]


def test_calls_are_spans_by_the_names_of_open_telemetry(received: Receiver) -> None:
    (spans,) = [payload["items"] for type, payload in received.items() if type == "span"]
    answered, failed = spans
    assert answered["trace_id"] == transactions(received)["/chat/{conversation_id}"]["contexts"]["trace"]["trace_id"]
    assert answered["name"] == "chat claude-haiku-4-5"
    data = {name: attribute["value"] for name, attribute in answered["attributes"].items()}
    assert data["sentry.op"] == "gen_ai.chat"
    assert data["gen_ai.conversation.id"] == "c-1"
    assert data["gen_ai.provider.name"] == "anthropic"
    assert data["gen_ai.request.model"] == "claude-haiku-4-5"
    assert data["gen_ai.usage.input_tokens"] == 120
    assert data["gen_ai.usage.input_tokens.cached"] == 100
    assert data["gen_ai.usage.output_tokens"] == 5
    assert "end_turn" in data["gen_ai.response.finish_reasons"]
    assert data["gen_ai.response.time_to_first_token"] >= 0
    assert data["agentpay.cost_usd"] == pytest.approx(0.000055)
    assert failed["status"] == "error"


def test_requests_are_traced_but_not_those_of_health(received: Receiver) -> None:
    expected = {"/chat/{conversation_id}", "/checkouts", "/talk/{how}", "/uploads"}
    assert set(transactions(received)) == expected
    assert "profile_chunk" in {type for type, _ in received.items()}


def test_a_client_that_leaves_is_no_failure(received: Receiver) -> None:
    """That no event tells of it, `test_a_failed_call_is_one_event...` shows."""
    statuses = [
        (payload["transaction"], payload["contexts"]["trace"]["status"])
        for type, payload in received.items()
        if type == "transaction" and payload["transaction"] in ("/talk/{how}", "/uploads")
    ]
    assert sorted(statuses) == [("/talk/{how}", "cancelled")] * 4 + [("/uploads", "cancelled")]


def test_logs_metrics_and_sessions_are_sent_without_what_people_are(received: Receiver) -> None:
    by_kind = dict(received.items())
    log = by_kind["log"]["items"][0]
    assert log["body"] == "[redacted] asked password=[redacted]"
    assert log["attributes"]["prompt"]["value"] == "[redacted]"
    metric = by_kind["trace_metric"]["items"][0]
    assert (metric["name"], metric["attributes"]["stage"]["value"]) == ("asked", "discovery")
    session = by_kind["session"]
    assert session["attrs"]["environment"] == "test" and "did" not in session and "192.0.2.7" not in str(session)
    assert "attachment" not in by_kind


def incoming(path: str, *headers: tuple[bytes, bytes], root_path: str = "") -> dict[str, Any]:
    return {"asgi_scope": {"path": path, "root_path": root_path, "headers": headers}}


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        (incoming("/metrics") | {"parent_sampled": True}, 0),
        (incoming("/shop/metrics", root_path="/shop"), 0),
        (incoming("/api/v1/products"), 0.1),
        (incoming("/api/v1/checkouts"), 1),
        (incoming("/api/v1/checkouts", (b"sentry-trace", b"0-0-0")) | {"parent_sampled": False}, 1),
        (incoming("/not-checkouts-at-all"), 0.1),
        ({"transaction_context": {"name": "complete.checkout"}}, 1),
        ({"transaction_context": {"name": "a job"}, "parent_sampled": True}, 1),
        ({"transaction_context": {"name": "a job"}, "parent_sampled": False}, 0),
    ],
)
def test_sampling(context: dict[str, Any], expected: float) -> None:
    assert _sampler(0.1)(context) == expected
    assert _sampler(0)(context | {"parent_sampled": None}) == 0


@pytest.mark.parametrize(
    "headers",
    [
        ((b"sentry-trace", b"771a43a4192642f0b136d5159a501700-1234567890abcdef-1"),),
        ((b"sentry-trace", b"771a43a4192642f0b136d5159a501700-1234567890abcdef-0"),),
        ((b"baggage", b"sentry-sample_rand=0.000001,sentry-sample_rate=1"),),
    ],
)
def test_a_stranger_decides_nothing(headers: tuple[tuple[bytes, bytes], ...]) -> None:
    sample = _sampler(0.25)
    rates = [sample(incoming("/api/v1/products", *headers) | {"parent_sampled": True}) for _ in range(2_000)]
    # Decided here, request by request: the SDK has no number of the stranger's to compare a rate with.
    assert set(rates) == {0.0, 1.0}
    assert 300 < sum(rates) < 700


def test_without_a_dsn_nothing_happens_and_a_wrong_rate_is_named() -> None:
    assert init_sentry(environ={}) is False
    given = {environment.SENTRY_DSN: "http://key@127.0.0.1:1/1", environment.SENTRY_TRACES_SAMPLE_RATE: "10%"}
    with pytest.raises(ValueError, match=r"SENTRY_TRACES_SAMPLE_RATE must be a share from 0 to 1, .* not '10%'"):
        init_sentry(environ=given)
