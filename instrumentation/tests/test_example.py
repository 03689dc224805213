"""The sample server, driven by visitors who count for themselves."""

import asyncio
import os
from collections.abc import Iterator

import httpx
import pytest
from databases import database
from prometheus_client.parser import text_string_to_metric_families
from reading import agent_events, scrape, until, value
from running import free_port, running
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import create_async_engine

from agentpay_observability.contract import DEFINITIONS
from agentpay_observability.ledger import LLM_METRICS
from example.settings import FALLBACK_MODEL, MODEL, QUEUES, Settings
from example.traffic import Visitors

VISITS = 12


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """On PostgreSQL where DATABASE_URL names one, as `npm run test:python` does."""
    folder = tmp_path_factory.mktemp("sample")
    ports = {"api": free_port(), "worker": free_port()}
    url = os.environ.get("DATABASE_URL") or f"sqlite+aiosqlite:///{folder}/agentpay.db"
    settings = Settings(folder, ports["api"], ports["worker"], 0, url)
    asyncio.run(empty(url))
    command = ["-m", "example", "--folder", str(folder), "--visitors", "0"]
    for name, port in ports.items():
        command += [f"--{name}-port", str(port)]
    given = {"LOG_DIRECTORY": str(folder), "DATABASE_URL": url}
    with running(*command, url=f"{settings.api}/healthz", environment=given):
        yield settings


async def empty(url: str) -> None:
    async with database(url):
        pass


async def models_of_rows(url: str) -> dict[str, int]:
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        counted = select(LLM_METRICS.c.model, func.count()).group_by(LLM_METRICS.c.model)
        found = {row[0]: row[1] for row in await connection.execute(counted)}
    await engine.dispose()
    return found


def fault(sample: Settings, name: str, ratio: float = 1) -> None:
    httpx.post(f"{sample.api}/faults", json={"name": name, "ratio": ratio}).raise_for_status()
    # Each process reads them again after a tenth of a second.
    asyncio.run(asyncio.sleep(0.2))


async def visits(sample: Settings, number: int) -> Visitors:
    visitors = Visitors(sample)
    await asyncio.gather(*(visitors.visit() for _ in range(number)))
    return visitors


def test_a_quiet_day_equals_what_visitors_counted(sample: Settings) -> None:
    visitors = asyncio.run(visits(sample, VISITS))
    seen = visitors.seen
    assert seen["conversations"] == seen["websocket ok"] == VISITS and seen["failed replies"] == 0
    worker = f"http://127.0.0.1:{sample.worker_port}"
    until(sample.api, "agentpay_conversations_total", VISITS, outcome="completed")
    until(worker, "agentpay_worker_jobs_total", VISITS, queue="low_priority", status="succeeded")
    until(worker, "agentpay_checkouts_total", seen["checkouts"], status="completed")
    api, work = scrape(sample.api), scrape(worker)
    requests = {
        f"{labels['method']} {labels['endpoint']} {labels['status']}": number
        for (name, pairs), number in api.items()
        if name == "agentpay_requests_total" and (labels := dict(pairs))["endpoint"] != "/faults"
    }
    assert requests == {name: number for name, number in seen.items() if " /api" in name}
    answered = {"provider": "anthropic", "model": MODEL, "status": "success", "error_type": "none"}
    assert value(api, "agentpay_llm_requests_total", **answered) == seen["replies"]
    assert value(work, "agentpay_llm_requests_total", **answered) == VISITS
    assert value(api, "agentpay_rag_queries_total", status="ok") == seen["replies"]
    assert value(api, "agentpay_conversations_started_total", channel="widget") == VISITS
    assert value(api, "agentpay_active_conversations") == value(api, "agentpay_websocket_connections") == 0
    assert value(work, "agentpay_checkout_revenue_usd_total") == pytest.approx(visitors.spent)


def test_both_processes_together_expose_all_of_the_contract(sample: Settings) -> None:
    exposed = {}
    for job, port in (("agentpay-api", sample.api_port), ("agentpay-worker", sample.worker_port)):
        text = httpx.get(f"http://127.0.0.1:{port}/metrics").text
        exposed[job] = {family.name for family in text_string_to_metric_families(text)}
        assert "process_start_time_seconds" in exposed[job]
    for definition in DEFINITIONS.values():
        for job in definition.jobs:
            assert definition.name.removesuffix("_total") in exposed[job]
    queues = {
        dict(labels)["queue"] for name, labels in scrape(f"http://127.0.0.1:{sample.worker_port}") if "depth" in name
    }
    assert queues == set(QUEUES)


def test_calls_are_in_the_ledger(sample: Settings) -> None:
    # They are written every second.
    asyncio.run(asyncio.sleep(1.5))
    models = asyncio.run(models_of_rows(sample.database_url))
    calls = sum(
        number
        for url in (sample.api, f"http://127.0.0.1:{sample.worker_port}")
        for (name, labels), number in scrape(url).items()
        if name == "agentpay_llm_requests_total" and ("model", MODEL) in labels
    )
    assert models[MODEL] == calls > VISITS


def test_log_lines_say_whose_conversation_it_is_and_nothing_of_what_was_said(sample: Settings) -> None:
    lines = agent_events(sample.folder / "api.log")
    started = [line for line in lines if line["event"] == "conversation_started"]
    assert len({line["conversation_id"] for line in started}) == VISITS
    assert all(line["organisation_id"] for line in started)
    asked = [line for line in lines if line["event"] == "request"]
    assert {"endpoint", "status", "duration_ms"} <= asked[0].keys()
    assert "shoes" not in str(lines)


def test_faults_are_counted_as_what_they_are(sample: Settings) -> None:
    before = scrape(sample.api)

    def more(name: str, **labels: str) -> float:
        return value(scrape(sample.api), name, **labels) - value(before, name, **labels)

    with pytest.raises(httpx.HTTPStatusError):
        fault(sample, "no-such-fault")
    fault(sample, "llm-failures")
    fault(sample, "tool-errors")
    fault(sample, "rag-empty")
    fault(sample, "checkout-failures")
    seen = asyncio.run(visits(sample, 4)).seen
    assert seen["failed replies"] > 0 and seen["replies"] == 0
    for model in (MODEL, FALLBACK_MODEL):
        labels = {"provider": "anthropic", "model": model, "status": "error", "error_type": "overloaded"}
        assert more("agentpay_llm_requests_total", **labels) == seen["failed replies"]
    fallback = {"from_model": MODEL, "to_model": FALLBACK_MODEL}
    assert more("agentpay_llm_fallbacks_total", **fallback, outcome="failed") == seen["failed replies"]
    assert more("agentpay_rag_queries_total", status="empty") == seen["failed replies"]
    assert more("agentpay_checkouts_total", status="failed") == seen["POST /api/v1/checkouts 402"]
    httpx.delete(f"{sample.api}/faults")
    for name, seen_as, counted in (
        ("websocket-drops", "websocket broken", ("agentpay_websocket_disconnects_total", {"reason": "error"})),
        ("websocket-refused", "websocket error", ("agentpay_websocket_connects_total", {"result": "error"})),
    ):
        fault(sample, name)
        assert asyncio.run(visits(sample, 2)).seen[seen_as] == 2
        until(sample.api, counted[0], 2, **counted[1])
        httpx.delete(f"{sample.api}/faults/{name}").raise_for_status()
    until(sample.api, "agentpay_active_conversations", 0)
