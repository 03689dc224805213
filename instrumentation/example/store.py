"""The sample's database: conversations, and the queue of the worker."""

from datetime import datetime, timezone
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Double,
    Integer,
    MetaData,
    Row,
    Table,
    Text,
    Uuid,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy import update as sql_update
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from agentpay_observability.ledger import LLM_METRICS

_metadata = MetaData()
#: As AgentPay's own schema has it, so that the dashboards from the database see them.
CONVERSATIONS = Table(
    "conversations",
    _metadata,
    Column("id", Uuid, primary_key=True),
    Column("organization_id", Uuid, nullable=False),
    Column("stage", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("checkout_id", Uuid),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("completed_at", DateTime(timezone=True)),
)
JOBS = Table(
    "sample_jobs",
    _metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("queue", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("amount_usd", Double),
    Column("enqueued_at", DateTime(timezone=True), nullable=False),
)
ORGANISATION = UUID("00000000-0000-4000-8000-000000000001")


def now() -> datetime:
    return datetime.now(timezone.utc)


def engine_of(url: str, pool_size: int, max_overflow: int) -> AsyncEngine:
    """The database, by a pool that can be watched: for SQLite's files older SQLAlchemys take none by themselves."""
    return create_async_engine(url, poolclass=AsyncAdaptedQueuePool, pool_size=pool_size, max_overflow=max_overflow)


async def prepare(engine: AsyncEngine) -> None:
    """Makes the tables that are not there. The migrations of the monitoring make `llm_metrics` in PostgreSQL."""
    async with engine.begin() as connection:
        await connection.run_sync(_metadata.create_all)
        if engine.dialect.name == "sqlite":
            await connection.run_sync(LLM_METRICS.create, checkfirst=True)
        await connection.execute(delete(JOBS))


async def start_conversation(engine: AsyncEngine) -> UUID:
    id = uuid4()
    row = {"id": id, "organization_id": ORGANISATION, "stage": "discovery", "status": "active", "created_at": now()}
    async with engine.begin() as connection:
        await connection.execute(insert(CONVERSATIONS).values(row))
    return id


async def end_conversation(engine: AsyncEngine, conversation: UUID, status: str) -> None:
    change = sql_update(CONVERSATIONS).where(CONVERSATIONS.c.id == conversation)
    async with engine.begin() as connection:
        await connection.execute(change.values(status=status, completed_at=now()))


async def enqueue(engine: AsyncEngine, queue: str, kind: str, amount_usd: float | None = None) -> None:
    row = {"queue": queue, "kind": kind, "amount_usd": amount_usd, "enqueued_at": now()}
    async with engine.begin() as connection:
        await connection.execute(insert(JOBS).values(row))


async def take(engine: AsyncEngine) -> Row[Any] | None:
    """Takes the oldest job, where there is one. There is one worker."""
    async with engine.begin() as connection:
        job = (await connection.execute(select(JOBS).order_by(JOBS.c.id).limit(1))).first()
        if job:
            await connection.execute(delete(JOBS).where(JOBS.c.id == job.id))
        return job


async def waiting(engine: AsyncEngine) -> dict[str, tuple[int, float]]:
    """By queue: how many jobs wait, and for how many seconds the oldest has."""
    counted: Any = select(JOBS.c.queue, func.count(), func.min(JOBS.c.enqueued_at)).group_by(JOBS.c.queue)
    async with engine.connect() as connection:
        rows = (await connection.execute(counted)).all()
    return {queue: (count, _age(oldest)) for queue, count, oldest in rows}


def _age(since: datetime) -> float:
    # SQLite forgets the time zone.
    return max(0.0, (now() - since.replace(tzinfo=since.tzinfo or timezone.utc)).total_seconds())
