"""Rows of calls in a real database: PostgreSQL where DATABASE_URL names one, as `npm run test:python` does."""

import asyncio
import os
import re
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from databases import MIGRATION, database
from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from values import value

from agentpay_observability import llm_call
from agentpay_observability.ledger import LLM_METRICS, LLMLedger

URLS = ["sqlite+aiosqlite://", *filter(None, [os.environ.get("DATABASE_URL")])]
DROPPED = "agentpay_llm_ledger_dropped_total"


async def rows(engine: AsyncEngine, table: Table = LLM_METRICS) -> list[dict[str, object]]:
    async with engine.connect() as connection:
        found = await connection.execute(select(table).order_by(table.c.model))
        return [dict(row._mapping) for row in found]


def call(model: Any, **tokens: int) -> None:
    with llm_call("anthropic", model) as made:
        made.tokens = tokens


def test_the_table_is_that_of_the_migration() -> None:
    columns = dict(re.findall(r"^  (\w+) ([\w ]+?(?:\([\d, ]+\))?)(?: NOT NULL| CHECK| GENERATED|,)", MIGRATION, re.M))
    kinds = {"id": "bigint", "text": "text", "timestamp": "timestamptz"}
    assert columns.pop("id") == kinds["id"]
    assert list(columns) == [column.name for column in LLM_METRICS.columns]
    nullable = {name for name in columns if not re.search(rf"^  {name} .*NOT NULL", MIGRATION, re.M)}
    assert nullable == {column.name for column in LLM_METRICS.columns if column.nullable}


@pytest.mark.parametrize("url", URLS)
def test_answered_calls_are_rows(url: str) -> None:
    async def scenario() -> None:
        async with database(url) as engine:
            async with LLMLedger(engine):
                call("claude-haiku-4-5", input=1000, output=100, cacheRead=10_000)
                call("unheard-of", input=5)
                with pytest.raises(ConnectionError), llm_call("anthropic", "claude-haiku-4-5"):
                    raise ConnectionError
            known, unknown = await rows(engine)
            assert (known["model"], known["tokens_input"], known["tokens_output"]) == ("claude-haiku-4-5", 11_000, 100)
            assert (known["cost_usd"], known["cached"]) == (Decimal("0.0025"), True)
            assert (unknown["cost_usd"], unknown["cached"]) == (None, False)

    asyncio.run(scenario())


@pytest.mark.parametrize("url", URLS)
def test_a_row_that_is_refused_does_not_hold_up_the_others(url: str) -> None:
    async def scenario() -> None:
        async with database(url) as engine:
            async with LLMLedger(engine):
                call("a", input=1)
                call(None, input=1)
                call("c", input=1)
            assert [row["model"] for row in await rows(engine)] == ["a", "c"]
        assert value(DROPPED) == 1

    asyncio.run(scenario())


def test_while_the_database_is_away_calls_wait_are_bounded_and_delay_nobody(tmp_path: Path) -> None:
    async def scenario() -> None:
        # The folder of the database is not there yet.
        engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/later/test.db")
        async with LLMLedger(engine, capacity=10, seconds=0.01):
            start = time.perf_counter()
            for number in range(15):
                call(f"model-{number:02}", input=1)
            assert time.perf_counter() - start < 1
            await asyncio.sleep(0.05)
            (tmp_path / "later").mkdir()
            async with engine.begin() as connection:
                await connection.run_sync(LLM_METRICS.create)
        assert value(DROPPED) == 5
        assert len(await rows(engine)) == 10
        await engine.dispose()

    asyncio.run(scenario())


def test_what_cannot_be_written_at_the_end_is_counted(tmp_path: Path) -> None:
    async def scenario() -> None:
        engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/missing/test.db")
        async with LLMLedger(engine):
            call("claude-haiku-4-5", input=1)
        assert value(DROPPED) == 1
        await engine.dispose()

    asyncio.run(scenario())
