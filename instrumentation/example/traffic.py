"""Visitors of the sample server, who count for themselves what happens to them."""

import asyncio
import json
import random
from collections import Counter

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from .settings import Settings

#: By what happened: `conversations`, `replies`, `websocket ok`, `GET /api/v1/products 200`, ...
Seen = Counter[str]


class Visitors:
    def __init__(self, settings: Settings, pause_seconds: float = 0) -> None:
        """A visitor pauses so long on average between two steps."""
        self._pause_seconds = pause_seconds
        self.seen: Seen = Counter()
        self.spent = 0.0
        self._chat = settings.api.replace("http", "ws")
        # A connection on which a request broke is closed by the server: nobody else should be on it.
        limits = httpx.Limits(max_keepalive_connections=0)
        self._http = httpx.AsyncClient(base_url=settings.api, timeout=30, limits=limits)

    async def keep_coming(self, visitors: int) -> None:
        """So many at a time, until it is cancelled."""

        async def one() -> None:
            while True:
                await self._pause()
                try:
                    await self.visit()
                except (httpx.TransportError, OSError):
                    # The server is away for a moment.
                    await asyncio.sleep(1)

        await asyncio.gather(*(one() for _ in range(visitors)))

    async def _pause(self) -> None:
        await asyncio.sleep(random.expovariate(1) * self._pause_seconds)

    async def visit(self) -> None:
        """Looks around, talks to the agent, and perhaps buys."""
        await self.request("GET", "/api/v1/products")
        await self.request("GET", f"/api/v1/organizations/{random.randint(1, 10**9)}", "/{organization_id}")
        started = await self.request("POST", "/api/v1/agent/conversations")
        if started.status_code != 201:
            return
        self.seen["conversations"] += 1
        await self.talk(started.json()["id"])
        if random.random() < 0.5:
            amount = random.randint(1000, 9999) / 100
            bought = await self.request("POST", "/api/v1/checkouts", json_body={"amount_usd": amount})
            if bought.status_code == 201:
                self.seen["checkouts"] += 1
                self.spent += amount

    async def request(self, method: str, path: str, template_end: str = "", json_body: object = None) -> httpx.Response:
        response = await self._http.request(method, path, json=json_body)
        template = path.rsplit("/", 1)[0] + template_end if template_end else path
        self.seen[f"{method} {template} {response.status_code}"] += 1
        return response

    async def talk(self, conversation: str) -> None:
        try:
            async with connect(f"{self._chat}/api/v1/agent/conversations/{conversation}/ws", proxy=None) as chat:
                self.seen["websocket ok"] += 1
                for _ in range(random.randint(1, 3)):
                    await chat.send("Do you have these shoes in my size?")
                    while not (piece := str(await chat.recv())).startswith("{"):
                        pass
                    self.seen["replies" if json.loads(piece)["done"] else "failed replies"] += 1
                    await self._pause()
        except InvalidStatus:
            self.seen["websocket error"] += 1
        except ConnectionClosed:
            self.seen["websocket broken"] += 1
