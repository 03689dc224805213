"""Processes that share a folder, and come and go: what they have counted together."""

from __future__ import annotations

import json
import math
import os
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from fractions import Fraction
from itertools import count
from pathlib import Path

import httpx
import pytest
from reading import Samples, samples_of, scrape, value
from running import HERE, free_port, running

from agentpay_observability import archive
from agentpay_observability.combined import exact
from agentpay_observability.exposition import render
from agentpay_observability.workers import locked


class Worker:
    """A process that counts."""

    def __init__(self, folder: Path) -> None:
        path = os.pathsep.join([str(HERE), str(HERE.parent / "src")])
        self.process = subprocess.Popen(
            [sys.executable, "-m", "worker_process"],
            env=os.environ | {"PYTHONPATH": path, "PROMETHEUS_MULTIPROC_DIR": str(folder)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._answer()

    def does(self, line: str) -> None:
        assert self.process.stdin
        print(line, file=self.process.stdin, flush=True)
        self._answer()

    def dies(self) -> None:
        self.process.kill()
        self.process.wait(20)
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe
            pipe.close()

    def _answer(self) -> None:
        assert self.process.stdout and self.process.stdout.readline()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Read by this process, which counts nothing in it."""
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def begin(folder: Path) -> Iterator[Callable[[], Worker]]:
    workers: list[Worker] = []

    def one() -> Worker:
        workers.append(Worker(folder))
        return workers[-1]

    yield one
    for worker in workers:
        if worker.process.poll() is None:
            worker.dies()


def together() -> Samples:
    return samples_of(render().decode())


def test_gauges_of_the_dead_go_and_their_counts_stay(begin: Callable[[], Worker]) -> None:
    for _ in range(3):
        worker = begin()
        worker.does("metrics.db_pool_limit.set(10); metrics.llm_fallbacks.labels('a', 'b', 'failed').inc(2)")
        worker.does("metrics.request_latency.labels('GET', '/').observe(0.2); metrics.websocket_connections.inc()")
        worker.does("metrics.llm_ratelimit_limit.labels('openai', 'requests').set(7)")
        worker.dies()
    survivor = begin()
    survivor.does("metrics.db_pool_limit.set(10)")
    samples = together()
    assert value(samples, "agentpay_db_pool_limit") == 10
    assert value(samples, "agentpay_websocket_connections") == 0
    assert not [name for name, _ in samples if name == "agentpay_llm_ratelimit_limit"]
    fallbacks = {"from_model": "a", "to_model": "b", "outcome": "failed"}
    assert value(samples, "agentpay_llm_fallbacks_total", **fallbacks) == 6
    labels = {"method": "GET", "endpoint": "/"}
    assert value(samples, "agentpay_request_latency_seconds_count", **labels) == 3
    assert value(samples, "agentpay_request_latency_seconds_bucket", le="0.1", **labels) == 0
    assert value(samples, "agentpay_request_latency_seconds_bucket", le="0.25", **labels) == 3
    assert value(samples, "agentpay_request_latency_seconds_bucket", le="+Inf", **labels) == 3
    assert value(samples, "agentpay_request_latency_seconds_sum", **labels) == pytest.approx(0.6)


def test_a_conversation_may_end_in_another_process_than_it_began(begin: Callable[[], Worker]) -> None:
    first, second = begin(), begin()
    first.does("[conversation_started('widget') for _ in range(10)]")
    first.dies()
    assert value(together(), "agentpay_active_conversations") == 10
    second.does("[conversation_ended('completed') for _ in range(10)]")
    assert value(together(), "agentpay_active_conversations") == 0
    second.does("conversation_started('widget')")
    assert value(together(), "agentpay_active_conversations") == 1
    second.does("[conversation_ended('completed') for _ in range(2)]")
    # One of a server before this one.
    assert value(together(), "agentpay_active_conversations") == 0


def test_no_gauge_outlives_its_server(folder: Path, begin: Callable[[], Worker]) -> None:
    # Started by another process, as those of another server are.
    script = "from agentpay_observability import conversation_started as s; s('api')"
    path = os.pathsep.join([str(HERE), str(HERE.parent / "src")])
    command = f'{sys.executable} -c "{script}" && true'
    subprocess.run(["sh", "-c", command], check=True, env=os.environ | {"PYTHONPATH": path})
    begin()
    samples = together()
    assert value(samples, "agentpay_active_conversations") == 0
    assert value(samples, "agentpay_conversations_started_total", channel="api") == 1


def test_counters_never_fall_while_processes_come_and_go(begin: Callable[[], Worker]) -> None:
    seen: list[tuple[float, float]] = []
    workers = [begin(), begin()]
    for _ in range(4):
        for worker in workers:
            worker.does("sum(number * number for number in range(300_000)); metrics.llm_ledger_dropped.inc()")
        samples = together()
        seen.append((value(samples, "agentpay_llm_ledger_dropped_total"), value(samples, "process_cpu_seconds_total")))
        workers.pop(0).dies()
        samples = together()
        seen.append((value(samples, "agentpay_llm_ledger_dropped_total"), value(samples, "process_cpu_seconds_total")))
        workers.append(begin())
    assert seen == sorted(seen)
    assert seen[-1][0] == 8


def test_no_file_of_the_dead_is_left_to_read(folder: Path, begin: Callable[[], Worker]) -> None:
    begin().dies()
    begin().dies()
    together()
    assert sorted(file.name for file in folder.iterdir()) == ["archive.json", "folder.lock"]


def test_a_process_id_that_is_given_again_is_another_process(folder: Path, begin: Callable[[], Worker]) -> None:
    """As of two containers that share a volume: each has a process 7."""
    old = begin()
    old.does("metrics.db_pool_limit.set(10); metrics.llm_ledger_dropped.inc()")
    (name,) = [file.stem.removeprefix("worker_") for file in folder.glob("worker_*.lock")]
    assert name.startswith(f"{old.process.pid}-")
    old.dies()
    new = begin()
    for file in folder.glob(f"*_{new.process.pid}-*"):
        # The new one, had it been given the same id.
        file.rename(file.with_name(file.name.replace(f"_{new.process.pid}-", f"_{old.process.pid}-")))
    samples = together()
    assert value(samples, "agentpay_db_pool_limit") == 0
    assert value(samples, "agentpay_llm_ledger_dropped_total") == 1


def test_a_sum_does_not_fall_with_the_order_of_its_parts(begin: Callable[[], Worker]) -> None:
    """By the last digit, of numbers with a fraction: to Prometheus the counter would have begun anew."""
    seen: list[float] = []
    workers = [begin() for _ in range(3)]
    for worker, revenue in zip(workers, (0.1, 1e8 + 0.3, 0.2), strict=True):
        worker.does(f"checkout_completed({revenue})")
    for worker in workers:
        seen.append(value(together(), "agentpay_checkout_revenue_usd_total"))
        worker.dies()
    seen.append(value(together(), "agentpay_checkout_revenue_usd_total"))
    assert seen == [math.fsum((0.1, 1e8 + 0.3, 0.2))] * 4


@pytest.mark.parametrize("values", [[0.1] * 10, [1e16, 1.0, -1e16], [0.1, 1e8 + 0.3, 0.2], [], [0.0]])
def test_fewer_numbers_have_exactly_the_same_sum(values: list[float]) -> None:
    assert sum(map(Fraction, exact(values))) == sum(map(Fraction, values))
    assert len(exact(values)) <= 3


def test_a_forked_process_is_another_one(begin: Callable[[], Worker]) -> None:
    """As gunicorn with `--preload` makes them."""
    parent = begin()
    fork = "metrics.db_pool_limit.set(5); metrics.llm_ledger_dropped.inc(); import os, time; child = os.fork();"
    parent.does(f"{fork} child or (metrics.llm_ledger_dropped.inc(), metrics.db_pool_limit.set(7), time.sleep(600));")
    deadline = time.monotonic() + 60
    while value(samples := together(), "agentpay_db_pool_limit") != 12:
        assert time.monotonic() < deadline, samples
        time.sleep(0.05)
    assert value(samples, "agentpay_llm_ledger_dropped_total") == 2
    (child,) = [
        int(entry) for entry in os.listdir("/proc") if entry.isdigit() and parent_of(int(entry)) == parent.process.pid
    ]
    parent.dies()
    try:
        # The child has no hold on what its parent was.
        samples = together()
        assert value(samples, "agentpay_db_pool_limit") == 7
        assert value(samples, "agentpay_llm_ledger_dropped_total") == 2
    finally:
        os.kill(child, signal.SIGKILL)


def parent_of(pid: int) -> int | None:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


@pytest.mark.parametrize("step", ["save", "_remove"])
def test_what_interrupts_the_archiving_loses_nothing_and_counts_nothing_twice(
    step: str, begin: Callable[[], Worker], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        worker = begin()
        worker.does("metrics.llm_ledger_dropped.inc()")
        worker.dies()
    owner = archive.Archive if step == "save" else archive
    original = getattr(owner, step)

    def interrupted(after: int) -> Callable[..., None]:
        steps = count()

        def do(*given: object) -> None:
            if next(steps) >= after:
                raise KeyboardInterrupt
            original(*given)

        return do

    for after in range(3):
        with monkeypatch.context() as broken, suppress(KeyboardInterrupt):
            broken.setattr(owner, step, interrupted(after))
            together()
    for _ in range(2):
        assert value(together(), "agentpay_llm_ledger_dropped_total") == 3


def test_many_may_read_and_archive_at_once(folder: Path, begin: Callable[[], Worker]) -> None:
    survivors = [begin() for _ in range(3)]
    for worker in [begin() for _ in range(3)]:
        worker.does("metrics.llm_ledger_dropped.inc()")
        worker.dies()
    with ThreadPoolExecutor(8) as pool:
        own = [pool.submit(together) for _ in range(8)]
        others = [pool.submit(worker.does, "render(); render()") for worker in survivors]
        assert {value(reading.result(), "agentpay_llm_ledger_dropped_total") for reading in own} == {3}
        assert all(other.result() is None for other in others)
    assert value(together(), "agentpay_llm_ledger_dropped_total") == 3


def test_a_file_that_cannot_be_read_is_a_fault_and_no_end_of_the_scrape(
    folder: Path, begin: Callable[[], Worker]
) -> None:
    worker = begin()
    worker.does("metrics.llm_ledger_dropped.inc()")
    name = next(folder.glob("counter_*.db")).stem.removeprefix("counter_")
    (folder / f"summary_{name}.db").write_bytes(struct.pack("iii", 100, 0, 1000) + bytes(88))
    worker.does("render()")
    samples = together()
    assert value(samples, "agentpay_llm_ledger_dropped_total") == 1
    assert value(samples, "agentpay_instrumentation_faults_total", kind="file") == 1


def test_metrics_that_were_made_before_the_package_are_archived_too(folder: Path, begin: Callable[[], Worker]) -> None:
    gauge = "Gauge('g', 'h', multiprocess_mode='livesum').set(1)"
    script = f"from prometheus_client import Counter, Gauge; Counter('early', 'h').inc(); {gauge}"
    for _ in range(2):
        subprocess.run([sys.executable, "-c", script], check=True, env=os.environ)
    samples = together()
    assert value(samples, "early_total") == 2
    assert value(samples, "g") == 0
    assert not list(folder.glob("*.db"))


def test_another_that_holds_the_folder_is_waited_for_and_then_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agentpay_observability.workers._MOST_LOCK_SECONDS", 0.05)
    with locked(folder), pytest.raises(TimeoutError, match="locked by another process"):
        together()


def test_reading_does_not_stop_the_server_answering(tmp_path: Path) -> None:
    """Held up by another process, a scrape waits; requests do not."""
    url = f"http://127.0.0.1:{(port := free_port())}"
    command = ["-m", "uvicorn", "server:app", "--port", str(port)]
    metrics = tmp_path / "metrics"
    server = running(*command, url=f"{url}/healthz", environment={"PROMETHEUS_MULTIPROC_DIR": str(metrics)})
    with server, ThreadPoolExecutor(1) as pool:
        with locked(metrics):
            scraping = pool.submit(scrape, url)
            for number in range(5):
                assert httpx.get(f"{url}/api/v1/products/{number}", timeout=60).status_code == 200
            assert not scraping.done()
        labels = {"method": "GET", "endpoint": "/api/v1/products/{product_id}", "status": "200"}
        assert value(scraping.result(), "agentpay_requests_total", **labels) == 5


def test_a_worker_that_is_replaced_leaves_no_gauge(tmp_path: Path) -> None:
    """uvicorn's own workers, without a hook, without our launcher."""
    url = f"http://127.0.0.1:{(port := free_port())}"
    command = ["-m", "uvicorn", "server:app", "--workers", "2", "--port", str(port)]
    environment = {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "POOL_LIMIT": "10"}
    with running(*command, url=f"{url}/metrics", environment=environment):

        def workers() -> set[int]:
            files = tmp_path.glob("worker_*.lock")
            return {json.loads(file.read_text())["pid"] for file in files}

        def until_limit(limit: float) -> None:
            deadline = time.monotonic() + 60
            while (found := value(scrape(url), "agentpay_db_pool_limit")) != limit or len(workers()) != 2:
                assert time.monotonic() < deadline, f"{found}, {workers()}"
                time.sleep(0.1)

        until_limit(20)
        before = workers()
        os.kill(min(before), signal.SIGKILL)
        deadline = time.monotonic() + 60
        while not workers() - before:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        until_limit(20)


def totals(url: str) -> tuple[float, float]:
    """Requests that all workers have counted, and the limit of their pools together."""
    samples = scrape(url)
    return sum(many for (name, _), many in samples.items() if name == "agentpay_requests_total"), value(
        samples, "agentpay_db_pool_limit"
    )


@pytest.mark.servers
def test_workers_of_gunicorn_come_and_go(tmp_path: Path) -> None:
    """After so many requests, at a reload, killed, and fewer of them: counts stay, gauges are of those who live."""
    url = f"http://127.0.0.1:{(port := free_port())}"
    command = ["-m", "gunicorn", "server:app", "--bind", f"127.0.0.1:{port}", "-k", "uvicorn_worker.UvicornWorker"]
    command += ["--workers", "2", "--max-requests", "20", "--graceful-timeout", "2"]
    environment = {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "POOL_LIMIT": "10"}
    answered = 0
    seen = 0.0

    def answers(number: int) -> None:
        nonlocal answered
        while number:
            # A worker that ends closes its connections.
            with suppress(httpx.TransportError):
                httpx.get(f"{url}/api/v1/products/1", timeout=10).raise_for_status()
                answered += 1
                number -= 1

    def settles(workers: int) -> None:
        nonlocal seen
        deadline = time.monotonic() + 60
        while True:
            with suppress(httpx.TransportError):
                counted, limit = totals(url)
                assert counted >= seen, "a counter has fallen"
                seen = counted
                if (counted, limit) == (answered, 10 * workers):
                    return
                assert time.monotonic() < deadline, f"{counted} requests of {answered}, a limit of {limit}"
            time.sleep(0.2)

    with running(*command, url=f"{url}/healthz", environment=environment) as server:
        answers(50)
        settles(2)
        server.send_signal(signal.SIGHUP)
        answers(10)
        settles(2)
        children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGKILL)
        answers(10)
        settles(2)
        server.send_signal(signal.SIGTTOU)
        answers(10)
        settles(1)
