"""Databases for tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import CheckConstraint, MetaData, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from agentpay_observability.ledger import LLM_METRICS

MIGRATION = (Path(__file__).parents[2] / "operations/database/migrations/020-llm-metrics.sql").read_text()


@asynccontextmanager
async def database(url: str) -> AsyncIterator[AsyncEngine]:
    """One with an empty table of calls: by the migration, or what SQLite knows of it."""
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.execute(text("DROP TABLE IF EXISTS llm_metrics"))
        if engine.dialect.name == "postgresql":
            for statement in MIGRATION.split(";\n"):
                await connection.execute(text(statement))
        else:
            table = LLM_METRICS.to_metadata(MetaData())
            table.append_constraint(CheckConstraint("tokens_input >= 0"))
            await connection.run_sync(table.create)
    try:
        yield engine
    finally:
        await engine.dispose()
