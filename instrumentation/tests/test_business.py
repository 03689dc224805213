from asyncio import CancelledError
from collections.abc import Callable
from contextlib import AbstractContextManager
from decimal import Decimal

import httpx
import pytest
from prometheus_client import Counter
from prometheus_client.samples import Sample
from running import free_port
from sqlalchemy import create_engine
from sqlalchemy.pool import QueuePool
from values import value

from agentpay_observability import (
    checkout_completed,
    checkout_failed,
    conversation_ended,
    conversation_started,
    job,
    llm_call,
    metrics,
    rag_query,
    serve_metrics,
    tool_call,
    watch_pool,
    watch_queue,
)


def test_conversations_are_active_between_their_start_and_their_end() -> None:
    conversation_started("widget")
    conversation_started("api")
    assert value("agentpay_active_conversations") == 2
    conversation_ended("completed")
    conversation_ended("failed")
    assert value("agentpay_active_conversations") == 0
    assert value("agentpay_conversations_started_total", channel="widget") == 1
    assert value("agentpay_conversations_total", outcome="failed") == 1


def test_checkouts_and_their_revenue() -> None:
    checkout_completed(19.99)
    checkout_completed(0)
    checkout_failed()
    for none in (-1, float("nan"), float("inf"), Decimal("NaN")):
        with pytest.raises(ValueError):
            checkout_completed(none)
    assert value("agentpay_instrumentation_faults_total", kind="value") == 4
    assert value("agentpay_checkouts_total", status="completed") == 2
    assert value("agentpay_checkouts_total", status="failed") == 1
    assert value("agentpay_checkout_revenue_usd_total") == pytest.approx(19.99)


def test_retrievals_by_how_they_ended() -> None:
    with rag_query() as query:
        with query.stage("embed"):
            pass
        query.found = 3
    with rag_query():
        pass
    with pytest.raises(TimeoutError), rag_query() as query, query.stage("search"):
        raise TimeoutError
    counted = {status: value("agentpay_rag_queries_total", status=status) for status in ("ok", "empty", "error")}
    assert counted == {"ok": 1, "empty": 1, "error": 1}
    assert value("agentpay_rag_query_duration_seconds_count", stage="search") == 1
    assert value("agentpay_rag_query_duration_seconds_count", stage="rerank") == 0


@pytest.mark.parametrize(
    ("work", "metric", "label", "succeeded", "failed"),
    [
        (tool_call, "agentpay_tool_calls_total", "tool", "success", "error"),
        (job, "agentpay_worker_jobs_total", "queue", "succeeded", "failed"),
    ],
)
def test_work_is_counted_unless_it_is_cancelled(
    work: Callable[[str], AbstractContextManager[None]], metric: str, label: str, succeeded: str, failed: str
) -> None:
    with work("search"):
        pass
    with pytest.raises(KeyError), work("search"):
        raise KeyError
    with pytest.raises(CancelledError), work("search"):
        raise CancelledError
    assert value(metric, **{label: "search", "status": succeeded}) == 1
    assert value(metric, **{label: "search", "status": failed}) == 1


def test_a_pool_is_measured() -> None:
    engine = create_engine("sqlite://", poolclass=QueuePool, pool_size=3, max_overflow=2)
    with engine.connect():
        watch_pool(engine).stop()
    assert value("agentpay_db_pool_connections", state="checked_out") == 1
    assert value("agentpay_db_pool_connections", state="checked_in") == 0
    assert value("agentpay_db_pool_limit") == 5


def test_a_queue_is_measured_and_keeps_its_last_value_where_it_cannot_be(caplog: pytest.LogCaptureFixture) -> None:
    watch_queue("high_priority", lambda: 7, lambda: 1.5).stop()

    def away() -> int:
        raise ConnectionError("away")

    collector = watch_queue("high_priority", away, lambda: 0, seconds=0.01)
    while "keeps the last value" not in caplog.text:
        pass
    collector.stop()
    assert value("agentpay_worker_queue_depth", queue="high_priority") == 7
    assert value("agentpay_worker_oldest_job_age_seconds", queue="high_priority") == 1.5
    assert caplog.text.count("keeps the last value") == 1
    watch_queue("high_priority", lambda: float("nan"), lambda: -1).stop()
    assert value("agentpay_worker_queue_depth", queue="high_priority") == 7
    assert value("agentpay_worker_oldest_job_age_seconds", queue="high_priority") == 1.5
    assert value("agentpay_instrumentation_faults_total", kind="value") == 2


def test_a_worker_serves_its_metrics_itself() -> None:
    stop = serve_metrics(port := free_port())
    try:
        assert "agentpay_worker_jobs_total" in httpx.get(f"http://127.0.0.1:{port}/metrics").text
    finally:
        stop()


def test_names_from_outside_are_few() -> None:
    """A model may name any tool, and a person any model."""
    for number in range(150):
        with tool_call(f"tool-{number}"):
            pass
        with llm_call("anthropic", f"model-{number}"):
            pass
    tools = {sample.labels["tool"] for sample in samples_of_metric(metrics.tool_calls)}
    models = {sample.labels["model"] for sample in samples_of_metric(metrics.llm_requests)}
    assert len(tools) == len(models) == 101 and "other" in tools & models
    assert value("agentpay_tool_calls_total", tool="other", status="success") == 50
    assert value("agentpay_tool_calls_total", tool="tool-0", status="success") == 1
    assert value("agentpay_instrumentation_faults_total", kind="value") == 100


def samples_of_metric(metric: Counter) -> list[Sample]:
    return [sample for family in metric.collect() for sample in family.samples]
