"""The application that the tests put under a real server."""

import asyncio
import os
from collections.abc import AsyncIterator

from fastapi import APIRouter, FastAPI, WebSocket, WebSocketDisconnect
from fastapi.responses import StreamingResponse

from agentpay_observability import MetricsEndpoint, MetricsMiddleware, metrics

metrics.db_pool_limit.set(float(os.environ.get("POOL_LIMIT", "0")))
router = APIRouter(prefix="/api/v1")
app = FastAPI()


@router.get("/products/{product_id}")
async def product(product_id: str) -> dict[str, str]:
    return {"id": product_id}


@router.get("/slow")
async def slow() -> None:
    await asyncio.sleep(0.3)


@router.get("/broken")
async def broken() -> None:
    raise RuntimeError("broken on purpose")


@router.get("/chat/stream")
async def stream(chunks: int) -> StreamingResponse:
    async def chunk() -> AsyncIterator[str]:
        for number in range(chunks):
            yield f"data: {number}\n\n"
            await asyncio.sleep(0.05)

    return StreamingResponse(chunk(), media_type="text/event-stream")


@router.websocket("/chat/{conversation_id}/ws")
async def chat(websocket: WebSocket, conversation_id: str) -> None:
    if conversation_id == "refused":
        await websocket.close()
        return
    if conversation_id == "breaking":
        raise RuntimeError("broken on purpose")
    await websocket.accept()
    try:
        while True:
            if await websocket.receive_text() == "break":
                raise RuntimeError("broken on purpose")
            await websocket.send_text("answer")
    except WebSocketDisconnect:
        pass


@app.get("/healthz")
async def health() -> None:
    pass


app.include_router(router)
app.add_middleware(MetricsMiddleware)
app.add_middleware(MetricsEndpoint)
