"""What the package costs a server, beside others of its kind: `npm run bench -- instrumentation`.

Each variant is measured in a process of its own, since the client library decides at its import whether several
processes share their counts. The variants take turns, so that a busy moment of the machine hits all of them. What is
measured is their CPU time, and what is reported is the least: a neighbour on the machine can only add to it, by what it
takes of caches and of a core's other thread, so the least says the same twice where a middle does not.
"""

import argparse
import asyncio
import json
import logging
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import structlog
from fastapi import FastAPI
from prometheus_fastapi_instrumentator import Instrumentator
from running import free_port, running
from starlette_exporter import PrometheusMiddleware

from agentpay_observability import MetricsEndpoint, MetricsMiddleware, metrics
from agentpay_observability.exposition import render
from agentpay_observability.logs import configure_logs
from agentpay_observability.redaction import redact_entries

BARE = "bare application"
ONE = "agentpay-observability, one process"
SEVERAL = "agentpay-observability"
INSTRUMENTATOR = "prometheus-fastapi-instrumentator"
EXPORTER = "starlette_exporter"
LOGGED = "agentpay-observability, and a log line for each request"
VARIANTS = (BARE, ONE, SEVERAL, INSTRUMENTATOR, EXPORTER, LOGGED)
CONNECTIONS = 8
_SERVED_REQUESTS = 2000
_HISTORIES = 3


def application(variant: str) -> FastAPI:
    app = FastAPI()

    @app.get("/api/v1/products/{product_id}")
    async def product(product_id: str) -> dict[str, str]:
        return {"id": product_id}

    if variant in (ONE, SEVERAL, LOGGED):
        app.add_middleware(MetricsMiddleware)
        app.add_middleware(MetricsEndpoint)
    elif variant == INSTRUMENTATOR:
        Instrumentator().instrument(app)
    elif variant == EXPORTER:
        app.add_middleware(PrometheusMiddleware)
    if variant == LOGGED:
        configure_logs("api", logging.INFO)
    return app


async def call(app: FastAPI, number: int) -> float:
    """Mean CPU seconds of a request that a server hands over, without a network."""
    path = "/api/v1/products/1"
    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "headers": []}
    scope |= {"query_string": b"", "root_path": "", "scheme": "http", "http_version": "1.1", "asgi": {"version": "3.0"}}
    scope |= {"server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1)}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(_: Any) -> None:
        pass

    start = time.process_time()
    for _ in range(number):
        await app(dict(scope), receive, send)
    return (time.process_time() - start) / number


def measure_calls(requests: int) -> None:
    """A child: measures a round for each line that it reads."""
    app = application(os.environ["VARIANT"])
    asyncio.run(call(app, requests))
    print("ready", flush=True)
    for _ in sys.stdin:
        print(asyncio.run(call(app, requests)), flush=True)


@contextmanager
def child(variant: str, folder: str, requests: int) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "benchmark", "--child", "--requests", str(requests)]
    with subprocess.Popen(
        command, env=os.environ | environment(variant, folder), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        answer(process)
        yield process
        process.kill()


def answer(process: "subprocess.Popen[str]") -> str:
    line = process.stdout.readline() if process.stdout else ""
    if not line:
        raise RuntimeError("a measured process has ended")
    return line


def environment(variant: str, folder: str) -> dict[str, str]:
    shared = {"PROMETHEUS_MULTIPROC_DIR": f"{folder}/metrics"} if variant not in (BARE, ONE) else {}
    return {"VARIANT": variant, "LOG_DIRECTORY": folder} | shared


def calls(rounds: int, requests: int, folder: str) -> dict[str, float]:
    """The least seconds of a request by variant."""
    measured: dict[str, list[float]] = {variant: [] for variant in VARIANTS}
    children = {variant: child(variant, folder, requests) for variant in VARIANTS}
    processes = {variant: manager.__enter__() for variant, manager in children.items()}
    try:
        for _ in range(rounds):
            for variant, process in processes.items():
                assert process.stdin
                print(file=process.stdin, flush=True)
                measured[variant].append(float(answer(process)))
    finally:
        for manager in children.values():
            manager.__exit__(None, None, None)
    return {variant: min(seconds) for variant, seconds in measured.items()}


def history(workers: int) -> dict[str, float]:
    """What a scrape costs where so many processes have counted and died. A child, in a folder of its own."""
    for _ in range(workers):
        if (worker := os.fork()) == 0:
            for number in range(20):
                for status in ("200", "404", "500"):
                    metrics.requests.labels("GET", f"/api/v1/things{number}/{{id}}", status).inc()
                metrics.request_latency.labels("GET", f"/api/v1/things{number}/{{id}}").observe(0.1)
            os._exit(0)
        os.waitpid(worker, 0)
    # Forgets the peak of what came before.
    Path("/proc/self/clear_refs").write_text("5")
    before = memory("VmRSS")
    seconds = []
    for _ in range(10):
        start = time.process_time()
        render()
        seconds.append(time.process_time() - start)
    # The first archives those who have died since: nobody else has begun meanwhile.
    return {"first": seconds[0], "next": min(seconds[1:]), "bytes": memory("VmHWM") - before}


def memory(name: str) -> int:
    """Bytes, by what Linux calls them: `VmRSS` now, `VmHWM` at most."""
    found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return 1024 * int(found[1]) if found else 0


def measured_history(workers: int, rounds: int, folder: str) -> dict[str, float]:
    """The least time and the most memory of a few histories: each has only one first scrape."""
    command = [sys.executable, "-m", "benchmark", "--history", str(workers)]
    found: list[dict[str, float]] = []
    for number in range(rounds):
        shared = os.environ | {"PROMETHEUS_MULTIPROC_DIR": f"{folder}/history-{number}"}
        found.append(json.loads(subprocess.run(command, env=shared, check=True, capture_output=True).stdout))
    return {name: (max if name == "bytes" else min)(each[name] for each in found) for name in found[0]}


def log_lines(rounds: int, number: int = 200) -> dict[str, float]:
    """CPU seconds of a log line, through redaction and without."""
    event = {"event": "conversation_started", "endpoint": "/v1/conversations/{id}", "status": 200, "duration_ms": 12.5}
    event |= {"conversation_id": "c-1", "organisation_id": "o-1", "channel": "widget", "timestamp": "2026-01-01"}
    bare = structlog.processors.JSONRenderer()
    measured: dict[str, list[float]] = {"bare": [], "redacted": []}
    for _ in range(rounds):
        for name, prepare in (("bare", dict), ("redacted", redact_entries)):
            start = time.process_time()
            for _ in range(number):
                bare(None, "info", prepare(event))
            measured[name].append((time.process_time() - start) / number)
    return {name: min(seconds) for name, seconds in measured.items()}


async def load(url: str, requests: int) -> list[float]:
    """Seconds of each request, over a few connections at a time."""
    seconds: list[float] = []

    async def one(client: httpx.AsyncClient) -> None:
        for number in range(requests // CONNECTIONS):
            start = time.perf_counter()
            (await client.get(f"/api/v1/products/{number}")).raise_for_status()
            seconds.append(time.perf_counter() - start)

    async with httpx.AsyncClient(base_url=url) as client:
        await asyncio.gather(*(one(client) for _ in range(CONNECTIONS)))
    return sorted(seconds)


def served(variant: str, requests: int, folder: str) -> dict[str, float]:
    """Of a real server of one process."""
    url = f"http://127.0.0.1:{(port := free_port())}"
    server = ["-m", "uvicorn", "--factory", "--no-access-log", "--port", str(port), "benchmark:served_application"]
    with running(*server, url=f"{url}/api/v1/products/1", environment=environment(variant, folder)):
        asyncio.run(load(url, requests // 4))
        start = time.perf_counter()
        seconds = asyncio.run(load(url, requests))
        elapsed = time.perf_counter() - start
    return {
        "perSecond": len(seconds) / elapsed,
        "p50": seconds[len(seconds) // 2],
        "p99": seconds[-len(seconds) // 100],
    }


def served_application() -> FastAPI:
    return application(os.environ["VARIANT"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--requests", type=int, default=300, help="of each round: few, so that some are undisturbed")
    parser.add_argument("--workers", type=int, default=400, help="that have counted and died before a scrape")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--history", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        measure_calls(given.requests)
        return
    if given.history:
        print(json.dumps(history(given.history)))
        return
    with tempfile.TemporaryDirectory() as folder:
        without_network = calls(given.rounds, given.requests, folder)
        on_server = {variant: served(variant, _SERVED_REQUESTS, folder) for variant in (BARE, SEVERAL)}
        scrape = measured_history(given.workers, _HISTORIES, folder)
    lines = log_lines(given.rounds)
    print(json.dumps({"seconds": without_network, "served": on_server, "scrape": scrape, "logLine": lines}))


if __name__ == "__main__":
    main()
