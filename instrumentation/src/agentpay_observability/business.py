"""Helpers for what AgentPay does: conversations, checkouts, retrieval, tools and jobs.

They count, and otherwise stay out of the way: an exception passes through them, a cancelled piece of work counts as
nothing.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Literal

from . import metrics
from .faults import is_amount
from .labels import few


def conversation_started(channel: Literal["widget", "api"]) -> None:
    """A conversation begins, and is in progress from now on."""
    metrics.conversations_started.labels(channel).inc()
    metrics.active_conversations.inc()


def conversation_ended(outcome: Literal["completed", "abandoned", "escalated", "failed"]) -> None:
    """One that `conversation_started` was told of has ended, in this process or in another of the same server."""
    metrics.conversations.labels(outcome).inc()
    metrics.active_conversations.dec()


def checkout_completed(revenue_usd: Decimal | float) -> None:
    """A checkout was paid. Raises ValueError where the revenue is negative, since a refund is no checkout, or NaN."""
    if not is_amount(revenue_usd, of="the revenue of a checkout"):
        raise ValueError(f"the revenue of a checkout is an amount in US dollars, not {revenue_usd}")
    metrics.checkout_revenue.inc(float(revenue_usd))
    metrics.checkouts.labels("completed").inc()


def checkout_failed() -> None:
    """A checkout failed for good."""
    metrics.checkouts.labels("failed").inc()


class Retrieval:
    """One retrieval from the knowledge base."""

    #: How many documents it found; 0 counts as empty.
    found = 0

    @contextmanager
    def stage(self, name: Literal["embed", "search", "rerank"]) -> Iterator[None]:
        """Times one stage, also one that fails: a database that times out is slow."""
        start = time.perf_counter()
        try:
            yield
        finally:
            metrics.rag_query_duration.labels(name).observe(time.perf_counter() - start)


@contextmanager
def rag_query() -> Iterator[Retrieval]:
    """Around one retrieval: `with rag_query() as query`, in it `with query.stage("search")`, then `query.found = n`."""
    query = Retrieval()
    try:
        yield query
    except Exception:
        metrics.rag_queries.labels("error").inc()
        raise
    metrics.rag_queries.labels("ok" if query.found else "empty").inc()


def initialise_tools(*tools: str) -> None:
    """Makes the series of these tools known at 0, once at the start: the first event of a new series is no increase."""
    for tool in tools:
        for status in ("success", "error"):
            metrics.tool_calls.labels(tool, status)


@contextmanager
def tool_call(tool: str) -> Iterator[None]:
    """Around one call of a tool by the agent. `tool`: one that the application has, not whatever a model says."""
    tool = few("tool", tool)
    try:
        yield
    except Exception:
        metrics.tool_calls.labels(tool, "error").inc()
        raise
    metrics.tool_calls.labels(tool, "success").inc()


@contextmanager
def job(queue: str) -> Iterator[None]:
    """Around one job of the worker."""
    queue = few("queue", queue)
    try:
        yield
    except Exception:
        metrics.worker_jobs.labels(queue, "failed").inc()
        raise
    metrics.worker_jobs.labels(queue, "succeeded").inc()
