"""A client that writes down what it saw: how each answer ended, and how each WebSocket was closed."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

LEFT = "499"
BROKEN = "500"
OPENED = "ok"


@dataclass
class Seen:
    """By route template and status; an answer that broke counts as 500, one that was not waited for as 499."""

    url: str
    requests: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    #: The time of each whole answer, by template.
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    connects: Counter[str] = field(default_factory=Counter)
    disconnects: Counter[str] = field(default_factory=Counter)

    async def answer(
        self, client: httpx.AsyncClient, path: str, endpoint: str, method: str = "GET", **more: Any
    ) -> httpx.Response | None:
        """A request whose answer is waited for."""
        start = time.perf_counter()
        response = None
        try:
            response = await client.request(method, path, **more)
            status = str(response.status_code)
        except httpx.RemoteProtocolError:
            status = BROKEN
        except httpx.ReadError:
            status = BROKEN
        self.requests[method, endpoint, status] += 1
        self.seconds[endpoint].append(time.perf_counter() - start)
        return response

    async def leave(self, request: bytes, endpoint: str, method: str = "GET", after: bytes = b"") -> None:
        """Sends a request, and hangs up without the (rest of the) answer. `after`: once this has come of it."""
        address = httpx.URL(self.url)
        reader, writer = await asyncio.open_connection(address.host, address.port)
        writer.write(request)
        await writer.drain()
        if after:
            await reader.readuntil(after)
        else:
            # The server has it, and works on it.
            await asyncio.sleep(0.2)
        writer.close()
        self.requests[method, endpoint, LEFT] += 1


async def closing_code(websocket: ClientConnection) -> int:
    """The code that the server closes with; 1006 where it goes without a word."""
    try:
        while True:
            await websocket.recv()
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else 1006


async def refusal(url: str) -> int:
    """The status of a WebSocket that does not open."""
    try:
        async with connect(url):
            raise AssertionError(f"{url} has opened")
    except InvalidStatus as refused:
        return refused.response.status_code
