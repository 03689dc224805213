"""A client that writes down what it saw: how each answer ended, and how each WebSocket was closed."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import DataReceived
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

    async def reset(self, path: str, endpoint: str, method: str = "GET", body: bytes = b"", after: bytes = b"") -> None:
        """Sends a request over HTTP/2 and resets its stream, while the connection stays for a while.

        `body`: the beginning of one that does not end. `after`: once this has come of the answer.
        """
        address = httpx.URL(self.url)
        reader, writer = await asyncio.open_connection(address.host, address.port)
        http2 = H2Connection(H2Configuration(client_side=True))
        http2.initiate_connection()
        stream = http2.get_next_available_stream_id()
        headers = [(":method", method), (":path", path), (":scheme", "http"), (":authority", "x")]
        http2.send_headers(stream, headers, end_stream=not body)
        if body:
            http2.send_data(stream, body)
        writer.write(http2.data_to_send())
        came = b""
        # The server has it, and works on it.
        deadline = time.monotonic() + (60 if after else 0.2)
        while time.monotonic() < deadline and (not after or after not in came):
            with suppress(asyncio.TimeoutError):
                for event in http2.receive_data(await asyncio.wait_for(reader.read(65536), 0.1)):
                    came += event.data if isinstance(event, DataReceived) else b""
            writer.write(http2.data_to_send())
        http2.reset_stream(stream, ErrorCodes.CANCEL)
        writer.write(http2.data_to_send())
        await writer.drain()
        await asyncio.sleep(1)
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
