"""Under each server, what is counted equals what a client saw, case by case."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from reading import Samples, samples_of, scrape, value
from recording import Seen, closing_code, refusal
from running import free_port, running
from servers_under_test import SERVERS, Server
from websockets.asyncio.client import connect

from agentpay_observability.exposition import render

#: Without a word (1006), or without a code (1005, granian): of an application that ended without closing.
CLOSED_BY_SERVER = {1000: "normal", 4000: "normal", 1005: "error", 1006: "error", 1011: "error", 1012: "shutdown"}
#: Of accounting_app.py, which only its server imports.
SLOW_SECONDS = 0.5
INNER = "/sub/{tenant}/inner/{number}"
pytestmark = pytest.mark.servers


@dataclass
class Running:
    server: Server
    url: str
    folder: Path
    process: subprocess.Popen[bytes]


def environment_of(folder: Path) -> dict[str, str]:
    return {"PROMETHEUS_MULTIPROC_DIR": str(folder / "metrics"), "APPLICATION_FOLDER": str(folder)}


@pytest.fixture(scope="module", params=SERVERS, ids=lambda server: server.name)
def started(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    server: Server = request.param
    if not server.is_installed:
        pytest.skip(f"{server.needs} is not installed")
    url = f"http://127.0.0.1:{(port := free_port())}"
    folder = tmp_path_factory.mktemp("server")
    with running(*server.arguments(port), url=f"{url}/metrics", environment=environment_of(folder)) as process:
        yield Running(server, url, folder, process)


async def ordinary(seen: Seen, client: httpx.AsyncClient) -> None:
    """Answers that end as they should, and those that don't."""
    get = seen.answer
    await get(client, "/api/items/1", "/api/items/{item}")
    await get(client, "/api/items/a%20b%2Fc", "<unmatched>")
    await get(client, "/api/items/a%20b", "/api/items/{item}")
    await get(client, "/%61pi/items/2", "/api/items/{item}")
    await get(client, "/no/such/path", "<unmatched>")
    await get(client, "/%6Detrics", "<unmatched>")
    await get(client, "/api/items/1", "/api/items/{item}", "DELETE")
    await get(client, "/api/broken", "/api/broken")
    await get(client, "/api/slow", "/api/slow")
    await get(client, "/api/upload", "/api/upload", "POST", content=b"x" * 100_000)
    await get(client, "/api/asks", "/api/asks", "POST", content=b"x")
    await get(client, "/api/stream", "/api/stream")
    await get(client, "/api/stream?breaks=true", "/api/stream")
    await get(client, "/api/file", "/api/file")
    await get(client, "/static/accounting_app.py", "/static/{path}")
    await get(client, "/static/no-such-file", "/static/{path}")
    await get(client, "/plain/1", "/plain/{name}")
    await get(client, "/sub/tenant-1/inner/1", INNER)
    await get(client, "/sub/tenant-2/inner/2", INNER)
    await get(client, "/sub/tenant-2/nowhere", "<unmatched>")
    await get(client, "/starlette/tenant-1/deep/name", "/starlette/{tenant}/deep/{name}")
    for name in ("no-headers", "teapot", "path-send", "trailers", "nothing", "half"):
        await get(client, f"/raw/{name}", f"/raw/{name}")
    once_read = await get(client, "/raw/once-read", "/raw/once-read")
    assert once_read is not None and once_read.headers["x-kept"] == "yes"
    await client.get("/healthz")
    await client.options("/api/items/1")


async def leavers(seen: Seen) -> None:
    """Clients that hang up: during an upload, while the application works, within a stream."""
    head = b" HTTP/1.1\r\nHost: x\r\n"
    await asyncio.gather(
        seen.leave(
            b"POST /api/upload" + head + b"Content-Length: 100000\r\n\r\nonly the beginning", "/api/upload", "POST"
        ),
        seen.leave(b"GET /api/slow" + head + b"\r\n", "/api/slow"),
        seen.leave(b"GET /api/stream?endless=true" + head + b"\r\n", "/api/stream", after=b"xxxx"),
    )


async def resets(seen: Seen) -> None:
    """The same over HTTP/2, where a client ends its stream and keeps the connection."""
    await asyncio.gather(
        seen.reset("/api/upload", "/api/upload", "POST", body=b"only the beginning"),
        seen.reset("/api/slow", "/api/slow"),
        seen.reset("/api/stream?endless=true", "/api/stream", after=b"xxxx"),
    )


def counted(samples: Samples) -> Counter[tuple[str, str, str]]:
    found: Counter[tuple[str, str, str]] = Counter()
    for (name, pairs), number in samples.items():
        if name == "agentpay_requests_total":
            labels = dict(pairs)
            found[labels["method"], labels["endpoint"], labels["status"]] += int(number)
    return found


async def settled(url: str, before: Samples, seen: Seen) -> Samples:
    """The samples, once they are what was seen, or after a while."""
    deadline = time.monotonic() + 15
    while True:
        samples = await asyncio.to_thread(scrape, url)
        if (counted(samples) - counted(before)).total() == seen.requests.total() or time.monotonic() > deadline:
            return samples
        await asyncio.sleep(0.1)


async def drive(started: Running, http2: bool) -> tuple[Seen, Samples, Samples]:
    before = scrape(started.url)
    seen = Seen(started.url)
    # The server closes a connection on which a request broke: no other should be on it.
    one_each = httpx.Limits(max_keepalive_connections=0)
    async with httpx.AsyncClient(
        base_url=started.url, http1=not http2, http2=http2, timeout=60, limits=one_each
    ) as client:
        await asyncio.gather(ordinary(seen, client), (resets if http2 else leavers)(seen))
        after = await settled(started.url, before, seen)
    return seen, before, after


@pytest.mark.parametrize("version", ["1.1", "2"])
def test_requests_are_counted_as_the_client_saw_them(started: Running, version: str) -> None:
    if version == "2" and not started.server.http2:
        pytest.skip("this server has no HTTP/2")
    seen, before, after = asyncio.run(drive(started, version == "2"))
    requests = counted(after) - counted(before)
    assert requests == seen.requests
    assert all(value(after, "agentpay_instrumentation_faults_total", kind=kind) == 0 for kind in ("accounting", "file"))

    def grew(name: str, method: str, endpoint: str) -> float:
        labels = {"method": method, "endpoint": endpoint}
        return value(after, name, **labels) - value(before, name, **labels)

    for method, endpoint in {(method, endpoint) for method, endpoint, _ in seen.requests}:
        number = sum(many for (a, b, _), many in seen.requests.items() if (a, b) == (method, endpoint))
        assert grew("agentpay_request_latency_seconds_count", method, endpoint) == number
    slow = seen.requests["GET", "/api/slow", "200"]
    assert grew("agentpay_request_latency_seconds_sum", "GET", "/api/slow") >= slow * SLOW_SECONDS


def test_a_request_ends_with_its_answer_whatever_comes_behind_it(started: Running) -> None:
    endpoints = ("/api/background", "/api/background-broken")
    before = scrape(started.url)
    with httpx.Client(base_url=started.url, timeout=60) as client:
        for endpoint in endpoints:
            assert client.get(endpoint).status_code == 200
    # The task in the background has not ended: it waits for the file that is made below.
    wait_for_counts(started.url, before, *(("GET", endpoint, "200") for endpoint in endpoints))
    (started.folder / "background").touch()


def test_an_event_stream_is_answered_once_it_begins(started: Running) -> None:
    before = scrape(started.url)
    start = time.perf_counter()
    with httpx.stream("GET", f"{started.url}/api/events", timeout=60) as response:
        pieces = response.iter_raw()
        next(pieces)
        first = time.perf_counter() - start
        # Longer than until now, on a busy machine too.
        time.sleep(first + 0.3)
        (started.folder / "events").touch()
        assert list(pieces)
    whole = time.perf_counter() - start
    wait_for_counts(started.url, before, ("GET", "/api/events", "200"))
    labels = {"method": "GET", "endpoint": "/api/events"}
    seconds = value(scrape(started.url), "agentpay_request_latency_seconds_sum", **labels)
    assert 0 < seconds <= whole - 0.3


def wait_for_counts(url: str, before: Samples, *expected: tuple[str, str, str]) -> None:
    deadline = time.monotonic() + 15
    while (counted(scrape(url)) - counted(before)) != Counter(expected):
        assert time.monotonic() < deadline, counted(scrape(url)) - counted(before)
        time.sleep(0.1)


async def talk(url: str, seen: Seen) -> None:
    """Each way to open and to close a WebSocket. The reasons are the contract's words for what the client saw."""
    for path in (
        "/api/ws/refuses",
        "/api/ws/answers-401",
        "/api/ws/answers-503",
        "/plain-ws/1",
    ):
        seen.connects["error" if await refusal(f"{url}{path}") >= 500 else "rejected"] += 1
    # Most servers say 500, gunicorn's own and granian say 403: the application has failed all the same.
    for path in ("/api/ws/breaks-first", "/api/ws/returns-first"):
        assert await refusal(f"{url}{path}") >= 400
        seen.connects["error"] += 1
    # Nobody's path is no attempt to chat.
    assert await refusal(f"{url}/no/such/path") >= 400

    for kind in ("closes-1000", "closes-1012", "closes-4000", "breaks", "returns"):
        async with connect(f"{url}/api/ws/{kind}") as websocket:
            seen.connects["ok"] += 1
            seen.disconnects[CLOSED_BY_SERVER[await closing_code(websocket)]] += 1
    for kind, code in (("catches", 1000), ("lets-out", 1000), ("lets-out", 1001), ("catches", 4999)):
        websocket = await connect(f"{url}/api/ws/{kind}")
        await websocket.recv()
        await websocket.close(code)
        seen.connects["ok"] += 1
        seen.disconnects["normal"] += 1
    lost = await connect(f"{url}/api/ws/catches")
    await lost.recv()
    lost.transport.abort()  # type: ignore[no-untyped-call,unused-ignore]
    seen.connects["ok"] += 1
    seen.disconnects["error"] += 1


def websockets_of(samples: Samples) -> tuple[Counter[str], Counter[str]]:
    connects: Counter[str] = Counter()
    disconnects: Counter[str] = Counter()
    for (name, pairs), number in samples.items():
        if name == "agentpay_websocket_connects_total":
            connects[dict(pairs)["result"]] += int(number)
        elif name == "agentpay_websocket_disconnects_total":
            disconnects[dict(pairs)["reason"]] += int(number)
    return connects, disconnects


def wait_for_websockets(url: str, before: Samples, seen: Seen) -> None:
    deadline = time.monotonic() + 15
    while True:
        samples = scrape(url)
        connects, disconnects = (now - then for now, then in zip(websockets_of(samples), websockets_of(before)))  # noqa: B905
        if (connects, disconnects) == (seen.connects, seen.disconnects):
            break
        assert time.monotonic() < deadline, f"{connects} {disconnects}, not {seen.connects} {seen.disconnects}"
        time.sleep(0.1)
    assert value(samples, "agentpay_websocket_connections") == 0


def test_websockets_are_counted_as_the_client_saw_them(started: Running) -> None:
    before = scrape(started.url)
    seen = Seen(started.url)
    asyncio.run(talk(started.url.replace("http", "ws"), seen))
    wait_for_websockets(started.url, before, seen)


def test_a_client_that_no_longer_answers_pings_has_timed_out(started: Running) -> None:
    if not started.server.pings:
        pytest.skip("this server ends no WebSocket for want of pongs")
    before = scrape(started.url)
    seen = Seen(started.url, connects=Counter(ok=1), disconnects=Counter(timeout=1))

    async def fall_silent() -> None:
        websocket = await connect(f"{started.url.replace('http', 'ws')}/api/ws/catches", ping_interval=None)
        websocket.transport.pause_reading()  # type: ignore[attr-defined,unused-ignore]
        await asyncio.to_thread(wait_for_websockets, started.url, before, seen)
        websocket.transport.abort()  # type: ignore[no-untyped-call,unused-ignore]

    asyncio.run(fall_silent())


def test_what_a_server_breaks_off_as_it_ends_is_its_own_error(
    started: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last of each server: it ends it."""
    before = scrape(started.url)
    seen = Seen(started.url)

    async def hold(end: asyncio.Event) -> None:
        async with (
            httpx.AsyncClient(base_url=started.url, timeout=60) as client,
            connect(f"{started.url.replace('http', 'ws')}/api/ws/catches") as websocket,
        ):
            await websocket.recv()
            request = asyncio.create_task(seen.answer(client, "/api/endless-work", "/api/endless-work"))
            while not (started.folder / "endless-work").exists():
                await asyncio.sleep(0.05)
            end.set()
            await closing_code(websocket)
            await request

    async def end_it() -> None:
        end = asyncio.Event()
        held = asyncio.create_task(hold(end))
        await asyncio.wait([asyncio.ensure_future(end.wait()), held], return_when=asyncio.FIRST_COMPLETED)
        started.process.send_signal(signal.SIGTERM)
        await held

    asyncio.run(end_it())
    started.process.wait(30)
    # Its counts are there without it.
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", environment_of(started.folder)["PROMETHEUS_MULTIPROC_DIR"])
    after = samples_of(render().decode())
    requests = counted(after) - counted(before)
    ended = websockets_of(after)[1] - websockets_of(before)[1]
    if started.server.kills:
        # Whether it came to count before it was killed is chance; nothing else is counted.
        assert not requests - seen.requests and ended.total() <= 1
    else:
        assert requests == seen.requests
        assert ended == Counter(shutdown=1)
    assert value(after, "agentpay_websocket_connections") == 0
