"""Metrics of a real server with two worker processes equal what its clients counted themselves."""

import asyncio
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator

import httpx
import pytest
from reading import scrape, until, value
from running import free_port, running
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    url = f"http://127.0.0.1:{(port := free_port())}"
    folder = tmp_path_factory.mktemp("metrics")
    # What an earlier run has left would be counted again.
    (folder / "counter_1.db").write_bytes(b"left by an earlier run")
    command = [sys.executable, "-m", "uvicorn", "server:app", "--workers", "2", "--port", str(port)]
    environment = {"PROMETHEUS_MULTIPROC_DIR": str(folder)}
    with running("-m", "agentpay_observability.multiprocess", *command, url=f"{url}/metrics", environment=environment):
        yield url


STREAM = "/api/v1/chat/stream"


async def send_requests(url: str) -> tuple[Counter[tuple[str, str]], float]:
    """Mixed requests, counted by route and status, and how long the slow ones took."""
    chance = random.Random(1)
    counted: Counter[tuple[str, str]] = Counter()
    slow_seconds = 0.0
    kinds = {
        "/api/v1/products/{product_id}": lambda: f"/api/v1/products/{chance.random()}",
        "<unmatched>": lambda: f"/{chance.random()}/{chance.random()}",
        "/api/v1/broken": lambda: "/api/v1/broken",
        "/api/v1/slow": lambda: "/api/v1/slow",
    }
    limit = asyncio.Semaphore(16)
    # The server closes a connection on which a request broke: nobody else should be on it.
    one_each = httpx.Limits(max_keepalive_connections=0)

    async with httpx.AsyncClient(base_url=url, timeout=30, limits=one_each) as client:

        async def one(endpoint: str, path: str) -> None:
            nonlocal slow_seconds
            async with limit:
                start = time.perf_counter()
                response = await client.get(path)
                if endpoint.endswith("slow"):
                    slow_seconds += time.perf_counter() - start
            counted[endpoint, str(response.status_code)] += 1

        chosen = [chance.choice(list(kinds)) for _ in range(200)]
        await asyncio.gather(*(one(kind, kinds[kind]()) for kind in chosen), client.get("/healthz"))  # type: ignore[no-untyped-call]
    return counted, slow_seconds


def test_requests_equal_an_independent_count(server: str) -> None:
    counted, slow_seconds = asyncio.run(send_requests(server))
    samples = scrape(server)
    exposed = {
        (labels["endpoint"], labels["status"]): number
        for (name, pairs), number in samples.items()
        if name == "agentpay_requests_total" and (labels := dict(pairs))["endpoint"] != STREAM
    }
    assert exposed == counted
    # Of both worker processes, each of which has tens of megabytes.
    assert value(samples, "process_resident_memory_bytes") > 60e6
    assert 0 <= time.time() - value(samples, "process_start_time_seconds") < 300
    assert counted["/api/v1/broken", "500"] > 20
    # Random paths made no label: the four kinds of request are all there is.
    assert len(exposed) == 4
    slow = {"method": "GET", "endpoint": "/api/v1/slow"}
    measured = value(samples, "agentpay_request_latency_seconds_sum", **slow)
    number = counted["/api/v1/slow", "200"]
    assert value(samples, "agentpay_request_latency_seconds_count", **slow) == number
    # No less than the server slept, no more than its clients waited.
    assert 0.3 * number <= measured <= slow_seconds


def test_streams_are_answered_once_they_begin(server: str) -> None:
    endpoint = STREAM
    start = time.perf_counter()
    with httpx.stream("GET", f"{server}{endpoint}?chunks=10") as response:
        pieces = response.iter_text()
        next(pieces)
        first = time.perf_counter() - start
        assert list(pieces)
    start = time.perf_counter()
    with httpx.stream("GET", f"{server}{endpoint}?chunks=1000") as response:
        next(response.iter_text())
        waited = time.perf_counter() - start
    until(server, "agentpay_requests_total", 1, method="GET", endpoint=endpoint, status="200")
    until(server, "agentpay_requests_total", 1, method="GET", endpoint=endpoint, status="499")
    samples = scrape(server)
    seconds = value(samples, "agentpay_request_latency_seconds_sum", method="GET", endpoint=endpoint)
    # No more than until the first piece was there: the rest took longer.
    assert 0 < seconds <= first + waited


async def hold_websockets(url: str) -> None:
    address = url.replace("http", "ws") + "/api/v1/chat"
    async with connect(f"{address}/1/ws") as normal, connect(f"{address}/2/ws") as broken:
        await normal.send("hello")
        assert await normal.recv() == "answer"
        await asyncio.to_thread(until, url, "agentpay_websocket_connections", 2)
        await broken.send("break")
        await broken.wait_closed()
    dropped = await connect(f"{address}/3/ws")
    dropped.transport.abort()  # type: ignore[no-untyped-call,unused-ignore]
    for path in ("/refused/ws", "/breaking/ws", "/no/such/path"):
        with pytest.raises(InvalidStatus):
            await connect(f"{address}{path}")


def test_websockets_are_counted(server: str) -> None:
    asyncio.run(hold_websockets(server))
    until(server, "agentpay_websocket_disconnects_total", 2, reason="error")
    until(server, "agentpay_websocket_disconnects_total", 1, reason="normal")
    until(server, "agentpay_websocket_connects_total", 3, result="ok")
    # A path that is nobody's is no attempt to chat.
    until(server, "agentpay_websocket_connects_total", 1, result="rejected")
    until(server, "agentpay_websocket_connects_total", 1, result="error")
    until(server, "agentpay_websocket_connections", 0)
