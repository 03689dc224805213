"""The table `llm_metrics`: what was spent, call by call, written beside the requests. Extra `ledger` (SQLAlchemy)."""

from __future__ import annotations

import asyncio
import logging
import math
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from itertools import islice
from typing import Any

from sqlalchemy import Boolean, Column, DateTime, Double, Integer, MetaData, Numeric, Table, Text
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from . import llm, metrics
from .llm import LLMCall

_log = logging.getLogger(__name__)
_LAST_SECONDS = 5.0

#: As operations/database/migrations of the monitoring's repository make it; a test holds both together.
LLM_METRICS = Table(
    "llm_metrics",
    MetaData(),
    Column("model", Text, nullable=False),
    Column("latency_ms", Double, nullable=False),
    Column("tokens_input", Integer, nullable=False),
    Column("tokens_output", Integer, nullable=False),
    Column("cost_usd", Numeric(16, 10)),
    Column("cached", Boolean, nullable=False),
    Column("timestamp", DateTime(timezone=True), nullable=False),
)


class LLMLedger:
    """Writes a row for each answered call. No request waits for it, or fails with it.

    Calls wait in memory, at most `capacity` of them, and are written together every `seconds`, on a connection of
    `engine`. While the database is away they stay there; those beyond the capacity are dropped and counted.
    """

    def __init__(self, engine: AsyncEngine, capacity: int = 10_000, seconds: float = 1, batch: int = 500) -> None:
        self._engine = engine
        self._capacity = capacity
        self._seconds = seconds
        self._batch = batch
        # Calls may end in threads: appending to a deque is atomic.
        self._waiting: deque[dict[str, Any]] = deque()
        self._task: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()
        self._failing = False

    async def __aenter__(self) -> LLMLedger:
        """Starts it: in each process, where the application starts."""
        llm.observers.append(self._observe)
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Writes what waits, and ends. What can't be written within seconds is lost, and counted."""
        llm.observers.remove(self._observe)
        self._stopping.set()
        if self._task:
            await asyncio.wait([self._task], timeout=_LAST_SECONDS)
            self._task.cancel()
        self._drop(len(self._waiting))
        self._waiting.clear()

    def _observe(self, call: LLMCall) -> Callable[[], None]:
        def ended() -> None:
            # What a call used before it failed, or was left, is paid for as well.
            if call.status != "success" and not call.tokens:
                return
            if len(self._waiting) >= self._capacity:
                self._drop(1)
            else:
                self._waiting.append(row_of(call))

        return ended

    async def _run(self) -> None:
        last = False
        while not last:
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._seconds)
            last = self._stopping.is_set()
            try:
                await self._write()
                self._failing = False
            except Exception:
                # Once: a database that is away is not news every second.
                if not self._failing:
                    _log.exception("llm_metrics_not_written")
                self._failing = True

    async def _write(self) -> None:
        while self._waiting:
            rows = list(islice(self._waiting, self._batch))
            try:
                await self._insert(rows)
            except (DataError, IntegrityError):
                # One of them is refused, and would hold up the others for ever.
                for row in rows:
                    await self._insert_or_drop(row)
            for _ in rows:
                self._waiting.popleft()

    async def _insert_or_drop(self, row: dict[str, Any]) -> None:
        try:
            await self._insert([row])
        except (DataError, IntegrityError):
            _log.exception("llm_metrics_row_refused", extra={"model": row["model"]})
            self._drop(1)

    async def _insert(self, rows: list[dict[str, Any]]) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(LLM_METRICS.insert(), rows)

    def _drop(self, rows: int) -> None:
        if rows:
            metrics.llm_ledger_dropped.inc(rows)


def row_of(call: LLMCall) -> dict[str, Any]:
    """The call as a row of the table."""
    tokens = {kind: count or 0 for kind, count in call.tokens.items()}
    output = tokens.pop("output", 0)
    latency = call.seconds * 1000
    return {
        "model": call.model,
        "latency_ms": latency if math.isfinite(latency) else 0.0,
        "tokens_input": sum(tokens.values()),
        "tokens_output": output,
        "cost_usd": call.cost_usd,
        "cached": tokens.get("cacheRead", 0) > 0,
        "timestamp": call.ended_at,
    }
