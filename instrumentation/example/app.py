"""The API: `uvicorn example.app:app`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any, Literal
from uuid import UUID

import structlog
from anthropic import AnthropicError
from fastapi import Depends, FastAPI, HTTPException, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, Field

from agentpay_observability import (
    MetricsEndpoint,
    MetricsMiddleware,
    bind_conversation,
    checkout_failed,
    conversation_ended,
    conversation_started,
    watch_pool,
)
from agentpay_observability.ledger import LLMLedger
from agentpay_observability.logs import configure_logs
from agentpay_observability.sentry import init_sentry

from . import store
from .agent import Agent, initialise_metrics
from .faults import FAULTS, Faults
from .settings import Settings

configure_logs("api")
init_sentry(release="agentpay-sample@0.1.0")
Outcome = Literal["completed", "abandoned", "failed"]
log = structlog.get_logger()
settings = Settings.load()
engine = store.engine_of(settings.database_url, pool_size=5, max_overflow=5)
faults = Faults(settings.folder)
initialise_metrics()
agent = Agent(settings, faults)


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    pool = watch_pool(engine)
    async with LLMLedger(engine):
        yield
    pool.stop()
    await engine.dispose()


async def misbehave() -> None:
    """What the faults of the API do to a request."""
    if faults.happens("api-slow"):
        await asyncio.sleep(3)
    if faults.happens("api-errors"):
        raise RuntimeError("the API was told to fail")


app = FastAPI(lifespan=lifespan)
Misbehaving = Annotated[None, Depends(misbehave)]


@app.post("/api/v1/agent/conversations", status_code=201)
async def start_conversation(_: Misbehaving) -> dict[str, str]:
    conversation = await store.start_conversation(engine)
    conversation_started("widget")
    bind_conversation(str(conversation), str(store.ORGANISATION), stage="discovery")
    log.info("conversation_started")
    return {"id": str(conversation)}


@app.websocket("/api/v1/agent/conversations/{conversation_id}/ws")
async def chat(websocket: WebSocket, conversation_id: UUID) -> None:
    bind_conversation(str(conversation_id), str(store.ORGANISATION))
    outcome: Outcome = "failed"
    try:
        if faults.happens("websocket-refused"):
            raise RuntimeError("the WebSocket was told to fail")
        await websocket.accept()
        outcome = await talk(websocket)
    finally:
        conversation_ended(outcome)
        await store.end_conversation(engine, conversation_id, outcome)
        await store.enqueue(engine, "low_priority", "summary")


async def talk(websocket: WebSocket) -> Outcome:
    """Until the visitor leaves. Returns the conversation's outcome."""
    answered = False
    try:
        while True:
            said = await websocket.receive_text()
            if faults.happens("websocket-drops"):
                raise RuntimeError("the chat was told to break")
            try:
                async for piece in agent.reply(said):
                    await websocket.send_text(piece)
                await websocket.send_json({"done": True})
                answered = True
            except AnthropicError:
                await websocket.send_json({"done": False})
    except WebSocketDisconnect:
        return "completed" if answered else "abandoned"


class Checkout(BaseModel):
    amount_usd: float = Field(ge=0)


@app.post("/api/v1/checkouts", status_code=201)
async def create_checkout(checkout: Checkout, _: Misbehaving) -> dict[str, str]:
    if faults.happens("checkout-failures"):
        checkout_failed()
        log.error("checkout_failed", error_type="card_declined")
        raise HTTPException(402, "the card was declined")
    # Paid by the worker, which counts it.
    await store.enqueue(engine, "high_priority", "payment", checkout.amount_usd)
    return {"status": "pending"}


@app.get("/api/v1/products")
async def list_products(_: Misbehaving) -> list[str]:
    return ["Shoes, size 42"]


@app.get("/api/v1/organizations/{organization_id}")
async def read_organization(organization_id: str, _: Misbehaving) -> dict[str, str]:
    return {"id": organization_id}


@app.get("/healthz")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/faults")
async def list_faults() -> dict[str, Any]:
    available = [
        {"name": name, "title": title, "parameters": {"ratio": usual}} for name, (title, usual) in FAULTS.items()
    ]
    return {"active": list(faults.active().values()), "available": available}


class StartFault(BaseModel, extra="forbid"):
    name: str
    ratio: float | None = Field(default=None, gt=0, le=1)
    durationSeconds: float | None = Field(default=None, gt=0)


@app.post("/faults", status_code=201)
async def start_fault(fault: StartFault) -> dict[str, Any]:
    if fault.name not in FAULTS:
        raise HTTPException(400, f"there is no fault {fault.name!r}: choose one of {', '.join(FAULTS)}")
    return faults.start(fault.name, fault.ratio, fault.durationSeconds)


@app.delete("/faults", status_code=204)
async def stop_faults() -> None:
    faults.stop()


@app.delete("/faults/{name}", status_code=204)
async def stop_fault(name: str) -> None:
    if not faults.stop(name):
        raise HTTPException(404, f"no fault {name!r} is at work")


app.add_middleware(MetricsMiddleware)
app.add_middleware(MetricsEndpoint)
