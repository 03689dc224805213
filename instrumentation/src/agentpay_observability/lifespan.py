"""What is left to do as a server ends, while its event loop still runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from .asgi_types import ASGIApp, Message, Receive, Scope, Send
from .faults import harmless

#: Each ends by itself within seconds: nobody waits longer for a server that is told to end. `init_sentry` adds itself.
last_acts: list[Callable[[], None]] = []
_LAST = frozenset({"lifespan.startup.failed", "lifespan.shutdown.complete", "lifespan.shutdown.failed"})


async def run_lifespan(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Passes a lifespan on, and does what is left before the server hears that it is over.

    uvicorn ends by the signal that told it to, so that nothing registered with `atexit` is done.
    """

    async def passed_on(message: Message) -> None:
        if message["type"] in _LAST:
            for act in last_acts:
                with harmless("something was left undone as the server ended"):
                    # Off the event loop, which may have to serve what they wait for.
                    await asyncio.to_thread(act)
        await send(message)

    await app(scope, receive, passed_on)
