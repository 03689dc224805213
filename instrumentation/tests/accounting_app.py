"""Every way that an answer or a WebSocket can begin, end and break, for the tests of accounting."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from fastapi import APIRouter, BackgroundTasks, FastAPI, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import FileResponse, PlainTextResponse, Response, StreamingResponse
from starlette.applications import Starlette
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from agentpay_observability import MetricsEndpoint, MetricsMiddleware
from agentpay_observability.asgi_types import Receive, Scope, Send

FOLDER = Path(os.environ["APPLICATION_FOLDER"])
SLOW_SECONDS = 0.5
Headers = list[tuple[bytes, bytes]]
router = APIRouter(prefix="/api")


async def released(name: str) -> None:
    """Until the client says so: what it does in between is before what comes now, however busy the machine is."""
    for _ in range(600):
        if (FOLDER / name).exists():
            return
        await asyncio.sleep(0.05)
    raise TimeoutError(name)


@router.get("/items/{item}")
async def item(item: str) -> str:
    return item


@router.get("/broken")
async def broken() -> None:
    raise RuntimeError("broken on purpose")


@router.get("/background")
async def background(tasks: BackgroundTasks) -> str:
    tasks.add_task(released, "background")
    return "done"


@router.get("/background-broken")
async def background_broken(tasks: BackgroundTasks) -> str:
    tasks.add_task(broken)
    return "done"


@router.get("/slow")
async def slow() -> str:
    await asyncio.sleep(SLOW_SECONDS)
    return "slow"


@router.post("/asks")
async def asks(request: Request) -> list[bool]:
    """Looks whether its client is there before it reads what it was sent, and again, and again."""
    return [await request.is_disconnected() for _ in range(3)]


@router.post("/upload")
async def upload(request: Request) -> int:
    return len(await request.body())


@router.get("/stream")
async def stream(breaks: bool = False, endless: bool = False, events: bool = False) -> StreamingResponse:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"data: first\n\n"
        if events:
            await released("events")
        if breaks:
            await asyncio.sleep(0.1)
            raise RuntimeError("broken on purpose")
        while endless:
            yield b"x" * 1000
            await asyncio.sleep(0.02)
        yield b"data: last\n\n"

    return StreamingResponse(pieces(), media_type="text/event-stream" if events else "application/octet-stream")


@router.get("/events")
async def events() -> StreamingResponse:
    return await stream(events=True)


@router.get("/file")
async def file() -> FileResponse:
    return FileResponse(__file__)


@router.get("/endless-work")
async def endless_work() -> None:
    (FOLDER / "endless-work").touch()
    await asyncio.sleep(60)


class Raw:
    """An ASGI application as an endpoint: messages without a framework between."""

    def __init__(self, *messages: dict[str, Any], then: float = 0) -> None:
        self._messages = messages
        self._then = then

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        for message in self._messages:
            await send(dict(message))
        if self._then:
            await asyncio.sleep(self._then)


class PathSend:
    """Sends a file by its path where the server can."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
        if "http.response.pathsend" in scope.get("extensions", {}):
            await send({"type": "http.response.pathsend", "path": __file__})
        else:
            await send({"type": "http.response.body", "body": Path(__file__).read_bytes()})


class Trailers:
    """Ends with trailers where the server has them, after an early hint where it has those."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        extensions = scope.get("extensions") or {}
        if "http.response.early_hint" in extensions:
            await send({"type": "http.response.early_hint", "links": [b"</style.css>; rel=preload"]})
        trailers = "http.response.trailers" in extensions
        await send({"type": "http.response.start", "status": 200, "headers": [], "trailers": trailers})
        await send({"type": "http.response.body", "body": b"whole"})
        if trailers:
            await send({"type": "http.response.trailers", "headers": [(b"x-sum", b"1")], "more_trailers": False})


class OnceReadHeaders:
    """Its headers are an iterable that can be read once, as the specification allows."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        pairs = ((name, value) for name, value in [(b"x-kept", b"yes"), (b"content-length", b"2")])
        await send({"type": "http.response.start", "status": 200, "headers": pairs})
        await send({"type": "http.response.body", "body": b"ok"})


async def plain(request: Request) -> Response:
    return PlainTextResponse("plain")


START = {"type": "http.response.start", "status": 200, "headers": []}
raw: dict[str, Any] = {
    "no-headers": Raw({"type": "http.response.start", "status": 202}, {"type": "http.response.body", "body": b"ok"}),
    "once-read": OnceReadHeaders(),
    "nothing": Raw(),
    "half": Raw(START, {"type": "http.response.body", "body": b"half", "more_body": True}),
    "teapot": Raw({"type": "http.response.start", "status": 418, "headers": []}, {"type": "http.response.body"}),
    "path-send": PathSend(),
    "trailers": Trailers(),
}


@router.websocket("/ws/{kind}")
async def websocket(websocket: WebSocket, kind: str) -> None:
    if kind == "returns-first":
        return
    if kind == "breaks-first":
        raise RuntimeError("broken on purpose")
    if kind == "refuses":
        await websocket.close()
        return
    if kind.startswith("answers-"):
        await websocket.send_denial_response(PlainTextResponse("no", status_code=int(kind.removeprefix("answers-"))))
        return
    await websocket.accept()
    await websocket.send_text("hello")
    if kind == "breaks":
        raise RuntimeError("broken on purpose")
    if kind.startswith("closes-"):
        await websocket.close(int(kind.removeprefix("closes-")))
        return
    if kind == "returns":
        return
    try:
        while True:
            await websocket.receive_text()
    except WebSocketDisconnect:
        if kind != "catches":
            raise


async def plain_websocket(websocket: WebSocket) -> None:
    await websocket.close()


async def item_of(number: str) -> str:
    return number


sub = FastAPI()
sub.add_api_route("/inner/{number}", item_of)
app = FastAPI()
app.include_router(router)
app.router.routes.append(Route("/plain/{name}", plain))
app.router.routes.append(WebSocketRoute("/plain-ws/{name}", plain_websocket))
for name, endpoint in raw.items():
    app.router.routes.append(Route(f"/raw/{name}", endpoint))
app.mount("/sub/{tenant}", sub)
app.mount("/starlette/{tenant}", Starlette(routes=[Mount("/deep", routes=[Route("/{name}", plain)])]))
app.mount("/static", StaticFiles(directory=Path(__file__).parent))
app.add_middleware(MetricsMiddleware)
app.add_middleware(MetricsEndpoint)
